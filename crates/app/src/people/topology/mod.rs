//! How teams work with each other: in one of the three modes of Team Topologies, with a purpose and,
//! where it is to pass, an end that is expected.

mod acts;
mod landscape;
mod limits;
mod warn;

pub use acts::{BeginInteraction, EditInteraction, EndInteraction};
pub use landscape::{Landscape, landscape};
pub use limits::{GetTeamLimits, LimitsView, SetTeamLimits, TeamLimits, limits};
pub use warn::{InHand, TeamWarning, of_team, warnings};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nouns::{Page, after_id, cut};
use super::teams::{self, Team};
use crate::db::Conn;
use crate::kernel::{Access, Day, Error, Id, Result};
use crate::store::{Change, Indexed, Meta, Query, Reader, Scope, load};
use crate::{record, selects};

record! {
    /// Two teams that work with each other.
    pub struct Interaction in "team_interaction", versioned: true {
        /// Who offers the service or facilitates; in a collaboration either of the two.
        pub team_id: Id,
        pub other_id: Id,
        /// One of [`MODES`].
        pub mode: String,
        pub purpose: String,
        pub starts: Day,
        /// When it is expected to end; a service may go on.
        pub ends: Option<Day>,
        pub ended_on: Option<Day>,
        /// Why it ended.
        pub because: String,
    }
}

impl Indexed for Interaction {
    fn team(&self) -> Option<Id> {
        Some(self.team_id)
    }
}

/// The interaction modes of Team Topologies.
pub const MODES: [&str; 3] = ["collaboration", "x-as-a-service", "facilitating"];

/// A mode as people read it.
pub fn mode_words(mode: &str) -> &'static str {
    match mode {
        "x-as-a-service" => "X-as-a-service",
        "facilitating" => "Facilitating",
        _ => "Collaboration",
    }
}

selects! {
    PAGE: Interaction = "team_interaction", "gone_at IS NULL AND id < $2 ORDER BY id DESC LIMIT $3";
    PAGE_OF: Interaction = "team_interaction", "(team_id = $2 OR other_id = $2) AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
    RUNNING_OF: Interaction = "team_interaction", "(team_id = $2 OR other_id = $2) AND ended_on IS NULL AND gone_at IS NULL ORDER BY starts, id LIMIT 200";
}

/// What of a team's interactions has not ended, the oldest first.
pub fn running_of(conn: &mut Conn, ws: i64, team: Id) -> Result<Vec<Interaction>> {
    RUNNING_OF.all(conn, ws, &[team.into()])
}

/// The end of a team ends what it had with others.
pub(super) fn end_all(cx: &mut Change<'_>, team: &Team) -> Result<()> {
    let (ws, today) = (cx.workspace(), cx.now.day());
    for before in running_of(cx.conn(), ws, team.id)? {
        let mut after = before.clone();
        after.ended_on = Some(today.max(before.starts));
        after.because = format!("The team “{}” was closed.", team.name);
        cx.update(&before, &mut after)?;
    }
    Ok(())
}

/// An interaction as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct InteractionView {
    pub id: Id,
    /// Who offers the service or facilitates; in a collaboration either of the two.
    pub team: Id,
    pub team_name: String,
    pub other: Id,
    pub other_name: String,
    /// `collaboration`, `x-as-a-service` or `facilitating`.
    pub mode: String,
    pub purpose: String,
    pub starts: Day,
    /// When it is expected to end.
    pub ends: Option<Day>,
    pub ended_on: Option<Day>,
    /// Why it ended.
    pub because: String,
    /// `to come`, `running`, `overdue` or `ended`.
    pub state: String,
    pub revision: i64,
}

impl Interaction {
    /// How it stands on a day.
    pub fn state_on(&self, day: Day) -> &'static str {
        if self.ended_on.is_some_and(|end| end <= day) {
            "ended"
        } else if self.starts > day {
            "to come"
        } else if self.ends.is_some_and(|end| end < day) {
            "overdue"
        } else {
            "running"
        }
    }

    /// The view of it on a day; teams keep their names when they are closed.
    pub fn view(&self, team: &str, other: &str, day: Day) -> InteractionView {
        InteractionView {
            id: self.id,
            team: self.team_id,
            team_name: team.to_owned(),
            other: self.other_id,
            other_name: other.to_owned(),
            mode: self.mode.clone(),
            purpose: self.purpose.clone(),
            starts: self.starts,
            ends: self.ends,
            ended_on: self.ended_on,
            because: self.because.clone(),
            state: self.state_on(day).to_owned(),
            revision: self.revision,
        }
    }
}

/// Views with the teams' names of today.
pub fn views(
    conn: &mut Conn,
    ws: i64,
    all: &[Interaction],
    day: Day,
) -> Result<Vec<InteractionView>> {
    let mut made = Vec::with_capacity(all.len());
    for one in all {
        let (team, other) = (name(conn, ws, one.team_id)?, name(conn, ws, one.other_id)?);
        made.push(one.view(&team, &other, day));
    }
    Ok(made)
}

fn name(conn: &mut Conn, ws: i64, team: Id) -> Result<String> {
    Ok(load::<Team>(conn, ws, team)?.map(|t| t.name).unwrap_or_default())
}

/// List the interactions between teams, the newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListInteractions {
    /// A team's id; all teams if left out.
    pub team: Option<Id>,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
}

impl Query for ListInteractions {
    type Output = Page<InteractionView>;
    const META: Meta = Meta::query(
        "list-interactions",
        "List the interactions between teams, the newest first",
        "/teams/interactions",
    )
    .access(Access::Write)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Self::Output> {
        cx.actor.check_role(Access::Write)?;
        let (ws, day) = (cx.actor.workspace, cx.now.day());
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let rows = match self.team {
            Some(team) => {
                let team = teams::by_id(cx.conn, ws, team)?;
                PAGE_OF.all(cx.conn, ws, &[team.id.into(), after, (limit + 1).into()])?
            }
            None => PAGE.all(cx.conn, ws, &[after, (limit + 1).into()])?,
        };
        let (rows, next) = cut(rows, limit, |r: &Interaction| r.id.to_string());
        Ok(Page { items: views(cx.conn, ws, &rows, day)?, next })
    }
}

/// Show one interaction between teams.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetInteraction {
    pub interaction: Id,
}

impl Query for GetInteraction {
    type Output = InteractionView;
    const META: Meta = Meta::query(
        "get-interaction",
        "Show one interaction between teams",
        "/teams/interactions/{interaction}",
    )
    .access(Access::Write)
    .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<InteractionView> {
        cx.actor.check_role(Access::Write)?;
        let (ws, day) = (cx.actor.workspace, cx.now.day());
        let found = load::<Interaction>(cx.conn, ws, self.interaction)?;
        let found = found.filter(|i| i.gone_at.is_none()).ok_or(Error::NotFound("interaction"))?;
        views(cx.conn, ws, &[found], day)?.pop().ok_or(Error::NotFound("interaction"))
    }
}
