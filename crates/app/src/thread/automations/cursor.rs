//! How far rules have looked at the activity of each workspace.

use crate::db::{Conn, Tx};
use crate::kernel::Result;
use crate::statements;

statements! {
    CURSOR = "SELECT seq FROM automation_cursor WHERE workspace_id = $1";
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
