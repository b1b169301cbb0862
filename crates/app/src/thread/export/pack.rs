//! A compressed tar that is taken away piece by piece.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::kernel::{Error, Result};

/// Parts of a tar are whole blocks.
const BLOCK: u64 = 512;

pub(super) struct Pack {
    tar: tar::Builder<GzEncoder<Vec<u8>>>,
}

/// A file that is being added, with the bytes that it has and those that it still gets.
pub(super) struct Entry {
    size: u64,
    left: u64,
}

impl Pack {
    pub fn new() -> Self {
        Self { tar: tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default())) }
    }

    /// Adds a whole file.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = header(bytes.len() as u64);
        self.tar.append_data(&mut header, name, bytes).map_err(Error::internal)
    }

    /// Begins a file of so many bytes, which follow in pieces. The name fits into a tar's own head.
    pub fn begin(&mut self, name: &str, size: u64) -> Result<Entry> {
        let mut header = header(size);
        header.set_path(name).map_err(Error::internal)?;
        header.set_cksum();
        self.tar.get_mut().write_all(header.as_bytes()).map_err(Error::internal)?;
        Ok(Entry { size, left: size })
    }

    pub fn add(&mut self, mut entry: Entry, piece: &[u8]) -> Result<Entry> {
        let length = piece.len() as u64;
        entry.left =
            entry.left.checked_sub(length).ok_or_else(|| Error::internal("a file grew"))?;
        self.tar.get_mut().write_all(piece).map_err(Error::internal)?;
        Ok(entry)
    }

    /// Ends it with the rest of its last block. One that came short must not look whole.
    pub fn end(&mut self, entry: Entry) -> Result<()> {
        if entry.left > 0 {
            return Err(Error::Unavailable("An attached file is shorter than it was.".into()));
        }
        let rest = (BLOCK - entry.size % BLOCK) % BLOCK;
        let rest = vec![0; usize::try_from(rest).unwrap_or_default()];
        self.tar.get_mut().write_all(&rest).map_err(Error::internal)
    }

    /// What can be sent already.
    pub fn drain(&mut self) -> Vec<u8> {
        std::mem::take(self.tar.get_mut().get_mut())
    }

    pub fn finish(self) -> Result<Vec<u8>> {
        self.tar.into_inner().and_then(GzEncoder::finish).map_err(Error::internal)
    }
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header
}
