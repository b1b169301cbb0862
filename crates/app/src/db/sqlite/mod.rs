//! SQLite: one thread that writes, a few that read, and a folder that belongs to one process.

pub(super) mod statement;
mod stats;
pub(super) mod writer;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{broadcast, oneshot};

use super::conn::Link;
use super::{Committed, Conn, ReadJob, Tx, WriteJob, guarded, migrate};
use crate::kernel::{Error, Result};
use statement::unavailable;
pub(super) use writer::TAKEN_IN;

pub(super) const LOCK: &str = "wherefore.lock";
pub(super) const DATABASE: &str = "wherefore.db";
const READERS: usize = 4;
/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// The threads of one data folder.
pub(super) struct Store {
    /// `None` only while the store is being dropped.
    queues: Option<Queues>,
    threads: Vec<JoinHandle<()>>,
    /// Held until every thread is gone.
    _lock: File,
}

struct Queues {
    read: Sender<Reading>,
    write: Sender<writer::Job>,
}

struct Reading {
    run: ReadJob,
    done: oneshot::Sender<Result<()>>,
}

impl Store {
    /// Takes the folder for this process and starts its threads.
    pub fn open(folder: &Path, committed: broadcast::Sender<Committed>) -> Result<Self> {
        let lock = lock(folder)?;
        let file = folder.join(DATABASE);
        private_file(&file).map_err(|error| {
            Error::Unavailable(format!("{} cannot be written: {error}.", file.display()))
        })?;
        let mut connection = connect(&file)?;
        migrate::sqlite(&mut connection, migrate::MIGRATIONS)?;
        stats::fix(&mut connection).map_err(unavailable)?;

        let (write, jobs) = crossbeam_channel::unbounded();
        let tx = Tx::new(Conn::new(Link::Sqlite(connection)));
        let mut threads = vec![spawn("db-writer", move || writer::serve(tx, &jobs, &committed))?];
        let (read, readings) = crossbeam_channel::unbounded();
        for _ in 0..READERS {
            let connection = connect(&file)?;
            connection.execute_batch("PRAGMA query_only = ON").map_err(unavailable)?;
            let conn = Conn::new(Link::Sqlite(connection));
            let readings = readings.clone();
            threads.push(spawn("db-reader", move || serve_reads(conn, &readings))?);
        }
        Ok(Self { queues: Some(Queues { read, write }), threads, _lock: lock })
    }

    pub fn waiting(&self) -> usize {
        self.queues.as_ref().map_or(0, |queues| queues.read.len() + queues.write.len())
    }

    pub async fn read(&self, run: ReadJob) -> Result<()> {
        let (done, answer) = oneshot::channel();
        let sent = self.queues.as_ref().map(|queues| queues.read.send(Reading { run, done }));
        finish(sent.is_some_and(|sent| sent.is_ok()), answer).await
    }

    pub async fn write(&self, run: WriteJob) -> Result<()> {
        let (done, answer) = oneshot::channel();
        let sent = self.queues.as_ref().map(|queues| queues.write.send(writer::Job { run, done }));
        finish(sent.is_some_and(|sent| sent.is_ok()), answer).await
    }
}

impl Drop for Store {
    /// Lets queued jobs finish and the folder be opened again right after.
    fn drop(&mut self) {
        self.queues = None;
        for thread in self.threads.drain(..) {
            // A job may have held the last handle, and a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

async fn finish(sent: bool, answer: oneshot::Receiver<Result<()>>) -> Result<()> {
    if sent && let Ok(result) = answer.await {
        return result;
    }
    Err(Error::Unavailable("Wherefore is shutting down. Try again in a moment.".into()))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(|error| {
        Error::Unavailable(format!("No thread could be started for the database: {error}."))
    })
}

/// Whether another process has taken the folder.
pub(super) fn is_held(folder: &Path) -> bool {
    let file = File::open(folder.join(LOCK));
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Creates the folder if need be and takes it for this process.
pub(super) fn lock(folder: &Path) -> Result<File> {
    let shown = folder.display();
    let cannot = |error: std::io::Error| {
        Error::Unavailable(format!(
            "The data folder {shown} cannot be used: {error}. Check that it exists, that this \
             user may write to it, and that the disk is not full."
        ))
    };
    private_folder(folder).map_err(cannot)?;
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Unavailable(format!(
            "The data folder {shown} is in use by another Wherefore process. Stop that one, or \
             choose another folder with --data."
        ))),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

/// Creates the folder for its owner alone; one that is there keeps its own rights.
pub(super) fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Lets nobody but its owner read the database; SQLite gives its other files the same rights.
#[cfg(unix)]
pub(super) fn private_file(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = File::options().create(true).append(true).mode(0o600).open(file)?;
    made.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    for suffix in ["-wal", "-shm"] {
        let beside = file.with_file_name(format!(
            "{}{suffix}",
            file.file_name().unwrap_or_default().to_string_lossy()
        ));
        if beside.exists() {
            std::fs::set_permissions(beside, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

/// Elsewhere the folder's rights are the owner's own affair.
#[cfg(not(unix))]
pub(super) fn private_file(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn connect(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file).map_err(unavailable)?;
    // Group commit makes a durable commit (FULL) affordable.
    let settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                    PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; \
                    PRAGMA temp_store = MEMORY";
    connection.execute_batch(settings).map_err(unavailable)?;
    // A plan holds for all values. Else each statement on a table with a partial index would be planned
    // anew whenever other values are bound, to see whether the index serves them.
    let steady = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(steady, true).map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A reader's life: jobs one after the other, each seeing one moment of the database.
fn serve_reads(mut conn: Conn, readings: &Receiver<Reading>) {
    for Reading { run, done } in readings {
        // Nobody waits for it any more.
        if done.is_closed() {
            continue;
        }
        let result = batch(&conn, "BEGIN DEFERRED").and_then(|()| {
            let result = guarded(|| run(&mut conn));
            let result = conn.settle(result);
            batch(&conn, "COMMIT").and(result)
        });
        let _ = done.send(result);
    }
}

/// Runs a word of transaction control.
fn batch(conn: &Conn, sql: &str) -> Result<()> {
    match &conn.link {
        Link::Sqlite(connection) => connection.execute_batch(sql).map_err(statement::error),
        Link::Postgres(_) => Err(Error::internal("not a connection to SQLite")),
    }
}

/// How many rows were changed in this connection's life.
fn changes(conn: &Conn) -> u64 {
    match &conn.link {
        Link::Sqlite(connection) => connection.total_changes(),
        Link::Postgres(_) => 0,
    }
}

/// Whether no transaction is open: SQLite ends one by itself when the disk is full.
fn idle(conn: &Conn) -> bool {
    matches!(&conn.link, Link::Sqlite(connection) if connection.is_autocommit())
}
