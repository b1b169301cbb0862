//! One connection, used from a synchronous job.

use deadpool_postgres::Object;
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
}

impl Session {
    pub(super) fn new(client: Object, handle: Handle) -> Self {
        Self { client: Some(client), handle }
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
            client.query(&statement, &values).await.map_err(|cause| fault(cause, sql))
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
            client.execute(&statement, &values).await.map_err(|cause| fault(cause, sql))
        })
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
