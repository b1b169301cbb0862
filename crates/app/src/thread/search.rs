//! Search over everything that has a key: by key, alias and words.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::nodes::{Node, find};
use crate::db::Engine;
use crate::how::options::SolutionOption;
use crate::how::work_items::{LEVELS, WorkItem};
use crate::kernel::{Access, Id, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader, Record, Scope, search_terms, search_words};

/// The two engines' words for the same: the newest matches before a place, a page of them.
const SQLITE: &str = "SELECT d.doc, d.object_kind, d.object_id, d.product_id, SUBSTR(d.title, 1, 300) FROM search_text JOIN search_doc d ON d.doc = search_text.rowid WHERE search_text MATCH $2 AND search_text.rowid < $3 AND d.workspace_id = $1 ORDER BY search_text.rowid DESC LIMIT 100";
const POSTGRES: &str = "SELECT doc, object_kind, object_id, product_id, SUBSTR(title, 1, 300) FROM search_doc WHERE workspace_id = $1 AND words @@ to_tsquery('simple', $2) AND doc < $3 ORDER BY doc DESC LIMIT 100";

/// A look that costs the same however much there is, and suffices for words that are common. SQLite
/// reads the newest that hold the very words; beginnings it would have to gather first. PostgreSQL,
/// whose index knows no order, reads the same in one stretch of numbers after the other.
const POSTGRES_STRETCH: &str = "SELECT doc, object_kind, object_id, product_id, SUBSTR(title, 1, 300) FROM search_doc WHERE workspace_id = $1 AND words @@ (to_tsquery('simple', $2) && CAST(CAST($4 AS TEXT) AS TSQUERY)) AND doc < $3 ORDER BY doc DESC LIMIT 100";
const POSTGRES_NEWEST: &str =
    "SELECT doc FROM search_doc WHERE workspace_id = $1 ORDER BY doc DESC LIMIT 1";
/// Marks and lengths of stretches, and how many of each are read, the newest first.
const STRETCHES: [(char, i64); 4] = [('a', 4_096), ('b', 16_384), ('c', 65_536), ('d', 262_144)];
const OF_EACH: usize = 4;

/// Matches on a page, and pages that are looked through for some that the person may see.
const PAGE: usize = 100;
const PAGES: usize = 20;
/// What is shown.
const SHOWN: usize = 30;

/// Find items by key, alias or words.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub q: String,
    /// Only in this product.
    pub product: Option<String>,
    /// What fits as well in this product comes first, as where one works in it.
    #[serde(default)]
    pub near: Option<String>,
    /// Only these kinds, as `need` or `story`; blanks or commas between them.
    #[serde(default)]
    pub kinds: Option<String>,
}

/// Which kinds are asked for; all for none.
struct Kinds(Vec<String>);

impl Kinds {
    fn of(asked: Option<&str>) -> Self {
        let all = asked.unwrap_or_default().split([' ', ',']).filter(|kind| !kind.is_empty());
        Self(all.map(str::to_owned).collect())
    }

    fn hold(&self, node: &Node) -> bool {
        self.0.is_empty() || self.0.contains(&node.kind)
    }

    /// Whether a record of this kind may be among them: all levels of work are one kind of record.
    fn may_hold(&self, record: &str) -> bool {
        let is = |kind: &String| match kind.as_str() {
            kind if LEVELS.contains(&kind) => record == WorkItem::KIND,
            "option" => record == SolutionOption::KIND,
            kind => record.replace('_', "-") == kind,
        };
        self.0.is_empty() || self.0.iter().any(is)
    }
}

/// A match, before it is loaded.
struct Hit {
    doc: i64,
    kind: String,
    id: Id,
    product: Id,
    title: String,
}

impl Hit {
    /// How well a title fits: whole words before beginnings, both before the text alone.
    fn score(&self, words: &[String]) -> usize {
        let title = self.title.to_lowercase();
        let parts: Vec<&str> = title.split(|c: char| !c.is_alphanumeric()).collect();
        let fits = |word: &String| match () {
            () if parts.contains(&word.as_str()) => 3,
            () if parts.iter().any(|part| part.starts_with(word)) => 2,
            () => 0,
        };
        words.iter().map(fits).sum()
    }
}

/// The newest matches in these products, best first: titles before texts, and of both those of the
/// product that is near before others.
fn hits(
    cx: &mut Reader<'_>,
    words: &[String],
    products: &[Id],
    near: Option<Id>,
    kinds: &Kinds,
) -> Result<Vec<Hit>> {
    let mut found = gathered(cx, words, products, near, kinds)?;
    found.sort_by_cached_key(|hit| {
        let score = hit.score(words);
        std::cmp::Reverse((score > 0, Some(hit.product) == near, score, hit.doc))
    });
    Ok(found)
}

/// The newest matches in these products, as many as are shown if there are so many; and so many of the
/// one that is near, or what is newer elsewhere would hide what it has.
fn gathered(
    cx: &mut Reader<'_>,
    words: &[String],
    products: &[Id],
    near: Option<Id>,
    kinds: &Kinds,
) -> Result<Vec<Hit>> {
    let engine = cx.conn.engine();
    let text = match engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let (whole, beginnings) =
        (search_terms(engine, words, false), search_terms(engine, words, true));
    let is_near = |hit: &Hit| near == Some(hit.product);
    let seen = |hit: &Hit| products.contains(&hit.product) && kinds.may_hold(&hit.kind);
    let enough = |found: &[Hit]| {
        let of_near = || found.iter().filter(|hit| is_near(hit)).count() >= SHOWN;
        found.len() >= SHOWN && (near.is_none() || of_near())
    };
    let mut found: Vec<Hit> = lately(cx, &whole)?.into_iter().filter(seen).collect();
    let mut before = i64::MAX;
    for _ in 0..PAGES {
        if enough(&found) {
            break;
        }
        let page = page(cx, text, &beginnings, before, "")?;
        let last = page.len() < PAGE;
        before = page.last().map_or(0, |hit| hit.doc);
        let known: HashSet<i64> = found.iter().map(|hit| hit.doc).collect();
        found.extend(page.into_iter().filter(|hit| seen(hit) && !known.contains(&hit.doc)));
        if last {
            break;
        }
    }
    Ok(found)
}

/// The newest that hold the very words, found at once where they are common.
fn lately(cx: &mut Reader<'_>, words: &str) -> Result<Vec<Hit>> {
    if cx.conn.engine() == Engine::Sqlite {
        return page(cx, SQLITE, words, i64::MAX, "");
    }
    let workspace = [cx.actor.workspace.into()];
    let newest: Vec<i64> = cx.conn.query_text(POSTGRES_NEWEST, &workspace, |r| r.get(0))?;
    let (mut before, mut found) = (newest.first().map_or(0, |doc| doc + 1), Vec::new());
    for (mark, length) in STRETCHES.into_iter().flat_map(|s| [s; OF_EACH]) {
        if before <= 0 || found.len() >= SHOWN {
            break;
        }
        let stretch = (before - 1) / length;
        found.extend(page(cx, POSTGRES_STRETCH, words, before, &format!("'#{mark}{stretch}'"))?);
        before = stretch * length;
    }
    Ok(found)
}

fn page(
    cx: &mut Reader<'_>,
    text: &'static str,
    terms: &str,
    before: i64,
    marks: &str,
) -> Result<Vec<Hit>> {
    let values = [cx.actor.workspace.into(), terms.into(), before.into(), marks.into()];
    cx.conn.query_text(text, &values, |r| {
        let (doc, kind, id) = (r.get(0)?, r.get(1)?, r.get(2)?);
        Ok(Hit { doc, kind, id, product: r.get(3)?, title: r.get(4)? })
    })
}

impl Query for Search {
    type Output = Vec<Node>;
    const META: Meta = Meta {
        name: "search",
        summary: "Find items by key, alias or words",
        method: "GET",
        path: "/search",
        access: Access::Read,
        exercises: &[],
        scope: Scope::Workspace,
    };

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Node>> {
        let ws = cx.actor.workspace;
        let mut found = Vec::new();
        if let Ok((keyed, _)) = find(cx.conn, cx.actor, &self.q, Access::Read) {
            found.push(keyed.node());
        }
        let kinds = Kinds::of(self.kinds.as_deref());
        found.retain(|node| kinds.hold(node));
        let words = search_words(&self.q);
        if words.is_empty() {
            return Ok(found);
        }
        let only = self.product.as_deref().filter(|p| !p.is_empty()).map(str::to_uppercase);
        let visible = products::visible(cx.conn, cx.actor)?;
        let near = self.near.as_deref().unwrap_or_default().trim().to_uppercase();
        let near = visible.iter().find(|p| p.key == near).map(|p| p.id);
        let visible: Vec<Id> = visible
            .into_iter()
            .filter(|p| only.as_ref().is_none_or(|key| p.key == *key))
            .map(|p| p.id)
            .collect();
        let mut hits = hits(cx, &words, &visible, near.filter(|n| visible.contains(n)), &kinds)?;
        hits.retain(|hit| found.iter().all(|node: &Node| node.id != hit.id));
        // Some may still be staged or be gone, so pages are taken until enough are there.
        for page in hits.chunks(SHOWN) {
            let wanted = page.iter().map(|hit| (hit.kind.clone(), hit.id));
            let mut nodes = super::nodes::told_nodes(cx.conn, ws, wanted, None)?;
            let told = page.iter().filter_map(|hit| nodes.remove(&hit.id));
            found.extend(told.filter(|node| kinds.hold(node)));
            if found.len() >= SHOWN {
                break;
            }
        }
        found.truncate(SHOWN);
        Ok(found)
    }
}
