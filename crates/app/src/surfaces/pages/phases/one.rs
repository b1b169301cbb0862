//! One phase: its scope, its burnup against the baseline, its sprints, what was asked to be changed.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::work::with_state;
use super::super::{Page, may_write, once, product, show};
use super::{above, gate_choices, gate_link, requests, slip};
use crate::how::gates::ListGates;
use crate::how::phases::{BaselineView, GetPhase, PhaseDetail};
use crate::kernel::{Day, Error, Id, Result};
use crate::shell::{self, Facet, Line, Tone, amount, counted};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("phase"))?;
        let d = GetPhase { phase: id }.run(cx)?;
        if d.phase.product != product.key {
            return Err(Error::NotFound("phase"));
        }
        let write = may_write(cx);
        let p = &d.phase;
        let main = html! {
            (beside(&d))
            (figures(&d))
            (burnup(&d))
            (requests::part(&d, write))
            (scope(&d, write && p.state == "planned"))
            (sprints(&d, write))
            (baselines(&d.baselines, &d.phase.unit))
        };
        let meta = html! { (shell::pill(&p.state)) (shell::days_tag(p.starts, p.ends)) @if let Some(team) = &p.team { span { (team) } } };
        let acts = if write { acts(cx, &d)? } else { html! {} };
        Ok(Page {
            title: p.name.clone(),
            active: "phases",
            above: above(&product),
            head: Some(shell::page_head(
                &p.name,
                if p.goal.is_empty() { "What is there at its end?" } else { &p.goal },
                meta,
                acts,
            )),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn here(d: &PhaseDetail) -> String {
    format!("/p/{}/phases/{}", d.phase.product, d.phase.id)
}

fn acts(cx: &mut Reader<'_>, d: &PhaseDetail) -> Result<Markup> {
    let (p, here) = (&d.phase, here(d));
    let id = p.id.to_string();
    if p.state == "closed" {
        return Ok(html! {});
    }
    let gates = ListGates { product: p.product.clone() }.run(cx)?;
    let day = |day: Option<Day>| day.map_or(String::new(), |d| d.to_string());
    let of = |gate: &Option<crate::how::phases::GateBrief>| {
        gate.as_ref().map_or(String::new(), |g| g.id.to_string())
    };
    let planned = p.state == "planned";
    let edit = shell::menu(
        "Edit",
        Some("e"),
        shell::form(
            "/do/edit-phase",
            html! {
                (shell::hidden("phase", &id))
                (shell::hidden("revision", &p.revision.to_string()))
                (shell::hidden("_back", &here))
                (shell::field("Phase", "name").value(&p.name).required())
                (shell::textarea("What is there at its end", "goal").value(&p.goal).rows(2))
                div.fields {
                    @if planned {
                        (shell::field("Starts", "starts").kind("date").value(day(p.starts)))
                        (shell::field("Ends", "ends").kind("date").value(day(p.ends)))
                        (shell::select("The gate that lets it in", "entry", gate_choices(&gates)).value(of(&p.entry)))
                    }
                    (shell::select("The gate that ends it", "exit", gate_choices(&gates)).value(of(&p.exit)))
                }
                (shell::submit("Save"))
            },
        ),
    );
    let waits = p.entry.as_ref().is_some_and(|g| !matches!(&*g.state, "go" | "conditional-go"));
    Ok(html! {
        (edit)
        @if planned {
            @if !waits { (shell::post_button(&format!("/do/start-phase?phase={id}&_back={here}"), "Start it", None)) }
            (shell::post_button(&format!("/do/remove-phase?phase={id}&_back=/p/{}/phases", p.product), "Remove", None))
        } @else if p.exit.is_none() {
            (shell::menu("Close", None, shell::form("/do/close-phase", html! {
                (shell::hidden("phase", &id))
                (shell::hidden("_back", &here))
                (shell::textarea("What came of it", "outcome").rows(3).required())
                (shell::submit("Close it"))
            })))
        }
    })
}

/// The gates beside it, and what it waits for.
fn beside(d: &PhaseDetail) -> Markup {
    let p = &d.phase;
    html! {
        @if p.entry.is_some() || p.exit.is_some() {
            p {
                @if let Some(gate) = &p.entry { "Let in by " (gate_link(&p.product, gate)) }
                @if p.entry.is_some() && p.exit.is_some() { ", " }
                @if let Some(gate) = &p.exit {
                    @if p.entry.is_some() { "ended by " } @else { "Ended by " }
                    (gate_link(&p.product, gate))
                }
            }
        }
        @if !p.outcome.is_empty() { p { (p.outcome) } }
        @if p.state == "planned" && (p.starts.is_none() || p.ends.is_none()) {
            (shell::notice(Tone::Warn, html! { "It has no dates, and what has none cannot be frozen at a gate. Say when it starts and ends." }))
        }
    }
}

fn figures(d: &PhaseDetail) -> Markup {
    let p = &d.phase;
    let moved = slip(p).map_or("as first agreed".to_owned(), |(words, _)| words);
    let was = p.first_points.map_or(String::new(), |f| format!("{} at first", amount(f)));
    html! {
        (shell::stats(html! {
            @if let Some(agreed) = p.agreed_points {
                (shell::stat("Agreed", &format!("{} {}", amount(agreed), p.unit), &was))
                (shell::stat("Finished", &amount(p.done), &format!("{} of {} items", p.items_done, p.items)))
                (shell::stat("Scope now", &amount(p.points), &difference(p.points - agreed)))
                (shell::stat("Its end", &p.ends.map_or(String::new(), |e| e.words()), &moved))
            } @else {
                (shell::stat("Scope", &format!("{} {}", amount(p.points), p.unit), &counted(p.items, "item")))
            }
        }))
    }
}

fn difference(off: f64) -> String {
    if off.abs() < 0.05 {
        return "as agreed".into();
    }
    format!("{}{} against the baseline", if off > 0.0 { "+" } else { "" }, amount(off))
}

/// What is finished, beside the scope and what was agreed.
pub(super) fn burnup(d: &PhaseDetail) -> Markup {
    if d.days.len() < 2 {
        return html! {};
    }
    let labels: Vec<String> = d.days.iter().map(|l| l.day.short()).collect();
    let agreed = Line { name: "agreed".into(), values: d.agreed.clone() };
    let drawn = [
        Line::new("finished", d.days.iter().map(|l| l.done)),
        Line::new("scope", d.days.iter().map(|l| l.scope)),
        agreed,
        Line::new("expected", d.expected.iter().copied()),
    ];
    let table = |n: usize| {
        let l = &d.days[n];
        let agreed = d.agreed.get(n).copied().flatten();
        vec![
            html! { (l.day) },
            html! { (amount(l.done)) },
            html! { (amount(l.scope)) },
            html! { (agreed.map_or(String::new(), amount)) },
            html! { (amount(d.expected.get(n).copied().unwrap_or_default())) },
        ]
    };
    shell::section(
        "Burnup against the baseline",
        html! {
            (shell::lines(&format!("Finished, in scope, agreed, and expected if work goes evenly, in {}, day by day", d.phase.unit), &labels, &drawn))
            (behind(d))
            details {
                summary { "The numbers" }
                (shell::data_table("Day by day", &["Day", "#Finished", "#Scope", "#Agreed", "#Expected"],
                    (0..d.days.len()).map(table).collect()))
            }
            @if !d.changes.is_empty() {
                details {
                    summary { "How the scope changed since it began (" (d.changes.len()) ")" }
                    (shell::data_table("How the scope changed", &["Day", "Item", "", &format!("#In {}", d.phase.unit)],
                        d.changes.iter().map(|c| vec![
                            html! { (c.day.words()) },
                            html! { a href={ "/" (c.key) } { (c.key) } " " (c.title) },
                            html! { @match c.items { 1 => "came", -1 => "went", _ => "estimated anew" } },
                            html! { @if c.points > 0.0 { "+" } (amount(c.points)) },
                        ]).collect()))
                }
            }
        },
    )
}

/// How far it is against what an even pace would have brought.
fn behind(d: &PhaseDetail) -> Markup {
    let (done, due) = (d.days.last().map(|l| l.done), d.expected.last().copied());
    let off = done.zip(due).map_or(0.0, |(done, due)| done - due);
    html! {
        @if d.phase.state == "active" {
            p { @if off < -0.5 { (amount(-off)) " " (d.phase.unit) " behind an even pace." }
                @else if off > 0.5 { (amount(off)) " " (d.phase.unit) " ahead of an even pace." }
                @else { "At an even pace." } }
        }
    }
}

fn scope(d: &PhaseDetail, free: bool) -> Markup {
    let here = here(d);
    shell::section(
        "Scope",
        html! {
            @if d.items.is_empty() { p.soft { "Nothing yet. An epic stands for the stories below it." } }
            @else {
                (shell::list("Scope", html! { @for item in &d.items {
                    @let row = with_state(item, false);
                    @if free {
                        (row.tail(html! {
                            @if let Some(estimate) = item.estimate() { span.points { (estimate) } }
                            (shell::post_button(&format!("/do/remove-from-phase?phase={}&item={}&_back={here}", d.phase.id, item.key), "Take out", None))
                        }))
                    } @else { (row) }
                } }))
            }
            @if free {
                (shell::menu("Add to the scope", Some("a"), shell::form("/do/add-to-phase", html! {
                    (shell::hidden("phase", &d.phase.id.to_string()))
                    (shell::hidden("_back", &here))
                    (shell::field("Epic or item", "items").picks("epic story task bug").help("Keys, with commas between them.").required())
                    (shell::submit("Add"))
                })))
            }
        },
    )
}

fn sprints(d: &PhaseDetail, write: bool) -> Markup {
    let p = &d.phase;
    if d.sprints.is_empty() && (!write || p.state == "closed") {
        return html! {};
    }
    shell::section(
        "Sprints",
        html! {
            @if d.sprints.is_empty() { p.soft { "No sprint lies in it yet." } }
            @else {
                (shell::list("Sprints", html! { @for s in &d.sprints {
                    (shell::list_row(format!("/p/{}/sprints/{}", s.product, s.id), s.name.clone())
                        .lead(shell::pill(&s.state)).tail(html! {
                            @if !s.outcome.is_empty() { "goal " (s.outcome) ", " }
                            (shell::days_tag(s.starts, s.ends))
                        }))
                } }))
            }
            @if !d.outside.is_empty() {
                (shell::notice(Tone::Warn, html! {
                    "In its sprints, but not in its scope: "
                    @for (n, item) in d.outside.iter().enumerate() {
                        @if n > 0 { ", " } a href={ "/" (item.id) } { (item.id) }
                    }
                    ". Ask for a change, or take them out of the sprint."
                }))
            }
            @if write && p.state != "closed" {
                (shell::menu("New sprint in it", None, shell::form("/do/plan-iteration", html! {
                    (once())
                    (shell::hidden("product", &p.product))
                    (shell::hidden("phase", &p.id.to_string()))
                    @if let Some(team) = &p.team { (shell::hidden("team", team)) }
                    (shell::hidden("_back", &here(d)))
                    (shell::field("Name", "name").id("sprint-name").placeholder("Sprint 1").required())
                    (shell::textarea("Goal", "goal").id("sprint-goal").rows(2))
                    div.fields {
                        (shell::field("Starts", "starts").id("sprint-starts").kind("date").value(p.starts.map_or(String::new(), |d| d.to_string())))
                        (shell::field("Ends", "ends").id("sprint-ends").kind("date"))
                    }
                    (shell::submit("Plan it"))
                })))
            }
        },
    )
}

/// Every baseline that held, the newest first.
pub(super) fn baselines(all: &[BaselineView], unit: &str) -> Markup {
    html! {
        @if !all.is_empty() {
            (shell::section("Baselines", html! {
                (shell::data_table("Baselines", &["#No", "Since", "From", "To", "#Items", &format!("#In {unit}"), "Because"],
                    all.iter().rev().map(|b| vec![
                        html! { (b.number) },
                        html! { (shell::time_tag(b.at)) @if let Some(by) = &b.by { span.soft { " " (by) } } },
                        html! { (shell::day_tag(b.starts)) },
                        html! { (shell::day_tag(b.ends)) },
                        html! { (b.count) },
                        html! { (amount(b.points)) },
                        html! { (b.because)
                            @if !b.came.is_empty() { p.soft { "came: " (b.came.join(", ")) } }
                            @if !b.went.is_empty() { p.soft { "went: " (b.went.join(", ")) } }
                        },
                    ]).collect()))
            }))
        }
    }
}
