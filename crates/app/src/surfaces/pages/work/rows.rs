//! Rows and cards of work items.

use maud::{Markup, html};

use super::super::custom;
use super::super::item::quick_link;
use crate::how::work_items::ItemView;
use crate::shell::{self, Facet, Tone};

fn facet(item: &ItemView) -> Facet {
    if item.level == "epic" { Facet::What } else { Facet::How }
}

/// A line of a list or a card of a board, with nothing but the title.
fn bare(item: &ItemView) -> shell::Row {
    shell::list_row(format!("/{}", item.key), item.title.clone())
        .key(item.key.clone())
        .value(&item.key)
        .facet(facet(item))
        .peek()
}

/// A line of a list or a card of a board.
pub(super) fn row(item: &ItemView) -> shell::Row {
    let tail = html! {
        @if let Some(priority) = &item.priority { span.soft title="Priority" { (priority) } }
        @if let Some(part) = &item.part { span.soft title="Part" { (part.name) } }
        @for label in item.labels.iter().take(3) { span.label { (label) } }
        (subtasks(item))
        @if let Some(estimate) = item.estimate() { span.points title={ "estimate in " (item.estimates) } { (estimate) } }
        @if let Some(who) = &item.assignee { (shell::avatar(&who.name)) }
    };
    bare(item).tail(tail)
}

/// How many of its sub-tasks are done.
fn subtasks(item: &ItemView) -> Markup {
    html! {
        @if let Some(count) = item.subtasks {
            span.soft.count-of title="sub-tasks done" { "☑ " (count.done) "/" (count.all) }
        }
    }
}

/// A line with its state first. Whoever may write changes state, labels, priority and assignee on it.
pub(in crate::surfaces::pages) fn with_state(item: &ItemView, write: bool) -> shell::Row {
    let tone = match item.category.as_str() {
        "accepted" => Tone::Good,
        "started" | "in-review" => Tone::Facet,
        _ => Tone::Plain,
    };
    let lead = html! {
        @if item.level != "story" { span.soft { (item.level) " " } }
        @if let Some(severity) = item.severity.as_deref().filter(|s| matches!(*s, "critical" | "major")) { (shell::toned(severity, Tone::Bad)) " " }
        @if write { (quick_link(&item.key, "state", "", shell::toned(&item.state, tone))) }
        @else { (shell::toned(&item.state, tone)) }
    };
    if !write {
        let mut row = row(item).lead(lead);
        let tail = row.tail.take();
        return row.tail(html! { (custom::on_card(item)) @if let Some(tail) = tail { (tail) } });
    }
    let key = &item.key;
    let quiet = |set: bool| if set { "" } else { "quiet" };
    let tail = html! {
        @if let Some(part) = &item.part { span.soft title="Part" { (part.name) } }
        (subtasks(item))
        (custom::on_card(item))
        (quick_link(key, "priority", quiet(item.priority.is_some()),
            html! { (item.priority.as_deref().unwrap_or("priority")) }))
        (quick_link(key, "labels", quiet(!item.labels.is_empty()), html! {
            @if item.labels.is_empty() { "labels" }
            @for label in item.labels.iter().take(3) { span.label { (label) } }
        }))
        @if item.estimates != "none" {
            (quick_link(key, "points", quiet(item.points.is_some()), html! {
                @match item.estimate() { Some(estimate) => span.points { (estimate) }, None => "estimate" }
            }))
        }
        (quick_link(key, "assignee", quiet(item.assignee.is_some()), html! {
            @match &item.assignee { Some(who) => (shell::avatar(&who.name)), None => "assign" }
        }))
    };
    bare(item).lead(lead).tail(tail)
}
