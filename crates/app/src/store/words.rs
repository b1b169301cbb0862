//! The words of a search, in the syntax of each engine.

use crate::db::Engine;

/// The words of a query: up to eight.
pub fn search_words(q: &str) -> Vec<String> {
    let parts = q.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    parts.take(8).map(str::to_lowercase).collect()
}

/// The words in the engine's own syntax. As beginnings each is a prefix unless it is a single letter,
/// which begins too many others; nothing a user types is syntax.
pub fn search_terms(engine: Engine, words: &[String], beginnings: bool) -> String {
    let all: Vec<String> = words
        .iter()
        .map(|word| match (engine, beginnings && word.chars().nth(1).is_some()) {
            (Engine::Sqlite, true) => format!("\"{word}\"*"),
            (Engine::Sqlite, false) => format!("\"{word}\""),
            (Engine::Postgres, true) => format!("{word}:*"),
            (Engine::Postgres, false) => word.clone(),
        })
        .collect();
    all.join(if engine == Engine::Sqlite { " " } else { " & " })
}
