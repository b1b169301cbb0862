//! Voting: hidden until all is shown, again if need be, and an estimate that is agreed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{PokerVote, RefinementView, VOTES, deck, deck_of, looked_at, open, shown};
use crate::how::work_items::{EditWorkItem, WorkItem};
use crate::kernel::{Error, Id, Result};
use crate::new_row;
use crate::store::{Action, Change, Meta};

/// Vote on what the item of a session takes; nobody sees it before all votes are shown.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct VoteEstimate {
    pub refinement: Id,
    /// A card of the deck.
    pub value: String,
}

impl Action for VoteEstimate {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "vote-estimate",
        "Vote on what the item of a session takes; nobody sees it before all votes are shown",
        "POST",
        "/refinements/{refinement}/vote",
    )
    .exercises(&[31]);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let s = open(cx, self.refinement)?;
        let item = looked_at(&s)?;
        if s.revealed {
            return Err(Error::refused("The votes are shown already. Vote again in a new round."));
        }
        let looked: WorkItem = cx.get(item, "work item")?;
        let cards = deck(&deck_of(cx.conn(), ws, &s, Some(&looked))?);
        let wanted = self.value.trim();
        if !cards.iter().any(|(card, _)| *card == wanted) {
            let all: Vec<&str> = cards.iter().map(|(card, _)| *card).collect();
            let message = format!("“{wanted}” is no card. There are: {}.", all.join(", "));
            return Err(Error::invalid("value", message));
        }
        let all = VOTES.all(cx.conn(), ws, &[s.id.into(), item.into(), s.round.into()])?;
        match all.iter().find(|v| v.person_id == actor.person) {
            Some(before) => {
                let mut after = before.clone();
                wanted.clone_into(&mut after.value);
                cx.update(before, &mut after)?;
            }
            None => {
                let row = new_row!(
                    cx,
                    PokerVote {
                        product_id: s.product_id,
                        refinement_id: s.id,
                        item_id: item,
                        round: s.round,
                        person_id: actor.person,
                        value: wanted.to_owned(),
                    }
                );
                cx.insert(&row)?;
            }
        }
        shown(cx, &s)
    }
}

/// Show all votes, or begin another round.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RevealVotes {
    pub refinement: Id,
    /// Hides nothing but begins a new round.
    pub again: bool,
}

impl Action for RevealVotes {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "reveal-votes",
        "Show all votes, or begin another round",
        "POST",
        "/refinements/{refinement}/reveal",
    )
    .exercises(&[34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let ws = cx.workspace();
        let before = open(cx, self.refinement)?;
        let item = looked_at(&before)?;
        let mut after = before.clone();
        if self.again {
            (after.round, after.revealed) = (before.round + 1, false);
        } else {
            let values = [before.id.into(), item.into(), before.round.into()];
            if VOTES.all(cx.conn(), ws, &values)?.is_empty() {
                return Err(Error::refused("Nobody has voted yet."));
            }
            after.revealed = true;
        }
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Agree on the estimate of the item of a session.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AgreeEstimate {
    pub refinement: Id,
    /// A card of the deck that has a worth, or a number.
    pub value: String,
}

impl Action for AgreeEstimate {
    type Output = RefinementView;
    const META: Meta = Meta::action(
        "agree-estimate",
        "Agree on the estimate of the item of a session",
        "POST",
        "/refinements/{refinement}/agree",
    )
    .exercises(&[31, 34]);

    fn run(&self, cx: &mut Change<'_>) -> Result<RefinementView> {
        let ws = cx.workspace();
        let s = open(cx, self.refinement)?;
        let item: WorkItem = cx.get(looked_at(&s)?, "work item")?;
        let cards = deck(&deck_of(cx.conn(), ws, &s, Some(&item))?);
        let wanted = self.value.trim();
        let card = cards.iter().find(|(card, _)| *card == wanted);
        let points = card.and_then(|(_, worth)| *worth).or_else(|| wanted.parse().ok());
        let points = points.ok_or_else(|| {
            Error::invalid(
                "value",
                format!("“{wanted}” is no estimate. Choose a card with a worth."),
            )
        })?;
        let edit =
            EditWorkItem { key: item.key, points: Some(Some(points)), ..EditWorkItem::default() };
        edit.run(cx)?;
        shown(cx, &s)
    }
}
