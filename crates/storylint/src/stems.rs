//! Words reduced to what they have in common, to compare wishes.

use std::collections::BTreeSet;

use crate::tokens::Token;
use crate::words;

/// The stems of the words that carry meaning, each once.
pub(crate) fn content(tokens: &[Token]) -> BTreeSet<String> {
    tokens
        .iter()
        .filter(|token| token.word && carries_meaning(&token.lower))
        .map(|token| stem(&token.lower))
        .collect()
}

fn carries_meaning(word: &str) -> bool {
    !(words::determiner(word)
        || words::quantifier(word)
        || words::preposition(word)
        || words::conjunction(word)
        || words::pronoun(word)
        || words::reflexive(word)
        || words::auxiliary(word)
        || words::wh(word)
        || words::plain_adverb(word)
        || matches!(word, "able" | "want" | "need" | "like" | "etc." | "easily" | "ability"))
}

/// A light stem: endings of number, tense and derivation are cut where enough remains.
pub(crate) fn stem(word: &str) -> String {
    const ENDINGS: [(&str, &str); 16] = [
        ("'s", ""),
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ations", ""),
        ("ation", ""),
        ("ings", ""),
        ("ing", ""),
        ("edly", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
        ("ly", ""),
        ("ors", ""),
        ("or", ""),
        ("e", ""),
    ];
    let mut word = word.trim_end_matches("(s)").to_owned();
    // Number first, then at most one ending of tense or derivation.
    for _ in 0..2 {
        let cut = ENDINGS.iter().find_map(|(ending, with)| {
            let head = word.strip_suffix(ending)?;
            (head.chars().count() >= 3 && !(*ending == "s" && head.ends_with('s')))
                .then(|| format!("{head}{with}"))
        });
        match cut {
            Some(shorter) => word = shorter,
            None => break,
        }
    }
    if word.ends_with('y') && word.len() > 3 {
        word.pop();
        word.push('i');
    }
    let mut ends = word.chars().rev();
    if let (Some(last), Some(before)) = (ends.next(), ends.next())
        && last == before
        && word.len() > 4
    {
        word.pop();
    }
    word
}
