//! The connection that hears of every commit, whichever node made it.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client};

use super::LONGEST_PAUSE;
use super::address::Address;
use super::statement::unavailable;
use crate::db::Committed;
use crate::kernel::Result;

/// Listens until it is dropped, connecting again whenever the connection is lost.
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    /// Returns once commits are heard.
    pub async fn start(
        address: Address,
        channel: &str,
        committed: broadcast::Sender<Committed>,
    ) -> Result<Self> {
        let listen = format!("LISTEN \"{}\"", channel.replace('"', "\"\""));
        let first = connect(&address, &listen, &committed).await.map_err(unavailable)?;
        Ok(Self(tokio::spawn(keep(address, listen, committed, first))))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The connection lives as long as the client is kept; the task ends with the connection.
struct Ear {
    _client: Client,
    heard: JoinHandle<()>,
}

async fn keep(
    address: Address,
    listen: String,
    committed: broadcast::Sender<Committed>,
    mut ear: Ear,
) {
    loop {
        let _ = ear.heard.await;
        let mut pause = Duration::from_millis(100);
        ear = loop {
            tracing::warn!("the database's news are lost; connecting again in {pause:?}");
            tokio::time::sleep(pause).await;
            match connect(&address, &listen, &committed).await {
                Ok(ear) => break ear,
                Err(error) => tracing::debug!(%error, "the database cannot be reached"),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        tracing::info!("the database's news are heard again");
        // Other nodes may have committed meanwhile.
        let _ = committed.send(Committed::UNKNOWN);
    }
}

async fn connect(
    address: &Address,
    listen: &str,
    committed: &broadcast::Sender<Committed>,
) -> Result<Ear, tokio_postgres::Error> {
    let (client, mut connection) = address.connect().await?;
    let committed = committed.clone();
    let heard = tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(news) = message
                && let Some(note) = parse(news.payload())
            {
                let _ = committed.send(note);
            }
        }
    });
    client.batch_execute(listen).await?;
    Ok(Ear { _client: client, heard })
}

/// `workspace:seq`
fn parse(payload: &str) -> Option<Committed> {
    let (workspace, seq) = payload.split_once(':')?;
    Some(Committed { workspace: workspace.parse().ok()?, seq: seq.parse().ok()? })
}
