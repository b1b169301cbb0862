//! The people of a public portal. They are no members: each is known to one product by an address
//! that they proved to be theirs, and can be made anonymous without losing what was said.

use crate::db::{Conn, Tx, Value};
use crate::kernel::secret::{Secret, hash_of};
use crate::kernel::{Error, Id, Result, Time, turns};
use crate::store::{Change, Indexed, load};
use crate::{new_row, record, selects, statements};

record! {
    /// Somebody who uses a product's portal, or wrote to it.
    pub struct Contact in "contact", versioned: false {
        pub product_id: Id,
        pub email: String,
        pub name: String,
        /// The same for all addresses of one mailbox, so that it votes once.
        pub person_key: String,
        /// `active`, `banned` or `gone`.
        pub state: String,
    }
}

impl Indexed for Contact {
    fn product(&self) -> Option<Id> {
        Some(self.product_id)
    }
    fn erasable() -> &'static [&'static str] {
        &["email", "name", "person_key"]
    }
}

selects! {
    BY_EMAIL: Contact = "contact", "product_id = $2 AND email = $3";
    LISTED: Contact = "contact", "product_id = $2 AND state <> 'gone' AND id < $3 ORDER BY id DESC LIMIT $4";
}

statements! {
    NEW_LINK = "INSERT INTO portal_link (token_hash, workspace_id, product_id, email, name, back, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CAST(NULL AS BIGINT))";
    LINK = "SELECT email, name, back FROM portal_link WHERE token_hash = $1 AND workspace_id = $2 AND product_id = $3 AND used_at IS NULL AND expires_at > $4";
    USE_LINK = "UPDATE portal_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    DROP_LINKS = "DELETE FROM portal_link WHERE workspace_id = $1 AND product_id = $2 AND email = $3";
    NEW_SESSION = "INSERT INTO portal_session (token_hash, workspace_id, product_id, contact_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    SESSION = "SELECT contact_id FROM portal_session WHERE token_hash = $1 AND workspace_id = $2 AND product_id = $3 AND expires_at > $4";
    END_SESSION = "DELETE FROM portal_session WHERE token_hash = $1";
    END_SESSIONS = "DELETE FROM portal_session WHERE workspace_id = $1 AND contact_id = $2";
}

/// How long a sign-in link holds, in minutes.
pub const LINK_MINUTES: i64 = 30;
const SESSION_DAYS: i64 = 60;

/// The same for all addresses of one mailbox: what follows a plus sign is the reader's own.
pub fn person_key(workspace: i64, email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let local = local.split('+').next().unwrap_or(local);
    hash_of(&format!("{workspace} {local}@{domain}"))
}

/// The contact of an address, made where there is none.
pub fn known(cx: &mut Change<'_>, product: Id, email: &str, name: &str) -> Result<Contact> {
    let ws = cx.workspace();
    let name = clean_name(name);
    if let Some(before) = BY_EMAIL.first(cx.conn(), ws, &[product.into(), email.into()])? {
        if name.is_empty() || before.name == name {
            return Ok(before);
        }
        let mut after = before.clone();
        after.name = name;
        cx.update(&before, &mut after)?;
        return Ok(after);
    }
    let contact = new_row!(
        cx,
        Contact {
            product_id: product,
            email: email.to_owned(),
            name: name,
            person_key: person_key(ws, email),
            state: "active".to_owned(),
        }
    );
    cx.insert(&contact)?;
    Ok(contact)
}

/// A name in one line, without what would make it look like something else.
pub fn clean_name(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c.is_control() || turns(c));
    let line = words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(80).collect()
}

/// The contact of an address in a product, if there is one.
pub fn by_email(conn: &mut Conn, ws: i64, product: Id, email: &str) -> Result<Option<Contact>> {
    BY_EMAIL.first(conn, ws, &[product.into(), email.into()])
}

/// The newest contacts of a product.
pub fn listed(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    after: Value,
    limit: i64,
) -> Result<Vec<Contact>> {
    LISTED.all(conn, ws, &[product.into(), after, limit.into()])
}

/// Makes a sign-in link: the only one that holds for this address, short-lived, kept as a hash.
pub fn new_link(
    tx: &mut Tx,
    (ws, product): (i64, Id),
    (email, name): (&str, &str),
    back: &str,
    now: Time,
) -> Result<Secret> {
    tx.execute(&DROP_LINKS, &[ws.into(), product.into(), email.into()])?;
    let secret = Secret::new("");
    let ends = Time(now.0 + LINK_MINUTES * 60 * Time::SECOND);
    let values = [
        secret.hash().into(),
        ws.into(),
        product.into(),
        email.into(),
        clean_name(name).into(),
        back.into(),
        now.into(),
        ends.into(),
    ];
    tx.execute(&NEW_LINK, &values)?;
    Ok(secret)
}

/// What a sign-in link says while it holds.
pub struct Link {
    pub email: String,
    pub name: String,
    /// Where its reader came from.
    pub back: String,
}

/// The link of a token, not used up by looking at it.
pub fn link(conn: &mut Conn, ws: i64, product: Id, token: &str, now: Time) -> Result<Link> {
    let values = [hash_of(token).into(), ws.into(), product.into(), now.into()];
    let found = conn.query_opt(&LINK, &values, |r| {
        Ok(Link { email: r.get(0)?, name: r.get(1)?, back: r.get(2)? })
    })?;
    found.ok_or_else(|| {
        Error::refused("This link was used already or is too old. Ask for a new one.")
    })
}

/// Marks a link as used; of two at once, one is refused.
pub fn use_link(tx: &Tx, token: &str, now: Time) -> Result<()> {
    if tx.execute(&USE_LINK, &[hash_of(token).into(), now.into()])? == 0 {
        return Err(Error::refused("This link was used already. Ask for a new one."));
    }
    Ok(())
}

/// Starts a session and gives its secret, which only the cookie will hold.
pub fn new_session(tx: &Tx, ws: i64, contact: &Contact, now: Time) -> Result<Secret> {
    let secret = Secret::new("wfp_");
    let values = [
        secret.hash().into(),
        ws.into(),
        contact.product_id.into(),
        contact.id.into(),
        now.into(),
        now.plus_days(SESSION_DAYS).into(),
    ];
    tx.execute(&NEW_SESSION, &values)?;
    Ok(secret)
}

/// Who a cookie stands for in this product; nobody who is banned or gone.
pub fn by_session(
    conn: &mut Conn,
    ws: i64,
    product: Id,
    token: &str,
    now: Time,
) -> Result<Option<Contact>> {
    let values = [hash_of(token).into(), ws.into(), product.into(), now.into()];
    let found: Option<Id> = conn.query_opt(&SESSION, &values, |r| r.get(0))?;
    let Some(id) = found else { return Ok(None) };
    Ok(load::<Contact>(conn, ws, id)?.filter(|c| c.state == "active" && c.gone_at.is_none()))
}

/// Ends one session.
pub fn end_session(tx: &Tx, token: &str) -> Result<()> {
    tx.execute(&END_SESSION, &[hash_of(token).into()])?;
    Ok(())
}

/// Ends all sessions and links of a contact.
pub fn sign_out(cx: &mut Change<'_>, contact: &Contact) -> Result<()> {
    let ws = cx.workspace();
    let values = [ws.into(), contact.product_id.into(), contact.email.clone().into()];
    cx.exempt().execute(&DROP_LINKS, &values)?;
    cx.exempt().execute(&END_SESSIONS, &[ws.into(), contact.id.into()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_person() {
        let key = |email| person_key(1, email);
        assert_eq!(key("mia+one@example.org"), key("mia@example.org"));
        assert_ne!(key("mia@example.org"), key("mia@example.com"));
        assert_ne!(person_key(2, "mia@example.org"), key("mia@example.org"));
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(clean_name(" Mia\r\n\u{0}Bcc: x "), "Mia Bcc: x");
        assert_eq!(clean_name(&"a".repeat(300)).len(), 80);
    }
}
