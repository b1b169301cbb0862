//! Imports: a file uploaded in the browser, or its bytes sent to the API. The file is read whole
//! before anything is written.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query as Params, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use wherefore_exchange::jira_csv;

use super::Shared;
use super::api::error_response;
use super::pages::{Page, error_page, product, show};
use super::session::{Program, Visitor, theme};
use crate::kernel::{Access, Actor, Error, Result};
use crate::shell::{self, Tone};
use crate::thread::import::{Report, import, preview};

/// Files up to 110 MB.
const LIMIT: usize = 110 * 1024 * 1024;

pub(super) fn pages() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/import", get(form).post(upload))
        .layer(DefaultBodyLimit::max(LIMIT))
}

pub(super) fn api() -> Router<Shared> {
    Router::new().route("/imports", post(send)).layer(DefaultBodyLimit::max(LIMIT))
}

/// Reads the file on a thread of its own, then looks or imports.
async fn run(
    app: &Shared,
    actor: Actor,
    product: String,
    name: String,
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<Report> {
    actor.check(Access::Write)?;
    let file = tokio::task::spawn_blocking(move || jira_csv::read(&bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|e| Error::Invalid { field: Some("file"), message: e.to_string() })?;
    if dry_run {
        return app.db.read(move |conn| preview(conn, &actor, &product, &file)).await;
    }
    import(&app.db, &app.clock, &actor, &product, &name, file).await
}

#[derive(Deserialize)]
struct Sent {
    product: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    dry_run: bool,
}

async fn send(
    State(app): State<Shared>,
    Program(actor): Program,
    Params(sent): Params<Sent>,
    body: Bytes,
) -> Response {
    match run(&app, actor, sent.product, sent.file, body.to_vec(), sent.dry_run).await {
        Ok(report) => (StatusCode::OK, axum::Json(report)).into_response(),
        Err(error) => error_response(&error),
    }
}

fn upload_form(key: &str) -> Markup {
    html! {
        form.form method="post" enctype="multipart/form-data" action={ "/p/" (key) "/import" }
            data-turbo="false" data-controller="submit-once" {
            label for="file" { "A CSV file exported from Jira" }
            input type="file" id="file" name="file" accept=".csv,text/csv" required;
            p.soft { "Nothing is written by a preview. The same file again changes nothing; edits made here stay." }
            div.acts {
                button.btn name="do" value="preview" { "Preview" }
                button.btn.go name="do" value="import" { "Import" }
            }
        }
    }
}

fn report_part(title: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            details {
                summary { (title) " (" (lines.len()) ")" }
                ul { @for line in lines.iter().take(500) { li { (line) } } }
            }
        }
    }
}

fn report_view(report: &Report) -> Markup {
    html! {
        @if report.applied {
            (shell::notice(Tone::Good, html! { "Imported." }))
        } @else {
            (shell::notice(Tone::Plain, html! { "A preview: nothing was written. Choose the file again and press Import." }))
        }
        (shell::stats(html! {
            (shell::stat("In the file", &report.items.to_string(), "items"))
            (shell::stat("New", &report.created.to_string(), ""))
            (shell::stat("Changed", &report.updated.to_string(), ""))
            (shell::stat("As before", &report.unchanged.to_string(), ""))
            (shell::stat("Comments", &report.comments.to_string(), "new"))
            (shell::stat("Links", &report.links.to_string(), "new"))
        }))
        (report_part("Edited on both sides: what stands here stays", &report.conflicts))
        (report_part("Columns and where they go", &report.columns))
        (report_part("New states", &report.new_states))
        (report_part("New people, who cannot sign in", &report.new_people))
        (report_part("New sprints", &report.new_sprints))
        (report_part("To look at", &report.warnings))
    }
}

async fn page(
    app: &Shared,
    visitor: Visitor,
    headers: &HeaderMap,
    key: String,
    report: Option<Report>,
) -> Response {
    show(app, visitor, headers, move |cx| {
        cx.actor.check(Access::Write)?;
        let product = product(cx, &key)?;
        let main = html! {
            @if let Some(report) = &report { (report_view(report)) }
            (upload_form(&product.key))
        };
        Ok(Page {
            title: format!("Import into {}", product.name),
            head: Some(shell::page_head(
                "Reports",
                "Import",
                html! { "From a Jira CSV export" },
                html! {},
            )),
            product: Some(product),
            active: "import",
            main,
            ..Page::default()
        })
    })
    .await
}

async fn form(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    page(&app, visitor, &headers, key, None).await
}

async fn upload(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    mut parts: Multipart,
) -> Response {
    let taken = async {
        let say = |e: axum::extract::multipart::MultipartError| Error::Invalid {
            field: Some("file"),
            message: format!("The upload broke off or is over 110 MB ({e}). Try again."),
        };
        let (mut name, mut bytes, mut verb) = (String::new(), Vec::new(), String::new());
        while let Some(part) = parts.next_field().await.map_err(say)? {
            match part.name() {
                Some("file") => {
                    name = part.file_name().unwrap_or_default().to_owned();
                    bytes = part.bytes().await.map_err(say)?.to_vec();
                }
                Some("do") => verb = part.text().await.map_err(say)?,
                _ => {}
            }
        }
        run(&app, visitor.0.clone(), key.clone(), name, bytes, verb != "import").await
    };
    match taken.await {
        Ok(report) => page(&app, visitor, &headers, key, Some(report)).await,
        Err(error) => error_page(&error, theme(&headers)),
    }
}
