//! `cargo xtask judge`: every figure the product's advice rests on, computed from a folder of real
//! data and set beside its reference. A part of the folder that is missing is skipped and named.

mod duplicates;
mod figure;
mod flow;
mod next_release;
mod story_points;
mod user_stories;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use figure::{Figure, Part};

/// Measures the advice on real data; fails where a figure misses its bound.
#[derive(Parser)]
struct Judge {
    /// The folder with the data; `user_stories`, `flow`, `story_points`, `duplicates` and `next_release` below it.
    #[arg(long, env = "WHEREFORE_DATA")]
    data: PathBuf,
    /// One JSON array on standard output in place of the table.
    #[arg(long)]
    json: bool,
    /// Only the parts named so.
    #[arg(long)]
    only: Vec<String>,
}

const PARTS: [Part; 5] = [
    Part { folder: "user_stories", measure: user_stories::measure },
    Part { folder: "flow", measure: flow::measure },
    Part { folder: "story_points", measure: story_points::measure },
    Part { folder: "duplicates", measure: duplicates::measure },
    Part { folder: "next_release", measure: next_release::measure },
];

fn main() -> ExitCode {
    match run(&Judge::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("judge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every figure holds.
fn run(judge: &Judge) -> anyhow::Result<bool> {
    anyhow::ensure!(
        judge.data.is_dir(),
        "there is no folder {}; name one with --data",
        judge.data.display()
    );
    let mut figures: Vec<Figure> = Vec::new();
    for part in &PARTS {
        if !judge.only.is_empty() && !judge.only.iter().any(|name| name == part.folder) {
            continue;
        }
        let folder = judge.data.join(part.folder);
        if folder.is_dir() {
            figures.extend((part.measure)(&folder)?);
        } else {
            eprintln!("skipped: {} is not in {}", part.folder, judge.data.display());
        }
    }
    if judge.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        figure::print_table(&figures);
    }
    Ok(figures.iter().all(Figure::holds))
}
