//! How one's own work grew, month by month, and how it compares with a profile. Nobody else's is
//! ever told: there is no way to ask for it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profiles::{ProfileView, all};
use crate::db::Conn;
use crate::kernel::{Error, Id, Result, Time};
use crate::people::charters::Letter;
use crate::people::responsibilities::{Facet, ResponsibilityView, all_views};
use crate::reports::mirror::{GetMirror, Mirror, Standing, is_external, letters};
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};

/// Days that growth looks back: two years.
const BACK: i64 = 730;

statements! {
    MONTHS = "SELECT SUBSTR(day, 1, 7) AS month, responsibility, COUNT(DISTINCT change_id) FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3 GROUP BY SUBSTR(day, 1, 7), responsibility ORDER BY month, responsibility";
}

/// A month, by question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Month {
    /// `2026-03`.
    pub month: String,
    pub why: i64,
    pub what: i64,
    pub how: i64,
    /// How many of them looked outward.
    pub external: i64,
    /// Responsibilities exercised for the first time in these two years; none in the first month, in
    /// which all are.
    pub new: Vec<String>,
}

/// How a responsibility of a profile stands with you.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ProfileLine {
    pub responsibility: u8,
    pub name: String,
    pub facet: Facet,
    /// What the profile says.
    pub letter: Letter,
    /// `held`, `exercised` (and not held), or `ahead`.
    pub standing: String,
    /// How often you did it in the last year.
    pub times: i64,
}

/// How your work grew.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Growth {
    pub name: String,
    /// Your mirror of the last year.
    pub year: Mirror,
    /// Up to 24 months, oldest first.
    pub months: Vec<Month>,
    /// The profile that you compare with.
    pub profile: Option<ProfileView>,
    /// What it gives to somebody who acts on it, and how that stands with you.
    pub lines: Vec<ProfileLine>,
}

fn months(
    conn: &mut Conn,
    ws: i64,
    person: Id,
    now: Time,
    known: &BTreeMap<u8, ResponsibilityView>,
) -> Result<Vec<Month>> {
    let since = now.day().plus_days(-BACK);
    let rows: Vec<(String, i64, i64)> =
        conn.query(&MONTHS, &[ws.into(), person.into(), since.into()], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    let mut seen: Vec<u8> = Vec::new();
    let mut all: Vec<Month> = Vec::new();
    for (month, number, times) in rows {
        let found = u8::try_from(number).ok().and_then(|n| known.get(&n));
        let Some(r) = found else { continue };
        if all.last().is_none_or(|m| m.month != month) {
            all.push(Month { month, why: 0, what: 0, how: 0, external: 0, new: Vec::new() });
        }
        let first = all.len() == 1;
        let Some(at) = all.last_mut() else { continue };
        match r.facet {
            Facet::Why => at.why += times,
            Facet::What => at.what += times,
            Facet::How => at.how += times,
        }
        if is_external(r.number) {
            at.external += times;
        }
        if !seen.contains(&r.number) {
            seen.push(r.number);
            if !first {
                at.new.push(r.name.clone());
            }
        }
    }
    Ok(all)
}

fn compare(
    profile: &ProfileView,
    (year, letters): (&Mirror, &BTreeMap<u8, Letter>),
    known: &BTreeMap<u8, ResponsibilityView>,
) -> Vec<ProfileLine> {
    let line = |(number, letter): (&u8, &Letter)| {
        let r = known.get(number).filter(|_| letter.acts())?;
        let own = year.lines.iter().find(|l| l.responsibility == *number);
        let held = letters.get(number).is_some_and(|l| l.acts());
        let done = own.is_some_and(|l| l.standing != Standing::Dormant);
        let standing = match (held, done) {
            (true, _) => "held",
            (false, true) => "exercised",
            (false, false) => "ahead",
        };
        Some(ProfileLine {
            responsibility: *number,
            name: r.name.clone(),
            facet: r.facet,
            letter: *letter,
            standing: standing.to_owned(),
            times: own.map_or(0, |l| l.times),
        })
    };
    profile.letters.iter().filter_map(line).collect()
}

/// Show how your own work grew over two years, and how it compares with a profile.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct GetGrowth {
    /// A profile to compare with, as `product-manager.senior` or the id of one of the workspace's own.
    pub profile: Option<String>,
}

impl Query for GetGrowth {
    type Output = Growth;
    const META: Meta = Meta::query(
        "get-growth",
        "Show how your own work grew over two years, and how it compares with a profile",
        "/mirror/growth",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Growth> {
        let (ws, person, now) = (cx.actor.workspace, cx.actor.person, cx.now);
        let known: BTreeMap<u8, ResponsibilityView> =
            all_views(cx.conn, ws)?.into_iter().map(|r| (r.number, r)).collect();
        let year = GetMirror { person: None, days: Some(365) }.run(cx)?;
        let profile = match self.profile.as_deref().map(str::trim).filter(|p| !p.is_empty()) {
            Some(wanted) => {
                let missing = || Error::NotFound("profile");
                let found = all(cx.conn, ws)?.into_iter().find(|p| p.profile == wanted);
                Some(found.ok_or_else(missing)?)
            }
            None => None,
        };
        let held = letters(cx.conn, ws, person, now)?;
        let lines = profile.as_ref().map(|p| compare(p, (&year, &held), &known));
        let lines = lines.unwrap_or_default();
        let months = months(cx.conn, ws, person, now, &known)?;
        Ok(Growth { name: year.name.clone(), year, months, profile, lines })
    }
}
