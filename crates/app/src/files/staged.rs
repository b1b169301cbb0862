//! A file on its way in: written to disk as it arrives, measured, hashed and looked at, so that a large
//! one takes little memory. What is not kept goes when it is dropped.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::folder::make_private;
use super::kind::Kind;
use super::unwritable;
use crate::kernel::{Error, Id, Result, turns};

/// How much of the beginning says what a file is.
const HEAD: usize = 64 * 1024;

/// A path that is removed with this, unless the file was moved away.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already where it was kept; what stays behind is swept after a day.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A file that arrives.
pub struct Staging {
    file: File,
    path: Temporary,
    hash: Sha256,
    size: u64,
    limit: u64,
    head: Vec<u8>,
}

/// A file that has arrived whole and is on disk.
pub struct Staged {
    path: Temporary,
    /// What it was called where it came from, without folders.
    pub name: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    pub size: u64,
    pub kind: Kind,
}

impl Staging {
    pub(super) async fn begin(incoming: &Path, limit: u64) -> Result<Self> {
        let unwritable = unwritable(incoming);
        make_private(incoming).map_err(&unwritable)?;
        let path = Temporary(incoming.join(Id::new().to_string()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path.0).await.map_err(&unwritable)?;
        Ok(Self { file, path, hash: Sha256::new(), size: 0, limit, head: Vec::new() })
    }

    /// Takes the next piece, or refuses what is too large.
    pub async fn add(&mut self, piece: &[u8]) -> Result<()> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(Error::invalid(
                "file",
                format!(
                    "The file is larger than {}. Make it smaller, or link to where it lies.",
                    size_words(self.limit)
                ),
            ));
        }
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..room]);
        self.hash.update(piece);
        self.file.write_all(piece).await.map_err(unwritable(&self.path.0))
    }

    /// The whole file, durably on disk.
    pub async fn finish(mut self, name: &str) -> Result<Staged> {
        let unwritable = unwritable(&self.path.0);
        self.file.flush().await.map_err(&unwritable)?;
        self.file.sync_all().await.map_err(&unwritable)?;
        drop(self.file);
        let name = clean_name(name);
        let (path, head) = (self.path.0.clone(), self.head);
        let (called, size) = (name.clone(), self.size);
        let kind = tokio::task::spawn_blocking(move || Kind::of(&called, &path, &head, size));
        let kind = kind.await.map_err(Error::internal)?;
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Staged { path: self.path, name, hash, size: self.size, kind })
    }
}

impl Staged {
    pub fn path(&self) -> &Path {
        &self.path.0
    }
}

/// A name without folders and control characters, short enough for every system.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let kept = kept.trim();
    if kept.trim_matches('.').is_empty() {
        return "file".to_owned();
    }
    if kept.chars().count() <= 120 {
        return kept.to_owned();
    }
    // The ending stays, so that programs still know what it is.
    let ending: String =
        kept.rsplit_once('.').map_or("", |(_, end)| end).chars().take(12).collect();
    let stem: String = kept.chars().take(100).collect();
    if ending.is_empty() { stem } else { format!("{}.{ending}", stem.trim_end_matches('.')) }
}

/// A size in words.
pub fn size_words(bytes: u64) -> String {
    const KB: f64 = 1024.0;
    let bytes_f = bytes as f64;
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.0} KB", bytes_f / KB),
        1_048_576..1_073_741_824 => format!("{:.1} MB", bytes_f / KB / KB).replace(".0 ", " "),
        _ => format!("{:.1} GB", bytes_f / KB / KB / KB).replace(".0 ", " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folder_and_no_tricks() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("C:\\My pictures\\plan.png", "plan.png"),
            ("..", "file"),
            ("a/..", "file"),
            ("", "file"),
            ("a\u{0}b\r\n.txt", "ab.txt"),
            ("invoice\u{202e}gnp.exe", "invoicegnp.exe"),
            (" plan.pdf ", "plan.pdf"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        let long = clean_name(&format!("{}.tar.gz", "ä".repeat(300)));
        assert!(long.chars().count() <= 120 && long.ends_with(".gz"), "{long}");
    }

    #[test]
    fn sizes_read_well() {
        let words = [0, 1023, 1024, 25 * 1024 * 1024, 1_572_864, 3 << 30].map(size_words);
        assert_eq!(words, ["0 bytes", "1023 bytes", "1 KB", "25 MB", "1.5 MB", "3 GB"]);
    }
}
