//! What stands on a roadmap, plainly, under the titles that the items had then.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::kernel::{Access, Day, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader};
use crate::thread::nodes::nodes;
use crate::what::roadmap::{PlacementView, placements, views};

/// Show a product's roadmap, now or as it stood on a past day.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetRoadmap {
    pub product: String,
    /// As it stood at the end of this day.
    pub at: Option<Day>,
}

impl Query for GetRoadmap {
    type Output = Vec<PlacementView>;
    const META: Meta = Meta::query(
        "get-roadmap",
        "Show a product's roadmap, now or as it stood on a past day",
        "/roadmap",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PlacementView>> {
        let (ws, at) = (cx.actor.workspace, self.at.map(Day::end));
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let rows = placements(cx.conn, ws, product.id, at)?;
        let items = rows.iter().map(|p| (p.object_kind.clone(), p.object_id));
        let items = nodes(cx.conn, ws, items, at)?;
        let named = items.into_iter().map(|(id, node)| (id, (node.key, node.title))).collect();
        views(cx.conn, ws, &rows, &named)
    }
}
