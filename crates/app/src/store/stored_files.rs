//! Which files are kept, and which of them nothing refers to any more. A file is noted before its bytes
//! are kept and claimed in the transaction of what refers to it; what nobody claims within a day is
//! swept, so that a crash in between leaves nothing for long.

use crate::db::{Conn, Tx};
use crate::kernel::{Error, Id, Result, Time};
use crate::statements;

/// How long a file that nothing refers to is kept.
const GRACE: i64 = Time::DAY;
/// A sweep that did not come to its end within this time was cut off.
const SWEEP: i64 = 15 * 60 * Time::SECOND;

statements! {
    NOTE = "INSERT INTO stored_file (workspace_id, hash, size, orphaned_at, doomed_at) VALUES ($1, $2, $3, $4, NULL) ON CONFLICT (workspace_id, hash) DO UPDATE SET orphaned_at = CASE WHEN stored_file.orphaned_at IS NULL THEN NULL ELSE excluded.orphaned_at END, doomed_at = NULL WHERE stored_file.doomed_at IS NULL OR stored_file.doomed_at < $5";
    KNOWN = "SELECT size FROM stored_file WHERE workspace_id = $1 AND hash = $2";
    OPEN_USAGE = "INSERT INTO file_usage (workspace_id, bytes) VALUES ($1, 0) ON CONFLICT (workspace_id) DO NOTHING";
    USE = "UPDATE file_usage SET bytes = bytes + $2 WHERE workspace_id = $1 AND bytes + $2 <= $3";
    FREE = "UPDATE file_usage SET bytes = bytes - $2 WHERE workspace_id = $1";
    USAGE = "SELECT bytes FROM file_usage WHERE workspace_id = $1";
    CLAIM = "UPDATE stored_file SET orphaned_at = NULL WHERE workspace_id = $1 AND hash = $2 AND doomed_at IS NULL";
    HASH_OF = "SELECT hash FROM attachment WHERE workspace_id = $1 AND id = $2";
    REFERRED = "SELECT 1 FROM attachment WHERE workspace_id = $1 AND hash = $2 LIMIT 1";
    ORPHAN = "UPDATE stored_file SET orphaned_at = $3 WHERE workspace_id = $1 AND hash = $2 AND (orphaned_at IS NULL OR orphaned_at > $3)";
    DUE = "SELECT hash FROM stored_file WHERE workspace_id = $1 AND orphaned_at < $2 ORDER BY orphaned_at LIMIT $3";
    DOOM = "UPDATE stored_file SET doomed_at = $3 WHERE workspace_id = $1 AND hash = $2 AND orphaned_at < $4";
    DROP = "DELETE FROM stored_file WHERE workspace_id = $1 AND hash = $2 AND doomed_at = $3";
}

/// Notes a file that is about to be kept, within what the workspace may have.
pub fn note_file(
    tx: &mut Tx,
    ws: i64,
    (hash, size): (&str, i64),
    quota: Option<i64>,
    now: Time,
) -> Result<()> {
    let one = [ws.into(), hash.into()];
    let known = tx.query_opt(&KNOWN, &one, |row| row.get::<i64>(0))?.is_some();
    if !known {
        tx.execute(&OPEN_USAGE, &[ws.into()])?;
        let most = quota.unwrap_or(i64::MAX / 2);
        if tx.execute(&USE, &[ws.into(), size.into(), most.into()])? == 0 {
            return Err(Error::refused(
                "The workspace's room for files is used up. Remove files that nobody needs (they go for good after 30 days in the bin), or have the operator give it more.",
            ));
        }
    }
    let cut_off = Time(now.0 - SWEEP);
    let values = [ws.into(), hash.into(), size.into(), now.into(), cut_off.into()];
    if tx.execute(&NOTE, &values)? == 0 {
        return Err(Error::Unavailable(
            "The same file is being removed at this moment. Attach it again in a minute.".into(),
        ));
    }
    Ok(())
}

/// Claims a kept file for something that refers to it from now on.
pub fn claim_file(tx: &Tx, ws: i64, hash: &str) -> Result<()> {
    if tx.execute(&CLAIM, &[ws.into(), hash.into()])? == 0 {
        return Err(Error::Unavailable("The file was not kept in time. Attach it again.".into()));
    }
    Ok(())
}

/// The file that an attachment refers to.
pub(super) fn file_of(tx: &mut Tx, ws: i64, attachment: Id) -> Result<Option<String>> {
    tx.query_opt(&HASH_OF, &[ws.into(), attachment.into()], |row| row.get(0))
}

/// Marks a file that nothing refers to any more, since `when`.
pub fn release_file(tx: &mut Tx, ws: i64, hash: &str, when: Time) -> Result<()> {
    let one = [ws.into(), hash.into()];
    if tx.query_opt(&REFERRED, &one, |row| row.get::<i64>(0))?.is_none() {
        tx.execute(&ORPHAN, &[ws.into(), hash.into(), when.into()])?;
    }
    Ok(())
}

/// Bytes that a workspace's files take.
pub fn file_usage(conn: &mut Conn, ws: i64) -> Result<i64> {
    Ok(conn.query_opt(&USAGE, &[ws.into()], |row| row.get(0))?.unwrap_or(0))
}

/// Files that nothing has referred to for a day.
pub fn files_to_sweep(conn: &mut Conn, ws: i64, now: Time, limit: i64) -> Result<Vec<String>> {
    let before = Time(now.0 - GRACE);
    conn.query(&DUE, &[ws.into(), before.into(), limit.into()], |row| row.get(0))
}

/// Takes a file out of use before its bytes are removed; false where something refers to it after all.
pub fn doom_file(tx: &mut Tx, ws: i64, hash: &str, now: Time) -> Result<bool> {
    let one = [ws.into(), hash.into()];
    if tx.query_opt(&REFERRED, &one, |row| row.get::<i64>(0))?.is_some() {
        tx.execute(&CLAIM, &one)?;
        return Ok(false);
    }
    let values = [ws.into(), hash.into(), now.into(), Time(now.0 - GRACE).into()];
    Ok(tx.execute(&DOOM, &values)? > 0)
}

/// Forgets a file whose bytes are gone.
pub fn drop_file_note(tx: &mut Tx, ws: i64, hash: &str, doomed_at: Time) -> Result<()> {
    let one = [ws.into(), hash.into()];
    let size = tx.query_opt(&KNOWN, &one, |row| row.get::<i64>(0))?;
    if tx.execute(&DROP, &[ws.into(), hash.into(), doomed_at.into()])? > 0 {
        tx.execute(&FREE, &[ws.into(), size.unwrap_or(0).into()])?;
    }
    Ok(())
}
