//! Jira's CSV export, as people have it: any language of headers and dates, repeated columns,
//! rows shorter than the header. Every non-empty cell ends in a field, in `custom` or in a warning.

mod cells;
mod dates;
mod encoding;
mod header;
mod item;
mod read;
mod relations;
mod status;
mod table;

pub use read::read;
