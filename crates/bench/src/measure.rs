//! The measuring itself: one client for how long a request takes, 32 for how many there can be.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde::{Deserialize, Serialize};
use wherefore_app::db::Target;

use crate::Engine;
use crate::cases::board;
use crate::http::{Client, get, header};
use crate::record::{Recording, record};
use crate::replay::Script;
use crate::world::{Server, World};

const CLIENTS: usize = 32;

/// How long each measurement takes, in how many turns of product and floor.
pub struct Pace {
    warm: Duration,
    alone: Duration,
    together: Duration,
    turns: u32,
    starts: usize,
}

impl Pace {
    pub const FULL: Self = Self {
        warm: Duration::from_millis(200),
        alone: Duration::from_secs(1),
        together: Duration::from_secs(1),
        turns: 3,
        starts: 9,
    };
    pub const QUICK: Self = Self {
        warm: Duration::from_millis(100),
        alone: Duration::from_millis(400),
        together: Duration::from_millis(600),
        turns: 1,
        starts: 3,
    };
}

/// How fast something was.
#[derive(Serialize, Deserialize, Clone, Copy, Default)]
pub struct Speed {
    /// Milliseconds with one client.
    pub p50: f64,
    pub p99: f64,
    /// Requests a second with 32 clients.
    pub rate: f64,
}

/// One case in one world, beside its floor.
#[derive(Serialize, Deserialize, Clone)]
pub struct Line {
    pub case: String,
    pub title: String,
    pub bytes: usize,
    pub statements: usize,
    pub product: Speed,
    pub floor: Speed,
}

/// All that was measured in one world.
#[derive(Serialize, Deserialize, Clone)]
pub struct Measured {
    pub engine: Engine,
    pub items: usize,
    /// Seconds, where this run made the world.
    pub made_in: Option<f64>,
    /// Milliseconds from starting the program to the first page, the median.
    pub start: f64,
    /// KiB of memory, its own share.
    pub idle: u64,
    pub loaded: u64,
    /// What a browser that comes for the first time downloads for the board, compressed.
    pub board_bytes: usize,
    pub script_bytes: usize,
    pub lines: Vec<Line>,
}

/// Measures the worlds of one engine. All of them and their floors take turns, case by case, so that
/// what else the machine does meets all alike.
pub async fn worlds(
    program: &Path,
    worlds: &[World],
    pace: &Pace,
) -> anyhow::Result<Vec<Measured>> {
    let mut running = Vec::new();
    for world in worlds {
        running.push(Running::start(program, world, pace).await?);
    }
    let cases = running.iter().map(|world| world.recording.cases.len()).min().unwrap_or_default();
    for case in 0..cases {
        let mut taken = running.iter().map(|world| world.taken(case)).collect::<Vec<_>>();
        for _ in 0..pace.turns {
            for (product, floor) in &mut taken {
                product.turn(pace).await?;
                floor.turn(pace).await?;
            }
        }
        for (world, (product, floor)) in running.iter_mut().zip(taken) {
            let line = world.line(case, product.speed(pace), floor.speed(pace));
            world.measured.lines.push(line);
        }
    }
    let mut measured = Vec::new();
    for world in running {
        measured.push(world.end().await?);
    }
    Ok(measured)
}

/// One world being measured: the product at work on it, and its floor.
struct Running {
    recording: Recording,
    server: Server,
    floor: Floor,
    measured: Measured,
}

impl Running {
    async fn start(program: &Path, world: &World, pace: &Pace) -> anyhow::Result<Self> {
        eprintln!("measuring {} items on {}", world.items, world.engine);
        let recording = record(world).await?;
        let start = start(program, &world.target, pace.starts).await?;
        let server = Server::start(program, &world.target, &["serve"])?;
        server.first_answer().await?;
        let (board_bytes, script_bytes) = downloads(server.address, &recording).await?;
        // What it does right after its start is not idling.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let measured = Measured {
            engine: world.engine,
            items: world.items,
            made_in: world.made_in.map(|time| time.as_secs_f64()),
            start,
            idle: server.memory()?,
            loaded: 0,
            board_bytes,
            script_bytes,
            lines: Vec::new(),
        };
        let floor = Floor::start(world, &recording.script)?;
        Ok(Self { recording, server, floor, measured })
    }

    /// The product and the floor of a case, nothing taken yet.
    fn taken(&self, case: usize) -> (Taken, Taken) {
        let case = &self.recording.cases[case];
        // The item that was recorded is the floor's own: it counts its revisions.
        let own = usize::from(case.writes && case.requests.len() > 1);
        let asked = case.requests.iter().skip(own);
        let asked = asked.map(|a| a.bytes(&self.recording.secrets)).collect();
        let bare = vec![get(&format!("/{}", case.name), &[])];
        let floor = self.floor.server.address;
        (Taken::new(self.server.address, Arc::new(asked)), Taken::new(floor, Arc::new(bare)))
    }

    fn line(&self, case: usize, product: Speed, floor: Speed) -> Line {
        let case = &self.recording.cases[case];
        let pages = || self.recording.script.pages.iter().filter(|page| page.case == case.name);
        let count = pages().count().max(1);
        Line {
            case: case.name.into(),
            title: case.title.into(),
            bytes: pages().map(|page| page.body.len()).sum::<usize>() / count,
            statements: pages().map(|page| page.steps.len()).sum::<usize>() / count,
            product,
            floor,
        }
    }

    async fn end(mut self) -> anyhow::Result<Measured> {
        drop(self.floor);
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.measured.loaded = self.server.memory()?;
        self.server.stop()?;
        Ok(self.measured)
    }
}

/// The floors, in a process of their own as the product is.
struct Floor {
    server: Server,
    script: PathBuf,
}

impl Floor {
    fn start(world: &World, script: &Script) -> anyhow::Result<Self> {
        let own = format!("wherefore-floor-{}-{}.json", std::process::id(), world.items);
        let file = std::env::temp_dir().join(own);
        std::fs::write(&file, serde_json::to_vec(script)?)?;
        let target = match &world.target {
            Target::Sqlite(folder) => folder.display().to_string(),
            Target::Postgres(url) => url.clone(),
        };
        let own = std::env::current_exe()?;
        let (script, engine) = (file.display().to_string(), world.engine.to_string());
        let words = ["floor", "--script", &script, "--engine", &engine, "--target", &target];
        let mut server = Server::bare(&own, &words)?;
        server.wait_for_address()?;
        Ok(Self { server, script: file })
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.script);
    }
}

async fn start(program: &Path, target: &Target, starts: usize) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..starts {
        let began = Instant::now();
        let server = Server::start(program, target, &["serve"])?;
        server.first_answer().await?;
        times.push(began.elapsed());
        server.stop()?;
    }
    times.sort();
    Ok(milliseconds(times[times.len() / 2]))
}

/// What has been measured of one case so far.
struct Taken {
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    times: Vec<Duration>,
    done: u64,
}

impl Taken {
    fn new(address: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> Self {
        Self { address, requests, times: Vec::new(), done: 0 }
    }

    async fn turn(&mut self, pace: &Pace) -> anyhow::Result<()> {
        alone(self.address, &self.requests, pace.warm).await?;
        self.times.extend(alone(self.address, &self.requests, pace.alone).await?);
        self.done += together(self.address, &self.requests, pace).await?;
        Ok(())
    }

    fn speed(mut self, pace: &Pace) -> Speed {
        self.times.sort();
        let last = self.times.len() - 1;
        let at = |part: usize| milliseconds(self.times[(self.times.len() * part / 100).min(last)]);
        let seconds = pace.together.as_secs_f64() * f64::from(pace.turns);
        Speed { p50: at(50), p99: at(99), rate: self.done as f64 / seconds }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn alone(
    address: SocketAddr,
    requests: &[Vec<u8>],
    time: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let mut client = Client::connect(address).await?;
    let (mut times, began) = (Vec::new(), Instant::now());
    while began.elapsed() < time || times.len() < 10 {
        let sent = Instant::now();
        checked(&mut client, &requests[times.len() % requests.len()]).await?;
        times.push(sent.elapsed());
    }
    Ok(times)
}

async fn together(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    pace: &Pace,
) -> anyhow::Result<u64> {
    let begin = Instant::now() + pace.warm;
    let end = begin + pace.together;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|own| {
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let (mut done, mut turn) = (0_u64, own);
                while Instant::now() < end {
                    checked(&mut client, &requests[turn % requests.len()]).await?;
                    turn += 1;
                    let now = Instant::now();
                    done += u64::from(begin < now && now < end);
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let mut all = 0;
    for client in clients {
        all += client.await??;
    }
    Ok(all)
}

async fn checked(client: &mut Client, request: &[u8]) -> anyhow::Result<()> {
    let answer = client.send(request).await?;
    if !(200..300).contains(&answer.status) {
        let (asked, body) =
            (String::from_utf8_lossy(request), String::from_utf8_lossy(&answer.body));
        let asked = asked.lines().next().unwrap_or_default();
        bail!(
            "{asked} was answered with {}: {}",
            answer.status,
            body.chars().take(400).collect::<String>()
        );
    }
    Ok(())
}

/// Bytes of the board with all it refers to, and of its scripts alone, as a browser gets them.
async fn downloads(address: SocketAddr, recording: &Recording) -> anyhow::Result<(usize, usize)> {
    let session = format!("wherefore_session={}", recording.secrets.session);
    let headers = [("cookie", session.as_str()), ("accept-encoding", "gzip, br")];
    let mut client = Client::connect(address).await?;
    let page = client.send(&get(&board(), &headers)).await?;
    let plain = client.send(&get(&board(), &headers[..1])).await?;
    let html = String::from_utf8_lossy(&plain.body).into_owned();
    if header(&page.head, "content-encoding").is_none() {
        bail!("the board was not compressed");
    }
    let (mut all, mut scripts) = (page.body.len(), 0);
    let mut seen = std::collections::HashSet::new();
    for part in html.split(['"', ' ']).filter(|part| part.contains("/assets/")) {
        let path = part.trim_start_matches("href=").trim_start_matches("src=");
        if !path.starts_with('/') || !seen.insert(path.to_owned()) {
            continue;
        }
        let asset = client.send(&get(path, &headers)).await?;
        all += asset.body.len();
        if path.ends_with(".js") {
            scripts += asset.body.len();
        }
    }
    Ok((all, scripts))
}
