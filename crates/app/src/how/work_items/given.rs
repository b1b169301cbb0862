//! Who may be given work of a product.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::WorkItem;
use crate::db::Conn;
use crate::kernel::{Error, Id, Result};
use crate::people::audience;
use crate::people::members::Person;
use crate::people::products::Product;
use crate::statements;
use crate::store::{Change, load};

statements! {
    GIVEN = "SELECT DISTINCT object_id FROM activity WHERE workspace_id = $1 AND change_id = $2 AND object_kind = 'work_item' AND changes LIKE $3";
}

/// What keeps somebody from being given work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Barred {
    Deactivated,
    Unseeing,
}

impl Barred {
    /// In words that follow the name.
    pub fn told(self, product: &Product) -> String {
        match self {
            Self::Deactivated => "was deactivated".to_owned(),
            Self::Unseeing => format!("does not see {}", product.name),
        }
    }
}

/// What keeps somebody from being given work of a product.
pub(super) fn barred(
    conn: &mut Conn,
    ws: i64,
    person: &Person,
    product: &Product,
) -> Result<Option<Barred>> {
    // Whoever is known by name only may still come.
    if !person.active && person.account_id.is_some() {
        return Ok(Some(Barred::Deactivated));
    }
    Ok((!audience::sees(conn, ws, person, product)?).then_some(Barred::Unseeing))
}

/// The same where an import or an undo gives it: what was theirs elsewhere or before waits for whoever
/// is known by name only.
pub fn barred_again(
    conn: &mut Conn,
    ws: i64,
    person: &Person,
    product: &Product,
) -> Result<Option<Barred>> {
    if person.account_id.is_none() {
        return Ok(None);
    }
    barred(conn, ws, person, product)
}

/// Refuses an undo that gave work back to somebody who may not have it any more. Asked once all is
/// undone, since that may be what brought them back.
pub fn check_given_back(cx: &mut Change<'_>, undone: Id) -> Result<()> {
    let ws = cx.workspace();
    let values = [ws.into(), undone.into(), "%\"assignee_id\":%".into()];
    let items = cx.conn().query(&GIVEN, &values, |r| r.get::<Id>(0))?;
    let mut known: HashMap<(Id, Id), Option<String>> = HashMap::new();
    for id in items {
        let Some(item) = load::<WorkItem>(cx.conn(), ws, id)? else { continue };
        let Some(who) = item.assignee_id else { continue };
        if item.gone_at.is_some() || super::is_over(&item.category) {
            continue;
        }
        let of = (who, item.product_id);
        let why = match known.entry(of) {
            Entry::Occupied(asked) => asked.into_mut(),
            Entry::Vacant(open) => open.insert(why_not(cx, of)?),
        };
        if let Some(why) = why {
            return Err(Error::refused(format!(
                "Undoing would give {} back to {why}. Edit it instead.",
                item.key
            )));
        }
    }
    Ok(())
}

/// Who does not get work of a product back, and why.
fn why_not(cx: &mut Change<'_>, (person, product): (Id, Id)) -> Result<Option<String>> {
    let ws = cx.workspace();
    let found = (load::<Person>(cx.conn(), ws, person)?, load::<Product>(cx.conn(), ws, product)?);
    let (Some(person), Some(product)) = found else { return Ok(None) };
    let barred = barred_again(cx.conn(), ws, &person, &product)?;
    Ok(barred.map(|why| format!("“{}”, who {}", person.name, why.told(&product))))
}
