//! A row as a line of JSON that means the same whatever the engine: whole numbers and truth values as
//! numbers, texts as texts, bytes and identifiers as `["hex"]`, fractions as `{"real": "0.5"}` so that
//! no digit is lost on the way.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::broken;
use crate::db::{ColumnRef, Row, Value};
use crate::kernel::{Error, Result};

/// Appends a row of so many columns, with the end of its line.
pub(super) fn encode(row: &Row<'_>, columns: usize, line: &mut Vec<u8>) -> Result<()> {
    line.push(b'[');
    for index in 0..columns {
        if index > 0 {
            line.push(b',');
        }
        match row.column(index)? {
            ColumnRef::Null => line.extend_from_slice(b"null"),
            ColumnRef::Bool(value) => line.push(b'0' + u8::from(value)),
            ColumnRef::Int(value) => line.extend_from_slice(value.to_string().as_bytes()),
            ColumnRef::Real(value) => {
                line.extend_from_slice(format!("{{\"real\":\"{value:?}\"}}").as_bytes());
            }
            ColumnRef::Text(text) => {
                serde_json::to_writer(&mut *line, text).map_err(Error::internal)?;
            }
            ColumnRef::Id(id) => bytes(id.0.as_bytes(), line),
            ColumnRef::Bytes(value) => bytes(value, line),
        }
    }
    line.extend_from_slice(b"]\n");
    Ok(())
}

fn bytes(value: &[u8], line: &mut Vec<u8>) {
    line.extend_from_slice(b"[\"");
    line.extend_from_slice(hex(value).as_bytes());
    line.extend_from_slice(b"\"]");
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(value: &[u8]) -> String {
    value.iter().fold(String::with_capacity(value.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The values of a line.
pub(super) fn decode(line: &[u8], columns: usize) -> Result<Vec<Value>> {
    let cells: Vec<Json> = serde_json::from_slice(line).map_err(broken)?;
    if cells.len() != columns {
        return Err(broken(format!("{} values for {columns} columns", cells.len())));
    }
    cells.into_iter().map(cell).collect()
}

fn cell(json: Json) -> Result<Value> {
    let wrong = || broken("a value of no kind that is known");
    Ok(match json {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text),
        Json::Number(number) => Value::Int(number.as_i64().ok_or_else(wrong)?),
        Json::Array(hex) => match hex.as_slice() {
            [Json::String(hex)] => Value::Bytes(unhex(hex).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        },
        Json::Object(real) => {
            let text = real.get("real").and_then(Json::as_str).ok_or_else(wrong)?;
            Value::Real(text.parse().map_err(|_| wrong())?)
        }
        Json::Bool(_) => return Err(wrong()),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(pair).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let line = br#"[null,-3,"a\n\"b\"",["00ff10"],{"real":"0.1"},{"real":"-1e300"}]"#;
        let values = decode(line, 6).unwrap();
        let wanted = [
            Value::Null,
            Value::Int(-3),
            Value::Text("a\n\"b\"".into()),
            Value::Bytes(vec![0, 255, 16]),
            Value::Real(0.1),
            Value::Real(-1e300),
        ];
        assert_eq!(values, wanted);
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for (line, columns) in
            [("[1]", 2), ("[true]", 1), ("[[\"0\"]]", 1), ("[{\"real\":\"x\"}]", 1), ("{}", 0)]
        {
            assert!(decode(line.as_bytes(), columns).is_err(), "{line}");
        }
    }
}
