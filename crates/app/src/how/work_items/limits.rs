//! Entering a state: what the policy lets follow, and the limits of what is under way.

use super::{WorkItem, may_wait, stamp};
use crate::db::{Conn, Value};
use crate::how::blockers;
use crate::kernel::{Error, Id, Result};
use crate::people::policies::{self, Owner, Policy, PolicyState};
use crate::statements;
use crate::store::Change;

statements! {
    IN_TEAMS_STATE = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND team_id = $2 AND state = $3 AND level <> 'epic' AND id <> $4 LIMIT 1000) AS counted";
    IN_PRODUCTS_STATE = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND state = $3 AND team_id IS NULL AND level <> 'epic' AND id <> $4 LIMIT 1000) AS counted";
    CLASS_OF_TEAM = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND team_id = $2 AND state = $3 AND level <> 'epic' AND id <> $4 AND COALESCE(service, 'standard') = $5 LIMIT 1000) AS counted";
    CLASS_OF_PRODUCT = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 AND state = $3 AND team_id IS NULL AND level <> 'epic' AND id <> $4 AND COALESCE(service, 'standard') = $5 LIMIT 1000) AS counted";
    OF_PERSON = "SELECT COUNT(*) FROM (SELECT 1 FROM work_item_now WHERE workspace_id = $1 AND assignee_id = $2 AND level <> 'epic' AND category = 'started' AND id <> $3 LIMIT 1000) AS counted";
}

/// How full the place is that an item would enter: the limits that it would break, in words.
#[derive(Default, Debug)]
pub struct Load {
    pub over: Vec<String>,
}

fn count(conn: &mut Conn, sql: &crate::db::Sql, values: &[Value]) -> Result<i64> {
    conn.query_one(sql, values, |r| r.get(0))
}

fn held(conn: &mut Conn, ws: i64, policy: &Policy, state: &str, but: Id) -> Result<i64> {
    let (sql, owner) = match policy.owner() {
        Owner::Team(team) => (&IN_TEAMS_STATE, team),
        Owner::Product(product) => (&IN_PRODUCTS_STATE, product),
    };
    count(conn, sql, &[ws.into(), owner.into(), state.into(), but.into()])
}

/// Whether as many of the item's class are started as the policy lets: also what is expedited has room
/// for only so many.
fn class_full(
    conn: &mut Conn,
    ws: i64,
    policy: &Policy,
    item: &WorkItem,
) -> Result<Option<String>> {
    let class = item.service.as_deref().unwrap_or("standard");
    let Some(limit) = policy.class_limit(class) else { return Ok(None) };
    // What is started moves on within its class.
    if item.category == "started" {
        return Ok(None);
    }
    let mut held = 0;
    for state in policy.states.iter().filter(|s| s.category == "started") {
        let (sql, owner) = match policy.owner() {
            Owner::Team(team) => (&CLASS_OF_TEAM, team),
            Owner::Product(product) => (&CLASS_OF_PRODUCT, product),
        };
        let name = state.name.as_str();
        held += count(
            conn,
            sql,
            &[ws.into(), owner.into(), name.into(), item.id.into(), class.into()],
        )?;
    }
    let word = class.replace('-', " ");
    Ok((held >= limit).then(|| format!("{held} of {limit} of the class {word} are started")))
}

/// The limits that an item breaks by entering a state.
pub fn load(
    conn: &mut Conn,
    ws: i64,
    policy: &Policy,
    item: &WorkItem,
    to: &PolicyState,
) -> Result<Load> {
    let mut load = Load::default();
    if item.level != "epic" && to.category == "started" {
        load.over.extend(class_full(conn, ws, policy, item)?);
    }
    if item.level == "epic" || item.service.as_deref() == Some("expedite") {
        return Ok(load);
    }
    if let Some(limit) = to.limit {
        let held = held(conn, ws, policy, &to.name, item.id)?;
        if held >= limit {
            load.over.push(format!("“{}” holds {held} of {limit}", to.name));
        }
    }
    if to.category != "started" {
        return Ok(load);
    }
    if let (Some(limit), Some(person)) = (policy.wip_person, item.assignee_id) {
        let held = count(conn, &OF_PERSON, &[ws.into(), person.into(), item.id.into()])?;
        if held >= limit {
            load.over.push(format!("whoever it is assigned to has started {held} of {limit}"));
        }
    }
    if let Some(limit) = policy.wip_total {
        let mut total = 0;
        for state in policy.states.iter().filter(|s| s.category == "started") {
            total += held(conn, ws, policy, &state.name, item.id)?;
        }
        if total >= limit {
            load.over.push(format!("{total} of {limit} are started in all"));
        }
    }
    Ok(load)
}

/// Brings an item into a state of its workflow, as far as the policy lets it; the first state where
/// none is named.
pub fn enter(cx: &mut Change<'_>, item: &mut WorkItem, name: &str) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    let state = if name.trim().is_empty() {
        let first = policy.states.first().cloned();
        first.ok_or_else(|| Error::refused("This workflow has no states."))?
    } else {
        policies::resolve(cx.conn(), ws, &policy, item.product_id, name)?
    };
    if state.name != item.state {
        policy.check_step(&item.state, &state)?;
        if policy.wip_rule == "block" {
            let load = load(cx.conn(), ws, &policy, item, &state)?;
            if !load.over.is_empty() {
                let passes = match item.service.as_deref() {
                    Some("expedite") => "",
                    _ => "; what is expedited may pass",
                };
                return Err(Error::refused(format!(
                    "There is no room: {}. Finish something first{passes}.",
                    load.over.join(", and ")
                )));
            }
        }
    }
    put(cx, item, &state);
    if matches!(state.category.as_str(), "accepted" | "dropped") {
        blockers::end(cx, item.id)?;
    }
    Ok(())
}

/// Writes the state, with the times that it brings.
pub(super) fn put(cx: &mut Change<'_>, item: &mut WorkItem, state: &PolicyState) {
    // Whoever moved it on has looked at it.
    let moved = !item.state.is_empty() && item.state != state.name;
    if moved || !may_wait(&state.category) {
        item.triage_on = None;
    }
    item.state.clone_from(&state.name);
    item.category.clone_from(&state.category);
    stamp(item, cx.happened);
}

/// Brings a task of a checklist into the state that means `category`, straight: what may follow what
/// is meant for what stands in the backlog by itself.
pub fn settle(cx: &mut Change<'_>, item: &mut WorkItem, category: &str) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    if let Some(state) = policy.meaning(category).cloned() {
        put(cx, item, &state);
    }
    if matches!(item.category.as_str(), "accepted" | "dropped") {
        blockers::end(cx, item.id)?;
    }
    Ok(())
}

/// Finds the place of an item in the workflow that holds for it now.
pub fn fit(cx: &mut Change<'_>, item: &mut WorkItem) -> Result<()> {
    let ws = cx.workspace();
    let policy = policies::workflow(cx.conn(), ws, item.product_id, item.team_id)?;
    if let Some(state) = policy.fitting(&item.state, &item.category).cloned() {
        put(cx, item, &state);
    }
    Ok(())
}
