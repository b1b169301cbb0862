//! Statements on bare rusqlite, with the settings that the product has.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::{Counts, Served};
use crate::replay::{Arg, Fill, Page, Step};

const READERS: usize = 4;
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                        PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                        PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; \
                        PRAGMA temp_store = MEMORY";

pub struct Floor {
    readers: Arc<Mutex<Vec<Connection>>>,
    free: Arc<tokio::sync::Semaphore>,
    writer: Arc<Mutex<Connection>>,
}

impl Floor {
    pub fn open(folder: &str) -> anyhow::Result<Self> {
        let file = Path::new(folder).join("wherefore.db");
        let connect = || -> anyhow::Result<Connection> {
            let connection = Connection::open(&file)?;
            connection.execute_batch(SETTINGS)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(512);
            Ok(connection)
        };
        let readers = (0..READERS).map(|_| connect()).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            readers: Arc::new(Mutex::new(readers)),
            free: Arc::new(tokio::sync::Semaphore::new(READERS)),
            writer: Arc::new(Mutex::new(connect()?)),
        })
    }

    pub async fn run(&self, served: &Served) -> anyhow::Result<()> {
        let page = served.page.clone();
        if page.writes {
            let (writer, counts) = (self.writer.clone(), served.counts.clone());
            let work = move || {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                write(&writer, &page, &counts)
            };
            return tokio::task::spawn_blocking(work).await?;
        }
        let permit = self.free.clone().acquire_owned().await?;
        let readers = self.readers.clone();
        let work = move || {
            let take = || readers.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = take().pop().ok_or_else(|| anyhow::anyhow!("no reader is free"))?;
            let done = page.steps.iter().try_for_each(|step| run(&connection, step, &step.args));
            take().push(connection);
            drop(permit);
            done
        };
        tokio::task::spawn_blocking(work).await?
    }
}

fn write(connection: &Connection, page: &Page, counts: &Counts) -> anyhow::Result<()> {
    let mut fill = counts.fill();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = page.steps.iter().try_for_each(|step| change(connection, step, &mut fill, counts));
    connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn change(
    connection: &Connection,
    step: &Step,
    fill: &mut Fill,
    counts: &Counts,
) -> anyhow::Result<()> {
    if step.sql.starts_with("UPDATE work_item SET") {
        fill.revision = revision(connection, step, counts)?;
    }
    let args: Vec<Arg> = step.args.iter().map(|arg| fill.fill(arg)).collect();
    if step.sql.contains("RETURNING seq") {
        let mut statement = bound(connection, &step.sql, &args)?;
        let mut rows = statement.raw_query();
        let last: i64 = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
        let Arg::Int(count) = args[1] else { anyhow::bail!("no count of places") };
        fill.first_seq = last - count + 1;
        return Ok(());
    }
    run(connection, step, &args)
}

/// The revision of the item that a move changes: looked up once, then counted.
fn revision(connection: &Connection, step: &Step, counts: &Counts) -> anyhow::Result<i64> {
    let known = counts.revision.fetch_add(1, Ordering::Relaxed);
    if known > 0 {
        return Ok(known);
    }
    let id = step.args.iter().rev().find_map(|arg| match arg {
        Arg::Id(id) => Some(*id),
        _ => None,
    });
    let id = id.ok_or_else(|| anyhow::anyhow!("an update of nothing"))?;
    let sql = "SELECT revision FROM work_item WHERE workspace_id = 1 AND id = ?1";
    let now: i64 = connection.query_row(sql, [id.as_bytes()], |row| row.get(0))?;
    counts.revision.store(now + 1, Ordering::Relaxed);
    Ok(now)
}

/// Runs a statement and looks at every column of every row.
fn run(connection: &Connection, step: &Step, args: &[Arg]) -> anyhow::Result<()> {
    let mut statement = bound(connection, &step.sql, args)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
    }
    Ok(())
}

fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    args: &[Arg],
) -> anyhow::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).and_then(|name| name.strip_prefix('$'));
        let number: usize = name.unwrap_or_default().parse()?;
        statement.raw_bind_parameter(index, &args[number - 1])?;
    }
    Ok(statement)
}

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Id(value) => ValueRef::Blob(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            _ => ValueRef::Null,
        }))
    }
}
