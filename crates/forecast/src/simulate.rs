//! Simulated futures: weeks drawn from those seen, at a pace that is uncertain and drifts.

use crate::random::Random;

/// A run ends here at the latest.
pub(crate) const LONGEST: usize = 520;
/// The pace drifts once in so many weeks.
const DRIFT_EVERY: usize = 4;

/// How far the future may differ from the weeks seen. The standard values were learnt on
/// development projects; the method's page in the documentation tells how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// Deviation of the logarithm of the pace: the team may just be changing.
    pub pace: f64,
    /// Variance added to that, divided by the items seen: a small sample tells less.
    pub few: f64,
    /// By how much the logarithm of the pace deviates further every four weeks.
    pub drift: f64,
    /// Share of the way that the pace is expected to go back to that of the longer past.
    pub revert: f64,
    /// Weeks of that longer past.
    pub long: usize,
    /// Share of the way that a pace below `usual` is expected to go back up to it: slow spells end.
    pub slow: f64,
    /// Items a week below which a spell counts as slow.
    pub usual: f64,
    /// Step by which the correction of a level moves when a past forecast of it missed.
    pub step: f64,
    /// Where the corrections of 50, 70, 85 and 95 % start, in logarithms of time.
    pub start: [f64; 4],
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            pace: 0.45,
            few: 3.0,
            drift: 0.1,
            revert: 0.2,
            long: 104,
            slow: 0.5,
            usual: 1.7,
            step: 0.08,
            start: [0.0, 0.0, 0.05, 0.1],
        }
    }
}

/// What is simulated.
pub(crate) struct Plan<'a> {
    /// Items finished in each of the weeks drawn from.
    window: &'a [u32],
    /// Items added in each of the weeks drawn from; empty without growth.
    added: &'a [u32],
    /// Mean and deviation of the logarithm of the pace at the start, and its drift.
    lean: f64,
    spread: f64,
    drift: f64,
}

/// One future: the weeks drawn from, resampled once, and the pace.
struct Future {
    weeks: Vec<f64>,
    pace: f64,
}

impl<'a> Plan<'a> {
    /// From all weeks of history and the window at their end.
    pub(crate) fn new(weeks: &[u32], window: &'a [u32], added: &'a [u32], tuning: &Tuning) -> Self {
        let long = &weeks[weeks.len().saturating_sub(tuning.long)..];
        // One item more than seen, so that a long past without any stays finite.
        let mean = |weeks: &[u32]| (finished(weeks) + 1.0) / weeks.len() as f64;
        let back = tuning.revert * (mean(long) / mean(window)).ln();
        let up = tuning.slow * (tuning.usual / mean(window)).ln().max(0.0);
        let variance = tuning.pace.powi(2) + tuning.few / finished(window).max(1.0);
        Self { window, added, lean: back + up, spread: variance.sqrt(), drift: tuning.drift }
    }

    fn future(&self) -> Future {
        Future { weeks: vec![0.0; self.window.len()], pace: 1.0 }
    }

    fn begin(&self, future: &mut Future, random: &mut Random) {
        // Resampling the window first lets its own accidents weigh less: the mean is uncertain.
        for week in &mut future.weeks {
            *week = f64::from(self.window[random.below(self.window.len())]);
        }
        future.pace = (self.lean + self.spread * random.normal()).exp();
    }

    /// Items done in the next week.
    fn week(&self, week: usize, future: &mut Future, random: &mut Random) -> f64 {
        if week > 0 && week.is_multiple_of(DRIFT_EVERY) {
            future.pace *= (self.drift * random.normal()).exp();
        }
        future.weeks[random.below(future.weeks.len())] * future.pace
    }

    /// The weeks until so many items are done, one per run, in order of size. A week in which the
    /// last item gets done counts by the share of it that was needed.
    pub(crate) fn times(&self, items: f64, runs: usize, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        let mut future = self.future();
        let mut times: Vec<f64> = (0..runs)
            .map(|_| {
                self.begin(&mut future, &mut random);
                self.time(items, &mut future, &mut random)
            })
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        times
    }

    fn time(&self, items: f64, future: &mut Future, random: &mut Random) -> f64 {
        let mut left = items;
        for week in 0..LONGEST {
            let done = self.week(week, future, random);
            if done >= left {
                return week as f64 + if done > 0.0 { left / done } else { 0.0 };
            }
            left -= done;
            if !self.added.is_empty() {
                left += f64::from(self.added[random.below(self.added.len())]);
            }
        }
        LONGEST as f64
    }

    /// The items done within some weeks, one per run, in order of size.
    pub(crate) fn counts(&self, weeks: f64, runs: usize, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        let mut future = self.future();
        let weeks = weeks.clamp(0.0, LONGEST as f64);
        let (whole, part) = (weeks.floor() as usize, weeks.fract());
        let mut counts: Vec<f64> = (0..runs)
            .map(|_| {
                self.begin(&mut future, &mut random);
                let full: f64 =
                    (0..whole).map(|week| self.week(week, &mut future, &mut random)).sum();
                full + part * self.week(whole, &mut future, &mut random)
            })
            .collect();
        counts.sort_unstable_by(f64::total_cmp);
        counts
    }
}

fn finished(weeks: &[u32]) -> f64 {
    weeks.iter().map(|count| f64::from(*count)).sum()
}

/// The value below or at which a share of the sorted values lies; 0 of none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(at.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(0.0)
}
