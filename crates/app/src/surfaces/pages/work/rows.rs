//! Rows and cards of work items.

use maud::html;

use super::super::item::quick_link;
use crate::how::work_items::ItemView;
use crate::shell::{self, Facet, Tone};

fn facet(item: &ItemView) -> Facet {
    if item.level == "epic" { Facet::What } else { Facet::How }
}

/// A line of a list or a card of a board.
pub(super) fn row(item: &ItemView) -> shell::Row {
    let tail = html! {
        @if let Some(part) = &item.part { span.soft title="Part" { (part.name) } }
        @for label in item.labels.iter().take(3) { span.label { (label) } }
        @if let Some(points) = item.points { span.points title="points" { (points) } }
        @if let Some(who) = &item.assignee { (shell::avatar(&who.name)) }
    };
    shell::list_row(format!("/{}", item.key), item.title.clone())
        .key(item.key.clone())
        .value(&item.key)
        .facet(facet(item))
        .peek()
        .tail(tail)
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
        @if write { (quick_link(&item.key, "state", "", shell::toned(&item.state, tone))) }
        @else { (shell::toned(&item.state, tone)) }
    };
    if !write {
        return row(item).lead(lead);
    }
    let key = &item.key;
    let quiet = |set: bool| if set { "" } else { "quiet" };
    let tail = html! {
        @if let Some(part) = &item.part { span.soft title="Part" { (part.name) } }
        (quick_link(key, "priority", quiet(item.priority.is_some()),
            html! { (item.priority.as_deref().unwrap_or("priority")) }))
        (quick_link(key, "labels", quiet(!item.labels.is_empty()), html! {
            @if item.labels.is_empty() { "labels" }
            @for label in item.labels.iter().take(3) { span.label { (label) } }
        }))
        (quick_link(key, "points", quiet(item.points.is_some()), html! {
            @match item.points { Some(points) => span.points { (points) }, None => "estimate" }
        }))
        (quick_link(key, "assignee", quiet(item.assignee.is_some()), html! {
            @match &item.assignee { Some(who) => (shell::avatar(&who.name)), None => "assign" }
        }))
    };
    row(item).lead(lead).tail(tail)
}
