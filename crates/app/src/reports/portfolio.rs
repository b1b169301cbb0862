//! The portfolio: every product that the reader sees on one line each, for a head of product. One
//! statement for each column, whatever the number of products.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Value;
use crate::kernel::{Access, Day, Id, Result};
use crate::people::products;
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};
use crate::why::key_results::progress;

statements! {
    STAGES = "SELECT d.product_id, d.stage, d.decided_on FROM stage_decision d WHERE d.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM stage_decision l WHERE l.workspace_id = d.workspace_id AND l.product_id = d.product_id AND l.id > d.id)";
    STARS = "SELECT m.product_id, m.title, m.unit, v.value FROM metric m LEFT JOIN metric_value v ON v.workspace_id = m.workspace_id AND v.metric_id = m.id AND NOT EXISTS (SELECT 1 FROM metric_value l WHERE l.workspace_id = v.workspace_id AND l.metric_id = v.metric_id AND (l.day > v.day OR (l.day = v.day AND l.id > v.id))) WHERE m.workspace_id = $1 AND m.role = 'north-star' AND m.gone_at IS NULL";
    RESULTS = "SELECT k.product_id, k.objective_id, k.baseline, k.target, k.current FROM key_result k JOIN objective o ON o.workspace_id = k.workspace_id AND o.id = k.objective_id WHERE k.workspace_id = $1 AND k.gone_at IS NULL AND o.gone_at IS NULL AND o.state <> 'closed' ORDER BY k.id LIMIT 5000";
    PLACED = "SELECT product_id, horizon, COUNT(*) FROM placement WHERE workspace_id = $1 AND gone_at IS NULL GROUP BY product_id, horizon";
    HEALTH = "SELECT u.product_id, u.health, COUNT(*) FROM health_update u LEFT JOIN epic e ON e.workspace_id = u.workspace_id AND e.item_id = u.item_id AND e.gone_at IS NULL WHERE u.workspace_id = $1 AND COALESCE(e.state, 'proposed') NOT IN ('released', 'outcome-reviewed', 'closed') AND NOT EXISTS (SELECT 1 FROM health_update l WHERE l.workspace_id = u.workspace_id AND l.item_id = u.item_id AND l.id > u.id) GROUP BY u.product_id, u.health";
    RELEASED = "SELECT product_id, COUNT(*) FROM release WHERE workspace_id = $1 AND gone_at IS NULL AND released_on >= $2 GROUP BY product_id";
    WAITING = "SELECT product_id, COUNT(*) FROM evidence WHERE workspace_id = $1 AND gone_at IS NULL AND state = 'new' GROUP BY product_id";
}

/// A product in the portfolio.
#[derive(Clone, Serialize, JsonSchema, Debug, Default)]
pub struct Standing {
    pub key: String,
    pub name: String,
    /// Where it is in its life.
    pub stage: Option<String>,
    pub north_star: Option<String>,
    pub north_star_now: Option<f64>,
    pub unit: String,
    pub objectives: usize,
    /// The mean of its open objectives, 0 to 1.
    pub progress: Option<f64>,
    pub now: i64,
    pub next: i64,
    pub later: i64,
    /// Epics by what was last said of their health.
    pub on_track: i64,
    pub at_risk: i64,
    pub off_track: i64,
    /// Releases of the last 90 days.
    pub released: i64,
    /// Evidence that nobody has looked at.
    pub waiting: i64,
}

/// All products that the reader sees.
#[derive(Serialize, JsonSchema)]
pub struct Portfolio {
    pub on: Day,
    pub products: Vec<Standing>,
}

/// Show the portfolio: each product's stage, North Star, goals, roadmap, health and releases.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetPortfolio {}

impl Query for GetPortfolio {
    type Output = Portfolio;
    const META: Meta = Meta {
        name: "get-portfolio",
        summary: "Show the portfolio: each product's stage, North Star, goals, roadmap and health",
        method: "GET",
        path: "/reports/portfolio",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Portfolio> {
        let on = cx.now.day();
        let seen = products::visible(cx.conn, cx.actor)?;
        let place: HashMap<Id, usize> = seen.iter().enumerate().map(|(at, p)| (p.id, at)).collect();
        let mut all: Vec<Standing> = seen
            .iter()
            .map(|p| Standing { key: p.key.clone(), name: p.name.clone(), ..Standing::default() })
            .collect();
        direction(cx, &place, &mut all)?;
        goals(cx, &place, &mut all)?;
        counts(cx, &place, &mut all)?;
        Ok(Portfolio { on, products: all })
    }
}

type Places = HashMap<Id, usize>;

fn direction(cx: &mut Reader<'_>, place: &Places, all: &mut [Standing]) -> Result<()> {
    let ws = [cx.actor.workspace.into()];
    for (id, stage) in
        cx.conn.query(&STAGES, &ws, |r| Ok((r.get::<Id>(0)?, r.get::<String>(1)?)))?
    {
        if let Some(at) = place.get(&id) {
            all[*at].stage = Some(stage);
        }
    }
    let stars: Vec<(Id, String, String, Option<f64>)> =
        cx.conn.query(&STARS, &ws, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    for (id, title, unit, value) in stars {
        if let Some(at) = place.get(&id) {
            let one = &mut all[*at];
            (one.north_star, one.unit, one.north_star_now) = (Some(title), unit, value);
        }
    }
    Ok(())
}

fn goals(cx: &mut Reader<'_>, place: &Places, all: &mut [Standing]) -> Result<()> {
    let rows: Vec<(Id, Id, f64, f64, f64)> =
        cx.conn.query(&RESULTS, &[cx.actor.workspace.into()], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        })?;
    let mut objectives: HashMap<(Id, Id), (f64, f64)> = HashMap::new();
    for (product, objective, baseline, target, now) in rows {
        let sum = objectives.entry((product, objective)).or_default();
        *sum = (sum.0 + progress(baseline, target, now), sum.1 + 1.0);
    }
    let mut products: HashMap<Id, (f64, usize)> = HashMap::new();
    for ((product, _), (sum, count)) in objectives {
        let mean = products.entry(product).or_default();
        *mean = (mean.0 + sum / count, mean.1 + 1);
    }
    for (product, (sum, count)) in products {
        if let Some(at) = place.get(&product) {
            all[*at].objectives = count;
            all[*at].progress = Some(sum / count as f64);
        }
    }
    Ok(())
}

fn counts(cx: &mut Reader<'_>, place: &Places, all: &mut [Standing]) -> Result<()> {
    let ws: Value = cx.actor.workspace.into();
    let since: Value = cx.now.plus_days(-90).day().into();
    for sql in [&PLACED, &HEALTH] {
        let rows: Vec<(Id, String, i64)> = cx
            .conn
            .query(sql, std::slice::from_ref(&ws), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        for (product, word, count) in rows {
            let Some(one) = place.get(&product).map(|at| &mut all[*at]) else { continue };
            match word.as_str() {
                "now" => one.now = count,
                "next" => one.next = count,
                "later" => one.later = count,
                "on-track" => one.on_track = count,
                "at-risk" => one.at_risk = count,
                _ => one.off_track = count,
            }
        }
    }
    let pair = |r: &crate::db::Row<'_>| Ok((r.get::<Id>(0)?, r.get::<i64>(1)?));
    for (product, count) in cx.conn.query(&RELEASED, &[ws.clone(), since], pair)? {
        if let Some(at) = place.get(&product) {
            all[*at].released = count;
        }
    }
    for (product, count) in cx.conn.query(&WAITING, &[ws], pair)? {
        if let Some(at) = place.get(&product) {
            all[*at].waiting = count;
        }
    }
    Ok(())
}
