//! Who comes to a portal: its contacts, who may be banned, and forgotten at their word.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::comments;
use super::ideas::{self, Idea};
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::contacts::{self, Contact};
use crate::people::mail::forget_address;
use crate::people::nouns::{Page, after_id, cut};
use crate::people::products;
use crate::store::{Action, Change, Meta, Query, Reader, load};
use crate::thread::leaving::erase_words;
use crate::why::evidence::{self, Evidence, Verbatim};

fn contact(cx: &mut Change<'_>, id: Id) -> Result<Contact> {
    let missing = || Error::NotFound("contact");
    let actor = cx.actor.clone();
    let found = load::<Contact>(cx.conn(), actor.workspace, id)?;
    let found = found.filter(|c| c.state != "gone").ok_or_else(missing)?;
    products::product_by_id(cx.conn(), &actor, found.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    Ok(found)
}

/// How a contact stands now.
#[derive(Serialize, JsonSchema)]
pub struct ContactState {
    pub contact: Id,
    /// `active`, `banned` or `gone`.
    pub state: String,
}

/// Ban a contact from a portal and hide what they wrote there, or let them back.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct BanContact {
    pub contact: Id,
    /// False lets them back; what was hidden stays so until it is let in.
    #[serde(default = "yes")]
    pub banned: bool,
}

fn yes() -> bool {
    true
}

impl Action for BanContact {
    type Output = ContactState;
    const META: Meta = Meta::action(
        "ban-contact",
        "Ban a contact from a portal and hide what they wrote there, or let them back",
        "POST",
        "/contacts/{contact}/ban",
    );

    fn run(&self, cx: &mut Change<'_>) -> Result<ContactState> {
        let before = contact(cx, self.contact)?;
        let mut after = before.clone();
        if self.banned { "banned" } else { "active" }.clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        if self.banned {
            contacts::sign_out(cx, &before)?;
            silence(cx, &before)?;
        }
        Ok(ContactState { contact: after.id, state: after.state })
    }
}

/// Hides what a contact wrote and takes their voice from what they asked for.
fn silence(cx: &mut Change<'_>, contact: &Contact) -> Result<()> {
    let ws = cx.workspace();
    for idea in ideas::by_contact(cx.conn(), ws, contact.id)? {
        if ["public", "waiting"].contains(&idea.state.as_str()) {
            let mut after = idea.clone();
            "hidden".clone_into(&mut after.state);
            cx.update(&idea, &mut after)?;
        }
    }
    for before in evidence::said_by(cx.conn(), ws, &contact.email)? {
        let mut after = before.clone();
        after.source = "somebody".into();
        after.email.clear();
        cx.update(&before, &mut after)?;
    }
    for said in comments::by_contact(cx.conn(), ws, contact.id)? {
        let mut after = said.clone();
        "hidden".clone_into(&mut after.state);
        cx.update(&said, &mut after)?;
    }
    for vote in ideas::votes_by(cx.conn(), ws, contact.id)? {
        if let Some(idea) = load::<Idea>(cx.conn(), ws, vote.idea_id)? {
            ideas::vote(cx, &idea, contact, false)?;
        }
    }
    Ok(())
}

/// Forget who a contact is: name and address go for good; what was said stays as somebody's, or goes too.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ForgetContact {
    pub contact: Id,
    /// Their words go as well.
    #[serde(default)]
    pub words: bool,
}

impl Action for ForgetContact {
    type Output = ContactState;
    const META: Meta = Meta::action(
        "forget-contact",
        "Forget who a contact is: name and address go for good; what was said stays as somebody's, or goes too",
        "POST",
        "/contacts/{contact}/forget",
    )
    .access(Access::Admin);

    fn run(&self, cx: &mut Change<'_>) -> Result<ContactState> {
        let found = contact(cx, self.contact)?;
        forget(cx, &found, self.words)?;
        Ok(ContactState { contact: found.id, state: "gone".into() })
    }
}

/// Removes who a contact is, and with `words` what they said.
pub(super) fn forget(cx: &mut Change<'_>, contact: &Contact, words: bool) -> Result<()> {
    let ws = cx.workspace();
    contacts::sign_out(cx, contact)?;
    forget_address(cx, &contact.email)?;
    for idea in ideas::by_contact(cx.conn(), ws, contact.id)? {
        let Some(evidence) = load::<Evidence>(cx.conn(), ws, idea.evidence_id)? else { continue };
        if words {
            erase_words(cx, &evidence, "somebody")?;
        } else if let Some(before) = load::<Verbatim>(cx.conn(), ws, evidence.verbatim_id)? {
            let mut after = before.clone();
            after.source = "somebody".into();
            after.email.clear();
            cx.update(&before, &mut after)?;
        }
    }
    for before in evidence::said_by(cx.conn(), ws, &contact.email)? {
        if words && let Some(held) = evidence::of_words(cx.conn(), ws, before.id)? {
            erase_words(cx, &held, "somebody")?;
            continue;
        }
        let mut after = before.clone();
        after.source = "somebody".into();
        after.email.clear();
        cx.update(&before, &mut after)?;
    }
    for said in comments::by_contact(cx.conn(), ws, contact.id)?.iter().filter(|_| words) {
        let mut after = said.clone();
        (after.state, after.text) = ("hidden".into(), String::new());
        cx.update(said, &mut after)?;
    }
    for vote in ideas::votes_by(cx.conn(), ws, contact.id)? {
        let mut after = vote.clone();
        after.person_key = contact.id.to_string();
        cx.update(&vote, &mut after)?;
    }
    let mut after = contact.clone();
    after.email = format!("{}@gone.invalid", contact.id);
    after.person_key = contact.id.to_string();
    after.name = String::new();
    after.state = "gone".into();
    cx.update(contact, &mut after)
}

/// List the contacts of a product's portal, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListContacts {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 100 if left out.
    pub limit: Option<i64>,
}

/// A contact as members see it.
#[derive(Serialize, JsonSchema)]
pub struct ContactView {
    pub id: Id,
    pub name: String,
    pub email: String,
    pub state: String,
    pub since: Time,
}

impl Query for ListContacts {
    type Output = Page<ContactView>;
    const META: Meta = Meta::query(
        "list-contacts",
        "List the contacts of a product's portal, newest first",
        "/products/{product}/contacts",
    )
    .access(Access::Write);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<ContactView>> {
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(100).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let all = contacts::listed(cx.conn, cx.actor.workspace, product.id, after, limit + 1)?;
        let (all, next) = cut(all, limit, |contact| contact.id.to_string());
        let view = |c: Contact| ContactView {
            id: c.id,
            name: c.name,
            email: c.email,
            state: c.state,
            since: c.created_at,
        };
        Ok(Page { items: all.into_iter().map(view).collect(), next })
    }
}
