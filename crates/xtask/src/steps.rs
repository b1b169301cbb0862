//! Named, timed steps: each says what it does and how long it took; the first that fails ends the run.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The steps of one run and what is worth repeating at its end.
pub struct Steps {
    started: Instant,
    passed: Vec<(&'static str, Duration)>,
    summaries: Vec<String>,
}

impl Steps {
    /// A run with nothing done yet.
    pub fn new() -> Self {
        Self { started: Instant::now(), passed: Vec::new(), summaries: Vec::new() }
    }

    /// Runs one command as the step `name`, its output shown as it comes.
    pub fn run(&mut self, name: &'static str, command: &mut Command) -> anyhow::Result<()> {
        self.time(name, || {
            let status = command.stdin(Stdio::null()).status();
            check(name, command, status.with_context(|| unstartable(command))?)
        })
    }

    /// Like [`Steps::run`], and keeps the lines that `pick` finds worth repeating at the end.
    pub fn run_and_keep(
        &mut self,
        name: &'static str,
        command: &mut Command,
        pick: fn(&str) -> bool,
    ) -> anyhow::Result<()> {
        let mut kept = Vec::new();
        self.time(name, || {
            let status = stream(command, |line| {
                if pick(line) {
                    kept.push(line.trim().to_owned());
                }
            })?;
            check(name, command, status)
        })?;
        self.summaries.extend(kept);
        Ok(())
    }

    /// Says that everything passed, how long each step took, and last what the test runners reported.
    pub fn finish(self) {
        println!();
        for (name, took) in &self.passed {
            println!("{:>7.1} s  {name}", took.as_secs_f64());
        }
        println!("{:>7.1} s  all steps passed", self.started.elapsed().as_secs_f64());
        if !self.summaries.is_empty() {
            println!("{}", self.summaries.join("; "));
        }
    }

    fn time(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        println!("\n── {name}");
        let started = Instant::now();
        work()?;
        self.passed.push((name, started.elapsed()));
        Ok(())
    }
}

/// Passes both output streams on as one, line by line, so that their order is kept.
fn stream(command: &mut Command, mut see: impl FnMut(&str)) -> anyhow::Result<ExitStatus> {
    let (reader, writer) = std::io::pipe().context("no pipe for the output of a step")?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let spawned = command.spawn();
    // The command keeps the pipe's writing ends; while it holds them, reading would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.with_context(|| unstartable(command))?;
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::io::stdout().write_all(&line)?;
        see(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(child.wait()?)
}

fn check(name: &str, command: &Command, status: ExitStatus) -> anyhow::Result<()> {
    if !status.success() {
        bail!("the step “{name}” failed ({status}). It ran: {}", words(command));
    }
    Ok(())
}

fn unstartable(command: &Command) -> String {
    format!("could not start: {}", words(command))
}

fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.join(" ")
}
