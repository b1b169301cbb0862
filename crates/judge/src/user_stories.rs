//! Reading and checking user stories.
//!
//! Both annotated collections were cut in two before the first rule was written: rules were shaped
//! on `development` alone, `test` was only measured.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use wherefore_storylint::{Criterion, Options, Piece, Story, check_backlog, read};

use crate::figure::{Bound, Figure};
use crate::files;

/// The annotated backlogs that were kept for testing.
const TEST_BACKLOGS: [&str; 6] = ["g04", "g12", "g14", "g19", "g24", "g27"];
/// Every third abstract of the labelled stories is kept for testing.
const TEST_EVERY: usize = 3;
const PARTS: [&str; 3] = ["all", "development", "test"];

/// The figures of this part of the data: annotated stories (`json`), labelled ones (`csv`), and
/// backlogs of one story a line (`txt`).
pub fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut figures = extraction(folder)?;
    figures.extend(defects(folder)?);
    figures.extend(speed(folder)?);
    Ok(figures)
}

#[derive(Default, Clone, Copy)]
struct Tally {
    hits: usize,
    found: usize,
    expected: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.hits += other.hits;
        self.found += other.found;
        self.expected += other.expected;
    }

    fn precision(self) -> f64 {
        self.hits as f64 / self.found.max(1) as f64
    }

    fn recall(self) -> f64 {
        self.hits as f64 / self.expected.max(1) as f64
    }

    fn f1(self) -> f64 {
        2.0 * self.hits as f64 / (self.found + self.expected).max(1) as f64
    }
}

#[derive(Deserialize)]
struct Annotated {
    #[serde(rename = "Text")]
    text: String,
    #[serde(rename = "Persona")]
    persona: Vec<String>,
    #[serde(rename = "Action")]
    action: Actions,
    #[serde(rename = "Entity")]
    entity: Entities,
}

#[derive(Deserialize)]
struct Actions {
    #[serde(rename = "Primary Action")]
    primary: Vec<String>,
}

#[derive(Deserialize)]
struct Entities {
    #[serde(rename = "Primary Entity")]
    primary: Vec<String>,
}

/// What is read from a story, with the references of others and the bound.
const LABELS: [(&str, f64, &str); 3] = [
    ("persona", 0.98, "Visual Narrator .897, GPT-4 .981, CRF 1.0 (strict F1)"),
    ("primary action", 0.90, "Visual Narrator .876, GPT-4 .751, CRF .900 (strict F1)"),
    ("primary entity", 0.73, "Visual Narrator .360, GPT-4 .531, CRF .728 (strict F1)"),
];

fn extraction(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut tallies: BTreeMap<(usize, &str, bool), Tally> = BTreeMap::new();
    for path in files::below(folder, "json")? {
        let stories: Vec<Annotated> = match serde_json::from_str(&files::text(&path)?) {
            Ok(stories) => stories,
            Err(error) => {
                files::skipped(&path, &format!("holds no annotated stories: {error}"));
                continue;
            }
        };
        let part =
            if TEST_BACKLOGS.contains(&files::stem(&path).as_str()) { PARTS[2] } else { PARTS[1] };
        for story in &stories {
            for (label, strict, tally) in compare(story) {
                for part in [PARTS[0], part] {
                    tallies.entry((label, part, strict)).or_default().add(tally);
                }
            }
        }
    }
    let mut figures = Vec::new();
    for ((label, part, strict), tally) in tallies {
        let (name, bound, reference) = LABELS[label];
        let mode = if strict { "strict" } else { "inclusion" };
        figures.push(Figure {
            name: format!("storylint {name} F1 {mode} {part}"),
            value: tally.f1(),
            n: tally.expected,
            reference: format!("P {:.3} R {:.3}; {reference}", tally.precision(), tally.recall()),
            bound: strict.then_some(Bound::AtLeast(bound)),
        });
    }
    Ok(figures)
}

fn compare(annotated: &Annotated) -> Vec<(usize, bool, Tally)> {
    let story = read(&annotated.text);
    let texts = |pieces: &[Piece]| -> Vec<String> {
        pieces.iter().map(|piece| piece.text.clone()).collect()
    };
    let persona: Vec<String> = story.persona.iter().map(|piece| piece.text.clone()).collect();
    let pairs = [
        (persona, &annotated.persona),
        (texts(&story.actions), &annotated.action.primary),
        (texts(&story.entities), &annotated.entity.primary),
    ];
    let mut tallies = Vec::new();
    for (label, (found, expected)) in pairs.into_iter().enumerate() {
        let (found, expected) = (normal(&found), normal(expected));
        tallies.push((label, true, matched(&found, &expected, |one, other| one == other)));
        let inclusion = |one: &str, other: &str| one.contains(other) || other.contains(one);
        tallies.push((label, false, matched(&found, &expected, inclusion)));
    }
    tallies
}

/// Lower case, trimmed, each once.
fn normal(texts: &[String]) -> BTreeSet<String> {
    texts.iter().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()).collect()
}

/// Pairs each expected text with at most one found; exact matches first.
fn matched(
    found: &BTreeSet<String>,
    expected: &BTreeSet<String>,
    same: impl Fn(&str, &str) -> bool,
) -> Tally {
    let mut left: BTreeSet<&String> = found.difference(expected).collect();
    let mut hits = found.intersection(expected).count();
    for text in expected.difference(found) {
        if let Some(hit) = left.iter().copied().find(|found| same(found, text)) {
            left.remove(hit);
            hits += 1;
        }
    }
    Tally { hits, found: found.len(), expected: expected.len() }
}

struct Labelled {
    summary: String,
    author: String,
    story: String,
    atomic: String,
    minimal: String,
    unique: String,
}

/// The columns of the labelled stories.
const LABELLED: [&str; 6] = ["Abstract", "LLM", "User story", "atomic", "minimal", "Unique"];

/// A criterion with the bounds of precision, recall and F1, and what another tool reaches.
struct Defect {
    criterion: Criterion,
    precision: f64,
    recall: f64,
    f1: f64,
    reference: &'static str,
}

const DEFECTS: [Defect; 3] = [
    Defect {
        criterion: Criterion::Atomic,
        precision: 0.342,
        recall: 0.702,
        f1: 0.62,
        reference: "AQUSA-core P .342 R .702",
    },
    Defect {
        criterion: Criterion::Minimal,
        precision: 0.621,
        recall: 0.720,
        f1: 0.77,
        reference: "AQUSA-core P .621 R .720",
    },
    Defect {
        criterion: Criterion::Unique,
        precision: 0.40,
        recall: 0.08,
        f1: 0.10,
        reference: "AQUSA-core P 0 R 0",
    },
];

fn defects(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut backlogs: BTreeMap<(String, String), Vec<Labelled>> = BTreeMap::new();
    for path in files::below(folder, "csv")? {
        let Some(rows) = files::columns(&path, LABELLED)? else {
            files::skipped(&path, "holds no labelled stories");
            continue;
        };
        for [summary, author, story, atomic, minimal, unique] in rows {
            let row = Labelled { summary, author, story, atomic, minimal, unique };
            backlogs.entry((row.summary.clone(), row.author.clone())).or_default().push(row);
        }
    }
    let mut tallies: BTreeMap<(usize, &str), Tally> = BTreeMap::new();
    for ((summary, _), rows) in &backlogs {
        let number: usize = summary.trim_start_matches('A').parse().unwrap_or(0);
        let part = if number.is_multiple_of(TEST_EVERY) { PARTS[2] } else { PARTS[1] };
        let stories: Vec<Story> = rows.iter().map(|row| read(&row.story)).collect();
        let findings = check_backlog(&stories, &Options::default());
        for (kind, defect) in DEFECTS.iter().enumerate() {
            let found: BTreeSet<usize> = findings
                .iter()
                .filter(|finding| finding.criterion == defect.criterion)
                .map(|finding| finding.story)
                .collect();
            let expected: BTreeSet<usize> =
                (0..rows.len()).filter(|at| lacks(&rows[*at], defect.criterion)).collect();
            let tally = Tally {
                hits: found.intersection(&expected).count(),
                found: found.len(),
                expected: expected.len(),
            };
            for part in [PARTS[0], part] {
                tallies.entry((kind, part)).or_default().add(tally);
            }
        }
    }
    Ok(tallies.into_iter().flat_map(|((kind, part), tally)| told(kind, part, tally)).collect())
}

/// Whether the label says that the story lacks the quality.
fn lacks(row: &Labelled, criterion: Criterion) -> bool {
    match criterion {
        Criterion::Atomic => row.atomic.trim() != "atomic",
        Criterion::Minimal => row.minimal.trim() != "minimal",
        _ => row.unique.trim() == "isSemDuplicate",
    }
}

/// Bounds are kept on all labelled stories; the parts are shown beside them.
fn told(kind: usize, part: &str, tally: Tally) -> Vec<Figure> {
    let defect = &DEFECTS[kind];
    [
        ("precision", tally.precision(), defect.precision),
        ("recall", tally.recall(), defect.recall),
        ("F1", tally.f1(), defect.f1),
    ]
    .into_iter()
    .map(|(measure, value, floor)| Figure {
        name: format!("storylint {} {measure} {part}", defect.criterion.name()),
        value,
        n: tally.expected,
        reference: defect.reference.to_owned(),
        bound: (part == PARTS[0]).then_some(Bound::AtLeast(floor)),
    })
    .collect()
}

fn speed(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut backlogs = Vec::new();
    for path in files::below(folder, "txt")? {
        backlogs.push(files::text(&path)?);
    }
    if backlogs.is_empty() {
        files::skipped(folder, "holds no backlogs as text");
        return Ok(Vec::new());
    }
    // The word lists are built at the first use, which a program pays once.
    let start = Instant::now();
    let mut stories = 0;
    let mut findings = 0;
    for backlog in &backlogs {
        let read: Vec<Story> =
            backlog.lines().filter(|line| !line.trim().is_empty()).map(read).collect();
        stories += read.len();
        findings += check_backlog(&read, &Options::default()).len();
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(vec![
        Figure {
            name: "storylint seconds for all backlogs".to_owned(),
            value: seconds,
            n: stories,
            reference: "asked for: under 0.2".to_owned(),
            bound: Some(Bound::AtMost(0.2)),
        },
        Figure {
            name: "storylint findings in all backlogs".to_owned(),
            value: findings as f64,
            n: stories,
            reference: "200 of them judged by hand, see docs/judgement/storylint.md".to_owned(),
            bound: None,
        },
    ])
}
