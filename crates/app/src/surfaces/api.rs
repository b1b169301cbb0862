//! REST: each registry entry at its method and path under `/api/v1`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::RawPathParams;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use serde_json::{Map, Value as Json, json};

use super::registry::{ENTRIES, schema};
use super::session::Program;
use super::{Shared, forms};
use crate::kernel::{Actor, Error, Result};
use crate::store::{Call, Entry};

/// An error as JSON, the same shape everywhere.
pub(super) fn error_response(error: &Error) -> Response {
    if let Error::Internal(text) = error {
        tracing::error!(%text, "a request failed");
    }
    let message = match error {
        Error::Internal(_) => "Something failed on our side. The log says more.".to_owned(),
        other => other.to_string(),
    };
    let mut body = json!({ "code": error.code(), "message": message });
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
    let mut router = Router::new();
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
                            body: Bytes| async move {
            let input = input(entry, &path, query.as_deref(), &headers, &body);
            match input {
                Ok(input) => answer(&app, entry, actor, input, &headers).await,
                Err(error) => error_response(&error),
            }
        };
        router = router.route(entry.meta.path, on(filter, handler));
    }
    router.fallback(|| async { error_response(&Error::NotFound("address")) })
}

async fn answer(
    app: &Shared,
    entry: &'static Entry,
    actor: Actor,
    mut input: Map<String, Json>,
    headers: &HeaderMap,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let reason = input.remove("reason").and_then(|r| r.as_str().map(str::to_owned));
    let submission = text("idempotency-key").filter(|k| k.len() <= 200);
    let call = Call { input: Json::Object(input), reason, submission };
    match (entry.invoke)(&app.db, &app.clock, actor, call).await {
        Ok(done) => {
            app.metrics.changed(&done, "api");
            // What was made has a key or an id of its own; a count of changes has none.
            let made = done.output.get("key").or_else(|| done.output.get("id")).is_some();
            let created = entry.meta.method == "POST" && !entry.meta.path.contains('{') && made;
            let status = if created { StatusCode::CREATED } else { StatusCode::OK };
            let mut response = (status, axum::Json(done.output)).into_response();
            if let Some(change) = done.change
                && let Ok(value) = change.to_string().parse()
            {
                response.headers_mut().insert("x-change", value);
            }
            response
        }
        Err(error) => error_response(&error),
    }
}

/// Path, query and body as one input; the path wins.
fn input(
    entry: &Entry,
    path: &RawPathParams,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Map<String, Json>> {
    let mut all = Map::new();
    if entry.changes && !body.is_empty() {
        let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Err(Error::Invalid {
                field: None,
                message: "Send the body as JSON, with “Content-Type: application/json”.".into(),
            });
        }
        match serde_json::from_slice(body) {
            Ok(Json::Object(map)) => all = map,
            Ok(_) => {
                let message = "The body must be a JSON object.".into();
                return Err(Error::Invalid { field: None, message });
            }
            Err(e) => {
                let message = format!("The body is not JSON: {e}.");
                return Err(Error::Invalid { field: None, message });
            }
        }
    }
    let pairs = query.map(forms::pairs).unwrap_or_default();
    let path = path.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    let schema = schema(entry);
    for (key, value) in forms::typed(&schema, pairs.into_iter().chain(path)) {
        all.insert(key, value);
    }
    Ok(all)
}
