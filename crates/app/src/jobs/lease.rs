//! Leases: of several nodes on one database, one runs a job. A node that dies holding one keeps
//! the job from running until the lease has run out, never longer.

use crate::db::Db;
use crate::kernel::{Id, Result, Time};
use crate::statements;

statements! {
    LEASE = "SELECT held_until, next_at FROM lease WHERE name = $1";
    TAKE = "INSERT INTO lease (name, node, held_until, next_at) VALUES ($1, $2, $3, 0) ON CONFLICT (name) DO UPDATE SET node = excluded.node, held_until = excluded.held_until WHERE lease.held_until <= $4 AND lease.next_at <= $4";
    GIVE_BACK = "UPDATE lease SET held_until = 0, next_at = $3, last_done_at = $4, last_error = $5 WHERE name = $1 AND node = $2";
    GIVE_BACK_ALL = "UPDATE lease SET held_until = 0 WHERE node = $1";
}

/// How long a node holds a job.
const HELD: i64 = 15 * 60 * Time::SECOND;
/// A node looks at least this often, should somebody set the lease back by hand.
const LOOK: i64 = 3600 * Time::SECOND;

pub(super) enum Taken {
    Ours,
    /// Not due, or another node's; nothing to do before this time.
    NotBefore(Time),
}

/// Takes the lease of a job that is due. A look comes first, since most looks find nothing due.
pub(super) async fn take(db: &Db, name: &'static str, node: Id, now: Time) -> Result<Taken> {
    let known = db
        .read(move |conn| conn.query_opt(&LEASE, &[name.into()], |r| Ok((r.get(0)?, r.get(1)?))))
        .await?;
    let free = |known: Option<(i64, i64)>| known.map_or(now.0, |(held, next)| held.max(next));
    let due = free(known);
    if due > now.0 {
        return Ok(Taken::NotBefore(Time(due.min(now.0 + LOOK))));
    }
    let until = Time(now.0 + HELD);
    let taken = db
        .write(move |tx| tx.execute(&TAKE, &[name.into(), node.into(), until.into(), now.into()]))
        .await?;
    Ok(if taken == 1 { Taken::Ours } else { Taken::NotBefore(Time(now.0 + Time::SECOND)) })
}

/// Ends a run: when it began, when the next is due, and what went wrong.
pub(super) async fn give_back(
    db: &Db,
    name: &'static str,
    node: Id,
    began: Time,
    next: Time,
    error: Option<String>,
) -> Result<()> {
    db.write(move |tx| {
        let values = [name.into(), node.into(), next.into(), began.into(), error.clone().into()];
        tx.execute(&GIVE_BACK, &values)
    })
    .await?;
    Ok(())
}

/// Lets go of all that this node holds.
pub(super) async fn give_back_all(db: &Db, node: Id) -> Result<()> {
    db.write(move |tx| tx.execute(&GIVE_BACK_ALL, &[node.into()])).await?;
    Ok(())
}
