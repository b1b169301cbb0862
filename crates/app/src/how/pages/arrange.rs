//! Where a page stands in the tree.

use schemars::JsonSchema;
use serde::Deserialize;

use super::write::too_deep;
use super::{DocPage, Leaf, MOST_DEPTH, PageView, above, parent, tree, view};
use crate::kernel::{Access, Error, Id, Result, rank};
use crate::people::nouns::by_key;
use crate::people::products::lock_order;
use crate::store::{Action, Change, Meta, load};

/// Move a page below another one, or to another place among its neighbours.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MovePage {
    pub key: String,
    /// The key of the page above it; empty for the top, as it is if left out.
    pub parent: Option<String>,
    /// The key of the page before which it comes; at the end if left out.
    pub before: Option<String>,
}

impl Action for MovePage {
    type Output = PageView;
    const META: Meta = Meta::action(
        "move-page",
        "Move a page below another one, or to another place among its neighbours",
        "POST",
        "/pages/{key}/move",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<PageView> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let (before, product) = by_key::<DocPage>(cx.conn(), &actor, &self.key, Access::Write)?;
        // Ranks are made from those beside them: one at a time.
        lock_order(cx, product.id)?;
        let all = tree(cx.conn(), ws, product.id)?;
        let next = match self.before.as_deref().map(str::trim).filter(|k| !k.is_empty()) {
            Some(key) => Some(by_key::<DocPage>(cx.conn(), &actor, key, Access::Read)?.0),
            None => None,
        };
        let wanted = match (&self.parent, &next) {
            (Some(key), _) => parent(cx.conn(), &actor, &product, Some(key))?.map(|p| p.id),
            (None, Some(next)) => next.parent_id,
            (None, None) => before.parent_id,
        };
        fits(&all, &before, wanted)?;
        let mut after = before.clone();
        after.parent_id = wanted;
        let beside: Vec<Id> = siblings(&all, wanted).filter(|id| *id != before.id).collect();
        let at = match &next {
            Some(next) => beside.iter().position(|id| *id == next.id).ok_or_else(|| {
                Error::invalid("before", format!("{} stands below another page.", next.key))
            })?,
            None => beside.len(),
        };
        let mut rank_of = |at: Option<usize>| -> Result<Option<String>> {
            let Some(id) = at.and_then(|at| beside.get(at)) else { return Ok(None) };
            Ok(load::<DocPage>(cx.conn(), ws, *id)?.map(|p| p.rank))
        };
        let (low, high) = (rank_of(at.checked_sub(1))?, rank_of(Some(at))?);
        after.rank = rank::between(low.as_deref(), high.as_deref())?;
        cx.update(&before, &mut after)?;
        view(cx.conn(), ws, &after)
    }
}

fn siblings(all: &[Leaf], parent: Option<Id>) -> impl Iterator<Item = Id> + '_ {
    let key = parent.and_then(|id| all.iter().find(|l| l.id == id)).map(|l| l.key.clone());
    all.iter().filter(move |l| l.parent == key).map(|l| l.id)
}

/// Whether a page may stand there: not below itself, and not too deep with all that stands below it.
fn fits(all: &[Leaf], page: &DocPage, wanted: Option<Id>) -> Result<()> {
    let Some(parent) = wanted.and_then(|id| all.iter().find(|l| l.id == id)) else {
        return Ok(());
    };
    let line = above(all, &parent.key);
    if parent.id == page.id || line.iter().any(|l| l.id == page.id) {
        return Err(Error::invalid("parent", "A page cannot stand below itself."));
    }
    let Some(at) = all.iter().position(|l| l.id == page.id) else { return Ok(()) };
    let own = all[at].depth;
    let deepest = all[at + 1..].iter().take_while(|l| l.depth > own).map(|l| l.depth - own).max();
    if parent.depth + 1 + deepest.unwrap_or(0) >= MOST_DEPTH {
        return Err(too_deep());
    }
    Ok(())
}
