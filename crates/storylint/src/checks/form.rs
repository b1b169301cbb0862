//! Whether the parts are there, and the sentence without slips.

use super::{Criterion, Options, Report};
use crate::read::{Parsed, span};
use crate::span::Span;
use crate::stems;
use crate::tokens::Token;
use crate::words;

pub(super) fn check(parsed: &Parsed, options: &Options, report: &mut Report) {
    parts(parsed, report);
    if parsed.story.persona.is_some() || !parsed.frame.wish.is_empty() {
        benefit(parsed, report);
    }
    slips(parsed, report);
    missing_to(parsed, report);
    length(parsed, options, report);
}

fn whole(parsed: &Parsed) -> Span {
    span(&parsed.tokens, &(0..parsed.tokens.len())).unwrap_or(Span { start: 0, end: 0 })
}

fn parts(parsed: &Parsed, report: &mut Report) {
    let story = &parsed.story;
    let mut missing = |message: &str, suggestion: &str| {
        report.add(Criterion::WellFormed, whole(parsed), message.to_owned(), suggestion.to_owned());
    };
    if parsed.tokens.is_empty() {
        missing("There is no text.", "As a …, I want to …, so that …");
        return;
    }
    if story.persona.is_none() {
        missing("No role is named.", "Begin with who wants it: As a …, I want to …");
    }
    if parsed.frame.means.is_empty() || story.actions.is_empty() {
        missing("It does not say what is wanted.", "Add what the role wants: I want to …");
    } else if parsed.frame.wish.is_empty() && story.persona.is_some() {
        missing("The wish has no verb of wishing.", "Put the wish as: I want to …");
    }
}

/// A missing benefit, one that says nothing, and one that says the wish again.
fn benefit(parsed: &Parsed, report: &mut Report) {
    let frame = &parsed.frame;
    if frame.means.is_empty() {
        return;
    }
    let Some(benefit) = &parsed.story.benefit else {
        if has_purpose(parsed) {
            return;
        }
        let at = frame.benefit_mark.unwrap_or(frame.means.end.saturating_sub(1));
        let Some(place) = span(&parsed.tokens, &(at..at + 1)) else { return };
        report.add(
            Criterion::Valuable,
            place,
            "It does not say what it is good for.".to_owned(),
            "Ask what the role gains, and add it: …, so that …".to_owned(),
        );
        return;
    };
    let wished = stems::content(&parsed.tokens[frame.means.clone()]);
    let gained = stems::content(&parsed.tokens[frame.benefit.clone()]);
    if gained.len() >= 2 && gained.iter().all(|stem| wished.contains(stem)) {
        report.add(
            Criterion::Valuable,
            benefit.span,
            "The benefit only repeats the wish.".to_owned(),
            "Ask why once more: what can the role do then, or no longer has to do?".to_owned(),
        );
    }
}

/// Whether the wish itself says what for: `… to find gaps`, `… for clarity`.
fn has_purpose(parsed: &Parsed) -> bool {
    const REASONS: [&str; 8] = [
        "ease",
        "clarity",
        "reference",
        "transparency",
        "consistency",
        "safety",
        "purposes",
        "use",
    ];
    let tokens = &parsed.tokens;
    let means = parsed.frame.means.clone();
    // What the wished-for thing shall do is the wish: `I want the page to show …`.
    let mut wished = tokens[means.start].is("to");
    let mut below = false;
    for at in means.start + 1..means.end {
        let next = tokens.get(at + 1).map_or("", |token| token.lower.as_str());
        below |= tokens[at].any(&["that", "which", "who", "when", "if", "how", "where", "whether"]);
        if tokens[at].is("to") && words::verb(next) && !tokens[at - 1].any(&["able", "ability"]) {
            if wished && !below && stands_alone(tokens, at) {
                return true;
            }
            wished = true;
        }
        if tokens[at].is("for") && REASONS.contains(&next) {
            return true;
        }
    }
    false
}

/// Whether an infinitive follows a thing and not a verb, an adjective or `way`, which it completes.
fn stands_alone(tokens: &[Token], at: usize) -> bool {
    let before = tokens[at - 1].lower.as_str();
    let completes = words::adjective(before)
        || words::conjunction(before)
        || words::participle(before)
        || (words::verb(before) && !words::noun_like(before))
        || matches!(
            before,
            "way"
                | "option"
                | "method"
                | "right"
                | "possibility"
                | "be"
                | ","
                | "how"
                | "what"
                | "not"
        );
    !completes
}

/// Doubled words, articles that do not fit, brackets left open.
fn slips(parsed: &Parsed, report: &mut Report) {
    let tokens = &parsed.tokens;
    let text = &parsed.story.text;
    for (at, pair) in tokens.windows(2).enumerate() {
        let Some(place) = span(tokens, &(at..at + 2)) else { continue };
        let (first, second) = (&pair[0], &pair[1]);
        if first.word && doubled(first, second) {
            report.add(
                Criterion::FullSentence,
                place,
                format!("\"{}\" stands twice.", first.span.of(text)),
                format!("\"{}\" once.", first.span.of(text)),
            );
        } else if let Some(article) = fitting_article(text, first, second) {
            report.add(
                Criterion::FullSentence,
                place,
                format!("\"{}\" does not read well.", place.of(text)),
                format!("{article} {}", second.span.of(text)),
            );
        }
    }
    let open = text.matches('(').count();
    if open != text.matches(')').count() {
        let start = text.find(['(', ')']).unwrap_or(0);
        report.add(
            Criterion::FullSentence,
            Span { start, end: start + 1 },
            "A bracket has no counterpart.".to_owned(),
            "Close the bracket, or leave it out.".to_owned(),
        );
    }
}

fn doubled(first: &Token, second: &Token) -> bool {
    first.lower == second.lower
        && first.lower.chars().all(char::is_alphabetic)
        && !first.any(&["had", "that's", "so"])
}

/// The article that fits, where the given one clearly does not.
fn fitting_article(text: &str, article: &Token, noun: &Token) -> Option<&'static str> {
    if !noun.word
        || noun.lower.len() < 4
        || noun.span.of(text).chars().skip(1).any(char::is_uppercase)
    {
        return None;
    }
    let first = noun.lower.chars().next()?;
    let sounds_open = ["hour", "honest", "honor", "honour", "heir"];
    let sounds_closed =
        ["uni", "use", "usa", "usu", "eu", "one", "once", "url", "ubi", "uti", "utop"];
    let open = matches!(first, 'a' | 'e' | 'i' | 'o' | 'u');
    let starts = |list: &[&str]| list.iter().any(|start| noun.lower.starts_with(start));
    if article.is("a") && open && !starts(&sounds_closed) {
        return Some("an");
    }
    let consonant = first.is_ascii_lowercase() && !open && !starts(&sounds_open);
    let user = starts(&["user", "use ", "unique", "unit", "univers"]);
    (article.is("an") && (consonant || user)).then_some("a")
}

/// `I want see` lacks its `to`; `I want to data to be checked` has one too many.
fn missing_to(parsed: &Parsed, report: &mut Report) {
    let frame = &parsed.frame;
    let tokens = &parsed.tokens;
    let wish_is = |word: &str| frame.wish.len() == 1 && tokens[frame.wish.start].is(word);
    if !(wish_is("want") || wish_is("need")) || frame.means.len() < 2 {
        return;
    }
    let first = &tokens[frame.means.start];
    let Some(place) = span(tokens, &(frame.wish.start..frame.means.start + 1)) else { return };
    let text = &parsed.story.text;
    let written = |token: &Token| token.span.of(text).to_owned();
    let lacks = words::verb(&first.lower)
        && !words::noun_like(&first.lower)
        && !first.capital
        && parsed.story.actions.first().is_some_and(|action| action.span.start == first.span.start);
    let second = &tokens[frame.means.start + 1];
    if lacks {
        report.add(
            Criterion::FullSentence,
            place,
            format!("\"{}\" lacks a \"to\".", place.of(text)),
            format!("{} to {}", written(&tokens[frame.wish.start]), written(first)),
        );
    } else if first.is("to")
        && second.word
        && no_verb(tokens, frame.means.start + 1, frame.means.end)
    {
        let Some(place) = span(tokens, &(frame.means.start..frame.means.start + 2)) else { return };
        report.add(
            Criterion::FullSentence,
            place,
            format!("After \"to\" a verb is missing before \"{}\".", written(second)),
            format!("want {}, or: want to see {}", written(second), written(second)),
        );
    }
}

/// Whether a word certainly is no verb: a determiner, or a noun whose verb follows as `to be`.
fn no_verb(tokens: &[Token], at: usize, end: usize) -> bool {
    let word = tokens[at].lower.as_str();
    let passive = at + 2 < end && tokens[at + 1].is("to") && tokens[at + 2].is("be");
    words::determiner(word) || (passive && !words::verb(word))
}

fn length(parsed: &Parsed, options: &Options, report: &mut Report) {
    let words = parsed.tokens.iter().filter(|token| token.word).count();
    if words > options.most_words {
        report.add(
            Criterion::Small,
            whole(parsed),
            format!("It takes {words} words."),
            "Keep role, wish and benefit; move conditions and details to the acceptance criteria."
                .to_owned(),
        );
    }
}
