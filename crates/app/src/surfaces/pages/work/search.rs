//! Finding, as a page and for the palette.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use super::super::item::node_row;
use super::super::{Page, show};
use crate::reports::learn::titled;
use crate::shell;
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, by_cookie};
use crate::thread::search::{SHOWN, Search};

/// Pages that explain terms, beside what was found, at most.
const EXPLAINED: usize = 8;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Words {
    q: String,
    /// For a field that takes keys of some kinds only.
    kinds: Option<String>,
    /// The product on whose page somebody looks for it.
    near: Option<String>,
}

pub(super) async fn search(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(words): Params<Words>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let found = Search { q: words.q.clone(), product: None, near: words.near, kinds: None }.run(cx)?;
        let explained = if words.q.trim().is_empty() { Vec::new() } else { titled(&words.q) };
        let main = html! {
            @if found.is_empty() && explained.is_empty() {
                (shell::empty_state(
                    "Nothing found",
                    "Search finds keys, keys from other tools, and words of titles and texts.",
                    html! {},
                ))
            } @else {
                @if !found.is_empty() {
                    (shell::list("Found", html! {
                        @for node in &found { (node_row(node)) }
                    }))
                    @if found.len() >= SHOWN {
                        p.soft { "The first " (SHOWN) ", titles before texts and the newest first. Another word narrows it." }
                    }
                }
                @if !explained.is_empty() {
                    (shell::section("Explained", shell::list("Explained", html! {
                        @for l in explained.iter().take(EXPLAINED) {
                            (shell::list_row(l.href(), l.title.clone()).tail(html! { (shell::pill(l.kind.as_str())) }))
                        }
                    })))
                }
            }
        };
        Ok(Page {
            title: "Search".into(),
            head: Some(shell::page_head("Search", &words.q, html! {}, html! {})),
            query: words.q,
            main,
            ..Page::default()
        })
    })
    .await
}

/// What the palette asks while one types.
pub(super) async fn search_json(
    State(app): State<Shared>,
    headers: HeaderMap,
    Params(words): Params<Words>,
) -> Response {
    let actor = match by_cookie(&headers, &app).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return axum::http::StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => return crate::surfaces::api::error_response(&error),
    };
    let now = app.clock.now();
    let explained = if words.q.trim().is_empty() { Vec::new() } else { titled(&words.q) };
    let found = app
        .db
        .read(move |conn| {
            let mut cx = Reader { conn, actor: &actor, now };
            Search { q: words.q, product: None, near: words.near, kinds: words.kinds }.run(&mut cx)
        })
        .await;
    match found {
        Ok(nodes) => {
            let explained = explained.iter().take(EXPLAINED).map(
                |l| serde_json::json!({ "href": l.href(), "title": l.title, "kind": "learn" }),
            );
            let all: Vec<_> = nodes
                .iter()
                .map(|n| {
                    serde_json::json!({ "href": format!("/{}", n.key), "key": n.key,
                        "title": n.title, "kind": n.kind })
                })
                .chain(explained)
                .collect();
            axum::Json(serde_json::json!({ "results": all })).into_response()
        }
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}
