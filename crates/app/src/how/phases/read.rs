//! A phase as it went, day by day, replayed from what was recorded.

use std::collections::BTreeMap;

use super::{Baseline, Phase};
use crate::db::Conn;
use crate::how::sprints::replay::Stand;
use crate::how::units::Unit;
use crate::kernel::{Day, Id, Result, Time};
use crate::statements;

statements! {
    /// When each item came into the scope, and when it left.
    PLACES = "SELECT item_id, created_at, gone_at FROM phase_item WHERE workspace_id = $1 AND phase_id = $2 ORDER BY id LIMIT 5000";
    /// Everything that was ever in the scope, as it stood from each moment on.
    STANDS = "SELECT id, valid_from, points, category, gone_at, revision FROM work_item WHERE workspace_id = $1 AND level <> 'epic' AND id IN (SELECT item_id FROM phase_item WHERE workspace_id = $1 AND phase_id = $2) UNION ALL SELECT id, valid_from, points, category, gone_at, revision FROM work_item_version WHERE workspace_id = $1 AND level <> 'epic' AND id IN (SELECT item_id FROM phase_item WHERE workspace_id = $1 AND phase_id = $2) ORDER BY 2, 6 LIMIT 50000";
}

/// From when to when an item was in the scope.
type Stay = (Time, Option<Time>);

/// How an item read from a moment on: points, whether it was finished, whether it was there at all.
type Read = (Time, f64, bool, bool);

/// How each item stood from each moment on, whether by a change of its own or by one of the scope.
pub(super) fn stands(conn: &mut Conn, ws: i64, phase: Id) -> Result<Vec<Stand>> {
    let values = [ws.into(), phase.into()];
    let mut stays: BTreeMap<Id, Vec<Stay>> = BTreeMap::new();
    for (item, from, to) in conn.query(&PLACES, &values, |r| {
        Ok((r.get::<Id>(0)?, r.get::<Time>(1)?, r.get::<Option<Time>>(2)?))
    })? {
        stays.entry(item).or_default().push((from, to));
    }
    let mut reads: BTreeMap<Id, Vec<Read>> = BTreeMap::new();
    for (item, read) in conn.query(&STANDS, &values, |r| {
        let (category, gone): (String, Option<Time>) = (r.get(3)?, r.get(4)?);
        let points = r.get::<Option<f64>>(2)?.unwrap_or_default();
        let there = gone.is_none() && category != "dropped";
        Ok((r.get::<Id>(0)?, (r.get::<Time>(1)?, points, category == "accepted", there)))
    })? {
        reads.entry(item).or_default().push(read);
    }
    let mut all = Vec::new();
    for (item, stays) in &stays {
        all.extend(of_item(*item, stays, reads.get(item).map_or(&[][..], Vec::as_slice)));
    }
    all.sort_by_key(|s| s.from);
    Ok(all)
}

/// The stands of one item: one for each moment at which it or its place changed.
fn of_item(item: Id, stays: &[Stay], reads: &[Read]) -> Vec<Stand> {
    let mut moments: Vec<Time> = reads.iter().map(|r| r.0).collect();
    moments.extend(stays.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten());
    moments.sort();
    moments.dedup();
    let stand = |at: Time| {
        // The last of those written at one moment holds.
        let (_, points, finished, there) = reads.iter().rev().find(|r| r.0 <= at)?;
        let held = stays.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to));
        let (points, finished) = (*points, *finished);
        Some(Stand { item, from: at, inside: held && *there, points, finished })
    };
    moments.into_iter().filter_map(stand).collect()
}

/// The days of a phase up to now; nothing before it has begun.
pub(super) fn span(phase: &Phase, now: Time) -> Option<(Day, Day, Time)> {
    let first = phase.starts.or(phase.begun_at.map(Time::day))?;
    phase.begun_at?;
    let until = phase.ended_at.map_or(now, |at| at.min(now));
    Some((first.min(until.day()), until.day(), Time(until.0 + 1)))
}

/// The work of the baseline that held at the end of each day.
pub(super) fn agreed(
    baselines: &[Baseline],
    first: Day,
    days: usize,
    unit: Unit,
) -> Vec<Option<f64>> {
    (0..days)
        .map(|n| {
            let end = first.plus_days(n as i64).end();
            baselines.iter().rev().find(|b| b.created_at < end).or(baselines.first())
        })
        .map(|b| b.map(|b| unit.amount(b.points, b.count)))
        .collect()
}

/// What the newest baseline expects to be finished at the end of each day, if work went evenly.
pub(super) fn expected(newest: &Baseline, first: Day, days: usize, unit: Unit) -> Vec<f64> {
    let length = newest.starts.days_until(newest.ends).max(0) as f64 + 1.0;
    (0..days)
        .map(|n| {
            let day = first.plus_days(n as i64);
            let past = newest.starts.days_until(day) as f64 + 1.0;
            unit.amount(newest.points, newest.count) * (past / length).clamp(0.0, 1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_counts_while_it_is_in_the_scope_with_the_points_it_had_then() {
        let (item, hour) = (Id::new(), |h: i64| Time(h * 3600 * Time::SECOND));
        let reads =
            [(hour(1), 3.0, false, true), (hour(5), 5.0, false, true), (hour(9), 5.0, true, true)];
        let stays = [(hour(2), Some(hour(4))), (hour(8), None)];
        let told: Vec<(i64, bool, f64, bool)> = of_item(item, &stays, &reads)
            .iter()
            .map(|s| (s.from.0 / 3600 / Time::SECOND, s.inside, s.points, s.finished))
            .collect();
        assert_eq!(
            told,
            [
                (1, false, 3.0, false),
                (2, true, 3.0, false),
                (4, false, 3.0, false),
                (5, false, 5.0, false),
                (8, true, 5.0, false),
                (9, true, 5.0, true),
            ]
        );
    }
}
