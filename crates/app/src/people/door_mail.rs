//! Letters with a link by which somebody comes in: invitations, and links to choose a new password.

use super::mail::{Letter, check_address, post};
use super::{accounts, members, sign_in};
use crate::db::{Db, Tx};
use crate::kernel::secret::Secret;
use crate::kernel::{Actor, Clock, Id, Result, Time};
use crate::store::load;

/// Links that one may ask for, for an address and from a host, within an hour.
const FOR_AN_ADDRESS: i64 = 3;
const FROM_A_HOST: i64 = 20;
const HOUR: i64 = 3600;

/// Posts an invitation.
pub fn invite(tx: &mut Tx, by: &Actor, to: &str, secret: &Secret, now: Time) -> Result<()> {
    let workspace = accounts::workspace_name(tx, by.workspace)?;
    let letter = Letter {
        kind: "invitation",
        to: check_address(to)?,
        subject: format!("{} invites you to {workspace}", by.name),
        text: format!(
            "{} invites you to {workspace} in Wherefore, where a product's why, what and how are kept together.\n\nJoin: {{base}}/join/{}\n\nThe link holds for seven days and for one person. If you expected nothing of the kind, leave it.",
            by.name,
            secret.reveal()
        ),
        ..Letter::default()
    };
    post(tx, by.workspace, &letter, now).map(drop)
}

/// Posts the link with which a person chooses a new password, and gives the address that it goes to.
pub fn reset(
    tx: &mut Tx,
    workspace: i64,
    account: Id,
    secret: &Secret,
    now: Time,
) -> Result<String> {
    let name = match members::by_account(tx, workspace, account)? {
        Some(person) => person.name,
        None => String::new(),
    };
    let letter = Letter {
        kind: "reset",
        to: accounts::email_of(tx, account)?,
        name,
        subject: "Choose a new password".into(),
        text: format!(
            "Here you choose a new password for Wherefore: {{base}}/reset/{}\n\nThe link holds for seven days and works once. If you did not ask for it, leave it: your password stays as it is.",
            secret.reveal()
        ),
        ..Letter::default()
    };
    post(tx, workspace, &letter, now)?;
    Ok(letter.to)
}

/// Posts such a link to whoever asks for it at the door, if the address is known. Nothing tells
/// whether it is.
pub async fn ask_for_reset(db: &Db, clock: &Clock, email: &str, host: &str) -> Result<()> {
    let (email, now) = (check_address(email)?, clock.now());
    let host = format!("forgot-host:{host}");
    db.write(move |tx| {
        sign_in::count(tx, &host, FROM_A_HOST, HOUR, now)?;
        sign_in::count(tx, &format!("forgot:{email}"), FOR_AN_ADDRESS, HOUR, now)?;
        let Some((account, _)) = accounts::account(tx, &email)? else { return Ok(()) };
        let Some(workspace) = accounts::workspace_of(tx, account)? else { return Ok(()) };
        let secret = accounts::new_link(tx, "reset", None, None, Some(account), now)?;
        reset(tx, workspace, account, &secret, now).map(drop)
    })
    .await
}

/// Posts an invitation for somebody new, or for a person who is known by name already, if there is an
/// address to send it to.
pub fn invitation(
    tx: &mut Tx,
    by: &Actor,
    role: crate::kernel::Role,
    person: Option<Id>,
    email: &str,
    now: Time,
) -> Result<Secret> {
    let ws = by.workspace;
    let secret = match person {
        Some(person) => {
            let person = load::<members::Person>(tx, ws, person)?
                .filter(|p| p.gone_at.is_none())
                .ok_or(crate::kernel::Error::NotFound("person"))?;
            accounts::new_invitation_for(tx, ws, &person, role, now)?
        }
        None => accounts::new_link(tx, "invitation", Some(ws), Some(role), None, now)?,
    };
    if !email.trim().is_empty() {
        invite(tx, by, email, &secret, now)?;
    }
    Ok(secret)
}
