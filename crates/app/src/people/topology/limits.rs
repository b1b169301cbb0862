//! What a workspace finds too much for one team, and too long for two.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Error, Result};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope};
use crate::{new_row, record, selects};

record! {
    /// A workspace's own limits; one row.
    pub struct TeamLimits in "team_limits", versioned: true {
        pub products: i64,
        pub parts: i64,
        pub under_way: i64,
        pub collaborations: i64,
        pub collaboration_days: i64,
        pub facilitating_days: i64,
    }
}

impl Indexed for TeamLimits {}

selects! {
    OWN: TeamLimits = "team_limits", "gone_at IS NULL ORDER BY id LIMIT 1";
}

/// The limits as programs and pages see them; a warning comes above each.
#[derive(Clone, Copy, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct LimitsView {
    /// Products in which one team has parts or work in hand.
    pub products: i64,
    /// Parts that one team owns.
    pub parts: i64,
    /// Items that one team has in hand.
    pub under_way: i64,
    /// Collaborations of one stream-aligned team at once.
    pub collaborations: i64,
    /// Days of a collaboration.
    pub collaboration_days: i64,
    /// Days of facilitating.
    pub facilitating_days: i64,
}

impl Default for LimitsView {
    fn default() -> Self {
        Self {
            products: 2,
            parts: 6,
            under_way: 12,
            collaborations: 1,
            collaboration_days: 90,
            facilitating_days: 60,
        }
    }
}

impl From<&TeamLimits> for LimitsView {
    fn from(own: &TeamLimits) -> Self {
        Self {
            products: own.products,
            parts: own.parts,
            under_way: own.under_way,
            collaborations: own.collaborations,
            collaboration_days: own.collaboration_days,
            facilitating_days: own.facilitating_days,
        }
    }
}

/// The limits that hold in a workspace.
pub fn limits(conn: &mut Conn, ws: i64) -> Result<LimitsView> {
    Ok(OWN.first(conn, ws, &[])?.as_ref().map(LimitsView::from).unwrap_or_default())
}

/// Show above what a team has too much, and two teams work together too long.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTeamLimits {}

impl Query for GetTeamLimits {
    type Output = LimitsView;
    const META: Meta = Meta::query(
        "get-team-limits",
        "Show above what a team has too much, and two teams work together too long",
        "/teams/limits",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<LimitsView> {
        limits(cx.conn, cx.actor.workspace)
    }
}

/// Set above what a team has too much, and two teams work together too long.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetTeamLimits {
    pub products: Option<i64>,
    pub parts: Option<i64>,
    pub under_way: Option<i64>,
    pub collaborations: Option<i64>,
    pub collaboration_days: Option<i64>,
    pub facilitating_days: Option<i64>,
}

fn within(field: &'static str, given: Option<i64>, now: i64) -> Result<i64> {
    let value = given.unwrap_or(now);
    if (0..=10_000).contains(&value) {
        return Ok(value);
    }
    Err(Error::invalid(field, "A limit is a whole number from 0 to 10,000."))
}

impl Action for SetTeamLimits {
    type Output = LimitsView;
    const META: Meta = Meta::action(
        "set-team-limits",
        "Set above what a team has too much, and two teams work together too long",
        "POST",
        "/teams/limits",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<LimitsView> {
        let workspace = cx.workspace();
        let before = OWN.first(cx.conn(), workspace, &[])?;
        let now = before.as_ref().map(LimitsView::from).unwrap_or_default();
        let row = new_row!(
            cx,
            TeamLimits {
                products: within("products", self.products, now.products)?,
                parts: within("parts", self.parts, now.parts)?,
                under_way: within("under_way", self.under_way, now.under_way)?,
                collaborations: within("collaborations", self.collaborations, now.collaborations)?,
                collaboration_days: within(
                    "collaboration_days",
                    self.collaboration_days,
                    now.collaboration_days
                )?,
                facilitating_days: within(
                    "facilitating_days",
                    self.facilitating_days,
                    now.facilitating_days
                )?,
            }
        );
        match before {
            Some(before) => {
                let mut after = TeamLimits {
                    id: before.id,
                    revision: before.revision,
                    created_at: before.created_at,
                    valid_from: before.valid_from,
                    gone_at: None,
                    ..row
                };
                cx.update(&before, &mut after)?;
                Ok((&after).into())
            }
            None => {
                cx.insert(&row)?;
                Ok((&row).into())
            }
        }
    }
}
