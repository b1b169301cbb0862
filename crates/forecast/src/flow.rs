//! Flow measures as the Kanban Guide defines them: work in progress, throughput, age, cycle time,
//! with the cumulative flow diagram and Little's law beside what was measured.

use crate::history::{Day, Throughput};
use crate::simulate::quantile;

/// The days of an item's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub created: Day,
    pub started: Option<Day>,
    pub finished: Option<Day>,
}

impl Item {
    /// The day from which it was in progress; one finished without a start was so on that day only.
    fn begun(&self) -> Option<Day> {
        match (self.started, self.finished) {
            (Some(started), Some(finished)) => Some(started.min(finished)),
            (started, finished) => started.or(finished),
        }
    }

    fn in_progress_on(&self, day: Day) -> bool {
        self.begun().is_some_and(|begun| begun <= day)
            && self.finished.is_none_or(|finished| finished > day)
    }

    /// Days from start to finish, both counted.
    pub fn cycle_time(&self) -> Option<u32> {
        let finished = self.finished?;
        self.begun().map(|begun| days_between(begun, finished))
    }

    /// Days in progress so far, both ends counted, of an item that is.
    pub fn age(&self, today: Day) -> Option<u32> {
        self.begun().filter(|_| self.in_progress_on(today)).map(|begun| days_between(begun, today))
    }
}

fn days_between(from: Day, to: Day) -> u32 {
    u32::try_from(i64::from(to) - i64::from(from) + 1).unwrap_or(0)
}

/// Items in progress at the end of a day.
pub fn work_in_progress(items: &[Item], day: Day) -> usize {
    items.iter().filter(|item| item.in_progress_on(day)).count()
}

/// Items finished in each complete week before today.
pub fn throughput(items: &[Item], today: Day) -> Throughput {
    let finished: Vec<Day> = items.iter().filter_map(|item| item.finished).collect();
    Throughput::from_days(&finished, today)
}

/// Days in progress of the items that are, in the order given.
pub fn ages(items: &[Item], today: Day) -> Vec<u32> {
    items.iter().filter_map(|item| item.age(today)).collect()
}

/// Cycle times of the finished items, in the order given.
pub fn cycle_times(items: &[Item]) -> Vec<u32> {
    items.iter().filter_map(Item::cycle_time).collect()
}

/// The cycle time within which a share of the finished items were done; none without any.
pub fn cycle_time_percentile(items: &[Item], share: f64) -> Option<u32> {
    let mut days: Vec<f64> = cycle_times(items).into_iter().map(f64::from).collect();
    days.sort_unstable_by(f64::total_cmp);
    (!days.is_empty()).then(|| quantile(&days, share.clamp(0.0, 1.0)) as u32)
}

/// The heights of a cumulative flow diagram at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heights {
    pub day: Day,
    /// Items ever created, started, finished.
    pub created: usize,
    pub started: usize,
    pub finished: usize,
}

/// The cumulative flow diagram from one day to another, both included.
pub fn cumulative_flow(items: &[Item], from: Day, to: Day) -> Vec<Heights> {
    let sorted = |day: fn(&Item) -> Option<Day>| {
        let mut days: Vec<Day> = items.iter().filter_map(day).collect();
        days.sort_unstable();
        days
    };
    let created = sorted(|item| Some(item.begun().map_or(item.created, |at| at.min(item.created))));
    let (started, finished) = (sorted(Item::begun), sorted(|item| item.finished));
    let until = |days: &[Day], day: Day| days.partition_point(|at| *at <= day);
    (from..=to)
        .map(|day| Heights {
            day,
            created: until(&created, day),
            started: until(&started, day),
            finished: until(&finished, day),
        })
        .collect()
}

/// Little's law beside what was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Little {
    /// Mean number of items in progress.
    pub wip: f64,
    /// Items finished a day.
    pub throughput: f64,
    /// Mean days in progress of the items finished in the time.
    pub measured: f64,
    /// What the law expects: work in progress ÷ throughput.
    pub expected: f64,
}

impl Little {
    /// How far the measured cycle time is from the expected one, as a share of it. Far from 0, the
    /// flow is not steady: work piles up, old items are left behind, or starts are not recorded.
    pub fn off_by(&self) -> f64 {
        if self.expected > 0.0 { self.measured / self.expected - 1.0 } else { 0.0 }
    }
}

/// Little's law over the days from one to another, both included; none where nothing was finished.
/// An item counts as in progress on each day from its start to its finish, as in its cycle time.
pub fn littles_law(items: &[Item], from: Day, to: Day) -> Option<Little> {
    let days = f64::from(days_between(from, to));
    let done: Vec<u32> = items
        .iter()
        .filter(|item| item.finished.is_some_and(|day| (from..=to).contains(&day)))
        .filter_map(Item::cycle_time)
        .collect();
    if done.is_empty() || from > to {
        return None;
    }
    let inside = |item: &Item| {
        let begun = item.begun()?.max(from);
        let end = item.finished.unwrap_or(to).min(to);
        (begun <= end).then(|| f64::from(days_between(begun, end)))
    };
    let item_days: f64 = items.iter().filter_map(inside).sum();
    let (wip, throughput) = (item_days / days, done.len() as f64 / days);
    let measured = done.iter().map(|days| f64::from(*days)).sum::<f64>() / done.len() as f64;
    Some(Little { wip, throughput, measured, expected: wip / throughput })
}
