//! What lies in the bin.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::item::node_row;
use super::super::{Page, may_write, product, show};
use crate::shell;
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::bin::ListBin;

pub(super) async fn bin(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let binned = ListBin { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            @if binned.is_empty() {
                (shell::empty_state("The bin is empty", "What is deleted lies here for 30 days and can be brought back until then. After that it is gone for good.", html! {
                    a.btn href={ "/p/" (product.key) "/backlog" } { "To the backlog" }
                }))
            } @else {
                (shell::list("In the bin", html! {
                    @for one in &binned {
                        (node_row(&one.node)
                            .tail(html! {
                                span.soft { "until " (shell::day_tag(one.until)) }
                                @if write {
                                    (shell::post_button(&format!("/do/restore-item?key={}", one.node.key), "Restore", None))
                                }
                            }))
                    }
                }))
            }
        };
        Ok(Page {
            title: format!("Bin of {}", product.name),
            head: Some(shell::page_head("Reports", "Bin", html! {}, html! {})),
            product: Some(product),
            active: "bin",
            main,
            ..Page::default()
        })
    })
    .await
}
