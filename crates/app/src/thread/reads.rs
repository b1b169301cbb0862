//! Who opened which evidence: once per person, item and day. It is no part of anybody's visible
//! history; only the reader sees it, others at most as a total. Opening a page must not wait for a
//! write, so marks gather in memory and are written in batches; a crash loses the last seconds.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::load_keyed;
use crate::db::{Db, Tx};
use crate::kernel::{Access, Actor, Day, Id, Result, Time};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};

statements! {
    ADD_MARK = "INSERT INTO read_mark (workspace_id, person_id, object_id, day) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, person_id, object_id, day) DO NOTHING";
    OWN = "SELECT object_id, day FROM read_mark WHERE workspace_id = $1 AND person_id = $2 ORDER BY day DESC, object_id LIMIT 200";
}

/// Marks that wait at most; a database that is away for long shall not fill the memory.
const MOST: usize = 100_000;
/// Marks in one transaction.
const BATCH: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Mark {
    workspace: i64,
    person: Id,
    object: Id,
    day: Day,
}

fn add(tx: &mut Tx, m: &Mark) -> Result<()> {
    let values = [m.workspace.into(), m.person.into(), m.object.into(), m.day.into()];
    tx.execute(&ADD_MARK, &values).map(|_| ())
}

/// The marks of this process that are not yet written.
#[derive(Clone, Default)]
pub struct Reads(Arc<Mutex<HashSet<Mark>>>);

impl Reads {
    fn marks(&self) -> MutexGuard<'_, HashSet<Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody opened it; returns at once.
    pub fn note(&self, actor: &Actor, object: Id, now: Time) {
        let mut marks = self.marks();
        if marks.len() < MOST {
            let day = now.day();
            marks.insert(Mark { workspace: actor.workspace, person: actor.person, object, day });
        }
    }

    /// Writes what has gathered within a transaction, and keeps it for the next time all the same:
    /// written twice it is one mark.
    pub fn copy_into(&self, tx: &mut Tx) -> Result<()> {
        let marks: Vec<Mark> = self.marks().iter().copied().collect();
        marks.iter().try_for_each(|mark| add(tx, mark))
    }

    /// Writes what has gathered. What cannot be written waits for the next time.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let all: Vec<Mark> = self.marks().drain().collect();
        for (at, batch) in all.chunks(BATCH).enumerate() {
            let marks = batch.to_vec();
            let written = db.write(move |tx| marks.iter().try_for_each(|mark| add(tx, mark)));
            if let Err(error) = written.await {
                self.marks().extend(&all[at * BATCH..]);
                return Err(error);
            }
        }
        Ok(())
    }
}

/// List the evidence that you opened, the latest day first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOwnReads {}

/// Evidence that you opened on a day.
#[derive(Serialize, JsonSchema)]
pub struct OwnRead {
    pub key: String,
    pub title: String,
    pub day: Day,
}

impl Query for ListOwnReads {
    type Output = Vec<OwnRead>;
    const META: Meta = Meta {
        name: "list-own-reads",
        summary: "List the evidence that you opened, the latest day first",
        method: "GET",
        path: "/own-reads",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<OwnRead>> {
        let (ws, person) = (cx.actor.workspace, cx.actor.person);
        let rows: Vec<(Id, Day)> =
            cx.conn.query(&OWN, &[ws.into(), person.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let mut all = Vec::new();
        for (id, day) in rows {
            let Some(keyed) = load_keyed(cx.conn, ws, "evidence", id, None)? else { continue };
            let node = keyed.node();
            let seen = products::product_by_id(cx.conn, cx.actor, node.product, Access::Read);
            if seen.is_ok() && !keyed.is_gone() {
                all.push(OwnRead { key: node.key, title: node.title, day });
            }
        }
        Ok(all)
    }
}
