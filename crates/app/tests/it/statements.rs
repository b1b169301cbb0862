//! Every statement prepares on both engines and means the same to both.

use wherefore_app::db::{PLANNED_ONCE, Shape, all_statements};
use wherefore_app::store::{Composed, record_kinds};
use wherefore_testkit::{TestApp, run};

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

async fn shapes(app: &TestApp) -> Vec<Result<Shape, String>> {
    let mut shapes = Vec::new();
    for (_, text) in texts() {
        let shape = app.db.read(move |conn| conn.prepare(&text)).await;
        shapes.push(shape.map_err(|e| e.to_string()));
    }
    shapes
}

/// The same parameters and columns; what an expression without a name is called, each engine
/// decides for itself.
fn alike(sqlite: &Shape, postgres: &Shape) -> bool {
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    sqlite.parameters == postgres.parameters
        && sqlite.columns.len() == postgres.columns.len()
        && sqlite.columns.iter().zip(&postgres.columns).all(|(a, b)| a == b || !plain(a))
}

#[test]
fn every_statement_has_the_same_shape_on_both_engines() {
    run(async {
        let sqlite = shapes(&TestApp::sqlite().await).await;
        let postgres = shapes(&TestApp::postgres().await).await;
        let mut wrong = Vec::new();
        for (((name, text), one), other) in texts().into_iter().zip(sqlite).zip(postgres) {
            match (one, other) {
                (Ok(one), Ok(other)) if alike(&one, &other) => {}
                (one, other) => wrong.push(format!("{name}: {text}\n{one:?}\n{other:?}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    });
}

#[test]
fn what_is_planned_once_says_so_in_one_way() {
    let marked: Vec<_> = texts().into_iter().filter(|(_, text)| text.contains("/*")).collect();
    assert!(marked.len() > 5, "some are");
    for (name, text) in marked {
        // Of two in one, as the orders of a list are tested.
        let last = text.trim_end_matches(") AS down");
        assert!(last.ends_with(PLANNED_ONCE), "{name}: {text}");
    }
}
