//! Emptying a database whole: for a demo world whose making was interrupted, and nothing else.

use super::record::record_kinds;
use crate::db::Tx;
use crate::kernel::Result;
use crate::statements;

statements! {
    ACTIVITY = "DELETE FROM activity";
    EXERCISED = "DELETE FROM exercised";
    KEYS = "DELETE FROM item_key";
    EDGES = "DELETE FROM edge";
    GROUNDED = "DELETE FROM grounded";
    LABELS = "DELETE FROM item_label";
    FIELD_VALUES = "DELETE FROM field_value";
    FIELD_INDEXES = "DELETE FROM field_index";
    COUNTERS = "DELETE FROM counter";
    SUBMISSIONS = "DELETE FROM submission";
    READ_MARKS = "DELETE FROM read_mark";
    AUTOMATION_DAYS = "DELETE FROM automation_day";
    AUTOMATION_CURSORS = "DELETE FROM automation_cursor";
    NOTIFICATIONS = "DELETE FROM notification";
    SIGNAL_DAYS = "DELETE FROM signal_day";
    IMPORT_FILES = "DELETE FROM import_file";
    IMPORT_PROGRESS = "DELETE FROM import_progress";
    IMPORT_PEOPLE = "DELETE FROM import_person";
    IMPORT_WANTED = "DELETE FROM import_wanted";
    IMPORT_BASES = "DELETE FROM import_base";
    DOCUMENTS = "DELETE FROM search_doc";
    SEARCH_WORDS = "DELETE FROM search_word";
    SESSIONS = "DELETE FROM session";
    TOKENS = "DELETE FROM token";
    LINKS = "DELETE FROM one_time_link";
    ATTEMPTS = "DELETE FROM login_attempt";
    ACCOUNTS = "DELETE FROM account";
    LEASES = "DELETE FROM lease";
    IDEA_TALLIES = "DELETE FROM idea_tally";
    PORTAL_SESSIONS = "DELETE FROM portal_session";
    PORTAL_LINKS = "DELETE FROM portal_link";
    INTAKE_MARKS = "DELETE FROM intake_mark";
    DIGESTS = "DELETE FROM digest";
    MUTED = "DELETE FROM muted";
    OUTBOX = "DELETE FROM outbox";
    NAMINGS = "DELETE FROM naming";
    STORED_FILES = "DELETE FROM stored_file";
    FILE_USAGE = "DELETE FROM file_usage";
    WORKSPACES = "DELETE FROM workspace";
}

/// Removes every row of every table, of all workspaces.
pub fn wipe(tx: &Tx) -> Result<()> {
    for kind in record_kinds() {
        for text in &(kind.sql)().wipe {
            tx.execute_text(text, &[])?;
        }
    }
    let rest = [
        &ACTIVITY,
        &EXERCISED,
        &KEYS,
        &EDGES,
        &GROUNDED,
        &LABELS,
        &FIELD_VALUES,
        &FIELD_INDEXES,
        &COUNTERS,
        &SUBMISSIONS,
        &READ_MARKS,
        &AUTOMATION_DAYS,
        &AUTOMATION_CURSORS,
        &NOTIFICATIONS,
        &SIGNAL_DAYS,
        &IMPORT_FILES,
        &IMPORT_PROGRESS,
        &IMPORT_PEOPLE,
        &IMPORT_WANTED,
        &IMPORT_BASES,
        &DOCUMENTS,
        &SEARCH_WORDS,
        &SESSIONS,
        &TOKENS,
        &LINKS,
        &ATTEMPTS,
        &ACCOUNTS,
        &LEASES,
        &IDEA_TALLIES,
        &PORTAL_SESSIONS,
        &PORTAL_LINKS,
        &INTAKE_MARKS,
        &DIGESTS,
        &MUTED,
        &OUTBOX,
        &NAMINGS,
        &STORED_FILES,
        &FILE_USAGE,
        &WORKSPACES,
    ];
    for sql in rest {
        tx.execute(sql, &[])?;
    }
    Ok(())
}
