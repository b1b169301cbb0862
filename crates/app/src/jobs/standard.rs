//! The jobs that every installation has.

use super::Job;
use crate::db::Db;
use crate::how::fields;
use crate::kernel::{Clock, Result, Time};
use crate::people::tidy::tidy;
use crate::reports::signals;
use crate::statements;
use crate::store::spread_one;
use crate::thread::portal::drafts;
use crate::thread::reads::Reads;
use crate::thread::{attachments, automations, bin, export, import};

statements! {
    pub(super) WORKSPACES = "SELECT id FROM workspace ORDER BY id";
    /// Where something may be changed: in an archived one nothing is written and nobody is told.
    pub(super) OPEN_WORKSPACES = "SELECT id FROM workspace WHERE archived_at IS NULL ORDER BY id";
}

const MINUTE: i64 = 60 * Time::SECOND;
const HOUR: i64 = 3600 * Time::SECOND;

pub(super) fn all() -> Vec<Job> {
    vec![
        Job::on_one_node("empty-bin", HOUR, empty_bins),
        Job::on_one_node("sweep-files", HOUR, sweep_files),
        Job::on_each_node("sweep-incoming", 6 * HOUR, |db, _| async move {
            match db.files() {
                Ok(files) => files.sweep_incoming().await.map(drop),
                Err(_) => Ok(()),
            }
        }),
        Job::on_one_node("spread-ranks", 10 * MINUTE, spread_ranks),
        Job::on_one_node("run-rules", 2 * Time::SECOND, |db, now| async move {
            automations::by_events(&db, now).await
        }),
        Job::on_one_node("run-rules-by-time", MINUTE, |db, now| async move {
            automations::by_time(&db, now).await
        }),
        Job::on_one_node("index-fields", 2 * Time::SECOND, |db, _| async move {
            fields::catch_up(&db).await
        }),
        Job::on_one_node("make-exports", 2 * Time::SECOND, |db, now| async move {
            export::make_waiting(&db, now).await
        }),
        super::digests::write_digests(),
        super::reminders::write_reminders(),
        Job::on_one_node("draft-replies", MINUTE, draft_replies),
        Job::on_one_node("tidy", 6 * HOUR, |db, now| async move {
            db.write(move |tx| tidy(tx, now)).await
        }),
        Job::on_one_node("measure-signals", 24 * HOUR, signals::take_all),
        Job::on_each_node("mend-imports", 15 * Time::SECOND, |db, _| async move {
            import::look_after(&db, &Clock::system()).await
        }),
    ]
}

/// Writes down who opened which evidence; this process alone knows what waits in its memory.
pub fn write_reads(reads: Reads) -> Job {
    Job::on_each_node("write-reads", 5 * Time::SECOND, move |db, _| {
        let reads = reads.clone();
        async move { reads.write(&db).await }
    })
}

/// Spreads ranks that have grown long, one short stretch a transaction.
async fn spread_ranks(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for workspace in workspaces {
        while db.write(move |tx| spread_one(tx, workspace, now)).await? {}
    }
    Ok(())
}

/// Removes files that nothing refers to any more, where there is a place for files.
async fn sweep_files(db: Db, now: Time) -> Result<()> {
    let Ok(files) = db.files() else { return Ok(()) };
    let workspaces: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for workspace in workspaces {
        attachments::sweep(&db, &files, workspace, now).await?;
    }
    Ok(())
}

/// Drafts replies to those who asked for what has shipped or was declined meanwhile.
async fn draft_replies(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> =
        db.read(|conn| conn.query(&OPEN_WORKSPACES, &[], |r| r.get(0))).await?;
    for workspace in workspaces {
        db.write(move |tx| drafts::draft_all(tx, workspace, now)).await?;
    }
    Ok(())
}

/// Empties the bins of all workspaces, in short transactions.
async fn empty_bins(db: Db, now: Time) -> Result<()> {
    let workspaces: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for workspace in workspaces {
        while db.write(move |tx| bin::empty(tx, workspace, now)).await? > 0 {}
    }
    Ok(())
}
