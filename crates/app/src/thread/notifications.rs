//! What concerns you: mentions, replies, assignments and reminders, newest first, of what you may
//! see.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::comments::Comment;
use super::nodes::{Keyed, load_keyed};
use crate::db::Conn;
use crate::how::work_items::Names;
use crate::kernel::{Access, Id, Result, Time};
use crate::people::notify::{self, About, KINDS, Notice, notify, read_all, read_one};
use crate::people::nouns::one_of;
use crate::people::{audience, charters, products, teams};
use crate::shell::markdown;
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};

statements! {
    OWN = "SELECT id, kind, object_kind, object_id, comment_id, actor_id, created_at, read_at, word FROM notification WHERE workspace_id = $1 AND person_id = $2 AND created_at < $3 ORDER BY created_at DESC, id DESC LIMIT 50";
    UNREAD = "SELECT COUNT(*) FROM (SELECT 1 FROM notification WHERE workspace_id = $1 AND person_id = $2 AND read_at IS NULL LIMIT 100) AS counted";
    WROTE_BEFORE = "SELECT DISTINCT author_id FROM comment WHERE workspace_id = $1 AND object_id = $2 AND id <> $3 AND author_id IS NOT NULL AND gone_at IS NULL LIMIT 50";
}

/// How many are unread, counted up to 100.
pub fn unread(conn: &mut Conn, ws: i64, person: Id) -> Result<i64> {
    conn.query_one(&UNREAD, &[ws.into(), person.into()], |r| r.get(0))
}

/// Tells those whom a comment concerns: who is mentioned in it and was not in `before`, then, for a
/// new one, who has commented here or has the item in hand.
pub(super) fn tell(
    cx: &mut Change<'_>,
    on: &Keyed,
    product: &products::Product,
    comment: &Comment,
    before: Option<&str>,
) -> Result<()> {
    let workspace = cx.workspace();
    let about =
        About { kind: on.kind(), object: on.id(), product: product.id, comment: Some(comment.id) };
    let mut told: Vec<Id> = Vec::new();
    if comment.body.contains('@') {
        let people = audience::audience(cx.conn(), workspace, product)?;
        let spelled = audience::spellings(&people);
        let known: Vec<Id> = before.map(|b| mentioned(b, &spelled)).unwrap_or_default();
        for person in mentioned(&comment.body, &spelled) {
            if !told.contains(&person) && !known.contains(&person) {
                notify(cx, person, Notice::Mention, about)?;
            }
            told.push(person);
        }
    }
    if before.is_some() {
        return Ok(());
    }
    let values = [workspace.into(), on.id().into(), comment.id.into()];
    let mut others: Vec<Id> = cx.conn().query(&WROTE_BEFORE, &values, |r| r.get(0))?;
    if let Keyed::WorkItem(item) = on {
        others.extend(item.assignee_id.filter(|a| !others.contains(a)));
    }
    for person in others.into_iter().filter(|p| !told.contains(p)) {
        notify(cx, person, Notice::Reply, about)?;
    }
    Ok(())
}

/// Tells those whom a question mentions.
pub(super) fn asked(
    cx: &mut Change<'_>,
    on: &Keyed,
    product: &products::Product,
    body: &str,
) -> Result<()> {
    if !body.contains('@') {
        return Ok(());
    }
    let about = About { kind: on.kind(), object: on.id(), product: product.id, comment: None };
    let workspace = cx.workspace();
    let people = audience::audience(cx.conn(), workspace, product)?;
    let mut told = mentioned(body, &audience::spellings(&people));
    told.sort_unstable();
    told.dedup();
    told.into_iter().try_for_each(|person| notify(cx, person, Notice::Mention, about))
}

fn mentioned(text: &str, spelled: &[(String, Id)]) -> Vec<Id> {
    let words: Vec<String> = spelled.iter().map(|(s, _)| s.clone()).collect();
    markdown::mentions(text, &words).into_iter().map(|at| spelled[at].1).collect()
}

/// Something that concerns you.
#[derive(Serialize, JsonSchema, Clone)]
pub struct Notification {
    pub id: Id,
    /// `mention`, `reply`, `answered`, `assigned`, `rule` or `signals`; of what you follow `moved`,
    /// `commented` or `judged`; of what waits for you `check-in-due`, `review-due`, `outcome-due` or `answer-due`; `decided` of a problem that you framed; `handed-over`; `reset-link` where somebody made a link with which
    /// your password can be set.
    pub kind: String,
    /// Who did it; nobody reminds.
    pub actor: String,
    /// The item's key; for signals, the address of the health page, for a hand-over that of its page;
    /// `account` for your account.
    pub key: String,
    pub title: String,
    /// The beginning of the comment.
    pub excerpt: Option<String>,
    pub comment: Option<Id>,
    pub created_at: Time,
    pub read: bool,
    /// Of `moved` the state that it came into, of `judged` `accepted` or `sent-back`, of `decided` its state or `on-roadmap`, of `handed-over`
    /// `handed-over` or `taken-back`.
    pub word: Option<String>,
}

/// A page of them and where the next one begins.
#[derive(Serialize, JsonSchema)]
pub struct Notifications {
    pub items: Vec<Notification>,
    pub next: Option<Time>,
}

/// List what concerns you, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListNotifications {
    /// Where the page before ended.
    pub before: Option<Time>,
}

impl Query for ListNotifications {
    type Output = Notifications;
    const META: Meta =
        Meta::query("list-notifications", "List what concerns you", "/notifications")
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Notifications> {
        let (ws, person) = (cx.actor.workspace, cx.actor.person);
        let before = self.before.unwrap_or(Time(i64::MAX));
        let rows: Vec<Row> =
            cx.conn.query(&OWN, &[ws.into(), person.into(), before.into()], |r| {
                Ok(Row {
                    id: r.get(0)?,
                    kind: r.get(1)?,
                    object_kind: r.get(2)?,
                    object: r.get(3)?,
                    comment: r.get(4)?,
                    actor: r.get(5)?,
                    created_at: r.get(6)?,
                    read: r.get::<Option<i64>>(7)?.is_some(),
                    word: r.get(8)?,
                })
            })?;
        let next = (rows.len() == 50).then(|| rows.last().map(|r| r.created_at)).flatten();
        let mut names = Names::default();
        let mut items = Vec::new();
        for row in rows {
            items.extend(row.shown(cx, &mut names)?);
        }
        Ok(Notifications { items, next })
    }
}

struct Row {
    id: Id,
    kind: String,
    object_kind: String,
    object: Id,
    comment: Option<Id>,
    actor: Option<Id>,
    created_at: Time,
    read: bool,
    word: Option<String>,
}

impl Row {
    /// As its person sees it; nothing where the thing is gone or not theirs to see any more.
    fn shown(self, cx: &mut Reader<'_>, names: &mut Names) -> Result<Option<Notification>> {
        let ws = cx.actor.workspace;
        if self.kind == "signals" {
            return self.signals(cx);
        }
        if self.kind == Notice::HandedOver.word() {
            return self.handed_over(cx, names);
        }
        if self.kind == Notice::ResetLink.word() {
            return self.of_account(cx, names).map(Some);
        }
        let keyed = load_keyed(cx.conn, ws, &self.object_kind, self.object, None)?;
        let Some(keyed) = keyed.filter(|k| !k.is_gone()) else { return Ok(None) };
        let node = keyed.node();
        if products::product_by_id(cx.conn, cx.actor, node.product, Access::Read).is_err() {
            return Ok(None);
        }
        let excerpt = match self.comment {
            Some(id) => match load::<Comment>(cx.conn, ws, id)?.filter(|c| c.gone_at.is_none()) {
                Some(comment) => Some(markdown::plain_excerpt(&comment.body, 160)),
                None => return Ok(None),
            },
            None => match &keyed {
                Keyed::Opportunity(o)
                    if self.kind == Notice::Decided.word()
                        && self.word.as_deref() != Some("on-roadmap") =>
                {
                    Some(o.verdict_reason.clone()).filter(|why| !why.is_empty())
                }
                _ => None,
            },
        };
        let actor = match names.person(cx.conn, ws, self.actor)? {
            Some(actor) => actor.name.clone(),
            None if self.kind.ends_with("-due") => String::new(),
            None => "Somebody".to_owned(),
        };
        Ok(Some(Notification {
            id: self.id,
            kind: self.kind,
            actor,
            key: node.key,
            title: node.title,
            excerpt,
            comment: self.comment,
            created_at: self.created_at,
            read: self.read,
            word: self.word,
        }))
    }
}

impl Row {
    /// A responsibility that was handed over, or taken back.
    fn handed_over(self, cx: &mut Reader<'_>, names: &mut Names) -> Result<Option<Notification>> {
        let Some(told) = charters::handover_told(cx, self.object)? else { return Ok(None) };
        let by = names.person(cx.conn, cx.actor.workspace, self.actor)?;
        Ok(Some(Notification {
            id: self.id,
            kind: self.kind,
            actor: by.map_or_else(|| "Somebody".to_owned(), |p| p.name.clone()),
            key: told.page,
            title: told.title,
            excerpt: Some(told.reason).filter(|r| !r.is_empty()),
            comment: None,
            created_at: self.created_at,
            read: self.read,
            word: self.word,
        }))
    }

    /// What was done to one's own account.
    fn of_account(self, cx: &mut Reader<'_>, names: &mut Names) -> Result<Notification> {
        let by = names.person(cx.conn, cx.actor.workspace, self.actor)?;
        Ok(Notification {
            id: self.id,
            kind: self.kind,
            actor: by.map_or_else(|| "An operator".to_owned(), |p| p.name.clone()),
            key: "account".to_owned(),
            title: "your account".to_owned(),
            excerpt: None,
            comment: None,
            created_at: self.created_at,
            read: self.read,
            word: self.word,
        })
    }

    /// That other signals are raised in a product or a team than before.
    fn signals(self, cx: &mut Reader<'_>) -> Result<Option<Notification>> {
        let ws = cx.actor.workspace;
        let (key, title) = if self.object_kind == "team" {
            let Ok(team) = teams::by_id(cx.conn, ws, self.object) else { return Ok(None) };
            (format!("teams/{}/health", team.id), team.name)
        } else {
            let found = products::product_by_id(cx.conn, cx.actor, self.object, Access::Read);
            let Ok(product) = found else { return Ok(None) };
            (format!("p/{}/health", product.key), product.name)
        };
        Ok(Some(Notification {
            id: self.id,
            kind: self.kind,
            actor: "Wherefore".to_owned(),
            key,
            title,
            excerpt: None,
            comment: None,
            created_at: self.created_at,
            read: self.read,
            word: self.word,
        }))
    }
}

/// How many were marked.
#[derive(Serialize, JsonSchema)]
pub struct Marked {
    pub marked: u64,
}

/// Mark one notification of yours as read.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ReadNotification {
    pub notification: Id,
}

impl Action for ReadNotification {
    type Output = Marked;
    const META: Meta = Meta::action(
        "read-notification",
        "Mark one notification of yours as read",
        "POST",
        "/notifications/{notification}/read",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Marked> {
        Ok(Marked { marked: read_one(cx, self.notification)? })
    }
}

/// Mark all notifications of yours as read.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub struct ReadAllNotifications {}

impl Action for ReadAllNotifications {
    type Output = Marked;
    const META: Meta = Meta::action(
        "read-all-notifications",
        "Mark all notifications of yours as read",
        "POST",
        "/notifications/read",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Marked> {
        Ok(Marked { marked: read_all(cx)? })
    }
}

/// What you are told of, and of what not.
#[derive(Serialize, JsonSchema, Clone)]
pub struct Muted {
    /// Kinds that you are not told of.
    pub muted: Vec<String>,
    /// All kinds that there are.
    pub kinds: Vec<String>,
}

fn what_is_muted(conn: &mut Conn, ws: i64, person: Id) -> Result<Muted> {
    let kinds = KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    Ok(Muted { muted: notify::muted(conn, ws, person)?, kinds })
}

/// Show the kinds of notification that you do not get.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct GetMuted {}

impl Query for GetMuted {
    type Output = Muted;
    const META: Meta = Meta::query(
        "get-muted",
        "Show the kinds of notification that you do not get",
        "/notifications/muted",
    )
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Muted> {
        what_is_muted(cx.conn, cx.actor.workspace, cx.actor.person)
    }
}

/// Say of what you do not want to be told, by kind; all others you get.
#[derive(Deserialize, JsonSchema, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SetMuted {
    /// `mention`, `reply`, `assigned`, `rule`, `signals`, `check-in-due`, `review-due`, `outcome-due`,
    /// `answer-due`, `answered`, `moved`, `commented` or `judged`; none for all to be told.
    pub muted: Vec<String>,
}

impl Action for SetMuted {
    type Output = Muted;
    const META: Meta = Meta::action(
        "set-muted",
        "Say of what you do not want to be told, by kind; all others you get",
        "PATCH",
        "/notifications/muted",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Muted> {
        let (ws, me) = (cx.workspace(), cx.actor.person);
        let words = KINDS.map(|(kind, _)| kind);
        let given = self.muted.iter().filter(|k| !k.trim().is_empty());
        let kinds: Result<Vec<String>> =
            given.map(|kind| one_of("muted", Some(kind), "", &words)).collect();
        notify::mute(cx, &kinds?)?;
        what_is_muted(cx.conn(), ws, me)
    }
}
