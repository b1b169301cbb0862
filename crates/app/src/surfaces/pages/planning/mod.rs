//! Planning: work as a tree, over time and in a calendar, what waits to be looked at, and one's own.

mod calendar;
mod mine;
mod timeline;
mod tree;
mod triage;

use axum::Router;
use axum::routing::get;
use maud::html;

use super::filtered::Bar;
use super::{Page, menu};
use crate::people::products::Product;
use crate::shell::{self, Facet};
use crate::surfaces::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/work-tree", get(tree::page))
        .route("/p/{product}/timeline", get(timeline::page))
        .route("/p/{product}/calendar", get(calendar::page))
        .route("/p/{product}/triage", get(triage::page))
        .route("/my-work", get(mine::page))
        .route("/my-work/followed", get(mine::followed))
}

/// What stands where the filter was not understood: its bar alone, which says why.
fn misread(product: Product, title: String, active: &'static str, bar: Bar) -> Page {
    Page {
        head: Some(shell::page_head(
            "How",
            menu::label(active).unwrap_or(active),
            html! {},
            html! {},
        )),
        title,
        product: Some(product),
        active,
        facet: Facet::How,
        main: bar.markup,
        ..Page::default()
    }
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
