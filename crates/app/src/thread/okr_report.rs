//! The OKR report: every number is a check-in or follows from one by the formula, and what was
//! shipped toward a key result comes from the thread, not from anybody's typing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nodes::Node;
use super::path;
use crate::kernel::{Access, Day, Result};
use crate::people::nouns::by_key;
use crate::people::products;
use crate::store::{Meta, Query, Reader};
use crate::why::key_results::{CheckInView, KeyResult, KeyResultView, STALE, check_ins, colour};
use crate::why::objectives::{ListObjectives, ObjectiveView};

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
        let mut goals = Vec::new();
        for objective in all.into_iter().filter(|o| self.closed || o.state != "closed") {
            let mut lines = Vec::new();
            for result in &objective.key_results {
                lines.push(line(cx, result.clone())?);
            }
            let colour = colour(objective.progress).to_owned();
            goals.push(Goal { objective, colour, lines });
        }
        Ok(OkrReport { on: cx.now.day(), goals })
    }
}

fn line(cx: &mut Reader<'_>, result: KeyResultView) -> Result<Line> {
    let ws = cx.actor.workspace;
    let (record, _) = by_key::<KeyResult>(cx.conn, cx.actor, &result.key, Access::Read)?;
    let mut check_ins = check_ins(cx.conn, ws, record.id)?;
    check_ins.truncate(8);
    let today = cx.now.day();
    let sight = path::Sight::of(cx.conn, cx.actor)?;
    let shipped = path::down(cx.conn, ws, &sight, record.id, None)?
        .into_iter()
        .map(|step| step.node)
        .filter(|n| ["epic", "story"].contains(&n.kind.as_str()) && n.done)
        .collect();
    Ok(Line {
        colour: colour(result.progress).to_owned(),
        stale: result.checked_on.is_none_or(|day| day.days_until(today) > STALE),
        check_ins,
        shipped,
        result,
    })
}
