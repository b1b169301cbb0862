//! The tables keep workspaces apart: every key of workspace data starts with the workspace.

use wherefore_testkit::{TestApp, run};

/// Of the installation, or keyed by a secret's hash or the engine's own number.
const EXEMPT: [&str; 12] = [
    "workspace",
    "account",
    "session",
    "token",
    "one_time_link",
    "login_attempt",
    "migration",
    "search_doc",
    "submission",
    "lease",
    "portal_session",
    "portal_link",
];

const KEYS: &str = "SELECT t.relname::text, i.relname::text, (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0]) FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = current_schema() AND x.indisunique";

#[test]
fn every_key_of_workspace_data_starts_with_the_workspace() {
    run(async {
        let app = TestApp::postgres().await;
        let keys = app.db.read(|conn| {
            conn.query_text(KEYS, &[], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Option<String>>(2)?))
            })
        });
        let keys = keys.await.expect("the keys can be listed");
        assert!(keys.len() > 20, "only {} keys", keys.len());
        let wrong: Vec<_> = keys
            .iter()
            .filter(|(table, _, first)| {
                !EXEMPT.contains(&table.as_str()) && first.as_deref() != Some("workspace_id")
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    });
}
