//! What has no why: begun stories, epics and opportunities whose path is broken or one-sided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Keyed, Node};
use super::path::{Sight, Standing, judge, ups};
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Result};
use crate::people::products;
use crate::selects;
use crate::store::{Meta, Query, Reader, Scope};
use crate::what::opportunities::Opportunity;

selects! {
    BEGUN: WorkItem = "work_item_now", "product_id = $2 AND category IN ('started', 'in-review') AND rank > $3 ORDER BY rank LIMIT $4";
    PURSUED: Opportunity = "opportunity", "product_id = $2 AND gone_at IS NULL AND state IN ('worth-solving', 'in-discovery', 'solving') ORDER BY rank LIMIT 200";
}

/// Show what has no why: begun work and pursued opportunities whose path is broken.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListGaps {
    pub product: String,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// An item with what its path lacks.
#[derive(Serialize, JsonSchema, Clone)]
pub struct Gap {
    pub item: Node,
    pub standing: Standing,
    pub gap: String,
}

/// Broken paths, one-sided ones apart; of the next 200 begun items.
#[derive(Serialize, JsonSchema)]
pub struct Gaps {
    pub broken: Vec<Gap>,
    pub one_sided: Vec<Gap>,
    pub promised: Vec<Gap>,
    /// How many were looked at.
    pub looked_at: usize,
    pub next: Option<String>,
}

impl Query for ListGaps {
    type Output = Gaps;
    const META: Meta = Meta {
        name: "list-gaps",
        summary: "Show what has no why: begun work and pursued opportunities whose path is broken",
        method: "GET",
        path: "/gaps",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Gaps> {
        const PAGE: usize = 200;
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let after = self.after.clone().unwrap_or_default();
        let first = after.is_empty();
        let values = [product.id.into(), after.into(), (PAGE as i64 + 1).into()];
        let mut begun = BEGUN.all(cx.conn, ws, &values)?;
        let more = begun.len() > PAGE;
        begun.truncate(PAGE);
        let next = more.then(|| begun.last().map(|i| i.rank.clone())).flatten();
        let mut all: Vec<Keyed> = begun.into_iter().map(Keyed::WorkItem).collect();
        if first {
            let pursued = PURSUED.all(cx.conn, ws, &[product.id.into()])?;
            all.extend(pursued.into_iter().map(Keyed::Opportunity));
        }
        let mut gaps = Gaps {
            broken: vec![],
            one_sided: vec![],
            promised: vec![],
            looked_at: all.len(),
            next,
        };
        let sight = Sight::of(cx.conn, cx.actor)?;
        let ids: Vec<_> = all.iter().map(Keyed::id).collect();
        for (keyed, above) in all.iter().zip(ups(cx.conn, ws, &sight, &ids)?) {
            let item = keyed.node();
            let (standing, gap) = judge(&item, &above, cx.now.day());
            let list = match standing {
                Standing::Whole => continue,
                Standing::BusinessOnly | Standing::UserOnly => &mut gaps.one_sided,
                Standing::Promised => &mut gaps.promised,
                Standing::Unsupported | Standing::NoWhy => &mut gaps.broken,
            };
            list.push(Gap { item, standing, gap: gap.unwrap_or_default() });
        }
        Ok(gaps)
    }
}
