//! Where the data lies, the same options for every command.

use std::path::PathBuf;

use clap::Args;
use wherefore_app::db::{Db, Target};

#[derive(Args, Clone)]
pub struct Storage {
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A PostgreSQL address instead, like postgres://user@host/name.
    #[arg(long, conflicts_with = "data")]
    database: Option<String>,
}

impl Storage {
    /// Opens it, a folder of that name where none is given.
    pub async fn open(&self, folder: &str) -> anyhow::Result<Db> {
        let target = match &self.database {
            Some(url) => Target::Postgres(url.clone()),
            None => Target::Sqlite(self.data.clone().unwrap_or_else(|| folder.into())),
        };
        Ok(Db::open(&target).await?)
    }
}
