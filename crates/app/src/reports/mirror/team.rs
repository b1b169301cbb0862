//! A team's mirror: what its members do together, in totals and without names.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::gather::{acts, days, done, holding};
use super::reckon::{self, Balance, Count, ENOUGH, FacetLine, Hold, Standing, balance, facets};
use crate::kernel::{Access, Id, Result};
use crate::people::responsibilities::{Facet, all_views};
use crate::people::teams;
use crate::store::{Meta, Query, Reader, Scope};

/// Fewer people than this who did anything, and a figure would speak about one of them.
const PEOPLE: usize = 3;

/// A responsibility in a team's mirror: totals, no names.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TeamLine {
    pub responsibility: u8,
    pub name: String,
    pub facet: Facet,
    pub standing: Standing,
    pub times: i64,
    /// How many of them while a charter gave it to others.
    pub outside: i64,
}

/// A team's mirror.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct TeamMirror {
    pub team: Id,
    pub name: String,
    pub days: i64,
    /// How many of its members did something that is recorded.
    pub people: usize,
    pub events: i64,
    /// At least three people who did something, and ten events.
    pub enough: bool,
    pub balance: Balance,
    pub facets: Vec<FacetLine>,
    pub lines: Vec<TeamLine>,
}

/// Show a team's mirror: what it exercises together, in totals.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTeamMirror {
    pub team: Id,
    /// 30, 90 (if left out) or 365.
    #[serde(default)]
    pub days: Option<i64>,
}

impl Query for GetTeamMirror {
    type Output = TeamMirror;
    const META: Meta = Meta::query(
        "get-team-mirror",
        "Show a team's mirror: what it exercises together, in totals",
        "/teams/{team}/mirror",
    )
    .access(Access::Write)
    .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<TeamMirror> {
        cx.actor.check_role(Access::Write)?;
        let ws = cx.actor.workspace;
        let days = days(self.days)?;
        let team = teams::by_id(cx.conn, ws, self.team)?;
        let members = teams::members_of(cx.conn, ws, team.id)?;
        let (mut sum, mut people, mut events) = (BTreeMap::<u8, Count>::new(), 0, 0);
        for member in &members {
            let own = done(cx.conn, ws, member.id, cx.now, days)?;
            people += usize::from(!own.is_empty());
            events += acts(cx.conn, ws, member.id, cx.now, days)?;
            for (number, count) in own {
                let all = sum.entry(number).or_default();
                all.times += count.times;
                all.outside += count.outside;
            }
        }
        let enough = people >= PEOPLE && events >= ENOUGH;
        let mut held = BTreeMap::<u8, Hold>::new();
        if enough {
            for member in &members {
                for (number, hold) in holding(cx.conn, ws, member.id, cx.now)?.held {
                    let known = held.entry(number).or_insert(hold);
                    known.letter = known.letter.min(hold.letter);
                    // Within the team it is theirs together, whoever does it.
                    known.others = 0;
                }
            }
        } else {
            sum.clear();
        }
        let known = all_views(cx.conn, ws)?;
        let lines = reckon::lines(&known, &sum, &held, (days, None));
        Ok(TeamMirror {
            team: team.id,
            name: team.name,
            days,
            people,
            events,
            enough,
            balance: balance(&lines),
            facets: facets(&lines),
            lines: lines.into_iter().map(TeamLine::from).collect(),
        })
    }
}

impl From<reckon::Line> for TeamLine {
    fn from(l: reckon::Line) -> Self {
        Self {
            responsibility: l.responsibility,
            name: l.name,
            facet: l.facet,
            standing: l.standing,
            times: l.times,
            outside: l.outside,
        }
    }
}
