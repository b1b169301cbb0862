//! What words say about size before a team has said anything: learned from other teams' stories.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::lad::{Line, Sparse};
use crate::terms::stems;
use crate::{Past, Story, median, scaled};

/// Words that fewer stories have, or fewer teams, say nothing.
const LEAST_STORIES: usize = 10;
const LEAST_TEAMS: usize = 3;
const FORCE: f64 = 0.1;
const ROUNDS: usize = 12;

/// How much each word makes a story bigger or smaller than a team's usual one.
#[derive(Clone, Debug, Default)]
pub struct Prior {
    words: FxHashMap<String, f32>,
    constant: f32,
}

impl Prior {
    /// Knows nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// The one that comes with the product; `docs/judgement/estimate.md` says from what it was learned.
    pub fn shipped() -> Self {
        Self::from_text(include_str!("prior.tsv"))
    }

    /// Learns from the stories of several teams.
    pub fn learn(teams: &[Vec<Past>]) -> Self {
        let mut said: Vec<Vec<(String, f64)>> = Vec::new();
        let mut targets: Vec<f64> = Vec::new();
        for team in teams {
            let middle = scaled(median(team.iter().map(|past| past.points).collect()));
            let off = |past: &Past| scaled(past.points) - middle;
            let spread = team.iter().map(|past| off(past).abs()).sum::<f64>() / team.len() as f64;
            for past in team {
                said.push(stems(past.story).1);
                targets.push(off(past) / spread.max(0.1));
            }
        }
        let teams: Vec<usize> = teams
            .iter()
            .enumerate()
            .flat_map(|(team, stories)| std::iter::repeat_n(team, stories.len()))
            .collect();
        let words = common_stems(&said, &teams);
        let numbers: FxHashMap<&String, u32> = words.iter().zip(0..).collect();
        let constant = words.len() as u32;
        let rows: Vec<Sparse> = said
            .iter()
            .map(|story| {
                let known = story.iter().filter_map(|(stem, n)| Some((*numbers.get(stem)?, *n)));
                let mut row = unit(known.collect());
                row.push((constant, 1.0));
                row
            })
            .collect();
        let forces = vec![FORCE; rows.len()];
        let line = Line::fit(&rows, &targets, &forces, words.len() + 1, ROUNDS);
        let weights = line.weights();
        Self {
            words: words.iter().cloned().zip(weights.iter().copied()).collect(),
            constant: weights.last().copied().unwrap_or(0.0),
        }
    }

    /// How a story compares with a usual one: 0 is usual, 1 bigger by the usual difference.
    pub fn size(&self, story: Story) -> f64 {
        let (_, said) = stems(story);
        let known: Vec<(f32, f64)> =
            said.iter().filter_map(|(stem, n)| Some((*self.words.get(stem)?, *n))).collect();
        let row = unit(known.iter().zip(0..).map(|(&(_, n), at)| (at, n)).collect());
        let sum: f32 =
            row.iter().zip(&known).map(|(&(_, value), &(weight, _))| value * weight).sum();
        f64::from(sum + self.constant)
    }

    /// A word and its weight a line; the constant first, with no word.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<String> =
            self.words.iter().map(|(word, weight)| format!("{word}\t{weight:.3}\n")).collect();
        lines.sort_unstable();
        format!("\t{:.3}\n{}", self.constant, lines.concat())
    }

    /// Reads what [`Prior::to_text`] wrote; lines that are not so are left out.
    pub fn from_text(text: &str) -> Self {
        let mut prior = Self::none();
        for (word, weight) in text.lines().filter_map(|line| line.split_once('\t')) {
            match (word, weight.parse::<f32>()) {
                ("", Ok(weight)) => prior.constant = weight,
                (word, Ok(weight)) => {
                    prior.words.insert(word.to_owned(), weight);
                }
                (_, Err(_)) => {}
            }
        }
        prior
    }
}

/// Repeats count for less and less; the squares add up to 1.
fn unit(counts: Vec<(u32, f64)>) -> Sparse {
    let values: Vec<f64> = counts.iter().map(|(_, count)| 1.0 + count.ln()).collect();
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt().max(1e-9);
    counts.iter().zip(values).map(|(&(word, _), value)| (word, (value / length) as f32)).collect()
}

/// The stems that enough stories of enough teams have, in order.
fn common_stems(stories: &[Vec<(String, f64)>], teams: &[usize]) -> Vec<String> {
    let mut with: FxHashMap<&String, (usize, FxHashSet<usize>)> = FxHashMap::default();
    for (story, &team) in stories.iter().zip(teams) {
        for (stem, _) in story {
            let (count, said_by) = with.entry(stem).or_default();
            *count += 1;
            said_by.insert(team);
        }
    }
    let common = with
        .into_iter()
        .filter(|(_, (count, said_by))| *count >= LEAST_STORIES && said_by.len() >= LEAST_TEAMS);
    let mut kept: Vec<String> = common.map(|(stem, _)| stem.clone()).collect();
    kept.sort_unstable();
    kept
}
