//! The ranking: opportunities or epics by a method's score, how sure that is, and where the order
//! that people gave departs from it.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wherefore_choose::ranking::{Range, Simulations, Standing, rank};
use wherefore_choose::scores::{Moscow, must_share};

use super::amounts::{Inputs, Range3, drawn, written};
use super::methods::Method;
use super::scores::{self, Score, complete};
use crate::db::{Conn, Sql, Value};
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::nouns::one_of;
use crate::people::products::{self, Product};
use crate::statements;
use crate::store::{Meta, Query, Reader};

/// How many times the inputs are drawn from their ranges.
pub const RUNS: usize = 2000;
/// More than this many are not ranked at once.
pub const MOST: usize = 200;

statements! {
    /// Those that are still to be solved, in the order that people gave.
    OPEN_OPPORTUNITIES = "SELECT id, key, title, state, rank_reason, rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state NOT IN ('not-now', 'rejected', 'solved', 'abandoned') ORDER BY rank LIMIT 1000";
    OPPORTUNITIES_THEN = "SELECT * FROM (SELECT id, key, title, state, rank_reason, rank FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 AND gone_at IS NULL UNION ALL SELECT id, key, title, state, rank_reason, rank FROM opportunity_version WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 AND valid_to >= $3 AND gone_at IS NULL) AS stood WHERE state NOT IN ('not-now', 'rejected', 'solved', 'abandoned') ORDER BY rank LIMIT 1000";
    EPICS_THEN = "SELECT id, key, title, state, COALESCE((SELECT MAX(x.rank_reason) FROM (SELECT item_id, rank_reason FROM epic WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 UNION ALL SELECT item_id, rank_reason FROM epic_version WHERE workspace_id = $1 AND product_id = $2 AND valid_from < $3 AND valid_to >= $3) AS x WHERE x.item_id = stood.id), ''), rank FROM (SELECT id, key, title, state, rank, category FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND level = 'epic' AND valid_from < $3 AND gone_at IS NULL AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied')) UNION ALL SELECT id, key, title, state, rank, category FROM work_item_version WHERE workspace_id = $1 AND product_id = $2 AND level = 'epic' AND valid_from < $3 AND valid_to >= $3 AND gone_at IS NULL AND (staged_by IS NULL OR staged_by IN (SELECT id FROM import WHERE state = 'applied'))) AS stood WHERE category NOT IN ('accepted', 'dropped') ORDER BY rank LIMIT 1000";
    OPEN_EPICS = "SELECT w.id, w.key, w.title, w.state, COALESCE(e.rank_reason, ''), w.rank FROM work_item_now w LEFT JOIN epic e ON e.workspace_id = w.workspace_id AND e.item_id = w.id AND e.gone_at IS NULL WHERE w.workspace_id = $1 AND w.product_id = $2 AND w.level = 'epic' AND w.category NOT IN ('accepted', 'dropped') ORDER BY w.rank LIMIT 1000";
}

/// Something that competes, with what was estimated of it.
#[derive(Clone, Debug)]
pub struct Contender {
    pub id: Id,
    pub key: String,
    pub title: String,
    pub state: String,
    /// Why it stands where it stands, although the score puts it elsewhere.
    pub reason: String,
    /// Its place in the order that people gave.
    pub rank: String,
    pub inputs: Inputs,
    /// The inputs in the method's order, if none is missing.
    pub ranges: Option<Vec<Range3>>,
}

/// What is ranked: `opportunities` or `epics`.
pub const THINGS: [&str; 2] = ["opportunities", "epics"];

/// The open opportunities or epics of a product in their order, with their inputs of a method.
pub fn contenders(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    method: &Method,
    of: &str,
) -> Result<Vec<Contender>> {
    let epics = of == "epics";
    let kind = if epics { "work_item" } else { "opportunity" };
    let scores = scores::of_product(conn, ws, product.id, method.word, kind)?;
    let open = if epics { &OPEN_EPICS } else { &OPEN_OPPORTUNITIES };
    competing(conn, open, &[ws.into(), product.id.into()], method, &scores)
}

/// The same as they stood just before `at`, by what was estimated of them then.
fn contenders_then(
    conn: &mut Conn,
    ws: i64,
    product: &Product,
    method: &Method,
    (of, at): (&str, Time),
) -> Result<Vec<Contender>> {
    let epics = of == "epics";
    let kind = if epics { "work_item" } else { "opportunity" };
    let scores = scores::of_product_then(conn, ws, product.id, (method.word, kind), at)?;
    let open = if epics { &EPICS_THEN } else { &OPPORTUNITIES_THEN };
    competing(conn, open, &[ws.into(), product.id.into(), at.into()], method, &scores)
}

fn competing(
    conn: &mut Conn,
    open: &Sql,
    values: &[Value],
    method: &Method,
    scores: &[Score],
) -> Result<Vec<Contender>> {
    let mut inputs: HashMap<Id, Inputs> =
        scores.iter().map(|s| (s.object_id, s.ranges())).collect();
    conn.query(open, values, |r| {
        let id = r.get(0)?;
        let inputs = inputs.remove(&id).unwrap_or_default();
        let ranges = complete(method, &inputs);
        Ok(Contender {
            id,
            key: r.get(1)?,
            title: r.get(2)?,
            state: r.get(3)?,
            reason: r.get(4)?,
            rank: r.get(5)?,
            inputs,
            ranges,
        })
    })
}

/// A ranking as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Ranking {
    pub method: String,
    /// How inputs become the score.
    pub formula: String,
    /// How many simulations the shares are of.
    pub runs: usize,
    /// Best first.
    pub items: Vec<Ranked>,
    /// Those that miss an input, in the order that people gave.
    pub unscored: Vec<Unscored>,
    /// What should make one think twice, as too much that must be.
    pub warning: Option<String>,
}

/// One of a ranking.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Ranked {
    pub key: String,
    pub title: String,
    pub state: String,
    /// As people write them: `200`, or low, likely and high.
    pub inputs: BTreeMap<String, String>,
    /// At the likely inputs.
    pub score: Option<f64>,
    /// A tenth of the simulated scores lie below this.
    pub low: Option<f64>,
    /// A tenth of the simulated scores lie above this.
    pub high: Option<f64>,
    /// The share of simulations in which it beats the next one, 0 to 1.
    pub beats_next: Option<f64>,
    /// The share of simulations in which it comes first.
    pub first: Option<f64>,
    /// Its place among the scored in the order that people gave, from 1.
    pub stands: usize,
    /// The order departs from the score here: it was put before better, or after worse ones.
    pub departs: bool,
    /// Why it stands where it stands.
    pub because: String,
}

/// One that misses an input.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Unscored {
    pub key: String,
    pub title: String,
    pub state: String,
    pub inputs: BTreeMap<String, String>,
}

/// Rank opportunities or epics by a method, with how sure that is.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetRanking {
    pub product: String,
    /// `rice`, `ice`, `wsjf`, `cd3`, `opportunity`, `value-effort`, `moscow` or `own`.
    pub method: String,
    /// `opportunities` (if left out) or `epics`.
    pub of: Option<String>,
    /// As they stood at the end of a past day, by what was estimated of them then.
    pub at: Option<Day>,
}

impl Query for GetRanking {
    type Output = Ranking;
    const META: Meta = Meta::query(
        "rank-opportunities",
        "Rank opportunities or epics by a method, with how sure that is",
        "/opportunities/ranking",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Ranking> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let of = one_of("of", self.of.as_deref(), THINGS[0], &THINGS)?;
        let (ws, at) = (cx.actor.workspace, self.at.map(Day::end));
        let method = scores::method_at(cx.conn, ws, product.id, &self.method, at)?;
        let all = match at {
            None => contenders(cx.conn, ws, &product, &method, &of)?,
            Some(at) => contenders_then(cx.conn, ws, &product, &method, (&of, at))?,
        };
        let (scored, missing): (Vec<Contender>, Vec<Contender>) =
            all.into_iter().partition(|c| c.ranges.is_some());
        if scored.len() > MOST {
            return Err(Error::refused(format!(
                "{} are scored by {}; at most {MOST} are ranked at once. Say “not now” to those that cannot win.",
                scored.len(),
                method.name
            )));
        }
        Ok(Ranking {
            method: method.word.to_owned(),
            formula: method.formula.clone(),
            runs: RUNS,
            warning: warning(&method, &scored),
            items: ranked(&method, &scored)?,
            unscored: missing
                .into_iter()
                .map(|c| Unscored {
                    inputs: texts(&method, &c.inputs),
                    key: c.key,
                    title: c.title,
                    state: c.state,
                })
                .collect(),
        })
    }
}

/// Inputs as people write them.
pub fn texts(method: &Method, inputs: &Inputs) -> BTreeMap<String, String> {
    inputs.iter().map(|(name, range)| (name.clone(), written(method.word, name, *range))).collect()
}

/// The inputs of each as they are drawn from.
pub(super) fn candidates(scored: &[Contender]) -> Result<Vec<Vec<Range>>> {
    let mut candidates = Vec::with_capacity(scored.len());
    for contender in scored {
        let ranges = contender.ranges.iter().flatten().map(|range| drawn(*range));
        let ranges: Option<Vec<_>> = ranges.collect();
        candidates.push(ranges.ok_or_else(|| Error::internal("a kept range is none"))?);
    }
    Ok(candidates)
}

fn ranked(method: &Method, scored: &[Contender]) -> Result<Vec<Ranked>> {
    let simulations = Simulations { runs: RUNS, ..Simulations::default() };
    let standings = rank(&candidates(scored)?, |at| method.score(at), &simulations);
    let mut order: Vec<usize> = standings.iter().map(|standing| standing.candidate).collect();
    as_given_where_level(&mut order, |at| likely_score(method, &scored[at]));
    let kept = longest_rising(&order);
    let graded = method.is_graded();
    Ok(standings
        .iter()
        .enumerate()
        .map(|(place, standing)| {
            let contender = &scored[standing.candidate];
            Ranked {
                key: contender.key.clone(),
                title: contender.title.clone(),
                state: contender.state.clone(),
                inputs: texts(method, &contender.inputs),
                score: standing.score,
                low: finite(standing.p10),
                high: finite(standing.p90),
                beats_next: beats_next(&standings, place).filter(|_| graded),
                first: graded.then_some(standing.first),
                stands: standing.candidate + 1,
                departs: !kept.contains(&standing.candidate),
                because: contender.reason.clone(),
            }
        })
        .collect())
}

fn finite(score: f64) -> Option<f64> {
    score.is_finite().then_some(score)
}

fn beats_next(standings: &[Standing], place: usize) -> Option<f64> {
    let next = standings.get(place + 1)?.candidate;
    standings[place].beats.get(next).copied()
}

/// The score of one at its likely inputs.
pub(super) fn likely_score(method: &Method, contender: &Contender) -> Option<f64> {
    let likely: Vec<f64> = contender.ranges.iter().flatten().map(|range| range[1]).collect();
    method.score(&likely)
}

/// Puts those that follow each other with one and the same score into the order that people gave:
/// chance alone sets one above the other there, and nobody has to say why they did not follow it.
pub(super) fn as_given_where_level(order: &mut [usize], score: impl Fn(usize) -> Option<f64>) {
    let level = |a: Option<f64>, b: Option<f64>| {
        a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()))
    };
    for group in order.chunk_by_mut(|a, b| level(score(*a), score(*b))) {
        group.sort_unstable();
    }
}

/// The most of `order` that rises: what stands, relative to each other, as the score has it. The
/// rest are the fewest that must have been moved on purpose.
pub(super) fn longest_rising(order: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(order.len());
    for (at, place) in order.iter().enumerate() {
        let before = (0..at).filter(|b| order[*b] < *place).max_by_key(|b| best[*b].0);
        best.push((before.map_or(1, |b| best[b].0 + 1), before));
    }
    let mut kept = Vec::new();
    let mut at = (0..order.len()).rev().max_by_key(|a| best[*a].0);
    while let Some(one) = at {
        kept.push(order[one]);
        at = best[one].1;
    }
    kept
}

/// MoSCoW warns where so much must be that nothing is left for surprises.
fn warning(method: &Method, scored: &[Contender]) -> Option<String> {
    let mut efforts: Vec<(Moscow, f64)> = Vec::new();
    for contender in scored {
        let likely: Vec<f64> = contender.ranges.iter().flatten().map(|range| range[1]).collect();
        efforts.extend(method.class(&likely).zip(likely.last().copied()));
    }
    let share = must_share(&efforts).filter(|share| share.too_much)?.share;
    Some(format!(
        "{:.0} % of the effort is a Must; above 60 % nothing is left to give up when something takes longer. Which of them would really stop the release?",
        share * 100.0
    ))
}

#[cfg(test)]
mod tests {
    use super::{as_given_where_level, longest_rising};

    #[test]
    fn what_scores_the_same_does_not_depart() {
        let scores = [3.0, 5.0, 3.0, 3.0, 1.0];
        let mut order = vec![1, 3, 0, 2, 4];
        as_given_where_level(&mut order, |at| Some(scores[at]));
        assert_eq!(order, [1, 0, 2, 3, 4]);
        let mut unscored = vec![1, 0];
        as_given_where_level(&mut unscored, |_| None);
        assert_eq!(unscored, [1, 0]);
    }

    #[test]
    fn the_fewest_depart() {
        let departs = |order: &[usize]| {
            let kept = longest_rising(order);
            let mut moved: Vec<usize> =
                order.iter().copied().filter(|o| !kept.contains(o)).collect();
            moved.sort_unstable();
            moved
        };
        assert_eq!(departs(&[0, 1, 2, 3]), Vec::<usize>::new());
        // The last by score stands first.
        assert_eq!(departs(&[1, 2, 3, 0]), [0]);
        assert_eq!(departs(&[2, 0, 1, 3]), [2]);
        assert_eq!(departs(&[]), Vec::<usize>::new());
    }
}
