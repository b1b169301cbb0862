//! What has run out: sessions, one-time links, counted failures, answers kept for forms sent twice, notifications.

use crate::db::Tx;
use crate::kernel::{Result, Time};
use crate::statements;

statements! {
    OLD_SUBMISSIONS = "DELETE FROM submission WHERE created_at < $1";
    OLD_SESSIONS = "DELETE FROM session WHERE expires_at < $1";
    OLD_LINKS = "DELETE FROM one_time_link WHERE expires_at < $1";
    OLD_NOTIFICATIONS = "DELETE FROM notification WHERE created_at < $1";
    OLD_ATTEMPTS = "DELETE FROM login_attempt WHERE since < $1";
}

/// Removes it. Answers are kept for two days, far longer than a browser repeats a form;
/// notifications for half a year, whether they were read or not.
pub fn tidy(tx: &Tx, now: Time) -> Result<()> {
    tx.execute(&OLD_SUBMISSIONS, &[now.plus_days(-2).into()])?;
    tx.execute(&OLD_SESSIONS, &[now.into()])?;
    tx.execute(&OLD_LINKS, &[now.into()])?;
    tx.execute(&OLD_NOTIFICATIONS, &[now.plus_days(-180).into()])?;
    tx.execute(&OLD_ATTEMPTS, &[now.plus_days(-1).into()])?;
    Ok(())
}
