//! The suggested estimate of a story: a range, and the finished stories most like it. Offered, never filled.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, may_write, show};
use crate::how::sizes::{SuggestPoints, Suggested};
use crate::shell::{self, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

/// Where a story's page shows the suggestion; it is fetched once it is in sight, and a link without
/// scripts.
pub(in crate::surfaces::pages) fn frame(key: &str) -> Markup {
    let href = format!("/{key}/points");
    html! {
        turbo-frame id="suggested-points" src=(href) loading="lazy" target="_top" {
            p { a href=(href) { "Which estimate do past stories suggest?" } }
        }
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let query = SuggestPoints { key: Some(key.clone()), ..SuggestPoints::default() };
        let suggested = query.run(cx)?;
        let (_, product) =
            crate::how::work_items::by_key(cx.conn, cx.actor, &key, crate::kernel::Access::Read)?;
        let write = may_write(cx);
        Ok(Page {
            title: format!("{} Suggested estimate", key.to_uppercase()),
            active: "backlog",
            product: Some(product),
            facet: Facet::How,
            main: html! {
                turbo-frame id="suggested-points" target="_top" { (told(&key, &suggested, write)) }
                p { a href={ "/" (key) } { "To the story" } }
            },
            ..Page::default()
        })
    })
    .await
}

fn told(key: &str, suggested: &Suggested, write: bool) -> Markup {
    let number = |points: Option<f64>| points.map_or(String::new(), |points| points.to_string());
    shell::section(
        "Suggested estimate",
        html! {
            @if let Some(refused) = &suggested.refused { p.soft { (refused) "." } }
            @if let Some(points) = suggested.points {
                p {
                    strong { (points) } ", likely between " (number(suggested.low)) " and " (number(suggested.high))
                    ", from " (suggested.whose) " " (suggested.learned) " finished stories. "
                    @if write {
                        (shell::post_button(&format!("/do/edit-work-item?key={key}&points={points}&_back=/{key}"), &format!("Take {points}"), None))
                    }
                }
            }
            @if !suggested.alike.is_empty() {
                ul.plain {
                    @for alike in &suggested.alike {
                        li { a href={ "/" (alike.key) } { (alike.key) " " (alike.title) } " " (shell::pill(&alike.points.to_string())) " " span.soft { (format!("{:.0}\u{a0}%\u{a0}alike", alike.likeness * 100.0)) } }
                    }
                }
            }
        },
    )
}
