//! Files of a folder of data, whatever they are called.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The files with an ending in a folder and in those directly within it, sorted, so that every run
/// goes the same way.
pub fn below(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            found.extend(entries(&path)?.into_iter().filter(|inner| inner.is_file()));
        } else {
            found.push(path);
        }
    }
    found.retain(|path| path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case(ending)));
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// The text of a file; a mark of byte order is left out, and what is no Unicode is replaced.
pub fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// The rows of a table that has these columns, each as those cells; none where it lacks one.
pub fn columns<const N: usize>(
    path: &Path,
    names: [&str; N],
) -> anyhow::Result<Option<Vec<[String; N]>>> {
    let text = text(path)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers()?.clone();
    let places = names.map(|name| heads.iter().position(|head| head.trim() == name));
    if places.contains(&None) {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |place: Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default();
        rows.push(places.map(|place| cell(place).to_owned()));
    }
    Ok(Some(rows))
}

/// The file's name without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Says on standard error that something is left out, and why.
pub fn skipped(path: &Path, why: &str) {
    eprintln!("skipped: {} {why}", path.display());
}

/// Tells one folder of data from another: a hash (FNV-1a) of the names and contents below it.
pub fn fingerprint(folder: &Path) -> anyhow::Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    let mut paths = Vec::new();
    for path in entries(folder)? {
        paths.extend(if path.is_dir() { entries(&path)? } else { vec![path] });
    }
    paths.retain(|path| path.is_file());
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path);
        take(name.to_string_lossy().as_bytes());
        take(&std::fs::read(&path).with_context(|| path.display().to_string())?);
    }
    Ok(format!("{hash:016x}"))
}
