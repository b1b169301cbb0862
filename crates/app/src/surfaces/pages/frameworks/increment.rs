//! What a sprint brought and for whom: each finished story under the need that it serves; and what holds
//! its items up.

use maud::{Markup, html};

use super::super::item::node_row;
use crate::how::blockers;
use crate::how::sprints::IterationDetail;
use crate::how::units::Unit;
use crate::how::work_items::by_key;
use crate::kernel::{Access, Id, Result, Time};
use crate::people::products::Product;
use crate::shell;
use crate::store::Reader;
use crate::thread::nodes::Node;
use crate::thread::path::Sight;
use crate::thread::reach;

/// What was finished, as a sprint tells of it.
struct Brought {
    /// Nothing where it lies in the bin by now.
    id: Option<Id>,
    key: String,
    title: String,
    estimate: Option<String>,
}

/// The accepted items of a running sprint under what they serve; nothing while none is.
pub(super) fn so_far(cx: &mut Reader<'_>, d: &IterationDetail, title: &str) -> Result<Markup> {
    let done = d.items.iter().filter(|i| i.category == "accepted").map(|i| Brought {
        id: Some(i.id),
        key: i.key.clone(),
        title: i.title.clone(),
        estimate: i.estimate(),
    });
    increment(cx, done.collect(), title)
}

/// What a sprint that has ended had finished then, whatever became of the items since.
pub(super) fn written_down(
    cx: &mut Reader<'_>,
    d: &IterationDetail,
    title: &str,
) -> Result<Markup> {
    let summed = Unit::of(&d.unit) != Unit::Items;
    let mut done = Vec::new();
    for item in &d.finished {
        let found = by_key(cx.conn, cx.actor, &item.key, Access::Read);
        done.push(Brought {
            id: found.ok().map(|(item, _)| item.id),
            key: item.key.clone(),
            title: item.title.clone(),
            estimate: item.points.filter(|_| summed).map(|points| points.to_string()),
        });
    }
    increment(cx, done, title)
}

fn increment(cx: &mut Reader<'_>, done: Vec<Brought>, title: &str) -> Result<Markup> {
    if done.is_empty() {
        return Ok(html! {});
    }
    let ids: Vec<Id> = done.iter().filter_map(|i| i.id).collect();
    let sight = Sight::of(cx.conn, cx.actor)?;
    let above = reach::above(cx.conn, cx.actor.workspace, &sight, &ids, None)?;
    let mut groups: Vec<(Option<Node>, Vec<Brought>)> = Vec::new();
    for item in done {
        let steps = item.id.and_then(|id| above.steps.get(&id));
        let steps = steps.map(Vec::as_slice).unwrap_or_default();
        let of = |kind: &str| steps.iter().map(|s| &s.node).find(|n| n.kind == kind);
        let why = of("need").or_else(|| of("key-result")).or_else(|| of("opportunity")).cloned();
        let key = why.as_ref().map(|n| n.key.clone());
        match groups.iter_mut().find(|(w, _)| w.as_ref().map(|n| n.key.clone()) == key) {
            Some((_, items)) => items.push(item),
            None => groups.push((why, vec![item])),
        }
    }
    groups.sort_by_key(|(why, items)| (why.is_none(), std::cmp::Reverse(items.len())));
    Ok(shell::section(
        title,
        html! {
            @for (why, items) in &groups {
                div.increment {
                    @match why {
                        Some(node) => ul.rows { (node_row(node)) },
                        None => p.soft { "Without a why on record" },
                    }
                    ul { @for item in items { li {
                        a href={ "/" (item.key) } { (item.key) } " " (item.title)
                        @if let Some(estimate) = &item.estimate { " " span.points { (estimate) } }
                    } } }
                }
            }
        },
    ))
}

/// What holds items of a sprint up, and since when.
pub(super) fn held_up(
    cx: &mut Reader<'_>,
    product: &Product,
    d: &IterationDetail,
) -> Result<Markup> {
    let open = blockers::open(cx.conn, cx.actor.workspace, product.id)?;
    let held: Vec<_> = open
        .iter()
        .filter_map(|b| Some((d.items.iter().find(|i| i.id == b.item_id)?, b)))
        .collect();
    let now = cx.now;
    Ok(html! {
        @if !held.is_empty() {
            (shell::section("Held up", html! {
                ul { @for (item, b) in &held { li {
                    a href={ "/" (item.key) } { (item.key) } " " (item.title) ": " (b.reason)
                    span.soft { ", " ((now.0 - b.blocked_at.0) / Time::DAY) " days" }
                } } }
            }))
        }
    })
}
