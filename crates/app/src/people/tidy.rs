//! What has run out: sessions, one-time links, counted failures, answers kept for forms sent twice, notifications,
//! letters that were sent.

use crate::db::Tx;
use crate::kernel::{Result, Time};
use crate::statements;

statements! {
    OLD_SUBMISSIONS = "DELETE FROM submission WHERE created_at < $1";
    OLD_SESSIONS = "DELETE FROM session WHERE expires_at < $1";
    OLD_LINKS = "DELETE FROM one_time_link WHERE expires_at < $1";
    OLD_NOTIFICATIONS = "DELETE FROM notification WHERE created_at < $1";
    OLD_VISITS = "DELETE FROM portal_session WHERE expires_at < $1";
    OLD_VISIT_LINKS = "DELETE FROM portal_link WHERE expires_at < $1";
    OLD_LETTERS = "DELETE FROM outbox WHERE created_at < $1 AND state <> 'waiting'";
    OLD_ATTEMPTS = "DELETE FROM login_attempt WHERE since < $1";
}

/// Removes it. Answers are kept for two days, far longer than a browser repeats a form;
/// notifications for half a year, whether they were read or not; what became of a letter for 90 days.
pub fn tidy(tx: &Tx, now: Time) -> Result<()> {
    tx.execute(&OLD_SUBMISSIONS, &[now.plus_days(-2).into()])?;
    tx.execute(&OLD_SESSIONS, &[now.into()])?;
    tx.execute(&OLD_LINKS, &[now.into()])?;
    tx.execute(&OLD_NOTIFICATIONS, &[now.plus_days(-180).into()])?;
    tx.execute(&OLD_VISITS, &[now.into()])?;
    tx.execute(&OLD_VISIT_LINKS, &[now.into()])?;
    tx.execute(&OLD_LETTERS, &[now.plus_days(-90).into()])?;
    tx.execute(&OLD_ATTEMPTS, &[now.plus_days(-1).into()])?;
    Ok(())
}
