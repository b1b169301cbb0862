//! What was done, and the backlog as it stood on a past day.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, product, show};
use crate::how::imports::{self, Import};
use crate::kernel::{Day, Via, cut};
use crate::shell::{self, Pages, Tone};
use crate::store::{Query, Record};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::history::{Event, GetOrderAsOf, ListActivity, Told};

/// One line of history; `titled` where one page tells of many items.
pub(in crate::surfaces::pages) fn event(e: &Event, titled: bool) -> Markup {
    if matches!(e.kind.as_str(), "placement" | "release_item" | "rollout_step") {
        return place(e);
    }
    if e.kind == Import::KIND {
        return import(e);
    }
    let link = e.kind == "link";
    let verb = match e.effect.as_str() {
        "added" if link && imported(e) && titled => "imported the link of",
        "added" if link && imported(e) => "imported the link to",
        "added" if imported(e) => "imported",
        "changed" if imported(e) => "imported changes of",
        "added" | "restored" if link => "linked",
        "binned" if link && titled => "took away the link of",
        "binned" if link => "took away the link to",
        "added" => "added",
        "binned" => "moved to the bin",
        "restored" => "took out of the bin",
        "spread" => "made room in the order of",
        "removed" => "removed for good, after 30 days in the bin,",
        "kept" => "looked at and kept",
        _ => "changed",
    };
    // A move changes nothing but the place in the order.
    let moved = e.effect == "changed" && e.changes.len() == 1 && e.changes.contains_key("rank");
    let verb = if moved { "moved" } else { verb };
    html! {
        li {
            b { (e.actor) } " " (verb) " "
            @if let Some(key) = &e.key {
                @if let Some(part) = part(&e.kind) { (part) " " }
                a href={ "/" (key) } { (key) } " "
                @match e.title.as_deref() {
                    Some(title) if link || titled => { span.soft { "“" (title) "”" } " " }
                    _ => {}
                }
            } @else if link { "something in another product " }
            @else {
                (e.kind.replace('_', " ")) " "
                @if e.effect == "removed" { (e.changes["key"][0].as_str().unwrap_or_default()) " " }
            }
            @if link && titled { (leads_to(e)) }
            @for told in &e.told { (field(told)) }
            @if e.effect == "changed" && let Some(custom) = e.changes.get("fields").and_then(|f| f.as_object()) {
                @for (name, pair) in custom { span.soft { (name) " (" (told(&pair[0])) " → " (told(&pair[1])) ") " } }
            }
            @if let Some(reason) = &e.reason { q { (reason) } " " }
            (when(e))
        }
    }
}

/// A line about an import itself.
fn import(e: &Event) -> Markup {
    let verb = match (e.effect.as_str(), e.changes.get("state").and_then(|pair| pair[1].as_str())) {
        ("added", _) => "uploaded for an import",
        (_, Some("running")) => "began to import",
        (_, Some("applied")) => "completed the import of",
        (_, Some("failed")) => "could not complete the import of",
        (_, Some("discarded")) => "discarded",
        _ => "chose what becomes of",
    };
    let file = e.title.as_deref().unwrap_or("a file");
    html! { li { b { (e.actor) } " " (verb) " " span.soft { "“" (cut(file, 120)) "”" } " " (when(e)) } }
}

/// The other end of a link, where the page is of neither.
fn leads_to(e: &Event) -> Markup {
    html! {
        "to "
        @match &e.to {
            Some(to) => { a href={ "/" (to.key) } { (to.key) } " " span.soft { "“" (to.title) "”" } " " },
            None => "something in another product ",
        }
    }
}

/// Whether an import brought it, or what changed of it: that may have happened long before.
fn imported(e: &Event) -> bool {
    e.via == Via::Import.as_str() && e.kind != Import::KIND
}

/// When it was done; what came by an import also says of which day it is.
fn when(e: &Event) -> Markup {
    let of = Some(e.happened_at.day()).filter(|day| *day != e.recorded_at.day());
    html! {
        span.soft {
            @if imported(e) {
                (shell::time_tag(e.recorded_at))
                @if let Some(day) = of { ", of " (shell::day_tag(day)) }
            } @else { (shell::time_tag(e.happened_at)) }
        }
    }
}

/// A field that changed, with its values; long ones unfold.
fn field(told: &Told) -> Markup {
    const SHORT: usize = 60;
    let pair = told.was.as_ref().zip(told.is.as_ref());
    let long = |value: &str| value.contains('\n') || value.chars().nth(SHORT).is_some();
    let value = |value: &str| if value.is_empty() { "–".to_owned() } else { value.to_owned() };
    html! {
        @match pair {
            Some((was, is)) if long(was) || long(is) => details.more {
                summary.soft { (told.field) }
                dl.was-is {
                    dt { "Before" } dd { (value(was)) }
                    dt { "After" } dd { (value(is)) }
                }
            }
            Some((was, is)) => span.soft { (told.field) " (" (value(was)) " → " (value(is)) ") " },
            None => span.soft { (told.field) " " },
        }
    }
}

/// What stands on an item's page, before the item's key.
fn part(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "acceptance" => "the acceptance of",
        "attachment" => "a file on",
        "blocker" => "a blocker of",
        "comment" => "a comment on",
        "criterion" => "a criterion of",
        "health_update" => "the health of",
        "poker_vote" => "a vote on the size of",
        "question" => "a question about",
        "ready_tick" => "a tick of readiness on",
        _ => return None,
    })
}

/// A line about a place on the roadmap, about what a release holds, or about a step of a rollout.
fn place(e: &Event) -> Markup {
    let pair = |name: &str| e.changes.get(name).map(|pair| (told(&pair[0]), told(&pair[1])));
    let key = html! { @if let Some(key) = &e.key { a href={ "/" (key) } { (key) } } @else { "something" } };
    let title = e.title.as_deref().unwrap_or_default();
    let moved = |name: &str| {
        html! {
            @if let Some((was, is)) = pair(name).filter(|_| e.effect != "binned") {
                span.soft { "(" @if was != "–" { (was) " → " } (is) ") " }
            }
        }
    };
    let other: Vec<String> = ["starts", "ends", "hard", "theme_id", "reach", "outside", "effort"]
        .iter()
        .filter(|name| e.effect == "changed" && e.changes.contains_key(**name))
        .map(|name| name.trim_end_matches("_id").replace("hard", "promise"))
        .collect();
    html! {
        li {
            b { (e.actor) } " "
            @match (e.kind.as_str(), e.effect.as_str()) {
                ("placement", "binned") => { "took " (key) " off the roadmap " }
                ("placement", "changed") => { "changed the place of " (key) " on the roadmap " (moved("horizon")) span.soft { (other.join(", ")) " " } }
                ("placement", _) => { "placed " (key) " on the roadmap " (moved("horizon")) }
                ("release_item", "binned") => { "took out of a release: " (key) " " span.soft { (title) " " } }
                ("release_item", _) => { "put into a release: " (key) " " span.soft { (title) " " } }
                (_, "binned") => { "took the step “" (title) "” out of the rollout of " (key) " " }
                (_, "changed") => { "changed the step “" (title) "” of the rollout of " (key) " " (moved("state")) }
                _ => { "added the step “" (title) "” to the rollout of " (key) " " }
            }
            @if let Some((_, because)) = pair("because").filter(|(_, is)| is != "–" && e.effect != "binned") { q { (because) } " " }
            @if let Some(reason) = &e.reason { q { (reason) } " " }
            (when(e))
        }
    }
}

/// A value in short; several stand with commas between.
fn told(value: &serde_json::Value) -> String {
    let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return "–".into() };
    let line = text.replace('\n', ", ");
    cut(&line, 120).into_owned()
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Before {
    before: Option<i64>,
}

pub(super) async fn activity(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Before>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let page = ListActivity { product: product.key.clone(), before: from.before }.run(cx)?;
        let path = format!("/p/{}/activity", product.key);
        let main = html! {
            ul.log { @for e in &page.events { (event(e, true)) } }
            (shell::pages(&Pages {
                first: from.before.map(|_| path.clone()),
                next: page.next.map(|n| format!("{path}?before={n}")),
                note: String::new(),
            }))
        };
        Ok(Page {
            title: format!("Activity in {}", product.name),
            head: Some(shell::page_head("Reports", "Activity", html! { "Newest first" }, html! {})),
            product: Some(product),
            active: "activity",
            main,
            ..Page::default()
        })
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct At {
    at: String,
}

pub(super) async fn past(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let today = cx.now.day();
        let asked = wanted.at.trim();
        let read = Some(asked).filter(|asked| !asked.is_empty()).map(str::parse::<Day>);
        let wrong = match &read {
            Some(Err(_)) => Some(format!("“{}” is no day: choose one like {today}.", cut(asked, 80))),
            Some(Ok(day)) if *day > today => {
                Some(format!("{} is still to come: this is how it stands today.", day.words()))
            }
            _ => None,
        };
        let day = match read {
            Some(Ok(day)) => day.min(today),
            _ => today.plus_days(-7),
        };
        let lines = GetOrderAsOf { product: product.key.clone(), at: day }.run(cx)?;
        let imported = match lines.is_empty() {
            true => imports::first(cx.conn, cx.actor.workspace, product.id)?,
            false => None,
        };
        let since = imported.map(|import| import.valid_from.day()).filter(|since| *since > day);
        let kept = match since {
            Some(since) => format!("What was imported on {} is known here only since then: how it stood before is not kept. Choose a later day.", since.words()),
            None => "Each day’s order is kept, from the first item on. Choose a later day.".to_owned(),
        };
        let path = format!("/p/{}/past", product.key);
        let main = html! {
            @if let Some(wrong) = &wrong { (shell::notice(Tone::Warn, html! { (wrong) })) }
            (shell::filters(&path, html! { (shell::field("Day", "at").kind("date").value(day)) }))
            @if lines.is_empty() {
                (shell::empty_state("Nothing was open on that day", &kept, html! {}))
            } @else {
                (shell::list("Backlog on that day", html! {
                    @for line in &lines {
                        (shell::list_row(format!("/{}?at={day}", line.key), line.title.clone())
                            .key(line.key.clone())
                            .lead(shell::pill(&line.state)))
                    }
                }))
            }
        };
        Ok(Page {
            title: format!("{} on {}", product.name, day.words()),
            head: Some(shell::page_head(
                "Reports",
                &format!("The backlog as it stood on {}", day.words()),
                html! { "Its first 200 open items" },
                html! {},
            )),
            product: Some(product),
            active: "past",
            main,
            ..Page::default()
        })
    })
    .await
}
