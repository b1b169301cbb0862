//! What members do about the portal: let in, hide, answer, say how an idea stands, ban, forget.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::comments::{self, By, IdeaComment};
use super::ideas::{self, Asker, Idea, STATUSES};
use super::replies;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::contacts::{self, Contact};
use crate::people::mail::forget_address;
use crate::people::nouns::{Page, after_id, cut, one_of};
use crate::people::products::{self, check_text};
use crate::selects;
use crate::store::{Action, Change, Meta, Query, Reader, load};
use crate::why::evidence::{self, Verbatim};

selects! {
    WAITING: Idea = "idea", "product_id = $2 AND state = 'waiting' AND gone_at IS NULL ORDER BY id LIMIT 50";
    ALL: Idea = "idea", "product_id = $2 AND state <> 'private' AND gone_at IS NULL AND id < $3 ORDER BY id DESC LIMIT $4";
}

/// An idea as members see it, with who asks.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct IdeaView {
    pub id: Id,
    /// The evidence that it is.
    pub evidence: String,
    pub title: String,
    pub text: String,
    /// `waiting`, `public` or `hidden`.
    pub state: String,
    /// `listening`, `planned`, `in-progress`, `shipped` or `declined`.
    pub status: String,
    pub reason: String,
    /// Whoever wrote it.
    pub by: Option<Asker>,
    /// How many people ask for it: who they are counts, not how many.
    pub people: i64,
    pub at: Time,
}

/// An idea as members see it.
pub fn view(conn: &mut Conn, ws: i64, idea: &Idea) -> Result<Option<IdeaView>> {
    let evidence = match ideas::evidence(conn, ws, idea) {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    let words = load::<Verbatim>(conn, ws, evidence.verbatim_id)?;
    Ok(Some(IdeaView {
        id: idea.id,
        evidence: evidence.key,
        title: idea.title.clone(),
        text: words.map(|w| w.text).unwrap_or_default(),
        state: idea.state.clone(),
        status: idea.status.clone(),
        reason: idea.reason.clone(),
        by: load::<Contact>(conn, ws, idea.contact_id)?.as_ref().map(Into::into),
        people: ideas::tally(conn, ws, idea.id)?,
        at: idea.created_at,
    }))
}

/// A comment that waits to be let in.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct CommentView {
    pub id: Id,
    pub idea: Id,
    /// The title of the idea.
    pub about: String,
    pub text: String,
    pub state: String,
    pub by: Option<Asker>,
    pub at: Time,
}

fn comment_view(conn: &mut Conn, ws: i64, c: &IdeaComment) -> Result<CommentView> {
    let by = match c.contact_id {
        Some(contact) => load::<Contact>(conn, ws, contact)?,
        None => None,
    };
    let about = load::<Idea>(conn, ws, c.idea_id)?.map(|i| i.title).unwrap_or_default();
    Ok(CommentView {
        id: c.id,
        idea: c.idea_id,
        about,
        text: c.text.clone(),
        state: c.state.clone(),
        by: by.as_ref().map(Into::into),
        at: c.created_at,
    })
}

/// What waits at a portal.
#[derive(Serialize, JsonSchema)]
pub struct PortalQueue {
    /// Oldest first, up to 50.
    pub ideas: Vec<IdeaView>,
    pub comments: Vec<CommentView>,
}

/// List what waits to be let in at a product's portal.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetPortalQueue {
    pub product: String,
}

impl Query for GetPortalQueue {
    type Output = PortalQueue;
    const META: Meta = Meta::query(
        "portal-queue",
        "List what waits to be let in at a product's portal",
        "/products/{product}/portal/queue",
    )
    .access(Access::Write);

    fn run(&self, cx: &mut Reader<'_>) -> Result<PortalQueue> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut waiting = Vec::new();
        for idea in WAITING.all(cx.conn, ws, &[product.id.into()])? {
            waiting.extend(view(cx.conn, ws, &idea)?);
        }
        let said = comments::waiting(cx.conn, ws, product.id)?;
        let said: Result<Vec<_>> = said.iter().map(|c| comment_view(cx.conn, ws, c)).collect();
        Ok(PortalQueue { ideas: waiting, comments: said? })
    }
}

/// List a product's ideas, newest first, with who asks.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListIdeas {
    pub product: String,
    /// What the page before named as `next`.
    pub after: Option<String>,
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
}

impl Query for ListIdeas {
    type Output = Page<IdeaView>;
    const META: Meta = Meta::query(
        "list-ideas",
        "List a product's ideas, newest first, with who asks",
        "/products/{product}/ideas",
    )
    .access(Access::Write);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Page<IdeaView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let limit = self.limit.unwrap_or(50).clamp(1, 200);
        let after = after_id(self.after.as_deref(), uuid::Uuid::max())?;
        let rows = ALL.all(cx.conn, ws, &[product.id.into(), after, (limit + 1).into()])?;
        let (rows, next) = cut(rows, limit, |idea| idea.id.to_string());
        let mut items = Vec::new();
        for idea in rows {
            items.extend(view(cx.conn, ws, &idea)?);
        }
        Ok(Page { items, next })
    }
}

fn shown(cx: &mut Change<'_>, idea: &Idea) -> Result<IdeaView> {
    let ws = cx.workspace();
    view(cx.conn(), ws, idea)?.ok_or(Error::NotFound("idea"))
}

fn state_after(how: &str) -> Result<&'static str> {
    Ok(if one_of("how", Some(how), "", &["approve", "hide"])? == "approve" {
        "public"
    } else {
        "hidden"
    })
}

/// Let an idea in, or hide it.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ModerateIdea {
    pub idea: Id,
    /// `approve` or `hide`.
    pub how: String,
}

impl Action for ModerateIdea {
    type Output = IdeaView;
    const META: Meta = Meta::action(
        "moderate-idea",
        "Let an idea in, or hide it",
        "POST",
        "/ideas/{idea}/moderation",
    )
    .exercises(&[8]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IdeaView> {
        let actor = cx.actor.clone();
        let (before, _) = ideas::find(cx.conn(), &actor, self.idea, Access::Write)?;
        let state = state_after(&self.how)?;
        if before.state == "private" {
            return Err(Error::refused(
                "It came by mail and was never meant for the public; it stays inside.",
            ));
        }
        let mut after = before.clone();
        state.clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Let a comment in, or hide it.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ModerateComment {
    pub comment: Id,
    /// `approve` or `hide`.
    pub how: String,
}

impl Action for ModerateComment {
    type Output = CommentView;
    const META: Meta = Meta::action(
        "moderate-comment",
        "Let a comment in, or hide it",
        "POST",
        "/idea-comments/{comment}/moderation",
    )
    .exercises(&[8]);

    fn run(&self, cx: &mut Change<'_>) -> Result<CommentView> {
        let actor = cx.actor.clone();
        let (before, _) = comments::find(cx.conn(), &actor, self.comment, Access::Write)?;
        let mut after = before.clone();
        state_after(&self.how)?.clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        comment_view(cx.conn(), actor.workspace, &after)
    }
}

/// Say something under an idea in the product's name, for everybody to read.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct AnswerIdea {
    pub idea: Id,
    pub text: String,
}

impl Action for AnswerIdea {
    type Output = CommentView;
    const META: Meta = Meta::action(
        "answer-idea",
        "Say something under an idea in the product's name, for everybody to read",
        "POST",
        "/ideas/{idea}/answers",
    )
    .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<CommentView> {
        let actor = cx.actor.clone();
        let (idea, _) = ideas::find(cx.conn(), &actor, self.idea, Access::Write)?;
        let text = check_text("text", self.text.trim())?;
        if text.is_empty() {
            return Err(Error::invalid("text", "The answer is empty. Write a sentence."));
        }
        let said = comments::say(cx, &idea, &By::Person(actor.person), &text, "public")?;
        comment_view(cx.conn(), actor.workspace, &said)
    }
}

/// Say how an idea stands, in public words; where it is here or declined, a reply to all who asked is drafted.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SetIdeaStatus {
    pub idea: Id,
    /// `listening`, `planned`, `in-progress`, `shipped` or `declined`.
    pub status: String,
    /// Why, in public words; needed for declined.
    #[serde(default)]
    pub because: String,
}

impl Action for SetIdeaStatus {
    type Output = IdeaView;
    const META: Meta = Meta::action(
        "set-idea-status",
        "Say how an idea stands, in public words; where it is here or declined, a reply to all who asked is drafted",
        "POST",
        "/ideas/{idea}/status",
    )
    .exercises(&[16, 45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<IdeaView> {
        let actor = cx.actor.clone();
        let (before, _) = ideas::find(cx.conn(), &actor, self.idea, Access::Write)?;
        let words = STATUSES.map(|(word, _)| word);
        let mut after = before.clone();
        after.status = one_of("status", Some(&self.status), "", &words)?;
        after.reason = check_text("because", self.because.trim())?;
        if after.status == "declined" && after.reason.is_empty() {
            return Err(Error::invalid("because", "Say why not, in words for whoever asked."));
        }
        cx.update(&before, &mut after)?;
        if ["shipped", "declined"].contains(&after.status.as_str()) {
            replies::draft_for(cx, &after)?;
        }
        shown(cx, &after)
    }
}

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
        if words {
            let mut after = idea.clone();
            if idea.state != "private" {
                after.state = "hidden".into();
            }
            after.title = "Removed".into();
            cx.update(&idea, &mut after)?;
        }
        let Ok(evidence) = ideas::evidence(cx.conn(), ws, &idea) else { continue };
        if let Some(before) = load::<Verbatim>(cx.conn(), ws, evidence.verbatim_id)? {
            let mut after = before.clone();
            after.source = "somebody".into();
            after.email.clear();
            if words {
                after.text = String::new();
            }
            cx.update(&before, &mut after)?;
        }
        if words {
            let mut after = evidence.clone();
            after.title = "Removed at the request of whoever said it".into();
            cx.update(&evidence, &mut after)?;
        }
    }
    for before in evidence::said_by(cx.conn(), ws, &contact.email)? {
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
