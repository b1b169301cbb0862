//! How alike two texts are: by their words, by the letter triples of the words, and by the words
//! that stand near one another.
//!
//! Each of the three is a cosine. A word's weight is its frequency (the title counting three
//! times, long texts damped, repeats saturating as in BM25F) times a power of its rarity. The
//! constants were chosen on one half of the queries that `docs/judgement/similar.md` describes.

use rustc_hash::FxHashMap;

/// What an occurrence in the title counts for, one in the body counting 1.
const TITLE: f64 = 3.0;
/// How far a text longer or shorter than usual is corrected.
const DAMPING: f64 = 0.4;
const USUAL_TITLE: f64 = 6.0;
const USUAL_BODY: f64 = 50.0;
const SATURATION: f64 = 4.0;
/// How far apart two words may stand to be near.
const NEAR: usize = 3;
/// Body words beyond these count as single words only.
const PAIRED_BODY: usize = 100;

const WORD_RARITY: f64 = 0.5;
const TRIPLE_RARITY: f64 = 0.7;
/// What words, triples and pairs weigh in the whole.
const SHARES: [f64; 3] = [0.4, 0.4, 0.2];

/// A text as numbers of words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub title: Box<[u32]>,
    pub body: Box<[u32]>,
}

impl Numbers {
    fn title_unit(&self) -> f64 {
        TITLE / damping(self.title.len(), USUAL_TITLE)
    }

    fn body_unit(&self) -> f64 {
        1.0 / damping(self.body.len(), USUAL_BODY)
    }

    /// Each word with what its occurrence counts for.
    pub fn occurrences(&self) -> impl Iterator<Item = (u32, f64)> {
        let (title, body) = (self.title_unit(), self.body_unit());
        let title = self.title.iter().map(move |&word| (word, title));
        title.chain(self.body.iter().map(move |&word| (word, body)))
    }

    /// The pairs of near words, each with what it counts for, equal ones merged.
    fn pairs(&self, pairs: &mut Vec<(u64, f64)>) {
        pairs.clear();
        let body = &self.body[..self.body.len().min(PAIRED_BODY)];
        for (words, unit) in [(&*self.title, self.title_unit()), (body, self.body_unit())] {
            for (at, &first) in words.iter().enumerate() {
                for &second in words.iter().skip(at + 1).take(NEAR) {
                    let (low, high) = (first.min(second), first.max(second));
                    pairs.push((u64::from(low) << 32 | u64::from(high), unit));
                }
            }
        }
        pairs.sort_unstable_by_key(|&(pair, _)| pair);
        pairs.dedup_by(|from, to| {
            let same = from.0 == to.0;
            if same {
                to.1 += from.1;
            }
            same
        });
    }
}

fn damping(length: usize, usual: f64) -> f64 {
    1.0 - DAMPING + DAMPING * length as f64 / usual
}

/// Repeats count for less and less.
pub(crate) fn saturated(count: f64) -> f64 {
    count * (SATURATION + 1.0) / (count + SATURATION)
}

/// Sums by number, remembering which numbers were touched, in order.
struct Tally {
    sums: Vec<f64>,
    touched: Vec<u32>,
}

impl Tally {
    fn new(size: usize) -> Self {
        Self { sums: vec![0.0; size], touched: Vec::new() }
    }

    fn add(&mut self, number: u32, count: f64) {
        let sum = &mut self.sums[number as usize];
        if *sum == 0.0 {
            self.touched.push(number);
        }
        *sum += count;
    }

    /// Hands out each number with its sum and forgets them.
    fn drain(&mut self, mut each: impl FnMut(u32, f64)) {
        for &number in &self.touched {
            each(number, std::mem::take(&mut self.sums[number as usize]));
        }
        self.touched.clear();
    }
}

/// What the texts of an index have in common, as far as weights depend on it.
pub(crate) trait Corpus {
    /// How many words and letter triples there are to number, those of the query included.
    fn sizes(&self) -> (usize, usize);
    fn triples(&self, word: u32) -> &[u32];
    /// How rare a word is, 0 or more.
    fn word_rarity(&self, word: u32) -> f64;
    fn triple_rarity(&self, triple: u32) -> f64;
}

/// A text made ready to be compared with many.
pub(crate) struct Comparison<'c, C> {
    corpus: &'c C,
    words: Vec<f64>,
    triples: Vec<f64>,
    pairs: FxHashMap<u64, f64>,
    norms: [f64; 3],
    word_tally: Tally,
    triple_tally: Tally,
    pair_list: Vec<(u64, f64)>,
    /// Rarity and the weight it gives, worked out once for each number; negative where not yet.
    word_factor: Vec<(f64, f64)>,
    triple_factor: Vec<f64>,
}

impl<'c, C: Corpus> Comparison<'c, C> {
    pub fn new(corpus: &'c C, text: &Numbers) -> Self {
        let (words, triples) = corpus.sizes();
        let mut made = Self {
            corpus,
            words: vec![0.0; words],
            triples: vec![0.0; triples],
            pairs: FxHashMap::default(),
            norms: [1.0; 3],
            word_tally: Tally::new(words),
            triple_tally: Tally::new(triples),
            pair_list: Vec::new(),
            word_factor: vec![(-1.0, 0.0); words],
            triple_factor: vec![-1.0; triples],
        };
        let (mut words, mut triples, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
        made.weigh(
            text,
            |number, weight| words.push((number, weight)),
            |number, weight| triples.push((number, weight)),
            |pair, weight| pairs.push((pair, weight)),
        );
        for &(number, weight) in &words {
            made.words[number as usize] = weight;
        }
        for &(number, weight) in &triples {
            made.triples[number as usize] = weight;
        }
        made.norms = [norm(&words), norm(&triples), norm(&pairs)];
        made.pairs = pairs.into_iter().collect();
        made
    }

    /// How alike the other text is: 0 has nothing in common, 1 is the same.
    pub fn with(&mut self, other: &Numbers) -> f64 {
        let words = std::mem::take(&mut self.words);
        let triples = std::mem::take(&mut self.triples);
        let pairs = std::mem::take(&mut self.pairs);
        let mut dots = [0.0; 3];
        let mut squares = [0.0; 3];
        let [word_dot, triple_dot, pair_dot] = &mut dots;
        let [word_square, triple_square, pair_square] = &mut squares;
        self.weigh(
            other,
            |number, weight| {
                *word_dot += weight * words[number as usize];
                *word_square += weight * weight;
            },
            |number, weight| {
                *triple_dot += weight * triples[number as usize];
                *triple_square += weight * weight;
            },
            |pair, weight| {
                *pair_dot += weight * pairs.get(&pair).copied().unwrap_or(0.0);
                *pair_square += weight * weight;
            },
        );
        (self.words, self.triples, self.pairs) = (words, triples, pairs);
        // A single word has no pairs; what the text lacks does not count, so that the same is 1.
        let parts = (0..3).filter(|&part| self.norms[part] > 0.0);
        let (mut sum, mut whole) = (0.0, 0.0);
        for part in parts {
            whole += SHARES[part];
            if squares[part] > 0.0 {
                sum += SHARES[part] * dots[part] / (squares[part].sqrt() * self.norms[part]);
            }
        }
        if whole > 0.0 { (sum / whole).min(1.0) } else { 0.0 }
    }

    /// Hands out the weight of every word, letter triple and pair of near words of a text.
    fn weigh(
        &mut self,
        text: &Numbers,
        mut word: impl FnMut(u32, f64),
        mut triple: impl FnMut(u32, f64),
        mut pair: impl FnMut(u64, f64),
    ) {
        let corpus = self.corpus;
        for (number, count) in text.occurrences() {
            self.word_tally.add(number, count);
        }
        let (tally, factors) = (&mut self.triple_tally, &mut self.word_factor);
        self.word_tally.drain(|number, count| {
            for &triple in corpus.triples(number) {
                tally.add(triple, count);
            }
            let factor = &mut factors[number as usize];
            if factor.0 < 0.0 {
                let rarity = corpus.word_rarity(number);
                *factor = (rarity, rarity.powf(WORD_RARITY));
            }
            word(number, saturated(count) * factor.1);
        });
        let factors = &mut self.triple_factor;
        self.triple_tally.drain(|number, count| {
            let factor = &mut factors[number as usize];
            if *factor < 0.0 {
                *factor = corpus.triple_rarity(number).powf(TRIPLE_RARITY);
            }
            triple(number, saturated(count) * *factor);
        });
        text.pairs(&mut self.pair_list);
        for &(both, count) in &self.pair_list {
            let rarity = |word: u64| self.word_factor[word as usize].0;
            pair(both, saturated(count) * (rarity(both >> 32) + rarity(both & 0xFFFF_FFFF)));
        }
    }
}

fn norm<N>(weights: &[(N, f64)]) -> f64 {
    weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt()
}
