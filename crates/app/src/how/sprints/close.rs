//! The end of an iteration: what was finished is written down for good, what was not goes where
//! somebody says.

use schemars::JsonSchema;
use serde::Deserialize;

use super::plan::release;
use super::report::{IterationView, freeze, view};
use super::{Sprint, items, iteration};
use crate::how::work_items::WorkItem;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::charters::who_answers;
use crate::people::members::Person;
use crate::people::nouns::one_of;
use crate::people::products::check_text;
use crate::store::{Action, Change, Fields, Meta, Place, load};

/// Close an iteration: whether its goal was met, and where each unfinished item goes.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CloseIteration {
    pub iteration: Id,
    /// Whether the goal was met: `met`, `partly` or `missed`.
    pub outcome: String,
    /// What the review found.
    pub review: String,
    /// Where each unfinished item goes, by key: `backlog`, or another iteration's id.
    pub carry: Fields,
    /// Where those go that `carry` says nothing of: `backlog`, or another iteration's id.
    pub others: String,
}

impl Action for CloseIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "close-iteration",
        "Close an iteration: whether its goal was met, and where each unfinished item goes",
        "POST",
        "/iterations/{iteration}/close",
    )
    .exercises(&[41, 42]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, _) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        before.check_open()?;
        if before.state != "active" {
            return Err(Error::refused("It has not started. Start it, or take it away."));
        }
        let outcome = one_of("outcome", Some(&self.outcome), "", &["met", "partly", "missed"])?;
        let open = unfinished(items(cx.conn(), ws, before.id)?);
        let missing: Vec<&str> =
            open.iter().filter(|i| self.to(i).is_empty()).map(|i| i.key.as_str()).collect();
        if !missing.is_empty() {
            return Err(Error::invalid(
                "carry",
                format!(
                    "Say where these go, back into the backlog or into another iteration: {}.",
                    missing.join(", ")
                ),
            ));
        }
        let mut going = Vec::with_capacity(open.len());
        for item in open {
            let next = match self.to(&item) {
                "backlog" => None,
                to => Some(other(cx, &before, to)?),
            };
            going.push((item, next));
        }
        freeze(cx, &before, &going)?;
        for (item, next) in &going {
            release(cx, item, next.as_ref())?;
        }
        end(cx, &before, "closed", &outcome, &self.review)
    }
}

impl CloseIteration {
    /// Where an item goes; nothing where nobody says.
    fn to(&self, item: &WorkItem) -> &str {
        let own = self.carry.get(&item.key).map_or("", |to| to.trim());
        if own.is_empty() { self.others.trim() } else { own }
    }
}

fn unfinished(items: Vec<WorkItem>) -> Vec<WorkItem> {
    let over = |i: &WorkItem| matches!(i.category.as_str(), "accepted" | "dropped");
    items.into_iter().filter(|i| !over(i)).collect()
}

/// Another iteration of the same product that has not ended.
fn other(cx: &mut Change<'_>, own: &Sprint, id: &str) -> Result<Sprint> {
    let wrong = || {
        Error::invalid("carry", format!("“{id}” is no iteration here. Write its id, or backlog."))
    };
    let id: Id = id.parse().map_err(|_| wrong())?;
    let actor = cx.actor.clone();
    let (next, _) = iteration(cx.conn(), &actor, id, Access::Write)?;
    if next.product_id != own.product_id || next.id == own.id {
        return Err(wrong());
    }
    next.check_open()?;
    Ok(next)
}

fn end(
    cx: &mut Change<'_>,
    before: &Sprint,
    state: &str,
    outcome: &str,
    review: &str,
) -> Result<IterationView> {
    let actor = cx.actor.clone();
    let mut after = before.clone();
    state.clone_into(&mut after.state);
    outcome.clone_into(&mut after.outcome);
    after.review = check_text("review", review.trim())?;
    after.closed_at = Some(cx.happened);
    cx.update(before, &mut after)?;
    let now = cx.now;
    view(cx.conn(), &actor, &after, now)
}

/// Refuses whoever the charter does not make accountable for the goal, where it names somebody.
fn check_owner(cx: &mut Change<'_>, s: &Sprint) -> Result<()> {
    const GOAL: u8 = 41;
    let (ws, day) = (cx.workspace(), cx.happened.day());
    let place = Place { product: Some(s.product_id), part: None, team: s.team_id };
    let answers = who_answers(cx.conn(), ws, &place, &[GOAL], day)?;
    let Some(owner) = answers.first().and_then(|a| a.person) else { return Ok(()) };
    if owner == cx.actor.person {
        return Ok(());
    }
    let name = load::<Person>(cx.conn(), ws, owner)?.map(|p| p.name).unwrap_or_default();
    Err(Error::Forbidden(format!(
        "The charter makes {name} accountable for the goal, who alone cancels it. Ask {name}, or have it handed over to you."
    )))
}

/// Cancel an iteration whose goal has lost its sense: all that is open goes back into the backlog.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CancelIteration {
    pub iteration: Id,
    /// Why.
    pub because: String,
}

impl Action for CancelIteration {
    type Output = IterationView;
    const META: Meta = Meta::action(
        "cancel-iteration",
        "Cancel an iteration whose goal has lost its sense: all that is open goes back into the backlog",
        "POST",
        "/iterations/{iteration}/cancel",
    )
    .exercises(&[41]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IterationView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (before, _) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        before.check_open()?;
        check_owner(cx, &before)?;
        if self.because.trim().is_empty() {
            return Err(Error::invalid("because", "Say why the goal has lost its sense."));
        }
        let open = unfinished(items(cx.conn(), ws, before.id)?);
        let open: Vec<_> = open.into_iter().map(|item| (item, None)).collect();
        freeze(cx, &before, &open)?;
        for (item, _) in &open {
            release(cx, item, None)?;
        }
        end(cx, &before, "cancelled", "", &self.because)
    }
}
