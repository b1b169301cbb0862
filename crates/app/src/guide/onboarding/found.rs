//! Making what the answers lead to: product, teams, people, parts, policies, thresholds, the charter
//! and a first item. What is there already is left as it is, so that it can be done again.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answers::{Answers, Held, Newcomer, Onboarding};
use super::keeping::{OnboardingView, founder, kept, view};
use super::next::{NextStep, next_steps};
use crate::how::switching::ActivatePolicy;
use crate::how::work_items::CreateWorkItem;
use crate::kernel::{Access, Error, Id, Result, Role as Rights};
use crate::people::access::may_touch;
use crate::people::charters::{DraftCharter, SignCharter, charter, of_scope};
use crate::people::members::{self, Person};
use crate::people::parts::{self, CreatePart};
use crate::people::policies::{self, DraftPolicy, EditPolicy, Owner};
use crate::people::products::{self, CreateProduct, Product};
use crate::people::teams::{self, AddTeamMember, CreateTeam, Team};
use crate::people::{door_mail, one_time};
use crate::reports::signals::{SetThreshold, own_thresholds};
use crate::store::{Action, Change, Meta, Reader, Scope, act};
use crate::thread::links::AddLink;
use crate::why::needs::CreateNeed;

/// Days in which a first item without a why finds one.
const WHY_WITHIN: i64 = 14;

/// Set the workspace up from the answers: product, teams, policies, charter and a first item.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(transparent)]
pub struct Onboard(pub Answers);

/// A link with which somebody joins; it is shown this once.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Invitation {
    pub name: String,
    pub email: String,
    /// The address without the server's, as `/join/…`.
    pub path: String,
}

/// What was made, and what comes next.
#[derive(Serialize, JsonSchema)]
pub struct Onboarded {
    #[serde(flatten)]
    pub onboarding: OnboardingView,
    /// The product's key.
    pub product: Option<String>,
    pub charter_state: Option<String>,
    pub invitations: Vec<Invitation>,
    pub next: Vec<NextStep>,
}

impl Action for Onboard {
    type Output = Onboarded;
    const META: Meta = Meta::action(
        "onboard",
        "Set the workspace up from the answers: product, teams, policies, charter and a first item",
        "POST",
        "/onboarding",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Onboarded> {
        let (before, known) = kept(cx)?;
        let mut after = before.clone();
        self.0.over(&mut after)?;
        if after.company.is_empty() {
            return Err(Error::invalid(
                "company",
                "Say first which company it is: startup, scale-up or large.",
            ));
        }
        let held = after.held();
        let product = product(cx, &after)?;
        let (people, joining) = people(cx, &after)?;
        let made_teams = all_teams(cx, &held, &after, &people)?;
        thresholds(cx, &held)?;
        let mut charter_state = None;
        if let Some(product) = &product {
            after.product_id = Some(product.id);
            for (team, kind) in &made_teams {
                stream(cx, product, team, kind)?;
            }
            work_by(cx, &held, product, &made_teams)?;
            let agreed = agree(cx, &held, &after, product, &people)?;
            (after.charter_id, charter_state) = (Some(agreed.0), Some(agreed.1));
            if after.item_key.is_empty() && !after.item.is_empty() {
                after.item_key = first_item(cx, &after, product, made_teams.first().map(|t| &t.0))?;
            }
        }
        let invitations = invite(cx, &joining)?;
        "done".clone_into(&mut after.state);
        if known {
            cx.update(&before, &mut after)?;
        } else {
            cx.insert(&after)?;
        }
        let (actor, now) = (cx.actor.clone(), cx.now);
        let next = next_steps(&mut Reader { conn: cx.conn(), actor: &actor, now })?;
        let product = product.map(|p| p.key);
        Ok(Onboarded { onboarding: view(&after), product, charter_state, invitations, next })
    }
}

/// The product that was named, or the one that is there.
fn product(cx: &mut Change<'_>, answers: &Onboarding) -> Result<Option<Product>> {
    let actor = cx.actor.clone();
    let visible = products::visible(cx.conn(), &actor)?;
    let name = &answers.product_name;
    if name.is_empty() {
        let before = visible.iter().find(|p| Some(p.id) == answers.product_id);
        return Ok(before.or_else(|| visible.first()).cloned());
    }
    let same = |p: &&Product| p.name == *name || (p.key == answers.product_key);
    if let Some(found) = visible.iter().find(same) {
        return Ok(Some(found.clone()));
    }
    let key = if answers.product_key.is_empty() {
        products::key_of(name)
    } else {
        answers.product_key.clone()
    };
    let create = CreateProduct { key, name: name.clone(), about: String::new(), private: false };
    let made = act(cx, &create)?;
    products::product(cx.conn(), &actor, &made.key, Access::Admin).map(Some)
}

/// Those who are to be invited, with what was said of them.
type Joining = Vec<(Person, Newcomer)>;

/// Everybody by the order of the answers, and who is to be invited.
fn people(cx: &mut Change<'_>, answers: &Onboarding) -> Result<(Vec<Person>, Joining)> {
    let own = founder(cx)?;
    let mut people = vec![match answers.people.first() {
        Some(said) => described(cx, own, said)?,
        None => own,
    }];
    let mut joining = Vec::new();
    for one in answers.people.iter().skip(1) {
        let ws = cx.workspace();
        let person = match members::by_name(cx.conn(), ws, &one.name)? {
            Some(person) => person,
            None => members::add(cx, None, &one.name, Rights::Member)?,
        };
        let person = described(cx, person, one)?;
        if person.account_id.is_none() {
            joining.push((person.clone(), one.clone()));
        }
        people.push(person);
    }
    Ok((people, joining))
}

/// A person with the title and seniority that were said.
fn described(cx: &mut Change<'_>, person: Person, said: &Newcomer) -> Result<Person> {
    let mut after = person.clone();
    if !said.title.is_empty() {
        after.title.clone_from(&said.title);
    }
    if !said.seniority.is_empty() {
        after.seniority.clone_from(&said.seniority);
    }
    if (&after.title, &after.seniority) != (&person.title, &person.seniority) {
        may_touch(&cx.actor, &person)?;
    }
    cx.update(&person, &mut after)?;
    Ok(after)
}

fn all_teams(
    cx: &mut Change<'_>,
    held: &Held,
    answers: &Onboarding,
    people: &[Person],
) -> Result<Vec<(Team, &'static str)>> {
    let ws = cx.workspace();
    let mut made = Vec::new();
    for (name, kind) in &held.teams {
        let id = match teams::named(cx.conn(), ws, name)? {
            Some(team) => team.id,
            None => act(cx, &CreateTeam { name: name.clone(), kind: Some((*kind).to_owned()) })?.id,
        };
        made.push((teams::by_id(cx.conn(), ws, id)?, *kind));
    }
    let named: HashMap<String, Id> =
        made.iter().map(|(team, _)| (team.name.clone(), team.id)).collect();
    for (at, person) in people.iter().enumerate() {
        let wanted = answers.people.get(at).and_then(|p| named.get(&p.team));
        let Some(team) = wanted.copied().or_else(|| made.first().map(|(t, _)| t.id)) else { break };
        act(cx, &AddTeamMember { team, person: person.id.to_string() })?;
    }
    Ok(made)
}

/// A part of the product for a team, so that its items reach it.
fn stream(cx: &mut Change<'_>, product: &Product, team: &Team, kind: &str) -> Result<()> {
    let ws = cx.workspace();
    let there = parts::named(cx.conn(), ws, product.id, &team.name)?.is_some();
    if there || kind == "enabling" {
        return Ok(());
    }
    let (product, name) = (product.key.clone(), team.name.clone());
    act(cx, &CreatePart { product, team: Some(name.clone()), name }).map(drop)
}

/// The framework for the product and each of its teams, with the preset's agreements.
fn work_by(
    cx: &mut Change<'_>,
    held: &Held,
    product: &Product,
    teams: &[(Team, &'static str)],
) -> Result<()> {
    let ws = cx.workspace();
    let owners = std::iter::once((None, Some(product.key.clone()), Owner::Product(product.id)))
        .chain(teams.iter().map(|(team, _)| (Some(team.id), None, Owner::Team(team.id))));
    let usual = held.preset.framework == held.context.framework;
    for (team, key, owner) in owners.collect::<Vec<_>>() {
        let now = policies::active(cx.conn(), ws, owner)?;
        if now.is_some_and(|p| p.preset != "plain") {
            continue;
        }
        let overlays = if usual { held.preset.overlays } else { &[] };
        let draft = DraftPolicy {
            team,
            product: key,
            preset: Some(held.context.framework.as_str().to_owned()),
            overlays: overlays.iter().map(|o| (*o).to_owned()).collect(),
        };
        let policy = act(cx, &draft)?.id;
        let (person, whole) = held.preset.limits;
        let edit = EditPolicy {
            policy,
            wip_person: Some(person),
            wip_total: Some(whole),
            notes: Some(held.preset.agreements.to_owned()),
            ..EditPolicy::default()
        };
        act(cx, &edit)?;
        act(cx, &ActivatePolicy { policy, ..ActivatePolicy::default() })?;
    }
    Ok(())
}

/// The preset's thresholds, where the workspace has set none of its own.
fn thresholds(cx: &mut Change<'_>, held: &Held) -> Result<()> {
    let ws = cx.workspace();
    let own = own_thresholds(cx.conn(), ws)?;
    for (signal, value) in held.preset.thresholds {
        if !own.iter().any(|n| format!("S{n}") == *signal) {
            act(cx, &SetThreshold { signal: (*signal).to_owned(), value: Some(*value) })?;
        }
    }
    Ok(())
}

/// The product's charter and its state: signed at once where one person takes all of it.
fn agree(
    cx: &mut Change<'_>,
    held: &Held,
    answers: &Onboarding,
    product: &Product,
    people: &[Person],
) -> Result<(Id, String)> {
    let (ws, actor) = (cx.workspace(), cx.actor.clone());
    if let Some(there) = of_scope(cx.conn(), ws, product.id)?.into_iter().next() {
        return Ok((there.id, there.state));
    }
    let (mut roles, mut seniority) = (BTreeMap::new(), BTreeMap::new());
    for (person, (role, level)) in people.iter().zip(&held.roles) {
        roles.insert(person.id.to_string(), role.as_str().to_owned());
        seniority.insert(person.id.to_string(), level.as_str().to_owned());
    }
    let context = &held.context;
    let draft = DraftCharter {
        product: Some(product.key.clone()),
        company: Some(context.company.as_str().to_owned()),
        stage: Some(context.stage.as_str().to_owned()),
        teams: Some(i64::from(context.teams)),
        framework: Some(context.framework.as_str().to_owned()),
        kinds: Some(context.kinds.iter().map(|k| k.as_str().to_owned()).collect()),
        roles,
        seniority,
        arrangement: Some(held.arrangement.as_str().to_owned()),
        because: answers.because.clone(),
        review_on: Some(cx.now.day().plus_days(held.preset.review_days)),
        ..DraftCharter::default()
    };
    let made = act(cx, &draft)?;
    let (row, _) = charter(cx.conn(), &actor, made.id, Access::Read)?;
    let takers = row.matrix.takers();
    if takers.len() == 1 && takers.contains(&actor.person) {
        let signed = act(cx, &SignCharter { charter: made.id })?;
        return Ok((signed.id, signed.state));
    }
    Ok((made.id, made.state))
}

/// A first item that serves a need; without one, with a day by which its why is found.
fn first_item(
    cx: &mut Change<'_>,
    answers: &Onboarding,
    product: &Product,
    team: Option<&Team>,
) -> Result<String> {
    let product = product.key.clone();
    let day = cx.now.day().plus_days(WHY_WITHIN);
    let item = CreateWorkItem {
        product: product.clone(),
        title: answers.item.clone(),
        team: team.map(|t| t.id.to_string()),
        no_why_until: answers.need.is_empty().then_some(day),
        ..CreateWorkItem::default()
    };
    let item = act(cx, &item)?.key;
    if !answers.need.is_empty() {
        let title = answers.need.clone();
        let need = act(cx, &CreateNeed { product, title, ..CreateNeed::default() })?.key;
        act(cx, &AddLink { from: item.clone(), to: need, kind: None })?;
    }
    Ok(item)
}

/// Invitations for those who were named; they become who they were named as.
fn invite(cx: &mut Change<'_>, joining: &[(Person, Newcomer)]) -> Result<Vec<Invitation>> {
    let (actor, now, ws) = (cx.actor.clone(), cx.now, cx.workspace());
    let invited = one_time::invited(cx.conn(), ws, now)?;
    let mut all = Vec::new();
    for (person, said) in joining {
        if invited.contains(&person.id) {
            continue;
        }
        let role = if said.role.is_empty() { Rights::Member } else { Rights::parse(&said.role)? };
        if role >= actor.role && role != Rights::Member {
            return Err(Error::Forbidden("You invite people up to the role below yours.".into()));
        }
        let secret =
            door_mail::invitation(cx.exempt(), &actor, role, Some(person.id), &said.email, now)?;
        all.push(Invitation {
            name: person.name.clone(),
            email: said.email.clone(),
            path: format!("/join/{}", secret.reveal()),
        });
    }
    Ok(all)
}
