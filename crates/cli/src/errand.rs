//! What commands want done: by this process on a folder or database of its own, or by the server
//! that holds the folder.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use wherefore_app::db::Db;
use wherefore_app::kernel::{Actor, Clock, Via};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::Call;
use wherefore_app::surfaces::registry::entry;

use crate::admin::Want;
use crate::{attachments, import, people};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// A token for a person.
    Token { person: String },
    /// A link for one person to join with a role.
    Invite { role: String },
    /// A link with which a person chooses a new password.
    ResetLink { person: String },
    /// The bytes of a backlog for a product.
    Import { product: String, file: String, dry_run: bool },
    /// The bytes of a table of what users said.
    Evidence { product: String, dry_run: bool },
    /// The bytes of a file that an imported item names.
    Attach { product: String, on: String, name: String },
    /// What an operator puts right.
    Admin { want: Want },
    /// Whether there is such a person.
    Person { person: String },
    /// An action or query of the registry, as a person; as the owner where none is named.
    Call { person: Option<String>, name: String, input: Json, reason: Option<String>, agent: bool },
}

impl Errand {
    /// Runs it, `bytes` being what comes with it.
    pub async fn run(self, db: &Db, bytes: &[u8]) -> anyhow::Result<Json> {
        Ok(match self {
            Self::Token { person } => people::token(db, person).await?.into(),
            Self::Invite { role } => people::invitation(db, &role).await?.into(),
            Self::ResetLink { person } => people::reset_link(db, &person).await?.into(),
            Self::Import { product, file, dry_run } => {
                let read = tokio::task::block_in_place(|| wherefore_exchange::read(bytes))?;
                serde_json::to_value(import::apply(db, &product, &file, read, dry_run).await?)?
            }
            Self::Evidence { product, dry_run } => {
                import::evidence(db, &product, bytes, dry_run).await?
            }
            Self::Attach { product, on, name } => {
                let owner = import::found_owner_of(db).await?;
                attachments::here(db, &owner, &product, (&on, &name), bytes).await?.into()
            }
            Self::Admin { want } => want.run(db).await?,
            Self::Person { person } => actor(db, &person, Via::Agent).await?.name.into(),
            Self::Call { person, name, input, reason, agent } => {
                let entry = entry(&name).with_context(|| format!("There is no “{name}”."))?;
                let call = Call { input, reason, ..Call::default() };
                let via = if agent { Via::Agent } else { Via::Command };
                let actor = match person {
                    Some(person) => actor(db, &person, via).await?,
                    None => import::found_owner_of(db).await?,
                };
                entry.invoke(db, &Clock::system(), actor, call).await?.output.json()
            }
        })
    }
}

/// The person of that address, as one who acts by way of `via`.
async fn actor(db: &Db, person: &str, via: Via) -> anyhow::Result<Actor> {
    let email = accounts::clean_email(person)?;
    db.read(move |conn| {
        let Some((account, _)) = accounts::account(conn, &email)? else { return Ok(None) };
        let Some(ws) = accounts::workspace_of(conn, account)? else { return Ok(None) };
        let person = members::by_account(conn, ws, account)?;
        person.map_or(Ok(None), |p| accounts::actor(ws, &p, false, via))
    })
    .await?
    .with_context(|| format!("Nobody here has the address {person}"))
}
