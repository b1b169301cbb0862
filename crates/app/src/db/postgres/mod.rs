//! PostgreSQL: threads that work, each with a connection of its own, and news by LISTEN and NOTIFY.

mod address;
mod answers;
mod flush;
mod listen;
mod rows;
mod session;
pub(super) mod statement;
mod worker;

use std::time::Duration;

use tokio::sync::broadcast;
use tokio_postgres::Client;

use super::conn::Link;
use super::{Committed, ReadJob, Tx, WriteJob, guarded, migrate};
use crate::kernel::{Error, Result};
pub(super) use address::Address;
pub(super) use session::Session;

/// The longest time between two tries to reach a server that is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(10);
/// What every connection says first. Pages out of order cost no more than others on today's disks; where
/// they do, plans that are made while a table is small walk through it for as long as they are kept. No
/// statement runs so long that compiling it would pay.
const STEADY: &str = "SET random_page_cost TO 1.1; SET jit TO off";
/// How often a transaction is run before it gives way to the others for good.
const RUNS: u32 = 5;

/// The workers, and the connection that hears of every commit.
pub(super) struct Store {
    workers: worker::Workers,
    /// `None` where each change waits for the disk by itself.
    flusher: Option<flush::Flusher>,
    _listener: listen::Listener,
}

impl Store {
    pub async fn open(url: &str, committed: broadcast::Sender<Committed>) -> Result<Self> {
        let address = Address::parse(url)?;
        let (mut client, connection) = address.connect().await.map_err(statement::unavailable)?;
        tokio::spawn(connection);
        let channel = channel(&client).await?;
        migrate::postgres(&mut client, migrate::MIGRATIONS).await?;
        let listener = listen::Listener::start(address.clone(), &channel, committed).await?;
        let flusher = flush::Flusher::start(address.clone()).await;
        let mut greeting = vec![STEADY];
        greeting.extend(flusher.is_some().then_some(flush::LATER));
        let workers = worker::Workers::new(address, channel, greeting.join("; "));
        Ok(Self { workers, flusher, _listener: listener })
    }

    pub fn waiting(&self) -> usize {
        self.workers.waiting()
    }

    pub async fn read(&self, run: ReadJob) -> Result<()> {
        self.workers.work(worker::Work::Read(run)).await
    }

    pub async fn write(&self, run: WriteJob) -> Result<()> {
        self.workers.work(worker::Work::Write(run)).await?;
        match &self.flusher {
            Some(flusher) => flusher.flushed().await,
            None => Ok(()),
        }
    }
}

/// Runs a job in a transaction, again where another one got in its way.
fn write(tx: &mut Tx, run: &mut WriteJob, channel: &str) -> Result<()> {
    let mut runs = 1;
    loop {
        let done = transaction(tx, run, channel);
        if !tx.take_again() || runs == RUNS {
            return done;
        }
        // A little later than the one before, so that the others get through.
        std::thread::sleep(Duration::from_millis(u64::from(4 * runs * runs)));
        runs += 1;
    }
}

/// One run of a job between BEGIN and COMMIT; news travels with the transaction.
fn transaction(tx: &mut Tx, run: &mut WriteJob, channel: &str) -> Result<()> {
    tx.queue("BEGIN", &[])?;
    let result = guarded(|| {
        run(tx)?;
        for Committed { workspace, seq } in std::mem::take(&mut tx.notes) {
            let note = format!("{workspace}:{seq}");
            tx.queue("SELECT pg_notify($1, $2)", &[channel.into(), note.into()])?;
        }
        Ok(())
    });
    tx.notes.clear();
    match tx.settle(result) {
        Ok(()) => commit(tx),
        Err(error) => {
            if let Link::Postgres(session) = &tx.link {
                session.forget();
            }
            // A connection that cannot even roll back must not serve anybody else.
            if control(tx, "ROLLBACK").is_err()
                && let Link::Postgres(session) = &mut tx.link
            {
                session.discard();
            }
            tx.settle(Err(error))
        }
    }
}

/// Commits together with the last changes. Where one of those has failed, the server answers the
/// commit with a rollback, and the failure is what we tell.
fn commit(tx: &mut Tx) -> Result<()> {
    let done = tx.execute("COMMIT", &[]).map(drop);
    tx.settle(done)
}

fn control(tx: &mut Tx, sql: &str) -> Result<()> {
    let done = match &tx.link {
        Link::Postgres(session) => session.control(sql),
        Link::Sqlite(_) => return Err(Error::internal("not a connection to PostgreSQL")),
    };
    done.map_err(|fault| tx.note(fault))
}

/// Waits until the server takes connections. What waiting cannot mend is an error at once.
pub(super) async fn wait(url: &str, mut tell: impl FnMut(&Error)) -> Result<()> {
    let address = Address::parse(url)?;
    let mut pause = Duration::from_millis(250);
    while let Err(cause) = address.connect().await {
        let passes = statement::passes(&cause);
        let error = statement::unavailable(cause);
        if !passes {
            return Err(error);
        }
        tell(&error);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}

/// Channels belong to a database, not to a schema: one that is not `public` gets its own.
async fn channel(client: &Client) -> Result<String> {
    let row = client.query_one("SELECT CAST(current_schema() AS TEXT)", &[]).await;
    let schema: Option<String> = row.map_err(statement::unavailable)?.get(0);
    match schema.as_deref() {
        Some("public") => Ok("wherefore".into()),
        Some(other) => Ok(format!("wherefore_{other}").chars().take(60).collect()),
        None => Err(Error::Unavailable(
            "The database has no schema to keep tables in. Create the schema that search_path \
             names, or take search_path out of the address."
                .into(),
        )),
    }
}
