//! The words an index has met, numbered, and the letter triples each is made of.

use rustc_hash::FxHashMap;

/// Numbers are given in order of arrival and kept; nothing an index answers depends on them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    ids: FxHashMap<String, u32>,
    spellings: Vec<Box<str>>,
    /// The triples of each word, repeats included.
    triples: Vec<Box<[u32]>>,
    triple_ids: FxHashMap<[char; 3], u32>,
    /// The words in which a triple occurs.
    words_with: Vec<Vec<u32>>,
}

/// Words of a text that is only looked up: those the vocabulary lacks get numbers past its end.
pub(crate) struct Resolved {
    pub ids: Vec<u32>,
    /// Triples of the words that the vocabulary lacks, by number less [`Vocabulary::len`].
    pub new: Vec<Box<[u32]>>,
    /// How many triples there are, those that the vocabulary lacks included.
    pub triples: usize,
}

fn triples_of(word: &str) -> Vec<[char; 3]> {
    let edged: Vec<char> = ['^'].into_iter().chain(word.chars()).chain(['$']).collect();
    edged.array_windows().copied().collect()
}

impl Vocabulary {
    pub fn len(&self) -> usize {
        self.triples.len()
    }

    pub fn triple_count(&self) -> usize {
        self.words_with.len()
    }

    pub fn triples(&self, word: u32) -> &[u32] {
        &self.triples[word as usize]
    }

    /// The number of a word, which is taken in where it is new.
    pub fn intern(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = self.triples.len() as u32;
        let mut own = Vec::new();
        for triple in triples_of(word) {
            let next = self.words_with.len() as u32;
            let triple = *self.triple_ids.entry(triple).or_insert(next);
            if triple == next {
                self.words_with.push(Vec::new());
            }
            let with = &mut self.words_with[triple as usize];
            if with.last() != Some(&id) {
                with.push(id);
            }
            own.push(triple);
        }
        self.triples.push(own.into_boxed_slice());
        self.ids.insert(word.to_owned(), id);
        self.spellings.push(word.into());
        id
    }

    /// Numbers words without taking any in.
    pub fn resolve<'w>(&self, words: impl Iterator<Item = &'w str>) -> Resolved {
        let mut unknown: FxHashMap<&str, u32> = FxHashMap::default();
        let mut strange: FxHashMap<[char; 3], u32> = FxHashMap::default();
        let mut resolved =
            Resolved { ids: Vec::new(), new: Vec::new(), triples: self.triple_count() };
        for word in words {
            if let Some(&id) = self.ids.get(word).or_else(|| unknown.get(word)) {
                resolved.ids.push(id);
                continue;
            }
            let id = (self.len() + resolved.new.len()) as u32;
            let mut own = Vec::new();
            for triple in triples_of(word) {
                let known = self.triple_ids.get(&triple).copied();
                own.push(known.unwrap_or_else(|| {
                    let next = (self.triple_count() + strange.len()) as u32;
                    *strange.entry(triple).or_insert(next)
                }));
            }
            resolved.new.push(own.into_boxed_slice());
            resolved.ids.push(id);
            unknown.insert(word, id);
        }
        resolved.triples += strange.len();
        resolved
    }

    /// Known words spelt much like one of these triples: a slip, a word half typed, a part of a
    /// compound. Each comes with its likeness (Dice), which is at least `least`.
    pub fn alike(&self, triples: &[u32], least: f64) -> Vec<(u32, f64)> {
        let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
        for &triple in triples {
            for &word in self.words_with.get(triple as usize).map_or(&[][..], Vec::as_slice) {
                *shared.entry(word).or_default() += 1;
            }
        }
        let mut found: Vec<(u32, f64)> = shared
            .into_iter()
            .map(|(word, count)| {
                let both = triples.len() + self.triples(word).len();
                (word, (2.0 * f64::from(count) / both as f64).min(1.0))
            })
            .filter(|&(_, likeness)| likeness >= least)
            .collect();
        let spelling = |word: u32| &self.spellings[word as usize];
        found.sort_unstable_by(|a, b| {
            b.1.total_cmp(&a.1).then_with(|| spelling(a.0).cmp(spelling(b.0)))
        });
        found
    }
}
