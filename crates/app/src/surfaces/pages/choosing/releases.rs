//! Releases: their list and page.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::node_row;
use super::super::lists::{After, Listing};
use super::super::{choices, may_write, once, product, show};
use super::part;
use crate::kernel::{Access, Day, Result};
use crate::people::nouns::View;
use crate::people::products::product_by_id;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::nodes::{Node, node};
use crate::thread::notes::draft_notes;
use crate::what::releases::{ListReleases, Release, ReleaseView, STRATEGIES, StepView, contents};

const PAGE: Listing = Listing {
    active: "releases",
    title: "Releases",
    about: "What ships together, to whom and how",
    facet: Facet::What,
    empty: (
        "No releases yet",
        "Refund yourself: canary to 5 % of commuters, then all. Stop if failed refunds pass 1 %.",
    ),
};

pub(in super::super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let page = ListReleases { product: product.key.clone(), after, limit: None }.run(cx)?;
        let rows = (!page.items.is_empty()).then(|| {
            shell::list("Releases", html! {
                @for r in &page.items {
                    (shell::list_row(format!("/{}", r.key), r.title.clone())
                        .key(r.key.clone()).facet(Facet::What).peek()
                        .lead(shell::toned(&r.state.replace('-', " "), tone(&r.state)))
                        .tail(html! {
                            span.soft { (r.strategy.replace('-', " ")) }
                            @if let Some(day) = r.released_on.or(r.planned_on) { " " span.soft { (shell::day_tag(day)) } }
                        }))
                }
            })
        });
        let actions = html! {
            @if may_write(cx) {
                (shell::menu("Plan a release", Some("c"), shell::form("/do/plan-release", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (fields(None))
                    (shell::submit("Plan"))
                })))
            }
        };
        Ok(PAGE.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

fn tone(state: &str) -> Tone {
    match state {
        "released" => Tone::Good,
        "rolling-out" => Tone::Facet,
        "rolled-back" => Tone::Bad,
        _ => Tone::Plain,
    }
}

pub(super) fn rows(label: &str, all: &[Release]) -> Markup {
    shell::list(
        label,
        html! {
            @for r in all {
                (shell::list_row(format!("/{}", r.key), r.title.clone())
                    .key(r.key.clone()).facet(Facet::What).peek()
                    .lead(shell::toned(&r.state.replace('-', " "), tone(&r.state))))
            }
        },
    )
}

fn fields(of: Option<&Release>) -> Markup {
    let text = |get: fn(&Release) -> &str| of.map(get).unwrap_or_default().to_owned();
    let day = of.and_then(|r| r.planned_on).map_or(String::new(), |d| d.to_string());
    html! {
        (shell::field("Name or version", "title").value(text(|r| &r.title)))
        (shell::textarea("What it is about", "body").value(text(|r| &r.body)).rows(3))
        (shell::field("For whom", "audience").value(text(|r| &r.audience)).placeholder("commuters with a season ticket"))
        (shell::select("Strategy", "strategy", choices(&STRATEGIES, Some("not set yet"))).value(text(|r| &r.strategy)))
        (shell::field("Planned for", "planned_on").kind("date").value(day))
        (shell::textarea("Stop or turn back if", "stop_criteria").value(text(|r| &r.stop_criteria)).rows(2))
    }
}

pub(super) fn body(cx: &mut Reader<'_>, r: &Release, write: bool) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let view = ReleaseView::of(cx.conn, cx.actor, r)?;
    let mut held: Vec<Node> = Vec::new();
    for item in contents(cx.conn, ws, r.id)? {
        held.extend(node(cx.conn, ws, &item.object_kind, item.object_id, None)?);
    }
    let open = held.iter().filter(|n| !n.done && n.state != "solved").count();
    let product = product_by_id(cx.conn, cx.actor, r.product_id, Access::Read)?;
    Ok(html! {
        (shell::stats(html! {
            @if !r.audience.is_empty() { (shell::stat("For", &r.audience, "")) }
            (shell::stat("Strategy", &if r.strategy.is_empty() { "not set".to_owned() } else { r.strategy.replace('-', " ") }, ""))
            @if let Some(day) = r.planned_on { (shell::stat("Planned", &day.words(), "")) }
            @if let Some(day) = r.released_on { (shell::stat("Released", &day.words(), "")) }
            (shell::stat("Holds", &held.len().to_string(), &if open > 0 { format!("{open} open") } else { String::new() }))
        }))
        @if !r.body.is_empty() { div.prose { (super::super::item::prose(&r.body)) } }
        @if !r.verdict.is_empty() { p { "Decided: " (r.verdict) } }
        (part("Stop or turn back if", &r.stop_criteria))
        (rollout(r, &view.steps, write))
        @if !held.is_empty() {
            (shell::section("What it holds", shell::list("What it holds", html! { @for n in &held { (node_row(n)) } })))
        }
        (part("Release notes", &r.notes))
        (super::super::values::of_release(cx, r)?)
        @if write && r.state == "released" {
            p { "A reply to each who asked for this is drafted under "
                a href={ "/p/" (product.key) "/portal/replies" } { "Replies" } ", to be read and sent." }
        }
        (reviews(r, &view, write, cx.now.day()))
        @if write { (acts(r, &draft_notes(&held))) }
    })
}

fn rollout(r: &Release, steps: &[StepView], write: bool) -> Markup {
    let next = steps.iter().find(|s| s.state != "done").map(|s| s.position);
    let reached = steps.iter().filter(|s| s.state == "done").map(|s| s.share).max().unwrap_or(0);
    html! {
        @if !steps.is_empty() {
            (shell::section("Rollout", html! {
                (shell::meter(u8::try_from(reached).unwrap_or(100), &format!("{reached} % of the audience reached")))
                (shell::data_table("Rollout", &["Step", "Reaches", "State", "Note", ""], steps.iter().map(|s| vec![
                    html! { (s.title) }, html! { (s.share) " %" }, html! { (s.state) }, html! { (s.note) },
                    html! {
                        @if write && r.state == "rolling-out" && next == Some(s.position) {
                            (shell::post_button(&format!("/do/finish-rollout-step?key={}&position={}&_back=/{}", r.key, s.position, r.key), "Done", None))
                            (shell::menu("Stop", None, shell::form("/do/finish-rollout-step", html! {
                                (shell::hidden("key", &r.key))
                                (shell::hidden("position", &s.position.to_string()))
                                (shell::hidden("stopped", "true"))
                                (shell::hidden("_back", &format!("/{}", r.key)))
                                (shell::field("Which stop criterion was met", "note"))
                                (shell::submit("Stop here"))
                            })))
                        }
                        @if write && s.state == "planned" && r.state != "released" {
                            (shell::post_button(&format!("/do/remove-rollout-step?key={}&position={}&_back=/{}", r.key, s.position, r.key), "Take out", None))
                        }
                    },
                ]).collect()))
            }))
        }
    }
}

fn reviews(r: &Release, view: &ReleaseView, write: bool, today: Day) -> Markup {
    let out = r.released_on.filter(|_| r.state == "released");
    let passed = out.map_or(-1, |day| day.days_until(today));
    let due: Vec<&str> = [(30, "30"), (60, "60"), (90, "90")]
        .iter()
        .filter(|(n, _)| passed >= *n)
        .map(|(_, w)| *w)
        .collect();
    let held = |days: &str| view.reviews.iter().any(|o| o.after_days.to_string() == days);
    let next = due.iter().find(|days| !held(days)).copied();
    html! {
        @if !view.reviews.is_empty() {
            (shell::section("What it moved", shell::data_table("Outcome reviews",
                &["After", "Held", "Finding", "Before", "Then", "So it"],
                view.reviews.iter().map(|o| vec![
                    html! { (o.after_days) " days" }, html! { (shell::day_tag(o.held_on)) }, html! { (o.finding) },
                    html! { @if let Some(v) = o.measure_before { (v) } },
                    html! { @if let Some(v) = o.measure_now { (v) } },
                    html! { (o.verdict.replace('-', " ")) },
                ]).collect())))
        }
        @if write && !due.is_empty() {
            (shell::menu("Review the outcome", None, shell::form("/do/review-outcome", html! {
                (once())
                (shell::hidden("key", &r.key))
                (shell::hidden("_back", &format!("/{}", r.key)))
                (shell::select("Days after", "after_days", choices(&due, None)).value(next.unwrap_or_default()))
                (shell::textarea("Did the need's measure and the key result move?", "finding").rows(3))
                (shell::field("Measure before", "measure_before").kind("number"))
                (shell::field("Measure now", "measure_now").kind("number"))
                (shell::select("It", "verdict", choices(&["moved", "not-moved", "unclear"], None)))
                (shell::submit("Keep it"))
            })))
        }
    }
}

fn acts(r: &Release, draft: &str) -> Markup {
    let back = format!("/{}", r.key);
    let moves: &[(&str, &str)] = match r.state.as_str() {
        "planned" => &[("go", "Go"), ("no-go", "No-go")],
        "rolling-out" => &[("done", "Released to all"), ("roll-back", "Roll back")],
        "released" => &[("roll-back", "Roll back")],
        _ => &[("go", "Go again")],
    };
    let notes = if r.notes.is_empty() { draft } else { &r.notes };
    html! {
        div.acts {
            @for (decision, label) in moves {
                (shell::menu(label, None, shell::form("/do/decide-release", html! {
                    (shell::hidden("key", &r.key))
                    (shell::hidden("decision", decision))
                    (shell::hidden("_back", &back))
                    (shell::textarea("Because", "because").rows(2))
                    (shell::submit(label))
                })))
            }
            (shell::menu("Add items", None, shell::form("/do/add-to-release", html! {
                (shell::hidden("key", &r.key))
                (shell::hidden("_back", &back))
                (shell::field("Epics, stories or opportunities", "items").placeholder("some words of it, or its key").required()
                    .picks("epic story task bug opportunity").help("Several with commas between them."))
                (shell::submit("Add"))
            })))
            (shell::menu("Add a step", None, shell::form("/do/add-rollout-step", html! {
                (once())
                (shell::hidden("key", &r.key))
                (shell::hidden("_back", &back))
                (shell::field("Step", "title").placeholder("Canary: staff of the depot"))
                (shell::field("Reaches, percent of the audience", "share").kind("number").value("5"))
                (shell::submit("Add"))
            })))
            (shell::menu(if r.notes.is_empty() { "Draft the notes" } else { "Edit the notes" }, None, shell::form("/do/write-release-notes", html! {
                (shell::hidden("key", &r.key))
                (shell::hidden("revision", &r.revision.to_string()))
                (shell::hidden("_back", &back))
                (shell::textarea("Release notes", "notes").value(notes).rows(12).draft(format!("notes-{}", r.key))
                    .help("Drafted from what the release holds; yours to rewrite."))
                (shell::submit("Save"))
            })))
            (shell::menu("Edit", Some("e"), shell::form("/do/edit-release", html! {
                (shell::hidden("key", &r.key))
                (shell::hidden("revision", &r.revision.to_string()))
                (shell::hidden("_back", &back))
                (fields(Some(r)))
                (shell::submit("Save"))
            })))
        }
    }
}
