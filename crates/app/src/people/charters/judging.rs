//! The judge of changes: what each exercised, whether a charter gives that to somebody else, and the
//! two cases in which it is refused. Everything else is friction, never a wall.

use super::overrides::scope_of;
use super::records::OverrideReason;
use super::standing::{Holding, Resolved};
use crate::db::{Asked, Conn};
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Via};
use crate::people::members::Person;
use crate::people::responsibilities::{self, Own, by_number};
use crate::store::{Deed, Doing, Judge, Judged, Place, load};
use crate::{selects, statements};

inventory::submit! { Judge(judge) }

selects! {
    SAID_TODAY: OverrideReason = "override_reason", "person_id = $2 AND day = $3 AND gone_at IS NULL ORDER BY id DESC LIMIT 200";
}

statements! {
    /// Reasons that came with what was done, before anybody asked.
    GIVEN = "SELECT product_id, part_id, team_id, reason FROM exercised WHERE workspace_id = $1 AND person_id = $2 AND day = $3 AND responsibility = $4 AND outside = TRUE AND reason IS NOT NULL ORDER BY seq DESC LIMIT 50";
}

/// What a change needs to be judged, looked up once for all of its effects.
struct Bench<'a> {
    actor: &'a Actor,
    day: Day,
    owns: Vec<Own>,
    /// What holds in the places met so far.
    places: Vec<(Place, Holding)>,
    said: Option<Vec<OverrideReason>>,
    /// Reasons that came with what was done today, each with where.
    given: Vec<(u8, Vec<(Place, String)>)>,
}

fn judge(conn: &mut Conn, actor: &Actor, doing: &Doing<'_>) -> Result<Vec<Vec<Judged>>> {
    let (workspace, day) = (actor.workspace, doing.now.day());
    let judged = |deed: &&Deed| !deed.proposal && !deed.responsibilities.is_empty();
    if let Some(first) = doing.deeds.first().filter(judged) {
        conn.ahead(&judged_asked(workspace, &first.place, day))?;
    }
    let owns = responsibilities::owns(conn, workspace)?;
    let mut bench = Bench { actor, day, owns, places: Vec::new(), said: None, given: Vec::new() };
    let mut all = Vec::with_capacity(doing.deeds.len());
    for deed in doing.deeds {
        let numbers = bench.exercised(deed);
        // What waits for somebody else to take it up overrides nobody, whoever proposes it.
        if let Some(granted) = actor.grants.as_ref().filter(|_| !deed.proposal) {
            bench.hold(conn, granted, &numbers, doing, deed)?;
        }
        let judged: Result<Vec<Judged>> =
            numbers.into_iter().map(|n| bench.one(conn, n, doing, deed)).collect();
        all.push(judged?);
    }
    Ok(all)
}

/// What judging what is done in a place will ask first, as [`Conn::ahead`] takes it.
pub fn judged_asked(workspace: i64, place: &Place, day: Day) -> [Asked<'static>; 3] {
    let [charters, handed] = Holding::asked(workspace, place, day);
    [responsibilities::owns_asked(workspace), charters, handed]
}

impl Bench<'_> {
    /// What the deed exercises, with the workspace's own that its verb stands for.
    fn exercised(&self, deed: &Deed) -> Vec<u8> {
        let mut numbers = deed.responsibilities.clone();
        let named = |own: &&Own| own.active && own.verbs.iter().any(|v| v == deed.verb);
        numbers.extend(self.owns.iter().filter(named).filter_map(|o| u8::try_from(o.number).ok()));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn resolved(&mut self, conn: &mut Conn, place: Place, number: u8) -> Result<Resolved> {
        let workspace = self.actor.workspace;
        if let Some((_, holding)) = self.places.iter().find(|(p, _)| *p == place) {
            return Ok(holding.resolve(number));
        }
        let holding = Holding::at(conn, workspace, &place, self.day)?;
        let resolved = holding.resolve(number);
        self.places.push((place, holding));
        Ok(resolved)
    }

    fn one(
        &mut self,
        conn: &mut Conn,
        number: u8,
        doing: &Doing<'_>,
        deed: &Deed,
    ) -> Result<Judged> {
        let free = Judged { responsibility: number, outside: false, reason: None };
        if deed.proposal {
            return Ok(free);
        }
        let resolved = self.resolved(conn, deed.place, number)?;
        if resolved.standing(self.actor.person).acts_freely() {
            return Ok(free);
        }
        let said = match self.said(conn, number, scope_of(&resolved, deed.place))? {
            None if doing.reason.is_none() => self.given(conn, number, &resolved, deed.place)?,
            said => said,
        };
        let strict = self.owns.iter().any(|o| o.number == i64::from(number) && o.strict);
        if strict && doing.reason.is_none() && said.is_none() {
            return Err(Error::invalid("reason", self.ask(conn, number, &resolved)?));
        }
        Ok(Judged { responsibility: number, outside: true, reason: said })
    }

    /// The reason that was given for this already today.
    fn said(&mut self, conn: &mut Conn, number: u8, place: Place) -> Result<Option<String>> {
        if self.said.is_none() {
            let values = [self.actor.person.into(), self.day.into()];
            self.said = Some(SAID_TODAY.all(conn, self.actor.workspace, &values)?);
        }
        let here =
            |r: &&OverrideReason| r.responsibility == i64::from(number) && Place::from(*r) == place;
        Ok(self.said.iter().flatten().find(here).map(|r| r.reason.clone()))
    }

    /// The reason that came with the same today, where the same charter says whose it is.
    fn given(
        &mut self,
        conn: &mut Conn,
        number: u8,
        resolved: &Resolved,
        place: Place,
    ) -> Result<Option<String>> {
        if !self.given.iter().any(|(known, _)| *known == number) {
            let workspace = self.actor.workspace.into();
            let values =
                [workspace, self.actor.person.into(), self.day.into(), i64::from(number).into()];
            let rows = conn.query(&GIVEN, &values, |r| {
                let place = Place { product: r.get(0)?, part: r.get(1)?, team: r.get(2)? };
                Ok((place, r.get(3)?))
            })?;
            self.given.push((number, rows));
        }
        let scope = scope_of(resolved, place);
        let rows = self.given.iter().filter(|(known, _)| *known == number).flat_map(|(_, r)| r);
        let mut same = rows.filter(|(there, _)| scope_of(resolved, *there) == scope);
        Ok(same.next().map(|(_, reason)| reason.clone()))
    }

    fn name(&self, number: u8) -> String {
        let own =
            || self.owns.iter().find(|o| o.number == i64::from(number)).map(|o| o.name.clone());
        by_number(number).map(|r| r.name.to_owned()).or_else(own).unwrap_or_default()
    }

    fn ask(&self, conn: &mut Conn, number: u8, resolved: &Resolved) -> Result<String> {
        let (who, name) = (answerer(conn, self.actor.workspace, resolved)?, self.name(number));
        let then = match self.actor.via {
            Via::Rule => format!("A rule gives no reason: have {who} write this rule."),
            _ => "Say why you do it, and send again.".to_owned(),
        };
        Ok(format!("{name} is strict here, and {who} answers for it. {then}"))
    }

    /// An agent keeps to what was granted to it and to what its person may do freely; it may propose
    /// where nobody's responsibility is touched.
    fn hold(
        &mut self,
        conn: &mut Conn,
        granted: &[u8],
        numbers: &[u8],
        doing: &Doing<'_>,
        deed: &Deed,
    ) -> Result<()> {
        if numbers.is_empty() {
            let near = deed.declared.iter().any(|n| granted.contains(n));
            if near || (doing.access == Access::Propose && !deed.verb.contains("token")) {
                return Ok(());
            }
            return Err(Error::Forbidden(format!(
                "This token is an agent's and is held to its responsibilities; “{}” is none of them. Have a person do it.",
                deed.verb.replace('-', " ")
            )));
        }
        for &number in numbers {
            let name = self.name(number);
            if !granted.contains(&number) {
                return Err(Error::Forbidden(format!(
                    "This token is an agent's, and {name} was not granted to it. Have a person do it, or make a token that is granted {number}."
                )));
            }
            let resolved = self.resolved(conn, deed.place, number)?;
            if !resolved.standing(self.actor.person).acts_freely() {
                let who = answerer(conn, self.actor.workspace, &resolved)?;
                return Err(Error::Forbidden(format!(
                    "{who} answers for {name} here, and an agent does not override. Have {who} do it, or have it handed over."
                )));
            }
        }
        Ok(())
    }
}

impl From<&OverrideReason> for Place {
    fn from(r: &OverrideReason) -> Self {
        Self { product: r.product_id, part: r.part_id, team: r.team_id }
    }
}

/// The name of whoever answers, or what stands for nobody.
fn answerer(conn: &mut Conn, workspace: i64, resolved: &Resolved) -> Result<String> {
    let id: Option<Id> = super::matrix::accountable(&resolved.line);
    let person = match id {
        Some(id) => load::<Person>(conn, workspace, id)?,
        None => None,
    };
    Ok(person.map_or_else(|| "somebody else".to_owned(), |p| p.name))
}
