//! Policies as programs and pages see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Owner, Policy, PolicyState, Rhythm, Transition, all_of, owner, policy};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Id, Result, Time};
use crate::people::members::Person;
use crate::people::products::Product;
use crate::people::teams::Team;
use crate::store::{Fields, Meta, Query, Reader, Scope, load};

/// A policy.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PolicyView {
    pub id: Id,
    /// The product's key, where it is a product's own.
    pub product: Option<String>,
    pub team: Option<Id>,
    /// What the product or team is called.
    pub owner: String,
    pub number: i64,
    pub preset: String,
    pub overlays: Vec<String>,
    /// `draft`, `active` or `superseded`.
    pub state: String,
    pub author: Option<String>,
    pub states: Vec<PolicyState>,
    pub transitions: Vec<Transition>,
    pub wip_rule: String,
    pub wip_person: Option<i64>,
    pub wip_total: Option<i64>,
    pub wip_classes: Fields,
    pub started: String,
    pub finished: String,
    pub sle_days: Option<i64>,
    pub sle_share: i64,
    pub ready: Vec<String>,
    pub done: Vec<String>,
    pub estimates: String,
    pub cadence: Vec<Rhythm>,
    pub sprint_days: Option<i64>,
    pub artefacts: Vec<String>,
    pub metrics: Vec<String>,
    pub must_meet: Vec<String>,
    pub should_meet: Vec<String>,
    pub notes: String,
    /// What the states of the policy before became.
    pub maps: Fields,
    pub since: Option<Time>,
    pub revision: i64,
}

/// The view of a policy.
pub fn view(conn: &mut Conn, actor: &Actor, p: &Policy) -> Result<PolicyView> {
    let ws = actor.workspace;
    let (product, name) = match p.owner() {
        Owner::Product(id) => match load::<Product>(conn, ws, id)? {
            Some(product) => (Some(product.key), product.name),
            None => (None, String::new()),
        },
        Owner::Team(id) => (None, load::<Team>(conn, ws, id)?.map(|t| t.name).unwrap_or_default()),
    };
    let author = match p.author_id {
        Some(id) => load::<Person>(conn, ws, id)?.map(|person| person.name),
        None => None,
    };
    Ok(PolicyView {
        id: p.id,
        product,
        team: p.team_id,
        owner: name,
        number: p.number,
        preset: p.preset.clone(),
        overlays: p.overlays.to_vec(),
        state: p.state.clone(),
        author,
        states: p.states.to_vec(),
        transitions: p.transitions.to_vec(),
        wip_rule: p.wip_rule.clone(),
        wip_person: p.wip_person,
        wip_total: p.wip_total,
        wip_classes: p.wip_classes.clone(),
        started: p.started.clone(),
        finished: p.finished.clone(),
        sle_days: p.sle_days,
        sle_share: p.sle_share,
        ready: p.ready.to_vec(),
        done: p.done.to_vec(),
        estimates: p.estimates.clone(),
        cadence: p.cadence.to_vec(),
        sprint_days: p.sprint_days,
        artefacts: p.artefacts.to_vec(),
        metrics: p.metrics.to_vec(),
        must_meet: p.must_meet.to_vec(),
        should_meet: p.should_meet.to_vec(),
        notes: p.notes.clone(),
        maps: p.maps.clone(),
        since: p.since,
        revision: p.revision,
    })
}

/// All policies of an owner, the newest first.
pub fn list_of(conn: &mut Conn, actor: &Actor, owner: Owner) -> Result<Vec<PolicyView>> {
    let all = all_of(conn, actor.workspace, owner)?;
    all.iter().map(|p| view(conn, actor, p)).collect()
}

/// List the policies of a team or a product, the newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListPolicies {
    pub team: Option<Id>,
    /// A product's key.
    pub product: Option<String>,
}

impl Query for ListPolicies {
    type Output = Vec<PolicyView>;
    const META: Meta = Meta::query(
        "list-policies",
        "List the policies of a team or a product, the newest first",
        "/policies",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<PolicyView>> {
        let product = self.product.as_deref();
        let owner = owner(cx.conn, cx.actor, self.team, product, Access::Read)?;
        list_of(cx.conn, cx.actor, owner)
    }
}

/// Show one policy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPolicy {
    pub policy: Id,
}

impl Query for GetPolicy {
    type Output = PolicyView;
    const META: Meta =
        Meta::query("get-policy", "Show one policy", "/policies/{policy}").scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<PolicyView> {
        let found = policy(cx.conn, cx.actor, self.policy, Access::Read)?;
        view(cx.conn, cx.actor, &found)
    }
}
