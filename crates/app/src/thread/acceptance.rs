//! What somebody needs who accepts a story: its why first, then each criterion, then the definition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::{Path, path};
use crate::how::acceptance::{self, AcceptanceView};
use crate::how::criteria::{self, CriterionView};
use crate::how::work_items::{ItemView, Names, WorkItem, by_key, view};
use crate::kernel::{Access, Error, Result};
use crate::people::policies;
use crate::store::{Meta, Query, Reader, Record};

/// Show what accepting a story needs: its path to why, its criteria, the Definition of Done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAcceptance {
    pub key: String,
}

/// A story with all that its acceptance rests on.
#[derive(Serialize, JsonSchema)]
pub struct Accepting {
    pub item: ItemView,
    pub why: Path,
    pub criteria: Vec<CriterionView>,
    /// The Definition of Done that holds for it.
    pub done: Vec<String>,
    /// What was decided so far, the latest first.
    pub decisions: Vec<AcceptanceView>,
}

impl Query for GetAcceptance {
    type Output = Accepting;
    const META: Meta = Meta::query(
        "get-acceptance",
        "Show what accepting a story needs: its path to why, its criteria, the Definition of Done",
        "/stories/{key}/acceptance",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Accepting> {
        let ws = cx.actor.workspace;
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        let today = cx.now.day();
        let why = path(cx.conn, cx.actor, WorkItem::KIND, item.id, None, today)?;
        let policy = policies::workflow(cx.conn, ws, item.product_id, item.team_id)?;
        Ok(Accepting {
            why: why.ok_or(Error::NotFound("work item"))?,
            criteria: criteria::views(cx.conn, ws, item.id)?,
            done: policy.done.to_vec(),
            decisions: acceptance::of_item(cx.conn, ws, &item)?,
            item: view(cx.conn, ws, &item, &mut Names::default())?,
        })
    }
}
