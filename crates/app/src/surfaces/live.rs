//! Live updates: one event stream a browser, from commits, of what its person may see.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Shared;
use super::metrics::Listening;
use super::session::{Visitor, by_cookie};
use crate::db::Committed;
use crate::kernel::{Access, Actor, Id, Result};
use crate::people::products;
use crate::thread::history;

/// Where a stream stands.
struct Follower {
    app: Shared,
    headers: HeaderMap,
    workspace: i64,
    commits: Receiver<Committed>,
    /// The last place in the order of activity that was told.
    from: i64,
    /// What is to be told, the next one last.
    queue: Vec<Event>,
    /// There may be more to read without waiting for another commit.
    behind: bool,
    _listening: Listening,
}

/// The stream; `Last-Event-ID` takes up where a lost connection ended, in commit order.
pub(super) async fn stream(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>>> {
    let last = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<i64>().ok());
    let (workspace, commits) = (actor.workspace, app.db.subscribe());
    let from = match last {
        Some(seq) => seq,
        None => app.db.read(move |conn| history::newest(conn, workspace)).await.unwrap_or(i64::MAX),
    };
    let follower = Follower {
        workspace,
        commits,
        from,
        queue: Vec::new(),
        behind: last.is_some(),
        _listening: Listening::new(app.clone()),
        app,
        headers,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop() {
                return Some(event);
            }
            if !self.behind {
                self.news().await?;
            }
            self.behind = false;
            // Asked again each time: who was signed out or lost a product hears no more of it.
            let Ok(actor) = by_cookie(&self.headers, &self.app).await else { continue };
            let actor = actor.filter(|actor| actor.workspace == self.workspace)?;
            let Ok(fresh) = fresh(&self.app, actor, self.from).await else { continue };
            self.from = fresh.newest;
            self.behind = fresh.more;
            self.queue = fresh.events;
            self.queue.reverse();
        }
    }

    /// Waits for a commit in this workspace; those that came meanwhile are read with it.
    async fn news(&mut self) -> Option<()> {
        loop {
            match self.commits.recv().await {
                Ok(c) if !c.concerns(self.workspace) => continue,
                Ok(_) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return None,
            }
        }
        while self.commits.try_recv().is_ok() {}
        Some(())
    }
}

struct Fresh {
    events: Vec<Event>,
    newest: i64,
    more: bool,
}

/// What was changed in one product, or beside all of them where it has no key.
struct Told {
    product: String,
    seq: i64,
    changes: Vec<Id>,
}

/// What happened after a place in the order, in products that the actor sees.
async fn fresh(app: &Shared, actor: Actor, from: i64) -> Result<Fresh> {
    app.db
        .read(move |conn| {
            // First where the order ends: what imports stage is passed over, not read again and again.
            let end = history::newest(conn, actor.workspace)?;
            let rows = history::since(conn, actor.workspace, from)?;
            let more = rows.len() == history::TOUCHES;
            let mut newest = if more { from } else { end.max(from) };
            let mut told: Vec<Told> = Vec::new();
            for (product, seq, change) in rows {
                newest = newest.max(seq);
                let key = match product {
                    Some(id) => match products::product_by_id(conn, &actor, id, Access::Read) {
                        Ok(product) => product.key,
                        Err(_) => continue,
                    },
                    // Teams, charters of teams and the like belong to no product: whoever may see
                    // the workspace's pages hears that something changed there.
                    None if actor.check_role(Access::Write).is_ok() => String::new(),
                    None => continue,
                };
                match told.iter_mut().find(|known| known.product == key) {
                    Some(known) => {
                        known.seq = seq;
                        if !known.changes.contains(&change) {
                            known.changes.push(change);
                        }
                    }
                    None => told.push(Told { product: key, seq, changes: vec![change] }),
                }
            }
            // In the order of their last number, so that taking up after one loses none before it.
            told.sort_by_key(|one| one.seq);
            Ok(Fresh { events: told.iter().map(event).collect(), newest, more })
        })
        .await
}

fn event(told: &Told) -> Event {
    let Told { product, seq, changes } = told;
    let data = serde_json::json!({ "seq": seq, "product": product, "changes": changes });
    Event::default().id(seq.to_string()).event("change").data(data.to_string())
}
