//! History: what was done, newest first, and items as they stood on a past day.

mod places;
mod told;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::links::Link;
use super::nodes::{Keyed, Node, find_any, load_keyed, load_many_keyed, nodes};
use super::path::Sight;
use crate::db::{Conn, Row};
use crate::how::fields::{People, show};
use crate::how::imports::Import;
use crate::how::work_items::{Names, PastLine, WorkItem, as_of_order};
use crate::kernel::{Access, Actor, Conflict, Day, Error, Id, Result, Time, Via};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, OPEN, Query, Reader, Record, Scope, load_many};

statements! {
    /// Reasons also as they were given afterwards, where somebody else answers for it.
    OF_OBJECT = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, COALESCE(reason, (SELECT MIN(e.reason) FROM exercised e WHERE e.workspace_id = activity.workspace_id AND e.seq = activity.seq)), happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND object_id = $2 AND seq < $3 AND recorded_at < $5 AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) ORDER BY seq DESC LIMIT $4";
    /// Of the newest links at a record's two sides.
    OF_LINKS = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, reason, happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND object_id IN (SELECT id FROM (SELECT id FROM link WHERE workspace_id = $1 AND from_id = $2 ORDER BY id DESC LIMIT 100) AS out_of UNION ALL SELECT id FROM (SELECT id FROM link WHERE workspace_id = $1 AND to_id = $2 ORDER BY id DESC LIMIT 100) AS led_to) AND seq < $3 AND recorded_at < $5 AND staged_by IS NULL ORDER BY seq DESC LIMIT $4";
    /// Of its places on the roadmap, of the releases that hold it, and of what a release holds and its steps.
    OF_PLACES = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, reason, happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND object_id IN (SELECT id FROM placement WHERE workspace_id = $1 AND object_id = $2 UNION ALL SELECT id FROM (SELECT id FROM release_item WHERE workspace_id = $1 AND object_id = $2 ORDER BY id DESC LIMIT 100) AS held UNION ALL SELECT id FROM (SELECT id FROM release_item WHERE workspace_id = $1 AND release_id = $2 ORDER BY id DESC LIMIT 100) AS holds UNION ALL SELECT id FROM (SELECT id FROM rollout_step WHERE workspace_id = $1 AND release_id = $2 ORDER BY id DESC LIMIT 100) AS steps) AND seq < $3 AND recorded_at < $5 AND staged_by IS NULL ORDER BY seq DESC LIMIT $4";
    OF_PRODUCT = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, COALESCE(reason, (SELECT MIN(e.reason) FROM exercised e WHERE e.workspace_id = activity.workspace_id AND e.seq = activity.seq)), happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND product_id = $2 AND seq < $3 AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) ORDER BY seq DESC LIMIT $4";
    FIRST = "SELECT via, happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND object_id = $2 ORDER BY seq LIMIT 1";
    SINCE = "SELECT product_id, seq, change_id FROM activity WHERE workspace_id = $1 AND seq > $2 AND staged_by IS NULL ORDER BY seq LIMIT 200";
    NEWEST = "SELECT seq FROM workspace WHERE id = $1";
}

/// One recorded effect.
#[derive(Serialize, JsonSchema, Clone)]
pub struct Event {
    pub seq: i64,
    pub change: Id,
    pub actor: String,
    pub via: String,
    /// The action's name.
    pub verb: String,
    /// `added`, `changed`, `binned`, `restored`, `removed` for good.
    pub effect: String,
    pub kind: String,
    /// The key of what was changed, where it has one; of a link, that of its other end; of a place on
    /// the roadmap, or of what stands on an item's page as a comment does, that of the item; of what a
    /// release holds, that of the one or the other; of a step of a rollout, that of the release, with
    /// the step's title. An import has no key, and its file's name as title.
    pub key: Option<String>,
    pub title: Option<String>,
    /// What a link leads to, where `key` is what it leads from: in the activity of a product.
    pub to: Option<LinkEnd>,
    /// Field → [before, after]; under `fields` the custom ones by name, each with its own pair.
    pub changes: Map<String, Json>,
    /// The same in words, what is referred to by its name.
    pub told: Vec<Told>,
    pub reason: Option<String>,
    pub happened_at: Time,
    pub recorded_at: Time,
}

/// An end of a link.
#[derive(Serialize, JsonSchema, Clone)]
pub struct LinkEnd {
    pub key: String,
    pub title: String,
}

/// A field that changed, from what to what: empty for nothing, neither where it has no name here.
#[derive(Serialize, JsonSchema, Clone)]
pub struct Told {
    pub field: String,
    pub was: Option<String>,
    pub is: Option<String>,
}

struct Raw {
    event: Event,
    actor: Option<Id>,
    object: Id,
}

fn raw(r: &Row<'_>) -> Result<Raw> {
    let changes: String = r.get(8)?;
    Ok(Raw {
        actor: r.get(2)?,
        object: r.get(7)?,
        event: Event {
            seq: r.get(0)?,
            change: r.get(1)?,
            actor: String::new(),
            via: r.get(3)?,
            verb: r.get(4)?,
            effect: r.get(5)?,
            kind: r.get(6)?,
            key: None,
            title: None,
            to: None,
            changes: serde_json::from_str(&changes).map_err(Error::internal)?,
            told: Vec::new(),
            reason: r.get(9)?,
            happened_at: r.get(10)?,
            recorded_at: r.get(11)?,
        },
    })
}

/// What the events are about, looked up together: those of `about`, or of a whole product.
fn named(conn: &mut Conn, actor: &Actor, rows: Vec<Raw>, about: Option<Id>) -> Result<Vec<Event>> {
    let ws = actor.workspace;
    let mut names = Names::default();
    let mut by_kind: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for row in &rows {
        by_kind.entry(&row.event.kind).or_default().push(row.object);
    }
    let mut found: HashMap<Id, Keyed> = HashMap::new();
    for (kind, ids) in by_kind {
        let keyed = load_many_keyed(conn, ws, kind, &ids, None)?;
        found.extend(keyed.into_iter().map(|keyed| (keyed.id(), keyed)));
    }
    let (mut ends, mut led_to) = link_ends(conn, actor, &rows, about)?;
    ends.extend(places::named(conn, actor, &rows, about)?);
    let imports = rows.iter().filter(|row| row.event.kind == Import::KIND).map(|row| row.object);
    let imports = load_many::<Import>(conn, ws, imports.collect::<Vec<_>>(), None)?;
    let told = told::told(conn, ws, &mut names, &rows)?;
    rows.into_iter()
        .zip(told)
        .map(|(row, told)| {
            let mut event = Event { told, ..row.event };
            event.actor = names
                .person(conn, ws, row.actor)?
                .map_or_else(|| nobody(&event.via), |n| n.name.clone());
            let node = found.get(&row.object).map(Keyed::node);
            if let Some(Keyed::WorkItem(item)) = found.get(&row.object) {
                fields_apart(conn, ws, &mut names, item, &mut event.changes)?;
            }
            event.to = led_to.remove(&row.object);
            event.title = imports.get(&row.object).map(|import| import.file_name.clone());
            if let Some(node) = node.or_else(|| ends.get(&row.object).cloned()) {
                event.key = Some(node.key);
                event.title = Some(node.title);
            }
            let whole = event.key.is_some() && (about.is_some() || event.to.is_some());
            if event.kind == Link::KIND && !whole {
                // What was said of it may tell what stands at the end that the reader does not see.
                (event.reason, event.changes) = (None, Map::new());
            }
            Ok(event)
        })
        .collect()
}

/// What is told of links by its key, and what that leads to, by the ids of the links.
type LinkEnds = (HashMap<Id, Node>, HashMap<Id, LinkEnd>);

/// The ends of links: the one that `about` is not, or both in their order; as far as the actor sees them.
fn link_ends(conn: &mut Conn, actor: &Actor, rows: &[Raw], about: Option<Id>) -> Result<LinkEnds> {
    let of_links = rows.iter().filter(|row| row.event.kind == Link::KIND);
    let ids: Vec<Id> = of_links.map(|row| row.object).collect();
    let mut ends = LinkEnds::default();
    if ids.is_empty() {
        return Ok(ends);
    }
    let ws = actor.workspace;
    let links = load_many::<Link>(conn, ws, ids, None)?;
    let both = links.values().flat_map(|l| [(&l.from_kind, l.from_id), (&l.to_kind, l.to_id)]);
    let told = both.filter(|(_, id)| Some(*id) != about).map(|(kind, id)| (kind.clone(), id));
    let nodes = nodes(conn, ws, told, None)?;
    let sight = Sight::of(conn, actor)?;
    let seen = |id: Id| nodes.get(&id).filter(|node| sight.sees(node.product)).cloned();
    for link in links.values() {
        let first = if about == Some(link.from_id) { link.to_id } else { link.from_id };
        ends.0.extend(seen(first).map(|node| (link.id, node)));
        if about.is_none() {
            let to = seen(link.to_id).map(|node| LinkEnd { key: node.key, title: node.title });
            ends.1.extend(to.map(|to| (link.id, to)));
        }
    }
    Ok(ends)
}

/// The entries of the custom fields that differ, each by itself, as people read them today.
fn fields_apart(
    conn: &mut Conn,
    ws: i64,
    names: &mut Names,
    item: &WorkItem,
    changes: &mut Map<String, Json>,
) -> Result<()> {
    let Some(pair) = changes.get("fields") else { return Ok(()) };
    let side = |at: usize| pair[at].as_object().cloned().unwrap_or_default();
    let (was, is) = (side(0), side(1));
    let known = names.definitions(conn, ws, item.product_id)?;
    let mut people = People::default();
    let mut apart = Map::new();
    for stored in was.keys().chain(is.keys().filter(|k| !was.contains_key(*k))) {
        if was.get(stored) == is.get(stored) {
            continue;
        }
        let field = known.stored(stored);
        let mut read = |value: Option<&Json>| -> Result<Json> {
            let Some(text) = value.and_then(Json::as_str) else { return Ok(Json::Null) };
            Ok(match field {
                Some(field) => show(conn, ws, &mut people, field, text)?.text.into(),
                None => text.into(),
            })
        };
        let pair = Json::Array(vec![read(was.get(stored))?, read(is.get(stored))?]);
        apart.insert(field.map_or_else(|| stored.clone(), |f| f.name.clone()), pair);
    }
    if !apart.is_empty() {
        changes.insert("fields".into(), Json::Object(apart));
    }
    Ok(())
}

/// What stands for an actor who has no name: the system itself, or a person removed.
fn nobody(via: &str) -> String {
    if via == "system" { "Wherefore" } else { "Somebody" }.to_owned()
}

/// What was done to a record, its links and its places before a place in the order, newest first.
fn done_to(
    conn: &mut Conn,
    ws: i64,
    object: Id,
    before: i64,
    at: Time,
    limit: i64,
) -> Result<Vec<Raw>> {
    let values = [ws.into(), object.into(), before.into(), limit.into(), at.into()];
    let mut rows = conn.query(&OF_OBJECT, &values, raw)?;
    rows.extend(conn.query(&OF_LINKS, &values, raw)?);
    rows.extend(conn.query(&OF_PLACES, &values, raw)?);
    rows.sort_by_key(|row| Reverse(row.event.seq));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

/// The newest events of a record, now or before a time.
pub fn of_object(
    conn: &mut Conn,
    actor: &Actor,
    object: Id,
    at: Option<Time>,
    limit: i64,
) -> Result<Vec<Event>> {
    let at = at.unwrap_or(Time(OPEN));
    let rows = done_to(conn, actor.workspace, object, i64::MAX, at, limit)?;
    named(conn, actor, rows, Some(object))
}

/// Names who last changed each field that two people changed.
pub fn name_others(conn: &mut Conn, actor: &Actor, conflict: &mut Conflict) -> Result<()> {
    let ws = actor.workspace;
    let object = conflict.object.into();
    let values = [ws.into(), object, i64::MAX.into(), PAGE.into(), Time(OPEN).into()];
    let rows = conn.query(&OF_OBJECT, &values, raw)?;
    let mut names = Names::default();
    for field in &mut conflict.fields {
        let last = rows.iter().find(|row| row.event.changes.contains_key(&field.field));
        let Some(last) = last else { continue };
        let named = names.person(conn, ws, last.actor)?;
        field.by = Some(named.map_or_else(|| nobody(&last.event.via), |n| n.name.clone()));
    }
    Ok(())
}

/// One touch: product, place in the order, change.
pub type Touch = (Option<Id>, i64, Id);

/// The most that [`since`] tells at once.
pub const TOUCHES: usize = 200;

/// What was touched after a place in the workspace's order, for live updates.
pub fn since(conn: &mut Conn, ws: i64, seq: i64) -> Result<Vec<Touch>> {
    let values = [ws.into(), seq.into()];
    conn.query(&SINCE, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
}

/// The newest place in the workspace's order.
pub fn newest(conn: &mut Conn, ws: i64) -> Result<i64> {
    conn.query_one(&NEWEST, &[ws.into()], |r| r.get(0))
}

/// Show what was done to an item, newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetHistory {
    pub key: String,
    /// Where the page before ended.
    pub before: Option<i64>,
}

/// A page of history and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct HistoryPage {
    pub events: Vec<Event>,
    pub next: Option<i64>,
}

const PAGE: i64 = 50;

fn page(conn: &mut Conn, actor: &Actor, rows: Vec<Raw>, about: Option<Id>) -> Result<HistoryPage> {
    let next = (rows.len() as i64 == PAGE).then(|| rows.last().map(|r| r.event.seq)).flatten();
    Ok(HistoryPage { events: named(conn, actor, rows, about)?, next })
}

impl Query for GetHistory {
    type Output = HistoryPage;
    const META: Meta = Meta {
        name: "item-history",
        summary: "Show what was done to an item, newest first",
        method: "GET",
        path: "/items/{key}/history",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<HistoryPage> {
        let ws = cx.actor.workspace;
        let (found, _) = find_any(cx.conn, cx.actor, &self.key, Access::Read)?;
        let before = self.before.unwrap_or(i64::MAX);
        let rows = done_to(cx.conn, ws, found.id(), before, Time(OPEN), PAGE)?;
        page(cx.conn, cx.actor, rows, Some(found.id()))
    }
}

/// Show what was done in a product, newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListActivity {
    pub product: String,
    /// Where the page before ended.
    pub before: Option<i64>,
}

impl Query for ListActivity {
    type Output = HistoryPage;
    const META: Meta = Meta {
        name: "list-activity",
        summary: "Show what was done in a product, newest first",
        method: "GET",
        path: "/activity",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<HistoryPage> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let before = self.before.unwrap_or(i64::MAX);
        let values = [ws.into(), product.id.into(), before.into(), PAGE.into()];
        let rows = cx.conn.query(&OF_PRODUCT, &values, raw)?;
        page(cx.conn, cx.actor, rows, None)
    }
}

/// Why nothing is known of a past day of something: it came later, or an import brought it later.
pub fn not_yet(conn: &mut Conn, ws: i64, found: &Keyed, day: Day) -> Result<String> {
    let values = [ws.into(), found.id().into()];
    let first: Option<(String, Time, Time)> =
        conn.query_opt(&FIRST, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let key = found.node().key;
    Ok(match first {
        Some((via, happened, recorded)) if via == Via::Import.as_str() && happened.day() <= day => {
            let since = recorded.day().words();
            format!(
                "{key} is known here only since the import on {since}: what it was before is not kept."
            )
        }
        _ => format!("{key} was not there yet on {}.", day.words()),
    })
}

/// Show an item as it stood at the end of a past day.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAsOf {
    pub key: String,
    pub at: Day,
}

/// An item then.
#[derive(Serialize, JsonSchema)]
pub struct AsOf {
    pub at: Day,
    pub item: Node,
    pub body: String,
}

impl Query for GetAsOf {
    type Output = AsOf;
    const META: Meta = Meta {
        name: "item-as-of",
        summary: "Show an item as it stood at the end of a past day",
        method: "GET",
        path: "/items/{key}/as-of/{at}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<AsOf> {
        let ws = cx.actor.workspace;
        let (found, _) = find_any(cx.conn, cx.actor, &self.key, Access::Read)?;
        let end = Some(self.at.end());
        let then = match load_keyed(cx.conn, ws, found.kind(), found.id(), end)? {
            Some(then) if !then.is_gone() => then,
            Some(_) => return Err(Error::refused(format!("It was not there on {}.", self.at))),
            None => return Err(Error::refused(not_yet(cx.conn, ws, &found, self.at)?)),
        };
        let body = match &then {
            Keyed::Evidence(_) => String::new(),
            other => other.document().map(|d| d.body).unwrap_or_default(),
        };
        Ok(AsOf { at: self.at, item: then.node(), body })
    }
}

/// Show a product's order as it stood at the end of a past day; its first 200 open items.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOrderAsOf {
    pub product: String,
    pub at: Day,
}

impl Query for GetOrderAsOf {
    type Output = Vec<PastLine>;
    const META: Meta = Meta {
        name: "order-as-of",
        summary: "Show a product's order as it stood at the end of a past day",
        method: "GET",
        path: "/order/{at}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PastLine>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        as_of_order(cx.conn, cx.actor.workspace, product.id, self.at.end(), 200)
    }
}
