//! A product, or all of them, in open formats.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tokio::sync::mpsc::{Receiver, channel};
use wherefore_app::db::Db;
use wherefore_app::kernel::Clock;
use wherefore_app::thread::export::{self, Format, Wanted};

use crate::admin::owner;
use crate::files::FilePlace;
use crate::remote::Remote;
use crate::storage::{Desk, FOLDER, Storage};

#[derive(Args)]
pub struct Export {
    /// The product's key; all products if left out.
    #[arg(long)]
    product: Option<String>,
    /// json (lines, a file for each noun), csv or markdown.
    #[arg(long, default_value = "json")]
    format: String,
    /// With the bytes of attached files.
    #[arg(long)]
    with_files: bool,
    /// A file ending in .tar.gz, or an empty or new folder; a file named after the product if left
    /// out.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    place: FilePlace,
    /// The address of a running server.
    #[arg(long, requires = "token", conflicts_with_all = ["data", "database"])]
    server: Option<String>,
    #[arg(long, env = "WHEREFORE_TOKEN")]
    token: Option<String>,
}

impl Export {
    pub async fn run(self) -> anyhow::Result<()> {
        let wanted = Wanted {
            product: self.product,
            format: Format::parse(&self.format)?,
            files: self.with_files,
        };
        let out = self.out.unwrap_or_else(|| wanted.file_name().into());
        let folder = !out.to_string_lossy().ends_with(".tar.gz");
        if folder && out.read_dir().is_ok_and(|mut all| all.next().is_some()) {
            bail!("{} is not empty. Name a new folder with --out", out.display());
        }
        let beside = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut part = tempfile::NamedTempFile::new_in(beside)
            .with_context(|| format!("{} cannot be written", beside.display()))?;
        match &self.server {
            Some(server) => {
                let remote = Remote::new(server, self.token.as_deref().unwrap_or_default());
                tokio::task::block_in_place(|| remote.export(&wanted, &mut part))?;
            }
            None => match self.storage.desk().await? {
                Desk::Here(db) => {
                    if wanted.files {
                        self.place.apply(&db, self.storage.folder(FOLDER).as_deref())?;
                    }
                    keep(pieces(db, wanted).await?, &mut part).await?;
                }
                Desk::Server(knock) => {
                    tokio::task::block_in_place(|| knock.export(&wanted, &mut part))?;
                }
            },
        }
        part.flush()?;
        if folder {
            unpack(part.path(), &out)?;
        } else {
            part.persist(&out).with_context(|| format!("{} cannot be written", out.display()))?;
        }
        println!("{}", out.display());
        Ok(())
    }
}

fn unpack(archive: &Path, folder: &Path) -> anyhow::Result<()> {
    let file = BufReader::new(File::open(archive)?);
    std::fs::create_dir_all(folder)?;
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    tar.unpack(folder).with_context(|| format!("{} cannot be written", folder.display()))
}

/// What is made, piece by piece; the last one is empty, and missing where it failed.
pub async fn pieces(db: Db, wanted: Wanted) -> anyhow::Result<Receiver<std::io::Result<Vec<u8>>>> {
    let actor = owner(&db).await?;
    let products = export::products(&db, &actor, &wanted).await?;
    let (out, taken) = channel(4);
    tokio::spawn(async move {
        let (made, mut pieces) = channel(4);
        let now = Clock::system().now();
        let writing = async {
            let made = made;
            export::write(&db, &actor, products, &wanted, now, &made).await
        };
        let passing = async {
            while let Some(piece) = pieces.recv().await {
                if out.send(Ok(piece)).await.is_err() {
                    // Nobody takes it any more: the writer notices by this.
                    pieces.close();
                }
            }
        };
        let (done, ()) = tokio::join!(writing, passing);
        if let Err(error) = done {
            let _ = out.send(Err(std::io::Error::other(error.to_string()))).await;
        }
    });
    Ok(taken)
}

async fn keep(
    mut pieces: Receiver<std::io::Result<Vec<u8>>>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    while let Some(piece) = pieces.recv().await {
        out.write_all(&piece?)?;
    }
    Ok(())
}

/// Copies an answer of a server to a file.
pub fn copy(mut from: impl Read, out: &mut impl Write) -> anyhow::Result<()> {
    std::io::copy(&mut from, out).context("The server broke off; nothing was kept")?;
    Ok(())
}
