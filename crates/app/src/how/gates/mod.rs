//! Gates between the phases of a hybrid: what must and what should be met, who approves, and a
//! record of each decision with everything as it stood then.

mod decide;
mod edit;
mod views;

pub use decide::{DECISIONS, DecideGate};
pub use edit::{CreateGate, EditGate, RemoveGate, STANDINGS, SetGateCriterion};
pub use views::{DecisionView, GateView, GetGate, ListGates, view};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::store::{Indexed, Listed, Words, load};
use crate::{record, selects};

/// What a gate asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GateCriterion {
    pub text: String,
    /// One of [`STANDINGS`].
    pub standing: String,
    /// What shows it.
    pub note: String,
}

record! {
    /// A gate at the end of a phase.
    pub struct Gate in "gate", versioned: true {
        pub product_id: Id,
        pub team_id: Option<Id>,
        pub name: String,
        /// The phase that it ends.
        pub phase: String,
        pub due: Option<Day>,
        pub must: Listed<GateCriterion>,
        pub should: Listed<GateCriterion>,
        /// Ids of the people who decide.
        pub approvers: Words,
        /// `pending`, or the last decision.
        pub state: String,
        pub author_id: Option<Id>,
    }
}

record! {
    /// A decision at a gate, with the criteria as they stood. Append-only.
    pub struct GateDecision in "gate_decision", versioned: false {
        pub product_id: Id,
        pub gate_id: Id,
        /// One of [`DECISIONS`].
        pub decision: String,
        pub because: String,
        /// What still has to be done, and by when, where it is a conditional go.
        pub conditions: String,
        pub by_day: Option<Day>,
        pub must: Listed<GateCriterion>,
        pub should: Listed<GateCriterion>,
        pub person_id: Option<Id>,
        /// Whether the gate named this person as an approver, and they decided themselves: an agent's
        /// token approves nothing for them.
        pub as_approver: bool,
    }
}

impl Indexed for Gate {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn team(&self) -> Option<Id> {
        self.team_id
    }
    fn settled(&self, _: &str) -> Option<&'static str> {
        matches!(self.state.as_str(), "go" | "kill")
            .then_some("This gate was decided and stays as it was decided. Set up another one.")
    }
}

impl Indexed for GateDecision {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn append_only() -> bool {
        true
    }
}

selects! {
    OF_PRODUCT: Gate = "gate", "product_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
    DECISIONS_OF: GateDecision = "gate_decision", "gate_id = $2 ORDER BY id DESC LIMIT 100";
}

/// A gate by id with its product, if this actor may see it and do `access`.
pub fn by_id(conn: &mut Conn, actor: &Actor, id: Id, access: Access) -> Result<(Gate, Product)> {
    let missing = || Error::NotFound("gate");
    let found = load::<Gate>(conn, actor.workspace, id)?.filter(|g| g.gone_at.is_none());
    let gate = found.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, gate.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((gate, product))
}

/// Refuses to change what was decided for good.
fn still_open(gate: &Gate) -> Result<()> {
    if matches!(gate.state.as_str(), "go" | "kill") {
        return Err(Error::refused(format!(
            "“{}” was decided: {}. It stays as it was decided; set up another gate.",
            gate.name, gate.state
        )));
    }
    Ok(())
}
