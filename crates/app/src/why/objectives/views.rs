//! Objectives as programs and pages see them, with their key results and as they stood in the past.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Objective;
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Id, Result, Time};
use crate::people::nouns::{by_key, referred};
use crate::people::products;
use crate::selects;
use crate::store::{Meta, Query, Reader, stood};
use crate::why::key_results::{self, KeyResult, KeyResultView, OF_OBJECTIVE, OF_PRODUCT, WHEREVER};

selects! {
    OBJECTIVES: Objective = "objective", "product_id = $2 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
    ALL_OPEN: Objective = "objective", "gone_at IS NULL AND state <> 'closed' ORDER BY id LIMIT 1001";
    EVER: Objective = "objective", "product_id = $2 AND created_at < $3 ORDER BY id DESC LIMIT 500";
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
    pub level: String,
    /// The key of the objective that it serves.
    pub serves: Option<String>,
    pub score: Option<f64>,
    pub lesson: String,
    pub key_results: Vec<KeyResultView>,
    pub revision: i64,
}

impl ObjectiveView {
    /// As this actor may see it: of what lies in a product out of their sight, not even the key.
    pub fn seen(conn: &mut Conn, actor: &Actor, o: &Objective) -> Result<Self> {
        Self::seen_at(conn, actor, o, None)
    }

    /// The same with its key results as they stood just before `at`, where one is given.
    pub fn seen_at(
        conn: &mut Conn,
        actor: &Actor,
        o: &Objective,
        at: Option<Time>,
    ) -> Result<Self> {
        let (ws, values) = (actor.workspace, [o.id.into()]);
        let results = match at {
            None => OF_OBJECTIVE.all(conn, ws, &values)?,
            Some(at) => {
                let all = WHEREVER.all(conn, ws, &values)?;
                stood(conn, ws, &all, at)?
            }
        };
        let serves = match o.parent_id {
            Some(id) => referred(conn, actor, id)?.map(|parent| parent.key),
            None => None,
        };
        Ok(Self::new(o, &results, serves))
    }

    fn new(o: &Objective, results: &[KeyResult], serves: Option<String>) -> Self {
        let key_results: Vec<KeyResultView> =
            results.iter().filter(|k| k.objective_id == o.id).map(Into::into).collect();
        let count = key_results.len().max(1) as f64;
        Self {
            key: o.key.clone(),
            title: o.title.clone(),
            body: o.body.clone(),
            period: o.period.clone(),
            kind: o.kind.clone(),
            state: o.state.clone(),
            level: o.level.clone(),
            serves,
            score: o.score,
            lesson: o.lesson.clone(),
            // The sum of nothing is -0.
            progress: key_results.iter().map(|k| k.progress).sum::<f64>() / count + 0.0,
            key_results,
            revision: o.revision,
        }
    }
}

/// So many open objectives are told of at once.
const OPEN: usize = 1000;

/// The open objectives of all products that are `seen`, oldest first, and whether there are more.
pub fn open(
    conn: &mut Conn,
    ws: i64,
    seen: impl Fn(Id) -> bool,
) -> Result<(Vec<ObjectiveView>, bool)> {
    let mut all = ALL_OPEN.all(conn, ws, &[])?;
    let more = all.len() > OPEN;
    all.truncate(OPEN);
    all.retain(|o| seen(o.product_id));
    let keys: HashMap<Id, &str> = all.iter().map(|o| (o.id, o.key.as_str())).collect();
    let ids: Vec<Id> = all.iter().map(|o| o.id).collect();
    let results = key_results::of_objectives(conn, ws, &ids)?;
    let view = |o: &Objective| {
        let serves = o.parent_id.and_then(|id| keys.get(&id)).map(|key| (*key).to_owned());
        ObjectiveView::new(o, &results, serves)
    };
    Ok((all.iter().map(view).collect(), more))
}

/// List a product's objectives with their key results.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListObjectives {
    pub product: String,
    /// As they stood at the end of a past day.
    pub at: Option<Day>,
}

impl Query for ListObjectives {
    type Output = Vec<ObjectiveView>;
    const META: Meta = Meta::query(
        "list-objectives",
        "List a product's objectives with their key results",
        "/objectives",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ObjectiveView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let (all, results) = match self.at {
            None => (
                OBJECTIVES.all(cx.conn, ws, &[product.id.into()])?,
                OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?,
            ),
            Some(day) => {
                let (at, values) = (day.end(), [product.id.into(), day.end().into()]);
                let objectives = EVER.all(cx.conn, ws, &values)?;
                let results = key_results::EVER.all(cx.conn, ws, &values)?;
                (stood(cx.conn, ws, &objectives, at)?, stood(cx.conn, ws, &results, at)?)
            }
        };
        let mut views = Vec::new();
        for o in &all {
            let known = all.iter().find(|p| Some(p.id) == o.parent_id).map(|p| p.key.clone());
            let serves = match (known, o.parent_id) {
                (None, Some(id)) => referred(cx.conn, cx.actor, id)?.map(|parent| parent.key),
                (known, _) => known,
            };
            views.push(ObjectiveView::new(o, &results, serves));
        }
        Ok(views)
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
    const META: Meta = Meta::query(
        "get-objective",
        "Show one objective with its key results",
        "/objectives/{key}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<ObjectiveView> {
        let (objective, _) = by_key::<Objective>(cx.conn, cx.actor, &self.key, Access::Read)?;
        ObjectiveView::seen(cx.conn, cx.actor, &objective)
    }
}
