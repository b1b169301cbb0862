//! Charters as programs and pages see them: with names, what nobody answers for, who still has to
//! sign, and what differs from the one before.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrangement::{Advice, Arrangement, advise};
use super::asking::{ContextInput, known_context};
use super::context::{Context, Role, Seniority};
use super::ground::{self, Ground};
use super::matrix::{Letter, Matrix, accountable};
use super::presets;
use super::records::{Charter, Handover};
use super::signing;
use super::standing::{Holding, Standing, as_handed_over};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::members::Person;
use crate::people::responsibilities::{self, Facet};
use crate::store::{Meta, Place, Query, Reader, load};

/// Somebody in a charter.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CharterPerson {
    pub id: Id,
    pub name: String,
    /// A label: it gives no right.
    pub title: String,
    /// What they are there as; nothing where they were added by a letter or a hand-over.
    pub role: Option<Role>,
    pub seniority: Option<Seniority>,
    pub signed: bool,
}

/// One responsibility in a charter.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CharterRow {
    pub number: u8,
    pub name: String,
    pub facet: Facet,
    /// Letters by people's ids, as the charter was written.
    pub letters: BTreeMap<String, Letter>,
    /// Letters that hand-overs changed, as they hold today.
    pub now: BTreeMap<String, Letter>,
    /// Nobody is accountable for it.
    pub unowned: bool,
    /// A charter of a narrower or wider scope names somebody else: who, and where.
    pub contested: Option<String>,
    pub strict: bool,
}

/// A charter as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CharterView {
    pub id: Id,
    /// `product`, `part` or `team`, and its name.
    pub scope: String,
    pub scope_id: Id,
    pub scope_name: String,
    /// The product's key.
    pub product: Option<String>,
    pub part: Option<Id>,
    pub team: Option<Id>,
    pub number: i64,
    pub state: String,
    pub context: Context,
    pub arrangement: Arrangement,
    /// Why this one, where another was advised.
    pub because: String,
    /// What is advised for the context as it was told.
    pub advice: Advice,
    pub people: Vec<CharterPerson>,
    pub rows: Vec<CharterRow>,
    /// Names of those whose signature is waited for.
    pub waiting: Vec<String>,
    /// Pairs of people who answer for the same under different titles: one role, two names.
    pub twins: Vec<(String, String)>,
    pub review_on: Option<Day>,
    pub agreed_on: Option<Day>,
    pub superseded_on: Option<Day>,
    pub revision: i64,
}

/// The whole view of a charter.
pub fn view(
    conn: &mut Conn,
    actor: &Actor,
    charter: &Charter,
    ground: &Ground,
    today: Day,
) -> Result<CharterView> {
    let ws = actor.workspace;
    let signed = ground::signatures(conn, ws, charter.id)?;
    let mut ids: Vec<Id> = charter.context.people.iter().map(|h| h.person).collect();
    let handovers = handed_here(conn, ws, charter, today)?;
    let now = as_handed_over(charter, &handovers);
    ids.extend(charter.matrix.people().into_iter().chain(now.people()));
    let mut people: Vec<CharterPerson> = Vec::new();
    for id in ids {
        if people.iter().any(|p| p.id == id) {
            continue;
        }
        let Some(person) = load::<Person>(conn, ws, id)? else { continue };
        let holder = charter.context.people.iter().find(|h| h.person == id);
        people.push(CharterPerson {
            id,
            name: person.name,
            title: person.title,
            role: holder.map(|h| h.role),
            seniority: holder.map(|h| h.seniority),
            signed: signed.iter().any(|s| s.person_id == id),
        });
    }
    let of = |id: Id| people.iter().find(|p| p.id == id);
    // Two of one title are one role with one name, however senior they are.
    let named_alike = |a: &CharterPerson, b: &CharterPerson| {
        !a.title.trim().is_empty() && Seniority::left_out(&a.title) == Seniority::left_out(&b.title)
    };
    let twins = now.one_role_two_names().into_iter();
    let twins = twins
        .filter_map(|(a, b)| Some((of(a)?, of(b)?)))
        .filter(|(a, b)| !named_alike(a, b))
        .map(|(a, b)| (a.name.clone(), b.name.clone()))
        .collect();
    let waiting = match charter.state.as_str() {
        "draft" => {
            signing::waiting(conn, ws, charter, today)?.into_iter().map(|p| p.name).collect()
        }
        _ => Vec::new(),
    };
    Ok(CharterView {
        id: charter.id,
        scope: charter.scope.clone(),
        scope_id: charter.scope_id,
        scope_name: ground.name.clone(),
        product: ground.product.as_ref().map(|p| p.key.clone()),
        part: charter.part_id,
        team: charter.team_id.filter(|_| ground.product.is_none()),
        number: charter.number,
        state: charter.state.clone(),
        context: charter.context.clone(),
        arrangement: charter.arrangement(),
        because: charter.because.clone(),
        advice: advise(&charter.context),
        rows: rows(conn, ws, charter, &now, today)?,
        people,
        waiting,
        twins,
        review_on: charter.review_on,
        agreed_on: charter.agreed_on,
        superseded_on: charter.superseded_on,
        revision: charter.revision,
    })
}

/// What was handed over in the scope of an agreed charter and holds now, in the order of its making.
fn handed_here(conn: &mut Conn, ws: i64, charter: &Charter, today: Day) -> Result<Vec<Handover>> {
    if charter.state != "agreed" {
        return Ok(Vec::new());
    }
    let mut all = ground::handovers_of(conn, ws, charter.scope_id)?;
    all.retain(|h| h.holds(today));
    all.reverse();
    Ok(all)
}

fn by_word(row: Option<&BTreeMap<Id, Letter>>) -> BTreeMap<String, Letter> {
    row.map(|row| row.iter().map(|(p, l)| (p.to_string(), *l)).collect()).unwrap_or_default()
}

fn rows(
    conn: &mut Conn,
    ws: i64,
    charter: &Charter,
    now: &Matrix,
    today: Day,
) -> Result<Vec<CharterRow>> {
    let others = neighbours(conn, ws, charter, today)?;
    let people = crate::people::members::names(conn, ws)?;
    let known = responsibilities::all_views(conn, ws)?;
    // A team's charter leaves out what concerns the whole product, unless somebody put it in.
    let belongs = |n: u8| presets::belongs(n, charter.kind()) || charter.matrix.letters(n) > 0;
    let rows = known
        .into_iter()
        .filter(|r| belongs(r.number))
        .filter(|r| r.active || charter.matrix.letters(r.number) > 0);
    Ok(rows
        .map(|r| {
            let answers = now.line(r.number).and_then(accountable);
            let contested = others.iter().find_map(|(other, matrix)| {
                let theirs = matrix.line(r.number).and_then(accountable)?;
                let name = people.get(&theirs)?;
                (answers.is_some() && answers != Some(theirs))
                    .then(|| format!("{name}, by the charter of the {}", other.scope))
            });
            CharterRow {
                letters: by_word(charter.matrix.0.get(&r.number)),
                now: by_word(now.0.get(&r.number)),
                unowned: answers.is_none() && presets::belongs(r.number, charter.kind()),
                contested,
                number: r.number,
                name: r.name,
                facet: r.facet,
                strict: r.strict,
            }
        })
        .collect())
}

/// Agreed charters whose scope shares ground with this one: parts and teams of its product, or the
/// product of its part.
fn neighbours(
    conn: &mut Conn,
    ws: i64,
    charter: &Charter,
    today: Day,
) -> Result<Vec<(Charter, Matrix)>> {
    let mut found = Vec::new();
    for other in ground::current(conn, ws)? {
        let shares = other.state == "agreed"
            && other.scope_id != charter.scope_id
            && (other.product_id.is_some() && other.product_id == charter.product_id
                || other.team_id.is_some() && other.team_id == charter.team_id);
        if shares {
            let handovers = handed_here(conn, ws, &other, today)?;
            let matrix = as_handed_over(&other, &handovers);
            found.push((other, matrix));
        }
    }
    Ok(found)
}

/// A charter in a list.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CharterLine {
    pub id: Id,
    pub scope: String,
    pub scope_name: String,
    pub product: Option<String>,
    pub number: i64,
    pub state: String,
    pub arrangement: Arrangement,
    pub agreed_on: Option<Day>,
    pub review_on: Option<Day>,
    /// Names of those whose signature is waited for.
    pub waiting: Vec<String>,
    pub unowned: usize,
}

/// List the charters that hold or are drafted, of all scopes that you see.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCharters {}

impl Query for ListCharters {
    type Output = Vec<CharterLine>;
    const META: Meta = Meta::query(
        "list-charters",
        "List the charters that hold or are drafted, of all scopes that you see",
        "/charters",
    )
    .scope(crate::store::Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CharterLine>> {
        let ws = cx.actor.workspace;
        let mut lines = Vec::new();
        for charter in ground::current(cx.conn, ws)? {
            let seen = ground::charter(cx.conn, cx.actor, charter.id, Access::Read);
            let ground = match seen {
                Ok((_, ground)) => ground,
                Err(Error::NotFound(_) | Error::Forbidden(_)) => continue,
                Err(other) => return Err(other),
            };
            let waiting = match charter.state.as_str() {
                "draft" => signing::waiting(cx.conn, ws, &charter, cx.now.day())?,
                _ => Vec::new(),
            };
            let owned = |n: &u8| {
                !presets::belongs(*n, charter.kind())
                    || charter.matrix.line(*n).and_then(accountable).is_some()
            };
            lines.push(CharterLine {
                id: charter.id,
                scope: charter.scope.clone(),
                scope_name: ground.name,
                product: ground.product.map(|p| p.key),
                number: charter.number,
                state: charter.state.clone(),
                arrangement: charter.arrangement(),
                agreed_on: charter.agreed_on,
                review_on: charter.review_on,
                waiting: waiting.into_iter().map(|p| p.name).collect(),
                unowned: responsibilities::numbers().filter(|n| !owned(n)).count(),
            });
        }
        Ok(lines)
    }
}

/// Show one charter: its matrix, who signed, what nobody answers for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetCharter {
    pub charter: Id,
}

impl Query for GetCharter {
    type Output = CharterView;
    const META: Meta = Meta::query("get-charter", "Show one charter", "/charters/{charter}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<CharterView> {
        let (charter, ground) = ground::charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        view(cx.conn, cx.actor, &charter, &ground, cx.now.day())
    }
}

/// Advise an arrangement for a context, with reasons and what would change it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Advise {
    /// What is known of this product or team fills what is left out.
    pub product: Option<String>,
    pub part: Option<String>,
    pub team: Option<String>,
    pub company: Option<String>,
    pub stage: Option<String>,
    pub teams: Option<i64>,
    pub framework: Option<String>,
    pub kinds: Option<Vec<String>>,
}

impl Advise {
    /// The context that it asks about.
    pub fn context(&self, cx: &mut Reader<'_>) -> Result<Context> {
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let named = [product, part, team].iter().any(|w| w.is_some_and(|w| !w.trim().is_empty()));
        let known = if named {
            let ground = ground::ground(cx.conn, cx.actor, product, part, team, Access::Read)?;
            known_context(cx.conn, cx.actor, &ground)?
        } else {
            Context::default()
        };
        let input = ContextInput {
            company: self.company.clone(),
            stage: self.stage.clone(),
            teams: self.teams,
            framework: self.framework.clone(),
            kinds: self.kinds.clone(),
            ..ContextInput::default()
        };
        input.over(cx.conn, cx.actor.workspace, &known)
    }
}

impl Query for Advise {
    type Output = Advice;
    const META: Meta = Meta::query(
        "advise-arrangement",
        "Advise an arrangement for a context, with reasons and what would change it",
        "/charters/advice",
    )
    .scope(crate::store::Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Advice> {
        let context = self.context(cx)?;
        Ok(advise(&context))
    }
}

/// Who answers for a responsibility in a place, and what you are for it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StandingRow {
    pub number: u8,
    pub name: String,
    pub facet: Facet,
    pub accountable: Option<Id>,
    pub accountable_name: Option<String>,
    pub responsible: Vec<String>,
    /// What you are for it.
    pub yours: Standing,
    /// The charter that says so, and how wide it is.
    pub charter: Option<Id>,
    pub scope: Option<String>,
    /// Whoever answers has it by a hand-over.
    pub handed_over: bool,
}

/// Who answers for each of these responsibilities in a place; for all of them where none is named.
pub fn rows_of(
    conn: &mut Conn,
    actor: &Actor,
    place: &Place,
    numbers: Option<&[u8]>,
    day: Day,
) -> Result<Vec<StandingRow>> {
    let ws = actor.workspace;
    let holding = Holding::at(conn, ws, place, day)?;
    let people = crate::people::members::names(conn, ws)?;
    let known = responsibilities::all_views(conn, ws)?;
    let wanted = known.into_iter().filter(|r| numbers.is_none_or(|all| all.contains(&r.number)));
    Ok(wanted
        .map(|r| {
            let resolved = holding.resolve(r.number);
            let answers = accountable(&resolved.line);
            let doing = resolved.line.iter().filter(|(_, l)| **l == Letter::R);
            StandingRow {
                number: r.number,
                name: r.name,
                facet: r.facet,
                accountable: answers,
                accountable_name: answers.and_then(|p| people.get(&p).cloned()),
                responsible: doing.filter_map(|(p, _)| people.get(p).cloned()).collect(),
                yours: resolved.standing(actor.person),
                charter: resolved.charter,
                scope: resolved.kind.map(|k| k.as_str().to_owned()),
                handed_over: resolved.handover.is_some(),
            }
        })
        .collect())
}

/// Show who answers for what in a product, a part of one, or a team, on a day.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetStanding {
    pub product: Option<String>,
    pub part: Option<String>,
    pub team: Option<String>,
    /// Today, if left out.
    pub day: Option<Day>,
}

impl Query for GetStanding {
    type Output = Vec<StandingRow>;
    const META: Meta = Meta::query(
        "get-standing",
        "Show who answers for what in a product, a part of one, or a team, on a day",
        "/charters/standing",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<StandingRow>> {
        let (product, part, team) =
            (self.product.as_deref(), self.part.as_deref(), self.team.as_deref());
        let ground = ground::ground(cx.conn, cx.actor, product, part, team, Access::Read)?;
        let day = self.day.unwrap_or_else(|| cx.now.day());
        rows_of(cx.conn, cx.actor, &ground.place, None, day)
    }
}
