//! Whether a story asks for one thing.

use std::collections::HashSet;

use super::{Criterion, Report};
use crate::joins::{Join, Joined, joins};
use crate::read::{Parsed, span};
use crate::span::Span;
use crate::tokens::Token;
use crate::words;

pub(super) fn check(parsed: &Parsed, report: &mut Report) {
    if let Some(slashed) = slashed(parsed) {
        report.add(
            Criterion::Atomic,
            slashed,
            format!("\"{}\" are two actions.", slashed.of(&parsed.story.text)),
            "Write one story for each, or choose the one that is meant.".to_owned(),
        );
        return;
    }
    let mut found = joins(&parsed.tokens, parsed.frame.means.clone());
    let actions = || parsed.story.actions.iter();
    let starts: HashSet<usize> = actions().map(|action| action.span.start).collect();
    let ends: HashSet<usize> = actions().map(|action| action.span.end).collect();
    // A conjunction that leads into one of the actions joins it, whatever noun it could be.
    for join in &mut found {
        let (before, at, after) =
            (&parsed.tokens[join.at - 1], &parsed.tokens[join.at], &parsed.tokens[join.at + 1]);
        if starts.contains(&after.span.start) && (at.is("and") || ends.contains(&before.span.end)) {
            join.joined = Joined::Verbs;
        }
    }
    // One finding a story: the join that weighs most.
    let Some(join) =
        found.iter().filter(|join| splits(parsed, join)).min_by_key(|join| weight(join))
    else {
        return;
    };
    let Some(place) = span(&parsed.tokens, &(join.at - 1..join.at + 2)) else { return };
    let text = &parsed.story.text;
    let conjunction = parsed.tokens[join.at].span.of(text);
    let what = match join.joined {
        Joined::Verbs => "two actions",
        Joined::Adjectives | Joined::Adverbs => "two demands, each to be met and tested",
        Joined::Nouns => "two things",
    };
    report.add(
        Criterion::Atomic,
        place,
        format!("\"{conjunction}\" joins {what}."),
        split(parsed, join),
    );
}

/// `copy/paste`: two actions cut from one word.
fn slashed(parsed: &Parsed) -> Option<Span> {
    parsed.story.actions.windows(2).find_map(|pair| {
        let (first, second) = (pair[0].span, pair[1].span);
        (second.start == first.end + 1 && parsed.story.text[first.end..second.start] == *"/")
            .then_some(Span { start: first.start, end: second.end })
    })
}

/// Whether what is joined would make two stories. Things behind a preposition or in a purpose
/// only qualify what is wanted, and alternatives of a thing are one wish.
fn splits(parsed: &Parsed, join: &Join) -> bool {
    let next = &parsed.tokens[join.at + 1];
    if words::conjunction(&next.lower) || (words::preposition(&next.lower) && !next.is("to")) {
        return false;
    }
    let alternative = parsed.tokens[join.at].any(&["or", "and/or", "nor"]);
    let below = join.below || join.purpose;
    if fixed_pair(parsed, join) {
        return false;
    }
    match join.joined {
        Joined::Verbs => {
            let aim = join.purpose && !join.with_tool;
            !(aim || alternative && below || compared(parsed, join))
        }
        Joined::Adverbs => !alternative,
        Joined::Adjectives => !(alternative || join.qualifier && join.purpose),
        Joined::Nouns => !below && !join.qualifier && !alternative && !shared_head(parsed, join),
    }
}

/// `evaluate it and compare it with others`: comparing is how it is evaluated.
fn compared(parsed: &Parsed, join: &Join) -> bool {
    let word = |at: usize| parsed.tokens.get(at).map_or("", |token| token.lower.as_str());
    word(join.at + 1) == "compare" && words::pronoun(word(join.at + 2))
}

/// `blood and urine samples`: two plain words before the one thing that both describe. Names, and
/// phrases of more words, are taken for two things.
fn shared_head(parsed: &Parsed, join: &Join) -> bool {
    let tokens = &parsed.tokens;
    let end = parsed.frame.means.end;
    let (Some(opening), first, second) =
        (join.at.checked_sub(2), &tokens[join.at - 1], &tokens[join.at + 1])
    else {
        return false;
    };
    let Some(head) = tokens.get(join.at + 2).filter(|_| join.at + 2 < end) else { return false };
    let plain = |token: &Token| {
        token.word
            && !token.capital
            && !token.lower.ends_with('s')
            && !words::adjective(&token.lower)
            && !words::determiner(&token.lower)
            && !words::quantifier(&token.lower)
    };
    let opening = &tokens[opening].lower;
    let opens = words::determiner(opening)
        || words::adjective(opening)
        || words::participle(opening)
        || words::preposition(opening)
        || words::verb(opening);
    let continues = head.word
        && !words::preposition(&head.lower)
        && !words::conjunction(&head.lower)
        && !words::determiner(&head.lower)
        && !words::auxiliary(&head.lower)
        && !words::wh(&head.lower)
        && !words::pronoun(&head.lower)
        && !words::adverb(&head.lower);
    opens && continues && plain(first) && plain(second)
}

/// Pairs that name one thing.
fn fixed_pair(parsed: &Parsed, join: &Join) -> bool {
    const PAIRS: [(&str, &str); 25] = [
        ("date", "time"),
        ("dates", "times"),
        ("terms", "conditions"),
        ("drag", "drop"),
        ("username", "password"),
        ("research", "development"),
        ("copy", "paste"),
        ("questions", "answers"),
        ("pros", "cons"),
        ("day", "night"),
        ("any", "all"),
        ("profit", "loss"),
        ("search", "rescue"),
        ("alerts", "notifications"),
        ("compare", "contrast"),
        ("benefits", "drawbacks"),
        ("advantages", "disadvantages"),
        ("strengths", "weaknesses"),
        ("rules", "regulations"),
        ("skills", "abilities"),
        ("abilities", "skills"),
        ("sensitivity", "specificity"),
        ("tips", "tricks"),
        ("trial", "error"),
        ("look", "feel"),
    ];
    let word = |at: usize| parsed.tokens.get(at).map_or("", |token| token.lower.as_str());
    PAIRS.contains(&(word(join.at - 1), word(join.at + 1)))
}

fn weight(join: &Join) -> (bool, u8, usize) {
    let kind = match join.joined {
        Joined::Verbs => 0,
        Joined::Nouns => 1,
        Joined::Adjectives => 2,
        Joined::Adverbs => 3,
    };
    (join.below || join.purpose, kind, join.at)
}

/// The two stories, where the parts can be told; what to do, where they cannot.
fn split(parsed: &Parsed, join: &Join) -> String {
    let text = &parsed.story.text;
    let at = parsed.tokens[join.at].span;
    let whole = |head: &str, tail: &str, rest: &str| {
        let head = head.trim_end_matches([',', ' ']);
        let rest = rest.trim();
        let comma = if rest.is_empty() || rest.starts_with(['.', ',']) { "" } else { ", " };
        format!("{head} {}{comma}{rest}", tail.trim().trim_end_matches(','))
    };
    let means_end = parsed.tokens[parsed.frame.means.end - 1].span.end;
    let benefit = text[means_end..].trim_start_matches([',', ' ']);
    let story = &parsed.story;
    if join.joined == Joined::Verbs && !join.below && !join.purpose {
        if story.actions.len() > 2 {
            let all: Vec<&str> = story.actions.iter().map(|action| action.text.as_str()).collect();
            let object = story.entities.first().map_or("it", |entity| &entity.text);
            return format!("One story each: {} ({object}).", all.join(" | "));
        }
        let second = story.actions.iter().find(|action| action.span.start >= at.end);
        let first = story.actions.iter().rev().find(|action| action.span.end <= at.start);
        if let (Some(first), Some(second)) = (first, second) {
            let object = story
                .entities
                .iter()
                .any(|entity| entity.span.start >= first.span.end && entity.span.end <= at.start);
            let one = if object {
                whole(text[..at.start].trim_end(), "", benefit)
            } else {
                whole(&text[..first.span.end], &text[second.span.end..means_end], benefit)
            };
            let two =
                whole(&text[..first.span.start], &text[second.span.start..means_end], benefit);
            return format!("{} | {}", tidy(&one), tidy(&two));
        }
    }
    if join.joined == Joined::Nouns && story.entities.len() > 2 {
        let action = story.actions.first().map_or("", |action| &action.text);
        let all: Vec<String> =
            story.entities.iter().map(|entity| format!("{action} {}", entity.text)).collect();
        return format!("One story each: {}.", all.join(" | "));
    }
    if join.joined == Joined::Nouns {
        let first = story.entities.iter().rev().find(|entity| entity.span.end <= at.start);
        let second = story.entities.iter().find(|entity| entity.span.start >= at.end);
        if let (Some(first), Some(second)) = (first, second) {
            let tail = &text[second.span.end..means_end];
            let one = whole(&text[..first.span.end], tail, benefit);
            let head = &text[..first.span.start];
            let two = whole(head, &text[second.span.start..means_end], benefit);
            return format!("{} | {}", tidy(&one), tidy(&two));
        }
    }
    let word = |at: usize| parsed.tokens[at].span.of(text);
    if matches!(join.joined, Joined::Adjectives | Joined::Adverbs) {
        return format!(
            "Say for \"{}\" and for \"{}\" how it shows; make each an acceptance criterion.",
            word(join.at - 1),
            word(join.at + 1)
        );
    }
    let end = (join.at + 1..parsed.frame.means.end)
        .take(7)
        .take_while(|at| parsed.tokens[*at].word)
        .last()
        .unwrap_or(join.at + 1);
    let rest = span(&parsed.tokens, &(join.at + 1..end + 1)).map_or("", |span| span.of(text));
    format!(
        "If it is worth having alone, make \"{rest}\" a story of its own; else an acceptance criterion."
    )
}

fn tidy(story: &str) -> String {
    let mut words = story.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",");
    words = words.replace(" .", ".").replace(",,", ",");
    words
}
