//! Finding duplicate reports: the share of queries whose master is among the first k of all others.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use wherefore_similar::{Index, Text};

use crate::figure::{Bound, Figure};

const DEPTH: usize = 20;
/// The size of the index whose answering time is measured.
const MANY: usize = 100_000;
/// Of these the fastest counts, so that a busy machine does not blur the figure.
const ATTEMPTS: usize = 3;

/// Reports, and which of them repeats which.
#[derive(Default)]
struct Reports {
    texts: Vec<(String, String)>,
    /// Query and master.
    pairs: Vec<(usize, usize)>,
}

/// A row of the Hadoop reports.
#[derive(serde::Deserialize)]
struct Report {
    #[serde(rename = "Issue id")]
    id: String,
    #[serde(rename = "Summary")]
    title: String,
    #[serde(rename = "Description")]
    body: String,
}

/// The figures of this part of the data.
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let file = folder.join("OfficeDupsTest.tsv");
    if file.is_file() {
        open_office(&read_pairs(&file)?, &mut figures)?;
    } else {
        eprintln!("skipped: {} is missing", file.display());
    }
    let (all, pairs) = (folder.join("hadoop_bugs.csv"), folder.join("hadoop_bugs-train.csv"));
    if all.is_file() && pairs.is_file() {
        hadoop(&read_hadoop(&all, &pairs)?, &mut figures);
    } else {
        eprintln!("skipped: the Hadoop reports are not in {}", folder.display());
    }
    Ok(figures)
}

fn open_office(reports: &Reports, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let ranks = ranks(reports);
    let bounds = [(1, 0.36, ".317"), (5, 0.55, ".497"), (10, 0.63, ".575"), (20, 0.70, ".651")];
    for (k, floor, other) in bounds {
        figures.push(Figure {
            name: format!("similar OpenOffice R@{k}"),
            value: recall(&ranks, k),
            n: ranks.len(),
            reference: format!("{other} TF-IDF, same pool"),
            bound: Some(Bound::AtLeast(floor)),
        });
    }
    // The constants of the method were chosen on every other query; the rest had no say.
    let held: Vec<_> = ranks.iter().skip(1).step_by(2).copied().collect();
    for (k, floor) in [(1, 0.34), (10, 0.62), (20, 0.69)] {
        figures.push(Figure {
            name: format!("similar OpenOffice R@{k}, queries not tuned on"),
            value: recall(&held, k),
            n: held.len(),
            reference: "every other query; the others chose the constants".to_owned(),
            bound: Some(Bound::AtLeast(floor)),
        });
    }
    figures.push(speed(reports).context("timing an index of many reports")?);
    Ok(())
}

fn hadoop(reports: &Reports, figures: &mut Vec<Figure>) {
    let ranks = ranks(reports);
    for (k, floor) in [(1, 0.40), (10, 0.66), (20, 0.70)] {
        figures.push(Figure {
            name: format!("similar Hadoop R@{k}"),
            value: recall(&ranks, k),
            n: ranks.len(),
            reference: "nothing was chosen on these; TF-IDF on 127 queries .465/.724/.756"
                .to_owned(),
            bound: Some(Bound::AtLeast(floor)),
        });
    }
}

/// The place of each query's master among all other reports, from 0; none beyond the depth.
fn ranks(reports: &Reports) -> Vec<Option<usize>> {
    let mut index = Index::new();
    for (key, (title, body)) in reports.texts.iter().enumerate() {
        index.set(key, Text::new(title, body));
    }
    let rank = |&(query, master): &(usize, usize)| {
        let (title, body) = &reports.texts[query];
        let hits = index.similar_except(&query, Text::new(title, body), DEPTH);
        hits.iter().position(|hit| hit.key == master)
    };
    reports.pairs.iter().map(rank).collect()
}

fn recall(ranks: &[Option<usize>], k: usize) -> f64 {
    let found = ranks.iter().flatten().filter(|&&rank| rank < k).count();
    found as f64 / ranks.len().max(1) as f64
}

/// The median time of an answer in an index of many, made by giving each title another's body.
fn speed(reports: &Reports) -> anyhow::Result<Figure> {
    let texts = &reports.texts;
    anyhow::ensure!(!texts.is_empty(), "there are no reports");
    let mut index = Index::new();
    for key in 0..MANY {
        let body = &texts[(key * 7919 + key / texts.len()) % texts.len()].1;
        index.set(key, Text::new(&texts[key % texts.len()].0, body));
    }
    let step = (texts.len() / 300).max(1);
    let mut times: Vec<f64> = Vec::new();
    for (title, body) in texts.iter().step_by(step) {
        let mut fastest = f64::INFINITY;
        for _ in 0..ATTEMPTS {
            let start = Instant::now();
            anyhow::ensure!(!index.similar(Text::new(title, body), 10).is_empty(), "found nothing");
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1e3);
        }
        times.push(fastest);
    }
    times.sort_by(f64::total_cmp);
    Ok(Figure {
        name: "similar ms per query, 100,000 reports, median".to_owned(),
        value: times[times.len() / 2],
        n: times.len(),
        reference: format!("95 of 100 within {:.1} ms", times[times.len() * 95 / 100]),
        bound: Some(Bound::AtMost(20.0)),
    })
}

/// Query and master side by side on a line, without quoting.
fn read_pairs(file: &Path) -> anyhow::Result<Reports> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut reports = Reports::default();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, query, query_title, query_body, _, master, master_title, master_body, ..] =
            cells[..]
        else {
            anyhow::bail!("{}: a line has {} cells", file.display(), cells.len());
        };
        let mut place = |id, title: &str, body: &str| {
            *places.entry(id).or_insert_with(|| {
                reports.texts.push((title.to_owned(), body.to_owned()));
                reports.texts.len() - 1
            })
        };
        let pair =
            (place(query, query_title, query_body), place(master, master_title, master_body));
        reports.pairs.push(pair);
    }
    Ok(reports)
}

fn read_hadoop(all: &Path, pairs: &Path) -> anyhow::Result<Reports> {
    let mut reports = Reports::default();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in csv::Reader::from_path(all)?.deserialize() {
        let report: Report = row?;
        places.insert(report.id, reports.texts.len());
        reports.texts.push((report.title, report.body));
    }
    for row in csv::Reader::from_path(pairs)?.deserialize() {
        let (query, master): (String, String) = row?;
        if let (Some(&query), Some(&master)) = (places.get(&query), places.get(&master)) {
            reports.pairs.push((query, master));
        }
    }
    Ok(reports)
}
