//! The floors: a bare axum handler for each recorded request, which runs the same statements on the
//! bare driver and sends the same bytes. A change is one transaction a request.

mod postgres;
mod sqlite;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use crate::Engine;
use crate::replay::{Fill, Page, Script};

/// Serves the floors of one world.
#[derive(clap::Args)]
pub struct Floor {
    #[arg(long)]
    script: PathBuf,
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    engine: Engine,
    /// The data folder, or the database's address.
    #[arg(long)]
    target: String,
}

enum Driver {
    Sqlite(sqlite::Floor),
    Postgres(postgres::Floor),
}

struct Floors {
    driver: Driver,
    cases: HashMap<String, Vec<Served>>,
    turn: AtomicUsize,
}

/// A recorded request with what its runs count.
pub(super) struct Served {
    page: Arc<Page>,
    body: Bytes,
    counts: Arc<Counts>,
}

/// What must differ from run to run.
#[derive(Default)]
pub(super) struct Counts {
    runs: AtomicU64,
    /// The item's revision, known once the first run has looked.
    revision: AtomicI64,
}

impl Counts {
    /// For the next run.
    fn fill(&self) -> Fill {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        Fill { ids: Vec::new(), number, first_seq: 0, revision: 0 }
    }
}

impl Floor {
    pub async fn serve(self) -> anyhow::Result<()> {
        let script: Script = serde_json::from_slice(&std::fs::read(&self.script)?)?;
        let driver = match self.engine {
            Engine::Sqlite => Driver::Sqlite(sqlite::Floor::open(&self.target)?),
            Engine::Postgres => Driver::Postgres(postgres::Floor::open(&self.target)?),
        };
        let mut cases: HashMap<String, Vec<Served>> = HashMap::new();
        for page in script.pages {
            let body = Bytes::from(page.body.clone());
            let served = Served { body, page: Arc::new(page), counts: Arc::default() };
            cases.entry(served.page.case.clone()).or_default().push(served);
        }
        let floors = Arc::new(Floors { driver, cases, turn: AtomicUsize::new(0) });
        let app = Router::new().route("/{case}", any(answer)).with_state(floors);
        let listener = tokio::net::TcpListener::bind(self.listen).await?;
        println!("http://{}", self.listen);
        axum::serve(listener, app).await?;
        Ok(())
    }
}

async fn answer(State(floors): State<Arc<Floors>>, Path(case): Path<String>) -> Response {
    let Some(all) = floors.cases.get(&case) else { return StatusCode::NOT_FOUND.into_response() };
    let served = &all[floors.turn.fetch_add(1, Ordering::Relaxed) % all.len()];
    let done = match &floors.driver {
        Driver::Sqlite(floor) => floor.run(served).await,
        Driver::Postgres(floor) => floor.run(served).await,
    };
    match done {
        Ok(()) => {
            let kind = served.page.content_type.clone();
            ([(header::CONTENT_TYPE, kind)], served.body.clone()).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}
