//! All steps, newest first, and the practices to try before the next one.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, may_write, once, show};
use super::{kind, outcome};
use crate::guide::culture::{ListPractices, ListSteps, OfferedPractice, StepLine};
use crate::kernel::{Access, Result};
use crate::people::teams;
use crate::shell::{self, Choice, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    product: Option<String>,
    team: Option<String>,
    practice: Option<String>,
    after: Option<String>,
}

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &asked)).await
}

fn page(cx: &mut Reader<'_>, asked: &Asked) -> Result<Page> {
    cx.actor.check_role(Access::Write)?;
    let steps = ListSteps { after: asked.after.clone() }.run(cx)?;
    let (product, team) = (asked.product.clone(), asked.team.clone());
    let offered = ListPractices { product, team }.run(cx)?;
    let main = html! {
        @if steps.items.is_empty() {
            (shell::empty_state(
                "Nothing changed yet, and nothing is on trial",
                "Here stands what was changed and for which problem, as “Tickets works by Kanban instead of Scrum, because work waited for sprints”, and 90 days later whether it did.",
                html! { @if may_write(cx) { a.btn.go href="#try" { "Try a practice" } } },
            ))
        } @else {
            (shell::list("Steps", html! { @for s in &steps.items { (row(s)) } }))
            @if let Some(next) = &steps.next { p { a href={ "/culture?after=" (next) } { "Earlier ones" } } }
        }
        (practices(cx, asked, &offered)?)
    };
    Ok(Page {
        title: "Culture".into(),
        active: "culture",
        head: Some(shell::page_head(
            "People",
            "Culture before titles",
            html! { "Which problem shall it solve? A practice first; then framework, arrangement or titles, if there is a need" },
            html! {},
        )),
        main,
        ..Page::default()
    })
}

fn row(s: &StepLine) -> shell::Row {
    let title = format!("{}: {}", s.subject, s.became);
    let tone = if s.due { Tone::Warn } else { Tone::Plain };
    shell::list_row(format!("/culture/{}", s.id), title).lead(shell::pill(kind(&s.kind))).tail(
        html! {
            span.soft { @match &s.problem { Some(p) => { (p) } None => { "no reason given" } } }
            @if s.outcome.is_empty() { span.soft { "look back " (shell::day_tag(s.review_on)) } }
            (shell::toned(outcome(&s.outcome, s.due), tone))
        },
    )
}

fn practices(cx: &mut Reader<'_>, asked: &Asked, offered: &[OfferedPractice]) -> Result<Markup> {
    let rows = offered
        .iter()
        .map(|p| {
            vec![
                html! { b { (p.practice.name) } br; span.soft { "“" (p.practice.problem) "”" } },
                html! { (p.practice.does) },
                html! {
                    @for (at, n) in p.practice.signals.iter().enumerate() {
                        @let code = format!("S{n}");
                        @if at > 0 { " " }
                        @if p.raised.contains(&code) { (shell::toned(&code, Tone::Warn)) } @else { (shell::pill(&code)) }
                    }
                },
            ]
        })
        .collect();
    let all: Vec<Choice> = teams::active(cx.conn, cx.actor.workspace)?
        .iter()
        .map(|t| Choice::new(t.id, t.name.clone()))
        .collect();
    let form = html! {
        @if all.is_empty() {
            p.soft { "A trial is one team's. " a href="/teams" { "Make a team first" } ", then come back." }
        } @else {
            (shell::form("/do/try-practice", html! {
                (once())
                (shell::hidden("_back", "/culture"))
                (shell::select("Practice", "practice", offered.iter().map(|p| Choice::new(p.practice.slug, p.practice.name)).collect())
                    .value(asked.practice.as_deref().unwrap_or_default()))
                (shell::select("Team", "team", all).value(asked.team.as_deref().unwrap_or_default()))
                (shell::field("Which problem shall it solve?", "problem").help("The practice's own, if left empty."))
                (shell::field("Until", "until").kind("date").help("What is usual for the practice, if left empty."))
                (shell::submit("Start the trial"))
            }))
        }
    };
    Ok(html! {
        (shell::data_table("Practices to try first", &["Practice", "What the team does", "Lowers"], rows))
        @if may_write(cx) { div id="try" { (shell::section("Start a trial", form)) } }
    })
}
