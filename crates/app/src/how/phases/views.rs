//! Phases as programs and pages see them: the baseline beside what became of it.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{agreed, expected, span, stands};
use super::{
    BASELINES, Baseline, BaselineItem, ChangeRequest, OF_PRODUCT, Phase, REQUESTS, SPRINTS, items,
    phase,
};
use crate::db::Conn;
use crate::how::gates::Gate;
use crate::how::sprints::replay::{DayLine, days, scope_changes};
use crate::how::sprints::{IterationView, ScopeLine};
use crate::how::units::{Unit, unit};
use crate::how::work_items::{ItemView, Named, Names, WorkItem, views as item_views};
use crate::kernel::{Access, Actor, Day, Id, Result, Time};
use crate::people::members::Person;
use crate::people::nouns::View;
use crate::people::products::{self, Product};
use crate::people::teams::Team;
use crate::store::{Meta, Query, Reader, load, load_many};

/// A gate beside a phase.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateBrief {
    pub id: Id,
    pub name: String,
    /// `pending`, or the last decision.
    pub state: String,
    pub due: Option<Day>,
}

/// A phase.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PhaseView {
    pub id: Id,
    /// The product's key.
    pub product: String,
    pub team: Option<String>,
    pub name: String,
    pub goal: String,
    pub position: i64,
    pub starts: Option<Day>,
    pub ends: Option<Day>,
    /// `planned`, `active` or `closed`.
    pub state: String,
    /// The gate that lets it in, and the one that ends it.
    pub entry: Option<GateBrief>,
    pub exit: Option<GateBrief>,
    /// How many baselines it has had; 0 before the first.
    pub baseline: i64,
    /// Days by which its end has moved since the first baseline.
    pub slip_days: Option<i64>,
    /// What its team adds up: `points`, `hours`, or `items` where estimates are sizes or none.
    pub unit: String,
    /// In that unit, the first baseline, the newest, and the scope as it is; what is finished of it.
    pub first_points: Option<f64>,
    pub agreed_points: Option<f64>,
    pub points: f64,
    pub done: f64,
    pub items: i64,
    pub items_done: i64,
    /// Requests that wait to be decided.
    pub waiting: i64,
    pub outcome: String,
    pub begun_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub revision: i64,
}

fn gate(conn: &mut Conn, ws: i64, id: Option<Id>) -> Result<Option<GateBrief>> {
    let Some(id) = id else { return Ok(None) };
    let found = load::<Gate>(conn, ws, id)?.filter(|g| g.gone_at.is_none());
    Ok(found.map(|g| GateBrief { id: g.id, name: g.name, state: g.state, due: g.due }))
}

/// The view of a phase.
pub(super) fn view(conn: &mut Conn, ws: i64, p: &Phase, product: &Product) -> Result<PhaseView> {
    let held = items(conn, ws, p.id)?;
    let held: Vec<&WorkItem> = held.iter().filter(|i| i.category != "dropped").collect();
    let done: Vec<&&WorkItem> = held.iter().filter(|i| i.category == "accepted").collect();
    let baselines = BASELINES.all(conn, ws, &[p.id.into()])?;
    let first = baselines.first();
    let requests = REQUESTS.all(conn, ws, &[p.id.into()])?;
    let unit = unit(conn, ws, p.product_id, p.team_id)?;
    let team = match p.team_id {
        Some(id) => load::<Team>(conn, ws, id)?.map(|t| t.name),
        None => None,
    };
    Ok(PhaseView {
        id: p.id,
        product: product.key.clone(),
        team,
        name: p.name.clone(),
        goal: p.goal.clone(),
        position: p.position,
        starts: p.starts,
        ends: p.ends,
        state: p.state.clone(),
        entry: gate(conn, ws, p.entry_gate_id)?,
        exit: gate(conn, ws, p.exit_gate_id)?,
        baseline: baselines.len() as i64,
        slip_days: first.zip(p.ends).map(|(b, ends)| b.ends.days_until(ends)),
        unit: unit.word().to_owned(),
        first_points: first.map(|b| unit.amount(b.points, b.count)),
        agreed_points: baselines.last().map(|b| unit.amount(b.points, b.count)),
        points: unit.amount(held.iter().filter_map(|i| i.points).sum(), held.len() as i64),
        done: unit.amount(done.iter().filter_map(|i| i.points).sum(), done.len() as i64),
        items: held.len() as i64,
        items_done: done.len() as i64,
        waiting: requests.iter().filter(|r| r.state == "proposed").count() as i64,
        outcome: p.outcome.clone(),
        begun_at: p.begun_at,
        ended_at: p.ended_at,
        revision: p.revision,
    })
}

/// A baseline as it was frozen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BaselineView {
    pub number: i64,
    pub starts: Day,
    pub ends: Day,
    pub items: Vec<BaselineItem>,
    pub points: f64,
    pub count: i64,
    pub because: String,
    pub by: Option<String>,
    pub at: Time,
    /// Keys that came and went since the baseline before.
    pub came: Vec<String>,
    pub went: Vec<String>,
}

/// A request to change what was frozen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestView {
    pub id: Id,
    pub number: i64,
    pub title: String,
    pub because: String,
    /// Items that come and that go, by key and title.
    pub adds: Vec<Named>,
    pub removes: Vec<Named>,
    pub ends: Option<Day>,
    /// `proposed`, `accepted`, `rejected` or `withdrawn`.
    pub state: String,
    pub by: Option<String>,
    pub at: Time,
    pub decided_because: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<Time>,
    pub as_approver: bool,
}

fn person(conn: &mut Conn, ws: i64, id: Option<Id>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(load::<Person>(conn, ws, id)?.map(|p| p.name))
}

/// The view of a request.
pub(super) fn request_view(conn: &mut Conn, ws: i64, r: &ChangeRequest) -> Result<RequestView> {
    let ids = |all: &[String]| -> Vec<Id> { all.iter().filter_map(|w| w.parse().ok()).collect() };
    let (adds, removes) = (ids(&r.adds), ids(&r.removes));
    let all = adds.iter().chain(&removes).copied();
    let found: HashMap<Id, WorkItem> = load_many(conn, ws, all, None)?;
    let named = |ids: &[Id]| -> Vec<Named> {
        let found = ids.iter().filter_map(|id| found.get(id));
        found.map(|i| Named { id: i.key.clone(), name: i.title.clone() }).collect()
    };
    Ok(RequestView {
        id: r.id,
        number: r.number,
        title: r.title.clone(),
        because: r.because.clone(),
        adds: named(&adds),
        removes: named(&removes),
        ends: r.ends,
        state: r.state.clone(),
        by: person(conn, ws, r.author_id)?,
        at: r.created_at,
        decided_because: r.decided_because.clone(),
        decided_by: person(conn, ws, r.decided_by)?,
        decided_at: r.decided_at,
        as_approver: r.as_approver,
    })
}

fn baseline_views(
    conn: &mut Conn,
    ws: i64,
    all: &[Baseline],
    unit: Unit,
) -> Result<Vec<BaselineView>> {
    let mut views = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for (at, b) in all.iter().enumerate() {
        let keys: Vec<String> = b.items.iter().map(|i| i.key.clone()).collect();
        let new = keys.iter().filter(|k| at > 0 && !before.contains(k)).cloned().collect();
        let gone = before.iter().filter(|k| !keys.contains(k)).cloned().collect();
        views.push(BaselineView {
            number: b.number,
            starts: b.starts,
            ends: b.ends,
            items: b.items.to_vec(),
            points: unit.amount(b.points, b.count),
            count: b.count,
            because: b.because.clone(),
            by: person(conn, ws, b.person_id)?,
            at: b.created_at,
            came: new,
            went: gone,
        });
        before = keys;
    }
    Ok(views)
}

/// A phase with all that is told of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PhaseDetail {
    pub phase: PhaseView,
    /// What is in its scope.
    pub items: Vec<ItemView>,
    /// The oldest first.
    pub baselines: Vec<BaselineView>,
    /// The newest first.
    pub requests: Vec<RequestView>,
    pub sprints: Vec<IterationView>,
    /// In one of its sprints, but not in its scope.
    pub outside: Vec<Named>,
    /// Scope and finished at the end of each day since it began.
    pub days: Vec<DayLine>,
    /// The baseline that held on each of these days, in the phase's unit as the days are.
    pub agreed: Vec<Option<f64>>,
    /// What the newest baseline expects to be finished by then, if work goes evenly.
    pub expected: Vec<f64>,
    /// What came, went and was estimated anew since it began.
    pub changes: Vec<ScopeLine>,
}

/// All that is told of a phase.
pub(super) fn detail(
    conn: &mut Conn,
    actor: &Actor,
    p: &Phase,
    product: &Product,
    now: Time,
) -> Result<PhaseDetail> {
    let ws = actor.workspace;
    let held = items(conn, ws, p.id)?;
    let held = item_views(conn, ws, held, &mut Names::default())?;
    let baselines = BASELINES.all(conn, ws, &[p.id.into()])?;
    let mut requests = Vec::new();
    for r in REQUESTS.all(conn, ws, &[p.id.into()])? {
        requests.push(request_view(conn, ws, &r)?);
    }
    let (mut sprints, mut outside) = (Vec::new(), Vec::new());
    for sprint in SPRINTS.all(conn, ws, &[p.id.into()])? {
        for item in crate::how::sprints::items(conn, ws, sprint.id)? {
            if held.iter().all(|h| h.id != item.id) {
                outside.push(Named { id: item.key, name: item.title });
            }
        }
        sprints.push(IterationView::of(conn, actor, &sprint)?);
    }
    let stands = stands(conn, ws, p.id)?;
    let span = span(p, now);
    let unit = unit(conn, ws, p.product_id, p.team_id)?;
    let lines = span.map_or(Vec::new(), |(first, last, until)| days(&stands, first, last, until));
    let lines: Vec<DayLine> = lines
        .into_iter()
        .map(|l| DayLine {
            scope: unit.amount(l.scope, l.items),
            done: unit.amount(l.done, l.items_done),
            ..l
        })
        .collect();
    let begun = p.begun_at.map(|at| Time(at.0 + 1));
    let changes =
        span.zip(begun).map(|((_, _, until), begun)| scope_changes(&stands, begun, until));
    let changes = changes.unwrap_or_default();
    let gone: HashMap<Id, WorkItem> = load_many(conn, ws, changes.iter().map(|c| c.item), None)?;
    let changes = changes
        .into_iter()
        .filter(|c| unit != Unit::Items || c.items != 0)
        .map(|c| {
            let item = gone.get(&c.item);
            let (key, title) =
                item.map_or_else(Default::default, |i| (i.key.clone(), i.title.clone()));
            let points = unit.amount(c.points, c.items);
            ScopeLine { key, title, day: c.day, points, items: c.items }
        })
        .collect();
    let first = span.map(|(first, ..)| first);
    Ok(PhaseDetail {
        phase: view(conn, ws, p, product)?,
        items: held,
        requests,
        sprints,
        outside,
        agreed: first.map_or(Vec::new(), |first| agreed(&baselines, first, lines.len(), unit)),
        expected: first
            .zip(baselines.last())
            .map_or(Vec::new(), |(first, newest)| expected(newest, first, lines.len(), unit)),
        baselines: baseline_views(conn, ws, &baselines, unit)?,
        days: lines,
        changes,
    })
}

/// List a product's phases in their order.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListPhases {
    pub product: String,
}

impl Query for ListPhases {
    type Output = Vec<PhaseView>;
    const META: Meta =
        Meta::query("list-phases", "List a product's phases in their order", "/phases");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PhaseView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let all = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        all.iter().map(|p| view(cx.conn, ws, p, &product)).collect()
    }
}

/// Show a phase: its baselines, its burnup against them, the requests to change it, its sprints.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPhase {
    pub phase: Id,
}

impl Query for GetPhase {
    type Output = PhaseDetail;
    const META: Meta = Meta::query(
        "get-phase",
        "Show a phase: its baselines, its burnup against them, the requests to change it, its sprints",
        "/phases/{phase}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<PhaseDetail> {
        let (p, product) = phase(cx.conn, cx.actor, self.phase, Access::Read)?;
        detail(cx.conn, cx.actor, &p, &product, cx.now)
    }
}
