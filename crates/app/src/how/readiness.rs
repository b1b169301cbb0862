//! The Definition of Ready, ticked line by line for an item. A team whose policy has no such lines uses
//! none; nothing is held back where some are open.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::work_items::{WorkItem, by_key};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::policies;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::{new_row, record, selects};

record! {
    /// That a line of the Definition of Ready holds for an item.
    pub struct ReadyTick in "ready_tick", versioned: false {
        pub product_id: Id,
        pub item_id: Id,
        /// The line in its words, so that a tick means what was ticked.
        pub line: String,
        pub person_id: Option<Id>,
    }
}

impl Indexed for ReadyTick {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    OF_ITEM: ReadyTick = "ready_tick", "item_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
}

/// Items that are looked at for one page.
const MOST: usize = 60;

/// A line of the Definition of Ready, and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReadyLine {
    pub line: String,
    pub holds: bool,
    /// Who ticked it.
    pub by: Option<String>,
    pub at: Option<Time>,
}

/// How far an item is ready.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Readiness {
    /// The item's key.
    pub key: String,
    /// The lines that hold for it by its team's policy; nothing where the team uses none.
    pub lines: Vec<ReadyLine>,
    pub holding: usize,
}

/// The lines of an item with what is ticked of them.
pub fn lines(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Vec<ReadyLine>> {
    let policy = policies::workflow(conn, ws, item.product_id, item.team_id)?;
    if item.level == "epic" || policy.ready.is_empty() {
        return Ok(Vec::new());
    }
    let ticks = OF_ITEM.all(conn, ws, &[item.id.into()])?;
    let mut names: BTreeMap<Id, Option<String>> = BTreeMap::new();
    let mut all = Vec::with_capacity(policy.ready.len());
    for line in policy.ready.iter() {
        let tick = ticks.iter().find(|t| t.line == *line);
        let by = match tick.and_then(|t| t.person_id) {
            Some(id) => match names.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let name = load::<Person>(conn, ws, id)?.map(|p| p.name);
                    names.insert(id, name.clone());
                    name
                }
            },
            None => None,
        };
        let at = tick.map(|t| t.created_at);
        all.push(ReadyLine { line: line.clone(), holds: tick.is_some(), by, at });
    }
    Ok(all)
}

/// How many lines hold for an item, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadyCount {
    pub holding: usize,
    pub all: usize,
}

/// How far each of a few items is ready; those whose team uses no definition are left out.
pub fn counts(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    items: impl Iterator<Item = (Id, Option<Id>)>,
) -> Result<HashMap<Id, ReadyCount>> {
    let mut policies: HashMap<Option<Id>, Vec<String>> = HashMap::new();
    let mut all = HashMap::new();
    for (item, team) in items.take(MOST) {
        let lines = match policies.entry(team) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                free.insert(policies::workflow(conn, ws, product, team)?.ready.to_vec())
            }
        };
        if !lines.is_empty() {
            let ticks = OF_ITEM.all(conn, ws, &[item.into()])?;
            let holding = lines.iter().filter(|l| ticks.iter().any(|t| t.line == **l)).count();
            all.insert(item, ReadyCount { holding, all: lines.len() });
        }
    }
    Ok(all)
}

fn readiness(conn: &mut Conn, ws: i64, item: &WorkItem) -> Result<Readiness> {
    let lines = lines(conn, ws, item)?;
    let holding = lines.iter().filter(|l| l.holds).count();
    Ok(Readiness { key: item.key.clone(), lines, holding })
}

/// Show which lines of the Definition of Ready hold for a story.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetReadiness {
    pub key: String,
}

impl Query for GetReadiness {
    type Output = Readiness;
    const META: Meta = Meta::query(
        "get-readiness",
        "Show which lines of the Definition of Ready hold for a story",
        "/stories/{key}/ready",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Readiness> {
        let (item, _) = by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        readiness(cx.conn, cx.actor.workspace, &item)
    }
}

/// Tick a line of the Definition of Ready for a story, or take the tick away.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TickReady {
    pub key: String,
    /// The line in its words.
    pub line: String,
    pub holds: bool,
}

impl Action for TickReady {
    type Output = Readiness;
    const META: Meta = Meta::action(
        "tick-ready",
        "Tick a line of the Definition of Ready for a story, or take the tick away",
        "POST",
        "/stories/{key}/ready",
    )
    .exercises(&[34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Readiness> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let all = lines(cx.conn(), ws, &item)?;
        if all.is_empty() {
            let message = "Its team uses no Definition of Ready. Write one into the policy first.";
            return Err(Error::refused(message));
        }
        let wanted = self.line.trim();
        let Some(found) = all.iter().find(|l| l.line == wanted) else {
            let known: Vec<&str> = all.iter().map(|l| l.line.as_str()).collect();
            let message = format!(
                "“{wanted}” is no line of the Definition of Ready. There are: {}.",
                known.join("; ")
            );
            return Err(Error::invalid("line", message));
        };
        match (found.holds, self.holds) {
            (false, true) => {
                let row = new_row!(
                    cx,
                    ReadyTick {
                        product_id: item.product_id,
                        item_id: item.id,
                        line: wanted.to_owned(),
                        person_id: Some(actor.person),
                    }
                );
                cx.insert(&row)?;
            }
            (true, false) => {
                let ticks = OF_ITEM.all(cx.conn(), ws, &[item.id.into()])?;
                // Two of them where two people ticked it at the same moment.
                for tick in ticks.iter().filter(|t| t.line == wanted) {
                    cx.bin(tick)?;
                }
            }
            _ => {}
        }
        readiness(cx.conn(), ws, &item)
    }
}
