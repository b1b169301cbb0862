//! Closing the loop: when something ships or is declined, a reply to each requester is drafted. A
//! person edits and sends it; nobody is ever told twice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ideas::{self, Idea};
use super::of_product;
use crate::db::Conn;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products::{self, check_text};
use crate::store::{Action, Change, Indexed, Meta, Query, Reader, load};
use crate::thread::answers::{Answer, askers, tell};
use crate::why::evidence::{Evidence, Verbatim};
use crate::{new_row, record, selects};

record! {
    /// What whoever asked is told, once.
    pub struct Reply in "reply", versioned: false {
        pub product_id: Id,
        pub evidence_id: Id,
        /// `shipped`, `declined`, or `answered` in words of one's own.
        pub cause: String,
        pub text: String,
        /// `draft`, `sent` or `dropped`.
        pub state: String,
        pub sent_by: Option<Id>,
        pub sent_on: Option<crate::kernel::Day>,
    }
}

impl Indexed for Reply {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    /// What was told cannot be untold.
    fn append_only() -> bool {
        true
    }
}

selects! {
    DRAFTS: Reply = "reply", "product_id = $2 AND state = 'draft' AND gone_at IS NULL ORDER BY id LIMIT 200";
    pub(super) OF_EVIDENCE: Reply = "reply", "evidence_id = $2 LIMIT 1";
}

pub(super) fn drafted(cx: &Change<'_>, evidence: &Evidence, cause: &str, text: String) -> Reply {
    new_row!(
        cx,
        Reply {
            product_id: evidence.product_id,
            evidence_id: evidence.id,
            cause: cause.to_owned(),
            text: text,
            state: "draft".to_owned(),
            sent_by: None,
            sent_on: None,
        }
    )
}

/// Takes the text out of the reply to evidence whose words were erased: what waits is not sent.
pub(in crate::thread) fn forget_text(cx: &mut Change<'_>, evidence: Id, text: &str) -> Result<()> {
    let ws = cx.workspace();
    let Some(before) = OF_EVIDENCE.first(cx.conn(), ws, &[evidence.into()])? else {
        return Ok(());
    };
    let mut after = before.clone();
    text.clone_into(&mut after.text);
    if before.state == "draft" {
        "dropped".clone_into(&mut after.state);
    }
    cx.update(&before, &mut after)?;
    cx.forget(before.id, &["text"])
}

/// A reply as members see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct ReplyView {
    pub id: Id,
    pub evidence: String,
    pub title: String,
    pub cause: String,
    pub text: String,
    pub state: String,
    /// Who said it, as the evidence names them.
    pub source: String,
    /// How many get it by mail; with 0 it can only be kept how they were told.
    pub mails: usize,
    /// Everybody reads it too, on the public page of the idea, where nothing was said yet.
    pub public: bool,
}

fn view(conn: &mut Conn, ws: i64, reply: &Reply) -> Result<Option<ReplyView>> {
    let Some(evidence) = load::<Evidence>(conn, ws, reply.evidence_id)? else { return Ok(None) };
    let words = load::<Verbatim>(conn, ws, evidence.verbatim_id)?;
    let idea = ideas::of_evidence(conn, ws, evidence.id)?;
    Ok(Some(ReplyView {
        id: reply.id,
        public: idea.is_some_and(|idea| tells_all(&idea)),
        mails: askers(conn, ws, &evidence)?.len(),
        evidence: evidence.key,
        title: evidence.title,
        cause: reply.cause.clone(),
        text: reply.text.clone(),
        state: reply.state.clone(),
        source: words.map(|w| w.source).unwrap_or_default(),
    }))
}

fn find(cx: &mut Change<'_>, id: Id) -> Result<Reply> {
    let missing = || Error::NotFound("reply");
    let actor = cx.actor.clone();
    let reply = load::<Reply>(cx.conn(), actor.workspace, id)?.ok_or_else(missing)?;
    products::product_by_id(cx.conn(), &actor, reply.product_id, Access::Write)
        .map_err(|e| if matches!(e, Error::NotFound(_)) { missing() } else { e })?;
    if reply.state != "draft" {
        return Err(Error::refused(format!(
            "This reply was {} already; nobody is told twice.",
            reply.state
        )));
    }
    Ok(reply)
}

fn shown(cx: &mut Change<'_>, reply: &Reply) -> Result<ReplyView> {
    let ws = cx.workspace();
    view(cx.conn(), ws, reply)?.ok_or(Error::NotFound("reply"))
}

/// List the replies of a product that wait to be sent.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListReplies {
    pub product: String,
}

impl Query for ListReplies {
    type Output = Vec<ReplyView>;
    const META: Meta = Meta::query(
        "list-replies",
        "List the replies of a product that wait to be sent",
        "/replies",
    )
    .access(Access::Write);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<ReplyView>> {
        let ws = cx.actor.workspace;
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut all = Vec::new();
        for reply in DRAFTS.all(cx.conn, ws, &[product.id.into()])? {
            all.extend(view(cx.conn, ws, &reply)?);
        }
        Ok(all)
    }
}

/// Edit a drafted reply.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct EditReply {
    pub reply: Id,
    pub text: String,
}

impl Action for EditReply {
    type Output = ReplyView;
    const META: Meta =
        Meta::action("edit-reply", "Edit a drafted reply", "PATCH", "/replies/{reply}")
            .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReplyView> {
        let before = find(cx, self.reply)?;
        let mut after = before.clone();
        after.text = check_text("text", self.text.trim())?;
        if after.text.is_empty() {
            return Err(Error::invalid(
                "text",
                "The reply is empty. Write a sentence, or drop it.",
            ));
        }
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Drop a drafted reply: nobody is told.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct DropReply {
    pub reply: Id,
}

impl Action for DropReply {
    type Output = ReplyView;
    const META: Meta = Meta::action(
        "drop-reply",
        "Drop a drafted reply: nobody is told",
        "DELETE",
        "/replies/{reply}",
    )
    .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReplyView> {
        let before = find(cx, self.reply)?;
        let mut after = before.clone();
        "dropped".clone_into(&mut after.state);
        cx.update(&before, &mut after)?;
        shown(cx, &after)
    }
}

/// Send a reply to all who asked, once.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct SendReply {
    pub reply: Id,
    /// The words to send; as drafted if left out.
    #[serde(default)]
    pub text: Option<String>,
    /// How they were told, as `by phone`; needed where nobody can be written to.
    #[serde(default)]
    pub how: String,
}

impl Action for SendReply {
    type Output = ReplyView;
    const META: Meta = Meta::action(
        "send-reply",
        "Send a reply to all who asked, once",
        "POST",
        "/replies/{reply}/send",
    )
    .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<ReplyView> {
        if let Some(text) = self.text.clone().filter(|t| !t.trim().is_empty()) {
            EditReply { reply: self.reply, text }.run(cx)?;
        }
        let reply = find(cx, self.reply)?;
        let sent = send(cx, &reply, &self.how)?;
        shown(cx, &sent)
    }
}

/// How many went out, and how many wait for somebody to say how those were told who left no address.
#[derive(Serialize, JsonSchema)]
pub struct Sent {
    pub replies: usize,
    pub left: usize,
}

/// Send all replies of a product that wait and can be sent by mail, each once.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SendReplies {
    pub product: String,
}

impl Action for SendReplies {
    type Output = Sent;
    const META: Meta = Meta::action(
        "send-replies",
        "Send all replies of a product that wait and can be sent by mail, each once",
        "POST",
        "/replies/send",
    )
    .exercises(&[45]);

    fn run(&self, cx: &mut Change<'_>) -> Result<Sent> {
        let actor = cx.actor.clone();
        let ws = actor.workspace;
        let product = products::product(cx.conn(), &actor, &self.product, Access::Write)?;
        let mut sent = Sent { replies: 0, left: 0 };
        for reply in DRAFTS.all(cx.conn(), ws, &[product.id.into()])? {
            let open = open(cx.conn(), ws, &reply)?;
            let reached = match &open {
                Some(evidence) => !askers(cx.conn(), ws, evidence)?.is_empty(),
                None => true,
            };
            if !reached {
                sent.left += 1;
                continue;
            }
            send(cx, &reply, "")?;
            sent.replies += usize::from(open.is_some());
        }
        Ok(sent)
    }
}

/// The evidence of a reply, unless somebody answered it meanwhile.
fn open(conn: &mut Conn, ws: i64, reply: &Reply) -> Result<Option<Evidence>> {
    let evidence = load::<Evidence>(conn, ws, reply.evidence_id)?;
    Ok(evidence.filter(|e| e.answered_on.is_none() && e.gone_at.is_none()))
}

/// Answers the evidence, and tells it on the idea's page. An evidence that somebody answered
/// meanwhile is left as it is, and nobody is written to.
fn send(cx: &mut Change<'_>, reply: &Reply, how: &str) -> Result<Reply> {
    let ws = cx.workspace();
    let Some(evidence) = open(cx.conn(), ws, reply)? else { return settle(cx, reply, "dropped") };
    let idea = ideas::of_evidence(cx.conn(), ws, evidence.id)?;
    let more = public_link(cx, idea.as_ref())?;
    tell(cx, &evidence, &Answer { text: &reply.text, more: &more, how, once: None })?;
    if let Some(idea) = idea {
        let mut told = idea.clone();
        told.status.clone_from(&reply.cause);
        // Words that were chosen for everybody stay.
        if tells_all(&idea) {
            told.reason.clone_from(&reply.text);
        }
        cx.update(&idea, &mut told)?;
    }
    settle(cx, reply, "sent")
}

/// Whether the reply is what everybody reads on the idea's page: nothing was said there yet.
fn tells_all(idea: &Idea) -> bool {
    idea.state == "public" && idea.reason.trim().is_empty()
}

pub(super) fn settle(cx: &mut Change<'_>, reply: &Reply, state: &str) -> Result<Reply> {
    let mut after = reply.clone();
    finish(cx, &mut after, state);
    cx.update(reply, &mut after)?;
    Ok(after)
}

fn finish(cx: &Change<'_>, reply: &mut Reply, state: &str) {
    state.clone_into(&mut reply.state);
    reply.sent_by = Some(cx.actor.person);
    reply.sent_on = Some(cx.happened.day());
}

/// Keeps that whoever asked was told in other words than those drafted: a letter that went out is
/// never taken back, so that it stands here like every other.
pub(in crate::thread) fn told(
    cx: &mut Change<'_>,
    evidence: &Evidence,
    text: &str,
    letters: usize,
) -> Result<()> {
    let ws = cx.workspace();
    let known = OF_EVIDENCE.first(cx.conn(), ws, &[evidence.id.into()])?;
    match known {
        Some(reply) if letters > 0 => {
            let mut after = Reply { text: text.to_owned(), ..reply.clone() };
            finish(cx, &mut after, "sent");
            cx.update(&reply, &mut after)
        }
        Some(reply) if reply.state == "draft" => settle(cx, &reply, "dropped").map(drop),
        Some(_) => Ok(()),
        None if letters > 0 => {
            let mut reply = drafted(cx, evidence, "answered", text.to_owned());
            finish(cx, &mut reply, "sent");
            cx.insert(&reply)
        }
        None => Ok(()),
    }
}

/// Where everybody reads it, if they can.
fn public_link(cx: &mut Change<'_>, idea: Option<&Idea>) -> Result<String> {
    let ws = cx.workspace();
    let Some(idea) = idea.filter(|i| i.state == "public") else { return Ok(String::new()) };
    let portal = of_product(cx.conn(), ws, idea.product_id)?.filter(|p| p.open);
    Ok(portal
        .map_or(String::new(), |p| format!("\n\n{{base}}/portal/{}/ideas/{}", p.slug, idea.id)))
}
