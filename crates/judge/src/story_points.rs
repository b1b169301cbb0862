//! Suggested story points against those the teams gave.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use wherefore_estimate::{Estimator, Past, Prior, Story};

use crate::figure::{Bound, Figure};

/// A story with its points.
#[derive(serde::Deserialize)]
struct Row {
    title: String,
    description: String,
    storypoint: f64,
}

/// A project's stories in order, and where training and validation end.
struct Project {
    rows: Vec<Row>,
    trained: usize,
    validated: usize,
}

impl Project {
    fn past(&self, range: std::ops::Range<usize>) -> Vec<Past<'_>> {
        let rows = self.rows[range].iter();
        rows.map(|row| Past { story: row.story(), points: row.storypoint }).collect()
    }

    fn train(&self) -> Vec<Past<'_>> {
        self.past(0..self.trained)
    }
}

impl Row {
    fn story(&self) -> Story<'_> {
        Story::new(&self.title, &self.description)
    }
}

/// How far each way of estimating was off on a project's test part, on average.
struct Errors {
    middle: f64,
    shown: f64,
    mean: f64,
    median: f64,
    within: usize,
    tests: usize,
}

/// The figures of this part of the data.
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let folder = folder.join("choet16");
    if !folder.is_dir() {
        eprintln!("skipped: {} is missing", folder.display());
        return Ok(Vec::new());
    }
    let mut files: Vec<_> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    files.sort();
    let projects: Vec<Project> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "csv"))
        .map(|file| read(file).with_context(|| file.display().to_string()))
        .collect::<anyhow::Result<_>>()?;
    let mut times = Vec::new();
    let errors: Vec<Errors> =
        (0..projects.len()).map(|at| judge(&projects, at, &mut times)).collect::<Result<_, _>>()?;
    Ok(figures(&errors, &mut times))
}

/// Trains on the first three fifths, compares the ways on the next fifth, tests on the rest. What
/// the estimator knows of other teams comes from the training parts of the other projects.
fn judge(projects: &[Project], at: usize, times: &mut Vec<f64>) -> anyhow::Result<Errors> {
    let others = projects.iter().enumerate().filter(|&(other, _)| other != at);
    let teams: Vec<Vec<Past>> = others.map(|(_, project)| project.train()).collect();
    let project = &projects[at];
    let train = project.train();
    let mut estimator = Estimator::train(Prior::learn(&teams), &train);
    estimator.compare(&project.past(project.trained..project.validated));

    let mean = train.iter().map(|past| past.points).sum::<f64>() / train.len() as f64;
    let mut ordered: Vec<f64> = train.iter().map(|past| past.points).collect();
    ordered.sort_by(f64::total_cmp);
    let median = (ordered[ordered.len() / 2] + ordered[(ordered.len() - 1) / 2]) / 2.0;

    let tests = &project.rows[project.validated..];
    let mut errors =
        Errors { middle: 0.0, shown: 0.0, mean: 0.0, median: 0.0, within: 0, tests: tests.len() };
    for row in tests {
        let start = Instant::now();
        let suggestion = estimator.suggest(row.story())?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        let points = row.storypoint;
        errors.middle += (suggestion.middle - points).abs() / tests.len() as f64;
        errors.shown += (suggestion.points - points).abs() / tests.len() as f64;
        errors.mean += (mean - points).abs() / tests.len() as f64;
        errors.median += (median - points).abs() / tests.len() as f64;
        let (low, high) = suggestion.range;
        errors.within += usize::from(low <= points && points <= high);
    }
    Ok(errors)
}

fn figures(errors: &[Errors], times: &mut [f64]) -> Vec<Figure> {
    let average = |of: fn(&Errors) -> f64| errors.iter().map(of).sum::<f64>() / errors.len() as f64;
    let tests: usize = errors.iter().map(|project| project.tests).sum();
    let within: usize = errors.iter().map(|project| project.within).sum();
    let better = errors.iter().filter(|project| project.middle < project.median - 1e-9).count();
    times.sort_by(f64::total_cmp);
    let time = times.get(times.len() / 2).copied().unwrap_or(0.0);
    let mae = |name: &str, value, bound| Figure {
        name: format!("estimate MAE, {name}"),
        value,
        n: errors.len(),
        reference: "the aim is 2.45; over the same 14: TF-IDF with SVR 2.60, Deep-SE 2.74"
            .to_owned(),
        bound,
    };
    vec![
        mae("suggested", average(|project| project.middle), Some(Bound::AtMost(2.53))),
        mae("suggested, on the team's scale", average(|project| project.shown), None),
        mae("median of the past", average(|project| project.median), None),
        mae("mean of the past", average(|project| project.mean), None),
        Figure {
            name: "estimate projects better than the median".to_owned(),
            value: better as f64,
            n: errors.len(),
            reference: "the aim is 12 of 14".to_owned(),
            bound: Some(Bound::AtLeast(9.0)),
        },
        Figure {
            name: "estimate share of stories within the range".to_owned(),
            value: within as f64 / tests.max(1) as f64,
            n: tests,
            reference: "the range is made to hold six of ten".to_owned(),
            bound: Some(Bound::AtLeast(0.55)),
        },
        Figure {
            name: "estimate ms per suggestion, median".to_owned(),
            value: time,
            n: times.len(),
            reference: String::new(),
            bound: Some(Bound::AtMost(5.0)),
        },
    ]
}

fn read(file: &Path) -> anyhow::Result<Project> {
    let rows: Vec<Row> =
        csv::Reader::from_path(file)?.deserialize().collect::<Result<_, csv::Error>>()?;
    let n = rows.len();
    anyhow::ensure!(n >= 50, "{n} stories are too few to split");
    let trained = n * 6 / 10 - 1;
    Ok(Project { rows, trained, validated: trained + n * 2 / 10 })
}
