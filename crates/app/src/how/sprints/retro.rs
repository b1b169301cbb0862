//! The retrospective of an iteration: notes that name nobody, grouped, voted on, and turned into work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Sprint, iteration};
use crate::db::Conn;
use crate::how::work_items::{CreateWorkItem, create};
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::nouns::one_of;
use crate::people::products::{Product, check_title};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader};
use crate::{new_row, record, selects, statements};

record! {
    /// A note of a retrospective. Nobody is named in it, nor in the activity that tells of it.
    pub struct RetroNote in "retro_note", versioned: false {
        pub product_id: Id,
        pub sprint_id: Id,
        /// One of [`LANES`].
        pub lane: String,
        pub text: String,
        /// What it was grouped under.
        pub topic: String,
        /// The item that came of it.
        pub item_id: Option<Id>,
    }
}

record! {
    /// A vote for a note; each person has one for each.
    pub struct RetroVote in "retro_vote", versioned: false {
        pub product_id: Id,
        pub note_id: Id,
        pub person_id: Id,
    }
}

impl Indexed for RetroNote {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

impl Indexed for RetroVote {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
}

/// The longest topic: notes stand under it as under a heading.
const TOPIC: usize = 120;

/// What a note is about.
pub const LANES: [&str; 3] = ["well", "badly", "idea"];

selects! {
    NOTES: RetroNote = "retro_note", "sprint_id = $2 AND gone_at IS NULL ORDER BY lane DESC, topic, id LIMIT 300";
    VOTE: RetroVote = "retro_vote", "note_id = $2 AND person_id = $3 AND gone_at IS NULL LIMIT 1";
}

statements! {
    VOTES = "SELECT v.note_id, v.person_id FROM retro_note n JOIN retro_vote v ON v.workspace_id = n.workspace_id AND v.note_id = n.id AND v.gone_at IS NULL WHERE n.workspace_id = $1 AND n.sprint_id = $2 LIMIT 5000";
}

/// A note as programs and pages see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoteView {
    pub id: Id,
    /// `well`, `badly` or `idea`.
    pub lane: String,
    pub text: String,
    pub topic: String,
    pub votes: i64,
    /// Whether you voted for it.
    pub voted: bool,
    /// The key of the item that came of it.
    pub item: Option<String>,
}

/// The notes of an iteration, those with most votes first in their lane.
pub fn notes(conn: &mut Conn, actor: &Actor, sprint: Id) -> Result<Vec<NoteView>> {
    let ws = actor.workspace;
    let votes: Vec<(Id, Id)> =
        conn.query(&VOTES, &[ws.into(), sprint.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut all = Vec::new();
    for n in NOTES.all(conn, ws, &[sprint.into()])? {
        let item = match n.item_id {
            Some(id) => crate::people::nouns::title_of(conn, ws, id)?.map(|(key, _)| key),
            None => None,
        };
        let own = |v: &&(Id, Id)| v.0 == n.id;
        all.push(NoteView {
            id: n.id,
            votes: votes.iter().filter(own).count() as i64,
            voted: votes.iter().any(|v| v.0 == n.id && v.1 == actor.person),
            lane: n.lane,
            text: n.text,
            topic: n.topic,
            item,
        });
    }
    let place = |n: &NoteView| LANES.iter().position(|l| *l == n.lane);
    all.sort_by(|a, b| place(a).cmp(&place(b)).then(b.votes.cmp(&a.votes)));
    Ok(all)
}

/// A note by id, of a product that this actor may change.
fn note(cx: &mut Change<'_>, id: Id) -> Result<(RetroNote, Sprint, Product)> {
    let found: RetroNote = cx.get(id, "note")?;
    let actor = cx.actor.clone();
    let (sprint, product) = iteration(cx.conn(), &actor, found.sprint_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { Error::NotFound("note") } else { e })?;
    Ok((found, sprint, product))
}

/// That a note was taken; it says nothing of who or what.
#[derive(Serialize, JsonSchema)]
pub struct Noted {
    pub notes: i64,
}

/// Write a note for the retrospective; it names nobody.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AddRetroNote {
    pub iteration: Id,
    /// `well`, `badly` or `idea`.
    pub lane: String,
    pub text: String,
}

impl Action for AddRetroNote {
    type Output = Noted;
    const META: Meta = Meta::action(
        "add-retro-note",
        "Write a note for the retrospective; it names nobody",
        "POST",
        "/iterations/{iteration}/retro",
    )
    .exercises(&[42]);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Noted> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (sprint, _) = iteration(cx.conn(), &actor, self.iteration, Access::Write)?;
        let row = new_row!(
            cx,
            RetroNote {
                product_id: sprint.product_id,
                sprint_id: sprint.id,
                lane: one_of("lane", Some(&self.lane), "", &LANES)?,
                text: check_title("text", &self.text)?,
                topic: String::new(),
                item_id: None,
            }
        );
        // What is told of it names nobody either.
        cx.actor.person = Actor::NOBODY;
        cx.insert(&row)?;
        Ok(Noted { notes: NOTES.all(cx.conn(), ws, &[sprint.id.into()])?.len() as i64 })
    }
}

/// Put a note under a topic, to be seen together with others.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GroupRetroNote {
    pub note: Id,
    pub topic: String,
}

impl Action for GroupRetroNote {
    type Output = Vec<NoteView>;
    const META: Meta = Meta::action(
        "group-retro-note",
        "Put a note under a topic, to be seen together with others",
        "POST",
        "/iterations/retro/{note}/topic",
    )
    .exercises(&[42]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<NoteView>> {
        let actor = cx.actor.clone();
        let (before, sprint, _) = note(cx, self.note)?;
        let mut after = before.clone();
        after.topic = self.topic.split_whitespace().collect::<Vec<_>>().join(" ");
        if after.topic.chars().count() > TOPIC {
            let message = format!("A topic has up to {TOPIC} characters.");
            return Err(Error::invalid("topic", message));
        }
        cx.update(&before, &mut after)?;
        notes(cx.conn(), &actor, sprint.id)
    }
}

/// Vote for a note, or take the vote back.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct VoteRetroNote {
    pub note: Id,
}

impl Action for VoteRetroNote {
    type Output = Vec<NoteView>;
    const META: Meta = Meta::action(
        "vote-retro-note",
        "Vote for a note, or take the vote back",
        "POST",
        "/iterations/retro/{note}/vote",
    )
    .exercises(&[42]);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<NoteView>> {
        let (actor, ws) = (cx.actor.clone(), cx.workspace());
        let (found, sprint, _) = note(cx, self.note)?;
        let values = [found.id.into(), actor.person.into()];
        match VOTE.first(cx.conn(), ws, &values)? {
            Some(vote) => cx.bin(&vote)?,
            None => {
                let row = new_row!(
                    cx,
                    RetroVote {
                        product_id: found.product_id,
                        note_id: found.id,
                        person_id: actor.person,
                    }
                );
                cx.insert(&row)?;
            }
        }
        notes(cx.conn(), &actor, sprint.id)
    }
}

/// Turn a note into an item of the backlog, so that something comes of it.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ActOnRetroNote {
    pub note: Id,
    /// The item's title; the note's words if left out.
    pub title: Option<String>,
    /// A person's id or name, or `me`.
    pub assignee: Option<String>,
}

impl Action for ActOnRetroNote {
    type Output = Vec<NoteView>;
    const META: Meta = Meta::action(
        "act-on-retro-note",
        "Turn a note into an item of the backlog, so that something comes of it",
        "POST",
        "/iterations/retro/{note}/item",
    )
    .exercises(&[42, 35]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Vec<NoteView>> {
        let actor = cx.actor.clone();
        let (before, sprint, product) = note(cx, self.note)?;
        if before.item_id.is_some() {
            return Err(Error::refused("An item came of it already."));
        }
        let title = self.title.clone().filter(|t| !t.trim().is_empty());
        let input = CreateWorkItem {
            title: title.unwrap_or_else(|| before.text.clone()),
            level: Some("task".into()),
            body: format!("From the retrospective of {}: {}", sprint.name, before.text),
            labels: vec!["improvement".into()],
            team: sprint.team_id.map(|id| id.to_string()),
            assignee: self.assignee.clone(),
            ..CreateWorkItem::default()
        };
        let item = create(cx, &product, &input)?;
        let mut after = before.clone();
        after.item_id = Some(item.id);
        cx.update(&before, &mut after)?;
        notes(cx.conn(), &actor, sprint.id)
    }
}

/// Show the notes of an iteration's retrospective.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRetroNotes {
    pub iteration: Id,
}

impl Query for ListRetroNotes {
    type Output = Vec<NoteView>;
    const META: Meta = Meta::query(
        "list-retro-notes",
        "Show the notes of an iteration's retrospective",
        "/iterations/{iteration}/retro",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<NoteView>> {
        let (sprint, _) = iteration(cx.conn, cx.actor, self.iteration, Access::Read)?;
        notes(cx.conn, cx.actor, sprint.id)
    }
}
