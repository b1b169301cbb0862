//! Both engines take every statement, and the schema keeps each workspace apart.

use std::collections::BTreeMap;

use wherefore_app::db::{Db, Shape, all_statements};
use wherefore_app::kernel::Result;
use wherefore_app::store::{Composed, record_kinds};
use wherefore_testkit::TestApp;

/// Every text of the product by a name.
fn texts() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for sql in all_statements() {
        all.insert(sql.name.to_owned(), sql.text.to_owned());
    }
    for kind in record_kinds() {
        for (n, text) in (kind.sql)().texts().into_iter().enumerate() {
            all.insert(format!("{} {n}", kind.kind), text.to_owned());
        }
    }
    for (n, composed) in Composed::all().enumerate() {
        all.insert(format!("{} {n}", composed.name), (composed.text)());
    }
    all
}

async fn shapes(db: &Db) -> BTreeMap<String, Shape> {
    db.read(|conn| {
        texts()
            .into_iter()
            .map(|(name, text)| Ok((name, conn.prepare(&text)?)))
            .collect::<Result<BTreeMap<_, _>>>()
    })
    .await
    .unwrap()
}

#[test]
fn every_statement_means_the_same_on_both_engines() {
    wherefore_testkit::run(async {
        assert!(texts().len() > 150, "the statements are not where this test looks");
        let (sqlite, postgres) = (TestApp::sqlite().await, TestApp::postgres().await);
        let (ours, theirs) = (shapes(&sqlite.db).await, shapes(&postgres.db).await);
        for (name, shape) in &ours {
            let other = &theirs[name];
            assert_eq!(shape.parameters, other.parameters, "parameters of {name}");
            // A column made by an expression is named by each engine as it likes.
            assert_eq!(shape.columns.len(), other.columns.len(), "columns of {name}");
        }
    });
}

/// Tables that are not of one workspace, or are derived and found by other means.
const EXEMPT: [&str; 9] = [
    "workspace",
    "account",
    "session",
    "token",
    "one_time_link",
    "login_attempt",
    "migration",
    "search_doc",
    "search_text",
];

#[test]
fn every_key_of_workspace_data_begins_with_the_workspace() {
    let schema = include_str!("../migrations/postgres/0001_foundation.sql");
    let mut table = "";
    let mut seen = 0;
    for line in schema.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.split(' ').next().unwrap_or_default();
        }
        let unique = line.strip_prefix("CREATE UNIQUE INDEX ").and_then(|l| l.split(" ON ").nth(1));
        let (of, key) = match (unique, line.trim().strip_prefix("PRIMARY KEY (")) {
            (Some(index), _) => index.split_once(" (").unwrap_or_default(),
            (None, Some(key)) => (table, key),
            (None, None) => continue,
        };
        if !EXEMPT.contains(&of) {
            seen += 1;
            assert!(key.starts_with("workspace_id"), "{of}: {line}");
        }
    }
    assert!(seen > 30, "the schema is not as this test reads it");
}
