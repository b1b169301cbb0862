//! Scores: what people estimate of each opportunity or epic, by method, kept with every version.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_choose::scores::Ice;

use super::amounts::{Amount, Inputs, Range3, written};
use super::methods::{self, METHODS, Method};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::nouns::{any_by_key, put_text, title_of};
use crate::people::products;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load_as_of, stood};
use crate::{new_row, record, selects, statements};

record! {
    /// The inputs of one method for one opportunity or epic.
    pub struct Score in "score", versioned: true {
        pub product_id: Id,
        pub object_kind: String,
        pub object_id: Id,
        pub method: String,
        /// JSON: name → low, likely, high.
        pub inputs: String,
        /// Where the numbers come from.
        pub note: String,
    }
}

record! {
    /// How a product scores: its own formula, and how the parts of ICE come together.
    pub struct Scoring in "scoring", versioned: true {
        pub product_id: Id,
        pub formula: String,
        pub ice_average: bool,
    }
}

impl Indexed for Score {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for Scoring {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

selects! {
    /// Also one that an undo took back, so that scoring again revives it.
    ONE: Score = "score", "object_id = $2 AND method = $3";
    OF_OBJECT: Score = "score", "object_id = $2 AND gone_at IS NULL ORDER BY method";
    OF_PRODUCT: Score = "score", "product_id = $2 AND method = $3 AND object_kind = $4 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    EVER: Score = "score", "product_id = $2 AND method = $3 AND object_kind = $4 AND created_at < $5 ORDER BY id LIMIT 1000";
    SETTINGS: Scoring = "scoring", "product_id = $2";
}

statements! {
    COUNTS = "SELECT method, COUNT(*) FROM (SELECT method FROM score WHERE workspace_id = $1 AND product_id = $2 AND object_kind = $3 AND gone_at IS NULL LIMIT 5000) AS few GROUP BY method";
    LEVEL = "SELECT level FROM work_item WHERE workspace_id = $1 AND id = $2";
}

impl Score {
    /// The inputs by name.
    pub fn ranges(&self) -> Inputs {
        serde_json::from_str(&self.inputs).unwrap_or_default()
    }
}

/// A score as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ScoreView {
    pub item: String,
    pub title: String,
    pub method: String,
    /// As people write them: `200`, or low, likely and high.
    pub inputs: BTreeMap<String, String>,
    /// At the likely inputs; none while one is missing.
    pub score: Option<f64>,
    pub note: String,
    pub revision: i64,
}

/// How a product scores by `word`.
pub fn method(conn: &mut Conn, ws: i64, product: Id, word: &str) -> Result<Method> {
    method_at(conn, ws, product, word, None)
}

/// The same as it was just before `at`.
pub fn method_at(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    word: &str,
    at: Option<Time>,
) -> Result<Method> {
    let settings = settings_at(conn, ws, product, at)?;
    let ice = if settings.ice_average { Ice::Average } else { Ice::Product };
    Method::of(word, ice, &settings.formula)
}

/// What a product has set of how it scores.
#[derive(Clone, Serialize, JsonSchema, Debug, Default)]
pub struct ScoringView {
    /// Empty while there is none.
    pub formula: String,
    pub ice_average: bool,
}

/// The settings of a product, or those that all begin with.
pub fn settings(conn: &mut Conn, ws: i64, product: Id) -> Result<ScoringView> {
    settings_at(conn, ws, product, None)
}

/// The same as they were just before `at`.
pub fn settings_at(conn: &mut Conn, ws: i64, product: Id, at: Option<Time>) -> Result<ScoringView> {
    let now = SETTINGS.first(conn, ws, &[product.into()])?;
    let found = match (now, at) {
        (Some(now), Some(at)) => load_as_of::<Scoring>(conn, ws, now.id, at)?,
        (now, _) => now,
    };
    let found = found.filter(|s| s.gone_at.is_none());
    Ok(found.map_or_else(ScoringView::default, |s| ScoringView {
        formula: s.formula,
        ice_average: s.ice_average,
    }))
}

/// The scores of a product's things of one kind by one method.
pub fn of_product(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    method: &str,
    kind: &str,
) -> Result<Vec<Score>> {
    OF_PRODUCT.all(conn, ws, &[product.into(), method.to_owned().into(), kind.to_owned().into()])
}

/// The same as they were just before `at`.
pub fn of_product_then(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    (method, kind): (&str, &str),
    at: Time,
) -> Result<Vec<Score>> {
    let ever = EVER.all(conn, ws, &[product.into(), method.into(), kind.into(), at.into()])?;
    stood(conn, ws, &ever, at)
}

/// The method by which most things of a kind are scored, of those that are asked for.
pub fn leading(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    kind: &str,
    of: &[&'static str],
) -> Result<Option<&'static str>> {
    let values = [ws.into(), product.into(), kind.into()];
    let counts = conn.query(&COUNTS, &values, |r| Ok((r.get::<String>(0)?, r.get::<i64>(1)?)))?;
    let count = |word: &str| counts.iter().find(|(known, _)| known == word).map_or(0, |(_, n)| *n);
    let most = of.iter().copied().rev().max_by_key(|word| count(word));
    Ok(most.filter(|word| count(word) > 0))
}

/// The inputs in the method's order, if none is missing.
pub fn complete(method: &Method, inputs: &Inputs) -> Option<Vec<Range3>> {
    method.inputs.iter().map(|input| inputs.get(&input.name).copied()).collect()
}

/// The score at the likely inputs.
pub fn likely(method: &Method, inputs: &Inputs) -> Option<f64> {
    let at: Vec<f64> = complete(method, inputs)?.iter().map(|range| range[1]).collect();
    method.score(&at)
}

fn view(conn: &mut Conn, ws: i64, score: &Score) -> Result<ScoreView> {
    let (item, title) = title_of(conn, ws, score.object_id)?.ok_or(Error::NotFound("item"))?;
    // A formula of one's own can be gone or have other inputs by now.
    let method = method(conn, ws, score.product_id, &score.method).ok();
    let ranges = score.ranges();
    Ok(ScoreView {
        item,
        title,
        method: score.method.clone(),
        score: method.and_then(|method| likely(&method, &ranges)),
        inputs: ranges
            .iter()
            .map(|(name, range)| (name.clone(), written(&score.method, name, *range)))
            .collect(),
        note: score.note.clone(),
        revision: score.revision,
    })
}

/// Score an opportunity or epic by one method: numbers or ranges.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreOpportunity {
    pub key: String,
    /// `rice`, `ice`, `wsjf`, `cd3`, `opportunity`, `value-effort`, `moscow` or `own`.
    pub method: String,
    /// By name; each a number or a text: `200`, `100..400`, `100 200 400` (low, likely, high), or a
    /// MoSCoW class. Those left out stay, an empty text takes one away.
    pub inputs: BTreeMap<String, Amount>,
    /// Inputs left out are taken away too.
    pub replace: bool,
    /// Where the numbers come from.
    pub note: Option<String>,
}

impl Action for ScoreOpportunity {
    type Output = ScoreView;
    const META: Meta = Meta::action(
        "score-opportunity",
        "Score an opportunity or epic by one method: numbers or ranges",
        "POST",
        "/opportunities/{key}/scores",
    )
    .exercises(&[15]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ScoreView> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let item = any_by_key(cx.conn(), &actor, &self.key, Access::Write)?;
        check_kind(cx.conn(), ws, &item.kind, item.id)?;
        let product = item.product.id;
        let method = method(cx.conn(), ws, product, &self.method)?;
        let stands = ONE.first(cx.conn(), ws, &[item.id.into(), method.word.to_owned().into()])?;
        let live = stands.as_ref().filter(|score| score.gone_at.is_none() && !self.replace);
        let mut inputs = live.map(Score::ranges).unwrap_or_default();
        for (name, given) in &self.inputs {
            match method.read(name, given)? {
                Some(range) => inputs.insert(name.clone(), range),
                None => inputs.remove(name),
            };
        }
        if let Some(ranges) = complete(&method, &inputs) {
            method.check(&ranges)?;
        }
        let mut after = stands.clone().unwrap_or_else(|| {
            new_row!(
                cx,
                Score {
                    product_id: product,
                    object_kind: item.kind.clone(),
                    object_id: item.id,
                    method: method.word.to_owned(),
                    inputs: String::new(),
                    note: String::new(),
                }
            )
        });
        after.inputs = serde_json::to_string(&inputs).map_err(Error::internal)?;
        after.gone_at = None;
        put_text(&mut after.note, "note", self.note.as_ref())?;
        match &stands {
            Some(before) => cx.update(before, &mut after)?,
            None => cx.insert(&after)?,
        }
        view(cx.conn(), ws, &after)
    }
}

fn check_kind(conn: &mut Conn, ws: i64, kind: &str, id: Id) -> Result<()> {
    let level: Option<String> = match kind {
        "opportunity" => return Ok(()),
        "work_item" => conn.query_opt(&LEVEL, &[ws.into(), id.into()], |r| r.get(0))?,
        _ => None,
    };
    if level.as_deref() == Some("epic") {
        return Ok(());
    }
    Err(Error::invalid(
        "key",
        "Opportunities and epics are scored; stories have their order in the backlog.",
    ))
}

/// Set a product's own formula, and how the parts of ICE come together.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetScoring {
    pub product: String,
    /// Of + - * / ( ), numbers and names, as `(reach * joy) / effort`; an empty text takes it away.
    pub formula: Option<String>,
    /// ICE is the average of its parts instead of their product.
    pub ice_average: Option<bool>,
}

impl Action for SetScoring {
    type Output = ScoringView;
    const META: Meta = Meta::action(
        "set-scoring",
        "Set a product's own formula, and how the parts of ICE come together",
        "POST",
        "/opportunities/scoring",
    )
    .exercises(&[15]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ScoringView> {
        let actor = cx.actor.clone();
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let stands = SETTINGS.first(cx.conn(), actor.workspace, &[product.id.into()])?;
        let mut after = stands.clone().unwrap_or_else(|| {
            new_row!(
                cx,
                Scoring { product_id: product.id, formula: String::new(), ice_average: false }
            )
        });
        if let Some(formula) = self.formula.as_deref().map(str::trim) {
            if !formula.is_empty() {
                methods::parse(formula)?;
            }
            formula.clone_into(&mut after.formula);
        }
        after.ice_average = self.ice_average.unwrap_or(after.ice_average);
        after.gone_at = None;
        match &stands {
            Some(before) => cx.update(before, &mut after)?,
            None => cx.insert(&after)?,
        }
        Ok(ScoringView { formula: after.formula, ice_average: after.ice_average })
    }
}

/// List the scores of one opportunity or epic, by method.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListScores {
    pub key: String,
}

impl Query for ListScores {
    type Output = Vec<ScoreView>;
    const META: Meta = Meta::query(
        "list-scores",
        "List the scores of one opportunity or epic, by method",
        "/opportunities/{key}/scores",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ScoreView>> {
        let ws = cx.actor.workspace;
        let item = any_by_key(cx.conn, cx.actor, &self.key, Access::Read)?;
        let mut all = OF_OBJECT.all(cx.conn, ws, &[item.id.into()])?;
        all.sort_by_key(|score| METHODS.iter().position(|word| *word == score.method));
        all.iter().map(|score| view(cx.conn, ws, score)).collect()
    }
}
