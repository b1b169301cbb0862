//! What a release moved: the needs and key results above what it holds, then and now, with what they
//! were said to be worth.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::path::Sight;
use super::reach;
use crate::kernel::{Access, Day, Id, Result};
use crate::people::nouns::by_key;
use crate::store::{Meta, Query, Reader, load_many};
use crate::what::releases::{OutcomeReviewView, Release, contents, reviews};
use crate::why::key_results::{KeyResult, progress};
use crate::why::needs::Need;
use crate::why::values::{Values, values_of};

/// A need that a release serves.
#[derive(Serialize, JsonSchema)]
pub struct Served {
    pub key: String,
    pub title: String,
    /// `business`, `user` or `obligation`.
    pub kind: String,
    pub measure: String,
    pub baseline: Option<f64>,
    pub now: Option<f64>,
    /// What it is worth; for needs of the business.
    pub values: Values,
}

/// A key result that a release serves.
#[derive(Serialize, JsonSchema)]
pub struct Moved {
    pub key: String,
    pub title: String,
    pub unit: String,
    pub baseline: f64,
    pub target: f64,
    /// On the day of the release; none before it.
    pub then: Option<f64>,
    pub now: f64,
    /// 0 to 1.
    pub progress: f64,
}

/// What a release moved.
#[derive(Serialize, JsonSchema)]
pub struct Outcome {
    pub released_on: Option<Day>,
    pub days_since: Option<i64>,
    pub needs: Vec<Served>,
    pub key_results: Vec<Moved>,
    pub reviews: Vec<OutcomeReviewView>,
}

/// Show what a release moved: its needs' measures and values, and the key results, then and now.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOutcome {
    pub key: String,
}

/// Needs and key results that are told of at most.
const MOST: usize = 50;

impl Query for GetOutcome {
    type Output = Outcome;
    const META: Meta = Meta::query(
        "get-outcome",
        "Show what a release moved: its needs' measures and values, and the key results",
        "/releases/{key}/outcome",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Outcome> {
        let (release, _) = by_key::<Release>(cx.conn, cx.actor, &self.key, Access::Read)?;
        outcome(cx, &release)
    }
}

/// What a release moved, as far as this reader sees.
pub fn outcome(cx: &mut Reader<'_>, release: &Release) -> Result<Outcome> {
    let ws = cx.actor.workspace;
    let held: Vec<Id> =
        contents(cx.conn, ws, release.id)?.iter().map(|item| item.object_id).collect();
    let sight = Sight::of(cx.conn, cx.actor)?;
    let above = reach::above(cx.conn, ws, &sight, &held, None)?;
    let ids = |kind: &str| -> Vec<Id> {
        let mut seen = HashSet::new();
        let steps = held.iter().filter_map(|id| above.steps.get(id)).flatten();
        let ids = steps.map(|s| &s.node).filter(|n| n.kind == kind).map(|n| n.id);
        ids.filter(|id| seen.insert(*id)).take(MOST).collect()
    };
    let mut needs: Vec<Need> =
        load_many::<Need>(cx.conn, ws, ids("need"), None)?.into_values().collect();
    needs.sort_by(|a, b| (&a.kind, a.id).cmp(&(&b.kind, b.id)));
    let mut served = Vec::with_capacity(needs.len());
    for need in needs {
        let values =
            if need.kind == "user" { Values::default() } else { values_of(cx.conn, ws, need.id)? };
        served.push(Served {
            key: need.key,
            title: need.title,
            kind: need.kind,
            measure: need.measure,
            baseline: need.baseline,
            now: need.current,
            values,
        });
    }
    let results = ids("key-result");
    let then = match release.released_on {
        Some(day) => load_many::<KeyResult>(cx.conn, ws, results.clone(), Some(day.end()))?,
        None => std::collections::HashMap::new(),
    };
    let mut moved: Vec<Moved> = load_many::<KeyResult>(cx.conn, ws, results, None)?
        .into_values()
        .map(|k| Moved {
            then: then.get(&k.id).map(|then| then.current),
            progress: progress(k.baseline, k.target, k.current),
            key: k.key,
            title: k.title,
            unit: k.unit,
            baseline: k.baseline,
            target: k.target,
            now: k.current,
        })
        .collect();
    moved.sort_by(|a, b| a.key.cmp(&b.key));
    let today = cx.now.day();
    Ok(Outcome {
        released_on: release.released_on,
        days_since: release.released_on.map(|day| day.days_until(today)),
        needs: served,
        key_results: moved,
        reviews: reviews(cx.conn, ws, release.id)?.iter().map(Into::into).collect(),
    })
}
