//! Conjunctions in what a story asks for, and what they join.

use std::ops::Range;

use crate::tokens::Token;
use crate::words;

/// What a conjunction joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    Verbs,
    Adjectives,
    Adverbs,
    Nouns,
}

/// A conjunction and its surroundings.
#[derive(Debug)]
pub(crate) struct Join {
    pub at: usize,
    pub joined: Joined,
    /// Whether it stands in a clause below the main one: `that …`, `which …`, `when …`.
    pub below: bool,
    /// Whether it stands after an infinitive of purpose: `… to compare and rank them`.
    pub purpose: bool,
    /// Whether it stands behind a preposition, that is in what only qualifies the object.
    pub qualifier: bool,
}

/// The conjunctions in what is wanted, in order.
pub(crate) fn joins(tokens: &[Token], within: Range<usize>) -> Vec<Join> {
    let mut found = Vec::new();
    let (mut below, mut purpose, mut qualifier) = (false, false, false);
    // In `I want the page to show and explain` the first infinitive is the wish itself.
    let mut complement = tokens.get(within.start).is_some_and(|token| !token.is("to"));
    for at in within.start + 1..within.end {
        let word = tokens[at].lower.as_str();
        let next = tokens.get(at + 1).map_or("", |token| token.lower.as_str());
        if word == "," && words::ing(next) {
            // `…, enabling me to …` is what comes of it.
            break;
        }
        if matches!(
            word,
            "that" | "which" | "who" | "whose" | "when" | "if" | "where" | "how" | "what"
        ) {
            below = true;
            qualifier = false;
        } else if word == "to" && (words::verb(next) || words::adverb(next)) {
            purpose = !complement && !tokens[at - 1].is("able");
            complement = false;
            qualifier = false;
        } else if words::preposition(word) && word != "to" {
            // `benefit from`, `adapt to`: what follows is what the verb is about.
            qualifier =
                !words::verb(&tokens[at - 1].lower) || words::noun_like(&tokens[at - 1].lower);
        } else if words::conjunction(word) && at + 1 < within.end {
            let joined = joined(tokens, at, within.clone());
            found.push(Join { at, joined, below, purpose, qualifier });
        }
    }
    found
}

fn joined(tokens: &[Token], at: usize, within: Range<usize>) -> Joined {
    let word = |at: usize| if at < within.end { tokens[at].lower.as_str() } else { "" };
    let mut next = at + 1;
    if word(next) == "to" {
        return Joined::Verbs;
    }
    while words::adverb(word(next)) {
        next += 1;
    }
    let (before, after) = (word(at - 1), word(next));
    let gerunds = words::ing(after)
        && words::verb_stem(after).is_some()
        && tokens[within.start..at]
            .iter()
            .any(|token| words::ing(&token.lower) && words::verb_stem(&token.lower).is_some());
    if words::auxiliary(after) || gerunds {
        return Joined::Verbs;
    }
    let beyond = word(next + 1);
    if next > at + 1 && words::adverb(before) && !words::verb(after) {
        return Joined::Adverbs;
    }
    // `photographs and documents`: two plurals, whatever verbs they might be.
    let plural = |word: &str| word.ends_with('s') && !words::verb(word);
    if plural(before) && plural(after) && !takes_direct_object(word(next + 1)) {
        return Joined::Nouns;
    }
    let verb = words::verb_stem(after)
        .is_some_and(|stem| !words::noun_like(stem) || takes_direct_object(beyond));
    let gerund_alone = words::ing(after) && !words::ing(before);
    if verb && !gerund_alone && !words::participle(after) {
        return Joined::Verbs;
    }
    if (words::adjective(before) || words::participle(before))
        && (words::adjective(after) || words::participle(after))
    {
        return Joined::Adjectives;
    }
    if words::verb_stem(before).is_some() && words::verb(after) && !words::noun_like(before) {
        return Joined::Verbs;
    }
    Joined::Nouns
}

fn takes_direct_object(after: &str) -> bool {
    words::determiner(after) || words::pronoun(after) || words::quantifier(after)
}
