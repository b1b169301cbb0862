//! Sending what waits in the outbox: by SMTP where that is set, else into a folder as .eml files.

mod render;
mod way;

use std::sync::Arc;

use super::Job;
use super::standard::WORKSPACES;
use crate::db::Db;
use crate::kernel::{Error, Result, Time};
use crate::people::mail::{Due, Tried, begin, due, tried};

pub use way::{Post, Settings};

/// Letters of one workspace that one round takes.
const ROUND: i64 = 50;

/// Sends the letters that are due.
pub fn send_mail(post: Arc<Post>) -> Job {
    Job::on_one_node("send-mail", 10 * Time::SECOND, move |db, now| {
        let post = post.clone();
        async move { send_due(&db, &post, now).await }
    })
}

async fn send_due(db: &Db, post: &Arc<Post>, now: Time) -> Result<()> {
    if !post.can_send() {
        return Ok(());
    }
    let workspaces: Vec<i64> = db.read(|conn| conn.query(&WORKSPACES, &[], |r| r.get(0))).await?;
    for ws in workspaces {
        let letters = db.read(move |conn| due(conn, ws, now, ROUND)).await?;
        for letter in letters {
            // A server that is away fails for all: the others wait without having been tried.
            if !send_one(db, post, ws, letter, now).await? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Sends one letter and notes how that ended; false where further ones would end the same.
async fn send_one(db: &Db, post: &Arc<Post>, ws: i64, letter: Due, now: Time) -> Result<bool> {
    let begun = letter.clone();
    if !db.write(move |tx| begin(tx, ws, &begun, now)).await? {
        return Ok(true);
    }
    let (sender, sent) = (post.clone(), letter.clone());
    let (how, goes_on) = tokio::task::spawn_blocking(move || sender.send(&sent, now))
        .await
        .map_err(Error::internal)?;
    if let Tried::Failed(why) | Tried::Refused(why) = &how {
        tracing::warn!(letter = %letter.id, kind = letter.kind, why, "a mail was not sent");
    }
    let how = Arc::new(how);
    db.write(move |tx| tried(tx, ws, &letter, &how, now)).await?;
    Ok(goes_on)
}
