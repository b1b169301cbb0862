//! Sub-tasks: the tasks under a story, a task or a bug, as a checklist of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::work_items::{
    CreateWorkItem, ItemView, Names, SubtaskCount, WorkItem, by_key, create, settle, view,
};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::products::Product;
use crate::store::{Action, Change, Meta, Query, Reader, Record, load, load_many};
use crate::{selects, statements};

selects! {
    UNDER: WorkItem = "work_item_now", "parent_id = $2 AND level = 'task' ORDER BY rank LIMIT 200";
}

statements! {
    UNDER_THEN = "SELECT lower_id FROM edge WHERE workspace_id = $1 AND upper_id = $2 AND lower_kind = 'work_item' AND valid_to >= $3 AND valid_from < $3 ORDER BY lower_id LIMIT 1000";
    OPEN_UNDER = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND parent_id = $2 AND level = 'task' AND category <> 'accepted' AND category <> 'dropped' LIMIT 1000) AS counted";
}

/// The tasks under an item, in their order; the first 200.
pub fn under(conn: &mut Conn, ws: i64, item: Id) -> Result<Vec<WorkItem>> {
    UNDER.all(conn, ws, &[item.into()])
}

/// The tasks under an item as they stood just before `at`, in the order that they had; the first 200.
pub fn under_then(conn: &mut Conn, ws: i64, item: Id, at: Time) -> Result<Vec<WorkItem>> {
    let values = [ws.into(), item.into(), at.into()];
    let ids: Vec<Id> = conn.query(&UNDER_THEN, &values, |r| r.get(0))?;
    let found = load_many::<WorkItem>(conn, ws, ids, Some(at))?.into_values();
    // What lies below may also be a bug of it, or a story of an epic.
    let tasks =
        found.filter(|i| i.level == "task" && i.parent_id == Some(item) && i.gone_at.is_none());
    let mut tasks: Vec<WorkItem> = tasks.collect();
    tasks.sort_by(|a, b| a.rank.cmp(&b.rank));
    tasks.truncate(200);
    Ok(tasks)
}

/// How many tasks under an item are open.
pub fn open_under(conn: &mut Conn, ws: i64, item: Id) -> Result<i64> {
    conn.query_one(&OPEN_UNDER, &[ws.into(), item.into()], |r| r.get(0))
}

/// The checklist of an item.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Subtasks {
    /// The item's key.
    pub key: String,
    pub count: SubtaskCount,
    /// In their order; the first 200.
    pub items: Vec<ItemView>,
}

/// The checklist of an item.
pub fn listed(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Subtasks> {
    let rows = under(conn, ws, item.id)?;
    told(conn, ws, item, &rows)
}

/// The checklist of an item as it stood just before `at`.
pub fn listed_then(conn: &mut Conn, ws: i64, item: &WorkItem, at: Time) -> Result<Subtasks> {
    let rows = under_then(conn, ws, item.id, at)?;
    told(conn, ws, item, &rows)
}

fn told(conn: &mut Conn, ws: i64, item: &WorkItem, rows: &[WorkItem]) -> Result<Subtasks> {
    let mut names = Names::default();
    names.of(conn, ws, rows)?;
    let items: Result<Vec<ItemView>> =
        rows.iter().map(|one| view(conn, ws, one, &mut names)).collect();
    let is = |category: &'static str| move |i: &&WorkItem| i.category == category;
    let done = rows.iter().filter(is("accepted")).count() as i64;
    let dropped = rows.iter().filter(is("dropped")).count() as i64;
    let count = SubtaskCount { done, all: rows.len() as i64 - dropped };
    Ok(Subtasks { key: item.key.clone(), count, items: items? })
}

/// List the tasks under a story, in their order.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSubtasks {
    pub key: String,
}

impl Query for ListSubtasks {
    type Output = Subtasks;
    const META: Meta = Meta::query(
        "list-subtasks",
        "List the tasks under a story, in their order",
        "/stories/{key}/subtasks",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Subtasks> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        listed(cx.conn, cx.actor.workspace, &item)
    }
}

/// Makes tasks under an item, with its team and part.
pub fn add(
    cx: &mut Change<'_>,
    product: &Product,
    item: &WorkItem,
    titles: &[String],
) -> Result<()> {
    let titles = titles.iter().flat_map(|t| t.lines()).map(str::trim).filter(|t| !t.is_empty());
    let titles: Vec<&str> = titles.map(|t| t.trim_start_matches(['-', '*', ' '])).collect();
    if titles.len() > 100 {
        return Err(Error::invalid("titles", "Up to 100 sub-tasks can be added at once."));
    }
    for title in titles {
        let input = CreateWorkItem {
            title: title.to_owned(),
            level: Some("task".into()),
            parent: Some(item.key.clone()),
            team: item.team_id.map(|id| id.to_string()),
            part: item.part_id.map(|id| id.to_string()),
            ..CreateWorkItem::default()
        };
        create(cx, product, &input)?;
    }
    Ok(())
}

/// Add tasks under a story, one a line.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddSubtasks {
    pub key: String,
    /// Lines are separate.
    pub titles: Vec<String>,
}

impl Action for AddSubtasks {
    type Output = Subtasks;
    const META: Meta = Meta::action(
        "add-subtasks",
        "Add tasks under a story, one a line",
        "POST",
        "/stories/{key}/subtasks",
    )
    .exercises(&[35]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Subtasks> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        if item.level == "epic" {
            let message = "Epics have stories under them. Create a story and name the epic.";
            return Err(Error::refused(message));
        }
        if self.titles.iter().all(|t| t.trim().is_empty()) {
            return Err(Error::invalid("titles", "Say what is to be done."));
        }
        add(cx, &product, &item, &self.titles)?;
        listed(cx.conn(), ws, &item)
    }
}

/// Tick off a task, or open it again.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TickSubtask {
    /// The task's key.
    pub key: String,
    pub done: bool,
}

impl Action for TickSubtask {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "tick-subtask",
        "Tick off a task, or open it again",
        "POST",
        "/work-items/{key}/tick",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        if before.level != "task" {
            let message = format!("{} is no task. Change its state instead.", before.key);
            return Err(Error::refused(message));
        }
        let mut after = before.clone();
        if (before.category == "accepted") != self.done {
            settle(cx, &mut after, if self.done { "accepted" } else { "unstarted" })?;
            cx.update(&before, &mut after)?;
        }
        view(cx.conn(), ws, &after, &mut Names::default())
    }
}

/// The item above, where a task was the last one of it that was open.
pub fn finished_above(conn: &mut Conn, ws: i64, task: Id) -> Result<Option<WorkItem>> {
    let Some(task) = load::<WorkItem>(conn, ws, task)? else { return Ok(None) };
    let Some(parent) = task.parent_id.filter(|_| task.level == "task") else { return Ok(None) };
    let Some(above) = load::<WorkItem>(conn, ws, parent)? else { return Ok(None) };
    let over = matches!(above.category.as_str(), "accepted" | "dropped");
    if over || above.gone_at.is_some() || above.meta().id == task.id {
        return Ok(None);
    }
    Ok((open_under(conn, ws, above.id)? == 0).then_some(above))
}
