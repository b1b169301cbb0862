use super::*;
use crate::kernel::Time;
use crate::statements;

statements! {
    NEW = "INSERT INTO workspace (id, name, seq, created_at) VALUES ($1, $2, 0, 0)";
    COUNT = "SELECT COUNT(*) FROM workspace";
    TWICE = "SELECT name FROM workspace WHERE id = $2 AND (name = $1 OR name = $1)";
}

async fn open(folder: &std::path::Path) -> Db {
    Db::open(&Target::Sqlite(folder.to_owned())).await.unwrap()
}

#[tokio::test]
async fn a_failing_or_panicking_job_leaves_the_others_of_its_group_alone() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    let jobs = (0..30_i64).map(|n| {
        db.write(move |tx| {
            tx.execute(&NEW, &[n.into(), "w".into()])?;
            match n % 3 {
                1 => Err(Error::refused("no")),
                2 => panic!("as meant by the test"),
                _ => Ok(()),
            }
        })
    });
    let results = futures_util::future::join_all(jobs).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 10);
    let count: i64 = db.read(|c| c.query_one(&COUNT, &[], |r| r.get(0))).await.unwrap();
    assert_eq!(count, 10);
}

#[tokio::test]
async fn a_parameter_may_stand_twice_and_out_of_order() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    db.write(|tx| tx.execute(&NEW, &[7_i64.into(), "seven".into()])).await.unwrap();
    let name: String = db
        .read(|c| c.query_one(&TWICE, &["seven".into(), 7_i64.into()], |r| r.get(0)))
        .await
        .unwrap();
    assert_eq!(name, "seven");
}

#[tokio::test]
async fn a_folder_in_use_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let _db = open(folder.path()).await;
    let second = Db::open(&Target::Sqlite(folder.path().to_owned())).await;
    let message = second.err().map(|e| e.to_string()).unwrap_or_default();
    assert!(message.contains("in use by another Wherefore process"), "{message}");
}

#[tokio::test]
async fn a_newer_database_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).await);
    let conn = rusqlite::Connection::open(folder.path().join("wherefore.db")).unwrap();
    conn.execute("INSERT INTO migration VALUES (9999, 'x')", []).unwrap();
    let message = loop {
        match Db::open(&Target::Sqlite(folder.path().to_owned())).await {
            Err(e) if e.to_string().contains("in use") => tokio::task::yield_now().await,
            Err(e) => break e.to_string(),
            Ok(_) => panic!("a newer database was opened"),
        }
    };
    assert!(message.contains("newer than this Wherefore"), "{message}");
}

#[test]
fn values_keep_their_meaning() {
    assert_eq!(Value::from(Time(5)), Value::Int(5));
    assert_eq!(Value::from(None::<i64>), Value::Null);
}
