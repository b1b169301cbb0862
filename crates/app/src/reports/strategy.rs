//! Strategy on a page: where a product goes, how one sees it, what comes first, and what it rests on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::{Access, Day, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader};
use crate::thread::path::Sight;
use crate::thread::roadmaps::{Ask, Line, lines};
use crate::what::lifecycle::lifecycle;
use crate::why::directions::{SegmentView, ThemeView, directions_then, segments, themes};
use crate::why::metrics::{ListMetrics, MetricView};
use crate::why::objectives::{ListObjectives, ObjectiveView};
use crate::why::strategy::{TextView, newest};

/// A metric with where it stands.
#[derive(Serialize, JsonSchema)]
pub struct Figure {
    pub key: String,
    pub title: String,
    pub unit: String,
    /// `north-star` or `input`.
    pub role: String,
    pub now: Option<f64>,
    /// About a quarter before.
    pub before: Option<f64>,
}

/// Strategy on a page.
#[derive(Serialize, JsonSchema)]
pub struct StrategyPage {
    pub product: String,
    pub on: Day,
    pub stage: Option<String>,
    pub vision: Option<TextView>,
    pub strategy: Option<TextView>,
    pub goal: Option<TextView>,
    pub figures: Vec<Figure>,
    pub themes: Vec<ThemeView>,
    pub segments: Vec<SegmentView>,
    pub objectives: Vec<ObjectiveView>,
    /// As executives are told it.
    pub roadmap: Vec<Line>,
}

/// Show a product's strategy on a page: vision, figures, themes, goals and what comes first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetStrategyPage {
    pub product: String,
    /// As it stood at the end of a past day.
    pub at: Option<Day>,
}

impl Query for GetStrategyPage {
    type Output = StrategyPage;
    const META: Meta = Meta::query(
        "get-strategy-page",
        "Show a product's strategy on a page: vision, figures, themes, goals and what comes first",
        "/reports/strategy",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<StrategyPage> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let metrics = ListMetrics { product: product.key.clone() }.run(cx)?;
        let mut objectives =
            ListObjectives { product: product.key.clone(), at: self.at }.run(cx)?;
        objectives.retain(|o| o.state == "active");
        let sight = Sight::of(cx.conn, cx.actor)?;
        let today = cx.now.day();
        let (at, on) = (self.at, self.at.unwrap_or(today));
        let ask = Ask { product: &product, sight: &sight, audience: "executives", at, today };
        let (themes, segments) = match at {
            None => (themes(cx.conn, ws, product.id)?, segments(cx.conn, ws, product.id)?),
            Some(day) => directions_then(cx.conn, ws, product.id, day.end())?,
        };
        let life = lifecycle(cx.conn, ws, &product)?;
        let stage = life.decisions.iter().find(|d| d.decided_on <= on).map(|d| d.stage.clone());
        let figures = metrics.iter().filter(|m| m.role != "other").map(|m| figure(m, at));
        Ok(StrategyPage {
            product: product.key.clone(),
            on,
            stage,
            vision: newest(cx, &product, "vision", at)?,
            strategy: newest(cx, &product, "strategy", at)?,
            goal: newest(cx, &product, "product-goal", at)?,
            figures: figures.collect(),
            themes: themes.iter().filter(|t| t.state == "active").map(Into::into).collect(),
            segments: segments.iter().map(Into::into).collect(),
            objectives,
            roadmap: lines(cx.conn, ws, &ask)?,
        })
    }
}

/// Where a metric stands, or stood on a day, and about a quarter before.
fn figure(m: &MetricView, at: Option<Day>) -> Figure {
    let now = m.series.iter().rev().find(|p| at.is_none_or(|day| p.day <= day));
    let before = now.and_then(|now| {
        let quarter = now.day.plus_days(-90);
        m.series.iter().rev().find(|p| p.day <= quarter)
    });
    Figure {
        key: m.key.clone(),
        title: m.title.clone(),
        unit: m.unit.clone(),
        role: m.role.clone(),
        now: now.map(|p| p.value),
        before: before.map(|p| p.value),
    }
}
