//! Where something is named: the other end of every key that a text holds.

use schemars::JsonSchema;
use serde::Deserialize;

use super::nodes::{Node, find, nodes};
use super::path::Sight;
use crate::db::Conn;
use crate::how::pages::naming;
use crate::kernel::{Access, Actor, Result};
use crate::store::{Meta, Query, Reader};

/// What names this key in its text, as far as `actor` sees it, the newest first.
pub fn named_in(conn: &mut Conn, actor: &Actor, key: &str) -> Result<Vec<Node>> {
    let wanted = naming(conn, actor.workspace, key)?;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let sight = Sight::of(conn, actor)?;
    let order: Vec<_> = wanted.iter().map(|(_, id)| *id).collect();
    let mut found = nodes(conn, actor.workspace, wanted, None)?;
    let all = order.into_iter().filter_map(|id| found.remove(&id));
    Ok(all.filter(|node| sight.sees(node.product)).collect())
}

/// List the pages and items whose text names an item or a page, the newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListNamed {
    pub key: String,
}

impl Query for ListNamed {
    type Output = Vec<Node>;
    const META: Meta = Meta::query(
        "list-named",
        "List the pages and items whose text names an item or a page",
        "/items/{key}/named",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Node>> {
        let (found, _) = find(cx.conn, cx.actor, &self.key, Access::Read)?;
        named_in(cx.conn, cx.actor, &found.node().key)
    }
}
