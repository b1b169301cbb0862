//! Attached files in an export: what is known of each, and their bytes where they are wanted.

use std::io::Read;

use serde_json::{Value as Json, json};
use tokio::sync::mpsc::Sender;

use super::pack::Pack;
use super::{Fields, Wanted, kinds, render};
use crate::db::{Conn, Db};
use crate::files::Files;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::products::{self, Product};
use crate::selects;
use crate::thread::attachments::Attachment;
use crate::thread::path::Sight;

selects! {
    FILES: Attachment = "attachment", "product_id = $2 AND id > $3 AND gone_at IS NULL ORDER BY id LIMIT 100";
}

const PAGE: usize = 100;
/// Bytes that are packed at once.
const PIECE: usize = 256 * 1024;
/// A name in an archive that every program reads.
const LONGEST: usize = 99;

/// Writes a product's files. `false` where nobody takes them any more.
pub(super) async fn write(
    db: &Db,
    actor: &Actor,
    product: &Product,
    wanted: &Wanted,
    pack: &mut Pack,
    out: &Sender<Vec<u8>>,
) -> Result<bool> {
    let files = if wanted.files { Some(db.files()?) } else { None };
    let mut list = render::File::new(wanted.format, &product.key, "files");
    let mut after = Id(uuid::Uuid::nil());
    loop {
        let (who, of, from) = (actor.clone(), product.id, after);
        let (all, mut rows) = db.read(move |conn| page(conn, &who, of, from)).await?;
        for (file, row) in all.iter().zip(&mut rows) {
            let mut path = Json::Null;
            if let Some(files) = &files {
                let name = path_of(&product.key, file);
                match bytes(files, actor.workspace, file, &name, pack, out).await? {
                    Sent::Whole => path = name.into(),
                    Sent::Missing => {}
                    Sent::Unwanted => return Ok(false),
                }
            }
            row.insert("path".into(), path);
            list.add(row, pack)?;
        }
        if out.send(pack.drain()).await.is_err() {
            return Ok(false);
        }
        match all.last().filter(|_| all.len() == PAGE) {
            Some(last) => after = last.id,
            None => break,
        }
    }
    list.finish(pack)?;
    Ok(true)
}

/// A page of them, if the product may still be seen.
fn page(
    conn: &mut Conn,
    actor: &Actor,
    product: Id,
    after: Id,
) -> Result<(Vec<Attachment>, Vec<Fields>)> {
    products::product_by_id(conn, actor, product, Access::Read)?;
    let all = FILES.all(conn, actor.workspace, &[product.into(), after.into()])?;
    let mut rows: Vec<Fields> = all.iter().map(row).collect();
    let sight = Sight::of(conn, actor)?;
    kinds::name_references(conn, actor.workspace, &sight, &mut rows)?;
    Ok((all, rows))
}

fn row(file: &Attachment) -> Fields {
    let told = json!({
        "id": file.id,
        "name": file.name,
        "object_kind": file.object_kind,
        "object_id": file.object_id,
        "size": file.size,
        "media": file.media,
        "author_id": file.author_id,
        "created_at": file.created_at,
    });
    match told {
        Json::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// Where its bytes stand in the archive: its own identifier makes every name another one.
fn path_of(product: &str, file: &Attachment) -> String {
    let mut path = format!("{product}/files/{}-", file.id);
    for c in file.name.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }) {
        if path.len() + c.len_utf8() > LONGEST {
            break;
        }
        path.push(c);
    }
    path
}

enum Sent {
    Whole,
    /// Its bytes are not on the server.
    Missing,
    /// Nobody takes the archive any more.
    Unwanted,
}

async fn bytes(
    files: &Files,
    workspace: i64,
    file: &Attachment,
    name: &str,
    pack: &mut Pack,
    out: &Sender<Vec<u8>>,
) -> Result<Sent> {
    let size = u64::try_from(file.size).unwrap_or_default();
    let reader = match files.read(workspace, &file.hash, 0, size).await {
        Ok(reader) => reader,
        Err(error @ Error::Internal(_)) => return Err(error),
        Err(_) => return Ok(Sent::Missing),
    };
    let mut entry = pack.begin(name, size)?;
    let mut reader = Some(reader);
    loop {
        let Some(mut from) = reader.take() else { break };
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            from.by_ref().take(PIECE as u64).read_to_end(&mut piece).map(|_| (from, piece))
        });
        let (from, piece) = read.await.map_err(Error::internal)?.map_err(Error::internal)?;
        if piece.is_empty() {
            break;
        }
        entry = pack.add(entry, &piece)?;
        if out.send(pack.drain()).await.is_err() {
            return Ok(Sent::Unwanted);
        }
        reader = Some(from);
    }
    pack.end(entry)?;
    Ok(Sent::Whole)
}
