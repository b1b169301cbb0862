//! Ideas: what a contact asks for. An idea is evidence of kind feedback; its words stand in the
//! verbatim, who asked in the contact. What came by mail is kept the same way, and never public.

use serde::Serialize;

use crate::db::{Conn, Value};
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::contacts::Contact;
use crate::people::products::{self, Product};
use crate::store::{Change, Indexed, load};
use crate::why::evidence::{Evidence, RecordEvidence};
use crate::{new_row, record, selects, statements};

record! {
    /// What a contact asked for, and how it is told in public.
    pub struct Idea in "idea", versioned: false {
        pub product_id: Id,
        pub evidence_id: Id,
        pub contact_id: Id,
        /// In the contact's own words.
        pub title: String,
        /// `waiting`, `public`, `hidden`, or `private`: it came by mail and is on no portal.
        pub state: String,
        /// One of [`STATUSES`].
        pub status: String,
        /// Why, in public words.
        pub reason: String,
    }
}

record! {
    /// That a contact asks for the same.
    pub struct IdeaVote in "idea_vote", versioned: false {
        pub product_id: Id,
        pub idea_id: Id,
        pub contact_id: Id,
        pub person_key: String,
    }
}

impl Indexed for Idea {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["title"]
    }
}

impl Indexed for IdeaVote {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["person_key"]
    }
}

/// How an idea stands, in words for everybody.
pub const STATUSES: [(&str, &str); 5] = [
    ("listening", "We are listening"),
    ("planned", "Planned"),
    ("in-progress", "Being made"),
    ("shipped", "Here"),
    ("declined", "Will not be done"),
];

/// The public words of a status.
pub fn status_words(status: &str) -> &'static str {
    STATUSES.iter().find(|(word, _)| *word == status).map_or("", |(_, words)| words)
}

selects! {
    OF_EVIDENCE: Idea = "idea", "evidence_id = $2 AND gone_at IS NULL";
    SAME: Idea = "idea", "contact_id = $2 AND title = $3 AND gone_at IS NULL LIMIT 1";
    BY_CONTACT: Idea = "idea", "contact_id = $2 AND gone_at IS NULL ORDER BY id LIMIT 1000";
    VOTE: IdeaVote = "idea_vote", "idea_id = $2 AND person_key = $3";
    VOTES_BY: IdeaVote = "idea_vote", "contact_id = $2 AND gone_at IS NULL LIMIT 2000";
    ASKERS: Contact = "contact", "state <> 'gone' AND id IN (SELECT contact_id FROM idea_vote WHERE workspace_id = $1 AND idea_id = $2 AND gone_at IS NULL) ORDER BY id LIMIT 5000";
}

statements! {
    BEGIN_TALLY = "INSERT INTO idea_tally (workspace_id, idea_id, product_id, votes) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING";
    ADD_TO_TALLY = "UPDATE idea_tally SET votes = votes + $3 WHERE workspace_id = $1 AND idea_id = $2";
    TALLY = "SELECT votes FROM idea_tally WHERE workspace_id = $1 AND idea_id = $2";
}

/// The idea of a piece of evidence, if it is one.
pub fn of_evidence(conn: &mut Conn, ws: i64, evidence: Id) -> Result<Option<Idea>> {
    OF_EVIDENCE.first(conn, ws, &[evidence.into()])
}

/// Who asks for it: whoever wrote it and whoever joined.
pub fn askers(conn: &mut Conn, ws: i64, idea: Id) -> Result<Vec<Contact>> {
    ASKERS.all(conn, ws, &[idea.into()])
}

/// What a contact asked for.
pub(super) fn by_contact(conn: &mut Conn, ws: i64, contact: Id) -> Result<Vec<Idea>> {
    BY_CONTACT.all(conn, ws, &[contact.into()])
}

/// What a contact joined.
pub(super) fn votes_by(conn: &mut Conn, ws: i64, contact: Id) -> Result<Vec<IdeaVote>> {
    VOTES_BY.all(conn, ws, &[contact.into()])
}

/// How many people ask for it.
pub fn tally(conn: &mut Conn, ws: i64, idea: Id) -> Result<i64> {
    Ok(conn.query_opt(&TALLY, &[ws.into(), idea.into()], |r| r.get(0))?.unwrap_or(0))
}

/// An idea of a product that this actor sees and may do `access` to.
pub fn find(conn: &mut Conn, actor: &Actor, id: Id, access: Access) -> Result<(Idea, Product)> {
    let missing = || Error::NotFound("idea");
    let idea = load::<Idea>(conn, actor.workspace, id)?.filter(|i| i.gone_at.is_none());
    let idea = idea.ok_or_else(missing)?;
    let product = products::product_by_id(conn, actor, idea.product_id, access)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok((idea, product))
}

/// What somebody outside asks for.
#[derive(Clone, Default)]
pub struct Asked {
    pub title: String,
    pub text: String,
    /// `waiting`, `public` or `private`.
    pub state: &'static str,
    pub evidence: RecordEvidence,
}

/// Keeps what a contact asks for, as evidence and as an idea; the same again is the first one.
pub fn keep(
    cx: &mut Change<'_>,
    product: &Product,
    contact: &Contact,
    asked: &Asked,
) -> Result<(Idea, bool)> {
    let ws = cx.workspace();
    let same: [Value; 2] = [contact.id.into(), asked.title.clone().into()];
    if asked.state != "private"
        && let Some(before) = SAME.first(cx.conn(), ws, &same)?
    {
        return Ok((before, false));
    }
    let evidence = RecordEvidence {
        verbatim: asked.text.clone(),
        title: Some(asked.title.clone()),
        source: if contact.name.is_empty() { "somebody".into() } else { contact.name.clone() },
        email: contact.email.clone(),
        ..asked.evidence.clone()
    }
    .keep_in(cx, product, None)?;
    let idea = new_row!(
        cx,
        Idea {
            product_id: product.id,
            evidence_id: evidence.id,
            contact_id: contact.id,
            title: asked.title.clone(),
            state: asked.state.to_owned(),
            status: "listening".to_owned(),
            reason: String::new(),
        }
    );
    cx.insert(&idea)?;
    let values = [ws.into(), idea.id.into(), product.id.into()];
    cx.exempt().execute(&BEGIN_TALLY, &values)?;
    vote(cx, &idea, contact, true)?;
    Ok((idea, true))
}

/// Joins those who ask for it, or leaves them; one voice for each mailbox.
pub(super) fn vote(cx: &mut Change<'_>, idea: &Idea, contact: &Contact, on: bool) -> Result<()> {
    let ws = cx.workspace();
    let own = [idea.id.into(), contact.person_key.clone().into()];
    let change = match (VOTE.first(cx.conn(), ws, &own)?, on) {
        (None, true) => {
            cx.insert(&new_row!(
                cx,
                IdeaVote {
                    product_id: idea.product_id,
                    idea_id: idea.id,
                    contact_id: contact.id,
                    person_key: contact.person_key.clone(),
                }
            ))?;
            1
        }
        (Some(vote), true) if vote.gone_at.is_some() => {
            cx.restore(&vote)?;
            1
        }
        (Some(vote), false) if vote.gone_at.is_none() => {
            cx.bin(&vote)?;
            -1
        }
        _ => return Ok(()),
    };
    let values: [Value; 3] = [ws.into(), idea.id.into(), i64::from(change).into()];
    cx.exempt().execute(&ADD_TO_TALLY, &values)?;
    Ok(())
}

/// The evidence behind an idea.
pub fn evidence(conn: &mut Conn, ws: i64, idea: &Idea) -> Result<Evidence> {
    let found = load::<Evidence>(conn, ws, idea.evidence_id)?.filter(|e| e.gone_at.is_none());
    found.ok_or(Error::NotFound("idea"))
}

/// Somebody who asks, as members see them.
#[derive(Clone, Serialize, schemars::JsonSchema, Debug)]
pub struct Asker {
    pub contact: Id,
    pub name: String,
    pub email: String,
}

impl From<&Contact> for Asker {
    fn from(c: &Contact) -> Self {
        Self { contact: c.id, name: c.name.clone(), email: c.email.clone() }
    }
}
