//! Jira's CSV export, as people have it: any language of headers and dates, repeated columns,
//! rows shorter than the header. Every non-empty cell ends in a field, in `custom` or in a warning.

mod cells;
mod dates;
pub(crate) mod encoding;
mod header;
mod item;
mod read;
mod relations;
mod status;
pub(crate) mod table;

pub use read::read;
