//! `wherefore`: serves the product and does what an operator does from a shell. Standard output
//! carries results, standard error the rest; exit code 0 only where all was done.

mod admin;
mod attachments;
mod call;
mod choose;
mod door;
mod errand;
mod estimate;
mod export;
mod files;
mod forecast;
mod http;
mod import;
mod keep;
mod lint;
mod mcp;
mod people;
#[cfg(test)]
mod pinned;
mod remote;
mod serve;
mod similar;
mod storage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Why, what and how of every product on one thread.
#[derive(Parser)]
#[command(name = "wherefore", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a demo world, made on the first start, and serve it.
    Demo(serve::Demo),
    /// Serve; an empty data folder prints a one-time set-up link.
    Serve(serve::Serve),
    /// Copy the whole installation to one archive, while it serves or not.
    Backup(keep::Backup),
    /// Make an installation from a backup, in an empty folder or database of either kind.
    Restore(keep::Restore),
    /// Write a product, or all of them, in open formats: JSON lines, CSV or Markdown.
    Export(export::Export),
    /// Import a backlog from another tool.
    Import(import::Import),
    /// Do or ask anything that the product can: every action and query by its name.
    Call(call::Call),
    /// Tell what weakens user stories, one a line.
    Lint(lint::Lint),
    /// Tell when work will be done and how much by a day, from what was finished.
    Forecast(forecast::Forecast),
    /// Choose what to build under a capacity: the best set, or the best found with the gap left.
    Choose(choose::Choose),
    /// Suggest story points from the points that past stories were given.
    Estimate(estimate::Estimate),
    /// Find texts that say the same, or group them into themes.
    Similar(similar::Similar),
    /// Serve an agent over standard input and output, as a person.
    Mcp(mcp::Mcp),
    /// Make tokens for programs.
    Token {
        #[command(subcommand)]
        command: people::Token,
    },
    /// Put right what concerns the whole installation: people, the workspace, integrity, search.
    Admin {
        #[command(subcommand)]
        command: admin::Admin,
    },
    /// Print an invitation link for one person.
    Invite(people::Invite),
    /// Print a link with which a person chooses a new password.
    ResetLink(people::ResetLink),
}

#[tokio::main]
async fn main() -> ExitCode {
    in_small_pages();
    let filter = tracing_subscriber::EnvFilter::try_from_env("WHEREFORE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Cli::parse().command {
        Command::Call(call) => call.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Serve(serve) => serve.run().await,
        Command::Backup(backup) => blocking(move || backup.run()).await,
        Command::Restore(restore) => blocking(move || restore.run()).await,
        Command::Estimate(estimate) => estimate.run(),
        Command::Export(export) => export.run().await,
        Command::Admin { command } => command.run().await,
        Command::Import(import) => import.run().await,
        Command::Lint(lint) => lint.run(),
        Command::Forecast(forecast) => forecast.run(),
        Command::Choose(choose) => choose.run(),
        Command::Mcp(mcp) => mcp.run().await,
        Command::Similar(similar) => similar.run(),
        Command::Token { command } => command.run().await,
        Command::Invite(invite) => invite.run().await,
        Command::ResetLink(link) => link.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that waits for files and databases itself.
async fn blocking(run: impl FnOnce() -> anyhow::Result<()> + Send + 'static) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(run).await?
}

/// The allocator asks for huge pages, which an idle server fills with nothing: without them it takes
/// half the memory and starts sooner.
fn in_small_pages() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!("huge pages stay on: {error}");
    }
}
