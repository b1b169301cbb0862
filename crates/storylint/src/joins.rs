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
    /// Whether that purpose is all that is wanted, for the verb before it only names a tool:
    /// `use the data to find gaps and close them`.
    pub with_tool: bool,
    /// Whether it stands behind a preposition, that is in what only qualifies the object.
    pub qualifier: bool,
}

/// The conjunctions in what is wanted, in order.
pub(crate) fn joins(tokens: &[Token], within: Range<usize>) -> Vec<Join> {
    let mut found = Vec::new();
    let (mut below, mut purpose, mut qualifier) = (false, false, false);
    let mut aims = 0;
    // `between A and B` is one thing.
    let mut between = false;
    // In `I want the page to show and explain` the first infinitive is the wish itself.
    let mut complement = tokens.get(within.start).is_some_and(|token| !token.is("to"));
    let head = head(tokens, within.clone());
    let tool = head.is_some_and(|head| tokens[head].any(&TOOLS));
    for at in within.start + 1..within.end {
        let word = tokens[at].lower.as_str();
        let next = tokens.get(at + 1).map_or("", |token| token.lower.as_str());
        if word == "," && words::ing(next) {
            // `…, enabling me to …` is what comes of it.
            break;
        }
        if words::wh(word) && words::asks(&tokens[at - 1].lower) {
            // `know what is open and overdue` asks one question.
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
            aims += usize::from(purpose);
            complement = false;
            qualifier = false;
        } else if words::preposition(word) && (word != "to" || completes(&tokens[at - 1].lower)) {
            // `benefit from`, `adapt to`: what follows is what the verb is about.
            let verb = &tokens[at - 1].lower;
            let about = matches!(word, "from" | "with" | "for" | "about")
                && words::verb(verb)
                && (!words::noun_like(verb) || head == Some(at - 1));
            // `provide users with a list`: the list is what is wanted.
            let given = word == "with" && head.is_some_and(|head| tokens[head].any(&GIVERS));
            qualifier = !about && !given;
            between |= word == "between";
        } else if words::conjunction(word) && at + 1 < within.end && !std::mem::take(&mut between) {
            let joined = joined(tokens, at, within.clone());
            let with_tool = purpose && tool && aims == 1;
            found.push(Join { at, joined, below, purpose, with_tool, qualifier });
        }
    }
    found
}

/// Verbs whose object is a tool for what follows.
const TOOLS: [&str; 7] = ["use", "apply", "leverage", "utilize", "utilise", "employ", "harness"];
/// Verbs that name what is given after `with`.
const GIVERS: [&str; 5] = ["provide", "supply", "equip", "present", "furnish"];

/// The verb of the wish.
fn head(tokens: &[Token], within: Range<usize>) -> Option<usize> {
    let skipped = |token: &Token| {
        token.any(&["to", "be", "able"])
            || words::adverb(&token.lower)
            || words::modal(&token.lower)
    };
    within.into_iter().find(|&at| !skipped(&tokens[at]))
}

/// Whether `to` after this word only completes it: `related to`, `similar to`.
fn completes(word: &str) -> bool {
    words::participle(word) || words::adjective(word)
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
    let quality = |word: &str| words::adjective(word) || words::participle(word);
    if quality(before) && quality(after) {
        return Joined::Adjectives;
    }
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
    if words::verb_stem(before).is_some() && words::verb(after) && !words::noun_like(before) {
        return Joined::Verbs;
    }
    Joined::Nouns
}

fn takes_direct_object(after: &str) -> bool {
    (words::determiner(after) && after != "that")
        || words::pronoun(after)
        || words::quantifier(after)
}
