//! The list with filters in its address.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::filtered::{Filter, bulk, next_page, ours_filters};
use super::super::{Page, choices, may_write, product, show};
use super::rows::with_state;
use crate::how::work_items::LEVELS;
use crate::people::policies;
use crate::people::products::CATEGORIES;
use crate::shell::{self, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/list", product.key);
        let page = filter.query(&product.key).run(cx)?;
        let states = policies::state_names(cx.conn, cx.actor.workspace, product.id)?;
        let states: Vec<&str> = states.iter().map(String::as_str).collect();
        let categories: Vec<&str> = std::iter::once("open").chain(CATEGORIES).collect();
        let write = may_write(cx);
        let bar = if write { bulk(cx, &product, &path)? } else { html! {} };
        let main = html! {
            (shell::filters(&path, html! {
                (shell::select("Level", "level", choices(&LEVELS, Some("any"))).value(&filter.level))
                (shell::select("State", "state", choices(&states, Some("any"))).value(&filter.state))
                (shell::select("Category", "category", choices(&categories, Some("any"))).value(&filter.category))
                (shell::field("Assignee", "assignee").value(&filter.assignee).placeholder("me"))
                (shell::field("Label", "label").value(&filter.label))
                (ours_filters(cx, &product, &filter)?)
            }))
            @if page.items.is_empty() && filter.is_blank() {
                (shell::empty_state(
                    "No items yet",
                    "As a traveller, I want to see the pier on my ticket, so that I find my boat. Stories, tasks, bugs and epics stand here, filtered as you like.",
                    html! { @if write { a.btn.go href={ "/p/" (product.key) "/backlog" } { "Begin in the backlog" } } },
                ))
            } @else if page.items.is_empty() {
                (shell::empty_state("Nothing matches", "Take a filter away to see more.", html! {}))
            } @else {
                (shell::list("Work items", html! { @for item in &page.items { (with_state(item, write)) } }))
            }
            (next_page(&path, &filter, page.next.as_ref()))
            (bar)
        };
        Ok(Page {
            title: format!("List of {}", product.name),
            head: Some(shell::page_head("How", "List", html! { "Filters live in the address" }, html! {})),
            product: Some(product),
            active: "list",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}
