//! API tokens: of programs that act as a person, and of agents that are held to responsibilities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts;
use super::members::Person;
use crate::db::{Conn, Tx};
use crate::kernel::secret::{Secret, hash_of};
use crate::kernel::{Access, Actor, Error, Id, Result, Time, Via};
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};

statements! {
    NEW_TOKEN = "INSERT INTO token (token_hash, id, workspace_id, person_id, name, read_only, created_at, expires_at, grants) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TOKEN = "SELECT t.workspace_id, t.person_id, t.read_only, t.grants, w.archived_at FROM token t JOIN workspace w ON w.id = t.workspace_id WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
    TOKENS_OF = "SELECT id, name, read_only, created_at, expires_at, grants FROM token WHERE workspace_id = $1 AND person_id = $2 ORDER BY created_at DESC";
    END_TOKEN = "DELETE FROM token WHERE workspace_id = $1 AND person_id = $2 AND id = $3";
    END_TOKENS = "DELETE FROM token WHERE EXISTS (SELECT 1 FROM person p WHERE p.workspace_id = token.workspace_id AND p.id = token.person_id AND p.account_id = $1)";
    END_TOKENS_IN = "DELETE FROM token WHERE workspace_id = $1 AND person_id = $2";
}

/// Who an API token stands for.
pub fn actor_of(conn: &mut Conn, token: &str, now: Time) -> Result<Option<Actor>> {
    let found = conn.query_opt(&TOKEN, &[hash_of(token).into(), now.into()], |r| {
        let read_only = r.get::<bool>(2)? || r.get::<Option<i64>>(4)?.is_some();
        Ok((r.get::<i64>(0)?, r.get::<Id>(1)?, read_only, r.get::<Option<String>>(3)?))
    })?;
    let Some((workspace, person, read_only, grants)) = found else { return Ok(None) };
    let person = load::<Person>(conn, workspace, person)?;
    let grants = grants.as_deref().map(granted);
    let via = if grants.is_some() { Via::Agent } else { Via::Api };
    let found =
        person.map(|p| accounts::actor(workspace, &p, read_only, via)).transpose()?.flatten();
    Ok(found.map(|a| Actor { grants, ..a }))
}

/// The numbers of responsibilities as a token keeps them.
fn granted(text: &str) -> Vec<u8> {
    text.split(',').filter_map(|n| n.parse().ok()).collect()
}

fn as_grants(numbers: &[u8]) -> String {
    numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// Ends all API tokens of an account.
pub fn end_of_account(tx: &mut Tx, account: Id) -> Result<()> {
    tx.execute(&END_TOKENS, &[account.into()])?;
    Ok(())
}

/// Ends all API tokens that a person has in a workspace.
pub fn end_of_person(tx: &mut Tx, workspace: i64, person: Id) -> Result<()> {
    tx.execute(&END_TOKENS_IN, &[workspace.into(), person.into()])?;
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
pub fn new(
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
            new(cx.exempt(), who.workspace, who.person, &name, &reach, now, expires)?;
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
