//! The same problem in everyday amounts: fractions are kept to a thousandth.

use crate::problem::{Item, Lock, Mistake, Problem};
use crate::search::{Limits, choose};

const PARTS: f64 = 1000.0;
/// No single amount may be larger.
const LARGEST: f64 = 1e9;

/// Something that competes for the capacity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    pub value: f64,
    pub effort: f64,
    /// Positions of the candidates without which this one is worth nothing.
    pub needs: Vec<usize>,
    pub lock: Lock,
}

/// What to build, and how good that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Positions of the chosen candidates, in order.
    pub chosen: Vec<usize>,
    pub value: f64,
    pub effort: f64,
    /// No plan within the capacity is worth more.
    pub bound: f64,
    /// By how much more than this plan the best one can be worth at most, as a share of the bound.
    pub gap: f64,
    /// Whether this is proven to be the best.
    pub optimal: bool,
    /// Nodes of the search tree looked at.
    pub nodes: u64,
}

/// The plan of greatest value whose effort fits the capacity. Efforts are rounded up and the
/// capacity down to a thousandth, so a plan never takes more than there is.
pub fn plan(candidates: &[Candidate], capacity: f64, limits: &Limits) -> Result<Plan, Mistake> {
    let mut items = Vec::with_capacity(candidates.len());
    for (position, candidate) in candidates.iter().enumerate() {
        if candidate.value < 0.0 || candidate.effort < 0.0 {
            return Err(Mistake::Negative { item: Some(position) });
        }
        items.push(Item {
            value: parts(candidate.value, f64::round)?,
            effort: parts(candidate.effort, up)?,
            needs: candidate.needs.clone(),
            lock: candidate.lock,
        });
    }
    if capacity < 0.0 {
        return Err(Mistake::Negative { item: None });
    }
    let problem = Problem::new(items, parts(capacity, down)?)?;
    let choice = choose(&problem, limits);
    let (gap, nodes) = (choice.gap(), choice.nodes);
    let value = choice.value as f64 / PARTS;
    let effort = choice.chosen.iter().map(|position| candidates[*position].effort).sum();
    let bound = choice.bound as f64 / PARTS;
    Ok(Plan { chosen: choice.chosen, value, effort, bound, gap, optimal: choice.optimal, nodes })
}

fn parts(amount: f64, round: fn(f64) -> f64) -> Result<i64, Mistake> {
    if amount.is_finite() && amount <= LARGEST {
        Ok(round(amount * PARTS) as i64)
    } else {
        Err(Mistake::TooLarge)
    }
}

/// Up, but not because a decimal has no exact form in binary.
fn up(amount: f64) -> f64 {
    (amount - 1e-6).ceil()
}

fn down(amount: f64) -> f64 {
    (amount + 1e-6).floor()
}
