//! Direction: vision and strategy, metrics, stakeholders and what they ask for, and the questions
//! that people ask.

mod metrics;
mod okr_report;
mod questions;
mod requirements;
mod stakeholders;
mod strategy;

use axum::Router;
use axum::routing::get;
use maud::{Markup, html};

use crate::kernel::Result;
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::thread::nodes::{Keyed, Node};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/strategy", get(strategy::page))
        .route("/p/{product}/strategy/{kind}", get(strategy::versions))
        .route("/p/{product}/metrics", get(metrics::list))
        .route("/p/{product}/stakeholders", get(stakeholders::page))
        .route("/p/{product}/stakeholders/{stakeholder}", get(stakeholders::one))
        .route("/p/{product}/requirements", get(requirements::list))
        .route("/p/{product}/okr-report", get(okr_report::page))
        .route("/p/{product}/questions", get(questions::page))
}

/// The record's own part of its page.
pub(super) fn body(cx: &mut Reader<'_>, found: &Keyed, write: bool) -> Result<Markup> {
    match found {
        Keyed::Requirement(r) => requirements::body(cx, r, write),
        Keyed::Metric(m) => metrics::body(cx, m, write),
        _ => Ok(html! {}),
    }
}

/// What people asked about a record, who asked for it, and the forms that ask.
pub(super) fn beside(cx: &mut Reader<'_>, node: &Node, propose: bool) -> Result<Markup> {
    let asked = questions::on(cx, node, propose)?;
    let behind = requirements::behind(cx, node)?;
    Ok(html! { (behind) (asked) })
}
