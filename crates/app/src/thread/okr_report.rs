//! The OKR report: every number is a check-in or follows from one by the formula, and what was
//! shipped toward a key result comes from the thread, not from anybody's typing.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::Node;
use super::{path, reach};
use crate::db::Value;
use crate::kernel::{Access, Day, Id, Result, Time};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, Query, Reader};
use crate::why::key_results::{CheckInView, KeyResultView, STALE, colour, newest_check_ins};
use crate::why::objectives::{ListObjectives, ObjectiveView};

statements! {
    RESULTS = "SELECT id, key FROM key_result WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    /// Those of a past day: what lies in the bin since stood there.
    EVER = "SELECT id, key FROM key_result WHERE workspace_id = $1 AND product_id = $2 AND created_at < $3 ORDER BY id LIMIT 2000";
}

/// A key result with how it came to stand where it does.
#[derive(Serialize, JsonSchema)]
pub struct Line {
    #[serde(flatten)]
    pub result: KeyResultView,
    /// `green`, `amber` or `red`.
    pub colour: String,
    /// No check-in for more than 10 days.
    pub stale: bool,
    /// Newest first, up to eight.
    pub check_ins: Vec<CheckInView>,
    /// What was done toward it: accepted work and released epics that reach it.
    pub shipped: Vec<Node>,
}

/// An objective with its lines.
#[derive(Serialize, JsonSchema)]
pub struct Goal {
    #[serde(flatten)]
    pub objective: ObjectiveView,
    pub colour: String,
    pub lines: Vec<Line>,
}

/// The report of a product.
#[derive(Serialize, JsonSchema)]
pub struct OkrReport {
    pub on: Day,
    pub goals: Vec<Goal>,
}

/// Report on a product's objectives and key results.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetOkrReport {
    pub product: String,
    /// Closed ones too.
    pub closed: bool,
    /// As it stood at the end of a past day, from what was known then.
    pub at: Option<Day>,
}

impl Query for GetOkrReport {
    type Output = OkrReport;
    const META: Meta = Meta::query(
        "get-okr-report",
        "Report on a product's objectives and key results",
        "/reports/okr",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<OkrReport> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = ListObjectives { product: product.key, at: self.at }.run(cx)?;
        let mut known = known(cx, product.id, self.at.map(Day::end))?;
        let on = self.at.unwrap_or_else(|| cx.now.day());
        let mut goals = Vec::new();
        for objective in
            all.into_iter().filter(|o| o.state == "active" || self.closed && o.state == "closed")
        {
            let results = objective.key_results.iter().cloned();
            let lines = results.map(|result| line(on, result, &mut known)).collect();
            let colour = colour(objective.progress).to_owned();
            goals.push(Goal { objective, colour, lines });
        }
        Ok(OkrReport { on, goals })
    }
}

/// What is known of key results, by key: their check-ins, newest first, and what was finished toward
/// each.
type Known = HashMap<String, (Vec<CheckInView>, Vec<Node>)>;

fn known(cx: &mut Reader<'_>, product: Id, at: Option<Time>) -> Result<Known> {
    let ws = cx.actor.workspace;
    let mut values = vec![ws.into(), product.into()];
    values.extend(at.map(Value::from));
    let sql = if at.is_some() { &EVER } else { &RESULTS };
    let results: Vec<(Id, String)> = cx.conn.query(sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
    let sight = path::Sight::of(cx.conn, cx.actor)?;
    let ids: Vec<Id> = results.iter().map(|(id, _)| *id).collect();
    let mut done = reach::finished(cx.conn, ws, &sight, &ids, at)?;
    let mut said = newest_check_ins(cx.conn, ws, &ids, at)?;
    let mut told =
        |id: Id| (said.remove(&id).unwrap_or_default(), done.remove(&id).unwrap_or_default());
    Ok(results.into_iter().map(|(id, key)| (key, told(id))).collect())
}

fn line(today: Day, result: KeyResultView, known: &mut Known) -> Line {
    let (check_ins, shipped) = known.remove(&result.key).unwrap_or_default();
    Line {
        colour: colour(result.progress).to_owned(),
        stale: result.checked_on.is_none_or(|day| day.days_until(today) > STALE),
        check_ins,
        shipped,
        result,
    }
}
