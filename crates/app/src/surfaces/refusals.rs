//! What the HTTP layer refuses before a handler sees it (too large, cut off, the wrong method) said as
//! every other error is, and when to try again.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;

use super::session::theme;
use crate::shell::Plain;

/// Seconds after which a store that could not take or give data is worth another try.
const AGAIN: HeaderValue = HeaderValue::from_static("5");

/// Puts bare refusals into words, and adds when to try again.
pub(super) async fn in_our_words(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let api = path.starts_with("/api/") || path == "/mcp";
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(AGAIN);
    }
    match words(response.status(), &method) {
        Some((code, message)) if bare(&response) => {
            let said = say(response.status(), code, &message, api, &headers);
            // Which methods are allowed stays as it was found out.
            let allow = response.headers_mut().remove(header::ALLOW);
            with_allow(said, allow)
        }
        _ => response,
    }
}

/// Whether an answer is the HTTP layer's own: plain text or nothing.
fn bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// A code for programs and what to do about it.
fn words(status: StatusCode, method: &Method) -> Option<(&'static str, String)> {
    let (code, message) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too-large",
            "What was sent is too large: 8 MB can be taken at once, 110 MB for an import. Send \
             less, or in several parts."
                .to_owned(),
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method-not-allowed",
            format!("This address takes no {method}. The Allow header says what it takes."),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported-media-type",
            "What was sent is of another type than is taken here. Send a form as the page does."
                .to_owned(),
        ),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => (
            "invalid",
            "What was sent is not complete or cannot be read. Check the address and the fields, \
             and send it again."
                .to_owned(),
        ),
        _ => return None,
    };
    Some((code, message))
}

fn say(status: StatusCode, code: &str, message: &str, api: bool, headers: &HeaderMap) -> Response {
    if api {
        let error = json!({ "error": { "code": code, "message": message } });
        return (status, axum::Json(error)).into_response();
    }
    let title = "Not done";
    let main = html! {
        h1 { (title) }
        p { (message) }
        p { a href="/" { "To your products" } }
    };
    (status, Plain { theme: theme(headers), ..Plain::new(title) }.render(main)).into_response()
}

fn with_allow(mut response: Response, allow: Option<HeaderValue>) -> Response {
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
