//! Deciding at a gate.

use schemars::JsonSchema;
use serde::Deserialize;

use super::views::{GateView, view};
use super::{GateDecision, by_id, still_open};
use crate::how::phases;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::one_of;
use crate::people::products::check_text;
use crate::store::{Action, Change, Meta};

/// What may be decided.
pub const DECISIONS: [&str; 5] = ["go", "conditional-go", "hold", "recycle", "kill"];

/// Decide at a gate; the decision and how the criteria stood are kept as they are.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecideGate {
    pub gate: Id,
    /// `go`, `conditional-go`, `hold`, `recycle` or `kill`.
    pub decision: String,
    pub because: String,
    /// What still has to be done, where it is a conditional go.
    pub conditions: String,
    /// The day by which the conditions are met.
    pub by_day: Option<Day>,
}

impl Action for DecideGate {
    type Output = GateView;
    const META: Meta = Meta::action(
        "decide-gate",
        "Decide at a gate; the decision and how the criteria stood are kept as they are",
        "POST",
        "/gates/{gate}/decide",
    )
    .exercises(&[23]);

    fn run(&self, cx: &mut Change<'_>) -> Result<GateView> {
        let actor = cx.actor.clone();
        let (before, product) = by_id(cx.conn(), &actor, self.gate, Access::Write)?;
        still_open(&before)?;
        let decision = one_of("decision", Some(&self.decision), "", &DECISIONS)?;
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say why, for those who were not there."));
        }
        let unmet = before.must.iter().filter(|c| c.standing != "met").count();
        if decision == "go" && unmet > 0 {
            return Err(Error::refused(format!(
                "{unmet} of the criteria that must be met are not. Decide a conditional go with \
                 what is still to be done, or hold."
            )));
        }
        let conditions = check_text("conditions", self.conditions.trim())?;
        if decision == "conditional-go" && conditions.is_empty() {
            return Err(Error::invalid("conditions", "Say what still has to be done."));
        }
        if decision == "conditional-go" && self.by_day.is_none() {
            return Err(Error::invalid("by_day", "Give the day by which the conditions are met."));
        }
        let row = new_row!(
            cx,
            GateDecision {
                product_id: before.product_id,
                gate_id: before.id,
                decision: decision.clone(),
                because: because.clone(),
                conditions: conditions,
                by_day: self.by_day,
                must: before.must.clone(),
                should: before.should.clone(),
                person_id: Some(actor.person),
                as_approver: actor.grants.is_none()
                    && before.approvers.contains(&actor.person.to_string()),
            }
        );
        cx.insert(&row)?;
        phases::on_decision(cx, &before, &decision, &because)?;
        if before.state != decision {
            let mut after = before.clone();
            after.state = decision;
            cx.update(&before, &mut after)?;
            return view(cx.conn(), actor.workspace, &after, &product);
        }
        view(cx.conn(), actor.workspace, &before, &product)
    }
}
