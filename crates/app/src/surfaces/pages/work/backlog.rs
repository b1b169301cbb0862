//! The backlog in its one order.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::super::filtered::{Filter, bar, bulk, next_page, quick_add};
use super::super::{Page, may_write, product, show};
use super::download::downloads;
use super::rows::with_state;
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Facet, Sortable};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn backlog(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
) -> Response {
    if let Some(to) = filter.settled(&format!("/p/{key}/backlog")) {
        return Redirect::to(&to).into_response();
    }
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/backlog", product.key);
        let bar = bar(cx, &product, &filter, "backlog")?;
        let back = filter.href(&path, None);
        let mut add = quick_add(cx, &product, "story", &back, &filter)?;
        let rows = match bar.asked {
            Some(_) => rows(cx, &product, &filter, &path, &mut add)?,
            None => html! {},
        };
        let main = html! { (bar.markup) (rows) };
        Ok(Page {
            title: format!("Backlog of {}", product.name),
            head: Some(shell::page_head(
                "How",
                "Backlog",
                html! { "One order, the next on top" },
                add,
            )),
            product: Some(product),
            active: "backlog",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// The rows, and what can be done with them. While there is nothing, `add` stands beside the words.
fn rows(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
    add: &mut Markup,
) -> Result<Markup> {
    let mut query = filter.query(&product.key);
    query.category = Some("open".into());
    let page = query.run(cx)?;
    let write = may_write(cx);
    let parsed = filter.parsed();
    let rows = html! { @for item in &page.items { (with_state(item, write)) } };
    let blank = page.items.is_empty() && parsed.terms.is_empty();
    let begin = if blank {
        let add = std::mem::replace(add, html! {});
        html! { @if write { (add) a.btn href={ "/p/" (product.key) "/import" } { "Import a backlog" } } }
    } else {
        html! {}
    };
    Ok(html! {
        @if page.items.is_empty() && !blank {
            (shell::empty_state("Nothing of this is open", "Take a part of the filter away to see more.", html! {}))
        } @else if page.items.is_empty() {
            (shell::empty_state(
                "The backlog is empty",
                "As a traveller, I want to see the pier on my ticket, so that I find my boat. What shall be done next stands on top; one person answers for the order.",
                begin,
            ))
        } @else if write && parsed.sort.is_none() {
            (shell::sortable("Backlog", &Sortable { move_url: "/move".into(), ..Sortable::default() }, rows))
        } @else {
            (shell::list("Backlog", rows))
        }
        (next_page(path, filter, page.next.as_ref()))
        (downloads(product, filter, "is:open", None))
        @if write { (bulk(cx, product, filter, path, "is:open")?) }
    })
}
