//! First answers and their improvement: take by value for effort, then drop a part at random and
//! fill again. Works on wanted items and all that they need, counting what is shared once.

use crate::core::{Core, Reach};
use crate::random::Random;

/// The best set found in a core and its value.
pub(crate) struct Found {
    pub(crate) inside: Vec<bool>,
    pub(crate) value: i64,
}

/// A set under construction: which items are wanted, and how many wanted ones use each item.
struct Basket<'a> {
    core: &'a Core,
    /// The items of value, each with all it needs.
    units: &'a [Vec<u32>],
    wanted: Vec<bool>,
    users: Vec<u32>,
    value: i64,
    effort: i64,
}

/// The items of value with their closures.
fn units(core: &Core) -> Vec<Vec<u32>> {
    let mut reach = Reach::new(core.len());
    (0..core.len())
        .filter(|item| core.value[*item] > 0)
        .map(|item| reach.from(item, &core.needs).to_vec())
        .collect()
}

impl<'a> Basket<'a> {
    fn new(core: &'a Core, units: &'a [Vec<u32>]) -> Self {
        let (wanted, users) = (vec![false; units.len()], vec![0; core.len()]);
        Self { core, units, wanted, users, value: 0, effort: 0 }
    }

    fn add(&mut self, unit: usize) {
        self.wanted[unit] = true;
        for item in &self.units[unit] {
            let item = *item as usize;
            if self.users[item] == 0 {
                self.value += self.core.value[item];
                self.effort += self.core.effort[item];
            }
            self.users[item] += 1;
        }
    }

    fn remove(&mut self, unit: usize) {
        self.wanted[unit] = false;
        for item in &self.units[unit] {
            let item = *item as usize;
            self.users[item] -= 1;
            if self.users[item] == 0 {
                self.value -= self.core.value[item];
                self.effort -= self.core.effort[item];
            }
        }
    }

    /// What adding a unit would bring and take.
    fn more(&self, unit: usize) -> (i64, i64) {
        let new = self.units[unit].iter().filter(|item| self.users[**item as usize] == 0);
        new.fold((0, 0), |(value, effort), item| {
            (value + self.core.value[*item as usize], effort + self.core.effort[*item as usize])
        })
    }

    /// Adds what brings most for its effort, each unit's standing blurred by its noise, until
    /// nothing more fits.
    fn fill(&mut self, noise: &[f64]) {
        loop {
            let room = self.core.budget - self.effort;
            let mut best: Option<(f64, usize)> = None;
            for (unit, noise) in noise.iter().enumerate() {
                if self.wanted[unit] {
                    continue;
                }
                let (value, effort) = self.more(unit);
                if effort > room {
                    continue;
                }
                let rate = value as f64 * noise / effort.max(1) as f64;
                let rate = if effort == 0 { f64::INFINITY } else { rate };
                if best.is_none_or(|(most, _)| rate > most) {
                    best = Some((rate, unit));
                }
            }
            let Some((_, unit)) = best else { return };
            self.add(unit);
        }
    }

    fn found(&self) -> Found {
        let inside = self.users.iter().map(|users| *users > 0).collect();
        Found { inside, value: self.value }
    }
}

/// A good set: the better of value for effort from nothing and from the given start, then improved
/// by so many rounds of dropping and filling.
pub(crate) fn improve(core: &Core, starts: &[&[bool]], rounds: usize, seed: u64) -> Found {
    let units = units(core);
    let even = vec![1.0; units.len()];
    let mut best: Option<Found> = None;
    let mut current = Vec::new();
    let nothing = vec![false; core.len()];
    for start in starts.iter().copied().chain([nothing.as_slice()]) {
        let mut basket = Basket::new(core, &units);
        for (unit, closure) in units.iter().enumerate() {
            if start[closure[0] as usize] && basket.more(unit).1 <= core.budget - basket.effort {
                basket.add(unit);
            }
        }
        basket.fill(&even);
        if best.as_ref().is_none_or(|found| basket.value > found.value) {
            best = Some(basket.found());
            current = basket.wanted;
        }
    }
    let best = best.unwrap_or(Found { inside: nothing, value: 0 });
    if units.is_empty() { best } else { shake(core, &units, best, current, rounds, seed) }
}

/// Drops a part at random, fills again, and goes on from whatever is not much worse.
fn shake(
    core: &Core,
    units: &[Vec<u32>],
    mut best: Found,
    start: Vec<bool>,
    rounds: usize,
    seed: u64,
) -> Found {
    let mut random = Random::new(seed);
    let mut basket = Basket::new(core, units);
    (0..units.len()).filter(|unit| start[*unit]).for_each(|unit| basket.add(unit));
    let mut noise = vec![1.0; units.len()];
    for round in 0..rounds {
        let before = basket.wanted.clone();
        let value = basket.value;
        let inside: Vec<usize> = (0..units.len()).filter(|unit| basket.wanted[*unit]).collect();
        let drop = 1 + random.below(1 + inside.len().min(60) / 4);
        for _ in 0..drop.min(inside.len()) {
            let unit = inside[random.below(inside.len())];
            if basket.wanted[unit] {
                basket.remove(unit);
            }
        }
        noise.iter_mut().for_each(|noise| *noise = 0.75 + 0.5 * random.unit());
        basket.fill(&noise);
        if basket.value > best.value {
            best = basket.found();
        }
        // Allowed loss shrinks to nothing over the rounds.
        let warmth = 1.0 - round as f64 / rounds as f64;
        let allowed = (best.value as f64 * 0.004 * warmth * random.unit()) as i64;
        if basket.value + allowed < value {
            basket = Basket::new(core, units);
            (0..units.len()).filter(|unit| before[*unit]).for_each(|unit| basket.add(unit));
        }
    }
    best
}
