//! SQLite: one writing thread with group commit, a few reading threads, WAL, every commit durable.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{broadcast, oneshot};

use super::{Committed, Conn, Raw, Row, Shape, Tx, Value, migrate};
use crate::kernel::{Error, Result};

const READERS: usize = 4;
/// Transactions that share one commit at most.
const GROUP: usize = 64;

type ReadJob = Box<dyn FnOnce(&mut Conn) + Send>;
/// Runs in its savepoint; gives what to call once it is known whether the commit held.
type WriteJob = Box<dyn FnOnce(&mut Tx) -> Attempt + Send>;
type Answer = Box<dyn FnOnce(Result<()>) + Send>;

struct Attempt {
    held: bool,
    answer: Answer,
}

#[derive(Clone)]
pub(super) struct Sqlite {
    reads: Sender<ReadJob>,
    writes: Sender<WriteJob>,
    _lock: Arc<File>,
}

impl Sqlite {
    pub(super) fn open(folder: &Path, commits: broadcast::Sender<Committed>) -> Result<Self> {
        let say = |e: std::io::Error| {
            Error::Unavailable(format!("The data folder {} cannot be used: {e}.", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(say)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("wherefore.lock"))
            .map_err(say)?;
        lock.try_lock().map_err(|_| {
            Error::Unavailable(format!(
                "The data folder {} is in use by another Wherefore process. Stop it, or go through it with --server.",
                folder.display()
            ))
        })?;
        let path = folder.join("wherefore.db");
        let mut writer = connect(&path)?;
        migrate::sqlite(&mut writer)?;
        let (write_sender, write_jobs) = unbounded();
        let (read_sender, read_jobs) = unbounded::<ReadJob>();
        for n in 0..READERS {
            let (conn, jobs) = (connect(&path)?, read_jobs.clone());
            spawn(format!("sqlite-read-{n}"), move || read_loop(Conn(Raw::Sqlite(conn)), &jobs))?;
        }
        spawn("sqlite-write".into(), move || write_loop(writer, &write_jobs, &commits))?;
        Ok(Self { reads: read_sender, writes: write_sender, _lock: Arc::new(lock) })
    }

    pub(super) async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: ReadJob = Box::new(move |conn| {
            let _ = sender.send(caught(|| job(conn)));
        });
        self.reads.send(job).map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }

    pub(super) async fn write<T, F>(&self, mut job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: WriteJob = Box::new(move |tx| {
            let result = caught(|| job(tx));
            let held = result.is_ok();
            let answer: Answer = Box::new(move |commit| {
                let _ = sender.send(result.and_then(|value| commit.map(|()| value)));
            });
            Attempt { held, answer }
        });
        self.writes.send(job).map_err(|_| stopped())?;
        receiver.await.map_err(|_| stopped())?
    }
}

fn stopped() -> Error {
    Error::Unavailable("The storage has stopped. Start Wherefore again.".into())
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name).spawn(work).map(drop).map_err(Error::internal)
}

fn caught<T>(job: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(job))
        .unwrap_or_else(|_| Err(Error::internal("a storage job panicked")))
}

fn connect(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path).map_err(fault)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
    )
    .map_err(fault)?;
    conn.set_prepared_statement_cache_capacity(512);
    Ok(conn)
}

fn read_loop(mut conn: Conn, jobs: &Receiver<ReadJob>) {
    while let Ok(job) = jobs.recv() {
        let begun = batch(&conn, "BEGIN");
        job(&mut conn);
        if begun {
            batch(&conn, "COMMIT");
        }
    }
}

fn batch(conn: &Conn, text: &str) -> bool {
    match &conn.0 {
        Raw::Sqlite(conn) => conn.execute_batch(text).is_ok(),
        Raw::Postgres(_) => false,
    }
}

fn write_loop(conn: Connection, jobs: &Receiver<WriteJob>, commits: &broadcast::Sender<Committed>) {
    let mut tx = Tx { conn: Conn(Raw::Sqlite(conn)), commits: Vec::new() };
    while let Ok(first) = jobs.recv() {
        let begun = begin(&tx.conn);
        if let Err(error) = begun {
            let text = error.to_string();
            (first(&mut tx).answer)(Err(Error::Unavailable(text)));
            continue;
        }
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let before = tx.commits.len();
            batch(&tx.conn, "SAVEPOINT job");
            let attempt = job(&mut tx);
            if !attempt.held {
                tx.commits.truncate(before);
                batch(&tx.conn, "ROLLBACK TO job");
            }
            batch(&tx.conn, "RELEASE job");
            answers.push(attempt.answer);
            if answers.len() < GROUP {
                next = jobs.try_recv().ok();
            }
        }
        let outcome = commit(&tx.conn);
        let done = std::mem::take(&mut tx.commits);
        if outcome.is_ok() {
            for committed in done {
                let _ = commits.send(committed);
            }
        }
        for answer in answers {
            answer(outcome.as_ref().map(|()| ()).map_err(|text| Error::Unavailable(text.clone())));
        }
    }
}

fn begin(conn: &Conn) -> Result<()> {
    match &conn.0 {
        Raw::Sqlite(conn) => conn.execute_batch("BEGIN IMMEDIATE").map_err(fault),
        Raw::Postgres(_) => Err(Error::internal("not a SQLite connection")),
    }
}

fn commit(conn: &Conn) -> std::result::Result<(), String> {
    let Raw::Sqlite(conn) = &conn.0 else { return Err("not a SQLite connection".into()) };
    // A full disk may have rolled the transaction back already.
    if conn.is_autocommit() {
        return Err("The write could not be kept: the disk may be full.".into());
    }
    conn.execute_batch("COMMIT").map_err(|e| {
        let _ = conn.execute_batch("ROLLBACK");
        fault(e).to_string()
    })
}

/// A storage fault in plain words; what was asked for did not happen.
pub(super) fn fault(error: rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::DiskFull) => Error::Unavailable(
            "The disk is full, so nothing was changed. Free some space and try again.".into(),
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::Unavailable(
                "The data folder cannot be written, so nothing was changed. Check its owner and permissions.".into(),
            )
        }
        Some(ErrorCode::SystemIoFailure) => Error::Unavailable(
            "The disk gave an error, so nothing was changed. It may be full or failing.".into(),
        ),
        Some(ErrorCode::ConstraintViolation) => Error::Refused(
            "This exists already, or somebody made the same at this moment. Look and try again.".into(),
        ),
        _ => Error::internal(error),
    }
}

/// Binds `$n` by its name: SQLite numbers such parameters by where they first stand.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, values: &[Value]) -> Result<()> {
    for index in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|digits| digits.parse::<usize>().ok())
            .ok_or_else(|| Error::internal("parameters are written $1, $2, …"))?;
        let value = values
            .get(number - 1)
            .ok_or_else(|| Error::internal(format!("no value for ${number}")))?;
        statement.raw_bind_parameter(index, value).map_err(fault)?;
    }
    Ok(())
}

pub(super) fn query<T>(
    conn: &Connection,
    text: &str,
    values: &[Value],
    mut map: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(text).map_err(fault)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        all.push(map(&Row::Sqlite(row))?);
    }
    Ok(all)
}

pub(super) fn execute(conn: &Connection, text: &str, values: &[Value]) -> Result<u64> {
    let mut statement = conn.prepare_cached(text).map_err(fault)?;
    bind(&mut statement, values)?;
    let touched = statement.raw_execute().map_err(fault)?;
    Ok(touched as u64)
}

pub(super) fn shape(conn: &Connection, text: &str) -> Result<Shape> {
    let statement = conn.prepare(text).map_err(|e| Error::internal(format!("{e}: {text}")))?;
    let columns = statement.column_names().into_iter().map(str::to_lowercase).collect();
    Ok(Shape { parameters: statement.parameter_count(), columns })
}
