//! REST: each registry entry at its method and path under `/api/v1`.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, RawPathParams, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http_body_util::Limited;
use serde_json::{Map, Value as Json, json};

use super::registry::{ENTRIES, schema};
use super::session::Program;
use super::upload::{is_file, receive, stage};
use super::{BODY_LIMIT, Shared, forms};
use crate::kernel::{Actor, Error, Result};
use crate::store::{Call, Entry};

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// An error as JSON, the same shape everywhere.
pub(super) fn error_response(error: &Error) -> Response {
    if let Error::Internal(text) = error {
        tracing::error!(%text, "a request failed");
    }
    let mut body = json!({ "code": error.code(), "message": error.told() });
    match error {
        Error::Invalid { field: Some(field), .. } => body["field"] = json!(field),
        Error::Conflict(conflict) => body["conflict"] = json!(conflict),
        Error::TooMany(seconds) => body["retry_after"] = json!(seconds),
        _ => {}
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(json!({ "error": body }))).into_response();
    if let Error::TooMany(seconds) = error {
        response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    response
}

pub(super) fn router() -> Router<Shared> {
    let mut router = super::exports::api();
    for entry in ENTRIES {
        let filter = match entry.meta.method {
            "GET" => MethodFilter::GET,
            "PATCH" => MethodFilter::PATCH,
            "DELETE" => MethodFilter::DELETE,
            _ => MethodFilter::POST,
        };
        let handler = move |State(app): State<Shared>,
                            Program(actor): Program,
                            path: RawPathParams,
                            RawQuery(query): RawQuery,
                            headers: HeaderMap,
                            request: Request| async move {
            // Before a hundred megabytes are taken from somebody who may not send them.
            if entry.changes
                && !entry.takes.is_empty()
                && let Err(error) = actor.check(entry.meta.access)
            {
                return error_response(&error);
            }
            match gather(&app, entry, &path, query.as_deref(), &headers, request).await {
                Ok(call) => answer(&app, entry, actor, call).await,
                Err(refusal) => *refusal,
            }
        };
        // Uploads are measured while they are packed.
        let limit = if entry.takes.is_empty() {
            DefaultBodyLimit::max(BODY_LIMIT)
        } else {
            DefaultBodyLimit::disable()
        };
        router = router.route(entry.meta.path, on(filter, handler).layer(limit));
    }
    router.fallback(|| async { error_response(&Error::NotFound("address")) })
}

/// All that a request brings to an entry, or why it cannot be taken.
async fn gather(
    app: &Shared,
    entry: &Entry,
    path: &RawPathParams,
    query: Option<&str>,
    headers: &HeaderMap,
    request: Request,
) -> std::result::Result<Call, Box<Response>> {
    let refused = |error: Error| Box::new(error_response(&error));
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let submission = text("idempotency-key").filter(|k| k.len() <= 200);
    let mut call = Call { submission, ..Call::default() };
    let mut all = Map::new();
    let pairs = query.map(forms::pairs).unwrap_or_default();
    if is_file(headers, entry.takes) {
        let name = pairs.iter().find(|(key, _)| key == "file").map_or("", |(_, name)| name);
        let received = if entry.stages {
            let files = app.db.files().map_err(refused)?;
            stage(request, name, &files).await.map_err(refused)?
        } else {
            receive(request, name).await.map_err(refused)?
        };
        if received.staged.len() > 1 {
            let message = "Send one file at a time.";
            return Err(refused(Error::invalid("file", message)));
        }
        let fields = received.fields.into_iter().filter_map(|(k, v)| Some((k, v.as_str()?.into())));
        all = forms::typed(schema(entry), fields);
        call.file = received.file;
        call.staged = received.staged.into_iter().next();
    } else {
        // Where files are taken a large body fits, but not as JSON.
        let body = request.map(|body| Body::new(Limited::new(body, BODY_LIMIT)));
        let body = Bytes::from_request(body, &()).await;
        let body = body.map_err(|rejection| Box::new(rejection.into_response()))?;
        if entry.changes && !body.is_empty() {
            all = json_body(headers, &body).map_err(refused)?;
        }
    }
    let path = path.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    for (key, value) in forms::typed(schema(entry), pairs.into_iter().chain(path)) {
        all.insert(key, value);
    }
    call.reason = all.remove("reason").and_then(|r| r.as_str().map(str::to_owned));
    call.input = Json::Object(all);
    Ok(call)
}

/// A body as a JSON object.
fn json_body(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Json>> {
    let wrong = |message: String| Err(Error::Invalid { field: None, message });
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return wrong("Send the body as JSON, with “Content-Type: application/json”.".into());
    }
    match serde_json::from_slice(body) {
        Ok(Json::Object(map)) => Ok(map),
        Ok(_) => wrong("The body must be a JSON object.".into()),
        Err(e) => wrong(format!("The body is not JSON: {e}.")),
    }
}

async fn answer(app: &Shared, entry: &'static Entry, actor: Actor, call: Call) -> Response {
    let done = entry.invoke(&app.db, &app.clock, actor.clone(), call).await;
    match done {
        Ok(done) => {
            app.metrics.changed(&done, "api");
            // What was made has a key or an id of its own; a count of changes has none.
            let made = || ["key", "id"].iter().any(|name| done.output.word(name).is_some());
            let created = entry.meta.method == "POST" && !entry.meta.path.contains('{') && made();
            let status = if created { StatusCode::CREATED } else { StatusCode::OK };
            let mut response = (status, JSON, done.output.into_text()).into_response();
            if let Some(change) = done.change
                && let Ok(value) = change.to_string().parse()
            {
                response.headers_mut().insert("x-change", value);
            }
            response
        }
        Err(error) => error_response(&forms::with_names(app, actor, error).await),
    }
}
