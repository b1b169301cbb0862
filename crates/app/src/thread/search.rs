//! Search over everything that has a key: by key, alias and words.

use std::collections::HashSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;

use super::nodes::{Node, find};
use crate::db::{Engine, Row, planned_once};
use crate::how::options::SolutionOption;
use crate::how::work_items::{LEVELS, WorkItem};
use crate::kernel::{Access, Id, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader, Record, Scope, search_terms, search_words};

/// The two engines' words for the same: the newest matches before a place, a page of them.
const SQLITE: &str = "SELECT d.doc, d.object_kind, d.object_id, d.product_id, SUBSTR(d.title, 1, 300) FROM search_text JOIN search_doc d ON d.doc = search_text.rowid WHERE search_text MATCH $2 AND search_text.rowid < $3 AND d.workspace_id = $1 ORDER BY search_text.rowid DESC LIMIT $4";
const POSTGRES: &str = "WITH held AS MATERIALIZED (SELECT doc, object_kind, object_id, product_id, title FROM search_doc WHERE workspace_id = $1 AND words @@ to_tsquery('simple', $2)) SELECT doc, object_kind, object_id, product_id, SUBSTR(title, 1, 300) FROM held WHERE doc < $3 ORDER BY doc DESC LIMIT $4";

/// The newest documents, read one by one: quick where a beginning is common, for the index would have
/// to gather all that begin so. That is no matter where there are few.
const POSTGRES_NEWEST: &str = "SELECT doc, object_kind, object_id, product_id, SUBSTR(title, 1, 300) FROM (SELECT * FROM search_doc WHERE workspace_id = $1 ORDER BY doc DESC LIMIT 2000) AS newest WHERE (SELECT MAX(doc) FROM search_doc WHERE workspace_id = $1) > 20000 AND words @@ to_tsquery('simple', $2) LIMIT 60";

/// Words that the index looks for one by one; more are looked for as one.
const WALKED: usize = 4;

static WALKS: LazyLock<[String; WALKED]> =
    LazyLock::new(|| std::array::from_fn(|n| walk_text(n + 1)));

/// The newest that hold the very words, by PostgreSQL, whose index knows no order: stretch after
/// stretch of 16,384 document numbers, of those that hold all the words (the last value). Each is marked
/// in the documents themselves (`b`), and so are its quarters (`a`). The newest quarter comes first, which
/// tells whether quarters will do for what is newer, as they do for common words; a stretch after them
/// that holds many is gone through in quarters too. A condition of its own for each word lets the index
/// leap from one to the other; what is materialised is asked of that index and no other, so the plan is
/// the same for all words.
fn walk_text(words: usize) -> String {
    let each = (2..words + 2).map(|n| format!(" AND words @@ to_tsquery('simple', ${n})"));
    let (holds, all): (String, usize) = (each.collect(), words + 2);
    let held = |mark: &str| {
        format!(
            "SELECT doc, object_kind, object_id, product_id, title \
             FROM search_doc WHERE workspace_id = $1 \
             AND words @@ CAST('''#' || {mark} || '''' AS TSQUERY){holds}"
        )
    };
    let (far, near) = (held("'b' || far.n"), held("'a' || near.n"));
    let newest = held("'a' || (SELECT MAX(n) FROM near)");
    planned_once(&format!(
        "WITH wanted AS MATERIALIZED (SELECT hashtextextended(lexeme, 0) AS word \
         FROM unnest(to_tsvector('simple', ${all})) AS l (lexeme, positions, weights)), \
         far AS MATERIALIZED (SELECT stretch AS n FROM search_word \
         WHERE word IN (SELECT word FROM wanted) \
         GROUP BY stretch HAVING COUNT(*) >= (SELECT COUNT(*) FROM wanted) ORDER BY stretch DESC), \
         near AS MATERIALIZED (SELECT far.n * 4 + quarter AS n \
         FROM (SELECT n FROM far ORDER BY n DESC LIMIT 2) AS far \
         CROSS JOIN generate_series(0, 3) AS quarter WHERE (far.n * 4 + quarter) * 4096 \
         <= (SELECT MAX(doc) FROM search_doc WHERE workspace_id = $1) ORDER BY 1 DESC), \
         newest AS MATERIALIZED ({newest}), \
         common AS MATERIALIZED (SELECT COUNT(*) >= {COMMON} AS so FROM newest), \
         passed AS MATERIALIZED (SELECT 4096 * \
         CASE WHEN (SELECT so FROM common) THEN MIN(n) ELSE MAX(n) END AS doc FROM near) \
         SELECT d.doc, d.object_kind, d.object_id, d.product_id, SUBSTR(d.title, 1, 300) FROM (\
         (SELECT * FROM newest ORDER BY doc DESC LIMIT {PAGE}) UNION ALL \
         (SELECT d.* FROM near CROSS JOIN LATERAL \
         (WITH held AS MATERIALIZED ({near}) SELECT * FROM held ORDER BY doc DESC) AS d \
         WHERE (SELECT so FROM common) AND near.n < (SELECT MAX(n) FROM near)) UNION ALL \
         (SELECT d.* FROM far CROSS JOIN passed CROSS JOIN LATERAL (\
         WITH held AS MATERIALIZED ({far}), few AS MATERIALIZED (SELECT COUNT(*) < {PAGE} AS all_told \
         FROM (SELECT 1 FROM held LIMIT {PAGE}) AS some_held) \
         (SELECT * FROM held WHERE (SELECT all_told FROM few) ORDER BY doc DESC) UNION ALL \
         SELECT d.* FROM generate_series(far.n * 4 + 3, far.n * 4, -1) AS near(n) CROSS JOIN LATERAL \
         (WITH held AS MATERIALIZED ({near}) SELECT * FROM held ORDER BY doc DESC LIMIT {PAGE}) AS d \
         WHERE NOT (SELECT all_told FROM few)) AS d \
         WHERE far.n * 16384 < passed.doc AND d.doc < passed.doc)) AS d LIMIT {PAGE}"
    ))
}

/// Matches on the first page, half as many again as are shown, so that titles come before texts; and on those that are looked through where a person may see few of them.
const PAGE: usize = 45;
/// So many in the newest quarter of a stretch, and a page of them is found in a few quarters.
const COMMON: usize = 12;
const FURTHER: usize = 2_000;
const PAGES: usize = 6;
/// What is shown.
pub const SHOWN: usize = 30;

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
    let beginnings = search_terms(engine, words, true);
    let is_near = |hit: &Hit| near == Some(hit.product);
    let seen = |hit: &Hit| products.contains(&hit.product) && kinds.may_hold(&hit.kind);
    let enough = |found: &[Hit]| {
        let of_near = || found.iter().filter(|hit| is_near(hit)).count() >= SHOWN;
        found.len() >= SHOWN && (near.is_none() || of_near())
    };
    let mut found: Vec<Hit> = lately(cx, words)?.into_iter().filter(seen).collect();
    let mut before = i64::MAX;
    for most in std::iter::once(PAGE).chain([FURTHER; PAGES - 1]) {
        if enough(&found) {
            break;
        }
        let page = page(cx, text, &beginnings, before, most)?;
        let last = page.len() < most;
        before = page.last().map_or(0, |hit| hit.doc);
        let known: HashSet<i64> = found.iter().map(|hit| hit.doc).collect();
        found.extend(page.into_iter().filter(|hit| seen(hit) && !known.contains(&hit.doc)));
        if last {
            break;
        }
    }
    Ok(found)
}

/// The newest that hold the very words, found at once where they are common; on PostgreSQL also the
/// newest of all that begin like them.
fn lately(cx: &mut Reader<'_>, words: &[String]) -> Result<Vec<Hit>> {
    if cx.conn.engine() == Engine::Sqlite {
        return page(cx, SQLITE, &search_terms(Engine::Sqlite, words, false), i64::MAX, PAGE);
    }
    let apart = words.len().min(WALKED);
    let mut values = vec![cx.actor.workspace.into()];
    values.extend(words[..apart - 1].iter().map(|word| word.as_str().into()));
    values.push(search_terms(Engine::Postgres, &words[apart - 1..], false).into());
    values.push(words.join(" ").into());
    let mut found = cx.conn.query_text(&WALKS[apart - 1], &values, hit)?;
    if found.len() < SHOWN {
        let beginnings = search_terms(Engine::Postgres, words, true);
        let newest = [cx.actor.workspace.into(), beginnings.into()];
        let newest = cx.conn.query_text(POSTGRES_NEWEST, &newest, hit)?;
        let known: HashSet<i64> = found.iter().map(|hit| hit.doc).collect();
        found.extend(newest.into_iter().filter(|hit| !known.contains(&hit.doc)));
    }
    Ok(found)
}

fn hit(row: &Row<'_>) -> Result<Hit> {
    let (doc, kind, id) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Hit { doc, kind, id, product: row.get(3)?, title: row.get(4)? })
}

fn page(
    cx: &mut Reader<'_>,
    text: &'static str,
    terms: &str,
    before: i64,
    most: usize,
) -> Result<Vec<Hit>> {
    let values = [cx.actor.workspace.into(), terms.into(), before.into(), (most as i64).into()];
    cx.conn.query_text(text, &values, hit)
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
        // A key means one thing; its parts stand in many.
        if words.is_empty() || !found.is_empty() {
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
        let hits = hits(cx, &words, &visible, near.filter(|n| visible.contains(n)), &kinds)?;
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
