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
use wherefore_exchange::jira_csv;

use crate::{import, people};

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
    /// Whether there is such a person.
    Person { person: String },
    /// An action or query of the registry, as a person.
    Tool { person: String, name: String, input: Json },
}

impl Errand {
    /// Runs it, `bytes` being what comes with it.
    pub async fn run(self, db: &Db, bytes: &[u8]) -> anyhow::Result<Json> {
        Ok(match self {
            Self::Token { person } => people::token(db, person).await?.into(),
            Self::Invite { role } => people::invitation(db, &role).await?.into(),
            Self::ResetLink { person } => people::reset_link(db, &person).await?.into(),
            Self::Import { product, file, dry_run } => {
                let read = tokio::task::block_in_place(|| jira_csv::read(bytes))?;
                serde_json::to_value(import::apply(db, &product, &file, read, dry_run).await?)?
            }
            Self::Evidence { product, dry_run } => {
                import::evidence(db, &product, bytes, dry_run).await?
            }
            Self::Person { person } => actor(db, &person).await?.name.into(),
            Self::Tool { person, name, input } => {
                let tool = entry(&name).with_context(|| format!("There is no tool “{name}”."))?;
                let call = Call { input, ..Call::default() };
                let actor = actor(db, &person).await?;
                (tool.invoke)(db, &Clock::system(), actor, call).await?.output.json()
            }
        })
    }
}

/// A person as the one whom an agent works for.
async fn actor(db: &Db, person: &str) -> anyhow::Result<Actor> {
    let email = accounts::clean_email(person)?;
    db.read(move |conn| {
        let Some((account, _)) = accounts::account(conn, &email)? else { return Ok(None) };
        let Some(ws) = accounts::workspace_of(conn, account)? else { return Ok(None) };
        let person = members::by_account(conn, ws, account)?;
        person.map_or(Ok(None), |p| accounts::actor(ws, &p, false, Via::Agent))
    })
    .await?
    .with_context(|| format!("Nobody here has the address {person}"))
}
