//! Reasons for doing what somebody else answers for: asked after the fact, once for a person,
//! responsibility, scope and day. Keeping silent is an answer too.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ground;
use super::records::{OverrideReason, ScopeKind};
use super::standing::{Holding, Resolved};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::people::products::check_text;
use crate::store::{Action, Change, Meta, Place, Query, Reader, Scope, explain};
use crate::{new_row, statements};

statements! {
    OUTSIDE = "SELECT DISTINCT day, responsibility, product_id, part_id, team_id FROM exercised WHERE workspace_id = $1 AND change_id = $2 AND person_id = $3 AND outside = TRUE ORDER BY responsibility LIMIT 200";
    IN_PRODUCT = "SELECT day, person_id, responsibility, reason, COUNT(DISTINCT change_id) FROM exercised WHERE workspace_id = $1 AND product_id = $2 AND day >= $3 AND outside = TRUE GROUP BY day, person_id, responsibility, reason ORDER BY day DESC, responsibility, person_id LIMIT 100";
    IN_PART = "SELECT day, person_id, responsibility, reason, COUNT(DISTINCT change_id) FROM exercised WHERE workspace_id = $1 AND product_id = $2 AND part_id = $4 AND day >= $3 AND outside = TRUE GROUP BY day, person_id, responsibility, reason ORDER BY day DESC, responsibility, person_id LIMIT 100";
    IN_TEAM = "SELECT day, person_id, responsibility, reason, COUNT(DISTINCT change_id) FROM exercised WHERE workspace_id = $1 AND team_id = $2 AND day >= $3 AND outside = TRUE GROUP BY day, person_id, responsibility, reason ORDER BY day DESC, responsibility, person_id LIMIT 100";
}

/// The scope whose charter gives it to somebody else: what one reason serves for.
pub(super) fn scope_of(resolved: &Resolved, place: Place) -> Place {
    match resolved.kind {
        Some(ScopeKind::Team) => Place { team: place.team, ..Place::default() },
        Some(ScopeKind::Part) => Place { team: None, ..place },
        _ => Place { product: place.product, ..Place::default() },
    }
}

/// What a change did that somebody else answers for.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Explained {
    /// Names by number.
    pub responsibilities: BTreeMap<u8, String>,
    pub reason: String,
}

/// What a change of a person did outside their charter: day, responsibility, place.
pub fn outside(
    conn: &mut Conn,
    workspace: i64,
    change: Id,
    person: Id,
) -> Result<Vec<(Day, u8, Place)>> {
    let values = [workspace.into(), change.into(), person.into()];
    conn.query(&OUTSIDE, &values, |r| {
        let place = Place { product: r.get(2)?, part: r.get(3)?, team: r.get(4)? };
        Ok((r.get(0)?, u8::try_from(r.get::<i64>(1)?).unwrap_or_default(), place))
    })
}

/// Say why you did what somebody else answers for; it holds for the day.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ExplainOverride {
    /// The change that you made.
    pub change: Id,
    /// In a few words.
    pub why: String,
}

impl Action for ExplainOverride {
    type Output = Explained;
    const META: Meta = Meta::action(
        "explain-override",
        "Say why you did what somebody else answers for",
        "POST",
        "/charters/overrides/{change}",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Explained> {
        let (workspace, person) = (cx.workspace(), cx.actor.person);
        let reason = check_text("why", self.why.trim())?;
        if reason.is_empty() {
            return Err(Error::invalid("why", "Write a few words, or leave it."));
        }
        let done = outside(cx.conn(), workspace, self.change, person)?;
        if done.is_empty() {
            return Err(Error::NotFound("change"));
        }
        let mut responsibilities = BTreeMap::new();
        let mut kept: Vec<(u8, Place)> = Vec::new();
        let names = crate::people::responsibilities::names(cx.conn(), workspace)?;
        for (day, number, place) in done {
            let holding = Holding::at(cx.conn(), workspace, &place, day)?;
            let scope = scope_of(&holding.resolve(number), place);
            responsibilities.insert(number, names.get(&number).cloned().unwrap_or_default());
            if kept.contains(&(number, scope)) {
                continue;
            }
            kept.push((number, scope));
            let row = new_row!(
                cx,
                OverrideReason {
                    person_id: person,
                    day: day,
                    responsibility: i64::from(number),
                    product_id: scope.product,
                    part_id: scope.part,
                    team_id: scope.team,
                    change_id: self.change,
                    reason: reason.clone(),
                }
            );
            cx.insert(&row)?;
        }
        explain(cx.exempt(), workspace, self.change, person, &reason)?;
        Ok(Explained { responsibilities, reason })
    }
}

/// What was done on a day by somebody who does not answer for it.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Override {
    pub day: Day,
    pub person: Id,
    pub person_name: String,
    pub responsibility: u8,
    pub name: String,
    /// As it was given; nothing where none was.
    pub reason: Option<String>,
    pub times: i64,
}

/// List what was done in a charter's scope by those who do not answer for it, in the last 90 days.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOverrides {
    pub charter: Id,
}

impl Query for ListOverrides {
    type Output = Vec<Override>;
    const META: Meta = Meta::query(
        "list-overrides",
        "List what was done in a charter's scope by those who do not answer for it",
        "/charters/{charter}/overrides",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Override>> {
        let workspace = cx.actor.workspace;
        let (charter, found) = ground::charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        let people = crate::people::members::names(cx.conn, workspace)?;
        let names = crate::people::responsibilities::names(cx.conn, workspace)?;
        let since = cx.now.day().plus_days(-90);
        let product = found.place.product;
        let (sql, values) = match charter.kind() {
            ScopeKind::Product => {
                (&IN_PRODUCT, vec![workspace.into(), product.into(), since.into()])
            }
            ScopeKind::Part => {
                let part = charter.scope_id.into();
                (&IN_PART, vec![workspace.into(), product.into(), since.into(), part])
            }
            ScopeKind::Team => {
                (&IN_TEAM, vec![workspace.into(), charter.scope_id.into(), since.into()])
            }
        };
        let rows = cx.conn.query(sql, &values, |r| {
            let number = u8::try_from(r.get::<i64>(2)?).unwrap_or_default();
            let person: Id = r.get(1)?;
            Ok(Override {
                day: r.get(0)?,
                person,
                person_name: people.get(&person).cloned().unwrap_or_default(),
                responsibility: number,
                name: names.get(&number).cloned().unwrap_or_default(),
                reason: r.get(3)?,
                times: r.get(4)?,
            })
        })?;
        Ok(rows)
    }
}
