//! The recorded project: when each issue came, was begun and was done.

use wherefore_app::kernel::{Day, Time};

/// An issue as it was recorded.
pub struct Issue {
    pub key: String,
    pub bug: bool,
    pub points: f64,
    pub created: Time,
    pub started: Time,
    pub resolved: Time,
}

/// What happened to an issue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    Came,
    Began,
    Ended,
}

/// What happened, in its order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Event {
    pub at: Time,
    pub step: Step,
    pub issue: usize,
}

fn moment(text: &str) -> Time {
    let (day, clock) = text.split_once(' ').expect("a day and a time");
    let day: Day = day.parse().expect("a day");
    let mut parts = clock.split(':').map(|p| p.parse::<i64>().expect("a number"));
    let mut next = || parts.next().expect("three parts");
    let seconds = next() * 3600 + next() * 60 + next();
    Time(day.start().0 + seconds * Time::SECOND)
}

/// The issues of a file like `issues.csv`.
pub fn issues(text: &str) -> Vec<Issue> {
    let issue = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let (created, resolved) = (moment(cells[2]), moment(cells[3]));
        let minutes: i64 = cells[5].parse().unwrap_or_default();
        let started = Time(resolved.0 - minutes * 60 * Time::SECOND).max(created);
        Issue {
            key: cells[0].to_owned(),
            bug: cells[1] == "Bug",
            points: cells[4].parse().unwrap_or_default(),
            created,
            started,
            resolved,
        }
    };
    text.lines().skip(1).map(issue).collect()
}

/// All that happened; an issue without recorded progress goes from created to done in one step.
pub fn events(issues: &[Issue]) -> Vec<Event> {
    let mut all = Vec::new();
    for (issue, i) in issues.iter().enumerate() {
        all.push(Event { at: i.created, step: Step::Came, issue });
        if i.started < i.resolved {
            all.push(Event { at: i.started, step: Step::Began, issue });
        }
        all.push(Event { at: i.resolved, step: Step::Ended, issue });
    }
    all.sort();
    all
}
