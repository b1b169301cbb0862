//! Storage: one SQL text for two engines, changes in short transactions, reads beside them.
//!
//! Work is a plain closure over a [`Conn`] (read) or [`Tx`] (write). On SQLite one thread writes,
//! many waiting transactions share one durable commit; on PostgreSQL each has its own.

mod migrate;
mod postgres;
mod sql;
mod sqlite;
mod value;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use tokio::sync::broadcast;

pub use sql::{Listed, Sql, all_statements};
pub use value::{FromColumn, Row, Value};

use crate::kernel::{Error, Result};

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Target {
    /// A data folder; made if it is missing.
    Sqlite(PathBuf),
    /// A connection URL.
    Postgres(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A commit that changed a workspace, up to this place in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub workspace: i64,
    pub seq: i64,
}

/// The database of this process.
#[derive(Clone)]
pub struct Db {
    inner: Inner,
    commits: broadcast::Sender<Committed>,
}

#[derive(Clone)]
enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// A connection for reading.
pub struct Conn(Raw);

/// A transaction that may write; also reads, its own writes included.
pub struct Tx {
    conn: Conn,
    commits: Vec<Committed>,
}

enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Session),
}

impl Db {
    /// Opens the database, makes it if it is missing, and brings it to this version.
    pub async fn open(target: &Target) -> Result<Self> {
        let (commits, _) = broadcast::channel(1024);
        let inner = match target {
            Target::Sqlite(folder) => {
                let (folder, commits) = (folder.clone(), commits.clone());
                let opened =
                    tokio::task::spawn_blocking(move || sqlite::Sqlite::open(&folder, commits));
                Inner::Sqlite(opened.await.map_err(Error::internal)??)
            }
            Target::Postgres(url) => {
                Inner::Postgres(postgres::Postgres::open(url, commits.clone()).await?)
            }
        };
        Ok(Self { inner, commits })
    }

    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a read. On SQLite it sees one moment throughout.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &self.inner {
            Inner::Sqlite(db) => db.read(job).await,
            Inner::Postgres(db) => db.read(job).await,
        }
    }

    /// Runs a transaction; answered after it is durable. May be run again where the engine asks
    /// for it, so it must not have effects of its own.
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.inner {
            Inner::Sqlite(db) => db.write(job).await,
            Inner::Postgres(db) => db.write(job).await,
        }
    }

    /// Every commit from now on, from every node, in commit order within a workspace.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.commits.subscribe()
    }
}

impl Conn {
    pub fn engine(&self) -> Engine {
        match self.0 {
            Raw::Sqlite(_) => Engine::Sqlite,
            Raw::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a statement.
    pub fn query<T>(
        &mut self,
        sql: &Sql,
        values: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.query_text(sql.text, values, map)
    }

    /// All rows of a text put together from constant pieces.
    pub fn query_text<T>(
        &mut self,
        text: &str,
        values: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        match &mut self.0 {
            Raw::Sqlite(conn) => sqlite::query(conn, text, values, map),
            Raw::Postgres(session) => session.query(text, values, map),
        }
    }

    /// The first row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &Sql,
        values: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, values, map)?.into_iter().next())
    }

    /// The one row there must be.
    pub fn query_one<T>(
        &mut self,
        sql: &Sql,
        values: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_opt(sql, values, map)?
            .ok_or_else(|| Error::internal(format!("{} gave no row", sql.name)))
    }

    /// Prepares a statement without running it: parameters and columns, for the statement test.
    pub fn prepare(&mut self, text: &str) -> Result<Shape> {
        match &mut self.0 {
            Raw::Sqlite(conn) => sqlite::shape(conn, text),
            Raw::Postgres(session) => session.shape(text),
        }
    }
}

/// What a statement takes and gives.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    pub parameters: usize,
    pub columns: Vec<String>,
}

impl Tx {
    /// Runs a statement and gives the number of rows it touched.
    pub fn execute(&mut self, sql: &Sql, values: &[Value]) -> Result<u64> {
        self.execute_text(sql.text, values)
    }

    /// The same for a text put together from constant pieces.
    pub fn execute_text(&mut self, text: &str, values: &[Value]) -> Result<u64> {
        match &mut self.conn.0 {
            Raw::Sqlite(conn) => sqlite::execute(conn, text, values),
            Raw::Postgres(session) => session.execute(text, values),
        }
    }

    /// Tells subscribers, once this is committed, how far the workspace's order goes.
    pub fn notify(&mut self, workspace: i64, seq: i64) {
        self.commits.push(Committed { workspace, seq });
    }
}

impl std::ops::Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
