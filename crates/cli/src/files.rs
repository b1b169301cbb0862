//! Where attached files lie: in the data folder, in another folder, or in the bucket of an S3-compatible
//! storage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use wherefore_app::db::{Db, Engine};
use wherefore_app::files::{Files, Limits, S3, S3Settings};
use wherefore_app::kernel::Clock;

const MB: u64 = 1024 * 1024;

/// Where files lie, where the database is no folder and nothing else is said.
const FOLDER: &str = "wherefore-data/files";

#[derive(Args, Clone)]
pub struct FilePlace {
    /// The folder for attached files; `files` in the data folder if left out.
    #[arg(long, env = "WHEREFORE_FILES")]
    files: Option<PathBuf>,
    /// The largest file that is taken, in MB.
    #[arg(long, env = "WHEREFORE_FILE_LIMIT", default_value_t = 25)]
    file_limit: u64,
    /// How many MB the files of a workspace may take; without it, as many as there is room for.
    #[arg(long, env = "WHEREFORE_FILES_QUOTA")]
    files_quota: Option<u64>,
    /// An S3-compatible storage for attached files, like https://s3.eu-central-1.amazonaws.com. The
    /// keys come from WHEREFORE_S3_ACCESS_KEY and WHEREFORE_S3_SECRET_KEY, or from --s3-keys.
    #[arg(long, env = "WHEREFORE_S3_ENDPOINT", conflicts_with = "files", requires = "s3_bucket")]
    s3_endpoint: Option<String>,
    /// The bucket; it is addressed by path.
    #[arg(long, env = "WHEREFORE_S3_BUCKET")]
    s3_bucket: Option<String>,
    #[arg(long, env = "WHEREFORE_S3_REGION", default_value = "us-east-1")]
    s3_region: String,
    /// What the names of the files in the bucket begin with.
    #[arg(long, env = "WHEREFORE_S3_PREFIX", default_value = "wherefore")]
    s3_prefix: String,
    /// A file with the access key in its first line and the secret key in its second.
    #[arg(long, env = "WHEREFORE_S3_KEYS")]
    s3_keys: Option<PathBuf>,
}

impl FilePlace {
    /// Tells the database where its files lie.
    pub fn apply(&self, db: &Db, data: Option<&Path>) -> anyhow::Result<()> {
        let limits = Limits {
            file: self.file_limit.max(1) * MB,
            workspace: self.files_quota.map(|most| most * MB),
        };
        let own = data.map(|data| data.join("files"));
        let files = match &self.s3_endpoint {
            Some(endpoint) => {
                let store = S3::new(self.bucket(endpoint)?, Clock::system())?;
                let incoming = own.map_or_else(scratch, |own| own.join("incoming"));
                Files::in_store(Arc::new(store), incoming, limits)
            }
            None => {
                let folder = self.files.clone().or(own).unwrap_or_else(|| FOLDER.into());
                Files::in_folder(&folder, limits)
            }
        };
        db.keep_files_in(files);
        Ok(())
    }

    /// The same for a server, which says where that is and whether it can be written to.
    pub async fn open(&self, db: &Db, data: Option<&Path>) -> anyhow::Result<()> {
        self.apply(db, data)?;
        let files = db.files()?;
        if db.engine() == Engine::Postgres && self.s3_endpoint.is_none() {
            eprintln!(
                "Attached files are kept in {}. Where several servers share this database, all of \
                 them need that same folder (as a network file system), or an S3 storage \
                 (--s3-endpoint).",
                files.place()
            );
        }
        // The usual folder is made when the first file comes.
        let named = self.s3_endpoint.is_some() || self.files.is_some() || data.is_some();
        if named && let Err(error) = files.check().await {
            eprintln!(
                "Attached files cannot be kept in {} now: {error} Everything else works.",
                files.place()
            );
        }
        Ok(())
    }

    /// The folder that was named.
    pub fn folder(&self) -> Option<&Path> {
        self.files.as_deref()
    }

    /// The bucket, where one was named.
    pub fn bucket_if_named(&self) -> anyhow::Result<Option<S3>> {
        let Some(endpoint) = &self.s3_endpoint else { return Ok(None) };
        Ok(Some(S3::new(self.bucket(endpoint)?, Clock::system())?))
    }

    fn bucket(&self, endpoint: &str) -> anyhow::Result<S3Settings> {
        let (access_key, secret_key) = self.keys()?;
        Ok(S3Settings {
            endpoint: endpoint.to_owned(),
            bucket: self.s3_bucket.clone().unwrap_or_default(),
            region: self.s3_region.clone(),
            prefix: self.s3_prefix.clone(),
            access_key,
            secret_key,
        })
    }

    /// Keys are no arguments: those stand in every list of processes.
    fn keys(&self) -> anyhow::Result<(String, String)> {
        if let Some(path) = &self.s3_keys {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("the keys in {} cannot be read", path.display()))?;
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            return match (lines.next(), lines.next()) {
                (Some(access), Some(secret)) => Ok((access.to_owned(), secret.to_owned())),
                _ => bail!(
                    "{} needs the access key in its first line and the secret key in its second",
                    path.display()
                ),
            };
        }
        let from = |name: &str| std::env::var(name).ok().filter(|key| !key.is_empty());
        match (from("WHEREFORE_S3_ACCESS_KEY"), from("WHEREFORE_S3_SECRET_KEY")) {
            (Some(access), Some(secret)) => Ok((access, secret)),
            _ => bail!(
                "Give the keys of the S3 storage in WHEREFORE_S3_ACCESS_KEY and \
                 WHEREFORE_S3_SECRET_KEY, or in a file with --s3-keys"
            ),
        }
    }
}

/// Where files arrive on a machine without a data folder.
fn scratch() -> PathBuf {
    std::env::temp_dir().join("wherefore-incoming")
}
