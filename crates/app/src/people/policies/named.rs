//! States by name: those of a product and its teams, and which one somebody means.

use super::{Policy, PolicyState, of_product, of_team, teams_on};
use crate::db::Conn;
use crate::kernel::{Error, Id, Result};
use crate::people::products::CATEGORIES;

/// The names of all states that items of a product may be in, its own first.
pub fn state_names(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        of_product(conn, ws, product)?.states.iter().map(|s| s.name.clone()).collect();
    for (team, _) in teams_on(conn, ws, product)? {
        for state in of_team(conn, ws, team)?.iter().flat_map(|p| p.states.iter()) {
            if !names.contains(&state.name) {
                names.push(state.name.clone());
            }
        }
    }
    Ok(names)
}

/// The workflows of a product: its own, and those of the teams that work on it.
fn workflows_on(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Policy>> {
    let mut all = vec![of_product(conn, ws, product)?];
    for (team, _) in teams_on(conn, ws, product)? {
        all.extend(of_team(conn, ws, team)?);
    }
    Ok(all)
}

/// What the workflows of a product call a state now that they have under this name no more.
pub fn renamed(conn: &mut Conn, ws: i64, product: Id, name: &str) -> Result<Vec<String>> {
    let all = workflows_on(conn, ws, product)?;
    let mut now: Vec<String> = all
        .iter()
        .map(|policy| policy.now_called(name))
        .filter(|now| !now.eq_ignore_ascii_case(name.trim()))
        .map(str::to_owned)
        .collect();
    now.sort();
    now.dedup();
    Ok(now)
}

/// Whether somebody can mean a state of a product or of a team on it by this name: see [`resolve`].
pub fn knows_state(conn: &mut Conn, ws: i64, product: Id, name: &str) -> Result<bool> {
    for policy in &workflows_on(conn, ws, product)? {
        match resolve(conn, ws, policy, product, name) {
            Ok(_) => return Ok(true),
            Err(Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// The state that a person means: by its name, by what it means, by the name that the product has
/// for it, or by the one that it had before the workflow was changed.
pub fn resolve(
    conn: &mut Conn,
    ws: i64,
    policy: &Policy,
    product: Id,
    name: &str,
) -> Result<PolicyState> {
    if let Some(state) = policy.named(name) {
        return Ok(state.clone());
    }
    let word = name.trim().to_lowercase().replace(' ', "-");
    let mut meant = CATEGORIES.contains(&word.as_str()).then_some(word);
    if meant.is_none() && policy.team_id.is_some() {
        meant = of_product(conn, ws, product)?.named(name).map(|s| s.category.clone());
    }
    let became = || policy.named(policy.now_called(name)).cloned();
    let found = meant.and_then(|category| policy.meaning(&category).cloned()).or_else(became);
    let known = policy.states.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| {
        Error::invalid("state", format!("“{name}” is not a state here. There are: {known}."))
    })
}
