//! The backlog in its one order.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::filtered::{Filter, bulk, next_page, ours_bar, quick_add};
use super::super::{Page, may_write, product, show};
use super::rows::with_state;
use crate::shell::{self, Facet, Sortable};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn backlog(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(mut filter): Params<Filter>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/backlog", product.key);
        filter.category = "open".into();
        let page = filter.query(&product.key).run(cx)?;
        let write = may_write(cx);
        let bar = if write { bulk(cx, &product, &path)? } else { html! {} };
        let rows = html! { @for item in &page.items { (with_state(item, write)) } };
        let filtered = !(filter.team.is_empty() && filter.part.is_empty());
        let back = filter.href(&path, None);
        let add = quick_add(cx, &product, "story", &back, &filter)?;
        // It is begun beside the words while there is nothing.
        let blank = page.items.is_empty() && !filtered;
        let (add, begin) = if blank { (html! {}, add) } else { (add, html! {}) };
        let main = html! {
            (ours_bar(cx, &product, &filter, &path)?)
            @if page.items.is_empty() && filtered {
                (shell::empty_state("Nothing of this is open", "Take a filter away to see more.", html! {}))
            } @else if page.items.is_empty() {
                (shell::empty_state(
                    "The backlog is empty",
                    "As a traveller, I want to see the pier on my ticket, so that I find my boat. What shall be done next stands on top; one person answers for the order.",
                    begin,
                ))
            } @else if write {
                (shell::sortable("Backlog", &Sortable { move_url: "/move".into(), ..Sortable::default() }, rows))
            } @else {
                (shell::list("Backlog", rows))
            }
            (next_page(&path, &filter, page.next.as_ref()))
            (bar)
        };
        Ok(Page {
            title: format!("Backlog of {}", product.name),
            head: Some(shell::page_head("How", "Backlog", html! { "One order, the next on top" }, add)),
            product: Some(product),
            active: "backlog",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}
