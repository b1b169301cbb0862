//! Readers of other tools' exports: bytes in, plain data out. Nothing here touches a database or a
//! clock, so an import can be shown to a person, row by row, before anything is written.

mod backlog;
mod error;
pub mod evidence_csv;
pub mod git;
pub mod jira_csv;
pub mod jira_markup;

pub use backlog::{
    Attachment, Backlog, Category, Column, Comment, Item, Level, Link, Mapping, PersonRef, Warning,
};
pub use error::ReadError;
