//! Migrations: forward only, checksummed, applied at start under a lock.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::sqlite::fault;
use crate::kernel::{Error, Result};

struct Migration {
    number: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    sqlite: include_str!("../../migrations/sqlite/0001_foundation.sql"),
    postgres: include_str!("../../migrations/postgres/0001_foundation.sql"),
}];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// What is still to do, or why this binary must not touch the database.
fn missing(
    applied: &[(i64, String)],
    text: impl Fn(&Migration) -> &'static str,
) -> Result<Vec<&'static Migration>> {
    let newest = MIGRATIONS.last().map_or(0, |m| m.number);
    for (number, sum) in applied {
        let Some(known) = MIGRATIONS.iter().find(|m| m.number == *number) else {
            return Err(Error::Unavailable(format!(
                "The database is newer than this Wherefore: it has step {number}, this binary knows {newest}. Start the newer binary."
            )));
        };
        if checksum(text(known)) != *sum {
            return Err(Error::Unavailable(format!(
                "Step {number} of the database was made by another build of Wherefore. Start the build that made it, or restore a backup."
            )));
        }
    }
    Ok(MIGRATIONS.iter().filter(|m| !applied.iter().any(|(n, _)| *n == m.number)).collect())
}

pub(super) fn sqlite(conn: &mut Connection) -> Result<()> {
    let tx =
        conn.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).map_err(fault)?;
    tx.execute_batch(TABLE).map_err(fault)?;
    let applied = tx
        .prepare("SELECT number, checksum FROM migration ORDER BY number")
        .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
        .map_err(fault)?;
    let applied: Vec<(i64, String)> = applied;
    for migration in missing(&applied, |m| m.sqlite)? {
        tx.execute_batch(migration.sqlite).map_err(fault)?;
        tx.execute(
            "INSERT INTO migration (number, checksum) VALUES (?1, ?2)",
            (migration.number, checksum(migration.sqlite)),
        )
        .map_err(fault)?;
    }
    tx.commit().map_err(fault)
}

pub(super) async fn postgres(client: &mut tokio_postgres::Client) -> Result<()> {
    let tx = client.transaction().await.map_err(Error::internal)?;
    tx.batch_execute("SELECT pg_advisory_xact_lock(7413)").await.map_err(Error::internal)?;
    tx.batch_execute(TABLE).await.map_err(Error::internal)?;
    let rows = tx
        .query("SELECT number, checksum FROM migration ORDER BY number", &[])
        .await
        .map_err(Error::internal)?;
    let applied: Vec<(i64, String)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    for migration in missing(&applied, |m| m.postgres)? {
        tx.batch_execute(migration.postgres)
            .await
            .map_err(|e| Error::internal(format!("step {}: {e:?}", migration.number)))?;
        tx.execute(
            "INSERT INTO migration (number, checksum) VALUES ($1, $2)",
            &[&migration.number, &checksum(migration.postgres)],
        )
        .await
        .map_err(Error::internal)?;
    }
    tx.commit().await.map_err(Error::internal)
}
