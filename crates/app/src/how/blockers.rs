//! Blockers: what holds an item up, since when, and how much time that took.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::work_items::{WorkItem, by_key};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load_many};
use crate::{new_row, record, selects};

record! {
    /// A time in which an item was held up.
    pub struct Blocker in "blocker", versioned: false {
        pub product_id: Id,
        pub item_id: Id,
        pub team_id: Option<Id>,
        pub reason: String,
        pub blocked_at: Time,
        pub person_id: Option<Id>,
        pub ended_at: Option<Time>,
        /// What freed it.
        pub solution: String,
    }
}

impl Indexed for Blocker {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
}

selects! {
    OPEN_OF_ITEM: Blocker = "blocker", "item_id = $2 AND ended_at IS NULL AND gone_at IS NULL LIMIT 1";
    OF_ITEM: Blocker = "blocker", "item_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 50";
    OPEN: Blocker = "blocker", "product_id = $2 AND ended_at IS NULL AND gone_at IS NULL ORDER BY blocked_at LIMIT 500";
    ENDED: Blocker = "blocker", "product_id = $2 AND ended_at >= $3 AND gone_at IS NULL ORDER BY ended_at DESC LIMIT 500";
}

/// A blocker as programs and pages see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlockerView {
    /// The item's key.
    pub key: String,
    pub title: String,
    pub reason: String,
    pub blocked_at: Time,
    pub by: Option<String>,
    pub ended_at: Option<Time>,
    pub solution: String,
    /// Hours that it took, or has taken so far.
    pub hours: i64,
}

fn view(conn: &mut Conn, ws: i64, b: &Blocker, now: Time) -> Result<BlockerView> {
    let mut all = views(conn, ws, std::slice::from_ref(b), now)?;
    all.pop().ok_or_else(|| Error::internal("a blocker without a view"))
}

/// The views of several; items and people are asked for at once.
fn views(conn: &mut Conn, ws: i64, all: &[Blocker], now: Time) -> Result<Vec<BlockerView>> {
    let items = load_many::<WorkItem>(conn, ws, all.iter().map(|b| b.item_id), None)?;
    let people = load_many::<Person>(conn, ws, all.iter().filter_map(|b| b.person_id), None)?;
    Ok(all
        .iter()
        .map(|b| {
            let item = items.get(&b.item_id);
            BlockerView {
                key: item.map(|i| i.key.clone()).unwrap_or_default(),
                title: item.map(|i| i.title.clone()).unwrap_or_default(),
                reason: b.reason.clone(),
                blocked_at: b.blocked_at,
                by: b.person_id.and_then(|id| people.get(&id)).map(|p| p.name.clone()),
                ended_at: b.ended_at,
                solution: b.solution.clone(),
                hours: (b.ended_at.unwrap_or(now).0 - b.blocked_at.0) / (3600 * Time::SECOND),
            }
        })
        .collect())
}

/// What holds items of a product up now: item, reason, since when.
pub fn open(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Blocker>> {
    OPEN.all(conn, ws, &[product.into()])
}

/// What held an item up, the latest first.
pub fn of_item(conn: &mut Conn, ws: i64, item: Id, now: Time) -> Result<Vec<BlockerView>> {
    let rows = OF_ITEM.all(conn, ws, &[item.into()])?;
    views(conn, ws, &rows, now)
}

/// The blockers of an item as they stood just before `at`.
pub fn of_item_then(conn: &mut Conn, ws: i64, item: Id, at: Time) -> Result<Vec<BlockerView>> {
    let rows = OF_ITEM.all(conn, ws, &[item.into()])?;
    let then = rows.into_iter().filter(|b| b.blocked_at < at).map(|b| match b.ended_at {
        Some(ended) if ended >= at => Blocker { ended_at: None, solution: String::new(), ..b },
        _ => b,
    });
    views(conn, ws, &then.collect::<Vec<_>>(), at)
}

/// What is finished is held up by nothing any more.
pub fn end(cx: &mut Change<'_>, item: Id) -> Result<()> {
    let ws = cx.workspace();
    let Some(before) = OPEN_OF_ITEM.first(cx.conn(), ws, &[item.into()])? else { return Ok(()) };
    let mut after = before.clone();
    after.ended_at = Some(cx.happened);
    "It was finished".clone_into(&mut after.solution);
    cx.update(&before, &mut after)
}

/// Say that an item is held up, and by what.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct BlockItem {
    pub key: String,
    pub because: String,
}

impl Action for BlockItem {
    type Output = BlockerView;
    const META: Meta = Meta::action(
        "block-item",
        "Say that an item is held up, and by what",
        "POST",
        "/work-items/{key}/block",
    )
    .exercises(&[43]);

    fn run(&self, cx: &mut Change<'_>) -> Result<BlockerView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        if OPEN_OF_ITEM.first(cx.conn(), ws, &[item.id.into()])?.is_some() {
            return Err(Error::refused(format!(
                "{} is held up already. Free it first, or say more in a comment.",
                item.key
            )));
        }
        let row = new_row!(
            cx,
            Blocker {
                product_id: item.product_id,
                item_id: item.id,
                team_id: item.team_id,
                reason: check_title("because", &self.because)?,
                blocked_at: cx.happened,
                person_id: Some(actor.person),
                ended_at: None,
                solution: String::new(),
            }
        );
        cx.insert(&row)?;
        let now = cx.now;
        view(cx.conn(), ws, &row, now)
    }
}

/// Say that nothing holds an item up any more.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct UnblockItem {
    pub key: String,
    /// What freed it.
    pub solution: String,
}

impl Action for UnblockItem {
    type Output = BlockerView;
    const META: Meta = Meta::action(
        "unblock-item",
        "Say that nothing holds an item up any more",
        "POST",
        "/work-items/{key}/unblock",
    )
    .exercises(&[43]);

    fn run(&self, cx: &mut Change<'_>) -> Result<BlockerView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (item, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let found = OPEN_OF_ITEM.first(cx.conn(), ws, &[item.id.into()])?;
        let before =
            found.ok_or_else(|| Error::refused(format!("Nothing holds {} up.", item.key)))?;
        let mut after = before.clone();
        after.ended_at = Some(cx.happened);
        after.solution = check_text("solution", self.solution.trim())?;
        cx.update(&before, &mut after)?;
        let now = cx.now;
        view(cx.conn(), ws, &after, now)
    }
}

/// List what holds items of a product up, and what did in the last 90 days.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListBlockers {
    pub product: String,
}

/// Blockers with the time they took.
#[derive(Serialize, JsonSchema)]
pub struct Blockers {
    pub open: Vec<BlockerView>,
    pub ended: Vec<BlockerView>,
    /// Hours in all.
    pub hours: i64,
}

impl Query for ListBlockers {
    type Output = Blockers;
    const META: Meta = Meta::query(
        "list-blockers",
        "List what holds items of a product up, and what did in the last 90 days",
        "/blockers",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Blockers> {
        let (ws, now) = (cx.actor.workspace, cx.now);
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let open = OPEN.all(cx.conn, ws, &[product.id.into()])?;
        let open = views(cx.conn, ws, &open, now)?;
        let since = now.plus_days(-90);
        let ended = ENDED.all(cx.conn, ws, &[product.id.into(), since.into()])?;
        let ended = views(cx.conn, ws, &ended, now)?;
        let hours = open.iter().chain(&ended).map(|b| b.hours).sum();
        Ok(Blockers { open, ended, hours })
    }
}
