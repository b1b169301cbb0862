//! Importing a file, into a data folder, a database or through a running server.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value as Json;
use wherefore_app::db::{Conn, Db, Target, Tx};
use wherefore_app::how::imports;
use wherefore_app::kernel::{Access, Actor, Clock, Error, Result, Role, Time, Via};
use wherefore_app::people::{accounts, members, products};
use wherefore_app::store::{self, Call, Upload};
use wherefore_app::surfaces::registry::entry;
use wherefore_app::thread::import::{Choices, Report, import, preview};
use wherefore_exchange::Backlog;

use crate::attachments::{self, Hand, Matched};
use crate::errand::Errand;
use crate::files::FilePlace;
use crate::people::owner;
use crate::remote::Remote;
use crate::storage::{Desk, FOLDER, Storage};

#[derive(Args)]
pub struct Import {
    /// The format of the file: jira-csv, wherefore-json for an export of a product, or evidence-csv
    /// for a table of what users said.
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
    /// A folder with the files that the backlog names: below a folder of the item's key, under Jira's
    /// number, or by name alone. They are attached to the items.
    #[arg(long)]
    attachments: Option<PathBuf>,
    #[command(flatten)]
    files: FilePlace,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut known = wherefore_exchange::FORMATS.to_vec();
        known.push("evidence-csv");
        if !known.contains(&self.format.as_str()) {
            let known = known.join(", ");
            bail!("“{}” is not a format that can be imported. There are: {known}", self.format);
        }
        let bytes = std::fs::read(&self.file)
            .with_context(|| format!("{} cannot be read", self.file.display()))?;
        if self.format == "evidence-csv" {
            return self.evidence(bytes).await;
        }
        wherefore_exchange::check(&self.format, &bytes)
            .map_err(|e| anyhow::anyhow!("{}: {e}", self.file.display()))?;
        let name =
            self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // What the folder holds is looked at first: a wrong path leaves nothing.
        let matched = match &self.attachments {
            Some(folder) => Some(attachments::look(folder, &self.read(&bytes)?)?),
            None => None,
        };
        let mut report = match &self.server {
            Some(server) => {
                let remote = Remote::new(server, self.token.as_deref().unwrap_or_default());
                remote.import(&self.product, &name, bytes, self.dry_run)?
            }
            None => self.here(&name, bytes).await?,
        };
        if let Some(matched) = matched {
            report["files"] = self.attach(matched).await?;
        }
        if self.json {
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            tell(&report)?;
            if !report["files"].is_null() {
                attachments::tell(&report["files"], self.dry_run)?;
            }
        }
        Ok(())
    }

    fn read(&self, bytes: &[u8]) -> anyhow::Result<Backlog> {
        wherefore_exchange::read(bytes).map_err(|e| anyhow::anyhow!("{}: {e}", self.file.display()))
    }

    /// Attaches the files of the items that are there by now.
    async fn attach(&self, matched: Matched) -> anyhow::Result<Json> {
        if self.dry_run {
            return Ok(matched.told());
        }
        let product = self.product.to_uppercase();
        if let Some(server) = &self.server {
            let remote = Remote::new(server, self.token.as_deref().unwrap_or_default());
            return Ok(matched.attach(Hand::Remote(&remote), &product).await);
        }
        Ok(match self.storage.desk().await? {
            Desk::Here(db) => {
                self.files.apply(&db, self.storage.folder(FOLDER).as_deref())?;
                let owner = found_owner_of(&db).await?;
                matched.attach(Hand::Here(&db, &owner), &product).await
            }
            Desk::Server(knock) => matched.attach(Hand::Server(&knock), &product).await,
        })
    }

    /// A table of what users said, here or at a server.
    async fn evidence(&self, bytes: Vec<u8>) -> anyhow::Result<()> {
        let (product, dry_run) = (self.product.clone(), self.dry_run);
        let report = match &self.server {
            Some(server) => Remote::new(server, self.token.as_deref().unwrap_or_default())
                .evidence(&product, &bytes, dry_run)?,
            None => match self.storage.desk().await? {
                Desk::Here(db) => evidence(&db, &product, &bytes, dry_run).await?,
                Desk::Server(knock) => knock.ask(&Errand::Evidence { product, dry_run }, &bytes)?,
            },
        };
        if self.json {
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            tell_evidence(&report, dry_run)?;
        }
        Ok(())
    }

    /// The file is read before anything is opened, so that a broken one leaves nothing.
    async fn here(&self, name: &str, bytes: Vec<u8>) -> anyhow::Result<Json> {
        let file = self.read(&bytes)?;
        let product = self.product.clone();
        if self.dry_run && self.storage.is_missing() {
            return Ok(serde_json::to_value(look_at_nothing(product.to_uppercase(), file).await?)?);
        }
        match self.storage.desk().await? {
            Desk::Here(db) => {
                drop(bytes);
                let report = apply(&db, &product, name, file, self.dry_run).await?;
                Ok(serde_json::to_value(report)?)
            }
            Desk::Server(knock) => {
                drop(file);
                let (file, dry_run) = (name.to_owned(), self.dry_run);
                knock.ask(&Errand::Import { product, file, dry_run }, &bytes)
            }
        }
    }
}

/// Imports as the owner; a product that is missing is made. A dry run writes nothing.
pub async fn apply(
    db: &Db,
    product: &str,
    name: &str,
    file: Backlog,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let (clock, key) = (Clock::system(), product.to_uppercase());
    if dry_run {
        return look(db, key, file).await;
    }
    let actor = actor(db, clock.now()).await?;
    ensure_product(db, &clock, &actor, &key).await?;
    let teller = tokio::spawn(tell_progress(db.clone()));
    let done = import(db, &clock, &actor, &key, name, file).await;
    teller.abort();
    Ok(done?)
}

/// Imports a table of what users said, as the owner.
pub async fn evidence(db: &Db, product: &str, bytes: &[u8], dry_run: bool) -> anyhow::Result<Json> {
    let actor = found_owner_of(db).await?;
    let entry = entry("import-evidence").context("no such action")?;
    let call = Call {
        input: serde_json::json!({ "product": product, "dry_run": dry_run }),
        file: Some(Arc::new(Upload::of("evidence.csv", bytes)?)),
        ..Call::default()
    };
    Ok(entry.invoke(db, &Clock::system(), actor, call).await?.output.json())
}

fn tell_evidence(report: &Json, dry_run: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let verb = if dry_run { "Would add" } else { "Added" };
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    writeln!(
        out,
        "{verb} {} of {} rows; {} known already, {} not taken.",
        count("added"),
        count("rows"),
        count("known"),
        count("refused_rows")
    )?;
    for column in report["columns"].as_array().into_iter().flatten() {
        let field = column["field"].as_str().unwrap_or("left out");
        writeln!(out, "  {} → {field}", column["name"].as_str().unwrap_or_default())?;
    }
    for row in report["refused"].as_array().into_iter().flatten() {
        writeln!(out, "  row {}: {}", row["row"], row["why"].as_str().unwrap_or_default())?;
    }
    Ok(())
}

async fn look(db: &Db, key: String, file: Backlog) -> anyhow::Result<Report> {
    match db.read(found_owner).await? {
        Some(actor) if has_product(db, &actor, &key).await? => {
            let no = Choices::default();
            Ok(db.read(move |conn| preview(conn, &actor, &key, &file, &no)).await?)
        }
        _ => look_at_nothing(key, file).await,
    }
}

/// A preview where the product, or everything, is still missing: a scratch folder stands in.
async fn look_at_nothing(key: String, file: Backlog) -> anyhow::Result<Report> {
    let scratch = tempfile::tempdir()?;
    let (db, clock) =
        (Db::open(&Target::Sqlite(scratch.path().to_owned())).await?, Clock::system());
    let actor = actor(&db, clock.now()).await?;
    ensure_product(&db, &clock, &actor, &key).await?;
    let no = Choices::default();
    Ok(db.read(move |conn| preview(conn, &actor, &key, &file, &no)).await?)
}

/// Says on a terminal how far it is, each thing once.
pub fn say(told: &mut String, step: &str, done: i64, total: i64) {
    let line = if total > 1 { format!("{step}: {done} of {total}") } else { step.to_owned() };
    if *told != line && std::io::stderr().is_terminal() {
        eprintln!("{line}");
    }
    *told = line;
}

async fn tell_progress(db: Db) {
    let mut told = String::new();
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        if let Ok(all) = db.read(imports::all_progress).await
            && let Some((_, _, progress)) = all.first()
        {
            say(&mut told, &progress.step, progress.done, progress.total);
        }
    }
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
    found_owner(tx)?.ok_or_else(nobody)
}

/// The owner of the first workspace, who must be there.
pub async fn found_owner_of(db: &Db) -> anyhow::Result<Actor> {
    db.read(found_owner)
        .await?
        .context("Nobody has set this Wherefore up yet. Start it with “wherefore serve”")
}

/// The owner of the first workspace, if there is one.
fn found_owner(conn: &mut Conn) -> Result<Option<Actor>> {
    let Some(workspace) = accounts::first_workspace(conn)? else { return Ok(None) };
    let people = members::all(conn, workspace)?;
    let owner = people.iter().find(|p| p.role == Role::Owner.as_str() && p.active);
    owner.map_or(Ok(None), |owner| accounts::actor(workspace, owner, false, Via::Command))
}

async fn has_product(db: &Db, actor: &Actor, key: &str) -> anyhow::Result<bool> {
    let (who, wanted) = (actor.clone(), key.to_owned());
    let found = db
        .read(move |conn| match products::product(conn, &who, &wanted, Access::Write) {
            Ok(_) => Ok(true),
            Err(Error::NotFound(_)) => Ok(false),
            Err(other) => Err(other),
        })
        .await?;
    Ok(found)
}

async fn ensure_product(db: &Db, clock: &Clock, actor: &Actor, key: &str) -> anyhow::Result<()> {
    if !has_product(db, actor, key).await? {
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
    let nouns = report["nouns"].as_array().cloned().unwrap_or_default();
    for n in &nouns {
        let noun = n["noun"].as_str().unwrap_or_default();
        writeln!(
            out,
            "  {noun}: {} new, {} here already and left as they are, {} left out",
            n["new"], n["here"], n["lost"]
        )?;
    }
    let columns = report["columns"].as_array().cloned().unwrap_or_default();
    writeln!(out, "\nColumns and where they go ({}):", columns.len())?;
    for c in &columns {
        let times = c["count"].as_u64().filter(|n| *n > 1).map(|n| format!(" ×{n}"));
        let (name, place) = (c["name"].as_str(), c["place"].as_str());
        let (name, place) = (name.unwrap_or_default(), place.unwrap_or_default());
        writeln!(out, "  {name}{} → {place} ({} cells)", times.unwrap_or_default(), c["cells"])?;
    }
    for (name, title) in [
        ("new_states", "New states"),
        ("new_people", "New people, who cannot sign in until they are invited"),
        ("new_sprints", "New sprints"),
        ("left_out", "What does not come along"),
        ("conflicts", "Changed here and in the file: what stands here stays"),
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
