//! Writing the digests that are due into the outbox.

use super::Job;
use super::standard::OPEN_WORKSPACES;
use crate::db::Db;
use crate::kernel::{Result, Time};
use crate::people::digests::due;
use crate::thread::digest;

/// Looks every five minutes whose hour has come.
pub fn write_digests() -> Job {
    Job::on_one_node("write-digests", 5 * 60 * Time::SECOND, write)
}

async fn write(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> =
        db.read(|conn| conn.query(&OPEN_WORKSPACES, &[], |r| r.get(0))).await?;
    for ws in workspaces {
        for setting in db.read(move |conn| due(conn, ws, now)).await? {
            db.write(move |tx| digest::write(tx, ws, &setting, now)).await?;
        }
    }
    Ok(())
}
