//! Whether a charter still fits: its context as it was told against what the workspace knows now, as a
//! fourth team, another framework, another stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::{Access, Id, Result};
use crate::people::charters::arrangement::{Advice, advise, differences};
use crate::people::charters::{Charter, Context, Framework, Ground, Stage, charter};
use crate::people::{parts, policies, teams};
use crate::store::{Meta, Query, Reader};
use crate::what::lifecycle::lifecycle;

/// How a charter stands to its context.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Fit {
    /// Whether the context is as it was told when the charter was made.
    pub fits: bool,
    /// What is different now, in plain words.
    pub changed: Vec<String>,
    /// Whether that changes the advice.
    pub advice_changed: bool,
    pub advice: Advice,
}

/// The teams of a charter's scope.
fn teams_of(cx: &mut Reader<'_>, ground: &Ground) -> Result<Vec<Id>> {
    let ws = cx.actor.workspace;
    if let (None, Some(team)) = (&ground.product, ground.place.team) {
        return Ok(vec![team]);
    }
    let Some(product) = &ground.product else { return Ok(Vec::new()) };
    let mut ids: Vec<Id> = parts::of_product(cx.conn, ws, product.id)?
        .into_iter()
        .filter(|p| ground.place.part.is_none_or(|part| part == p.id))
        .filter_map(|p| p.team_id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The framework that all teams with a policy work by, if it is one.
fn framework(cx: &mut Reader<'_>, teams: &[Id]) -> Result<Option<Framework>> {
    let ws = cx.actor.workspace;
    let mut one = None;
    for team in teams {
        let Some(policy) = policies::of_team(cx.conn, ws, *team)? else { continue };
        let Ok(found) = Framework::parse(&policy.preset) else { continue };
        if one.is_some_and(|known| known != found) {
            return Ok(None);
        }
        one = Some(found);
    }
    Ok(one)
}

/// The context as the workspace knows it now; what it does not know stays as it was told.
fn now(cx: &mut Reader<'_>, charter: &Charter, ground: &Ground) -> Result<Context> {
    let ws = cx.actor.workspace;
    let told = &charter.context;
    let mut now = told.clone();
    let mut all = teams_of(cx, ground)?;
    let mut open = Vec::new();
    for id in all.drain(..) {
        if teams::by_id(cx.conn, ws, id).is_ok_and(|t| t.state == "active") {
            open.push(id);
        }
    }
    // What was told may count teams that are not entered here.
    now.teams = told.teams.max(u32::try_from(open.len()).unwrap_or(u32::MAX));
    if let Some(framework) = framework(cx, &open)? {
        now.framework = framework;
    }
    if let Some(product) = &ground.product
        && let Some(stage) = lifecycle(cx.conn, ws, product)?.stage
    {
        now.stage = match Stage::parse(&stage) {
            Ok(stage) => stage,
            Err(_) if stage == "idea" => Stage::Search,
            Err(_) => now.stage,
        };
    }
    Ok(now)
}

/// How an agreed charter stands to what is known now.
pub fn fit(cx: &mut Reader<'_>, charter: &Charter, ground: &Ground) -> Result<Fit> {
    let now = now(cx, charter, ground)?;
    let changed = differences(&charter.context, &now);
    let (then, advice) = (advise(&charter.context), advise(&now));
    Ok(Fit {
        fits: changed.is_empty(),
        advice_changed: then.arrangement != advice.arrangement,
        changed,
        advice,
    })
}

/// Check whether a charter still fits: what changed since it was made, and what is advised now.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckCharterFit {
    pub charter: Id,
}

impl Query for CheckCharterFit {
    type Output = Fit;
    const META: Meta = Meta::query(
        "check-charter-fit",
        "Check whether a charter still fits: what changed since it was made, and what is advised now",
        "/charters/{charter}/fit",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Fit> {
        let (charter, ground) = charter(cx.conn, cx.actor, self.charter, Access::Read)?;
        fit(cx, &charter, &ground)
    }
}
