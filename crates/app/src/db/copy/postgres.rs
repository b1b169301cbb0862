//! PostgreSQL's side: reading one moment of a database, and filling an empty one in one transaction.

use std::pin::Pin;

use axum::body::Bytes;
use futures_util::SinkExt;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, CopyInSink};

use super::row::hex;
use super::write::{Files, Filling as Fill};
use super::{Table, broken};
use crate::db::migrate::{self, MIGRATIONS, Migration};
use crate::db::postgres::statement::{fault, unavailable};
use crate::db::postgres::{Address, Session};
use crate::db::{Fault, Value};
use crate::kernel::{Error, Result};

/// Every table with its columns that one may write, in order.
pub(super) const COLUMNS: &str = "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT) FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' AND c.is_identity = 'NO' ORDER BY c.table_name, c.ordinal_position";
const KINDS: &str = "SELECT CAST(column_name AS TEXT), CAST(udt_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema() AND CAST(table_name AS TEXT) = $1";
const THERE: &str = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name LIMIT 1";

/// How much is sent at once.
const BATCH: usize = 1 << 18;

/// A connection whose transaction sees one moment of the database.
pub(super) fn open_to_read(url: &str) -> Result<Session> {
    let failed = |error: std::io::Error| Error::Unavailable(format!("No connection: {error}."));
    let mut session = Session::new(Address::parse(url)?, "").map_err(failed)?;
    session.connect()?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    session.control(begin).map_err(told)?;
    let there = session.shape("SELECT number FROM migration");
    there.map_err(|_| {
        Error::refused("There is no Wherefore in this database. Check the address of --database.")
    })?;
    Ok(session)
}

fn told(fault: Fault) -> Error {
    match fault {
        Fault::Row(error) | Fault::Statement(error) | Fault::Again(error) => error,
    }
}

/// A database that is being filled. Its connection goes with it, and all that was not committed.
pub(super) struct Filling {
    // Before the runtime, which drives it.
    sink: Option<Pin<Box<CopyInSink<Bytes>>>>,
    client: Client,
    runtime: Runtime,
    buffer: Vec<u8>,
    /// Whether a column holds identifiers, which are bytes on their way.
    ids: Vec<bool>,
}

impl Filling {
    pub fn begin(url: &str) -> Result<Self> {
        let address = Address::parse(url)?;
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
        let client = runtime.block_on(async {
            let (client, connection) = address.connect().await.map_err(unavailable)?;
            tokio::spawn(async move { drop(connection.await) });
            Ok::<_, Error>(client)
        })?;
        let (sink, ids) = (None, Vec::new());
        Ok(Self { sink, client, runtime, buffer: Vec::new(), ids })
    }

    fn control(&self, sql: &str) -> Result<()> {
        let done = self.runtime.block_on(self.client.batch_execute(sql));
        done.map_err(|cause| told(fault(cause, sql)))
    }

    fn send(&mut self) -> Result<()> {
        let Some(sink) = &mut self.sink else { return Ok(()) };
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        let sent = self.runtime.block_on(sink.send(bytes));
        sent.map_err(|cause| told(fault(cause, "COPY")))
    }

    /// Ends the table that is being filled.
    fn end(&mut self) -> Result<()> {
        self.send()?;
        let Some(mut sink) = self.sink.take() else { return Ok(()) };
        let done = self.runtime.block_on(sink.as_mut().finish());
        done.map(drop).map_err(|cause| told(fault(cause, "COPY")))
    }
}

impl Fill for Filling {
    fn begin(&mut self, steps: &[Migration]) -> Result<()> {
        self.control("BEGIN")?;
        self.runtime.block_on(migrate::lock(&self.client))?;
        let there = self.runtime.block_on(self.client.query_opt(THERE, &[]));
        if let Some(row) = there.map_err(|cause| told(fault(cause, THERE)))? {
            return Err(Error::refused(format!(
                "The database is not empty: it has a table “{}”. Restore into a new database.",
                row.get::<_, String>(0)
            )));
        }
        self.runtime.block_on(migrate::postgres_in(&self.client, steps))
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        self.end()?;
        let kinds = self.runtime.block_on(self.client.query(KINDS, &[&table.table]));
        let kinds = kinds.map_err(|cause| told(fault(cause, KINDS)))?;
        let kind = |name: &String| {
            let found = kinds.iter().find(|row| row.get::<_, &str>(0) == name);
            let found = found.map(|row| row.get::<_, &str>(1) == "uuid");
            found.ok_or_else(|| broken(format!("{}.{name} is not known", table.table)))
        };
        self.ids = table.columns.iter().map(kind).collect::<Result<_>>()?;
        let names: Vec<_> = table.columns.iter().map(|name| format!("\"{name}\"")).collect();
        let copy = format!("COPY \"{}\" ({}) FROM STDIN", table.table, names.join(", "));
        let sink = self.runtime.block_on(self.client.copy_in(&copy));
        self.sink = Some(Box::pin(sink.map_err(|cause| told(fault(cause, &copy)))?));
        Ok(())
    }

    fn row(&mut self, values: Vec<Value>) -> Result<()> {
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                self.buffer.extend_from_slice(b"\t");
            }
            write(value, self.ids.get(n).copied().unwrap_or(false), &mut self.buffer);
        }
        self.buffer.extend_from_slice(b"\n");
        if self.buffer.len() < BATCH { Ok(()) } else { self.send() }
    }

    fn finish(mut self: Box<Self>, files: Option<Files>) -> Result<()> {
        self.end()?;
        self.runtime.block_on(migrate::postgres_in(&self.client, MIGRATIONS))?;
        // Planned by what there is now, not by what was there when the tables were made.
        self.control("ANALYZE")?;
        let mut files = files;
        if let Some(files) = &mut files {
            files.put()?;
        }
        self.control("COMMIT")?;
        if let Some(files) = files {
            files.keep_all();
        }
        Ok(())
    }
}

/// A value in the text form of COPY.
fn write(value: &Value, id: bool, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"\\N"),
        Value::Bool(value) => out.extend_from_slice(if *value { b"1" } else { b"0" }),
        Value::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Value::Real(value) => out.extend_from_slice(format!("{value:?}").as_bytes()),
        Value::Id(value) => out.extend_from_slice(hex(value.0.as_bytes()).as_bytes()),
        Value::Bytes(value) => {
            if !id {
                out.extend_from_slice(b"\\\\x");
            }
            out.extend_from_slice(hex(value).as_bytes());
        }
        Value::Text(text) => {
            for byte in text.bytes() {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    other => out.extend_from_slice(&[other]),
                }
            }
        }
    }
}
