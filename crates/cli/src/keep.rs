//! Backups: a whole installation to one archive, and back into an empty folder or database.

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use wherefore_app::db::copy::{self, Attached, Summary};

use crate::files::FilePlace;
use crate::storage::{FOLDER, Storage};

#[derive(Args)]
pub struct Backup {
    /// The archive to write, like wherefore.tar.gz.
    file: PathBuf,
    #[command(flatten)]
    place: FilePlace,
    /// Replace an archive that is there.
    #[arg(long)]
    force: bool,
    /// Print what was copied as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

impl Backup {
    pub fn run(self) -> anyhow::Result<()> {
        if self.file.exists() && !self.force {
            bail!("{} is there already. Name another file, or add --force", self.file.display());
        }
        let target = self.storage.target(FOLDER);
        let (out, path) = part_of(&self.file)?;
        let part = Part(path);
        let now = jiff::Timestamp::now().to_string();
        let mut progress = Progress::default();
        let mut tell = |what: &str, done: u64| progress.tell(what, done);
        let out = BufWriter::with_capacity(1 << 20, out);
        let store = self.place.bucket_if_named()?;
        let files = match &store {
            Some(store) => Attached::Store(store),
            None => Attached::Folder(self.place.folder()),
        };
        let made = copy::back_up(&target, files, now, out, &mut tell)?;
        progress.end();
        part.keep(&self.file)?;
        let bytes = std::fs::metadata(&self.file).map_or(0, |file| file.len());
        report(&made, &self.file, bytes, self.json, "Copied")?;
        if !self.json {
            println!(
                "Not in it: sessions, API tokens, links that were not used yet, and letters with such links. After restoring, everybody signs in anew. In it, and to be kept as safe as they are: what git hosts sign with, and all that people wrote."
            );
        }
        for lost in &made.left_out {
            eprintln!("Not in it: {lost}.");
        }
        Ok(())
    }
}

#[derive(Args)]
pub struct Restore {
    /// The archive that “wherefore backup” wrote.
    file: PathBuf,
    /// The folder for attached files, where it is not `files` in the data folder.
    #[arg(long, env = "WHEREFORE_FILES")]
    files: Option<PathBuf>,
    /// Print what was restored as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    storage: Storage,
}

impl Restore {
    pub fn run(self) -> anyhow::Result<()> {
        let target = self.storage.named().context(
            "Say where to: an empty folder with --data, or an empty database with --database",
        )?;
        let shown = || format!("{} cannot be read", self.file.display());
        let archive = File::open(&self.file).with_context(shown)?;
        let bytes = archive.metadata().with_context(shown)?.len();
        let archive = BufReader::with_capacity(1 << 20, archive);
        let mut progress = Progress::default();
        let mut tell = |what: &str, done: u64| progress.tell(what, done);
        let made = copy::restore(&target, self.files.as_deref(), archive, &mut tell)?;
        progress.end();
        report(&made, &self.file, bytes, self.json, "Restored")
    }
}

/// The archive while it is written; one that was not finished goes.
struct Part(PathBuf);

impl Part {
    fn keep(self, file: &Path) -> anyhow::Result<()> {
        let shown = || format!("{} cannot be written", file.display());
        File::open(&self.0).and_then(|part| part.sync_all()).with_context(shown)?;
        std::fs::rename(&self.0, file).with_context(shown)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A new file beside the one that is wanted, for its owner alone: a backup holds everything.
fn part_of(file: &Path) -> anyhow::Result<(File, PathBuf)> {
    let mut name = file.file_name().context("Name a file for the backup")?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let path = file.with_file_name(name);
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(&path);
    let made = made.with_context(|| format!("{} cannot be written", path.display()))?;
    Ok((made, path))
}

/// What is under way, on standard error: one line that changes on a terminal, else one a table.
#[derive(Default)]
struct Progress {
    last: String,
    shown: bool,
}

impl Progress {
    fn tell(&mut self, what: &str, done: u64) {
        let mut err = std::io::stderr();
        if err.is_terminal() {
            let _ = write!(err, "\r\u{1b}[K{what} {done}");
            let _ = err.flush();
            self.shown = true;
        } else if what != self.last {
            let _ = writeln!(err, "{what}");
        } else if done > 0 && done.is_multiple_of(100_000) {
            let _ = writeln!(err, "{what} {done}");
        }
        what.clone_into(&mut self.last);
    }

    fn end(&mut self) {
        if self.shown {
            eprint!("\r\u{1b}[K");
        }
    }
}

fn report(
    made: &Summary,
    file: &Path,
    bytes: u64,
    as_json: bool,
    word: &str,
) -> anyhow::Result<()> {
    if as_json {
        let mut all = serde_json::to_value(made)?;
        all["file"] = json!(file.display().to_string());
        all["bytes"] = json!(bytes);
        all["rows"] = json!(made.rows());
        println!("{all}");
    } else {
        println!(
            "{word} {} rows of {} tables and {} files ({}, schema {}).",
            made.rows(),
            made.manifest.tables.len(),
            made.manifest.files.count,
            made.head.program,
            made.head.schema
        );
    }
    Ok(())
}
