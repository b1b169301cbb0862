//! One-time links: setting up, joining, a new password. Kept as hashes, spent once.

use std::collections::HashSet;

use super::members::Person;
use crate::db::{Conn, Tx};
use crate::kernel::secret::{Secret, hash_of};
use crate::kernel::{Actor, Error, Id, Result, Role, Time};
use crate::statements;

statements! {
    NEW_LINK = "INSERT INTO one_time_link (token_hash, purpose, workspace_id, role, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LINK = "SELECT purpose, workspace_id, role, account_id, person_id, made_by FROM one_time_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    LINK_FOR = "UPDATE one_time_link SET person_id = $2 WHERE token_hash = $1";
    MAKER_OF_LINK = "UPDATE one_time_link SET made_by = $2 WHERE token_hash = $1";
    END_LINKS_BY = "DELETE FROM one_time_link WHERE made_by = $1 AND used_at IS NULL";
    USE_LINK = "UPDATE one_time_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    INVITED = "SELECT person_id FROM one_time_link WHERE workspace_id = $1 AND purpose = 'invitation' AND person_id IS NOT NULL AND used_at IS NULL AND expires_at > $2 LIMIT 2000";
    DROP_RESETS = "DELETE FROM one_time_link WHERE account_id = $1 AND purpose = 'reset' AND used_at IS NULL";
    DROP_LINKS = "DELETE FROM one_time_link WHERE purpose = $1 AND used_at IS NULL";
}

const LINK_DAYS: i64 = 7;

/// Who was invited by name and has not joined yet.
pub fn invited(conn: &mut Conn, workspace: i64, now: Time) -> Result<HashSet<Id>> {
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
    /// Who made it, where it was somebody of the workspace.
    pub maker: Option<Id>,
}

/// Makes a one-time link that holds for seven days.
pub fn new(
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

/// Keeps who made a link: it ends with [`end_by`] when they may make none any more.
pub fn made_by(tx: &mut Tx, link: &Secret, maker: &Actor) -> Result<()> {
    if maker.person != Actor::NOBODY {
        tx.execute(&MAKER_OF_LINK, &[link.hash().into(), maker.person.into()])?;
    }
    Ok(())
}

/// Ends the links that a person made and nobody has used yet.
pub fn end_by(tx: &mut Tx, person: Id) -> Result<()> {
    tx.execute(&END_LINKS_BY, &[person.into()])?;
    Ok(())
}

/// Makes an invitation for somebody who is known by name already: joining, they become that person
/// with all that is theirs.
pub fn new_for(
    tx: &mut Tx,
    workspace: i64,
    person: &Person,
    role: Role,
    now: Time,
) -> Result<Secret> {
    if person.account_id.is_some() {
        return Err(Error::refused("This person has an account already. Make a reset link."));
    }
    let secret = new(tx, "invitation", Some(workspace), Some(role), None, now)?;
    tx.execute(&LINK_FOR, &[secret.hash().into(), person.id.into()])?;
    Ok(secret)
}

/// An unused link of that purpose.
pub fn unused(conn: &mut Conn, token: &str, purpose: &str, now: Time) -> Result<Link> {
    conn.query_opt(&LINK, &[hash_of(token).into(), now.into()], |r| {
        Ok(Link {
            purpose: r.get(0)?,
            workspace: r.get(1)?,
            role: r.get(2)?,
            account: r.get(3)?,
            person: r.get(4)?,
            maker: r.get(5)?,
        })
    })?
    .filter(|l| l.purpose == purpose)
    .ok_or_else(|| Error::refused("This link was used already or is too old. Ask for a new one."))
}

/// Marks a link as used; of two at once, one is refused.
pub fn spend(tx: &mut Tx, token: &str, now: Time) -> Result<()> {
    if tx.execute(&USE_LINK, &[hash_of(token).into(), now.into()])? == 0 {
        return Err(Error::refused("This link was used already. Ask for a new one."));
    }
    Ok(())
}

/// Ends the reset links of an account that are still open.
pub fn drop_resets(tx: &mut Tx, account: Id) -> Result<()> {
    tx.execute(&DROP_RESETS, &[account.into()])?;
    Ok(())
}
