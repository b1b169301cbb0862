//! PostgreSQL: a pool, one transaction a job, and LISTEN so that every node hears every commit.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::{StreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::broadcast;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Config, NoTls};

use super::{Committed, Conn, Raw, Row, Shape, Tx, Value, migrate};
use crate::kernel::{Error, Result};

const CONNECTIONS: usize = 24;
const TRIES: usize = 6;
const CHANNEL: &str = "wherefore";

#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool,
}

/// A pooled connection, used from a blocking thread.
pub(super) struct Session {
    client: Object,
    handle: Handle,
    /// Set where the engine asks for the transaction to be run again.
    again: bool,
}

impl Postgres {
    pub(super) async fn open(url: &str, commits: broadcast::Sender<Committed>) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|e| {
            Error::Unavailable(format!(
                "The database address is not understood ({e}). Write it like postgres://user@host/name."
            ))
        })?;
        config.connect_timeout(Duration::from_secs(5));
        let manager = Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build().map_err(Error::internal)?;
        let mut client = pool.get().await.map_err(unreachable)?;
        migrate::postgres(&mut client).await?;
        drop(client);
        let first = listen(&config).await?;
        tokio::spawn(hear(config, first, commits));
        Ok(Self { pool })
    }

    async fn session(&self) -> Result<Session> {
        let client = self.pool.get().await.map_err(unreachable)?;
        Ok(Session { client, handle: Handle::current(), again: false })
    }

    pub(super) async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let session = self.session().await?;
        blocking(move || job(&mut Conn(Raw::Postgres(session)))).await
    }

    pub(super) async fn write<T, F>(&self, mut job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T> + Send + 'static,
    {
        let session = self.session().await?;
        blocking(move || {
            let mut tx = Tx { conn: Conn(Raw::Postgres(session)), commits: Vec::new() };
            for tried in 1.. {
                tx.commits.clear();
                let result = attempt(&mut tx, &mut job);
                let Raw::Postgres(session) = &mut tx.conn.0 else { break };
                if result.is_ok() || tried == TRIES || !std::mem::take(&mut session.again) {
                    return result;
                }
            }
            Err(Error::internal("not a PostgreSQL connection"))
        })
        .await
    }
}

fn attempt<T>(tx: &mut Tx, job: &mut impl FnMut(&mut Tx) -> Result<T>) -> Result<T> {
    session(tx)?.batch("BEGIN")?;
    let mut rollback = Rollback { tx, done: false };
    let value = job(rollback.tx)?;
    let commits = std::mem::take(&mut rollback.tx.commits);
    let session = session(rollback.tx)?;
    for c in commits {
        session.query(
            "SELECT pg_notify($1, $2)",
            &[CHANNEL.into(), format!("{}:{}", c.workspace, c.seq).into()],
            |_| Ok(()),
        )?;
    }
    session.batch("COMMIT")?;
    rollback.done = true;
    Ok(value)
}

/// Rolls back on every way out but the last, a panic included.
struct Rollback<'a> {
    tx: &'a mut Tx,
    done: bool,
}

impl Drop for Rollback<'_> {
    fn drop(&mut self) {
        if !self.done
            && let Ok(session) = session(self.tx)
        {
            let _ = session.batch("ROLLBACK");
        }
    }
}

fn session(tx: &mut Tx) -> Result<&mut Session> {
    match &mut tx.conn.0 {
        Raw::Postgres(session) => Ok(session),
        Raw::Sqlite(_) => Err(Error::internal("not a PostgreSQL connection")),
    }
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(job)
        .await
        .unwrap_or_else(|_| Err(Error::internal("a storage job panicked")))
}

impl Session {
    fn batch(&mut self, text: &str) -> Result<()> {
        let done = self.handle.block_on(self.client.batch_execute(text));
        done.map_err(|e| self.fault(&e))
    }

    pub(super) fn query<T>(
        &mut self,
        text: &str,
        values: &[Value],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let rows = self.handle.block_on(async {
            let statement = self.client.prepare_cached(text).await?;
            let count = statement.params().len();
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().take(count).map(|v| v as &(dyn ToSql + Sync)).collect();
            self.client.query(&statement, &values).await
        });
        let rows = rows.map_err(|e| self.fault(&e))?;
        rows.iter().map(|row| map(&Row::Postgres(row))).collect()
    }

    pub(super) fn execute(&mut self, text: &str, values: &[Value]) -> Result<u64> {
        let done = self.handle.block_on(async {
            let statement = self.client.prepare_cached(text).await?;
            let count = statement.params().len();
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().take(count).map(|v| v as &(dyn ToSql + Sync)).collect();
            self.client.execute(&statement, &values).await
        });
        done.map_err(|e| self.fault(&e))
    }

    pub(super) fn shape(&mut self, text: &str) -> Result<Shape> {
        let statement = self
            .handle
            .block_on(self.client.prepare(text))
            .map_err(|e| Error::internal(format!("{e:?}: {text}")))?;
        let columns = statement.columns().iter().map(|c| c.name().to_owned()).collect();
        Ok(Shape { parameters: statement.params().len(), columns })
    }

    fn fault(&mut self, error: &tokio_postgres::Error) -> Error {
        let code = error.code().map(|c| c.code().to_owned()).unwrap_or_default();
        match &*code {
            "40001" | "40P01" => {
                self.again = true;
                Error::Unavailable("Too many people changed the same at once. Try again.".into())
            }
            "23505" => Error::Refused(
                "This exists already, or somebody made the same at this moment. Look and try again.".into(),
            ),
            "53100" => Error::Unavailable(
                "The database's disk is full, so nothing was changed. Free some space and try again.".into(),
            ),
            "25006" => Error::Unavailable("The database is read-only, so nothing was changed.".into()),
            "" | "57P01" | "57P02" | "57P03" => unreachable(error),
            _ => Error::internal(format!("{error:?}")),
        }
    }
}

fn unreachable(error: impl std::fmt::Display) -> Error {
    tracing::warn!(%error, "PostgreSQL cannot be reached");
    Error::Unavailable(
        "The database cannot be reached now, so nothing was changed. Try again in a moment.".into(),
    )
}

type Notices = stream::BoxStream<'static, std::result::Result<AsyncMessage, tokio_postgres::Error>>;

/// The client must live as long as its messages are read.
struct Listener {
    _client: tokio_postgres::Client,
    messages: tokio::sync::mpsc::UnboundedReceiver<AsyncMessage>,
}

async fn listen(config: &Config) -> Result<Listener> {
    let (client, mut connection) = config.connect(NoTls).await.map_err(unreachable)?;
    let (sender, messages) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut notices: Notices = stream::poll_fn(move |cx| connection.poll_message(cx)).boxed();
        while let Some(Ok(message)) = notices.next().await {
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await.map_err(unreachable)?;
    Ok(Listener { _client: client, messages })
}

async fn hear(config: Config, first: Listener, commits: broadcast::Sender<Committed>) {
    let mut listener = Some(first);
    loop {
        if let Some(mut heard) = listener.take() {
            while let Some(message) = heard.messages.recv().await {
                if let AsyncMessage::Notification(note) = message
                    && let Some((workspace, seq)) = note.payload().split_once(':')
                    && let (Ok(workspace), Ok(seq)) = (workspace.parse(), seq.parse())
                {
                    let _ = commits.send(Committed { workspace, seq });
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        listener = listen(&config).await.ok();
    }
}
