//! Keeping answers, and showing the conversation as it stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answers::{Answers, Newcomer, Onboarding, current};
use crate::kernel::{Access, Id, Result};
use crate::people::charters::arrangement::{Advice, Arrangement};
use crate::people::members;
use crate::store::{Action, Change, Meta, Query, Reader, Scope};

/// The conversation as it stands, as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct OnboardingView {
    /// `open` or `done`.
    pub state: String,
    /// The step to go on with, from 1.
    pub step: i64,
    pub company: String,
    /// Why this preset is as it is.
    pub because: String,
    pub stage: String,
    pub framework: String,
    pub kinds: Vec<String>,
    pub product_name: String,
    pub product_key: String,
    pub teams: Vec<String>,
    pub people: Vec<Newcomer>,
    pub arrangement: Arrangement,
    pub advice: Advice,
    pub item: String,
    pub need: String,
    pub charter: Option<Id>,
    pub item_key: String,
    pub in_front: bool,
}

pub(super) fn view(kept: &Onboarding) -> OnboardingView {
    let held = kept.held();
    OnboardingView {
        state: kept.state.clone(),
        step: kept.step,
        company: held.context.company.as_str().to_owned(),
        because: held.preset.because.to_owned(),
        stage: held.context.stage.as_str().to_owned(),
        framework: held.context.framework.as_str().to_owned(),
        kinds: kept.kinds.0.clone(),
        product_name: kept.product_name.clone(),
        product_key: kept.product_key.clone(),
        teams: held.teams.iter().map(|(name, kind)| format!("{name}: {kind}")).collect(),
        people: kept.people.0.clone(),
        arrangement: held.arrangement,
        advice: held.advice,
        item: kept.item.clone(),
        need: kept.need.clone(),
        charter: kept.charter_id,
        item_key: kept.item_key.clone(),
        in_front: kept.in_front,
    }
}

/// The kept answers, or an empty row that is not written yet.
pub(super) fn kept(cx: &mut Change<'_>) -> Result<(Onboarding, bool)> {
    let ws = cx.workspace();
    match current(cx.conn(), ws)? {
        Some(kept) => Ok((kept, true)),
        None => Ok((Onboarding::unasked(cx.now), false)),
    }
}

/// Keep answers of the conversation with which a workspace begins; nothing is made yet.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(transparent)]
pub struct KeepOnboarding(pub Answers);

impl Action for KeepOnboarding {
    type Output = OnboardingView;
    const META: Meta = Meta::action(
        "keep-onboarding",
        "Keep answers of the conversation with which a workspace begins; nothing is made yet",
        "PATCH",
        "/onboarding",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<OnboardingView> {
        let (before, known) = kept(cx)?;
        let mut after = before.clone();
        self.0.over(&mut after)?;
        if known {
            cx.update(&before, &mut after)?;
        } else {
            cx.insert(&after)?;
        }
        Ok(view(&after))
    }
}

/// Show the conversation with which the workspace begins: what was answered, and what that calls for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetOnboarding {}

impl Query for GetOnboarding {
    type Output = OnboardingView;
    const META: Meta = Meta::query(
        "get-onboarding",
        "Show the conversation with which the workspace begins",
        "/onboarding",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<OnboardingView> {
        cx.actor.check_role(Access::Admin)?;
        let kept = current(cx.conn, cx.actor.workspace)?;
        Ok(view(&kept.unwrap_or_else(|| Onboarding::unasked(cx.now))))
    }
}

/// The name of whoever begins, which is known already.
pub(super) fn founder(cx: &mut Change<'_>) -> Result<members::Person> {
    let person = cx.actor.person;
    cx.get::<members::Person>(person, "person")
}
