//! A work item as programs and pages see it, with the names of what it refers to.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::WorkItem;
use super::names::Names;
use crate::db::Conn;
use crate::how::refinement::deck;
use crate::kernel::{Day, Id, Result, Time};
use crate::store::Fields;

/// A work item as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ItemView {
    pub id: Id,
    pub key: String,
    pub level: String,
    pub title: String,
    pub body: String,
    pub state: String,
    pub category: String,
    pub rank: String,
    pub parent: Option<Arc<Named>>,
    pub broke: Option<Arc<Named>>,
    pub assignee: Option<Arc<Named>>,
    pub reporter: Option<Arc<Named>>,
    pub team: Option<Arc<Named>>,
    pub part: Option<Arc<Named>>,
    pub points: Option<f64>,
    /// What its estimate is made in: `points`, `sizes`, `hours`, or `none`.
    pub estimates: String,
    pub priority: Option<String>,
    pub labels: Vec<String>,
    pub sprint: Option<String>,
    pub due: Option<Day>,
    /// Names of the custom fields that cards and lines show, in their order.
    #[serde(skip)]
    pub card_fields: Vec<String>,
    /// Custom fields by name, as people read them.
    pub fields: Fields,
    /// The same of fields that are asked for no more.
    #[serde(skip_serializing_if = "no_fields")]
    pub retired_fields: Fields,
    /// Names of custom fields whose value is none that they take, as an import brought it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfit_fields: Vec<String>,
    /// Its sub-tasks, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtasks: Option<SubtaskCount>,
    pub no_why_until: Option<Day>,
    pub started_at: Option<Time>,
    pub done_at: Option<Time>,
    pub original_key: Option<String>,
    pub service: Option<String>,
    pub severity: Option<String>,
    pub split_from: Option<Arc<Named>>,
    /// From this day on it waits for somebody to look at it.
    pub triage_on: Option<Day>,
    pub revision: i64,
    pub created_at: Time,
    pub updated_at: Time,
}

/// A reference with what a person reads; for items `id` is the key.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// Sub-tasks of an item: how many are done, and how many there are.
#[derive(Clone, Copy, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct SubtaskCount {
    pub done: i64,
    pub all: i64,
}

fn no_fields(fields: &Fields) -> bool {
    fields.is_empty()
}

/// The view of an item.
pub fn view(conn: &mut Conn, ws: i64, item: &WorkItem, names: &mut Names) -> Result<ItemView> {
    names.of(conn, ws, std::slice::from_ref(item))?;
    shown(conn, ws, item.clone(), names)
}

/// The views of many, with all that they refer to asked for together.
pub fn views(
    conn: &mut Conn,
    ws: i64,
    items: Vec<WorkItem>,
    names: &mut Names,
) -> Result<Vec<ItemView>> {
    names.of(conn, ws, &items)?;
    items.into_iter().map(|item| shown(conn, ws, item, names)).collect()
}

fn shown(conn: &mut Conn, ws: i64, item: WorkItem, names: &mut Names) -> Result<ItemView> {
    let custom = names.fields(conn, ws, &item)?;
    let estimates = names.estimates(conn, ws, &item)?;
    let subtasks = names.subtasks(conn, ws, &item)?;
    Ok(ItemView {
        id: item.id,
        key: item.key,
        level: item.level,
        title: item.title,
        body: item.body,
        state: item.state,
        category: item.category,
        rank: item.rank,
        parent: names.item(conn, ws, item.parent_id)?,
        broke: names.item(conn, ws, item.broke_id)?,
        assignee: names.person(conn, ws, item.assignee_id)?,
        reporter: names.person(conn, ws, item.reporter_id)?,
        team: names.team(conn, ws, item.team_id)?,
        part: names.part(conn, ws, item.part_id)?,
        points: item.points,
        estimates,
        priority: item.priority,
        labels: item.labels.0,
        sprint: names.sprint(conn, ws, item.sprint_id)?,
        due: item.due,
        card_fields: custom.on_card,
        fields: custom.used,
        retired_fields: custom.retired,
        unfit_fields: custom.unfit,
        subtasks,
        no_why_until: item.no_why_until,
        started_at: item.started_at,
        done_at: item.done_at,
        original_key: item.original_key,
        service: item.service,
        severity: item.severity,
        split_from: names.item(conn, ws, item.split_from_id)?,
        triage_on: item.triage_on,
        revision: item.revision,
        created_at: item.created_at,
        updated_at: item.valid_from,
    })
}

impl ItemView {
    /// Its estimate as its team writes it: `3 points`, `M`, `4 h`; nothing where there is none.
    pub fn estimate(&self) -> Option<String> {
        let points = self.points?;
        Some(match self.estimates.as_str() {
            "none" => return None,
            "hours" => format!("{points} h"),
            "sizes" => {
                let card = deck("sizes").iter().find(|(_, worth)| *worth == Some(points));
                card.map_or_else(|| points.to_string(), |(name, _)| (*name).to_owned())
            }
            _ => points.to_string(),
        })
    }
}
