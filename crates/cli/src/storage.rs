//! Where the data lies, the same options for every command.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value as Json;
use wherefore_app::db::{Db, Target, is_held};

use crate::door::Knock;
use crate::errand::Errand;

/// The folder of `serve` and of the commands, where none is named.
pub const FOLDER: &str = "wherefore-data";

#[derive(Args, Clone)]
pub struct Storage {
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A PostgreSQL address instead, like postgres://user@host/name.
    #[arg(long, conflicts_with = "data")]
    database: Option<String>,
}

/// Where a command's errands are run: here, or by the server that holds the folder.
pub enum Desk {
    Here(Db),
    Server(Knock),
}

impl Storage {
    /// What is to be opened, a folder of that name where none is given.
    pub fn target(&self, folder: &str) -> Target {
        match &self.database {
            Some(url) => Target::Postgres(url.clone()),
            None => Target::Sqlite(self.data.clone().unwrap_or_else(|| folder.into())),
        }
    }

    /// What was named, if anything was.
    pub fn named(&self) -> Option<Target> {
        (self.data.is_some() || self.database.is_some()).then(|| self.target(FOLDER))
    }

    /// The data folder, if the data is in one.
    pub fn folder(&self, folder: &str) -> Option<PathBuf> {
        match self.target(folder) {
            Target::Sqlite(folder) => Some(folder),
            Target::Postgres(_) => None,
        }
    }

    /// Whether there is nothing yet; of a database, only opening it tells.
    pub fn is_missing(&self) -> bool {
        self.folder(FOLDER).is_some_and(|folder| !folder.join("wherefore.db").exists())
    }

    /// Opens it for a command; a folder that a server holds is reached through that server.
    pub async fn desk(&self) -> anyhow::Result<Desk> {
        let target = self.target(FOLDER);
        match (Db::open(&target).await, &target) {
            (Ok(db), _) => Ok(Desk::Here(db)),
            (Err(error), Target::Sqlite(folder)) if is_held(folder) => {
                Ok(Desk::Server(knock(folder, &error)?))
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

fn knock(folder: &Path, error: &wherefore_app::kernel::Error) -> anyhow::Result<Knock> {
    Knock::at(folder).map_err(|cause| cause.context(error.to_string()))
}

impl Desk {
    /// Runs an errand and gives its answer.
    pub async fn ask(&self, errand: Errand) -> anyhow::Result<Json> {
        match self {
            Self::Here(db) => errand.run(db, &[]).await,
            Self::Server(knock) => tokio::task::block_in_place(|| knock.ask(&errand, &[])),
        }
    }

    /// What links begin with: as told, else as the running server says.
    pub fn base(&self, told: Option<&str>) -> String {
        let base = match (told, self) {
            (Some(told), _) => told,
            (None, Self::Server(knock)) => knock.base(),
            (None, Self::Here(_)) => "http://127.0.0.1:7411",
        };
        base.trim_end_matches('/').to_owned()
    }
}
