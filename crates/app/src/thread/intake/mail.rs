//! Mail as evidence: one .eml file is one piece, marked by its Message-ID.

use mail_parser::{HeaderValue, Message, MessageParser};

use super::{Piece, keep};
use crate::db::{Conn, Tx};
use crate::kernel::Access;
use crate::kernel::secret::hash_of;
use crate::kernel::{Actor, Error, Result, Role, Time, Via};
use crate::people::accounts::first_workspace;
use crate::people::products::{self, Product};
use crate::store::{Change, Meta};
use crate::why::evidence::{RecordEvidence, check_past};

const RECEIVE: Meta =
    Meta::action("receive-mail", "Keep a mail that came in as evidence", "POST", "/intake")
        .exercises(&[7]);

/// Longer mails are cut: nobody reads on.
const LONGEST: usize = 100_000;

/// Reads a mail, or says why it is no evidence.
pub fn read(bytes: &[u8]) -> Result<Piece> {
    let no = |why: &str| Error::invalid("mail", why.to_owned());
    let mail = MessageParser::default().parse(bytes).ok_or_else(|| {
        no("It is no mail: there are no headers. Save the message itself, as .eml.")
    })?;
    if is_automatic(&mail) {
        return Err(no("It was sent by a machine (an absence notice, a bounce or our own mail)."));
    }
    let from = mail.from().and_then(|a| a.first());
    let address = from.and_then(|a| a.address.as_deref()).map(str::to_owned);
    let name = from.and_then(|a| a.name.as_deref()).unwrap_or_default().trim().to_owned();
    if address.is_none() && name.is_empty() {
        return Err(no("It does not say from whom it is."));
    }
    let text = mail.body_text(0).unwrap_or_default();
    let text = text.replace("\r\n", "\n").replace('\0', "");
    let text: String = text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return Err(no("It has no text; pictures and attachments alone say nothing here."));
    }
    let subject = mail.subject().map(tidied).filter(|s| !s.is_empty());
    let mark = match mail.message_id() {
        Some(id) => format!("mail:{}", hash_of(id.trim())),
        None => format!("mail:{}", hash_of(&String::from_utf8_lossy(bytes))),
    };
    // Somebody who hands a mail on is not the one who said it.
    let handed_on = forwarded(&text);
    let reliability = if handed_on.is_some() { "second-hand" } else { "first-hand" };
    let (name, address) = handed_on.unwrap_or((name, address));
    let source = if name.is_empty() { address.clone().unwrap_or_default() } else { name };
    let said = mail.date().filter(|d| d.is_valid());
    let said = said.map(|d| Time(d.to_timestamp().saturating_mul(Time::SECOND)).day());
    Ok(Piece {
        mark,
        email: address,
        evidence: RecordEvidence {
            verbatim: text,
            title: subject,
            kind: Some("feedback".into()),
            source,
            said_on: said,
            reliability: Some(reliability.into()),
            ..RecordEvidence::default()
        },
    })
}

fn is_automatic(mail: &Message<'_>) -> bool {
    let text = |name: &str| match mail.header(name) {
        Some(HeaderValue::Text(text)) => text.trim().to_lowercase(),
        _ => String::new(),
    };
    let auto = text("Auto-Submitted");
    (!auto.is_empty() && auto != "no")
        || ["bulk", "junk", "auto_reply"].contains(&&*text("Precedence"))
}

/// A subject without the signs of having been answered and handed on.
fn tidied(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((front, after)) = rest.split_once(':') {
        let mark = front.trim().to_lowercase();
        if !["re", "fw", "fwd", "aw", "wg", "sv", "tr"].contains(&mark.as_str()) {
            break;
        }
        rest = after.trim();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// From whom a mail was that is handed on inside this one.
fn forwarded(text: &str) -> Option<(String, Option<String>)> {
    let mut lines = text.lines().take(400);
    lines.find(|l| l.contains("Forwarded message") || l.contains("Original Message"))?;
    let from =
        lines.take(8).find_map(|l| l.trim().trim_start_matches("> ").strip_prefix("From:"))?;
    let from = from.trim();
    match from.split_once('<') {
        Some((name, rest)) => {
            let address = rest.split('>').next().map(|a| a.trim().to_owned());
            Some((name.trim().trim_matches('"').to_owned(), address.filter(|a| a.contains('@'))))
        }
        None if from.contains('@') => Some((String::new(), Some(from.to_owned()))),
        None => Some((from.to_owned(), None)),
    }
}

/// Nobody opens the folder but the operator: every product's folder is theirs.
fn operator(conn: &mut Conn) -> Result<Actor> {
    let workspace = first_workspace(conn)?.ok_or(Error::NotFound("workspace"))?;
    Ok(Actor::nobody(workspace, "", Role::Owner, Via::System))
}

/// The keys of the products that mail can come to: those of the first workspace.
pub fn inboxes(conn: &mut Conn) -> Result<Vec<String>> {
    match operator(conn) {
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(actor) => {
            Ok(products::visible(conn, &actor)?.into_iter().map(|product| product.key).collect())
        }
    }
}

/// Keeps a mail in the product of that key of the first workspace; false where it is known.
pub fn receive(tx: &mut Tx, product: &str, piece: &Piece, now: Time) -> Result<bool> {
    let actor = operator(tx)?;
    let product: Product = products::product(tx, &actor, product, Access::Write)?;
    let mut piece = piece.clone();
    // A sender's clock may be wrong: what says that it was written in time to come was written now.
    if check_past("said_on", piece.evidence.said_on, now.day()).is_err() {
        piece.evidence.said_on = None;
    }
    Change::record(tx, actor, &RECEIVE, now, |cx| keep(cx, &product, &piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: Mia Berg <mia@example.org>\r\nTo: ideas@southway.example\r\nSubject: =?utf-8?q?Re:_Fwd:_R=C3=BCckgeld?=\r\nMessage-ID: <1@example.org>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nI waited an hour.\r\n";

    #[test]
    fn a_mail_becomes_a_piece() {
        let piece = read(MAIL.as_bytes()).expect("a mail");
        assert_eq!(piece.evidence.title.as_deref(), Some("Rückgeld"));
        assert_eq!(piece.evidence.verbatim, "I waited an hour.");
        assert_eq!(
            (piece.evidence.source.as_str(), piece.email.as_deref()),
            ("Mia Berg", Some("mia@example.org"))
        );
        assert_eq!(piece.evidence.said_on.map(|d| d.to_string()).as_deref(), Some("2026-03-03"));
    }

    #[test]
    fn what_is_handed_on_is_of_whoever_said_it() {
        let body = "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Jo <jo@example.org>\r\nDate: x\r\n\r\nNo seat again.\r\n";
        let mail = MAIL.replace("I waited an hour.\r\n", body);
        let piece = read(mail.as_bytes()).expect("a mail");
        assert_eq!(
            (piece.evidence.source.as_str(), piece.email.as_deref()),
            ("Jo", Some("jo@example.org"))
        );
    }

    #[test]
    fn what_is_no_evidence_is_refused_in_words() {
        let auto = MAIL.replace("Subject:", "Auto-Submitted: auto-replied\r\nSubject:");
        let nobody = MAIL.replace("From: Mia Berg <mia@example.org>\r\n", "");
        let empty = MAIL.replace("I waited an hour.\r\n", "");
        for (mail, why) in [
            (auto, "machine"),
            (nobody, "from whom"),
            (empty, "no text"),
            (String::new(), "no mail"),
        ] {
            let said = read(mail.as_bytes()).expect_err("refused").to_string();
            assert!(said.contains(why), "{said}");
        }
    }
}
