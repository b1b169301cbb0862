//! Splits a text into the words by which it is compared.

use std::ops::Range;

use crate::stem::stem;
use crate::stop::is_stop;

/// Longer runs of letters are no words (encoded data); they are cut here.
const LONGEST: usize = 40;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The lower-case stem.
    pub stem: String,
    /// Where the word stands in the text, in bytes.
    pub span: Range<usize>,
}

/// The words that carry the topic, in order: stop words left out, `camelCase` taken apart, and
/// scripts written without spaces cut into overlapping pairs of characters.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = every_word(text);
    found.retain(|word| !text.get(word.span.clone()).is_some_and(is_stop));
    found
}

/// Like [`words`], stop words included: how a thing is said can matter too.
pub fn every_word(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut run: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let breaks = match run.last() {
            None => false,
            Some(&(_, before)) => !belongs(before, c) || humps(&run, c),
        };
        if breaks {
            push_run(&run, at, &mut found);
            run.clear();
        }
        if c.is_alphanumeric() {
            run.push((at, c));
        }
    }
    found
}

fn belongs(before: char, c: char) -> bool {
    c.is_alphanumeric() && spaceless(before) == spaceless(c)
}

/// Whether a new part of a camelCase name starts at `c`: after a small letter only, so that
/// `PDFs` and `OOo2` stay whole.
fn humps(run: &[(usize, char)], c: char) -> bool {
    c.is_uppercase() && run.last().is_some_and(|&(_, before)| before.is_lowercase())
}

/// Han, kana, Thai, Lao and Khmer put no spaces between words.
fn spaceless(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

fn push_run(run: &[(usize, char)], end: usize, found: &mut Vec<Word>) {
    let end_of = |index: usize| run.get(index).map_or(end, |&(at, _)| at);
    if run.first().is_some_and(|&(_, c)| spaceless(c)) {
        for (index, pair) in run.windows(2.min(run.len())).enumerate() {
            let stem = pair.iter().map(|&(_, c)| c).collect();
            found.push(Word { stem, span: run[index].0..end_of(index + pair.len()) });
        }
        return;
    }
    let small: String = run.iter().take(LONGEST).flat_map(|&(_, c)| c.to_lowercase()).collect();
    found.push(Word { stem: stem(&small), span: run[0].0..end });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn takes_text_apart() {
        assert_eq!(
            stems("The exported PDFs aren't opening"),
            ["export", "pdfs", "aren", "t", "open"]
        );
        assert_eq!(
            stems("NullPointerException in getFileStatus()"),
            ["null", "pointer", "except", "get", "file", "status"]
        );
        assert_eq!(stems("表示できない"), ["表示", "示で", "でき", "きな", "ない"]);
        assert_eq!(stems("字"), ["字"]);
        assert!(stems(" … the — of ").is_empty());
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text(text in "\\PC{0,80}|[a-zA-Z表字 ]{0,60}|.{0,40}") {
            for word in words(&text) {
                prop_assert!(text.get(word.span).is_some_and(|inside| !inside.is_empty()));
            }
        }
    }
}
