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
use crate::relax::{Fine, Price, Relaxed, relax};

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
    /// What is known of its items beside the core, and the one branched on.
    fates: Rc<[Fate]>,
    branch: Option<(usize, Fate)>,
    price: Option<Price>,
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
/// A node is relaxed again when more than one in so many items was settled.
const WORTH_ANOTHER: usize = 6;
/// How many items are tried before one is branched on.
const TRIALS: usize = 8;

/// What the children of a node share.
struct Parent {
    core: Rc<Core>,
    fates: Rc<[Fate]>,
    price: Option<Price>,
    depth: u32,
}

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
        let fates = vec![Fate::Open; core.len()].into();
        let root = Parent { core: Rc::new(core), fates, price: None, depth: 0 };
        let root = self.node(&root, None, all);
        self.open.push(root);
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

    /// A child, or the root.
    fn node(&mut self, parent: &Parent, branch: Option<(usize, Fate)>, bound: i64) -> Node {
        self.made += 1;
        Node {
            bound,
            depth: parent.depth + 1,
            number: self.made,
            core: Rc::clone(&parent.core),
            fates: Rc::clone(&parent.fates),
            branch,
            price: parent.price,
        }
    }

    /// Looks at one node; gives the child to go on with.
    fn visit(&mut self, node: Node) -> Option<Node> {
        self.nodes += 1;
        let mut core = node.core;
        if let Some((item, fate)) = node.branch {
            let mut fates = node.fates.to_vec();
            fates[item] = fate;
            core = Rc::new(core.as_ref().clone().decide(fates)?);
        }
        let mut price = node.price;
        let mut first = node.branch.is_none();
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
            let bound = (core.gained + relaxed.bound.whole()).min(node.bound);
            if bound <= self.best_value {
                return None;
            }
            price = Some(relaxed.price);
            let settled = relaxed.fates.iter().filter(|fate| **fate != Fate::Open).count();
            if first || settled * WORTH_ANOTHER > core.len() {
                first = false;
                let fates = relaxed.fates;
                core = Rc::new(core.as_ref().clone().decide(fates)?);
                continue;
            }
            let fates = relaxed.fates.as_slice().into();
            let parent = Parent { core: Rc::clone(&core), fates, price, depth: node.depth };
            return self.branch(&parent, &relaxed, bound);
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
    fn branch(&mut self, parent: &Parent, relaxed: &Relaxed<'_>, bound: i64) -> Option<Node> {
        let gained = parent.core.gained;
        // At the best price both fates of an undecided item cost nothing; a little beside it, the
        // one that pulls the price there does.
        let [above, below] = relaxed.price.around();
        let (dear, cheap) = (relaxed.at(above), relaxed.at(below));
        let mut best: Option<(f64, usize, [Fine; 2])> = None;
        for item in undecided(&parent.core, relaxed) {
            let bounds =
                [trial(&dear, item, Network::force_in), trial(&cheap, item, Network::force_out)];
            let lowered =
                bounds.map(|fine| (relaxed.bound.value() - fine.value()).max(0.0) + 0.0625);
            let score = lowered[0] * lowered[1];
            if best.is_none_or(|(most, ..)| score > most) {
                best = Some((score, item, bounds));
            }
        }
        let (_, item, bounds) = best?;
        let [bound_in, bound_out] = bounds.map(|fine| bound.min(gained + fine.whole()));
        let inner = self.node(parent, Some((item, Fate::In)), bound_in);
        let outer = self.node(parent, Some((item, Fate::Out)), bound_out);
        let (follow, wait) = if bound_in >= bound_out { (inner, outer) } else { (outer, inner) };
        if wait.bound > self.best_value {
            self.open.push(wait);
        }
        (follow.bound > self.best_value).then_some(follow)
    }
}

/// The bound with an item forced.
fn trial((bound, network): &(Fine, Network), item: usize, force: fn(&mut Network, usize)) -> Fine {
    let mut network = network.clone();
    let before = network.flow;
    force(&mut network, item);
    network.augment();
    bound.less(network.flow - before)
}

/// Items worth a trial: of those in which the two best sets differ, the ones on which most hangs.
fn undecided(core: &Core, relaxed: &Relaxed<'_>) -> Vec<usize> {
    let open = |item: &usize| relaxed.fates[*item] == Fate::Open;
    let differs = |item: &usize| relaxed.fits[*item] != relaxed.exceeds[*item];
    let mut items: Vec<usize> = (0..core.len()).filter(open).filter(differs).collect();
    if items.is_empty() {
        items = (0..core.len()).filter(open).collect();
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
