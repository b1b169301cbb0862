//! Filling an empty installation.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};

use super::archive::{self, Piece, Sum};
use super::postgres::Filling as Postgres;
use super::sqlite::Filling as Sqlite;
use super::{Summary, Table, Tell, broken, io, row, steps_of};
use crate::db::migrate::Migration;
use crate::db::{Target, Value};
use crate::kernel::{Error, Result};

const STEP: u64 = 10_000;

/// An installation that is being filled. Dropped before its end it leaves nothing.
pub(super) trait Filling {
    /// Makes the tables as they were in the archive's database.
    fn begin(&mut self, steps: &[Migration]) -> Result<()>;
    /// What follows goes into this table.
    fn table(&mut self, table: &Table) -> Result<()>;
    fn row(&mut self, values: Vec<Value>) -> Result<()>;
    /// Brings the tables up to date and lets everybody see them; `files` are put where they belong
    /// in the same moment.
    fn finish(self: Box<Self>, files: Option<Files>) -> Result<()>;
}

pub(super) fn restore(
    target: &Target,
    files: Option<&Path>,
    archive: impl Read,
    tell: Tell<'_>,
) -> Result<Summary> {
    let (mut filling, folder): (Box<dyn Filling>, _) = match target {
        Target::Sqlite(folder) => {
            let own = folder.join(super::read::FILES);
            (Box::new(Sqlite::begin(folder)?), Some(files.map_or(own, Path::to_owned)))
        }
        Target::Postgres(url) => (Box::new(Postgres::begin(url)?), files.map(Path::to_owned)),
    };
    let mut files = folder.map(Files::new).transpose()?;
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let mut filed = Sum::default();
    let (mut head, mut at) = (None, None);
    let manifest = archive::read(archive, |piece| {
        match piece {
            Piece::Head(found) => {
                filling.begin(&steps_of(&found)?)?;
                head = Some(found);
            }
            Piece::Rows(table, lines) => {
                if at.as_ref() != Some(&table) && !super::stays(&table.table) {
                    filling.table(&table).map_err(unfit)?;
                    at = Some(table.clone());
                }
                let sum = sums.entry(table.table.clone()).or_default();
                rows(&mut *filling, &table, lines, sum, tell)?;
            }
            Piece::File(name, bytes) => {
                files.as_mut().ok_or_else(nowhere)?.keep(&name, bytes, &mut filed)?;
                let done = filed.one_more();
                if done % 100 == 1 {
                    tell("files", done);
                }
            }
        }
        Ok(())
    })?;
    let head = head.ok_or_else(|| broken("its beginning is missing"))?;
    let found = super::Manifest {
        tables: sums.into_iter().map(|(name, sum)| (name, sum.counted())).collect(),
        files: filed.counted(),
    };
    if let Some((table, _)) = found.tables.iter().find(|(n, c)| manifest.tables.get(*n) != Some(c))
    {
        return Err(broken(format!("the checksum of {table} is wrong")));
    }
    if found != manifest {
        return Err(broken("it holds something else than it says"));
    }
    tell("search", 0);
    filling.finish(files)?;
    Ok(Summary { head, manifest, left_out: Vec::new() })
}

/// What the database does not take from an archive is the archive's fault, unless the database is
/// away or full.
fn unfit(error: Error) -> Error {
    match error {
        Error::Unavailable(_) => error,
        other => broken(other),
    }
}

fn nowhere() -> Error {
    Error::refused(
        "This backup has attached files. Name the folder for them with --files. Nothing was restored.",
    )
}

fn rows(
    filling: &mut dyn Filling,
    table: &Table,
    lines: &mut dyn BufRead,
    sum: &mut Sum,
    tell: Tell<'_>,
) -> Result<()> {
    let mut line = Vec::new();
    loop {
        if archive::next_line(lines, &mut line)? == 0 {
            return Ok(());
        }
        sum.add(&line);
        let done = sum.one_more();
        let values = row::decode(&line, table.columns.len())?;
        if !super::stays(&table.table) {
            filling.row(values).map_err(unfit)?;
        }
        if done == 1 || done.is_multiple_of(STEP) {
            tell(&table.table, done);
        }
    }
}

/// Attached files on their way: beside their folder until all are there.
pub(super) struct Files {
    folder: PathBuf,
    beside: PathBuf,
    placed: bool,
    done: bool,
}

impl Files {
    fn new(folder: PathBuf) -> Result<Self> {
        let filled = std::fs::read_dir(&folder).is_ok_and(|mut all| all.next().is_some());
        if filled {
            return Err(Error::refused(format!(
                "{} holds files already. Restore into a new folder.",
                folder.display()
            )));
        }
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".restoring");
        let beside = folder.with_file_name(name);
        let _ = std::fs::remove_dir_all(&beside);
        Ok(Self { folder, beside, placed: false, done: false })
    }

    fn keep(&mut self, name: &Path, bytes: &mut dyn Read, sum: &mut Sum) -> Result<()> {
        let path = self.beside.join(name);
        let failed = |error: std::io::Error| io(&path, &error);
        crate::db::sqlite::private_folder(path.parent().unwrap_or(&self.beside)).map_err(failed)?;
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        sum.add(name.to_string_lossy().as_bytes());
        let mut buffer = [0; 1 << 16];
        loop {
            let read = bytes.read(&mut buffer).map_err(broken)?;
            if read == 0 {
                break;
            }
            sum.add(&buffer[..read]);
            file.write_all(&buffer[..read]).map_err(failed)?;
        }
        file.sync_all().map_err(failed)
    }

    /// Puts them where they belong; they go again unless [`Files::keep_all`] follows.
    pub fn put(&mut self) -> Result<()> {
        if self.beside.is_dir() {
            let failed = |error: std::io::Error| io(&self.folder, &error);
            let _ = std::fs::remove_dir(&self.folder);
            std::fs::rename(&self.beside, &self.folder).map_err(failed)?;
            self.placed = true;
        }
        Ok(())
    }

    /// The database is there too.
    pub fn keep_all(mut self) {
        self.done = true;
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if !self.done {
            let _ = std::fs::remove_dir_all(&self.beside);
            if self.placed {
                let _ = std::fs::remove_dir_all(&self.folder);
            }
        }
    }
}
