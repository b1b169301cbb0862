//! Tables. Markdown cuts cells beyond the header, so the header is as wide as the widest row.

use std::iter::Peekable;

use super::inline;
use super::writer::{Line, Writer};

/// One row: its cells, and whether each is a heading.
pub struct Row {
    cells: Vec<(bool, String)>,
}

/// Reads a row; lines that follow belong to it until one ends with a bar.
pub fn row<'a>(first: &str, lines: &mut Peekable<impl Iterator<Item = &'a str>>) -> Row {
    let mut text = first.trim().to_owned();
    while !text.ends_with('|') {
        let more = lines.next_if(|next| {
            let next = next.trim();
            !next.is_empty() && !next.starts_with('|') && next.contains('|')
        });
        let Some(more) = more else { break };
        text.push_str(r" \\ ");
        text.push_str(more.trim());
    }
    let cells = cut(&text);
    let rendered =
        |(head, cell): &(bool, &str)| (*head, inline::single_line(cell.trim()).replace('|', r"\|"));
    Row { cells: cells.iter().map(rendered).collect() }
}

/// Cuts at bars that are not inside a link, an image, monospace or an escape.
fn cut(text: &str) -> Vec<(bool, &str)> {
    let bytes = text.as_bytes();
    let mut cells = Vec::new();
    let (mut at, mut from, mut head) = (0, 0, false);
    let (mut bracket, mut mono) = (false, false);
    let last_bracket = text.rfind(']').unwrap_or(0);
    let last_mono = text.rfind("}}").unwrap_or(0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if at + 1 < bytes.len() => at += 1,
            b'[' if at < last_bracket => bracket = true,
            b']' => bracket = false,
            b'{' if bytes.get(at + 1) == Some(&b'{') && at < last_mono => mono = true,
            b'}' if bytes.get(at + 1) == Some(&b'}') => mono = false,
            b'|' if !bracket && !mono => {
                if at > 0 {
                    cells.push((head, &text[from..at]));
                }
                head = bytes.get(at + 1) == Some(&b'|');
                at += usize::from(head);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if from < text.len() {
        cells.push((head, &text[from..]));
    }
    cells
}

/// Writes the rows as a table.
pub fn write(rows: &[Row], writer: &mut Writer) {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(1);
    let headed = rows.first().is_some_and(|row| row.cells.iter().all(|(head, _)| *head));
    let (first, rest) = if headed { rows.split_at(1) } else { (&rows[..0], rows) };
    writer.blank();
    let mut header = String::from("|");
    for place in 0..width {
        let cell = first.first().and_then(|row| row.cells.get(place)).map_or("", |(_, cell)| cell);
        header.push_str(&format!(" {cell} |"));
    }
    writer.line(Line::Table, &header);
    writer.line(Line::Table, &format!("|{}", " --- |".repeat(width)));
    for row in rest {
        let mut line = String::from("|");
        for (head, cell) in &row.cells {
            let bold = *head && !cell.is_empty() && !cell.contains('*');
            line.push_str(&if bold { format!(" **{cell}** |") } else { format!(" {cell} |") });
        }
        writer.line(Line::Table, &line);
    }
    writer.blank();
}
