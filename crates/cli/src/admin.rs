//! What an operator puts right from a shell, also where nobody can sign in any more.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use wherefore_app::db::{Conn, Db};
use wherefore_app::kernel::{Actor, Clock, Id, Role, Via};
use wherefore_app::people::{access, accounts, members};
use wherefore_app::store::{Call, reindex_some, reindexed_kinds};
use wherefore_app::surfaces::registry::entry;
use wherefore_app::thread::check;

use crate::errand::Errand;
use crate::storage::Storage;

#[derive(Subcommand)]
pub enum Admin {
    /// List the people with their addresses, roles and open work.
    People(Plain),
    /// Make a person an owner.
    Owner(One),
    /// Keep a person from signing in; their open work goes to nobody, or to --assign-to.
    Deactivate {
        /// Who takes over their open work, by address.
        #[arg(long)]
        assign_to: Option<String>,
        /// Leave their name on their open work.
        #[arg(long, conflicts_with = "assign_to")]
        keep_work: bool,
        #[command(flatten)]
        one: One,
    },
    /// Let a person sign in again.
    Reactivate(One),
    /// Erase a deactivated person's name, address and letters; what they did stays.
    Anonymise(One),
    /// Sign a person out everywhere.
    EndAccess {
        /// End their API tokens too.
        #[arg(long)]
        tokens: bool,
        #[command(flatten)]
        one: One,
    },
    /// Give the workspace another name.
    Rename {
        name: String,
        #[command(flatten)]
        plain: Plain,
    },
    /// Close the workspace for changes; everything can be read.
    Archive(Plain),
    /// Open a closed workspace again.
    Reopen(Plain),
    /// Look whether what belongs together stands together; the exit code tells.
    Check(Plain),
    /// Write anew what search finds, where it is wrong.
    Reindex(Plain),
}

#[derive(Args)]
pub struct Plain {
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

#[derive(Args)]
pub struct One {
    /// The person's address, or their id where they have none.
    #[arg(long)]
    person: String,
    #[command(flatten)]
    plain: Plain,
}

/// What is wanted of the process that holds the data.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Want {
    People,
    /// An action about a person, with what it takes beside them.
    Person {
        person: String,
        action: String,
        input: Json,
    },
    Rename {
        name: String,
    },
    Archive,
    Reopen,
    Check,
    Reindex,
}

impl Admin {
    pub async fn run(self) -> anyhow::Result<()> {
        let about = |one: One, action: &str, input: Json| {
            let action = action.to_owned();
            (Want::Person { person: one.person, action, input }, one.plain)
        };
        let (want, plain) = match self {
            Self::People(plain) => (Want::People, plain),
            Self::Owner(one) => about(one, "edit-person", json!({ "role": "owner" })),
            Self::Deactivate { assign_to, keep_work, one } => {
                let input = json!({ "assign_to": assign_to, "keep_work": keep_work });
                about(one, "deactivate-person", input)
            }
            Self::Reactivate(one) => about(one, "edit-person", json!({ "active": true })),
            Self::Anonymise(one) => about(one, "anonymise-person", json!({})),
            Self::EndAccess { tokens, one } => {
                about(one, "end-access", json!({ "tokens": tokens }))
            }
            Self::Rename { name, plain } => (Want::Rename { name }, plain),
            Self::Archive(plain) => (Want::Archive, plain),
            Self::Reopen(plain) => (Want::Reopen, plain),
            Self::Check(plain) => (Want::Check, plain),
            Self::Reindex(plain) => (Want::Reindex, plain),
        };
        let checks = matches!(want, Want::Check);
        let answer = plain.storage.desk().await?.ask(Errand::Admin { want }).await?;
        if plain.json {
            println!("{answer}");
        } else {
            tell(&answer);
        }
        if checks && !answer["found"].as_array().is_some_and(Vec::is_empty) {
            bail!("Not everything is as it should be.");
        }
        Ok(())
    }
}

/// An answer for people.
fn tell(answer: &Json) {
    let word = |line: &Json, name: &str| match &line[name] {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    if let Some(people) = answer["people"].as_array() {
        for p in people {
            let active = if p["active"] == true { "active" } else { "inactive" };
            println!(
                "{:<36} {:<7} {:<8} {:<32} {:>4} open  {}",
                word(p, "id"),
                word(p, "role"),
                active,
                word(p, "email"),
                word(p, "open"),
                word(p, "name")
            );
        }
    } else if let Some(found) = answer["found"].as_array() {
        for f in found {
            println!(
                "{}: {} {}. Mend: {}.",
                word(f, "workspace"),
                word(f, "count"),
                word(f, "what"),
                word(f, "mend")
            );
        }
        if found.is_empty() {
            println!(
                "{} things were looked at; all is as it should be.",
                word(answer, "looked_at")
            );
        }
    } else {
        println!("{}", answer["done"].as_str().unwrap_or("Done."));
    }
}

impl Want {
    /// Does it, as the first owner of the first workspace.
    pub async fn run(self, db: &Db) -> anyhow::Result<Json> {
        Ok(match self {
            Self::People => json!({ "people": db.read(people).await? }),
            Self::Check => {
                let found = db.read(check::check).await?;
                json!({ "found": found, "looked_at": check::LOOKED_AT })
            }
            Self::Reindex => {
                json!({ "done": format!("{} texts were mended.", reindex(db).await?) })
            }
            Self::Reopen => {
                let owner = owner(db).await?;
                db.write(move |tx| access::reopen_workspace(tx, &owner)).await?;
                json!({ "done": "The workspace is open for changes again." })
            }
            Self::Rename { name } => {
                call(db, "rename-workspace", json!({ "name": name })).await?;
                json!({ "done": "The workspace has its new name." })
            }
            Self::Archive => {
                let owner = owner(db).await?;
                db.write(move |tx| {
                    let name = accounts::workspace_name(tx, owner.workspace)?;
                    access::archive_workspace(tx, &owner, &name, Clock::system().now())
                })
                .await?;
                json!({ "done": "The workspace can be read and no longer changed." })
            }
            Self::Person { person, action, mut input } => {
                input["person"] = json!(person_of(db, &person).await?);
                if let Some(heir) = input["assign_to"].as_str().map(str::to_owned) {
                    input["assign_to"] = json!(person_of(db, &heir).await?);
                }
                let mut done = call(db, &action, input.clone()).await?;
                let mut handed = done["handed"].as_u64().unwrap_or(0);
                while done["more"] == true {
                    done = call(db, &action, input.clone()).await?;
                    handed += done["handed"].as_u64().unwrap_or(0);
                }
                let told = match action.as_str() {
                    "deactivate-person" => format!("Done; {handed} items were handed over."),
                    _ => "Done.".to_owned(),
                };
                json!({ "done": told, "answer": done })
            }
        })
    }
}

async fn call(db: &Db, name: &str, input: Json) -> anyhow::Result<Json> {
    let entry = entry(name).context("no such action")?;
    let call = Call { input, ..Call::default() };
    Ok(entry.invoke(db, &Clock::system(), owner(db).await?, call).await?.output.json())
}

/// Whoever holds the data is the owner's equal, even where no owner is left.
pub async fn owner(db: &Db) -> anyhow::Result<Actor> {
    let found = db.read(|conn| {
        let Some(workspace) = accounts::first_workspace(conn)? else { return Ok(None) };
        let people = members::all(conn, workspace)?;
        let owner = Role::Owner.as_str();
        let first = people.iter().find(|p| p.role == owner && p.active);
        let first = first.or_else(|| people.iter().find(|p| p.active)).or(people.first());
        Ok(first.map(|p| Actor {
            workspace,
            person: p.id,
            name: p.name.clone(),
            role: Role::Owner,
            read_only: false,
            via: Via::Command,
            grants: None,
        }))
    });
    found.await?.context("Nobody has set this Wherefore up yet. Start it with “wherefore serve”")
}

async fn person_of(db: &Db, text: &str) -> anyhow::Result<Id> {
    if let Ok(id) = text.parse::<Id>() {
        return Ok(id);
    }
    let email = accounts::clean_email(text)?;
    let found = db.read(move |conn| {
        let Some(workspace) = accounts::first_workspace(conn)? else { return Ok(None) };
        let Some((account, _)) = accounts::account(conn, &email)? else { return Ok(None) };
        members::by_account(conn, workspace, account)
    });
    Ok(found.await?.with_context(|| format!("Nobody here has the address {text}"))?.id)
}

fn people(conn: &mut Conn) -> wherefore_app::kernel::Result<Vec<Json>> {
    let Some(workspace) = accounts::first_workspace(conn)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for p in members::all(conn, workspace)? {
        let email = match p.account_id {
            Some(account) => accounts::email_of(conn, account)?,
            None => String::new(),
        };
        let open = wherefore_app::thread::leaving::open_work(conn, workspace, p.id)?;
        all.push(json!({
            "id": p.id, "name": p.name, "email": email, "role": p.role, "active": p.active,
            "open": open,
        }));
    }
    Ok(all)
}

/// Goes through everything in short steps, so that a server goes on serving.
async fn reindex(db: &Db) -> anyhow::Result<u64> {
    let workspaces = db.read(accounts::workspaces).await?;
    let mut mended = 0;
    for workspace in workspaces {
        for kind in reindexed_kinds() {
            let mut after = Some(Actor::NOBODY);
            while let Some(from) = after {
                let part = db.write(move |tx| reindex_some(tx, workspace, kind, from)).await?;
                mended += part.mended;
                after = part.next;
            }
        }
    }
    db.rebuild_search().await?;
    Ok(mended)
}
