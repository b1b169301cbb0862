//! Planning: work as a tree, over time and in a calendar, what waits to be looked at, and one's own.

mod calendar;
mod mine;
mod timeline;
mod tree;
mod triage;

use axum::Router;
use axum::routing::get;
use maud::{Markup, html};

use super::choices;
use super::filtered::{Filter, ours_filters};
use crate::how::work_items::LEVELS;
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell;
use crate::store::Reader;
use crate::surfaces::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/work-tree", get(tree::page))
        .route("/p/{product}/timeline", get(timeline::page))
        .route("/p/{product}/calendar", get(calendar::page))
        .route("/p/{product}/triage", get(triage::page))
        .route("/my-work", get(mine::page))
}

/// The filter above a view, as lists have it, with what the view adds.
fn bar(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
    more: Markup,
) -> Result<Markup> {
    let ours = ours_filters(cx, product, filter)?;
    Ok(shell::filters(
        path,
        html! {
            (more)
            (shell::select("Level", "level", choices(&LEVELS, Some("any"))).value(&filter.level))
            (shell::field("Assignee", "assignee").value(&filter.assignee).placeholder("me"))
            (shell::field("Label", "label").value(&filter.label))
            (ours)
        },
    ))
}

/// An address with one more thing in it.
fn with(href: &str, more: &[(&str, &str)]) -> String {
    let set: Vec<_> = more.iter().filter(|(_, value)| !value.is_empty()).collect();
    if set.is_empty() {
        return href.to_owned();
    }
    let more = serde_urlencoded::to_string(set).unwrap_or_default();
    let sign = if href.ends_with('?') {
        ""
    } else if href.contains('?') {
        "&"
    } else {
        "?"
    };
    format!("{href}{sign}{more}")
}
