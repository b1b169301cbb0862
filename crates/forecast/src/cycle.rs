//! Forecasts from cycle times: one item in progress, and several with so many at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::history::Refusal;
use crate::learn::LEVELS;
use crate::random::Random;
use crate::simulate::quantile;

/// Finished items below which cycle times tell too little.
pub const LEAST_CYCLE_TIMES: usize = 8;

/// Days at 50, 70, 85 and 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Days {
    pub at: [f64; 4],
}

/// The days within which a share of finished items were done: the service level expectation
/// "85 % within N days".
pub fn service_level(cycle_times: &[f64], share: f64) -> Result<f64, Refusal> {
    Ok(quantile(&sorted_days(cycle_times)?, share.clamp(0.0, 1.0)))
}

/// How much longer one item will take that has been in progress for so many days: as finished ones
/// did that had already taken as long.
pub fn item_remaining(cycle_times: &[f64], age: f64, seed: u64) -> Result<Days, Refusal> {
    let days = sorted_days(cycle_times)?;
    let mut random = Random::new(seed);
    let mut left: Vec<f64> = (0..10_000).map(|_| remaining_days(&days, age, &mut random)).collect();
    left.sort_unstable_by(f64::total_cmp);
    Ok(Days { at: LEVELS.map(|level| quantile(&left, level)) })
}

/// Days until so many items are done, so many at a time, each taking as long as a finished one did.
/// The ages are of the items already in progress, which count among them. Unlike forecasts from
/// throughput these are not corrected by the past: they hold only as far as the number at a time is
/// kept and nothing waits.
pub fn items_done(
    cycle_times: &[f64],
    items: u32,
    ages: &[f64],
    at_a_time: u32,
    seed: u64,
) -> Result<Days, Refusal> {
    let days = sorted_days(cycle_times)?;
    let mut random = Random::new(seed);
    let mut ends: Vec<f64> = (0..10_000)
        .map(|_| one_future(&days, items, ages, at_a_time.max(1) as usize, &mut random))
        .collect();
    ends.sort_unstable_by(f64::total_cmp);
    Ok(Days { at: LEVELS.map(|level| quantile(&ends, level)) })
}

fn one_future(
    days: &[f64],
    items: u32,
    ages: &[f64],
    at_a_time: usize,
    random: &mut Random,
) -> f64 {
    // When each item in progress ends, in millionths of a day so that they have an order.
    let whole = |days: f64| (days * 1e6) as u64;
    let mut ends: BinaryHeap<Reverse<u64>> =
        ages.iter().map(|age| Reverse(whole(remaining_days(days, *age, random)))).collect();
    let mut last = ends.iter().map(|end| end.0).max().unwrap_or(0);
    let mut now = 0;
    for _ in ages.len()..items as usize {
        while ends.len() >= at_a_time {
            now = ends.pop().map_or(now, |end| end.0);
        }
        let end = now + whole(days[random.below(days.len())]);
        last = last.max(end);
        ends.push(Reverse(end));
    }
    last as f64 / 1e6
}

/// The sound ones in order of size; refused where there are too few.
pub(crate) fn sorted_days(cycle_times: &[f64]) -> Result<Vec<f64>, Refusal> {
    let mut days: Vec<f64> =
        cycle_times.iter().copied().filter(|days| days.is_finite() && *days >= 0.0).collect();
    if days.len() < LEAST_CYCLE_TIMES {
        return Err(Refusal::TooFewCycleTimes { items: days.len(), needed: LEAST_CYCLE_TIMES });
    }
    days.sort_unstable_by(f64::total_cmp);
    Ok(days)
}

/// Days that an item of an age still takes: those of a finished one that took longer, or, of an
/// item older than all of them, about as long again as it took so far.
pub(crate) fn remaining_days(days: &[f64], age: f64, random: &mut Random) -> f64 {
    let longer = &days[days.partition_point(|days| *days <= age)..];
    if longer.is_empty() {
        return age * -(1.0 - random.unit()).ln();
    }
    longer[random.below(longer.len())] - age.max(0.0)
}
