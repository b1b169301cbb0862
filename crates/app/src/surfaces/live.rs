//! Live updates: one event stream a browser, from commits, of what its person may see.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::error::RecvError;

use super::Shared;
use super::session::Visitor;
use crate::kernel::{Access, Actor, Result};
use crate::people::products;
use crate::thread::history;

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
    let commits = app.db.subscribe();
    let from = match last {
        Some(seq) => seq,
        None => {
            let ws = actor.workspace;
            app.db.read(move |conn| history::newest(conn, ws)).await.unwrap_or(i64::MAX)
        }
    };
    let state = (app, actor, commits, from, Vec::<Event>::new(), last.is_some());
    let events = stream::unfold(
        state,
        |(app, actor, mut commits, mut from, mut queue, mut now)| async move {
            loop {
                if let Some(event) = queue.pop() {
                    return Some((Ok(event), (app, actor, commits, from, queue, now)));
                }
                if !now {
                    match commits.recv().await {
                        Ok(c) if !c.concerns(actor.workspace) => continue,
                        Ok(_) | Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return None,
                    }
                }
                now = false;
                let Ok((events, newest)) = fresh(&app, &actor, from).await else { continue };
                from = newest;
                queue = events;
                queue.reverse();
            }
        },
    );
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

/// What happened after a place in the order, in products that the actor sees.
async fn fresh(app: &Shared, actor: &Actor, from: i64) -> Result<(Vec<Event>, i64)> {
    let actor = actor.clone();
    app.db
        .read(move |conn| {
            let rows = history::since(conn, actor.workspace, from)?;
            let mut newest = from;
            let mut told: Vec<(String, i64, String)> = Vec::new();
            for (product, seq, by) in rows {
                newest = newest.max(seq);
                let Some(product) = product else { continue };
                let Ok(product) = products::product_by_id(conn, &actor, product, Access::Read)
                else {
                    continue;
                };
                let by = by.map(|b| b.to_string()).unwrap_or_default();
                match told.iter_mut().find(|(key, _, who)| *key == product.key && *who == by) {
                    Some(known) => known.1 = seq,
                    None => told.push((product.key, seq, by)),
                }
            }
            let events = told
                .into_iter()
                .map(|(product, seq, by)| {
                    let data = serde_json::json!({ "seq": seq, "product": product, "by": by });
                    Event::default().id(seq.to_string()).event("change").data(data.to_string())
                })
                .collect();
            Ok((events, newest))
        })
        .await
}
