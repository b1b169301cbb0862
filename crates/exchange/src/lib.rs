//! Readers of other tools' exports: bytes in, plain data out. Nothing here touches a database or a
//! clock, so an import can be shown to a person, row by row, before anything is written.

pub mod jira_markup;
