//! Webhooks: messages of other systems, each proven with the secret of its own connection.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use super::Shared;
use crate::kernel::{Error, Id};
use crate::thread::git::{Message, hear};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/hooks/git/{source}", post(git))
}

async fn git(
    State(app): State<Shared>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(source) = source.parse::<Id>() else {
        return told(&Error::Unauthenticated(String::new()));
    };
    // Gitea sends GitHub's names as well; one of each is looked for, in the way of the connection.
    let headers = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let (message, now) = (Message { source, headers, body: body.to_vec() }, app.clock.now());
    match app.db.write(move |tx| hear(tx, &message, now)).await {
        Ok(heard) => Json(heard).into_response(),
        Err(error) => {
            if matches!(error, Error::Unauthenticated(_)) {
                tracing::warn!(%source, "a webhook could not be proven");
            }
            told(&error)
        }
    }
}

/// What went wrong, for whoever reads the list of deliveries.
fn told(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = match error {
        Error::Unauthenticated(_) => {
            "There is no such connection, or the secret is another one. Copy both anew.".to_owned()
        }
        Error::Internal(text) => {
            tracing::error!(%text, "a webhook failed");
            "Something failed on our side. Send it again.".to_owned()
        }
        other => other.to_string(),
    };
    (status, Json(json!({ "error": { "message": message } }))).into_response()
}
