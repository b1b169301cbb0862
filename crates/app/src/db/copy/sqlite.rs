//! SQLite's side: reading a folder that a server may hold, and filling an empty one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::write::{Files, Filling as Fill};
use super::{Table, broken, io};
use crate::db::Value;
use crate::db::migrate::{self, MIGRATIONS, Migration};
use crate::db::sqlite::statement::{error, unavailable};
use crate::db::sqlite::{DATABASE, LOCK, lock, private_file, writer};
use crate::kernel::{Error, Result};

/// Every table with its columns, in order.
pub(super) const COLUMNS: &str = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.hidden = 0 ORDER BY t.name, c.cid";

/// Where a folder is filled until it is whole.
const WORK: &str = "restoring";

/// A connection that sees one moment of the database. In WAL mode it holds nobody up, and needs no
/// lock of the folder: a server may go on writing.
pub(super) fn open_to_read(folder: &Path) -> Result<Connection> {
    let file = folder.join(DATABASE);
    if !file.is_file() {
        return Err(Error::refused(format!(
            "There is no Wherefore in {}. Name its data folder with --data.",
            folder.display()
        )));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&file, flags).map_err(unavailable)?;
    let begin = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; BEGIN DEFERRED; \
                 SELECT COUNT(*) FROM sqlite_schema";
    connection.execute_batch(begin).map_err(unavailable)?;
    Ok(connection)
}

/// A folder that is being filled; the database lies in a folder of its own in it until it is whole.
pub(super) struct Filling {
    folder: PathBuf,
    work: PathBuf,
    connection: Option<Connection>,
    insert: String,
    _lock: File,
}

impl Filling {
    pub fn begin(folder: &Path) -> Result<Self> {
        let lock = lock(folder)?;
        let work = folder.join(WORK);
        // What an interrupted one has left.
        let _ = fs::remove_dir_all(&work);
        let there = fs::read_dir(folder).map_err(|error| io(folder, &error))?;
        let there = there.filter_map(|entry| Some(entry.ok()?.file_name()));
        let empty = |name: &std::ffi::OsString| name == LOCK || name == "files.restoring";
        if let Some(name) = there.into_iter().find(|name| !empty(name)) {
            return Err(Error::refused(format!(
                "The data folder {} is not empty: it holds {}. Restore into a new folder.",
                folder.display(),
                name.to_string_lossy()
            )));
        }
        crate::db::sqlite::private_folder(&work).map_err(|error| io(&work, &error))?;
        let file = work.join(DATABASE);
        private_file(&file).map_err(|error| io(&file, &error))?;
        let mut filling = Self {
            folder: folder.to_owned(),
            work,
            connection: None,
            insert: String::new(),
            _lock: lock,
        };
        let connection = Connection::open(&file).map_err(unavailable)?;
        // The file is thrown away where anything fails, so nothing need be undone in it.
        let quick = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
                     PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536";
        connection.execute_batch(quick).map_err(unavailable)?;
        filling.connection = Some(connection);
        Ok(filling)
    }

    fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::internal("the database is closed"))
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        self.connection = None;
        let _ = fs::remove_dir_all(&self.work);
    }
}

impl Fill for Filling {
    fn begin(&mut self, steps: &[Migration]) -> Result<()> {
        let connection = self.connection()?;
        migrate::sqlite(connection, steps)?;
        connection.execute_batch("BEGIN").map_err(error)
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        let there = self.connection()?;
        let mut columns = there
            .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0")
            .map_err(error)?;
        let known: Vec<String> = columns
            .query_map([&table.table], |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(error)?;
        drop(columns);
        if let Some(name) = table.columns.iter().find(|name| !known.contains(name)) {
            return Err(broken(format!("{}.{name} is not known", table.table)));
        }
        let names: Vec<_> = table.columns.iter().map(|name| format!("\"{name}\"")).collect();
        let marks: Vec<_> = (1..=names.len()).map(|n| format!("?{n}")).collect();
        self.insert = format!(
            "INSERT INTO \"{}\" ({}) VALUES ({})",
            table.table,
            names.join(", "),
            marks.join(", ")
        );
        Ok(())
    }

    fn row(&mut self, values: Vec<Value>) -> Result<()> {
        let insert = std::mem::take(&mut self.insert);
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(&insert).map_err(error)?;
        let done = statement.execute(rusqlite::params_from_iter(values)).map_err(error);
        drop(statement);
        self.insert = insert;
        done.map(drop)
    }

    fn finish(mut self: Box<Self>, files: Option<Files>) -> Result<()> {
        let connection = self.connection()?;
        connection.execute_batch("COMMIT").map_err(error)?;
        migrate::sqlite(connection, MIGRATIONS)?;
        connection.execute_batch(writer::TAKE_IN).map_err(error)?;
        connection.execute_batch(writer::TAKEN_IN).map_err(error)?;
        self.connection = None;
        let (made, wanted) = (self.work.join(DATABASE), self.folder.join(DATABASE));
        let sync = |path: &Path| {
            File::open(path).and_then(|file| file.sync_all()).map_err(|error| io(path, &error))
        };
        sync(&made)?;
        let mut files = files;
        if let Some(files) = &mut files {
            files.put()?;
        }
        fs::rename(&made, &wanted).map_err(|error| io(&wanted, &error))?;
        if let Some(files) = files {
            files.keep_all();
        }
        sync(&self.folder)
    }
}
