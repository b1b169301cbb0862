//! What blocks items and is not finished: cards and pages mark what waits for it.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::path::Sight;
use crate::db::{Conn, planned_once};
use crate::kernel::{Actor, Id, Result};
use crate::store::{ASKED, Composed, marks_from, with_ids};

fn blocking_sql() -> String {
    let ids = marks_from(2);
    planned_once(&format!(
        "SELECT l.to_id, w.key, w.title, w.product_id FROM link l \
         JOIN work_item_now w ON w.workspace_id = l.workspace_id AND w.id = l.from_id \
         WHERE l.workspace_id = $1 AND l.to_id IN ({ids}) AND l.kind = 'blocks' \
         AND l.gone_at IS NULL AND w.category <> 'accepted' AND w.category <> 'dropped' \
         ORDER BY l.to_id, l.id"
    ))
}

static BLOCKING: LazyLock<String> = LazyLock::new(blocking_sql);
inventory::submit! { Composed { name: "dependencies::BLOCKING", text: blocking_sql } }

/// Something open that another item waits for.
#[derive(Clone, Debug)]
pub struct Blocking {
    /// Nothing where the actor may not see it.
    pub key: Option<String>,
    pub title: String,
}

/// What each of some items waits for, as far as the actor sees it.
pub fn blocking(
    conn: &mut Conn,
    actor: &Actor,
    items: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, Vec<Blocking>>> {
    let ids: Vec<Id> = items.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let sight = Sight::of(conn, actor)?;
    let mut all: HashMap<Id, Vec<Blocking>> = HashMap::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[actor.workspace.into()], some);
        let rows: Vec<(Id, String, String, Id)> = conn
            .query_text(&BLOCKING, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        for (waits, key, title, product) in rows {
            let one = if sight.sees(product) {
                Blocking { key: Some(key), title }
            } else {
                Blocking { key: None, title: "something that you do not see".into() }
            };
            all.entry(waits).or_default().push(one);
        }
    }
    Ok(all)
}
