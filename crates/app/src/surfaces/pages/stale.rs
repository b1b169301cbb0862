//! What nobody touches any more, and the question on an item's page whether it is still wanted.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, may_write, product, show};
use crate::how::work_items::{ItemView, WorkItem};
use crate::kernel::{Result, Time};
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::automations::{ListStale, StaleItem, proposed};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/stale", get(list))
}

fn decide(key: &str, days: i64, back: &str) -> Markup {
    html! {
        (shell::post_button(&format!("/do/keep-stale?key={key}&_back={back}"), "Keep it", None))
        (shell::menu("Close it", None, shell::form("/do/close-stale", html! {
            (shell::hidden("key", key))
            (shell::hidden("_back", back))
            (shell::textarea("Why", "because").id(format!("because-{key}")).rows(2).required()
                .value(format!("Nobody has touched it for {days} days, and nobody asked for it.")))
            (shell::submit("Close it"))
        })))
    }
}

/// Above an item that is proposed to be closed.
pub(super) fn on_item(
    cx: &mut Reader<'_>,
    item: &WorkItem,
    shown: &ItemView,
    write: bool,
) -> Result<Markup> {
    if matches!(item.category.as_str(), "accepted" | "dropped") {
        return Ok(html! {});
    }
    let Some((since, rule)) = proposed(cx.conn, cx.actor.workspace, item)? else {
        return Ok(html! {});
    };
    let days = (cx.now.0 - since.0) / Time::DAY;
    Ok(shell::notice(
        Tone::Warn,
        html! {
            "Is it still wanted? Nobody has touched it for " (days) " days; the rule “" (rule) "” proposes to close it."
            @if write { div.acts { (decide(&shown.key, days, &format!("/{}", shown.key))) } }
        },
    ))
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListStale { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let here = format!("/p/{}/stale", product.key);
        let part = |stage: &str| all.iter().filter(|s| s.stage == stage).collect::<Vec<_>>();
        let main = html! {
            @if all.is_empty() {
                (shell::empty_state(
                    "Nothing is left alone",
                    "A rule “nobody touches an open item for too long” marks such items, asks whoever has them, and then proposes here to close them.",
                    html! { a.btn href={ "/p/" (product.key) "/automations" } { "To the rules" } },
                ))
            }
            (stage("Proposed to be closed", &part("close"), &here, write))
            (stage("Asked about", &part("ask"), &here, write))
            (stage("Marked", &part("mark"), &here, write))
        };
        Ok(Page {
            title: format!("Left alone in {}", product.name),
            active: "stale",
            head: Some(shell::page_head("Reports", "Left alone", html! { "Keeping the backlog clean: close with a reason, or keep" }, html! {})),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn stage(title: &str, items: &[&StaleItem], here: &str, write: bool) -> Markup {
    html! {
        @if !items.is_empty() {
            (shell::data_table(title, &["Item", "State", "#Days", "Who has it", ""], items.iter().map(|s| vec![
                html! { a href={ "/" (s.item.key) } { (s.item.key) } " " (s.item.title) },
                html! { (shell::pill(&s.item.state)) },
                html! { (s.days) },
                html! { @if let Some(who) = s.item.assignee.as_ref().or(s.item.reporter.as_ref()) { (who.name) } },
                html! { @if write { div.acts { (decide(&s.item.key, s.days, here)) } } },
            ]).collect()))
        }
    }
}
