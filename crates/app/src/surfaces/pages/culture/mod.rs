//! Culture before titles: what was changed and why, what is on trial, and each step looked back on.

mod ask;
mod list;
mod one;
mod titles;

use axum::Router;
use axum::routing::get;

use crate::surfaces::Shared;

pub(super) use ask::{asks, asks_briefly};
pub(super) use one::beside;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/culture", get(list::list))
        .route("/culture/{step}", get(one::step))
        .route("/people/titles", get(titles::titles))
}

/// A kind of step as people read it.
fn kind(word: &str) -> &'static str {
    match word {
        "framework" => "Framework",
        "arrangement" => "Arrangement",
        "titles" => "Titles",
        _ => "Practice",
    }
}

/// What became of a step, in a word.
fn outcome(word: &str, due: bool) -> &'static str {
    match word {
        "keep" => "kept",
        "back" => "gone back",
        "replaced" => "replaced",
        _ if due => "look back now",
        _ => "runs",
    }
}
