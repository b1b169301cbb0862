//! What an audience is told of a line: executives objectives and quarters, sales and support what may
//! be promised, customers the problem and no dates.

use super::Line;
use crate::kernel::Day;

/// The line as this audience sees it.
pub(super) fn told(mut line: Line, audience: &str) -> Line {
    if audience == "team" {
        return line;
    }
    // How far others may hear of it is the team's own.
    line.reach.clear();
    if !line.outside.trim().is_empty() && audience != "executives" {
        line.title = line.outside.clone();
    }
    line.outside.clear();
    if audience == "executives" {
        line.quarters = true;
        line.starts = line.starts.map(|day| quarter(day).0);
        line.ends = if line.hard { line.ends } else { line.ends.map(|day| quarter(day).1) };
        return line;
    }
    if !line.hard || audience == "customers" {
        (line.starts, line.ends, line.hard) = (None, None, false);
        line.hard_reason.clear();
    }
    line.starts = None;
    line.because.clear();
    (line.objective, line.team, line.standing, line.effort) = (None, None, None, None);
    (line.stories, line.stories_done, line.points, line.points_done) = (0, 0, 0.0, 0.0);
    line.after.clear();
    if audience == "customers" {
        line.item.clear();
        line.kind.clear();
        line.hard_reason.clear();
    }
    line
}

/// The first and the last day of a day's quarter.
pub(super) fn quarter(day: Day) -> (Day, Day) {
    let first = (day.0.month() - 1) / 3 * 3 + 1;
    let start = Day(day.0.first_of_month());
    let start = Day(jiff::civil::date(start.0.year(), first, 1));
    let end = start.plus_days(70);
    (start, Day(end.0.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_whole() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (within, first, last) in [
            ("2026-01-01", "2026-01-01", "2026-03-31"),
            ("2024-02-29", "2024-01-01", "2024-03-31"),
            ("2026-06-30", "2026-04-01", "2026-06-30"),
            ("2026-08-15", "2026-07-01", "2026-09-30"),
            ("2026-12-31", "2026-10-01", "2026-12-31"),
        ] {
            assert_eq!(quarter(day(within)), (day(first), day(last)), "{within}");
        }
    }
}
