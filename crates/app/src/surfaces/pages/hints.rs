//! What the words of a story and of its acceptance criteria tell about their quality: on its page,
//! and while it is written. Advice from the text alone; nothing is held back.

use axum::Router;
use axum::extract::{Query as Params, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use wherefore_storylint::{Criterion, Finding, Options, check, check_criteria, read};

use crate::shell;
use crate::surfaces::Shared;
use crate::surfaces::session::by_cookie;

/// More hints than this discourage.
const MOST: usize = 6;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/hints", get(hints))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    title: String,
    body: String,
}

/// The fragment that a form asks for while one types.
async fn hints(
    State(app): State<Shared>,
    headers: HeaderMap,
    Params(typed): Params<Typed>,
) -> Response {
    match by_cookie(&headers, &app).await {
        Ok(Some(_)) => told(&typed.title, &typed.body).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}

/// Where a form shows its hints; its script asks for them.
pub(super) fn while_typing() -> Markup {
    html! { div data-controller="hints" data-hints-url-value="/hints" aria-live="polite" {} }
}

/// The hints on an item; nothing where there is no story in it and nothing to say.
pub(super) fn told(title: &str, body: &str) -> Markup {
    let options = Options::default();
    let mut found: Vec<(String, Finding)> = Vec::new();
    if let Some(story) = story(title, body) {
        let findings = check(&read(story), &options);
        found.extend(findings.into_iter().map(|f| (f.span.of(story).to_owned(), f)));
    }
    if let Some(criteria) = criteria(body) {
        let findings = check_criteria(criteria, &options);
        found.extend(findings.into_iter().map(|f| (f.span.of(criteria).to_owned(), f)));
    }
    if found.is_empty() {
        return html! {};
    }
    shell::section(
        "Quality hints",
        html! {
            ul {
                @for (place, finding) in found.iter().take(MOST) {
                    li {
                        @if tells(place, finding) { q { (place) } ": " }
                        (finding.message) " " span.soft { (finding.suggestion) }
                    }
                }
            }
            @if found.len() > MOST { p.soft { "and " (found.len() - MOST) " more" } }
        },
    )
}

/// Whether the place says more than the message, which often quotes it or is about the whole.
fn tells(place: &str, finding: &Finding) -> bool {
    let whole = [Criterion::WellFormed, Criterion::Valuable, Criterion::Small];
    place.chars().count() <= 40
        && !whole.contains(&finding.criterion)
        && !finding.message.contains(&format!("\"{place}\""))
}

/// The text in the form of a story: the title, or a line of the text.
fn story<'a>(title: &'a str, body: &'a str) -> Option<&'a str> {
    std::iter::once(title).chain(body.lines()).map(str::trim).find(|line| {
        let start: String = line.chars().take(6).collect::<String>().to_lowercase();
        ["as a ", "as an ", "as the"].iter().any(|opening| start.starts_with(opening))
    })
}

/// The acceptance criteria in a text: what follows a heading of that name, or the scenarios.
fn criteria(body: &str) -> Option<&str> {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let words = line.trim_start_matches(['#', '*', ' ']).to_lowercase();
        if words.starts_with("acceptance criteria") {
            let rest = &body[at + line.len()..];
            return Some(rest.find("\n#").map_or(rest, |end| &rest[..end]));
        }
        if words.starts_with("given ") {
            return Some(&body[at..]);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_no_story_is_left_in_peace() {
        assert_eq!(told("Pay by card", "Some words").into_string(), "");
    }

    #[test]
    fn the_story_is_found_in_the_title_or_the_text() {
        assert_eq!(story("As a rider, I want …", ""), Some("As a rider, I want …"));
        assert_eq!(story("Pay", "Why:\n  As an owner, I want …"), Some("As an owner, I want …"));
        assert_eq!(story("Assign riders", "As soon as possible"), None);
        let told = told("As a rider, I want to pay quickly, so that I catch the bus.", "");
        let told = told.into_string();
        assert!(told.contains("within 2 seconds") && !told.contains("<q>quickly"), "{told}");
    }

    #[test]
    fn criteria_end_with_their_part() {
        let body = "Text\n## Acceptance criteria\n- It is fast\n\n## Notes\nquick ones";
        assert_eq!(criteria(body), Some("- It is fast\n"));
        assert_eq!(criteria("Given a bus\nWhen it leaves"), Some("Given a bus\nWhen it leaves"));
        let told = told("Pay", "Given a bus\nWhen it leaves").into_string();
        assert!(told.contains("Add what can be seen afterwards"), "{told}");
    }
}
