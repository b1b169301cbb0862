//! What the activity recorded, as rules look at it.

use serde_json::{Map, Value as Json};

use super::Automation;
use super::rules::{Event, Seen, events, sets_off};
use crate::db::Conn;
use crate::how::subtasks;
use crate::how::work_items::WorkItem;
use crate::kernel::{Error, Id, Result};
use crate::people::policies;
use crate::people::teams::Team;
use crate::statements;
use crate::store::load;

statements! {
    ITEM_OF_REF = "SELECT item_id FROM git_ref WHERE workspace_id = $1 AND id = $2";
    ITEM_OF_BLOCKER = "SELECT item_id FROM blocker WHERE workspace_id = $1 AND id = $2";
}

/// An effect as the activity has it.
pub(super) struct Recorded {
    pub seq: i64,
    pub change: Id,
    pub via: String,
    pub verb: String,
    pub effect: String,
    pub kind: String,
    pub object: Id,
    pub product: Option<Id>,
    pub changes: Map<String, Json>,
    pub staged: bool,
}

impl Recorded {
    pub(super) fn read(r: &crate::db::Row<'_>) -> Result<Self> {
        let changes: String = r.get(8)?;
        Ok(Self {
            seq: r.get(0)?,
            change: r.get(1)?,
            via: r.get(2)?,
            verb: r.get(3)?,
            effect: r.get(4)?,
            kind: r.get(5)?,
            object: r.get(6)?,
            product: r.get(7)?,
            changes: serde_json::from_str(&changes).map_err(Error::internal)?,
            staged: r.get::<Option<Id>>(9)?.is_some(),
        })
    }

    /// Whether it sets a rule off.
    pub(super) fn fits(&self, conn: &mut Conn, ws: i64, rule: &Automation) -> Result<bool> {
        if self.staged || self.product != Some(rule.product_id) {
            return Ok(false);
        }
        let all = events(&self.kind, &self.effect, &self.verb, &self.via, &self.changes);
        if all.iter().any(|event| sets_off(rule, event, &str::to_owned)) {
            return Ok(true);
        }
        // The workflow may have changed since the rule was written, or since the event.
        let moved = all.iter().any(|event| matches!(event, Event::State { .. }));
        if !moved || rule.happens != "state-changed" {
            return Ok(false);
        }
        let Some(item) = load::<WorkItem>(conn, ws, self.object)? else { return Ok(false) };
        let policy = policies::workflow(conn, ws, item.product_id, item.team_id)?;
        let called = |name: &str| policy.now_called(name).to_owned();
        Ok(all.iter().any(|event| sets_off(rule, event, &called)))
    }

    /// The item that a rule concerns itself with because of it.
    pub(super) fn item(
        &self,
        conn: &mut Conn,
        ws: i64,
        rule: &Automation,
    ) -> Result<Option<WorkItem>> {
        if rule.happens == "subtasks-done" {
            return subtasks::finished_above(conn, ws, self.object);
        }
        let values = [ws.into(), self.object.into()];
        let id = match self.kind.as_str() {
            "work_item" => Some(self.object),
            "blocker" => conn.query_opt(&ITEM_OF_BLOCKER, &values, |r| r.get(0))?,
            _ => conn.query_opt(&ITEM_OF_REF, &values, |r| r.get(0))?,
        };
        let Some(id) = id else { return Ok(None) };
        Ok(load::<WorkItem>(conn, ws, id)?.filter(|i| i.gone_at.is_none()))
    }
}

/// What conditions ask of an item.
pub(super) fn seen(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Seen> {
    let team = match item.team_id {
        Some(id) => load::<Team>(conn, ws, id)?.map(|t| t.name).unwrap_or_default(),
        None => String::new(),
    };
    Ok(Seen {
        level: item.level.clone(),
        team,
        labels: item.labels.to_vec(),
        category: item.category.clone(),
        priority: item.priority.clone().unwrap_or_default(),
        title: item.title.clone(),
    })
}
