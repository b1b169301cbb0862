//! How far rules have looked at the activity of each workspace, and which days they have taken.

use crate::db::{Conn, Tx};
use crate::kernel::{Id, Result};
use crate::statements;

statements! {
    CURSOR = "SELECT seq FROM automation_cursor WHERE workspace_id = $1";
    CLAIM = "INSERT INTO automation_day (workspace_id, automation_id, mark) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, automation_id, mark) DO NOTHING";
    SET_CURSOR = "INSERT INTO automation_cursor (workspace_id, seq) VALUES ($1, $2) ON CONFLICT (workspace_id) DO UPDATE SET seq = excluded.seq";
}

/// The last place that was looked at.
pub(super) fn read(conn: &mut Conn, ws: i64) -> Result<Option<i64>> {
    conn.query_opt(&CURSOR, &[ws.into()], |r| r.get(0))
}

/// Notes the last place that was looked at.
pub(super) fn set(tx: &Tx, ws: i64, seq: i64) -> Result<()> {
    tx.execute(&SET_CURSOR, &[ws.into(), seq.into()])?;
    Ok(())
}

/// Takes a day of a rule for this run; false where another run has it.
pub(super) fn claim(tx: &Tx, ws: i64, rule: Id, mark: &str) -> Result<bool> {
    Ok(tx.execute(&CLAIM, &[ws.into(), rule.into(), mark.into()])? > 0)
}
