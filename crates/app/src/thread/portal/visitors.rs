//! What a visitor of a portal may do, all of it: these verbs and no others. They are recorded like
//! every change, by nobody of the workspace, through the portal
//! ([decision 0012](../../../../docs/decisions/0012-visitors-of-a-portal-have-verbs-of-their-own.md)).

use super::comments::{By, say};
use super::ideas::{self, Asked, Idea};
use super::{Site, site};
use crate::db::Tx;
use crate::kernel::{Access, Actor, Error, Id, Result, Role, Time, Via};
use crate::people::contacts::{self, Contact};
use crate::people::mail::{Letter, check_address, post};
use crate::people::sign_in::count;
use crate::store::{Change, Meta, load};
use crate::why::evidence::RecordEvidence;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

const ENTER: Meta = Meta::action("enter-portal", "Sign in to a portal", "POST", "/portal/enter")
    .access(Access::Propose);
const SUBMIT: Meta = Meta { name: "submit-idea", summary: "Submit an idea to a portal", ..ENTER };
const VOTE: Meta = Meta { name: "vote-for-idea", summary: "Ask for an idea too", ..ENTER };
const COMMENT: Meta =
    Meta { name: "comment-idea", summary: "Say something about an idea", ..ENTER };
const LEAVE: Meta =
    Meta { name: "leave-portal", summary: "Have oneself forgotten by a portal", ..ENTER };

/// All of a visitor's verbs.
pub const VERBS: [&Meta; 5] = [&ENTER, &SUBMIT, &VOTE, &COMMENT, &LEAVE];

/// A visitor who signed in.
#[derive(Clone)]
pub struct Visit {
    pub slug: String,
    pub contact: Id,
    /// Where the request came from.
    pub host: String,
}

fn actor(ws: i64, name: &str) -> Actor {
    Actor::nobody(ws, name, Role::Guest, Via::Portal)
}

/// The open portal and the contact, as they are inside this transaction.
fn here(tx: &mut Tx, visit: &Visit) -> Result<(Site, Contact)> {
    let site = site(tx, &visit.slug)?;
    let contact = load::<Contact>(tx, site.ws, visit.contact)?
        .filter(|c| c.state == "active" && c.product_id == site.product.id && c.gone_at.is_none())
        .ok_or_else(|| Error::Unauthenticated("Sign in again.".into()))?;
    Ok((site, contact))
}

/// Sends a sign-in link. Whatever the address, the answer is the same: nobody learns who is known.
pub fn ask_for_link(
    tx: &mut Tx,
    slug: &str,
    (email, name): (&str, &str),
    back: &str,
    host: &str,
    now: Time,
) -> Result<()> {
    let site = site(tx, slug)?;
    let email = check_address(email)?;
    let (ws, product) = (site.ws, site.product.id);
    count(tx, &format!("portal-host:{host}"), 20, HOUR, now)?;
    count(tx, &format!("portal-mail:{product}:{email}"), 3, HOUR, now)?;
    let known = contacts::by_email(tx, ws, product, &email)?;
    if known.is_some_and(|c| c.state != "active") {
        return Ok(());
    }
    let token = contacts::new_link(tx, (ws, product), (&email, name), back, now)?;
    let title = &site.portal.title;
    let text = format!(
        "Somebody, probably you, wants to sign in to {title} with this address. Open this link and press the button there:\n\n{{base}}/portal/{slug}/enter/{}\n\nThe link works once and for {} minutes. If it was not you, do nothing.",
        token.reveal(),
        contacts::LINK_MINUTES,
    );
    let letter = Letter {
        kind: "sign-in",
        to: email,
        subject: format!("Sign in to {title}"),
        text,
        ..Letter::default()
    };
    post(tx, ws, &letter, now)?;
    Ok(())
}

/// Uses a sign-in link: the session's secret for the cookie, and where its reader came from.
pub fn enter(
    tx: &mut Tx,
    slug: &str,
    token: &str,
    now: Time,
) -> Result<(crate::kernel::secret::Secret, String)> {
    let site = site(tx, slug)?;
    let (ws, product) = (site.ws, site.product.id);
    let link = contacts::link(tx, ws, product, token, now)?;
    contacts::use_link(tx, token, now)?;
    let contact = Change::record(tx, actor(ws, &link.name), &ENTER, now, |cx| {
        contacts::known(cx, product, &link.email, &link.name)
    })?;
    if contact.state != "active" {
        return Err(Error::refused("This link was used already or is too old. Ask for a new one."));
    }
    Ok((contacts::new_session(tx, ws, &contact, now)?, link.back))
}

/// A visitor's title: 4 to 140 characters on one line.
fn check_line(text: &str) -> Result<String> {
    let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().filter(|c| !c.is_control()).collect();
    if !(4..=140).contains(&title.chars().count()) {
        return Err(Error::invalid("title", "Say it in one line of 4 to 140 characters."));
    }
    Ok(title)
}

/// A visitor's text: not empty, not endless, not a heap of links.
fn check_words(text: &str, longest: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n");
    let keeps = |c: &char| !c.is_control() || *c == '\n' || *c == '\t';
    let text: String = text.trim().chars().filter(keeps).collect();
    if text.is_empty() {
        return Err(Error::invalid("text", "The text is empty. Write a sentence."));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(Error::invalid(
            "text",
            format!("The text has {length} characters; {longest} fit."),
        ));
    }
    if links(&text) > 5 {
        return Err(Error::invalid("text", "More than five links look like advertising."));
    }
    Ok(text)
}

fn links(text: &str) -> usize {
    let text = text.to_lowercase();
    text.matches("://").count() + text.matches("www.").count() + text.matches("[url").count()
}

/// What is written with links waits even where nothing else does.
fn first_state(site: &Site, text: &str) -> &'static str {
    if site.portal.moderated || links(text) > 1 { "waiting" } else { "public" }
}

/// Submits an idea; whether everybody sees it at once.
pub fn submit_idea(
    tx: &mut Tx,
    visit: &Visit,
    (title, text): (&str, &str),
    now: Time,
) -> Result<(Id, bool)> {
    let (site, contact) = here(tx, visit)?;
    if !site.portal.ideas {
        return Err(Error::NotFound("form for ideas"));
    }
    let (title, text) = (check_line(title)?, check_words(text, 5_000)?);
    count(tx, &format!("portal-idea:{}", contact.id), 5, DAY, now)?;
    count(tx, &format!("portal-says:{}", visit.host), 60, HOUR, now)?;
    let state = first_state(&site, &format!("{title} {text}"));
    let evidence = RecordEvidence {
        kind: Some("feedback".into()),
        reliability: Some("first-hand".into()),
        ..RecordEvidence::default()
    };
    let asked = Asked { title, text, state, evidence };
    Change::record(tx, actor(site.ws, &contact.name), &SUBMIT, now, |cx| {
        let (idea, _) = ideas::keep(cx, &site.product, &contact, &asked)?;
        Ok((idea.id, idea.state == "public"))
    })
}

/// A public idea of the portal.
fn public(tx: &mut Tx, site: &Site, id: Id) -> Result<Idea> {
    let found = load::<Idea>(tx, site.ws, id)?
        .filter(|i| i.product_id == site.product.id && i.state == "public" && i.gone_at.is_none());
    let idea = found.ok_or(Error::NotFound("idea"))?;
    ideas::evidence(tx, site.ws, &idea)?;
    Ok(idea)
}

/// Asks for an idea too, or no longer.
pub fn vote(tx: &mut Tx, visit: &Visit, idea: Id, on: bool, now: Time) -> Result<()> {
    let (site, contact) = here(tx, visit)?;
    let idea = public(tx, &site, idea)?;
    count(tx, &format!("portal-vote:{}", contact.id), 60, HOUR, now)?;
    Change::record(tx, actor(site.ws, &contact.name), &VOTE, now, |cx| {
        ideas::vote(cx, &idea, &contact, on)
    })
}

/// Says something about an idea; whether everybody sees it at once.
pub fn comment(tx: &mut Tx, visit: &Visit, idea: Id, text: &str, now: Time) -> Result<bool> {
    let (site, contact) = here(tx, visit)?;
    if !site.portal.comments {
        return Err(Error::NotFound("form for comments"));
    }
    let idea = public(tx, &site, idea)?;
    let text = check_words(text, 2_000)?;
    count(tx, &format!("portal-comment:{}", contact.id), 20, DAY, now)?;
    count(tx, &format!("portal-says:{}", visit.host), 60, HOUR, now)?;
    let state = first_state(&site, &text);
    Change::record(tx, actor(site.ws, &contact.name), &COMMENT, now, |cx| {
        say(cx, &idea, &By::Contact(contact.id), &text, state).map(drop)
    })?;
    Ok(state == "public")
}

/// Has oneself forgotten: name and address go, what was said stays as somebody's.
pub fn leave(tx: &mut Tx, visit: &Visit, now: Time) -> Result<()> {
    let (site, contact) = here(tx, visit)?;
    Change::record(tx, actor(site.ws, ""), &LEAVE, now, |cx| {
        super::callers::forget(cx, &contact, false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heap_of_links_is_refused_and_a_few_are_counted() {
        assert_eq!(links("see https://a.org and WWW.b.org or [url=x]"), 3);
        assert!(check_words(&"http://a ".repeat(6), 5_000).is_err());
        assert!(check_words("  ", 10).is_err() && check_words("too long", 3).is_err());
        assert_eq!(check_words(" a\r\nb\u{0}\u{7} ", 10).expect("words"), "a\nb");
        assert!(check_line("abc").is_err() && check_line(&"a".repeat(141)).is_err());
    }
}
