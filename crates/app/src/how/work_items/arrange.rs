//! The one order: moving items in it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::WorkItem;
use super::edit::EditWorkItem;
use super::list::by_key;
use super::names::Names;
use super::view::{ItemView, view};
use crate::db::{Asked, Conn};
use crate::how::epics;
use crate::kernel::{Access, Error, Id, Result, rank};
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Action, Change, Meta, Scope};
use crate::what::order::departure;
use crate::what::ranking::THINGS;

statements! {
    LAST_RANK = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank DESC LIMIT 1";
    RANK_BEFORE = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND rank < $3 ORDER BY rank DESC LIMIT 1";
    RANK_AFTER = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND rank > $3 ORDER BY rank LIMIT 1";
    FIRST_RANK = "SELECT rank FROM work_item WHERE workspace_id = $1 AND product_id = $2 ORDER BY rank LIMIT 1";
}

/// The rank after all others of the product. The caller holds the product's order.
pub fn place_last(conn: &mut Conn, workspace: i64, product: Id) -> Result<String> {
    let (text, values) = last_asked(workspace, product);
    let last: Option<String> = conn.query_opt(text, &values, |r| r.get(0))?;
    rank::between(last.as_deref(), None)
}

/// What [`place_last`] will ask, as [`Conn::ahead`] takes it.
pub fn last_asked(workspace: i64, product: Id) -> Asked<'static> {
    (LAST_RANK.text, vec![workspace.into(), product.into()])
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
    /// Why an epic belongs there, where a score puts it elsewhere; kept with the epic. A `reason` says
    /// the same.
    pub because: Option<String>,
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
        let moved = item.rank != before.rank;
        cx.update(&before, &mut item)?;
        if moved && item.level == "epic" {
            self.explain(cx, &product, &before, &item)?;
        }
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
    /// Keeps why an epic belongs there. What was said of its place holds on where nothing scores it, or
    /// where it departs from its score as before.
    fn explain(
        &self,
        cx: &mut Change<'_>,
        product: &Product,
        before: &WorkItem,
        item: &WorkItem,
    ) -> Result<()> {
        let ws = cx.workspace();
        let given = self.because.clone().filter(|b| !b.trim().is_empty());
        if let Some(because) = given.or_else(|| cx.reason.clone()) {
            return epics::explain(cx, item, &because);
        }
        if epics::order_reason(cx.conn(), ws, item.id)?.is_empty() {
            return Ok(());
        }
        let stood = departure(cx.conn(), ws, product, THINGS[1], (item.id, before.rank.as_str()))?;
        let stands = departure(cx.conn(), ws, product, THINGS[1], (item.id, item.rank.as_str()))?;
        match (&stood, &stands) {
            (Some(stood), Some(stands)) if !stands.like(stood) => epics::explain(cx, item, ""),
            _ => Ok(()),
        }
    }

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
        let (item, of) = by_key(cx.conn(), &actor, key, Access::Read).map_err(|e| e.of_key(key))?;
        if of.id != product {
            return Err(Error::invalid("before", format!("{key} is in another product's order.")));
        }
        Ok(item.rank)
    }
}
