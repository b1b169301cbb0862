//! What a line of the mirror rests on: act by act, each with the thing it was done to.

use std::collections::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::gather::days;
use super::share::open;
use crate::db::Conn;
use crate::kernel::{Id, Result, Time};
use crate::people::products;
use crate::people::responsibilities::known;
use crate::statements;
use crate::store::{ASKED, Composed, Meta, Query, Reader, Scope, marks_from, with_ids};

statements! {
    /// One row for each act, told of by the last record that it wrote: what was written first of that
    /// record, and something with a key that the act touched too.
    EVENTS = "SELECT a.verb, a.object_kind, a.happened_at, g.outside, g.reason, e.product_id, a.object_id, (SELECT f.changes FROM activity f WHERE f.workspace_id = $1 AND f.object_id = a.object_id ORDER BY f.seq LIMIT 1), (SELECT s.object_id FROM activity s JOIN search_doc d ON d.workspace_id = s.workspace_id AND d.object_id = s.object_id WHERE s.workspace_id = $1 AND s.change_id = a.change_id LIMIT 1), (SELECT COUNT(DISTINCT o.object_id) FROM activity o WHERE o.workspace_id = $1 AND o.change_id = a.change_id AND o.object_kind = a.object_kind) FROM (SELECT MAX(seq) AS seq, MAX(day) AS day, MAX(CASE WHEN outside THEN 1 ELSE 0 END) AS outside, MAX(reason) AS reason FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3 AND responsibility = $4 GROUP BY change_id ORDER BY MAX(day) DESC, MAX(seq) DESC LIMIT 100) AS g JOIN exercised e ON e.workspace_id = $1 AND e.seq = g.seq AND e.responsibility = $4 JOIN activity a ON a.workspace_id = $1 AND a.seq = g.seq ORDER BY g.day DESC, g.seq DESC";
}

fn named_sql() -> String {
    let ids = marks_from(2);
    format!(
        "SELECT object_id, key, title, product_id FROM search_doc WHERE workspace_id = $1 AND object_id IN ({ids})"
    )
}

static NAMED: LazyLock<String> = LazyLock::new(named_sql);
inventory::submit! { Composed { name: "mirror::NAMED", text: named_sql } }

/// Something that a line of the mirror rests on.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct MirrorEvent {
    pub at: Time,
    /// What was done, as `accept story`.
    pub verb: String,
    /// What it was done to, as `work item`.
    pub kind: String,
    /// The thing itself, or the one that it belongs to, as a criterion to its story. Nothing where there
    /// is none, or it is gone, or not yours to see.
    pub key: Option<String>,
    pub title: String,
    /// How many more of that kind the same act was done to.
    pub more: i64,
    /// While a charter gave it to others.
    pub outside: bool,
    pub reason: Option<String>,
}

/// List what a line of a mirror rests on, the latest first; up to 100.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListMirrorEvents {
    pub responsibility: i64,
    /// You, if left out; somebody else only where they share their mirror.
    pub person: Option<Id>,
    /// 30, 90 (if left out) or 365.
    pub days: Option<i64>,
}

impl Query for ListMirrorEvents {
    type Output = Vec<MirrorEvent>;
    const META: Meta = Meta::query(
        "list-mirror-events",
        "List what a line of a mirror rests on, the latest first",
        "/mirror/{responsibility}/events",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<MirrorEvent>> {
        let ws = cx.actor.workspace;
        let person = open(cx.conn, cx.actor, self.person)?;
        known(cx.conn, ws, self.responsibility)?;
        let since = cx.now.day().plus_days(-days(self.days)?);
        let seen: Vec<Id> = products::visible(cx.conn, cx.actor)?.iter().map(|p| p.id).collect();
        let own = person.id == cx.actor.person;
        let values = [ws.into(), person.id.into(), since.into(), self.responsibility.into()];
        let acts: Vec<(MirrorEvent, Vec<Id>, bool)> = cx.conn.query(&EVENTS, &values, |r| {
            let (verb, kind): (String, String) = (r.get(0)?, r.get(1)?);
            let product: Option<Id> = r.get(5)?;
            let first: Option<String> = r.get(7)?;
            let mut about: Vec<Id> = vec![r.get(6)?];
            about.extend(first.as_deref().map(belongs_to).unwrap_or_default());
            about.extend(r.get::<Option<Id>>(8)?);
            let event = MirrorEvent {
                at: r.get(2)?,
                verb: verb.replace('-', " "),
                kind: kind.replace('_', " "),
                key: None,
                title: String::new(),
                more: r.get::<i64>(9)? - 1,
                outside: r.get::<i64>(3)? == 1,
                reason: r.get(4)?,
            };
            Ok((event, about, product.is_none_or(|id| seen.contains(&id))))
        })?;
        let things =
            named(cx.conn, ws, acts.iter().flat_map(|(_, about, _)| about.iter().copied()))?;
        let shown = |(mut event, about, sees): (MirrorEvent, Vec<Id>, bool)| {
            let thing = about.iter().find_map(|id| things.get(id));
            if let Some(thing) = thing.filter(|t| sees && seen.contains(&t.product)) {
                event.key = Some(thing.key.clone());
                event.title.clone_from(&thing.title);
            }
            event.reason = event.reason.filter(|_| sees || own);
            event
        };
        Ok(acts.into_iter().map(shown).collect())
    }
}

/// What a record named when it was written, as a criterion its story: the nearest first.
fn belongs_to(changes: &str) -> Vec<Id> {
    const NEAREST: [&str; 12] = [
        "item_id",
        "object_id",
        "from_id",
        "evidence_id",
        "need_id",
        "opportunity_id",
        "key_result_id",
        "objective_id",
        "release_id",
        "metric_id",
        "requirement_id",
        "interview_id",
    ];
    let Ok(changes) = serde_json::from_str::<Json>(changes) else { return Vec::new() };
    let id = |name: &&str| changes[*name][1].as_str()?.parse().ok();
    NEAREST.iter().filter_map(id).collect()
}

struct Named {
    key: String,
    title: String,
    product: Id,
}

/// Things with keys, by their ids.
fn named(conn: &mut Conn, ws: i64, ids: impl Iterator<Item = Id>) -> Result<HashMap<Id, Named>> {
    let mut ids: Vec<Id> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(ASKED) {
        let rows = conn.query_text(&NAMED, &with_ids(&[ws.into()], some), |r| {
            let named = Named { key: r.get(1)?, title: r.get(2)?, product: r.get(3)? };
            Ok((r.get::<Id>(0)?, named))
        })?;
        found.extend(rows);
    }
    Ok(found)
}
