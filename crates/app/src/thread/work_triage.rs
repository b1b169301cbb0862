//! Triage of work: what is new, imported or proposed waits until somebody has looked at it, and takes it
//! into the backlog, finds it said before, declines it, or puts it off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bin::BinItem;
use super::comments::AddComment;
use super::likeness::FindSimilar;
use super::links::AddLink;
use super::triage::Alike;
use crate::how::work_items::{
    self, Changed, CreateWorkItem, EditWorkItem, ItemView, MoveWorkItem, Names, WorkItem, by_key,
    view, views,
};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::notify::{About, Notice, notify};
use crate::people::nouns::one_of;
use crate::people::policies;
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Meta, Query, Reader, Record};
use crate::{selects, statements};

selects! {
    WAITING: WorkItem = "work_item_now", "product_id = $2 AND triage_on IS NOT NULL AND triage_on <= $3 AND (triage_on > $4 OR (triage_on = $4 AND id > $5)) ORDER BY triage_on, id LIMIT $6";
}

statements! {
    COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND triage_on IS NOT NULL AND triage_on <= $3 LIMIT 1000) AS few";
}

/// Decide what becomes of a new work item.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TriageWorkItem {
    pub key: String,
    /// `accept` into the backlog, `duplicate` of another, `decline` with a reason, or `snooze` until a day.
    pub how: String,
    /// The team that it goes to, for `accept`.
    pub team: Option<String>,
    /// `top` or `bottom` of the order, for `accept`; where it stands if left out.
    pub to: Option<String>,
    /// The key of the item that asks for the same, for `duplicate`.
    pub of: Option<String>,
    /// Why not, for `decline`: whoever asked for it is told.
    pub because: String,
    /// The day on which it comes back, for `snooze`.
    pub until: Option<Day>,
}

const WAYS: [&str; 4] = ["accept", "duplicate", "decline", "snooze"];

impl Action for TriageWorkItem {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "triage-work-item",
        "Decide what becomes of a new work item",
        "POST",
        "/work-items/{key}/triage",
    )
    .exercises(&[33]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let how = one_of("how", Some(&self.how), "", &WAYS)?;
        if before.triage_on.is_none() {
            return Err(Error::refused(format!(
                "Somebody has looked at {} already: it is in “{}”.",
                before.key, before.state
            )));
        }
        match how.as_str() {
            "accept" => self.accept(cx, &before)?,
            "duplicate" => self.duplicate(cx, &before)?,
            "decline" => self.decline(cx, &before)?,
            _ => self.snooze(cx, &before)?,
        }
        // What was declined may lie in the bin.
        let after = crate::store::load::<WorkItem>(cx.conn(), actor.workspace, before.id)?;
        let after = after.ok_or(Error::NotFound("work item"))?;
        view(cx.conn(), actor.workspace, &after, &mut Names::default())
    }
}

/// Notes that somebody has looked at it, or when it is to be looked at.
fn settle(cx: &mut Change<'_>, before: &WorkItem, on: Option<Day>) -> Result<()> {
    let mut after = before.clone();
    after.triage_on = on;
    cx.update(before, &mut after)
}

fn again(cx: &mut Change<'_>, key: &str) -> Result<WorkItem> {
    let actor = cx.actor.clone();
    by_key(cx.conn(), &actor, key, Access::Write).map(|(item, _)| item)
}

impl TriageWorkItem {
    fn accept(&self, cx: &mut Change<'_>, before: &WorkItem) -> Result<()> {
        settle(cx, before, None)?;
        let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        if let Some(team) = given(&self.team) {
            EditWorkItem {
                key: before.key.clone(),
                team: Some(Some(team)),
                ..EditWorkItem::default()
            }
            .run(cx)?;
        }
        if let Some(to) = given(&self.to) {
            MoveWorkItem { key: before.key.clone(), to: Some(to), ..MoveWorkItem::default() }
                .run(cx)?;
        }
        Ok(())
    }

    fn duplicate(&self, cx: &mut Change<'_>, before: &WorkItem) -> Result<()> {
        let actor = cx.actor.clone();
        let of = self.of.as_deref().map(str::trim).filter(|k| !k.is_empty());
        let of =
            of.ok_or_else(|| Error::invalid("of", "Name the key of what asks for the same."))?;
        let (of, _) = by_key(cx.conn(), &actor, of, Access::Read)?;
        if of.id == before.id || of.product_id != before.product_id {
            return Err(Error::invalid("of", "Name another item of this product."));
        }
        let kind = Some("duplicates".to_owned());
        AddLink { from: before.key.clone(), to: of.key.clone(), kind }.run(cx)?;
        tell(cx, before, format!("This is asked for already: {} {}.", of.key, of.title))?;
        drop(cx, before)
    }

    fn decline(&self, cx: &mut Change<'_>, before: &WorkItem) -> Result<()> {
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say why not: whoever asked for it is told."));
        }
        tell(cx, before, because)?;
        drop(cx, before)
    }

    fn snooze(&self, cx: &mut Change<'_>, before: &WorkItem) -> Result<()> {
        let today = cx.happened.day();
        let until = self.until.filter(|day| *day > today).ok_or_else(|| {
            Error::invalid("until", "Name a day after today on which it comes back.")
        })?;
        settle(cx, before, Some(until))
    }
}

/// Says on the item what came of it, and tells whoever asked for it.
fn tell(cx: &mut Change<'_>, item: &WorkItem, body: String) -> Result<()> {
    let said = AddComment { key: item.key.clone(), body }.run(cx)?;
    let Some(reporter) = item.reporter_id else { return Ok(()) };
    let about = About {
        kind: WorkItem::KIND,
        object: item.id,
        product: item.product_id,
        comment: Some(said.id),
    };
    notify(cx, reporter, Notice::Reply, about)
}

/// Into what the workflow has for what is not done; where it has nothing of the kind, into the bin.
fn drop(cx: &mut Change<'_>, item: &WorkItem) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    let to = policy.states.iter().find(|s| s.category == "dropped").map(|s| s.name.clone());
    let before = again(cx, &item.key)?;
    settle(cx, &before, None)?;
    let key = item.key.clone();
    match to {
        Some(state) => {
            EditWorkItem { key, state: Some(state), ..EditWorkItem::default() }.run(cx)?;
        }
        None => {
            BinItem { key }.run(cx)?;
        }
    }
    Ok(())
}

/// Take many new work items into the backlog as they stand.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptWorkItems {
    /// Keys, up to 500.
    pub items: Vec<String>,
}

impl Action for AcceptWorkItems {
    type Output = Changed;
    const META: Meta = Meta::action(
        "accept-work-items",
        "Take many new work items into the backlog as they stand",
        "POST",
        "/work-items/accept",
    )
    .exercises(&[33]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Changed> {
        if self.items.is_empty() || self.items.len() > 500 {
            return Err(Error::invalid("items", "Select between 1 and 500 items."));
        }
        let mut changed = 0;
        for key in &self.items {
            let before = again(cx, key).map_err(|e| e.of_key(key))?;
            if before.triage_on.is_some() {
                settle(cx, &before, None)?;
                changed += 1;
            }
        }
        Ok(Changed { changed })
    }
}

/// Propose a story or report a bug: it waits until the team has looked at it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ProposeWorkItem {
    pub product: String,
    pub title: String,
    /// Markdown: what for, and for whom.
    pub body: String,
    /// `story` (if left out) or `bug`.
    pub level: Option<String>,
}

impl Action for ProposeWorkItem {
    type Output = ItemView;
    const META: Meta = Meta::action(
        "propose-work-item",
        "Propose a story or report a bug: it waits until the team has looked at it",
        "POST",
        "/work-items/proposals",
    )
    .access(Access::Propose);

    fn run(&self, cx: &mut Change<'_>) -> Result<ItemView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Propose)?;
        let level = one_of("level", self.level.as_deref(), "story", &["story", "bug"])?;
        let input = CreateWorkItem {
            product: product.key.clone(),
            title: self.title.clone(),
            body: self.body.clone(),
            level: Some(level),
            ..CreateWorkItem::default()
        };
        let made = work_items::create(cx, &product, &input)?;
        let mut waits = made.clone();
        waits.triage_on = Some(cx.happened.day());
        if made.triage_on.is_none() {
            cx.update(&made, &mut waits)?;
        }
        view(cx.conn(), actor.workspace, &waits, &mut Names::default())
    }
}

/// What waits to be looked at.
#[derive(Serialize, JsonSchema)]
pub struct WorkTriage {
    /// Up to 1,000.
    pub waiting: i64,
    /// The longest waiting first.
    pub items: Vec<ItemView>,
    /// Items like the first one, or like the one asked for, most alike first.
    pub alike: Vec<Alike>,
    pub next: Option<String>,
}

/// Show the new work items that nobody has looked at, with what is like the first of them.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetWorkTriage {
    pub product: String,
    /// The key of the one to put first.
    pub at: Option<String>,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

const SHOWN: i64 = 30;

impl Query for GetWorkTriage {
    type Output = WorkTriage;
    const META: Meta = Meta::query(
        "get-work-triage",
        "Show the new work items that nobody has looked at, with what is like the first of them",
        "/work-triage",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<WorkTriage> {
        let (ws, today) = (cx.actor.workspace, cx.now.day());
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let (day, id) = place(self.after.as_deref())?;
        let values = [product.id.into(), today.into(), day.into(), id.into(), (SHOWN + 1).into()];
        let mut rows = WAITING.all(cx.conn, ws, &values)?;
        let more = rows.len() as i64 > SHOWN;
        rows.truncate(SHOWN as usize);
        let last = rows.last().and_then(|r| Some(format!("{}.{}", r.triage_on?, r.id)));
        if let Some(key) = self.at.as_deref().filter(|k| !k.trim().is_empty()) {
            let (wanted, of) = by_key(cx.conn, cx.actor, key, Access::Read)?;
            if of.id == product.id && wanted.triage_on.is_some() {
                rows.retain(|r| r.id != wanted.id);
                rows.insert(0, wanted);
            }
        }
        let items = views(cx.conn, ws, rows, &mut Names::default())?;
        let alike = match items.first() {
            Some(first) => alike(cx, &product.key, first)?,
            None => Vec::new(),
        };
        let values = [ws.into(), product.id.into(), today.into()];
        let waiting = cx.conn.query_one(&COUNT, &values, |r| r.get(0))?;
        Ok(WorkTriage { waiting, items, alike, next: last.filter(|_| more) })
    }
}

/// Where a page begins, as the one before named it.
fn place(after: Option<&str>) -> Result<(Day, Id)> {
    let first = || (crate::kernel::Time(0).day(), Id(uuid::Uuid::nil()));
    let Some(after) = after.filter(|a| !a.is_empty()) else { return Ok(first()) };
    let parts = after.split_once('.').and_then(|(d, id)| Some((d.parse().ok()?, id.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("after", "Give what the page before named as `next`."))
}

fn alike(cx: &mut Reader<'_>, product: &str, of: &ItemView) -> Result<Vec<Alike>> {
    // Whoever looks at it anyway is helped by what is only somewhat alike, too.
    const LEAST: f64 = 0.12;
    const WORDS: usize = 30;
    let asked = FindSimilar {
        product: product.to_owned(),
        title: of.title.clone(),
        body: of.body.clone(),
        kind: Some("story".into()),
        except: Some(of.key.clone()),
    };
    asked.alike(cx, LEAST, WORDS)
}
