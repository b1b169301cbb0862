//! What pages and programs ask: the health of a scope, one signal with the items behind it, and a
//! fresh measurement.

use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::catalogue::{SIGNALS, Signal, named as signal_named};
use super::scope::{Scope as Where, WINDOW, named, scopes};
use super::snapshot::{Behind, last_raised, take_apart};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::people::{nouns, products};
use crate::statements;
use crate::store::{Meta, Process, Query, Reader, Scope, Site};

statements! {
    ROWS = "SELECT signal, day, value, counted, total, threshold, enough, raised, instead, sentence, items, measured_at FROM signal_day WHERE workspace_id = $1 AND scope_id = $2 AND day > $3 ORDER BY signal, day LIMIT 2000";
    UNREAD = "SELECT e.key, e.title FROM evidence e WHERE e.workspace_id = $1 AND e.product_id = $2 AND e.gone_at IS NULL AND e.created_at > $3 AND e.kind IN ('feedback', 'interview', 'support-ticket', 'survey') AND (e.author_id IS NULL OR e.author_id <> $4) AND NOT EXISTS (SELECT 1 FROM read_mark m WHERE m.workspace_id = e.workspace_id AND m.object_id = e.id AND m.person_id = $4) ORDER BY e.id DESC LIMIT 20";
}

/// A value on a day.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Point {
    pub day: Day,
    pub value: Option<f64>,
    pub raised: bool,
}

/// A signal of a scope as it was measured last.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct SignalView {
    /// `S1` to `S15`.
    pub signal: String,
    /// Its short name in addresses.
    pub slug: String,
    pub name: String,
    pub formula: String,
    /// Nothing where nothing could be counted.
    pub value: Option<f64>,
    /// The value in words.
    pub said: Option<String>,
    pub counted: i64,
    pub of: i64,
    pub threshold: f64,
    pub threshold_said: String,
    /// Whether there is enough to say anything.
    pub enough: bool,
    pub raised: bool,
    /// One person has both product roles: their load is told in place of the signal.
    pub load: bool,
    pub sentence: String,
    pub advice: String,
    /// The button that starts it, and where it leads.
    pub button: String,
    pub button_href: String,
    /// The last 90 days, oldest first.
    pub trend: Vec<Point>,
}

/// The health of a product or a team.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Health {
    /// `product` or `team`.
    pub scope: String,
    pub id: Id,
    pub name: String,
    pub page: String,
    /// Nothing where it was never measured.
    pub measured_at: Option<Time>,
    /// Raised ones first, then by number.
    pub signals: Vec<SignalView>,
}

/// Something behind a signal.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Item {
    /// Its key; nothing for a responsibility.
    pub key: Option<String>,
    pub title: String,
    pub note: String,
}

/// A signal with what stands behind it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct SignalDetail {
    #[serde(flatten)]
    pub view: SignalView,
    pub scope_name: String,
    pub measured_at: Option<Time>,
    /// Up to 40 of those that you may see.
    pub items: Vec<Item>,
    /// Told to you alone, from what you opened.
    pub yours: Vec<Item>,
}

struct Kept {
    signal: &'static Signal,
    day: Day,
    value: Option<f64>,
    counted: i64,
    of: i64,
    threshold: f64,
    enough: bool,
    raised: bool,
    instead: bool,
    sentence: String,
    items: String,
    at: Time,
}

fn rows(conn: &mut Conn, ws: i64, scope: Id, now: Time) -> Result<Vec<Kept>> {
    let since = now.day().plus_days(-WINDOW);
    let rows = conn.query(&ROWS, &[ws.into(), scope.into(), since.into()], |r| {
        let number: i64 = r.get(0)?;
        let signal = SIGNALS.iter().find(|s| i64::from(s.number) == number);
        let Some(signal) = signal else { return Ok(None) };
        Ok(Some(Kept {
            signal,
            day: r.get(1)?,
            value: r.get(2)?,
            counted: r.get(3)?,
            of: r.get(4)?,
            threshold: r.get(5)?,
            enough: r.get(6)?,
            raised: r.get(7)?,
            instead: r.get(8)?,
            sentence: r.get(9)?,
            items: r.get(10)?,
            at: r.get(11)?,
        }))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Where a signal's button leads from a scope.
fn button_href(conn: &mut Conn, actor: &Actor, signal: &Signal, scope: &Where) -> Result<String> {
    let page = signal.button.1;
    if page.starts_with('/') {
        return Ok(page.to_owned());
    }
    Ok(match scope {
        Where::Product(p) => format!("/p/{}/{page}", p.key),
        Where::Team(t) => {
            let parts = crate::people::parts::of_team(conn, actor.workspace, t.id)?;
            let seen = products::visible(conn, actor)?;
            let own = seen.iter().find(|p| parts.iter().any(|part| part.product_id == p.id));
            own.map_or_else(|| format!("/teams/{}", t.id), |p| format!("/p/{}/{page}", p.key))
        }
    })
}

fn view(conn: &mut Conn, actor: &Actor, scope: &Where, of: &[&Kept]) -> Result<Option<SignalView>> {
    let Some(last) = of.last() else { return Ok(None) };
    let s = last.signal;
    let (name, said) = if last.instead {
        ("Load on one person", last.value.map(|v| format!("{:.0} %", v * 100.0)))
    } else {
        (s.name, last.value.map(|v| s.say(v)))
    };
    Ok(Some(SignalView {
        signal: format!("S{}", s.number),
        slug: s.slug.to_owned(),
        name: name.to_owned(),
        formula: s.formula.to_owned(),
        value: last.value,
        said,
        counted: last.counted,
        of: last.of,
        threshold: last.threshold,
        threshold_said: s.say(last.threshold),
        enough: last.enough,
        raised: last.raised,
        load: last.instead,
        sentence: last.sentence.clone(),
        advice: if last.instead {
            "Let somebody else learn a part of it, and hand one responsibility over.".to_owned()
        } else {
            s.advice.to_owned()
        },
        button: if last.instead { "Open the charter".to_owned() } else { s.button.0.to_owned() },
        button_href: if last.instead {
            "/charters".to_owned()
        } else {
            button_href(conn, actor, s, scope)?
        },
        trend: of.iter().map(|k| Point { day: k.day, value: k.value, raised: k.raised }).collect(),
    }))
}

/// Show the health of a product or a team: every signal as it was measured last, with its trend.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetHealth {
    /// A product's key.
    pub product: Option<String>,
    /// Or a team's id.
    pub team: Option<Id>,
}

impl Query for GetHealth {
    type Output = Health;
    const META: Meta = Meta::query(
        "get-health",
        "Show the health of a product or a team: every signal as it was measured last, with its trend",
        "/signals",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Health> {
        let scope = named(cx.conn, cx.actor, self.product.as_deref(), self.team)?;
        let kept = rows(cx.conn, cx.actor.workspace, scope.id(), cx.now)?;
        let mut signals = Vec::new();
        for s in &SIGNALS {
            let own: Vec<&Kept> = kept.iter().filter(|k| k.signal.number == s.number).collect();
            signals.extend(view(cx.conn, cx.actor, &scope, &own)?);
        }
        signals.sort_by_key(|s| (!s.raised, !s.enough));
        Ok(Health {
            scope: scope.word().to_owned(),
            id: scope.id(),
            name: scope.name().to_owned(),
            page: scope.page(),
            measured_at: kept.iter().map(|k| k.at).max(),
            signals,
        })
    }
}

/// Show one signal of a product or a team with the items behind it.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetSignal {
    /// Its number, as `S9`, or its short name.
    pub signal: String,
    /// A product's key.
    pub product: Option<String>,
    /// Or a team's id.
    pub team: Option<Id>,
}

impl Query for GetSignal {
    type Output = SignalDetail;
    const META: Meta = Meta::query(
        "get-signal",
        "Show one signal of a product or a team with the items behind it",
        "/signals/{signal}",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<SignalDetail> {
        let scope = named(cx.conn, cx.actor, self.product.as_deref(), self.team)?;
        let signal = signal_named(&self.signal).ok_or(Error::NotFound("signal"))?;
        let kept = rows(cx.conn, cx.actor.workspace, scope.id(), cx.now)?;
        let own: Vec<&Kept> = kept.iter().filter(|k| k.signal.number == signal.number).collect();
        let missing = || {
            Error::refused(format!(
                "{} was not measured yet. Measure it from its health page.",
                scope.name()
            ))
        };
        let view = view(cx.conn, cx.actor, &scope, &own)?.ok_or_else(missing)?;
        let behind: Vec<Behind> = match own.last() {
            Some(last) => serde_json::from_str(&last.items).map_err(Error::internal)?,
            None => Vec::new(),
        };
        let (mut items, mut yours) = (Vec::new(), Vec::new());
        for one in behind {
            if one.only.is_some_and(|only| only != cx.actor.person) {
                continue;
            }
            let list = if one.only.is_some() { &mut yours } else { &mut items };
            list.extend(item(cx, one)?);
        }
        if signal.number == 3 {
            yours = unread(cx, &scope)?;
        }
        let measured_at = own.last().map(|k| k.at);
        Ok(SignalDetail { view, scope_name: scope.name().to_owned(), measured_at, items, yours })
    }
}

/// An item with its title, if this actor sees it.
fn item(cx: &mut Reader<'_>, one: Behind) -> Result<Option<Item>> {
    if one.key.is_empty() {
        return Ok(Some(Item { key: None, title: one.note, note: String::new() }));
    }
    match nouns::any_by_key(cx.conn, cx.actor, &one.key, Access::Read) {
        Ok(found) => Ok(Some(Item { key: Some(found.key), title: found.title, note: one.note })),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Users' words of the last 90 days that this person did not open.
fn unread(cx: &mut Reader<'_>, scope: &Where) -> Result<Vec<Item>> {
    let (ws, person) = (cx.actor.workspace, cx.actor.person);
    let seen = products::visible(cx.conn, cx.actor)?;
    let own: Vec<Id> = match scope {
        Where::Product(p) => vec![p.id],
        Where::Team(t) => {
            let parts = crate::people::parts::of_team(cx.conn, ws, t.id)?;
            let mut ids: Vec<Id> = parts.iter().map(|p| p.product_id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.retain(|id| seen.iter().any(|p| p.id == *id));
            ids
        }
    };
    let mut all = Vec::new();
    for product in own {
        let since = cx.now.plus_days(-WINDOW);
        let values = [ws.into(), product.into(), since.into(), person.into()];
        all.extend(cx.conn.query(&UNREAD, &values, |r| {
            Ok(Item { key: Some(r.get(0)?), title: r.get(1)?, note: String::new() })
        })?);
    }
    Ok(all)
}

/// How a scope stands, in a line.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ScopeHealth {
    pub scope: String,
    pub id: Id,
    pub name: String,
    pub page: String,
    /// Nothing where it was never measured.
    pub measured_on: Option<Day>,
    /// The raised signals, as `S1`.
    pub raised: Vec<String>,
}

/// The names of the signals that are raised in a scope as it was measured last.
pub fn raised_now(conn: &mut Conn, ws: i64, scope: Id) -> Result<Vec<&'static Signal>> {
    let last = last_raised(conn, ws, scope)?.map(|(_, raised)| raised).unwrap_or_default();
    Ok(SIGNALS.iter().filter(|s| last.contains(&s.number)).collect())
}

/// List which signals are raised in each product that you see and in each team.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListHealth {}

impl Query for ListHealth {
    type Output = Vec<ScopeHealth>;
    const META: Meta = Meta::query(
        "list-health",
        "List which signals are raised in each product that you see and in each team",
        "/signals/overview",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ScopeHealth>> {
        let ws = cx.actor.workspace;
        let seen = products::visible(cx.conn, cx.actor)?;
        let mut lines = Vec::new();
        for scope in scopes(cx.conn, ws)? {
            if let Where::Product(p) = &scope
                && !seen.iter().any(|s| s.id == p.id)
            {
                continue;
            }
            let last = last_raised(cx.conn, ws, scope.id())?;
            let (measured_on, raised) = last.map_or((None, Vec::new()), |(d, r)| (Some(d), r));
            lines.push(ScopeHealth {
                scope: scope.word().to_owned(),
                id: scope.id(),
                name: scope.name().to_owned(),
                page: scope.page(),
                measured_on,
                raised: raised.iter().map(|n| format!("S{n}")).collect(),
            });
        }
        Ok(lines)
    }
}

/// Measure the signals of a product or a team now.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct MeasureSignals {
    /// A product's key.
    pub product: Option<String>,
    /// Or a team's id.
    pub team: Option<Id>,
}

impl Process for MeasureSignals {
    type Output = Health;
    const META: Meta = Meta::action(
        "measure-signals",
        "Measure the signals of a product or a team now",
        "POST",
        "/signals/measure",
    );

    fn run(self, at: Site) -> BoxFuture<'static, Result<Health>> {
        Box::pin(async move {
            let Site { db, clock, actor, .. } = at;
            let (now, ws) = (clock.now(), actor.workspace);
            let (product, team, asks) = (self.product.clone(), self.team, actor.clone());
            let scope = db.read(move |conn| named(conn, &asks, product.as_deref(), team)).await?;
            take_apart(&db, ws, scope, now).await?;
            db.read(move |conn| {
                let query = GetHealth { product: self.product.clone(), team: self.team };
                query.run(&mut Reader { conn, actor: &actor, now })
            })
            .await
        })
    }
}
