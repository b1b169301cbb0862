//! Measures the product against floors: bare handlers that run the same statements on the bare
//! driver and send the same bytes. Run it with `cargo xtask bench`.

mod cases;
mod floor;
mod http;
mod machine;
mod measure;
mod record;
mod replay;
mod report;
mod world;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    errand: Option<Errand>,
    #[command(flatten)]
    run: Run,
}

#[derive(Subcommand)]
enum Errand {
    /// Serves the floors of one world; the measuring starts it as a process of its own.
    #[command(hide = true)]
    Floor(floor::Floor),
}

/// Measures pages, changes, memory and start on both engines.
#[derive(clap::Args)]
struct Run {
    /// Work items in the worlds to measure.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    items: Vec<usize>,
    /// The engines to measure.
    #[arg(long, value_delimiter = ',', default_values_t = [Engine::Sqlite, Engine::Postgres])]
    engine: Vec<Engine>,
    /// A small world and short measurements, to see that all of it works.
    #[arg(long)]
    quick: bool,
    /// The program to measure.
    #[arg(long, default_value = "target/release/wherefore")]
    program: PathBuf,
    /// A PostgreSQL server that is as durable as one in use; its superuser's address.
    #[arg(long, env = "WHEREFORE_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// Where worlds are kept from run to run.
    #[arg(long, default_value = "target/bench")]
    worlds: PathBuf,
    /// Where results are written.
    #[arg(long, default_value = "bench/results")]
    results: PathBuf,
}

/// The engine under the product.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.errand {
        Some(Errand::Floor(floor)) => floor.serve().await,
        None => arguments.run.measure().await,
    }
}

impl Run {
    async fn measure(self) -> anyhow::Result<()> {
        let items = if self.quick { vec![1_000] } else { self.items.clone() };
        let pace = if self.quick { measure::Pace::QUICK } else { measure::Pace::FULL };
        std::fs::create_dir_all(&self.worlds)
            .with_context(|| format!("{} cannot be created", self.worlds.display()))?;
        let mut measured = Vec::new();
        for engine in &self.engine {
            let mut worlds = Vec::new();
            for count in &items {
                worlds.push(world::World::prepare(&self, *engine, *count).await?);
            }
            let done = measure::worlds(&self.program, &worlds, &pace).await;
            for world in worlds {
                world.drop_copy().await?;
            }
            measured.extend(done?);
            // What was measured so far is kept should the next engine fail.
            let results = report::Results::new(&self.program, measured.clone())?;
            results.write(&self.results, self.quick)?;
        }
        println!("{}", report::Results::new(&self.program, measured)?.markdown());
        Ok(())
    }
}
