//! How SQLite goes about each statement: through an index, never through a whole table that grows.

use wherefore_app::db::{Value, all_statements};
use wherefore_app::store::{Composed, record_kinds};
use wherefore_testkit::{TestApp, run};

/// Tables that grow with the work.
const LARGE: [&str; 10] = [
    "work_item",
    "activity",
    "item_key",
    "item_label",
    "field_value",
    "edge",
    "grounded",
    "link",
    "comment",
    "search_doc",
];

/// What rightly looks at all there is, and why.
const ALL: [(&str, &str); 8] = [
    ("wipe::DOCUMENTS", "a fresh start leaves nothing"),
    ("PARENT_EDGES", "an operator's check reads everything"),
    ("GROUNDS", "an operator's check reads everything"),
    ("RANKS", "an operator's check reads everything"),
    ("UNFOUND", "an operator's check reads everything"),
    ("VERBATIMS", "an operator's check reads everything"),
    ("IN_REVIEW", "its index holds what is in review alone, and 200 are read"),
    ("ranks::LONG", "its index holds nothing but exceptions"),
];

fn texts() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        all_statements().into_iter().map(|s| (s.name.to_owned(), s.text.to_owned())).collect();
    for kind in record_kinds() {
        all.extend((kind.sql)().texts().iter().map(|t| (kind.kind.to_owned(), (*t).to_owned())));
    }
    for composed in inventory::iter::<Composed> {
        all.push((composed.name.to_owned(), (composed.text)()));
    }
    all
}

/// Whether a line of a plan walks through a large table, or a workspace's whole share of it.
fn walks(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (verb, table) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let large = LARGE.iter().any(|name| *name == table || format!("{name}_version") == table);
    // In the thread's queries the steps are called e.
    (large || table == "e") && (verb == "SCAN" || line.ends_with("(workspace_id=?)"))
}

#[test]
fn no_statement_walks_through_a_large_table() {
    run(async {
        let app = TestApp::sqlite().await;
        let mut wrong = Vec::new();
        for (name, text) in texts() {
            let explain = format!("EXPLAIN QUERY PLAN {text}");
            let values = vec![Value::Null; 200];
            let plan =
                app.db.read(move |conn| conn.query_text(&explain, &values, |r| r.get::<String>(3)));
            let plan = plan.await.unwrap_or_default();
            let allowed = ALL.iter().any(|(known, _)| name.ends_with(known));
            if !allowed && plan.iter().any(|line| walks(line)) {
                wrong.push(format!("{name}: {text}\n  {}", plan.join("\n  ")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    });
}

#[test]
fn what_is_open_is_read_in_every_order_from_an_index_of_it() {
    const ORDERS: [&str; 6] = [
        "rank",
        "COALESCE(due, '9999-12-31'), rank",
        "CASE LOWER(priority) WHEN 'highest' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'lowest' THEN 5 ELSE 6 END, rank",
        "COALESCE(points, -1) DESC, rank DESC",
        "created_at DESC, rank DESC",
        "valid_from DESC, rank DESC",
    ];
    run(async {
        let app = TestApp::sqlite().await;
        for order in ORDERS {
            let text = format!(
                "EXPLAIN QUERY PLAN SELECT id, title FROM work_item_now WHERE workspace_id = $1 AND product_id = $2 \
                 AND ((category <> 'accepted' AND category <> 'dropped')) ORDER BY {order} LIMIT $3"
            );
            let values = vec![Value::Null; 3];
            let plan =
                app.db.read(move |conn| conn.query_text(&text, &values, |r| r.get::<String>(3)));
            let plan = plan.await.expect("a plan").join("\n");
            let from_index = plan.contains("work_item_open") && !plan.contains("TEMP B-TREE");
            assert!(from_index, "{order}: {plan}");
        }
    });
}
