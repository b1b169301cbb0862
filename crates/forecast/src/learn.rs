//! Learns from a team's own past: walks through its history, forecasts as one would have then, and
//! moves each level by whether the forecasts held (quantile tracking, an online form of conformal
//! prediction). A team whose forecasts were too bold gets wider ones, and the other way round.

use crate::forecast::Settings;
use crate::history::Throughput;
use crate::simulate::{Plan, Tuning, quantile};

/// The levels that forecasts are given at.
pub const LEVELS: [f64; 4] = [0.50, 0.70, 0.85, 0.95];

/// A forecast is made for every so many weeks of the past.
const EVERY: usize = 4;
/// Only so many of the latest are used: some eleven years.
const MOST: usize = 150;
/// Runs for each.
const RUNS: usize = 1_000;

/// A forecast as it would have been made, beside what came.
#[derive(Clone, Debug, PartialEq)]
pub struct PastForecast {
    /// Weeks of history there were.
    pub week: usize,
    /// Weeks until the items are done, at each of the levels.
    pub weeks: [u32; 4],
    /// Weeks it took; none where the items are not all done yet.
    pub took: Option<u32>,
}

/// How past forecasts of this very team held.
#[derive(Clone, Debug, PartialEq)]
pub struct BackTest {
    /// The items that each forecast was for.
    pub items: u32,
    pub forecasts: Vec<PastForecast>,
}

impl BackTest {
    /// Forecasts whose outcome is known, and at each level how many of them held.
    pub fn held(&self) -> (usize, [usize; 4]) {
        let known = self.forecasts.iter().filter_map(|past| Some((past.weeks, past.took?)));
        let mut held = [0; 4];
        let mut count = 0;
        for (weeks, took) in known {
            count += 1;
            for level in 0..4 {
                held[level] += usize::from(took <= weeks[level]);
            }
        }
        (count, held)
    }

    /// In a sentence.
    pub fn sentence(&self) -> String {
        let (count, held) = self.held();
        if count == 0 {
            return "No forecast of the past can be checked yet.".to_owned();
        }
        format!(
            "Of {count} past forecasts for {} items, {} finished within the time given at 50 %, {} \
             at 70 %, {} at 85 %, {} at 95 %.",
            self.items, held[0], held[1], held[2], held[3]
        )
    }
}

/// A miss or a hit, known from some week on.
struct Lesson {
    known: usize,
    level: usize,
    missed: bool,
}

/// The corrections that a past teaches, and the past itself.
pub(crate) struct Learnt {
    /// For each level, what to add to the logarithm of time.
    pub(crate) shift: [f64; 4],
    pub(crate) past: BackTest,
}

/// Walks through the history.
pub(crate) fn learn(
    history: &Throughput,
    items: u32,
    window: usize,
    tuning: &Tuning,
    seed: u64,
) -> Learnt {
    let now = history.weeks().len();
    let mut shift = tuning.start;
    let mut lessons: Vec<Lesson> = Vec::new();
    let mut forecasts = Vec::new();
    // Aligned to the start, so that a longer history keeps the forecasts of a shorter one.
    let skipped = (now.saturating_sub(window) / EVERY).saturating_sub(MOST) * EVERY;
    for week in (window + skipped..now).step_by(EVERY) {
        take(&mut shift, &mut lessons, week, tuning.step);
        let then = history.until(week);
        let Ok(seen) = then.window(window) else { continue };
        let plan = Plan::new(then.weeks(), seen, &[], tuning);
        let times = plan.times(f64::from(items), RUNS, seed ^ week as u64);
        let weeks = corrected(&times, &shift);
        let took = took(&history.weeks()[week..], items);
        for (level, given) in weeks.iter().enumerate() {
            let given = *given as usize;
            let missed = took.map_or(week + given < now, |took| took as usize > given);
            let known = week + took.map_or(given + 1, |took| (took as usize).min(given + 1));
            if took.is_some() || missed {
                lessons.push(Lesson { known, level, missed });
            }
        }
        forecasts.push(PastForecast { week, weeks, took });
    }
    take(&mut shift, &mut lessons, now, tuning.step);
    Learnt { shift, past: BackTest { items, forecasts } }
}

/// Takes in the lessons known by a week.
fn take(shift: &mut [f64; 4], lessons: &mut Vec<Lesson>, week: usize, step: f64) {
    lessons.retain(|lesson| {
        if lesson.known > week {
            return true;
        }
        let expected = 1.0 - LEVELS[lesson.level];
        shift[lesson.level] += step * (f64::from(u8::from(lesson.missed)) - expected);
        false
    });
}

/// Whole weeks at each level, the corrections applied, never falling from one level to the next.
pub(crate) fn corrected(times: &[f64], shift: &[f64; 4]) -> [u32; 4] {
    let mut weeks = [0; 4];
    let mut least = 1;
    for level in 0..4 {
        let time = quantile(times, LEVELS[level]) * shift[level].exp();
        // To the nearest week: rounded up, half of the forecasts would be half a week too late.
        least = least.max(time.round() as u32);
        weeks[level] = least;
    }
    weeks
}

/// Weeks until so many items were done.
fn took(weeks: &[u32], items: u32) -> Option<u32> {
    let mut done = 0_u64;
    for (week, count) in weeks.iter().enumerate() {
        done += u64::from(*count);
        if done >= u64::from(items) {
            return Some(week as u32 + 1);
        }
    }
    None
}

/// How past forecasts of this team for so many items would have held, each made with nothing but
/// what was known then.
pub fn back_test(history: &Throughput, items: u32, settings: &Settings) -> BackTest {
    learn(history, items, settings.window, &settings.tuning, settings.seed).past
}
