//! Iterations as programs and pages see them: while they run from what is recorded, once they have
//! ended from what was written down at their end.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::replay::{DayLine, Stand, days, moment, scope_changes};
use super::{OF_PRODUCT, Sprint, items, iteration};
use crate::db::Conn;
use crate::how::phases::Phase;
use crate::how::units::{Unit, unit};
use crate::how::work_items::{ItemView, Named, Names, WorkItem, views as item_views};
use crate::kernel::{Access, Actor, Day, Id, Result, Time};
use crate::people::nouns::{Page, View, after_id};
use crate::people::products::{self, Product};
use crate::people::teams::Team;
use crate::store::{Change, Indexed, Listed, Meta, Query, Reader, load};
use crate::{new_row, record, selects, statements};

record! {
    /// The figures of an iteration, written down when it ended; nothing changes them.
    pub struct IterationReport in "iteration_report", versioned: false {
        pub product_id: Id,
        pub sprint_id: Id,
        /// What it held when it started, and what of all was finished at its end.
        pub committed: f64,
        pub committed_items: i64,
        pub completed: f64,
        pub completed_items: i64,
        pub days: Listed<DayLine>,
        pub changes: Listed<ScopeLine>,
        /// What was finished, and what was not.
        pub finished: Listed<ReportItem>,
        pub carried: Listed<ReportItem>,
        /// What was added up, as [`Unit::word`] says it; empty in reports from before it was kept.
        pub unit: String,
    }
}

impl Indexed for IterationReport {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

selects! {
    REPORT_OF: IterationReport = "iteration_report", "sprint_id = $2 AND gone_at IS NULL LIMIT 1";
}

statements! {
    /// Everything that was ever in the iteration, as it stood from each moment on.
    HELD = "SELECT id, valid_from, sprint_id, points, category, state, gone_at, revision, key, title FROM work_item WHERE workspace_id = $1 AND level <> 'epic' AND id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND sprint_id = $2 UNION SELECT id FROM work_item_version WHERE workspace_id = $1 AND sprint_id = $2) UNION ALL SELECT id, valid_from, sprint_id, points, category, state, gone_at, revision, key, title FROM work_item_version WHERE workspace_id = $1 AND level <> 'epic' AND id IN (SELECT id FROM work_item WHERE workspace_id = $1 AND sprint_id = $2 UNION SELECT id FROM work_item_version WHERE workspace_id = $1 AND sprint_id = $2) ORDER BY 2, 8 LIMIT 20000";
}

/// An item as a report tells of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ReportItem {
    pub key: String,
    pub title: String,
    pub points: Option<f64>,
    /// Where what was not finished went: the backlog, or another iteration by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A change of scope.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScopeLine {
    pub key: String,
    pub title: String,
    pub day: Day,
    /// What came or, below 0, went, as estimated.
    pub points: f64,
    /// 1 where it came, -1 where it went, 0 where it was estimated anew.
    pub items: i64,
}

/// A change of state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Moved {
    pub key: String,
    pub title: String,
    pub from: String,
    pub to: String,
    pub at: Time,
}

/// An iteration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IterationView {
    pub id: Id,
    /// The product's key.
    pub product: String,
    pub name: String,
    pub goal: String,
    /// `planned`, `active`, `closed` or `cancelled`.
    pub state: String,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    pub team: Option<Named>,
    pub capacity: Option<f64>,
    pub capacity_note: String,
    pub started_at: Option<Time>,
    pub closed_at: Option<Time>,
    pub outcome: String,
    pub review: String,
    /// The phase that it lies in.
    pub phase: Option<Named>,
    pub revision: i64,
}

/// The view of an iteration.
pub fn view(conn: &mut Conn, actor: &Actor, s: &Sprint, _now: Time) -> Result<IterationView> {
    let ws = actor.workspace;
    let product = load::<Product>(conn, ws, s.product_id)?.map(|p| p.key).unwrap_or_default();
    view_in(conn, ws, s, product)
}

fn view_in(conn: &mut Conn, ws: i64, s: &Sprint, product: String) -> Result<IterationView> {
    let team = match s.team_id {
        Some(id) => {
            load::<Team>(conn, ws, id)?.map(|t| Named { id: t.id.to_string(), name: t.name })
        }
        None => None,
    };
    let phase = match s.phase_id {
        Some(id) => {
            load::<Phase>(conn, ws, id)?.map(|p| Named { id: p.id.to_string(), name: p.name })
        }
        None => None,
    };
    Ok(IterationView {
        phase,
        id: s.id,
        product,
        name: s.name.clone(),
        goal: s.goal.clone(),
        state: s.state.clone(),
        starts: s.starts,
        ends: s.ends,
        team,
        capacity: s.capacity,
        capacity_note: s.capacity_note.clone(),
        started_at: s.started_at,
        closed_at: s.closed_at,
        outcome: s.outcome.clone(),
        review: s.review.clone(),
        revision: s.revision,
    })
}

impl View<Sprint> for IterationView {
    fn of(conn: &mut Conn, actor: &Actor, s: &Sprint) -> Result<Self> {
        let ws = actor.workspace;
        let product = load::<Product>(conn, ws, s.product_id)?.map(|p| p.key).unwrap_or_default();
        view_in(conn, ws, s, product)
    }
}

/// A row of what is recorded: the stand, and the name of the state.
type Held = (Stand, String, Called);

/// The key and title of an item.
type Called = (String, String);

fn held(conn: &mut Conn, ws: i64, sprint: Id) -> Result<Vec<Held>> {
    conn.query(&HELD, &[ws.into(), sprint.into()], |r| {
        let (category, gone): (String, Option<Time>) = (r.get(4)?, r.get(6)?);
        let inside = r.get::<Option<Id>>(2)? == Some(sprint);
        let stand = Stand {
            item: r.get(0)?,
            from: r.get(1)?,
            inside: inside && gone.is_none() && category != "dropped",
            points: r.get::<Option<f64>>(3)?.unwrap_or_default(),
            finished: category == "accepted",
        };
        Ok((stand, r.get(5)?, (r.get(8)?, r.get(9)?)))
    })
}

/// What is recorded of an iteration, put together.
struct Told {
    committed: DayLine,
    now: DayLine,
    days: Vec<DayLine>,
    changes: Vec<ScopeLine>,
    moved: Vec<Moved>,
}

fn tell(conn: &mut Conn, ws: i64, s: &Sprint, now: Time, since: Time) -> Result<Told> {
    let rows = held(conn, ws, s.id)?;
    // The last one recorded is what it is called now.
    let titles: HashMap<Id, Called> =
        rows.iter().map(|(stand, _, called)| (stand.item, called.clone())).collect();
    let name = |id: &Id| titles.get(id).cloned().unwrap_or_default();
    let moved = moves(&rows, since, &name);
    let stands: Vec<Stand> = rows.into_iter().map(|(stand, ..)| stand).collect();
    // Later than anything written at this very moment.
    let until = Time(now.0 + 1);
    let begun = s.started_at.map(|at| Time(at.0 + 1));
    let first = s.starts.or(s.started_at.map(Time::day)).unwrap_or(now.day());
    let last = s.ends.unwrap_or(now.day()).min(now.day());
    let last = if s.is_over() { last.max(now.day().min(s.ends.unwrap_or(last))) } else { last };
    let changes = begun.map(|b| scope_changes(&stands, b, until)).unwrap_or_default();
    Ok(Told {
        committed: moment(&stands, begun.unwrap_or(until), first),
        now: moment(&stands, until, now.day()),
        days: if begun.is_some() { days(&stands, first, last, until) } else { Vec::new() },
        changes: changes
            .into_iter()
            .map(|c| {
                let (key, title) = name(&c.item);
                ScopeLine { key, title, day: c.day, points: c.points, items: c.items }
            })
            .collect(),
        moved,
    })
}

fn moves(rows: &[Held], since: Time, name: &impl Fn(&Id) -> Called) -> Vec<Moved> {
    let mut known: HashMap<Id, &str> = HashMap::new();
    let mut moved = Vec::new();
    for (stand, state, _) in rows {
        let was = known.insert(stand.item, state);
        if let Some(was) = was.filter(|was| was != state && stand.from >= since) {
            let (key, title) = name(&stand.item);
            let (from, to) = (was.to_owned(), state.clone());
            moved.push(Moved { key, title, from, to, at: stand.from });
        }
    }
    moved.reverse();
    moved
}

/// Writes the figures down for good, with where each unfinished item goes: into another iteration, or
/// back into the backlog.
pub(super) fn freeze(
    cx: &mut Change<'_>,
    s: &Sprint,
    open: &[(WorkItem, Option<Sprint>)],
) -> Result<()> {
    let (ws, now) = (cx.workspace(), cx.now);
    let told = tell(cx.conn(), ws, s, now, now)?;
    let line = |i: &WorkItem| ReportItem {
        key: i.key.clone(),
        title: i.title.clone(),
        points: i.points,
        to: None,
    };
    let carried = open.iter().map(|(item, next)| {
        let to = next.as_ref().map_or_else(|| "the backlog".to_owned(), |n| n.name.clone());
        ReportItem { to: Some(to), ..line(item) }
    });
    let unit = unit(cx.conn(), ws, s.product_id, s.team_id)?;
    let all = items(cx.conn(), ws, s.id)?;
    let finished = all.iter().filter(|i| i.category == "accepted").map(line).collect();
    let report = new_row!(
        cx,
        IterationReport {
            product_id: s.product_id,
            sprint_id: s.id,
            committed: told.committed.scope,
            committed_items: told.committed.items,
            completed: told.now.done,
            completed_items: told.now.items_done,
            days: Listed(told.days),
            changes: Listed(told.changes),
            finished: Listed(finished),
            carried: Listed(carried.collect()),
            unit: unit.word().to_owned(),
        }
    );
    cx.insert(&report)
}

/// The unit that a report was written down in; the one of today in those from before it was kept.
pub(super) fn kept_unit(kept: &str, now: Unit) -> Unit {
    if kept.is_empty() { now } else { Unit::of(kept) }
}

/// The figures written down at the end of an iteration.
pub(super) fn report(conn: &mut Conn, ws: i64, sprint: Id) -> Result<Option<IterationReport>> {
    REPORT_OF.first(conn, ws, &[sprint.into()])
}

/// Show an iteration: its items, each day's scope and progress, what moved, what came and went.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetIteration {
    pub iteration: Id,
}

/// An iteration with all that is told of it.
#[derive(Serialize, JsonSchema)]
pub struct IterationDetail {
    pub iteration: IterationView,
    /// What it holds; what it held at its end where it has ended is in `finished` and `carried`.
    pub items: Vec<ItemView>,
    /// What its team adds up: `points`, `hours`, or `items` where estimates are sizes or none.
    pub unit: String,
    /// The sum of the estimates; where items are counted, see the numbers of items beside it.
    pub committed: f64,
    pub committed_items: i64,
    pub completed: f64,
    pub completed_items: i64,
    /// The sum of the estimates that it holds now, or held at its end.
    pub scope: f64,
    pub days: Vec<DayLine>,
    pub changes: Vec<ScopeLine>,
    /// Changes of state since the day before, the latest first.
    pub moved: Vec<Moved>,
    pub finished: Vec<ReportItem>,
    pub carried: Vec<ReportItem>,
}

impl Query for GetIteration {
    type Output = IterationDetail;
    const META: Meta = Meta::query(
        "get-iteration",
        "Show an iteration: its items, each day's scope and progress, what moved, what came and went",
        "/iterations/{iteration}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<IterationDetail> {
        let ws = cx.actor.workspace;
        let (s, product) = iteration(cx.conn, cx.actor, self.iteration, Access::Read)?;
        let iteration = view_in(cx.conn, ws, &s, product.key)?;
        let held = items(cx.conn, ws, s.id)?;
        let items = item_views(cx.conn, ws, held, &mut Names::default())?;
        let now = unit(cx.conn, ws, s.product_id, s.team_id)?;
        if let Some(r) = report(cx.conn, ws, s.id)? {
            return Ok(IterationDetail {
                iteration,
                items,
                unit: kept_unit(&r.unit, now).word().to_owned(),
                committed: r.committed,
                committed_items: r.committed_items,
                completed: r.completed,
                completed_items: r.completed_items,
                scope: r.days.last().map_or(r.committed, |d| d.scope),
                days: r.days.0,
                changes: r.changes.0,
                moved: Vec::new(),
                finished: r.finished.0,
                carried: r.carried.0,
            });
        }
        let since = Time(cx.now.0 - Time::DAY);
        let told = tell(cx.conn, ws, &s, cx.now, since)?;
        Ok(IterationDetail {
            iteration,
            items,
            unit: now.word().to_owned(),
            committed: told.committed.scope,
            committed_items: told.committed.items,
            completed: told.now.done,
            completed_items: told.now.items_done,
            scope: told.now.scope,
            days: told.days,
            changes: told.changes,
            moved: told.moved,
            finished: Vec::new(),
            carried: Vec::new(),
        })
    }
}

/// List a product's iterations, the newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListIterations {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

impl Query for ListIterations {
    type Output = Page<IterationView>;
    const META: Meta = Meta::query(
        "list-iterations",
        "List a product's iterations, the newest first",
        "/iterations",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<IterationView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        crate::people::nouns::page(cx, &OF_PRODUCT, &product, after, limit, |s| s.id.to_string())
    }
}
