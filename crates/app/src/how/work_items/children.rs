//! How many sub-tasks items have, and how many of them are done.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::db::{Conn, planned_once};
use crate::kernel::{Id, Result};
use crate::store::{ASKED, Composed, marks_from, with_ids};

fn sql() -> String {
    let ids = marks_from(2);
    planned_once(&format!(
        "SELECT parent_id, COUNT(*), SUM(CASE WHEN category = 'accepted' THEN 1 ELSE 0 END) FROM \
         work_item_now WHERE workspace_id = $1 AND parent_id IN ({ids}) AND category <> 'dropped' \
         GROUP BY parent_id"
    ))
}

static SQL: LazyLock<String> = LazyLock::new(sql);
inventory::submit! { Composed { name: "children::SQL", text: sql } }

/// Of each of these that has any: how many stand directly under it, and how many of them are done.
pub fn children(
    conn: &mut Conn,
    ws: i64,
    ids: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, (i64, i64)>> {
    let ids: Vec<Id> = ids.into_iter().collect();
    let mut all = HashMap::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into()], some);
        let rows = conn.query_text(&SQL, &values, |r| {
            Ok((r.get::<Id>(0)?, (r.get::<i64>(1)?, r.get::<i64>(2)?)))
        })?;
        all.extend(rows);
    }
    Ok(all)
}
