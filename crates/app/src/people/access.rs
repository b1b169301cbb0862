//! What opens the door: the browsers in which somebody is signed in, ending them and tokens, and
//! closing a workspace for changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts;
use super::members::Person;
use super::products::check_title;
use super::tokens::{self, Ended};
use crate::db::{Conn, Tx};
use crate::kernel::secret::hash_of;
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};

statements! {
    SESSIONS_OF = "SELECT token_hash, agent, created_at, expires_at FROM session WHERE account_id = $1 AND workspace_id = $2 AND expires_at > $3 ORDER BY created_at DESC LIMIT 100";
    NAME_SESSION = "UPDATE session SET agent = $2 WHERE token_hash = $1";
    END_OTHERS = "DELETE FROM session WHERE account_id = $1 AND SUBSTR(token_hash, 1, 16) <> $2";
    ARCHIVE = "UPDATE workspace SET archived_at = $2 WHERE id = $1";
    ARCHIVED = "SELECT archived_at FROM workspace WHERE id = $1";
    DROP_LINKS_OF = "DELETE FROM one_time_link WHERE account_id = $1 AND used_at IS NULL";
}

/// So much of a session's hash names it; the secret itself cannot be found from it.
const NAME: usize = 16;

/// What a session is called where it must be named.
pub fn session_name(secret: &str) -> String {
    hash_of(secret).chars().take(NAME).collect()
}

/// Notes which browser a session is of.
pub fn describe_session(tx: &mut Tx, secret: &str, agent: &str) -> Result<()> {
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(200).collect();
    tx.execute(&NAME_SESSION, &[hash_of(secret).into(), agent.into()])?;
    Ok(())
}

/// A browser in which somebody is signed in.
#[derive(Serialize, JsonSchema)]
pub struct SessionView {
    /// Names it for ending the others.
    pub id: String,
    /// What the browser says of itself.
    pub agent: String,
    pub created_at: Time,
    pub expires_at: Time,
}

fn own_account(conn: &mut Conn, actor: &Actor) -> Result<Id> {
    let person = load::<Person>(conn, actor.workspace, actor.person)?;
    person.and_then(|p| p.account_id).ok_or(Error::NotFound("account"))
}

/// List the browsers in which you are signed in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSessions {}

impl Query for ListSessions {
    type Output = Vec<SessionView>;
    const META: Meta =
        Meta::query("list-sessions", "List the browsers in which you are signed in", "/sessions")
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<SessionView>> {
        let account = own_account(cx.conn, cx.actor)?;
        let values = [account.into(), cx.actor.workspace.into(), cx.now.into()];
        cx.conn.query(&SESSIONS_OF, &values, |r| {
            Ok(SessionView {
                id: r.get::<String>(0)?.chars().take(NAME).collect(),
                agent: r.get(1)?,
                created_at: r.get(2)?,
                expires_at: r.get(3)?,
            })
        })
    }
}

/// Sign out in all browsers but one.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EndOtherSessions {
    /// The one that stays, by its id; none if left out.
    pub keep: Option<String>,
}

impl Action for EndOtherSessions {
    type Output = Ended;
    const META: Meta = Meta::action(
        "end-other-sessions",
        "Sign out in all browsers but one",
        "POST",
        "/sessions/end-others",
    )
    .access(Access::Propose)
    .scope(Scope::Workspace);
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Ended> {
        let actor = cx.actor.clone();
        let account = own_account(cx.conn(), &actor)?;
        let keep = self.keep.clone().unwrap_or_default();
        cx.exempt().execute(&END_OTHERS, &[account.into(), keep.into()])?;
        Ok(Ended { ended: true })
    }
}

/// End a person's sessions, and their tokens if wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndAccess {
    pub person: Id,
    /// Their API tokens too; a new password leaves those alone.
    #[serde(default)]
    pub tokens: bool,
}

impl Action for EndAccess {
    type Output = Ended;
    const META: Meta = Meta::action(
        "end-access",
        "End a person's sessions, and their tokens if wanted",
        "POST",
        "/people/{person}/end-access",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Ended> {
        let person: Person = cx.get(self.person, "person")?;
        may_touch(&cx.actor, &person)?;
        let account = person.account_id.ok_or_else(|| {
            Error::refused("This person is known by name only and cannot sign in anyway.")
        })?;
        accounts::end_sessions(cx.exempt(), account)?;
        cx.exempt().execute(&DROP_LINKS_OF, &[account.into()])?;
        if self.tokens {
            tokens::end_of_account(cx.exempt(), account)?;
        }
        Ok(Ended { ended: true })
    }
}

/// Owners are touched by owners only.
pub fn may_touch(actor: &Actor, person: &Person) -> Result<()> {
    if person.role == Role::Owner.as_str() && actor.role < Role::Owner {
        return Err(Error::Forbidden("Only an owner changes an owner.".into()));
    }
    Ok(())
}

/// Whoever makes a link to a new password could use it: an admin makes none for another admin, who
/// may be named where they are not, and none for an owner.
pub fn may_let_in(actor: &Actor, person: &Person) -> Result<()> {
    let own = person.id == actor.person;
    if own || actor.role >= Role::Owner || Role::parse(&person.role)? < Role::Admin {
        return Ok(());
    }
    Err(Error::Forbidden(
        "Only an owner makes a link for an owner or another admin. At the door they can have one sent to their own address.".into(),
    ))
}

/// A workspace as its admins see it.
#[derive(Serialize, JsonSchema)]
pub struct WorkspaceView {
    pub name: String,
    /// Since when it is closed for changes.
    pub archived_at: Option<Time>,
}

/// Since when a workspace is closed for changes.
pub fn archived_at(conn: &mut Conn, workspace: i64) -> Result<Option<Time>> {
    conn.query_one(&ARCHIVED, &[workspace.into()], |r| r.get(0))
}

fn workspace_view(conn: &mut Conn, workspace: i64) -> Result<WorkspaceView> {
    let name = accounts::workspace_name(conn, workspace)?;
    Ok(WorkspaceView { name, archived_at: archived_at(conn, workspace)? })
}

/// Give the workspace another name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameWorkspace {
    pub name: String,
}

impl Action for RenameWorkspace {
    type Output = WorkspaceView;
    const META: Meta =
        Meta::action("rename-workspace", "Give the workspace another name", "PATCH", "/workspace")
            .access(Access::Admin)
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<WorkspaceView> {
        let name = check_title("name", &self.name)?;
        let workspace = cx.workspace();
        accounts::rename_workspace(cx.exempt(), workspace, &name)?;
        workspace_view(cx.conn(), workspace)
    }
}

/// Closes the workspace for changes: everything can be read. Its name is typed again, so that nobody
/// does it by mistake. Neither this nor opening it again is an action: in a closed workspace there are
/// none, and no program closes one.
pub fn archive_workspace(tx: &mut Tx, actor: &Actor, typed: &str, now: Time) -> Result<()> {
    owner_here(actor)?;
    let name = accounts::workspace_name(tx, actor.workspace)?;
    if typed.trim() != name {
        return Err(Error::invalid("name", format!("Type the workspace's name, “{name}”.")));
    }
    tx.execute(&ARCHIVE, &[actor.workspace.into(), now.into()])?;
    Ok(())
}

/// Opens a closed workspace again.
pub fn reopen_workspace(tx: &mut Tx, actor: &Actor) -> Result<()> {
    owner_here(actor)?;
    tx.execute(&ARCHIVE, &[actor.workspace.into(), crate::db::Value::Null])?;
    Ok(())
}

fn owner_here(actor: &Actor) -> Result<()> {
    actor.check_role(Access::Owner)?;
    if matches!(actor.via, Via::Web | Via::Command) {
        return Ok(());
    }
    Err(Error::Forbidden(
        "An owner does this under People, or an operator with “wherefore admin”.".into(),
    ))
}
