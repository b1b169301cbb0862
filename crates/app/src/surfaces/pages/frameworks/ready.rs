//! The Definition of Ready as a checklist of one item: on its page and in a session of refinement.

use maud::{Markup, html};

use crate::how::readiness::{ReadyCount, ReadyLine, lines};
use crate::how::work_items::WorkItem;
use crate::kernel::Result;
use crate::shell::{self, Tone};
use crate::store::Reader;

/// The checklist on an item's page. What is under way or over was ready once; it is then shown only
/// where something was ticked.
pub(in crate::surfaces::pages) fn on_item(
    cx: &mut Reader<'_>,
    item: &WorkItem,
    write: bool,
) -> Result<Markup> {
    let all = lines(cx.conn, cx.actor.workspace, item)?;
    let waiting = matches!(item.category.as_str(), "backlog" | "unstarted");
    if !waiting && all.iter().all(|l| !l.holds) {
        return Ok(html! {});
    }
    Ok(checklist(&all, &item.key, &format!("/{}#ready", item.key), write))
}

/// The lines, each of which is ticked by itself.
pub(super) fn checklist(all: &[ReadyLine], key: &str, back: &str, write: bool) -> Markup {
    let holding = all.iter().filter(|l| l.holds).count();
    html! {
        @if !all.is_empty() {
            section.part.subtasks id="ready" {
                h2 { "Definition of Ready " span.count { (holding) "/" (all.len()) } }
                ul.rows aria-label="Definition of Ready" {
                    @for line in all { (row(line, key, back, write)) }
                }
            }
        }
    }
}

fn row(line: &ReadyLine, key: &str, back: &str, write: bool) -> Markup {
    let sign = if line.holds { "☑" } else { "☐" };
    let label = if line.holds { "Take the tick away: " } else { "Tick: " };
    html! {
        li.row {
            @if write {
                form.tick method="post" action="/do/tick-ready" data-controller="submit-once" {
                    (shell::hidden("key", key))
                    (shell::hidden("line", &line.line))
                    (shell::hidden("holds", if line.holds { "false" } else { "true" }))
                    (shell::hidden("_back", back))
                    button.plain aria-label={ (label) (line.line) } aria-pressed=(line.holds) { (sign) }
                }
            } @else { span { (sign) } }
            span.title { (line.line) }
            @if let Some(by) = &line.by {
                span.tail.soft { (by) @if let Some(at) = line.at { ", " (shell::time_tag(at)) } }
            }
        }
    }
}

/// How far an item in a list is ready.
pub(super) fn mark(count: Option<&ReadyCount>) -> Markup {
    html! {
        @if let Some(count) = count {
            @if count.holding == count.all { (shell::toned("ready", Tone::Good)) " " }
            @else { span.soft title="lines of the Definition of Ready that hold" { "ready " (count.holding) "/" (count.all) } " " }
        }
    }
}
