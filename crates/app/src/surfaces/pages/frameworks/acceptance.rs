//! Acceptance criteria on a story's page, and the page on which it is accepted or sent back: its why
//! stands first.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::{facet, node_row};
use super::super::{Page, may_write, once, show};
use super::policy::words;
use crate::how::acceptance::AcceptanceView;
use crate::how::criteria::{CriterionView, views_at};
use crate::how::work_items::ItemView;
use crate::kernel::{Access, Id, Result, Time};
use crate::people::products::product_by_id;
use crate::shell::{self, Choice, Crumb, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::acceptance::{Accepting, GetAcceptance};
use crate::thread::path::Standing;
use crate::thread::quality::hints_of_criteria;

fn mark(verdict: Option<&str>) -> Markup {
    match verdict {
        Some("met") => shell::toned("met", Tone::Good),
        Some("not-met") => shell::toned("not met", Tone::Bad),
        Some(_) => shell::toned("not sure", Tone::Warn),
        None => shell::pill("open"),
    }
}

/// A criterion in its words.
fn wording(c: &CriterionView) -> Markup {
    html! {
        (c.title)
        @if !c.steps.is_empty() {
            ul.steps { @for step in &c.steps { li { (step) } } }
        }
        @if let Some(v) = c.verdict.as_ref().filter(|v| !v.note.is_empty()) {
            p.soft { (v.by) ": " (v.note) }
        }
    }
}

/// The criteria on a story's page, with what one can do.
pub(in crate::surfaces::pages) fn on_item(
    cx: &mut Reader<'_>,
    item: &ItemView,
    write: bool,
    at: Option<Time>,
) -> Result<Markup> {
    if item.level == "epic" {
        return Ok(html! {});
    }
    let all = views_at(cx.conn, cx.actor.workspace, item.id, at)?;
    let back = format!("/{}", item.key);
    let open = !matches!(item.category.as_str(), "accepted" | "dropped");
    Ok(shell::section(
        "Acceptance criteria",
        html! {
            @if all.is_empty() {
                p.soft { "None yet. They say what can be seen when it is done, as “A rider sees the sum before paying”." }
            } @else {
                ol.criteria {
                    @for c in &all {
                        li {
                            div.criterion {
                                (mark(c.verdict.as_ref().map(|v| v.verdict.as_str())))
                                div { (wording(c)) }
                                @if write { (change(c, &back)) }
                            }
                        }
                    }
                }
                (said_of(&all))
            }
            @if write {
                div.acts {
                    (shell::menu("Add criteria", None, shell::form("/do/add-criteria", html! {
                        (once())
                        (shell::hidden("key", &item.key))
                        (shell::hidden("_back", &back))
                        (shell::textarea("A checklist, one a line, or Given, When, Then", "text").id("criteria-text").rows(6)
                            .placeholder("Given a ticket of yesterday\nWhen I ask for my money back\nThen I see the day it comes").required())
                        (shell::submit("Add"))
                    })))
                    @if open { (split(item, &all)) }
                    @if open { a.btn href={ (back) "/acceptance" } { "Accept or send back" } }
                    @else { a href={ (back) "/acceptance" } { "How it was accepted" } }
                }
            } @else { p { a href={ (back) "/acceptance" } { "Acceptance" } } }
        },
    ))
}

/// What the words of the criteria tell about whether they can be tested.
fn said_of(all: &[CriterionView]) -> Markup {
    let words = all.iter().map(|c| (c.kind.as_str(), c.title.as_str(), c.steps.join("\n")));
    let hints = hints_of_criteria(words);
    html! {
        @if !hints.is_empty() {
            ul.soft aria-label="About the criteria" {
                @for hint in &hints {
                    li { @if !hint.place.is_empty() { "“" (hint.place.trim().trim_start_matches("- ")) "”: " } (hint.message) " " (hint.suggestion) }
                }
            }
        }
    }
}

fn split(item: &ItemView, all: &[CriterionView]) -> Markup {
    shell::menu(
        "Split",
        None,
        shell::form(
            "/do/split-story",
            html! {
                (once())
                (shell::hidden("key", &item.key))
                (shell::hidden("_back", &format!("/{}", item.key)))
                (shell::textarea("New stories, one a line, as the steps of its workflow", "titles").id("split-titles").rows(4))
                @for c in all {
                    (shell::checkbox(&format!("A story of its own: {}", c.title), "criteria").value(c.id).id(format!("split-{}", c.id)))
                }
                p.help { "They keep its why, its team and its place; the criteria go with them." }
                (shell::submit("Split it"))
            },
        ),
    )
}

fn change(c: &CriterionView, back: &str) -> Markup {
    let text = if c.kind == "scenario" {
        format!("Scenario: {}\n{}", c.title, c.steps.join("\n"))
    } else {
        c.title.clone()
    };
    let remove = format!("/do/remove-criterion?criterion={}&_back={back}", c.id);
    shell::menu(
        "Change",
        None,
        html! {
            (shell::form("/do/edit-criterion", html! {
                (shell::hidden("criterion", &c.id.to_string()))
                (shell::hidden("revision", &c.revision.to_string()))
                (shell::hidden("_back", back))
                (shell::textarea("Words", "text").id(format!("text-{}", c.id)).value(text).rows(5))
                (shell::field("Place", "position").id(format!("place-{}", c.id)).kind("number").help("From 1; left empty it stays."))
                (shell::submit("Save"))
            }))
            (shell::form("/do/judge-criterion", html! {
                (shell::hidden("criterion", &c.id.to_string()))
                (shell::hidden("_back", back))
                (shell::select("Verdict", "verdict", verdicts(None)).id(format!("verdict-{}", c.id)))
                (shell::field("Note", "note").id(format!("note-{}", c.id)))
                (shell::submit("Judge it"))
            }))
            (shell::post_button(&remove, "Remove", None))
        },
    )
}

fn verdicts(empty: Option<&str>) -> Vec<Choice> {
    let words = [("met", "met"), ("not-met", "not met"), ("unsure", "not sure")];
    let first = empty.map(|label| Choice::new("", label));
    first.into_iter().chain(words.map(|(value, label)| Choice::new(value, label))).collect()
}

/// The page of acceptance. Reading the evidence above it counts as having opened it.
pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let a = GetAcceptance { key: key.clone() }.run(cx)?;
        let product = product_by_id(cx.conn, cx.actor, a.why.item.product, Access::Read)?;
        let opened: Vec<Id> =
            a.why.up.iter().filter(|s| s.node.kind == "evidence").map(|s| s.node.id).collect();
        let write = may_write(cx);
        let open = !matches!(a.item.category.as_str(), "accepted" | "dropped");
        let main = html! {
            (why(&a))
            @if write && open { (decide(&a)) } @else { (criteria(&a)) }
            (decisions(&a.decisions))
        };
        let meta = html! { (shell::pill(&a.item.state)) };
        let back = html! { a.btn href={ "/" (a.item.key) } { "The story" } };
        Ok(Page {
            title: format!("{} Acceptance", a.item.key),
            active: "backlog",
            above: vec![Crumb::to(format!("/{}", a.item.key), a.item.key.clone())],
            head: Some(shell::page_head(
                &format!("Acceptance of {}", a.item.key),
                &a.item.title,
                meta,
                back,
            )),
            product: Some(product),
            facet: Facet::How,
            main,
            opened,
            ..Page::default()
        })
    })
    .await
}

/// Whom it is for and what they said, before anything is ticked.
fn why(a: &Accepting) -> Markup {
    let of = |kind: &'static str| a.why.up.iter().filter(move |s| s.node.kind == kind);
    let whole = a.why.standing == Standing::Whole;
    shell::section(
        "Why it was asked for",
        html! {
            @if let Some(gap) = a.why.gap.as_ref().filter(|_| !whole) { (shell::notice(Tone::Warn, html! { (gap) })) }
            @for step in of("need").chain(of("key-result")) { ul.rows { (node_row(&step.node)) } }
            @for step in of("evidence").take(6) {
                @if let Some(words) = &step.node.words {
                    blockquote.voice.(facet(&step.node).class()) {
                        (words)
                        footer.soft { a href={ "/" (step.node.key) } { (step.node.key) } @if let Some(d) = &step.node.detail { " " (d) } }
                    }
                }
            }
            @for step in of("opportunity") { ul.rows { (node_row(&step.node)) } }
        },
    )
}

fn criteria(a: &Accepting) -> Markup {
    shell::section(
        "Acceptance criteria",
        html! {
            @if a.criteria.is_empty() { p.soft { "It has none." } }
            ol.criteria { @for c in &a.criteria { li { div.criterion {
                (mark(c.verdict.as_ref().map(|v| v.verdict.as_str()))) div { (wording(c)) }
            } } } }
        },
    )
}

fn decide(a: &Accepting) -> Markup {
    let back = format!("/{}/acceptance", a.item.key);
    let unticked = a.item.subtasks.map_or(0, |s| s.all - s.done);
    shell::form(
        "/do/accept-story",
        html! {
            @if unticked > 0 {
                (shell::notice(Tone::Warn, html! {
                    @if unticked == 1 { "One of its sub-tasks is open." } @else { (unticked) " of its sub-tasks are open." }
                    " Accepting it nevertheless needs a reason. " a href={ "/" (a.item.key) } { "To the sub-tasks" }
                }))
            }
            (once())
            (shell::hidden("key", &a.item.key))
            (shell::hidden("_back", &back))
            (shell::section("Each criterion", html! {
                @if a.criteria.is_empty() {
                    p.soft { "It has no criteria. " a href={ "/" (a.item.key) } { "Add some" } " first, or judge it as a whole." }
                }
                ol.criteria { @for c in &a.criteria { li { div.criterion {
                    (shell::select(&format!("Verdict on “{}”", c.title.chars().take(60).collect::<String>()), &format!("verdicts.{}", c.id), verdicts(Some("not judged yet")))
                        .id(format!("verdict-{}", c.id)).value(c.verdict.as_ref().map_or("", |v| &v.verdict)))
                    div { (wording(c)) }
                } } } }
            }))
            @if !a.done.is_empty() {
                (shell::section("Definition of Done", html! {
                    (shell::hidden("done", ""))
                    @for (at, line) in a.done.iter().enumerate() {
                        (shell::checkbox(line, "done").value(line).id(format!("done-{at}")))
                    }
                }))
            }
            (shell::section("Does it serve the need?", html! {
                (shell::select("It serves the need", "serves", vec![
                    Choice::new("", "say whether"), Choice::new("yes", "yes"), Choice::new("partly", "partly"), Choice::new("no", "no"),
                ]))
                (shell::textarea("Reason", "because").rows(3).help("Needed for sending back, and where something is open."))
            }))
            div.acts {
                button.btn.go name="decision" value="accepted" { "Accept" }
                (shell::button("Send back", "decision", "sent-back"))
            }
        },
    )
}

fn decisions(all: &[AcceptanceView]) -> Markup {
    html! {
        @if !all.is_empty() {
            (shell::data_table("What was decided", &["Decision", "By", "When", "Criteria met", "Serves the need", "Reason"],
                all.iter().map(|d| vec![
                    html! { (words(&d.decision)) },
                    html! { (d.by) },
                    html! { (shell::time_tag(d.at)) },
                    html! { (d.met) " of " (d.criteria) },
                    html! { @if d.serves.is_empty() { "–" } @else { (d.serves) } },
                    html! { (d.reason) },
                ]).collect()))
        }
    }
}
