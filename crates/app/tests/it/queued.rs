//! Changes that travel together: seen by what follows, and no failure among them is lost.

use wherefore_app::db::{Db, Engine, Target, Tx, Value, is_duplicate};
use wherefore_app::kernel::Result;
use wherefore_testkit::{TestApp, both_engines, run};

const ADD: &str = "INSERT INTO login_attempt (bucket, failures, since) VALUES ($1, 1, 1)";
const NAMED: &str = "SELECT COUNT(*) FROM login_attempt WHERE bucket = $1";
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

    async fn what_is_asked_ahead_is_what_is_read(app) {
        let read = app.db.write(|tx| {
            let named = |name: &str| (NAMED, vec![Value::from(name)]);
            let ask = |name: &str| tx.query_one(NAMED, &[name.into()], |r| r.get::<i64>(0));
            let all = || tx.query_one(COUNT, &[], |r| r.get::<i64>(0));
            let mut read = Vec::new();
            add(tx, 1)?;
            // In order, what is queued among it; then in another order, and only a part of it.
            tx.ahead(&[named("bucket 1"), (COUNT, Vec::new()), named("bucket 2")])?;
            read.extend([ask("bucket 1")?, all()?, ask("bucket 2")?, ask("bucket 1")?]);
            tx.ahead(&[named("bucket 1"), named("bucket 2")])?;
            read.extend([ask("bucket 2")?, ask("bucket 1")?]);
            // A change between makes it be asked anew, however it is made.
            tx.ahead(&[(COUNT, Vec::new()), named("bucket 2")])?;
            add(tx, 2)?;
            read.extend([all()?, ask("bucket 2")?]);
            tx.ahead(&[(COUNT, Vec::new()), named("bucket 2")])?;
            tx.execute("DELETE FROM login_attempt", &[])?;
            read.extend([all()?, ask("bucket 2")?]);
            Ok(read)
        });
        assert_eq!(read.await.unwrap(), [1, 1, 0, 1, 0, 1, 2, 1, 0, 0]);
        // Nothing is left over for the next job.
        let left = |db: &Db| {
            let db = db.clone();
            async move {
                db.read(|conn| conn.ahead(&[(COUNT, Vec::new()), (COUNT, Vec::new())])).await
            }
        };
        left(&app.db).await.unwrap();
        app.db.write(|tx| add(tx, 3)).await.unwrap();
        assert_eq!(count(&app).await, 1);
        // What cannot be asked is told at once, and the job has failed.
        let failed = app.db.write(|tx| {
            let _ = tx.ahead(&[(COUNT, Vec::new()), ("SELECT nonsense", Vec::new())]);
            tx.query_one(COUNT, &[], |r| r.get::<i64>(0))
        });
        assert_eq!(failed.await.is_ok(), app.db.engine() == Engine::Sqlite);
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
