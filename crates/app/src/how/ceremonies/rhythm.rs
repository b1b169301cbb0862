//! When ceremonies come, from the cadence of a policy and the sprints of a team. Pure.

use crate::kernel::Day;
use crate::people::policies::Rhythm;

/// A ceremony on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Occurrence {
    pub kind: String,
    pub day: Day,
    pub minutes: i64,
}

/// Days since Monday, from 0.
fn weekday(day: Day) -> i64 {
    // 1970-01-01 was a Thursday.
    let first: Day = crate::kernel::Time(0).day();
    (first.days_until(day) + 3).rem_euclid(7)
}

fn monday(day: Day) -> Day {
    day.plus_days(-weekday(day))
}

/// The next working day, itself if it is one.
fn working(day: Day) -> Day {
    match weekday(day) {
        5 => day.plus_days(2),
        6 => day.plus_days(1),
        _ => day,
    }
}

/// The last working day up to a day.
fn before(day: Day) -> Day {
    match weekday(day) {
        5 => day.plus_days(-1),
        6 => day.plus_days(-2),
        _ => day,
    }
}

/// Weeks since the first Monday known, so that every second one is always the same.
fn week(day: Day) -> i64 {
    let first: Day = crate::kernel::Time(0).day();
    first.days_until(monday(day)).div_euclid(7)
}

fn falls_on(rhythm: &Rhythm, day: Day) -> bool {
    let text = day.to_string();
    let month: i64 = text.get(5..7).and_then(|m| m.parse().ok()).unwrap_or_default();
    let of_month: i64 = text.get(8..10).and_then(|d| d.parse().ok()).unwrap_or_default();
    // Planning opens a week, what looks back closes it.
    let wanted = match rhythm.kind.as_str() {
        "planning" | "replenishment" | "delivery-planning" => 0,
        "refinement" => 2,
        "review" | "demo" | "retro" | "service-review" => 4,
        _ => 3,
    };
    let on = weekday(day) == wanted;
    match rhythm.every.as_str() {
        "day" => weekday(day) < 5,
        "week" => on,
        "two-weeks" => on && week(day) % 2 == 0,
        "month" => on && of_month <= 7,
        "quarter" => on && of_month <= 7 && month % 3 == 1,
        _ => false,
    }
}

/// All ceremonies from one day to another, both included, in order. `sprints` are their first and last
/// days.
pub fn occurrences(
    cadence: &[Rhythm],
    sprints: &[(Day, Day)],
    from: Day,
    to: Day,
) -> Vec<Occurrence> {
    let mut all = Vec::new();
    let count = from.days_until(to).clamp(-1, 400);
    for rhythm in cadence {
        let mut add = |day: Day| {
            let (kind, minutes) = (rhythm.kind.clone(), rhythm.minutes);
            all.push(Occurrence { kind, day, minutes });
        };
        if rhythm.every == "sprint" {
            for (first, last) in sprints {
                let opens = matches!(rhythm.kind.as_str(), "planning" | "replenishment");
                let day = if opens { working(*first) } else { before(*last) };
                if day >= from && day <= to {
                    add(day);
                }
            }
        }
        for n in 0..=count {
            let day = from.plus_days(n);
            if falls_on(rhythm, day) {
                add(day);
            }
        }
    }
    all.sort_by(|a, b| (a.day, &a.kind).cmp(&(b.day, &b.kind)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm(kind: &str, every: &str) -> Rhythm {
        Rhythm { kind: kind.into(), every: every.into(), minutes: 15 }
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn each_rhythm_keeps_its_days() {
        let (from, to) = (day("2026-03-01"), day("2026-03-31"));
        let days = |kind: &str, every: &str| -> Vec<String> {
            let all = occurrences(&[rhythm(kind, every)], &[], from, to);
            all.iter().map(|o| o.day.to_string()).collect()
        };
        assert_eq!(days("daily", "day").len(), 22);
        assert_eq!(days("planning", "week")[..2], ["2026-03-02", "2026-03-09"]);
        assert_eq!(days("retro", "month"), ["2026-03-06"]);
        assert_eq!(days("replenishment", "two-weeks"), ["2026-03-02", "2026-03-16", "2026-03-30"]);
        assert!(days("interaction-review", "quarter").is_empty());
    }

    #[test]
    fn a_sprint_is_planned_when_it_starts_and_reviewed_when_it_ends() {
        let sprints = [(day("2026-03-07"), day("2026-03-20"))];
        let cadence = [rhythm("planning", "sprint"), rhythm("review", "sprint")];
        let all = occurrences(&cadence, &sprints, day("2026-03-01"), day("2026-03-31"));
        let told: Vec<(&str, String)> =
            all.iter().map(|o| (o.kind.as_str(), o.day.to_string())).collect();
        // It starts on a Saturday, so planning is on Monday.
        assert_eq!(told, [("planning", "2026-03-09".into()), ("review", "2026-03-20".into())]);
    }
}
