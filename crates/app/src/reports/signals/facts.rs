//! Single facts that several signals ask for, each read once for a look.

use std::collections::{BTreeSet, HashMap};

use super::scope::Frame;
use crate::db::Conn;
use crate::how::work_items::WorkItem;
use crate::kernel::{Day, Id, Result, Time};
use crate::people::nouns::title_of;
use crate::statements;
use crate::store::load;
use crate::thread::path;
use crate::why::needs::Need;

statements! {
    BEGUN = "SELECT id, key, level, team_id, reporter_id, no_why_until, done_at FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND started_at > $3 AND level <> 'epic' ORDER BY started_at DESC LIMIT 2000";
    ACCEPTED = "SELECT id, key, level, team_id, reporter_id, no_why_until, done_at FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND done_at > $3 AND category = 'accepted' AND level <> 'epic' ORDER BY done_at DESC LIMIT 2000";
    IS_ACCEPTED = "SELECT COUNT(*) FROM work_item_now WHERE workspace_id = $1 AND id = $2 AND category = 'accepted'";
    ACCEPTOR = "SELECT actor_id FROM activity WHERE workspace_id = $1 AND object_id = $2 AND happened_at = $3 ORDER BY seq DESC LIMIT 1";
    ADDED_BY = "SELECT actor_id FROM activity WHERE workspace_id = $1 AND object_id = $2 AND effect = 'added' ORDER BY seq LIMIT 1";
    READERS = "SELECT person_id, MIN(day) FROM read_mark WHERE workspace_id = $1 AND object_id = $2 GROUP BY person_id";
    SAID = "SELECT id, key, kind, state, author_id, answered_on, created_at FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND created_at > $3 AND kind IN ('feedback', 'interview', 'support-ticket', 'survey') ORDER BY id DESC LIMIT 1000";
}

/// Pieces of work that are looked at, the latest first: enough for a share that says something.
const MOST: usize = 400;

/// A piece of work.
#[derive(Clone, Debug)]
pub struct Work {
    pub id: Id,
    pub key: String,
    pub level: String,
    pub team: Option<Id>,
    pub reporter: Option<Id>,
    pub no_why_until: Option<Day>,
    pub done_at: Option<Time>,
}

/// A piece of what users said.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: Id,
    pub key: String,
    pub kind: String,
    pub state: String,
    pub author: Option<Id>,
    pub answered_on: Option<Day>,
    pub created_at: Time,
}

/// A step up from an item.
#[derive(Clone, Debug)]
pub struct Above {
    /// What it is reached from.
    pub from: Id,
    pub id: Id,
    pub kind: String,
    pub depth: i64,
}

/// What was read already.
#[derive(Default)]
pub struct Facts {
    begun: Option<Vec<Work>>,
    said: Option<Vec<Said>>,
    above: HashMap<Id, Vec<Above>>,
    needs: HashMap<Id, String>,
    readers: HashMap<Id, HashMap<Id, Day>>,
    authors: HashMap<Id, Option<Id>>,
}

impl Facts {
    /// Work that was begun in the window, by this team where the scope is one.
    pub fn begun(&mut self, conn: &mut Conn, frame: &Frame) -> Result<Vec<Work>> {
        if self.begun.is_none() {
            self.begun = Some(work(conn, frame, &BEGUN)?);
        }
        Ok(self.begun.clone().unwrap_or_default())
    }

    /// Work that was accepted in the window.
    pub fn accepted(&mut self, conn: &mut Conn, frame: &Frame) -> Result<Vec<Work>> {
        work(conn, frame, &ACCEPTED)
    }

    /// What users said in the window.
    pub fn said(&mut self, conn: &mut Conn, frame: &Frame) -> Result<Vec<Said>> {
        if let Some(known) = &self.said {
            return Ok(known.clone());
        }
        let mut all = Vec::new();
        for product in &frame.products {
            let values = [frame.ws.into(), (*product).into(), frame.since.into()];
            all.extend(conn.query(&SAID, &values, |r| {
                Ok(Said {
                    id: r.get(0)?,
                    key: r.get(1)?,
                    kind: r.get(2)?,
                    state: r.get(3)?,
                    author: r.get(4)?,
                    answered_on: r.get(5)?,
                    created_at: r.get(6)?,
                })
            })?);
        }
        self.said = Some(all.clone());
        Ok(all)
    }

    /// All that stands above an item, nearest first.
    pub fn above(&mut self, conn: &mut Conn, ws: i64, id: Id) -> Result<Vec<Above>> {
        if let Some(known) = self.above.get(&id) {
            return Ok(known.clone());
        }
        let steps: Vec<Above> = path::steps_up(conn, ws, id)?
            .into_iter()
            .map(|(from, id, kind, depth)| Above { from, id, kind, depth })
            .collect();
        self.above.insert(id, steps.clone());
        Ok(steps)
    }

    /// The evidence above an item.
    pub fn evidence_above(&mut self, conn: &mut Conn, ws: i64, id: Id) -> Result<BTreeSet<Id>> {
        let above = self.above(conn, ws, id)?;
        Ok(above.iter().filter(|s| s.kind == "evidence").map(|s| s.id).collect())
    }

    /// `business`, `user` or `obligation`.
    pub fn need_kind(&mut self, conn: &mut Conn, ws: i64, id: Id) -> Result<String> {
        if let Some(known) = self.needs.get(&id) {
            return Ok(known.clone());
        }
        let kind = load::<Need>(conn, ws, id)?.map(|n| n.kind).unwrap_or_default();
        self.needs.insert(id, kind.clone());
        Ok(kind)
    }

    /// Who opened a piece of evidence, and when first.
    pub fn readers(&mut self, conn: &mut Conn, ws: i64, id: Id) -> Result<HashMap<Id, Day>> {
        if let Some(known) = self.readers.get(&id) {
            return Ok(known.clone());
        }
        let values = [ws.into(), id.into()];
        let rows: Vec<(Id, Day)> = conn.query(&READERS, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        let readers: HashMap<Id, Day> = rows.into_iter().collect();
        self.readers.insert(id, readers.clone());
        Ok(readers)
    }

    /// Who added a record.
    pub fn author(&mut self, conn: &mut Conn, ws: i64, id: Id) -> Result<Option<Id>> {
        if let Some(known) = self.authors.get(&id) {
            return Ok(*known);
        }
        let values = [ws.into(), id.into()];
        let author = conn.query_opt(&ADDED_BY, &values, |r| r.get::<Option<Id>>(0))?.flatten();
        self.authors.insert(id, author);
        Ok(author)
    }

    /// Who accepted an item at that moment.
    pub fn acceptor(&self, conn: &mut Conn, ws: i64, id: Id, at: Time) -> Result<Option<Id>> {
        let values = [ws.into(), id.into(), at.into()];
        Ok(conn.query_opt(&ACCEPTOR, &values, |r| r.get::<Option<Id>>(0))?.flatten())
    }

    /// The people between whoever wrote a story and the nearest who heard a user; nothing where no
    /// evidence stands above it.
    pub fn between(&mut self, conn: &mut Conn, ws: i64, item: &Work) -> Result<Option<usize>> {
        let above = self.above(conn, ws, item.id)?;
        let mut fewest = None;
        for said in above.iter().filter(|s| s.kind == "evidence") {
            let heard = self.author(conn, ws, said.id)?;
            let ends = [item.reporter, heard];
            let mut people: BTreeSet<Id> = BTreeSet::new();
            let mut at = said.from;
            // No path is longer than the walk that found it.
            for _ in 0..said.depth {
                if at == item.id {
                    break;
                }
                people.extend(self.author(conn, ws, at)?.filter(|p| !ends.contains(&Some(*p))));
                let Some(next) = above.iter().find(|s| s.id == at) else { break };
                at = next.from;
            }
            let count = if heard.is_some() && heard == item.reporter { 0 } else { people.len() };
            fewest = Some(fewest.map_or(count, |known: usize| known.min(count)));
        }
        Ok(fewest)
    }

    /// Whether accepted work serves a key result.
    pub fn released_below(&self, conn: &mut Conn, ws: i64, id: Id) -> Result<bool> {
        for (_, id, kind, _) in path::steps_down(conn, ws, id)? {
            let values = [ws.into(), id.into()];
            if kind == "work_item"
                && conn.query_one(&IS_ACCEPTED, &values, |r| r.get::<i64>(0))? > 0
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The key of a record.
    pub fn key(&self, conn: &mut Conn, ws: i64, id: Id) -> Result<Option<String>> {
        Ok(title_of(conn, ws, id)?.map(|(key, _)| key))
    }

    /// Whether it is work of another team than the one that is looked at.
    pub fn is_elsewhere(&self, conn: &mut Conn, frame: &Frame, id: Id) -> Result<bool> {
        let Some(team) = frame.team else { return Ok(false) };
        let item = load::<WorkItem>(conn, frame.ws, id)?;
        Ok(item.and_then(|i| i.team_id).is_some_and(|own| own != team))
    }
}

fn work(conn: &mut Conn, frame: &Frame, sql: &crate::db::Sql) -> Result<Vec<Work>> {
    let mut all = Vec::new();
    for product in &frame.products {
        let values = [frame.ws.into(), (*product).into(), frame.since.into()];
        all.extend(conn.query(sql, &values, |r| {
            Ok(Work {
                id: r.get(0)?,
                key: r.get(1)?,
                level: r.get(2)?,
                team: r.get(3)?,
                reporter: r.get(4)?,
                no_why_until: r.get(5)?,
                done_at: r.get(6)?,
            })
        })?);
    }
    if let Some(team) = frame.team {
        all.retain(|w| w.team == Some(team));
    }
    all.truncate(MOST);
    Ok(all)
}
