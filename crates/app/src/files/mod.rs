//! Files that people attach: where their bytes lie, how they arrive and what they are. What they hang
//! on, and who may have them, is none of this folder's business.

mod folder;
mod kind;
mod s3;
mod small;
mod staged;

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub use kind::{INLINE_TEXT, Kind, may_show, type_sent};
pub use s3::sign::{Signing, authorization, date_of};
pub use s3::{S3, S3Settings};
pub use small::small_type;
pub use staged::{Staged, Staging, clean_name, size_words};

use tokio::sync::Semaphore;

use crate::kernel::{Error, Result};

/// The largest file where nothing else is set.
pub const FILE_LIMIT: u64 = 25 * 1024 * 1024;

/// How long what arrived only in part is kept.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// How many pictures without a small copy are remembered.
const MOST_PLAIN: usize = 10_000;

/// A place where bytes lie under names that we choose. Its calls block.
pub trait Store: Send + Sync + 'static {
    /// Where that is, for an operator.
    fn place(&self) -> String;

    /// Puts a file that has arrived under a name, durably; the same again changes nothing.
    fn keep(&self, name: &str, staged: &Staged) -> Result<()>;

    /// The bytes from `start` on, `length` of them.
    fn read(&self, name: &str, start: u64, length: u64) -> Result<Box<dyn Read + Send>>;

    /// All of something small that may lie under a name.
    fn find(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Removes what lies under a name, if there is something.
    fn remove(&self, name: &str) -> Result<()>;

    /// Whether it can be written to now, said plainly if not.
    fn check(&self) -> Result<()>;
}

/// How much may be kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub file: u64,
    /// Bytes of all files of a workspace.
    pub workspace: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: FILE_LIMIT, workspace: None }
    }
}

/// The files of this installation. Clones share it.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn Store>,
    /// Where files arrive before they are kept.
    incoming: PathBuf,
    limits: Limits,
    /// One picture is unpacked at a time, so that a page of many takes the memory of one.
    unpacking: Arc<Semaphore>,
    /// Pictures of which no small copy can be made, so that they are not tried again each time.
    plain: Arc<Mutex<HashSet<String>>>,
}

impl Files {
    /// In a folder, which is made when the first file comes.
    pub fn in_folder(folder: &Path, limits: Limits) -> Self {
        let store = Arc::new(folder::Folder::new(folder.to_owned()));
        Self::in_store(store, folder.join("incoming"), limits)
    }

    /// In another place; files arrive in a folder of this machine.
    pub fn in_store(store: Arc<dyn Store>, incoming: PathBuf, limits: Limits) -> Self {
        let unpacking = Arc::new(Semaphore::new(1));
        Self { store, incoming, limits, unpacking, plain: Arc::default() }
    }

    /// Where they lie, for an operator.
    pub fn place(&self) -> String {
        self.store.place()
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Begins to take a file.
    pub async fn stage(&self) -> Result<Staging> {
        Staging::begin(&self.incoming, self.limits.file).await
    }

    /// Begins to take something of our own making, however large it gets.
    pub async fn stage_own(&self) -> Result<Staging> {
        Staging::begin(&self.incoming, u64::MAX).await
    }

    /// Stages bytes that are in memory.
    pub async fn stage_bytes(&self, name: &str, bytes: &[u8]) -> Result<Staged> {
        let mut staging = self.stage().await?;
        staging.add(bytes).await?;
        staging.finish(name).await
    }

    /// Keeps a staged file for a workspace.
    pub async fn keep(&self, workspace: i64, staged: Arc<Staged>) -> Result<()> {
        let store = self.store.clone();
        let name = name_of(workspace, &staged.hash);
        off_thread(move || store.keep(&name, &staged)).await
    }

    /// Opens a part of a kept file.
    pub async fn read(
        &self,
        workspace: i64,
        hash: &str,
        start: u64,
        length: u64,
    ) -> Result<Box<dyn Read + Send>> {
        let (store, name) = (self.store.clone(), name_of(workspace, hash));
        off_thread(move || store.read(&name, start, length)).await
    }

    /// The small copy of a kept picture, made when it is first asked for and kept beside it; nothing
    /// where none can be made.
    pub async fn small(&self, workspace: i64, hash: &str, size: u64) -> Result<Option<Vec<u8>>> {
        let name = small_name(workspace, hash);
        if self.plain.lock().is_ok_and(|plain| plain.contains(&name)) {
            return Ok(None);
        }
        if let Some(found) = self.find(&name).await? {
            return Ok(Some(found));
        }
        let _turn = self.unpacking.acquire().await.map_err(Error::internal)?;
        // Somebody else may have had it made meanwhile.
        if let Some(found) = self.find(&name).await? {
            return Ok(Some(found));
        }
        let mut reader = self.read(workspace, hash, 0, size).await?;
        let made = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(Error::internal)?;
            Ok::<_, Error>(small::small(&bytes))
        });
        // A reader of pictures that gives up is no error of whoever looks at the list.
        let Some(made) = made.await.unwrap_or(Ok(None))? else {
            if let Ok(mut plain) = self.plain.lock() {
                if plain.len() >= MOST_PLAIN {
                    plain.clear();
                }
                plain.insert(name);
            }
            return Ok(None);
        };
        let (staged, store) = (self.stage_bytes("small", &made).await?, self.store.clone());
        off_thread(move || store.keep(&name, &staged)).await?;
        Ok(Some(made))
    }

    async fn find(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let (store, name) = (self.store.clone(), name.to_owned());
        off_thread(move || store.find(&name)).await
    }

    /// Removes a kept file, with its small copy if it has one.
    pub async fn remove(&self, workspace: i64, hash: &str) -> Result<()> {
        let (store, name) = (self.store.clone(), name_of(workspace, hash));
        let small = small_name(workspace, hash);
        off_thread(move || {
            store.remove(&small)?;
            store.remove(&name)
        })
        .await
    }

    /// Whether files can be kept now.
    pub async fn check(&self) -> Result<()> {
        let store = self.store.clone();
        off_thread(move || store.check()).await
    }

    /// Removes what arrived in part and was left lying, as after a crash. Gives how much that was.
    pub async fn sweep_incoming(&self) -> Result<usize> {
        let incoming = self.incoming.clone();
        off_thread(move || {
            let before = SystemTime::now().checked_sub(ABANDONED);
            let Ok(entries) = std::fs::read_dir(&incoming) else { return Ok(0) };
            let mut gone = 0;
            for entry in entries.flatten() {
                let changed = entry.metadata().and_then(|m| m.modified()).ok();
                if changed.zip(before).is_some_and(|(changed, before)| changed < before) {
                    std::fs::remove_file(entry.path()).map_err(unwritable(&incoming))?;
                    gone += 1;
                }
            }
            Ok(gone)
        })
        .await
    }
}

/// What a file is kept under: its content, and whose it is, so that removing one workspace's file
/// never takes another's.
pub fn name_of(workspace: i64, hash: &str) -> String {
    format!("{hash}-{workspace}")
}

/// Where a file lies in a folder of them. Names are made of hashes, so the first letters spread them
/// evenly.
pub fn path_of(name: &str) -> PathBuf {
    Path::new(&name[..2]).join(&name[2..4]).join(name)
}

/// What its small copy is kept under.
fn small_name(workspace: i64, hash: &str) -> String {
    format!("{}-small", name_of(workspace, hash))
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// The error of a folder that cannot be used.
fn unwritable(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |error| {
        Error::Unavailable(format!(
            "The file could not be kept: {} ({error}). Free some room there or let the server write to it, and try again.",
            path.display()
        ))
    }
}
