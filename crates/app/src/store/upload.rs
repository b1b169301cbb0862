//! A file on its way in: packed as it arrives, so that a large one takes little room.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::kernel::{Error, Result};

/// A file as it was packed.
pub struct Upload {
    /// What it was called where it came from.
    pub name: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Its size before packing.
    pub size: usize,
    packed: Vec<u8>,
}

impl Upload {
    /// The largest file that is taken.
    pub const LIMIT: usize = 110 * 1024 * 1024;

    /// Packs a file that is in memory.
    pub fn of(name: &str, bytes: &[u8]) -> Result<Self> {
        let mut packer = Packer::default();
        packer.add(bytes)?;
        packer.finish(name)
    }

    /// The packed bytes.
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }

    /// The bytes of a packed file.
    pub fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
        // The packed form ends with the size: growing by doubling would take twice the room.
        let size = packed.last_chunk::<4>().map_or(0, |end| u32::from_le_bytes(*end));
        let size = usize::try_from(size).unwrap_or_default().min(Self::LIMIT);
        let mut bytes = Vec::with_capacity(size + 1);
        let limit = u64::try_from(Self::LIMIT).unwrap_or(u64::MAX);
        GzDecoder::new(packed).take(limit).read_to_end(&mut bytes).map_err(Error::internal)?;
        Ok(bytes)
    }
}

/// Takes a file piece by piece.
pub struct Packer {
    encoder: GzEncoder<Vec<u8>>,
    hash: Sha256,
    size: usize,
}

impl Default for Packer {
    fn default() -> Self {
        let encoder = GzEncoder::new(Vec::new(), Compression::fast());
        Self { encoder, hash: Sha256::new(), size: 0 }
    }
}

impl Packer {
    /// Takes the next piece, or refuses what is too large.
    pub fn add(&mut self, piece: &[u8]) -> Result<()> {
        self.size += piece.len();
        if self.size > Upload::LIMIT {
            let limit = Upload::LIMIT / (1024 * 1024);
            return Err(Error::invalid(
                "file",
                format!(
                    "The file is larger than {limit} MB. Export it in several parts and import one after the other."
                ),
            ));
        }
        self.hash.update(piece);
        self.encoder.write_all(piece).map_err(Error::internal)
    }

    /// The whole file.
    pub fn finish(self, name: &str) -> Result<Upload> {
        let packed = self.encoder.finish().map_err(Error::internal)?;
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        // A browser may send a path; the name is what people know the file by.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(Upload { name, hash, size: self.size, packed })
    }
}
