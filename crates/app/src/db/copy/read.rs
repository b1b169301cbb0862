//! Copying an installation out.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::archive::Writer;
use super::{Attached, FORMAT, Head, Summary, Tell, io, postgres, row, sqlite, travelling};
use crate::db::conn::Link;
use crate::db::{Conn, Engine, Target};
use crate::files::{self, Store};
use crate::kernel::{Error, Result};
use crate::statements;

/// How often progress is told, in rows.
const STEP: u64 = 10_000;

statements! {
    STEPS = "SELECT number FROM migration ORDER BY number";
    STORED = "SELECT workspace_id, hash, size FROM stored_file WHERE doomed_at IS NULL ORDER BY workspace_id, hash";
}

/// The folder that files lie in, in a data folder.
pub(super) const FILES: &str = "files";

pub(super) fn back_up(
    target: &Target,
    files: Attached<'_>,
    made_at: String,
    out: impl Write,
    tell: Tell<'_>,
) -> Result<Summary> {
    let conn = match target {
        Target::Sqlite(folder) => Conn::new(Link::Sqlite(sqlite::open_to_read(folder)?)),
        Target::Postgres(url) => Conn::new(Link::Postgres(Box::new(postgres::open_to_read(url)?))),
    };
    let head = head(&conn, made_at)?;
    let mut writer = Writer::new(out, &head)?;
    let tables = match conn.engine() {
        Engine::Sqlite => conn.query_text(sqlite::COLUMNS, &[], |r| Ok((r.get(0)?, r.get(1)?)))?,
        Engine::Postgres => {
            conn.query_text(postgres::COLUMNS, &[], |r| Ok((r.get(0)?, r.get(1)?)))?
        }
    };
    for table in travelling(tables) {
        let names: Vec<_> = table.columns.iter().map(|name| format!("\"{name}\"")).collect();
        let mut select = format!("SELECT {} FROM \"{}\"", names.join(", "), table.table);
        if table.table == "outbox" {
            select = format!("{select} WHERE {}", super::WITHOUT_LINKS);
        }
        if table.table == super::NUMBERED.0 {
            // What was found last stays what was written last.
            select = format!("{select} ORDER BY {}", super::NUMBERED.1);
        }
        tell(&table.table, 0);
        writer.table(&table, |line_of| {
            let (mut line, mut done) = (Vec::new(), 0_u64);
            conn.stream(&select, &mut |row| {
                line.clear();
                row::encode(row, names.len(), &mut line)?;
                line_of(&line)?;
                done += 1;
                if done.is_multiple_of(STEP) {
                    tell(&table.table, done);
                }
                Ok(())
            })
        })?;
    }
    let left_out = match (files, target) {
        (Attached::Folder(Some(folder)), _) => from_folder(&mut writer, folder, tell)?,
        (Attached::Folder(None), Target::Sqlite(data)) => {
            from_folder(&mut writer, &data.join(FILES), tell)?
        }
        (Attached::Folder(None), Target::Postgres(_)) => match stored(&conn)?.len() {
            0 => Vec::new(),
            count => vec![format!(
                "{count} attached files: name their folder with --files, or their storage with --s3-endpoint"
            )],
        },
        (Attached::Store(store), _) => from_store(&mut writer, &conn, store, tell)?,
    };
    let (manifest, mut out) = writer.finish()?;
    out.flush()
        .map_err(|error| Error::Unavailable(format!("The backup cannot be written: {error}.")))?;
    Ok(Summary { head, manifest, left_out })
}

fn from_folder<W: Write>(
    writer: &mut Writer<W>,
    folder: &Path,
    tell: Tell<'_>,
) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    for name in all_files(folder)? {
        let done = writer.file(&name, &folder.join(&name))?;
        if done % 100 == 1 {
            tell("files", done);
        }
    }
    Ok(Vec::new())
}

/// The files that rows name: whose, the hash of their content, and how large they are.
fn stored(conn: &Conn) -> Result<Vec<(i64, String, u64)>> {
    conn.query(&STORED, &[], |row| {
        let size = u64::try_from(row.get::<i64>(2)?).unwrap_or_default();
        Ok((row.get(0)?, row.get(1)?, size))
    })
}

/// Copies what a storage has, and names what it has not. One that has nothing of it is away.
fn from_store<W: Write>(
    writer: &mut Writer<W>,
    conn: &Conn,
    store: &dyn Store,
    tell: Tell<'_>,
) -> Result<Vec<String>> {
    let all = stored(conn)?;
    let (count, mut lost) = (all.len(), Vec::new());
    for (workspace, hash, size) in all {
        let name = files::name_of(workspace, &hash);
        match whole(store, &name, size) {
            Ok(bytes) => {
                let done = writer.file_of(&files::path_of(&name), &bytes)?;
                if done % 100 == 1 {
                    tell("files", done);
                }
            }
            Err(error) if lost.len() + 1 == count => return Err(error),
            Err(error) => lost.push(format!("the file {name}: {error}")),
        }
    }
    Ok(lost)
}

/// A file as it is in a storage, checked by its length.
fn whole(store: &dyn Store, name: &str, size: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = store.read(name, 0, size)?.read_to_end(&mut bytes);
    match read {
        Ok(_) if bytes.len() as u64 == size => Ok(bytes),
        Ok(_) => Err(Error::Unavailable("It is shorter than it should be.".into())),
        Err(error) => Err(Error::Unavailable(format!("It cannot be read: {error}."))),
    }
}

fn head(conn: &Conn, made_at: String) -> Result<Head> {
    let steps = conn.query(&STEPS, &[], |row| row.get::<i64>(0))?;
    let program = concat!("wherefore ", env!("CARGO_PKG_VERSION")).to_owned();
    let schema = steps.last().copied().unwrap_or(0);
    Ok(Head { format: FORMAT, program, schema, steps, made_at })
}

/// What is just being uploaded, which no row names yet.
const INCOMING: &str = "incoming";

/// The files below a folder, by their paths in it. What begins with a dot is somebody's work in
/// progress.
fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).map_err(|error| io(&next, &error))? {
            let entry = entry.map_err(|error| io(&next, &error))?;
            let kind = entry.file_type().map_err(|error| io(&next, &error))?;
            let arriving = next == folder && entry.file_name() == INCOMING;
            if arriving || entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file()
                && let Ok(name) = path.strip_prefix(folder)
            {
                found.push(name.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}
