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
    Attachment, Backlog, Category, Column, Comment, Item, Level, Link, Mapping, Noun, PersonRef,
    Warning,
};
pub use error::ReadError;

/// The formats of a whole backlog.
pub const FORMATS: [&str; 2] = ["jira-csv", "wherefore-json"];

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
