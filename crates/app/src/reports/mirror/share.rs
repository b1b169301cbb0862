//! Whom somebody lets look into their mirror: nobody, unless they say so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::members::{self, Person};
use crate::people::nouns::one_of;
use crate::statements;
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, Scope, Words, load};
use crate::{new_row, record, selects};

/// With whom a mirror is shared: nobody, those who are named, whoever is in a team with one, all
/// members of the workspace.
pub const SHARES: [&str; 4] = ["nobody", "people", "teams", "members"];

record! {
    /// With whom a person shares their mirror.
    pub struct MirrorShare in "mirror_share", versioned: false {
        pub person_id: Id,
        /// One of [`SHARES`].
        pub audience: String,
        /// Ids of those who are named.
        pub people: Words,
    }
}

impl Indexed for MirrorShare {}

selects! {
    OF_PERSON: MirrorShare = "mirror_share", "person_id = $2 AND gone_at IS NULL";
    SHARED: MirrorShare = "mirror_share", "audience <> 'nobody' AND person_id <> $2 AND gone_at IS NULL ORDER BY id LIMIT 500";
}

statements! {
    TEAMMATES = "SELECT DISTINCT b.person_id FROM team_member a JOIN team_member b ON b.workspace_id = a.workspace_id AND b.team_id = a.team_id WHERE a.workspace_id = $1 AND a.person_id = $2 AND a.gone_at IS NULL AND b.gone_at IS NULL LIMIT 2000";
}

/// The most people who are named.
const NAMED: usize = 20;

/// With whom somebody shares their mirror, and who is named.
pub(super) fn shared(conn: &mut Conn, ws: i64, person: Id) -> Result<(String, Vec<Id>)> {
    let row = OF_PERSON.first(conn, ws, &[person.into()])?;
    Ok(row.map_or_else(|| (SHARES[0].to_owned(), Vec::new()), |r| (r.audience.clone(), r.named())))
}

impl MirrorShare {
    fn named(&self) -> Vec<Id> {
        self.people.0.iter().filter_map(|id| id.parse().ok()).collect()
    }

    /// Whether somebody may look, whose teammates are known.
    fn lets(&self, viewer: Id, teammates: &[Id]) -> bool {
        match self.audience.as_str() {
            "members" => true,
            "teams" => teammates.contains(&self.person_id),
            "people" => self.named().contains(&viewer),
            _ => false,
        }
    }
}

fn teammates(conn: &mut Conn, ws: i64, person: Id) -> Result<Vec<Id>> {
    conn.query(&TEAMMATES, &[ws.into(), person.into()], |r| r.get(0))
}

/// The person whose mirror this actor asks for, if it is theirs or shared with them. Neither a role
/// nor a title opens it.
pub(super) fn open(conn: &mut Conn, actor: &Actor, person: Option<Id>) -> Result<Person> {
    let ws = actor.workspace;
    let id = person.unwrap_or(actor.person);
    let found = load::<Person>(conn, ws, id)?.filter(|p| p.gone_at.is_none());
    let found = found.ok_or(Error::NotFound("person"))?;
    if id == actor.person {
        return Ok(found);
    }
    actor.check_role(Access::Write)?;
    let row = OF_PERSON.first(conn, ws, &[id.into()])?;
    let mates = teammates(conn, ws, actor.person)?;
    if row.is_some_and(|r| r.lets(actor.person, &mates)) {
        return Ok(found);
    }
    Err(Error::Forbidden(format!(
        "{}'s mirror is private to them. Ask them to share it, or look at the mirror of a team.",
        found.name
    )))
}

/// With whom you share your mirror now.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct Share {
    /// `nobody`, `people`, `teams` or `members`.
    pub audience: String,
    /// Names of those who are named.
    pub people: Vec<String>,
}

/// Share your mirror, or make it private again.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ShareMirror {
    /// `nobody`, `people` (those you name), `teams` (whoever is in a team with you) or `members`.
    pub audience: String,
    /// Ids or names, where you name them; up to 20.
    pub people: Vec<String>,
}

impl Action for ShareMirror {
    type Output = Share;
    const META: Meta = Meta::action(
        "share-mirror",
        "Share your mirror, or make it private again",
        "POST",
        "/mirror/share",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Share> {
        let audience = one_of("audience", Some(&self.audience), SHARES[0], &SHARES)?;
        let named = if audience == "people" { self.named(cx)? } else { Vec::new() };
        let people = Words(named.iter().map(|p| p.id.to_string()).collect());
        let (workspace, person) = (cx.workspace(), cx.actor.person);
        match OF_PERSON.first(cx.conn(), workspace, &[person.into()])? {
            Some(before) => {
                let mut after = before.clone();
                after.audience.clone_from(&audience);
                after.people = people;
                cx.edit(&before, after, None)?;
            }
            None => {
                let audience = audience.clone();
                let row = new_row!(
                    cx,
                    MirrorShare { person_id: person, audience: audience, people: people }
                );
                cx.insert(&row)?;
            }
        }
        Ok(Share { audience, people: named.into_iter().map(|p| p.name).collect() })
    }
}

impl ShareMirror {
    fn named(&self, cx: &mut Change<'_>) -> Result<Vec<Person>> {
        let (ws, own) = (cx.workspace(), cx.actor.person);
        let mut all: Vec<Person> = Vec::new();
        let words = self.people.iter().flat_map(|p| p.split(',')).map(str::trim);
        for word in words.filter(|w| !w.is_empty()) {
            let found = match word.parse::<Id>() {
                Ok(id) => load::<Person>(cx.conn(), ws, id)?.filter(|p| p.gone_at.is_none()),
                Err(_) => members::by_name(cx.conn(), ws, word)?,
            };
            let missing = || Error::invalid("people", format!("Nobody here is called “{word}”."));
            let person = found.ok_or_else(missing)?;
            if person.id != own && all.iter().all(|p| p.id != person.id) {
                all.push(person);
            }
        }
        if all.is_empty() {
            return Err(Error::invalid("people", "Name at least one person who may look."));
        }
        if all.len() > NAMED {
            return Err(Error::invalid(
                "people",
                "Name up to 20 people, or share with your teams.",
            ));
        }
        Ok(all)
    }
}

/// Somebody whose mirror you may look into.
#[derive(Serialize, JsonSchema, Clone, Debug)]
pub struct SharedMirror {
    pub person: Id,
    pub name: String,
}

/// List the people who share their mirror with you.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSharedMirrors {}

impl Query for ListSharedMirrors {
    type Output = Vec<SharedMirror>;
    const META: Meta = Meta::query(
        "list-shared-mirrors",
        "List the people who share their mirror with you",
        "/mirror/shared",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<SharedMirror>> {
        if cx.actor.check_role(Access::Write).is_err() {
            return Ok(Vec::new());
        }
        let (ws, own) = (cx.actor.workspace, cx.actor.person);
        let mates = teammates(cx.conn, ws, own)?;
        let mut all = Vec::new();
        for row in SHARED.all(cx.conn, ws, &[own.into()])? {
            if !row.lets(own, &mates) {
                continue;
            }
            let person = load::<Person>(cx.conn, ws, row.person_id)?;
            if let Some(person) = person.filter(|p| p.gone_at.is_none() && p.active) {
                all.push(SharedMirror { person: person.id, name: person.name });
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }
}
