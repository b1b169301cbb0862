//! How a thing is written in each format.

use serde_json::Value as Json;

use super::pack::Pack;
use super::{Fields, Format};
use crate::kernel::Result;

/// How much of a noun is held before it is packed; a larger one has several files.
const PART: usize = 8 << 20;

/// The file of one noun while it is filled.
pub(super) struct File {
    format: Format,
    folder: String,
    noun: &'static str,
    part: usize,
    text: Vec<u8>,
    columns: Vec<String>,
}

impl File {
    pub fn new(format: Format, product: &str, noun: &'static str) -> Self {
        let (text, columns) = (Vec::new(), Vec::new());
        Self { format, folder: product.to_owned(), noun, part: 1, text, columns }
    }

    pub fn add(&mut self, row: &Fields, pack: &mut Pack) -> Result<()> {
        match self.format {
            Format::Json => {
                self.text.extend_from_slice(Json::Object(row.clone()).to_string().as_bytes());
                self.text.push(b'\n');
            }
            Format::Csv => self.line(row),
            Format::Markdown => return self.page(row, pack),
        }
        if self.text.len() >= PART { self.flush(pack) } else { Ok(()) }
    }

    fn line(&mut self, row: &Fields) {
        if self.columns.is_empty() {
            self.columns = row.keys().cloned().collect();
        }
        if self.text.is_empty() {
            let head = self.columns.clone();
            self.cells(head.iter().map(String::as_str));
        }
        let columns = std::mem::take(&mut self.columns);
        let cells: Vec<String> =
            columns.iter().map(|c| row.get(c).map(cell).unwrap_or_default()).collect();
        self.cells(cells.iter().map(String::as_str));
        self.columns = columns;
    }

    fn cells<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (n, cell) in cells.enumerate() {
            if n > 0 {
                self.text.push(b',');
            }
            self.text.extend_from_slice(quoted(cell).as_bytes());
        }
        self.text.extend_from_slice(b"\r\n");
    }

    /// A page for what has a key; the others of a noun stand on one.
    fn page(&mut self, row: &Fields, pack: &mut Pack) -> Result<()> {
        let text = markdown(row);
        if let Some(key) = row.get("key").and_then(Json::as_str) {
            let name = format!("{}/{}/{key}.md", self.folder, self.noun);
            return pack.file(&name, text.as_bytes());
        }
        self.text.extend_from_slice(text.as_bytes());
        self.text.extend_from_slice(b"\n---\n\n");
        if self.text.len() >= PART { self.flush(pack) } else { Ok(()) }
    }

    fn flush(&mut self, pack: &mut Pack) -> Result<()> {
        let end = match self.format {
            Format::Json => "jsonl",
            Format::Csv => "csv",
            Format::Markdown => "md",
        };
        let part = if self.part == 1 { String::new() } else { format!("-{}", self.part) };
        pack.file(&format!("{}/{}{part}.{end}", self.folder, self.noun), &self.text)?;
        self.part += 1;
        self.text.clear();
        Ok(())
    }

    pub fn finish(mut self, pack: &mut Pack) -> Result<()> {
        if self.text.is_empty() { Ok(()) } else { self.flush(pack) }
    }
}

/// A value as a cell: words of a list side by side, the rest as it would be typed.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(words) if words.iter().all(Json::is_string) => {
            words.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// A cell between quotes where it needs them. A spreadsheet would reckon what begins like a formula:
/// an apostrophe before it makes it a text.
fn quoted(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    let formula = !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// A thing as a page: short fields in a head, long ones as sections.
fn markdown(row: &Fields) -> String {
    let mut text = String::from("---\n");
    let mut long = Vec::new();
    for (name, value) in row {
        if name == "title" || value.is_null() || value == "" {
            continue;
        }
        match value.as_str() {
            Some(words) if words.contains('\n') || words.len() > 100 => long.push((name, words)),
            _ => text.push_str(&format!("{name}: {}\n", head_value(value))),
        }
    }
    text.push_str("---\n\n");
    if let Some(title) = row.get("title").and_then(Json::as_str) {
        text.push_str(&format!("# {}\n\n", title.replace('\n', " ")));
    }
    for (name, words) in long {
        if name != "body" {
            text.push_str(&format!("## {}\n\n", name.replace('_', " ")));
        }
        text.push_str(words.trim_end());
        text.push_str("\n\n");
    }
    text
}

/// JSON is YAML: what a head cannot hold plainly stands there as JSON.
fn head_value(value: &Json) -> String {
    match value.as_str() {
        Some(words) if !words.is_empty() && words.chars().all(plain) => words.to_owned(),
        _ => value.to_string(),
    }
}

fn plain(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || c == '_' || c == '/'
}

pub(super) fn readme(format: Format, with_files: bool) -> String {
    let how = match format {
        Format::Json => {
            "Each file holds one noun, one thing a line, as a JSON object. `wherefore import \
             wherefore-json` reads this archive."
        }
        Format::Csv => {
            "Each file holds one noun as a table in UTF-8. A cell that begins like a formula has an \
             apostrophe before it, so that no spreadsheet reckons it."
        }
        Format::Markdown => {
            "Each thing with a key has a page in the folder of its noun; the others of a noun stand \
             on one page."
        }
    };
    let files = if with_files {
        "`files` names the attached files, and `path` where each stands in this archive; without one, \
         its bytes were not on the server."
    } else {
        "`files` names the attached files; their bytes are not in this archive, and come along where \
         that is asked for."
    };
    format!(
        "# An export of Wherefore\n\n{how}\n\nThere is a folder for each product. `NAME_id` is an \
         identifier, and `NAME` beside it says what it names: a key or a person. Work items and \
         opportunities stand in their order. `history` holds what was done, newest first, with what \
         stood there before and after. {files}\n\nIt holds what whoever made it may see, without votes, \
         secrets of links and addresses of visitors. A whole copy of an installation, to be restored, \
         is made with `wherefore backup`.\n"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_text_survives() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-3.5"), "-3.5");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(cell(&json!(["a", "b"])), "a, b");
        assert_eq!(cell(&json!(null)), "");
    }

    #[test]
    fn a_page_has_a_head_and_sections() {
        let Json::Object(row) = json!({
            "key": "RIDE-1", "title": "Pay", "points": 3.0, "kind": "it: is", "body": "One\ntwo",
            "measure": "long\ntext", "empty": ""
        }) else {
            unreachable!("an object")
        };
        let page = markdown(&row);
        assert_eq!(
            page,
            "---\nkey: \"RIDE-1\"\npoints: 3.0\nkind: \"it: is\"\n---\n\n# Pay\n\nOne\ntwo\n\n## measure\n\nlong\ntext\n\n"
        );
    }
}
