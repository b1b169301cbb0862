//! The outside: pages, forms, REST, live updates. No SQL and no rules: all go to the registry's
//! actions and queries.

mod api;
mod forms;
mod imports;
mod live;
mod openapi;
mod pages;
mod refusals;
pub mod registry;
mod session;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::db::Db;
use crate::kernel::Clock;
use crate::thread::reads::Reads;

pub use openapi::document as openapi_document;

/// What every handler needs.
pub struct App {
    pub db: Db,
    pub clock: Clock,
    /// The address that people use, where a proxy stands before the server: decides about secure
    /// cookies and links.
    pub public_url: Option<String>,
    /// Evidence that was opened and is not yet written down; `jobs::write_reads` does.
    pub reads: Reads,
}

pub(crate) type Shared = Arc<App>;

/// Forms and JSON up to this size; imports have their own limit.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The longest that a client may pause while it sends a body.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    let app: Shared = Arc::new(app);
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    let mut router = Router::new()
        .merge(crate::shell::assets::router())
        .merge(pages::router())
        .merge(imports::pages())
        .merge(sign_in::router())
        .merge(forms::router())
        .nest("/api/v1", api::router().merge(imports::api()))
        .route("/openapi.json", get(openapi::serve))
        .route("/live", get(live::stream))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(pages::missing)
        .layer(axum::middleware::from_fn_with_state(app.clone(), session::same_origin))
        .layer(axum::middleware::from_fn(refusals::in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new());
    for (name, value) in headers {
        router = router
            .layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.with_state(app)
}

async fn ready(State(app): State<Shared>) -> Response {
    match app.db.read(crate::people::accounts::is_empty).await {
        Ok(_) => "ready".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

/// Counts for a monitoring system; no names, no content.
async fn metrics(State(app): State<Shared>) -> Response {
    let up = u8::from(app.db.read(crate::people::accounts::is_empty).await.is_ok());
    let text = format!(
        "# HELP wherefore_database_up Whether the database answers.\n# TYPE wherefore_database_up gauge\nwherefore_database_up {up}\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
