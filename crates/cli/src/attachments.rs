//! The files that an imported backlog names, found in a folder and attached to its items. Nothing is
//! fetched from anywhere.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value as Json, json};
use wherefore_app::db::Db;
use wherefore_app::kernel::{Actor, Clock};
use wherefore_app::thread::attachments::attach_once;
use wherefore_exchange::{Attachment, Backlog};

use crate::door::Knock;
use crate::errand::Errand;
use crate::remote::Remote;

/// Files that are looked at in the folder.
const MOST: usize = 200_000;

/// A file with the item that it belongs to.
pub struct Found {
    on: String,
    name: String,
    path: PathBuf,
}

/// What the folder holds of what the backlog names.
#[derive(Default)]
pub struct Matched {
    found: Vec<Found>,
    missing: Vec<String>,
}

/// Looks in `folder` for the files of a backlog: below a folder of the item's key, under the number that
/// their address has in Jira, or, where only one is called so, by name.
pub fn look(folder: &Path, file: &Backlog) -> anyhow::Result<Matched> {
    let mut named: HashMap<String, Vec<PathBuf>> = HashMap::new();
    walk(folder, &mut named, &mut 0)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut matched = Matched::default();
    for item in &file.items {
        for attachment in &item.attachments {
            match pick(&named, &item.key, attachment) {
                Some(path) => matched.found.push(Found {
                    on: item.key.clone(),
                    name: attachment.name.clone(),
                    path,
                }),
                None => matched.missing.push(format!("{}: {}", item.key, attachment.name)),
            }
        }
    }
    Ok(matched)
}

/// Links are not followed: they could lead out of the folder.
fn walk(
    folder: &Path,
    named: &mut HashMap<String, Vec<PathBuf>>,
    seen: &mut usize,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        *seen += 1;
        if *seen > MOST {
            return Ok(());
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), named, seen)?;
        } else if kind.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            named.entry(name).or_default().push(entry.path());
        }
    }
    Ok(())
}

/// The number in `https://…/attachment/10203/plan.png`.
fn number(url: &str) -> Option<&str> {
    let (_, rest) = url.rsplit_once("/attachment/").or_else(|| url.rsplit_once("/content/"))?;
    let number = rest.split(['/', '?']).next()?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

fn pick(named: &HashMap<String, Vec<PathBuf>>, key: &str, wanted: &Attachment) -> Option<PathBuf> {
    let below = |path: &&PathBuf| {
        path.parent().is_some_and(|p| p.components().any(|c| c.as_os_str() == key))
    };
    let same = named.get(&wanted.name).map_or(&[][..], Vec::as_slice);
    let numbered = number(&wanted.url).and_then(|number| {
        let own = named.get(number).into_iter().flatten().next();
        own.or_else(|| named.get(&format!("{number}_{}", wanted.name))?.first())
    });
    let only = if same.len() == 1 { same.first() } else { None };
    same.iter().find(below).or(numbered).or(only).cloned()
}

/// Who attaches.
pub enum Hand<'a> {
    Here(&'a Db, &'a Actor),
    Server(&'a Knock),
    Remote(&'a Remote),
}

impl Matched {
    /// Attaches what was found, and tells what became of it.
    pub async fn attach(self, hand: Hand<'_>, product: &str) -> Json {
        let (mut attached, mut known, mut refused) = (0, 0, Vec::new());
        for file in &self.found {
            match one(&hand, product, file).await {
                Ok(true) => attached += 1,
                Ok(false) => known += 1,
                Err(error) => refused.push(format!("{}: {}: {error:#}", file.on, file.name)),
            }
        }
        json!({ "attached": attached, "known": known, "missing": self.missing, "refused": refused })
    }

    /// What would be attached.
    pub fn told(&self) -> Json {
        json!({ "attached": self.found.len(), "known": 0, "missing": self.missing, "refused": [] })
    }
}

async fn one(hand: &Hand<'_>, product: &str, file: &Found) -> anyhow::Result<bool> {
    let bytes = fs::read(&file.path)?;
    let (on, name) = (file.on.clone(), file.name.clone());
    match hand {
        Hand::Here(db, actor) => here(db, actor, product, (&on, &name), &bytes).await,
        Hand::Server(knock) => {
            let errand = Errand::Attach { product: product.to_owned(), on, name };
            let done = tokio::task::block_in_place(|| knock.ask(&errand, &bytes))?;
            Ok(done == true)
        }
        Hand::Remote(remote) => tokio::task::block_in_place(|| remote.attach(&on, &name, &bytes)),
    }
}

/// Attaches the bytes of a file to an item, unless it has them.
pub async fn here(
    db: &Db,
    actor: &Actor,
    product: &str,
    (on, name): (&str, &str),
    bytes: &[u8],
) -> anyhow::Result<bool> {
    let staged = Arc::new(db.files()?.stage_bytes(name, bytes).await?);
    Ok(attach_once(db, actor, (product, on), staged, Clock::system().now()).await?)
}

/// Prints what became of the files.
pub fn tell(report: &Json, dry_run: bool) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    let verb = if dry_run { "Would attach" } else { "Attached" };
    writeln!(out, "\n{verb} {} files; {} were there already.", count("attached"), count("known"))?;
    for (name, title) in
        [("missing", "Files that are not in the folder"), ("refused", "Files that were not taken")]
    {
        let lines = report[name].as_array().map_or(&[][..], Vec::as_slice);
        if !lines.is_empty() {
            writeln!(out, "\n{title} ({}):", lines.len())?;
            for line in lines.iter().filter_map(|l| l.as_str()) {
                writeln!(out, "  {line}")?;
            }
        }
    }
    Ok(())
}
