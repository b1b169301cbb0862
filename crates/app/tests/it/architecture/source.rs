//! A source file as the rules read it: without comments and without its tests.

use std::path::Path;

pub struct Source {
    /// The path below `src`, with slashes.
    pub name: String,
    /// The text with comments blanked and tests cut off; every line keeps its number.
    pub code: String,
}

impl Source {
    pub fn new(path: &Path, text: &str) -> Self {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let code = if name.ends_with("tests.rs") || parts.iter().any(|part| part == "tests") {
            String::new()
        } else {
            let mut code = without_comments(text);
            if let Some(at) = code.find("#[cfg(test)]\nmod tests {") {
                code.truncate(at);
            }
            code
        };
        Self { name, code }
    }

    /// The folder below `src`, if the file is in one.
    pub fn folder(&self) -> Option<&str> {
        self.name.split_once('/').map(|(folder, _)| folder)
    }

    /// Whether a folder or the file of this path has one of these names.
    pub fn has_part(&self, names: &[&str]) -> bool {
        self.name.split('/').any(|part| names.contains(&part))
    }

    pub fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }

    /// Where `text` begins, unless it is the end of a longer word.
    pub fn finds(&self, text: &str) -> Vec<usize> {
        let starts = self.code.match_indices(text).map(|(at, _)| at);
        let whole = |at: &usize| {
            !text.starts_with(char::is_alphabetic)
                || !self.code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        };
        starts.filter(whole).collect()
    }

    /// Every name used from the crate's root, as `crate::name` or by way of `super::`, also in
    /// groups such as `use crate::{kernel::Id, db}`.
    pub fn uses(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for at in self.finds("crate::") {
            self.names_after(at + "crate::".len(), &mut found);
        }
        for at in self.finds("super::") {
            // The rest of a chain is read with its beginning.
            if self.code[..at].ends_with("super::") {
                continue;
            }
            let rest = &self.code[at..];
            let steps = rest.split("super::").take_while(|part| part.is_empty()).count();
            if steps == self.depth() {
                self.names_after(at + steps * "super::".len(), &mut found);
            }
        }
        found
    }

    /// How many modules lie between this file and the crate's root.
    fn depth(&self) -> usize {
        let parts = self.name.split('/').count();
        if self.name.ends_with("/mod.rs") { parts - 1 } else { parts }
    }

    fn names_after(&self, at: usize, found: &mut Vec<(usize, String)>) {
        let word = |at: usize| {
            let end = self.code[at..].find(|c: char| !c.is_alphanumeric() && c != '_');
            self.code[at..at + end.unwrap_or(self.code.len() - at)].to_owned()
        };
        if !self.code[at..].starts_with('{') {
            found.push((self.line(at), word(at)));
            return;
        }
        let (mut depth, mut expects) = (0, false);
        for (offset, c) in self.code[at..].char_indices() {
            match c {
                '{' => {
                    depth += 1;
                    expects = depth == 1;
                }
                '}' => depth -= 1,
                ',' => expects = depth == 1,
                c if expects && !c.is_whitespace() => {
                    found.push((self.line(at + offset), word(at + offset)));
                    expects = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
}

/// Blanks comments and keeps everything else, so that places in the text stay where they are.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            let kept = literal(rest).unwrap_or(c.len_utf8());
            out.push_str(&rest[..kept]);
            rest = &rest[kept..];
            continue;
        };
        out.extend(rest[..length].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

/// The length of the string or character literal that `rest` begins with.
fn literal(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.bytes().take_while(|b| *b == b'#').count();
        if !raw[hashes..].starts_with('"') {
            return None;
        }
        let (open, close) = (hashes + 2, format!("\"{}", "#".repeat(hashes)));
        return rest[open..].find(&close).map(|end| open + end + close.len());
    }
    // A quote may be a character, or open a lifetime, which is no literal.
    if rest.starts_with("'\"'") {
        return Some(3);
    }
    if rest.starts_with("'\\") {
        return rest[3..].find('\'').map(|end| end + 4);
    }
    if !rest.starts_with('"') {
        return None;
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}
