//! The question before a framework, an arrangement or titles change, as a part of their forms. It may
//! be left empty: nothing is blocked.

use maud::{Markup, html};

use crate::guide::culture::{ListPractices, OfferedPractice};
use crate::kernel::Result;
use crate::shell;
use crate::store::{Query, Reader};

/// Practices that are offered beside the question.
const OFFERED: usize = 3;

/// The question with the practices that fit best; `scope` is `team` or `product` with its id or key.
pub(in crate::surfaces::pages) fn asks(
    cx: &mut Reader<'_>,
    scope: Option<(&str, &str)>,
    what: &str,
) -> Result<Markup> {
    let of = |word: &str| scope.filter(|(kind, _)| *kind == word).map(|(_, id)| id.to_owned());
    let offered = ListPractices { product: of("product"), team: of("team") }.run(cx)?;
    let pairs: Vec<(&str, &str)> = scope.into_iter().collect();
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    Ok(html! {
        fieldset.asks {
            legend { "Which problem shall " (what) " solve?" }
            (shell::textarea("The problem, in a sentence", "problem").rows(2).id("problem")
                .help("Kept as a decision with a day to look back. Leave it empty, and “no reason given” is kept."))
            (shell::field("Look back on", "look_back_on").kind("date").help("In 90 days, if left empty: the signals before and after stand side by side then."))
            @if !offered.is_empty() {
                div {
                    p.soft { "Often a practice does, tried by one team until a day:" }
                    ul { @for p in offered.iter().take(OFFERED) { li { (line(p, &query)) } } }
                    p { a href={ "/culture?" (query) "#try" } { "All practices, and start a trial" } }
                }
            }
        }
    })
}

fn line(p: &OfferedPractice, query: &str) -> Markup {
    let mut address = format!("/culture?practice={}", p.practice.slug);
    if !query.is_empty() {
        address.push('&');
        address.push_str(query);
    }
    html! {
        "“" (p.practice.problem) "”: " a href={ (address) "#try" } { (p.practice.name.to_lowercase()) }
        @if !p.raised.is_empty() { span.soft { ", for " (p.raised.join(", ")) @if p.raised.len() == 1 { " is raised" } @else { " are raised" } } }
    }
}

/// The question in one line, where several stand on a page.
pub(in crate::surfaces::pages) fn asks_briefly(id: &str) -> Markup {
    html! {
        (shell::field("Which problem shall another title solve?", "problem").id(format!("problem-{id}"))
            .help("A title is a label and changes no right. Kept as a decision; may be left empty."))
    }
}
