//! The states of a drafted policy: added, renamed, limited, moved, removed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::draft::open;
use super::views::{PolicyView, view};
use super::{Policy, PolicyState, of_product};
use crate::kernel::{Error, Id, Result};
use crate::people::nouns::one_of;
use crate::people::products::{CATEGORIES, check_title};
use crate::store::{Action, Change, Meta, Scope};

/// Add a state to a drafted policy, or change the one of that name.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetPolicyState {
    pub policy: Id,
    pub name: String,
    /// Its new name.
    pub rename: Option<String>,
    /// What it means: `backlog`, `unstarted`, `started`, `in-review`, `accepted` or `dropped`.
    pub category: Option<String>,
    /// The most items that it should hold; 0 for no limit.
    pub limit: Option<i64>,
    /// What has to be true before an item leaves it.
    pub exit: Option<String>,
    /// The state that it stands before; a new one stands last if left out.
    pub before: Option<String>,
}

/// Gives a state another name wherever the policy speaks of it.
fn rename(policy: &mut Policy, from: &str, to: &str) {
    for name in [&mut policy.started, &mut policy.finished] {
        if *name == from {
            to.clone_into(name);
        }
    }
    for step in &mut policy.transitions.0 {
        for name in [&mut step.from, &mut step.to] {
            if *name == from {
                to.clone_into(name);
            }
        }
    }
}

impl Action for SetPolicyState {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "set-policy-state",
        "Add a state to a drafted policy, or change the one of that name",
        "POST",
        "/policies/{policy}/states",
    )
    .exercises(&[40, 43])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let policy = open(cx, self.policy)?;
        let mut after = policy.clone();
        let at = policy.states.iter().position(|s| s.name.eq_ignore_ascii_case(self.name.trim()));
        let mut state = match at {
            Some(at) => after.states.0.remove(at),
            None => {
                PolicyState { name: check_title("name", &self.name)?, ..PolicyState::default() }
            }
        };
        if let Some(name) = self.rename.as_deref().filter(|n| !n.trim().is_empty()) {
            let name = check_title("rename", name)?;
            rename(&mut after, &state.name, &name);
            state.name = name;
        }
        if after.named(&state.name).is_some() {
            return Err(Error::invalid("name", "There is a state of that name already."));
        }
        let usual = if state.category.is_empty() { "unstarted" } else { &state.category };
        state.category = one_of("category", self.category.as_deref(), usual, &CATEGORIES)?;
        if let Some(limit) = self.limit {
            if !(0..=1000).contains(&limit) {
                return Err(Error::invalid("limit", "A limit goes to 1000; 0 is none."));
            }
            state.limit = Some(limit).filter(|l| *l > 0);
        }
        if let Some(exit) = &self.exit {
            exit.trim().clone_into(&mut state.exit);
        }
        let before = self.before.as_deref().filter(|b| !b.trim().is_empty());
        let place = match before {
            Some(next) => after
                .states
                .iter()
                .position(|s| s.name.eq_ignore_ascii_case(next.trim()))
                .ok_or_else(|| {
                    Error::invalid("before", format!("There is no state “{next}” in it."))
                })?,
            None => at.unwrap_or(after.states.len()),
        };
        after.states.0.insert(place, state);
        if after.states.len() > 30 {
            return Err(Error::invalid("name", "A workflow has up to 30 states."));
        }
        cx.update(&policy, &mut after)?;
        view(cx.conn(), &actor, &after)
    }
}

/// Remove a state from a drafted policy.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RemovePolicyState {
    pub policy: Id,
    pub name: String,
}

impl Action for RemovePolicyState {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "remove-policy-state",
        "Remove a state from a drafted policy",
        "POST",
        "/policies/{policy}/states/remove",
    )
    .exercises(&[40])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let before = open(cx, self.policy)?;
        let Some(state) = before.named(&self.name).cloned() else {
            return Err(Error::NotFound("state"));
        };
        if [&before.started, &before.finished].contains(&&state.name) {
            return Err(Error::refused(format!(
                "The cycle time is counted from or to “{}”. Choose another state for that first.",
                state.name
            )));
        }
        let mut after = before.clone();
        after.states.0.retain(|s| s.name != state.name);
        after.transitions.0.retain(|t| t.from != state.name && t.to != state.name);
        cx.update(&before, &mut after)?;
        view(cx.conn(), &actor, &after)
    }
}

/// Adds states to a product's workflow, as imports bring them: behind those that mean the same or come
/// before, and never first, where what is new begins.
pub fn add_states(cx: &mut Change<'_>, product: Id, new: &[(String, String)]) -> Result<()> {
    let ws = cx.workspace();
    let before = of_product(cx.conn(), ws, product)?;
    let mut after = before.clone();
    for (name, category) in new {
        if before.states.iter().all(|s| s.name != *name) {
            let place = |of: &str| CATEGORIES.iter().position(|c| *c == of);
            let before = |s: &PolicyState| place(&s.category) <= place(category);
            let at = after.states.iter().rposition(before).map_or(1, |at| at + 1);
            let at = at.min(after.states.0.len());
            let (name, category) = (name.clone(), category.clone());
            after.states.0.insert(at, PolicyState { name, category, ..PolicyState::default() });
        }
    }
    cx.update(&before, &mut after)
}
