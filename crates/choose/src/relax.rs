//! The Lagrangian relaxation: effort gets a price instead of a limit, and the best set under a
//! price is a minimum cut. Every price bounds the optimum; the best price bounds it tightest.

use crate::core::{Core, Fate, Reach};
use crate::network::Network;

/// A price on effort as a fraction: so many parts for an effort of 1, where a value of 1 has
/// `unit` parts. All bounds are whole numbers of parts, so nothing is lost to rounding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    parts: i64,
    unit: i64,
}

impl Price {
    /// Whether it is at most another one.
    fn at_most(self, other: Self) -> bool {
        i128::from(self.parts) * i128::from(other.unit)
            <= i128::from(other.parts) * i128::from(self.unit)
    }

    /// A fiftieth above and below.
    pub(crate) fn around(self) -> [Self; 2] {
        let step = (self.parts / 50).max(1);
        let above = Self { parts: self.parts + step, ..self };
        [above, Self { parts: (self.parts - step).max(0), ..self }]
    }
}

/// A bound in parts.
#[derive(Clone, Copy)]
pub(crate) struct Fine {
    parts: i64,
    unit: i64,
}

impl Fine {
    /// The whole value that no answer exceeds.
    pub(crate) fn whole(self) -> i64 {
        self.parts.div_euclid(self.unit)
    }

    pub(crate) fn value(self) -> f64 {
        self.parts as f64 / self.unit as f64
    }

    /// The bound when so many parts more flow.
    pub(crate) fn less(self, flow: i64) -> Self {
        Self { parts: self.parts.saturating_sub(flow), ..self }
    }

    fn below(self, other: Self) -> bool {
        i128::from(self.parts) * i128::from(other.unit)
            < i128::from(other.parts) * i128::from(self.unit)
    }
}

/// What a relaxation tells.
pub(crate) struct Relaxed<'a> {
    /// No answer within this core is worth more.
    pub(crate) bound: Fine,
    /// The price at that bound, for a start of the next relaxation.
    pub(crate) price: Price,
    /// The best set that fits and the best that does not, near the best price.
    pub(crate) fits: Vec<bool>,
    pub(crate) exceeds: Vec<bool>,
    pub(crate) fates: Vec<Fate>,
    priced: Priced<'a>,
}

impl Relaxed<'_> {
    /// The bound and the network at another price, for trials.
    pub(crate) fn at(&self, price: Price) -> (Fine, Network) {
        let mut priced = self.priced.clone();
        priced.move_to(price);
        (priced.bound(), priced.network)
    }
}

/// The finest unit, and the largest sum of parts.
const FINEST: i64 = 1 << 20;
const MOST_PARTS: i128 = 1 << 60;

struct Line {
    set: Vec<bool>,
    value: i64,
    effort: i64,
}

fn line(core: &Core, set: Vec<bool>) -> Line {
    let (value, effort) = core.weigh(&set);
    Line { set, value, effort }
}

/// A core with its network under a price.
#[derive(Clone)]
struct Priced<'a> {
    core: &'a Core,
    network: Network,
    price: Option<Price>,
}

impl<'a> Priced<'a> {
    fn new(core: &'a Core) -> Self {
        Self { core, network: Network::new(&core.needs), price: None }
    }

    /// Goes to a price. A higher one only raises prices; a lower one raises worths instead, which
    /// comes to the same: either way the flow there is stays.
    fn move_to(&mut self, to: Price) {
        let core = self.core;
        let next = self.price.and_then(|from| {
            let (parts, unit) = (i128::from(to.parts), i128::from(to.unit));
            let next = if from.at_most(to) {
                let raised = (i128::from(from.unit) * parts + unit - 1) / unit;
                (raised.max(i128::from(from.parts)), i128::from(from.unit))
            } else if parts > 0 {
                (i128::from(from.parts), (i128::from(from.parts) * unit + parts - 1) / parts)
            } else {
                return None;
            };
            let fits = next.0 * i128::from(core.total_effort()) < MOST_PARTS
                && next.1 * i128::from(core.total_value()) < MOST_PARTS;
            fits.then_some(Price { parts: next.0 as i64, unit: next.1 as i64 })
        });
        let price = next.unwrap_or_else(|| self.afresh(to));
        let worth = |item: usize| core.value[item] * price.unit;
        let cost = |item: usize| core.effort[item] * price.parts;
        if next.is_some() {
            self.network.raise(worth, cost);
        } else {
            self.network.solve(worth, cost);
        }
        self.price = Some(price);
    }

    /// The price in a unit as fine as the sums allow.
    fn afresh(&self, to: Price) -> Price {
        let core = self.core;
        let value = i128::from(core.total_value().max(1));
        let ratio = i128::from(core.total_effort() / core.budget.max(1) + 2);
        let room = MOST_PARTS / (value * ratio);
        let unit = i64::try_from(room).unwrap_or(FINEST).clamp(1, FINEST);
        let parts = i128::from(to.parts) * i128::from(unit) / i128::from(to.unit.max(1));
        let most = MOST_PARTS / i128::from(core.total_effort().max(1));
        Price { parts: parts.clamp(0, most) as i64, unit }
    }

    fn price(&self) -> Price {
        self.price.unwrap_or(Price { parts: 0, unit: 1 })
    }

    fn bound(&self) -> Fine {
        let Price { parts, unit } = self.price();
        let worth = self.core.total_value() * unit - self.network.flow;
        Fine { parts: worth + parts * self.core.budget, unit }
    }
}

/// Bounds a core of which something is left to decide. `known` is the value of the best answer so
/// far, the core's gains taken off; fates follow for items without which, or with which, no answer
/// beats it.
pub(crate) fn relax(core: &Core, known: i64, start: Option<Price>) -> Relaxed<'_> {
    let mut priced = Priced::new(core);
    let mut exceeds = line(core, vec![true; core.len()]);
    let mut fits = line(core, vec![false; core.len()]);
    let mut fates = vec![Fate::Open; core.len()];
    let mut best: Option<(Fine, Priced<'_>)> = None;
    let (mut low, mut high): (Option<Price>, Option<Price>) = (None, None);
    let mut next = start.unwrap_or_else(|| crossing(&exceeds, &fits));
    loop {
        priced.move_to(next);
        let (bound, price) = (priced.bound(), priced.price());
        settle(core, &priced.network, bound, known, &mut fates);
        let (smallest, largest) = (priced.network.smallest(), priced.network.largest());
        let (smallest, largest) = (line(core, smallest), line(core, largest));
        if best.as_ref().is_none_or(|(least, _)| bound.below(*least)) {
            best = Some((bound, priced.clone()));
        }
        let optimal = smallest.effort <= core.budget && core.budget <= largest.effort;
        if largest.effort <= core.budget {
            high = Some(price);
            fits = largest;
        } else if smallest.effort > core.budget {
            low = Some(price);
            exceeds = smallest;
        } else {
            fits = smallest;
            exceeds = largest;
        }
        next = crossing(&exceeds, &fits);
        let passed =
            low.is_some_and(|low| next.at_most(low)) || high.is_some_and(|high| high.at_most(next));
        let close =
            best.as_ref().is_some_and(|(least, _)| is_close(*least, core, &fits, next, known));
        if optimal || passed || close || bound.whole() <= known {
            break;
        }
    }
    let (bound, priced) = best.unwrap_or((priced.bound(), priced));
    let (fits, exceeds, price) = (fits.set, exceeds.set, priced.price());
    Relaxed { bound, price, fits, exceeds, fates, priced }
}

/// Whether no price can lower the bound by more than a small part of what it is above the best
/// answer: where the lines of both sets cross, it is at least as high as they are.
fn is_close(least: Fine, core: &Core, fits: &Line, crossing: Price, known: i64) -> bool {
    let price = crossing.parts as f64 / crossing.unit as f64;
    let floor = fits.value as f64 + price * (core.budget - fits.effort) as f64;
    least.value() - floor <= (least.value() - known as f64) * CLOSE
}

/// See `is_close`.
const CLOSE: f64 = 1.0 / 32.0;

/// The price at which two sets are worth the same.
fn crossing(exceeds: &Line, fits: &Line) -> Price {
    let parts = (exceeds.value - fits.value).max(0);
    Price { parts, unit: (exceeds.effort - fits.effort).max(1) }
}

/// Settles the items whose other fate would push the bound below what has to be beaten.
fn settle(core: &Core, network: &Network, bound: Fine, known: i64, fates: &mut [Fate]) {
    let slack = bound.parts - (known + 1).saturating_mul(bound.unit);
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
