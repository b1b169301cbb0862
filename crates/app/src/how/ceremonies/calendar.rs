//! The calendar of a team as a feed for other programs: iCalendar behind a link whose secret is kept
//! as a hash.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CeremonyView, between, own_team};
use crate::db::Conn;
use crate::kernel::secret::{Secret, hash_of};
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::members::Person;
use crate::people::teams::Team;
use crate::store::{Action, Change, Indexed, Meta, Scope, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A link to a team's calendar.
    pub struct CalendarFeed in "calendar_feed", versioned: false {
        pub team_id: Id,
        pub person_id: Id,
        pub token_hash: String,
    }
}

impl Indexed for CalendarFeed {
    fn team(&self) -> Option<Id> {
        Some(self.team_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["token_hash"]
    }
    fn undoing(&self, _: Option<&mut Self>, _: &mut Change<'_>) -> Result<()> {
        if self.gone_at.is_none() {
            return Ok(());
        }
        Err(Error::refused("This link was ended and stays ended. Make another one."))
    }
}

selects! {
    OWN: CalendarFeed = "calendar_feed", "team_id = $2 AND person_id = $3 AND gone_at IS NULL ORDER BY id DESC LIMIT 20";
    BY_HASH: CalendarFeed = "calendar_feed", "token_hash = $2 AND gone_at IS NULL LIMIT 1";
}

statements! {
    WORKSPACE_OF_HASH = "SELECT workspace_id FROM calendar_feed WHERE token_hash = $1 AND gone_at IS NULL";
}

/// A link to a calendar, as its owner sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FeedView {
    pub feed: Id,
    /// The address, told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Your own links to a team's calendar.
pub fn feeds(conn: &mut Conn, ws: i64, team: Id, person: Id) -> Result<Vec<FeedView>> {
    let all = OWN.all(conn, ws, &[team.into(), person.into()])?;
    Ok(all.iter().map(|f| FeedView { feed: f.id, secret: None }).collect())
}

/// Make a link to a team's calendar for your calendar program; it is shown once.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ShareCalendar {
    pub team: Id,
}

impl Action for ShareCalendar {
    type Output = FeedView;
    const META: Meta = Meta::action(
        "share-calendar",
        "Make a link to a team's calendar for your calendar program; it is shown once",
        "POST",
        "/ceremonies/feeds",
    )
    .scope(Scope::Team);
    const SHOWS_SECRET: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<FeedView> {
        let actor = cx.actor.clone();
        let team = own_team(cx.conn(), &actor, self.team)?;
        let secret = Secret::new("");
        let row = new_row!(
            cx,
            CalendarFeed { team_id: team.id, person_id: actor.person, token_hash: secret.hash() }
        );
        cx.insert(&row)?;
        let path = format!("/calendar/{}", secret.reveal());
        Ok(FeedView { feed: row.id, secret: Some(path) })
    }
}

/// End a link to a team's calendar.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EndCalendarFeed {
    pub feed: Id,
}

impl Action for EndCalendarFeed {
    type Output = FeedView;
    const META: Meta = Meta::action(
        "end-calendar-feed",
        "End a link to a team's calendar",
        "DELETE",
        "/ceremonies/feeds/{feed}",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<FeedView> {
        let found: CalendarFeed = cx.get(self.feed, "link")?;
        if found.person_id != cx.actor.person {
            cx.actor.check(Access::Admin)?;
        }
        cx.bin(&found)?;
        Ok(FeedView { feed: found.id, secret: None })
    }
}

/// The calendar behind a link as iCalendar: four weeks back, a quarter ahead. It ends with its owner's
/// place in the workspace.
pub fn feed(conn: &mut Conn, token: &str, today: Day) -> Result<String> {
    let missing = || Error::NotFound("calendar");
    let hash = hash_of(token);
    let ws: i64 = conn
        .query_opt(&WORKSPACE_OF_HASH, &[hash.clone().into()], |r| r.get(0))?
        .ok_or_else(missing)?;
    let found = BY_HASH.first(conn, ws, &[hash.into()])?.ok_or_else(missing)?;
    load::<Person>(conn, ws, found.person_id)?.filter(|p| p.active).ok_or_else(missing)?;
    let team = load::<Team>(conn, ws, found.team_id)?.ok_or_else(missing)?;
    let all = between(conn, ws, team.id, today.plus_days(-28), today.plus_days(91))?;
    Ok(ics(&team.name, team.id, &all))
}

/// Text as iCalendar takes it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Lines are folded after 75 bytes, between characters.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for letter in text.chars() {
        if width + letter.len_utf8() > 74 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(letter);
        width += letter.len_utf8();
    }
    out.push_str("\r\n");
}

/// Ceremonies as all-day events, since a policy names days and not hours.
pub fn ics(team: &str, id: Id, all: &[CeremonyView]) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wherefore//Ceremonies//EN"] {
        line(&mut out, text);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(team)));
    for c in all {
        let day = c.day.to_string().replace('-', "");
        let next = c.day.plus_days(1).to_string().replace('-', "");
        let mut title = c.kind.replace('-', " ");
        if let Some(first) = title.get(..1) {
            title = first.to_uppercase() + &title[1..];
        }
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}-{}-{day}@wherefore", c.kind, id));
        line(&mut out, &format!("DTSTAMP:{day}T000000Z"));
        line(&mut out, &format!("DTSTART;VALUE=DATE:{day}"));
        line(&mut out, &format!("DTEND;VALUE=DATE:{next}"));
        line(&mut out, &format!("SUMMARY:{}", escaped(&format!("{title}, {team}"))));
        let mut words = format!("{} minutes", c.minutes);
        if !c.because.is_empty() {
            let _ = write!(words, "\nSkipped: {}", c.because);
        }
        line(&mut out, &format!("DESCRIPTION:{}", escaped(&words)));
        let status = if c.state == "skipped" { "CANCELLED" } else { "CONFIRMED" };
        line(&mut out, &format!("STATUS:{status}"));
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}
