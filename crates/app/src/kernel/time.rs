//! Instants, days and the injected clock.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in microseconds since 1970-01-01 UTC, as stored; RFC 3339 text in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

impl Time {
    pub const SECOND: i64 = 1_000_000;
    pub const DAY: i64 = 86_400 * Self::SECOND;

    /// The calendar day in UTC.
    pub fn day(self) -> Day {
        Day(self.timestamp().to_zoned_datetime(TimeZone::UTC).date())
    }

    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * Self::DAY)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse::<Timestamp>().map(|t| Self(t.as_microsecond()))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|_| {
            serde::de::Error::custom(format!(
                "“{text}” is not a time; write it like 2026-03-01T09:30:00Z"
            ))
        })
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A calendar day, `YYYY-MM-DD` wherever it is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub Date);

impl Day {
    /// Years that somebody can mean; others are slips of the finger.
    const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

    /// The first instant of the day in UTC.
    pub fn start(self) -> Time {
        self.0
            .to_zoned_datetime(TimeZone::UTC)
            .map_or(Time(0), |z| Time(z.timestamp().as_microsecond()))
    }

    /// The day as people write it: "3 Mar 2026".
    pub fn words(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }

    /// The month that a day is in, as people write it: "Mar 2026".
    pub fn month_words(self) -> String {
        self.0.strftime("%b %Y").to_string()
    }

    /// The same without its year, where that goes without saying: "3 Mar".
    pub fn short(self) -> String {
        self.0.strftime("%-d %b").to_string()
    }

    /// The first instant after the day in UTC: "as of this day" means as it stood then.
    pub fn end(self) -> Time {
        Time(self.start().0 + Time::DAY)
    }

    pub fn plus_days(self, days: i64) -> Self {
        self.start().plus_days(days).day()
    }

    /// The day until which something is put off, as `field` says: one that has passed puts off nothing.
    pub fn ahead(self, field: &'static str, today: Self) -> super::Result<Self> {
        if self < today {
            let message = format!("{} has passed. Choose today or a later day.", self.words());
            return Err(super::Error::invalid(field, message));
        }
        Ok(self)
    }

    /// Days from this one to `other`; negative where that is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        (other.start().0 - self.start().0) / Time::DAY
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Self)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let day: Self = text.parse().map_err(|_| {
            serde::de::Error::custom(format!("“{text}” is not a day; write it like 2026-03-01"))
        })?;
        if !Self::YEARS.contains(&day.0.year()) {
            return Err(serde::de::Error::custom(format!(
                "“{text}” is too far away; give a day between 1900 and 2199"
            )));
        }
        Ok(day)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

/// Where "now" comes from; tests and the demo's history set it by hand.
#[derive(Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<AtomicI64>>,
    /// How much later than the machine's clock it is here.
    ahead: i64,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// The machine's clock, some days ahead: for seeing what a later day brings.
    pub fn ahead(days: u32) -> Self {
        Self { fixed: None, ahead: i64::from(days) * Time::DAY }
    }

    /// A clock that stands still until it is set.
    pub fn fixed(at: Time) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(at.0))), ahead: 0 }
    }

    pub fn now(&self) -> Time {
        match &self.fixed {
            Some(at) => Time(at.load(Ordering::Relaxed)),
            None => Time(Timestamp::now().as_microsecond() + self.ahead),
        }
    }

    /// Moves a fixed clock; the machine's clock cannot be moved.
    pub fn set(&self, at: Time) {
        if let Some(cell) = &self.fixed {
            cell.store(at.0, Ordering::Relaxed);
        }
    }
}
