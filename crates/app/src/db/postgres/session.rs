//! One connection, used from a synchronous job.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use deadpool_postgres::Object;
use futures_util::poll;
use tokio::runtime::Handle;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::statement::fault;
use crate::db::row::Source;
use crate::db::{Fault, Row, Shape, Value};
use crate::kernel::{Error, Result};

/// A pooled connection and the runtime that drives it.
pub(in crate::db) struct Session {
    /// `None` once it was found unfit to go back to the pool.
    client: Option<Object>,
    handle: Handle,
    /// Changes that nobody waits for: they travel with the next statement.
    queued: RefCell<Vec<Queued>>,
}

/// A change on its way.
struct Queued {
    sql: String,
    statement: Statement,
    values: Vec<Value>,
}

/// How many changes travel together at most.
const LARGEST: usize = 64;

impl Session {
    pub(super) fn new(client: Object, handle: Handle) -> Self {
        Self { client: Some(client), handle, queued: RefCell::default() }
    }

    pub(in crate::db) fn query(
        &self,
        sql: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<(), Fault> {
        let client = self.client()?;
        let rows = self.handle.block_on(async {
            let (statement, values) = prepared(client, sql, args).await?;
            let query = client.query(&statement, &values);
            let query = async { query.await.map_err(|cause| fault(cause, sql)) };
            after(client, &self.queued.take(), query).await
        })?;
        for row in &rows {
            if !each(&Row(Source::Postgres(row))).map_err(Fault::Row)? {
                break;
            }
        }
        Ok(())
    }

    pub(in crate::db) fn execute(&self, sql: &str, args: &[Value]) -> Result<u64, Fault> {
        let client = self.client()?;
        self.handle.block_on(async {
            let (statement, values) = prepared(client, sql, args).await?;
            let change = client.execute(&statement, &values);
            let change = async { change.await.map_err(|cause| fault(cause, sql)) };
            after(client, &self.queued.take(), change).await
        })
    }

    /// Runs a change together with the next statement, which also tells of its failure.
    pub(in crate::db) fn queue(&self, sql: &str, args: &[Value]) -> Result<(), Fault> {
        let client = self.client()?;
        let (statement, values) = self.handle.block_on(prepared(client, sql, args))?;
        let values = args[..values.len()].to_vec();
        self.queued.borrow_mut().push(Queued { sql: sql.to_owned(), statement, values });
        if self.queued.borrow().len() < LARGEST {
            return Ok(());
        }
        self.flush()
    }

    /// Waits for the changes under way.
    pub(in crate::db) fn flush(&self) -> Result<(), Fault> {
        let queued = self.queued.take();
        let client = self.client()?;
        self.handle.block_on(after(client, &queued, async { Ok(()) }))
    }

    /// Forgets changes that were not sent yet.
    pub(super) fn forget(&self) {
        self.queued.take();
    }

    pub(in crate::db) fn shape(&self, sql: &str) -> Result<Shape, Fault> {
        let statement = self.handle.block_on(self.client()?.prepare_cached(sql));
        let statement = statement.map_err(|cause| fault(cause, sql))?;
        Ok(Shape {
            parameters: statement.params().len(),
            columns: statement.columns().iter().map(|column| column.name().to_owned()).collect(),
        })
    }

    /// Runs a word of transaction control.
    pub(super) fn control(&self, sql: &str) -> Result<(), Fault> {
        let done = self.handle.block_on(self.client()?.batch_execute(sql));
        done.map_err(|cause| fault(cause, sql))
    }

    /// Closes the connection instead of giving it back.
    pub(super) fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }

    fn client(&self) -> Result<&Object, Fault> {
        self.client.as_ref().ok_or_else(|| {
            Fault::Statement(Error::Unavailable(
                "The connection to the database was lost. Try again in a moment.".into(),
            ))
        })
    }
}

/// Sends the changes and then the statement, all at once, and waits for all of them in that order.
async fn after<T>(
    client: &Object,
    queued: &[Queued],
    last: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    type Change<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>>;
    let mut under_way: Vec<(&Queued, Change<'_>)> = Vec::with_capacity(queued.len());
    let mut failed = None;
    for change in queued {
        let values = change.values.iter().map(|value| value as &(dyn ToSql + Sync));
        let values: Vec<_> = values.collect();
        let mut sent: Change<'_> =
            Box::pin(async move { client.execute(&change.statement, &values).await });
        // The first poll sends it.
        match poll!(&mut sent) {
            std::task::Poll::Pending => under_way.push((change, sent)),
            std::task::Poll::Ready(Ok(_)) => {}
            std::task::Poll::Ready(Err(cause)) => {
                failed.get_or_insert_with(|| fault(cause, &change.sql));
            }
        }
    }
    let mut last = std::pin::pin!(last);
    let early = poll!(&mut last);
    for (change, sent) in under_way {
        if let Err(cause) = sent.await {
            // What follows a failure fails only because of it.
            failed.get_or_insert_with(|| fault(cause, &change.sql));
        }
    }
    let told = match early {
        std::task::Poll::Ready(told) => told,
        std::task::Poll::Pending => last.await,
    };
    failed.map_or(told, Err)
}

type Parameters<'a> = Vec<&'a (dyn ToSql + Sync)>;

/// The statement, and as many of the values as it takes.
async fn prepared<'a>(
    client: &Object,
    sql: &str,
    args: &'a [Value],
) -> Result<(Statement, Parameters<'a>), Fault> {
    let statement = client.prepare_cached(sql).await.map_err(|cause| fault(cause, sql))?;
    let wanted = statement.params().len();
    let Some(args) = args.get(..wanted) else {
        let text = format!("{} values for {wanted} parameters: {sql}", args.len());
        return Err(Fault::Statement(Error::Internal(text)));
    };
    Ok((statement, args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()))
}
