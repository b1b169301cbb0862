//! A table of what users said: one row a piece. Columns are known by their names, in any order; the
//! rest is told, and left out.

use std::collections::BTreeMap;

use crate::ReadError;
use crate::jira_csv::{encoding, table};

/// What a column may hold.
pub const FIELDS: [&str; 12] = [
    "verbatim",
    "title",
    "source",
    "email",
    "company",
    "segment",
    "said_on",
    "kind",
    "url",
    "consent",
    "reliability",
    "id",
];

/// Names under which people have each of them, in small letters.
const NAMES: [(&str, &[&str]); 12] = [
    (
        "verbatim",
        &[
            "verbatim",
            "text",
            "feedback",
            "comment",
            "comments",
            "words",
            "quote",
            "message",
            "description",
            "body",
            "response",
            "note",
        ],
    ),
    ("title", &["title", "subject", "summary", "gist"]),
    (
        "source",
        &["source", "name", "author", "who", "person", "customer", "user", "contact", "from"],
    ),
    ("email", &["email", "e-mail", "mail", "email address"]),
    ("company", &["company", "account", "organisation", "organization", "client"]),
    ("segment", &["segment", "plan", "persona", "group"]),
    (
        "said_on",
        &["said_on", "date", "day", "created", "created at", "created_at", "when", "received"],
    ),
    ("kind", &["kind", "type", "channel"]),
    ("url", &["url", "link", "address"]),
    ("consent", &["consent", "may be quoted", "quotable"]),
    ("reliability", &["reliability", "certainty"]),
    ("id", &["id", "number", "ticket", "ticket id", "reference", "key"]),
];

/// A table as it was understood.
#[derive(Debug, Default)]
pub struct Table {
    /// Each column's name, and the field that it fills.
    pub columns: Vec<(String, Option<&'static str>)>,
    pub rows: Vec<Row>,
}

/// One row: the fields that it fills.
#[derive(Debug, Default, Clone)]
pub struct Row {
    /// As a spreadsheet counts: the header is row 1.
    pub number: usize,
    pub fields: BTreeMap<&'static str, String>,
}

/// The field that a column of this name fills, unless another column does.
fn field_of(name: &str) -> Option<&'static str> {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field)
}

/// Reads a table; `wanted` says of columns by name what they hold, `-` for nothing.
///
/// # Errors
/// Where the file as a whole cannot be understood.
pub fn read(bytes: &[u8], wanted: &BTreeMap<String, String>) -> Result<Table, ReadError> {
    let text = encoding::decode(bytes, &mut Vec::new())?;
    let table = table::open(&text)?;
    let mut taken: Vec<&str> = Vec::new();
    let mut columns: Vec<(String, Option<&'static str>)> = Vec::new();
    let told = |name: &str| {
        let word = wanted.iter().find(|(n, _)| n.trim().eq_ignore_ascii_case(name.trim()));
        word.map(|(_, field)| FIELDS.iter().find(|f| **f == field.as_str()).copied())
    };
    for name in &table.header {
        let field = told(name).unwrap_or_else(|| field_of(name));
        let field = field.filter(|f| !taken.contains(f));
        taken.extend(field);
        columns.push((name.trim().to_owned(), field));
    }
    if !taken.contains(&"verbatim") {
        let found: Vec<&str> = columns.iter().map(|(n, _)| n.as_str()).take(40).collect();
        return Err(ReadError::NoWords { found: found.join(", ") });
    }
    let mut rows = Vec::new();
    table.each_row(|row| {
        let mut fields = BTreeMap::new();
        for (at, cell) in &row.cells {
            if let Some((_, Some(field))) = columns.get(*at) {
                fields.insert(*field, cell.trim().to_owned());
            }
        }
        rows.push(Row { number: row.number, fields });
    })?;
    Ok(Table { columns, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, ReadError> {
        read(text.as_bytes(), &BTreeMap::new())
    }

    #[test]
    fn columns_are_known_by_many_names() {
        let read = table("Date;Customer;Feedback;Mood\n2026-03-01;Mia;\"Too slow;\nreally\";bad\n")
            .expect("a table");
        let fields: Vec<_> = read.columns.iter().map(|(_, f)| *f).collect();
        assert_eq!(fields, [Some("said_on"), Some("source"), Some("verbatim"), None]);
        assert_eq!(read.rows[0].fields["verbatim"], "Too slow;\nreally");
        assert_eq!(read.rows[0].number, 2);
    }

    #[test]
    fn a_column_can_be_told_what_it_holds() {
        let wanted = BTreeMap::from([
            ("Mood".to_owned(), "verbatim".to_owned()),
            ("Feedback".into(), "-".into()),
        ]);
        let read = read(b"Feedback,Mood\nx,y\n", &wanted).expect("a table");
        assert_eq!(read.rows[0].fields, BTreeMap::from([("verbatim", "y".to_owned())]));
    }

    #[test]
    fn without_words_there_is_nothing_to_import() {
        let said = table("a,b\n1,2\n").expect_err("refused").to_string();
        assert!(said.contains("a, b") && said.contains("feedback"), "{said}");
        assert_eq!(table("").expect_err("refused"), ReadError::Empty);
    }
}
