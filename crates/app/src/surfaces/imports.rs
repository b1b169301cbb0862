//! Imports in the browser: upload, preview with its choices, progress that can be left and returned
//! to, report. Without scripts the progress page fetches itself again.

mod choose;
mod show;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawForm, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::pages::{Page, error_page, product, show as show_page};
use super::session::{Visitor, theme};
use super::upload::receive;
use super::{Shared, forms, registry};
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::shell;
use crate::store::{Call, Query};
use crate::thread::import::{GetImport, ListImports};

pub(super) fn pages() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/import", get(begin).post(upload))
        .layer(DefaultBodyLimit::disable())
        .route("/p/{product}/import/{import}", get(one).post(decide))
}

/// Runs an entry of the registry, as forms and programs do.
async fn invoke(app: &Shared, actor: Actor, name: &str, mut call: Call) -> Result<Json> {
    let entry = registry::entry(name).ok_or_else(|| Error::internal("no such entry"))?;
    if let Json::Object(map) = &mut call.input {
        map.retain(|_, value| !value.is_null());
    }
    Ok(entry.invoke(&app.db, &app.clock, actor, call).await?.output.json())
}

fn to(path: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

async fn begin(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    begin_page(&app, visitor, &headers, key, None).await
}

/// The page with the form and the imports so far; what was wrong with an upload stands above.
async fn begin_page(
    app: &Shared,
    visitor: Visitor,
    headers: &HeaderMap,
    key: String,
    wrong: Option<Error>,
) -> Response {
    let status = wrong.as_ref().map_or(200, Error::status);
    let page = show_page(app, visitor, headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let imports = ListImports { product: product.key.clone() }.run(cx)?;
        let main = html! {
            @if let Some(error) = &wrong { (forms::explain(error)) }
            (show::upload_form(&product.key))
            (show::list(&imports, cx.now))
        };
        Ok(Page {
            title: format!("Import into {}", product.name),
            head: Some(shell::page_head(
                "",
                "Import",
                html! { "From Jira, or from another Wherefore" },
                html! {},
            )),
            product: Some(product),
            active: "import",
            main,
            ..Page::default()
        })
    })
    .await;
    with_status(page, status)
}

fn with_status(mut page: Response, status: u16) -> Response {
    if page.status() == StatusCode::OK
        && let Ok(status) = StatusCode::from_u16(status)
    {
        *page.status_mut() = status;
    }
    page
}

async fn upload(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let sent = async {
        // Before a hundred megabytes are taken from somebody who may not import.
        visitor.0.check(Access::Write)?;
        let received = receive(request, "").await?;
        let call = Call {
            input: json!({ "product": key }),
            file: received.file.filter(|file| file.size > 0 || !file.name.is_empty()),
            ..Call::default()
        };
        invoke(&app, visitor.0.clone(), "upload-import", call).await
    };
    match sent.await {
        Ok(import) => to(format!("/p/{key}/import/{}", import["id"].as_str().unwrap_or_default())),
        Err(error @ (Error::Invalid { .. } | Error::Refused(_))) => {
            begin_page(&app, visitor, &headers, key, Some(error)).await
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

async fn one(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, import)): Path<(String, String)>,
) -> Response {
    one_page(&app, visitor, &headers, (key, import), None).await
}

fn id_of(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("import"))
}

async fn one_page(
    app: &Shared,
    visitor: Visitor,
    headers: &HeaderMap,
    (key, import): (String, String),
    wrong: Option<Error>,
) -> Response {
    let status = wrong.as_ref().map_or(200, Error::status);
    let page = show_page(app, visitor, headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let import = GetImport { import: id_of(&import)? }.run(cx)?;
        if import.product != product.key {
            return Err(Error::NotFound("import"));
        }
        let body: Markup = match import.state.as_str() {
            "uploaded" => choose::preview(cx, &product, &import)?,
            "running" => show::progress(&import),
            "applied" if import.progress.is_some() => show::progress(&import),
            _ => show::report(&product.key, &import),
        };
        Ok(Page {
            title: format!("Import of {}", import.file),
            head: Some(show::head(&import, cx.now)),
            product: Some(product),
            active: "import",
            main: html! {
                @if let Some(error) = &wrong { (forms::explain(error)) }
                (body)
            },
            ..Page::default()
        })
    })
    .await;
    with_status(page, status)
}

/// The preview's buttons: import, look again with other choices, discard.
async fn decide(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, import)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let pairs = forms::pairs(&String::from_utf8_lossy(&body));
    let verb = pairs.iter().find(|(name, _)| name == "do").map_or("", |(_, verb)| verb).to_owned();
    let actor = visitor.0.clone();
    let call = |input: Json| Call { input, ..Call::default() };
    let done = async {
        id_of(&import)?;
        if verb == "discard" {
            return invoke(&app, actor, "discard-import", call(json!({ "import": import }))).await;
        }
        let shown =
            invoke(&app, actor.clone(), "get-import", call(json!({ "import": import }))).await?;
        let choices = choose::choices(&shown, &pairs);
        if shown["state"] == "uploaded" && choices != shown["choices"] {
            let input = json!({ "import": import, "choices": choices });
            invoke(&app, actor.clone(), "map-import", call(input)).await?;
        }
        match verb.as_str() {
            "apply" => invoke(&app, actor, "apply-import", call(json!({ "import": import }))).await,
            _ => Ok(Json::Null),
        }
    };
    match done.await {
        Ok(_) if verb == "discard" => to(format!("/p/{key}/import")),
        Ok(_) => to(format!("/p/{key}/import/{import}")),
        Err(error @ (Error::Invalid { .. } | Error::Refused(_))) => {
            one_page(&app, visitor, &headers, (key, import), Some(error)).await
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}
