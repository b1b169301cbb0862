//! Changes that travel together: seen by what follows, and no failure among them is lost.

use wherefore_app::db::{Db, Target, Tx, is_duplicate};
use wherefore_app::kernel::Result;
use wherefore_testkit::{TestApp, both_engines, run};

const ADD: &str = "INSERT INTO login_attempt (bucket, failures, since) VALUES ($1, 1, 1)";
const COUNT: &str = "SELECT COUNT(*) FROM login_attempt";

fn add(tx: &Tx, n: usize) -> Result<()> {
    tx.queue(ADD, &[format!("bucket {n}").into()])
}

async fn count(app: &TestApp) -> i64 {
    app.db.read(|conn| conn.query_one(COUNT, &[], |r| r.get(0))).await.unwrap()
}

both_engines! {
    async fn what_follows_sees_queued_changes(app) {
        let seen = app.db.write(|tx| {
            (0..200).try_for_each(|n| add(tx, n))?;
            tx.query_one(COUNT, &[], |r| r.get::<i64>(0))
        });
        assert_eq!(seen.await.unwrap(), 200);
        assert_eq!(count(&app).await, 200);
    }

    async fn a_queued_failure_undoes_all_and_is_told(app) {
        let last = app.db.write(|tx| [1, 2, 1].into_iter().try_for_each(|n| add(tx, n)));
        assert!(is_duplicate(&last.await.unwrap_err()), "told by the commit");
        let early = app.db.write(|tx| {
            [1, 1, 2].into_iter().try_for_each(|n| add(tx, n))?;
            tx.query_one(COUNT, &[], |r| r.get::<i64>(0))
        });
        assert!(is_duplicate(&early.await.unwrap_err()), "told by the next statement");
        let ignored = app.db.write(|tx| {
            [1, 1].into_iter().try_for_each(|n| add(tx, n))?;
            let _ = tx.query_one(COUNT, &[], |r| r.get::<i64>(0));
            Ok(())
        });
        assert!(ignored.await.is_err(), "a job that goes on is refused");
        assert_eq!(count(&app).await, 0);
        app.db.write(|tx| add(tx, 1)).await.unwrap();
        assert_eq!(count(&app).await, 1);
    }
}

#[test]
fn what_is_answered_on_postgresql_is_in_the_log_on_the_disk() {
    run(async {
        let app = TestApp::postgres().await;
        // The tests' server is told not to wait; one that keeps things is.
        let Target::Postgres(url) = app.target() else { panic!("not on PostgreSQL") };
        let mark = if url.contains('?') { '&' } else { '?' };
        let durable = format!("{url}{mark}options=-c%20synchronous_commit%3Don");
        let db = Db::open(&Target::Postgres(durable)).await.unwrap();
        for n in 0..40 {
            let place = db.write(move |tx| {
                add(tx, n)?;
                tx.query_one("SELECT CAST(pg_current_wal_insert_lsn() AS TEXT)", &[], |r| r.get(0))
            });
            let place: String = place.await.unwrap();
            let on_disk = db.read(move |conn| {
                let sql = "SELECT pg_current_wal_flush_lsn() > CAST(CAST($1 AS TEXT) AS pg_lsn)";
                conn.query_one(sql, &[place.into()], |r| r.get::<bool>(0))
            });
            assert!(on_disk.await.unwrap(), "change {n} was answered before it was kept");
        }
    });
}
