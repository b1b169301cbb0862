//! Group commit. A change commits without waiting for the disk, so that the rows it holds are free for
//! the next one at once; whoever asked for it is answered when a message written to the log after it
//! is on the disk. One message serves all who wait meanwhile.

use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Client;

use super::address::Address;
use crate::kernel::{Error, Result};

/// What a connection that makes changes says first: [`Flusher::flushed`] waits for them.
pub(super) const LATER: &str = "SET synchronous_commit TO off";

/// Commits by the server's own setting, which waits for all of the log before it.
const MESSAGE: &str = "SELECT pg_logical_emit_message(true, 'wherefore', '')";

/// A connection that brings the log to the disk for all others.
pub(super) struct Flusher(mpsc::UnboundedSender<oneshot::Sender<Result<(), Lost>>>);

/// Why nobody knows whether it was kept.
#[derive(Clone)]
struct Lost(String);

impl Flusher {
    /// Nothing where the server lets nobody write such a message: there each change waits for itself.
    pub async fn start(address: Address) -> Option<Self> {
        let mut client = None;
        if let Err(Lost(cause)) = flush(&address, &mut client).await {
            tracing::warn!(%cause, "changes wait for the disk one after the other");
            return None;
        }
        let (ask, mut asked) = mpsc::unbounded_channel::<oneshot::Sender<Result<(), Lost>>>();
        tokio::spawn(async move {
            while let Some(first) = asked.recv().await {
                let mut waiting = vec![first];
                while let Ok(another) = asked.try_recv() {
                    waiting.push(another);
                }
                let done = flush(&address, &mut client).await;
                for one in waiting {
                    let _ = one.send(done.clone());
                }
            }
        });
        Some(Self(ask))
    }

    /// Waits until all that was committed before is on the disk.
    pub async fn flushed(&self) -> Result<()> {
        let (done, answer) = oneshot::channel();
        let asked = self.0.send(done).is_ok();
        let lost = match answer.await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Lost(cause))) => cause,
            Err(_) => format!("shutting down, asked: {asked}"),
        };
        tracing::warn!(%lost, "a change was committed, and nobody knows whether it is on the disk");
        Err(Error::Unavailable(
            "The database went away before it said that this is kept. Look whether it is there, \
             and do it again if not."
                .into(),
        ))
    }
}

/// Writes a message and waits for it, over a new connection where the one there was is gone.
async fn flush(address: &Address, client: &mut Option<Client>) -> Result<(), Lost> {
    if let Some(kept) = client
        && kept.simple_query(MESSAGE).await.is_ok()
    {
        return Ok(());
    }
    let lost = |cause: tokio_postgres::Error| Lost(cause.to_string());
    let (new, connection) = address.connect().await.map_err(lost)?;
    tokio::spawn(connection);
    let new = client.insert(new);
    new.simple_query(MESSAGE).await.map(drop).map_err(lost)
}
