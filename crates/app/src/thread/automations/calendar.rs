//! What comes again and again: the days on which it does. Pure.

use crate::kernel::{Day, Error, Result};
use crate::store::Fields;

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// How often, and on which day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rhythm {
    Day,
    Weekday,
    /// On a weekday, Monday 0; every so many weeks.
    Week(i64, i64),
    /// On a day of the month; the last one where a month is shorter.
    Month(i64),
}

/// The weekday of a day, Monday 0.
fn weekday(day: Day) -> i64 {
    // 1970-01-01 was a Thursday.
    (day.start().0.div_euclid(crate::kernel::Time::DAY) + 3).rem_euclid(7)
}

impl Rhythm {
    /// Reads it from a rule's further words.
    pub fn of(args: &Fields) -> Result<Self> {
        let every = args.get("every").map_or("week", |t| t.trim());
        let on = args.get("on").map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty());
        let weekday = || {
            let name = on.as_deref().unwrap_or("monday");
            let at = WEEKDAYS.iter().position(|d| d.starts_with(name) && name.len() > 1);
            let message = format!("“{name}” is no weekday. Write one in full, as monday.");
            at.map(|at| at as i64).ok_or_else(|| Error::invalid("args", message))
        };
        Ok(match every {
            "day" => Self::Day,
            "weekday" => Self::Weekday,
            "week" => Self::Week(weekday()?, 1),
            "two-weeks" => Self::Week(weekday()?, 2),
            "month" => {
                let day = on.as_deref().unwrap_or("1").parse::<i64>().ok();
                let message = "Say on which day of the month: a number from 1 to 31.";
                let day = day.filter(|d| (1..=31).contains(d));
                Self::Month(day.ok_or_else(|| Error::invalid("args", message))?)
            }
            other => {
                let known = super::rules::EVERY.join(", ");
                let message = format!("“{other}” is no rhythm. There are: {known}.");
                return Err(Error::invalid("args", message));
            }
        })
    }

    /// Whether it comes on a day.
    fn falls_on(self, day: Day) -> bool {
        match self {
            Self::Day => true,
            Self::Weekday => weekday(day) < 5,
            Self::Week(on, every) => {
                let week = (day.start().0.div_euclid(crate::kernel::Time::DAY) + 3).div_euclid(7);
                weekday(day) == on && week.rem_euclid(every) == 0
            }
            Self::Month(on) => {
                let of_month = |d: Day| d.to_string()[8..].parse::<i64>().unwrap_or_default();
                let last = of_month(day.plus_days(1)) == 1;
                of_month(day) == on || (last && of_month(day) < on)
            }
        }
    }

    /// The last day up to `today` on which it came, not before `since`.
    pub fn last(self, since: Day, today: Day) -> Option<Day> {
        let days = since.days_until(today).clamp(-1, 62);
        (0..=days).map(|back| today.plus_days(-back)).find(|day| self.falls_on(*day))
    }

    /// The next so many days after `today` on which it comes.
    pub fn next(self, today: Day, count: usize) -> Vec<Day> {
        (1..400).map(|n| today.plus_days(n)).filter(|day| self.falls_on(*day)).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    fn next(pairs: &[(&str, &str)], today: &str) -> Vec<String> {
        let rhythm = Rhythm::of(&args(pairs)).expect("a rhythm");
        let days = rhythm.next(today.parse().expect("a day"), 3);
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_rhythm_falls_on_its_days() {
        // 2026-03-02 is a Monday.
        let of = |pairs: &[(&str, &str)]| next(pairs, "2026-03-02");
        assert_eq!(of(&[("every", "day")]), ["2026-03-03", "2026-03-04", "2026-03-05"]);
        assert_eq!(
            next(&[("every", "weekday")], "2026-03-05"),
            ["2026-03-06", "2026-03-09", "2026-03-10"]
        );
        assert_eq!(
            of(&[("every", "week"), ("on", "wednesday")]),
            ["2026-03-04", "2026-03-11", "2026-03-18"]
        );
        let two = of(&[("every", "two-weeks"), ("on", "monday")]);
        assert_eq!(two[0].parse::<Day>().unwrap().days_until(two[1].parse().unwrap()), 14);
        assert_eq!(
            of(&[("every", "month"), ("on", "31")]),
            ["2026-03-31", "2026-04-30", "2026-05-31"]
        );
    }

    #[test]
    fn what_was_missed_is_made_up_once_and_nothing_before_it_was_switched_on() {
        let weekly = Rhythm::of(&args(&[("every", "week"), ("on", "monday")])).unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(weekly.last(day("2026-03-03"), day("2026-03-18")), Some(day("2026-03-16")));
        assert_eq!(weekly.last(day("2026-03-17"), day("2026-03-18")), None);
    }

    #[test]
    fn odd_words_are_refused() {
        for odd in [
            &[("every", "year")][..],
            &[("every", "week"), ("on", "noday")],
            &[("every", "month"), ("on", "40")],
        ] {
            assert!(Rhythm::of(&args(odd)).is_err(), "{odd:?}");
        }
    }
}
