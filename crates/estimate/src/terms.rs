//! What is read from a story: its words, the words and phrases of its title, pieces of those words,
//! and its shape (length, lists, code, links).

use rustc_hash::FxHashMap;
use wherefore_similar::{Word, every_word};

use crate::Story;
use crate::lad::Sparse;

/// Text beyond this many bytes of a description is left out.
const LONGEST: usize = 4_000;
const SHAPES: usize = 15;
/// What a step of one standard deviation in shape weighs beside the words, whose squares add up to 1.
const SHAPE_WEIGHT: f64 = 0.02;

/// The kinds of terms; each kind is brought to a length of its own.
const WORD: u8 = 0;
const TITLE: u8 = 1;
const PHRASE: u8 = 2;
const PIECE: u8 = 3;
const KIND_WEIGHTS: [f64; 4] = [1.0, 0.4, 0.3, 0.4];

type Term = (u8, String);

/// A story as counted terms and shape.
pub(crate) struct Raw {
    counts: Vec<(Term, f64)>,
    shape: [f64; SHAPES],
}

/// The part of a text that is read.
fn beginning(text: &str) -> &str {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The stems of every word, and how often each is said, the title counting twice.
pub(crate) fn stems(story: Story) -> (Vec<Word>, Vec<(String, f64)>) {
    let title = every_word(story.title);
    let body = every_word(beginning(story.description));
    let said =
        title.iter().map(|word| (&word.stem, 2.0)).chain(body.iter().map(|w| (&w.stem, 1.0)));
    let mut sums: FxHashMap<&String, f64> = FxHashMap::default();
    for (stem, count) in said {
        *sums.entry(stem).or_default() += count;
    }
    let mut counts: Vec<(String, f64)> = sums.into_iter().map(|(s, n)| (s.clone(), n)).collect();
    counts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    (title, counts)
}

/// Reads a story.
pub(crate) fn read(story: Story) -> Raw {
    let (title, words) = stems(story);
    let mut sums: FxHashMap<Term, f64> = FxHashMap::default();
    for word in &title {
        *sums.entry((TITLE, word.stem.clone())).or_default() += 1.0;
        let edged: Vec<char> = [' '].into_iter().chain(word.stem.chars()).chain([' ']).collect();
        for length in [3, 4] {
            for piece in edged.windows(length) {
                *sums.entry((PIECE, piece.iter().collect())).or_default() += 1.0;
            }
        }
    }
    for [first, second] in title.array_windows() {
        let phrase = format!("{} {}", first.stem, second.stem);
        *sums.entry((PHRASE, phrase)).or_default() += 1.0;
    }
    if let Some(word) = title.first() {
        *sums.entry((PHRASE, format!("^{}", word.stem))).or_default() += 1.0;
    }
    let mut counts: Vec<(Term, f64)> =
        words.into_iter().map(|(stem, count)| ((WORD, stem), count)).chain(sums).collect();
    counts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Raw { counts, shape: shape(story) }
}

fn shape(story: Story) -> [f64; SHAPES] {
    let (title, body) = (story.title, story.description);
    let (small_title, small) = (title.to_lowercase(), body.to_lowercase());
    let flag = |is: bool| f64::from(u8::from(is));
    let log = |count: usize| (1.0 + count as f64).ln();
    let code = ["{code", "{noformat", "<pre", "```"];
    let lists = |line: &str| line.trim_start().starts_with(['*', '#', '-']);
    [
        log(body.len()),
        log(title.len()),
        flag(code.iter().any(|mark| body.contains(mark))),
        flag(body.contains("http")),
        flag(title.contains('?')),
        flag(body.lines().any(lists)),
        flag(body.contains(" at ") && body.contains("Exception")),
        flag(body.trim().is_empty()),
        flag(body.contains('!')),
        log(body.matches('\n').count()),
        flag(small.contains("steps to rep") || small.contains("expected")),
        flag(title.contains(':')),
        title.split_whitespace().count() as f64,
        flag(small.contains("as a ") || small_title.contains("as a ")),
        flag(small.contains("should")),
    ]
}

/// The terms a team uses, numbered and weighed by rarity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Space {
    terms: FxHashMap<Term, (u32, f64)>,
    means: [f64; SHAPES],
    deviations: [f64; SHAPES],
}

impl Space {
    /// Takes in the terms that two stories or more have.
    pub fn new(stories: &[Raw]) -> Self {
        let mut with: FxHashMap<&Term, u32> = FxHashMap::default();
        for (term, _) in stories.iter().flat_map(|story| &story.counts) {
            *with.entry(term).or_default() += 1;
        }
        let mut shared: Vec<(&Term, u32)> = with.into_iter().filter(|&(_, n)| n > 1).collect();
        shared.sort_unstable();
        let n = stories.len() as f64;
        let rarity = |with: u32| ((n + 1.0) / (f64::from(with) + 1.0)).ln() + 1.0;
        let numbered = shared.into_iter().enumerate();
        let mut space = Self {
            terms: numbered
                .map(|(number, (term, with))| (term.clone(), (number as u32, rarity(with))))
                .collect(),
            ..Self::default()
        };
        for at in 0..SHAPES {
            let mean = stories.iter().map(|story| story.shape[at]).sum::<f64>() / n;
            let square = stories.iter().map(|story| (story.shape[at] - mean).powi(2)).sum::<f64>();
            space.means[at] = mean;
            space.deviations[at] = (square / n).sqrt().max(1e-3);
        }
        space
    }

    /// How many numbers a row may use: the terms, the shape, the constant and the prior.
    pub fn size(&self) -> usize {
        self.terms.len() + SHAPES + 2
    }

    /// The number under which a row holds what the prior says.
    pub fn prior(&self) -> u32 {
        self.size() as u32 - 1
    }

    /// The story as a row of terms (text), and the same with shape and the constant added.
    pub fn row(&self, story: &Raw) -> (Sparse, Sparse) {
        let mut kinds: [Vec<(u32, f64)>; 4] = Default::default();
        for (term, count) in &story.counts {
            if let Some(&(number, rarity)) = self.terms.get(term) {
                kinds[usize::from(term.0)].push((number, (1.0 + count.ln()) * rarity));
            }
        }
        let mut text = Sparse::new();
        for (kind, weight) in kinds.iter().zip(KIND_WEIGHTS) {
            let length = kind.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
            text.extend(kind.iter().map(|&(term, value)| (term, (value / length * weight) as f32)));
        }
        let mut row = text.clone();
        let first = self.terms.len() as u32;
        for at in 0..SHAPES {
            let step = (story.shape[at] - self.means[at]) / self.deviations[at];
            row.push((first + at as u32, (step.clamp(-4.0, 4.0) * SHAPE_WEIGHT) as f32));
        }
        row.push((first + SHAPES as u32, 1.0));
        (text, row)
    }
}
