//! Words that mean different things to different readers, or the solution in place of the problem.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::vocabulary::{
    BROAD_VERBS, DEPENDENT, INTERFACE, MEANS, TECHNICAL_ROLES, TECHNIQUE, UNLIMITED, VAGUE,
};
use super::{Criterion, Report};
use crate::read::{Parsed, span};
use crate::span::Span;
use crate::tokens::Token;

pub(super) fn check(parsed: &Parsed, report: &mut Report) {
    vague(parsed, report);
    solution(parsed, report);
    extent(parsed, report);
    dependence(parsed, report);
}

/// Phrases by their first word, so that a text is gone through once.
pub(super) struct Phrases(HashMap<&'static str, Vec<Phrase>>);

/// A phrase as it is listed, and its words.
struct Phrase {
    listed: &'static str,
    words: Vec<&'static str>,
}

impl Phrases {
    pub fn new(list: impl Iterator<Item = &'static str>) -> Self {
        let mut by_first: HashMap<&str, Vec<Phrase>> = HashMap::new();
        for listed in list {
            let words: Vec<&str> = listed.split(' ').collect();
            by_first.entry(words[0]).or_default().push(Phrase { listed, words });
        }
        Phrases(by_first)
    }

    /// Where phrases stand within a range; the longest at each place.
    pub fn find(
        &self,
        tokens: &[Token],
        within: Range<usize>,
    ) -> Vec<(Range<usize>, &'static str)> {
        let mut found = Vec::new();
        let mut at = within.start;
        while at < within.end {
            let rest = &tokens[at..within.end];
            let stands = |phrase: &&Phrase| {
                phrase.words.len() <= rest.len()
                    && phrase.words.iter().zip(rest).all(|(word, token)| token.is(word))
            };
            let longest = self.0.get(tokens[at].lower.as_str()).and_then(|phrases| {
                phrases.iter().filter(stands).max_by_key(|phrase| phrase.words.len())
            });
            match longest {
                Some(phrase) => {
                    found.push((at..at + phrase.words.len(), phrase.listed));
                    at += phrase.words.len();
                }
                None => at += 1,
            }
        }
        found
    }
}

static VAGUE_PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(VAGUE.iter().flat_map(|vague| vague.words.iter().copied())));
static UNLIMITED_PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(UNLIMITED.iter().copied()));
static DEPENDENT_PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(DEPENDENT.iter().copied()));

/// The question that removes a vague word's vagueness.
pub(super) fn ask(phrase: &str) -> &'static str {
    VAGUE.iter().find(|vague| vague.words.contains(&phrase)).map_or("", |vague| vague.ask)
}

pub(super) fn vague_words(
    tokens: &[Token],
    within: Range<usize>,
) -> Vec<(Range<usize>, &'static str)> {
    VAGUE_PHRASES
        .find(tokens, within)
        .into_iter()
        .filter(|(place, phrase)| !harmless(tokens, place, phrase))
        .collect()
}

/// Uses that are not vague: `how many`, `as many as 5`, `some of`.
fn harmless(tokens: &[Token], place: &Range<usize>, phrase: &str) -> bool {
    let before = place.start.checked_sub(1).map_or("", |at| tokens[at].lower.as_str());
    let after = tokens.get(place.end).map_or("", |token| token.lower.as_str());
    // `the Comprehensive Plan` is a name.
    let name = tokens[place.start].capital
        && place.start > 0
        && tokens.get(place.end).is_some_and(|next| next.capital && next.word);
    if name {
        return true;
    }
    match phrase {
        "many" => matches!(before, "how" | "as" | "so" | "too"),
        "clear" => matches!(before, "to" | "and" | "," | "can"),
        "good" | "best" => matches!(after, "practice" | "practices" | "enough"),
        "secure" | "better" | "simple" => before == "to",
        "soon" => matches!(before, "as" | "so"),
        "some" => after == "of",
        "fast" | "slow" => after == "track",
        "minimal" => after == "reproduction",
        _ => false,
    }
}

fn vague(parsed: &Parsed, report: &mut Report) {
    for (place, phrase) in vague_words(&parsed.tokens, parsed.frame.means.clone()) {
        let Some(place) = span(&parsed.tokens, &place) else { continue };
        let written = place.of(&parsed.story.text);
        report.add(
            Criterion::Unambiguous,
            place,
            format!("\"{written}\" can mean different things to different readers."),
            ask(phrase).to_owned(),
        );
    }
}

fn solution(parsed: &Parsed, report: &mut Report) {
    let technical = parsed.frame.persona.clone().any(|at| {
        TECHNICAL_ROLES.contains(&parsed.tokens[at].lower.as_str()) || parsed.tokens[at].is("i.t.")
    });
    let means = parsed.frame.means.clone();
    for at in means.clone() {
        let token = &parsed.tokens[at];
        let word = token.lower.as_str();
        let led = (means.start..at)
            .rev()
            .take(3)
            .any(|at| MEANS.contains(&parsed.tokens[at].lower.as_str()));
        if (means.start..at).any(|at| parsed.tokens[at].is("without")) {
            return;
        }
        let radio_button = parsed.tokens.get(at + 1).is_some_and(|next| next.is("button"));
        let interface = INTERFACE.contains(&word) && (word != "radio" || radio_button);
        let technique = TECHNIQUE.contains(&word) && led && !technical && word != "rest"
            || word == "rest" && token.span.of(&parsed.story.text) == "REST" && !technical;
        if !interface && !technique {
            continue;
        }
        let written = token.span.of(&parsed.story.text);
        let kind = if interface { "a part of the screen" } else { "a technique" };
        report.add(
            Criterion::ProblemOriented,
            token.span,
            format!("\"{written}\" is {kind}, a solution in place of the problem."),
            format!("Say what the role wants to get done; keep \"{written}\" as one option."),
        );
        return;
    }
}

/// Verbs that cover many activities, and words without a limit.
fn extent(parsed: &Parsed, report: &mut Report) {
    let text = &parsed.story.text;
    if let Some(action) = parsed.story.actions.first() {
        let last = action.text.to_lowercase();
        let broad = BROAD_VERBS.iter().find(|(verb, _)| last.split(' ').any(|word| word == *verb));
        if let Some((verb, stands_for)) = broad {
            let entity = parsed.story.entities.first().map_or("it", |entity| &entity.text);
            report.add(
                Criterion::Estimatable,
                action.span,
                format!("\"{verb}\" covers several activities, so its size depends on the reader."),
                format!("For \"{entity}\" say which: {stands_for}. Each may be its own story."),
            );
        }
    }
    for (place, _) in UNLIMITED_PHRASES.find(&parsed.tokens, parsed.frame.means.clone()) {
        let Some(place) = span(&parsed.tokens, &place) else { continue };
        report.add(
            Criterion::Estimatable,
            place,
            format!("\"{}\" sets no limit.", place.of(text)),
            "Name what is in, and what is left for later.".to_owned(),
        );
    }
}

fn dependence(parsed: &Parsed, report: &mut Report) {
    let all = 0..parsed.tokens.len();
    for (place, _) in DEPENDENT_PHRASES.find(&parsed.tokens, all) {
        if let Some(place) = span(&parsed.tokens, &place) {
            told_apart(place, &parsed.story.text, report);
        }
    }
}

fn told_apart(place: Span, text: &str, report: &mut Report) {
    report.add(
        Criterion::Independent,
        place,
        format!("\"{}\" leans on another story.", place.of(text)),
        "Say it here in full, or cut the stories so that each stands alone.".to_owned(),
    );
}
