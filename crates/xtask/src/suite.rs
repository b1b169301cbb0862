//! What `test`, `check` and `e2e` are made of.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::postgres::{Postgres, URL_VARIABLE};
use crate::steps::Steps;
use crate::tools;

/// Everything that must hold before a change lands.
pub fn test() -> anyhow::Result<()> {
    tools::need_rust_components()?;
    tools::need_postgres()?;
    let mut steps = Steps::new();
    static_checks(&mut steps)?;
    workspace_tests(&mut steps)?;
    journeys(&mut steps)?;
    steps.finish();
    Ok(())
}

/// The checks that run nothing of the product.
pub fn check() -> anyhow::Result<()> {
    tools::need_rust_components()?;
    let mut steps = Steps::new();
    static_checks(&mut steps)?;
    steps.finish();
    Ok(())
}

/// Writes what the `pinned_` tests compare with.
pub fn bless() -> anyhow::Result<()> {
    let mut steps = Steps::new();
    for (name, arguments) in [
        ("API", ["test", "--package=wherefore-app", "--test=it", "pinned::"]),
        ("commands and tools", ["test", "--package=wherefore", "--bin=wherefore", "pinned"]),
    ] {
        let mut tests = cargo();
        tests.args(arguments).env("INSTA_UPDATE", "always").env("WHEREFORE_BLESS", "1");
        steps.run(name, &mut tests)?;
    }
    steps.finish();
    Ok(())
}

/// The browser journeys alone.
pub fn e2e() -> anyhow::Result<()> {
    let mut steps = Steps::new();
    journeys(&mut steps)?;
    steps.finish();
    Ok(())
}

/// Takes the pictures of README and docs from a fresh demo world.
pub fn pictures(names: &[String]) -> anyhow::Result<()> {
    let mut steps = Steps::new();
    let mut node = browser_script(&mut steps, &tools::root().join("e2e"))?;
    steps.run("pictures", node.arg("pictures.mjs").args(names))?;
    steps.finish();
    Ok(())
}

/// Measures the advice on real data, optimised; what it prints is the only standard output.
pub fn judge(arguments: &[String]) -> anyhow::Result<()> {
    let mut judge = cargo();
    judge.args(["run", "--release", "--quiet", "--package", "wherefore-judge", "--"]);
    let status = judge.args(arguments).status().context("cargo could not be started")?;
    anyhow::ensure!(status.success(), "a figure misses its bound, or the data could not be read");
    Ok(())
}

fn static_checks(steps: &mut Steps) -> anyhow::Result<()> {
    steps.run("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    let web = tools::root().join("web");
    if web.join("package.json").is_file() {
        npm_install(steps, "web packages", &web)?;
        steps.run("web checks", npm(&web).args(["run", "check", "--if-present"]))?;
    }
    let lints = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    steps.run("lints", cargo().args(lints))
}

fn workspace_tests(steps: &mut Steps) -> anyhow::Result<()> {
    let postgres = Postgres::start()?;
    let mut tests = cargo();
    if tools::answers(cargo().args(["nextest", "--version"])) {
        // A workspace without a single test must not pass for a broken run.
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
    } else {
        tests.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
    }
    tests.env(URL_VARIABLE, postgres.url());
    steps.run_and_keep("tests", &mut tests, |line| {
        let line = line.trim_start();
        line.starts_with("Summary [")
            || (line.starts_with("test result:") && !line.contains(" 0 passed"))
    })
}

/// Measures the release build, with a PostgreSQL of its own unless one is named.
pub fn bench(arguments: &[String]) -> anyhow::Result<()> {
    const URL: &str = "WHEREFORE_BENCH_POSTGRES";
    let mut steps = Steps::new();
    let build = ["build", "--release", "--package", "wherefore", "--package", "wherefore-bench"];
    steps.run("release build", cargo().args(build))?;
    let mut bench = Command::new(tools::target().join("release/wherefore-bench"));
    bench.current_dir(tools::root()).args(arguments);
    bench.arg("--program").arg(tools::target().join("release/wherefore"));
    let named = std::env::var_os(URL).is_some() || arguments.iter().any(|a| a == "--postgres");
    let mut postgres = None;
    if !named {
        tools::need_postgres()?;
        let started = Postgres::start_durable()?;
        bench.env(URL, started.url());
        postgres = Some(started);
    }
    let done = steps.run("measuring", &mut bench);
    drop(postgres);
    done
}

/// Runs every journey in e2e/journeys against the built binary; without any there is no such step.
fn journeys(steps: &mut Steps) -> anyhow::Result<()> {
    let e2e = tools::root().join("e2e");
    let files = journey_files(&e2e.join("journeys"))?;
    if files.is_empty() {
        println!("\n── browser journeys: there are none in e2e/journeys");
        return Ok(());
    }
    let mut node = browser_script(steps, &e2e)?;
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(files)
        .env("WHEREFORE_SCREENSHOTS", tools::target().join("screenshots"));
    steps.run_and_keep("browser journeys", &mut node, |line| line.starts_with("ℹ pass "))
}

/// Node with all that a script of e2e/ needs: its packages, the program and a browser.
fn browser_script(steps: &mut Steps, e2e: &Path) -> anyhow::Result<Command> {
    let chromium = tools::need_chromium()?;
    npm_install(steps, "journey packages", e2e)?;
    steps.run("binary for the journeys", cargo().args(["build", "--package", "wherefore"]))?;
    let mut node = Command::new("node");
    node.current_dir(e2e)
        .env("WHEREFORE_BINARY", tools::target().join("debug/wherefore"))
        .env("CHROMIUM", chromium);
    Ok(node)
}

fn journey_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `npm ci`, unless what is installed is newer than the lock file.
fn npm_install(steps: &mut Steps, name: &'static str, folder: &Path) -> anyhow::Result<()> {
    tools::need_node()?;
    let changed = |file: &str| folder.join(file).metadata().and_then(|data| data.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    steps.run(name, npm(folder).args(arguments))
}

fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

fn cargo() -> Command {
    let mut cargo = Command::new(tools::cargo());
    tools::as_if_from_a_shell(&mut cargo).current_dir(tools::root());
    cargo
}
