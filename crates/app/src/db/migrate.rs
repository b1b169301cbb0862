//! Bringing the tables up to date when the database is opened.

use sha2::{Digest, Sha256};

use crate::kernel::{Clock, Error, Result};
use crate::statements;

/// One step of the schema, the same number on both engines.
#[derive(Clone, Copy)]
pub(super) struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

macro_rules! step {
    ($number:literal, $name:literal, $file:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../migrations/postgres/", $file)),
        }
    };
}

/// Every step, oldest first. A released step is never changed; a new one follows it.
pub(super) const MIGRATIONS: &[Migration] = &[
    step!(1, "foundation", "0001_foundation.sql"),
    step!(2, "jobs", "0002_jobs.sql"),
    step!(3, "choosing", "0003_choosing.sql"),
    step!(4, "teams", "0004_teams.sql"),
    step!(5, "direction", "0005_direction.sql"),
    step!(6, "notifications", "0006_notifications.sql"),
    step!(7, "imports", "0007_imports.sql"),
    step!(8, "inbox", "0008_inbox.sql"),
    step!(9, "scores", "0009_scores.sql"),
    step!(10, "long ranks", "0010_long_ranks.sql"),
    step!(11, "goals", "0011_goals.sql"),
    step!(12, "surveys", "0012_surveys.sql"),
    step!(13, "invited_people", "0013_invited_people.sql"),
    step!(14, "scale", "0014_scale.sql"),
    step!(15, "charters", "0015_charters.sql"),
    step!(16, "roadmap", "0016_roadmap.sql"),
    step!(17, "epics", "0017_epics.sql"),
    step!(18, "newest", "0018_newest.sql"),
    step!(19, "policies", "0019_policies.sql"),
    step!(20, "lifecycle", "0020_lifecycle.sql"),
    step!(21, "mail", "0021_mail.sql"),
    step!(22, "portal", "0022_portal.sql"),
    step!(23, "forecasts", "0023_forecasts.sql"),
    step!(24, "iterations", "0024_iterations.sql"),
    step!(25, "refinement", "0025_refinement.sql"),
    step!(26, "ceremonies", "0026_ceremonies.sql"),
    step!(27, "gates", "0027_gates.sql"),
    step!(28, "signals", "0028_signals.sql"),
    step!(29, "mirror", "0029_mirror.sql"),
    step!(30, "careers", "0030_careers.sql"),
    step!(33, "phases", "0033_phases.sql"),
    step!(34, "automations", "0034_automations.sql"),
    step!(35, "git", "0035_git.sql"),
    step!(36, "steps", "0036_steps.sql"),
    step!(37, "orders", "0037_orders.sql"),
    step!(38, "views", "0038_views.sql"),
    step!(39, "planning", "0039_planning.sql"),
    step!(40, "muted", "0040_muted.sql"),
    step!(41, "custom fields", "0041_custom_fields.sql"),
    step!(42, "templates", "0042_templates.sql"),
    step!(43, "files", "0043_files.sql"),
    step!(44, "pages", "0044_pages.sql"),
    step!(46, "keeping", "0046_keeping.sql"),
    step!(48, "onboarding", "0048_onboarding.sql"),
    step!(49, "culture", "0049_culture.sql"),
    step!(50, "interactions", "0050_interactions.sql"),
    step!(52, "answers", "0052_answers.sql"),
    step!(53, "alignment", "0053_alignment.sql"),
    step!(60, "made exports", "0060_made_exports.sql"),
    step!(70, "link makers", "0070_link_makers.sql"),
    step!(56, "readiness", "0056_readiness.sql"),
    step!(57, "past criteria", "0057_past_criteria.sql"),
    step!(67, "key result states", "0067_key_result_states.sql"),
    step!(75, "mirror acts", "0075_mirror_acts.sql"),
    step!(76, "binned key results", "0076_binned_key_results.sql"),
    step!(77, "words of evidence", "0077_words_of_evidence.sql"),
    step!(81, "lately", "0081_lately.sql"),
    step!(82, "under way", "0082_under_way.sql"),
    step!(79, "follows", "0079_follows.sql"),
    step!(84, "placed and released", "0084_placed_and_released.sql"),
    step!(85, "grounded", "0085_grounded.sql"),
    step!(86, "long ranks by length", "0086_long_ranks_by_length.sql"),
    step!(87, "words by stretch", "0087_words_by_stretch.sql"),
    step!(88, "open in every order", "0088_open_in_every_order.sql"),
    step!(89, "own activity", "0089_own_activity.sql"),
    step!(90, "links of products", "0090_links_of_products.sql"),
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)";

statements! {
    /// What was done already.
    APPLIED = "SELECT number, checksum FROM migration ORDER BY number";
    /// Notes a step as done.
    INSERT = "INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
}

/// The steps that are still to do, after those already done were found to be ours.
fn pending<'a>(
    steps: &'a [Migration],
    text: fn(&Migration) -> &'static str,
    applied: &[(i64, String)],
) -> Result<Vec<&'a Migration>> {
    for (number, stored) in applied {
        let Some(step) = steps.iter().find(|step| step.number == *number) else {
            let newest = steps.last().map_or(0, |step| step.number);
            return Err(Error::Unavailable(format!(
                "This database was written by a newer Wherefore (its schema is {number}, this \
                 program knows {newest}). Start the newer program, or restore a backup made with \
                 this one."
            )));
        };
        if *stored != checksum(text(step)) {
            return Err(Error::Unavailable(format!(
                "This database was set up by a build whose schema step {number} ({}) differs from \
                 this program's. Start the program that wrote it, or begin with an empty database \
                 and restore a backup.",
                step.name
            )));
        }
    }
    Ok(steps.iter().filter(|step| applied.iter().all(|(n, _)| *n != step.number)).collect())
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn failed(step: &Migration, error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!(
        "The database could not be brought up to date: step {} ({}) failed and nothing was \
         changed. {error}",
        step.number, step.name
    ))
}

/// Runs what is pending on SQLite, all or nothing.
pub(super) fn sqlite(connection: &mut rusqlite::Connection, steps: &[Migration]) -> Result<()> {
    use super::sqlite::statement::unavailable;
    let behavior = rusqlite::TransactionBehavior::Exclusive;
    let tx = connection.transaction_with_behavior(behavior).map_err(unavailable)?;
    tx.execute_batch(TABLE).map_err(unavailable)?;
    let applied = {
        let mut statement = tx.prepare(APPLIED.text).map_err(unavailable)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unavailable)?
    };
    for step in pending(steps, |step| step.sqlite, &applied)? {
        tx.execute_batch(step.sqlite).map_err(|error| failed(step, error))?;
        let row = (step.number, step.name, checksum(step.sqlite), Clock::system().now().0);
        tx.execute(INSERT.text, row).map_err(|error| failed(step, error))?;
    }
    tx.commit().map_err(unavailable)
}

/// Runs what is pending on PostgreSQL, all or nothing, while other nodes wait.
pub(super) async fn postgres(
    client: &mut tokio_postgres::Client,
    steps: &[Migration],
) -> Result<()> {
    use super::postgres::statement::unavailable;
    let tx = client.transaction().await.map_err(unavailable)?;
    lock(&tx).await?;
    postgres_in(&tx, steps).await?;
    tx.commit().await.map_err(unavailable)
}

/// Keeps other nodes from changing the schema until the transaction ends.
pub(super) async fn lock(tx: &impl tokio_postgres::GenericClient) -> Result<()> {
    let lock = "SELECT pg_advisory_xact_lock(hashtext('wherefore migration'), \
                hashtext(current_schema()))";
    tx.batch_execute(lock).await.map_err(super::postgres::statement::unavailable)
}

/// Runs what is pending on PostgreSQL in the transaction that is open.
pub(super) async fn postgres_in(
    tx: &impl tokio_postgres::GenericClient,
    steps: &[Migration],
) -> Result<()> {
    use super::postgres::statement::unavailable;
    tx.batch_execute(TABLE).await.map_err(unavailable)?;
    let rows = tx.query(APPLIED.text, &[]).await.map_err(unavailable)?;
    let applied: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for step in pending(steps, |step| step.postgres, &applied)? {
        tx.batch_execute(step.postgres)
            .await
            .map_err(|error| failed(step, super::postgres::statement::text(&error)))?;
        let sum = checksum(step.postgres);
        let now = Clock::system().now().0;
        tx.execute(INSERT.text, &[&step.number, &step.name, &sum, &now])
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}
