//! The tasks under a story as a checklist on its page.

use maud::{Markup, html};

use super::super::once;
use crate::how::subtasks::{listed, listed_then};
use crate::how::work_items::{ItemView, WorkItem};
use crate::kernel::{Result, Time};
use crate::shell::{self, Sortable};
use crate::store::Reader;

/// The checklist, with a line that adds to it.
pub(super) fn on_item(
    cx: &mut Reader<'_>,
    i: &WorkItem,
    item: &ItemView,
    write: bool,
    at: Option<Time>,
) -> Result<Markup> {
    if item.level == "epic" {
        return Ok(html! {});
    }
    let all = match at {
        // Not by its key: what lies in the bin has its page, too.
        None => listed(cx.conn, cx.actor.workspace, i)?,
        Some(at) => listed_then(cx.conn, cx.actor.workspace, i, at)?,
    };
    if item.level == "task" && all.items.is_empty() {
        return Ok(html! {});
    }
    let back = format!("/{}", item.key);
    let rows = html! { @for task in &all.items { (row(task, &back, write)) } };
    let sorted =
        Sortable { move_url: "/move".into(), group: "subtasks".into(), ..Sortable::default() };
    Ok(html! {
        section.part.subtasks {
            h2 { "Sub-tasks" @if all.count.all > 0 { " " span.count { (all.count.done) "/" (all.count.all) } } }
            @if all.items.is_empty() { p.soft { "None. What has to be done for it, step by step, if that helps." } }
            @else if write { (shell::sortable("Sub-tasks", &sorted, rows)) }
            @else { (shell::list("Sub-tasks", rows)) }
            @if write {
                form.add-line method="post" action="/do/add-subtasks" data-controller="submit-once draft" {
                    (once())
                    (shell::hidden("key", &item.key))
                    (shell::hidden("_back", &format!("{back}#add-subtask")))
                    label.sr for="add-subtask" { "Another sub-task" }
                    input #add-subtask type="text" name="titles" placeholder="Another one; Enter adds it" autocomplete="off" required;
                    button.btn.small { "Add" }
                }
            }
        }
    })
}

fn row(task: &ItemView, back: &str, write: bool) -> Markup {
    let done = task.category == "accepted";
    let over = done || task.category == "dropped";
    let sign = if done { "☑" } else { "☐" };
    let label = if done { "Open it again: " } else { "Tick off: " };
    html! {
        li.row.how.over[over] id={ "row-" (task.key) } data-row data-item=(task.key) {
            @if write {
                form.tick method="post" action="/do/tick-subtask" data-controller="submit-once" {
                    (shell::hidden("key", &task.key))
                    (shell::hidden("done", if done { "false" } else { "true" }))
                    (shell::hidden("_back", back))
                    button.plain aria-label={ (label) (task.title) } { (sign) }
                }
            } @else { span { (sign) } }
            span.key { (task.key) }
            a.title href={ "/" (task.key) } data-row-link data-turbo-frame="peek" { (task.title) }
            span.tail {
                @if !over && task.category != "backlog" && task.category != "unstarted" { (shell::pill(&task.state)) }
                @if task.category == "dropped" { span.soft { "dropped" } }
                @if let Some(who) = &task.assignee { (shell::avatar(&who.name)) }
            }
        }
    }
}
