//! Learns a team's stories and suggests points for the next.

use std::fmt;

use crate::blend::{Near, Reading, Scene, Way, figures, quantile, ways};
use crate::lad::{Line, Sparse};
use crate::prior::Prior;
use crate::terms::{Raw, Space, read};
use crate::{Past, Story, median, scaled, unscaled};

/// With fewer stories there is nothing to go by.
pub const LEAST: usize = 20;
/// How many of the ways that did best are used together.
const BEST: usize = 5;
/// Of the stories that ways are compared on, the first counts by this share of the last.
const FIRST: f64 = 0.5;
/// A line to fit: how much the prior counts in it, after which share of the history a story counts
/// half, and whether it is fitted to the points themselves in place of their logarithms. A plain one
/// serves for its own figure, the others place past stories as well.
struct Kind {
    prior: f64,
    memory: Option<f64>,
    plain: bool,
    force: f64,
}

const LINES: [Kind; 6] = [
    Kind { prior: 0.3, memory: Some(0.3), plain: false, force: FORCE },
    Kind { prior: 1.0, memory: Some(0.3), plain: false, force: FORCE },
    Kind { prior: 0.3, memory: None, plain: false, force: FORCE },
    Kind { prior: 1.0, memory: None, plain: false, force: FORCE },
    Kind { prior: 0.3, memory: None, plain: true, force: FORCE },
    Kind { prior: 0.3, memory: Some(0.3), plain: true, force: 0.25 },
];
const FORCE: f64 = 0.1;
const ROUNDS: usize = 20;
/// Each past story is read by a line that was fitted without it: in so many parts, of runs so long.
const PARTS: usize = 5;
const RUN: usize = 10;
/// The share of a history on whose end the ways are compared.
const COMPARED: f64 = 0.25;
/// What the range leaves out on either side.
const TAIL: f64 = 0.2;

/// Suggested points.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The value of the team's own scale that is nearest to the middle.
    pub points: f64,
    /// The middle itself.
    pub middle: f64,
    /// Six of ten comparable stories lay within.
    pub range: (f64, f64),
    /// The past stories whose texts are most alike, at most five, the most alike first.
    pub alike: Vec<Alike>,
}

/// A past story like the new one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// Its place among the stories learned, from 0.
    pub story: usize,
    pub points: f64,
    /// 0 has nothing in common, 1 is the same.
    pub likeness: f64,
}

/// Why no points are suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLittle {
    /// The team has estimated fewer stories than [`LEAST`].
    Stories { have: usize },
    /// The story says nothing.
    Text,
}

impl fmt::Display for TooLittle {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            TooLittle::Stories { have } => write!(
                f,
                "{have} stories with points are too few to learn from; from {LEAST} on there are suggestions"
            ),
            TooLittle::Text => f.write_str("the story has no words to go by; give it a title"),
        }
    }
}

impl std::error::Error for TooLittle {}

/// What the estimator keeps of a past story.
#[derive(Clone, Debug)]
struct Known {
    title: String,
    description: String,
    points: f64,
}

/// A line with what it made of each past story before it knew it.
#[derive(Clone, Debug)]
struct Reader {
    line: Line,
    past: Vec<f64>,
    spread: f64,
}

/// A team's memory for story points.
#[derive(Clone, Debug)]
pub struct Estimator {
    prior: Prior,
    known: Vec<Known>,
    points: Vec<f64>,
    by_points: Vec<u32>,
    texts: Vec<Sparse>,
    space: Space,
    /// The usual size; what the lines say is counted from it.
    usual: f64,
    readers: Vec<Reader>,
    chosen: Vec<Way>,
    /// How many stories there were when the lines were last fitted.
    fitted: usize,
}

impl Estimator {
    /// Learns a team's whole history, oldest first, and compares the ways on its last quarter.
    pub fn from_history<'p>(past: impl IntoIterator<Item = Past<'p>>) -> Self {
        let past: Vec<Past> = past.into_iter().collect();
        let prior = Prior::shipped();
        let cut = ((past.len() as f64) * (1.0 - COMPARED)) as usize;
        let mut early = Self::train(prior.clone(), &past[..cut]);
        early.compare(&past[cut..]);
        let chosen = early.chosen;
        Self { chosen, ..Self::train(prior, &past) }
    }

    /// Learns stories, oldest first; the ways are those for a team nothing else is known of.
    pub fn train(prior: Prior, past: &[Past]) -> Self {
        let known = past.iter().filter(|past| past.points.is_finite() && past.points >= 0.0);
        let mut made = Self {
            prior,
            known: known.map(|past| Known::new(*past)).collect(),
            points: Vec::new(),
            by_points: Vec::new(),
            texts: Vec::new(),
            space: Space::default(),
            usual: 0.0,
            readers: Vec::new(),
            chosen: all_ways()
                .into_iter()
                .filter(|way| matches!(way, Way::Near(Near { width, memory, .. }, hold) if *width == 0.6 && *memory == 0.1 && *hold == 0.0))
                .collect(),
            fitted: 0,
        };
        made.fit();
        made
    }

    /// How many stories it has learned.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Compares the ways on stories it has not learned, and keeps to those that did best.
    pub fn compare(&mut self, later: &[Past]) {
        if self.known.len() < LEAST || later.is_empty() {
            return;
        }
        let all = all_ways();
        let mut off = vec![0.0; all.len()];
        for (at, past) in later.iter().enumerate() {
            let recent = FIRST.powf(1.0 - (at + 1) as f64 / later.len() as f64);
            self.scene(past.story, |scene| {
                for (figure, off) in figures(scene).into_iter().zip(&mut off) {
                    *off += (figure - past.points).abs() * recent;
                }
            });
        }
        let mut ranked: Vec<(f64, Way)> = off.into_iter().zip(all).collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.chosen = ranked.into_iter().take(BEST).map(|(_, way)| way).collect();
    }

    /// Learns one more story, the latest. It counts at once; the lines are fitted anew when a
    /// tenth of the stories is new to them, and until then moved a little.
    pub fn learn(&mut self, past: Past) {
        if !past.points.is_finite() || past.points < 0.0 {
            return;
        }
        self.known.push(Known::new(past));
        if self.readers.is_empty() || self.known.len() * 10 >= self.fitted * 11 {
            self.fit();
            return;
        }
        let (text, rows) = self.rows(past.story, &read(past.story));
        for ((reader, row), kind) in self.readers.iter_mut().zip(&rows).zip(&LINES) {
            if !kind.plain {
                reader.past.push(reader.line.at(row));
            }
            reader.line.learn(row, kind.target(past.points, self.usual), kind.force);
        }
        self.texts.push(text);
        self.points.push(past.points);
        self.order();
    }

    /// Suggests points for a story.
    pub fn suggest(&self, story: Story) -> Result<Suggestion, TooLittle> {
        if self.known.len() < LEAST {
            return Err(TooLittle::Stories { have: self.known.len() });
        }
        if !story.title.chars().chain(story.description.chars()).any(char::is_alphanumeric) {
            return Err(TooLittle::Text);
        }
        Ok(self.scene(story, |scene| {
            let places = self.chosen.iter().map(|way| scaled(way.points(scene)));
            let middle = unscaled(places.sum::<f64>() / self.chosen.len() as f64);
            let (low, high) = range(scene, &self.chosen);
            let points = self.nearest(middle);
            let range = (low.min(points), high.max(points));
            Suggestion { points, middle, range, alike: alike(scene) }
        }))
    }

    /// Looks at a story as the ways need it.
    fn scene<T>(&self, story: Story, use_it: impl FnOnce(&Scene) -> T) -> T {
        let (text, rows) = self.rows(story, &read(story));
        let mut query = vec![0.0f32; self.space.size()];
        for &(term, value) in &text {
            query[term as usize] = value;
        }
        let own = length(&text);
        let likeness: Vec<f64> = self
            .texts
            .iter()
            .map(|past| {
                let dot: f32 = past.iter().map(|&(term, value)| query[term as usize] * value).sum();
                (f64::from(dot) / (own * length(past)).max(1e-9)).clamp(0.0, 1.0)
            })
            .collect();
        let lines: Vec<Reading> = self
            .readers
            .iter()
            .zip(&rows)
            .zip(&LINES)
            .map(|((reader, row), kind)| {
                let new = reader.line.at(row);
                let points = kind.points(new, self.usual);
                Reading { new, past: &reader.past, spread: reader.spread, points }
            })
            .collect();
        use_it(&Scene {
            points: &self.points,
            by_points: &self.by_points,
            likeness: &likeness,
            lines: &lines,
        })
    }

    /// The text of a story as a row, and what each line reads of it.
    fn rows(&self, story: Story, raw: &Raw) -> (Sparse, Vec<Sparse>) {
        let (text, row) = self.space.row(raw);
        let size = self.prior.size(story);
        let rows = LINES.iter().map(|kind| {
            let mut row = row.clone();
            row.push((self.space.prior(), (size * kind.prior) as f32));
            row
        });
        (text, rows.collect())
    }

    /// Fits everything to the stories known.
    fn fit(&mut self) {
        let raw: Vec<Raw> = self.known.iter().map(|known| read(known.story())).collect();
        self.points = self.known.iter().map(|known| known.points).collect();
        self.order();
        self.fitted = raw.len();
        if raw.len() < LEAST {
            return;
        }
        self.space = Space::new(&raw);
        self.usual = median(self.points.clone());
        let mut texts = Vec::new();
        let mut rows: Vec<Vec<Sparse>> = vec![Vec::new(); LINES.len()];
        for (known, raw) in self.known.iter().zip(&raw) {
            let (text, lines) = self.rows(known.story(), raw);
            texts.push(text);
            rows.iter_mut().zip(lines).for_each(|(rows, row)| rows.push(row));
        }
        self.texts = texts;
        let size = self.space.size();
        let readers = LINES.iter().zip(&rows).map(|(kind, rows)| {
            let targets = self.points.iter().map(|&points| kind.target(points, self.usual));
            Reader::fit(rows, &targets.collect::<Vec<f64>>(), kind, size)
        });
        self.readers = readers.collect();
    }

    fn order(&mut self) {
        self.by_points = (0..self.points.len() as u32).collect();
        self.by_points
            .sort_by(|&a, &b| self.points[a as usize].total_cmp(&self.points[b as usize]));
    }

    /// The value nearest to the middle among those the team uses, that is gave one story in fifty.
    fn nearest(&self, middle: f64) -> f64 {
        let often = (self.points.len() / 50).max(1);
        let ordered = self.by_points.iter().map(|&at| self.points[at as usize]);
        let ordered: Vec<f64> = ordered.collect();
        let used = ordered.chunk_by(|a, b| a == b).filter(|same| same.len() >= often);
        let off = |value: f64| (scaled(value) - scaled(middle)).abs();
        used.map(|same| same[0]).min_by(|&a, &b| off(a).total_cmp(&off(b))).unwrap_or(middle)
    }
}

impl Known {
    fn new(past: Past) -> Self {
        Self {
            title: past.story.title.to_owned(),
            description: past.story.description.to_owned(),
            points: past.points,
        }
    }

    fn story(&self) -> Story<'_> {
        Story::new(&self.title, &self.description)
    }
}

impl Kind {
    /// What the line should say of a story with these points.
    fn target(&self, points: f64, usual: f64) -> f64 {
        if self.plain { points - usual } else { scaled(points) - scaled(usual) }
    }

    /// The points for what the line says.
    fn points(&self, place: f64, usual: f64) -> f64 {
        let points = if self.plain { place + usual } else { unscaled(place + scaled(usual)) };
        points.max(0.0)
    }
}

impl Reader {
    fn fit(rows: &[Sparse], targets: &[f64], kind: &Kind, size: usize) -> Self {
        let n = rows.len() as f64;
        let force = |at: usize| {
            kind.force * kind.memory.map_or(1.0, |memory| 0.5f64.powf((n - at as f64) / n / memory))
        };
        let forces: Vec<f64> = (0..rows.len()).map(force).collect();
        let line = Line::fit(rows, targets, &forces, size, ROUNDS);
        if kind.plain {
            return Self { line, past: Vec::new(), spread: 1.0 };
        }
        let part = |at: usize| at / RUN % PARTS;
        let mut past = vec![0.0; rows.len()];
        for left_out in 0..PARTS {
            let others: Vec<f64> = (0..rows.len())
                .map(|at| if part(at) == left_out { 0.0 } else { forces[at] })
                .collect();
            let without = Line::fit(rows, targets, &others, size, ROUNDS);
            for at in (0..rows.len()).filter(|&at| part(at) == left_out) {
                past[at] = without.at(&rows[at]);
            }
        }
        let mean = past.iter().sum::<f64>() / n;
        let square = past.iter().map(|place| (place - mean).powi(2)).sum::<f64>() / n;
        Self { line, past, spread: square.sqrt().max(1e-6) }
    }
}

fn all_ways() -> Vec<Way> {
    ways(LINES.iter().map(|kind| !kind.plain))
}

fn length(row: &Sparse) -> f64 {
    row.iter().map(|&(_, value)| f64::from(value * value)).sum::<f64>().sqrt()
}

/// Within which the points of comparable stories lie, all chosen ways together.
fn range(scene: &Scene, chosen: &[Way]) -> (f64, f64) {
    let mut weights = vec![0.0; scene.points.len()];
    for way in chosen {
        let own = way.weights(scene);
        let total: f64 = own.iter().sum::<f64>().max(1e-12);
        weights.iter_mut().zip(own).for_each(|(sum, weight)| *sum += weight / total);
    }
    (quantile(scene, &weights, TAIL), quantile(scene, &weights, 1.0 - TAIL))
}

fn alike(scene: &Scene) -> Vec<Alike> {
    let stories = scene.likeness.iter().zip(scene.points).enumerate();
    let mut all: Vec<Alike> = stories
        .map(|(story, (&likeness, &points))| Alike { story, points, likeness })
        .filter(|alike| alike.likeness > 0.0)
        .collect();
    // Of equals the later one first.
    all.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| b.story.cmp(&a.story)));
    all.truncate(5);
    all
}
