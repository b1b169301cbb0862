//! The kit itself: each test gets a migrated database that no other test sees.

use wherefore_app::db::Engine;
use wherefore_testkit::{TestApp, both_engines};

const ADD: &str = "INSERT INTO workspace (id, name, seq, created_at) VALUES (1, $1, 0, 0)";
const COUNT: &str = "SELECT COUNT(*) FROM workspace";

both_engines! {
    async fn each_app_has_a_database_of_its_own(app) {
        assert_eq!(workspaces(&app).await, 0);
        app.db.write(|tx| tx.execute(ADD, &["Harbour".into()])).await.expect("it can be written");
        assert_eq!(workspaces(&app).await, 1);
        let another = match app.db.engine() {
            Engine::Sqlite => TestApp::sqlite().await,
            Engine::Postgres => TestApp::postgres().await,
        };
        assert_eq!(workspaces(&another).await, 0);
    }
}

#[tokio::test]
async fn an_app_is_on_the_engine_asked_for() {
    assert_eq!(TestApp::sqlite().await.db.engine(), Engine::Sqlite);
    assert_eq!(TestApp::postgres().await.db.engine(), Engine::Postgres);
}

async fn workspaces(app: &TestApp) -> i64 {
    let count = app.db.read(|c| c.query_one(COUNT, &[], |row| row.get(0)));
    count.await.expect("the workspaces can be counted")
}
