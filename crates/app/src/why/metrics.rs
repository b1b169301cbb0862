//! Metrics: the North Star, the inputs that move it, and their series. A value is corrected by a
//! further one for the same day.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::check_past;
use super::key_results;
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::nouns::{View, by_key, one_of, put_text, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{get_query, new_row, noun, record, selects};

/// What is larger is a slip of the finger, and no page could show it.
const LARGEST: f64 = 1e15;

/// Checks what numbers are counted in: a word or a few, as `EUR a year`.
pub(super) fn check_unit(text: &str) -> Result<String> {
    let unit = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if unit.chars().count() > 60 {
        return Err(Error::invalid("unit", "A unit has up to 60 characters. Shorten it."));
    }
    Ok(unit)
}

record! {
    /// Something that is measured again and again.
    pub struct Metric in "metric", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub about: String,
        pub unit: String,
        /// `north-star`, `input` or `other`.
        pub role: String,
        /// `up` or `down`.
        pub better: String,
    }
}

record! {
    /// A metric's value on a day.
    pub struct MetricValue in "metric_value", versioned: false {
        pub product_id: Id,
        pub metric_id: Id,
        pub day: Day,
        pub value: f64,
        pub source: String,
        pub author_id: Option<Id>,
    }
}

noun! { Metric is "metric", text: |m| m.about.clone() }

impl Indexed for MetricValue {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

/// What a metric is to the product.
pub const ROLES: [&str; 3] = ["north-star", "input", "other"];
const WAYS: [&str; 2] = ["up", "down"];
/// A North Star has three to six inputs; more say nothing.
const MOST_INPUTS: usize = 6;
/// Days of a series that are shown.
const DAYS: usize = 400;

selects! {
    OF_PRODUCT: Metric = "metric", "product_id = $2 AND gone_at IS NULL ORDER BY CASE role WHEN 'north-star' THEN 0 WHEN 'input' THEN 1 ELSE 2 END, id LIMIT 100";
    VALUES: MetricValue = "metric_value", "metric_id = $2 ORDER BY day DESC, id DESC LIMIT 1000";
}

/// A value of a series.
#[derive(Clone, Serialize, Deserialize, JsonSchema, Debug, PartialEq)]
pub struct Point {
    pub day: Day,
    pub value: f64,
}

/// A metric with its series.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct MetricView {
    pub key: String,
    pub title: String,
    pub about: String,
    pub unit: String,
    pub role: String,
    pub better: String,
    /// Oldest first; one value a day, the last that was said.
    pub series: Vec<Point>,
    pub revision: i64,
}

impl View<Metric> for MetricView {
    fn of(conn: &mut Conn, actor: &Actor, m: &Metric) -> Result<Self> {
        let ws = actor.workspace;
        Ok(Self {
            key: m.key.clone(),
            title: m.title.clone(),
            about: m.about.clone(),
            unit: m.unit.clone(),
            role: m.role.clone(),
            better: m.better.clone(),
            series: series(conn, ws, m.id)?,
            revision: m.revision,
        })
    }
}

/// A metric's last values, oldest first, one a day: the last that was said of it.
pub fn series(conn: &mut Conn, ws: i64, metric: Id) -> Result<Vec<Point>> {
    let mut days = BTreeMap::new();
    for v in VALUES.all(conn, ws, &[metric.into()])? {
        days.entry(v.day).or_insert(v.value);
    }
    let from = days.len().saturating_sub(DAYS);
    Ok(days.into_iter().skip(from).map(|(day, value)| Point { day, value }).collect())
}

/// Define a metric: the North Star, one of its inputs, or another.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DefineMetric {
    pub product: String,
    pub title: String,
    pub about: String,
    pub unit: String,
    /// `north-star`, `input` (if left out) or `other`.
    pub role: Option<String>,
    /// Which way is better: `up` (if left out) or `down`.
    pub better: Option<String>,
}

impl Action for DefineMetric {
    type Output = MetricView;
    const META: Meta = Meta::action(
        "define-metric",
        "Define a metric: the North Star, one of its inputs, or another",
        "POST",
        "/metrics",
    )
    .exercises(&[19]);

    fn run(&self, cx: &mut Change<'_>) -> Result<MetricView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let role = one_of("role", self.role.as_deref(), "input", &ROLES)?;
        products::lock_order(cx, product.id)?;
        check_role(cx, product.id, &role, None)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let metric = new_row!(
            cx,
            Metric {
                product_id: product.id,
                key: key,
                title: title,
                about: check_text("about", &self.about)?,
                unit: check_unit(&self.unit)?,
                role: role,
                better: one_of("better", self.better.as_deref(), "up", &WAYS)?,
            }
        );
        cx.insert(&metric)?;
        MetricView::of(cx.conn(), &actor, &metric)
    }
}

/// There is one North Star, and it has up to six inputs.
fn check_role(cx: &mut Change<'_>, product: Id, role: &str, own: Option<Id>) -> Result<()> {
    let workspace = cx.workspace();
    let mut others = OF_PRODUCT.all(cx.conn(), workspace, &[product.into()])?;
    others.retain(|m| Some(m.id) != own && m.role == role);
    match (role, others.first()) {
        ("north-star", Some(star)) => Err(Error::invalid(
            "role",
            format!("{} “{}” is the North Star. Give it another role first.", star.key, star.title),
        )),
        ("input", Some(_)) if others.len() >= MOST_INPUTS => Err(Error::invalid(
            "role",
            "The North Star has six inputs already; more say nothing. Give one another role first.",
        )),
        _ => Ok(()),
    }
}

/// Edit what you name of a metric; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditMetric {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub about: Option<String>,
    pub unit: Option<String>,
    pub role: Option<String>,
    pub better: Option<String>,
}

impl Action for EditMetric {
    type Output = MetricView;
    const META: Meta = Meta::action(
        "edit-metric",
        "Edit what you name of a metric; the rest stays",
        "PATCH",
        "/metrics/{key}",
    )
    .exercises(&[19]);

    fn run(&self, cx: &mut Change<'_>) -> Result<MetricView> {
        let actor = cx.actor.clone();
        let (before, product) = by_key::<Metric>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        put_text(&mut after.about, "about", self.about.as_ref())?;
        if let Some(unit) = &self.unit {
            after.unit = check_unit(unit)?;
        }
        after.role = one_of("role", self.role.as_deref(), &before.role, &ROLES)?;
        after.better = one_of("better", self.better.as_deref(), &before.better, &WAYS)?;
        if after.role != before.role {
            products::lock_order(cx, product.id)?;
            check_role(cx, product.id, &after.role, Some(before.id))?;
        }
        let after = cx.edit(&before, after, self.revision)?;
        MetricView::of(cx.conn(), &actor, &after)
    }
}

/// Enter values of a metric, one or many; a later value for the same day stands.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EnterValues {
    pub key: String,
    /// Where they come from; `entered` if left out.
    pub source: Option<String>,
    /// One value, for `day` or today.
    pub value: Option<f64>,
    pub day: Option<Day>,
    /// Many, as a program sends them.
    pub values: Vec<Point>,
    /// Many, as CSV: a line each of day and value, as `2026-03-01,41.5`; a first line of headings is
    /// passed over.
    pub csv: Option<String>,
}

impl Action for EnterValues {
    type Output = MetricView;
    const META: Meta = Meta::action(
        "enter-values",
        "Enter values of a metric, one or many",
        "POST",
        "/metrics/{key}/values",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<MetricView> {
        let actor = cx.actor.clone();
        let (metric, product) = by_key::<Metric>(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut points = self.values.clone();
        let today = cx.happened.day();
        points.extend(self.value.map(|value| Point { day: self.day.unwrap_or(today), value }));
        points.extend(read_csv(self.csv.as_deref().unwrap_or_default())?);
        if points.is_empty() {
            return Err(Error::invalid("value", "Give the value: a number, as 41.5."));
        }
        if points.len() > 5_000 {
            return Err(Error::invalid(
                "values",
                "At most 5,000 values at once: send them in parts.",
            ));
        }
        let known = series(cx.conn(), actor.workspace, metric.id)?;
        for point in points {
            if !point.value.is_finite() || point.value.abs() > LARGEST {
                let what = "A value is a number between minus and plus a thousand million million.";
                return Err(Error::invalid("value", what));
            }
            check_past("day", Some(point.day), cx.now.day())?;
            if known.contains(&point) {
                continue;
            }
            let source = self.source.as_deref().map(str::trim).filter(|s| !s.is_empty());
            cx.insert(&new_row!(
                cx,
                MetricValue {
                    product_id: product.id,
                    metric_id: metric.id,
                    day: point.day,
                    value: point.value,
                    source: source.unwrap_or("entered").to_owned(),
                    author_id: Some(actor.person),
                }
            ))?;
        }
        let view = MetricView::of(cx.conn(), &actor, &metric)?;
        if let Some(newest) = view.series.last() {
            key_results::fed_by(cx, metric.id, newest.value, newest.day)?;
        }
        Ok(view)
    }
}

/// Days and values from lines; the line is named where one cannot be read.
fn read_csv(text: &str) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let split = line.split_once([';', '\t']).or_else(|| line.split_once(','));
        let read = split.and_then(|(day, value)| {
            let value = value.trim().trim_matches('"').replace(',', ".");
            Some(Point {
                day: day.trim().trim_matches('"').parse().ok()?,
                value: value.parse().ok()?,
            })
        });
        match read {
            Some(point) => points.push(point),
            None if at == 0 => {}
            None => {
                return Err(Error::invalid(
                    "csv",
                    format!("Line {} is no day and value, as in 2026-03-01,41.5: {line}", at + 1),
                ));
            }
        }
    }
    Ok(points)
}

get_query! { GetMetric = "get-metric", "Show one metric with its series", "/metrics/{key}": Metric as MetricView }

/// List a product's metrics, the North Star first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListMetrics {
    pub product: String,
}

impl Query for ListMetrics {
    type Output = Vec<MetricView>;
    const META: Meta =
        Meta::query("list-metrics", "List a product's metrics, the North Star first", "/metrics");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<MetricView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let all = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        all.iter().map(|m| MetricView::of(cx.conn, cx.actor, m)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::read_csv;

    #[test]
    fn lines_of_a_file_become_values_or_name_the_line() {
        let read =
            read_csv("day,value\n2026-03-01,41.5\n\"2026-03-02\";\"1,5\"\n\n").expect("read");
        assert_eq!(read.iter().map(|p| p.value).collect::<Vec<_>>(), [41.5, 1.5]);
        let error = read_csv("2026-03-01,1\nsoon,2").expect_err("no day");
        assert!(error.to_string().contains("Line 2"), "{error}");
    }
}
