//! The bin, where things lie for 30 days, and undo.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::{Keyed, Node, find, find_any};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products;
use crate::selects;
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, undo_change};

selects! {
    BINNED: crate::how::work_items::WorkItem = "work_item", "product_id = $2 AND gone_at IS NOT NULL ORDER BY gone_at DESC LIMIT 200";
}

statements! {
    TOUCHED_BY_CHANGE = "SELECT DISTINCT product_id, object_kind, actor_id FROM activity WHERE workspace_id = $1 AND change_id = $2";
}

/// Move an item to the bin, where it stays for 30 days.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct BinItem {
    pub key: String,
}

impl Action for BinItem {
    type Output = Node;
    const META: Meta = Meta {
        name: "bin-item",
        summary: "Move an item to the bin, where it stays for 30 days",
        method: "DELETE",
        path: "/items/{key}",
        access: Access::Write,
        exercises: &[36],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Node> {
        let actor = cx.actor.clone();
        let (found, _) = find(cx.conn(), &actor, &self.key, Access::Write)?;
        found.bin(cx)?;
        Ok(found.node())
    }
}

/// Take an item out of the bin.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RestoreItem {
    pub key: String,
}

impl Action for RestoreItem {
    type Output = Node;
    const META: Meta = Meta {
        name: "restore-item",
        summary: "Take an item out of the bin",
        method: "POST",
        path: "/items/{key}/restore",
        access: Access::Write,
        exercises: &[36],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Node> {
        let actor = cx.actor.clone();
        let (found, _) = find_any(cx.conn(), &actor, &self.key, Access::Write)?;
        if !found.is_gone() {
            return Err(Error::refused("It is not in the bin."));
        }
        found.restore(cx)?;
        Ok(found.node())
    }
}

/// Undo an earlier change, if nobody has changed the same since.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    pub change: Id,
}

/// How many effects were taken back.
#[derive(Serialize, JsonSchema)]
pub struct Undone {
    pub undone: usize,
}

/// What undoing a change to that kind of record needs: never less than making it did.
fn needed(kind: &str, own: bool) -> Access {
    match kind {
        "person" => Access::Owner,
        "work_item" | "opportunity" | "need" | "evidence" | "objective" | "key_result" => {
            Access::Write
        }
        "link" | "comment" | "verbatim" | "check_in" if own => Access::Write,
        _ => Access::Admin,
    }
}

impl Action for Undo {
    type Output = Undone;
    const META: Meta = Meta {
        name: "undo",
        summary: "Undo an earlier change, if nobody has changed the same since",
        method: "POST",
        path: "/undo",
        access: Access::Write,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Undone> {
        let actor = cx.actor.clone();
        let values = [actor.workspace.into(), self.change.into()];
        let touched: Vec<(Option<Id>, String, Option<Id>)> =
            cx.conn()
                .query(&TOUCHED_BY_CHANGE, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        for (product, kind, by) in touched {
            if let Some(id) = product {
                products::product_by_id(cx.conn(), &actor, id, Access::Write)
                    .map_err(|_| Error::NotFound("change"))?;
            }
            actor.check(needed(&kind, by == Some(actor.person)))?;
        }
        Ok(Undone { undone: undo_change(cx, self.change)? })
    }
}

/// List a product's work items in the bin.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListBin {
    pub product: String,
}

impl Query for ListBin {
    type Output = Vec<Node>;
    const META: Meta = Meta {
        name: "list-bin",
        summary: "List a product's work items in the bin",
        method: "GET",
        path: "/bin",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Node>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = BINNED.all(cx.conn, cx.actor.workspace, &[product.id.into()])?;
        Ok(all.into_iter().map(|i| Keyed::WorkItem(i).node()).collect())
    }
}
