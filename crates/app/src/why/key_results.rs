//! Key results: how one sees that an objective is reached; their check-ins are append-only.

use std::collections::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::check_past;
use super::metrics::{Metric, check_unit};
use super::objectives::{Objective, check_open};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::notify::{Notice, settle};
use crate::people::nouns::{by_key, put_title};
use crate::people::products::{self, check_text, check_title};
use crate::store::{
    ASKED, Action, Change, Composed, Edge, Indexed, Meta, OPEN, Query, Reader, Record, load,
    marks_from, select_text, with_ids,
};
use crate::{new_row, noun, record, selects, view};

record! {
    /// How one sees that an objective is reached.
    pub struct KeyResult in "key_result", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub objective_id: Id,
        pub title: String,
        pub unit: String,
        pub baseline: f64,
        pub target: f64,
        pub current: f64,
        pub checked_on: Option<Day>,
        pub owner_id: Option<Id>,
        /// Its objective's: `draft`, `active` or `closed`.
        pub state: String,
        /// The metric that gives its value.
        pub metric_id: Option<Id>,
    }
}

record! {
    /// A value of a key result on a day; corrected by a further one.
    pub struct CheckIn in "check_in", versioned: false {
        pub key_result_id: Id,
        pub value: f64,
        /// 0 to 100 percent.
        pub confidence: i64,
        pub note: String,
        pub said_on: Day,
        pub author_id: Option<Id>,
        /// What is in the way, and who could help.
        pub blocker: String,
        pub help: String,
    }
}

noun! {
    KeyResult is "key result",
    text: |_k| String::new(),
    edges: |k| vec![Edge {
        lower: ("key_result".into(), k.id),
        upper: ("objective".into(), k.objective_id),
    }]
}

impl Indexed for CheckIn {
    fn append_only() -> bool {
        true
    }
}

selects! {
    /// All of a product, for its objectives.
    pub(super) OF_PRODUCT: KeyResult = "key_result", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    pub(super) EVER: KeyResult = "key_result", "product_id = $2 AND created_at < $3 ORDER BY id LIMIT 2000";
    pub(super) OF_OBJECTIVE: KeyResult = "key_result", "objective_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
    /// Also what lies in the bin, which comes back as its objective stands by then.
    pub(super) WHEREVER: KeyResult = "key_result", "objective_id = $2 ORDER BY id LIMIT 500";
    FED: KeyResult = "key_result", "metric_id = $2 AND state <> 'closed' AND gone_at IS NULL LIMIT 50";
    CHECK_INS: CheckIn = "check_in", "key_result_id = $2 ORDER BY said_on DESC, id DESC LIMIT 200";
}

/// How far a key result has come, 0 to 1: (now − baseline) ÷ (target − baseline), clamped. Where
/// target and baseline are equal it is a value to keep: 1 if kept (at least, or at most for a
/// target of zero and below), else 0.
pub fn progress(baseline: f64, target: f64, now: f64) -> f64 {
    let span = target - baseline;
    if span == 0.0 {
        let kept = if target > 0.0 { now >= target } else { now <= target };
        return f64::from(u8::from(kept));
    }
    let share = (now - baseline) / span;
    // Nothing of a way down is -0.
    if share.is_finite() { share.clamp(0.0, 1.0) + 0.0 } else { 0.0 }
}

/// A key result as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct KeyResultView {
    pub key: String,
    pub title: String,
    pub unit: String,
    pub baseline: f64,
    pub target: f64,
    pub current: f64,
    /// 0 to 1.
    pub progress: f64,
    pub checked_on: Option<Day>,
    /// Its objective's: `draft`, `active` or `closed`.
    pub state: String,
    pub revision: i64,
}

impl From<&KeyResult> for KeyResultView {
    fn from(k: &KeyResult) -> Self {
        Self {
            key: k.key.clone(),
            title: k.title.clone(),
            unit: k.unit.clone(),
            baseline: k.baseline,
            target: k.target,
            current: k.current,
            progress: progress(k.baseline, k.target, k.current),
            checked_on: k.checked_on,
            state: k.state.clone(),
            revision: k.revision,
        }
    }
}

view! {
    /// A check-in as programs and pages see it.
    pub struct CheckInView of CheckIn {
        pub value: f64,
        pub confidence: i64,
        pub note: String,
        pub blocker: String,
        pub help: String,
        pub said_on: Day,
    }
}

/// Days after which a key result without a check-in is stale.
pub const STALE: i64 = 10;

/// How a share of the way reads: `green` from 0.7, `amber` from 0.4, else `red`.
pub fn colour(progress: f64) -> &'static str {
    match progress {
        p if p >= 0.7 => "green",
        p if p >= 0.4 => "amber",
        _ => "red",
    }
}

/// The check-ins of a key result, newest first.
pub fn check_ins(conn: &mut Conn, ws: i64, key_result: Id) -> Result<Vec<CheckInView>> {
    Ok(CHECK_INS.all(conn, ws, &[key_result.into()])?.iter().map(Into::into).collect())
}

fn of_objectives_sql() -> String {
    let tail = format!("gone_at IS NULL AND objective_id IN ({}) ORDER BY id", marks_from(2));
    select_text::<KeyResult>("key_result", &tail)
}

static OF_OBJECTIVES: LazyLock<String> = LazyLock::new(of_objectives_sql);
inventory::submit! { Composed { name: "key_results::OF_OBJECTIVES", text: of_objectives_sql } }

/// The key results of many objectives.
pub(super) fn of_objectives(conn: &mut Conn, ws: i64, objectives: &[Id]) -> Result<Vec<KeyResult>> {
    let mut all = Vec::new();
    for some in objectives.chunks(ASKED) {
        let values = with_ids(&[ws.into()], some);
        all.extend(conn.query_text(&OF_OBJECTIVES, &values, KeyResult::from_row)?);
    }
    Ok(all)
}

/// So many check-ins of each key result are told of together.
const LAST: i64 = 8;

fn newest_sql() -> String {
    let ids = marks_from(4);
    format!(
        "SELECT key_result_id, value, confidence, note, blocker, help, said_on FROM (SELECT c.*, \
         ROW_NUMBER() OVER (PARTITION BY key_result_id ORDER BY said_on DESC, id DESC) AS place \
         FROM check_in c WHERE workspace_id = $1 AND created_at < $3 AND key_result_id IN ({ids})) AS \
         placed WHERE place <= $2 ORDER BY key_result_id, place"
    )
}

static NEWEST: LazyLock<String> = LazyLock::new(newest_sql);
inventory::submit! { Composed { name: "key_results::NEWEST", text: newest_sql } }

/// The last eight check-ins of each of many key results, newest first; of those that were made before
/// `at`, where one is given.
pub fn newest_check_ins(
    conn: &mut Conn,
    ws: i64,
    key_results: &[Id],
    at: Option<Time>,
) -> Result<HashMap<Id, Vec<CheckInView>>> {
    let moment = at.map_or(OPEN, |at| at.0);
    let mut all: HashMap<Id, Vec<CheckInView>> = HashMap::new();
    for some in key_results.chunks(ASKED) {
        let values = with_ids(&[ws.into(), LAST.into(), moment.into()], some);
        let rows = conn.query_text(&NEWEST, &values, |r| {
            let said = CheckInView {
                value: r.get(1)?,
                confidence: r.get(2)?,
                note: r.get(3)?,
                blocker: r.get(4)?,
                help: r.get(5)?,
                said_on: r.get(6)?,
            };
            Ok((r.get::<Id>(0)?, said))
        })?;
        for (id, said) in rows {
            all.entry(id).or_default().push(said);
        }
    }
    Ok(all)
}

/// Add a key result to an objective.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddKeyResult {
    /// The objective's key.
    pub objective: String,
    pub title: String,
    pub unit: String,
    pub baseline: f64,
    pub target: f64,
    /// The key of the metric that gives its value.
    pub metric: Option<String>,
}

impl Action for AddKeyResult {
    type Output = KeyResultView;
    const META: Meta =
        Meta::action("add-key-result", "Add a key result to an objective", "POST", "/key-results")
            .exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<KeyResultView> {
        let actor = cx.actor.clone();
        let (objective, product) =
            by_key::<Objective>(cx.conn(), &actor, &self.objective, Access::Write)?;
        check_open(&objective)?;
        let metric = match self.metric.as_deref().filter(|k| !k.trim().is_empty()) {
            Some(key) => Some(by_key::<Metric>(cx.conn(), &actor, key, Access::Read)?.0.id),
            None => None,
        };
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let result = new_row!(
            cx,
            KeyResult {
                product_id: product.id,
                key: key,
                objective_id: objective.id,
                title: title,
                unit: check_unit(&self.unit)?,
                baseline: self.baseline,
                target: self.target,
                current: self.baseline,
                checked_on: None,
                owner_id: Some(actor.person),
                state: objective.state,
                metric_id: metric,
            }
        );
        cx.insert(&result)?;
        Ok((&result).into())
    }
}

/// Edit what you name of a key result; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditKeyResult {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub unit: Option<String>,
    /// Where it begins; before the first check-in also where it stands.
    pub baseline: Option<f64>,
    pub target: Option<f64>,
}

impl Action for EditKeyResult {
    type Output = KeyResultView;
    const META: Meta = Meta::action(
        "edit-key-result",
        "Edit what you name of a key result; the rest stays",
        "PATCH",
        "/key-results/{key}",
    )
    .exercises(&[17]);

    fn run(&self, cx: &mut Change<'_>) -> Result<KeyResultView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<KeyResult>(cx.conn(), &actor, &self.key, Access::Write)?;
        check_open(&cx.get(before.objective_id, "objective")?)?;
        let mut after = before.clone();
        put_title(&mut after.title, self.title.as_ref())?;
        if let Some(unit) = &self.unit {
            after.unit = check_unit(unit)?;
        }
        after.baseline = self.baseline.unwrap_or(before.baseline);
        after.target = self.target.unwrap_or(before.target);
        // Where nothing was checked in yet it stands where it begins.
        if before.checked_on.is_none() {
            after.current = after.baseline;
        }
        Ok((&cx.edit(&before, after, self.revision)?).into())
    }
}

/// Check in a key result: its value now, and how sure you are to reach the target.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddCheckIn {
    /// The key result's key.
    pub key: String,
    pub value: f64,
    /// 0 to 100 percent; 50 if left out.
    pub confidence: Option<i64>,
    pub note: String,
    /// What is in the way.
    pub blocker: String,
    /// Whose help is needed.
    pub help: String,
    /// Today if left out.
    pub said_on: Option<Day>,
}

impl Action for AddCheckIn {
    type Output = KeyResultView;
    const META: Meta = Meta::action(
        "check-in",
        "Check in a key result: its value now, and how sure you are to reach the target",
        "POST",
        "/key-results/{key}/check-ins",
    )
    .exercises(&[18]);

    fn run(&self, cx: &mut Change<'_>) -> Result<KeyResultView> {
        let actor = cx.actor.clone();
        let (before, _) = by_key::<KeyResult>(cx.conn(), &actor, &self.key, Access::Write)?;
        let objective: Objective = cx.get(before.objective_id, "objective")?;
        check_open(&objective)?;
        if objective.state == "draft" {
            return Err(Error::refused(format!(
                "{} is a draft. Make it active, then check in.",
                objective.key
            )));
        }
        let confidence = self.confidence.unwrap_or(50);
        if !(0..=100).contains(&confidence) {
            return Err(Error::invalid("confidence", "Confidence goes from 0 to 100 percent."));
        }
        let day = self.said_on.unwrap_or(cx.happened.day());
        check_past("said_on", Some(day), cx.now.day())?;
        cx.insert(&new_row!(
            cx,
            CheckIn {
                key_result_id: before.id,
                value: self.value,
                confidence: confidence,
                note: check_text("note", &self.note)?,
                said_on: day,
                author_id: Some(actor.person),
                blocker: check_text("blocker", self.blocker.trim())?,
                help: check_text("help", self.help.trim())?,
            }
        ))?;
        let mut after = before.clone();
        if before.checked_on.is_none_or(|last| last <= day) {
            after.current = self.value;
            after.checked_on = Some(day);
        }
        cx.update(&before, &mut after)?;
        settle(cx, Notice::CheckInDue, after.id)?;
        Ok((&after).into())
    }
}

/// Lets the key results of an objective stand where it stands. That is no doing of its own.
pub(super) fn follow(cx: &mut Change<'_>, objective: &Objective) -> Result<()> {
    let workspace = cx.workspace();
    let exercised = cx.exercised.replace(Vec::new());
    for before in WHEREVER.all(cx.conn(), workspace, &[objective.id.into()])? {
        let mut after = before.clone();
        after.state.clone_from(&objective.state);
        cx.update(&before, &mut after)?;
    }
    cx.exercised = exercised;
    Ok(())
}

/// Lets a metric's newest value stand as the value of the key results that it feeds.
pub(super) fn fed_by(cx: &mut Change<'_>, metric: Id, value: f64, day: Day) -> Result<()> {
    let workspace = cx.workspace();
    for before in FED.all(cx.conn(), workspace, &[metric.into()])? {
        // What is closed keeps the values that it was scored by; what hangs on nothing takes none.
        if load::<Objective>(cx.conn(), workspace, before.objective_id)?.is_none() {
            continue;
        }
        if before.checked_on.is_none_or(|last| last <= day) {
            let mut after = before.clone();
            (after.current, after.checked_on) = (value, Some(day));
            cx.update(&before, &mut after)?;
            settle(cx, Notice::CheckInDue, after.id)?;
        }
    }
    Ok(())
}

/// List a key result's check-ins, newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCheckIns {
    pub key: String,
}

impl Query for ListCheckIns {
    type Output = Vec<CheckInView>;
    const META: Meta = Meta::query(
        "list-check-ins",
        "List a key result's check-ins, newest first",
        "/key-results/{key}/check-ins",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CheckInView>> {
        let (result, _) = by_key::<KeyResult>(cx.conn, cx.actor, &self.key, Access::Read)?;
        check_ins(cx.conn, cx.actor.workspace, result.id)
    }
}

#[cfg(test)]
mod tests {
    use super::progress;

    #[test]
    fn progress_follows_the_formula_in_either_direction() {
        assert!((progress(410.0, 150.0, 296.0) - 0.438_461).abs() < 1e-5);
        assert_eq!(progress(0.0, 10.0, 20.0), 1.0);
        assert_eq!(progress(0.0, 10.0, -5.0), 0.0);
        assert_eq!(progress(99.0, 99.0, 99.5), 1.0);
        assert_eq!(progress(99.0, 99.0, 98.0), 0.0);
        assert_eq!(progress(0.0, 0.0, 1.0), 0.0);
        assert!(progress(34.0, 15.0, 34.0).is_sign_positive());
    }
}
