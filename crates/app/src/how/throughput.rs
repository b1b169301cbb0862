//! What was finished and when, and what is left: the one place that takes throughput from the
//! recorded times of state changes. Forecasts, flow measures and reports on sprints all read it here.

use wherefore_forecast::flow::Item;

use crate::db::{Conn, Row, Sql, Value};
use crate::kernel::{Day, Id, Result, Time};
use crate::statements;

/// Older work tells little of the pace to come.
const YEARS_DAYS: i64 = 730;
/// More items than this do not make a forecast better, and the work stays bounded.
const MOST: i64 = 5_000;

statements! {
    DONE_IN_PRODUCT = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND category = 'accepted' AND level <> 'epic' AND done_at >= $3 AND done_at < $4 ORDER BY done_at DESC LIMIT $5";
    DONE_BY_TEAM = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND team_id = $6 AND product_id = $2 AND category = 'accepted' AND level <> 'epic' AND done_at >= $3 AND done_at < $4 ORDER BY done_at DESC LIMIT $5";
    LEFT_IN_PRODUCT = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
    LEFT_TO_TEAM = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND team_id = $4 AND product_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
    LEFT_IN_EPIC = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND parent_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
    LEFT_IN_SPRINT = "SELECT created_at, started_at, done_at FROM work_item_now WHERE workspace_id = $1 AND sprint_id = $2 AND category <> 'accepted' AND category <> 'dropped' AND level <> 'epic' ORDER BY rank LIMIT $3";
    LEFT_IN_RELEASE = "SELECT w.created_at, w.started_at, w.done_at FROM release_item r JOIN work_item_now w ON w.workspace_id = r.workspace_id AND w.id = r.object_id WHERE r.workspace_id = $1 AND r.release_id = $2 AND r.gone_at IS NULL AND w.category <> 'accepted' AND w.category <> 'dropped' AND w.level <> 'epic' ORDER BY w.rank LIMIT $3";
    LEFT_IN_ITS_EPICS = "SELECT w.created_at, w.started_at, w.done_at FROM release_item r JOIN work_item_now w ON w.workspace_id = r.workspace_id AND w.parent_id = r.object_id WHERE r.workspace_id = $1 AND r.release_id = $2 AND r.gone_at IS NULL AND w.category <> 'accepted' AND w.category <> 'dropped' AND w.level <> 'epic' ORDER BY w.rank LIMIT $3";
}

/// Whose pace it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub product: Id,
    /// This team's alone.
    pub team: Option<Id>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that is open of those whose pace it is.
    All,
    Epic(Id),
    Sprint(Id),
    Release(Id),
}

/// What was finished in the last two years, the day of `now` as day 0.
pub fn finished(conn: &mut Conn, workspace: i64, pace: Pace, now: Time) -> Result<Vec<Item>> {
    let since = now.plus_days(-YEARS_DAYS);
    let mut values: Vec<Value> =
        vec![workspace.into(), pace.product.into(), since.into(), now.into(), MOST.into()];
    values.extend(pace.team.map(Value::from));
    let sql = if pace.team.is_some() { &DONE_BY_TEAM } else { &DONE_IN_PRODUCT };
    conn.query(sql, &values, |row| item(row, now.day()))
}

/// What is left, in its order.
pub fn left(
    conn: &mut Conn,
    workspace: i64,
    pace: Pace,
    scope: Scope,
    now: Time,
) -> Result<Vec<Item>> {
    let of = |sql: &Sql, id: Id, team: Option<Id>| {
        let mut values: Vec<Value> = vec![workspace.into(), id.into(), MOST.into()];
        values.extend(team.map(Value::from));
        conn.query(sql, &values, |row| item(row, now.day()))
    };
    match scope {
        Scope::All if pace.team.is_some() => of(&LEFT_TO_TEAM, pace.product, pace.team),
        Scope::All => of(&LEFT_IN_PRODUCT, pace.product, None),
        Scope::Epic(id) => of(&LEFT_IN_EPIC, id, None),
        Scope::Sprint(id) => of(&LEFT_IN_SPRINT, id, None),
        Scope::Release(id) => {
            let mut all = of(&LEFT_IN_RELEASE, id, None)?;
            all.extend(of(&LEFT_IN_ITS_EPICS, id, None)?);
            Ok(all)
        }
    }
}

/// Days are counted from `today`.
fn item(row: &Row<'_>, today: Day) -> Result<Item> {
    let day = |time: Time| i32::try_from(today.days_until(time.day())).unwrap_or(i32::MIN);
    let created: Time = row.get(0)?;
    let (started, finished): (Option<Time>, Option<Time>) = (row.get(1)?, row.get(2)?);
    Ok(Item { created: day(created), started: started.map(day), finished: finished.map(day) })
}

/// How many items came in each of the last weeks, the oldest week first.
pub fn added(items: &[Item], weeks: usize) -> Vec<u32> {
    let mut counts = vec![0; weeks];
    for item in items.iter().filter(|item| item.created < 0) {
        let ago = (-1 - item.created) as usize / 7;
        if let Some(count) = weeks.checked_sub(ago + 1).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_in_the_week_in_which_they_came() {
        let came = |created| Item { created, started: None, finished: None };
        let items = [came(0), came(-1), came(-7), came(-8), came(-21), came(-22)];
        assert_eq!(added(&items, 3), [1, 1, 2]);
    }
}
