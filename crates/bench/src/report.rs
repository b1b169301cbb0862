//! Results as they are kept: JSON for programs, Markdown for people, and which figures are met.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use crate::Engine;
use crate::machine::Machine;
use crate::measure::{Line, Measured};

/// One whole run.
#[derive(Serialize)]
pub struct Results {
    pub machine: Machine,
    pub worlds: Vec<Measured>,
}

impl Results {
    pub fn new(program: &Path, worlds: Vec<Measured>) -> anyhow::Result<Self> {
        Ok(Self { machine: Machine::look(program)?, worlds })
    }

    /// Writes both forms; a quick run does not replace a full one.
    pub fn write(&self, folder: &Path, quick: bool) -> anyhow::Result<()> {
        let name = if quick { "quick" } else { "latest" };
        let write = || {
            std::fs::create_dir_all(folder)?;
            std::fs::write(folder.join(format!("{name}.json")), serde_json::to_vec_pretty(self)?)?;
            std::fs::write(folder.join(format!("{name}.md")), self.markdown())?;
            anyhow::Ok(())
        };
        write().with_context(|| format!("{} cannot be written", folder.display()))
    }

    pub fn markdown(&self) -> String {
        let mut text = String::from("# Measured\n\n");
        let m = &self.machine;
        let _ = writeln!(
            text,
            "{} · commit {} · {}, {} cores, {} · {} · {} · SQLite {} · {}\n",
            m.date,
            m.commit,
            m.processor,
            m.cores,
            m.memory,
            m.kernel,
            m.rust,
            m.sqlite,
            m.postgres
        );
        text.push_str(
            "Milliseconds with one client, requests a second with 32. The floor is a bare handler \
             that runs the same statements on the bare driver and sends the same bytes, \
             uncompressed, in a process of its own; for changes it makes one transaction a \
             request. All share the machine with the clients.\n\n",
        );
        self.figures(&mut text);
        for world in &self.worlds {
            table(&mut text, world);
        }
        self.growth(&mut text);
        text
    }

    fn figures(&self, text: &mut String) {
        text.push_str("## Figures\n\n| figure | wanted | measured | |\n|---|---|---|---|\n");
        let mut row = |what: &str, wanted: &str, measured: String, met: bool| {
            let _ = writeln!(
                text,
                "| {what} | {wanted} | {measured} | {} |",
                if met { "met" } else { "**missed**" }
            );
        };
        let megabytes = self.machine.binary as f64 / 1e6;
        row("binary", "< 40 MB", format!("{megabytes:.1} MB"), megabytes < 40.0);
        for world in &self.worlds {
            let place = format!("{}, {} items", world.engine, thousands(world.items));
            let reads = || world.lines.iter().filter(|l| !writes(l));
            let least = reads().min_by(|a, b| a.share().total_cmp(&b.share()));
            if let Some(least) = least {
                let shown = format!("{:.2} ({})", least.share(), least.title);
                row(
                    &format!("slowest page against its floor, {place}"),
                    "≥ 0.5",
                    shown,
                    least.share() >= 0.5,
                );
            }
            if let Some(create) = world.lines.iter().find(|l| l.case == "create") {
                let wanted = if world.engine == Engine::Sqlite { 3.0 } else { 1.0 };
                let shown = format!("{:.2}", create.share());
                let what = format!("creates by 32 against one transaction a request, {place}");
                row(&what, &format!("≥ {wanted}"), shown, create.share() >= wanted);
            }
            row(
                &format!("start to first page, {place}"),
                "< 150 ms",
                format!("{:.0} ms", world.start),
                world.start < 150.0,
            );
            if world.items <= 100_000 {
                let idle = world.idle as f64 / 1024.0;
                row(
                    &format!("idle memory, {place}"),
                    "< 60 MB",
                    format!("{idle:.0} MB"),
                    idle < 60.0,
                );
            }
        }
        if let Some(world) = self.worlds.first() {
            let scripts = world.script_bytes as f64 / 1e3;
            row("scripts, compressed", "< 100 KB", format!("{scripts:.0} KB"), scripts < 100.0);
        }
        text.push('\n');
    }

    /// How p50 grows from the smallest world to the largest of each engine.
    fn growth(&self, text: &mut String) {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let mut worlds: Vec<_> = self.worlds.iter().filter(|w| w.engine == engine).collect();
            worlds.sort_by_key(|w| w.items);
            let (Some(small), Some(large)) = (worlds.first(), worlds.last()) else { continue };
            if small.items == large.items {
                continue;
            }
            let _ = writeln!(
                text,
                "## Growth of p50, {engine}, from {} to {} items (wanted: less than by half)\n\n\
                 | | small | large | factor | |\n|---|--:|--:|--:|---|",
                thousands(small.items),
                thousands(large.items)
            );
            for (a, b) in small.lines.iter().zip(&large.lines) {
                let factor = b.product.p50 / a.product.p50;
                let word = if factor < 1.5 { "met" } else { "**missed**" };
                let _ = writeln!(
                    text,
                    "| {} | {:.2} | {:.2} | {factor:.2} | {word} |",
                    a.title, a.product.p50, b.product.p50
                );
            }
            text.push('\n');
        }
    }
}

fn writes(line: &Line) -> bool {
    matches!(line.case.as_str(), "create" | "move")
}

impl Line {
    /// The product's rate as a share of its floor's.
    fn share(&self) -> f64 {
        if self.floor.rate > 0.0 { self.product.rate / self.floor.rate } else { 0.0 }
    }
}

fn table(text: &mut String, world: &Measured) {
    let _ = writeln!(text, "## {}, {} items\n", world.engine, thousands(world.items));
    if let Some(seconds) = world.made_in {
        let _ = writeln!(text, "Made in {seconds:.0} s.");
    }
    let _ = writeln!(
        text,
        "Start to first page {:.0} ms. Memory (PSS) idle {:.1} MB, after load {:.1} MB. A browser's \
         first board: {:.0} KB, of it scripts {:.0} KB.\n",
        world.start,
        world.idle as f64 / 1024.0,
        world.loaded as f64 / 1024.0,
        world.board_bytes as f64 / 1e3,
        world.script_bytes as f64 / 1e3
    );
    text.push_str(
        "| | bytes | statements | p50 | p99 | a second | floor p50 | floor p99 | floor a second | share |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for line in &world.lines {
        let (p, f) = (line.product, line.floor);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} | {:.2} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} |",
            line.title,
            line.bytes,
            line.statements,
            p.p50,
            p.p99,
            p.rate,
            f.p50,
            f.p99,
            f.rate,
            line.share()
        );
    }
    text.push('\n');
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
