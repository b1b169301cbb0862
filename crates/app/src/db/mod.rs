//! Storage: one SQL text for SQLite and PostgreSQL, and the few words in which they differ.
//!
//! Work is done by synchronous closures: [`Db::read`] gives one a [`Conn`], [`Db::write`] a [`Tx`]
//! that is committed when the closure returns `Ok`. Nothing outside this folder knows the engine.

mod conn;
pub mod copy;
mod migrate;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod value;

#[cfg(test)]
mod tests;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tokio::sync::broadcast;

pub use conn::{Asked, Conn, Shape, Tx};
pub use row::{ColumnRef, FromColumn, Row};
pub use sql::{Listed, PLANNED_ONCE, Sql, all_statements, planned_once};
pub use value::Value;

use crate::files::{Files, Limits};
use crate::kernel::{Error, Result};

/// How many commits a slow subscriber may fall behind before it is told that it missed some.
const BACKLOG: usize = 4096;

const REBUILD: &str = "INSERT INTO search_text (search_text) VALUES ('rebuild')";

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A data folder with an SQLite database in it.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL database, `postgres://…`.
    Postgres(String),
}

/// The engine behind a [`Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Something was committed in a workspace; readers see everything up to `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub workspace: i64,
    pub seq: i64,
}

impl Committed {
    /// Stands for commits that may have been missed, in any workspace.
    const UNKNOWN: Self = Self { workspace: 0, seq: 0 };

    /// Whether there may be something new in a workspace.
    pub fn concerns(&self, workspace: i64) -> bool {
        self.workspace == workspace || *self == Self::UNKNOWN
    }
}

static OBSERVER: OnceLock<fn(&str, &[Value])> = OnceLock::new();

/// Shows every statement from now on with its values to a tool that measures; the first call
/// counts.
pub fn observe(observer: fn(&str, &[Value])) {
    OBSERVER.get_or_init(|| observer);
}

fn observed(sql: &str, args: &[Value]) {
    if let Some(observer) = OBSERVER.get() {
        observer(sql, args);
    }
}

/// Whether a process holds a data folder, so that no other can open it.
pub fn is_held(folder: &std::path::Path) -> bool {
    sqlite::is_held(folder)
}

/// The database. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Backend,
    committed: broadcast::Sender<Committed>,
    files: RwLock<Option<Files>>,
}

enum Backend {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

/// A job with its answer put aside, so that the engines need not know its type.
type ReadJob = Box<dyn FnOnce(&mut Conn) -> Result<()> + Send>;
type WriteJob = Box<dyn FnMut(&mut Tx) -> Result<()> + Send>;

impl Db {
    /// Opens the database, creating it if need be, and brings its tables up to date.
    pub async fn open(target: &Target) -> Result<Self> {
        let (committed, _) = broadcast::channel(BACKLOG);
        let backend = match target {
            Target::Sqlite(folder) => {
                let (folder, sender) = (folder.clone(), committed.clone());
                let open = move || sqlite::Store::open(&folder, sender);
                Backend::Sqlite(tokio::task::spawn_blocking(open).await.map_err(Error::internal)??)
            }
            Target::Postgres(url) => {
                Backend::Postgres(postgres::Store::open(url, committed.clone()).await?)
            }
        };
        let files = match target {
            Target::Sqlite(folder) => {
                Some(Files::in_folder(&folder.join("files"), Limits::default()))
            }
            Target::Postgres(_) => None,
        };
        let files = RwLock::new(files);
        Ok(Self { shared: Arc::new(Shared { backend, committed, files }) })
    }

    /// Like [`Db::open`], but a PostgreSQL that does not answer is waited for; `tell` hears of each
    /// try that failed. What no waiting mends, such as a wrong password, is an error at once.
    pub async fn open_patiently(target: &Target, tell: impl FnMut(&Error)) -> Result<Self> {
        if let Target::Postgres(url) = target {
            postgres::wait(url, tell).await?;
        }
        Self::open(target).await
    }

    /// Where attached files lie: in the data folder, or where [`Db::keep_files_in`] said.
    pub fn files(&self) -> Result<Files> {
        let files = self.shared.files.read().unwrap_or_else(PoisonError::into_inner).clone();
        files.ok_or_else(|| {
            Error::Unavailable(
                "No place for files is set up here. Start the server with --files FOLDER or with the settings of an S3 storage.".into(),
            )
        })
    }

    /// Has attached files lie somewhere else.
    pub fn keep_files_in(&self, files: Files) {
        *self.shared.files.write().unwrap_or_else(PoisonError::into_inner) = Some(files);
    }

    /// Which engine this is, for an operator's eyes.
    pub fn engine(&self) -> Engine {
        match self.shared.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// How many jobs wait for their turn, for an operator's eyes.
    pub fn waiting(&self) -> usize {
        match &self.shared.backend {
            Backend::Sqlite(store) => store.waiting(),
            Backend::Postgres(store) => store.waiting(),
        }
    }

    /// Has the planner look at tables that have just grown, so that statements prepared when they
    /// were small are planned anew. SQLite's planner has fixed numbers instead.
    pub async fn grown(&self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.write(|tx| tx.execute_text("ANALYZE", &[]).map(|_| ())).await,
        }
    }

    /// Makes the engine's own index of texts anew. PostgreSQL reckons its own with each row.
    pub async fn rebuild_search(&self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => {
                let job = |tx: &mut Tx| {
                    tx.execute_text(REBUILD, &[])?;
                    tx.execute_text(sqlite::TAKEN_IN, &[]).map(drop)
                };
                self.write(job).await
            }
            Engine::Postgres => Ok(()),
        }
    }

    /// Every commit from now on, in commit order, from this process and every other node.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.shared.committed.subscribe()
    }

    /// Runs a job that only reads. On SQLite all its queries see one moment.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (put, take) = slot();
        let job: ReadJob = Box::new(move |conn| job(conn).map(|value| put.set(value)));
        match &self.shared.backend {
            Backend::Sqlite(store) => store.read(job).await?,
            Backend::Postgres(store) => store.read(job).await?,
        }
        take.take()
    }

    /// Runs a job in one transaction, durable when this returns `Ok` and without trace otherwise.
    ///
    /// The job may run more than once (another transaction got in its way), so it must not have
    /// effects outside the database. Once begun it is finished even if the caller goes away.
    pub async fn write<T, F>(&self, mut job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T> + Send + 'static,
    {
        let (put, take) = slot();
        let job: WriteJob = Box::new(move |tx| job(tx).map(|value| put.set(value)));
        match &self.shared.backend {
            Backend::Sqlite(store) => store.write(job).await?,
            Backend::Postgres(store) => store.write(job).await?,
        }
        take.take()
    }
}

/// A place where a job leaves its answer until the engine says that it counts.
struct Slot<T>(Arc<Mutex<Option<T>>>);

fn slot<T>() -> (Slot<T>, Slot<T>) {
    let cell = Arc::new(Mutex::new(None));
    (Slot(cell.clone()), Slot(cell))
}

impl<T> Slot<T> {
    fn set(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    fn take(&self) -> Result<T> {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or_else(|| Error::internal("a database job ended without an answer"))
    }
}

/// Runs a job so that its panic ends the job alone, not the thread that serves everybody.
fn guarded<T>(job: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|panic| {
        Err(Error::Internal(format!("a database job panicked: {}", panic_text(&*panic))))
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

const DUPLICATE: &str = "Something with the same name or key is there already. Choose another one.";
const OVERTAKEN: &str = "Too many people changed the same things at once. Try again.";
const ORPHAN: &str = "Something this refers to was removed meanwhile. Load the page again.";

/// Whether an error says that a unique index was violated.
///
/// The transaction is over by then; where a duplicate is expected use `ON CONFLICT DO NOTHING`
/// and look at the number of rows instead.
pub fn is_duplicate(error: &Error) -> bool {
    matches!(error, Error::Refused(text) if text == DUPLICATE)
}

/// An error of a statement, before it is told to the job that ran it.
enum Fault {
    /// The row could not be made into a value; the transaction is unharmed.
    Row(Error),
    /// The statement failed, and the transaction with it.
    Statement(Error),
    /// The statement lost against another transaction; the whole job may be run again.
    Again(Error),
}
