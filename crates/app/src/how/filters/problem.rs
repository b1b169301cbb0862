//! What is wrong with a filter: where, what was expected, and what was perhaps meant.

use std::fmt;
use std::ops::Range;

/// Something that could not be understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where, in bytes of what was typed.
    pub at: Range<usize>,
    /// A sentence that says what is wrong there.
    pub message: String,
    /// The word that was perhaps meant.
    pub perhaps: Option<String>,
    /// The word in whose place it would stand.
    typed: String,
}

impl Problem {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), perhaps: None, typed: String::new() }
    }

    /// The same, offering whichever of `words` is next to what was typed.
    pub fn or(mut self, typed: &str, words: &[&str]) -> Self {
        self.perhaps = nearest(typed, words.iter().copied()).map(str::to_owned);
        typed.clone_into(&mut self.typed);
        self
    }

    /// The filter as it would read with the word that was perhaps meant.
    pub fn mended(&self, q: &str) -> Option<String> {
        let (perhaps, place) = (self.perhaps.as_ref()?, q.get(self.at.clone())?);
        let low = place.to_lowercase();
        let from = low.rfind(&self.typed.to_lowercase()).filter(|_| low.len() == place.len())?;
        let (start, end) = (self.at.start + from, self.at.start + from + self.typed.len());
        // What stood in quotes stays in them.
        let (before, after) = (q.get(..start)?, q.get(end..)?);
        let inside = before.ends_with('"') && after.starts_with('"');
        let word = if inside { perhaps.clone() } else { super::quoted(perhaps) };
        Some(format!("{before}{word}{after}"))
    }

    /// A name that the product does not know, with those that it does.
    pub fn unknown(at: Range<usize>, what: &str, typed: &str, words: &[&str]) -> Self {
        Self::new(at, format!("There is no {what} “{typed}” here.")).or(typed, words)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.perhaps {
            Some(word) => write!(f, " Did you mean “{word}”?"),
            None => Ok(()),
        }
    }
}

/// The word that is next to what was typed, if one is near enough.
pub fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let typed = typed.to_lowercase();
    // Longer texts are no misspelt words, and comparing costs their length squared.
    if typed.chars().count() > 60 {
        return None;
    }
    let most = (typed.chars().count() / 3).max(1);
    let begins = |word: &str| typed.chars().count() >= 2 && word.starts_with(&typed);
    words
        .filter(|word| word.chars().count() <= 80)
        .map(|word| (word, word.to_lowercase()))
        .map(|(word, low)| match begins(&low) {
            true => (1, word),
            false => (strsim::damerau_levenshtein(&typed, &low), word),
        })
        .filter(|(far, _)| *far <= most)
        .min_by_key(|(far, _)| *far)
        .map(|(_, word)| word)
}
