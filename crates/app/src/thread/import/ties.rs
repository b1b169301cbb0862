//! Links between items: each once, though both ends tell of it, and never again what was removed
//! here. Names that lead nowhere yet are remembered until an import brings their item.

use std::collections::HashSet;

use wherefore_exchange::{Backlog, Item};

use super::plan::Plan;
use crate::db::{Conn, Tx};
use crate::how::imports;
use crate::how::work_items::WorkItem;
use crate::kernel::{Id, Result};
use crate::store::{Change, Fields};
use crate::thread::links::Link;
use crate::{new_row, statements};

statements! {
    /// Also links that were removed here: they stay removed.
    TIED = "SELECT 1 FROM link WHERE workspace_id = $1 AND from_id = $2 AND to_id = $3 AND kind = $4 LIMIT 1";
}

/// A link to make.
pub(super) struct Tie {
    pub from: Id,
    pub to: Id,
    pub kind: String,
    /// The product of the first.
    pub product: Id,
    /// Whether an end of it is new, so that it is not seen before the import is complete.
    pub staged: bool,
}

/// The custom fields that hold what leads nowhere yet.
pub(super) const NO_PARENT: &str = "Parent, not imported";
pub(super) const NO_LINK: &str = "Links, not imported";

/// The links of a file that are not here yet.
pub(super) fn ties(conn: &mut Conn, ws: i64, plan: &Plan, file: &Backlog) -> Result<Vec<Tie>> {
    let new: HashSet<Id> =
        plan.fresh.iter().filter_map(|place| plan.id(&file.items[*place].key)).collect();
    let mut seen: HashSet<(Id, Id, &str)> = HashSet::new();
    let mut all = Vec::new();
    for item in &file.items {
        let Some(own) = plan.id(&item.key) else { continue };
        for link in &item.links {
            let Some(other) = plan.id(&link.target) else { continue };
            let (from, to) = if link.outward { (own, other) } else { (other, own) };
            let mirrored = link.kind == "relates" && seen.contains(&(to, from, "relates"));
            if from == to || mirrored || !seen.insert((from, to, &link.kind)) {
                continue;
            }
            let staged = new.contains(&from) || new.contains(&to);
            if !staged && is_tied(conn, ws, from, to, &link.kind)? {
                continue;
            }
            let (kind, product) = (link.kind.clone(), plan.product.id);
            all.push(Tie { from, to, kind, product, staged });
        }
    }
    Ok(all)
}

/// Whether two items are or were linked so.
fn is_tied(conn: &mut Conn, ws: i64, from: Id, to: Id, kind: &str) -> Result<bool> {
    let ends: &[(Id, Id)] =
        if kind == "relates" { &[(from, to), (to, from)] } else { &[(from, to)] };
    for (from, to) in ends {
        let values = [ws.into(), (*from).into(), (*to).into(), kind.into()];
        if conn.query_opt(&TIED, &values, |r| r.get::<i64>(0))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes a link.
pub(super) fn tie(cx: &mut Change<'_>, tie: &Tie) -> Result<()> {
    cx.insert(&new_row!(
        cx,
        Link {
            kind: tie.kind.clone(),
            from_kind: "work_item".to_owned(),
            from_id: tie.from,
            to_kind: "work_item".to_owned(),
            to_id: tie.to,
            product_id: Some(tie.product),
        }
    ))
}

/// How a link reads in the field of those that lead nowhere.
pub(super) fn told(kind: &str, outward: bool, target: &str) -> String {
    if outward { format!("{kind} {target}") } else { format!("{kind} from {target}") }
}

/// Remembers what an item names that is not here.
pub(super) fn want(tx: &Tx, ws: i64, plan: &Plan, item: &Item, own: Id) -> Result<()> {
    if let Some(parent) = item.parent.as_ref().filter(|p| plan.id(p).is_none()) {
        imports::want(tx, ws, &parent.to_uppercase(), own, "parent")?;
    }
    for link in item.links.iter().filter(|l| plan.id(&l.target).is_none()) {
        let side = if link.outward { '>' } else { '<' };
        let relation = format!("{side}{}", link.kind);
        imports::want(tx, ws, &link.target.to_uppercase(), own, &relation)?;
    }
    Ok(())
}

/// Ties a new item to those that named it before it came. How many links that made.
pub(super) fn meet(cx: &mut Change<'_>, plan: &Plan, item: &Item, own: Id) -> Result<usize> {
    let (ws, key) = (cx.workspace(), item.key.to_uppercase());
    let mut made = 0;
    for (other, relation) in imports::wanted(cx.conn(), ws, &key)? {
        let named = crate::store::load::<WorkItem>(cx.conn(), ws, other)?;
        if let Some(before) = named.filter(|i| i.gone_at.is_none() && i.id != own) {
            let mut after = before.clone();
            match (relation.split_at(1), relation.as_str()) {
                (_, "parent") => {
                    if before.parent_id.is_none() && before.product_id == plan.product.id {
                        after.parent_id = Some(own);
                    }
                    drop_field(&mut after, NO_PARENT, &item.key);
                }
                ((side, kind), _) => {
                    let outward = side == ">";
                    let (from, to, product) = match outward {
                        true => (other, own, before.product_id),
                        false => (own, other, plan.product.id),
                    };
                    if !is_tied(cx.conn(), ws, from, to, kind)? {
                        let kind = kind.to_owned();
                        tie(cx, &Tie { from, to, kind, product, staged: false })?;
                        made += 1;
                    }
                    drop_field(&mut after, NO_LINK, &told(kind, outward, &item.key));
                }
            }
            cx.update(&before, &mut after)?;
        }
        imports::want_no_more(cx.exempt(), ws, &key, other, &relation)?;
    }
    Ok(made)
}

/// Takes a name out of a field that lists several.
fn drop_field(item: &mut WorkItem, field: &str, name: &str) {
    let mut fields = item.fields.0.clone();
    if let Some(text) = fields.get_mut(field) {
        let kept: Vec<&str> =
            text.split(", ").filter(|part| !part.eq_ignore_ascii_case(name)).collect();
        *text = kept.join(", ");
        if text.is_empty() {
            fields.remove(field);
        }
    }
    item.fields = Fields(fields);
}
