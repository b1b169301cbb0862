//! One step: what was changed, for which problem, the signals before and after, and what becomes of it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, may_write, once, show};
use super::{kind, outcome};
use crate::guide::culture::{Compared, GetStep, StepView, of_decision, view_of};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn step(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let step: Id = id.parse().map_err(|_| Error::NotFound("step"))?;
        let step = GetStep { step }.run(cx)?;
        let write = may_write(cx);
        let back = format!("/culture/{}", step.line.id);
        let main = html! {
            (told(&step))
            (side_by_side(&step))
            @if write { (looking(&step, &back)) }
        };
        let tone = if step.line.due { Tone::Warn } else { Tone::Plain };
        let meta = html! {
            (shell::pill(kind(&step.line.kind)))
            (shell::toned(outcome(&step.line.outcome, step.line.due), tone))
            span { (step.line.made_by) ", " (shell::day_tag(step.line.made_on)) }
            @if step.line.outcome.is_empty() { span { "look back " (shell::day_tag(step.line.review_on)) } }
        };
        Ok(Page {
            title: format!("{}: {}", step.line.subject, step.line.became),
            active: "culture",
            above: vec![Crumb::to("/culture", "Culture")],
            head: Some(shell::page_head("Culture before titles", &format!("{}: {}", step.line.subject, step.line.became), meta, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

fn told(step: &StepView) -> Markup {
    let line = &step.line;
    html! {
        p { "Before: " (line.was) ". Since: " (line.became) "." }
        @if line.kind == "titles" {
            (shell::notice(Tone::Plain, html! { b { "A title only. " } "Titles are labels: no right changed with it. Who answers for what stands in the charter." }))
        }
        @match &line.problem {
            Some(problem) => (shell::section("The problem that it shall solve", html! { p { (problem) } })),
            None => { p.soft { "No reason was given." } }
        }
        @if let Some(does) = &step.does { (shell::section("What the team does", html! { p { (does) } })) }
        @if !step.titles.is_empty() {
            (shell::data_table("Titles", &["Who", "Was", "Became"],
                step.titles.iter().map(|t| vec![html! { (t.name) }, html! { (t.was) }, html! { (t.became) }]).collect()))
        }
        @if let Some(key) = &line.decision { p { "Kept as the decision " a href={ "/" (key) } { (key) } "." } }
        @if !line.outcome_note.is_empty() { (shell::section("What was seen", html! { @for said in line.outcome_note.lines() { (seen(said)) } })) }
    }
}

/// A line of what was seen; what was said while it was adapted begins with its day.
fn seen(said: &str) -> Markup {
    let day = said.split_once(": ").and_then(|(day, said)| Some((day.parse::<Day>().ok()?, said)));
    html! {
        p { @match day { Some((day, said)) => { (shell::day_tag(day)) ": " (said) }, None => (said) } }
    }
}

fn cell(said: Option<&String>, raised: bool) -> Markup {
    html! {
        @match said {
            Some(said) if raised => (shell::toned(said, Tone::Warn)),
            Some(said) => { (said) },
            None => { span.soft { "not enough data" } }
        }
    }
}

fn side_by_side(step: &StepView) -> Markup {
    let row = |c: &Compared| {
        vec![
            html! { (c.signal) " " (c.name) @if c.meant { " " (shell::pill("meant")) } },
            cell(c.before.as_ref(), c.raised_before),
            cell(c.now.as_ref(), c.raised_now),
            html! {
                @match c.moved.as_deref() {
                    Some("better") => (shell::toned("lower, better", Tone::Good)),
                    Some("worse") => (shell::toned("higher", Tone::Warn)),
                    Some(_) => { "as before" },
                    None => { span.soft { "–" } }
                }
            },
        ]
    };
    html! {
        @if step.compared.is_empty() {
            (shell::section("Signals before and after", html! {
                p.soft { "Nothing could be measured yet. Signals are measured every night; they need some weeks of work to say anything." }
            }))
        } @else {
            @let after = step.line.reviewed_on.map_or("Now".to_owned(), |day| format!("On {}", day.words()));
            (shell::data_table("Signals before and after", &["Signal", "Before", &after, "Moved"], step.compared.iter().map(row).collect()))
            p.soft { "A figure that moved is no proof that the step moved it. Ask those whom it concerns, too." }
        }
    }
}

fn looking(step: &StepView, back: &str) -> Markup {
    html! {
        @if step.line.outcome.is_empty() {
            (shell::section("Look back", html! {
                @if !step.line.due { p.soft { "Its day is " (shell::day_tag(step.line.review_on)) "; it can be looked at sooner." } }
                (shell::form("/do/look-back", html! {
                    (once())
                    (shell::hidden("step", &step.line.id.to_string()))
                    (shell::hidden("_back", back))
                    (shell::select("What becomes of it", "outcome", vec![
                        Choice::new("keep", "Keep it"),
                        Choice::new("adapt", "Adapt it, and look again later"),
                        Choice::new("back", "Go back"),
                    ]).id("outcome"))
                    (shell::textarea("What was seen, or what is done differently", "note").rows(2).id("seen"))
                    (shell::field("Look again on, where it is adapted", "look_back_on").kind("date").id("again"))
                    p.help { "Going back: " (step.back) }
                    (shell::submit("Keep the answer"))
                }))
            }))
        }
    }
}

/// What stands on the page of a decision that a step was kept as.
pub(in crate::surfaces::pages) fn beside(
    cx: &mut Reader<'_>,
    decision: Id,
    write: bool,
) -> Result<Markup> {
    if cx.actor.check_role(Access::Write).is_err() {
        return Ok(html! {});
    }
    let Some(step) = of_decision(cx.conn, cx.actor.workspace, decision)? else {
        return Ok(html! {});
    };
    let today = cx.now.day();
    let step = view_of(cx.conn, cx.actor, &step, today)?;
    Ok(html! {
        (side_by_side(&step))
        @if write && step.line.due { (looking(&step, &format!("/culture/{}", step.line.id))) }
        @else { p { a href={ "/culture/" (step.line.id) } { "The step that this decision stands for" } } }
    })
}
