//! Ceremonies as programs and pages see them: what is recorded, and what comes by the cadence.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Ceremony, SPRINTS, occurrences};
use crate::db::Conn;
use crate::kernel::{Actor, Day, Error, Id, Result, Time};
use crate::people::members::Person;
use crate::people::policies::{self, CEREMONIES};
use crate::people::products;
use crate::selects;
use crate::store::{Change, load_many};

selects! {
    BETWEEN: Ceremony = "ceremony", "team_id = $2 AND day >= $3 AND day <= $4 AND gone_at IS NULL ORDER BY day, kind LIMIT 500";
}

/// A ceremony as programs and pages see it; one that comes by the cadence alone has no id.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CeremonyView {
    pub id: Option<Id>,
    pub team: Id,
    pub kind: String,
    pub day: Day,
    pub minutes: i64,
    /// `due` by the cadence, `scheduled`, `held` or `skipped`.
    pub state: String,
    pub attendees: Vec<String>,
    pub notes: String,
    pub decisions: Vec<String>,
    pub actions: Vec<String>,
    pub because: String,
    /// Since when it runs: the timebox is counted from then on.
    pub begun_at: Option<Time>,
    pub revision: i64,
}

pub(super) fn view(conn: &mut Conn, actor: &Actor, c: &Ceremony) -> Result<CeremonyView> {
    let mut all = views(conn, actor.workspace, std::slice::from_ref(c))?;
    seen_by(conn, actor, &mut all)?;
    all.pop().ok_or_else(|| Error::internal("a ceremony without a view"))
}

pub(super) fn told(cx: &mut Change<'_>, c: &Ceremony) -> Result<CeremonyView> {
    let actor = cx.actor.clone();
    view(cx.conn(), &actor, c)
}

/// Leaves out the actions that became items of products which an actor does not see.
pub(super) fn seen_by(conn: &mut Conn, actor: &Actor, all: &mut [CeremonyView]) -> Result<()> {
    if all.iter().all(|c| c.actions.is_empty()) {
        return Ok(());
    }
    let products = products::visible(conn, actor)?;
    let seen = |key: &String| {
        let product = key.rsplit_once('-').map_or("", |(product, _)| product);
        products.iter().any(|p| p.key == product)
    };
    for one in all {
        one.actions.retain(seen);
    }
    Ok(())
}

fn attendees(c: &Ceremony) -> impl Iterator<Item = Id> {
    c.attendees.iter().filter_map(|id| id.parse().ok())
}

/// The views of several, with everybody who was there asked for at once.
fn views(conn: &mut Conn, ws: i64, all: &[Ceremony]) -> Result<Vec<CeremonyView>> {
    let people = load_many::<Person>(conn, ws, all.iter().flat_map(attendees), None)?;
    let named = |c: &Ceremony| {
        attendees(c).filter_map(|id| people.get(&id)).map(|p| p.name.clone()).collect()
    };
    Ok(all
        .iter()
        .map(|c| CeremonyView {
            id: Some(c.id),
            team: c.team_id,
            kind: c.kind.clone(),
            day: c.day,
            minutes: c.minutes,
            state: c.state.clone(),
            attendees: named(c),
            notes: c.notes.clone(),
            decisions: c.decisions.to_vec(),
            actions: c.actions.to_vec(),
            because: c.because.clone(),
            begun_at: c.begun_at,
            revision: c.revision,
        })
        .collect())
}

/// What a team's cadence and its records say of the days between two, both included.
pub fn between(
    conn: &mut Conn,
    ws: i64,
    team: Id,
    from: Day,
    to: Day,
) -> Result<Vec<CeremonyView>> {
    let rows = BETWEEN.all(conn, ws, &[team.into(), from.into(), to.into()])?;
    let mut all = views(conn, ws, &rows)?;
    if let Some(policy) = policies::of_team(conn, ws, team)? {
        let sprints: Vec<(Day, Day)> = SPRINTS
            .all(conn, ws, &[team.into()])?
            .iter()
            .filter_map(|s| s.starts.zip(s.ends))
            .collect();
        for due in occurrences(&policy.cadence, &sprints, from, to) {
            if all.iter().any(|c| c.kind == due.kind && c.day == due.day) {
                continue;
            }
            all.push(CeremonyView {
                id: None,
                team,
                kind: due.kind,
                day: due.day,
                minutes: due.minutes,
                state: "due".into(),
                attendees: Vec::new(),
                notes: String::new(),
                decisions: Vec::new(),
                actions: Vec::new(),
                because: String::new(),
                begun_at: None,
                revision: 0,
            });
        }
    }
    all.sort_by_key(|c| (c.day, place_of(&c.kind)));
    Ok(all)
}

/// Where a ceremony comes among those of one day: a review before the retrospective.
fn place_of(kind: &str) -> Option<usize> {
    CEREMONIES.iter().position(|known| *known == kind)
}
