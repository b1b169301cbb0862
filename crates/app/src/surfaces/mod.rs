//! The outside: pages, forms, REST, live updates. No SQL and no rules: all go to the registry's
//! actions and queries.

mod api;
mod evidence_import;
mod exports;
mod files;
mod forms;
mod hooks;
mod imports;
mod limits;
mod live;
pub mod mcp;
mod metrics;
mod openapi;
mod pages;
mod portal;
pub mod reference;
mod refusals;
pub mod registry;
mod session;
mod sign_in;
mod upload;

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
use crate::jobs::mail::Post;
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
    /// Requests that a program may make each minute with one token; `None` for as many as it likes.
    pub api_rate: Option<u32>,
    /// How mail leaves, and what links in it begin with.
    pub post: Arc<Post>,
}

/// The app with what its router keeps beside it.
pub(crate) struct Site {
    app: App,
    metrics: metrics::Metrics,
    limits: limits::Limits,
}

impl std::ops::Deref for Site {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

pub(crate) type Shared = Arc<Site>;

/// Forms and JSON up to this size; imports have their own limit.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The longest that a client may pause while it sends a body.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    let (metrics, limits) = (metrics::Metrics::default(), limits::Limits::default());
    let app: Shared = Arc::new(Site { app, metrics, limits });
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
        .merge(evidence_import::pages())
        .merge(exports::pages())
        .merge(sign_in::router(app.clone()))
        .merge(pages::prioritising::doors(app.clone()))
        .merge(pages::roadmap::doors(app.clone()))
        .merge(forms::router())
        .merge(files::router())
        .merge(hooks::router())
        .merge(mcp::router())
        .merge(portal::router(app.clone()))
        .merge(pages::digest::doors(app.clone()))
        .nest("/api/v1", api::router())
        .route("/openapi.json", get(openapi::serve))
        .route("/live", get(live::stream))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::serve))
        .fallback(pages::missing)
        .layer(axum::middleware::from_fn_with_state(app.clone(), session::same_origin))
        .layer(axum::middleware::from_fn(refusals::in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(axum::middleware::from_fn_with_state(app.clone(), metrics::count))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new());
    for (name, value) in headers {
        router = router
            .layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.layer(axum::middleware::from_fn(portal::framing)).with_state(app)
}

async fn ready(State(app): State<Shared>) -> Response {
    match app.db.read(crate::people::accounts::is_empty).await {
        Ok(_) => "ready".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}
