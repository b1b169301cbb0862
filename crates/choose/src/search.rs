//! Branch and bound: relax, settle what the bound settles, branch on an item over which the
//! relaxation is undecided. Nodes of the best bound go first, so a search cut short still tells
//! how far from the optimum its answer can be.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::core::{Core, Fate, Reach};
use crate::greedy;
use crate::network::Network;
use crate::problem::{Lock, Problem};
use crate::relax::{Relaxed, relax};

/// How long to search. Without a time limit the answer depends on the problem and the seed alone.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nodes of the search tree at most.
    pub nodes: u64,
    /// Stop after this time.
    pub time: Option<Duration>,
    pub seed: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 100_000, time: None, seed: 1 }
    }
}

/// What to build, and how good that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Positions of the chosen items, in order.
    pub chosen: Vec<usize>,
    pub value: i64,
    pub effort: i64,
    /// No choice within the capacity is worth more.
    pub bound: i64,
    /// Whether this is proven to be the best.
    pub optimal: bool,
    /// Nodes of the search tree looked at.
    pub nodes: u64,
}

impl Choice {
    /// How much more than this choice the best one can be worth at most, as a share of its bound.
    pub fn gap(&self) -> f64 {
        if self.bound == 0 { 0.0 } else { (self.bound - self.value) as f64 / self.bound as f64 }
    }
}

/// A part of the tree that is still to be looked at.
struct Node {
    bound: i64,
    /// Deeper first among equals, then the younger.
    depth: u32,
    number: u64,
    core: Rc<Core>,
    branch: Option<(usize, Fate)>,
    price: Option<i64>,
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.bound, self.depth, self.number).cmp(&(other.bound, other.depth, other.number))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

/// Rounds of improvement at the root, and at each node.
const ROOT_ROUNDS: usize = 400;
const NODE_ROUNDS: usize = 6;
/// How many items are tried before one is branched on.
const TRIALS: usize = 8;

struct Search {
    limits: Limits,
    started: Instant,
    best: Vec<u32>,
    best_value: i64,
    open: BinaryHeap<Node>,
    nodes: u64,
    made: u64,
}

/// The choice of greatest value that fits the capacity, or the best one found within the limits.
pub fn choose(problem: &Problem, limits: &Limits) -> Choice {
    let promised = problem.closure(problem.locked(Lock::In));
    let mut search = Search {
        limits: *limits,
        started: Instant::now(),
        best: (0..promised.len() as u32).filter(|item| promised[*item as usize]).collect(),
        best_value: problem.weigh(&promised).0,
        open: BinaryHeap::new(),
        nodes: 0,
        made: 0,
    };
    let bound = Core::of(problem).map_or(search.best_value, |core| search.run(core));
    let inside = problem.closure(search.best.iter().map(|position| *position as usize));
    let (value, effort) = problem.weigh(&inside);
    let chosen = (0..inside.len()).filter(|position| inside[*position]).collect();
    let bound = bound.max(value);
    Choice { chosen, value, effort, bound, optimal: bound == value, nodes: search.nodes }
}

impl Search {
    /// Searches until done or stopped; the bound on every answer.
    fn run(&mut self, core: Core) -> i64 {
        let all = core.gained + core.total_value();
        self.push(Rc::new(core), None, all, 0, None);
        while let Some(node) = self.open.pop() {
            if node.bound <= self.best_value {
                break;
            }
            if self.stopped() {
                return node.bound;
            }
            let bound = node.bound;
            // Dive: the better child is followed at once, its sibling waits.
            let mut next = Some(node);
            while let Some(node) = next.take() {
                if node.bound <= self.best_value {
                    break;
                }
                if self.stopped() {
                    self.open.push(node);
                    break;
                }
                next = self.visit(node);
            }
            if self.stopped() {
                let waiting = self.open.peek().map_or(0, |node| node.bound);
                return waiting.min(bound).max(self.best_value);
            }
        }
        self.best_value
    }

    fn stopped(&self) -> bool {
        self.nodes >= self.limits.nodes
            || self.limits.time.is_some_and(|time| self.started.elapsed() >= time)
    }

    fn push(
        &mut self,
        core: Rc<Core>,
        branch: Option<(usize, Fate)>,
        bound: i64,
        depth: u32,
        price: Option<i64>,
    ) {
        let node = self.node(core, branch, bound, depth, price);
        self.open.push(node);
    }

    fn node(
        &mut self,
        core: Rc<Core>,
        branch: Option<(usize, Fate)>,
        bound: i64,
        depth: u32,
        price: Option<i64>,
    ) -> Node {
        self.made += 1;
        Node { bound, depth, number: self.made, core, branch, price }
    }

    /// Looks at one node; gives the child to go on with.
    fn visit(&mut self, node: Node) -> Option<Node> {
        self.nodes += 1;
        let mut core = match node.branch {
            None => Rc::unwrap_or_clone(node.core),
            Some((item, fate)) => {
                let mut fates = vec![Fate::Open; node.core.len()];
                fates[item] = fate;
                node.core.as_ref().clone().decide(fates)?
            }
        };
        let mut price = node.price;
        let mut first = node.depth == 0;
        loop {
            self.offer(&core, &vec![false; core.len()], 0);
            if core.len() == 0 {
                return None;
            }
            if core.total_effort() <= core.budget {
                self.offer(&core, &vec![true; core.len()], core.total_value());
                return None;
            }
            let relaxed = relax(&core, self.best_value - core.gained, price);
            let rounds = if first { ROOT_ROUNDS } else { NODE_ROUNDS };
            let seed = self.limits.seed.wrapping_add(self.nodes);
            let found = greedy::improve(&core, &[&relaxed.fits, &relaxed.exceeds], rounds, seed);
            self.offer(&core, &found.inside, found.value);
            let bound = (core.gained + relaxed.bound).min(node.bound);
            if bound <= self.best_value {
                return None;
            }
            price = Some(relaxed.price);
            if relaxed.fates.iter().any(|fate| *fate != Fate::Open) || first {
                first = false;
                core = core.decide(relaxed.fates)?;
                continue;
            }
            return self.branch(core, &relaxed, bound, node.depth);
        }
    }

    /// Keeps an answer that is better than the best so far.
    fn offer(&mut self, core: &Core, inside: &[bool], value: i64) {
        if core.gained + value > self.best_value {
            self.best_value = core.gained + value;
            self.best = core.positions(inside);
        }
    }

    /// Splits a node on the item whose two fates lower the bound most.
    fn branch(&mut self, core: Core, relaxed: &Relaxed, bound: i64, depth: u32) -> Option<Node> {
        let mut best: Option<(i128, usize, i64, i64)> = None;
        // At the best price both fates of an undecided item cost nothing; a little beside it they do.
        let step = (relaxed.price / 50).max(1);
        let (upper, dear) = relaxed.at(&core, relaxed.price + step);
        let (lower, cheap) = relaxed.at(&core, (relaxed.price - step).max(0));
        for item in undecided(&core, relaxed) {
            let trial = |from: &Network, bound: i64, force: fn(&mut Network, usize)| {
                let mut network = from.clone();
                let before = network.flow;
                force(&mut network, item);
                network.augment();
                relaxed.fine_bound - (bound - (network.flow - before))
            };
            let drop_in = trial(&dear, upper, Network::force_in).max(0);
            let drop_out = trial(&cheap, lower, Network::force_out).max(0);
            let least = relaxed.unit / 16 + 1;
            let score = i128::from(drop_in + least) * i128::from(drop_out + least);
            if best.is_none_or(|(most, ..)| score > most) {
                best = Some((score, item, drop_in, drop_out));
            }
        }
        let (_, item, drop_in, drop_out) = best?;
        let core = Rc::new(core);
        let price = Some(relaxed.price);
        let below = |drop: i64| {
            bound.min(core.gained + (relaxed.fine_bound - drop).div_euclid(relaxed.unit))
        };
        let (bound_in, bound_out) = (below(drop_in), below(drop_out));
        let inner = self.node(Rc::clone(&core), Some((item, Fate::In)), bound_in, depth + 1, price);
        let outer = self.node(core, Some((item, Fate::Out)), bound_out, depth + 1, price);
        let (follow, wait) = if bound_in >= bound_out { (inner, outer) } else { (outer, inner) };
        if wait.bound > self.best_value {
            self.open.push(wait);
        }
        (follow.bound > self.best_value).then_some(follow)
    }
}

/// Items worth a trial: of those in which the two best sets differ, the ones on which most hangs.
fn undecided(core: &Core, relaxed: &Relaxed) -> Vec<usize> {
    let differs = |item: usize| relaxed.fits[item] != relaxed.exceeds[item];
    let mut items: Vec<usize> = (0..core.len()).filter(|item| differs(*item)).collect();
    if items.is_empty() {
        items = (0..core.len()).collect();
    }
    let needed_by = core.needed_by();
    let mut reach = Reach::new(core.len());
    let mut weights: Vec<(i128, usize)> = items
        .into_iter()
        .map(|item| {
            let users = reach.from(item, &needed_by).iter();
            let value: i64 = users.map(|user| core.value[*user as usize]).sum();
            let needs = reach.from(item, &core.needs).iter();
            let effort: i64 = needs.map(|need| core.effort[*need as usize]).sum();
            (i128::from(value) * i128::from(effort), item)
        })
        .collect();
    weights.sort_unstable_by_key(|(weight, item)| (std::cmp::Reverse(*weight), *item));
    weights.into_iter().map(|(_, item)| item).take(TRIALS).collect()
}
