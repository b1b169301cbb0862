//! A person's mirror, and the events that a line of it rests on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::kept;
use super::gather::{acts, days, done, holding, outside_in};
use super::reckon::{
    self, Balance, ENOUGH, FacetLine, Line, LinePlace, RoleAnswer, Standing, balance, facets,
};
use super::share::{open, shared};
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::charters::{
    Charter, Force, Ground, Letter, ScopeKind, ground_of, in_force, of_scope,
};
use crate::people::responsibilities::{all_views, by_number, known};
use crate::people::{members, products};
use crate::statements;
use crate::store::{Meta, Place, Query, Reader, Scope, load};

statements! {
    /// One row for each act, told of by the last record that it wrote.
    EVENTS = "SELECT a.verb, a.object_kind, a.happened_at, g.outside, g.reason, e.product_id, d.key, d.title, (SELECT COUNT(DISTINCT o.object_id) FROM activity o WHERE o.workspace_id = $1 AND o.change_id = a.change_id AND o.object_kind = a.object_kind) FROM (SELECT MAX(seq) AS seq, MAX(day) AS day, MAX(CASE WHEN outside THEN 1 ELSE 0 END) AS outside, MAX(reason) AS reason FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day > $3 AND responsibility = $4 GROUP BY change_id ORDER BY MAX(day) DESC, MAX(seq) DESC LIMIT 100) AS g JOIN exercised e ON e.workspace_id = $1 AND e.seq = g.seq AND e.responsibility = $4 JOIN activity a ON a.workspace_id = $1 AND a.seq = g.seq LEFT JOIN search_doc d ON d.workspace_id = $1 AND d.object_id = a.object_id ORDER BY g.day DESC, g.seq DESC";
}

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
        match (&ground.product, ground.scope) {
            (Some(product), ScopeKind::Part) => {
                pairs.push(("product", product.key.clone()));
                pairs.push(("part", ground.id.to_string()));
            }
            (Some(product), _) => pairs.push(("product", product.key.clone())),
            (None, _) => pairs.push(("team", ground.id.to_string())),
        }
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

/// Something that a line of the mirror rests on.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct MirrorEvent {
    pub at: Time,
    /// What was done, as `accept story`.
    pub verb: String,
    /// What it was done to, as `work item`.
    pub kind: String,
    /// Nothing where it has no key, is gone, or is not yours to see.
    pub key: Option<String>,
    pub title: String,
    /// How many more of that kind the same act was done to.
    pub more: i64,
    /// While a charter gave it to others.
    pub outside: bool,
    pub reason: Option<String>,
}

/// List what a line of a mirror rests on, the latest first; up to 100.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListMirrorEvents {
    pub responsibility: i64,
    /// You, if left out; somebody else only where they share their mirror.
    pub person: Option<Id>,
    /// 30, 90 (if left out) or 365.
    pub days: Option<i64>,
}

impl Query for ListMirrorEvents {
    type Output = Vec<MirrorEvent>;
    const META: Meta = Meta::query(
        "list-mirror-events",
        "List what a line of a mirror rests on, the latest first",
        "/mirror/{responsibility}/events",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<MirrorEvent>> {
        let ws = cx.actor.workspace;
        let person = open(cx.conn, cx.actor, self.person)?;
        known(cx.conn, ws, self.responsibility)?;
        let since = cx.now.day().plus_days(-days(self.days)?);
        let seen: Vec<Id> = products::visible(cx.conn, cx.actor)?.iter().map(|p| p.id).collect();
        let own = person.id == cx.actor.person;
        let values = [ws.into(), person.id.into(), since.into(), self.responsibility.into()];
        cx.conn.query(&EVENTS, &values, |r| {
            let (verb, kind): (String, String) = (r.get(0)?, r.get(1)?);
            let product: Option<Id> = r.get(5)?;
            let sees = product.is_none_or(|id| seen.contains(&id));
            let (key, title): (Option<String>, Option<String>) = (r.get(6)?, r.get(7)?);
            let reason: Option<String> = r.get(4)?;
            Ok(MirrorEvent {
                at: r.get(2)?,
                verb: verb.replace('-', " "),
                kind: kind.replace('_', " "),
                key: key.filter(|_| sees),
                title: title.filter(|_| sees).unwrap_or_default(),
                more: r.get::<i64>(8)? - 1,
                outside: r.get::<i64>(3)? == 1,
                reason: reason.filter(|_| sees || own),
            })
        })
    }
}
