//! What an arrangement depends on, as it is asked and as it is known; and the choice that is made of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::arrangement::{Arrangement, advise};
use super::context::{Company, Context, Framework, Holder, ProductKind, Role, Seniority, Stage};
use super::ground::{self, Ground};
use crate::db::Conn;
use crate::kernel::{Actor, Error, Id, Result};
use crate::people::members::{self, Person};
use crate::people::products::check_text;
use crate::people::{parts, teams};
use crate::store::load;

/// What an arrangement depends on, as it is asked; what is left out is taken from what is known.
#[derive(Deserialize, JsonSchema, Clone, Default, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct ContextInput {
    /// `startup`, `scale-up`, `established`, `large` or `multinational`.
    pub company: Option<String>,
    /// `search` (before product-market fit), `launch`, `growth`, `maturity` or `decline`.
    pub stage: Option<String>,
    /// How many teams work on the product.
    pub teams: Option<i64>,
    /// `scrum`, `kanban`, `lightweight` or `hybrid`.
    pub framework: Option<String>,
    /// `platform`, `regulated`, `internal-tool`, `consumer`, `hardware`; `none` for nothing special.
    pub kinds: Option<Vec<String>>,
    /// What people are there as, by their ids: `head`, `product-manager`, `product-owner`,
    /// `designer`, `developer`, `stakeholder`; `none` leaves somebody out.
    pub roles: BTreeMap<String, String>,
    /// `junior` to `head`, by people's ids; what their profile says if left out.
    pub seniority: BTreeMap<String, String>,
}

pub(super) fn word<T>(
    given: Option<&String>,
    usual: T,
    parse: impl Fn(&str) -> Result<T>,
) -> Result<T> {
    match given.map(|g| g.trim()).filter(|g| !g.is_empty()) {
        Some(word) => parse(word),
        None => Ok(usual),
    }
}

impl ContextInput {
    /// The context: what was given over what `known` says.
    pub fn over(&self, conn: &mut Conn, workspace: i64, known: &Context) -> Result<Context> {
        let teams = match self.teams {
            Some(n) if !(1..=1000).contains(&n) => {
                return Err(Error::invalid("teams", "One team at least, and up to 1,000."));
            }
            Some(n) => u32::try_from(n).unwrap_or(1),
            None => known.teams,
        };
        let people = if self.roles.is_empty() {
            known.people.clone()
        } else {
            self.people(conn, workspace)?
        };
        Ok(Context {
            company: word(self.company.as_ref(), known.company, Company::parse)?,
            stage: word(self.stage.as_ref(), known.stage, Stage::parse)?,
            teams,
            framework: word(self.framework.as_ref(), known.framework, Framework::parse)?,
            kinds: match &self.kinds {
                Some(given) => kinds(given)?,
                None => known.kinds.clone(),
            },
            people,
        })
    }

    fn people(&self, conn: &mut Conn, workspace: i64) -> Result<Vec<Holder>> {
        let mut people = Vec::new();
        for (id, role) in &self.roles {
            if matches!(role.trim(), "" | "none") {
                continue;
            }
            let role = Role::parse(role)?;
            let person = person(conn, workspace, "person", id)?;
            let said = self.seniority.get(id);
            let seniority = word(said, seniority_of(&person), Seniority::parse)?;
            people.push(Holder { person: person.id, role, seniority });
        }
        Ok(people)
    }
}

pub(super) fn kinds(given: &[String]) -> Result<Vec<ProductKind>> {
    let words = given.iter().flat_map(|g| g.split(',')).map(str::trim);
    let words = words.filter(|w| !matches!(*w, "" | "none"));
    let mut kinds: Vec<ProductKind> = words.map(ProductKind::parse).collect::<Result<_>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// How senior a person's profile says they are.
pub(super) fn seniority_of(person: &Person) -> Seniority {
    Seniority::parse(&person.seniority).unwrap_or(Seniority::Mid)
}

/// A person of the workspace by id or name.
pub(super) fn person(
    conn: &mut Conn,
    workspace: i64,
    field: &'static str,
    who: &str,
) -> Result<Person> {
    let found = match who.trim().parse::<Id>() {
        Ok(id) => load::<Person>(conn, workspace, id)?.filter(|p| p.gone_at.is_none()),
        Err(_) => members::by_name(conn, workspace, who.trim())?,
    };
    let message = || Error::invalid(field, format!("Nobody here is called “{}”.", who.trim()));
    found.ok_or_else(message)
}

/// What the workspace knows of a scope's context: its last charter's, or its teams and their people.
pub fn known_context(conn: &mut Conn, actor: &Actor, ground: &Ground) -> Result<Context> {
    let workspace = actor.workspace;
    if let Some(last) = ground::of_scope(conn, workspace, ground.id)?.into_iter().next() {
        return Ok(last.context);
    }
    let team_ids: Vec<Id> = match (ground.place.team, ground.place.product) {
        (Some(team), _) => vec![team],
        (None, Some(product)) => {
            let mut ids: Vec<Id> = parts::of_product(conn, workspace, product)?
                .into_iter()
                .filter_map(|p| p.team_id)
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        _ => Vec::new(),
    };
    let mut people: Vec<Person> = Vec::new();
    for team in &team_ids {
        people.extend(teams::members_of(conn, workspace, *team)?);
    }
    if people.is_empty() {
        people = members::all(conn, workspace)?.into_iter().filter(|p| p.active).take(12).collect();
    }
    let mut holders: Vec<Holder> = Vec::new();
    for person in people {
        if holders.iter().all(|h| h.person != person.id) {
            let role = Role::of_title(&person.title);
            holders.push(Holder { person: person.id, role, seniority: seniority_of(&person) });
        }
    }
    let teams = u32::try_from(team_ids.len().max(1)).unwrap_or(1);
    Ok(Context { teams, people: holders, ..Context::default() })
}

/// What was chosen against the advice needs a reason; what was advised has its own.
pub(super) fn chosen(
    context: &Context,
    given: Option<&String>,
    because: &str,
) -> Result<(Arrangement, String)> {
    let advised = advise(context).arrangement;
    let arrangement = word(given, advised, Arrangement::parse)?;
    let because = check_text("because", because.trim())?;
    if arrangement != advised && because.is_empty() {
        let message = format!(
            "The advice is “{}”. Choosing otherwise is yours; say in a sentence why, so that it can be looked at later.",
            advised.label()
        );
        return Err(Error::invalid("because", message));
    }
    Ok((arrangement, because))
}
