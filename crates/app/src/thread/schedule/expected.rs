//! When items of the timeline are expected to be done: what has begun as finished items did that had
//! already taken as long, what waits as the pace tells for all that stands before it in the order. For
//! one page at most three paces are looked at and three futures of each simulated, however much there is.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;
use wherefore_forecast::{Settings, Throughput, Work, flow, item_remaining, when_done};

use crate::db::{Conn, Value};
use crate::how::throughput::{self, Pace};
use crate::how::work_items::WorkItem;
use crate::kernel::{Day, Id, Result, Time};
use crate::statements;

statements! {
    QUEUE_OF_PRODUCT = "SELECT id FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
    QUEUE_OF_TEAM = "SELECT id FROM work_item_now WHERE workspace_id = $1 AND team_id = $4 AND product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
}

/// Teams whose pace is looked at for one page, those with the most items on it first.
const PACES: usize = 3;
/// Items further down than this are not told a day: it would say nothing.
const DEEP: i64 = 500;
/// A day further away says nothing either.
const FAR: f64 = 260.0;
const SHARES: [f64; 3] = [0.5, 0.85, 0.95];

/// When an item is expected to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Expected {
    /// By this day with 50 %, with 85 % and with 95 %.
    pub likely: Day,
    pub sure: Day,
    pub last: Day,
    /// `age`, from how long finished items took, or `order`, from the pace and what stands before it.
    pub by: String,
}

/// The days of a page's open items; those that nothing can be told of are left out.
pub(super) fn expected_ends(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    rows: &[WorkItem],
    now: Time,
) -> Result<HashMap<Id, Expected>> {
    let mut teams: HashMap<Option<Id>, Vec<&WorkItem>> = HashMap::new();
    let open =
        |i: &&WorkItem| i.level != "epic" && !matches!(i.category.as_str(), "accepted" | "dropped");
    for item in rows.iter().filter(open) {
        teams.entry(item.team_id).or_default().push(item);
    }
    let mut teams: Vec<_> = teams.into_iter().collect();
    teams.sort_by_key(|(team, items)| (std::cmp::Reverse(items.len()), *team));
    let mut all = HashMap::new();
    for (team, items) in teams.into_iter().take(PACES) {
        let done = throughput::finished(conn, ws, Pace { product, team }, now)?;
        let past = Past {
            today: now.day(),
            cycle_times: flow::cycle_times(&done).into_iter().map(f64::from).collect(),
            history: flow::throughput(&done, 0),
        };
        past.begun(&items, &mut all);
        let waiting: Vec<Id> =
            items.iter().filter(|i| i.started_at.is_none()).map(|i| i.id).collect();
        if !waiting.is_empty() {
            let places = places(conn, ws, product, team)?;
            let placed = waiting.into_iter().filter_map(|id| Some((id, *places.get(&id)?)));
            past.waiting(placed.collect(), &mut all);
        }
    }
    Ok(all)
}

/// How many open items stand at each place of the order or before it.
fn places(conn: &mut Conn, ws: i64, product: Id, team: Option<Id>) -> Result<HashMap<Id, u32>> {
    let mut values: Vec<Value> = vec![ws.into(), product.into(), DEEP.into()];
    values.extend(team.map(Value::from));
    let sql = if team.is_some() { &QUEUE_OF_TEAM } else { &QUEUE_OF_PRODUCT };
    let ids: Vec<Id> = conn.query(sql, &values, |r| r.get(0))?;
    Ok(ids.into_iter().zip(1..).collect())
}

/// What is known of a pace.
struct Past {
    today: Day,
    cycle_times: Vec<f64>,
    history: Throughput,
}

impl Past {
    fn begun(&self, items: &[&WorkItem], all: &mut HashMap<Id, Expected>) {
        let mut known: HashMap<i64, Option<[f64; 3]>> = HashMap::new();
        for item in items {
            let Some(at) = item.started_at else { continue };
            let age = at.day().days_until(self.today) + 1;
            let days = known.entry(age).or_insert_with(|| {
                let left = item_remaining(&self.cycle_times, age as f64, 1).ok()?;
                Some([left.at[0], left.at[2], left.at[3]])
            });
            if let Some(expected) = days.and_then(|days| self.told(days, "age")) {
                all.insert(item.id, expected);
            }
        }
    }

    fn waiting(&self, mut placed: Vec<(Id, u32)>, all: &mut HashMap<Id, Expected>) {
        placed.sort_by_key(|(_, place)| *place);
        let (Some((_, first)), Some((_, last))) = (placed.first(), placed.last()) else { return };
        let mut grid = vec![*first, first.midpoint(*last), *last];
        grid.dedup();
        let mut known: Vec<(u32, [f64; 3])> = Vec::new();
        for items in grid {
            // Nothing is told where there is too little of a past.
            let Ok(when) = when_done(&self.history, &Work::items(items), &Settings::default())
            else {
                return;
            };
            known.push((items, SHARES.map(|share| when.weeks_at(share) * 7.0)));
        }
        for (id, place) in placed {
            if let Some(expected) = self.told(between(&known, place), "order") {
                all.insert(id, expected);
            }
        }
    }

    fn told(&self, days: [f64; 3], by: &str) -> Option<Expected> {
        let near = days.iter().all(|d| d.is_finite() && *d <= FAR * 7.0);
        let [likely, sure, last] =
            days.map(|d| self.today.plus_days(if near { d.max(0.0).ceil() as i64 } else { 0 }));
        near.then(|| Expected { likely, sure, last, by: by.to_owned() })
    }
}

/// The days at a place from those at the places around it: time grows evenly with what is to be done.
fn between(known: &[(u32, [f64; 3])], place: u32) -> [f64; 3] {
    let above = known.iter().position(|(at, _)| *at >= place).unwrap_or(known.len() - 1);
    let (to, high) = known[above];
    let Some((from, low)) = above.checked_sub(1).map(|at| known[at]) else { return high };
    let share = f64::from(place - from) / f64::from(to - from).max(1.0);
    std::array::from_fn(|n| low[n] + (high[n] - low[n]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(weeks: Vec<u32>, cycle_times: Vec<f64>) -> Past {
        let today = "2026-03-01".parse().expect("a day");
        Past { today, cycle_times, history: Throughput::from_weeks(weeks) }
    }

    #[test]
    fn what_stands_further_down_comes_later_and_between_two_places_days_lie_between() {
        let past = past(vec![3, 5, 0, 4, 6, 2, 5, 3, 4, 0, 6, 4], Vec::new());
        let ids: Vec<Id> = (0..30).map(|_| Id::new()).collect();
        let mut all = HashMap::new();
        past.waiting(ids.iter().copied().zip(1..).collect(), &mut all);
        let days: Vec<&Expected> = ids.iter().map(|id| &all[id]).collect();
        assert!(days.windows(2).all(|d| d[0].likely <= d[1].likely && d[0].sure <= d[1].sure));
        assert!(days.iter().all(|d| d.likely <= d.sure && d.sure <= d.last && d.by == "order"));
        // The ends of the grid are simulated, not guessed.
        let last =
            when_done(&past.history, &Work::items(30), &Settings::default()).expect("enough");
        let weeks = last.weeks_at(0.85) * 7.0;
        assert_eq!(days[29].sure, past.today.plus_days(weeks.ceil() as i64));
        let half = between(&[(1, [1.0; 3]), (11, [21.0; 3])], 6);
        assert_eq!(half, [11.0; 3]);
    }

    #[test]
    fn nothing_is_told_from_too_little() {
        let past = past(vec![1, 2], vec![3.0; 4]);
        let mut all = HashMap::new();
        past.waiting(vec![(Id::new(), 3)], &mut all);
        assert!(all.is_empty());
        assert_eq!(past.told([1.0, f64::INFINITY, 3.0], "age"), None);
    }
}
