//! Figures for a monitoring system: counts and times by route template, never names or content.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::Shared;
use super::session::{by_bearer, by_cookie};
use crate::kernel::{Access, Actor, Error, Result};
use crate::store::Done;

const REQUESTS: &str = "wherefore_requests_total";
const SECONDS: &str = "wherefore_request_seconds";
const CHANGES: &str = "wherefore_changes_total";
const LIVE: &str = "wherefore_live_connections";
const WAITING: &str = "wherefore_database_waiting";
const UP: &str = "wherefore_database_up";

/// Upper bounds of the buckets of request times, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];

/// After how many requests the times are sorted into their buckets, where nobody asks for them.
const UPKEEP: u64 = 1024;

/// The figures of one router. Its own recorder rather than a global one: tests have many routers.
pub(super) struct Metrics {
    recorder: PrometheusRecorder,
    requests: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        // Refused only for an empty list of buckets; times would then be quantiles.
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS);
        let recorder = builder.unwrap_or_else(|_| PrometheusBuilder::new()).build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!(REQUESTS, "Answered requests by method, route and status");
            describe_histogram!(SECONDS, "Time from a request to its answer, by method and route");
            describe_counter!(CHANGES, "Committed changes by surface");
            describe_gauge!(LIVE, "Browsers that listen for live updates");
            describe_gauge!(WAITING, "Database jobs that wait for their turn");
            describe_gauge!(UP, "Whether the database answers");
        });
        Self { recorder, requests: AtomicU64::new(0) }
    }
}

impl Metrics {
    fn record<T>(&self, figures: impl FnOnce() -> T) -> T {
        with_local_recorder(&self.recorder, figures)
    }

    /// Counts a change, where there was one.
    pub(super) fn changed(&self, done: &Done, via: &'static str) {
        if done.change.is_some() {
            self.record(|| counter!(CHANGES, "via" => via).increment(1));
        }
    }

    fn answered(&self, method: &'static str, route: String, status: StatusCode, seconds: f64) {
        self.record(|| {
            histogram!(SECONDS, "method" => method, "route" => route.clone()).record(seconds);
            let status = status.as_str().to_owned();
            counter!(REQUESTS, "method" => method, "route" => route, "status" => status)
                .increment(1);
        });
        if self.requests.fetch_add(1, Ordering::Relaxed) % UPKEEP == UPKEEP - 1 {
            self.recorder.handle().run_upkeep();
        }
    }
}

/// One listening browser, for as long as it listens.
pub(super) struct Listening(Shared);

impl Listening {
    pub(super) fn new(app: Shared) -> Self {
        app.metrics.record(|| gauge!(LIVE).increment(1.0));
        Self(app)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.metrics.record(|| gauge!(LIVE).decrement(1.0));
    }
}

/// Counts every request under its route's template: addresses would tell what people look at.
pub(super) async fn count(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "other",
    };
    let begun = Instant::now();
    let answer = next.run(request).await;
    let seconds = begun.elapsed().as_secs_f64();
    let route = route.unwrap_or_else(|| "none".into());
    app.metrics.answered(method, route, answer.status(), seconds);
    answer
}

/// Answers programs on this machine, and admins from elsewhere.
pub(super) async fn serve(
    State(app): State<Shared>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = permit(&app, peer.map(|p| p.0.0), &headers).await {
        return super::api::error_response(&error);
    }
    let up = app.db.read(crate::people::accounts::is_empty).await.is_ok();
    let text = app.metrics.record(|| {
        gauge!(UP).set(f64::from(u8::from(up)));
        gauge!(WAITING).set(app.db.waiting() as f64);
        gauge!(LIVE).increment(0.0);
        app.metrics.recorder.handle().render()
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// A proxy on this machine speaks for strangers; it says so in these headers.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

async fn permit(app: &Shared, peer: Option<SocketAddr>, headers: &HeaderMap) -> Result<()> {
    let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    if peer.is_some_and(|peer| peer.ip().is_loopback()) && !forwarded && app.public_url.is_none() {
        return Ok(());
    }
    let actor: Actor = match by_cookie(headers, app).await? {
        Some(actor) => actor,
        None => by_bearer(headers, peer, app).await.map_err(|error| match error {
            Error::Unauthenticated(_) => Error::Unauthenticated(
                "Figures are for programs on this machine and for admins: send an admin's token as “Authorization: Bearer …”.".into(),
            ),
            other => other,
        })?,
    };
    actor.check_role(Access::Admin)
}
