//! Readers of other tools' exports: bytes in, plain data out. Nothing here touches a database or a
//! clock, so an import can be shown to a person, row by row, before anything is written.

mod backlog;
mod error;
pub mod evidence_csv;
pub mod git;
pub mod jira_csv;
pub mod jira_markup;
pub mod wherefore_json;

pub use backlog::{
    Attachment, Backlog, Category, Column, Comment, Item, Level, Link, Mapping, More, Noun,
    PersonRef, Warning,
};
pub use error::ReadError;

/// The formats of a whole backlog.
pub const FORMATS: [&str; 2] = ["jira-csv", "wherefore-json"];

/// Refuses a file that is not of the format which somebody says it is, in that format's words.
///
/// # Errors
/// Where a table is called an export of Wherefore, or the other way round.
pub fn check(format: &str, bytes: &[u8]) -> Result<(), ReadError> {
    match (format, wherefore_json::is_export(bytes)) {
        ("wherefore-json", false) => {
            Err(ReadError::NoExport { why: "it is no compressed archive".into() })
        }
        ("jira-csv", true) => Err(ReadError::Packed),
        _ => Ok(()),
    }
}

/// Reads a backlog of either format: a compressed archive is an export of Wherefore, a table Jira's.
///
/// # Errors
/// Where the file as a whole cannot be understood.
pub fn read(bytes: &[u8]) -> Result<Backlog, ReadError> {
    if wherefore_json::is_export(bytes) {
        wherefore_json::read(bytes)
    } else {
        jira_csv::read(bytes)
    }
}
