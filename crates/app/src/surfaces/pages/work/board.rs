//! The board: a column for each state.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use super::super::filtered::{Filter, ours_bar, quick_add};
use super::super::{Page, product, show};
use super::rows::row;
use crate::how::work_items::Board;
use crate::shell::{self, Facet, Sortable};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Cards {
    /// In each column; 50 if left out.
    cards: Option<i64>,
}

pub(super) async fn board(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    Params(wanted): Params<Cards>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/board", product.key);
        let query = filter.query(&product.key);
        let board = Board {
            product: query.product,
            team: query.team,
            part: query.part,
            limit: wanted.cards,
        };
        let columns = board.run(cx)?;
        let main = html! {
            (ours_bar(cx, &product, &filter, &path)?)
            div.board {
                @for column in &columns {
                    @let to = Sortable {
                        move_url: "/move".into(),
                        column: column.state.clone(),
                        group: "board".into(),
                    };
                    @let count = usize::try_from(column.count).unwrap_or_default();
                    @let limit = column.limit.and_then(|l| usize::try_from(l).ok());
                    (shell::board_column(&column.state, count, limit, &to, html! {
                        @for item in &column.items { (shell::card(&row(item))) }
                    }))
                }
            }
        };
        let add = quick_add(cx, &product, "story", &filter.href(&path, None), &filter)?;
        Ok(Page {
            title: format!("Board of {}", product.name),
            head: Some(shell::page_head("How", "Board", html! {}, add)),
            product: Some(product),
            active: "board",
            facet: Facet::How,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}
