//! Putting a policy into force: every item finds its state in the new workflow, nothing is lost, and
//! what each state became is kept, so that figures of the past can be read by the new definitions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::work_items::{WorkItem, stamp};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::policies::{self, Owner, Policy, PolicyState, PolicyView};
use crate::people::products::{self, CATEGORIES};
use crate::store::{Action, Change, Fields, Meta, Query, Reader, Scope};
use crate::{selects, statements};

statements! {
    STATES_OF_TEAM = "SELECT state, category, COUNT(*) FROM work_item WHERE workspace_id = $1 AND team_id = $2 AND gone_at IS NULL GROUP BY state, category ORDER BY state";
    STATES_OF_PRODUCT = "SELECT state, category, COUNT(*) FROM work_item WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL AND (team_id IS NULL OR team_id NOT IN (SELECT p.team_id FROM policy p WHERE p.workspace_id = $1 AND p.team_id IS NOT NULL AND p.state = 'active' AND p.gone_at IS NULL)) GROUP BY state, category ORDER BY state";
}

selects! {
    OF_TEAM: WorkItem = "work_item", "team_id = $2 AND gone_at IS NULL AND id > $3 ORDER BY id LIMIT 500";
    OF_PRODUCT: WorkItem = "work_item", "product_id = $2 AND gone_at IS NULL AND (team_id IS NULL OR team_id NOT IN (SELECT p.team_id FROM policy p WHERE p.workspace_id = $1 AND p.team_id IS NOT NULL AND p.state = 'active' AND p.gone_at IS NULL)) AND id > $3 ORDER BY id LIMIT 500";
}

/// What the items of a state become.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct StateMove {
    pub from: String,
    /// What the state meant.
    pub category: String,
    pub items: i64,
    pub to: String,
    /// What it will mean.
    pub to_category: String,
}

/// What putting a policy into force does to the items.
#[derive(Serialize, JsonSchema)]
pub struct SwitchPreview {
    pub policy: PolicyView,
    /// The policy that it takes the place of.
    pub replaces: Option<PolicyView>,
    pub moves: Vec<StateMove>,
    pub items: i64,
}

fn target<'p>(
    policy: &'p Policy,
    maps: &Fields,
    from: &str,
    category: &str,
) -> Result<&'p PolicyState> {
    match maps.get(from).filter(|to| !to.trim().is_empty()) {
        Some(to) => policy.named(to).ok_or_else(|| {
            Error::invalid("maps", format!("The new workflow has no state “{to}”."))
        }),
        None => policy
            .fitting(from, category)
            .ok_or_else(|| Error::refused("The new workflow has no states.")),
    }
}

fn moves(conn: &mut Conn, ws: i64, policy: &Policy, maps: &Fields) -> Result<Vec<StateMove>> {
    let (sql, id) = match policy.owner() {
        Owner::Team(team) => (&STATES_OF_TEAM, team),
        Owner::Product(product) => (&STATES_OF_PRODUCT, product),
    };
    let rows: Vec<(String, String, i64)> =
        conn.query(sql, &[ws.into(), id.into()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let before = policies::active(conn, ws, policy.owner())?.filter(|p| p.id != policy.id);
    let place = |name: &str| before.as_ref().and_then(|p| p.place(name)).unwrap_or(usize::MAX);
    let mut rows = rows;
    rows.sort_by_key(|(from, category, _)| {
        (place(from), CATEGORIES.iter().position(|c| c == category), from.clone())
    });
    rows.into_iter()
        .map(|(from, category, items)| {
            let state = target(policy, maps, &from, &category)?;
            let (to, to_category) = (state.name.clone(), state.category.clone());
            Ok(StateMove { from, category, items, to, to_category })
        })
        .collect()
}

/// Preview what putting a drafted policy into force does to the items.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewPolicy {
    pub policy: Id,
    /// State by state what it becomes; what is left out goes where it fits.
    pub maps: Fields,
}

impl Query for PreviewPolicy {
    type Output = SwitchPreview;
    const META: Meta = Meta::query(
        "preview-policy",
        "Preview what putting a drafted policy into force does to the items",
        "/policies/{policy}/preview",
    )
    .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<SwitchPreview> {
        let ws = cx.actor.workspace;
        let policy = policies::policy(cx.conn, cx.actor, self.policy, Access::Read)?;
        let moves = moves(cx.conn, ws, &policy, &self.maps)?;
        let before = policies::active(cx.conn, ws, policy.owner())?.filter(|p| p.id != policy.id);
        let replaces = match before {
            Some(before) => Some(policies::view(cx.conn, cx.actor, &before)?),
            None => None,
        };
        Ok(SwitchPreview {
            policy: policies::view(cx.conn, cx.actor, &policy)?,
            replaces,
            items: moves.iter().map(|m| m.items).sum(),
            moves,
        })
    }
}

/// Put a drafted policy into force: items find their states in it, the one before is superseded.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct ActivatePolicy {
    pub policy: Id,
    /// State by state what it becomes; what is left out goes where it fits.
    pub maps: Fields,
}

impl Action for ActivatePolicy {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "activate-policy",
        "Put a drafted policy into force: items find their states in it, the one before is superseded",
        "POST",
        "/policies/{policy}/activate",
    )
    .exercises(&[40])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let draft = policies::policy(cx.conn(), &actor, self.policy, Access::Write)?;
        if draft.state != "draft" {
            return Err(Error::refused(format!("This policy is {} already.", draft.state)));
        }
        activate(cx, &draft, &self.maps)
    }
}

/// Adopt a framework for a team or a product in one step: drafted and put into force.
#[derive(Deserialize, JsonSchema, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct AdoptFramework {
    pub team: Option<Id>,
    /// A product's key, for its own policy.
    pub product: Option<String>,
    /// `scrum`, `kanban`, `lightweight` or `hybrid`.
    pub preset: String,
    /// `lean`, `team-topologies`.
    pub overlays: Vec<String>,
    /// State by state what it becomes; what is left out goes where it fits.
    pub maps: Fields,
}

impl Action for AdoptFramework {
    type Output = PolicyView;
    const META: Meta = Meta::action(
        "adopt-framework",
        "Adopt a framework for a team or a product in one step: drafted and put into force",
        "POST",
        "/policies/adopt",
    )
    .exercises(&[40])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<PolicyView> {
        let actor = cx.actor.clone();
        let product = self.product.as_deref();
        let owner = policies::owner(cx.conn(), &actor, self.team, product, Access::Write)?;
        let draft = policies::draft(cx, owner, Some(&self.preset), &self.overlays)?;
        activate(cx, &draft, &self.maps)
    }
}

fn check(policy: &Policy) -> Result<()> {
    for category in ["started", "accepted"] {
        if !policy.states.iter().any(|s| s.category == category) {
            return Err(Error::refused(format!(
                "No state of this workflow counts as {category}, so nothing could ever be {}. Add one.",
                if category == "started" { "begun" } else { "finished" }
            )));
        }
    }
    Ok(())
}

/// Refuses to map what is no state of the old workflow, so that no typing error passes for a wish.
fn check_maps(
    conn: &mut Conn,
    ws: i64,
    draft: &Policy,
    before: &Policy,
    maps: &Fields,
) -> Result<()> {
    let mut known: Vec<String> = before.states.iter().map(|s| s.name.clone()).collect();
    known.extend(moves(conn, ws, draft, maps)?.into_iter().map(|one| one.from));
    known.sort();
    known.dedup();
    match maps.keys().find(|from| !known.contains(from)) {
        Some(from) => {
            let known = known.join(", ");
            let message =
                format!("“{from}” is no state of the workflow until now. There are: {known}.");
            Err(Error::invalid("maps", message))
        }
        None => Ok(()),
    }
}

fn activate(cx: &mut Change<'_>, draft: &Policy, maps: &Fields) -> Result<PolicyView> {
    let (actor, ws) = (cx.actor.clone(), cx.workspace());
    check(draft)?;
    hold_orders(cx, draft.owner())?;
    let before = policies::active(cx.conn(), ws, draft.owner())?;
    if let Some(before) = &before {
        check_maps(cx.conn(), ws, draft, before, maps)?;
    }
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    for one in moves(cx.conn(), ws, draft, maps)? {
        kept.insert(one.from, one.to);
    }
    // Until a team has a policy, the product's holds: its states are read by the new definitions too.
    for state in before.iter().flat_map(|p| p.states.iter()) {
        if !kept.contains_key(&state.name) {
            let to = target(draft, maps, &state.name, &state.category)?.name.clone();
            kept.insert(state.name.clone(), to);
        }
    }
    // Rules, filters and views may still name states of workflows long gone.
    for (older, old) in before.iter().flat_map(|p| p.maps.iter()) {
        if let Some(now) = kept.get(old).filter(|now| *now != older).cloned() {
            kept.entry(older.clone()).or_insert(now);
        }
    }
    if let Some(before) = &before {
        let mut old = before.clone();
        "superseded".clone_into(&mut old.state);
        cx.update(before, &mut old)?;
    }
    let mut after = draft.clone();
    "active".clone_into(&mut after.state);
    after.since = Some(cx.happened);
    after.maps = Fields(kept);
    cx.update(draft, &mut after)?;
    move_items(cx, &after, maps)?;
    policies::view(cx.conn(), &actor, &after)
}

/// Waits until nothing is created under the workflow until now: it would keep a state that is gone.
fn hold_orders(cx: &mut Change<'_>, owner: Owner) -> Result<()> {
    let ws = cx.workspace();
    let mut held = match owner {
        Owner::Product(product) => vec![product],
        Owner::Team(_) => products::every(cx.conn(), ws)?.iter().map(|p| p.id).collect(),
    };
    // In one order, whoever else holds several.
    held.sort();
    held.into_iter().try_for_each(|product| products::lock_order(cx, product))
}

fn move_items(cx: &mut Change<'_>, policy: &Policy, maps: &Fields) -> Result<()> {
    let ws = cx.workspace();
    let (select, owner) = match policy.owner() {
        Owner::Team(team) => (&OF_TEAM, team),
        Owner::Product(product) => (&OF_PRODUCT, product),
    };
    let mut after = Id(uuid::Uuid::nil());
    loop {
        let items = select.all(cx.conn(), ws, &[owner.into(), after.into()])?;
        let Some(last) = items.last() else { return Ok(()) };
        after = last.id;
        for item in &items {
            let state = target(policy, maps, &item.state, &item.category)?;
            let mut moved = item.clone();
            moved.state.clone_from(&state.name);
            if moved.category != state.category {
                moved.category.clone_from(&state.category);
                stamp(&mut moved, cx.happened);
            }
            cx.update(item, &mut moved)?;
        }
    }
}
