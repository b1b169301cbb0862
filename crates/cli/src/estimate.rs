//! Suggests story points for the stories of a file that have none, from those that have.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use wherefore_estimate::{Estimator, Past, Story, Suggestion, TooLittle};

#[derive(Args)]
pub struct Estimate {
    /// A CSV file, oldest story first, with the columns title, description and points; a story
    /// without points gets a suggestion.
    file: PathBuf,
    /// One JSON object a story.
    #[arg(long)]
    json: bool,
}

/// A story of the file.
struct Row {
    line: u64,
    title: String,
    description: String,
    points: Option<f64>,
}

impl Row {
    fn story(&self) -> Story<'_> {
        Story::new(&self.title, &self.description)
    }
}

impl Estimate {
    pub fn run(self) -> anyhow::Result<()> {
        let rows = read(&self.file)?;
        let known: Vec<&Row> = rows.iter().filter(|row| row.points.is_some()).collect();
        let past =
            known.iter().filter_map(|row| Some(Past { story: row.story(), points: row.points? }));
        let estimator = Estimator::from_history(past);
        let mut out = std::io::stdout().lock();
        for row in rows.iter().filter(|row| row.points.is_none()) {
            let told = match estimator.suggest(row.story()) {
                // It is the same for every story.
                Err(few @ TooLittle::Stories { .. }) => bail!("{}: {few}", self.file.display()),
                suggestion => self.tell(row, &known, suggestion, &mut out),
            };
            match told {
                // Whoever reads has seen enough, as in `… | head`.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                told => told?,
            }
        }
        Ok(())
    }

    fn tell(
        &self,
        row: &Row,
        known: &[&Row],
        suggestion: Result<Suggestion, TooLittle>,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let suggestion = match suggestion {
            Ok(suggestion) => suggestion,
            Err(none) if self.json => {
                let told = json!({ "line": row.line, "title": row.title, "points": null, "why": none.to_string() });
                return writeln!(out, "{told}");
            }
            Err(none) => return writeln!(out, "line {}: no suggestion: {none}", row.line),
        };
        let (low, high) = suggestion.range;
        if self.json {
            let alike: Vec<_> = suggestion
                .alike
                .iter()
                .map(|alike| {
                    let story = known[alike.story];
                    json!({ "line": story.line, "title": story.title, "points": alike.points, "likeness": alike.likeness })
                })
                .collect();
            let told = json!({
                "line": row.line,
                "title": row.title,
                "points": suggestion.points,
                "low": low,
                "high": high,
                "alike": alike,
            });
            return writeln!(out, "{told}");
        }
        writeln!(out, "{} ({low} to {high})  {}", suggestion.points, row.title)?;
        for alike in &suggestion.alike {
            writeln!(out, "      {:>4}  {}", alike.points, known[alike.story].title)?;
        }
        Ok(())
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let headers = reader.headers()?.clone();
    let column = |names: &[&str]| {
        headers.iter().position(|header| {
            let header = header.trim_start_matches('\u{feff}').trim();
            names.iter().any(|name| header.eq_ignore_ascii_case(name))
        })
    };
    let Some(title) = column(&["title", "summary"]) else {
        bail!("{} has no column “title”; name the one with the headlines so", file.display());
    };
    let Some(points) = column(&["points", "story points", "storypoint"]) else {
        bail!("{} has no column “points”; name the one with the estimates so", file.display());
    };
    let description = column(&["description"]);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.with_context(|| file.display().to_string())?;
        let cell = |column: usize| row.get(column).unwrap_or_default();
        let line = row.position().map_or(0, csv::Position::line);
        let points = match cell(points).trim() {
            "" => None,
            given => match given.parse::<f64>() {
                Ok(points) if points.is_finite() && points >= 0.0 => Some(points),
                _ => bail!("{}, line {line}: “{given}” is no number of points", file.display()),
            },
        };
        rows.push(Row {
            line,
            title: cell(title).to_owned(),
            description: description.map(cell).unwrap_or_default().to_owned(),
            points,
        });
    }
    Ok(rows)
}
