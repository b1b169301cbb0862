//! A whole copy of an installation in one archive, and an installation from such a copy.
//!
//! The archive does not know the engine: what was copied from SQLite fills PostgreSQL, and the other
//! way round. Rows and files stream through; nothing grows with their number. A copy sees one moment
//! of the database and holds nobody up; a restored installation appears whole or not at all.

mod archive;
mod postgres;
mod read;
mod row;
mod sqlite;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Target;
use super::migrate::{MIGRATIONS, Migration};
use crate::files::Store;
use crate::kernel::{Error, Result};

/// The archive's own version; a program reads those up to its own.
const FORMAT: u32 = 1;

/// Kept by each installation for itself: what was done to its schema, who holds what just now, how
/// often somebody mistyped, and what the search index is made of.
const OWN: [&str; 6] =
    ["migration", "lease", "login_attempt", "search_pending", "search_text", "search_word"];

/// What lets somebody in, and what tells it: sessions, tokens, links that work once, the answers kept
/// for forms sent twice. Whoever finds a backup gets in by none of it, and after restoring everybody
/// signs in anew.
const DOORS: [&str; 6] =
    ["session", "token", "one_time_link", "portal_session", "portal_link", "submission"];

/// Letters that hold no such link.
const WITHOUT_LINKS: &str = "kind NOT IN ('invitation', 'reset', 'sign-in')";

/// Whether a table stays behind, also where an older archive has it.
fn stays(table: &str) -> bool {
    OWN.contains(&table) || DOORS.contains(&table) || table.starts_with("search_text_")
}

/// The engine's own number of a text in the search index.
const NUMBERED: (&str, &str) = ("search_doc", "doc");

/// What an archive begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    pub format: u32,
    /// The program that made it.
    pub program: String,
    /// The newest step of the schema.
    pub schema: i64,
    /// All its steps.
    pub steps: Vec<i64>,
    /// When, as RFC 3339.
    pub made_at: String,
}

/// What an archive ends with: by this a reader knows that it has all of it, unharmed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub tables: BTreeMap<String, Counted>,
    pub files: Counted,
}

/// How much there is, and the SHA-256 of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub count: u64,
    pub sha256: String,
}

/// What was copied or restored.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    pub head: Head,
    #[serde(flatten)]
    pub manifest: Manifest,
    /// Attached files that could not be read, or that nobody said the place of.
    #[serde(default)]
    pub left_out: Vec<String>,
}

impl Summary {
    /// All rows of all tables.
    pub fn rows(&self) -> u64 {
        self.manifest.tables.values().map(|table| table.count).sum()
    }
}

/// Hears what is being worked on, and how much of it is done.
pub type Tell<'a> = &'a mut dyn FnMut(&str, u64);

/// Where attached files lie.
#[derive(Clone, Copy)]
pub enum Attached<'a> {
    /// In a folder; in the one that belongs to a data folder, if none is named.
    Folder(Option<&'a Path>),
    /// In a storage of another kind.
    Store(&'a dyn Store),
}

/// Copies an installation to an archive, while it serves or not, with its attached files.
///
/// It works on the calling thread and must not be called from an asynchronous task.
pub fn back_up(
    target: &Target,
    files: Attached<'_>,
    made_at: String,
    out: impl std::io::Write,
    tell: Tell<'_>,
) -> Result<Summary> {
    read::back_up(target, files, made_at, out, tell)
}

/// Makes an installation from an archive, in an empty folder or database.
///
/// It works on the calling thread and must not be called from an asynchronous task.
pub fn restore(
    target: &Target,
    files: Option<&Path>,
    archive: impl std::io::Read,
    tell: Tell<'_>,
) -> Result<Summary> {
    write::restore(target, files, archive, tell)
}

/// A table and those of its columns that travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<String>,
}

impl Table {
    /// Whether its names can stand in a statement: an archive may come from anybody.
    fn is_plain(&self) -> bool {
        let plain = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        plain(&self.table) && !self.columns.is_empty() && self.columns.iter().all(|c| plain(c))
    }
}

/// The tables that travel, from a list of all tables with their columns in order.
fn travelling(all: Vec<(String, String)>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for (table, column) in all {
        if stays(&table) || (table.as_str(), column.as_str()) == NUMBERED {
            continue;
        }
        match tables.last_mut().filter(|last| last.table == table) {
            Some(last) => last.columns.push(column),
            None => tables.push(Table { table, columns: vec![column] }),
        }
    }
    tables
}

/// The steps of this program that an archive's database had taken.
fn steps_of(head: &Head) -> Result<Vec<Migration>> {
    let newest = MIGRATIONS.iter().map(|step| step.number).max().unwrap_or(0);
    if head.format > FORMAT || head.steps.iter().any(|n| *n > newest) {
        return Err(Error::refused(format!(
            "This backup was made by a newer Wherefore ({}, schema {}); this program knows schema \
             {newest}. Restore it with that program.",
            head.program, head.schema
        )));
    }
    let known = |n: &i64| MIGRATIONS.iter().find(|step| step.number == *n).copied();
    head.steps.iter().map(|n| known(n).ok_or_else(|| unknown_step(*n))).collect()
}

fn unknown_step(number: i64) -> Error {
    Error::refused(format!(
        "This backup is of a Wherefore whose schema step {number} this program does not have. \
         Restore it with the program that made it."
    ))
}

/// Something is wrong with the archive itself.
fn broken(what: impl std::fmt::Display) -> Error {
    Error::refused(format!(
        "This backup is damaged or incomplete ({what}). Nothing was restored. Use another one."
    ))
}

/// A failure to read or write a file.
fn io(what: &Path, error: &std::io::Error) -> Error {
    Error::Unavailable(format!(
        "{} cannot be read or written: {error}. Check the rights and that the disk is not full.",
        what.display()
    ))
}
