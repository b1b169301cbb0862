//! What a job works with: queries on both sides, changes on the writing side only.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

use super::{Committed, Engine, Fault, OVERTAKEN, Row, Value, observed, postgres, sqlite};
use crate::kernel::{Error, Result};

/// The reading side of a connection.
pub struct Conn {
    pub(super) link: Link,
    /// The first statement that failed: PostgreSQL refuses everything after it, so do we on both.
    failed: RefCell<Option<String>>,
    /// Another transaction got in the way; the job may be run again.
    again: Cell<bool>,
}

/// The connection of one engine.
pub(super) enum Link {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Session>),
}

/// What the engine knows about a statement without running it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// How many parameters it takes.
    pub parameters: usize,
    /// The names of its columns.
    pub columns: Vec<String>,
}

/// A statement with its values.
pub type Asked<'a> = (&'a str, Vec<Value>);

impl Conn {
    pub(super) fn new(link: Link) -> Self {
        Self { link, failed: RefCell::new(None), again: Cell::new(false) }
    }

    pub fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// Every row, each made into a value by `each`. Values beyond the highest `$n` are ignored.
    pub fn query<T>(
        &self,
        sql: impl AsRef<str>,
        args: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.query_text(sql.as_ref(), args, each)
    }

    /// The first row, if there is one.
    pub fn query_opt<T>(
        &self,
        sql: impl AsRef<str>,
        args: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.rows(sql.as_ref(), args, &mut |row| {
            found = Some(each(row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// The first row of a query that always has one; none is a fault of ours.
    pub fn query_one<T>(
        &self,
        sql: impl AsRef<str>,
        args: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        let sql = sql.as_ref();
        self.query_opt(sql, args, each)?
            .ok_or_else(|| Error::Internal(format!("no row where there must be one: {sql}")))
    }

    /// Like [`Conn::query`], for SQL assembled at run time: from static fragments only, never from
    /// what somebody typed.
    pub fn query_text<T>(
        &self,
        sql: &str,
        args: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.rows(sql, args, &mut |row| {
            all.push(each(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// Asks for what is read next, all of it together, so that PostgreSQL is waited for once. It is
    /// in vain where the reads that follow are others, come in another order or after a change.
    /// SQLite is as near as can be.
    pub fn ahead<'a>(&self, asked: impl IntoIterator<Item = &'a Asked<'a>>) -> Result<()> {
        let Link::Postgres(session) = &self.link else { return Ok(()) };
        let asked: Vec<_> = asked.into_iter().collect();
        asked.iter().try_for_each(|(_, args)| refuse_nul(args))?;
        session.ahead(&asked).map_err(|fault| self.note(fault))
    }

    /// Asks ahead for `next`, and behind it for what this job reads more than once, in whatever order:
    /// those answers stand until the job ends or changes a table that they were read from. What others
    /// change meanwhile is not seen, so `next` takes the lock under which they are to hold.
    pub fn ahead_keeping<'a>(&self, next: &'a [Asked<'a>], kept: &'a [Asked<'a>]) -> Result<()> {
        let Link::Postgres(session) = &self.link else { return Ok(()) };
        next.iter().chain(kept).try_for_each(|(_, args)| refuse_nul(args))?;
        let (next, kept): (Vec<_>, Vec<_>) = (next.iter().collect(), kept.iter().collect());
        session.ahead_keeping(&next, &kept).map_err(|fault| self.note(fault))
    }

    /// Prepares a statement without running it, to see that the engine understands it.
    pub fn prepare(&self, sql: &str) -> Result<Shape> {
        let shape = match &self.link {
            Link::Sqlite(connection) => sqlite::statement::shape(connection, sql),
            Link::Postgres(session) => session.shape(sql),
        };
        shape.map_err(|fault| self.note(fault))
    }

    /// Gives each row of a query without values to `each`, holding no more than one at a time. The
    /// job may ask nothing else meanwhile.
    pub(super) fn stream(
        &self,
        sql: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let done = match &self.link {
            Link::Sqlite(connection) => {
                sqlite::statement::query(connection, sql, &[], &mut |row| each(row).map(|()| true))
            }
            Link::Postgres(session) => session.stream(sql, each),
        };
        done.map_err(|fault| self.note(fault))
    }

    /// Gives rows to `each` until it answers `false`.
    fn rows(
        &self,
        sql: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        refuse_nul(args)?;
        match &self.link {
            Link::Postgres(session) if session.keeps(sql, args) => {}
            _ => observed(sql, args),
        }
        let done = match &self.link {
            Link::Sqlite(connection) => sqlite::statement::query(connection, sql, args, each),
            Link::Postgres(session) => session.query(sql, args, each),
        };
        done.map_err(|fault| self.note(fault))
    }

    pub(super) fn note(&self, fault: Fault) -> Error {
        let error = match fault {
            Fault::Row(error) => return error,
            Fault::Statement(error) => error,
            Fault::Again(error) => {
                self.again.set(true);
                error
            }
        };
        self.failed.borrow_mut().get_or_insert_with(|| error.to_string());
        error
    }

    /// What a finished job comes to: one that went on after a failed statement has failed too.
    pub(super) fn settle(&mut self, result: Result<()>) -> Result<()> {
        match (result, self.failed.take()) {
            (Ok(()), Some(text)) => {
                Err(Error::Internal(format!("a job went on after a statement failed: {text}")))
            }
            (result, _) => result,
        }
    }

    /// Whether the job just settled deserves another run.
    pub(super) fn take_again(&mut self) -> bool {
        self.again.take()
    }
}

/// The writing side: a transaction, which reads its own writes.
pub struct Tx {
    conn: Conn,
    pub(super) notes: Vec<Committed>,
}

impl Tx {
    pub(super) fn new(conn: Conn) -> Self {
        Self { conn, notes: Vec::new() }
    }

    /// Runs a change and says how many rows it touched.
    pub fn execute(&self, sql: impl AsRef<str>, args: &[Value]) -> Result<u64> {
        self.execute_text(sql.as_ref(), args)
    }

    /// Like [`Tx::execute`], for SQL assembled at run time: from static fragments only.
    pub fn execute_text(&self, sql: &str, args: &[Value]) -> Result<u64> {
        refuse_nul(args)?;
        observed(sql, args);
        let done = match &self.conn.link {
            Link::Sqlite(connection) => sqlite::statement::execute(connection, sql, args),
            Link::Postgres(session) => session.execute(sql, args),
        };
        done.map_err(|fault| self.conn.note(fault))
    }

    /// Runs a change whose answer nobody needs. It may travel together with the statements after
    /// it, so its failure may be told by a later one, at the latest by the commit.
    pub fn queue(&self, sql: impl AsRef<str>, args: &[Value]) -> Result<()> {
        refuse_nul(args)?;
        let sql = sql.as_ref();
        observed(sql, args);
        let done = match &self.conn.link {
            Link::Sqlite(connection) => {
                sqlite::statement::execute(connection, sql, args).map(|_| ())
            }
            Link::Postgres(session) => session.queue(sql, args),
        };
        done.map_err(|fault| self.conn.note(fault))
    }

    /// The error of a job that found itself overtaken by another transaction: nothing of this run is
    /// kept, and the job runs once more on what the other one left.
    pub fn run_again(&self) -> Error {
        self.conn.again.set(true);
        Error::Unavailable(OVERTAKEN.into())
    }

    /// Tells every subscriber on every node, once this is committed.
    pub fn notify(&mut self, workspace: i64, seq: i64) {
        self.notes.push(Committed { workspace, seq });
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// PostgreSQL cannot store a zero character; neither engine is asked to.
fn refuse_nul(args: &[Value]) -> Result<()> {
    let bad = args.iter().any(|arg| matches!(arg, Value::Text(text) if text.contains('\0')));
    if bad {
        let message = "The text contains a zero character, which cannot be stored. Remove it.";
        return Err(Error::Invalid { field: None, message: message.into() });
    }
    Ok(())
}
