//! Answering: what whoever said something is told. An answer is a letter to everybody who asked and
//! left an address; where nobody can be written to, how they were told is kept with it.

use crate::db::Conn;
use crate::kernel::{Error, Result};
use crate::people::contacts::{self, Contact};
use crate::people::mail::{Letter, post_in};
use crate::people::products::check_text;
use crate::selects;
use crate::store::{Change, load};
use crate::thread::portal::ideas;
use crate::why::evidence::{Evidence, Verbatim};

selects! {
    /// What says the same and was not answered.
    SAID_AGAIN: Evidence = "evidence", "duplicate_of = $2 AND state = 'duplicate' AND gone_at IS NULL AND answered_on IS NULL ORDER BY id LIMIT 200";
}

/// Somebody who can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub email: String,
    pub name: String,
    /// The same for all addresses of one mailbox.
    pub person_key: String,
}

impl From<Contact> for Asker {
    fn from(c: Contact) -> Self {
        Self { email: c.email, name: c.name, person_key: c.person_key }
    }
}

/// Everybody who said this or the same and can be written to, each once.
pub fn askers(conn: &mut Conn, ws: i64, evidence: &Evidence) -> Result<Vec<Asker>> {
    let mut all = Vec::new();
    add_askers(conn, ws, evidence, &mut all)?;
    for same in SAID_AGAIN.all(conn, ws, &[evidence.id.into()])? {
        add_askers(conn, ws, &same, &mut all)?;
    }
    Ok(all)
}

fn add_askers(conn: &mut Conn, ws: i64, evidence: &Evidence, all: &mut Vec<Asker>) -> Result<()> {
    let mut add = |asker: Asker| {
        if !all.iter().any(|known| known.person_key == asker.person_key) {
            all.push(asker);
        }
    };
    let open = |c: &Contact| c.state == "active" && c.gone_at.is_none();
    if let Some(idea) = ideas::of_evidence(conn, ws, evidence.id)? {
        let own = load::<Contact>(conn, ws, idea.contact_id)?;
        let joined = ideas::askers(conn, ws, idea.id)?;
        own.into_iter().chain(joined).filter(open).for_each(|c| add(c.into()));
    }
    let Some(words) = load::<Verbatim>(conn, ws, evidence.verbatim_id)? else { return Ok(()) };
    if words.email.is_empty() {
        return Ok(());
    }
    // Who was turned away at the portal is not written to on another way.
    match contacts::by_email(conn, ws, evidence.product_id, &words.email)? {
        Some(contact) if !open(&contact) => {}
        Some(contact) => add(contact.into()),
        None => add(Asker {
            person_key: contacts::person_key(ws, &words.email),
            email: words.email,
            name: words.source,
        }),
    }
    Ok(())
}

/// What people are told.
pub struct Answer<'a> {
    pub text: &'a str,
    /// What follows in the letter, as where it is told in public.
    pub more: &'a str,
    /// How they were told, where nobody can be written to.
    pub how: &'a str,
    /// Of letters with this word, each person gets one; that about this evidence if none is given.
    pub once: Option<String>,
}

/// Answers a piece of evidence and all that says the same: a letter to each who can be written to,
/// and what they were told with the evidence. Says how many were written to.
pub fn tell(cx: &mut Change<'_>, evidence: &Evidence, answer: &Answer<'_>) -> Result<usize> {
    if evidence.answered_on.is_some() {
        return Err(Error::refused("It was answered already; nobody is told twice."));
    }
    let ws = cx.workspace();
    let to = askers(cx.conn(), ws, evidence)?;
    let how = check_text("how", answer.how.trim())?;
    if to.is_empty() && how.is_empty() {
        return Err(Error::invalid(
            "how",
            "Nobody can be written to: no address is known. Say how they were told, as “by phone” or “in the meeting on Tuesday”, or add the address to the evidence.",
        ));
    }
    let once = answer.once.clone().unwrap_or_else(|| format!("reply:{}", evidence.id));
    for asker in &to {
        let letter = Letter {
            kind: "reply",
            to: asker.email.clone(),
            name: asker.name.clone(),
            subject: format!("About what you told us: {}", evidence.title),
            text: format!("{}{}", answer.text, answer.more),
            once: Some(format!("{once}:{}", asker.person_key)),
            ..Letter::default()
        };
        post_in(cx, &letter)?;
    }
    let how = if to.is_empty() { how.as_str() } else { "" };
    for same in SAID_AGAIN.all(cx.conn(), ws, &[evidence.id.into()])? {
        note(cx, &same, answer.text, how)?;
    }
    note(cx, evidence, answer.text, how)?;
    Ok(to.len())
}

/// Keeps with the evidence what was told. What says the same stays marked so.
fn note(cx: &mut Change<'_>, before: &Evidence, text: &str, how: &str) -> Result<()> {
    let mut after = before.clone();
    if before.state != "duplicate" {
        "answered".clone_into(&mut after.state);
    }
    text.clone_into(&mut after.answer);
    after.answered_on = Some(cx.happened.day());
    how.clone_into(&mut after.answered_how);
    cx.update(before, &mut after)
}
