//! Telling people what concerns them: written in the transaction of the change that causes it,
//! never to somebody who may not see the thing, and never to whoever did it. Reminders are written by
//! a job, and stand in the same place.

use super::members::Person;
use super::products::product_by_id;
use crate::db::{Conn, Tx};
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::{Change, Record, load};

statements! {
    NOTIFY = "INSERT INTO notification (workspace_id, id, person_id, kind, object_kind, object_id, product_id, comment_id, actor_id, created_at, read_at, word) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CAST(NULL AS BIGINT), $11)";
    READ_ONE = "UPDATE notification SET read_at = $4 WHERE workspace_id = $1 AND person_id = $2 AND id = $3 AND read_at IS NULL";
    SETTLE = "UPDATE notification SET read_at = $4 WHERE workspace_id = $1 AND object_id = $2 AND kind = $3 AND read_at IS NULL";
    MUTED = "SELECT kind FROM muted WHERE workspace_id = $1 AND person_id = $2 ORDER BY kind LIMIT 50";
    IS_MUTED = "SELECT 1 FROM muted WHERE workspace_id = $1 AND person_id = $2 AND kind = $3";
    MUTE = "INSERT INTO muted (workspace_id, person_id, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    HEAR_ALL = "DELETE FROM muted WHERE workspace_id = $1 AND person_id = $2";
    READ_ALL = "UPDATE notification SET read_at = $3 WHERE workspace_id = $1 AND person_id = $2 AND read_at IS NULL";
}

/// What happened.
#[derive(Clone, Copy)]
pub enum Notice {
    /// Somebody wrote `@Name`.
    Mention,
    /// Somebody commented where one has commented, or on what one has in hand.
    Reply,
    /// Somebody gave one an item.
    Assigned,
    /// A rule tells about an item.
    Rule,
    /// A key result of one's own has had no check-in for long.
    CheckInDue,
    /// A decision of one's own is to be looked at again.
    ReviewDue,
    /// What a release of one's own moved was not reviewed.
    OutcomeDue,
    /// A question waits for one's answer.
    AnswerDue,
    /// Somebody answered what one asked.
    Answered,
    /// An item that one follows came into another state.
    Moved,
    /// Somebody commented on an item that one follows.
    Commented,
    /// An item that one follows was accepted or sent back.
    Judged,
    /// A problem that one framed got a verdict, or its place on the roadmap.
    Decided,
    /// Somebody handed a responsibility over to one, or took it back.
    HandedOver,
    /// Somebody made a link with which one's password can be set. It is told whatever is muted.
    ResetLink,
}

impl Notice {
    /// As it is kept and told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Reply => "reply",
            Self::Assigned => "assigned",
            Self::Rule => "rule",
            Self::CheckInDue => "check-in-due",
            Self::ReviewDue => "review-due",
            Self::OutcomeDue => "outcome-due",
            Self::AnswerDue => "answer-due",
            Self::Answered => "answered",
            Self::Moved => "moved",
            Self::Commented => "commented",
            Self::Judged => "judged",
            Self::Decided => "decided",
            Self::HandedOver => "handed-over",
            Self::ResetLink => "reset-link",
        }
    }
}

/// All kinds, with what each tells.
pub const KINDS: [(&str, &str); 15] = [
    ("mention", "Somebody mentions you"),
    ("reply", "Somebody comments where you did, or on what is yours"),
    ("assigned", "Something is given to you"),
    ("rule", "A rule tells you of something"),
    ("signals", "Other signals are raised than before"),
    ("check-in-due", "A key result of yours has had no check-in"),
    ("review-due", "A decision of yours is to be looked at again"),
    ("outcome-due", "What a release of yours moved is not reviewed"),
    ("answer-due", "A question waits for you"),
    ("answered", "Somebody answers what you asked"),
    ("moved", "Something you follow comes into another state"),
    ("commented", "Somebody comments on something you follow"),
    ("judged", "Something you follow is accepted or sent back"),
    ("decided", "Something is decided about a problem that you framed"),
    ("handed-over", "A responsibility is handed over to you, or taken back"),
];

/// The kinds that a person does not want to be told of.
pub fn muted(conn: &mut Conn, ws: i64, person: Id) -> Result<Vec<String>> {
    conn.query(&MUTED, &[ws.into(), person.into()], |r| r.get(0))
}

fn is_muted(conn: &mut Conn, ws: i64, person: Id, kind: &str) -> Result<bool> {
    let values = [ws.into(), person.into(), kind.to_owned().into()];
    Ok(conn.query_opt(&IS_MUTED, &values, |r| r.get::<i64>(0))?.is_some())
}

/// Keeps what whoever acts does not want to be told of, in place of what was kept before.
pub fn mute(cx: &mut Change<'_>, kinds: &[String]) -> Result<()> {
    let (ws, me) = (cx.workspace(), cx.actor.person);
    cx.exempt().execute(&HEAR_ALL, &[ws.into(), me.into()])?;
    for kind in kinds {
        let values = [ws.into(), me.into(), kind.clone().into()];
        cx.exempt().execute(&MUTE, &values)?;
    }
    Ok(())
}

/// What it is about.
#[derive(Clone, Copy)]
pub struct About {
    pub kind: &'static str,
    pub object: Id,
    /// [`Actor::NOBODY`] where it is of no product, as what a team does.
    pub product: Id,
    pub comment: Option<Id>,
}

/// A person as an actor that only looks: what they may see.
fn eyes(workspace: i64, person: &Person) -> Result<Actor> {
    Ok(Actor {
        workspace,
        person: person.id,
        name: person.name.clone(),
        role: Role::parse(&person.role)?,
        read_only: true,
        via: Via::Web,
        grants: None,
    })
}

/// Tells a person, if there is somebody to tell who may see it.
pub fn notify(cx: &mut Change<'_>, person: Id, notice: Notice, about: About) -> Result<()> {
    if hears(cx, person, notice, about.product)? {
        tell(cx, person, notice, about, None)
    } else {
        Ok(())
    }
}

/// Whether a person is told such a thing of a product: they may see it, do not mute it, and did not do
/// it themselves.
pub fn hears(cx: &mut Change<'_>, person: Id, notice: Notice, product: Id) -> Result<bool> {
    let (workspace, actor) = (cx.workspace(), cx.actor.person);
    // What a rule tells is news to whoever wrote it, too.
    let own = person == actor && cx.actor.via != Via::Rule;
    Ok(!own
        && may_see(cx.conn(), workspace, person, product)?
        && !is_muted(cx.conn(), workspace, person, notice.word())?)
}

/// Tells a person who [`hears`] it, with a word of what came of it.
pub fn tell(
    cx: &mut Change<'_>,
    person: Id,
    notice: Notice,
    about: About,
    word: Option<&str>,
) -> Result<()> {
    let (workspace, actor, now) = (cx.workspace(), cx.actor.person, cx.now);
    cx.told.insert((about.object, person));
    write(cx.exempt(), workspace, (person, Some(actor)), (notice, word), about, now)
}

/// Tells a person of what was done to their own account; it is about no product.
pub(super) fn tell_of_account(cx: &mut Change<'_>, person: Id, notice: Notice) -> Result<()> {
    let (workspace, now) = (cx.workspace(), cx.now);
    let actor = Some(cx.actor.person).filter(|actor| *actor != Actor::NOBODY);
    let about = About { kind: Person::KIND, object: person, product: Actor::NOBODY, comment: None };
    write(cx.exempt(), workspace, (person, actor), (notice, None), about, now)
}

/// Reminds a person of what waits for them; nobody did it.
pub fn remind(
    tx: &mut Tx,
    workspace: i64,
    person: Id,
    notice: Notice,
    about: About,
    now: Time,
) -> Result<bool> {
    let told = may_see(tx, workspace, person, about.product)?
        && !is_muted(tx, workspace, person, notice.word())?;
    if told {
        write(tx, workspace, (person, None), (notice, None), about, now)?;
    }
    Ok(told)
}

/// Takes reminders of a thing back, once what they ask for is done.
pub fn settle(cx: &mut Change<'_>, notice: Notice, object: Id) -> Result<()> {
    let values = [cx.workspace().into(), object.into(), notice.word().into(), cx.now.into()];
    cx.exempt().execute(&SETTLE, &values)?;
    Ok(())
}

fn may_see(conn: &mut Conn, workspace: i64, person: Id, product: Id) -> Result<bool> {
    let Some(person) = load::<Person>(conn, workspace, person)? else { return Ok(false) };
    if !person.active || person.gone_at.is_some() {
        return Ok(false);
    }
    if product == Actor::NOBODY {
        return Ok(true);
    }
    match product_by_id(conn, &eyes(workspace, &person)?, product, Access::Read) {
        Err(Error::NotFound(_)) => Ok(false),
        other => other.map(|_| true),
    }
}

fn write(
    tx: &Tx,
    workspace: i64,
    (person, actor): (Id, Option<Id>),
    (notice, word): (Notice, Option<&str>),
    about: About,
    now: Time,
) -> Result<()> {
    let values = [
        workspace.into(),
        Id::new().into(),
        person.into(),
        notice.word().into(),
        about.kind.into(),
        about.object.into(),
        about.product.into(),
        about.comment.into(),
        actor.into(),
        now.into(),
        word.map(str::to_owned).into(),
    ];
    tx.execute(&NOTIFY, &values)?;
    Ok(())
}

/// Marks one of the actor's own as read.
pub fn read_one(cx: &mut Change<'_>, id: Id) -> Result<u64> {
    let values = [cx.workspace().into(), cx.actor.person.into(), id.into(), cx.now.into()];
    cx.exempt().execute(&READ_ONE, &values)
}

/// Marks all of the actor's own as read.
pub fn read_all(cx: &mut Change<'_>) -> Result<u64> {
    let values = [cx.workspace().into(), cx.actor.person.into(), cx.now.into()];
    cx.exempt().execute(&READ_ALL, &values)
}

/// Tells people that other signals are raised in a scope than before; `about` is its kind, its id and
/// a product of it. Nobody did it, so it is a message of the system.
pub fn tell_signals(
    tx: &mut Tx,
    workspace: i64,
    people: &[Id],
    about: (&str, Id, Id),
    now: Time,
) -> Result<()> {
    let (kind, object, product) = about;
    for id in people {
        let Some(person) = load::<Person>(tx, workspace, *id)? else { continue };
        if !person.active || person.gone_at.is_some() {
            continue;
        }
        match product_by_id(tx, &eyes(workspace, &person)?, product, Access::Read) {
            Err(Error::NotFound(_)) => continue,
            other => other?,
        };
        if is_muted(tx, workspace, person.id, "signals")? {
            continue;
        }
        let values = [
            workspace.into(),
            Id::new().into(),
            person.id.into(),
            "signals".into(),
            kind.into(),
            object.into(),
            product.into(),
            None::<Id>.into(),
            None::<Id>.into(),
            now.into(),
            None::<String>.into(),
        ];
        tx.execute(&NOTIFY, &values)?;
    }
    Ok(())
}
