//! Dates as Jira writes them in any language and order.

use jiff::{civil, tz::TimeZone};

/// Which number comes first where a month is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// A moment, or a day without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Microseconds since 1970, UTC.
    pub micros: i64,
    pub day: civil::Date,
    /// Whether the text said its time zone.
    pub zoned: bool,
}

/// What a column of dates says about its order.
#[derive(Debug, Default, Clone, Copy)]
pub struct Evidence {
    day_first: usize,
    month_first: usize,
    /// Both readings are possible.
    pub ambiguous: usize,
    half_days: usize,
}

impl Evidence {
    /// Adds one cell.
    pub fn see(&mut self, text: &str) {
        let Some(parts) = split(text) else { return };
        let ([first, second, year], None) = (parts.numbers.as_slice(), parts.month) else { return };
        if first.1 == 4 || (second.0 > 12 && first.0 > 12) || year.1 < 2 {
            return;
        }
        if first.0 > 12 || parts.dotted {
            self.day_first += 1;
        } else if second.0 > 12 {
            self.month_first += 1;
        } else if first.0 != second.0 {
            self.ambiguous += 1;
            self.half_days += usize::from(parts.afternoon.is_some());
        }
    }

    /// Adds what another column says.
    pub fn add(&mut self, other: Evidence) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.ambiguous += other.ambiguous;
        self.half_days += other.half_days;
    }

    /// The order that the cells prove, by majority.
    pub fn proven(self) -> Option<Order> {
        match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => Some(Order::DayFirst),
            std::cmp::Ordering::Less => Some(Order::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The order to assume where nothing is proven: AM and PM go with the American order.
    pub fn assumed(self) -> Order {
        if self.half_days > 0 { Order::MonthFirst } else { Order::DayFirst }
    }
}

/// Reads one cell; none where it is not a date.
pub fn parse(text: &str, order: Order) -> Option<Stamp> {
    if let Some(stamp) = epoch(text.trim()) {
        return Some(stamp);
    }
    let parts = split(text)?;
    let (year, month, day) = parts.date(order)?;
    let date = civil::Date::new(year, month, day).ok()?;
    let hour = match parts.afternoon {
        Some(_) if parts.time[0] > 12 => return None,
        Some(true) => parts.time[0] % 12 + 12,
        Some(false) => parts.time[0] % 12,
        None => parts.time[0],
    };
    let [hour, minute, second] =
        [hour, parts.time[1], parts.time[2]].map(|part| i8::try_from(part).ok());
    let time = civil::Time::new(hour?, minute?, second?, parts.nanos).ok()?;
    let moment = date.to_datetime(time).to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    let micros = moment.as_microsecond() - parts.offset.unwrap_or(0) * 60_000_000;
    Some(Stamp { micros, day: date, zoned: parts.offset.is_some() })
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<Stamp> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let micros = match text.len() {
        10 => number * 1_000_000,
        13 => number * 1_000,
        _ => return None,
    };
    let moment = jiff::Timestamp::from_microsecond(micros).ok()?;
    let day = moment.to_zoned_datetime(TimeZone::UTC).date();
    Some(Stamp { micros, day, zoned: true })
}

/// The pieces of a date before its order is known.
#[derive(Default)]
struct Parts {
    /// Value and count of digits.
    numbers: Vec<(u32, usize)>,
    month: Option<i8>,
    dotted: bool,
    time: [u32; 3],
    nanos: i32,
    afternoon: Option<bool>,
    /// Minutes east of UTC.
    offset: Option<i64>,
}

impl Parts {
    fn date(&self, order: Order) -> Option<(i16, i8, i8)> {
        let small = |number: u32| i8::try_from(number).ok();
        match (self.numbers.as_slice(), self.month) {
            ([first, second], Some(month)) => {
                let (year, day) = if first.1 == 4 { (first, second) } else { (second, first) };
                Some((full_year(*year)?, month, small(day.0)?))
            }
            ([first, second, third], None) if first.1 == 4 => {
                Some((full_year(*first)?, small(second.0)?, small(third.0)?))
            }
            ([first, second, third], None) => {
                // One cell against the column's order is still read the only way it can be.
                let month_first = match order {
                    _ if self.dotted => false,
                    Order::MonthFirst => first.0 <= 12,
                    Order::DayFirst => second.0 > 12,
                };
                let (month, day) = if month_first { (first, second) } else { (second, first) };
                Some((full_year(*third)?, small(month.0)?, small(day.0)?))
            }
            _ => None,
        }
    }
}

fn full_year((number, digits): (u32, usize)) -> Option<i16> {
    let year = match digits {
        4 if (1900..=2200).contains(&number) => number,
        2 if number < 70 => 2000 + number,
        2 => 1900 + number,
        _ => return None,
    };
    i16::try_from(year).ok()
}

/// Takes a text apart; none where a word or a sign in it belongs to no date.
fn split(text: &str) -> Option<Parts> {
    let text = text.trim();
    if text.is_empty() || text.len() > 80 {
        return None;
    }
    let mut parts = Parts::default();
    let mut timed = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let (number, digits, after) = number(rest)?;
            if after.starts_with(':') && !timed {
                rest = clock(rest, &mut parts)?;
                timed = true;
            } else {
                parts.numbers.push((number, digits));
                parts.dotted |= after.starts_with('.')
                    && after[1..].trim_start().starts_with(|c: char| c.is_ascii_digit());
                rest = after;
            }
        } else if timed && matches!(first, '+' | '-' | '−') {
            rest = offset(&rest[first.len_utf8()..], first != '+', &mut parts)?;
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic() && c != '.').unwrap_or(rest.len());
            word(&rest[..end].to_lowercase(), timed, &mut parts)?;
            rest = &rest[end..];
        } else if matches!(first, '/' | '-' | '.' | ',' | '(' | ')') || first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else {
            return None;
        }
    }
    (parts.numbers.len() <= 3).then_some(parts)
}

fn number(text: &str) -> Option<(u32, usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..digits].parse().ok()?;
    Some((number, digits, &text[digits..]))
}

/// `15:33`, `15:33:07` or `15:33:07.123`.
fn clock<'a>(text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let (hour, _, mut rest) = number(text)?;
    parts.time[0] = hour;
    for place in 1..3 {
        let Some(after) = rest.strip_prefix(':') else { break };
        let (value, _, after) = number(after)?;
        parts.time[place] = value;
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(['.', ','])
        && let Some((_, digits, behind)) = number(after)
    {
        let nine = format!("{:0<9}", &after[..digits.min(9)]);
        parts.nanos = nine.parse().ok()?;
        rest = behind;
    }
    Some(rest)
}

/// `0100`, `01:00` or `1` after a sign.
fn offset<'a>(text: &'a str, west: bool, parts: &mut Parts) -> Option<&'a str> {
    let (value, digits, mut rest) = number(text)?;
    let mut minutes = match digits {
        1 | 2 => value * 60,
        4 => value / 100 * 60 + value % 100,
        _ => return None,
    };
    if let Some(after) = rest.strip_prefix(':') {
        let (more, _, behind) = number(after)?;
        minutes += more;
        rest = behind;
    }
    if minutes > 15 * 60 {
        return None;
    }
    let sign = if west { -1 } else { 1 };
    parts.offset = Some(parts.offset.unwrap_or(0) + sign * i64::from(minutes));
    Some(rest)
}

const HALVES: [(&str, bool); 14] = [
    ("a", false),
    ("p", true),
    ("am", false),
    ("a.m", false),
    ("vorm", false),
    ("дп", false),
    ("rano", false),
    ("matin", false),
    ("pm", true),
    ("p.m", true),
    ("nachm", true),
    ("пп", true),
    ("po południu", true),
    ("soir", true),
];

const ZONES: [(&str, i64); 18] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("msk", 180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("pst", -480),
    ("pdt", -420),
];

/// Words that say nothing: the `T` of ISO, days of the week, "at" and the Russian "year".
const FILLERS: &str = "t|m|at|um|à|le|de|a las|o|godz|г|в|mon|tue|wed|thu|fri|sat|sun|\
     monday|tuesday|wednesday|thursday|friday|saturday|sunday";

/// Beginnings of month names in English, Polish, German, French, Spanish and Russian.
const MONTHS: [&str; 12] = [
    "jan|sty|ene|янв",
    "feb|lut|fév|fev|фев",
    "mar|mär|mrz|мар",
    "apr|kwi|avr|abr|апр",
    "may|maj|mai|май|мая",
    "jun|cze|juin|июн",
    "jul|lip|juil|июл",
    "aug|sie|aoû|aou|ago|авг",
    "sep|wrz|сен",
    "oct|paź|paz|okt|окт",
    "nov|lis|ноя",
    "dec|gru|dez|déc|dic|дек",
];

fn word(word: &str, timed: bool, parts: &mut Parts) -> Option<()> {
    let word = word.trim_end_matches('.');
    if let Some((_, afternoon)) = HALVES.iter().find(|(half, _)| *half == word) {
        parts.afternoon = Some(*afternoon);
    } else if let Some((_, minutes)) = ZONES.iter().find(|(zone, _)| timed && *zone == word) {
        parts.offset = Some(*minutes);
    } else if !FILLERS.split('|').any(|filler| filler == word) {
        let named = |names: &&str| names.split('|').any(|name| word.starts_with(name));
        let month = MONTHS.iter().position(named)?;
        if parts.month.replace(i8::try_from(month + 1).ok()?).is_some() {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, order: Order) -> Option<String> {
        let stamp = parse(text, order)?;
        Some(jiff::Timestamp::from_microsecond(stamp.micros).unwrap().to_string())
    }

    #[test]
    fn formats_of_many_places() {
        let cases = [
            ("15/Nov/25 3:33 PM", "2025-11-15T15:33:00Z"),
            ("05/Feb/26 12:00 AM", "2026-02-05T00:00:00Z"),
            ("2025-11-15T15:33:07.250+0100", "2025-11-15T14:33:07.25Z"),
            ("2025-11-15 15:33", "2025-11-15T15:33:00Z"),
            ("2025/11/15", "2025-11-15T00:00:00Z"),
            ("15.11.2025 15:33", "2025-11-15T15:33:00Z"),
            ("15/paź/25 15:33", "2025-10-15T15:33:00Z"),
            ("15 października 2025", "2025-10-15T00:00:00Z"),
            ("15. März 2025 08:05", "2025-03-15T08:05:00Z"),
            ("15/août/25 3:33 PM", "2025-08-15T15:33:00Z"),
            ("15/juil./25 15:33", "2025-07-15T15:33:00Z"),
            ("15/ene/25 3:33 p. m.", "2025-01-15T15:33:00Z"),
            ("15/ene/25 3:33 p.m.", "2025-01-15T15:33:00Z"),
            ("15 ноября 2025 г. 15:33", "2025-11-15T15:33:00Z"),
            ("Sat, 15 Nov 2025 15:33:00 +0000", "2025-11-15T15:33:00Z"),
            ("Nov 15, 2025 3:33 PM EST", "2025-11-15T20:33:00Z"),
            ("1763220780000", "2025-11-15T15:33:00Z"),
            ("Sprint 3 of 2025", ""),
            ("31/Feb/25", ""),
            ("15/Nov/25 13:00 PM", ""),
        ];
        for (text, expected) in cases {
            let got = iso(text, Order::DayFirst).unwrap_or_default();
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn a_column_proves_its_order() {
        let mut american = Evidence::default();
        ["3/4/25 1:00 PM", "3/25/25"].into_iter().for_each(|cell| american.see(cell));
        assert_eq!(american.proven(), Some(Order::MonthFirst));
        assert_eq!(iso("3/4/25", Order::MonthFirst).unwrap(), "2025-03-04T00:00:00Z");
        let mut unclear = Evidence::default();
        unclear.see("3/4/25");
        assert_eq!((unclear.proven(), unclear.ambiguous), (None, 1));
        assert_eq!(unclear.assumed(), Order::DayFirst);
    }
}
