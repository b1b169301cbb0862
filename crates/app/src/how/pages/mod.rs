//! Pages: what a product's people want to find again, as a handbook. They stand in a tree, keep their
//! history as items do, and name items as items name them.

mod arrange;
mod write;

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::Conn;
use crate::kernel::{Access, Actor, Error, Id, Result};
use crate::people::nouns::by_key;
use crate::people::products::{Product, product};
use crate::store::{Meta, Query, Reader, load};
use crate::{noun, record, selects, statements};

pub use arrange::MovePage;
pub use write::{EditPage, WritePage};

record! {
    /// A page of a product.
    pub struct DocPage in "page", versioned: true {
        pub product_id: Id,
        pub key: String,
        pub title: String,
        /// Markdown.
        pub body: String,
        /// The page above it.
        pub parent_id: Option<Id>,
        /// Its place among those beside it.
        pub rank: String,
        pub author_id: Option<Id>,
    }
}

noun! {
    DocPage is "page",
    text: |p| p.body.clone()
}

/// Pages of one product; a tree of more is no longer read.
pub const MOST: usize = 1000;

/// How deep the tree goes.
pub const MOST_DEPTH: usize = 8;

statements! {
    TREE = "SELECT id, key, title, parent_id FROM page WHERE workspace_id = $1 AND product_id = $2 AND gone_at IS NULL ORDER BY rank, id LIMIT 1000";
    NAMED_IN = "SELECT n.object_kind, n.object_id FROM naming n WHERE n.workspace_id = $1 AND n.key = $2 ORDER BY n.object_id DESC LIMIT 100";
}

selects! {
    LAST: DocPage = "page", "product_id = $2 AND gone_at IS NULL ORDER BY rank DESC LIMIT 1";
    ALL: DocPage = "page", "product_id = $2 AND gone_at IS NULL ORDER BY rank, id LIMIT 1000";
}

/// A page as the tree shows it.
#[derive(Clone, Serialize, JsonSchema, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub key: String,
    pub title: String,
    /// 0 for the pages at the top.
    pub depth: usize,
    /// The key of the page above it.
    pub parent: Option<String>,
    #[serde(skip)]
    #[schemars(skip)]
    pub id: Id,
}

/// A row of the tree before it is arranged.
struct Raw {
    id: Id,
    key: String,
    title: String,
    parent: Option<Id>,
}

/// All pages of a product, each below the one that it belongs to.
pub fn tree(conn: &mut Conn, ws: i64, product: Id) -> Result<Vec<Leaf>> {
    let rows: Vec<Raw> = conn.query(&TREE, &[ws.into(), product.into()], |r| {
        Ok(Raw { id: r.get(0)?, key: r.get(1)?, title: r.get(2)?, parent: r.get(3)? })
    })?;
    let there: HashSet<Id> = rows.iter().map(|r| r.id).collect();
    // A page whose parent lies in the bin stands at the top meanwhile.
    let above = |row: &Raw| row.parent.filter(|parent| there.contains(parent));
    let mut below: HashMap<Option<Id>, Vec<&Raw>> = HashMap::new();
    for row in &rows {
        below.entry(above(row)).or_default().push(row);
    }
    let mut all = Vec::with_capacity(rows.len());
    let mut open: Vec<(&Raw, usize, Option<&str>)> = Vec::new();
    let first = below.remove(&None).unwrap_or_default();
    open.extend(first.into_iter().rev().map(|row| (row, 0, None)));
    while let Some((row, depth, parent)) = open.pop() {
        all.push(Leaf {
            key: row.key.clone(),
            title: row.title.clone(),
            depth,
            parent: parent.map(str::to_owned),
            id: row.id,
        });
        let next = below.remove(&Some(row.id)).unwrap_or_default();
        open.extend(next.into_iter().rev().map(|child| (child, depth + 1, Some(&*row.key))));
    }
    Ok(all)
}

/// The pages above one, from the top.
pub fn above(tree: &[Leaf], key: &str) -> Vec<Leaf> {
    let mut line = Vec::new();
    let mut wanted = tree.iter().find(|l| l.key == key).and_then(|l| l.parent.clone());
    while let Some(leaf) = wanted.and_then(|key| tree.iter().find(|l| l.key == key)) {
        wanted = leaf.parent.clone();
        line.insert(0, leaf.clone());
        if line.len() > MOST_DEPTH {
            break;
        }
    }
    line
}

/// What names a key in its text: kinds and ids, the newest first.
pub fn naming(conn: &mut Conn, ws: i64, key: &str) -> Result<Vec<(String, Id)>> {
    let values = [ws.into(), key.to_uppercase().into()];
    conn.query(&NAMED_IN, &values, |r| Ok((r.get(0)?, r.get(1)?)))
}

/// A page as programs and pages see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PageView {
    pub key: String,
    pub title: String,
    pub body: String,
    /// The key of the page above it.
    pub parent: Option<String>,
    pub revision: i64,
}

fn view(conn: &mut Conn, ws: i64, page: &DocPage) -> Result<PageView> {
    let parent = match page.parent_id {
        Some(id) => load::<DocPage>(conn, ws, id)?.filter(|p| p.gone_at.is_none()).map(|p| p.key),
        None => None,
    };
    Ok(PageView {
        key: page.key.clone(),
        title: page.title.clone(),
        body: page.body.clone(),
        parent,
        revision: page.revision,
    })
}

/// The page above, given by key; it must be one of the same product.
fn parent(
    conn: &mut Conn,
    actor: &Actor,
    of: &Product,
    key: Option<&str>,
) -> Result<Option<DocPage>> {
    let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else { return Ok(None) };
    let (page, product) = by_key::<DocPage>(conn, actor, key, Access::Read)?;
    if product.id != of.id {
        return Err(Error::invalid("parent", format!("{key} belongs to another product.")));
    }
    Ok(Some(page))
}

/// List a product's pages as a tree, each below the one that it belongs to.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListPages {
    pub product: String,
}

impl Query for ListPages {
    type Output = Vec<Leaf>;
    const META: Meta = Meta::query("list-pages", "List a product's pages as a tree", "/pages");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Leaf>> {
        let product = product(cx.conn, cx.actor, &self.product, Access::Read)?;
        tree(cx.conn, cx.actor.workspace, product.id)
    }
}

/// Show one page.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPage {
    pub key: String,
}

impl Query for GetPage {
    type Output = PageView;
    const META: Meta = Meta::query("get-page", "Show one page", "/pages/{key}");

    fn run(&self, cx: &mut Reader<'_>) -> Result<PageView> {
        let (page, _) = by_key::<DocPage>(cx.conn, cx.actor, &self.key, Access::Read)?;
        view(cx.conn, cx.actor.workspace, &page)
    }
}

/// All pages of a product as one Markdown text, in the order of the tree.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ExportPages {
    pub product: String,
    /// Only this page and those below it.
    pub from: Option<String>,
}

/// A Markdown text.
#[derive(Serialize, JsonSchema)]
pub struct Exported {
    pub markdown: String,
}

impl Query for ExportPages {
    type Output = Exported;
    const META: Meta = Meta::query(
        "export-pages",
        "Give all pages of a product as one Markdown text, in the order of the tree",
        "/pages/export",
    );

    fn run(&self, cx: &mut Reader<'_>) -> Result<Exported> {
        let ws = cx.actor.workspace;
        let product = product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let mut leaves = tree(cx.conn, ws, product.id)?;
        if let Some(from) = self.from.as_deref().filter(|key| !key.is_empty()) {
            let from = from.to_uppercase();
            let at = leaves.iter().position(|l| l.key == from).ok_or(Error::NotFound("page"))?;
            let depth = leaves[at].depth;
            let end = leaves[at + 1..].iter().position(|l| l.depth <= depth);
            leaves = leaves.split_off(at);
            leaves.truncate(end.map_or(leaves.len(), |end| end + 1));
        }
        let all = ALL.all(cx.conn, ws, &[product.id.into()])?;
        let bodies: HashMap<Id, String> = all.into_iter().map(|p| (p.id, p.body)).collect();
        let top = leaves.first().map_or(0, |l| l.depth);
        let parts: Vec<String> = leaves
            .iter()
            .map(|leaf| {
                let signs = "#".repeat((leaf.depth - top + 1).min(6));
                let body = bodies.get(&leaf.id).map_or("", |b| b.trim());
                format!("{signs} {} ({})\n\n{body}\n", leaf.title, leaf.key)
            })
            .collect();
        Ok(Exported { markdown: parts.join("\n") })
    }
}
