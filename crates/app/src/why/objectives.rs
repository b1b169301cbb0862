//! Objectives with key results and their check-ins, which are append-only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::products::{self, Product, check_text, check_title};
use crate::store::{Action, Change, Document, Edge, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects, statements};

record! {
    /// What a product wants to reach in a period.
    pub struct Objective in "objective", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        pub body: String,
        pub period: String,
        /// `committed` or `aspirational`.
        pub kind: String,
        /// `draft`, `active` or `closed`.
        pub state: String,
        pub owner_id: Option<Id>,
    }
}

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
        pub state: String,
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
    }
}

impl Indexed for Objective {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn keys(&self) -> Vec<String> {
        vec![self.key.clone()]
    }
    fn document(&self) -> Option<Document> {
        Some(Document {
            product: self.product_id,
            key: self.key.clone(),
            title: self.title.clone(),
            body: self.body.clone(),
        })
    }
}

impl Indexed for KeyResult {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn edges(&self) -> Vec<Edge> {
        vec![Edge {
            lower: ("key_result".into(), self.id),
            upper: ("objective".into(), self.objective_id),
        }]
    }
    fn keys(&self) -> Vec<String> {
        vec![self.key.clone()]
    }
    fn document(&self) -> Option<Document> {
        Some(Document {
            product: self.product_id,
            key: self.key.clone(),
            title: self.title.clone(),
            body: String::new(),
        })
    }
}

impl Indexed for CheckIn {
    fn append_only() -> bool {
        true
    }
}

statements! {
    OBJECTIVE_KEY = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'objective'";
    KEY_RESULT_KEY = "SELECT object_id FROM item_key WHERE workspace_id = $1 AND key = $2 AND kind = 'key_result'";
}

selects! {
    OBJECTIVES: Objective = "objective", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
    KEY_RESULTS: KeyResult = "key_result", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    KEY_RESULTS_OF: KeyResult = "key_result", "objective_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 100";
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
    ((now - baseline) / span).clamp(0.0, 1.0)
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
    pub revision: i64,
}

/// An objective with its key results.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ObjectiveView {
    pub key: String,
    pub title: String,
    pub body: String,
    pub period: String,
    pub kind: String,
    pub state: String,
    /// The mean of its key results, 0 to 1.
    pub progress: f64,
    pub key_results: Vec<KeyResultView>,
    pub revision: i64,
}

/// A check-in as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CheckInView {
    pub value: f64,
    pub confidence: i64,
    pub note: String,
    pub said_on: Day,
}

/// The view of a key result.
pub fn key_result_view(k: &KeyResult) -> KeyResultView {
    KeyResultView {
        key: k.key.clone(),
        title: k.title.clone(),
        unit: k.unit.clone(),
        baseline: k.baseline,
        target: k.target,
        current: k.current,
        progress: progress(k.baseline, k.target, k.current),
        checked_on: k.checked_on,
        revision: k.revision,
    }
}

fn objective_view(o: &Objective, results: &[KeyResult]) -> ObjectiveView {
    let key_results: Vec<KeyResultView> =
        results.iter().filter(|k| k.objective_id == o.id).map(key_result_view).collect();
    let count = key_results.len().max(1) as f64;
    ObjectiveView {
        key: o.key.clone(),
        title: o.title.clone(),
        body: o.body.clone(),
        period: o.period.clone(),
        kind: o.kind.clone(),
        state: o.state.clone(),
        progress: key_results.iter().map(|k| k.progress).sum::<f64>() / count,
        key_results,
        revision: o.revision,
    }
}

/// The objective of that key, if this actor may see it and do `access`.
pub fn objective_by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(Objective, Product)> {
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Option<Id> = conn.query_opt(&OBJECTIVE_KEY, &values, |r| r.get(0))?;
    let found = id.map(|id| load::<Objective>(conn, actor.workspace, id)).transpose()?.flatten();
    let objective = found.filter(|o| o.gone_at.is_none()).ok_or(Error::NotFound("objective"))?;
    let product = products::product_by_id(conn, actor, objective.product_id, access)?;
    Ok((objective, product))
}

/// The key result of that key, if this actor may see it and do `access`.
pub fn key_result_by_key(
    conn: &mut Conn,
    actor: &Actor,
    key: &str,
    access: Access,
) -> Result<(KeyResult, Product)> {
    let values = [actor.workspace.into(), key.trim().to_uppercase().into()];
    let id: Option<Id> = conn.query_opt(&KEY_RESULT_KEY, &values, |r| r.get(0))?;
    let found = id.map(|id| load::<KeyResult>(conn, actor.workspace, id)).transpose()?.flatten();
    let result = found.filter(|k| k.gone_at.is_none()).ok_or(Error::NotFound("key result"))?;
    let product = products::product_by_id(conn, actor, result.product_id, access)?;
    Ok((result, product))
}

/// The check-ins of a key result, newest first.
pub fn check_ins(conn: &mut Conn, ws: i64, key_result: Id) -> Result<Vec<CheckIn>> {
    CHECK_INS.all(conn, ws, &[key_result.into()])
}

/// Set an objective.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetObjective {
    pub product: String,
    pub title: String,
    pub body: String,
    /// Like `2026 Q4`.
    pub period: String,
    /// `committed` (if left out) or `aspirational`.
    pub kind: Option<String>,
}

impl Action for SetObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta {
        name: "set-objective",
        summary: "Set an objective",
        method: "POST",
        path: "/objectives",
        access: Access::Write,
        exercises: &[17],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let kind = self.kind.clone().filter(|k| !k.is_empty()).unwrap_or("committed".into());
        if !["committed", "aspirational"].contains(&kind.as_str()) {
            return Err(Error::invalid("kind", "An objective is committed or aspirational."));
        }
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let objective = new_row!(
            cx,
            Objective {
                product_id: product.id,
                key: key,
                title: title,
                body: check_text("body", &self.body)?,
                period: self.period.trim().to_owned(),
                kind: kind,
                state: "active".to_owned(),
                owner_id: Some(actor.person),
            }
        );
        cx.insert(&objective)?;
        Ok(objective_view(&objective, &[]))
    }
}

/// Edit what you name of an objective; the rest stays.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EditObjective {
    pub key: String,
    pub revision: Option<i64>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub period: Option<String>,
    pub state: Option<String>,
}

impl Action for EditObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta {
        name: "edit-objective",
        summary: "Edit what you name of an objective; the rest stays",
        method: "PATCH",
        path: "/objectives/{key}",
        access: Access::Write,
        exercises: &[17],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<ObjectiveView> {
        let actor = cx.actor.clone();
        let (before, _) = objective_by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let mut after = before.clone();
        let mut wanted = Vec::new();
        if let Some(title) = &self.title {
            after.title = check_title("title", title)?;
            wanted.push(("title", after.title.clone().into()));
        }
        if let Some(body) = &self.body {
            after.body = check_text("body", body)?;
            wanted.push(("body", after.body.clone().into()));
        }
        if let Some(period) = &self.period {
            period.trim().clone_into(&mut after.period);
        }
        if let Some(state) = &self.state {
            if !["draft", "active", "closed"].contains(&state.as_str()) {
                return Err(Error::invalid("state", "An objective is draft, active or closed."));
            }
            after.state.clone_from(state);
        }
        cx.check_conflict(&before, self.revision, &wanted)?;
        cx.update(&before, &mut after)?;
        let results = KEY_RESULTS_OF.all(cx.conn(), actor.workspace, &[after.id.into()])?;
        Ok(objective_view(&after, &results))
    }
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
}

impl Action for AddKeyResult {
    type Output = KeyResultView;
    const META: Meta = Meta {
        name: "add-key-result",
        summary: "Add a key result to an objective",
        method: "POST",
        path: "/key-results",
        access: Access::Write,
        exercises: &[17],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<KeyResultView> {
        let actor = cx.actor.clone();
        let (objective, product) =
            objective_by_key(cx.conn(), &actor, &self.objective, Access::Write)?;
        let title = check_title("title", &self.title)?;
        let key = products::next_key(cx, &product)?;
        let result = new_row!(
            cx,
            KeyResult {
                product_id: product.id,
                key: key,
                objective_id: objective.id,
                title: title,
                unit: self.unit.trim().to_owned(),
                baseline: self.baseline,
                target: self.target,
                current: self.baseline,
                checked_on: None,
                owner_id: Some(actor.person),
                state: "active".to_owned(),
            }
        );
        cx.insert(&result)?;
        Ok(key_result_view(&result))
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
    /// Today if left out.
    pub said_on: Option<Day>,
}

impl Action for AddCheckIn {
    type Output = KeyResultView;
    const META: Meta = Meta {
        name: "check-in",
        summary: "Check in a key result: its value now, and how sure you are to reach the target",
        method: "POST",
        path: "/key-results/{key}/check-ins",
        access: Access::Write,
        exercises: &[18],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Change<'_>) -> Result<KeyResultView> {
        let actor = cx.actor.clone();
        let (before, _) = key_result_by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        let confidence = self.confidence.unwrap_or(50);
        if !(0..=100).contains(&confidence) {
            return Err(Error::invalid("confidence", "Confidence goes from 0 to 100 percent."));
        }
        let day = self.said_on.unwrap_or(cx.happened.day());
        cx.insert(&new_row!(
            cx,
            CheckIn {
                key_result_id: before.id,
                value: self.value,
                confidence: confidence,
                note: check_text("note", &self.note)?,
                said_on: day,
                author_id: Some(actor.person),
            }
        ))?;
        let mut after = before.clone();
        if before.checked_on.is_none_or(|last| last <= day) {
            after.current = self.value;
            after.checked_on = Some(day);
        }
        cx.update(&before, &mut after)?;
        Ok(key_result_view(&after))
    }
}

/// List a product's objectives with their key results.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListObjectives {
    pub product: String,
}

impl Query for ListObjectives {
    type Output = Vec<ObjectiveView>;
    const META: Meta = Meta {
        name: "list-objectives",
        summary: "List a product's objectives with their key results",
        method: "GET",
        path: "/objectives",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ObjectiveView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let results = KEY_RESULTS.all(cx.conn, ws, &[product.id.into()])?;
        let all = OBJECTIVES.all(cx.conn, ws, &[product.id.into()])?;
        Ok(all.iter().map(|o| objective_view(o, &results)).collect())
    }
}

/// Show one objective with its key results.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetObjective {
    pub key: String,
}

impl Query for GetObjective {
    type Output = ObjectiveView;
    const META: Meta = Meta {
        name: "get-objective",
        summary: "Show one objective with its key results",
        method: "GET",
        path: "/objectives/{key}",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<ObjectiveView> {
        let (o, _) = objective_by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        let results = KEY_RESULTS_OF.all(cx.conn, cx.actor.workspace, &[o.id.into()])?;
        Ok(objective_view(&o, &results))
    }
}

/// List a key result's check-ins, newest first.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCheckIns {
    pub key: String,
}

impl Query for ListCheckIns {
    type Output = Vec<CheckInView>;
    const META: Meta = Meta {
        name: "list-check-ins",
        summary: "List a key result's check-ins, newest first",
        method: "GET",
        path: "/key-results/{key}/check-ins",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Product,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CheckInView>> {
        let (result, _) = key_result_by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        let all = check_ins(cx.conn, cx.actor.workspace, result.id)?;
        Ok(all
            .into_iter()
            .map(|c| CheckInView {
                value: c.value,
                confidence: c.confidence,
                note: c.note,
                said_on: c.said_on,
            })
            .collect())
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
    }
}
