//! How and its order: backlog, board, list, epics, activity, past days, the bin, search.

mod backlog;
mod bin;
mod board;
mod download;
mod groups;
mod history;
mod lines;
mod list;
mod rows;
mod search;
mod table;

use axum::Router;
use axum::routing::get;

use crate::surfaces::Shared;
pub(super) use history::event;
pub(super) use rows::with_state;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/words.json", get(super::filtered::words))
        .route("/p/{product}/backlog", get(backlog::backlog))
        .route("/p/{product}/list", get(list::list))
        .route("/p/{product}/board", get(board::board))
        .route("/p/{product}/table", get(table::table))
        .route("/p/{product}/views", get(super::filtered::views_page))
        .route("/p/{product}/lines", get(lines::write).post(lines::preview))
        .route("/p/{product}/items.csv", get(download::csv))
        .route("/p/{product}/items.json", get(download::json))
        .route("/p/{product}/activity", get(history::activity))
        .route("/p/{product}/past", get(history::past))
        .route("/p/{product}/bin", get(bin::bin))
        .route("/search", get(search::search))
        .route("/search.json", get(search::search_json))
}
