//! What the words of a story and of its acceptance criteria tell about their quality, and what says
//! much the same: on its page, and while it is written. Advice alone; nothing is held back.

use axum::Router;
use axum::extract::{Query as Params, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use crate::kernel::Error;
use crate::people::products::Product;
use crate::shell;
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::by_cookie;
use crate::thread::likeness::FindSimilar;
use crate::thread::quality::{self, Hint};
use crate::thread::triage::Alike;

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
    /// A user's words, where the form is about those.
    verbatim: String,
    /// What is like it is offered where the product and the kind are named.
    product: String,
    kind: String,
    except: String,
}

/// The fragment that a form asks for while one types.
async fn hints(
    State(app): State<Shared>,
    headers: HeaderMap,
    Params(typed): Params<Typed>,
) -> Response {
    let actor = match by_cookie(&headers, &app).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => return crate::surfaces::api::error_response(&error),
    };
    let story = matches!(typed.kind.as_str(), "" | "story");
    let written = if story {
        while_written(&typed.title, &typed.body)
    } else {
        html! {}
    };
    if typed.product.is_empty() {
        return written.into_response();
    }
    let now = app.clock.now();
    let found = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        let body = if typed.verbatim.is_empty() { &typed.body } else { &typed.verbatim };
        FindSimilar {
            product: typed.product.clone(),
            title: typed.title.clone(),
            body: body.clone(),
            kind: Some(typed.kind.clone()),
            except: Some(typed.except.clone()),
        }
        .run(&mut cx)
    });
    match found.await {
        Ok(alike) => html! { (written) (much_like(&alike)) }.into_response(),
        Err(Error::NotFound(_) | Error::Invalid { .. }) => written.into_response(),
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}

/// Where a form shows its hints; its script asks for them.
pub(super) fn while_typing(product: &Product, kind: &str, except: &str) -> Markup {
    let asked = [("product", product.key.as_str()), ("kind", kind), ("except", except)];
    let url = format!("/hints?{}", serde_urlencoded::to_string(asked).unwrap_or_default());
    html! { div data-controller="hints" data-hints-url-value=(url) aria-live="polite" {} }
}

fn much_like(alike: &[Alike]) -> Markup {
    html! {
        @if !alike.is_empty() {
            (shell::section("Much like it", html! {
                ul.plain {
                    @for one in alike {
                        li {
                            a href={ "/" (one.node.key) } target="_blank" { (one.node.key) " " (one.node.title) }
                            " " span.soft { (one.node.kind.replace('-', " ")) @if !one.shared.is_empty() { ", both say " (one.shared.join(", ")) } }
                        }
                    }
                }
            }))
        }
    }
}

/// A story that is kept already, where a wording can be taken over with one press.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    pub key: &'a str,
    pub product: &'a str,
    pub back: &'a str,
}

/// The hints on an item; nothing where there is no story in it and nothing to say.
pub(super) fn told(title: &str, body: &str, kept: Option<Kept<'_>>) -> Markup {
    let found = quality::hints(title, body);
    // Only a title can be replaced as a whole.
    let kept = kept.filter(|_| quality::story(title, "").is_some());
    section(&found, |hint| match kept {
        Some(kept) => takes(hint, kept),
        None => html! {},
    })
}

fn while_written(title: &str, body: &str) -> Markup {
    section(&quality::hints(title, body), |hint| {
        html! {
            @for wording in &hint.wordings {
                " " button.btn.small type="button" data-action="hints#take" data-hints-text-param=(wording) { "Use: " (wording) }
            }
        }
    })
}

/// The findings on one story of a report.
pub(super) fn list(found: &[Hint], kept: Option<Kept<'_>>) -> Markup {
    lines(found, |hint| match kept {
        Some(kept) => takes(hint, kept),
        None => html! {},
    })
}

fn section(found: &[Hint], acts: impl Fn(&Hint) -> Markup) -> Markup {
    html! { @if !found.is_empty() { (shell::section("Quality hints", lines(found, acts))) } }
}

fn lines(found: &[Hint], acts: impl Fn(&Hint) -> Markup) -> Markup {
    html! {
        ul {
            @for hint in found.iter().take(MOST) {
                li {
                    @if tells(hint) { q { (hint.place) } ": " }
                    (hint.message) " " span.soft { (hint.suggestion) }
                    (acts(hint))
                }
            }
        }
        @if found.len() > MOST { p.soft { "and " (found.len() - MOST) " more" } }
    }
}

/// Take a wording over: the first for the story itself, the second as a story of its own.
fn takes(hint: &Hint, kept: Kept<'_>) -> Markup {
    let post = |action: &str, label: &str, fields: &[(&str, &str)]| {
        let fields = serde_urlencoded::to_string(fields).unwrap_or_default();
        shell::post_button(&format!("/do/{action}?{fields}"), label, None)
    };
    html! {
        @if let Some(first) = hint.wordings.first() {
            " " (post("edit-work-item", if hint.wordings.len() > 1 { "Keep the first" } else { "Reword it so" }, &[("key", kept.key), ("title", first), ("_back", kept.back)]))
        }
        @if let Some(second) = hint.wordings.get(1) {
            " " (post("create-work-item", "Add the second", &[("product", kept.product), ("level", "story"), ("title", second), ("_back", kept.back)]))
        }
    }
}

/// Whether the place says more than the message, which often quotes it or is about the whole.
fn tells(hint: &Hint) -> bool {
    let whole = ["well-formed", "valuable", "small"];
    hint.place.chars().count() <= 40
        && !whole.contains(&hint.criterion.as_str())
        && !hint.message.contains(&format!("\"{}\"", hint.place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_no_story_is_left_in_peace() {
        assert_eq!(told("Pay by card", "Some words", None).into_string(), "");
    }

    #[test]
    fn hints_name_the_place_once() {
        let told = told("As a rider, I want to pay quickly, so that I catch the bus.", "", None);
        let told = told.into_string();
        assert!(told.contains("within 2 seconds") && !told.contains("<q>quickly"), "{told}");
    }

    #[test]
    fn a_split_is_offered_as_two_presses() {
        let kept = Kept { key: "OPEN-1", product: "OPEN", back: "/OPEN-1" };
        let title = "As a rider, I want to see my tickets and cancel them, so that I plan my day.";
        let told = told(title, "", Some(kept)).into_string();
        assert!(told.contains("Keep the first") && told.contains("Add the second"), "{told}");
    }
}
