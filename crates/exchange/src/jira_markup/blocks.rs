//! Lines: headings, lists, tables, rules, paragraphs.

use super::writer::{Line, Writer};
use super::{escape, inline, tables};

/// Deeper lists than this are flattened; nobody reads them and they would grow the output.
const DEEPEST: usize = 10;

/// Writes a stretch of text that holds no block macros.
pub fn write(text: &str, writer: &mut Writer) {
    let mut list = List::default();
    let mut lines = text.split('\n').peekable();
    while let Some(raw) = lines.next() {
        let line = raw.trim();
        if line.is_empty() {
            writer.blank();
            list = List::default();
        } else if let Some((level, rest)) = heading(line) {
            let rest = inline::single_line(rest);
            writer.alone(&format!("{} {rest}", "#".repeat(level)));
            list = List::default();
        } else if let Some(rest) = line.strip_prefix("bq. ") {
            writer.alone(&format!("> {}", inline::single_line(rest)));
            list = List::default();
        } else if line.len() >= 4 && line.bytes().all(|b| b == b'-') {
            writer.alone("---");
            list = List::default();
        } else if line.starts_with('|') && line.len() > 1 {
            let mut rows = vec![tables::row(raw, &mut lines)];
            while lines.peek().is_some_and(|next| next.trim_start().starts_with('|')) {
                let next = lines.next().unwrap_or_default();
                rows.push(tables::row(next, &mut lines));
            }
            tables::write(&rows, writer);
            list = List::default();
        } else if let Some((marks, rest)) = item(line, &list) {
            list.enter(marks);
            let text = inline::broken(rest, &list.inside());
            writer.line(Line::Item, &format!("{}{text}", list.mark()));
        } else if !list.is_empty() {
            let inside = list.inside();
            let text = escape::line_start(&inline::broken(line, &inside));
            writer.continued(Line::Item, &format!("{inside}{text}"));
        } else {
            let text = escape::line_start(&inline::broken(line, ""));
            writer.continued(Line::Paragraph, &text);
        }
    }
}

/// `h1. ` to `h6. `.
fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = line.strip_prefix('h').or_else(|| line.strip_prefix('H'))?;
    let digit = rest.chars().next().filter(|c| ('1'..='6').contains(c))?;
    let text = rest[1..].strip_prefix('.')?;
    let spaced = text.is_empty() || text.starts_with(char::is_whitespace);
    spaced.then(|| (digit as usize - '0' as usize, text.trim()))
}

/// The marks of a list item and its text.
fn item<'a>(line: &'a str, list: &List) -> Option<(&'a str, &'a str)> {
    let length = line.bytes().take_while(|b| matches!(b, b'*' | b'#' | b'-')).count();
    let (marks, rest) = line.split_at(length);
    let text = rest.strip_prefix(char::is_whitespace)?.trim_start();
    // Two dashes without a list above are a dash in a sentence.
    let dash = length > 1 && marks.bytes().all(|b| b == b'-') && list.is_empty();
    (length > 0 && !text.is_empty() && !dash).then_some((marks, text))
}

/// The list that is open: one flag for each depth, true where it is numbered.
#[derive(Default)]
struct List {
    numbered: Vec<bool>,
}

impl List {
    fn is_empty(&self) -> bool {
        self.numbered.is_empty()
    }

    /// An item is at most one deeper than the one above it.
    fn enter(&mut self, marks: &str) {
        let depth = marks.len().min(self.numbered.len() + 1).min(DEEPEST);
        self.numbered.truncate(depth);
        let last = marks.ends_with('#');
        if self.numbered.len() == depth {
            self.numbered[depth - 1] = last;
        } else {
            self.numbered.push(last);
        }
    }

    fn indent(levels: &[bool]) -> String {
        " ".repeat(levels.iter().map(|numbered| if *numbered { 3 } else { 2 }).sum())
    }

    fn mark(&self) -> String {
        let Some((last, above)) = self.numbered.split_last() else { return String::new() };
        Self::indent(above) + if *last { "1. " } else { "- " }
    }

    /// The indentation of what belongs to the item.
    fn inside(&self) -> String {
        Self::indent(&self.numbered)
    }
}
