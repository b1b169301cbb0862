//! Names a group of texts by what its members say more often than the rest.

use rustc_hash::{FxHashMap, FxHashSet};

/// Words in more than this share of the texts do not tell groups apart.
pub(crate) const COMMON: f64 = 0.2;
/// Of fewer texts than this, no word is too common.
pub(crate) const FEW: f64 = 20.0;

/// A text as stems, each with the way it is spelt, in order.
pub(crate) type Spelt = Vec<(u32, String)>;

/// How often each word and each pair of neighbours occurs over all texts.
pub(crate) struct Background {
    texts: f64,
    phrases: FxHashMap<Phrase, u32>,
}

/// One word, or two that follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Phrase(u32, Option<u32>);

fn phrases(text: &Spelt) -> FxHashSet<Phrase> {
    let words = text.iter().map(|word| Phrase(word.0, None));
    words.chain(text.array_windows().map(|[a, b]| Phrase(a.0, Some(b.0)))).collect()
}

impl Background {
    pub fn new(texts: &[Spelt]) -> Self {
        let mut all: FxHashMap<Phrase, u32> = FxHashMap::default();
        for text in texts {
            for phrase in phrases(text) {
                *all.entry(phrase).or_default() += 1;
            }
        }
        Self { texts: texts.len() as f64, phrases: all }
    }

    /// Up to three words or phrases, the most telling first, as the members spell them.
    pub fn label(&self, members: &[&Spelt]) -> Vec<String> {
        let mut inside: FxHashMap<Phrase, u32> = FxHashMap::default();
        for text in members {
            for phrase in phrases(text) {
                *inside.entry(phrase).or_default() += 1;
            }
        }
        let mut ranked: Vec<(f64, Phrase, String)> = inside
            .into_iter()
            .filter(|&(phrase, count)| count >= 2 && !self.everyday(phrase))
            .map(|(phrase, count)| {
                (self.weight(phrase, count, members.len()), phrase, spelling(phrase, members))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
        let mut used: FxHashSet<u32> = FxHashSet::default();
        let mut label = Vec::new();
        for (_, phrase, spelling) in ranked {
            let parts = [Some(phrase.0), phrase.1];
            if !parts.iter().flatten().any(|word| used.contains(word)) {
                used.extend(parts.iter().flatten());
                label.push(spelling);
            }
            if label.len() == 3 {
                break;
            }
        }
        label
    }

    /// Whether a word of the phrase occurs so widely that it names nothing.
    fn everyday(&self, phrase: Phrase) -> bool {
        [Some(phrase.0), phrase.1].into_iter().flatten().any(|word| {
            let texts = self.phrases.get(&Phrase(word, None)).copied().unwrap_or(0);
            self.texts >= FEW && f64::from(texts) > COMMON * self.texts
        })
    }

    /// The share of members that say it, times how much rarer it is elsewhere; a phrase says more
    /// than each of its words.
    fn weight(&self, phrase: Phrase, count: u32, members: usize) -> f64 {
        let everywhere = f64::from(self.phrases.get(&phrase).copied().unwrap_or(count));
        let share = f64::from(count) / members as f64;
        let rarity = ((self.texts + 1.0) / (everywhere + 0.5)).ln().max(0.05);
        share * rarity * if phrase.1.is_some() { 1.5 } else { 1.0 }
    }
}

/// The commonest way the members spell a phrase, in small letters; of equals the first by alphabet.
fn spelling(phrase: Phrase, members: &[&Spelt]) -> String {
    let mut ways: FxHashMap<String, u32> = FxHashMap::default();
    for text in members {
        match phrase.1 {
            None => {
                for word in text.iter().filter(|word| word.0 == phrase.0) {
                    *ways.entry(word.1.to_lowercase()).or_default() += 1;
                }
            }
            Some(second) => {
                for [a, b] in text.array_windows() {
                    if a.0 == phrase.0 && b.0 == second {
                        let both = format!("{} {}", a.1.to_lowercase(), b.1.to_lowercase());
                        *ways.entry(both).or_default() += 1;
                    }
                }
            }
        }
    }
    let best = ways.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    best.map(|(way, _)| way).unwrap_or_default()
}
