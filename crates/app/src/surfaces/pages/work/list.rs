//! The list with its filter in its address, in groups where it is asked for.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::super::filtered::{Filter, bar, bulk, next_page};
use super::super::{Page, may_write, product, show};
use super::download::downloads;
use super::groups::groups;
use super::rows::with_state;
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Facet};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
) -> Response {
    if let Some(to) = filter.settled(&format!("/p/{key}/list")) {
        return Redirect::to(&to).into_response();
    }
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/list", product.key);
        let bar = bar(cx, &product, &filter, "list")?;
        let rows = match &bar.asked {
            None => html! {},
            Some(asked) if !asked.filter.group.is_empty() => groups(cx, &product, &filter, &path)?,
            Some(_) => rows(cx, &product, &filter, &path)?,
        };
        let main = html! {
            (bar.markup)
            (rows)
            @if bar.asked.is_some() { (downloads(&product, &filter, "", None)) }
            @if may_write(cx) && bar.asked.is_some() { (bulk(cx, &product, &filter, &path, "")?) }
        };
        Ok(Page {
            title: format!("List of {}", product.name),
            head: Some(shell::page_head(
                "How",
                "List",
                html! { "The filter lives in the address" },
                html! {},
            )),
            product: Some(product),
            active: "list",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn rows(cx: &mut Reader<'_>, product: &Product, filter: &Filter, path: &str) -> Result<Markup> {
    let page = filter.query(&product.key).run(cx)?;
    let write = may_write(cx);
    Ok(html! {
        @if page.items.is_empty() && filter.is_blank() {
            (shell::empty_state(
                "No items yet",
                "As a traveller, I want to see the pier on my ticket, so that I find my boat. Stories, tasks, bugs and epics stand here, filtered as you like.",
                html! { @if write { a.btn.go href={ "/p/" (product.key) "/backlog" } { "Begin in the backlog" } } },
            ))
        } @else if page.items.is_empty() {
            (shell::empty_state("Nothing matches", "Take a part of the filter away to see more.", html! {}))
        } @else {
            (shell::list("Work items", html! { @for item in &page.items { (with_state(item, write)) } }))
        }
        (next_page(path, filter, page.next.as_ref()))
    })
}
