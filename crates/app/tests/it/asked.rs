//! What is asked ahead or kept is what the tables hold, and how PostgreSQL plans is put back.

use wherefore_app::db::{Conn, Tx, Value, planned_once};
use wherefore_app::kernel::{Error, Result};
use wherefore_testkit::{TestApp, World, both_engines, run};

const READ: &str = "SELECT next FROM counter WHERE workspace_id = $1 ORDER BY product_id LIMIT 1";
const TAKE: &str = "UPDATE counter SET next = next + 1 WHERE workspace_id = $1 AND product_id = \
                    (SELECT product_id FROM counter WHERE workspace_id = $1 ORDER BY product_id LIMIT 1) \
                    RETURNING next";

fn next(conn: &Conn, sql: &str) -> Result<i64> {
    conn.query_one(sql, &[Value::Int(1)], |r| r.get(0))
}

fn asked(sql: &str) -> (&str, Vec<Value>) {
    (sql, vec![Value::Int(1)])
}

both_engines! {
    async fn what_is_kept_stands_until_it_is_changed(app) {
        let world = World::new(app).await;
        let done = world.app.db.write(|tx| {
            tx.ahead_keeping(&[], &[asked(READ)])?;
            let first = next(tx, READ)?;
            assert_eq!(next(tx, READ)?, first);
            tx.execute("UPDATE counter SET next = next + 1 WHERE workspace_id = $1", &[Value::Int(1)])?;
            assert_eq!(next(tx, READ)?, first + 1, "what was kept is an older answer");
            tx.ahead_keeping(&[], &[asked(READ)])?;
            assert_eq!(next(tx, TAKE)?, first + 2);
            assert_eq!(next(tx, READ)?, first + 2);
            Ok(())
        });
        done.await.expect("counted");
    }

    async fn what_is_asked_ahead_is_done_once_and_in_order(app) {
        let world = World::new(app).await;
        let done = world.app.db.write(|tx| {
            let before = next(tx, READ)?;
            tx.ahead(&[asked(TAKE), asked(READ)])?;
            assert_eq!(next(tx, TAKE)?, before + 1);
            assert_eq!(next(tx, READ)?, before + 1);
            assert_eq!(next(tx, READ)?, before + 1, "it was taken once");
            tx.ahead_keeping(&[asked(TAKE)], &[asked(READ)])?;
            assert_eq!([next(tx, TAKE)?, next(tx, READ)?, next(tx, READ)?], [before + 2; 3]);
            Ok(())
        });
        done.await.expect("counted");
    }
}

fn mode(conn: &Conn) -> Result<String> {
    conn.query_one("SELECT current_setting('plan_cache_mode')", &[], |r| r.get(0))
}

/// The mode after a statement that is planned once.
fn mode_once(conn: &Conn) -> Result<String> {
    let sql = planned_once("SELECT current_setting('plan_cache_mode')");
    conn.query_one(sql, &[], |r| r.get(0))
}

#[test]
fn how_statements_are_planned_is_put_back() {
    run(async {
        let app = TestApp::postgres().await;
        let both = |conn: &Conn| -> Result<[String; 3]> {
            Ok([mode(conn)?, mode_once(conn)?, mode(conn)?])
        };
        let expected = ["auto", "force_generic_plan", "auto"].map(str::to_owned);
        assert_eq!(app.db.read(move |conn| both(conn)).await.expect("told"), expected);
        // A transaction that fails takes back what was set in it.
        let failed = |tx: &mut Tx| -> Result<()> {
            mode_once(tx)?;
            Err(Error::refused("No."))
        };
        app.db.write(failed).await.expect_err("refused");
        assert_eq!(app.db.read(move |conn| both(conn)).await.expect("told"), expected);
        app.db.read(|conn| mode_once(conn).map(drop)).await.expect("told");
        app.db.write(failed).await.expect_err("refused");
        assert_eq!(app.db.read(move |conn| both(conn)).await.expect("told"), expected);
        let broken = |conn: &mut Conn| -> Result<()> {
            let sql = planned_once("SELECT 1 / (SELECT COUNT(*) - COUNT(*) FROM product)");
            conn.query_one(sql, &[], |r| r.get::<i64>(0)).map(drop)
        };
        app.db.read(broken).await.expect_err("nothing divides by nothing");
        assert_eq!(app.db.read(move |conn| both(conn)).await.expect("told"), expected);
    });
}
