//! Phases of a hybrid: each has a scope and dates that are frozen as its baseline when the gate before
//! it lets it in. What changes afterwards is asked for and decided, and moves the baseline on; the
//! baselines before stay as they were.

mod pack;
mod plan;
mod read;
mod requests;
mod views;

pub use pack::{GatePack, GetGatePack};
pub use plan::{
    AddToPhase, ClosePhase, CreatePhase, EditPhase, RemoveFromPhase, RemovePhase, StartPhase,
};
pub use requests::{DecidePhaseChange, ProposePhaseChange, WithdrawPhaseChange};
pub use views::{
    BaselineView, GateBrief, GetPhase, ListPhases, PhaseDetail, PhaseView, RequestView,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::how::gates::Gate;
use crate::how::sprints::Sprint;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::people::products::{self, Product};
use crate::store::{Change, Indexed, Listed, Words, load, load_many};
use crate::{new_row, record, selects};

record! {
    /// A phase, from the gate that lets it in to the one that ends it.
    pub struct Phase in "phase", versioned: true {
        pub product_id: Id,
        pub team_id: Option<Id>,
        pub name: String,
        pub goal: String,
        /// Its place among the phases of the product.
        pub position: i64,
        pub starts: Option<Day>,
        pub ends: Option<Day>,
        /// The gate that lets it in, at which its baseline is frozen.
        pub entry_gate_id: Option<Id>,
        /// The gate that ends it.
        pub exit_gate_id: Option<Id>,
        /// `planned`, `active` or `closed`.
        pub state: String,
        pub begun_at: Option<Time>,
        pub ended_at: Option<Time>,
        /// What came of it.
        pub outcome: String,
        pub author_id: Option<Id>,
    }
}

record! {
    /// An item in the scope of a phase, as long as it is there.
    pub struct PhaseItem in "phase_item", versioned: false {
        pub product_id: Id,
        pub phase_id: Id,
        pub item_id: Id,
        pub person_id: Option<Id>,
    }
}

/// An item as a baseline froze it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct BaselineItem {
    pub key: String,
    pub title: String,
    pub points: Option<f64>,
}

record! {
    /// The scope and dates of a phase as they were agreed. Append-only.
    pub struct Baseline in "baseline", versioned: false {
        pub product_id: Id,
        pub phase_id: Id,
        /// Counts the baselines of a phase.
        pub number: i64,
        pub starts: Day,
        pub ends: Day,
        pub items: Listed<BaselineItem>,
        pub points: f64,
        pub count: i64,
        /// The gate at which it was frozen.
        pub gate_id: Option<Id>,
        /// The change request that moved it on.
        pub request_id: Option<Id>,
        pub because: String,
        pub person_id: Option<Id>,
    }
}

record! {
    /// A request to change what was frozen.
    pub struct ChangeRequest in "change_request", versioned: true {
        pub product_id: Id,
        pub phase_id: Id,
        /// Counts the requests of a phase.
        pub number: i64,
        pub title: String,
        pub because: String,
        /// Ids of items that come and that go.
        pub adds: Words,
        pub removes: Words,
        /// The new end.
        pub ends: Option<Day>,
        /// `proposed`, `accepted`, `rejected` or `withdrawn`.
        pub state: String,
        pub decided_because: String,
        pub decided_by: Option<Id>,
        pub decided_at: Option<Time>,
        /// Whether the gate ahead named whoever decided as an approver.
        pub as_approver: bool,
        pub author_id: Option<Id>,
    }
}

impl Indexed for Phase {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn settled(&self, field: &str) -> Option<&'static str> {
        let frozen = self.state == "active" && matches!(field, "starts" | "ends");
        (self.state == "closed" || frozen).then_some(
            "What was frozen when this phase began stays as it was. Ask for a change of the phase.",
        )
    }
}

impl Indexed for PhaseItem {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for Baseline {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

impl Indexed for ChangeRequest {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    /// Asking for a change only proposes it, which anybody may.
    fn is_proposal(&self) -> bool {
        self.state == "proposed"
    }
}

selects! {
    OF_PRODUCT: Phase = "phase", "product_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 100";
    BEHIND_GATE: Phase = "phase", "entry_gate_id = $2 AND gone_at IS NULL ORDER BY position, id LIMIT 20";
    BEFORE_GATE: Phase = "phase", "product_id = $2 AND exit_gate_id = $3 AND gone_at IS NULL ORDER BY position, id LIMIT 20";
    HELD: PhaseItem = "phase_item", "phase_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 2000";
    PLACE_OF_ITEM: PhaseItem = "phase_item", "item_id = $2 AND gone_at IS NULL LIMIT 1";
    BASELINES: Baseline = "baseline", "phase_id = $2 ORDER BY number LIMIT 200";
    REQUESTS: ChangeRequest = "change_request", "phase_id = $2 AND gone_at IS NULL ORDER BY number DESC LIMIT 200";
    SPRINTS: Sprint = "sprint", "phase_id = $2 AND gone_at IS NULL ORDER BY starts, id LIMIT 100";
}

impl Phase {
    /// Refuses to change what is over.
    fn check_open(&self) -> Result<()> {
        if self.state == "closed" {
            return Err(Error::refused(format!(
                "“{}” is over: it stays as it was. Plan what is left in the next phase.",
                self.name
            )));
        }
        Ok(())
    }

    /// Refuses to change what was frozen without being asked for and decided.
    fn check_free(&self) -> Result<()> {
        self.check_open()?;
        if self.state == "active" {
            return Err(Error::refused(format!(
                "The scope and dates of “{}” were frozen when it began. Ask for a change: what is \
                 accepted moves the baseline on.",
                self.name
            )));
        }
        Ok(())
    }
}

/// A phase by id with its product, if this actor may see it and do `access`.
pub fn phase(conn: &mut Conn, actor: &Actor, id: Id, access: Access) -> Result<(Phase, Product)> {
    let missing = || Error::NotFound("phase");
    let found = load::<Phase>(conn, actor.workspace, id)?.filter(|p| p.gone_at.is_none());
    let phase = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, phase.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((phase, product))
}

/// The phase that a person names, by id or name, in a product.
pub fn named(conn: &mut Conn, ws: i64, product: Id, text: &str) -> Result<Phase> {
    let id = text.trim().parse::<Id>().ok();
    let all = OF_PRODUCT.all(conn, ws, &[product.into()])?;
    let fits = |p: &Phase| Some(p.id) == id || p.name.eq_ignore_ascii_case(text.trim());
    let message = format!("There is no phase “{}” here. Choose from the phases.", text.trim());
    all.into_iter().find(fits).ok_or_else(|| Error::invalid("phase", message))
}

/// The items in the scope of a phase, in the order of the backlog.
pub fn items(conn: &mut Conn, ws: i64, phase: Id) -> Result<Vec<WorkItem>> {
    let held = HELD.all(conn, ws, &[phase.into()])?;
    let found = load_many::<WorkItem>(conn, ws, held.iter().map(|h| h.item_id), None)?;
    let mut all: Vec<WorkItem> = found.into_values().filter(|i| i.gone_at.is_none()).collect();
    all.sort_by(|a, b| a.rank.cmp(&b.rank));
    Ok(all)
}

/// Why a baseline is written.
struct Ground<'a> {
    gate: Option<Id>,
    request: Option<Id>,
    because: &'a str,
}

/// Freezes the scope and dates of a phase as they are now.
fn freeze(cx: &mut Change<'_>, phase: &Phase, ground: &Ground<'_>) -> Result<()> {
    let ws = cx.workspace();
    let (Some(starts), Some(ends)) = (phase.starts, phase.ends) else {
        return Err(Error::refused(format!(
            "“{}” has no dates to freeze. Say when it starts and ends first.",
            phase.name
        )));
    };
    let held = items(cx.conn(), ws, phase.id)?;
    let held: Vec<&WorkItem> = held.iter().filter(|i| i.category != "dropped").collect();
    let line = |i: &&WorkItem| BaselineItem {
        key: i.key.clone(),
        title: i.title.clone(),
        points: i.points,
    };
    let number = BASELINES.all(cx.conn(), ws, &[phase.id.into()])?.len() as i64 + 1;
    let row = new_row!(
        cx,
        Baseline {
            product_id: phase.product_id,
            phase_id: phase.id,
            number: number,
            starts: starts,
            ends: ends,
            items: Listed(held.iter().map(line).collect()),
            points: held.iter().filter_map(|i| i.points).sum(),
            count: held.len() as i64,
            gate_id: ground.gate,
            request_id: ground.request,
            because: ground.because.to_owned(),
            person_id: Some(cx.actor.person),
        }
    );
    cx.insert(&row)
}

/// Begins a planned phase: its first baseline is frozen.
fn begin(cx: &mut Change<'_>, before: &Phase, ground: &Ground<'_>) -> Result<Phase> {
    let mut after = before.clone();
    after.starts = before.starts.or(Some(cx.happened.day()));
    freeze(cx, &after, ground)?;
    "active".clone_into(&mut after.state);
    after.begun_at = Some(cx.happened);
    cx.update(before, &mut after)?;
    Ok(after)
}

/// Ends a phase for good.
fn end(cx: &mut Change<'_>, before: &Phase, outcome: &str) -> Result<Phase> {
    let ws = cx.workspace();
    let mut after = before.clone();
    "closed".clone_into(&mut after.state);
    after.ended_at = Some(cx.happened);
    outcome.clone_into(&mut after.outcome);
    cx.update(before, &mut after)?;
    for request in REQUESTS.all(cx.conn(), ws, &[before.id.into()])? {
        if request.state == "proposed" {
            let mut late = request.clone();
            "withdrawn".clone_into(&mut late.state);
            "The phase ended before it was decided.".clone_into(&mut late.decided_because);
            cx.update(&request, &mut late)?;
        }
    }
    Ok(after)
}

/// What a decision at a gate does to the phases beside it: on a go, also on conditions, the one before
/// ends and the one behind begins with its scope and dates frozen; a kill ends the one before and lets
/// nothing in.
pub fn on_decision(cx: &mut Change<'_>, gate: &Gate, decision: &str, because: &str) -> Result<()> {
    let ws = cx.workspace();
    let goes = matches!(decision, "go" | "conditional-go");
    if goes || decision == "kill" {
        for phase in BEFORE_GATE.all(cx.conn(), ws, &[gate.product_id.into(), gate.id.into()])? {
            if phase.state == "active" {
                end(cx, &phase, because)?;
            }
        }
    }
    if goes {
        for phase in BEHIND_GATE.all(cx.conn(), ws, &[gate.id.into()])? {
            if phase.state == "planned" {
                begin(cx, &phase, &Ground { gate: Some(gate.id), request: None, because })?;
            }
        }
    }
    Ok(())
}
