//! What is counted for each signal, read from a scope over its window. Every list is bounded.

mod holding;

use std::collections::{BTreeSet, HashMap};

use super::facts::Facts;
use super::measure::{self, Finding, Gauge, Goal, Sides};
use super::people::usual;
use super::scope::Frame;
use super::snapshot::{Behind, ITEMS, Measured};
use crate::db::Conn;
use crate::kernel::{Day, Id, Result, Time};
use crate::statements;
use crate::thread::portal::ideas::of_evidence;

statements! {
    OPEN_OPPORTUNITIES = "SELECT id, key FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state IN ('open', 'assessing', 'worth-solving', 'in-discovery', 'solving') ORDER BY rank LIMIT 300";
    NEW_OPPORTUNITIES = "SELECT id, key FROM opportunity WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND created_at > $3 ORDER BY id DESC LIMIT 300";
    TAKEN_UP = "SELECT id, key, conversation FROM requirement WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state = 'taken-up' AND valid_from > $3 ORDER BY id DESC LIMIT 300";
    TALKERS = "SELECT COUNT(DISTINCT author_id) FROM comment WHERE workspace_id = $1 AND object_id = $2 AND gone_at IS NULL";
    PLACED = "SELECT object_id FROM placement WHERE workspace_id = $1 AND product_id = $2 AND horizon IN ('now', 'next') AND gone_at IS NULL ORDER BY rank LIMIT 200";
    GOALS = "SELECT k.id, k.key, k.baseline, k.target, k.current FROM key_result k JOIN objective o ON o.workspace_id = k.workspace_id AND o.id = k.objective_id WHERE k.workspace_id = $1 AND k.product_id = $2 AND k.gone_at IS NULL AND k.created_at < $3 AND o.gone_at IS NULL AND o.state = 'active' ORDER BY k.id LIMIT 200";
    VALUE_THEN = "SELECT value FROM check_in WHERE workspace_id = $1 AND key_result_id = $2 AND said_on <= $3 ORDER BY said_on DESC, id DESC LIMIT 1";
    OLD_RELEASES = "SELECT id, key FROM release WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND state = 'released' AND released_on > $3 AND released_on <= $4 ORDER BY id DESC LIMIT 200";
    REVIEWED = "SELECT COUNT(*) FROM outcome_review WHERE workspace_id = $1 AND release_id = $2";
    ASKED = "SELECT object_id, asked_at, answered_at FROM question WHERE workspace_id = $1 AND product_id = $2 AND kind = 'why' AND gone_at IS NULL AND asked_at > $3 ORDER BY asked_at DESC LIMIT 300";
    INTERVIEWED = "SELECT author_id, MAX(held_on) FROM interview WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND author_id IS NOT NULL GROUP BY author_id";
    HEARD = "SELECT author_id, MAX(created_at) FROM evidence WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND kind = 'interview' AND created_at > $3 AND author_id IS NOT NULL GROUP BY author_id";
}

/// Fewer people than this, and no figure about people is shown.
const PEOPLE: usize = 3;

/// Signals that rest on what people opened or hold.
const ABOUT_PEOPLE: [u8; 5] = [3, 4, 5, 14, 15];

/// All signals of a scope.
pub(super) fn gather(
    conn: &mut Conn,
    frame: &Frame,
    limits: &HashMap<u8, f64>,
) -> Result<Vec<Measured>> {
    let mut signals = Gather { conn, frame, limits, facts: Facts::default() };
    let mut all = vec![
        signals.no_why()?,
        signals.one_sided_why()?,
        signals.evidence_monopoly()?,
        signals.contact_gap()?,
        signals.blind_acceptance()?,
        signals.hops()?,
        signals.cascade()?,
        signals.top_down()?,
        signals.unanswered_feedback()?,
        signals.unsupported_roadmap()?,
        signals.goals_without_work()?,
        signals.unreviewed_outcomes()?,
        signals.slow_answers()?,
        signals.drift(),
        signals.unowned(),
    ];
    if frame.people() < PEOPLE {
        for one in all.iter_mut().filter(|m| ABOUT_PEOPLE[..3].contains(&m.finding.signal)) {
            hide(&mut one.finding);
            one.items.clear();
        }
    }
    Ok(all)
}

/// Takes a figure away that would tell about single people.
fn hide(finding: &mut Finding) {
    (finding.value, finding.counted, finding.of) = (None, 0, 0);
    (finding.enough, finding.raised) = (false, false);
    "Fewer than three people were at work here: a figure would speak about one of them."
        .clone_into(&mut finding.sentence);
}

struct Gather<'a> {
    conn: &'a mut Conn,
    frame: &'a Frame,
    limits: &'a HashMap<u8, f64>,
    facts: Facts,
}

fn listed(finding: Finding, all: Vec<Behind>) -> Measured {
    let hits: Vec<Behind> =
        finding.hits.iter().filter_map(|at| all.get(*at).cloned()).take(ITEMS).collect();
    Measured { finding, items: hits, instead: false }
}

fn behind(key: impl Into<String>, note: impl Into<String>) -> Behind {
    Behind { key: key.into(), note: note.into(), only: None }
}

impl Gather<'_> {
    fn gauge(&self, number: u8) -> Gauge {
        let threshold = self.limits.get(&number).copied().unwrap_or_default();
        Gauge { threshold, events: self.frame.events() }
    }

    /// Ids and keys of a product's records.
    fn keyed(&mut self, sql: &crate::db::Sql, more: &[Time]) -> Result<Vec<(Id, String)>> {
        let mut all = Vec::new();
        for product in &self.frame.products {
            let mut values = vec![self.frame.ws.into(), (*product).into()];
            values.extend(more.iter().map(|t| (*t).into()));
            all.extend(self.conn.query(sql, &values, |r| Ok((r.get(0)?, r.get(1)?)))?);
        }
        Ok(all)
    }

    fn no_why(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        let today = self.frame.now.day();
        for item in self.facts.begun(self.conn, self.frame)? {
            let promised = item.no_why_until.is_some_and(|day| day >= today);
            let above = self.facts.above(self.conn, self.frame.ws, item.id)?;
            facts.push(promised || above.iter().any(|s| s.kind == "need"));
            items.push(behind(item.key, "begun, and reaches no need"));
        }
        Ok(listed(measure::no_why(&facts, self.gauge(1)), items))
    }

    fn one_sided_why(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for (id, key) in self.keyed(&OPEN_OPPORTUNITIES, &[])? {
            let mut sides = Sides::default();
            for step in self.facts.above(self.conn, self.frame.ws, id)? {
                if step.kind != "need" {
                    continue;
                }
                match self.facts.need_kind(self.conn, self.frame.ws, step.id)?.as_str() {
                    "business" => sides.business = true,
                    "obligation" => sides.obligation = true,
                    _ => sides.user = true,
                }
            }
            let missing = if sides.business { "no users' need" } else { "no business need" };
            facts.push(sides);
            items.push(behind(key, missing));
        }
        Ok(listed(measure::one_sided_why(&facts, self.gauge(2)), items))
    }

    fn evidence_monopoly(&mut self) -> Result<Measured> {
        if let Some(one) = self.frame.both {
            return Ok(self.load(one));
        }
        let mut facts = Vec::new();
        for said in self.facts.said(self.conn, self.frame)? {
            let readers = self.facts.readers(self.conn, self.frame.ws, said.id)?;
            let parts = readers.keys().chain(said.author.iter());
            facts.push(parts.map(|p| self.frame.part(*p)).collect::<BTreeSet<_>>());
        }
        // Which of it one role alone opened would tell what single people opened: totals only.
        Ok(listed(measure::evidence_monopoly(&facts, self.gauge(3)), Vec::new()))
    }

    fn load(&self, person: Id) -> Measured {
        let product = |d: &&super::scope::Done| {
            usual(d.responsibility).is_some_and(measure::Part::is_product)
        };
        let sum = |all: i64| usize::try_from(all).unwrap_or_default();
        let done = self.frame.done.iter().filter(product);
        let all: i64 = done.clone().map(|d| d.times).sum();
        let theirs: i64 = done.filter(|d| d.person == person).map(|d| d.times).sum();
        let finding = measure::load(sum(theirs), sum(all), self.gauge(3));
        Measured { finding, items: Vec::new(), instead: true }
    }

    fn contact_gap(&mut self) -> Result<Measured> {
        let mut last: HashMap<Id, Day> = HashMap::new();
        let mut note = |person: Id, day: Day| {
            let known = last.entry(person).or_insert(day);
            *known = (*known).max(day);
        };
        for product in &self.frame.products {
            let ws = self.frame.ws.into();
            let held: Vec<(Id, Day)> =
                self.conn.query(&INTERVIEWED, &[ws, (*product).into()], |r| {
                    Ok((r.get(0)?, r.get(1)?))
                })?;
            held.into_iter().for_each(|(who, day)| note(who, day));
            let values = [self.frame.ws.into(), (*product).into(), self.frame.since.into()];
            let heard: Vec<(Id, Time)> =
                self.conn.query(&HEARD, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
            heard.into_iter().for_each(|(who, at)| note(who, at.day()));
        }
        let today = self.frame.now.day();
        let since = |person: &Id| last.get(person).map(|day| day.days_until(today));
        let facts: Vec<Option<i64>> = self.frame.product_people().iter().map(since).collect();
        Ok(listed(measure::contact_gap(&facts, self.gauge(4)), Vec::new()))
    }

    fn blind_acceptance(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for item in self.facts.accepted(self.conn, self.frame)? {
            let evidence = self.facts.evidence_above(self.conn, self.frame.ws, item.id)?;
            let Some(done) = item.done_at else { continue };
            let acceptor = self.facts.acceptor(self.conn, self.frame.ws, item.id, done)?;
            let (Some(acceptor), false) = (acceptor, evidence.is_empty()) else { continue };
            let mut opened = false;
            for said in evidence {
                let wrote = self.facts.author(self.conn, self.frame.ws, said)? == Some(acceptor);
                let readers = self.facts.readers(self.conn, self.frame.ws, said)?;
                opened |= wrote || readers.get(&acceptor).is_some_and(|day| *day <= done.day());
            }
            facts.push(opened);
            // Nobody but the reader is told what they opened.
            items.push(Behind { only: Some(acceptor), ..behind(item.key, "accepted by you") });
        }
        Ok(listed(measure::blind_acceptance(&facts, self.gauge(5)), items))
    }

    fn hops(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for item in self.facts.begun(self.conn, self.frame)? {
            if item.level != "story" {
                continue;
            }
            let Some(between) = self.facts.between(self.conn, self.frame.ws, &item)? else {
                continue;
            };
            facts.push(between);
            items.push(behind(item.key, format!("{between} people between")));
        }
        Ok(listed(measure::hops(&facts, self.gauge(6)), items))
    }

    fn cascade(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        let ws = self.frame.ws;
        for product in self.frame.products.clone() {
            let values = [ws.into(), product.into(), self.frame.since.into()];
            let rows: Vec<(Id, String, String)> =
                self.conn.query(&TAKEN_UP, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            for (id, key, conversation) in rows {
                let talkers: i64 =
                    self.conn.query_one(&TALKERS, &[ws.into(), id.into()], |r| r.get(0))?;
                facts.push(talkers >= 2 || measure::two_way(&conversation));
                items.push(behind(key, "taken up as it was handed down"));
            }
        }
        Ok(listed(measure::cascade(&facts, self.gauge(7)), items))
    }

    fn top_down(&mut self) -> Result<Measured> {
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for (id, key) in self.keyed(&NEW_OPPORTUNITIES, &[self.frame.since])? {
            if let Some(who) = self.facts.author(self.conn, self.frame.ws, id)? {
                facts.push(self.frame.part(who));
                items.push(behind(key, "raised from above"));
            }
        }
        Ok(listed(measure::top_down(&facts, self.gauge(8)), items))
    }

    fn unanswered_feedback(&mut self) -> Result<Measured> {
        let old = self.frame.now.plus_days(-14);
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for said in self.facts.said(self.conn, self.frame)? {
            let feedback = ["feedback", "support-ticket"].contains(&said.kind.as_str());
            if feedback && said.created_at <= old && said.state != "duplicate" {
                let came = said.created_at.day();
                let answered = match said.answered_on {
                    Some(day) => Some(day),
                    None => self.said_in_public(said.id)?,
                };
                facts.push(answered.map(|day| came.days_until(day)));
                items.push(behind(said.key, "no answer within 14 days"));
            }
        }
        Ok(listed(measure::unanswered_feedback(&facts, self.gauge(9)), items))
    }

    /// The day since which a portal says how an idea stands: that is an answer to whoever asked.
    fn said_in_public(&mut self, evidence: Id) -> Result<Option<Day>> {
        let idea = of_evidence(self.conn, self.frame.ws, evidence)?;
        Ok(idea.filter(|i| i.status != "listening").map(|i| i.valid_from.day()))
    }

    fn unsupported_roadmap(&mut self) -> Result<Measured> {
        let ws = self.frame.ws;
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for product in self.frame.products.clone() {
            let values = [ws.into(), product.into()];
            let placed: Vec<Id> = self.conn.query(&PLACED, &values, |r| r.get(0))?;
            for id in placed {
                let above = self.facts.above(self.conn, ws, id)?;
                let needs: Vec<Id> =
                    above.iter().filter(|s| s.kind == "need").map(|s| s.id).collect();
                let supports =
                    |s: &super::facts::Above| s.kind == "evidence" && needs.contains(&s.from);
                facts.push(above.iter().any(supports));
                let key = self.facts.key(self.conn, ws, id)?.unwrap_or_default();
                items.push(behind(key, "now or next, and no evidence supports its needs"));
            }
        }
        Ok(listed(measure::unsupported_roadmap(&facts, self.gauge(10)), items))
    }

    fn goals_without_work(&mut self) -> Result<Measured> {
        let (ws, then) = (self.frame.ws, self.frame.now.plus_days(-60));
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for product in self.frame.products.clone() {
            let values = [ws.into(), product.into(), then.into()];
            let goals: Vec<(Id, String, [f64; 3])> = self.conn.query(&GOALS, &values, |r| {
                Ok((r.get(0)?, r.get(1)?, [r.get(2)?, r.get(3)?, r.get(4)?]))
            })?;
            for (id, key, [baseline, target, current]) in goals {
                let values = [ws.into(), id.into(), then.day().into()];
                let before = self.conn.query_opt(&VALUE_THEN, &values, |r| r.get::<f64>(0))?;
                let reached =
                    if target >= baseline { current >= target } else { current <= target };
                let moved = reached || (current - before.unwrap_or(baseline)).abs() > f64::EPSILON;
                let released = self.facts.released_below(self.conn, ws, id)?;
                facts.push(Goal { released, moved });
                items.push(behind(
                    key,
                    if released { "did not move in 60 days" } else { "no released work" },
                ));
            }
        }
        Ok(listed(measure::goals_without_work(&facts, self.gauge(11)), items))
    }

    fn unreviewed_outcomes(&mut self) -> Result<Measured> {
        let (ws, today) = (self.frame.ws, self.frame.now.day());
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for product in self.frame.products.clone() {
            let values = [
                ws.into(),
                product.into(),
                today.plus_days(-120).into(),
                today.plus_days(-30).into(),
            ];
            let rows: Vec<(Id, String)> =
                self.conn.query(&OLD_RELEASES, &values, |r| Ok((r.get(0)?, r.get(1)?)))?;
            for (id, key) in rows {
                let count: i64 =
                    self.conn.query_one(&REVIEWED, &[ws.into(), id.into()], |r| r.get(0))?;
                facts.push(count > 0);
                items.push(behind(key, "released, and not looked at again"));
            }
        }
        Ok(listed(measure::unreviewed_outcomes(&facts, self.gauge(12)), items))
    }

    fn slow_answers(&mut self) -> Result<Measured> {
        let (ws, now) = (self.frame.ws, self.frame.now);
        let (mut facts, mut items) = (Vec::new(), Vec::new());
        for product in self.frame.products.clone() {
            let values = [ws.into(), product.into(), self.frame.since.into()];
            let rows: Vec<(Id, Time, Option<Time>)> =
                self.conn.query(&ASKED, &values, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            for (object, asked, answered) in rows {
                if self.facts.is_elsewhere(self.conn, self.frame, object)? {
                    continue;
                }
                let days = measure::working_days(asked, answered.unwrap_or(now));
                let waits = if answered.is_some() { "waited" } else { "waits for" };
                let key = self.facts.key(self.conn, ws, object)?.unwrap_or_default();
                facts.push(days);
                items.push(behind(key, format!("{waits} {days:.1} working days")));
            }
        }
        Ok(listed(measure::slow_answers(&facts, self.gauge(13)), items))
    }
}
