//! Changes that travel together: seen by what follows, and no failure among them is lost.

use wherefore_app::db::{Tx, is_duplicate};
use wherefore_app::kernel::Result;
use wherefore_testkit::{TestApp, both_engines};

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
