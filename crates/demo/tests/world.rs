//! The demo world: complete or begun anew, the same keys each time, and two teams unlike each other.

use std::time::Duration;

use wherefore_app::db::{Db, all_statements};
use wherefore_app::kernel::{Access, Result, Time, Via};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::record_kinds;
use wherefore_app::thread::nodes::find;
use wherefore_testkit::{TestApp, both_engines, run};

const END: Time = Time(1_767_268_800_000_000);

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read(move |conn| conn.query_one(sql, &[], |r| r.get(0))).await.unwrap()
}

async fn title(db: &Db, key: &'static str) -> Result<String> {
    db.read(move |conn| {
        let people = members::all(conn, 1)?;
        let owner = people.iter().find(|p| p.role == "owner").unwrap();
        let actor = accounts::actor(1, owner, false, Via::Web)?.unwrap();
        Ok(find(conn, &actor, key, Access::Read)?.0.node().title)
    })
    .await
}

both_engines! {
    async fn the_world_is_large_and_believable(app) {
        let db = &app.db;
        wherefore_demo::ensure(db, END, 0).await.unwrap();
        assert!(title(db, "RIDE-28").await.unwrap().starts_with("Refunds of split tickets"));
        assert!(title(db, "RIDE-30").await.unwrap().starts_with("As a commuter who bought two"));
        assert!(count(db, "SELECT COUNT(*) FROM work_item").await > 180);
        assert!(count(db, "SELECT COUNT(*) FROM item_key").await > 250);
        for meaning in ["backlog", "unstarted", "started", "in-review", "accepted", "dropped"] {
            let count: Vec<i64> = db.read(move |conn| {
                let sql = "SELECT COUNT(*) FROM work_item_now WHERE category = $1";
                conn.query_text(sql, &[meaning.into()], |r| r.get(0))
            }).await.unwrap();
            assert!(count[0] > 0, "nothing is {meaning}");
        }
        assert!(count(db, "SELECT COUNT(*) FROM iteration_report").await >= 12);
        assert!(count(db, "SELECT COUNT(*) FROM acceptance").await > 20);
        assert!(count(db, "SELECT COUNT(*) FROM blocker WHERE ended_at IS NULL").await > 0);
        let late = "SELECT COUNT(*) FROM activity WHERE recorded_at > 1767268800000000";
        assert_eq!(count(db, late).await, 0, "nothing happens after the end");
        let unteamed = "SELECT COUNT(*) FROM work_item WHERE (team_id IS NULL OR part_id IS NULL) AND triage_on IS NULL";
        assert_eq!(count(db, unteamed).await, 0);
        assert_eq!(count(db, "SELECT COUNT(*) FROM team").await, 4);
        let portal = "SELECT COUNT(DISTINCT person_id) FROM read_mark WHERE object_id IN (SELECT evidence.id FROM evidence JOIN product ON product.id = product_id WHERE product.key = 'PART')";
        assert_eq!(count(db, portal).await, 1, "only Karl reads what partners say");
        let tickets = "SELECT COUNT(DISTINCT person_id) FROM read_mark WHERE object_id IN (SELECT evidence.id FROM evidence JOIN product ON product.id = product_id WHERE product.key = 'RIDE')";
        assert!(count(db, tickets).await >= 4);
        assert_eq!(count(db, "SELECT COUNT(*) FROM score WHERE method = 'rice'").await, 9);
        let told = "SELECT COUNT(*) FROM notification WHERE kind = 'mention'";
        assert!(count(db, told).await > 20);

        let before = count(db, "SELECT seq FROM workspace").await;
        wherefore_demo::ensure(db, END.plus_days(1), 0).await.unwrap();
        assert_eq!(count(db, "SELECT seq FROM workspace").await, before, "it is not made twice");
    }

    async fn an_interrupted_making_is_begun_anew(app) {
        let db = &app.db;
        // The build is given up while it is under way, as when its process dies.
        let build = wherefore_demo::ensure(db, END, 0);
        let early = tokio::time::timeout(Duration::from_millis(400), build).await;
        assert!(early.is_err(), "the test must interrupt it before its end");
        while count(db, "SELECT COUNT(*) FROM workspace").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        wherefore_demo::ensure(db, END, 0).await.unwrap();
        assert_eq!(count(db, "SELECT COUNT(*) FROM workspace").await, 1);
        assert_eq!(count(db, "SELECT COUNT(*) FROM account").await, 11);
        let name = db.read(|conn| accounts::workspace_name(conn, 1)).await.unwrap();
        assert_eq!(name, "Southway");
        assert!(title(db, "RIDE-30").await.unwrap().starts_with("As a commuter who bought two"));
    }
}

#[test]
fn wiping_leaves_no_row_behind() {
    run(async {
        let app = TestApp::postgres().await;
        wherefore_demo::ensure(&app.db, END, 0).await.unwrap();
        app.db.write(|tx| wherefore_app::store::wipe(tx)).await.unwrap();
        let tables = "SELECT relname::text FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE n.nspname = current_schema() AND relkind = 'r' AND relname <> 'migration'";
        let tables: Vec<String> =
            app.db.read(|conn| conn.query_text(tables, &[], |r| r.get(0))).await.unwrap();
        assert!(tables.len() > 30, "{tables:?}");
        let mut emptied: Vec<String> =
            all_statements().into_iter().map(|s| s.text.to_owned()).collect();
        emptied.extend(record_kinds().flat_map(|k| (k.sql)().wipe.clone()));
        for table in tables {
            let text = format!("DELETE FROM {table}");
            assert!(emptied.contains(&text), "{table} is not emptied: add it to store/wipe.rs");
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let left: Vec<i64> =
                app.db.read(move |conn| conn.query_text(&sql, &[], |r| r.get(0))).await.unwrap();
            assert_eq!(left[0], 0, "{table}");
        }
    });
}
