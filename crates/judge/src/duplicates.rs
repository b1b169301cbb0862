//! Finding duplicate reports: the share of queries whose master is among the first k of all others.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use wherefore_similar::{Index, Text};

use crate::figure::{Bound, Figure};
use crate::files;

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

/// What is known of a set: its file's name, what it is called, other methods and the bounds.
struct Known {
    stem: &'static str,
    name: &'static str,
    reference: &'static str,
    floors: &'static [(usize, f64)],
    /// Bounds for the queries that had no say in the constants of the method: every other one.
    held: &'static [(usize, f64)],
}

const KNOWN: [Known; 2] = [
    Known {
        stem: "OfficeDupsTest",
        name: "OpenOffice",
        reference: "TF-IDF on the same pool: .317 at 1, .497 at 5, .575 at 10, .651 at 20",
        floors: &[(1, 0.36), (5, 0.55), (10, 0.63), (20, 0.70)],
        held: &[(1, 0.34), (10, 0.62), (20, 0.69)],
    },
    Known {
        stem: "hadoop_bugs",
        name: "Hadoop",
        reference: "nothing was chosen on these; TF-IDF on 127 queries .465/.724/.756",
        floors: &[(1, 0.40), (10, 0.66), (20, 0.70)],
        held: &[],
    },
];

/// The figures of this part of the data: sets as pairs with their texts side by side (`tsv`), and
/// as reports with pairs of their numbers (`csv`, the pairs in `REPORTS-….csv`).
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut sets: Vec<(String, Reports)> = Vec::new();
    for file in files::below(folder, "tsv")? {
        sets.push((files::stem(&file), read_pairs(&file)?));
    }
    let tables = files::below(folder, "csv")?;
    for file in &tables {
        let stem = files::stem(file);
        if let Some(reports) = read_reports(file, &stem, &tables)? {
            sets.push((stem, reports));
        }
    }
    sets.retain(|(stem, reports)| {
        if reports.pairs.is_empty() {
            eprintln!("skipped: {stem} holds no report with its duplicate");
        }
        !reports.pairs.is_empty()
    });
    let mut figures = Vec::new();
    for (stem, reports) in &sets {
        recalls(stem, reports, &mut figures);
    }
    if let Some((_, reports)) = sets.first() {
        figures.push(speed(reports));
    }
    Ok(figures)
}

fn recalls(stem: &str, reports: &Reports, figures: &mut Vec<Figure>) {
    let ranks = ranks(reports);
    let known = KNOWN.iter().find(|known| known.stem == stem);
    let name = known.map_or(stem, |known| known.name);
    let floors = known.map_or(&[(1, 0.0), (5, 0.0), (10, 0.0), (20, 0.0)][..], |set| set.floors);
    for &(k, floor) in floors {
        figures.push(Figure {
            name: format!("similar {name} R@{k}"),
            value: recall(&ranks, k),
            n: ranks.len(),
            reference: known.map_or("", |known| known.reference).to_owned(),
            bound: known.map(|_| Bound::AtLeast(floor)),
        });
    }
    // The constants of the method were chosen on every other query; the rest had no say.
    let held: Vec<_> = ranks.iter().skip(1).step_by(2).copied().collect();
    for &(k, floor) in known.map_or(&[][..], |known| known.held) {
        figures.push(Figure {
            name: format!("similar {name} R@{k}, queries not tuned on"),
            value: recall(&held, k),
            n: held.len(),
            reference: "every other query; the others chose the constants".to_owned(),
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
fn speed(reports: &Reports) -> Figure {
    let texts = &reports.texts;
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
            std::hint::black_box(index.similar(Text::new(title, body), 10));
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1e3);
        }
        times.push(fastest);
    }
    times.sort_by(f64::total_cmp);
    Figure {
        name: "similar ms per query, 100,000 reports, median".to_owned(),
        value: times[times.len() / 2],
        n: times.len(),
        reference: format!(
            "95 of 100 within {:.1} ms, the slowest in {:.1} ms",
            times[times.len() * 95 / 100],
            times[times.len() - 1]
        ),
        bound: Some(Bound::AtMost(20.0)),
    }
}

/// Query and master side by side on a line, without quoting.
fn read_pairs(file: &Path) -> anyhow::Result<Reports> {
    let text = files::text(file)?;
    let mut reports = Reports::default();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut short = 0;
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, query, query_title, query_body, _, master, master_title, master_body, ..] =
            cells[..]
        else {
            short += 1;
            continue;
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
    if short > 0 {
        files::skipped(file, &format!("in {short} lines, which have too few cells"));
    }
    Ok(reports)
}

/// Reports by their numbers, and the pairs in the tables named after them.
fn read_reports(file: &Path, stem: &str, tables: &[PathBuf]) -> anyhow::Result<Option<Reports>> {
    let names = ["Issue id", "Summary", "Description"];
    let Some(rows) = files::columns(file, names)? else { return Ok(None) };
    let mut reports = Reports::default();
    let mut places: HashMap<String, usize> = HashMap::new();
    for [id, title, body] in rows {
        places.insert(id, reports.texts.len());
        reports.texts.push((title, body));
    }
    let of_these = |table: &&PathBuf| files::stem(table).starts_with(&format!("{stem}-"));
    for table in tables.iter().filter(of_these) {
        for [query, master] in
            files::columns(table, ["Issue id", "Duplicate id"])?.unwrap_or_default()
        {
            if let (Some(&query), Some(&master)) = (places.get(&query), places.get(&master)) {
                reports.pairs.push((query, master));
            }
        }
    }
    Ok(Some(reports))
}
