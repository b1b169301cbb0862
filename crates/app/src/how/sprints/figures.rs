//! What past iterations tell: velocity with its spread, and a forecast of what the next one may hold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_forecast::{Settings, Throughput, how_many};

use super::report::kept_unit;
use crate::db::Conn;
use crate::how::units::unit;
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::products;
use crate::people::teams;
use crate::statements;
use crate::store::{Meta, Query, Reader};

statements! {
    LAST_REPORTS = "SELECT s.id, s.name, s.ends, s.outcome, r.committed, r.completed, r.completed_items, r.committed_items, r.unit FROM iteration_report r JOIN sprint s ON s.workspace_id = r.workspace_id AND s.id = r.sprint_id WHERE r.workspace_id = $1 AND r.product_id = $2 AND r.gone_at IS NULL AND s.state = 'closed' AND (CAST($3 AS BIGINT) = 0 OR s.team_id = $4) ORDER BY r.id DESC LIMIT 12";
    FINISHED = "SELECT done_at FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND done_at >= $3 AND category = 'accepted' AND level <> 'epic' AND (CAST($4 AS BIGINT) = 0 OR team_id = $5) ORDER BY done_at DESC LIMIT 5000";
}

/// What one iteration brought.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Past {
    pub id: Id,
    pub name: String,
    pub ends: Option<Day>,
    /// Whether the goal was met.
    pub outcome: String,
    /// What was planned at its start and finished at its end, in its unit.
    pub committed: f64,
    pub completed: f64,
    /// Items that were finished.
    pub items: i64,
    /// `points`, `hours` or `items`, as it was when it was closed.
    pub unit: String,
}

/// Velocity over the last iterations, with how far it spreads.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Velocity {
    /// The oldest first; up to twelve.
    pub past: Vec<Past>,
    /// What the newest of them was told in: `points`, `hours`, or `items` where estimates were sizes or
    /// none.
    pub unit: String,
    /// The figures are of the last of that unit, up to six: so many.
    pub alike: usize,
    /// Nothing before there are three.
    pub mean: Option<f64>,
    pub least: Option<f64>,
    pub most: Option<f64>,
    /// The standard deviation.
    pub spread: Option<f64>,
    /// Of those that were closed, how many met their goal.
    pub goals_met: i64,
}

/// The velocity of a product, of one team where it is named.
pub fn velocity(conn: &mut Conn, ws: i64, product: Id, team: Option<Id>) -> Result<Velocity> {
    let values = [ws.into(), product.into(), i64::from(team.is_some()).into(), team.into()];
    let now = unit(conn, ws, product, team)?;
    let mut past = conn.query(&LAST_REPORTS, &values, |r| {
        let unit = kept_unit(&r.get::<String>(8)?, now);
        Ok(Past {
            id: r.get(0)?,
            name: r.get(1)?,
            ends: r.get(2)?,
            outcome: r.get(3)?,
            committed: unit.amount(r.get(4)?, r.get(7)?),
            completed: unit.amount(r.get(5)?, r.get(6)?),
            items: r.get(6)?,
            unit: unit.word().to_owned(),
        })
    })?;
    past.reverse();
    // Points and hours have no mean in common: the unit of the newest one holds.
    let unit = past.last().map_or_else(|| now.word().to_owned(), |p| p.unit.clone());
    let alike = past.iter().filter(|p| p.unit == unit);
    let last: Vec<f64> = alike.rev().take(6).map(|p| p.completed).collect();
    let enough = last.len() >= 3;
    let count = last.len() as f64;
    let mean = last.iter().sum::<f64>() / count.max(1.0);
    let variance = last.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    Ok(Velocity {
        goals_met: past.iter().filter(|p| p.outcome == "met").count() as i64,
        past,
        unit,
        alike: last.len(),
        mean: enough.then_some(mean),
        least: enough.then(|| last.iter().copied().fold(f64::INFINITY, f64::min)),
        most: enough.then(|| last.iter().copied().fold(0.0, f64::max)),
        spread: enough.then(|| variance.sqrt()),
    })
}

/// How many items an iteration may finish, from what was finished before.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Outlook {
    /// Items that are finished with 50, 70, 85 and 95 % at least; nothing where history is too thin.
    pub at_least: Option<[u32; 4]>,
    /// What it rests on, or why there is none.
    pub words: Vec<String>,
}

/// The outlook for so many weeks from what a product, or one of its teams, has finished.
pub fn outlook(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    team: Option<Id>,
    weeks: f64,
    now: Time,
) -> Result<Outlook> {
    let from = now.plus_days(-26 * 7);
    let values =
        [ws.into(), product.into(), from.into(), i64::from(team.is_some()).into(), team.into()];
    let number = |at: Time| i32::try_from(at.0.div_euclid(Time::DAY)).unwrap_or_default();
    let days = conn.query(&FINISHED, &values, |r| Ok(number(r.get::<Time>(0)?)))?;
    let history = Throughput::from_days(&days, number(now));
    Ok(match how_many(&history, weeks, &Settings::default()) {
        Ok(many) => Outlook { at_least: Some(many.at_least), words: many.assumptions },
        Err(refusal) => Outlook { at_least: None, words: vec![refusal.to_string()] },
    })
}

/// Show a product's velocity with its spread, and what the next iteration may hold.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetVelocity {
    pub product: String,
    /// A team's id or name.
    pub team: Option<String>,
    /// Weeks of the next iteration; 2 if left out.
    pub weeks: Option<f64>,
}

/// Velocity and outlook.
#[derive(Serialize, JsonSchema)]
pub struct Pace {
    pub velocity: Velocity,
    pub outlook: Outlook,
}

impl Query for GetVelocity {
    type Output = Pace;
    const META: Meta = Meta::query(
        "get-velocity",
        "Show a product's velocity with its spread, and what the next iteration may hold",
        "/iterations/velocity",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Pace> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let team = match self.team.as_deref().filter(|t| !t.trim().is_empty()) {
            Some(team) => {
                let found = teams::named(cx.conn, ws, team)?;
                Some(found.ok_or_else(|| Error::invalid("team", "There is no such team."))?.id)
            }
            None => None,
        };
        let weeks = self.weeks.unwrap_or(2.0).clamp(0.2, 52.0);
        Ok(Pace {
            velocity: velocity(cx.conn, ws, product.id, team)?,
            outlook: outlook(cx.conn, ws, product.id, team, weeks, cx.now)?,
        })
    }
}
