//! Replaying an iteration from what was recorded: what it held at the end of each day and how much of
//! that was finished. Pure: no database and no clock.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::{Day, Id, Time};

/// How an item stood from a moment on.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    pub item: Id,
    pub from: Time,
    /// Whether the iteration held it.
    pub inside: bool,
    pub points: f64,
    pub finished: bool,
}

/// The end of a day.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct DayLine {
    pub day: Day,
    /// The estimates that the iteration held, and those that were finished.
    pub scope: f64,
    pub done: f64,
    pub items: i64,
    pub items_done: i64,
}

/// A change of what the iteration held, after it had begun.
#[derive(Clone, PartialEq, Debug)]
pub struct ScopeChange {
    pub item: Id,
    pub day: Day,
    /// Points that came or, below 0, went.
    pub points: f64,
    /// 1 where an item came, -1 where one went, 0 where it was estimated anew.
    pub items: i64,
}

fn at(stands: &[Stand], end: Time) -> BTreeMap<Id, &Stand> {
    let mut latest: BTreeMap<Id, &Stand> = BTreeMap::new();
    for stand in stands.iter().filter(|s| s.from < end) {
        let newer = latest.get(&stand.item).is_none_or(|known| known.from <= stand.from);
        if newer {
            latest.insert(stand.item, stand);
        }
    }
    latest.retain(|_, stand| stand.inside);
    latest
}

/// What was held and finished just before a moment.
pub fn moment(stands: &[Stand], end: Time, day: Day) -> DayLine {
    let mut line = DayLine { day, scope: 0.0, done: 0.0, items: 0, items_done: 0 };
    for stand in at(stands, end).values() {
        line.scope += stand.points;
        line.items += 1;
        if stand.finished {
            line.done += stand.points;
            line.items_done += 1;
        }
    }
    line
}

/// Each day from the first to the last, both included; the last one ends at `until` at the latest.
pub fn days(stands: &[Stand], first: Day, last: Day, until: Time) -> Vec<DayLine> {
    let count = first.days_until(last).clamp(-1, 400);
    (0..=count)
        .map(|n| first.plus_days(n))
        .map(|day| moment(stands, Time(day.end().0.min(until.0)), day))
        .collect()
}

/// What came and went after `begun`, in order.
pub fn scope_changes(stands: &[Stand], begun: Time, until: Time) -> Vec<ScopeChange> {
    let before: BTreeMap<Id, f64> =
        at(stands, begun).into_iter().map(|(id, s)| (id, s.points)).collect();
    let mut now = before;
    let mut later: Vec<&Stand> =
        stands.iter().filter(|s| s.from >= begun && s.from < until).collect();
    later.sort_by_key(|s| s.from);
    let mut changes = Vec::new();
    for stand in later {
        let was = now.get(&stand.item).copied();
        let is = stand.inside.then_some(stand.points);
        if was == is {
            continue;
        }
        changes.push(ScopeChange {
            item: stand.item,
            day: stand.from.day(),
            points: is.unwrap_or_default() - was.unwrap_or_default(),
            items: i64::from(is.is_some()) - i64::from(was.is_some()),
        });
        match is {
            Some(points) => now.insert(stand.item, points),
            None => now.remove(&stand.item),
        };
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(item: Id, hours: i64, inside: bool, points: f64, finished: bool) -> Stand {
        Stand { item, from: Time(hours * 3600 * Time::SECOND), inside, points, finished }
    }

    #[test]
    fn scope_grows_shrinks_and_is_estimated_anew_on_its_own_day() {
        let (a, b) = (Id::new(), Id::new());
        let stands = [
            stand(a, 1, true, 3.0, false),
            stand(b, 30, true, 5.0, false),
            stand(a, 50, true, 3.0, true),
            stand(b, 60, true, 8.0, false),
            stand(b, 75, false, 8.0, false),
        ];
        let (first, end) = (Time(0).day(), Time(i64::MAX));
        let all = days(&stands, first, first.plus_days(3), end);
        let lines: Vec<(f64, f64)> = all.iter().map(|d| (d.scope, d.done)).collect();
        assert_eq!(lines, [(3.0, 0.0), (8.0, 0.0), (11.0, 3.0), (3.0, 3.0)]);
        let changes = scope_changes(&stands, Time(2 * 3600 * Time::SECOND), end);
        let told: Vec<(f64, i64)> = changes.iter().map(|c| (c.points, c.items)).collect();
        assert_eq!(told, [(5.0, 1), (3.0, 0), (-8.0, -1)]);
    }

    #[test]
    fn what_is_reopened_counts_no_more() {
        let a = Id::new();
        let stands = [stand(a, 1, true, 2.0, true), stand(a, 26, true, 2.0, false)];
        let first = Time(0).day();
        let all = days(&stands, first, first.plus_days(1), Time(i64::MAX));
        assert_eq!(all.iter().map(|d| d.done).collect::<Vec<_>>(), [2.0, 0.0]);
    }
}
