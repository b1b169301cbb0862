//! Any action or query of the registry from a shell: on a folder or database, or at a server.

use std::io::{Read as _, Write as _};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value as Json};
use wherefore_app::store::Entry;
use wherefore_app::surfaces::registry::{ENTRIES, entry, input, schema};

use crate::errand::Errand;
use crate::remote::Remote;
use crate::storage::Storage;

#[derive(Args)]
pub struct Call {
    /// The name of an action or query, such as record-evidence; without one, all are listed.
    name: Option<String>,
    /// Its input, as FIELD=VALUE; a field that takes several is given several times.
    fields: Vec<String>,
    /// Input as a JSON object, `-` to read it from standard input; fields are added to it.
    #[arg(long, value_name = "JSON")]
    input: Option<String>,
    /// Why, where the charter gives this to somebody else.
    #[arg(long)]
    reason: Option<String>,
    /// Only tell which fields it takes, as a JSON schema.
    #[arg(long)]
    schema: bool,
    /// The address of the person who does it; the owner if left out.
    #[arg(long, conflicts_with = "server")]
    person: Option<String>,
    #[command(flatten)]
    storage: Storage,
    /// The address of a running server.
    #[arg(long, requires = "token", conflicts_with_all = ["data", "database"])]
    server: Option<String>,
    #[arg(long, env = "WHEREFORE_TOKEN")]
    token: Option<String>,
}

impl Call {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let Some(name) = &self.name else {
            for entry in ENTRIES {
                writeln!(out, "{:<28} {}", entry.meta.name, entry.meta.summary)?;
            }
            return Ok(());
        };
        let entry = entry(name).with_context(|| unknown(name))?;
        let answer = if self.schema {
            schema(entry).clone()
        } else {
            let given = self.input(entry)?;
            self.answer(entry, given).await?
        };
        writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        Ok(())
    }

    async fn answer(self, entry: &Entry, mut input: Map<String, Json>) -> anyhow::Result<Json> {
        let Some(server) = &self.server else {
            let name = entry.meta.name.to_owned();
            let (person, reason, input) = (self.person, self.reason, Json::Object(input));
            let errand = Errand::Call { person, name, input, reason, agent: false };
            return self.storage.desk().await?.ask(errand).await;
        };
        if let Some(reason) = self.reason {
            input.insert("reason".into(), reason.into());
        }
        let remote = Remote::new(server, self.token.as_deref().unwrap_or_default());
        remote.call(entry.meta, input)
    }

    /// What was given, each field as the schema wants it.
    fn input(&self, entry: &Entry) -> anyhow::Result<Map<String, Json>> {
        let mut all = match self.input.as_deref() {
            None => Map::new(),
            Some(text) => object(text)?,
        };
        let known = &schema(entry)["properties"];
        let mut texts = Vec::new();
        for field in &self.fields {
            let (name, value) = field.split_once('=').with_context(|| {
                format!(
                    "“{field}” is no FIELD=VALUE. Put the value behind a =, as in title=Refunds"
                )
            })?;
            let own = name.split(['.', '+']).next().unwrap_or(name);
            if known.get(own).is_none() {
                let names: Vec<&str> = known
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.as_str())
                    .collect();
                bail!(
                    "{} has no field “{name}”. It takes: {}",
                    entry.meta.name,
                    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
                );
            }
            texts.push((name.to_owned(), value.to_owned()));
        }
        all.extend(input(entry, texts.into_iter()));
        Ok(all)
    }
}

fn object(text: &str) -> anyhow::Result<Map<String, Json>> {
    let mut read = String::new();
    let text = if text == "-" {
        std::io::stdin().read_to_string(&mut read).context("standard input cannot be read")?;
        &read
    } else {
        text
    };
    match serde_json::from_str(text).context("the input is not JSON")? {
        Json::Object(all) => Ok(all),
        _ => bail!("The input must be a JSON object, such as {{\"title\": \"Refunds\"}}"),
    }
}

/// Names that share a word with the one that was given, so that a guess leads on.
fn unknown(name: &str) -> String {
    let words: Vec<&str> = name.split('-').filter(|w| w.len() > 2).collect();
    let near: Vec<&str> = ENTRIES
        .iter()
        .map(|e| e.meta.name)
        .filter(|known| words.iter().any(|w| known.contains(w)))
        .take(8)
        .collect();
    let hint = if near.is_empty() {
        "“wherefore call” lists all".to_owned()
    } else {
        format!("Did you mean one of {}?", near.join(", "))
    };
    format!("There is no action or query “{name}”. {hint}")
}
