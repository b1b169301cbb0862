//! The OKR report: every number is a check-in or follows from one by the formula, and what was
//! shipped toward a key result comes from the thread, not from anybody's typing.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::Node;
use super::{path, reach};
use crate::kernel::{Access, Day, Id, Result};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, Query, Reader};
use crate::why::key_results::{CheckInView, KeyResultView, STALE, check_ins, colour};
use crate::why::objectives::{ListObjectives, ObjectiveView};

statements! {
    RESULTS = "SELECT id, key FROM key_result WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
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
        let all = ListObjectives { product: product.key }.run(cx)?;
        let shipped = shipped(cx, product.id)?;
        let mut goals = Vec::new();
        for objective in all.into_iter().filter(|o| self.closed || o.state != "closed") {
            let mut lines = Vec::new();
            for result in &objective.key_results {
                lines.push(line(cx, result.clone(), &shipped)?);
            }
            let colour = colour(objective.progress).to_owned();
            goals.push(Goal { objective, colour, lines });
        }
        Ok(OkrReport { on: cx.now.day(), goals })
    }
}

/// The key results of a product by key, each with what was finished toward it.
type Shipped = HashMap<String, (Id, Vec<Node>)>;

fn shipped(cx: &mut Reader<'_>, product: Id) -> Result<Shipped> {
    let ws = cx.actor.workspace;
    let results: Vec<(Id, String)> =
        cx.conn.query(&RESULTS, &[ws.into(), product.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let sight = path::Sight::of(cx.conn, cx.actor)?;
    let ids: Vec<Id> = results.iter().map(|(id, _)| *id).collect();
    let mut done = reach::finished(cx.conn, ws, &sight, &ids)?;
    let mut told = |id: Id| done.remove(&id).unwrap_or_default();
    Ok(results.into_iter().map(|(id, key)| (key, (id, told(id)))).collect())
}

fn line(cx: &mut Reader<'_>, result: KeyResultView, shipped: &Shipped) -> Result<Line> {
    let ws = cx.actor.workspace;
    let today = cx.now.day();
    let (mut check_ins, shipped) = match shipped.get(&result.key) {
        Some((id, done)) => (check_ins(cx.conn, ws, *id)?, done.clone()),
        None => (Vec::new(), Vec::new()),
    };
    check_ins.truncate(8);
    Ok(Line {
        colour: colour(result.progress).to_owned(),
        stale: result.checked_on.is_none_or(|day| day.days_until(today) > STALE),
        check_ins,
        shipped,
        result,
    })
}
