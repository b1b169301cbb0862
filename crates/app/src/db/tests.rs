//! The engine-neutral contract, on SQLite; the whole product's tests run on PostgreSQL as well.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use super::migrate::{self, Migration};
use super::*;
use crate::kernel::{Day, Id, Time};
use crate::statements;

statements! {
    CREATE = "CREATE TABLE IF NOT EXISTS thing (n INTEGER PRIMARY KEY, word TEXT UNIQUE) STRICT";
    ADD = "INSERT INTO thing (n, word) VALUES ($1, $2)";
    COUNT = "SELECT COUNT(*) FROM thing";
    WORD = "SELECT word FROM thing WHERE n = $1 OR (n = $1 AND word = $2)";
}

async fn open(folder: &Path) -> Db {
    let db = Db::open(&Target::Sqlite(folder.to_owned())).await.unwrap();
    db.write(|tx| tx.execute(&CREATE, &[])).await.unwrap();
    db
}

async fn count(db: &Db) -> i64 {
    db.read(|c| c.query_one(&COUNT, &[], |row| row.get(0))).await.unwrap()
}

fn add(tx: &Tx, n: i64, word: &str) -> Result<u64> {
    tx.execute(&ADD, &[n.into(), word.into()])
}

/// Starts a job that keeps the writer busy until the sender is dropped, so that others queue up.
fn hold(db: &Db) -> std::sync::mpsc::Sender<()> {
    let (go, wait) = std::sync::mpsc::channel();
    let db = db.clone();
    tokio::spawn(async move {
        let wait = Mutex::new(Some(wait));
        db.write(move |_| {
            // A job may run again; the second time there is nothing to wait for.
            let wait = wait.lock().unwrap().take();
            let _ = wait.map(|wait| wait.recv());
            Ok(())
        })
        .await
    });
    go
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_takes_nothing_else_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let go = hold(&db);
    let jobs: Vec<_> = (0..40)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    add(tx, n, &format!("word {n}"))?;
                    match n % 4 {
                        1 => Err(Error::refused("no")),
                        2 => panic!("a fault in a job"),
                        _ => Ok(n),
                    }
                })
                .await
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    drop(go);
    for (n, job) in jobs.into_iter().enumerate() {
        let result = job.await.unwrap();
        match n % 4 {
            1 => assert!(matches!(result, Err(Error::Refused(_)))),
            2 => assert!(matches!(result, Err(Error::Internal(t)) if t.contains("a fault in"))),
            _ => assert_eq!(result.unwrap(), n as i64),
        }
    }
    assert_eq!(count(&db).await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_for_one_job_spares_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let tables =
        "CREATE TABLE child (n INTEGER REFERENCES thing (n) DEFERRABLE INITIALLY DEFERRED)";
    db.write(move |tx| tx.execute_text(tables, &[])).await.unwrap();
    let mut news = db.subscribe();
    let go = hold(&db);
    let bad = db.write(|tx| {
        tx.notify(1, 1);
        tx.execute_text("INSERT INTO child (n) VALUES ($1)", &[99.into()])
    });
    let good = db.write(|tx| {
        tx.notify(1, 2);
        add(tx, 1, "kept")
    });
    // Dropping the sender lets the holding job end also where its group is run again.
    let release = async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        drop(go);
    };
    let (bad, good, ()) = tokio::join!(bad, good, release);
    assert!(matches!(bad, Err(Error::Refused(_))));
    assert_eq!(good.unwrap(), 1);
    assert_eq!(news.recv().await.unwrap(), Committed { workspace: 1, seq: 2 });
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn a_transaction_reads_its_own_writes_and_tells_after_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let mut news = db.subscribe();
    let seen = db.write(|tx| {
        add(tx, 1, "one")?;
        tx.notify(7, 1);
        tx.notify(7, 2);
        tx.query_one(&COUNT, &[], |row| row.get::<i64>(0))
    });
    assert_eq!(seen.await.unwrap(), 1);
    assert_eq!(news.recv().await.unwrap(), Committed { workspace: 7, seq: 1 });
    assert_eq!(news.recv().await.unwrap(), Committed { workspace: 7, seq: 2 });
    let failed: Result<()> = db
        .write(|tx| {
            tx.notify(7, 3);
            Err(Error::refused("no"))
        })
        .await;
    assert!(failed.is_err());
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn a_job_cannot_go_on_after_a_statement_failed() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let swallowed = db.write(|tx| {
        add(tx, 1, "one")?;
        assert!(is_duplicate(&add(tx, 2, "one").unwrap_err()));
        Ok(())
    });
    assert!(matches!(swallowed.await, Err(Error::Internal(_))));
    assert_eq!(count(&db).await, 0);
    db.write(|tx| add(tx, 1, "one")).await.unwrap();
}

#[tokio::test]
async fn the_search_index_takes_in_only_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Target::Sqlite(folder.path().to_owned())).await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {}", super::sqlite::writer::TAKE_IN);
    let plan = db.read(move |c| c.query_text(&explain, &[], |row| row.get::<String>(3)));
    let plan = plan.await.unwrap();
    assert!(plan.iter().any(|line| line.starts_with("SCAN p")), "{plan:?}");
    assert!(plan.iter().any(|line| line.starts_with("SEARCH d")), "{plan:?}");
}

#[tokio::test]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let tried =
        db.read(|c| c.query("INSERT INTO thing (n) VALUES (1) RETURNING n", &[], |_| Ok(())));
    assert!(matches!(tried.await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn parameters_are_bound_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    db.write(|tx| add(tx, 3, "three")).await.unwrap();
    let word = db.read(|c| c.query_opt(&WORD, &[3.into(), "three".into()], |row| row.get(0)));
    assert_eq!(word.await.unwrap(), Some(String::from("three")));
    let swapped = db.read(|c| {
        c.query_one("SELECT $2, $1, $2", &["a".into(), "b".into()], |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
        })
    });
    assert_eq!(swapped.await.unwrap(), ("b".into(), "a".into(), "b".into()));
    let too_few = db.read(|c| c.query(&WORD, &[3.into()], |_| Ok(())));
    assert!(matches!(too_few.await, Err(Error::Internal(_))));
    let shape = db.read(|c| c.prepare(WORD.text)).await.unwrap();
    assert_eq!(shape, Shape { parameters: 2, columns: vec!["word".into()] });
    assert!(all_statements().iter().any(|sql| sql.name.ends_with("db::tests::WORD")));
}

#[tokio::test]
async fn values_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let (id, day) = (Id::new(), "2026-03-01".parse::<Day>().unwrap());
    let args = [
        Value::from(true),
        Value::from(i64::MIN),
        Value::from(2.5),
        Value::from("Grüße"),
        Value::from(id),
        Value::from(Time(12)),
        Value::from(day),
        Value::from(vec![0_u8, 255]),
        Value::from(None::<i64>),
    ];
    db.read(move |c| {
        c.query_one("SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9", &args, |row| {
            assert!(row.get::<bool>(0)?);
            assert_eq!(row.get::<i64>(1)?, i64::MIN);
            assert_eq!(row.get::<f64>(2)?, 2.5);
            assert_eq!(row.get::<String>(3)?, "Grüße");
            assert_eq!(row.get::<Option<Id>>(4)?, Some(id));
            assert_eq!(row.get::<Time>(5)?, Time(12));
            assert_eq!(row.get::<Day>(6)?, day);
            assert_eq!(row.get::<Vec<u8>>(7)?, [0, 255]);
            assert_eq!(row.get::<Option<i64>>(8)?, None);
            assert!(row.get::<i64>(3).is_err());
            assert!(row.get::<i64>(8).is_err());
            assert!(row.get::<i64>(9).is_err());
            Ok(())
        })
    })
    .await
    .unwrap();
    let nul = db.read(|c| c.query("SELECT $1", &["a\0".into()], |_| Ok(()))).await;
    assert!(matches!(nul, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    db.write(|tx| add(tx, 1, "kept")).await.unwrap();
    let again = Db::open(&Target::Sqlite(folder.path().to_owned())).await;
    let text = again.err().unwrap().to_string();
    assert!(text.contains("in use by another Wherefore process"), "{text}");
    drop(db);
    assert_eq!(count(&open(folder.path()).await).await, 1);
}

static RUNS: AtomicU32 = AtomicU32::new(0);

#[tokio::test]
async fn an_undisturbed_job_runs_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    db.write(|_| Ok(RUNS.fetch_add(1, Ordering::Relaxed))).await.unwrap();
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

const fn step(number: i64, sqlite: &'static str) -> Migration {
    Migration { number, name: "step", sqlite, postgres: "" }
}

#[test]
fn a_foreign_or_newer_schema_is_refused() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let one = [step(1, "CREATE TABLE a (n)")];
    let two = [step(1, "CREATE TABLE a (n)"), step(2, "CREATE TABLE b (n)")];
    let changed = [step(1, "CREATE TABLE a (m)")];
    let broken = [step(1, "CREATE TABLE a (n)"), step(2, "CREATE TABLE c (n); CREATE")];
    migrate::sqlite(&mut connection, &one).unwrap();
    migrate::sqlite(&mut connection, &one).unwrap();
    let refused = migrate::sqlite(&mut connection, &changed).unwrap_err().to_string();
    assert!(refused.contains("differs from this program's"), "{refused}");
    assert!(migrate::sqlite(&mut connection, &broken).is_err());
    assert!(connection.prepare("SELECT n FROM c").is_err());
    migrate::sqlite(&mut connection, &two).unwrap();
    connection.prepare("SELECT n FROM b").unwrap();
    let newer = migrate::sqlite(&mut connection, &one).unwrap_err().to_string();
    assert!(newer.contains("newer Wherefore"), "{newer}");
}
