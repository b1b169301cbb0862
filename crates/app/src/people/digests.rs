//! When each person wants their digest: never unless they say so.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::db::{Conn, Tx};
use crate::kernel::secret::Secret;
use crate::kernel::{Error, Id, Result, Time};
use crate::statements;
use crate::store::Change;

statements! {
    OF_PERSON = "SELECT person_id, frequency, weekday, hour, zone, token, next_at, last_at FROM digest WHERE workspace_id = $1 AND person_id = $2";
    DUE = "SELECT person_id, frequency, weekday, hour, zone, token, next_at, last_at FROM digest WHERE workspace_id = $1 AND frequency <> 'off' AND next_at <= $2 ORDER BY next_at LIMIT 500";
    KEEP = "INSERT INTO digest (workspace_id, person_id, frequency, weekday, hour, zone, token, next_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CAST(NULL AS BIGINT)) ON CONFLICT (workspace_id, person_id) DO UPDATE SET frequency = excluded.frequency, weekday = excluded.weekday, hour = excluded.hour, zone = excluded.zone, next_at = excluded.next_at";
    DONE = "UPDATE digest SET next_at = $3, last_at = $4 WHERE workspace_id = $1 AND person_id = $2";
    KNOWN = "SELECT COUNT(*) FROM digest WHERE token = $1";
    END = "UPDATE digest SET frequency = 'off' WHERE token = $1";
}

/// How often.
pub const FREQUENCIES: [&str; 3] = ["off", "daily", "weekly"];
/// The days of a week, from 1.
pub const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// When a person wants their digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub person: Id,
    pub frequency: String,
    /// 1 is Monday.
    pub weekday: i64,
    pub hour: i64,
    pub zone: String,
    /// What the link ends with by which it is turned off.
    pub token: String,
    pub next_at: Time,
    pub last_at: Option<Time>,
}

impl Setting {
    fn row(r: &crate::db::Row<'_>) -> Result<Self> {
        Ok(Self {
            person: r.get(0)?,
            frequency: r.get(1)?,
            weekday: r.get(2)?,
            hour: r.get(3)?,
            zone: r.get(4)?,
            token: r.get(5)?,
            next_at: r.get(6)?,
            last_at: r.get(7)?,
        })
    }

    /// As it is for those who never said anything.
    pub fn none(person: Id) -> Self {
        Self {
            person,
            frequency: "off".into(),
            weekday: 1,
            hour: 8,
            zone: "UTC".into(),
            token: String::new(),
            next_at: Time(0),
            last_at: None,
        }
    }

    /// The next moment after `now` at which it is due.
    pub fn next(&self, now: Time) -> Result<Time> {
        let zone = zone(&self.zone)?;
        let mut day = now.timestamp().to_zoned_datetime(zone.clone()).date();
        for _ in 0..9 {
            let due = self.frequency != "weekly" || i64::from(iso(day.weekday())) == self.weekday;
            if due {
                let hour = i8::try_from(self.hour).unwrap_or(8);
                let at = day.at(hour, 0, 0, 0).to_zoned_datetime(zone.clone());
                let at = Time(at.map_err(Error::internal)?.timestamp().as_microsecond());
                if at > now {
                    return Ok(at);
                }
            }
            day = day.tomorrow().map_err(Error::internal)?;
        }
        Err(Error::internal("no day for a digest"))
    }
}

fn iso(day: Weekday) -> i8 {
    day.to_monday_one_offset()
}

fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name.trim()).map_err(|_| {
        Error::invalid("zone", format!("“{name}” is no time zone. Write it like Europe/Berlin."))
    })
}

/// What a person said.
pub fn of_person(conn: &mut Conn, ws: i64, person: Id) -> Result<Setting> {
    let found = conn.query_opt(&OF_PERSON, &[ws.into(), person.into()], Setting::row)?;
    Ok(found.unwrap_or_else(|| Setting::none(person)))
}

/// Whose digest is due, the longest waiting first.
pub fn due(conn: &mut Conn, ws: i64, now: Time) -> Result<Vec<Setting>> {
    conn.query(&DUE, &[ws.into(), now.into()], Setting::row)
}

/// Keeps what whoever acts wants.
pub fn keep(cx: &mut Change<'_>, wanted: &Setting) -> Result<Setting> {
    if !(0..=23).contains(&wanted.hour) || !(1..=7).contains(&wanted.weekday) {
        return Err(Error::invalid("hour", "An hour is 0 to 23, a weekday 1 (Monday) to 7."));
    }
    zone(&wanted.zone)?;
    let (ws, person, now) = (cx.workspace(), cx.actor.person, cx.now);
    let values = [
        ws.into(),
        person.into(),
        wanted.frequency.clone().into(),
        wanted.weekday.into(),
        wanted.hour.into(),
        wanted.zone.trim().to_owned().into(),
        Secret::new("").reveal().to_owned().into(),
        wanted.next(now)?.into(),
    ];
    cx.exempt().execute(&KEEP, &values)?;
    of_person(cx.conn(), ws, person)
}

/// Notes that a digest was due, whether there was anything to tell or not.
pub fn done(tx: &Tx, ws: i64, setting: &Setting, now: Time) -> Result<()> {
    let values = [ws.into(), setting.person.into(), setting.next(now)?.into(), now.into()];
    tx.execute(&DONE, &values)?;
    Ok(())
}

/// Whether a link turns somebody's digest off.
pub fn is_known(conn: &mut Conn, token: &str) -> Result<bool> {
    Ok(!token.is_empty() && conn.query_one(&KNOWN, &[token.into()], |r| r.get::<i64>(0))? > 0)
}

/// Turns it off.
pub fn end(tx: &Tx, token: &str) -> Result<()> {
    if token.is_empty() || tx.execute(&END, &[token.into()])? == 0 {
        return Err(Error::NotFound("digest"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn it_comes_at_the_readers_own_hour() {
        let mut setting = Setting {
            frequency: "daily".into(),
            zone: "Europe/Berlin".into(),
            ..Setting::none(Id::new())
        };
        assert_eq!(
            setting.next(at("2026-03-02T06:59:00Z")).expect("due"),
            at("2026-03-02T07:00:00Z")
        );
        assert_eq!(
            setting.next(at("2026-03-02T07:00:00Z")).expect("due"),
            at("2026-03-03T07:00:00Z")
        );
        // Summer time begins on 29 March.
        assert_eq!(
            setting.next(at("2026-03-29T00:00:00Z")).expect("due"),
            at("2026-03-29T06:00:00Z")
        );
        setting.frequency = "weekly".into();
        setting.weekday = 5;
        assert_eq!(
            setting.next(at("2026-03-02T12:00:00Z")).expect("due"),
            at("2026-03-06T07:00:00Z")
        );
        setting.zone = "Nowhere/Land".into();
        assert!(setting.next(at("2026-03-02T12:00:00Z")).is_err());
    }
}
