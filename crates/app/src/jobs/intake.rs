//! Mail that was put into a folder: `intake/PRODUCT/*.eml`. What was taken in is removed, since its
//! words stand in the one erasable place then; what cannot be is moved aside with the reason.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Job;
use crate::db::Db;
use crate::kernel::{Error, Result, Time};
use crate::thread::intake::mail::{read, receive};

/// Files of one round.
const ROUND: usize = 200;
pub(super) const LARGEST: u64 = 25 * 1024 * 1024;
/// Younger files may still be written to.
const SETTLED: Duration = Duration::from_secs(3);

/// Looks into the folder; made where it is missing.
pub fn take_mail(folder: PathBuf) -> Job {
    Job::on_one_node("take-mail", 15 * Time::SECOND, move |db, now| {
        let folder = folder.clone();
        async move { take_in(&db, folder, now).await }
    })
}

async fn take_in(db: &Db, folder: PathBuf, now: Time) -> Result<()> {
    let root = folder.clone();
    let found = blocking(move || waiting(&root)).await?;
    for (product, path) in found {
        let file = path.clone();
        let told = match blocking(move || Ok(bytes(&file).and_then(|b| read(&b)))).await? {
            Ok(piece) => db.write(move |tx| receive(tx, &product, &piece, now)).await.map(drop),
            Err(error) => Err(error),
        };
        let root = folder.clone();
        match told {
            Ok(()) => blocking(move || std::fs::remove_file(path)).await?,
            // Storage that does not answer is no fault of the mail.
            Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => return Err(error),
            Err(error) => {
                let why = match error {
                    Error::NotFound(_) => {
                        "No product has the key that its folder is called by.".to_owned()
                    }
                    other => other.to_string(),
                };
                tracing::warn!(file = %path.display(), why, "a mail was put aside");
                blocking(move || put_aside(&root, &path, &why)).await?;
            }
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    done.map_err(|e| {
        Error::Unavailable(format!("The folder for incoming mail cannot be used: {e}."))
    })
}

/// The files that wait, each with the key of its product.
fn waiting(root: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    std::fs::create_dir_all(root)?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ASIDE || name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            for file in std::fs::read_dir(entry.path())? {
                let file = file?;
                if is_ready(&file) {
                    found.push((name.clone(), file.path()));
                }
            }
        } else if is_ready(&entry) {
            // In no product's folder: told apart below, as a product that is not there.
            found.push((String::new(), entry.path()));
        }
        if found.len() >= ROUND {
            break;
        }
    }
    found.sort();
    found.truncate(ROUND);
    Ok(found)
}

/// Whether it is a mail that nobody writes to any more. Links to other files are left alone.
fn is_ready(entry: &std::fs::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().to_lowercase();
    let Ok(meta) = entry.path().symlink_metadata() else { return false };
    let settled =
        meta.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age >= SETTLED);
    meta.is_file() && name.ends_with(".eml") && !name.starts_with('.') && settled
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    let no = |why: String| Error::invalid("mail", why);
    let size = std::fs::metadata(path).map_err(|e| no(format!("It cannot be read: {e}.")))?.len();
    if size > LARGEST {
        return Err(no("It is larger than 25 MB. Save the text without attachments.".into()));
    }
    std::fs::read(path).map_err(|e| no(format!("It cannot be read: {e}.")))
}

const ASIDE: &str = "aside";

/// Moves a file aside, with its reason beside it; one of that name there is kept.
fn put_aside(root: &Path, path: &Path, why: &str) -> std::io::Result<()> {
    let aside = root.join(ASIDE);
    std::fs::create_dir_all(&aside)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut to = aside.join(&name);
    for n in 2..1_000 {
        if !to.exists() {
            break;
        }
        to = aside.join(format!("{n}-{name}"));
    }
    std::fs::rename(path, &to)?;
    std::fs::write(to.with_extension("eml.txt"), format!("{why}\n"))
}
