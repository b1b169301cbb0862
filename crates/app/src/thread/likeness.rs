//! What says much the same as a text, while it is typed: the search index, which every edit keeps in
//! step, gives the candidates that share its rarest words, and these are compared word by word.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use wherefore_similar::{Index, Text, words};

use super::nodes;
use super::triage::Alike;
use crate::db::Engine;
use crate::kernel::{Access, Id, Result};
use crate::people::nouns::one_of;
use crate::people::products;
use crate::store::{Meta, Query, Reader};

const SQLITE: &str = "SELECT d.object_kind, d.object_id, d.key, d.title, SUBSTR(d.body, 1, 2000) FROM search_text JOIN search_doc d ON d.doc = search_text.rowid WHERE search_text MATCH $2 AND d.workspace_id = $1 AND d.product_id = $3 ORDER BY search_text.rowid DESC LIMIT 200";
const POSTGRES: &str = "SELECT object_kind, object_id, key, title, SUBSTR(body, 1, 2000) FROM search_doc WHERE workspace_id = $1 AND words @@ to_tsquery('simple', $2) AND product_id = $3 ORDER BY doc DESC LIMIT 200";
const SQLITE_COUNT: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM search_text JOIN search_doc d ON d.doc = search_text.rowid WHERE search_text MATCH $2 AND d.workspace_id = $1 LIMIT 1000) AS few";
const POSTGRES_COUNT: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM search_doc WHERE workspace_id = $1 AND words @@ to_tsquery('simple', $2) LIMIT 1000) AS few";

/// Words of a text that are looked at while it is typed, and those of them, the rarest, that
/// candidates must share.
const WORDS: usize = 16;
const RAREST: usize = 8;
/// So many matches are enough to choose from; a word in more of them says nothing.
const ENOUGH: i64 = 300;
const COMMON: i64 = 1000;
/// Less alike than this is not worth a look.
const LEAST: f64 = 0.2;
const SHOWN: usize = 5;

/// What is offered beside each kind of thing.
const KINDS: [(&str, &[&str]); 5] = [
    ("any", &["work_item", "opportunity", "need", "evidence"]),
    ("story", &["work_item", "opportunity"]),
    ("opportunity", &["opportunity", "need"]),
    ("need", &["need", "opportunity"]),
    ("evidence", &["evidence", "need"]),
];

/// Find what says much the same as a text.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FindSimilar {
    pub product: String,
    pub title: String,
    pub body: String,
    /// What the text is about to become: `story`, `opportunity`, `need` or `evidence`; `any` if left out.
    pub kind: Option<String>,
    /// The key of the thing itself, where it is kept already.
    pub except: Option<String>,
}

/// A document of the search index.
struct Found {
    kind: String,
    id: Id,
    key: String,
    title: String,
    body: String,
}

impl Query for FindSimilar {
    type Output = Vec<Alike>;
    const META: Meta =
        Meta::query("find-similar", "Find what says much the same as a text", "/similar");

    fn run(&self, cx: &mut Reader<'_>) -> Result<Vec<Alike>> {
        self.alike(cx, LEAST, WORDS)
    }
}

impl FindSimilar {
    /// The same down to a likeness of `least`, by the first `most` words of the text.
    pub(super) fn alike(&self, cx: &mut Reader<'_>, least: f64, most: usize) -> Result<Vec<Alike>> {
        let names = KINDS.map(|(name, _)| name);
        let kind = one_of("kind", self.kind.as_deref(), "any", &names)?;
        let wanted = KINDS.iter().find(|(name, _)| *name == kind).map_or(KINDS[0].1, |(_, k)| *k);
        let product = products::product(cx.conn, cx.actor, &self.product, Access::Read)?;
        let except = self.except.as_deref().unwrap_or_default().to_uppercase();
        let rare = self.rarest(cx, most)?;
        if rare.is_empty() {
            return Ok(Vec::new());
        }
        let engine = cx.conn.engine();
        let text = if engine == Engine::Sqlite { SQLITE } else { POSTGRES };
        let any = rare.join(if engine == Engine::Sqlite { " OR " } else { " | " });
        let values = [cx.actor.workspace.into(), any.into(), product.id.into()];
        let found: Vec<Found> = cx.conn.query_text(text, &values, |r| {
            let (kind, id, key) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(Found { kind, id, key, title: r.get(3)?, body: r.get(4)? })
        })?;
        let mut index = Index::new();
        let mut kinds = HashMap::new();
        for one in found {
            // A key may be followed by the one it had elsewhere.
            let own = one.key.split(' ').next() == Some(except.as_str());
            if wanted.contains(&one.kind.as_str()) && !own {
                index.set(one.id, Text::new(&one.title, &one.body));
                kinds.insert(one.id, one.kind);
            }
        }
        let mut alike = Vec::new();
        for hit in index.similar(Text::new(&self.title, &self.body), SHOWN) {
            let Some(kind) = kinds.get(&hit.key).filter(|_| hit.score >= least) else { continue };
            if let Some(node) = nodes::node(cx.conn, cx.actor.workspace, kind, hit.key, None)? {
                alike.push(Alike { node, score: hit.score, shared: hit.shared });
            }
        }
        Ok(alike)
    }

    /// The rarest words of the text, in the engine's own syntax: enough of them to find something.
    fn rarest(&self, cx: &mut Reader<'_>, most: usize) -> Result<Vec<String>> {
        let engine = cx.conn.engine();
        let count = if engine == Engine::Sqlite { SQLITE_COUNT } else { POSTGRES_COUNT };
        // Where the text is kept already, a word that stands nowhere else finds only itself.
        let kept = self.except.as_ref().is_some_and(|key| !key.is_empty());
        let least = if kept { 2 } else { 1 };
        let mut counted: Vec<(i64, String)> = Vec::new();
        for beginning in self.beginnings(most) {
            let term = match engine {
                Engine::Sqlite => format!("\"{beginning}\"*"),
                Engine::Postgres => format!("{beginning}:*"),
            };
            let values = [cx.actor.workspace.into(), term.clone().into()];
            let with: i64 = cx.conn.query_text(count, &values, |r| r.get(0))?.pop().unwrap_or(0);
            if (least..COMMON).contains(&with) {
                counted.push((with, term));
            }
        }
        counted.sort();
        let mut sum = 0;
        let enough = counted.into_iter().take(RAREST).take_while(|(with, _)| {
            let before = sum;
            sum += with;
            before < ENOUGH
        });
        Ok(enough.map(|(_, term)| term).collect())
    }

    /// The beginnings that the forms of each word share, those of the title first.
    fn beginnings(&self, most: usize) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for text in [&self.title, &self.body] {
            for word in words(text) {
                let typed = text[word.span].to_lowercase();
                let shared = typed.chars().zip(word.stem.chars()).take_while(|(a, b)| a == b);
                let beginning: String = shared.map(|(letter, _)| letter).collect();
                let plain =
                    beginning.chars().count() > 2 && beginning.chars().all(char::is_alphanumeric);
                if plain && !all.contains(&beginning) {
                    all.push(beginning);
                }
                if all.len() == most {
                    return all;
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_their_beginning() {
        let typed = |title: &str| FindSimilar { title: title.into(), ..FindSimilar::default() };
        assert_eq!(typed("Refunding the refunds").beginnings(WORDS), ["refund"]);
        assert!(typed("\"; DROP * (a) OR").beginnings(WORDS).iter().all(|b| b == "drop"));
    }
}
