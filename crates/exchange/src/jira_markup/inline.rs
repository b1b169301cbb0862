//! Emphasis within a line. Atoms are found first, then pairs of signs, so that pairs always nest.

use super::atoms::{self, Atom};
use super::escape;

/// A line whose forced breaks stay breaks; `indent` starts each line after a break.
pub fn broken(text: &str, indent: &str) -> String {
    render(text, &format!("  \n{indent}"))
}

/// A line where no break is possible: a heading or a cell.
pub fn single_line(text: &str) -> String {
    render(text, " ")
}

/// Text without any markup in it.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in text.char_indices() {
        let c = if c == '\n' { ' ' } else { c };
        escape::push(&mut out, c, before, &text[at + c.len_utf8()..]);
        before = Some(c);
    }
    out
}

fn render(text: &str, line_break: &str) -> String {
    let atoms = atoms::split(text);
    let closers = pair(&atoms);
    let mut out = String::with_capacity(text.len() + 16);
    let mut before: Option<char> = None;
    for (at, atom) in atoms.iter().enumerate() {
        match atom {
            Atom::Char { c, after } => {
                escape::push(&mut out, *c, before, after);
                before = Some(*c);
            }
            Atom::Ready(markdown) => {
                out.push_str(markdown);
                before = markdown.chars().next_back();
            }
            Atom::Break => {
                let trimmed = out.trim_end_matches(' ').len();
                out.truncate(trimmed);
                out.push_str(line_break);
                before = Some(' ');
            }
            Atom::Sign { c, braced, after, .. } => match closers[at] {
                Some(braced) => {
                    out.push_str(mark(*c, braced));
                    before = Some(*c);
                }
                None if *braced => {
                    out.push_str(&format!("{{\\{c}}}"));
                    before = Some('}');
                }
                None => {
                    escape::push(&mut out, *c, before, after);
                    before = Some(*c);
                }
            },
        }
    }
    out
}

/// Markdown has no insertion; emphasis is the nearest. Inside a word only `*` is emphasis.
fn mark(c: char, braced: bool) -> &'static str {
    match c {
        '*' => "**",
        '-' => "~~",
        _ if braced => "*",
        _ => "_",
    }
}

/// For each sign that opens or closes a pair, whether the pair is written with braces.
fn pair(atoms: &[Atom]) -> Vec<Option<bool>> {
    let mut pairs = vec![None; atoms.len()];
    let kinds = ['*', '_', '-', '+'];
    let mut closers: [Vec<usize>; 4] = Default::default();
    for (at, atom) in atoms.iter().enumerate().rev() {
        if let Atom::Sign { c, closes: true, .. } = atom
            && let Some(kind) = kinds.iter().position(|k| k == c)
        {
            closers[kind].push(at);
        }
    }
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        open.retain(|(end, _)| *end > at);
        let Atom::Sign { c, braced, opens: true, .. } = atom else { continue };
        let Some(kind) = kinds.iter().position(|k| k == c) else { continue };
        if pairs[at].is_some() || open.iter().any(|(_, held)| held == c) {
            continue;
        }
        // Nothing but a character in between would be a word like `--`.
        while closers[kind].last().is_some_and(|end| *end <= at + 1) {
            closers[kind].pop();
        }
        let matching =
            |end: &usize| matches!(&atoms[*end], Atom::Sign { braced: b, .. } if b == braced);
        let Some(end) = closers[kind].last().copied().filter(matching) else { continue };
        if open.last().is_none_or(|(limit, _)| end < *limit) {
            pairs[at] = Some(*braced);
            pairs[end] = Some(*braced);
            open.push((end, *c));
        }
    }
    pairs
}
