//! What comes again and again: the days on which it does. Pure.

use crate::kernel::{Day, Error, Result};
use crate::store::Fields;

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Which of the weekdays of a month: the first to the fourth, or the last.
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "last"];

/// The farthest that is looked back and ahead: two intervals of the longest rhythm.
const FARTHEST: i64 = 800;

/// On which days of an interval it comes.
#[derive(Clone, Debug, PartialEq)]
enum On {
    Each,
    /// Weekdays, Monday 0.
    Weekdays(Vec<i64>),
    /// A day of the month; the last one where a month is shorter.
    Date(i64),
    /// The first (0) to the fourth weekday of the month, or the last (4).
    Nth(usize, i64),
}

/// Days, weeks or months.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Day,
    Week,
    Month,
}

/// How often, and on which day.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    unit: Unit,
    /// Every so many of them.
    count: i64,
    on: On,
    /// The day from which it is counted; where there is none, the calendar's own weeks and months.
    from: Option<Day>,
}

/// What becomes of days that were missed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missed {
    /// The last of them is made up for.
    Once,
    /// Each of them is, up to a month of days.
    Each,
    /// None is.
    Never,
}

impl Missed {
    pub fn of(args: &Fields) -> Result<Self> {
        match args.get("missed").map_or("once", |t| t.trim()) {
            "once" => Ok(Self::Once),
            "each" => Ok(Self::Each),
            "never" => Ok(Self::Never),
            other => {
                let message =
                    format!("“{other}” says nothing of missed days. Say once, each or never.");
                Err(Error::invalid("args", message))
            }
        }
    }
}

/// Days since a Monday.
fn number(day: Day) -> i64 {
    // 1970-01-01 was a Thursday.
    day.start().0.div_euclid(crate::kernel::Time::DAY) + 3
}

/// The weekday of a day, Monday 0.
fn weekday(day: Day) -> i64 {
    number(day).rem_euclid(7)
}

fn of_month(day: Day) -> i64 {
    i64::from(day.0.day())
}

fn months(day: Day) -> i64 {
    i64::from(day.0.year()) * 12 + i64::from(day.0.month())
}

fn named(name: &str) -> Result<i64> {
    let name = name.trim().to_lowercase();
    let at = WEEKDAYS.iter().position(|d| d.starts_with(&name) && name.len() > 1);
    let message = format!("“{name}” is no weekday. Write one in full, as monday.");
    at.map(|at| at as i64).ok_or_else(|| Error::invalid("args", message))
}

fn of_months(on: &str) -> Result<On> {
    if let Some((which, day)) = on.split_once(' ')
        && let Some(at) = ORDINALS.iter().position(|o| *o == which)
    {
        return Ok(On::Nth(at, named(day)?));
    }
    let day = on.parse::<i64>().ok().filter(|d| (1..=31).contains(d));
    let message = "Say on which day of the month: a number from 1 to 31, or as “first monday”.";
    day.map(On::Date).ok_or_else(|| Error::invalid("args", message))
}

impl Rhythm {
    /// Reads it from a rule's further words.
    pub fn of(args: &Fields) -> Result<Self> {
        let said = |name: &str| args.get(name).map(|t| t.trim()).filter(|t| !t.is_empty());
        let every = said("every").unwrap_or("week");
        let on = said("on").map(str::to_lowercase);
        let count = said("count").map_or(Some(1), |n| n.parse::<i64>().ok());
        let count = count
            .filter(|n| (1..=366).contains(n))
            .ok_or_else(|| Error::invalid("args", "Say every how many: a number from 1 to 366."))?;
        let from = match said("from") {
            Some(day) => Some(day.parse::<Day>().map_err(|_| {
                Error::invalid("args", format!("“{day}” is not a day; write it like 2026-03-01."))
            })?),
            None => None,
        };
        let weekdays = || -> Result<On> {
            let named: Result<Vec<i64>> = on
                .as_deref()
                .unwrap_or("monday")
                .split([',', ' '])
                .filter(|d| !d.is_empty())
                .map(named)
                .collect();
            Ok(On::Weekdays(named?))
        };
        let (unit, count, on) = match every {
            "day" | "days" => (Unit::Day, count, On::Each),
            "weekday" => (Unit::Week, 1, On::Weekdays((0..5).collect())),
            "week" | "weeks" => (Unit::Week, count, weekdays()?),
            "two-weeks" => (Unit::Week, count * 2, weekdays()?),
            "month" | "months" => (Unit::Month, count, of_months(on.as_deref().unwrap_or("1"))?),
            other => {
                let known = super::rules::EVERY.join(", ");
                let message = format!("“{other}” is no rhythm. There are: {known}.");
                return Err(Error::invalid("args", message));
            }
        };
        let longest = match unit {
            Unit::Day => count,
            Unit::Week => count * 7,
            Unit::Month => count * 31,
        };
        if longest > FARTHEST / 2 {
            return Err(Error::invalid("args", "It comes once a year at least."));
        }
        Ok(Self { unit, count, on, from })
    }

    /// Whether it comes on a day.
    fn falls_on(&self, day: Day) -> bool {
        if self.from.is_some_and(|from| day < from) {
            return false;
        }
        let since = |of: fn(Day) -> i64| of(day) - self.from.map_or(0, of);
        let turn = match self.unit {
            Unit::Day => since(number),
            Unit::Week => since(|d| number(d).div_euclid(7)),
            Unit::Month => since(months),
        };
        turn.rem_euclid(self.count) == 0 && self.on.holds(day)
    }

    /// The days up to `today` on which it came, the newest first, not before `since`.
    pub fn past(&self, since: Day, today: Day) -> impl Iterator<Item = Day> + '_ {
        let days = since.days_until(today).clamp(-1, FARTHEST);
        (0..=days).map(move |back| today.plus_days(-back)).filter(|day| self.falls_on(*day))
    }

    /// The next so many days after `today` on which it comes.
    pub fn next(&self, today: Day, count: usize) -> Vec<Day> {
        let ahead = FARTHEST * 3;
        (1..ahead).map(|n| today.plus_days(n)).filter(|d| self.falls_on(*d)).take(count).collect()
    }
}

impl On {
    fn holds(&self, day: Day) -> bool {
        let last = |ahead: i64| of_month(day.plus_days(ahead)) <= ahead;
        match self {
            Self::Each => true,
            Self::Weekdays(all) => all.contains(&weekday(day)),
            Self::Date(on) => of_month(day) == *on || (last(1) && of_month(day) < *on),
            Self::Nth(4, on) => weekday(day) == *on && last(7),
            Self::Nth(at, on) => {
                weekday(day) == *on && (of_month(day) - 1).div_euclid(7) == *at as i64
            }
        }
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

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
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
        assert_eq!(day(&two[0]).days_until(day(&two[1])), 14);
        assert_eq!(
            of(&[("every", "month"), ("on", "31")]),
            ["2026-03-31", "2026-04-30", "2026-05-31"]
        );
    }

    #[test]
    fn every_so_many_are_counted_from_a_day() {
        let from = ("from", "2026-03-02");
        let of = |pairs: &[(&str, &str)]| next(pairs, "2026-03-02");
        assert_eq!(
            of(&[("every", "day"), ("count", "3"), from]),
            ["2026-03-05", "2026-03-08", "2026-03-11"]
        );
        assert_eq!(
            of(&[("every", "week"), ("count", "3"), ("on", "tuesday, friday"), from]),
            ["2026-03-03", "2026-03-06", "2026-03-24"]
        );
        assert_eq!(
            of(&[("every", "month"), ("count", "2"), ("on", "first monday"), from]),
            ["2026-05-04", "2026-07-06", "2026-09-07"]
        );
        assert_eq!(
            of(&[("every", "month"), ("on", "last friday")]),
            ["2026-03-27", "2026-04-24", "2026-05-29"]
        );
        assert_eq!(of(&[("every", "day"), ("from", "2026-04-01")])[0], "2026-04-01");
    }

    #[test]
    fn what_was_missed_is_told_newest_first_and_nothing_before_it_was_switched_on() {
        let weekly = Rhythm::of(&args(&[("every", "week"), ("on", "monday")])).expect("a rhythm");
        let past = |since, today| weekly.past(day(since), day(today)).collect::<Vec<_>>();
        assert_eq!(past("2026-03-03", "2026-03-18"), [day("2026-03-16"), day("2026-03-09")]);
        assert!(past("2026-03-17", "2026-03-18").is_empty());
    }

    #[test]
    fn odd_words_are_refused() {
        for odd in [
            &[("every", "year")][..],
            &[("every", "week"), ("on", "noday")],
            &[("every", "month"), ("on", "40")],
            &[("every", "month"), ("on", "fifth monday")],
            &[("every", "day"), ("count", "0")],
            &[("every", "month"), ("count", "100")],
            &[("every", "day"), ("from", "soon")],
        ] {
            assert!(Rhythm::of(&args(odd)).is_err(), "{odd:?}");
        }
        assert!(Missed::of(&args(&[("missed", "always")])).is_err());
    }
}
