//! How well the open stories are written.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, hints, may_write, product, show};
use crate::people::products::Product;
use crate::shell::{self, Facet, Pages};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::quality::{GetQuality, Quality};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    criterion: String,
    after: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let criterion = Some(asked.criterion.clone()).filter(|c| !c.is_empty());
        let query =
            GetQuality { product: product.key.clone(), criterion, after: asked.after.clone() };
        let quality = query.run(cx)?;
        let main = told(&product, &quality, &asked, may_write(cx));
        Ok(Page {
            title: format!("Story quality of {}", product.name),
            head: Some(shell::page_head(
                "Reports",
                "Story quality",
                html! { "From the words alone: advice, nothing is held back" },
                html! {},
            )),
            product: Some(product),
            active: "quality",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn told(product: &Product, quality: &Quality, asked: &Asked, write: bool) -> Markup {
    let path = format!("/p/{}/quality", product.key);
    if quality.told == 0 && quality.items.is_empty() {
        return shell::empty_state(
            "No open story to read",
            "“As a commuter, I want to see my refund, so that I need not call.” Stories in this form are read and checked here.",
            html! { a.btn.go href={ "/p/" (product.key) "/backlog" } { "To the backlog" } },
        );
    }
    html! {
        (shell::stats(html! {
            (shell::stat("Open stories read", &quality.checked.to_string(), ""))
            (shell::stat("In the form of a story", &quality.told.to_string(), ""))
            (shell::stat("Nothing to say of", &quality.clean.to_string(), ""))
        }))
        @if !quality.criteria.is_empty() {
            (shell::section("What they lack", shell::data_table("What they lack", &["Quality", "#Stories", "It asks"],
                quality.criteria.iter().map(|c| vec![
                    html! { a href={ (path) "?criterion=" (c.criterion) } { (c.criterion.replace('-', " ")) } },
                    html! { (c.stories) },
                    html! { (c.asks) },
                ]).collect())))
        }
        @if !asked.criterion.is_empty() { p { a href=(path) { "Show all findings" } } }
        @for item in &quality.items {
            article.part {
                h3 { a href={ "/" (item.key) } { (item.key) " " (item.title) } }
                (hints::list(&item.findings, Some(hints::Kept { key: &item.key, product: &product.key, back: &path }).filter(|_| write)))
            }
        }
        (shell::pages(&Pages {
            first: asked.after.as_ref().map(|_| path.clone()),
            next: quality.next.as_ref().map(|next| format!("{path}?{}", serde_urlencoded::to_string([("criterion", asked.criterion.as_str()), ("after", next.as_str())]).unwrap_or_default())),
            note: String::new(),
        }))
    }
}
