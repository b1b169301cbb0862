//! History: what was done, newest first, and items as they stood on a past day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::nodes::{Keyed, Node, find_any, load_keyed};
use crate::db::{Conn, Row};
use crate::how::fields::{People, show};
use crate::how::work_items::{Names, PastLine, WorkItem, as_of_order};
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};

statements! {
    OF_OBJECT = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, reason, happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND object_id = $2 AND seq < $3 AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) ORDER BY seq DESC LIMIT $4";
    OF_PRODUCT = "SELECT seq, change_id, actor_id, via, verb, effect, object_kind, object_id, changes, reason, happened_at, recorded_at FROM activity WHERE workspace_id = $1 AND product_id = $2 AND seq < $3 AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) ORDER BY seq DESC LIMIT $4";
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
    /// The key of what was changed, where it has one.
    pub key: Option<String>,
    pub title: Option<String>,
    /// Field → [before, after]; under `fields` the custom ones by name, each with its own pair.
    pub changes: Map<String, Json>,
    pub reason: Option<String>,
    pub happened_at: Time,
    pub recorded_at: Time,
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
            changes: serde_json::from_str(&changes).map_err(Error::internal)?,
            reason: r.get(9)?,
            happened_at: r.get(10)?,
            recorded_at: r.get(11)?,
        },
    })
}

fn named(conn: &mut Conn, ws: i64, rows: Vec<Raw>) -> Result<Vec<Event>> {
    let mut names = Names::default();
    rows.into_iter()
        .map(|row| {
            let mut event = row.event;
            event.actor =
                names.person(conn, ws, row.actor)?.map_or_else(|| nobody(&event.via), |n| n.name);
            if let Some(keyed) = load_keyed(conn, ws, &event.kind, row.object, None)? {
                let node = keyed.node();
                if let Keyed::WorkItem(item) = &keyed {
                    fields_apart(conn, ws, &mut names, item, &mut event.changes)?;
                }
                event.key = Some(node.key);
                event.title = Some(node.title);
            }
            Ok(event)
        })
        .collect()
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

/// The newest events of a record.
pub fn of_object(conn: &mut Conn, ws: i64, object: Id, limit: i64) -> Result<Vec<Event>> {
    let values = [ws.into(), object.into(), i64::MAX.into(), limit.into()];
    let rows = conn.query(&OF_OBJECT, &values, raw)?;
    named(conn, ws, rows)
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

fn page(conn: &mut Conn, ws: i64, rows: Vec<Raw>) -> Result<HistoryPage> {
    let next = (rows.len() as i64 == PAGE).then(|| rows.last().map(|r| r.event.seq)).flatten();
    Ok(HistoryPage { events: named(conn, ws, rows)?, next })
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
        let values = [ws.into(), found.id().into(), before.into(), PAGE.into()];
        let rows = cx.conn.query(&OF_OBJECT, &values, raw)?;
        page(cx.conn, ws, rows)
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
        page(cx.conn, ws, rows)
    }
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
        let then = load_keyed(cx.conn, ws, found.kind(), found.id(), end)?
            .filter(|k| !k.is_gone())
            .ok_or_else(|| Error::refused(format!("It was not there on {}.", self.at)))?;
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
