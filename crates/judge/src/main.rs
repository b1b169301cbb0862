//! `cargo xtask judge`: every figure the product's advice rests on, computed from a folder of real
//! data and set beside its reference. A part of the folder that is missing is skipped and named.

mod duplicates;
mod figure;
mod files;
mod flow;
mod next_release;
mod pages;
mod story_points;
mod user_stories;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use figure::{Figure, Part};
use pages::Kept;

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
    /// Measure alone, and leave the pages of the documentation as they are.
    #[arg(long)]
    look: bool,
    /// Write the figures into the pages even where they are worse than those kept there.
    #[arg(long)]
    accept: bool,
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
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/judgement");
    let mut figures: Vec<Figure> = Vec::new();
    let mut kept_to = true;
    for part in &PARTS {
        if !judge.only.is_empty() && !judge.only.iter().any(|name| name == part.folder) {
            continue;
        }
        let folder = judge.data.join(part.folder);
        if !folder.is_dir() {
            eprintln!("skipped: {} is not in {}", part.folder, judge.data.display());
            continue;
        }
        // What cannot be read must not hide what the other parts show.
        match measured(part, &folder, &docs, judge) {
            Ok((found, kept)) => {
                kept_to &= kept;
                figures.extend(found);
            }
            Err(error) => {
                eprintln!("failed: {}: {error:#}", part.folder);
                kept_to = false;
            }
        }
    }
    if judge.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        figure::print_table(&figures);
    }
    Ok(kept_to && figures.iter().all(Figure::holds))
}

/// The figures of a part, and whether they are no worse than those of its page.
fn measured(
    part: &Part,
    folder: &Path,
    docs: &Path,
    judge: &Judge,
) -> anyhow::Result<(Vec<Figure>, bool)> {
    let found = (part.measure)(folder)?;
    let kept = judge.look || keep(docs, part.folder, folder, &found, judge.accept)?;
    Ok((found, kept))
}

/// Writes the figures of a part into its page; where some are worse than those kept there, they are
/// named and the page stays as it is. So it does where the data are not those it tells of.
fn keep(
    docs: &Path,
    folder: &str,
    data: &Path,
    figures: &[Figure],
    accept: bool,
) -> anyhow::Result<bool> {
    let page = Kept::open(docs, folder, files::fingerprint(data)?)?;
    if page.is_of_other_data() && !accept {
        eprintln!(
            "{folder}: other data than those that the documentation tells of; its page stays"
        );
        return Ok(true);
    }
    let worse = page.worse(figures);
    for figure in &worse {
        eprintln!("worse: {} is {}, kept was {}", figure.name, figure.now, figure.kept);
    }
    if !worse.is_empty() && !accept {
        eprintln!("--accept writes the figures of {folder} all the same");
        return Ok(false);
    }
    // A page with half of the figures would forget the others.
    let missing = page.lost(figures);
    for name in &missing {
        eprintln!("missing: {name} was not measured; the page stays as it is");
    }
    if missing.is_empty() || accept {
        page.write(figures)?;
    }
    Ok(missing.is_empty() || accept)
}
