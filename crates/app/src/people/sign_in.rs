//! Signing in, setting up, joining: what people do before they are an actor.

use super::one_time::{self, Link};
use super::products::{CreateProduct, key_of};
use super::{accounts, members, tokens};
use crate::db::{Conn, Db, Tx};
use crate::kernel::secret::{Password, Secret, verify_password};
use crate::kernel::{Access, Actor, Clock, Error, Id, Result, Role, Time, Via};
use crate::statements;
use crate::store::{Action, Change, Meta, Scope, load};

statements! {
    ATTEMPTS = "SELECT failures, since FROM login_attempt WHERE bucket = $1";
    FAILED = "INSERT INTO login_attempt (bucket, failures, since) VALUES ($1, 1, $2) ON CONFLICT (bucket) DO UPDATE SET failures = CASE WHEN login_attempt.since < $3 THEN 1 ELSE login_attempt.failures + 1 END, since = CASE WHEN login_attempt.since < $3 THEN $2 ELSE login_attempt.since END";
    TAKE_BACK = "UPDATE login_attempt SET failures = failures - 1 WHERE bucket = $1 AND failures > 0";
    FORGET = "DELETE FROM login_attempt WHERE bucket = $1";
}

/// Failed tries that a host has in a quarter of an hour.
const TRIES: i64 = 10;
/// Failed tries at an address from all hosts together: enough that nobody locks somebody else out
/// alone.
const TRIES_AT_ADDRESS: i64 = 100;
const LONGEST_EMAIL: usize = 254;
const LONGEST_PASSWORD: usize = 1_024;
/// Passwords that are verified at once.
static VERIFYING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(3);
const WINDOW: i64 = 15 * 60 * Time::SECOND;

/// Counts one of `most` that `bucket` may have within `seconds`, or says how long to wait: for what
/// people do who are not signed in, or are no members.
pub fn count(tx: &mut Tx, bucket: &str, most: i64, seconds: i64, now: Time) -> Result<()> {
    let window = seconds * Time::SECOND;
    let seen =
        tx.query_opt(&ATTEMPTS, &[bucket.into()], |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?)))?;
    if let Some((times, since)) = seen
        && times >= most
        && since + window > now.0
    {
        let wait = (since + window - now.0) / Time::SECOND + 1;
        return Err(Error::TooMany(u64::try_from(wait).unwrap_or(1)));
    }
    tx.execute(&FAILED, &[bucket.into(), now.into(), (now.0 - window).into()])?;
    Ok(())
}

/// A new session: its secret for the cookie.
pub struct Session {
    pub secret: Secret,
    pub workspace: i64,
}

/// A password to be, hashed apart from any transaction.
async fn hashed(password: String) -> Result<Password> {
    // Each takes megabytes and all of a core.
    let _turn = VERIFYING.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || Password::new(&password)).await;
    made.map_err(Error::internal)?
}

/// Whether an unused link of that purpose is there, before anything is done for its sake.
async fn usable(db: &Db, token: &str, purpose: &'static str, now: Time) -> Result<()> {
    let token = token.to_owned();
    db.read(move |conn| one_time::unused(conn, &token, purpose, now).map(drop)).await
}

/// Signs in with address and password; ten failures in 15 minutes close the door for a while.
pub async fn sign_in(
    db: &Db,
    clock: &Clock,
    email: &str,
    password: String,
    host: &str,
) -> Result<Session> {
    let now = clock.now();
    let email = email.trim().to_lowercase();
    let buckets = [(format!("email:{email}"), TRIES_AT_ADDRESS), (format!("host:{host}"), TRIES)];
    let wrong = || {
        Error::Unauthenticated(
            "The address and the password do not belong together. Check both, or choose a new password.".into(),
        )
    };
    // Nothing of that length was ever set; it is not kept either.
    if email.len() > LONGEST_EMAIL || password.len() > LONGEST_PASSWORD {
        return Err(wrong());
    }
    // Each try counts before it is looked at, so that a hundred at once are not free.
    let (asked, look) = (buckets.clone(), email.clone());
    let account = db
        .write(move |tx| {
            for (bucket, tries) in &asked {
                let seen = tx.query_opt(&ATTEMPTS, &[bucket.clone().into()], |r| {
                    Ok((r.get::<i64>(0)?, r.get::<i64>(1)?))
                })?;
                if let Some((failures, since)) = seen
                    && failures >= *tries
                    && since + WINDOW > now.0
                {
                    let wait = (since + WINDOW - now.0) / Time::SECOND + 1;
                    return Err(Error::TooMany(u64::try_from(wait).unwrap_or(1)));
                }
            }
            for (bucket, _) in &asked {
                let values = [bucket.clone().into(), now.into(), (now.0 - WINDOW).into()];
                tx.execute(&FAILED, &values)?;
            }
            accounts::account(tx, &look)
        })
        .await?;
    let (id, hash) = account.map_or((None, None), |(id, hash)| (Some(id), hash));
    // Each takes megabytes and all of a core.
    let _turn = VERIFYING.acquire().await.map_err(Error::internal)?;
    let right = tokio::task::spawn_blocking(move || verify_password(&password, hash.as_deref()))
        .await
        .map_err(Error::internal)?;
    let account = id.filter(|_| right).ok_or_else(wrong)?;
    db.write(move |tx| {
        tx.execute(&FORGET, &[buckets[0].0.clone().into()])?;
        tx.execute(&TAKE_BACK, &[buckets[1].0.clone().into()])?;
        let workspace = accounts::workspace_of(tx, account)?.ok_or_else(|| {
            Error::Unauthenticated("This account is in no workspace now. Ask an admin.".into())
        })?;
        Ok(Session { secret: accounts::new_session(tx, account, workspace, now)?, workspace })
    })
    .await
}

/// What sets up a workspace: its owner and its first product.
#[derive(Clone)]
pub struct SetUp {
    pub workspace: String,
    pub name: String,
    pub email: String,
    pub password: Option<Password>,
    pub product_key: String,
    pub product_name: String,
}

const SET_UP: Meta = Meta {
    name: "set-up",
    summary: "Set up a workspace",
    method: "POST",
    path: "/setup",
    access: Access::Owner,
    exercises: &[],
    scope: Scope::Workspace,
};

const JOIN: Meta = Meta { name: "join", summary: "Join a workspace", ..SET_UP };

/// Makes a workspace with its owner; a first product where one is named.
pub fn set_up(tx: &mut Tx, input: &SetUp, now: Time) -> Result<(Actor, Id)> {
    let name = super::products::check_title("workspace", &input.workspace)?;
    let workspace = accounts::new_workspace(tx, &name, now)?;
    let account = accounts::new_account(tx, &input.email, input.password.as_ref(), now)?;
    let actor = newcomer(workspace, Role::Owner);
    let mut person = None;
    Change::record(tx, actor.clone(), &SET_UP, now, |cx| {
        let added = members::add(cx, Some(account), &input.name, Role::Owner)?;
        cx.actor.person = added.id;
        let (key, named) = (input.product_key.trim(), input.product_name.trim());
        if !key.is_empty() || !named.is_empty() {
            CreateProduct {
                key: if key.is_empty() { key_of(named) } else { key.to_owned() },
                name: input.product_name.clone(),
                about: String::new(),
                private: false,
            }
            .run(cx)?;
        }
        person = Some(added);
        Ok(())
    })?;
    let person = person.ok_or_else(|| Error::internal("no owner"))?;
    Ok((Actor { person: person.id, name: person.name, ..actor }, account))
}

/// Adds a person with a new account to a workspace, by an invitation or the command line.
pub fn join(
    tx: &mut Tx,
    workspace: i64,
    role: Role,
    name: &str,
    email: &str,
    password: Option<&Password>,
    now: Time,
) -> Result<(Actor, Id)> {
    let account = accounts::new_account(tx, email, password, now)?;
    let mut actor = newcomer(workspace, role);
    Change::record(tx, actor.clone(), &JOIN, now, |cx| {
        let person = members::add(cx, Some(account), name, role)?;
        actor.person = person.id;
        actor.name = person.name;
        cx.actor.person = person.id;
        Ok(())
    })?;
    Ok((actor, account))
}

/// Gives an account to somebody who was known by name only, as from an import: what was theirs
/// stays theirs.
fn become_person(
    tx: &mut Tx,
    (workspace, person): (i64, Id),
    role: Role,
    name: &str,
    (email, password): (&str, &Password),
    now: Time,
) -> Result<(Actor, Id)> {
    let gone =
        || Error::refused("Whoever this invitation is for is here no more. Ask for a new one.");
    let before = load::<members::Person>(tx, workspace, person)?.ok_or_else(gone)?;
    if before.gone_at.is_some() || before.account_id.is_some() {
        return Err(gone());
    }
    let account = accounts::new_account(tx, email, Some(password), now)?;
    let mut actor = newcomer(workspace, role);
    actor.person = person;
    actor.name = super::products::check_name(name)?;
    Change::record(tx, actor.clone(), &JOIN, now, |cx| {
        let mut after = before.clone();
        after.account_id = Some(account);
        after.name.clone_from(&actor.name);
        role.as_str().clone_into(&mut after.role);
        after.active = true;
        cx.update(&before, &mut after)
    })?;
    Ok((actor, account))
}

fn newcomer(workspace: i64, role: Role) -> Actor {
    Actor {
        workspace,
        person: Id::new(),
        name: String::new(),
        role,
        read_only: false,
        via: Via::Web,
        grants: None,
    }
}

/// Uses a set-up link.
pub async fn use_setup_link(
    db: &Db,
    clock: &Clock,
    token: String,
    mut input: SetUp,
    password: String,
) -> Result<Session> {
    let now = clock.now();
    usable(db, &token, "setup", now).await?;
    input.password = Some(hashed(password).await?);
    db.write(move |tx| {
        one_time::unused(tx, &token, "setup", now)?;
        one_time::spend(tx, &token, now)?;
        let (actor, account) = set_up(tx, &input, now)?;
        let workspace = actor.workspace;
        Ok(Session { secret: accounts::new_session(tx, account, workspace, now)?, workspace })
    })
    .await
}

/// What an invitation tells whoever holds it.
pub struct Invitation {
    /// The name of the workspace that it leads into.
    pub workspace: String,
    /// Who invites; nobody where an operator does.
    pub by: Option<String>,
    /// Whom it is for, where they are known by name already.
    pub name: Option<String>,
}

/// Where an invitation that still holds leads, and who invites.
pub fn invitation(conn: &mut Conn, token: &str, now: Time) -> Result<Invitation> {
    let Link { workspace, maker, person, .. } = one_time::unused(conn, token, "invitation", now)?;
    let workspace = workspace.ok_or_else(|| Error::internal("an invitation to nowhere"))?;
    let mut named = |person: Option<Id>| -> Result<Option<String>> {
        let Some(person) = person else { return Ok(None) };
        let person = load::<members::Person>(conn, workspace, person)?;
        Ok(person.filter(|p| p.gone_at.is_none()).map(|p| p.name))
    };
    let (by, name) = (named(maker)?, named(person)?);
    Ok(Invitation { workspace: accounts::workspace_name(conn, workspace)?, by, name })
}

/// Uses an invitation link.
pub async fn use_invitation(
    db: &Db,
    clock: &Clock,
    token: String,
    name: String,
    email: String,
    password: String,
) -> Result<Session> {
    let now = clock.now();
    usable(db, &token, "invitation", now).await?;
    let password = hashed(password).await?;
    db.write(move |tx| {
        let Link { workspace, role, person, .. } = one_time::unused(tx, &token, "invitation", now)?;
        one_time::spend(tx, &token, now)?;
        let workspace = workspace.ok_or_else(|| Error::internal("an invitation to nowhere"))?;
        let role = Role::parse(role.as_deref().unwrap_or("guest"))?;
        let (_, account) = match person {
            Some(person) => {
                become_person(tx, (workspace, person), role, &name, (&email, &password), now)?
            }
            None => join(tx, workspace, role, &name, &email, Some(&password), now)?,
        };
        Ok(Session { secret: accounts::new_session(tx, account, workspace, now)?, workspace })
    })
    .await
}

/// Uses a reset link: sets the password, ends other sessions and, where asked for, the API tokens;
/// signs in.
pub async fn use_reset_link(
    db: &Db,
    clock: &Clock,
    token: String,
    password: String,
    end_tokens: bool,
) -> Result<Session> {
    let now = clock.now();
    usable(db, &token, "reset", now).await?;
    let password = hashed(password).await?;
    db.write(move |tx| {
        let link = one_time::unused(tx, &token, "reset", now)?;
        one_time::spend(tx, &token, now)?;
        let account = link.account.ok_or_else(|| Error::internal("a reset link for nobody"))?;
        accounts::set_password(tx, account, &password)?;
        if end_tokens {
            tokens::end_of_account(tx, account)?;
        }
        let workspace = accounts::workspace_of(tx, account)?.ok_or_else(|| {
            Error::Unauthenticated("This account is in no workspace now. Ask an admin.".into())
        })?;
        Ok(Session { secret: accounts::new_session(tx, account, workspace, now)?, workspace })
    })
    .await
}
