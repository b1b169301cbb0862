//! The gate pack: everything that those who decide at a gate have to see, on one page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::views::{PhaseDetail, detail};
use super::{BEFORE_GATE, BEHIND_GATE};
use crate::how::blockers::{BlockerView, ListBlockers};
use crate::how::gates::{self, GateView};
use crate::kernel::{Access, Id, Result};
use crate::store::{Meta, Query, Reader};

/// Put together what those who decide at a gate have to see.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetGatePack {
    pub gate: Id,
}

/// The gate pack.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GatePack {
    pub gate: GateView,
    /// Days by which the gate is late: today, or when it was first decided, against its due day.
    pub late_days: Option<i64>,
    /// What ends here, and what it lets in.
    pub before: Vec<PhaseDetail>,
    pub behind: Vec<PhaseDetail>,
    /// What holds items of the phases that end here up now.
    pub held_up: Vec<BlockerView>,
}

impl Query for GetGatePack {
    type Output = GatePack;
    const META: Meta = Meta::query(
        "get-gate-pack",
        "Put together what those who decide at a gate have to see",
        "/gates/{gate}/pack",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<GatePack> {
        let ws = cx.actor.workspace;
        let (gate, product) = gates::by_id(cx.conn, cx.actor, self.gate, Access::Read)?;
        let (mut before, mut behind, mut held_up) = (Vec::new(), Vec::new(), Vec::new());
        for p in BEFORE_GATE.all(cx.conn, ws, &[product.id.into(), gate.id.into()])? {
            before.push(detail(cx.conn, cx.actor, &p, &product, cx.now)?);
        }
        for p in BEHIND_GATE.all(cx.conn, ws, &[gate.id.into()])? {
            behind.push(detail(cx.conn, cx.actor, &p, &product, cx.now)?);
        }
        if !before.is_empty() {
            let open = ListBlockers { product: product.key.clone() }.run(cx)?.open;
            let ours = |key: &str| before.iter().flat_map(|d| &d.items).any(|i| i.key == key);
            held_up.extend(open.into_iter().filter(|b| ours(&b.key)));
        }
        let view = gates::view(cx.conn, ws, &gate, &product)?;
        // The newest stands first; what was put on hold or sent back is still to be decided.
        let decided = |d: &&gates::DecisionView| {
            matches!(d.decision.as_str(), "go" | "conditional-go" | "kill")
        };
        let decided = view.decisions.first().filter(decided).map(|d| d.at.day());
        let late = gate.due.map(|due| due.days_until(decided.unwrap_or(cx.now.day())));
        Ok(GatePack { late_days: late, gate: view, before, behind, held_up })
    }
}
