//! What only shows beside the other stories: another template, the same wish twice.

use std::collections::BTreeMap;

use super::{Criterion, Options, Report, check_parsed, unique};
use crate::read::{Parsed, Story, parse, span};

/// What weakens the stories of one backlog, each alone and beside the others.
pub fn check_backlog(stories: &[Story], options: &Options) -> Vec<super::Finding> {
    let parsed: Vec<Parsed> = stories.iter().map(|story| parse(&story.text)).collect();
    let mut report = Report::new();
    for (at, story) in parsed.iter().enumerate() {
        for finding in check_parsed(story, options) {
            report.add_to(at, finding.criterion, finding.span, finding.message, finding.suggestion);
        }
    }
    uniform(&parsed, options, &mut report);
    unique::check(&parsed, options, &mut report);
    report.finish(options)
}

/// How a story words its wish: `I want`, `I need`, `I would like`; none without one.
fn template(parsed: &Parsed) -> Option<String> {
    let frame = &parsed.frame;
    if frame.wish.is_empty() || frame.persona.is_empty() {
        return None;
    }
    let words: Vec<&str> =
        parsed.tokens[frame.wish.clone()].iter().map(|token| token.lower.as_str()).collect();
    Some(words.join(" ").replace("i'd", "would").replace("wants", "want"))
}

fn uniform(parsed: &[Parsed], options: &Options, report: &mut Report) {
    if parsed.len() < options.least_for_template {
        return;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for template in parsed.iter().filter_map(template) {
        *counts.entry(template).or_default() += 1;
    }
    let Some((usual, count)) = counts.into_iter().max_by_key(|(_, count)| *count) else { return };
    if count * 3 < parsed.len() * 2 {
        return;
    }
    for (at, story) in parsed.iter().enumerate() {
        let Some(own) = template(story).filter(|own| *own != usual) else { continue };
        let Some(place) = span(&story.tokens, &story.frame.wish) else { continue };
        report.add_to(
            at,
            Criterion::Uniform,
            place,
            format!("It says \"{own}\" where {count} of {} stories say \"{usual}\".", parsed.len()),
            format!("As a …, I {usual} …, so that …"),
        );
    }
}
