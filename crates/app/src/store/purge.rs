//! Removing for good what has lain in the bin long enough. The content goes from everywhere: the
//! row, its versions, and what the activity copied from it. That something was done, by whom and
//! under which responsibility, stays; and so does the key, which is never given again.

use serde_json::{Map, Value as Json, json};

use super::field_values::DROP_VALUES;
use super::finish::{ADD_ACTIVITY, NEXT_SEQ};
use super::record::record_kinds;
use super::stored_files::{file_of, release_file};
use crate::db::{Conn, Tx, Value};
use crate::kernel::{Error, Id, Result, Time, Via};
use crate::statements;
use crate::store::RecordSql;

statements! {
    DROP_EDGES_UP = "DELETE FROM edge WHERE workspace_id = $1 AND lower_id = $2";
    DROP_EDGES_DOWN = "DELETE FROM edge WHERE workspace_id = $1 AND upper_id = $2";
    DROP_NAMINGS = "DELETE FROM naming WHERE workspace_id = $1 AND object_id = $2";
    DROP_READ_MARKS = "DELETE FROM read_mark WHERE workspace_id = $1 AND object_id = $2";
    DROP_NOTIFICATIONS = "DELETE FROM notification WHERE workspace_id = $1 AND object_id = $2";
    CLEAR_ACTIVITY = "UPDATE activity SET changes = '{}' WHERE workspace_id = $1 AND object_id = $2";
    TOLD = "SELECT seq, changes FROM activity WHERE workspace_id = $1 AND object_id = $2";
    RETELL = "UPDATE activity SET changes = $3 WHERE workspace_id = $1 AND seq = $2";
    DROP_ALIAS = "DELETE FROM item_key WHERE workspace_id = $1 AND object_id = $2 AND key = $3";
    DROP_BASE = "DELETE FROM import_base WHERE workspace_id = $1 AND item_id = $2 AND product_id = $3 AND original_key = $4";
}

fn sql_of(kind: &str) -> Result<&'static RecordSql> {
    let found = record_kinds().find(|k| k.kind == kind);
    found.map(|k| (k.sql)()).ok_or_else(|| Error::internal(format!("no record kind {kind}")))
}

/// Records of a kind that were moved to the bin before a time, the oldest first.
pub fn in_bin_since(
    conn: &mut Conn,
    workspace: i64,
    kind: &str,
    before: Time,
    limit: i64,
) -> Result<Vec<Id>> {
    let values = [workspace.into(), before.into(), limit.into()];
    conn.query_text(&sql_of(kind)?.in_bin, &values, |row| row.get(0))
}

/// Removes one record with its versions, its steps of the thread and the texts that the activity
/// holds of it.
pub fn purge(tx: &mut Tx, workspace: i64, kind: &str, id: Id, now: Time) -> Result<()> {
    let values: [Value; 2] = [workspace.into(), id.into()];
    let file = if kind == "attachment" { file_of(tx, workspace, id)? } else { None };
    for text in &sql_of(kind)?.purge {
        tx.execute_text(text, &values)?;
    }
    for sql in [
        &DROP_EDGES_UP,
        &DROP_EDGES_DOWN,
        &DROP_READ_MARKS,
        &DROP_NAMINGS,
        &DROP_VALUES,
        &DROP_NOTIFICATIONS,
        &CLEAR_ACTIVITY,
    ] {
        tx.execute(sql, &values)?;
    }
    file.map_or(Ok(()), |hash| release_file(tx, workspace, &hash, now))
}

/// Puts “…” in the place of what fields held, before and after; says whether anything stood there.
pub(super) fn hush(changes: &mut Map<String, Json>, fields: &[&str]) -> bool {
    let mut any = false;
    for field in fields {
        let sides = changes.get_mut(*field).and_then(Json::as_array_mut);
        for side in sides.into_iter().flatten().filter(|side| !side.is_null()) {
            any = true;
            *side = json!("…");
        }
    }
    any
}

/// The same in what the activity tells of an object.
pub(super) fn hush_activity(tx: &mut Tx, ws: i64, object: Id, fields: &[&str]) -> Result<()> {
    let told: Vec<(i64, String)> =
        tx.query(&TOLD, &[ws.into(), object.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    for (seq, text) in told {
        let mut changes: Map<String, Json> =
            serde_json::from_str(&text).map_err(Error::internal)?;
        if hush(&mut changes, fields) {
            let text = serde_json::to_string(&changes).map_err(Error::internal)?;
            tx.execute(&RETELL, &[ws.into(), seq.into(), text.into()])?;
        }
    }
    Ok(())
}

/// Forgets that an item came from another tool's key, so that importing it again makes a new one.
pub fn forget_import(tx: &Tx, workspace: i64, item: Id, product: Id, original: &str) -> Result<()> {
    let key = original.to_uppercase();
    tx.execute(&DROP_ALIAS, &[workspace.into(), item.into(), key.clone().into()])?;
    let values = [workspace.into(), item.into(), product.into(), key.into()];
    tx.execute(&DROP_BASE, &values)?;
    Ok(())
}

/// What was removed for good, as the activity tells it.
pub struct Removed {
    pub kind: &'static str,
    pub id: Id,
    pub key: String,
    pub product: Id,
    pub revision: i64,
}

/// Records removals, which nobody did: they were due.
pub fn note_removal(tx: &mut Tx, workspace: i64, removed: &[Removed], now: Time) -> Result<()> {
    let count = i64::try_from(removed.len()).unwrap_or(i64::MAX);
    let last: i64 = tx.query_one(&NEXT_SEQ, &[workspace.into(), count.into()], |row| row.get(0))?;
    let change = Id::new();
    for (seq, one) in (last - count + 1..).zip(removed) {
        let values: [Value; 21] = [
            workspace.into(),
            seq.into(),
            change.into(),
            None::<Id>.into(),
            None::<Id>.into(),
            Via::System.as_str().into(),
            "empty-bin".into(),
            "removed".into(),
            one.kind.into(),
            one.id.into(),
            one.product.into(),
            None::<Id>.into(),
            None::<Id>.into(),
            one.revision.into(),
            json!({ "key": [one.key, null] }).to_string().into(),
            "".into(),
            None::<String>.into(),
            now.into(),
            now.into(),
            None::<Id>.into(),
            false.into(),
        ];
        tx.execute(&ADD_ACTIVITY, &values)?;
    }
    tx.notify(workspace, last);
    Ok(())
}
