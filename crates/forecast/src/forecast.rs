//! The questions a team asks, and their answers.

use crate::cycle::{remaining_days, sorted_days};
use crate::history::{Refusal, Throughput, counted};
use crate::learn::{BackTest, LEVELS, Learnt, corrected, learn};
use crate::random::Random;
use crate::simulate::{LONGEST, Plan, Tuning, quantile};

/// Fewer runs are never used.
pub const LEAST_RUNS: usize = 10_000;

/// How a forecast is computed. The same history, question and settings give the same forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Simulated futures, at least [`LEAST_RUNS`].
    pub runs: usize,
    pub seed: u64,
    /// The last weeks that the future is drawn from.
    pub window: usize,
    pub tuning: Tuning,
}

impl Default for Settings {
    fn default() -> Self {
        Self { runs: LEAST_RUNS, seed: 1, window: 12, tuning: Tuning::default() }
    }
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    /// Items left, those in progress included.
    pub items: u32,
    /// Items that were added in each of the last weeks, if the scope keeps growing so; empty if the
    /// scope is fixed.
    pub added: Vec<u32>,
    /// Days for which each item in progress has been so.
    pub ages: Vec<f64>,
    /// Days that finished items were in progress; needed where ages are given.
    pub cycle_times: Vec<f64>,
}

impl Work {
    /// So many items, none of them known to be in progress.
    pub fn items(items: u32) -> Self {
        Self { items, ..Self::default() }
    }
}

/// When the work will be done.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// Weeks from now at 50, 70, 85 and 95 %; none where the runs ended before.
    pub weeks: [Option<u32>; 4],
    /// What the forecast takes for granted, in plain words.
    pub assumptions: Vec<String>,
    /// How past forecasts of this very team held.
    pub past: BackTest,
    pub runs: usize,
    times: Vec<f64>,
}

impl When {
    /// The share of simulated futures in which all is done within so many weeks.
    pub fn chance_within(&self, weeks: f64) -> f64 {
        let within = self.times.partition_point(|time| *time <= weeks);
        within as f64 / self.times.len().max(1) as f64
    }

    /// Weeks from now by which a share of the simulated futures have all done, not rounded.
    pub fn weeks_at(&self, share: f64) -> f64 {
        quantile(&self.times, share)
    }

    /// How many of the simulated futures end in each week, the first week first.
    pub fn histogram(&self) -> Vec<u32> {
        let mut weeks = Vec::new();
        for time in &self.times {
            let week = (time.ceil() as usize).max(1) - 1;
            if weeks.len() <= week {
                weeks.resize(week + 1, 0);
            }
            weeks[week] += 1;
        }
        weeks
    }
}

/// How much will be done by a date.
#[derive(Clone, Debug, PartialEq)]
pub struct HowMany {
    /// At least so many items, at 50, 70, 85 and 95 %.
    pub at_least: [u32; 4],
    pub assumptions: Vec<String>,
    pub past: BackTest,
    pub runs: usize,
}

/// Whether a goal will be reached in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Share of simulated futures in which it is.
    pub chance: f64,
    pub outlook: Outlook,
    pub when: When,
}

/// A chance in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// 85 % or more.
    Safe,
    /// 50 % or more.
    Open,
    AtRisk,
}

/// When will the work be done?
pub fn when_done(history: &Throughput, work: &Work, settings: &Settings) -> Result<When, Refusal> {
    let window = history.window(settings.window)?;
    let items = work.items.max(u32::try_from(work.ages.len()).unwrap_or(u32::MAX));
    let runs = settings.runs.max(LEAST_RUNS);
    let learnt = learnt(history, window, items, settings);
    let plan = Plan::new(history.weeks(), window, &work.added, &settings.tuning);
    let times = plan.times(f64::from(items), runs, settings.seed);
    let mut assumptions = common(history, window, &learnt);
    assumptions.push(growth_in_words(&work.added));
    if work.ages.is_empty() {
        let weeks = corrected(&times, &learnt.shift).map(within_runs);
        let times = correct_all(&times, &learnt.shift);
        return Ok(When { weeks, assumptions, past: learnt.past, runs, times });
    }
    let days = sorted_days(&work.cycle_times)?;
    let times = with_progress(correct_all(&times, &learnt.shift), &days, work, settings.seed);
    let weeks = LEVELS.map(|level| within_runs((quantile(&times, level).round() as u32).max(1)));
    assumptions.push(format!(
        "The {} in progress take as long as finished ones that had already taken as long; nothing \
         is done before the slowest of them.",
        counted(work.ages.len(), "item")
    ));
    Ok(When { weeks, assumptions, past: learnt.past, runs, times })
}

/// How many items will be done within so many weeks (fractions allowed)?
pub fn how_many(history: &Throughput, weeks: f64, settings: &Settings) -> Result<HowMany, Refusal> {
    let window = history.window(settings.window)?;
    let runs = settings.runs.max(LEAST_RUNS);
    let plan = Plan::new(history.weeks(), window, &[], &settings.tuning);
    let middle = quantile(&plan.counts(weeks, runs, settings.seed), 0.5);
    let learnt = learnt(history, window, (middle as u32).max(1), settings);
    let mut at_least = [0; 4];
    let mut most = u32::MAX;
    for level in 0..4 {
        // A forecast that takes longer by a factor gets done what fits in less time.
        let counts = plan.counts(weeks * (-learnt.shift[level]).exp(), runs, settings.seed);
        most = most.min(quantile(&counts, 1.0 - LEVELS[level]).floor() as u32);
        at_least[level] = most;
    }
    let assumptions = common(history, window, &learnt);
    Ok(HowMany { at_least, assumptions, past: learnt.past, runs })
}

/// Will the work of a goal be done within so many weeks, for instance what is left of a sprint?
pub fn goal_holds(
    history: &Throughput,
    work: &Work,
    weeks: f64,
    settings: &Settings,
) -> Result<Goal, Refusal> {
    let when = when_done(history, work, settings)?;
    let chance = when.chance_within(weeks);
    let outlook = match chance {
        chance if chance >= 0.85 => Outlook::Safe,
        chance if chance >= 0.5 => Outlook::Open,
        _ => Outlook::AtRisk,
    };
    Ok(Goal { chance, outlook, when })
}

/// What the past teaches about forecasts of about this size. Larger ones are checked on smaller
/// ones, of about two months, as too few of their own have come out yet.
fn learnt(history: &Throughput, window: &[u32], items: u32, settings: &Settings) -> Learnt {
    let finished: u32 = window.iter().fold(0, |sum, count| sum.saturating_add(*count));
    let two_months = (u64::from(finished) * 8).div_ceil(window.len() as u64);
    let most = u32::try_from(two_months).unwrap_or(u32::MAX).max(20);
    learn(history, items.clamp(1, most), settings.window, &settings.tuning, settings.seed)
}

/// Every simulated time with the correction of its level, in between by the line between levels.
fn correct_all(times: &[f64], shift: &[f64; 4]) -> Vec<f64> {
    let mut last = 0.0_f64;
    let count = times.len() as f64;
    let correct = |(rank, time): (usize, &f64)| {
        if *time >= LONGEST as f64 {
            return *time;
        }
        let share = (rank as f64 + 1.0) / count;
        last = last.max(time * shift_at(share, shift).exp());
        last
    };
    times.iter().enumerate().map(correct).collect()
}

fn shift_at(share: f64, shift: &[f64; 4]) -> f64 {
    let above = LEVELS.partition_point(|level| *level < share);
    if above == 0 {
        return shift[0];
    }
    if above == LEVELS.len() {
        return shift[LEVELS.len() - 1];
    }
    let way = (share - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1]);
    shift[above - 1] + way * (shift[above] - shift[above - 1])
}

/// No future is done before its slowest item in progress.
fn with_progress(mut times: Vec<f64>, days: &[f64], work: &Work, seed: u64) -> Vec<f64> {
    // A stream of its own: the two are independent, so pairing by rank does no harm.
    let mut random = Random::new(!seed);
    for time in &mut times {
        for age in &work.ages {
            *time = time.max(remaining_days(days, *age, &mut random) / 7.0);
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    times
}

fn within_runs(weeks: u32) -> Option<u32> {
    ((weeks as usize) < LONGEST).then_some(weeks)
}

fn common(history: &Throughput, window: &[u32], learnt: &Learnt) -> Vec<String> {
    let idle = window.iter().filter(|count| **count == 0).count();
    let finished: u64 = window.iter().map(|count| u64::from(*count)).sum();
    let mut said = vec![
        format!(
            "The weeks to come resemble the last {}: {finished} items finished, {} with none.",
            window.len(),
            counted(idle, "week")
        ),
        "The pace may change: slow spells tend to end, and the further ahead, the less is sure."
            .to_owned(),
        "Items are of about the size that they were: none is split or merged.".to_owned(),
        "The same people work on it, and nothing else takes its place.".to_owned(),
    ];
    let (checked, _) = learnt.past.held();
    said.push(if checked == 0 {
        "The team's own forecasts cannot be checked yet; the corrections are those of other teams."
            .to_owned()
    } else {
        format!(
            "Corrected by how {} of this team's own past would have held, over {} of history.",
            counted(checked, "forecast"),
            counted(history.weeks().len(), "week")
        )
    });
    said
}

fn growth_in_words(added: &[u32]) -> String {
    if added.is_empty() {
        return "The scope stays as it is.".to_owned();
    }
    let mean = added.iter().map(|count| f64::from(*count)).sum::<f64>() / added.len() as f64;
    format!("The scope keeps growing as it did: by {mean:.1} items a week.")
}
