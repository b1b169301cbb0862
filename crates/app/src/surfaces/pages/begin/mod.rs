//! Beginning: the conversation that sets a workspace up, step by step, and what comes next.

mod finish;
mod home;
mod steps;

use axum::Router;
use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, show};
use crate::guide::onboarding::{NextStep, Onboarding, STEPS, current, next_steps};
use crate::kernel::{Access, Result};
use crate::shell;
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/", get(home::home)).route("/begin", get(begin).post(finish::finish))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    step: Option<String>,
}

async fn begin(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Admin)?;
        let kept = current(cx.conn, cx.actor.workspace)?;
        let kept = kept.unwrap_or_else(|| Onboarding::unasked(cx.now));
        let wanted = asked.step.as_deref().and_then(|s| s.parse::<i64>().ok());
        match wanted {
            None if kept.state == "done" => done(cx, &kept),
            wanted => steps::page(cx, &kept, wanted.unwrap_or(kept.step).clamp(1, 5)),
        }
    })
    .await
}

/// Where one is among the steps; each can be gone to.
fn trail(at: i64) -> Markup {
    const NAMES: [&str; STEPS.len()] = ["Company", "Product", "Teams", "People", "Agreement"];
    html! {
        nav.steps aria-label="Steps" {
            ol {
                @for (n, name) in (1..).zip(NAMES) {
                    li { a href={ "/begin?step=" (n) } aria-current=[(n == at).then_some("step")] { span.n { (n) } " " (name) } }
                }
            }
        }
    }
}

/// What comes next, as a list that is ticked by what was done.
fn next_list(steps: &[NextStep]) -> Markup {
    let done = steps.iter().filter(|s| s.done).count();
    html! {
        @if !steps.is_empty() {
            section.part.next {
                h2 { "What comes next" }
                p.soft { (done) " of " (steps.len()) " done. The list goes when all of it is." }
                ol {
                    @for step in steps {
                        li.done[step.done] {
                            span.tick aria-hidden="true" { @if step.done { "✓" } }
                            div {
                                a href=(step.href) { (step.title) }
                                @if step.done { span.sr { ", done" } }
                                @else { p.soft { (step.because) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The first page after all was made.
fn done(cx: &mut Reader<'_>, kept: &Onboarding) -> Result<Page> {
    let steps = next_steps(cx)?;
    let held = kept.held();
    let product = match kept.product_id {
        Some(id) => {
            crate::people::products::visible(cx.conn, cx.actor)?.into_iter().find(|p| p.id == id)
        }
        None => None,
    };
    let main = html! {
        (next_list(&steps))
        @if steps.is_empty() { p { "All that a beginning needs is there." } }
        section.part {
            h2 { "What was set up" }
            ul {
                @if let Some(p) = &product { li { "The product " a href={ "/p/" (p.key) } { (p.name) } " with a workflow, and a sample " a href={ "/p/" (p.key) "/policy" } { "policy" } "." } }
                li { a href="/teams" { @if held.teams.len() == 1 { "One team" } @else { (held.teams.len()) " teams, each" } } " with " (held.context.framework.label()) "." }
                @if let Some(id) = kept.charter_id { li { a href={ "/charters/" (id) } { "The charter" } ": " (held.arrangement.label()) "." } }
                @if !kept.item_key.is_empty() { li { "The first item, " a href={ "/" (kept.item_key) } { (kept.item_key) } "." } }
                li { "Pages in front, groups that are open, and thresholds of signals as a " (held.preset.name.to_lowercase()) " needs them." }
            }
            div.acts {
                a.btn href="/begin?step=1" { "Go through the questions again" }
                @if kept.in_front {
                    (shell::post_button("/do/keep-onboarding?in_front=false&_back=/begin", "No pages in front", None))
                } @else {
                    (shell::post_button("/do/keep-onboarding?in_front=true&_back=/begin", "Put its pages in front", None))
                }
            }
            p.soft { "Going through again adds what is missing and leaves what is there as it is." }
        }
    };
    Ok(Page {
        title: "What comes next".into(),
        active: "home",
        head: Some(shell::page_head(
            "Workspace",
            "You can begin",
            html! { "All of it can be changed on its own page" },
            html! {},
        )),
        product,
        main,
        ..Page::default()
    })
}
