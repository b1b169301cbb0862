//! Ceremonies of a team: when they come, what they look at, who was there, what came of them.

mod agenda;
mod attendance;
mod calendar;
mod rhythm;
mod views;

pub use agenda::{AgendaPart, agenda};
pub use attendance::{Attendance, AttendanceLine, GetOwnAttendance};
pub use calendar::{CalendarFeed, EndCalendarFeed, FeedView, ShareCalendar, feed, feeds, ics};
pub use rhythm::{Occurrence, occurrences};
pub use views::{CeremonyView, between};
use views::{seen_by, told, view};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sprints::Sprint;
use super::work_items::{CreateWorkItem, create, told_by};
use crate::db::Conn;
use crate::kernel::{Access, Actor, Day, Error, Id, Result, Time};
use crate::people::members::{self};
use crate::people::nouns::one_of;
use crate::people::policies::{self, CEREMONIES};
use crate::people::products::{self, check_text, check_title};
use crate::people::teams;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, Words, load};
use crate::{new_row, record, selects, statements};

record! {
    /// A ceremony on its day.
    pub struct Ceremony in "ceremony", versioned: true {
        pub team_id: Id,
        pub kind: String,
        pub day: Day,
        /// The timebox.
        pub minutes: i64,
        /// `scheduled`, `held` or `skipped`.
        pub state: String,
        /// Ids of those who were there.
        pub attendees: Words,
        /// Markdown.
        pub notes: String,
        pub decisions: Words,
        /// Keys of the items that came of it.
        pub actions: Words,
        /// Why it was skipped.
        pub because: String,
        /// Since when it runs.
        pub begun_at: Option<Time>,
    }
}

impl Indexed for Ceremony {
    fn team(&self) -> Option<Id> {
        Some(self.team_id)
    }
}

statements! {
    NEWEST_PRODUCT = "SELECT product_id FROM work_item WHERE workspace_id = $1 AND team_id = $2 AND gone_at IS NULL ORDER BY product_id DESC LIMIT 1";
}

selects! {
    SAME: Ceremony = "ceremony", "team_id = $2 AND kind = $3 AND day = $4 AND gone_at IS NULL LIMIT 1";
    SPRINTS: Sprint = "sprint", "team_id = $2 AND state <> 'cancelled' AND gone_at IS NULL ORDER BY id DESC LIMIT 60";
}

/// The product that a team works on: that of its sprint, else the newest in which it has items.
pub fn product_of(conn: &mut Conn, ws: i64, team: Id) -> Result<Option<Id>> {
    let sprints = SPRINTS.all(conn, ws, &[team.into()])?;
    match sprints.iter().find(|s| s.state == "active").or_else(|| sprints.first()) {
        Some(sprint) => Ok(Some(sprint.product_id)),
        None => conn.query_opt(&NEWEST_PRODUCT, &[ws.into(), team.into()], |r| r.get(0)),
    }
}

/// A team that this actor may see.
fn own_team(conn: &mut Conn, actor: &Actor, team: Id) -> Result<teams::Team> {
    actor.check_role(Access::Write)?;
    teams::by_id(conn, actor.workspace, team)
}

fn ceremony(cx: &mut Change<'_>, id: Id) -> Result<Ceremony> {
    cx.actor.check_role(Access::Write)?;
    cx.get::<Ceremony>(id, "ceremony")
}

/// Schedule a ceremony of a team; one that the cadence brings gets a place for its notes.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ScheduleCeremony {
    pub team: Id,
    pub kind: String,
    pub day: Day,
    /// As the policy says if left out, else 60.
    pub minutes: Option<i64>,
}

impl Action for ScheduleCeremony {
    type Output = CeremonyView;
    const META: Meta = Meta::action(
        "schedule-ceremony",
        "Schedule a ceremony of a team; one that the cadence brings gets a place for its notes",
        "POST",
        "/ceremonies",
    )
    .exercises(&[42])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<CeremonyView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let team = own_team(cx.conn(), &actor, self.team)?;
        let kind = one_of("kind", Some(&self.kind), "", &CEREMONIES)?;
        let values = [team.id.into(), kind.clone().into(), self.day.into()];
        if let Some(there) = SAME.first(cx.conn(), ws, &values)? {
            return told(cx, &there);
        }
        let policy = policies::of_team(cx.conn(), ws, team.id)?;
        let usual =
            policy.and_then(|p| p.cadence.iter().find(|r| r.kind == kind).map(|r| r.minutes));
        let minutes = self.minutes.or(usual).unwrap_or(60);
        if !(5..=960).contains(&minutes) {
            return Err(Error::invalid("minutes", "A timebox is 5 to 960 minutes."));
        }
        let row = new_row!(
            cx,
            Ceremony {
                team_id: team.id,
                kind: kind,
                day: self.day,
                minutes: minutes,
                state: "scheduled".to_owned(),
                attendees: Words::default(),
                notes: String::new(),
                decisions: Words::default(),
                actions: Words::default(),
                because: String::new(),
                begun_at: None,
            }
        );
        cx.insert(&row)?;
        told(cx, &row)
    }
}

/// Say that you were at a ceremony, or that you were not.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AttendCeremony {
    pub ceremony: Id,
}

impl Action for AttendCeremony {
    type Output = CeremonyView;
    const META: Meta = Meta::action(
        "attend-ceremony",
        "Say that you were at a ceremony, or that you were not",
        "POST",
        "/ceremonies/{ceremony}/attendance",
    )
    .exercises(&[42])
    .scope(Scope::Team);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<CeremonyView> {
        let me = cx.actor.person.to_string();
        let before = ceremony(cx, self.ceremony)?;
        let mut after = before.clone();
        match after.attendees.iter().position(|id| *id == me) {
            Some(at) => {
                after.attendees.0.remove(at);
            }
            None => after.attendees.0.push(me),
        }
        cx.update(&before, &mut after)?;
        told(cx, &after)
    }
}

/// Begin a ceremony: its timebox runs from now on, for everybody there.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct BeginCeremony {
    pub ceremony: Id,
}

impl Action for BeginCeremony {
    type Output = CeremonyView;
    const META: Meta = Meta::action(
        "begin-ceremony",
        "Begin a ceremony: its timebox runs from now on, for everybody there",
        "POST",
        "/ceremonies/{ceremony}/begin",
    )
    .exercises(&[42])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<CeremonyView> {
        let before = ceremony(cx, self.ceremony)?;
        if before.state != "scheduled" {
            return Err(Error::refused(format!("It was {} already.", before.state)));
        }
        let mut after = before.clone();
        after.begun_at = Some(cx.happened);
        cx.update(&before, &mut after)?;
        told(cx, &after)
    }
}

/// Write down how a ceremony was held: notes, decisions, and actions that become items.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct HoldCeremony {
    pub ceremony: Id,
    pub revision: Option<i64>,
    /// Markdown.
    pub notes: Option<String>,
    pub decisions: Vec<String>,
    /// Titles of items to be made.
    pub actions: Vec<String>,
    /// The product's key in which they are made.
    pub product: Option<String>,
}

fn split(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().flat_map(|t| t.lines()).map(str::trim).filter(|l| !l.is_empty())
}

impl Action for HoldCeremony {
    type Output = CeremonyView;
    const META: Meta = Meta::action(
        "hold-ceremony",
        "Write down how a ceremony was held: notes, decisions, and actions that become items",
        "POST",
        "/ceremonies/{ceremony}/hold",
    )
    .exercises(&[42])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<CeremonyView> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let before = ceremony(cx, self.ceremony)?;
        let mut after = before.clone();
        "held".clone_into(&mut after.state);
        if let Some(notes) = &self.notes {
            after.notes = check_text("notes", notes)?;
        }
        after.decisions.0.extend(split(&self.decisions).take(50).map(str::to_owned));
        let lines: Vec<&str> = split(&self.actions).take(50).collect();
        if !lines.is_empty() {
            let key = self.product.as_deref().unwrap_or_default();
            if key.trim().is_empty() {
                return Err(Error::invalid("product", "Say in which product the actions go."));
            }
            let product = products::product(cx.conn(), &actor, key, Access::Write)?;
            let people = members::all(cx.conn(), ws)?;
            let people: Vec<String> = people.into_iter().map(|p| p.name).collect();
            for line in lines {
                let told = told_by(line, &people);
                let input = CreateWorkItem {
                    title: check_title("actions", &told.title)?,
                    level: told.level.clone().or_else(|| Some("task".into())),
                    body: format!("From the {} of {}.", before.kind.replace('-', " "), before.day),
                    team: Some(before.team_id.to_string()),
                    ..told
                };
                after.actions.0.push(create(cx, &product, &input)?.key);
            }
        }
        let after = cx.edit(&before, after, self.revision)?;
        told(cx, &after)
    }
}

/// Skip a ceremony, and say why.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SkipCeremony {
    pub ceremony: Id,
    pub because: String,
}

impl Action for SkipCeremony {
    type Output = CeremonyView;
    const META: Meta = Meta::action(
        "skip-ceremony",
        "Skip a ceremony, and say why",
        "POST",
        "/ceremonies/{ceremony}/skip",
    )
    .exercises(&[42])
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<CeremonyView> {
        let before = ceremony(cx, self.ceremony)?;
        if before.state == "held" {
            return Err(Error::refused("It was held already."));
        }
        let mut after = before.clone();
        "skipped".clone_into(&mut after.state);
        if self.because.trim().is_empty() {
            return Err(Error::invalid("because", "Say why it is not held; it is kept."));
        }
        after.because = check_title("because", &self.because)?;
        cx.update(&before, &mut after)?;
        told(cx, &after)
    }
}

/// List a team's ceremonies between two days: those of the cadence, and what was written down.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCeremonies {
    pub team: Id,
    /// Two weeks ago if left out.
    pub from: Option<Day>,
    /// Four weeks from then on if left out.
    pub to: Option<Day>,
}

impl Query for ListCeremonies {
    type Output = Vec<CeremonyView>;
    const META: Meta = Meta::query(
        "list-ceremonies",
        "List a team's ceremonies between two days: those of the cadence, and what was written down",
        "/ceremonies",
    )
    .access(Access::Write)
    .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<CeremonyView>> {
        let team = own_team(cx.conn, cx.actor, self.team)?;
        let from = self.from.unwrap_or_else(|| cx.now.day().plus_days(-14));
        let to = self.to.unwrap_or_else(|| from.plus_days(42)).min(from.plus_days(366));
        let mut all = between(cx.conn, cx.actor.workspace, team.id, from, to)?;
        seen_by(cx.conn, cx.actor, &mut all)?;
        Ok(all)
    }
}

/// A ceremony with its agenda.
#[derive(Serialize, JsonSchema)]
pub struct CeremonyDetail {
    pub ceremony: CeremonyView,
    pub agenda: Vec<AgendaPart>,
}

/// Show a ceremony with its agenda.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetCeremony {
    pub ceremony: Id,
}

impl Query for GetCeremony {
    type Output = CeremonyDetail;
    const META: Meta =
        Meta::query("get-ceremony", "Show a ceremony with its agenda", "/ceremonies/{ceremony}")
            .access(Access::Write)
            .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<CeremonyDetail> {
        let ws = cx.actor.workspace;
        cx.actor.check_role(Access::Write)?;
        let found = load::<Ceremony>(cx.conn, ws, self.ceremony)?;
        let found = found.filter(|c| c.gone_at.is_none()).ok_or(Error::NotFound("ceremony"))?;
        Ok(CeremonyDetail {
            agenda: agenda(cx.conn, cx.actor, found.team_id, &found.kind, cx.now.day())?,
            ceremony: view(cx.conn, cx.actor, &found)?,
        })
    }
}
