//! Accounts, sessions and the workspaces they lead to: of the installation, not of a workspace.
//! Secrets are kept as hashes only.

use super::members::{self, Person};
use super::{one_time, tokens};
use crate::db::{Conn, Tx};
use crate::kernel::secret::{Password, Secret, hash_of};
use crate::kernel::{Actor, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::Record;

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
}

const SESSION_DAYS: i64 = 30;

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

/// A person as actor; nobody who is inactive acts.
pub fn actor(workspace: i64, person: &Person, read_only: bool, via: Via) -> Result<Option<Actor>> {
    if !person.active || person.meta().gone_at.is_some() {
        return Ok(None);
    }
    let role = Role::parse(&person.role)?;
    let name = person.name.clone();
    Ok(Some(Actor { workspace, person: person.id, name, role, read_only, via, grants: None }))
}

/// Sets a new password; ends all sessions and the reset links that are still open.
pub fn set_password(tx: &mut Tx, account: Id, password: &Password) -> Result<()> {
    tx.execute(&SET_PASSWORD, &[account.into(), password.hash().into()])?;
    one_time::drop_resets(tx, account)?;
    end_sessions(tx, account)
}

/// Ends every way in that somebody who was deactivated had or made: sessions, tokens, links.
pub fn end_ways_in(tx: &mut Tx, workspace: i64, person: &Person) -> Result<()> {
    if let Some(account) = person.account_id {
        end_sessions(tx, account)?;
    }
    tokens::end_of_person(tx, workspace, person.id)?;
    one_time::end_by(tx, person.id)
}
