//! What a team works on now, over all its products.

use schemars::JsonSchema;
use serde::Deserialize;

use super::work_items::{ItemView, Names, WorkItem, views};
use crate::kernel::{Access, Id, Result};
use crate::people::{products, teams};
use crate::selects;
use crate::store::{Meta, Query, Reader, Scope};

selects! {
    STARTED: WorkItem = "work_item_now", "team_id = $2 AND level <> 'epic' AND (category = 'started' OR category = 'in-review') ORDER BY product_id, rank LIMIT 200";
}

/// List what a team works on now, in products that you see.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTeamWork {
    pub team: Id,
}

impl Query for ListTeamWork {
    type Output = Vec<ItemView>;
    const META: Meta =
        Meta::query("list-team-work", "List what a team works on now", "/teams/{team}/work")
            .access(Access::Write)
            .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ItemView>> {
        let ws = cx.actor.workspace;
        let team = teams::by_id(cx.conn, ws, self.team)?;
        let seen: Vec<Id> = products::visible(cx.conn, cx.actor)?.iter().map(|p| p.id).collect();
        let rows = STARTED.all(cx.conn, ws, &[team.id.into()])?;
        let rows = rows.into_iter().filter(|item| seen.contains(&item.product_id)).collect();
        views(cx.conn, ws, rows, &mut Names::default())
    }
}
