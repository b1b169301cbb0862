//! Connections: taken until the server is asked to stop, then brought to their end.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use futures_util::StreamExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt;

/// How long a client may take to send the head of a request; one that dribbles is let go.
const HEAD: Duration = Duration::from_secs(15);
/// How long open requests have to end once the server stops.
const GRACE: Duration = Duration::from_secs(30);

/// Whether the server was asked to stop.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Hears the first interrupt (Ctrl-C) or SIGTERM; the second ends the program at once.
    pub fn on_signals() -> anyhow::Result<Self> {
        let (ask, asked) = watch::channel(false);
        let mut signals = Signals::new().context("signals cannot be heard")?;
        tokio::spawn(async move {
            signals.next().await;
            let _ = ask.send(true);
            signals.next().await;
            eprintln!("Stopped at once; open requests were cut off.");
            std::process::exit(1);
        });
        Ok(Self(asked))
    }

    /// Returns once it was asked.
    pub async fn asked(&self) {
        let mut asked = self.0.clone();
        // The sender lives in a task that never ends before.
        let _ = asked.wait_for(|asked| *asked).await;
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Serves until it is asked to stop and every open request has ended.
pub async fn serve(listener: TcpListener, app: Router, stop: Stop) -> anyhow::Result<()> {
    let app = app.layer(map_response_with_state(stop.clone(), end_streams));
    let open = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
            () = stop.asked() => break,
        };
        // Answers are written whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let service =
            TowerToHyperService::new(app.clone().map_request(move |request| known(request, peer)));
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => Ok(()),
        () = tokio::time::sleep(GRACE) => bail!("Some requests did not end within {} s and were cut off.", GRACE.as_secs()),
    }
}

fn known<B>(request: Request<B>, peer: SocketAddr) -> Request
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// A client that went away says nothing of the next one; where files run out, waiting helps.
async fn pause_after(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Event streams never end by themselves: they end when the server stops.
async fn end_streams(State(stop): State<Stop>, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let stopped = Box::pin(async move { stop.asked().await });
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().take_until(stopped)))
}
