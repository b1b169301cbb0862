//! A compressed tar that is taken away piece by piece.

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::kernel::{Error, Result};

pub(super) struct Pack {
    tar: tar::Builder<GzEncoder<Vec<u8>>>,
}

impl Pack {
    pub fn new() -> Self {
        Self { tar: tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default())) }
    }

    /// Adds a whole file.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        self.tar.append_data(&mut header, name, bytes).map_err(Error::internal)
    }

    /// What can be sent already.
    pub fn drain(&mut self) -> Vec<u8> {
        std::mem::take(self.tar.get_mut().get_mut())
    }

    pub fn finish(self) -> Result<Vec<u8>> {
        self.tar.into_inner().and_then(GzEncoder::finish).map_err(Error::internal)
    }
}
