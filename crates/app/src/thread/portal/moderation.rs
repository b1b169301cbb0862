//! What members do about the portal: let in, hide, answer, say how an idea stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::comments::{self, By, IdeaComment};
use super::drafts;
use super::ideas::{self, Asker, Idea, STATUSES};
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::people::contacts::Contact;
use crate::people::nouns::{Page, after_id, cut, one_of};
use crate::people::products::{self, check_text};
use crate::selects;
use crate::store::{Action, Change, Meta, Query, Reader, load};
use crate::why::evidence::Verbatim;

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
        drafts::follow(cx, &before, &after)?;
        shown(cx, &after)
    }
}
