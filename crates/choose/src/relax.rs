//! The Lagrangian relaxation: effort gets a price instead of a limit, and the best set under a
//! price is a minimum cut. Every price bounds the optimum; the best price bounds it tightest.

use crate::core::{Core, Fate, Reach};
use crate::network::Network;

/// What a relaxation tells.
pub(crate) struct Relaxed {
    /// No answer within this core is worth more.
    pub(crate) bound: i64,
    /// The price at the best bound, for a start of the next relaxation.
    pub(crate) price: i64,
    /// The best set that fits and the best that does not, at the best price.
    pub(crate) fits: Vec<bool>,
    pub(crate) exceeds: Vec<bool>,
    pub(crate) fates: Vec<Fate>,
    /// The network at the best price, for trials.
    pub(crate) network: Network,
    /// The bound before rounding, in `unit`s.
    pub(crate) fine_bound: i64,
    pub(crate) unit: i64,
}

impl Relaxed {
    /// The network and the fine bound at another price.
    pub(crate) fn at(&self, core: &Core, price: i64) -> (i64, Network) {
        let mut network = self.network.clone();
        network.solve(|item| core.value[item] * self.unit, |item| core.effort[item] * price);
        let bound = core.total_value() * self.unit - network.flow + price * core.budget;
        (bound, network)
    }
}

/// Prices and worths are counted in this many parts of one unit of value.
const FINEST: i64 = 1 << 20;

struct Line {
    set: Vec<bool>,
    value: i64,
    effort: i64,
}

/// A core with its scale and network, priced again and again.
struct Priced<'a> {
    core: &'a Core,
    unit: i64,
    network: Network,
}

impl<'a> Priced<'a> {
    fn new(core: &'a Core) -> Self {
        Self { core, unit: unit_for(core), network: Network::new(&core.needs) }
    }

    /// The bound at a price, in units, and the smallest and the largest best sets.
    fn at(&mut self, price: i64) -> (i64, Line, Line) {
        let (core, unit) = (self.core, self.unit);
        self.network.solve(|item| core.value[item] * unit, |item| core.effort[item] * price);
        let bound = core.total_value() * unit - self.network.flow + price * core.budget;
        let (smallest, largest) = (self.network.smallest(), self.network.largest());
        (bound, line(core, smallest), line(core, largest))
    }
}

fn line(core: &Core, set: Vec<bool>) -> Line {
    let (value, effort) = core.weigh(&set);
    Line { set, value, effort }
}

/// As fine as the sums allow.
fn unit_for(core: &Core) -> i64 {
    let value = i128::from(core.total_value().max(1));
    let ratio = i128::from(core.total_effort() / core.budget.max(1) + 2);
    let room = (1_i128 << 60) / (value * ratio);
    i64::try_from(room).unwrap_or(FINEST).clamp(1, FINEST)
}

/// Bounds a core of which something is left to decide. `known` is the value of the best answer so
/// far, the core's gains taken off; fates follow for items without which, or with which, no answer
/// beats it.
pub(crate) fn relax(core: &Core, known: i64, start: Option<i64>) -> Relaxed {
    let mut priced = Priced::new(core);
    let unit = priced.unit;
    let highest = (1_i64 << 60) / core.total_effort().max(1);
    let all = line(core, vec![true; core.len()]);
    let none = line(core, vec![false; core.len()]);
    let (mut exceeds, mut fits) = (all, none);
    let mut price = start.unwrap_or_else(|| crossing(&exceeds, &fits, unit)).clamp(0, highest);
    let mut best: Option<(i64, i64, Network)> = None;
    let mut fates = vec![Fate::Open; core.len()];
    let (mut low, mut high) = (-1, highest.saturating_add(1));
    loop {
        let (bound, smallest, largest) = priced.at(price);
        settle(core, &priced.network, bound, (known + 1).saturating_mul(unit), &mut fates);
        if best.as_ref().is_none_or(|(least, _, _)| bound < *least) {
            best = Some((bound, price, priced.network.clone()));
        }
        let optimal = smallest.effort <= core.budget && core.budget <= largest.effort;
        if largest.effort <= core.budget {
            high = price;
            fits = largest;
        } else if smallest.effort > core.budget {
            low = price;
            exceeds = smallest;
        } else {
            fits = smallest;
            exceeds = largest;
        }
        if optimal || bound / unit <= known {
            break;
        }
        price = crossing(&exceeds, &fits, unit);
        if price <= low || price >= high {
            break;
        }
    }
    let (fine_bound, price, network) = best.unwrap_or((0, 0, priced.network));
    let (fits, exceeds) = (fits.set, exceeds.set);
    Relaxed { bound: fine_bound / unit, price, fits, exceeds, fates, network, fine_bound, unit }
}

/// The price at which two sets are worth the same.
fn crossing(exceeds: &Line, fits: &Line, unit: i64) -> i64 {
    let effort = (exceeds.effort - fits.effort).max(1);
    ((exceeds.value - fits.value).max(0) * unit) / effort
}

/// Settles the items whose other fate would push the bound below what has to be beaten.
fn settle(core: &Core, network: &Network, bound: i64, to_beat: i64, fates: &mut [Fate]) {
    let slack = bound - to_beat;
    if slack < 0 {
        return;
    }
    let needed_by = core.needed_by();
    let mut reach = Reach::new(core.len());
    for (item, fate) in fates.iter_mut().enumerate() {
        if *fate != Fate::Open {
            continue;
        }
        // Forcing an item in sends at least what is left of all prices it has to pay.
        let mut left = 0_i64;
        let mut effort = 0;
        for need in reach.from(item, &core.needs) {
            left = left.saturating_add(network.price_left(*need as usize));
            effort += core.effort[*need as usize];
        }
        if left > slack || effort > core.budget {
            *fate = Fate::Out;
            continue;
        }
        let mut left = 0_i64;
        for user in reach.from(item, &needed_by) {
            left = left.saturating_add(network.worth_left(*user as usize));
        }
        if left > slack {
            *fate = Fate::In;
        }
    }
}
