//! Importing a file, into a data folder, a database or through a running server.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use wherefore_app::db::{Db, Tx};
use wherefore_app::kernel::{Access, Actor, Clock, Error, Result, Role, Time, Via};
use wherefore_app::people::{accounts, members, products};
use wherefore_app::store;
use wherefore_app::thread::import::{Report, import, preview};
use wherefore_exchange::{Backlog, jira_csv};

use crate::errand::Errand;
use crate::people::owner;
use crate::storage::{Desk, Storage};

#[derive(Args)]
pub struct Import {
    /// The format of the file: jira-csv.
    format: String,
    file: PathBuf,
    /// The key of the product; made if it is missing.
    #[arg(long)]
    product: String,
    #[command(flatten)]
    storage: Storage,
    /// The address of a running server.
    #[arg(long, requires = "token", conflicts_with_all = ["data", "database"])]
    server: Option<String>,
    #[arg(long, env = "WHEREFORE_TOKEN")]
    token: Option<String>,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<()> {
        if self.format != "jira-csv" {
            bail!("“{}” is not a format that can be imported. There is: jira-csv", self.format);
        }
        let bytes = std::fs::read(&self.file)
            .with_context(|| format!("{} cannot be read", self.file.display()))?;
        let name =
            self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let report = match &self.server {
            Some(server) => self.send(server, &name, &bytes)?,
            None => self.here(&name, &bytes).await?,
        };
        if self.json {
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            tell(&report)?;
        }
        Ok(())
    }

    /// The file is read before anything is opened, so that a broken one leaves nothing.
    async fn here(&self, name: &str, bytes: &[u8]) -> anyhow::Result<serde_json::Value> {
        let file =
            jira_csv::read(bytes).map_err(|e| anyhow::anyhow!("{}: {e}", self.file.display()))?;
        let product = self.product.clone();
        match self.storage.desk().await? {
            Desk::Here(db) => {
                let report = apply(&db, &product, name, file, self.dry_run).await?;
                Ok(serde_json::to_value(report)?)
            }
            Desk::Server(knock) => {
                drop(file);
                let (file, dry_run) = (name.to_owned(), self.dry_run);
                knock.ask(&Errand::Import { product, file, dry_run }, bytes)
            }
        }
    }

    fn send(&self, server: &str, name: &str, bytes: &[u8]) -> anyhow::Result<serde_json::Value> {
        let token = self.token.as_deref().unwrap_or_default();
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent
            .post(format!("{}/api/v1/imports", server.trim_end_matches('/')))
            .query("product", &self.product)
            .query("file", name)
            .query("dry_run", if self.dry_run { "true" } else { "false" })
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "text/csv")
            .send(bytes)
            .with_context(|| format!("{server} does not answer"))?;
        let ok = answer.status().is_success();
        let body: serde_json::Value = answer.body_mut().read_json()?;
        if !ok {
            bail!("{}", body["error"]["message"].as_str().unwrap_or("The server refused it"));
        }
        Ok(body)
    }
}

/// Imports as the owner; a product that is missing is made.
pub async fn apply(
    db: &Db,
    product: &str,
    name: &str,
    file: Backlog,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let (clock, key) = (Clock::system(), product.to_uppercase());
    let actor = actor(db, clock.now()).await?;
    ensure_product(db, &clock, &actor, &key).await?;
    if dry_run {
        return Ok(db.read(move |conn| preview(conn, &actor, &key, &file)).await?);
    }
    Ok(import(db, &clock, &actor, &key, name, file).await?)
}

/// The owner of the first workspace, which is made where there is none.
async fn actor(db: &Db, now: Time) -> anyhow::Result<Actor> {
    let found = db.write(move |tx| first_owner(tx, now)).await?;
    Ok(found)
}

fn first_owner(tx: &mut Tx, now: Time) -> Result<Actor> {
    if accounts::is_empty(tx)? {
        owner(tx, "owner@localhost", now)?;
    }
    let nobody = || Error::refused("This workspace has no owner who could import.");
    let workspace = accounts::first_workspace(tx)?.ok_or_else(nobody)?;
    let people = members::all(tx, workspace)?;
    let owner =
        people.iter().find(|p| p.role == Role::Owner.as_str() && p.active).ok_or_else(nobody)?;
    accounts::actor(workspace, owner, false, Via::Command)?.ok_or_else(nobody)
}

async fn ensure_product(db: &Db, clock: &Clock, actor: &Actor, key: &str) -> anyhow::Result<()> {
    let (who, wanted) = (actor.clone(), key.to_owned());
    let known = db
        .read(move |conn| match products::product(conn, &who, &wanted, Access::Write) {
            Ok(_) => Ok(true),
            Err(Error::NotFound(_)) => Ok(false),
            Err(other) => Err(other),
        })
        .await?;
    if !known {
        let create = products::CreateProduct {
            key: key.to_owned(),
            name: key.to_owned(),
            about: String::new(),
            private: false,
        };
        store::run(db, clock, actor, create).await?;
    }
    Ok(())
}

fn tell(report: &serde_json::Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    let verb = if report["applied"] == true { "Imported" } else { "Would import" };
    writeln!(
        out,
        "{verb} {} items: {} new, {} changed, {} as before; {} comments, {} links.",
        count("items"),
        count("created"),
        count("updated"),
        count("unchanged"),
        count("comments"),
        count("links")
    )?;
    for (name, title) in [
        ("new_states", "New states"),
        ("new_people", "New people, who cannot sign in"),
        ("new_sprints", "New sprints"),
        ("columns", "Columns and where they go"),
        ("conflicts", "Edited on both sides: what stands here stays"),
        ("warnings", "To look at"),
    ] {
        let lines = report[name].as_array().cloned().unwrap_or_default();
        if !lines.is_empty() {
            writeln!(out, "\n{title} ({}):", lines.len())?;
            for line in lines.iter().filter_map(|l| l.as_str()) {
                writeln!(out, "  {line}")?;
            }
        }
    }
    Ok(())
}
