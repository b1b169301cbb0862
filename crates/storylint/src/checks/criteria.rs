//! Acceptance criteria: lists and Given/When/Then scenarios.

use std::ops::Range;

use super::wording::{ask, vague_words};
use super::{Criterion, Finding, Options, Report};
use crate::read::span;
use crate::span::Span;
use crate::tokens::{Token, tokens};
use crate::words;

/// One criterion: a line of a list, or a scenario of several lines.
struct Block {
    tokens: Vec<Token>,
    scenario: bool,
    /// Whether something happens in it already: a line that begins with when or then.
    happens: bool,
}

/// What weakens acceptance criteria; `text` is a list, one a line, or scenarios. `story` of each
/// finding counts the criteria from 0.
pub fn check_criteria(text: &str, options: &Options) -> Vec<Finding> {
    let mut report = Report::new();
    for (at, block) in blocks(text).iter().enumerate() {
        let mut own = Report::new();
        if block.scenario {
            scenario(block, &mut own);
        }
        wording(text, block, &mut own);
        for finding in own.finish(options) {
            report.add_to(at, finding.criterion, finding.span, finding.message, finding.suggestion);
        }
    }
    report.finish(options)
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines: Vec<Vec<Token>> = Vec::new();
    for token in tokens(text) {
        let breaks = lines.last().and_then(|line| line.last()).is_none_or(|last| {
            text.get(last.span.end..token.span.start).is_some_and(|gap| gap.contains('\n'))
        });
        match lines.last_mut() {
            Some(line) if !breaks => line.push(token),
            _ => lines.push(vec![token]),
        }
    }
    for line in lines {
        let first = line.iter().find(|token| token.word).map_or("", |token| token.lower.as_str());
        let opens = matches!(first, "given" | "scenario");
        let scenario = opens || first == "when";
        let happens = matches!(first, "when" | "then");
        let cells = line.first().is_some_and(|token| token.span.of(text) == "|");
        match blocks.last_mut() {
            Some(block) if block.scenario && (cells || goes_on(block, first)) => {
                block.tokens.extend(line);
                block.happens |= happens;
            }
            _ => blocks.push(Block { tokens: line, scenario, happens }),
        }
    }
    blocks
}

/// Whether a line that begins with this word belongs to the scenario before it: a given does where it
/// stands below the scenario's name.
fn goes_on(block: &Block, first: &str) -> bool {
    match first {
        "when" | "then" | "and" | "but" => true,
        "given" => !block.happens,
        _ => false,
    }
}

fn scenario(block: &Block, report: &mut Report) {
    let all = 0..block.tokens.len();
    let Some(place) = span(&block.tokens, &all) else { return };
    let has = |word: &str| block.tokens.iter().any(|token| token.is(word));
    // `When …, the list shows …` states its outcome without the word.
    let stated = !has("given")
        && block.tokens.iter().any(|token| token.is(","))
        && block.tokens.iter().filter(|token| words::auxiliary(&token.lower)).count() > 0;
    if !has("then") && !stated {
        report.add(
            Criterion::ThenPresent,
            place,
            "It does not say what then holds.".to_owned(),
            "Add what can be seen afterwards: Then …".to_owned(),
        );
    }
    if has("given") && has("then") && !has("when") {
        report.add(
            Criterion::ThenPresent,
            place,
            "It does not say what happens.".to_owned(),
            "Add the step between: When …".to_owned(),
        );
    }
    let whens: Vec<&Token> =
        block.tokens.iter().filter(|token| token.is("when") && token.capital).collect();
    if let [_, second, ..] = whens.as_slice() {
        report.add(
            Criterion::Testable,
            second.span,
            "The scenario takes more than one step to fail.".to_owned(),
            "Write one scenario for each When.".to_owned(),
        );
    }
}

fn wording(text: &str, block: &Block, report: &mut Report) {
    let all: Range<usize> = 0..block.tokens.len();
    for (place, phrase) in vague_words(&block.tokens, all.clone()) {
        let Some(place) = span(&block.tokens, &place) else { continue };
        report.add(
            Criterion::Testable,
            place,
            format!("Whether it is \"{}\" is a matter of taste.", place.of(text)),
            ask(phrase).to_owned(),
        );
    }
    for (at, token) in block.tokens.iter().enumerate() {
        let next =
            |ahead: usize| block.tokens.get(at + ahead).map_or("", |token| token.lower.as_str());
        let end = match (token.lower.as_str(), next(1)) {
            (
                "works" | "work" | "functions" | "behaves",
                "" | "." | "correctly" | "properly" | "fine" | "well",
            ) => at + 1,
            ("as", "expected" | "intended" | "designed") => at + 2,
            _ => continue,
        };
        let Some(place) = span(&block.tokens, &(at..end)) else { continue };
        unseen(place, text, report);
    }
    let words = block.tokens.iter().filter(|token| token.word).count();
    let states = block.tokens.iter().any(|token| {
        words::auxiliary(&token.lower)
            || (words::verb_stem(&token.lower).is_some() && !words::ing(&token.lower))
    });
    if !block.scenario
        && (1..=6).contains(&words)
        && !states
        && let Some(place) = span(&block.tokens, &all)
    {
        report.add(
            Criterion::Testable,
            place,
            "It names a topic and states nothing that could be checked.".to_owned(),
            "Say what must hold: … is shown, … is refused.".to_owned(),
        );
    }
}

fn unseen(place: Span, text: &str, report: &mut Report) {
    report.add(
        Criterion::Testable,
        place,
        format!("\"{}\" leaves open what can be seen.", place.of(text)),
        "Say what is shown, stored or sent.".to_owned(),
    );
}
