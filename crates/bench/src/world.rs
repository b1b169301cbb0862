//! Worlds to measure, and the program serving one.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use wherefore_app::db::Target;

use crate::http::{Client, get};
use crate::{Engine, Run};

/// A demo world of some size on one engine.
pub struct World {
    pub engine: Engine,
    pub items: usize,
    pub target: Target,
    /// How long it took to make, where this run made it.
    pub made_in: Option<Duration>,
}

impl World {
    /// Makes the world unless an earlier run has left it.
    pub async fn prepare(run: &Run, engine: Engine, items: usize) -> anyhow::Result<Self> {
        let target = match engine {
            Engine::Sqlite => {
                Target::Sqlite(std::path::absolute(run.worlds.join(format!("sqlite-{items}")))?)
            }
            Engine::Postgres => {
                let server = run.postgres.as_ref().context(
                    "There is no PostgreSQL to measure on. Give its address with --postgres, \
                     or run this with cargo xtask bench.",
                )?;
                Target::Postgres(database(server, &format!("wherefore_bench_{items}")).await?)
            }
        };
        let mut world = Self { engine, items, target, made_in: None };
        if !world.is_made().await? {
            world.make(&run.program)?;
        }
        world.target = world.copied().await?;
        Ok(world)
    }

    /// A copy to measure: what one run writes would be another world to the next.
    async fn copied(&self) -> anyhow::Result<Target> {
        match &self.target {
            Target::Sqlite(folder) => {
                let copy = beside(folder);
                if copy.exists() {
                    std::fs::remove_dir_all(&copy)?;
                }
                copy_folder(folder, &copy)?;
                Ok(Target::Sqlite(copy))
            }
            Target::Postgres(url) => {
                let (server, name) =
                    url.rsplit_once('/').context("the address names no database")?;
                let client = connect(&format!("{server}/template1")).await?;
                let copy = format!("{name}{MEASURED}");
                client.batch_execute(&format!("DROP DATABASE IF EXISTS {copy}")).await?;
                let make = format!("CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy");
                client.batch_execute(&make).await?;
                Ok(Target::Postgres(format!("{server}/{copy}")))
            }
        }
    }

    /// Removes the copy.
    pub async fn drop_copy(&self) -> anyhow::Result<()> {
        match &self.target {
            Target::Sqlite(copy) => std::fs::remove_dir_all(copy)?,
            Target::Postgres(url) => {
                let (server, copy) =
                    url.rsplit_once('/').context("the address names no database")?;
                let client = connect(&format!("{server}/template1")).await?;
                client.batch_execute(&format!("DROP DATABASE {copy} WITH (FORCE)")).await?;
            }
        }
        Ok(())
    }

    async fn is_made(&self) -> anyhow::Result<bool> {
        match &self.target {
            Target::Sqlite(folder) => {
                if !made_mark(folder).exists() && folder.exists() {
                    std::fs::remove_dir_all(folder)?;
                }
                Ok(made_mark(folder).exists())
            }
            Target::Postgres(url) => {
                let client = connect(url).await?;
                let there = "SELECT 1 FROM pg_tables WHERE tablename = 'bench_made'";
                Ok(client.query_opt(there, &[]).await?.is_some())
            }
        }
    }

    fn make(&mut self, program: &Path) -> anyhow::Result<()> {
        eprintln!("making a world of {} items on {}", self.items, self.engine);
        let began = Instant::now();
        let items = self.items.to_string();
        let mut server = Server::start(program, &self.target, &["demo", "--items", &items])?;
        server.wait_for_address()?;
        self.made_in = Some(began.elapsed());
        server.stop()?;
        match &self.target {
            Target::Sqlite(folder) => std::fs::write(made_mark(folder), "")?,
            Target::Postgres(url) => {
                let url = url.clone();
                tokio::task::block_in_place(|| {
                    tokio::runtime::Handle::current().block_on(async move {
                        let client = connect(&url).await?;
                        client.batch_execute("CREATE TABLE bench_made ()").await?;
                        // What a server in use has long behind it, so that it falls on no case.
                        client.batch_execute("VACUUM ANALYZE").await?;
                        client.batch_execute("CHECKPOINT").await?;
                        anyhow::Ok(())
                    })
                })?;
            }
        }
        Ok(())
    }
}

/// What the copy of a world is called after it.
const MEASURED: &str = "_measured";

fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(MEASURED);
    PathBuf::from(name)
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (entry, target) = entry.map(|e| (e.path(), to.join(e.file_name())))?;
        if entry.is_dir() {
            copy_folder(&entry, &target)?;
        } else {
            std::fs::copy(&entry, &target)?;
        }
    }
    Ok(())
}

fn made_mark(folder: &Path) -> PathBuf {
    folder.join("made")
}

/// A connection of our own, driven in the background.
pub async fn connect(url: &str) -> anyhow::Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .with_context(|| format!("{url} cannot be reached"))?;
    tokio::spawn(connection);
    Ok(client)
}

/// The address of a database on the server, which is created if need be.
async fn database(server: &str, name: &str) -> anyhow::Result<String> {
    let client = connect(server).await?;
    let there = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?;
    if there.is_none() {
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    }
    let (front, _) = server.rsplit_once('/').context("the address names no database")?;
    Ok(format!("{front}/{name}"))
}

/// The program at work; ended when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts the program with these words on the world.
    pub fn start(program: &Path, target: &Target, words: &[&str]) -> anyhow::Result<Self> {
        let place = match target {
            Target::Sqlite(folder) => ["--data".to_owned(), folder.display().to_string()],
            Target::Postgres(url) => ["--database".to_owned(), url.clone()],
        };
        let mut all = words.to_vec();
        all.extend(place.iter().map(String::as_str));
        Self::bare(program, &all)
    }

    /// Starts a program with these words and an address to listen on.
    pub fn bare(program: &Path, words: &[&str]) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(program);
        command.args(words).arg("--listen").arg(address.to_string());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let child = child.with_context(|| format!("{} cannot be started", program.display()))?;
        Ok(Self { child, address })
    }

    /// The program serves once it has printed its address.
    pub fn wait_for_address(&mut self) -> anyhow::Result<()> {
        let output = self.child.stdout.take().context("its output was read already")?;
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().transpose()?;
        if !first.is_some_and(|line| line.starts_with("http")) {
            bail!("the program did not start to serve; it says why above");
        }
        // Somebody must read on, or the program waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(())
    }

    /// Waits until a page is answered with 200.
    pub async fn first_answer(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Ok(mut client) = Client::connect(self.address).await
                && let Ok(answer) = client.send(&get("/login", &[])).await
                && answer.status == 200
            {
                return Ok(began.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("no page came within a minute")
    }

    /// Memory that is this process's own share, in KiB.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let file = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = std::fs::read_to_string(&file).with_context(|| format!("no {file}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.context("no Pss in smaps_rollup")
    }

    /// Asks the program to end, and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().context("kill is missing")?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the program did not end within a minute");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
