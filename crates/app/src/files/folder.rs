//! Files in a folder of this machine: `ab/cd/` and the rest of their hash. A file is there whole or not
//! at all, and only the user who runs the server can read it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{Staged, Store, path_of, unwritable};
use crate::kernel::{Error, Result};

pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(path_of(name))
    }
}

/// Makes a folder that only its user can look into.
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Has the disk remember what a folder holds.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Store for Folder {
    fn place(&self) -> String {
        format!("the folder {}", self.root.display())
    }

    fn keep(&self, name: &str, staged: &Staged) -> Result<()> {
        let path = self.path(name);
        let unwritable = unwritable(&self.root);
        if fs::metadata(&path).is_ok_and(|there| there.len() == staged.size) {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(&self.root);
        make_private(parent).map_err(&unwritable)?;
        fs::rename(staged.path(), &path).map_err(&unwritable)?;
        for folder in parent.ancestors().take(3) {
            sync(folder).map_err(&unwritable)?;
        }
        Ok(())
    }

    fn read(&self, name: &str, start: u64, length: u64) -> Result<Box<dyn Read + Send>> {
        let path = self.path(name);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tracing::error!(path = %path.display(), "a kept file is missing");
                return Err(Error::Unavailable(
                    "The file's content is missing on the server. Its operator can bring it back from a backup of the folder with the files.".into(),
                ));
            }
            Err(error) => return Err(unwritable(&path)(error)),
        };
        file.seek(SeekFrom::Start(start)).map_err(Error::internal)?;
        Ok(Box::new(file.take(length)))
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unwritable(&self.path(name))(error)),
        }
    }

    fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(unwritable(&self.path(name))(error))
            }
            _ => Ok(()),
        }
    }

    fn check(&self) -> Result<()> {
        let unwritable = unwritable(&self.root);
        make_private(&self.root).map_err(&unwritable)?;
        let probe = self.root.join(format!(".probe-{}", crate::kernel::Id::new()));
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(&unwritable)
    }
}
