//! Exports, fetched by a browser or a program: made while they are sent, or made in the background and
//! fetched when they are ready.

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
use super::files::{Anybody, body};
use super::pages::{Page, choices, error_page, once, product, show};
use super::session::{Program, Visitor, theme};
use crate::files::size_words;
use crate::kernel::{Actor, Error, Id, Result};
use crate::shell;
use crate::store::Query as _;
use crate::thread::export::{self, Format, ListExports, MadeExportView, Wanted};

pub(super) fn pages() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/export", get(page))
        .route("/p/{product}/export/{format}", get(download))
        .route("/exports/{export}", get(fetch))
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
        let made = ListExports {}.run(cx)?;
        let may = cx.actor.check(crate::kernel::Access::Propose).is_ok();
        let main = html! {
            (shell::section("Take it with you", html! {
                p { "An export holds what you may see of " (product.name) ": why, what and how, pages and views, with comments, links and history. It comes as one compressed archive and is made while you fetch it: go on working meanwhile, your browser says when it is done." }
                (formats(&product.key))
            }))
            @if may { (shell::section("Have it made", making(&product.key))) }
            @if !made.is_empty() { (shell::section("Exports you asked for", asked_for(&made))) }
            (shell::section("Backups", html! {
                p.soft { "An export is a copy in open formats. To restore a whole installation, an operator makes a backup: " code { "wherefore backup" } "." }
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

/// Asks for an export that one comes back to.
fn making(key: &str) -> Markup {
    html! {
        p { "A large one, or one with attached files, is made in the background. You need not wait here: it stands below when it is ready, and is kept for a day." }
        (shell::plain_form("/do/make-export", html! {
            (once())
            (shell::hidden("product", key))
            (shell::hidden("_back", &format!("/p/{key}/export")))
            (shell::select("Format", "format", choices(&["json", "csv", "markdown"], None)))
            (shell::checkbox("With attached files", "files").value("true"))
            (shell::submit("Have it made"))
        }))
    }
}

/// One's own exports, and how far each is.
fn asked_for(made: &[MadeExportView]) -> Markup {
    let rows = made
        .iter()
        .map(|one| {
            let size = u64::try_from(one.size).unwrap_or_default();
            let how = match one.state.as_str() {
                "waiting" => html! { "waits for its turn" },
                "running" => html! { "is being made" },
                "failed" => html! { "not made: " (one.note) },
                "gone" => html! { span.soft { "gone after its day" } },
                _ => html! {
                    (size_words(size))
                    @if let Some(until) = one.until { ", until " (shell::time_tag(until)) }
                },
            };
            vec![
                html! { (one.name) },
                shell::time_tag(one.asked_at),
                how,
                html! {
                    @if let Some(url) = &one.url {
                        a.btn.small href=(url) download data-turbo="false" data-turbo-prefetch="false" aria-label={ "Fetch " (one.name) } { "Fetch" }
                    }
                },
            ]
        })
        .collect();
    shell::data_table("Exports you asked for", &["Archive", "Asked for", "How far", ""], rows)
}

/// The archive of an export that was asked for.
async fn fetch(
    State(app): State<Shared>,
    Anybody(actor): Anybody,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let (ws, now) = (actor.workspace, app.clock.now());
    let sent = async {
        let id: Id = id.parse().map_err(|_| Error::NotFound("export"))?;
        let found = app.db.read(move |conn| export::archive(conn, &actor, id, now)).await?;
        let (hash, size, name) = found;
        let reader = app.db.files()?.read(ws, &hash, 0, size).await?;
        let mut all = as_archive(&name).into_iter().collect::<HeaderMap>();
        all.insert(header::CONTENT_LENGTH, size.into());
        Ok((all, body(reader)).into_response())
    };
    match sent.await {
        Ok(response) => response,
        Err(error) if headers.contains_key(header::AUTHORIZATION) => error_response(&error),
        Err(error) => error_page(&error, theme(&headers)),
    }
}

/// What a browser and a program are told of an archive.
fn as_archive(name: &str) -> [(header::HeaderName, header::HeaderValue); 4] {
    let value = |text: &str| {
        header::HeaderValue::from_str(text).unwrap_or(header::HeaderValue::from_static(""))
    };
    [
        (header::CONTENT_TYPE, value("application/gzip")),
        (header::CONTENT_DISPOSITION, value(&format!("attachment; filename=\"{name}\""))),
        (header::CACHE_CONTROL, value("no-store")),
        // It is compressed already.
        (header::CONTENT_ENCODING, value("identity")),
    ]
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
    let asked = Format::parse(&format).map(|format| Wanted {
        product: Some(product),
        format,
        files: false,
    });
    match archive(&app, actor, asked).await {
        Ok(response) => response,
        Err(error) => error_page(&error, theme(&headers)),
    }
}

#[derive(Deserialize)]
struct Asked {
    format: Option<String>,
    /// `true` for the bytes of attached files.
    files: Option<bool>,
}

impl Asked {
    fn wanted(self, product: Option<String>) -> Result<Wanted> {
        let format = Format::parse(self.format.as_deref().unwrap_or("json"))?;
        Ok(Wanted { product, format, files: self.files.unwrap_or_default() })
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
    let name = wanted.file_name();
    let (out, pieces) = tokio::sync::mpsc::channel(4);
    let (db, now) = (app.db.clone(), app.clock.now());
    let made = tokio::spawn(async move {
        let done = export::write(&db, &actor, products, &wanted, now, &out).await;
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
    Ok((as_archive(&name), Body::from_stream(pieces.chain(end))).into_response())
}
