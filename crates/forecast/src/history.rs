//! What a team has finished, week by week, and whether that is enough to forecast from.

use std::fmt;

/// A day, counted from 1970-01-01.
pub type Day = i32;

/// Weeks of history below which nothing is forecast.
pub const LEAST_WEEKS: usize = 8;
/// Items finished within the window below which nothing is forecast: the forecasts were never
/// checked on less.
pub const LEAST_FINISHED: u32 = 6;

/// Items finished in each complete week, oldest first, weeks with none included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throughput {
    weeks: Vec<u32>,
}

/// Why there is no forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too few weeks of history.
    TooShort { weeks: usize, needed: usize },
    /// Too few items finished in the weeks that the forecast rests on.
    TooLittleFinished { finished: u32, weeks: usize, needed: u32 },
    /// Too few finished items whose time in progress is known.
    TooFewCycleTimes { items: usize, needed: usize },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { weeks, needed } => write!(
                f,
                "There is no forecast yet: it needs {needed} complete weeks of history, and there \
                 are {weeks}. Come back in {}.",
                counted(needed - weeks, "week")
            ),
            Self::TooLittleFinished { finished, weeks, needed } => write!(
                f,
                "There is no forecast: only {} finished in the last {weeks} weeks, and fewer than \
                 {needed} tell too little about the weeks to come.",
                counted(*finished as usize, "item")
            ),
            Self::TooFewCycleTimes { items, needed } => write!(
                f,
                "There is no forecast from cycle times: the time in progress is known of {}, and \
                 {needed} are needed.",
                counted(*items, "finished item")
            ),
        }
    }
}

impl std::error::Error for Refusal {}

/// `1 week`, `2 weeks`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

impl Throughput {
    /// From counts, oldest first.
    pub fn from_weeks(weeks: Vec<u32>) -> Self {
        Self { weeks }
    }

    /// From the days on which items were finished: whole weeks that end with the day before
    /// `today`, back to the week of the first finished item.
    pub fn from_days(finished: &[Day], today: Day) -> Self {
        let past = || finished.iter().copied().filter(|day| *day < today);
        let Some(first) = past().min() else { return Self { weeks: Vec::new() } };
        let span = (i64::from(today) - i64::from(first)) as usize;
        let mut weeks = vec![0; span.div_ceil(7)];
        for day in past() {
            let ago = (i64::from(today) - 1 - i64::from(day)) as usize / 7;
            let at = weeks.len() - 1 - ago;
            weeks[at] += 1;
        }
        Self { weeks }
    }

    pub fn weeks(&self) -> &[u32] {
        &self.weeks
    }

    /// The last weeks, at most so many; refused where they tell too little.
    pub fn window(&self, length: usize) -> Result<&[u32], Refusal> {
        if self.weeks.len() < LEAST_WEEKS {
            return Err(Refusal::TooShort { weeks: self.weeks.len(), needed: LEAST_WEEKS });
        }
        let window = &self.weeks[self.weeks.len().saturating_sub(length.max(LEAST_WEEKS))..];
        let finished = window.iter().fold(0_u32, |sum, count| sum.saturating_add(*count));
        if finished < LEAST_FINISHED {
            let (weeks, needed) = (window.len(), LEAST_FINISHED);
            return Err(Refusal::TooLittleFinished { finished, weeks, needed });
        }
        Ok(window)
    }

    /// The history as it was after so many weeks.
    pub(crate) fn until(&self, week: usize) -> Self {
        Self { weeks: self.weeks[..week].to_vec() }
    }
}
