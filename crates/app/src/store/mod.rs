//! The one way of change. Everything of a workspace is a [`Record`]; only a [`Change`] writes it,
//! with its earlier version, what is derived from it and the activity in the same transaction.

mod action;
mod answer;
mod change;
mod columns;
mod declare;
mod derive;
mod edit;
mod field_values;
mod finish;
mod grounds;
mod judge;
mod purge;
mod ranks;
mod record;
mod reindex;
mod staging;
mod stored_files;
mod undo;
mod upload;
mod wipe;
mod words;

pub use action::{
    Action, Call, Done, Entry, Meta, Process, Query, Reader, Scope, Site, act, joined_schema,
    perform, run,
};
pub use answer::Answer;
pub use change::{Change, Effect, OPEN, Teller};
pub use columns::{Fields, Listed, Words};
pub use field_values::{KnownFields, write_field_rows};
pub use judge::{Deed, Doing, Judge, Judged, Place, explain};
pub use purge::{Removed, forget_import, in_bin_since, note_removal, purge};
pub use ranks::spread_one;
pub use record::{
    ASKED, Composed, Document, Edge, FieldRow, Indexed, Record, RecordKind, RecordSql, RowMeta,
    Select, load, load_as_of, load_many, marks_from, record_kinds, select_text, stood, with_ids,
};
pub use reindex::{Part, reindex_one, reindex_page, reindex_some, reindexed_kinds};
pub use staging::discard_some;
pub use stored_files::{
    claim_file, doom_file, drop_file_note, file_usage, files_to_sweep, note_file, release_file,
};
pub use undo::{Past, undo_change, undo_one};
pub use upload::{Packer, Upload};
pub use wipe::wipe;
pub use words::{search_terms, search_words};
