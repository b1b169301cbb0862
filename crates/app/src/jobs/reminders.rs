//! Writing the reminders that are due among the notifications.

use super::Job;
use super::standard::OPEN_WORKSPACES;
use crate::db::Db;
use crate::kernel::{Result, Time};
use crate::thread::reminders;

/// Looks every hour what waits for whom.
pub fn write_reminders() -> Job {
    Job::on_one_node("write-reminders", 3600 * Time::SECOND, write)
}

async fn write(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> =
        db.read(|conn| conn.query(&OPEN_WORKSPACES, &[], |r| r.get(0))).await?;
    for ws in workspaces {
        db.write(move |tx| reminders::write(tx, ws, now)).await?;
    }
    Ok(())
}
