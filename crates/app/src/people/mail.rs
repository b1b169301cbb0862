//! Outgoing mail: one outbox. A letter is written in the transaction of what causes it; a job sends
//! it, tries again for a day, and gives up with a reason that admins see.
//!
//! A text says `{base}` where the address of this installation belongs: only the sender knows it, so
//! that no request can put another one there.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts;
use super::members::Person;
use crate::db::{Conn, Tx};
use crate::kernel::{Access, Error, Id, Result, Time};
use crate::statements;
use crate::store::{Action, Change, Meta, Query, Reader, Scope, load};

statements! {
    ADD = "INSERT INTO outbox (workspace_id, id, kind, once, to_address, to_name, subject, body, unsubscribe, state, attempts, problem, created_at, next_at, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', 0, '', $10, $10, CAST(NULL AS BIGINT)) ON CONFLICT DO NOTHING";
    DUE = "SELECT id, kind, to_address, to_name, subject, body, unsubscribe, attempts FROM outbox WHERE workspace_id = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at LIMIT $3";
    BEGIN = "UPDATE outbox SET attempts = attempts + 1, next_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'";
    SENT = "UPDATE outbox SET state = 'sent', sent_at = $3, problem = '', body = '' WHERE workspace_id = $1 AND id = $2";
    FAILED = "UPDATE outbox SET problem = $3 WHERE workspace_id = $1 AND id = $2";
    GIVE_UP = "UPDATE outbox SET state = 'given-up', problem = $3 WHERE workspace_id = $1 AND id = $2";
    AGAIN = "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'given-up'";
    NEWEST = "SELECT id, kind, to_address, subject, state, attempts, problem, created_at, next_at, sent_at FROM outbox WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100";
    COUNTS = "SELECT state, COUNT(*) FROM (SELECT state FROM outbox WHERE workspace_id = $1 ORDER BY created_at DESC LIMIT 10000) AS few GROUP BY state";
    FORGET_ADDRESS = "DELETE FROM outbox WHERE workspace_id = $1 AND to_address = $2";
    FORGET_LETTERS = "DELETE FROM outbox WHERE workspace_id = $1 AND once LIKE $2";
}

/// Minutes from one try to the next; after the last one a letter is given up.
const WAITS: [i64; 6] = [1, 5, 30, 120, 360, 900];
/// Longer subjects are cut.
const LONGEST_SUBJECT: usize = 200;

/// A letter to one person.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// What it is, as `digest`; admins see it.
    pub kind: &'static str,
    pub to: String,
    pub name: String,
    pub subject: String,
    /// Plain text; lines that begin with "- " are a list.
    pub text: String,
    /// Of letters with the same word here, only the first is ever written.
    pub once: Option<String>,
    /// The path at which its reader ends such letters.
    pub unsubscribe: Option<String>,
}

/// An address as mail servers take it.
pub fn check_address(text: &str) -> Result<String> {
    let email = accounts::clean_email(text)?;
    lettre::Address::from_str(&email).map(|_| email).map_err(|_| {
        Error::invalid("email", "Write the e-mail address in full, like ana@example.org.")
    })
}

/// One line without control characters.
pub fn line(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(longest).collect()
}

/// Puts a letter into the outbox; says whether it was not there before.
pub fn post(tx: &Tx, workspace: i64, letter: &Letter, now: Time) -> Result<bool> {
    let values = [
        workspace.into(),
        Id::new().into(),
        letter.kind.into(),
        letter.once.clone().into(),
        check_address(&letter.to)?.into(),
        line(&letter.name, 100).into(),
        line(&letter.subject, LONGEST_SUBJECT).into(),
        letter.text.replace('\0', "").into(),
        letter.unsubscribe.clone().unwrap_or_default().into(),
        now.into(),
    ];
    Ok(tx.execute(&ADD, &values)? > 0)
}

/// Puts a letter into the outbox as part of a change.
pub fn post_in(cx: &mut Change<'_>, letter: &Letter) -> Result<bool> {
    let (workspace, now) = (cx.workspace(), cx.now);
    post(cx.exempt(), workspace, letter, now)
}

/// Removes every letter to an address, sent or not.
pub fn forget_address(cx: &mut Change<'_>, email: &str) -> Result<()> {
    let values = [cx.workspace().into(), email.into()];
    cx.exempt().execute(&FORGET_ADDRESS, &values)?;
    Ok(())
}

/// Removes the letters whose mark begins like that, sent or not.
pub fn forget_letters(cx: &mut Change<'_>, mark: &str) -> Result<()> {
    let values = [cx.workspace().into(), format!("{mark}%").into()];
    cx.exempt().execute(&FORGET_LETTERS, &values)?;
    Ok(())
}

/// A letter that is to be sent now.
#[derive(Clone, Debug)]
pub struct Due {
    pub id: Id,
    pub kind: String,
    pub to: String,
    pub name: String,
    pub subject: String,
    pub text: String,
    pub unsubscribe: String,
    /// How often it was tried before.
    pub tried: i64,
}

/// Letters that are to be sent now, the longest waiting first.
pub fn due(conn: &mut Conn, workspace: i64, now: Time, limit: i64) -> Result<Vec<Due>> {
    conn.query(&DUE, &[workspace.into(), now.into(), limit.into()], |r| {
        Ok(Due {
            id: r.get(0)?,
            kind: r.get(1)?,
            to: r.get(2)?,
            name: r.get(3)?,
            subject: r.get(4)?,
            text: r.get(5)?,
            unsubscribe: r.get(6)?,
            tried: r.get(7)?,
        })
    })
}

/// Notes a try before it is made, so that a letter whose sending was cut off waits like one that
/// failed. Says whether it still has to be sent.
pub fn begin(tx: &Tx, workspace: i64, letter: &Due, now: Time) -> Result<bool> {
    let wait = usize::try_from(letter.tried).ok().and_then(|n| WAITS.get(n)).unwrap_or(&WAITS[5]);
    let next = Time(now.0 + wait * 60 * Time::SECOND);
    Ok(tx.execute(&BEGIN, &[workspace.into(), letter.id.into(), next.into()])? > 0)
}

/// How a try ended.
pub enum Tried {
    Sent,
    /// Worth another try.
    Failed(String),
    /// Never to succeed.
    Refused(String),
}

/// Notes how a try ended. What was sent keeps no text.
pub fn tried(tx: &Tx, workspace: i64, letter: &Due, how: &Tried, now: Time) -> Result<()> {
    let last = letter.tried + 1 >= WAITS.len() as i64;
    let (sql, value) = match how {
        Tried::Sent => (&SENT, now.into()),
        Tried::Failed(why) if !last => (&FAILED, line(why, 500).into()),
        Tried::Failed(why) | Tried::Refused(why) => (&GIVE_UP, line(why, 500).into()),
    };
    tx.execute(sql, &[workspace.into(), letter.id.into(), value])?;
    Ok(())
}

/// A letter as admins see it: never its text.
#[derive(Clone, Serialize, JsonSchema)]
pub struct LetterView {
    pub id: Id,
    pub kind: String,
    pub to: String,
    pub subject: String,
    /// `waiting`, `sent` or `given-up`.
    pub state: String,
    pub attempts: i64,
    /// What the last try ended with.
    pub problem: String,
    pub created_at: Time,
    pub next_at: Option<Time>,
    pub sent_at: Option<Time>,
}

/// The outbox as admins see it.
#[derive(Serialize, JsonSchema)]
pub struct Outbox {
    pub waiting: i64,
    pub sent: i64,
    pub given_up: i64,
    /// The newest hundred.
    pub letters: Vec<LetterView>,
}

/// List outgoing mail, newest first, without its text.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListMail {}

impl Query for ListMail {
    type Output = Outbox;
    const META: Meta =
        Meta::query("list-mail", "List outgoing mail, newest first, without its text", "/mail")
            .access(Access::Admin)
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Reader<'_>) -> Result<Outbox> {
        let ws = cx.actor.workspace;
        let letters = cx.conn.query(&NEWEST, &[ws.into()], |r| {
            let state: String = r.get(4)?;
            let next: Time = r.get(8)?;
            Ok(LetterView {
                id: r.get(0)?,
                kind: r.get(1)?,
                to: r.get(2)?,
                subject: r.get(3)?,
                next_at: Some(next).filter(|_| state == "waiting"),
                state,
                attempts: r.get(5)?,
                problem: r.get(6)?,
                created_at: r.get(7)?,
                sent_at: r.get(9)?,
            })
        })?;
        let counts: Vec<(String, i64)> =
            cx.conn.query(&COUNTS, &[ws.into()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let of = |state: &str| counts.iter().find(|(s, _)| s == state).map_or(0, |(_, n)| *n);
        Ok(Outbox { waiting: of("waiting"), sent: of("sent"), given_up: of("given-up"), letters })
    }
}

/// That something was put into the outbox.
#[derive(Serialize, JsonSchema)]
pub struct Posted {
    pub to: String,
}

/// Send a test mail to yourself.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SendTestMail {}

impl Action for SendTestMail {
    type Output = Posted;
    const META: Meta =
        Meta::action("send-test-mail", "Send a test mail to yourself", "POST", "/mail/test")
            .access(Access::Admin)
            .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Posted> {
        let to = own_address(cx)?;
        let letter = Letter {
            kind: "test",
            to: to.clone(),
            name: cx.actor.name.clone(),
            subject: "Wherefore can send mail".into(),
            text: "This is the test that you asked for. Mail from Wherefore reaches you.\n\n{base}/mail".into(),
            ..Letter::default()
        };
        post_in(cx, &letter)?;
        Ok(Posted { to })
    }
}

/// The address of whoever acts.
pub fn own_address(cx: &mut Change<'_>) -> Result<String> {
    let (ws, person) = (cx.workspace(), cx.actor.person);
    let account = load::<Person>(cx.conn(), ws, person)?.and_then(|p| p.account_id);
    let account = account.ok_or_else(|| Error::refused("You have no e-mail address here."))?;
    accounts::email_of(cx.conn(), account)
}

/// Try again to send a mail that was given up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryMail {
    pub letter: Id,
}

impl Action for RetryMail {
    type Output = Again;
    const META: Meta = Meta::action(
        "retry-mail",
        "Try again to send a mail that was given up",
        "POST",
        "/mail/{letter}/retry",
    )
    .access(Access::Admin)
    .scope(Scope::Workspace);

    fn run(&self, cx: &mut Change<'_>) -> Result<Again> {
        let values = [cx.workspace().into(), self.letter.into(), cx.now.into()];
        if cx.exempt().execute(&AGAIN, &values)? == 0 {
            return Err(Error::NotFound("mail that was given up"));
        }
        Ok(Again { again: true })
    }
}

/// That it waits once more.
#[derive(Serialize, JsonSchema)]
pub struct Again {
    pub again: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("Hi\r\nBcc: all@example.org\u{0}", 80), "Hi Bcc: all@example.org");
        assert_eq!(line("  a \t b ", 80), "a b");
        assert_eq!(line("abcdef", 3), "abc");
    }

    #[test]
    fn addresses_that_carry_more_are_refused() {
        for bad in
            ["a", "a@", "a@b@c.org", "<a@b.org>", "a@b.org,c@d.org", "a@b.org\nx", "\"a b\"@c.org"]
        {
            assert!(check_address(bad).is_err(), "{bad}");
        }
        assert_eq!(check_address(" Ana@Example.org ").expect("an address"), "ana@example.org");
    }
}
