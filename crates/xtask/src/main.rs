//! The chores of this repository: `cargo xtask test | check | bless | e2e | pictures | judge | bench | postgres -- COMMAND`.

mod steps;
mod suite;

use std::process::{Command, ExitCode};

use clap::Parser;
use xtask::{postgres, tools};

/// Chores of the Wherefore repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Everything that must hold before a change lands; installs what is missing.
    Test,
    /// Formatting, lints and the checks of web/, without running tests.
    Check,
    /// Keeps the snapshots and generated references as they are now, to be seen in review.
    Bless,
    /// The browser journeys against a freshly built binary.
    E2e,
    /// Takes the pictures of README and docs anew, all or those named.
    Pictures { names: Vec<String> },
    /// Measures the product's advice on real data: `cargo xtask judge --data DIR [--json]`.
    Judge {
        /// What the measuring itself understands; `--help` lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measures the product against its floors: `cargo xtask bench [--quick] [--items N,…]
    /// [--engine sqlite,postgres]`.
    Bench {
        /// What the measuring itself understands; `-- --help` lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Runs a command with a throw-away PostgreSQL at hand in WHEREFORE_TEST_POSTGRES.
    Postgres {
        /// The command and its arguments, after `--`.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Chore::parse() {
        Chore::Test => suite::test(),
        Chore::Check => suite::check(),
        Chore::Bless => suite::bless(),
        Chore::E2e => suite::e2e(),
        Chore::Pictures { names } => suite::pictures(&names),
        Chore::Judge { arguments } => suite::judge(&arguments),
        Chore::Bench { arguments } => suite::bench(&arguments),
        Chore::Postgres { command } => return with_postgres(&command),
    };
    report(outcome.map(|()| ExitCode::SUCCESS))
}

fn with_postgres(command: &[String]) -> ExitCode {
    report(run_with_postgres(command))
}

/// Hands on the command's own exit code, so that scripts can rely on it.
fn run_with_postgres(command: &[String]) -> anyhow::Result<ExitCode> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| anyhow::anyhow!("there is no command after `--`"))?;
    tools::need_postgres()?;
    let postgres = postgres::Postgres::start()?;
    let status = tools::as_if_from_a_shell(&mut Command::new(program))
        .args(arguments)
        .env(postgres::URL_VARIABLE, postgres.url())
        .status()
        .map_err(|error| anyhow::anyhow!("{program} could not be started: {error}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn report(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("\nxtask: {error:#}");
        ExitCode::FAILURE
    })
}
