//! Gates as programs and pages see them: with the record of their decisions, as a gate pack.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DECISIONS_OF, Gate, GateCriterion, OF_PRODUCT, by_id};
use crate::db::Conn;
use crate::kernel::{Access, Day, Id, Result, Time};
use crate::people::members::Person;
use crate::people::products::{self, Product};
use crate::people::teams::Team;
use crate::store::{Meta, Query, Reader, load};

/// A decision as it was made.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct DecisionView {
    pub decision: String,
    pub because: String,
    pub conditions: String,
    pub by_day: Option<Day>,
    /// The criteria as they stood then.
    pub must: Vec<GateCriterion>,
    pub should: Vec<GateCriterion>,
    pub person: Option<String>,
    /// Whether the gate named this person as an approver.
    pub as_approver: bool,
    pub at: Time,
}

/// A gate with its record.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct GateView {
    pub id: Id,
    pub product: String,
    pub team: Option<String>,
    pub name: String,
    pub phase: String,
    pub due: Option<Day>,
    pub must: Vec<GateCriterion>,
    pub should: Vec<GateCriterion>,
    pub approvers: Vec<String>,
    /// `pending`, or the last decision.
    pub state: String,
    /// Newest first.
    pub decisions: Vec<DecisionView>,
    pub revision: i64,
}

fn person(conn: &mut Conn, ws: i64, id: Option<Id>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(load::<Person>(conn, ws, id)?.map(|p| p.name))
}

/// The view of a gate.
pub fn view(conn: &mut Conn, ws: i64, gate: &Gate, product: &Product) -> Result<GateView> {
    let mut approvers = Vec::new();
    for id in gate.approvers.iter() {
        approvers.extend(person(conn, ws, id.parse().ok())?);
    }
    let mut decisions = Vec::new();
    for d in DECISIONS_OF.all(conn, ws, &[gate.id.into()])? {
        decisions.push(DecisionView {
            person: person(conn, ws, d.person_id)?,
            decision: d.decision,
            because: d.because,
            conditions: d.conditions,
            by_day: d.by_day,
            must: d.must.0,
            should: d.should.0,
            as_approver: d.as_approver,
            at: d.created_at,
        });
    }
    let team = match gate.team_id {
        Some(id) => load::<Team>(conn, ws, id)?.map(|t| t.name),
        None => None,
    };
    Ok(GateView {
        id: gate.id,
        product: product.key.clone(),
        team,
        name: gate.name.clone(),
        phase: gate.phase.clone(),
        due: gate.due,
        must: gate.must.to_vec(),
        should: gate.should.to_vec(),
        approvers,
        state: gate.state.clone(),
        decisions,
        revision: gate.revision,
    })
}

/// List a product's gates with their records, oldest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListGates {
    pub product: String,
}

impl Query for ListGates {
    type Output = Vec<GateView>;
    const META: Meta =
        Meta::query("list-gates", "List a product's gates with their records", "/gates");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<GateView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let ws = cx.actor.workspace;
        let all = OF_PRODUCT.all(cx.conn, ws, &[product.id.into()])?;
        all.iter().map(|g| view(cx.conn, ws, g, &product)).collect()
    }
}

/// Show one gate with its record: the gate pack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetGate {
    pub gate: Id,
}

impl Query for GetGate {
    type Output = GateView;
    const META: Meta =
        Meta::query("get-gate", "Show one gate with its record: the gate pack", "/gates/{gate}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<GateView> {
        let (gate, product) = by_id(cx.conn, cx.actor, self.gate, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &gate, &product)
    }
}
