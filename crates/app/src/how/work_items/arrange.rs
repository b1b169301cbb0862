//! The one order: moving items in it, and editing many at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edit::{EditWorkItem, Patch, patch};
use super::list::{ItemView, by_key, view};
use super::names::Names;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, rank};
use crate::people::products;
use crate::statements;
use crate::store::{Action, Change, Meta, Scope};

statements! {
    LAST_RANK = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    RANK_BEFORE = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND rank < $3 ORDER BY rank DESC LIMIT 1";
    RANK_AFTER = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND rank > $3 ORDER BY rank LIMIT 1";
    FIRST_RANK = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank LIMIT 1";
}

/// The rank after all others of the product. The caller holds the product's order.
pub fn place_last(conn: &mut Conn, workspace: i64, product: Id) -> Result<String> {
    let values = [workspace.into(), product.into()];
    let last: Option<String> = conn.query_opt(&LAST_RANK, &values, |r| r.get(0))?;
    rank::between(last.as_deref(), None)
}

/// Move a work item in the order, and to another state or under another item where one is named.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MoveWorkItem {
    pub key: String,
    /// Directly before this item.
    pub before: Option<String>,
    /// Directly after this item.
    pub after: Option<String>,
    /// `top` or `bottom` of the order.
    pub to: Option<String>,
    pub state: Option<String>,
    /// The key of the item that it comes to stand under; `none` for no item.
    pub under: Option<String>,
}

impl Action for MoveWorkItem {
    type Output = ItemView;
    const META: Meta = Meta {
        name: "move-work-item",
        summary: "Move a work item in the order, and to another state or under another item where one is named",
        method: "POST",
        path: "/work-items/{key}/move",
        access: Access::Write,
        exercises: &[33],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let actor = cx.actor.clone();
        let (_, product) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        products::lock_order(cx, product.id)?;
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut item = before.clone();
        if let Some(rank) = self.rank(cx, product.id, &before.rank)? {
            item.rank = rank;
        }
        cx.update(&before, &mut item)?;
        let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let (state, under) = (given(&self.state), given(&self.under));
        if state.is_some() || under.is_some() {
            let parent = under.map(|key| Some(key).filter(|k| k != "none"));
            let edit =
                EditWorkItem { key: self.key.clone(), state, parent, ..EditWorkItem::default() };
            return edit.run(cx);
        }
        view(cx.conn(), actor.workspace, &item, &mut Names::default())
    }
}

impl MoveWorkItem {
    fn rank(&self, cx: &mut Change<'_>, product: Id, own: &str) -> Result<Option<String>> {
        let given = |key: &Option<String>| key.clone().filter(|k| !k.is_empty());
        let workspace = cx.workspace();
        let (low, high) = match (given(&self.before), given(&self.after), given(&self.to)) {
            (Some(next), None, None) => {
                let high = self.neighbour(cx, product, &next)?;
                let values = [workspace.into(), product.into(), high.clone().into()];
                (cx.conn().query_opt(&RANK_BEFORE, &values, |r| r.get(0))?, Some(high))
            }
            (None, Some(previous), None) => {
                let low = self.neighbour(cx, product, &previous)?;
                let values = [workspace.into(), product.into(), low.clone().into()];
                (Some(low), cx.conn().query_opt(&RANK_AFTER, &values, |r| r.get(0))?)
            }
            (None, None, Some(end)) => {
                let values = [workspace.into(), product.into()];
                match end.as_str() {
                    "top" => (None, cx.conn().query_opt(&FIRST_RANK, &values, |r| r.get(0))?),
                    "bottom" => (cx.conn().query_opt(&LAST_RANK, &values, |r| r.get(0))?, None),
                    _ => return Err(Error::invalid("to", "Move to the top or to the bottom.")),
                }
            }
            (None, None, None) if self.state.is_some() || self.under.is_some() => return Ok(None),
            _ => {
                return Err(Error::invalid(
                    "before",
                    "Say one place: before an item, after an item, or to the top or bottom.",
                ));
            }
        };
        let stays = low.as_deref() == Some(own) || high.as_deref() == Some(own);
        if stays { Ok(None) } else { rank::between(low.as_deref(), high.as_deref()).map(Some) }
    }

    fn neighbour(&self, cx: &mut Change<'_>, product: Id, key: &str) -> Result<String> {
        let actor = cx.actor.clone();
        let (item, of) = by_key(cx.conn(), &actor, key, Access::Read)?;
        if of.id != product {
            return Err(Error::invalid("before", format!("{key} is in another product's order.")));
        }
        Ok(item.rank)
    }
}

/// Edit many work items at once; all or none.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct BulkEdit {
    /// Keys, up to 500.
    pub items: Vec<String>,
    pub state: Option<String>,
    #[serde(deserialize_with = "patch")]
    pub assignee: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub priority: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub team: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub part: Patch<String>,
    #[serde(deserialize_with = "patch")]
    pub parent: Patch<String>,
    pub add_label: Option<String>,
    pub remove_label: Option<String>,
}

/// How many items an action changed.
#[derive(Serialize, JsonSchema)]
pub struct Changed {
    pub changed: usize,
}

impl Action for BulkEdit {
    type Output = Changed;
    const META: Meta = Meta {
        name: "bulk-edit",
        summary: "Edit many work items at once; all or none",
        method: "POST",
        path: "/work-items/bulk",
        access: Access::Write,
        exercises: &[35],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<Changed> {
        if self.items.is_empty() || self.items.len() > 500 {
            return Err(Error::invalid("items", "Select between 1 and 500 items."));
        }
        let actor = cx.actor.clone();
        let set = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let keep = |patch: &Patch<String>| patch.clone().filter(|p| p.as_deref() != Some(""));
        for key in &self.items {
            let (item, _) = by_key(cx.conn(), &actor, key, Access::Write)?;
            let mut labels: Vec<String> = item.labels.to_vec();
            labels.extend(set(&self.add_label));
            if let Some(gone) = set(&self.remove_label) {
                labels.retain(|l| *l != gone);
            }
            let edit = EditWorkItem {
                key: key.clone(),
                state: set(&self.state),
                assignee: keep(&self.assignee),
                priority: keep(&self.priority),
                team: keep(&self.team),
                part: keep(&self.part),
                parent: keep(&self.parent),
                labels: Some(labels),
                ..EditWorkItem::default()
            };
            edit.run(cx)?;
        }
        Ok(Changed { changed: self.items.len() })
    }
}
