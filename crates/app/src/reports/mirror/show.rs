//! A person's mirror.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::kept;
use super::gather::{acts, days, done, holding, outside_in};
use super::reckon::{
    self, Balance, ENOUGH, FacetLine, Line, LinePlace, RoleAnswer, Standing, balance, facets,
};
use super::share::{open, shared};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::charters::{
    Charter, Force, Ground, Letter, ScopeKind, ground_of, in_force, of_scope,
};
use crate::people::members;
use crate::people::responsibilities::{all_views, by_number};
use crate::store::{Meta, Place, Query, Reader, Scope, load};

/// A person's mirror.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Mirror {
    pub person: Id,
    pub name: String,
    pub days: i64,
    /// It is your own.
    pub own: bool,
    /// `nobody`, `people`, `teams` or `members`.
    pub shared: String,
    /// Names of those with whom it is shared; yours alone.
    pub shared_with: Vec<String>,
    /// Acts that are recorded: each counts once, whatever it touched.
    pub events: i64,
    /// Below ten recorded events nothing is said.
    pub enough: bool,
    pub balance: Balance,
    pub facets: Vec<FacetLine>,
    /// Product manager or product owner?
    pub role: Option<RoleAnswer>,
    pub lines: Vec<Line>,
}

/// Show a person's mirror: what they exercise, what rests, and what they do beyond their charter.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetMirror {
    /// You, if left out; somebody else only where they share it.
    pub person: Option<Id>,
    /// 30, 90 (if left out) or 365.
    pub days: Option<i64>,
}

impl Query for GetMirror {
    type Output = Mirror;
    const META: Meta = Meta::query(
        "get-mirror",
        "Show a person's mirror: what they exercise, what rests, and what they do beyond their charter",
        "/mirror",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Mirror> {
        let (ws, now) = (cx.actor.workspace, cx.now);
        let days = days(self.days)?;
        let person = open(cx.conn, cx.actor, self.person)?;
        let own = person.id == cx.actor.person;
        let who = (!own).then_some(person.name.as_str());
        let done = done(cx.conn, ws, person.id, now, days)?;
        let events = acts(cx.conn, ws, person.id, now, days)?;
        let enough = events >= ENOUGH;
        let mut lines = Vec::new();
        if enough {
            let holding = holding(cx.conn, ws, person.id, now)?;
            let known = all_views(cx.conn, ws)?;
            lines = reckon::lines(&known, &done, &holding.held, (days, who));
            if own {
                mark(cx, &mut lines, &holding.places, days)?;
            }
        }
        let usual = |n| by_number(n).map(|r| r.accountable);
        let (shared, named) = shared(cx.conn, ws, person.id)?;
        let names = if own { members::names(cx.conn, ws)? } else { Default::default() };
        Ok(Mirror {
            days,
            own,
            shared,
            shared_with: named.iter().filter_map(|id| names.get(id).cloned()).collect(),
            events,
            enough,
            balance: balance(&lines),
            facets: facets(&lines),
            role: enough.then(|| reckon::role(&done, usual, who)),
            lines,
            person: person.id,
            name: person.name,
        })
    }
}

/// Says of one's own lines what is kept, and where each can be changed.
fn mark(
    cx: &mut Reader<'_>,
    lines: &mut [Line],
    held: &BTreeMap<u8, Vec<Place>>,
    days: i64,
) -> Result<()> {
    let (ws, own, now) = (cx.actor.workspace, cx.actor.person, cx.now);
    let kept = kept(cx.conn, ws, own, now.day())?;
    let outside = outside_in(cx.conn, ws, own, now, days)?;
    let mut grounds = Grounds::default();
    for line in lines {
        let number = line.responsibility;
        line.kept_until = kept.iter().find(|(n, _)| *n == number).map(|(_, day)| *day);
        line.places = match line.standing {
            Standing::Outside => match outside.get(&number) {
                Some(place) => grounds.charter(cx, *place, number)?.into_iter().collect(),
                None => Vec::new(),
            },
            _ => {
                let mut places = Vec::new();
                for place in held.get(&number).into_iter().flatten() {
                    places.extend(grounds.handing(cx, *place, number)?);
                }
                places
            }
        };
    }
    Ok(())
}

/// Scopes that were looked up already.
#[derive(Default)]
struct Grounds {
    known: Vec<(Place, Option<Ground>)>,
    forces: Vec<(Place, Vec<Force>)>,
}

impl Grounds {
    fn ground(&mut self, cx: &mut Reader<'_>, place: Place) -> Result<Option<Ground>> {
        if let Some((_, known)) = self.known.iter().find(|(p, _)| *p == place) {
            return Ok(known.clone());
        }
        let found = match ground_of(cx.conn, cx.actor, place, Access::Read) {
            Ok(ground) => Some(ground),
            Err(Error::NotFound(_) | Error::Forbidden(_)) => None,
            Err(error) => return Err(error),
        };
        self.known.push((place, found.clone()));
        Ok(found)
    }

    /// Where something that is held is handed over.
    fn handing(
        &mut self,
        cx: &mut Reader<'_>,
        held: Place,
        number: u8,
    ) -> Result<Option<LinePlace>> {
        // A part knows its team; that makes no team of it.
        let place = if held.product.is_some() { Place { team: None, ..held } } else { held };
        let Some(ground) = self.ground(cx, place)? else { return Ok(None) };
        let mut pairs = vec![("responsibility", number.to_string())];
        pairs.extend(ground.pairs());
        let query = serde_urlencoded::to_string(pairs).map_err(Error::internal)?;
        Ok(Some(LinePlace {
            name: ground.name,
            page: format!("/handovers?{query}"),
            charter: None,
            draft: None,
        }))
    }

    /// The charter that gives something to others where it is done.
    fn charter(
        &mut self,
        cx: &mut Reader<'_>,
        place: Place,
        number: u8,
    ) -> Result<Option<LinePlace>> {
        let at = match self.forces.iter().position(|(p, _)| *p == place) {
            Some(at) => at,
            None => {
                let found = in_force(cx.conn, cx.actor.workspace, &place, cx.now.day())?;
                self.forces.push((place, found));
                self.forces.len() - 1
            }
        };
        let gives = |f: &&Force| f.matrix.line(number).is_some_and(|line| !line.is_empty());
        let Some((charter, kind)) =
            self.forces[at].1.iter().find(gives).map(|f| (f.charter, f.kind))
        else {
            return Ok(None);
        };
        let of_it = match kind {
            ScopeKind::Product => Place { product: place.product, ..Place::default() },
            ScopeKind::Part => Place { team: None, ..place },
            ScopeKind::Team => Place { team: place.team, ..Place::default() },
        };
        let ground = self.ground(cx, of_it)?;
        let page = format!("/charters/{charter}");
        let draft = adopted(cx, charter, number)?;
        Ok(ground.map(|g| LinePlace { name: g.name, page, charter: Some(charter), draft }))
    }
}

/// The draft after a charter that gives a responsibility to whoever asks.
fn adopted(cx: &mut Reader<'_>, charter: Id, number: u8) -> Result<Option<Id>> {
    let (ws, own) = (cx.actor.workspace, cx.actor.person);
    let Some(agreed) = load::<Charter>(cx.conn, ws, charter)? else { return Ok(None) };
    let theirs =
        |c: &Charter| c.state == "draft" && c.matrix.letter(number, own).is_some_and(Letter::acts);
    Ok(of_scope(cx.conn, ws, agreed.scope_id)?.into_iter().find(theirs).map(|c| c.id))
}
