//! Asking for a change of what was frozen, and deciding it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::plan::{meant, put_in, take_out};
use super::views::{RequestView, request_view};
use super::{ChangeRequest, Ground, HELD, Phase, REQUESTS, freeze, phase};
use crate::how::gates::Gate;
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::new_row;
use crate::people::nouns::one_of;
use crate::people::products::{Product, check_text, check_title};
use crate::store::{Action, Change, Meta, Words, load, load_many};

/// Ask for a change of what a phase has frozen: items that come, items that go, another end.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ProposePhaseChange {
    pub phase: Id,
    pub title: String,
    /// Why it is needed, and what it costs.
    pub because: String,
    /// Keys of items that come; an epic stands for its stories.
    pub adds: Vec<String>,
    /// Keys of items that go.
    pub removes: Vec<String>,
    /// The new end.
    pub ends: Option<Day>,
}

impl Action for ProposePhaseChange {
    type Output = RequestView;
    const META: Meta = Meta::action(
        "propose-phase-change",
        "Ask for a change of what a phase has frozen: items that come, items that go, another end",
        "POST",
        "/phases/{phase}/changes",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<RequestView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (phase, product) = phase(cx.conn(), &actor, self.phase, Access::Write)?;
        phase.check_open()?;
        if phase.state == "planned" {
            return Err(Error::refused(
                "Nothing of it is frozen yet: change its scope and dates themselves.",
            ));
        }
        let held: Vec<Id> =
            HELD.all(cx.conn(), ws, &[phase.id.into()])?.iter().map(|h| h.item_id).collect();
        let adds = meant(cx, &product, &self.adds)?;
        let removes = meant(cx, &product, &self.removes)?;
        if let Some(item) = adds.iter().find(|i| held.contains(&i.id)) {
            return Err(Error::invalid("adds", format!("{} is in its scope already.", item.key)));
        }
        if let Some(item) = removes.iter().find(|i| !held.contains(&i.id)) {
            return Err(Error::invalid("removes", format!("{} is not in its scope.", item.key)));
        }
        if let (Some(ends), Some(starts)) = (self.ends, phase.starts)
            && ends < starts
        {
            return Err(Error::invalid("ends", "It would end before it started."));
        }
        let ends = self.ends.filter(|day| Some(*day) != phase.ends);
        if adds.is_empty() && removes.is_empty() && ends.is_none() {
            return Err(Error::invalid(
                "adds",
                "Say what changes: items that come, items that go, or another end.",
            ));
        }
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say why it is needed."));
        }
        let ids = |all: &[WorkItem]| Words(all.iter().map(|i| i.id.to_string()).collect());
        let number = REQUESTS.all(cx.conn(), ws, &[phase.id.into()])?.len() as i64 + 1;
        let row = new_row!(
            cx,
            ChangeRequest {
                product_id: phase.product_id,
                phase_id: phase.id,
                number: number,
                title: check_title("title", &self.title)?,
                because: because,
                adds: ids(&adds),
                removes: ids(&removes),
                ends: ends,
                state: "proposed".to_owned(),
                decided_because: String::new(),
                decided_by: None,
                decided_at: None,
                as_approver: false,
                author_id: Some(actor.person),
            }
        );
        cx.insert(&row)?;
        request_view(cx.conn(), ws, &row)
    }
}

/// A request by id with its phase, if this actor may see it and do `access`.
fn request(cx: &mut Change<'_>, id: Id) -> Result<(ChangeRequest, Phase, Product)> {
    let actor = cx.actor.clone();
    let missing = || Error::NotFound("change request");
    let found = load::<ChangeRequest>(cx.conn(), actor.workspace, id)?;
    let found = found.filter(|r| r.gone_at.is_none()).ok_or_else(missing)?;
    let (phase, product) = phase(cx.conn(), &actor, found.phase_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    if found.state != "proposed" {
        return Err(Error::refused(format!("It was {} already.", found.state)));
    }
    Ok((found, phase, product))
}

/// Decide a request to change a phase: accepted, it moves the baseline on; those before are kept.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct DecidePhaseChange {
    pub request: Id,
    /// `accepted` or `rejected`.
    pub decision: String,
    pub because: String,
}

impl Action for DecidePhaseChange {
    type Output = RequestView;
    const META: Meta = Meta::action(
        "decide-phase-change",
        "Decide a request to change a phase: accepted, it moves the baseline on; those before are kept",
        "POST",
        "/change-requests/{request}/decide",
    )
    .exercises(&[23]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RequestView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, phase, _) = request(cx, self.request)?;
        phase.check_open()?;
        let decision = one_of("decision", Some(&self.decision), "", &["accepted", "rejected"])?;
        let because = check_text("because", self.because.trim())?;
        if because.is_empty() {
            return Err(Error::invalid("because", "Say why, for whoever asked."));
        }
        let ahead = phase.exit_gate_id.or(phase.entry_gate_id);
        let gate = match ahead {
            Some(id) => load::<Gate>(cx.conn(), ws, id)?,
            None => None,
        };
        let me = actor.person.to_string();
        let mut after = before.clone();
        after.state = decision.clone();
        after.decided_because.clone_from(&because);
        after.decided_by = Some(actor.person);
        after.decided_at = Some(cx.happened);
        after.as_approver =
            actor.grants.is_none() && gate.is_some_and(|g| g.approvers.contains(&me));
        cx.update(&before, &mut after)?;
        if decision == "accepted" {
            carry_out(cx, &phase, &before, &because)?;
        }
        request_view(cx.conn(), ws, &after)
    }
}

/// Changes the scope and dates of a phase as a request says, and freezes them anew.
fn carry_out(
    cx: &mut Change<'_>,
    phase: &Phase,
    asked: &ChangeRequest,
    because: &str,
) -> Result<()> {
    let ws = cx.workspace();
    let ids = |words: &Words| -> Vec<Id> { words.iter().filter_map(|w| w.parse().ok()).collect() };
    let adds = ids(&asked.adds);
    let found = load_many::<WorkItem>(cx.conn(), ws, adds.iter().copied(), None)?;
    for item in adds.iter().filter_map(|id| found.get(id)).filter(|i| i.gone_at.is_none()) {
        put_in(cx, phase, item)?;
    }
    for item in ids(&asked.removes) {
        take_out(cx, phase, item)?;
    }
    let mut after = phase.clone();
    after.ends = asked.ends.or(phase.ends);
    if after.ends != phase.ends {
        cx.update(phase, &mut after)?;
    }
    freeze(cx, &after, &Ground { gate: None, request: Some(asked.id), because })
}

/// Withdraw a request that nobody has decided yet.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct WithdrawPhaseChange {
    pub request: Id,
}

impl Action for WithdrawPhaseChange {
    type Output = RequestView;
    const META: Meta = Meta::action(
        "withdraw-phase-change",
        "Withdraw a request that nobody has decided yet",
        "POST",
        "/change-requests/{request}/withdraw",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<RequestView> {
        let ws = cx.workspace();
        let (before, ..) = request(cx, self.request)?;
        let mut after = before.clone();
        "withdrawn".clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        request_view(cx.conn(), ws, &after)
    }
}
