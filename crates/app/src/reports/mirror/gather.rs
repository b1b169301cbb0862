//! What a mirror is made of, read from what was recorded and from the charters that hold. Everything
//! is asked by person and day, which an index serves alone.

use std::collections::BTreeMap;

use super::reckon::{Count, Hold};
use crate::db::Conn;
use crate::kernel::{Error, Id, Result, Time};
use crate::people::charters::standing::{Force, resolve};
use crate::people::charters::{Charter, Handover, Letter};
use crate::store::Place;
use crate::{selects, statements};

statements! {
    /// One act counts once, however many records it wrote: a check-in writes two.
    DONE = "SELECT responsibility, COUNT(DISTINCT change_id), COUNT(DISTINCT CASE WHEN outside THEN change_id END) FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3 GROUP BY responsibility";
    ACTS = "SELECT COUNT(DISTINCT change_id) FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3";
    OUTSIDE_IN = "SELECT responsibility, product_id, part_id, team_id, COUNT(DISTINCT change_id) AS times FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3 AND outside = TRUE GROUP BY responsibility, product_id, part_id, team_id ORDER BY times DESC LIMIT 200";
}

selects! {
    MINE: Charter = "charter", "state = 'agreed' AND matrix LIKE $2 AND gone_at IS NULL ORDER BY CASE scope WHEN 'product' THEN 0 WHEN 'team' THEN 1 ELSE 2 END, id LIMIT 100";
    OF_SCOPE: Charter = "charter", "scope_id = $2 AND state = 'agreed' AND gone_at IS NULL ORDER BY number DESC LIMIT 1";
    TO_ME: Handover = "handover", "to_id = $2 AND from_day <= $3 AND (until_day IS NULL OR until_day >= $3) AND gone_at IS NULL ORDER BY id LIMIT 200";
    HANDED: Handover = "handover", "scope_id = $2 AND from_day <= $3 AND (until_day IS NULL OR until_day >= $3) AND gone_at IS NULL ORDER BY from_day, id LIMIT 200";
}

/// How far back, as it was asked.
pub(super) fn days(given: Option<i64>) -> Result<i64> {
    match given.unwrap_or(90) {
        days @ (30 | 90 | 365) => Ok(days),
        _ => Err(Error::invalid("days", "A mirror looks back 30, 90 or 365 days.")),
    }
}

/// What somebody did in these days, by responsibility.
pub(super) fn done(
    conn: &mut Conn,
    ws: i64,
    person: Id,
    now: Time,
    days: i64,
) -> Result<BTreeMap<u8, Count>> {
    let since = now.day().plus_days(-days);
    let rows: Vec<(i64, i64, i64)> =
        conn.query(&DONE, &[ws.into(), person.into(), since.into()], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    let counted = |(n, times, outside): (i64, i64, i64)| {
        Some((u8::try_from(n).ok()?, Count { times, outside }))
    };
    Ok(rows.into_iter().filter_map(counted).collect())
}

/// How many acts of theirs are recorded in these days; one that exercises two responsibilities is one.
pub(super) fn acts(conn: &mut Conn, ws: i64, person: Id, now: Time, days: i64) -> Result<i64> {
    let since = now.day().plus_days(-days);
    conn.query_one(&ACTS, &[ws.into(), person.into(), since.into()], |r| r.get(0))
}

/// Where somebody did what others hold: for each responsibility the place of most of it.
pub(super) fn outside_in(
    conn: &mut Conn,
    ws: i64,
    person: Id,
    now: Time,
    days: i64,
) -> Result<BTreeMap<u8, Place>> {
    let since = now.day().plus_days(-days);
    let values = [ws.into(), person.into(), since.into()];
    let rows: Vec<(i64, Place)> = conn.query(&OUTSIDE_IN, &values, |r| {
        Ok((r.get(0)?, Place { product: r.get(1)?, part: r.get(2)?, team: r.get(3)? }))
    })?;
    let mut most = BTreeMap::new();
    for (number, place) in rows {
        if let Ok(number) = u8::try_from(number) {
            most.entry(number).or_insert(place);
        }
    }
    Ok(most)
}

/// What somebody holds: the strongest letter of each responsibility, and the scopes that give it.
#[derive(Default)]
pub(super) struct Holding {
    pub held: BTreeMap<u8, Hold>,
    /// The scopes in which they do it, by responsibility.
    pub places: BTreeMap<u8, Vec<Place>>,
}

/// What somebody holds by all charters that name them, with what was handed to and from them.
pub(super) fn holding(conn: &mut Conn, ws: i64, person: Id, now: Time) -> Result<Holding> {
    let today = now.day();
    let named = format!("%{person}%");
    let mut charters = MINE.all(conn, ws, &[named.into()])?;
    for handed in TO_ME.all(conn, ws, &[person.into(), today.into()])? {
        if charters.iter().all(|c| c.scope_id != handed.scope_id) {
            charters.extend(OF_SCOPE.first(conn, ws, &[handed.scope_id.into()])?);
        }
    }
    let mut all = Holding::default();
    for c in charters {
        let handed = HANDED.all(conn, ws, &[c.scope_id.into(), today.into()])?;
        let (charter, kind, scope_id) = (c.id, c.kind(), c.scope_id);
        let place = Place { product: c.product_id, part: c.part_id, team: c.team_id };
        let force = [Force { charter, kind, scope_id, matrix: c.matrix }];
        let numbers: Vec<u8> = force[0].matrix.0.keys().copied().collect();
        for number in numbers {
            let line = resolve(&force, &handed, number).line;
            let Some(letter) = line.get(&person).copied() else { continue };
            let others = line.iter().filter(|(id, l)| **id != person && l.acts()).count();
            all.add(number, Hold { letter, others }, place);
        }
    }
    Ok(all)
}

/// The strongest letter that somebody has anywhere, by responsibility.
pub fn letters(conn: &mut Conn, ws: i64, person: Id, now: Time) -> Result<BTreeMap<u8, Letter>> {
    let held = holding(conn, ws, person, now)?.held;
    Ok(held.into_iter().map(|(number, hold)| (number, hold.letter)).collect())
}

impl Holding {
    fn add(&mut self, number: u8, hold: Hold, place: Place) {
        let known = self.held.entry(number).or_insert(hold);
        if hold.letter < known.letter {
            *known = hold;
        }
        if hold.letter.acts() {
            self.places.entry(number).or_default().push(place);
        }
    }
}
