//! Teams: who works together, of which of the four types, and what parts of products are theirs.
//! A team is no wall: it says who answers for what, never who may see it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::members::{self, Person};
use super::nouns::one_of;
use super::parts;
use super::products::{check_title, visible};
use super::topology;
use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, load};
use crate::{new_row, record, selects};

record! {
    /// A team.
    pub struct Team in "team", versioned: true {
        pub name: String,
        /// One of [`KINDS`].
        pub kind: String,
        /// `active` or `closed`.
        pub state: String,
    }
}

record! {
    /// A person's place in a team; its times tell since when and until when.
    pub struct TeamMember in "team_member", versioned: false {
        pub team_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for Team {
    fn team(&self) -> Option<Id> {
        Some(self.id)
    }
}

impl Indexed for TeamMember {
    fn team(&self) -> Option<Id> {
        Some(self.team_id)
    }
}

/// The team types of Team Topologies.
pub const KINDS: [&str; 4] = ["stream-aligned", "enabling", "complicated-subsystem", "platform"];

selects! {
    ALL: Team = "team", "gone_at IS NULL ORDER BY state, name, id LIMIT 500";
    BY_NAME: Team = "team", "name = $2 AND state = 'active' AND gone_at IS NULL LIMIT 1";
    MEMBERS: TeamMember = "team_member", "team_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 200";
    OF_PERSON: TeamMember = "team_member", "person_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 50";
    MEMBER: TeamMember = "team_member", "team_id = $2 AND person_id = $3 AND gone_at IS NULL";
}

/// All teams, the closed ones last; the first 500.
pub fn all(conn: &mut Conn, workspace: i64) -> Result<Vec<Team>> {
    ALL.all(conn, workspace, &[])
}

/// The teams that work is given to.
pub fn active(conn: &mut Conn, workspace: i64) -> Result<Vec<Team>> {
    let mut teams = all(conn, workspace)?;
    teams.retain(|t| t.state == "active");
    Ok(teams)
}

/// A team by id, also a closed one.
pub fn by_id(conn: &mut Conn, workspace: i64, id: Id) -> Result<Team> {
    let found = load::<Team>(conn, workspace, id)?.filter(|t| t.gone_at.is_none());
    found.ok_or(Error::NotFound("team"))
}

/// An active team given by id or name.
pub fn named(conn: &mut Conn, workspace: i64, who: &str) -> Result<Option<Team>> {
    match who.trim().parse::<Id>() {
        Ok(id) => Ok(load::<Team>(conn, workspace, id)?
            .filter(|t| t.gone_at.is_none() && t.state == "active")),
        Err(_) => BY_NAME.first(conn, workspace, &[who.trim().to_owned().into()]),
    }
}

/// The active team that `field` of a form names by id or name, where it names one.
pub fn chosen(
    conn: &mut Conn,
    workspace: i64,
    field: &'static str,
    who: Option<&str>,
) -> Result<Option<Team>> {
    let Some(who) = who.map(str::trim).filter(|who| !who.is_empty()) else { return Ok(None) };
    let found = named(conn, workspace, who)?;
    let message = || format!("There is no active team “{who}”. Choose from the teams.");
    found.map(Some).ok_or_else(|| Error::invalid(field, message()))
}

/// The teams that a person is in.
pub fn of_person(conn: &mut Conn, workspace: i64, person: Id) -> Result<Vec<Id>> {
    let rows = OF_PERSON.all(conn, workspace, &[person.into()])?;
    Ok(rows.into_iter().map(|m| m.team_id).collect())
}

/// Whether somebody belongs to a team.
pub fn is_member(conn: &mut Conn, workspace: i64, team: Id, person: Id) -> Result<bool> {
    Ok(MEMBER.first(conn, workspace, &[team.into(), person.into()])?.is_some())
}

/// Its members, in the order of joining.
pub fn members_of(conn: &mut Conn, workspace: i64, team: Id) -> Result<Vec<Person>> {
    let rows = MEMBERS.all(conn, workspace, &[team.into()])?;
    let people = rows.iter().map(|m| load::<Person>(conn, workspace, m.person_id));
    Ok(people.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// A team as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct TeamView {
    pub id: Id,
    pub name: String,
    pub kind: String,
    pub state: String,
    pub members: Vec<MemberView>,
    /// The parts that are its own, of products that you see.
    pub parts: Vec<TeamPart>,
    pub revision: i64,
}

/// A member of a team.
#[derive(Clone, Serialize, JsonSchema)]
pub struct MemberView {
    pub id: Id,
    pub name: String,
    pub title: String,
}

/// A part of a product, as its team sees it.
#[derive(Clone, Serialize, JsonSchema)]
pub struct TeamPart {
    pub id: Id,
    pub name: String,
    /// The product's key.
    pub product: String,
    pub product_name: String,
}

/// The view of a team for this actor.
pub fn view(conn: &mut Conn, actor: &Actor, team: &Team) -> Result<TeamView> {
    let ws = actor.workspace;
    let members = members_of(conn, ws, team.id)?
        .into_iter()
        .map(|p| MemberView { id: p.id, name: p.name, title: p.title })
        .collect();
    let products = visible(conn, actor)?;
    let parts = parts::of_team(conn, ws, team.id)?
        .into_iter()
        .filter_map(|part| {
            let product = products.iter().find(|p| p.id == part.product_id)?;
            Some(TeamPart {
                id: part.id,
                name: part.name,
                product: product.key.clone(),
                product_name: product.name.clone(),
            })
        })
        .collect();
    Ok(TeamView {
        id: team.id,
        name: team.name.clone(),
        kind: team.kind.clone(),
        state: team.state.clone(),
        members,
        parts,
        revision: team.revision,
    })
}

fn free_name(cx: &mut Change<'_>, name: &str, own: Option<Id>) -> Result<String> {
    let name = check_title("name", name)?;
    let workspace = cx.workspace();
    let taken = BY_NAME.first(cx.conn(), workspace, &[name.clone().into()])?;
    if taken.is_some_and(|t| Some(t.id) != own) {
        let message = format!("There is a team “{name}” already. Choose another name.");
        return Err(Error::invalid("name", message));
    }
    Ok(name)
}

fn open_team(cx: &mut Change<'_>, id: Id) -> Result<Team> {
    let workspace = cx.workspace();
    let team = by_id(cx.conn(), workspace, id)?;
    if team.state == "closed" {
        return Err(Error::refused(format!("The team “{}” is closed.", team.name)));
    }
    Ok(team)
}

fn shown(cx: &mut Change<'_>, team: &Team) -> Result<TeamView> {
    let actor = cx.actor.clone();
    view(cx.conn(), &actor, team)
}

/// Create a team.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CreateTeam {
    pub name: String,
    /// `stream-aligned` (if left out), `enabling`, `complicated-subsystem` or `platform`.
    pub kind: Option<String>,
}

impl Action for CreateTeam {
    type Output = TeamView;
    const META: Meta = Meta::action("create-team", "Create a team", "POST", "/teams")
        .access(Access::Admin)
        .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<TeamView> {
        let name = free_name(cx, &self.name, None)?;
        let kind = one_of("kind", self.kind.as_deref(), KINDS[0], &KINDS)?;
        let team = new_row!(cx, Team { name: name, kind: kind, state: "active".to_owned() });
        cx.insert(&team)?;
        shown(cx, &team)
    }
}

/// Rename a team or set its type.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditTeam {
    pub team: Id,
    pub revision: Option<i64>,
    pub name: Option<String>,
    pub kind: Option<String>,
}

impl Action for EditTeam {
    type Output = TeamView;
    const META: Meta =
        Meta::action("edit-team", "Rename a team or set its type", "PATCH", "/teams/{team}")
            .access(Access::Admin)
            .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<TeamView> {
        let before = open_team(cx, self.team)?;
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = free_name(cx, name, Some(before.id))?;
        }
        after.kind = one_of("kind", self.kind.as_deref(), &before.kind, &KINDS)?;
        let team = cx.edit(&before, after, self.revision)?;
        shown(cx, &team)
    }
}

/// Close a team: its members and parts are let go, what it has with others ends, its past stays.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct CloseTeam {
    pub team: Id,
}

impl Action for CloseTeam {
    type Output = TeamView;
    const META: Meta = Meta::action("close-team", "Close a team", "POST", "/teams/{team}/close")
        .access(Access::Admin)
        .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<TeamView> {
        let workspace = cx.workspace();
        let before = open_team(cx, self.team)?;
        for member in MEMBERS.all(cx.conn(), workspace, &[before.id.into()])? {
            cx.bin(&member)?;
        }
        for part in parts::of_team(cx.conn(), workspace, before.id)? {
            let mut freed = part.clone();
            freed.team_id = None;
            cx.update(&part, &mut freed)?;
        }
        topology::end_all(cx, &before)?;
        let mut after = before.clone();
        after.state = "closed".to_owned();
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Add a person to a team.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AddTeamMember {
    pub team: Id,
    /// A person's id or name.
    pub person: String,
}

impl Action for AddTeamMember {
    type Output = TeamView;
    const META: Meta =
        Meta::action("add-team-member", "Add a person to a team", "POST", "/teams/{team}/members")
            .access(Access::Admin)
            .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<TeamView> {
        let workspace = cx.workspace();
        let team = open_team(cx, self.team)?;
        let person = match self.person.trim().parse::<Id>() {
            Ok(id) => load::<Person>(cx.conn(), workspace, id)?.filter(|p| p.gone_at.is_none()),
            Err(_) => members::by_name(cx.conn(), workspace, self.person.trim())?,
        };
        let person = person.ok_or_else(|| {
            let message = format!("Nobody here is called “{}”.", self.person.trim());
            Error::invalid("person", message)
        })?;
        let values = [team.id.into(), person.id.into()];
        if MEMBER.first(cx.conn(), workspace, &values)?.is_none() {
            let row = new_row!(cx, TeamMember { team_id: team.id, person_id: person.id });
            cx.insert(&row)?;
        }
        shown(cx, &team)
    }
}

/// Take a person out of a team.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct RemoveTeamMember {
    pub team: Id,
    pub person: Id,
}

impl Action for RemoveTeamMember {
    type Output = TeamView;
    const META: Meta = Meta::action(
        "remove-team-member",
        "Take a person out of a team",
        "DELETE",
        "/teams/{team}/members/{person}",
    )
    .access(Access::Admin)
    .scope(Scope::Team);

    fn run(&self, cx: &mut Change<'_>) -> Result<TeamView> {
        let workspace = cx.workspace();
        let team = open_team(cx, self.team)?;
        let values = [team.id.into(), self.person.into()];
        let member = MEMBER.first(cx.conn(), workspace, &values)?;
        cx.bin(&member.ok_or(Error::NotFound("member"))?)?;
        shown(cx, &team)
    }
}

/// List the teams, the closed ones last.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTeams {}

impl Query for ListTeams {
    type Output = Vec<TeamView>;
    const META: Meta = Meta::query("list-teams", "List the teams", "/teams")
        .access(Access::Write)
        .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<TeamView>> {
        let teams = all(cx.conn, cx.actor.workspace)?;
        teams.iter().map(|t| view(cx.conn, cx.actor, t)).collect()
    }
}

/// Show one team.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTeam {
    pub team: Id,
}

impl Query for GetTeam {
    type Output = TeamView;
    const META: Meta = Meta::query("get-team", "Show one team", "/teams/{team}")
        .access(Access::Write)
        .scope(Scope::Team);

    fn run(&self, cx: &mut Reader<'_>) -> Result<TeamView> {
        let team = by_id(cx.conn, cx.actor.workspace, self.team)?;
        view(cx.conn, cx.actor, &team)
    }
}
