//! Verb phrases and noun phrases, found by their borders.

use std::ops::Range;

use crate::tokens::Token;
use crate::words;

/// A verb with what belongs to it, and where its object may begin.
#[derive(Debug)]
pub(crate) struct Verb {
    /// The words as they are reported.
    pub words: Range<usize>,
    /// The base form that decides what follows.
    pub head: usize,
    /// The token after it.
    pub end: usize,
}

/// Verbs of which the place passed through is the object.
const TRAVERSE: [&str; 6] = ["browse", "scroll", "page", "go", "look", "step"];
const WITH_IN: [&str; 9] = ["log", "sign", "tie", "fill", "opt", "zoom", "plug", "check", "build"];
const WITH_ON: [&str; 5] = ["move", "log", "sign", "carry", "turn"];
const BEFORE_GERUND: [&str; 6] = ["start", "stop", "begin", "keep", "continue", "avoid"];

/// Reads the verb phrase that begins at `at`; `to` and `be able to` are passed over.
pub(crate) fn verb(tokens: &[Token], mut at: usize) -> Option<Verb> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    loop {
        let before = at;
        if is(at, "to") || is(at, "must") {
            at += 1;
        }
        if is(at, "be") && is(at + 1, "able") {
            at += 2;
        }
        if at == before {
            break;
        }
    }
    let start = at;
    while tokens.get(at).is_some_and(|token| words::adverb(&token.lower)) {
        at += 1;
    }
    if is(at, "better") && tokens.get(at + 1).is_some_and(|next| words::verb(&next.lower)) {
        at += 1;
    }
    if is(at, "bulk") && tokens.get(at + 1).is_some_and(|next| words::verb(&next.lower)) {
        at += 1;
    }
    let token = tokens.get(at)?;
    let lower = token.lower.as_str();
    if !token.word || (words::preposition(lower) && lower != "like") || words::determiner(lower) {
        return None;
    }
    let head = at;
    at += 1;
    let next = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    if lower == "be" || lower == "get" && words::participle(next(at)) && !takes_noun(tokens, at + 1)
    {
        while words::adverb(next(at)) {
            at += 1;
        }
        if tokens.get(at).is_some_and(|token| {
            token.word && !words::determiner(&token.lower) && !words::preposition(&token.lower)
        }) {
            at += 1;
        }
    } else if BEFORE_GERUND.contains(&lower) && words::ing(next(at))
        || lower == "help" && words::verb(next(at))
        || lower == "make" && next(at) == "sure"
        || lower == "have" && matches!(next(at), "written" | "built" | "created")
    {
        at += 1;
    } else if lower == "make" && next(at) == "it" && words::adjective(next(at + 1)) {
        at += 2;
        if next(at) == "to" && words::verb(next(at + 1)) && next(at + 1) != "prove" {
            at += 2;
        }
    }
    at = trailing(tokens, head, at);
    Some(Verb { words: start..at, head, end: at })
}

/// Particles and adverbs right after the verb.
fn trailing(tokens: &[Token], head: usize, mut at: usize) -> usize {
    let next = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let verb = tokens[head].lower.as_str();
    loop {
        let word = next(at);
        let belongs = words::particle(word) && !(word == "up" && next(at + 1) == "to")
            || word == "through" && TRAVERSE.contains(&verb)
            || word == "in" && WITH_IN.contains(&verb) && verb != "fill"
            || word == "on" && WITH_ON.contains(&verb)
            || word == "through" && at > head + 1 && TRAVERSE.contains(&verb)
            || word == "for" && verb == "register"
            || word == "to" && verb == "revert"
            || word == "better"
            || word == "in" && next(at + 1) == "advance"
            || word.ends_with("ly") && words::adverb(word) && !qualifies(next(at + 1));
        if belongs {
            at += 1 + usize::from(word == "in" && next(at + 1) == "advance");
        } else if words::particle(word) || !(word == "and" && words::particle(next(at + 1))) {
            break;
        } else {
            at += 2;
        }
    }
    at
}

/// Whether an adverb before this word belongs to it and not to the verb.
fn qualifies(word: &str) -> bool {
    words::adjective(word) || words::participle(word) || word.starts_with("non-")
}

/// Whether a noun follows, so that a participle before it is its attribute.
fn takes_noun(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        token.word
            && !words::preposition(&token.lower)
            && !words::conjunction(&token.lower)
            && !words::adverb(&token.lower)
            && !words::auxiliary(&token.lower)
    })
}

/// What stands where an object is expected.
pub(crate) enum Object {
    /// A noun phrase without its article.
    Noun(Range<usize>),
    /// A question word or a clause that names nothing.
    Clause(Option<Range<usize>>),
}

impl Object {
    pub fn words(&self) -> Option<Range<usize>> {
        match self {
            Object::Noun(words) => Some(words.clone()),
            Object::Clause(words) => words.clone(),
        }
    }
}

/// Reads the object at `at`, passing over a preposition and an aside between commas.
pub(crate) fn object(
    tokens: &[Token],
    at: usize,
    end: usize,
    sure: bool,
) -> Option<(Object, usize)> {
    let mut at = past_aside(tokens, at, end);
    let next = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    if at < end && words::preposition(next(at)) && !words::wh(next(at)) {
        let verb = next(at) == "to" && words::verb(next(at + 1)) && !words::noun_like(next(at + 1));
        if verb || matches!(next(at), "so" | "because" | "while" | "as" | "using" | "via") {
            return None;
        }
        if matches!(next(at), "to" | "for")
            && let Some(aside) = noun(tokens, at + 1, end)
            && words::article(next(aside.end))
            && let Some(words) = noun(tokens, aside.end, end)
        {
            let stop = words.end;
            return Some((Object::Noun(words), stop));
        }
        at += 1;
    }
    if at >= end {
        return None;
    }
    match next(at) {
        "that" if clause_follows(tokens, at, end) => {
            let inner = if sure { None } else { noun(tokens, at + 1, end) };
            let stop = inner.as_ref().map_or(at + 1, |words| words.end);
            Some((Object::Clause(inner), stop))
        }
        "if" | "whether" => Some((Object::Clause(None), end)),
        "how"
            if matches!(next(at + 1), "many" | "much" | "long" | "often" | "far")
                || words::adjective(next(at + 1)) =>
        {
            Some((Object::Clause(Some(at..at + 2)), end))
        }
        "who" | "whom" | "when" | "how" | "where" | "why" => {
            Some((Object::Clause(Some(at..at + 1)), end))
        }
        "what" | "which" | "whose" => {
            let inner = noun(tokens, at + 1, end)
                .filter(|words| words.end <= end && !finite(next(words.start)));
            match inner {
                Some(words) => {
                    let stop = words.end;
                    Some((Object::Clause(Some(words)), stop))
                }
                None => Some((Object::Clause(Some(at..at + 1)), end)),
            }
        }
        word if words::reflexive(word) => Some((Object::Noun(at..at + 1), at + 1)),
        _ => {
            let words = noun(tokens, at, end)?;
            let stop = words.end;
            if sure && words::auxiliary(next(stop)) {
                return Some((Object::Clause(None), end));
            }
            Some((Object::Noun(words), stop))
        }
    }
}

fn finite(word: &str) -> bool {
    words::auxiliary(word) || words::pronoun(word)
}

/// Tells the conjunction `that` from the pointing word: a clause has its own verb.
fn clause_follows(tokens: &[Token], at: usize, end: usize) -> bool {
    tokens[at + 1..end.max(at + 1)].iter().any(|token| {
        words::auxiliary(&token.lower)
            || words::pronoun(&token.lower)
            || words::determiner(&token.lower)
            || (words::verb_stem(&token.lower).is_some() && !words::verb(&token.lower))
    })
}

fn past_aside(tokens: &[Token], at: usize, end: usize) -> usize {
    if tokens.get(at).is_some_and(|token| token.is(",")) {
        let close = (at + 1..end.min(at + 8)).find(|&at| tokens[at].is(","));
        return close.map_or(at, |close| close + 1);
    }
    at
}

/// Reads the noun phrase at `at`, without its article.
pub(crate) fn noun(tokens: &[Token], mut at: usize, end: usize) -> Option<Range<usize>> {
    let end = end.min(tokens.len());
    let next = |at: usize| if at < end { tokens[at].lower.as_str() } else { "" };
    while at < end {
        let word = next(at);
        if words::determiner(word) {
            at += 1;
        } else if word == "all" && words::determiner(next(at + 1)) {
            at += 2;
        } else if word == "all" && next(at + 1) == "of" {
            at += 2 + usize::from(words::determiner(next(at + 2)));
        } else if word == "at" && next(at + 1) == "least" {
            at += 2;
        } else {
            break;
        }
    }
    let start = at;
    while at < end {
        if stops(tokens, start, at, end) {
            break;
        }
        at += 1;
    }
    // An opening quote or bracket at the border belongs to what follows.
    while at > start && !tokens[at - 1].word && !tokens[at - 1].any(&["\"", "'", "”", "’", ")"])
    {
        at -= 1;
    }
    (at > start && (start..at).any(|at| tokens[at].word)).then_some(start..at)
}

/// Whether the noun phrase from `start` ends before `at`.
fn stops(tokens: &[Token], start: usize, at: usize, end: usize) -> bool {
    let next = |at: usize| if at < end { tokens[at].lower.as_str() } else { "" };
    let token = &tokens[at];
    let word = token.lower.as_str();
    let first = at == start;
    if !token.word {
        return !token.any(&["\"", "'", "“", "”", "‘", "’"]);
    }
    if first && word == "up" && next(at + 1) == "to"
        || word == "to" && next(at - usize::from(!first)) == "up"
    {
        return false;
    }
    if word == "of" && !first {
        return !of_belongs(tokens, start, at, end);
    }
    if words::possessive(word) {
        return first || !tokens[at - 1].is("of");
    }
    if words::conjunction(word) {
        return first || !joins_adjectives(tokens, at, end);
    }
    if words::pronoun(word) || words::auxiliary(word) || words::wh(word) {
        return true;
    }
    if !first && (words::reflexive(word) || words::particle(word) && next(at + 1) != "to") {
        return true;
    }
    if word == "prior" && next(at + 1) == "to" {
        return true;
    }
    if words::preposition(word) || words::article(word) {
        return true;
    }
    if words::adverb(word) {
        let qualifies = qualifies(next(at + 1)) && qualified(next(at.saturating_sub(1)));
        return !first && !qualifies;
    }
    !first && open_class_stops(tokens, at, end)
}

/// Whether an adverb after this word can belong to what follows.
fn qualified(word: &str) -> bool {
    words::adjective(word) || words::quantifier(word)
}

/// Whether a noun phrase ends before a verb form or an adjective that follows its noun.
fn open_class_stops(tokens: &[Token], at: usize, end: usize) -> bool {
    let next = |at: usize| if at < end { tokens[at].lower.as_str() } else { "" };
    let word = tokens[at].lower.as_str();
    let after = next(at + 1);
    let mark = at + 1 < end && !tokens[at + 1].word;
    let border = after.is_empty()
        || words::preposition(after)
        || words::determiner(after)
        || words::pronoun(after)
        || words::conjunction(after)
        || words::adverb(after)
        || mark;
    if words::participle(word) {
        return border;
    }
    if words::ing(word) {
        return words::ing_postmodifier(word)
            || words::determiner(after)
            || words::pronoun(after)
            || words::quantifier(after);
    }
    if words::verb(word) && predicate(word, after) {
        return true;
    }
    if third_person(word) && border && !after.is_empty() && !mark {
        return true;
    }
    words::postmodifier(word)
        && matches!(after, "to" | "for" | "from" | "when" | "at" | "as" | "in")
}

/// Whether a verb's base form after a noun is what the noun does: `have the site comply with`.
fn predicate(word: &str, after: &str) -> bool {
    let object = words::pronoun(after) || words::reflexive(after) || words::adverb(after);
    let open = words::determiner(after) || words::preposition(after);
    object || open && !words::noun_like(word)
}

/// A verb's third person that is no plural noun: `conforms`, `includes`.
fn third_person(word: &str) -> bool {
    word.ends_with('s')
        && words::verb_stem(word).is_some_and(|stem| stem != word && !words::noun_like(stem))
}

/// Whether `of` joins a measure to what it measures, or the two halves of a name.
fn of_belongs(tokens: &[Token], start: usize, at: usize, end: usize) -> bool {
    let head = tokens[at - 1].lower.as_str();
    let named = tokens[at - 1].capital
        && at + 1 < end
        && tokens[at + 1].capital
        && !words::article(&tokens[at + 1].lower);
    let plain = at + 1 < end && !words::article(&tokens[at + 1].lower);
    named || (plain && words::measure(head) && (at - 1 == start || !words::quantifier(head)))
}

/// `accurate and complete data` is one thing, `names and dates` are two.
fn joins_adjectives(tokens: &[Token], at: usize, end: usize) -> bool {
    let before = tokens[at - 1].lower.as_str();
    let Some(after) = tokens.get(at + 1).filter(|_| at + 2 < end) else { return false };
    let noun_follows = tokens[at + 2].word
        && !words::preposition(&tokens[at + 2].lower)
        && !words::conjunction(&tokens[at + 2].lower);
    words::adjective(before)
        && noun_follows
        && (words::adjective(&after.lower) || words::participle(&after.lower))
}
