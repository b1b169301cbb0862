//! Search over everything that has a key: by key, alias and words.

use schemars::JsonSchema;
use serde::Deserialize;

use super::nodes::{Node, find};
use crate::db::Engine;
use crate::kernel::{Access, Id, Result};
use crate::people::products;
use crate::store::{Meta, Query, Reader, Scope};

/// The two engines' words for the same: the newest matches within a cap, best first.
const SQLITE: &str = "SELECT d.object_kind, d.object_id, d.product_id FROM (SELECT rowid AS doc, rank FROM search_text WHERE search_text MATCH $2 LIMIT 400) AS hit JOIN search_doc d ON d.doc = hit.doc WHERE d.workspace_id = $1 ORDER BY hit.rank LIMIT 100";
const POSTGRES: &str = "SELECT object_kind, object_id, product_id FROM (SELECT object_kind, object_id, product_id, words FROM search_doc WHERE workspace_id = $1 AND words @@ to_tsquery('simple', $2) LIMIT 400) AS hit ORDER BY ts_rank(words, to_tsquery('simple', $2)) DESC LIMIT 100";

/// Find items by key, alias or words.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub q: String,
    /// Only in this product.
    pub product: Option<String>,
}

/// The words of a query as the engine's own syntax, each a prefix; nothing a user types is syntax.
fn terms(engine: Engine, q: &str) -> Option<String> {
    let words: Vec<String> = q
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(8)
        .map(|w| match engine {
            Engine::Sqlite => format!("\"{w}\"*"),
            Engine::Postgres => format!("{w}:*"),
        })
        .collect();
    let glue = if engine == Engine::Sqlite { " " } else { " & " };
    (!words.is_empty()).then(|| words.join(glue))
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
        let mut seen: Vec<Id> = Vec::new();
        let mut found = Vec::new();
        if let Ok((keyed, _)) = find(cx.conn, cx.actor, &self.q, Access::Read) {
            seen.push(keyed.id());
            found.push(keyed.node());
        }
        let Some(terms) = terms(cx.conn.engine(), &self.q) else { return Ok(found) };
        let visible = products::visible(cx.conn, cx.actor)?;
        let only = self.product.as_deref().filter(|p| !p.is_empty()).map(str::to_uppercase);
        let text = if cx.conn.engine() == Engine::Sqlite { SQLITE } else { POSTGRES };
        let hits: Vec<(String, Id, Id)> =
            cx.conn.query_text(text, &[ws.into(), terms.into()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })?;
        for (kind, id, product) in hits {
            let shown = visible
                .iter()
                .any(|p| p.id == product && only.as_ref().is_none_or(|key| p.key == *key));
            if !shown || seen.contains(&id) || found.len() >= 30 {
                continue;
            }
            if let Some(node) = super::nodes::node(cx.conn, ws, &kind, id, None)? {
                seen.push(id);
                found.push(node);
            }
        }
        Ok(found)
    }
}
