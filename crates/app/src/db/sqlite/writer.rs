//! The thread that writes. Jobs that queue up while it works share one commit. One that fails
//! before it has changed anything just has its answer; one that fails later undoes them all, and
//! each is then run again in a transaction of its own. Savepoints would spare that, but cost every
//! job a flush of the search index; which for the same reason is fed last, just before the commit.

use crossbeam_channel::Receiver;
use tokio::sync::{broadcast, oneshot};

use super::{batch, changes, idle};
use crate::db::{Committed, Tx, WriteJob, guarded};
use crate::kernel::{Error, Result};

/// The most jobs that share one commit.
const LARGEST: usize = 64;

const PENDING: &str = "SELECT doc FROM search_pending LIMIT 1";
/// `CROSS JOIN` has SQLite go from the few that wait to their texts, never the other way round.
pub(in crate::db) const TAKE_IN: &str = "INSERT INTO search_text (rowid, key, title, body) SELECT d.doc, d.key, d.title, d.body FROM search_pending p CROSS JOIN search_doc d ON d.doc = p.doc";
pub(in crate::db) const TAKEN_IN: &str = "DELETE FROM search_pending";

pub(super) struct Job {
    pub run: WriteJob,
    pub done: oneshot::Sender<Result<()>>,
}

/// A job that had its turn; its result counts once the transaction is committed.
struct Turn {
    job: Job,
    result: Result<()>,
    notes: Vec<Committed>,
}

impl From<Job> for Turn {
    fn from(job: Job) -> Self {
        Self { job, result: Ok(()), notes: Vec::new() }
    }
}

/// Works until nobody can send jobs any more.
pub(super) fn serve(mut tx: Tx, jobs: &Receiver<Job>, committed: &broadcast::Sender<Committed>) {
    while let Ok(first) = jobs.recv() {
        let mut turns = vec![Turn::from(first)];
        match transaction(&mut tx, &mut turns, Some(jobs)) {
            Ok(()) => answer(turns, committed),
            // The commit failed, perhaps for one job's sake: each gets a transaction of its own.
            Err(_) if turns.len() > 1 => {
                for turn in turns {
                    let mut alone = vec![turn];
                    let done = transaction(&mut tx, &mut alone, None);
                    answer_alone(alone, done, committed);
                }
            }
            Err(error) => answer_alone(turns, Err(error), committed),
        }
    }
}

/// Gives every job a turn and commits. `Err` means that nothing of it was kept.
fn transaction(tx: &mut Tx, turns: &mut Vec<Turn>, more: Option<&Receiver<Job>>) -> Result<()> {
    batch(tx, "BEGIN IMMEDIATE")?;
    let done = all_turns(tx, turns, more)
        .and_then(|()| index_texts(tx))
        .and_then(|()| batch(tx, "COMMIT"));
    if done.is_err() && !idle(tx) {
        batch(tx, "ROLLBACK")?;
    }
    done
}

/// Has the search index take in what was written, all at once.
fn index_texts(tx: &mut Tx) -> Result<()> {
    let done = tx.query_opt(PENDING, &[], |row| row.get::<i64>(0)).and_then(|pending| {
        if pending.is_some() {
            tx.execute(TAKE_IN, &[])?;
            tx.execute(TAKEN_IN, &[])?;
        }
        Ok(())
    });
    tx.settle(done)
}

fn all_turns(tx: &mut Tx, turns: &mut Vec<Turn>, more: Option<&Receiver<Job>>) -> Result<()> {
    let mut next = 0;
    while let Some(turn) = turns.get_mut(next) {
        take_turn(tx, turn)?;
        next += 1;
        if next < LARGEST
            && let Some(job) = more.and_then(|jobs| jobs.try_recv().ok())
        {
            turns.push(job.into());
        }
    }
    Ok(())
}

/// One job. `Err` means that the whole transaction is lost.
fn take_turn(tx: &mut Tx, turn: &mut Turn) -> Result<()> {
    let before = changes(tx);
    let result = guarded(|| (turn.job.run)(tx));
    turn.result = tx.settle(result);
    turn.notes = std::mem::take(&mut tx.notes);
    if turn.result.is_err() && (idle(tx) || changes(tx) != before) {
        return std::mem::replace(&mut turn.result, Ok(()));
    }
    if idle(tx) {
        return Err(Error::Unavailable("The change could not be stored. Try again.".into()));
    }
    Ok(())
}

fn answer_alone(mut alone: Vec<Turn>, done: Result<()>, committed: &broadcast::Sender<Committed>) {
    if let (Some(turn), Err(error)) = (alone.first_mut(), done) {
        turn.result = Err(error);
    }
    answer(alone, committed);
}

fn answer(turns: Vec<Turn>, committed: &broadcast::Sender<Committed>) {
    for Turn { job, result, notes } in turns {
        let kept = result.is_ok();
        // Whoever asked may be gone, and nobody may be listening: both are fine.
        let _ = job.done.send(result);
        for note in notes.into_iter().filter(|_| kept) {
            let _ = committed.send(note);
        }
    }
}
