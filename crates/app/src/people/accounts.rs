//! Accounts, sessions, API tokens and one-time links: of the installation, not of a workspace.
//! Secrets are kept as hashes only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::members::{self, Person};
use crate::db::{Conn, Tx};
use crate::kernel::secret::{Password, Secret, hash_of};
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Record, Scope, load};

statements! {
    WORKSPACES = "SELECT COUNT(*) FROM workspace";
    ALL_WORKSPACES = "SELECT id FROM workspace ORDER BY id";
    FIRST_WORKSPACE = "SELECT id, name FROM workspace ORDER BY id LIMIT 1";
    RENAME_WORKSPACE = "UPDATE workspace SET name = $2 WHERE id = $1";
    WORKSPACE_NAME = "SELECT name FROM workspace WHERE id = $1";
    NEW_WORKSPACE = "INSERT INTO workspace (id, name, seq, created_at) SELECT COALESCE(MAX(id), 0) + 1, CAST($1 AS TEXT), 0, CAST($2 AS BIGINT) FROM workspace RETURNING id";
    NEW_ACCOUNT = "INSERT INTO account (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4)";
    ACCOUNT_BY_EMAIL = "SELECT id, password_hash FROM account WHERE email = $1";
    EMAIL_OF = "SELECT email FROM account WHERE id = $1";
    SET_PASSWORD = "UPDATE account SET password_hash = $2 WHERE id = $1";
    WORKSPACE_OF_ACCOUNT = "SELECT workspace_id FROM person WHERE account_id = $1 AND active = TRUE AND gone_at IS NULL ORDER BY workspace_id LIMIT 1";
    NEW_SESSION = "INSERT INTO session (token_hash, account_id, workspace_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    SESSION = "SELECT s.account_id, s.workspace_id, w.archived_at FROM session s JOIN workspace w ON w.id = s.workspace_id WHERE s.token_hash = $1 AND s.expires_at > $2";
    END_SESSION = "DELETE FROM session WHERE token_hash = $1";
    END_SESSIONS = "DELETE FROM session WHERE account_id = $1";
    NEW_TOKEN = "INSERT INTO token (token_hash, id, workspace_id, person_id, name, read_only, created_at, expires_at, grants) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TOKEN = "SELECT t.workspace_id, t.person_id, t.read_only, t.grants, w.archived_at FROM token t JOIN workspace w ON w.id = t.workspace_id WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
    TOKENS_OF = "SELECT id, name, read_only, created_at, expires_at, grants FROM token WHERE workspace_id = $1 AND person_id = $2 ORDER BY created_at DESC";
    END_TOKEN = "DELETE FROM token WHERE workspace_id = $1 AND person_id = $2 AND id = $3";
    END_TOKENS = "DELETE FROM token WHERE EXISTS (SELECT 1 FROM person p WHERE p.workspace_id = token.workspace_id AND p.id = token.person_id AND p.account_id = $1)";
    NEW_LINK = "INSERT INTO one_time_link (token_hash, purpose, workspace_id, role, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LINK = "SELECT purpose, workspace_id, role, account_id, person_id FROM one_time_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    LINK_FOR = "UPDATE one_time_link SET person_id = $2 WHERE token_hash = $1";
    MAKER_OF_LINK = "UPDATE one_time_link SET made_by = $2 WHERE token_hash = $1";
    END_LINKS_BY = "DELETE FROM one_time_link WHERE made_by = $1 AND used_at IS NULL";
    END_TOKENS_IN = "DELETE FROM token WHERE workspace_id = $1 AND person_id = $2";
    USE_LINK = "UPDATE one_time_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    INVITED = "SELECT person_id FROM one_time_link WHERE workspace_id = $1 AND purpose = 'invitation' AND person_id IS NOT NULL AND used_at IS NULL AND expires_at > $2 LIMIT 2000";
    DROP_RESETS = "DELETE FROM one_time_link WHERE account_id = $1 AND purpose = 'reset' AND used_at IS NULL";
    DROP_LINKS = "DELETE FROM one_time_link WHERE purpose = $1 AND used_at IS NULL";
}

const SESSION_DAYS: i64 = 30;
const LINK_DAYS: i64 = 7;

/// Whether nobody has set this installation up yet.
pub fn is_empty(conn: &mut Conn) -> Result<bool> {
    Ok(conn.query_one(&WORKSPACES, &[], |r| r.get::<i64>(0))? == 0)
}

/// The first workspace, which commands on the data folder mean.
pub fn first_workspace(conn: &mut Conn) -> Result<Option<i64>> {
    conn.query_opt(&FIRST_WORKSPACE, &[], |r| r.get(0))
}

/// The numbers of all workspaces.
pub fn workspaces(conn: &mut Conn) -> Result<Vec<i64>> {
    conn.query(&ALL_WORKSPACES, &[], |r| r.get(0))
}

/// A workspace's name.
pub fn workspace_name(conn: &mut Conn, workspace: i64) -> Result<String> {
    conn.query_one(&WORKSPACE_NAME, &[workspace.into()], |r| r.get(0))
}

/// Gives a workspace another name.
pub fn rename_workspace(tx: &Tx, workspace: i64, name: &str) -> Result<()> {
    tx.execute(&RENAME_WORKSPACE, &[workspace.into(), name.into()])?;
    Ok(())
}

/// Makes an empty workspace and gives its number.
pub fn new_workspace(tx: &mut Tx, name: &str, now: Time) -> Result<i64> {
    tx.query_one(&NEW_WORKSPACE, &[name.into(), now.into()], |r| r.get(0))
}

/// An e-mail address in the form it is stored.
pub fn clean_email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let shaped = email.len() <= 254
        && email.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.len() > 1)
        && !email.contains(char::is_whitespace);
    if shaped {
        Ok(email)
    } else {
        Err(Error::invalid("email", "Write the e-mail address in full, like ana@example.org."))
    }
}

/// Makes an account; without a password, nobody can sign in to it yet.
pub fn new_account(tx: &mut Tx, email: &str, password: Option<&Password>, now: Time) -> Result<Id> {
    let email = clean_email(email)?;
    if account(tx, &email)?.is_some() {
        return Err(Error::invalid(
            "email",
            format!("{email} has an account already. Sign in instead."),
        ));
    }
    let hash = password.map(Password::hash);
    let id = Id::new();
    tx.execute(&NEW_ACCOUNT, &[id.into(), email.into(), hash.into(), now.into()])?;
    Ok(id)
}

/// The account of an address, with its password hash.
pub fn account(conn: &mut Conn, email: &str) -> Result<Option<(Id, Option<String>)>> {
    conn.query_opt(&ACCOUNT_BY_EMAIL, &[email.into()], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// The address of an account.
pub fn email_of(conn: &mut Conn, account: Id) -> Result<String> {
    conn.query_one(&EMAIL_OF, &[account.into()], |r| r.get(0))
}

/// The first workspace in which an account is active.
pub fn workspace_of(conn: &mut Conn, account: Id) -> Result<Option<i64>> {
    conn.query_opt(&WORKSPACE_OF_ACCOUNT, &[account.into()], |r| r.get(0))
}

/// Starts a session and gives its secret, which only the cookie will hold.
pub fn new_session(tx: &mut Tx, account: Id, workspace: i64, now: Time) -> Result<Secret> {
    let secret = Secret::new("wfs_");
    let values = [
        secret.hash().into(),
        account.into(),
        workspace.into(),
        now.into(),
        now.plus_days(SESSION_DAYS).into(),
    ];
    tx.execute(&NEW_SESSION, &values)?;
    Ok(secret)
}

/// Ends one session.
pub fn end_session(tx: &mut Tx, token: &str) -> Result<()> {
    tx.execute(&END_SESSION, &[hash_of(token).into()])?;
    Ok(())
}

/// Ends all sessions of an account.
pub fn end_sessions(tx: &mut Tx, account: Id) -> Result<()> {
    tx.execute(&END_SESSIONS, &[account.into()])?;
    Ok(())
}

/// Who a session cookie stands for.
pub fn by_session(conn: &mut Conn, token: &str, now: Time) -> Result<Option<Actor>> {
    let found = conn.query_opt(&SESSION, &[hash_of(token).into(), now.into()], |r| {
        Ok((r.get::<Id>(0)?, r.get::<i64>(1)?, r.get::<Option<i64>>(2)?.is_some()))
    })?;
    let Some((account, workspace, archived)) = found else { return Ok(None) };
    let person = members::by_account(conn, workspace, account)?;
    // Nobody changes anything in a workspace that is closed.
    person.map(|p| actor(workspace, &p, archived, Via::Web)).transpose().map(Option::flatten)
}

/// Who an API token stands for.
pub fn by_token(conn: &mut Conn, token: &str, now: Time) -> Result<Option<Actor>> {
    let found = conn.query_opt(&TOKEN, &[hash_of(token).into(), now.into()], |r| {
        let read_only = r.get::<bool>(2)? || r.get::<Option<i64>>(4)?.is_some();
        Ok((r.get::<i64>(0)?, r.get::<Id>(1)?, read_only, r.get::<Option<String>>(3)?))
    })?;
    let Some((workspace, person, read_only, grants)) = found else { return Ok(None) };
    let person = load::<Person>(conn, workspace, person)?;
    let grants = grants.as_deref().map(granted);
    let via = if grants.is_some() { Via::Agent } else { Via::Api };
    let found = person.map(|p| actor(workspace, &p, read_only, via)).transpose()?.flatten();
    Ok(found.map(|a| Actor { grants, ..a }))
}

/// The numbers of responsibilities as a token keeps them.
fn granted(text: &str) -> Vec<u8> {
    text.split(',').filter_map(|n| n.parse().ok()).collect()
}

fn as_grants(numbers: &[u8]) -> String {
    numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// A person as actor; nobody who is inactive acts.
pub fn actor(workspace: i64, person: &Person, read_only: bool, via: Via) -> Result<Option<Actor>> {
    if !person.active || person.meta().gone_at.is_some() {
        return Ok(None);
    }
    let role = Role::parse(&person.role)?;
    let name = person.name.clone();
    Ok(Some(Actor { workspace, person: person.id, name, role, read_only, via, grants: None }))
}

/// Who was invited by name and has not joined yet.
pub fn invited(
    conn: &mut Conn,
    workspace: i64,
    now: Time,
) -> Result<std::collections::HashSet<Id>> {
    let rows = conn.query(&INVITED, &[workspace.into(), now.into()], |r| r.get::<Id>(0))?;
    Ok(rows.into_iter().collect())
}

/// What a one-time link is for.
pub struct Link {
    pub purpose: String,
    pub workspace: Option<i64>,
    pub role: Option<String>,
    pub account: Option<Id>,
    /// Whom it is for, where they are known by name already.
    pub person: Option<Id>,
}

/// Makes a one-time link that holds for seven days.
pub fn new_link(
    tx: &mut Tx,
    purpose: &str,
    workspace: Option<i64>,
    role: Option<Role>,
    account: Option<Id>,
    now: Time,
) -> Result<Secret> {
    if purpose == "setup" {
        tx.execute(&DROP_LINKS, &[purpose.into()])?;
    }
    let secret = Secret::new("");
    let values = [
        secret.hash().into(),
        purpose.into(),
        workspace.into(),
        role.map(|r| r.as_str().to_owned()).into(),
        account.into(),
        now.into(),
        now.plus_days(LINK_DAYS).into(),
    ];
    tx.execute(&NEW_LINK, &values)?;
    Ok(secret)
}

/// Keeps who made a link: it ends with [`end_links_by`] when they may make none any more.
pub fn made_by(tx: &mut Tx, link: &Secret, maker: &Actor) -> Result<()> {
    if maker.person != Actor::NOBODY {
        tx.execute(&MAKER_OF_LINK, &[link.hash().into(), maker.person.into()])?;
    }
    Ok(())
}

/// Ends the links that a person made and nobody has used yet.
pub fn end_links_by(tx: &mut Tx, person: Id) -> Result<()> {
    tx.execute(&END_LINKS_BY, &[person.into()])?;
    Ok(())
}

/// Ends every way in that somebody who was deactivated had or made: sessions, tokens, links.
pub fn end_ways_in(tx: &mut Tx, workspace: i64, person: &Person) -> Result<()> {
    if let Some(account) = person.account_id {
        end_sessions(tx, account)?;
    }
    tx.execute(&END_TOKENS_IN, &[workspace.into(), person.id.into()])?;
    end_links_by(tx, person.id)
}

/// Makes an invitation for somebody who is known by name already: joining, they become that person
/// with all that is theirs.
pub fn new_invitation_for(
    tx: &mut Tx,
    workspace: i64,
    person: &Person,
    role: Role,
    now: Time,
) -> Result<Secret> {
    if person.account_id.is_some() {
        return Err(Error::refused("This person has an account already. Make a reset link."));
    }
    let secret = new_link(tx, "invitation", Some(workspace), Some(role), None, now)?;
    tx.execute(&LINK_FOR, &[secret.hash().into(), person.id.into()])?;
    Ok(secret)
}

/// An unused link of that purpose.
pub fn link(conn: &mut Conn, token: &str, purpose: &str, now: Time) -> Result<Link> {
    conn.query_opt(&LINK, &[hash_of(token).into(), now.into()], |r| {
        Ok(Link {
            purpose: r.get(0)?,
            workspace: r.get(1)?,
            role: r.get(2)?,
            account: r.get(3)?,
            person: r.get(4)?,
        })
    })?
    .filter(|l| l.purpose == purpose)
    .ok_or_else(|| Error::refused("This link was used already or is too old. Ask for a new one."))
}

/// Marks a link as used; of two at once, one is refused.
pub fn use_link(tx: &mut Tx, token: &str, now: Time) -> Result<()> {
    if tx.execute(&USE_LINK, &[hash_of(token).into(), now.into()])? == 0 {
        return Err(Error::refused("This link was used already. Ask for a new one."));
    }
    Ok(())
}

/// Sets a new password; ends all sessions and the reset links that are still open.
pub fn set_password(tx: &mut Tx, account: Id, password: &Password) -> Result<()> {
    tx.execute(&SET_PASSWORD, &[account.into(), password.hash().into()])?;
    tx.execute(&DROP_RESETS, &[account.into()])?;
    end_sessions(tx, account)
}

/// Ends all API tokens of an account.
pub fn end_tokens(tx: &mut Tx, account: Id) -> Result<()> {
    tx.execute(&END_TOKENS, &[account.into()])?;
    Ok(())
}

/// What a token may do.
pub enum Reach {
    /// All that its person may.
    Full,
    /// Looking only.
    Read,
    /// An agent's: proposing, and these responsibilities.
    Held(Vec<u8>),
}

/// Makes an API token for a person and gives its secret, shown once.
pub fn new_token(
    tx: &mut Tx,
    workspace: i64,
    person: Id,
    name: &str,
    reach: &Reach,
    now: Time,
    expires: Option<Time>,
) -> Result<(Id, Secret)> {
    let held = match reach {
        Reach::Held(grants) => Some(as_grants(grants)),
        Reach::Full | Reach::Read => None,
    };
    let (id, secret) = (Id::new(), Secret::new("wf_"));
    let values = [
        secret.hash().into(),
        id.into(),
        workspace.into(),
        person.into(),
        name.into(),
        matches!(reach, Reach::Read).into(),
        now.into(),
        expires.into(),
        held.into(),
    ];
    tx.execute(&NEW_TOKEN, &values)?;
    Ok((id, secret))
}

/// Make a token for programs that act as you.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    pub name: String,
    #[serde(default)]
    pub read_only: bool,
    /// Days until it expires; 90 if left out, at most 3,650.
    pub days: Option<i64>,
    /// For an agent: the numbers of the responsibilities that it is held to, at least one. It may
    /// propose beside them, and do nothing else. Left out for a program that may do what you may.
    #[serde(default)]
    pub responsibilities: Option<Vec<String>>,
}

/// A token, with its secret only when it is made.
#[derive(Serialize, JsonSchema)]
pub struct TokenView {
    pub id: Id,
    pub name: String,
    pub read_only: bool,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    /// What an agent's token is held to; nothing for a program of yours.
    pub responsibilities: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl CreateToken {
    /// The responsibilities of an agent's token, each one known here.
    fn grants(&self, cx: &mut Change<'_>) -> Result<Option<Vec<u8>>> {
        let Some(given) = &self.responsibilities else { return Ok(None) };
        let workspace = cx.workspace();
        let known = super::responsibilities::names(cx.conn(), workspace)?;
        let mut numbers = Vec::new();
        for text in given.iter().flat_map(|t| t.split(',')).map(str::trim) {
            if text.is_empty() {
                continue;
            }
            let number = text.parse::<u8>().ok().filter(|n| known.contains_key(n));
            let message = format!("“{text}” is not the number of a responsibility here.");
            numbers.push(number.ok_or_else(|| Error::invalid("responsibilities", message))?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        // Naming none is never taken for naming no bounds.
        if numbers.is_empty() {
            return Err(Error::invalid(
                "responsibilities",
                "Name what the agent is held to: at least one responsibility's number. Leave the field out for a program that may do what you may.",
            ));
        }
        Ok(Some(numbers))
    }
}

impl Action for CreateToken {
    type Output = TokenView;
    const META: Meta = Meta {
        name: "create-token",
        summary: "Make a token for programs that act as you",
        method: "POST",
        path: "/tokens",
        access: Access::Propose,
        exercises: &[],
        scope: Scope::Workspace,
    };
    const PERSONAL: bool = true;
    const SHOWS_SECRET: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<TokenView> {
        let days = self.days.unwrap_or(90);
        if !(1..=3650).contains(&days) {
            return Err(Error::invalid("days", "A token holds for 1 to 3,650 days."));
        }
        let name = super::products::check_title("name", &self.name)?;
        let (now, who) = (cx.now, cx.actor.clone());
        let grants = self.grants(cx)?;
        let reach = match &grants {
            _ if self.read_only || who.read_only => Reach::Read,
            Some(grants) => Reach::Held(grants.clone()),
            None => Reach::Full,
        };
        let expires = Some(now.plus_days(days));
        let (id, secret) =
            new_token(cx.exempt(), who.workspace, who.person, &name, &reach, now, expires)?;
        Ok(TokenView {
            id,
            name,
            read_only: self.read_only,
            created_at: now,
            expires_at: expires,
            responsibilities: grants,
            secret: Some(secret.reveal().to_owned()),
        })
    }
}

/// End one of your tokens.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndToken {
    pub token: Id,
}

/// That it is done.
#[derive(Serialize, JsonSchema)]
pub struct Ended {
    pub ended: bool,
}

impl Action for EndToken {
    type Output = Ended;
    const META: Meta = Meta {
        name: "end-token",
        summary: "End one of your tokens",
        method: "DELETE",
        path: "/tokens/{token}",
        access: Access::Propose,
        exercises: &[],
        scope: Scope::Workspace,
    };
    const PERSONAL: bool = true;

    fn run(&self, cx: &mut Change<'_>) -> Result<Ended> {
        let values = [cx.workspace().into(), cx.actor.person.into(), self.token.into()];
        if cx.exempt().execute(&END_TOKEN, &values)? == 0 {
            return Err(Error::NotFound("token"));
        }
        Ok(Ended { ended: true })
    }
}

/// List your tokens, without their secrets.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTokens {}

impl Query for ListTokens {
    type Output = Vec<TokenView>;
    const META: Meta = Meta {
        name: "list-tokens",
        summary: "List your tokens, without their secrets",
        method: "GET",
        path: "/tokens",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<TokenView>> {
        let values = [cx.actor.workspace.into(), cx.actor.person.into()];
        cx.conn.query(&TOKENS_OF, &values, |r| {
            Ok(TokenView {
                id: r.get(0)?,
                name: r.get(1)?,
                read_only: r.get(2)?,
                created_at: r.get(3)?,
                expires_at: r.get(4)?,
                responsibilities: r.get::<Option<String>>(5)?.as_deref().map(granted),
                secret: None,
            })
        })
    }
}
