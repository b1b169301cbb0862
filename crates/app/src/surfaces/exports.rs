//! Exports, fetched by a browser or a program. The archive is made while it is sent, so nothing waits
//! on the server and nothing is left there.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use maud::{Markup, html};
use serde::Deserialize;
use tokio_stream::wrappers::ReceiverStream;

use super::Shared;
use super::api::error_response;
use super::pages::{Page, error_page, product, show};
use super::session::{Program, Visitor, theme};
use crate::kernel::{Actor, Result};
use crate::shell;
use crate::thread::export::{self, Format, Wanted};

pub(super) fn pages() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/export", get(page))
        .route("/p/{product}/export/{format}", get(download))
}

/// For programs, under `/api/v1`.
pub(super) fn api() -> Router<Shared> {
    Router::new()
        .route("/export", get(workspace))
        .route("/products/{product}/export", get(one_product))
}

const WORDS: [(Format, &str, &str); 3] = [
    (
        Format::Json,
        "JSON lines",
        "One file for each noun, one thing a line, with identifiers, links and history. Another \
         Wherefore reads it, and so do programs.",
    ),
    (Format::Csv, "CSV", "One table for each noun, for spreadsheets."),
    (
        Format::Markdown,
        "Markdown",
        "One page for each thing with a key, for reading, and for keeping beside the code.",
    ),
];

async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let main = html! {
            (shell::section("Take it with you", html! {
                p { "An export holds what you may see of " (product.name) ": why, what and how, with comments, links and history. It comes as one compressed archive and is made while you fetch it: go on working meanwhile, your browser says when it is done." }
                (formats(&product.key))
                p.soft { "It is a copy in open formats. To restore a whole installation, an operator makes a backup: " code { "wherefore backup" } "." }
            }))
        };
        Ok(Page {
            title: format!("Export {}", product.name),
            active: "settings",
            head: Some(shell::page_head("Product", "Export", html! { (product.key) }, html! {})),
            product: Some(product),
            main,
            ..Page::default()
        })
    })
    .await
}

fn formats(key: &str) -> Markup {
    let rows = WORDS
        .iter()
        .map(|(format, name, about)| {
            let to = format!("/p/{key}/export/{}", format.as_str());
            vec![
                html! { (name) },
                html! { (about) },
                // A download is no page: nothing is to be fetched ahead or merged.
                html! { a.btn.small href=(to) download data-turbo="false" data-turbo-prefetch="false" aria-label={ "Fetch as " (name) } { "Fetch" } },
            ]
        })
        .collect();
    shell::data_table("Formats", &["Format", "What it is", ""], rows)
}

async fn download(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path((product, format)): Path<(String, String)>,
) -> Response {
    let asked = Format::parse(&format).map(|format| Wanted { product: Some(product), format });
    match archive(&app, actor, asked).await {
        Ok(response) => response,
        Err(error) => error_page(&error, theme(&headers)),
    }
}

#[derive(Deserialize)]
struct Asked {
    format: Option<String>,
}

impl Asked {
    fn wanted(self, product: Option<String>) -> Result<Wanted> {
        let format = Format::parse(self.format.as_deref().unwrap_or("json"))?;
        Ok(Wanted { product, format })
    }
}

async fn workspace(
    State(app): State<Shared>,
    Program(actor): Program,
    Query(asked): Query<Asked>,
) -> Response {
    archive(&app, actor, asked.wanted(None)).await.unwrap_or_else(|e| error_response(&e))
}

async fn one_product(
    State(app): State<Shared>,
    Program(actor): Program,
    Path(product): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    archive(&app, actor, asked.wanted(Some(product))).await.unwrap_or_else(|e| error_response(&e))
}

async fn archive(app: &Shared, actor: Actor, asked: Result<Wanted>) -> Result<Response> {
    let wanted = asked?;
    let products = export::products(&app.db, &actor, &wanted).await?;
    let (name, format) = (wanted.file_name(), wanted.format);
    let (out, pieces) = tokio::sync::mpsc::channel(4);
    let (db, now) = (app.db.clone(), app.clock.now());
    let made = tokio::spawn(async move {
        let done = export::write(&db, &actor, products, format, now, &out).await;
        if let Err(error) = &done {
            tracing::error!(%error, "an export could not be finished");
        }
        done
    });
    // An archive that was not finished must not look as if it were: the connection breaks then.
    let pieces = ReceiverStream::new(pieces).map(Ok::<_, std::io::Error>);
    let end = stream::once(async move {
        match made.await {
            Ok(Ok(())) => Ok(Vec::new()),
            _ => Err(std::io::Error::other("the export could not be finished")),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        // It is compressed already.
        (header::CONTENT_ENCODING, "identity".to_owned()),
    ];
    Ok((headers, Body::from_stream(pieces.chain(end))).into_response())
}
