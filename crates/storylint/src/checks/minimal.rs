//! Whether a story holds only role, wish and benefit.

use super::{Criterion, Report};
use crate::read::{Parsed, span};
use crate::span::Span;
use crate::tokens::Token;
use crate::words;

pub(super) fn check(parsed: &Parsed, report: &mut Report) {
    brackets(parsed, report);
    examples(parsed, report);
    further_sentence(parsed, report);
}

fn without(text: &str, span: Span) -> String {
    let kept = format!("{} {}", text[..span.start].trim_end(), text[span.end..].trim_start());
    kept.replace(" ,", ",").replace(",,", ",").replace(" .", ".").trim_end().to_owned()
}

/// Asides in brackets. Names and lists that say what is meant are part of the wish.
fn brackets(parsed: &Parsed, report: &mut Report) {
    let tokens = &parsed.tokens;
    let text = &parsed.story.text;
    let mut at = 0;
    while at < tokens.len() {
        let close = match tokens[at].lower.as_str() {
            "(" => ")",
            "[" => "]",
            "{" => "}",
            _ => {
                at += 1;
                continue;
            }
        };
        let Some(end) = (at + 1..tokens.len()).find(|&end| tokens[end].is(close)) else { break };
        let within = &tokens[at + 1..end];
        // A short form in the benefit makes the wish no longer.
        let short = within.len() == 1 && parsed.frame.benefit.contains(&at);
        if !short
            && is_aside(text, &tokens[..at], within)
            && let Some(place) = span(tokens, &(at..end + 1))
        {
            report.add(
                Criterion::Minimal,
                place,
                format!("\"{}\" is an aside.", place.of(text)),
                format!(
                    "{} | Keep the aside as a note or an acceptance criterion.",
                    without(text, place)
                ),
            );
        }
        at = end + 1;
    }
}

/// Whether brackets hold an example, an explanation or the short form of what was just said.
fn is_aside(text: &str, before: &[Token], inside: &[Token]) -> bool {
    let example =
        inside.first().is_some_and(|token| token.any(&["e.g.", "i.e.", "eg", "ie", "for"]));
    if example {
        return true;
    }
    if let [only] = inside {
        return is_short_form(before, &only.lower) || is_foreign_short_form(before, only, text);
    }
    let commas = inside.iter().filter(|token| token.is(",")).count();
    let name = inside.iter().all(|token| token.capital || !token.word);
    commas == 0 && !name && !inside.is_empty()
}

/// `Autonomous Vehicles (AVs)`: letters that begin the words before.
fn is_short_form(before: &[Token], word: &str) -> bool {
    let letters: Vec<char> = word.trim_end_matches('s').chars().collect();
    if letters.len() < 2 || letters.iter().any(|c| !c.is_alphanumeric()) {
        return false;
    }
    let initials: Vec<char> = before
        .iter()
        .rev()
        .take_while(|token| token.word)
        .take(8)
        .flat_map(|token| {
            let mut parts: Vec<char> =
                token.lower.split(['-', '/']).filter_map(|part| part.chars().next()).collect();
            parts.reverse();
            parts
        })
        .collect();
    let mut wanted = letters.iter().rev().peekable();
    for initial in initials {
        if wanted.peek() == Some(&&initial) {
            wanted.next();
        }
    }
    let left = wanted.count();
    left * 3 <= letters.len()
}

/// `our counterfeit patterns (CDP)`: a short form of other words; `a platform (PAWS)` is a name.
fn is_foreign_short_form(before: &[Token], only: &Token, text: &str) -> bool {
    let short = only.span.of(text);
    let letters = (2..=4).contains(&short.len()) && short.chars().all(|c| c.is_ascii_uppercase());
    let opening = before
        .iter()
        .rev()
        .find(|token| words::determiner(&token.lower) || words::preposition(&token.lower));
    letters && opening.is_some_and(|token| !token.any(&["a", "an"]))
}

/// Examples set off by commas, which belong to the acceptance criteria. `including` is left alone:
/// it says what belongs to the wish; so are examples within a clause that describes.
fn examples(parsed: &Parsed, report: &mut Report) {
    let tokens = &parsed.tokens;
    let means = parsed.frame.means.clone();
    let below = means.clone().find(|&at| {
        at > means.start && tokens[at].any(&["that", "which", "how", "who", "when", "where"])
    });
    for at in means.start + 1..below.unwrap_or(means.end) {
        let such = tokens[at].is("such") && tokens.get(at + 1).is_some_and(|next| next.is("as"));
        let example = such || tokens[at].any(&["e.g.", "e.g"]);
        if !example || !tokens[at - 1].is(",") {
            continue;
        }
        let rest = &tokens[at..means.end];
        let several = rest.iter().any(|token| words::conjunction(&token.lower) || token.is("etc."));
        if !several {
            continue;
        }
        let end = set_off(tokens, at, means.end);
        let Some(place) = span(tokens, &(at..end)) else { continue };
        let text = &parsed.story.text;
        report.add(
            Criterion::Minimal,
            place,
            "The examples make the story longer than its wish.".to_owned(),
            format!("{} | Make the examples acceptance criteria.", without(text, place)),
        );
        return;
    }
}

/// The end of the examples: the comma after the last of the list, or the end of the wish.
fn set_off(tokens: &[Token], at: usize, end: usize) -> usize {
    let conjunction = (at..end).find(|&at| words::conjunction(&tokens[at].lower)).unwrap_or(at);
    (conjunction..end).find(|&at| tokens[at].is(",")).unwrap_or(end)
}

/// A second sentence that is not the benefit.
fn further_sentence(parsed: &Parsed, report: &mut Report) {
    let frame = &parsed.frame;
    let tokens = &parsed.tokens;
    let end = if frame.benefit.is_empty() { frame.means.end } else { frame.benefit.end };
    let Some(rest) = tokens.get(end..) else { return };
    let words = rest.iter().filter(|token| token.word).count();
    if words < 3 || !rest[0].any(&[".", "!", "?", ";"]) {
        return;
    }
    let Some(place) = span(tokens, &(end + 1..tokens.len())) else { return };
    report.add(
        Criterion::Minimal,
        place,
        "A further sentence follows the story.".to_owned(),
        format!(
            "{} | Move the rest to the description or the acceptance criteria.",
            parsed.story.text[..place.start].trim_end()
        ),
    );
}
