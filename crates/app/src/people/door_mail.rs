//! Letters with a link by which somebody comes in: invitations, and links to choose a new password.

use super::access::may_let_in;
use super::mail::{Letter, check_address, post};
use super::notify::{Notice, tell_of_account};
use super::{accounts, members, one_time, sign_in};
use crate::db::{Conn, Db, Tx};
use crate::kernel::secret::Secret;
use crate::kernel::{Access, Actor, Clock, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::{Change, Meta, Scope, load};

statements! {
    MADE_FOR = "SELECT actor_id, happened_at FROM activity WHERE workspace_id = $1 AND object_id = $2 AND verb = 'make-reset-link' ORDER BY seq DESC LIMIT 10";
}

/// What a link made by somebody else is recorded as.
const MAKE_RESET: Meta = Meta::action(
    "make-reset-link",
    "Make a link with which a person chooses a new password",
    "POST",
    "/people/{person}/reset",
)
.access(Access::Admin)
.scope(Scope::Workspace);

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

/// Makes such a link for somebody else, who is told of it, and gives it with the address that it is
/// also posted to. It stands in the activity.
pub fn reset_for(tx: &mut Tx, by: &Actor, person: Id, now: Time) -> Result<(Secret, String)> {
    by.check(Access::Admin)?;
    let person = load::<members::Person>(tx, by.workspace, person)?
        .filter(|p| p.gone_at.is_none())
        .ok_or(Error::NotFound("person"))?;
    may_let_in(by, &person)?;
    let account = person.account_id.ok_or(Error::NotFound("account"))?;
    let secret = recorded(tx, by, &person, account, now)?;
    let to = reset(tx, by.workspace, account, &secret, now)?;
    Ok((secret, to))
}

/// The same for an operator at the command line, by the address of an account.
pub fn reset_by_operator(tx: &mut Tx, email: &str, now: Time) -> Result<Secret> {
    let nobody = || Error::refused(format!("Nobody here has the address {email}."));
    let (account, _) = accounts::account(tx, email)?.ok_or_else(nobody)?;
    let workspace = accounts::workspace_of(tx, account)?.ok_or_else(nobody)?;
    let person = members::by_account(tx, workspace, account)?.ok_or_else(nobody)?;
    let operator = Actor::nobody(workspace, "An operator", Role::Owner, Via::Command);
    recorded(tx, &operator, &person, account, now)
}

fn recorded(
    tx: &mut Tx,
    by: &Actor,
    person: &members::Person,
    account: Id,
    now: Time,
) -> Result<Secret> {
    Change::record(tx, by.clone(), &MAKE_RESET, now, |cx| {
        cx.remark(person, "reset-link", serde_json::Map::new());
        tell_of_account(cx, person.id, Notice::ResetLink)?;
        let secret = one_time::new(cx.exempt(), "reset", None, None, Some(account), now)?;
        one_time::made_by(cx.exempt(), &secret, by)?;
        Ok(secret)
    })
}

/// The last links that somebody made for a person: who, nobody for an operator, and when.
pub fn resets_of(conn: &mut Conn, workspace: i64, person: Id) -> Result<Vec<(Option<Id>, Time)>> {
    conn.query(&MADE_FOR, &[workspace.into(), person.into()], |r| Ok((r.get(0)?, r.get(1)?)))
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
        let secret = one_time::new(tx, "reset", None, None, Some(account), now)?;
        reset(tx, workspace, account, &secret, now).map(drop)
    })
    .await
}

/// Posts an invitation for somebody new, or for a person who is known by name already, if there is an
/// address to send it to.
pub fn invitation(
    tx: &mut Tx,
    by: &Actor,
    role: Role,
    person: Option<Id>,
    email: &str,
    now: Time,
) -> Result<Secret> {
    let ws = by.workspace;
    let secret = match person {
        Some(person) => {
            let person = load::<members::Person>(tx, ws, person)?
                .filter(|p| p.gone_at.is_none())
                .ok_or(Error::NotFound("person"))?;
            one_time::new_for(tx, ws, &person, role, now)?
        }
        None => one_time::new(tx, "invitation", Some(ws), Some(role), None, now)?,
    };
    one_time::made_by(tx, &secret, by)?;
    if !email.trim().is_empty() {
        invite(tx, by, email, &secret, now)?;
    }
    Ok(secret)
}
