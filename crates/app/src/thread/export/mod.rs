//! A product, or all that somebody sees, in open formats: JSON lines, CSV or Markdown in one archive.
//! It is made page by page while it is fetched, so that it needs no more memory than a page, and each
//! page is read with the eyes of whoever asked.

mod attached;
mod kinds;
mod made;
mod pack;
mod render;

pub use made::{
    GetExport, ListExports, MadeExport, MadeExportView, MakeExport, archive, make_waiting,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use tokio::sync::mpsc::Sender;

use super::history::ListActivity;
use super::path::Sight;
use crate::db::{Conn, Db};
use crate::kernel::{Access, Actor, Error, Id, Result, Time};
use crate::people::products::{self, Product, visible};
use crate::store::{Query, Reader};
use kinds::{KINDS, Kind};
use pack::Pack;

/// How an export is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Lines of JSON, a file for each noun: what “wherefore import wherefore-json” reads.
    Json,
    /// Tables.
    Csv,
    /// A folder of texts, a file for each thing with a key.
    Markdown,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Markdown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }

    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == text).ok_or_else(|| {
            let message = format!("“{text}” is no format here. There are: json, csv, markdown.");
            Error::invalid("format", message)
        })
    }
}

/// What is asked for.
#[derive(Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// A product's key; every product that the asker sees if left out.
    pub product: Option<String>,
    pub format: Format,
    /// With the bytes of attached files.
    #[serde(default)]
    pub files: bool,
}

impl Wanted {
    /// What the archive is called.
    pub fn file_name(&self) -> String {
        let of = self.product.as_deref().map_or("workspace".into(), str::to_lowercase);
        let with = if self.files { "-files" } else { "" };
        format!("{of}-{}{with}.tar.gz", self.format.as_str())
    }
}

/// A thing as it is written: its fields by name.
type Fields = Map<String, Json>;

/// The products that are wanted, before anything is sent.
pub async fn products(db: &Db, actor: &Actor, wanted: &Wanted) -> Result<Vec<Product>> {
    let (actor, key) = (actor.clone(), wanted.product.clone());
    db.read(move |conn| match key {
        Some(key) => Ok(vec![products::product(conn, &actor, &key, Access::Read)?]),
        None => visible(conn, &actor),
    })
    .await
}

/// Writes an archive of products to `out`, piece by piece; ends early where nobody takes them.
pub async fn write(
    db: &Db,
    actor: &Actor,
    products: Vec<Product>,
    wanted: &Wanted,
    now: Time,
    out: &Sender<Vec<u8>>,
) -> Result<()> {
    let format = wanted.format;
    let mut pack = Pack::new();
    let told = json!({
        "format": 1,
        "program": concat!("wherefore ", env!("CARGO_PKG_VERSION")),
        "written": format,
        "made_at": now,
        "made_by": actor.name,
        "with_files": wanted.files,
        "products": products.iter().map(|p| &p.key).collect::<Vec<_>>(),
    });
    pack.file("export.json", format!("{told:#}\n").as_bytes())?;
    pack.file("README.md", render::readme(format, wanted.files).as_bytes())?;
    for product in &products {
        for kind in KINDS {
            let go_on = write_kind(db, actor, product, kind, format, &mut pack, out).await?;
            if !go_on {
                return Ok(());
            }
        }
        if !attached::write(db, actor, product, wanted, &mut pack, out).await? {
            return Ok(());
        }
        if !write_history(db, actor, product, format, &mut pack, out).await? {
            return Ok(());
        }
    }
    let _ = out.send(pack.finish()?).await;
    Ok(())
}

/// One noun of a product. `false` where nobody takes it any more.
async fn write_kind(
    db: &Db,
    actor: &Actor,
    product: &Product,
    kind: &'static Kind,
    format: Format,
    pack: &mut Pack,
    out: &Sender<Vec<u8>>,
) -> Result<bool> {
    let mut file = render::File::new(format, &product.key, kind.file);
    let mut after = (kind.first)();
    loop {
        let (who, id, from) = (actor.clone(), product.id, after.clone());
        let (rows, next) = db.read(move |conn| read_page(conn, &who, id, kind, &from)).await?;
        for row in &rows {
            file.add(row, pack)?;
        }
        if out.send(pack.drain()).await.is_err() {
            return Ok(false);
        }
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    file.finish(pack)?;
    Ok(true)
}

/// A page, if the product may still be seen.
fn read_page(
    conn: &mut Conn,
    actor: &Actor,
    product: Id,
    kind: &Kind,
    after: &crate::db::Value,
) -> Result<(Vec<Fields>, Option<crate::db::Value>)> {
    products::product_by_id(conn, actor, product, Access::Read)?;
    let (mut rows, next) = (kind.page)(conn, actor.workspace, product, after)?;
    if actor.check_role(Access::Write).is_err() {
        for row in &mut rows {
            row.remove(kinds::ADDRESS);
        }
    }
    let sight = Sight::of(conn, actor)?;
    kinds::name_references(conn, actor.workspace, &sight, &mut rows)?;
    Ok((rows, next))
}

/// All that was done in a product, newest first.
async fn write_history(
    db: &Db,
    actor: &Actor,
    product: &Product,
    format: Format,
    pack: &mut Pack,
    out: &Sender<Vec<u8>>,
) -> Result<bool> {
    if format == Format::Markdown {
        return Ok(true);
    }
    let mut file = render::File::new(format, &product.key, "history");
    let mut before = None;
    loop {
        let (who, key) = (actor.clone(), product.key.clone());
        let page = db.read(move |conn| {
            let mut cx = Reader { conn, actor: &who, now: Time(0) };
            ListActivity { product: key.clone(), before }.run(&mut cx)
        });
        let page = serde_json::to_value(page.await?).map_err(Error::internal)?;
        let events = page["events"].as_array().cloned().unwrap_or_default();
        for event in &events {
            if let Json::Object(fields) = event {
                file.add(fields, pack)?;
            }
        }
        if out.send(pack.drain()).await.is_err() {
            return Ok(false);
        }
        match page["next"].as_i64().filter(|_| !events.is_empty()) {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    file.finish(pack)?;
    Ok(true)
}
