//! Objectives: of a product, as they are or stood on a past day, and of all products as one tree.

use std::collections::HashSet;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::lists::{After, Listing, dated, look_back, past, stood_on};
use super::strategy::add;
use super::{Page, choices, may_write, product, show};
use crate::kernel::Day;
use crate::shell::{self, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::alignment::ListAlignment;
use crate::why::objectives::{ListObjectives, ObjectiveView};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/objectives", get(of_product))
        .route("/objectives", get(of_all))
}

const OBJECTIVES: Listing = Listing {
    active: "objectives",
    title: "Objectives",
    about: "",
    facet: Facet::Why,
    empty: (
        "No objectives yet",
        "Passengers settle refunds themselves. Key result: calls about refunds, from 410 to 150 a week.",
    ),
};

async fn of_product(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let at = past(from.at.as_deref())?;
        let all = ListObjectives { product: product.key.clone(), at }.run(cx)?;
        let rows = (!all.is_empty()).then(|| tree(&all, at));
        let (path, write) = (OBJECTIVES.path(&product), may_write(cx) && at.is_none());
        let actions = html! {
            (look_back(&path, at, &[]))
            a.btn href="/objectives" { "All products" }
            @if write { (add("New objective", "set-objective", &product, &path, html! {
                (shell::field("Objective", "title"))
                (shell::field("Period", "period").placeholder("2026 Q4"))
                (shell::select("Whose", "level", choices(&["product", "company", "team"], None)))
                (shell::field("The objective that it serves", "serves").picks("objective").placeholder("RIDE-12").help("Of this product or another one, as wide or wider."))
                (shell::select("Kind", "kind", choices(&["committed", "aspirational"], None)))
                (shell::select("It is", "state", choices(&["active", "draft"], None)))
                (shell::textarea("More about it", "body").rows(3).draft(format!("objective-{}", product.key)))
            })) }
        };
        let shown = OBJECTIVES.page(product, actions, rows, None, None);
        Ok(Page { banner: at.map(|day| stood_on(&path, day)), ..shown })
    })
    .await
}

async fn of_all(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let found = ListAlignment {}.run(cx)?;
        let main = html! {
            @if found.objectives.is_empty() { (shell::empty_state(OBJECTIVES.empty.0, OBJECTIVES.empty.1, html! {})) }
            @else { (tree(&found.objectives, None)) }
            @if found.more { p.soft { "There are more: these are the first thousand." } }
        };
        let about = html! { "What is open in all products that you see: what serves another stands under it" };
        Ok(Page {
            title: "Objectives of all products".into(),
            head: Some(shell::page_head("Why", "Objectives", about, html! {})),
            facet: Facet::Why,
            main,
            ..Page::default()
        })
    })
    .await
}

/// Objectives in their alignment, each with its key results.
fn tree(all: &[ObjectiveView], at: Option<Day>) -> Markup {
    html! {
        @for (o, depth) in aligned(all) {
            section.part.aligned data-depth=[(depth > 0).then(|| depth.min(3))] {
                h2 { a href=(dated(&o.key, at)) { (o.title) } " " span.soft { (o.level) @if !o.period.is_empty() { ", " (o.period) } @if o.state != "active" { ", " (o.state) } } }
                @if let Some(key) = &o.serves { p.soft { "serves " a href=(dated(key, at)) { (key) } } }
                @if let Some(score) = o.score { p.soft { "scored " b { (format!("{score:.1}")) } } }
                (percent(o.progress))
                @if !o.key_results.is_empty() { (key_results(o, at)) }
            }
        }
    }
}

/// The key results of an objective, each with its value and how far it has come.
pub(super) fn key_results(o: &ObjectiveView, at: Option<Day>) -> Markup {
    shell::list(
        &o.title,
        html! {
            @for k in &o.key_results {
                (shell::list_row(dated(&k.key, at), k.title.clone())
                    .key(k.key.clone()).facet(Facet::Why).peek()
                    .tail(html! {
                        span.soft { (k.baseline) " → " (k.target) " " (k.unit) ", now " }
                        b { (k.current) }
                        (percent(k.progress))
                    }))
            }
        },
    )
}

/// Objectives in the order of their alignment: those that serve one under it, each with how deep it
/// stands; open ones first.
fn aligned(all: &[ObjectiveView]) -> Vec<(&ObjectiveView, usize)> {
    let known: HashSet<&str> = all.iter().map(|o| o.key.as_str()).collect();
    let mut roots: Vec<&ObjectiveView> =
        all.iter().filter(|o| o.serves.as_deref().is_none_or(|key| !known.contains(key))).collect();
    roots.sort_by_key(|o| o.state == "closed");
    let mut open: Vec<(&ObjectiveView, usize)> = roots.into_iter().rev().map(|o| (o, 0)).collect();
    let mut told = Vec::with_capacity(all.len());
    while let Some((one, depth)) = open.pop() {
        told.push((one, depth));
        let under = all.iter().filter(|o| o.serves.as_ref() == Some(&one.key));
        open.extend(under.rev().map(|o| (o, depth + 1)));
    }
    told
}

/// A share of the whole, 0 to 1, as a meter.
fn percent(share: f64) -> Markup {
    shell::meter((share * 100.0) as u8, &format!("{:.0} %", share * 100.0))
}
