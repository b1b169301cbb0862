//! The index of texts: finds candidates by their rarer words, then compares the best of them closely.

use std::cmp::Ordering;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::Text;
use crate::compare::{Comparison, Corpus, Numbers, saturated};
use crate::vocabulary::{Resolved, Vocabulary};
use crate::words::{Word, words};

/// How many candidates are compared closely.
const CANDIDATES: usize = 200;
/// How many of the words of a query look for candidates; the rarest do.
const SEEKING: usize = 40;
/// How much a strange word must be spelt like a known one to stand for it.
const SPELT_ALIKE: f64 = 0.5;
const SPELLINGS: usize = 4;
/// How many strange words are looked for so.
const STRANGE: usize = 10;
/// Words of a body beyond these are left out (long logs).
const LONGEST_BODY: usize = 300;

/// Texts by key, kept in step with edits.
///
/// The answers depend on the texts that are in the index alone: an index that saw additions, edits
/// and removals answers like one built anew.
#[derive(Clone, Debug)]
pub struct Index<K> {
    vocabulary: Vocabulary,
    slots: Vec<Option<(K, Numbers)>>,
    free: Vec<u32>,
    by_key: FxHashMap<K, u32>,
    /// For each word the slots whose text has it, in order, with its share of the text.
    postings: Vec<Vec<(u32, f32)>>,
    /// In how many texts each letter triple occurs.
    triple_texts: Vec<u32>,
}

/// A text of the index that is like the one asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<K> {
    pub key: K,
    /// 0 has nothing in common, 1 is the same text.
    pub score: f64,
    /// The words both have, as the text asked for spells them, the rarest first; at most five.
    pub shared: Vec<String>,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            vocabulary: Vocabulary::default(),
            slots: Vec::new(),
            free: Vec::new(),
            by_key: FxHashMap::default(),
            postings: Vec::new(),
            triple_texts: Vec::new(),
        }
    }
}

/// The index as one query sees it, with the words that only the query has.
struct View<'a, K> {
    index: &'a Index<K>,
    resolved: Resolved,
}

impl<K> Corpus for View<'_, K> {
    fn sizes(&self) -> (usize, usize) {
        (self.index.vocabulary.len() + self.resolved.new.len(), self.resolved.triples)
    }

    fn triples(&self, word: u32) -> &[u32] {
        match (word as usize).checked_sub(self.index.vocabulary.len()) {
            None => self.index.vocabulary.triples(word),
            Some(new) => &self.resolved.new[new],
        }
    }

    fn word_rarity(&self, word: u32) -> f64 {
        self.index.rarity(self.index.postings.get(word as usize).map_or(0, Vec::len))
    }

    fn triple_rarity(&self, triple: u32) -> f64 {
        self.index.rarity(self.index.triple_texts.get(triple as usize).map_or(0, |&n| n as usize))
    }
}

impl<K: Ord + Hash + Clone> Index<K> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    pub fn contains(&self, key: &K) -> bool {
        self.by_key.contains_key(key)
    }

    /// Takes a text in, or puts it in the place of the one with the same key.
    pub fn set(&mut self, key: K, text: Text) {
        self.remove(&key);
        let mut intern = |text: &str, longest: usize| -> Box<[u32]> {
            let words = words(text);
            words.iter().take(longest).map(|word| self.vocabulary.intern(&word.stem)).collect()
        };
        let numbers = Numbers {
            title: intern(text.title, LONGEST_BODY),
            body: intern(text.body, LONGEST_BODY),
        };
        self.postings.resize(self.vocabulary.len(), Vec::new());
        self.triple_texts.resize(self.vocabulary.triple_count(), 0);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() as u32 - 1
        });
        for (word, share) in shares(&numbers) {
            let list = &mut self.postings[word as usize];
            let at = list.partition_point(|&(other, _)| other < slot);
            list.insert(at, (slot, share));
        }
        for triple in distinct_triples(&self.vocabulary, &numbers) {
            self.triple_texts[triple as usize] += 1;
        }
        self.by_key.insert(key.clone(), slot);
        self.slots[slot as usize] = Some((key, numbers));
    }

    /// Whether a text with the key was there.
    pub fn remove(&mut self, key: &K) -> bool {
        let Some(slot) = self.by_key.remove(key) else { return false };
        let Some((_, numbers)) = self.slots[slot as usize].take() else { return false };
        for (word, _) in shares(&numbers) {
            let list = &mut self.postings[word as usize];
            if let Ok(at) = list.binary_search_by_key(&slot, |&(other, _)| other) {
                list.remove(at);
            }
        }
        for triple in distinct_triples(&self.vocabulary, &numbers) {
            self.triple_texts[triple as usize] -= 1;
        }
        self.free.push(slot);
        true
    }

    /// The texts most like this one, the most alike first, equals by key.
    pub fn similar(&self, text: Text, limit: usize) -> Vec<Hit<K>> {
        self.search(text, None, limit)
    }

    /// The texts most like this one, the one with the key left out: for a text that is being edited.
    pub fn similar_except(&self, key: &K, text: Text, limit: usize) -> Vec<Hit<K>> {
        self.search(text, self.by_key.get(key).copied(), limit)
    }

    fn search(&self, text: Text, except: Option<u32>, limit: usize) -> Vec<Hit<K>> {
        let (title, mut body) = (words(text.title), words(text.body));
        body.truncate(LONGEST_BODY);
        let stems = title.iter().chain(&body).map(|word| word.stem.as_str());
        let view = View { index: self, resolved: self.vocabulary.resolve(stems) };
        let (first, second) = view.resolved.ids.split_at(title.len());
        let query = Numbers { title: first.into(), body: second.into() };
        let candidates = self.candidates(&view, &query, except, CANDIDATES.max(limit));

        let mut comparison = Comparison::new(&view, &query);
        let mut scored: Vec<(f64, u32)> = candidates
            .into_iter()
            .filter_map(|slot| {
                let (_, numbers) = self.slots[slot as usize].as_ref()?;
                // Sums in another order differ in the last digits; equals must stay equals.
                let score = (comparison.with(numbers) * 1e9).round() / 1e9;
                (score > 0.0).then_some((score, slot))
            })
            .collect();
        scored.sort_unstable_by(|a, b| self.order(*a, *b));
        scored.truncate(limit);
        let spelt = |word: &Word, of: &str| of.get(word.span.clone()).unwrap_or("").to_owned();
        let spellings: Vec<(u32, String)> = title
            .iter()
            .map(|word| spelt(word, text.title))
            .chain(body.iter().map(|word| spelt(word, text.body)))
            .zip(&view.resolved.ids)
            .map(|(spelling, &id)| (id, spelling))
            .collect();
        let hits = scored.into_iter().filter_map(|(score, slot)| {
            let (key, numbers) = self.slots[slot as usize].as_ref()?;
            Some(Hit { key: key.clone(), score, shared: self.shared(numbers, &spellings) })
        });
        hits.collect()
    }

    /// Slots by the cosine of their words, the best `limit`, in no particular order.
    fn candidates(
        &self,
        view: &View<K>,
        query: &Numbers,
        except: Option<u32>,
        limit: usize,
    ) -> Vec<u32> {
        let mut sought: Vec<(u32, f64)> = Vec::new();
        let mut strange = 0;
        for (word, share) in shares(query) {
            let weight = f64::from(share) * view.word_rarity(word);
            if self.in_use(word) {
                sought.push((word, weight));
            } else if strange < STRANGE {
                strange += 1;
                let alike = self.vocabulary.alike(view.triples(word), SPELT_ALIKE);
                let used = alike.into_iter().filter(|&(word, _)| self.in_use(word));
                sought.extend(used.take(SPELLINGS).map(|(w, likeness)| (w, weight * likeness)));
            }
        }
        sought.sort_by(|a, b| b.1.total_cmp(&a.1));
        sought.truncate(SEEKING);
        let mut sums = vec![0.0f32; self.slots.len()];
        for (word, weight) in sought {
            for &(slot, share) in &self.postings[word as usize] {
                sums[slot as usize] += weight as f32 * share;
            }
        }
        if let Some(slot) = except {
            sums[slot as usize] = 0.0;
        }
        let mut found: Vec<(f64, u32)> = sums
            .iter()
            .enumerate()
            .filter(|&(_, &sum)| sum > 0.0)
            .map(|(slot, &sum)| (f64::from(sum), slot as u32))
            .collect();
        if found.len() > limit {
            found.select_nth_unstable_by(limit, |a, b| self.order(*a, *b));
            found.truncate(limit);
        }
        found.into_iter().map(|(_, slot)| slot).collect()
    }

    fn order(&self, a: (f64, u32), b: (f64, u32)) -> Ordering {
        let key = |slot: u32| self.slots[slot as usize].as_ref().map(|(key, _)| key);
        b.0.total_cmp(&a.0).then_with(|| key(a.1).cmp(&key(b.1)))
    }

    fn shared(&self, numbers: &Numbers, spellings: &[(u32, String)]) -> Vec<String> {
        let mut both: Vec<&(u32, String)> = Vec::new();
        for entry in spellings {
            let has = numbers.title.contains(&entry.0) || numbers.body.contains(&entry.0);
            if has && !both.iter().any(|seen| seen.0 == entry.0) {
                both.push(entry);
            }
        }
        both.sort_by_key(|entry| self.postings[entry.0 as usize].len());
        both.truncate(5);
        both.into_iter().map(|entry| entry.1.clone()).collect()
    }
}

impl<K> Index<K> {
    /// Whether a text of the index has the word.
    fn in_use(&self, word: u32) -> bool {
        self.postings.get(word as usize).is_some_and(|texts| !texts.is_empty())
    }

    /// How rare something is that occurs in this many of the texts.
    fn rarity(&self, texts: usize) -> f64 {
        ((self.by_key.len() as f64 + 1.0) / (texts as f64 + 0.5)).ln().max(0.01)
    }
}

/// Each word of a text once, with its share of the text; the squares of the shares add up to 1.
fn shares(numbers: &Numbers) -> Vec<(u32, f32)> {
    let mut order: Vec<u32> = Vec::new();
    let mut counts: FxHashMap<u32, f64> = FxHashMap::default();
    for (word, count) in numbers.occurrences() {
        let sum = counts.entry(word).or_default();
        if *sum == 0.0 {
            order.push(word);
        }
        *sum += count;
    }
    let weights: Vec<f64> = order.iter().map(|word| saturated(counts[word])).collect();
    let length = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
    order.into_iter().zip(weights).map(|(word, weight)| (word, (weight / length) as f32)).collect()
}

fn distinct_triples(vocabulary: &Vocabulary, numbers: &Numbers) -> Vec<u32> {
    let all = numbers.title.iter().chain(&numbers.body);
    let mut triples: Vec<u32> =
        all.flat_map(|&word| vocabulary.triples(word).iter().copied()).collect();
    triples.sort_unstable();
    triples.dedup();
    triples
}
