//! The flow of a team, or of a product: one query for all its figures, over a bounded time.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_forecast::flow::{self, Item};

use super::read::{Definitions, History, Recorded, number};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::policies::{self, Owner};
use crate::people::{products, teams};
use crate::statements;
use crate::store::{Meta, Query, Reader};

statements! {
    /// What is under way, what waits, and what was finished in the time; of each so many at most, so
    /// that a long backlog hides nothing that is under way.
    ITEMS = "SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category, 0 FROM (SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND (category = 'started' OR category = 'in-review') ORDER BY id LIMIT 2500) AS begun UNION ALL SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category, 1 FROM (SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND category <> 'accepted' AND category <> 'dropped' AND (category = 'backlog' OR category = 'unstarted') ORDER BY rank LIMIT 2500) AS waiting UNION ALL SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category, 2 FROM (SELECT id, key, title, created_at, started_at, done_at, valid_from, state, category FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND category = 'accepted' AND done_at >= $5 ORDER BY done_at DESC, id LIMIT 2500) AS finished";
    STATES = "SELECT id, valid_from, state, category FROM work_item_version WHERE workspace_id = $1 AND id IN (SELECT id FROM (SELECT id FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND (category = 'started' OR category = 'in-review') ORDER BY id LIMIT 2500) AS begun UNION ALL SELECT id FROM (SELECT id FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND category <> 'accepted' AND category <> 'dropped' AND (category = 'backlog' OR category = 'unstarted') ORDER BY rank LIMIT 2500) AS waiting UNION ALL SELECT id FROM (SELECT id FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND (CAST($3 AS BIGINT) = 0 OR team_id = $4) AND level <> 'epic' AND category = 'accepted' AND done_at >= $5 ORDER BY done_at DESC, id LIMIT 2500) AS finished) ORDER BY id, revision LIMIT 200000";
}

/// The items that are looked at of what is under way, of what waits and of what was finished.
const MOST: usize = 2_500;

/// Show how work flows: what is under way, throughput, cycle times, ages, the cumulative flow.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct GetFlow {
    pub product: String,
    /// A team's id or name.
    pub team: Option<String>,
    /// Weeks looked at, 2 to 52; 13 if left out.
    pub weeks: Option<i64>,
}

/// An item under way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Aged {
    pub key: String,
    pub title: String,
    /// Days since it started, both ends counted.
    pub days: u32,
    /// Older than the service level expectation.
    pub over: bool,
}

/// A finished item.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SpotView {
    pub key: String,
    pub title: String,
    pub finished: Day,
    /// Days from start to finish, both counted.
    pub days: u32,
}

/// A layer of the cumulative flow diagram.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Layer {
    pub state: String,
    /// Items at the end of each day.
    pub items: Vec<u32>,
}

/// Items finished in a week.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WeekLine {
    /// Its first day.
    pub from: Day,
    pub finished: u32,
}

/// The flow of work by the definitions that hold now.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flow {
    pub from: Day,
    pub to: Day,
    /// The states between which the clock runs.
    pub started: String,
    pub finished: String,
    /// Items under way now.
    pub wip: usize,
    /// Weeks that end with yesterday, the oldest first.
    pub throughput: Vec<WeekLine>,
    /// Days within which 50, 70, 85 and 95 % of the finished items were done.
    pub cycle_time: Option<[u32; 4]>,
    pub spots: Vec<SpotView>,
    /// The oldest first.
    pub ages: Vec<Aged>,
    /// The service level expectation, in percent and days.
    pub sle_share: i64,
    pub sle_days: Option<i64>,
    /// How many of the finished items were done within it, in percent.
    pub within: Option<i64>,
    /// The states in their order, the last ones first reached at the bottom.
    pub layers: Vec<Layer>,
    /// Mean work in progress, items finished a day, mean cycle time, and what the law expects.
    pub little: Option<[f64; 4]>,
    /// More items were there than are looked at.
    pub cut: bool,
}

fn day(number: i32) -> Day {
    Time(i64::from(number) * Time::DAY).day()
}

/// What is recorded of the items of a product, of a team where one is named, and whether there are more.
fn histories(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    team: Option<Id>,
    since: Time,
) -> Result<(Vec<History>, bool)> {
    let values =
        [ws.into(), product.into(), i64::from(team.is_some()).into(), team.into(), since.into()];
    let mut all = Vec::new();
    let mut places: HashMap<Id, usize> = HashMap::new();
    let rows = conn.query(&ITEMS, &values, |r| {
        let history = History {
            key: r.get(1)?,
            title: r.get(2)?,
            created: r.get(3)?,
            started: r.get(4)?,
            finished: r.get(5)?,
            states: Vec::new(),
        };
        let now = Recorded { from: r.get(6)?, state: r.get(7)?, category: r.get(8)? };
        Ok((r.get::<Id>(0)?, history, now, r.get::<i64>(9)?))
    })?;
    let full = |part: i64| rows.iter().filter(|row| row.3 == part).count() >= MOST;
    let cut = (0..3).any(full);
    let mut now = Vec::new();
    for (id, history, recorded, _) in rows {
        places.insert(id, all.len());
        all.push(history);
        now.push(recorded);
    }
    let past = conn.query(&STATES, &values, |r| {
        let then = Recorded { from: r.get(1)?, state: r.get(2)?, category: r.get(3)? };
        Ok((r.get::<Id>(0)?, then))
    })?;
    let mut add = |at: usize, new: Recorded| {
        if let Some(history) = all.get_mut(at)
            && history.states.last().is_none_or(|last| !last.is_same(&new))
        {
            history.states.push(new);
        }
    };
    for (id, then) in past {
        if let Some(at) = places.get(&id) {
            add(*at, then);
        }
    }
    for (at, recorded) in now.into_iter().enumerate() {
        add(at, recorded);
    }
    Ok((all, cut))
}

impl Query for GetFlow {
    type Output = Flow;
    const META: Meta = Meta::query(
        "get-flow",
        "Show how work flows: what is under way, throughput, cycle times, ages, the cumulative flow",
        "/flow",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Flow> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let team = match self.team.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            Some(team) => {
                let found = teams::named(cx.conn, ws, team)?;
                Some(found.ok_or_else(|| Error::invalid("team", "There is no such team."))?.id)
            }
            None => None,
        };
        let own = match team {
            Some(team) => policies::of_team(cx.conn, ws, team)?.map(|_| Owner::Team(team)),
            None => None,
        };
        let mut held = policies::all_of(cx.conn, ws, own.unwrap_or(Owner::Product(product.id)))?;
        held.retain(|p| p.state != "draft");
        let broken = || Error::internal("a policy without a clock");
        // Where several workflows meet, only what states mean can be counted together.
        let meet = team.is_none() && !policies::teams_on(cx.conn, ws, product.id)?.is_empty();
        let definitions = if meet {
            Definitions::by_meaning()
        } else {
            Definitions::of(&held).ok_or_else(broken)?
        };
        let policy = held.first().ok_or_else(broken)?;
        let weeks = self.weeks.unwrap_or(13).clamp(2, 52);
        let today = cx.now.day();
        let from = today.plus_days(-7 * weeks);
        let (all, cut) = histories(cx.conn, ws, product.id, team, from.start())?;
        let mut seen = figures(&definitions, &all, from, today, policy.sle_days);
        let (started, finished) = definitions.clock();
        started.clone_into(&mut seen.started);
        finished.clone_into(&mut seen.finished);
        seen.sle_share = policy.sle_share;
        seen.cut = cut;
        Ok(seen)
    }
}

/// All figures, from histories alone.
pub fn figures(
    definitions: &Definitions,
    all: &[History],
    from: Day,
    today: Day,
    sle: Option<i64>,
) -> Flow {
    let (first, last) = (number(from.start()), number(today.start()));
    let lives: Vec<Item> = all.iter().map(|h| definitions.life(h)).collect();
    let inside = |i: &&Item| i.finished.is_some_and(|day| day >= first);
    let finished: Vec<Item> = lives.iter().filter(inside).copied().collect();
    let over = |days: u32| sle.is_some_and(|most| i64::from(days) > most);
    let mut ages: Vec<Aged> = Vec::new();
    let mut spots: Vec<SpotView> = Vec::new();
    for (h, life) in all.iter().zip(&lives) {
        let (key, title) = (h.key.clone(), h.title.clone());
        if let Some(days) = life.age(last) {
            ages.push(Aged { key, title, days, over: over(days) });
        } else if let (Some(at), Some(days)) =
            (life.finished.filter(|d| *d >= first), life.cycle_time())
        {
            spots.push(SpotView { key, title, finished: day(at), days });
        }
    }
    ages.sort_by_key(|a| std::cmp::Reverse(a.days));
    spots.sort_by_key(|s| s.finished);
    let percentile = |share: f64| flow::cycle_time_percentile(&finished, share);
    let cycle_time = percentile(0.5).map(|half| {
        [
            half,
            percentile(0.7).unwrap_or(half),
            percentile(0.85).unwrap_or(half),
            percentile(0.95).unwrap_or(half),
        ]
    });
    let within = sle.filter(|_| !spots.is_empty()).map(|_| {
        let kept = spots.iter().filter(|s| !over(s.days)).count();
        (kept * 100 / spots.len()) as i64
    });
    let weeks = (last - first) / 7;
    let throughput = (0..weeks)
        .map(|n| {
            let (begin, end) = (last - 7 * (weeks - n), last - 7 * (weeks - n - 1));
            let done = |i: &&Item| i.finished.is_some_and(|d| (begin..end).contains(&d));
            let count = finished.iter().filter(done).count();
            WeekLine { from: day(begin), finished: u32::try_from(count).unwrap_or(u32::MAX) }
        })
        .collect();
    let days = usize::try_from(last - first + 1).unwrap_or_default();
    let layers = definitions
        .states
        .iter()
        .cloned()
        .zip(definitions.standings(all, from, days))
        .map(|(state, items)| Layer { state, items })
        .filter(|layer| layer.items.iter().any(|n| *n > 0))
        .collect();
    Flow {
        from,
        to: today,
        started: String::new(),
        finished: String::new(),
        wip: flow::work_in_progress(&lives, last),
        throughput,
        cycle_time,
        spots,
        ages,
        sle_share: 85,
        sle_days: sle,
        within,
        layers,
        little: flow::littles_law(&lives, first, last)
            .map(|l| [l.wip, l.throughput, l.measured, l.expected]),
        cut: false,
    }
}
