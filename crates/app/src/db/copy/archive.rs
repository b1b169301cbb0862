//! The archive: a compressed tar with `backup.json` (what this is), `tables/NAME/NNNNNN.jsonl` (rows, a
//! few megabytes each, the first line naming the columns), `files/…`, and at last `manifest.json`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::row::hex;
use super::{Counted, Head, Manifest, Table, broken};
use crate::kernel::{Error, Result};

pub(super) const HEAD: &str = "backup.json";
pub(super) const MANIFEST: &str = "manifest.json";
/// How much of a table is held before it is written.
const PART: usize = 4 << 20;

fn unwritable(error: std::io::Error) -> Error {
    Error::Unavailable(format!(
        "The backup cannot be written: {error}. Check that the disk is not full."
    ))
}

/// No row is longer: an archive may come from anybody.
const LONGEST_LINE: u64 = 256 << 20;

/// Counts and adds up what passes.
#[derive(Default)]
pub(super) struct Sum {
    count: u64,
    hash: Sha256,
}

impl Sum {
    pub fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    pub fn one_more(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub fn counted(self) -> Counted {
        Counted { count: self.count, sha256: hex(&self.hash.finalize()) }
    }
}

/// An archive that is being written.
pub(super) struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    manifest: Manifest,
    files: Sum,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, head: &Head) -> Result<Self> {
        let tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
        let mut writer = Self { tar, manifest: Manifest::default(), files: Sum::default() };
        writer.json(HEAD, head)?;
        Ok(writer)
    }

    fn json(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
        self.entry(name, &text)
    }

    fn entry(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = header(bytes.len() as u64);
        self.tar.append_data(&mut header, name, bytes).map_err(unwritable)
    }

    /// A table, whose lines `rows` gives one after the other.
    pub fn table(
        &mut self,
        table: &Table,
        rows: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
    ) -> Result<()> {
        let mut first = serde_json::to_vec(table).map_err(Error::internal)?;
        first.push(b'\n');
        let (mut sum, mut part, mut number) = (Sum::default(), first.clone(), 1);
        rows(&mut |line| {
            sum.add(line);
            sum.one_more();
            part.extend_from_slice(line);
            if part.len() >= PART {
                self.entry(&format!("tables/{}/{number:06}.jsonl", table.table), &part)?;
                number += 1;
                part.truncate(first.len());
            }
            Ok(())
        })?;
        if part.len() > first.len() || number == 1 {
            self.entry(&format!("tables/{}/{number:06}.jsonl", table.table), &part)?;
        }
        self.manifest.tables.insert(table.table.clone(), sum.counted());
        Ok(())
    }

    /// An attached file, by its path in their folder. One that has just been removed is left out.
    pub fn file(&mut self, name: &Path, from: &Path) -> Result<u64> {
        let file = match File::open(from) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(super::io(from, &error)),
        };
        let length = file.metadata().map_err(|error| super::io(from, &error))?.len();
        self.files.add(name.to_string_lossy().as_bytes());
        let mut header = header(length);
        let read = Adding { from: file.take(length), sum: &mut self.files };
        self.tar
            .append_data(&mut header, Path::new("files").join(name), read)
            .map_err(unwritable)?;
        Ok(self.files.one_more())
    }

    /// The same of bytes that came from elsewhere.
    pub fn file_of(&mut self, name: &Path, bytes: &[u8]) -> Result<u64> {
        self.files.add(name.to_string_lossy().as_bytes());
        let mut header = header(bytes.len() as u64);
        let read = Adding { from: bytes, sum: &mut self.files };
        self.tar
            .append_data(&mut header, Path::new("files").join(name), read)
            .map_err(unwritable)?;
        Ok(self.files.one_more())
    }

    pub fn finish(mut self) -> Result<(Manifest, W)> {
        self.manifest.files = std::mem::take(&mut self.files).counted();
        let manifest = self.manifest.clone();
        self.json(MANIFEST, &manifest)?;
        let out = self.tar.into_inner().and_then(GzEncoder::finish).map_err(unwritable)?;
        Ok((manifest, out))
    }
}

fn header(length: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header
}

/// Reads, and adds up what was read.
struct Adding<'a, R> {
    from: R,
    sum: &'a mut Sum,
}

impl<R: Read> Read for Adding<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.sum.add(&buffer[..read]);
        Ok(read)
    }
}

/// What stands in an archive, as a reader meets it.
pub(super) enum Piece<'a> {
    /// What this is, before anything else.
    Head(Head),
    /// A part of a table: its columns, and the lines that follow.
    Rows(Table, &'a mut dyn BufRead),
    /// An attached file.
    File(PathBuf, &'a mut dyn Read),
}

/// Reads an archive once from its beginning to its very end, where the checksum of all of it stands, and
/// gives its manifest, which must come last.
pub(super) fn read(
    archive: impl Read,
    mut each: impl FnMut(Piece<'_>) -> Result<()>,
) -> Result<Manifest> {
    let mut tar = tar::Archive::new(GzDecoder::new(BufReader::with_capacity(1 << 16, archive)));
    let manifest = pieces(&mut tar, &mut each)?;
    let mut rest = tar.into_inner();
    std::io::copy(&mut rest, &mut std::io::sink()).map_err(broken)?;
    match rest.into_inner().fill_buf().map_err(broken)? {
        [] => Ok(manifest),
        _ => Err(broken("more follows after its end")),
    }
}

fn pieces(
    tar: &mut tar::Archive<impl Read>,
    each: &mut impl FnMut(Piece<'_>) -> Result<()>,
) -> Result<Manifest> {
    let mut entries = tar.entries().map_err(broken)?;
    let first = entries.next().ok_or_else(|| broken("it is empty"))?.map_err(no_backup)?;
    if first.path().map_err(broken)? != Path::new(HEAD) {
        return Err(Error::refused("This file is no backup of Wherefore."));
    }
    each(Piece::Head(serde_json::from_reader(first).map_err(broken)?))?;
    while let Some(entry) = entries.next() {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        if path == Path::new(MANIFEST) {
            let manifest = serde_json::from_reader(entry).map_err(broken)?;
            return match entries.next().transpose().map_err(broken)? {
                None => Ok(manifest),
                Some(_) => Err(broken("more follows after its end")),
            };
        }
        match path.strip_prefix("files") {
            Ok(name) if plain(name) => each(Piece::File(name.to_owned(), &mut entry))?,
            Ok(_) => return Err(broken(format!("a file named {}", path.display()))),
            Err(_) => {
                let mut lines = BufReader::with_capacity(1 << 16, entry);
                let mut line = Vec::new();
                next_line(&mut lines, &mut line)?;
                let table: Table = serde_json::from_slice(&line).map_err(broken)?;
                if !table.is_plain() {
                    return Err(broken("a table or column is not named as any of ours is"));
                }
                each(Piece::Rows(table, &mut lines))?;
            }
        }
    }
    Err(broken("its end is missing"))
}

/// Reads the next line, with its end; how long it is, nothing at the end.
pub(super) fn next_line(lines: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<usize> {
    line.clear();
    let read = lines.take(LONGEST_LINE).read_until(b'\n', line).map_err(broken)?;
    match line.last() {
        Some(end) if *end != b'\n' => Err(broken("a line has no end")),
        _ => Ok(read),
    }
}

fn no_backup(_: std::io::Error) -> Error {
    Error::refused("This file is no backup of Wherefore.")
}

/// Whether a path stays in its folder.
fn plain(path: &Path) -> bool {
    path.components().next().is_some()
        && path.components().all(|part| matches!(part, Component::Normal(_)))
}
