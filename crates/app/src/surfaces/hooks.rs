//! Webhooks: messages of other systems, each proven with the secret of its own connection.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use super::Shared;
use crate::kernel::{Error, Id};
use crate::thread::git::{Heard, caller, hear};

/// The largest message: GitHub sends none that is larger.
const LARGEST: usize = 25 * 1024 * 1024;

pub(super) fn router() -> Router<Shared> {
    let hook = post(git).layer(DefaultBodyLimit::max(LARGEST));
    Router::new().route("/hooks/git/{source}", hook)
}

async fn git(State(app): State<Shared>, Path(source): Path<String>, request: Request) -> Response {
    match heard(&app, &source, request).await {
        Ok(heard) => Json(heard).into_response(),
        Err(Refusal::Said(error)) => {
            if matches!(error, Error::Unauthenticated(_)) {
                tracing::warn!(?source, "a webhook could not be proven");
            }
            told(&error)
        }
        Err(Refusal::TooLarge) => said(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The message is larger than 25 MB. Push in several parts, or send fewer events.",
        ),
        Err(Refusal::CutOff) => {
            said(StatusCode::BAD_REQUEST, "The message broke off. Send it again.")
        }
    }
}

enum Refusal {
    Said(Error),
    TooLarge,
    CutOff,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

/// Takes a message in three steps: by its headers, by its signature, and what it tells.
async fn heard(app: &Shared, source: &str, request: Request) -> Result<Heard, Refusal> {
    let source = source.parse::<Id>().map_err(|_| Error::Unauthenticated(String::new()))?;
    let headers = request.headers().clone();
    let named = headers.clone();
    let caller = app.db.read(move |conn| caller(conn, source, |name| text(&named, name))).await?;
    let length = text(&headers, header::CONTENT_LENGTH.as_str());
    if length.and_then(|l| l.parse::<usize>().ok()).is_some_and(|length| length > LARGEST) {
        return Err(Refusal::TooLarge);
    }
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| {
        match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            _ => Refusal::CutOff,
        }
    })?;
    // Neither the proof nor the reading of a large message holds others up.
    let told = tokio::task::spawn_blocking(move || caller.told(&body)).await;
    let told = told.map_err(Error::internal)??;
    let now = app.clock.now();
    Ok(app.db.write(move |tx| hear(tx, &told, now)).await?)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// What went wrong, for whoever reads the list of deliveries.
fn told(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match error {
        Error::Unauthenticated(_) => said(
            status,
            "There is no such connection, or the secret is another one. Copy both anew.",
        ),
        Error::Internal(text) => {
            tracing::error!(%text, "a webhook failed");
            said(status, "Something failed on our side. Send it again.")
        }
        other => said(status, &other.to_string()),
    }
}

fn said(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": { "message": message } }))).into_response()
}
