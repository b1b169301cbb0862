//! The timeline of work: when each item began or is planned to, when it is due or expected, and what
//! has to come before it.

use std::collections::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expected::{Expected, expected_ends};
use crate::db::{Conn, planned_once};
use crate::how::filters::parse;
use crate::how::sprints::Sprint;
use crate::how::work_items::{Also, ItemView, ListWorkItems, Names, WorkItem, view, views};
use crate::kernel::{Day, Id, Result};
use crate::people::policies;
use crate::people::products::Product;
use crate::selects;
use crate::store::{ASKED, Composed, Meta, Query, Reader, load_many, marks_from, with_ids};

/// Bars of a page, and undated items beside them.
const BARS: i64 = 100;
const UNDATED: i64 = 25;
/// Days that an item without a start is taken to need.
const GUESS: i64 = 6;

selects! {
    SPRINTS: Sprint = "sprint", "product_id = $2 AND state <> 'cancelled' AND gone_at IS NULL ORDER BY id DESC LIMIT 30";
}

/// What blocks each of [`ASKED`] items.
fn blocks_sql() -> String {
    let ids = marks_from(2);
    planned_once(&format!(
        "SELECT l.to_id, w.key FROM link l JOIN work_item_now w ON w.workspace_id = \
         l.workspace_id AND w.id = l.from_id WHERE l.workspace_id = $1 AND l.kind = 'blocks' AND \
         l.gone_at IS NULL AND l.to_id IN ({ids}) ORDER BY l.id"
    ))
}

static BLOCKS: LazyLock<String> = LazyLock::new(blocks_sql);
inventory::submit! { Composed { name: "schedule::BLOCKS", text: blocks_sql } }

/// An item from its start to its end.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct Piece {
    pub item: ItemView,
    pub starts: Day,
    pub ends: Day,
    /// Where the start comes from: `started`, `sprint` or `guess`.
    pub starts_by: String,
    /// Where the end comes from: `due`, `done`, `sprint`, `forecast` (by that day with 85 %), `expected` by
    /// what the team's policy expects of its items, or `guess`.
    pub ends_by: String,
    /// When it is expected to be done, from what was finished before; nothing where that is too little.
    pub forecast: Option<Expected>,
    /// It is due, or its sprint ends, before it is done with 85 %.
    pub at_risk: bool,
    /// It was due before today and is not done.
    pub late: bool,
    /// Keys of what has to come before it.
    pub after: Vec<String>,
}

/// A sprint as a span of days.
#[derive(Serialize, JsonSchema, Debug, Clone)]
pub struct SprintSpan {
    pub id: Id,
    pub name: String,
    pub state: String,
    pub starts: Day,
    pub ends: Day,
}

/// A page of the timeline.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Timeline {
    /// In the order of the backlog.
    pub pieces: Vec<Piece>,
    /// The first of what has no place in time yet.
    pub undated: Vec<ItemView>,
    /// The last thirty, the earliest first.
    pub sprints: Vec<SprintSpan>,
    pub next: Option<String>,
}

/// Show work over time: from when to when each item runs, and what has to come before it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetTimeline {
    pub product: String,
    /// As in the address of a list: `level=story&team=Fares`. Without a state, what is open.
    pub filter: Option<String>,
    /// What the page before named as `next`.
    pub after: Option<String>,
}

impl Query for GetTimeline {
    type Output = Timeline;
    const META: Meta = Meta::query(
        "get-timeline",
        "Show work over time: from when to when each item runs, and what has to come before it",
        "/timeline",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Timeline> {
        let list = ListWorkItems::of(&self.product, self.filter.as_deref())?;
        Timeline::of(cx, ListWorkItems { after: self.after.clone(), ..list })
    }
}

impl Timeline {
    /// What a list holds, in time.
    pub fn of(cx: &mut Reader<'_>, list: ListWorkItems) -> Result<Self> {
        let (ws, today) = (cx.actor.workspace, cx.now.day());
        let category = list.category.clone().filter(|c| !c.is_empty());
        let category = category.or_else(|| (!says_state(&list)).then(|| "open".to_owned()));
        let list = ListWorkItems { category, limit: Some(BARS), ..list };
        let (product, rows, next) = list.rows(cx, &[Also::Dated])?;
        let bare = ListWorkItems { after: None, limit: Some(UNDATED), ..list };
        let (_, bare, _) = bare.rows(cx, &[Also::Undated])?;
        let ids: Vec<Id> = rows.iter().filter_map(|i| i.sprint_id).collect();
        let sprints = load_many::<Sprint>(cx.conn, ws, ids, None)?;
        let expected = expected(cx.conn, ws, &product, &rows)?;
        let mut forecasts = expected_ends(cx.conn, ws, product.id, &rows, cx.now)?;
        let after = after(cx.conn, ws, &rows)?;
        let mut names = Names::default();
        names.of(cx.conn, ws, &rows)?;
        let mut pieces = Vec::new();
        for row in &rows {
            let sprint = row.sprint_id.and_then(|id| sprints.get(&id));
            let days = expected.get(&row.team_id).copied().flatten();
            let forecast = forecasts.remove(&row.id);
            let known = Known { sprint, forecast: forecast.as_ref(), days };
            let Some(span) = Stretch::of(row, &known, today) else { continue };
            let open = row.done_at.is_none();
            let planned = matches!(span.ends_by, "due" | "sprint");
            pieces.push(Piece {
                item: view(cx.conn, ws, row, &mut names)?,
                starts: span.starts.min(span.ends),
                ends: span.ends,
                starts_by: span.starts_by.to_owned(),
                ends_by: span.ends_by.to_owned(),
                at_risk: planned && forecast.as_ref().is_some_and(|f| f.sure > span.ends),
                forecast,
                late: open && row.due.is_some_and(|due| due < today),
                after: after.get(&row.id).cloned().unwrap_or_default(),
            });
        }
        let undated = views(cx.conn, ws, bare, &mut names)?;
        let mut spans = SPRINTS.all(cx.conn, ws, &[product.id.into()])?;
        spans.reverse();
        let sprints = spans.into_iter().filter_map(|s| {
            let (id, name, state) = (s.id, s.name, s.state);
            Some(SprintSpan { id, name, state, starts: s.starts?, ends: s.ends? })
        });
        Ok(Self { pieces, undated, sprints: sprints.collect(), next })
    }
}

/// Whether a list asks for states itself: otherwise what is open is shown.
fn says_state(list: &ListWorkItems) -> bool {
    let typed = list.q.as_deref().unwrap_or_default();
    let asked = |name: &str| name == "is" || name == "state";
    list.state.as_ref().is_some_and(|s| !s.is_empty())
        || parse(typed).is_ok_and(|f| f.terms.iter().any(|t| asked(t.field.name)))
}

/// From when to when, and how that is known.
struct Stretch {
    starts: Day,
    ends: Day,
    starts_by: &'static str,
    ends_by: &'static str,
}

/// What is known of an end beside the item itself.
struct Known<'k> {
    sprint: Option<&'k Sprint>,
    forecast: Option<&'k Expected>,
    /// Within how many days its team expects items to be done.
    days: Option<i64>,
}

impl Stretch {
    fn of(item: &WorkItem, known: &Known<'_>, today: Day) -> Option<Self> {
        let planned = known.sprint.and_then(|s| s.starts.zip(s.ends));
        let begun = item.started_at.map(|at| at.day());
        let start = begun.map(|day| (day, "started")).or(planned.map(|p| (p.0, "sprint")));
        let within = begun.zip(known.days).map(|(day, days)| day.plus_days(days - 1));
        let end = item
            .done_at
            .map(|at| (at.day(), "done"))
            .or(item.due.map(|day| (day, "due")))
            .or(planned.map(|p| (p.1, "sprint")))
            .or(known.forecast.map(|f| (f.sure.max(today), "forecast")))
            .or(within.map(|day| (day.max(today), "expected")))
            .or(begun.map(|day| (day.max(today), "guess")));
        let (ends, ends_by) = end?;
        let (starts, starts_by) = start.unwrap_or((ends.plus_days(-GUESS), "guess"));
        Some(Self { starts, ends, starts_by, ends_by })
    }
}

/// Within how many days each team expects its items to be done.
fn expected(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    rows: &[WorkItem],
) -> Result<HashMap<Option<Id>, Option<i64>>> {
    let mut all = HashMap::new();
    for row in rows {
        if let std::collections::hash_map::Entry::Vacant(entry) = all.entry(row.team_id) {
            let policy = policies::workflow(conn, ws, product.id, row.team_id)?;
            entry.insert(policy.sle_days.filter(|days| *days > 0));
        }
    }
    Ok(all)
}

/// Keys of what has to come before each.
fn after(conn: &mut Conn, ws: i64, rows: &[WorkItem]) -> Result<HashMap<Id, Vec<String>>> {
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let mut all: HashMap<Id, Vec<String>> = HashMap::new();
    for some in ids.chunks(ASKED) {
        let values = with_ids(&[ws.into()], some);
        let pairs: Vec<(Id, String)> =
            conn.query_text(&BLOCKS, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
        for (blocked, key) in pairs {
            all.entry(blocked).or_default().push(key);
        }
    }
    Ok(all)
}
