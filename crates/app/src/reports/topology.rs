//! The map of teams: their types, parts and members, what they have with each other, and what of it
//! asks for attention; today, or as it stood at the end of a past day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Id, Result};
use crate::people::topology::{
    InHand, InteractionView, Landscape, LimitsView, TeamWarning, landscape, limits, warnings,
};
use crate::statements;
use crate::store::{Meta, Query, Reader, Scope};

statements! {
    IN_HAND = "SELECT team_id, product_id, part_id, COUNT(*) FROM work_item_now WHERE workspace_id = $1 AND gone_at IS NULL AND team_id IS NOT NULL AND level <> 'epic' AND (category = 'started' OR category = 'in-review') GROUP BY team_id, product_id, part_id LIMIT 5000";
}

/// A team as the map shows it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct MapTeam {
    pub id: Id,
    pub name: String,
    /// `stream-aligned`, `enabling`, `complicated-subsystem` or `platform`.
    pub kind: String,
    pub members: i64,
    /// Its parts, as “Fares of Southway Tickets”.
    pub parts: Vec<String>,
    /// Items that it has in hand; nothing of past days.
    pub in_hand: Option<i64>,
}

/// The map of teams on a day.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TeamMap {
    pub day: Day,
    pub teams: Vec<MapTeam>,
    pub interactions: Vec<InteractionView>,
    pub warnings: Vec<TeamWarning>,
    pub limits: LimitsView,
}

/// Show the map of teams: types, interactions, parts, and what asks for attention.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetTeamMap {
    /// As it stood at the end of this day; today, if left out.
    pub day: Option<Day>,
}

impl Query for GetTeamMap {
    type Output = TeamMap;
    const META: Meta = Meta::query(
        "get-team-map",
        "Show the map of teams: types, interactions, parts, and what asks for attention",
        "/teams/map",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<TeamMap> {
        cx.actor.check_role(Access::Write)?;
        let today = cx.now.day();
        let day = self.day.unwrap_or(today).min(today);
        let land = landscape(cx.conn, cx.actor, day)?;
        let limits = limits(cx.conn, cx.actor.workspace)?;
        let hand = if day == today { in_hand(cx.conn, cx.actor, &land)? } else { Vec::new() };
        let warnings = warnings(&land, &limits, &hand);
        Ok(TeamMap {
            day,
            teams: teams(&land, (day == today).then_some(hand.as_slice())),
            interactions: interactions(&land),
            warnings,
            limits,
        })
    }
}

/// What teams have in hand, in products that the actor sees.
fn in_hand(conn: &mut Conn, actor: &Actor, land: &Landscape) -> Result<Vec<InHand>> {
    let mut all = conn.query(&IN_HAND, &[actor.workspace.into()], |r| {
        Ok(InHand { team: r.get(0)?, product: r.get(1)?, part: r.get(2)?, items: r.get(3)? })
    })?;
    all.retain(|h| land.product(h.product).is_some());
    Ok(all)
}

fn teams(land: &Landscape, hand: Option<&[InHand]>) -> Vec<MapTeam> {
    land.teams
        .iter()
        .map(|t| MapTeam {
            id: t.id,
            name: t.name.clone(),
            kind: t.kind.clone(),
            members: land.members.get(&t.id).copied().unwrap_or_default(),
            parts: land
                .parts
                .iter()
                .filter(|p| p.team_id == Some(t.id))
                .filter_map(|p| Some(format!("{} of {}", p.name, land.product(p.product_id)?.name)))
                .collect(),
            in_hand: hand.map(|all| all.iter().filter(|h| h.team == t.id).map(|h| h.items).sum()),
        })
        .collect()
}

fn interactions(land: &Landscape) -> Vec<InteractionView> {
    land.interactions
        .iter()
        .filter_map(|i| {
            let (team, other) = (land.team(i.team_id)?, land.team(i.other_id)?);
            Some(i.view(&team.name, &other.name, land.day))
        })
        .collect()
}
