//! Pages: plain GETs that ask queries and show their answers in the frame.

mod account;
mod advice;
pub(super) mod attached;
mod automations;
mod begin;
mod careers;
mod charters;
mod choosing;
mod culture;
mod custom;
pub(super) mod digest;
mod direction;
mod docs;
mod epics;
mod fields;
mod filtered;
mod frameworks;
mod git;
mod health;
mod hints;
mod inbox;
mod item;
mod learn;
mod lifecycle;
mod lists;
mod mail;
mod menu;
mod mirror;
mod objectives;
mod phases;
mod planning;
mod portal;
pub(super) mod prioritising;
mod quick;
mod reference;
mod reports;
pub(super) mod roadmap;
mod settings;
mod stale;
mod strategy;
mod talk;
mod teams;
mod templates;
mod topology;
mod values;
mod work;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::Shared;
use super::forms::explain;
use super::session::{TOAST, Visitor, cookie, set_cookie, theme};
use crate::kernel::{Access, Error, Result};
use crate::people::products::{self, Product};
use crate::shell::{
    self, Bell, Choice, Crumb, Facet, Frame, Live, NavLink, Person, Plain, Switcher, Theme,
    toast_with_undo,
};
use crate::store::Reader;
use crate::thread::{notifications, triage};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}", get(to_backlog))
        .merge(begin::router())
        .merge(culture::router())
        .merge(work::router())
        .merge(strategy::router())
        .merge(objectives::router())
        .merge(choosing::router())
        .merge(direction::router())
        .merge(inbox::router())
        .merge(prioritising::router())
        .merge(roadmap::router())
        .merge(lifecycle::router())
        .merge(reports::router())
        .route("/p/{product}/epics", get(epics::list))
        .merge(phases::router())
        .merge(planning::router())
        .merge(git::router())
        .merge(automations::router())
        .merge(fields::router())
        .merge(templates::router())
        .merge(stale::router())
        .merge(account::router())
        .merge(digest::router())
        .merge(mail::router())
        .merge(portal::router())
        .merge(charters::router())
        .merge(teams::router())
        .merge(topology::router())
        .merge(learn::router())
        .merge(frameworks::router())
        .merge(health::router())
        .merge(mirror::router())
        .merge(careers::router())
        .merge(talk::router())
        .merge(attached::router())
        .merge(docs::router())
        .merge(settings::router())
        .merge(hints::router())
        .merge(advice::router())
        .merge(item::router())
        .merge(reference::router())
}

/// What a page puts into the frame.
#[derive(Default)]
pub(super) struct Page {
    pub(super) title: String,
    /// The product whose navigation stands at the left, and the active link's last word.
    pub(super) product: Option<Product>,
    pub(super) active: &'static str,
    /// Pages above this one, where it belongs to no product.
    pub(super) above: Vec<Crumb>,
    pub(super) head: Option<Markup>,
    pub(super) rail: Option<(String, Markup)>,
    pub(super) facet: Facet,
    pub(super) wide: bool,
    pub(super) query: String,
    pub(super) banner: Option<Markup>,
    pub(super) main: Markup,
    /// The same thing for the peek panel.
    pub(super) peek: Option<Markup>,
    /// Shows what was sent, which stands at no address: a refresh would lose it.
    pub(super) still: bool,
    /// Evidence that is opened here.
    pub(super) opened: Vec<crate::kernel::Id>,
}

/// Reads with the actor's eyes, then answers with the page or with what went wrong.
pub(super) fn show<'a>(
    app: &'a Shared,
    visitor: Visitor,
    headers: &'a HeaderMap,
    make: impl FnOnce(&mut Reader<'_>) -> Result<Page> + Send + 'static,
) -> impl Future<Output = Response> + Send + 'a {
    show_made(app, visitor, headers, Box::new(make))
}

type Make = Box<dyn FnOnce(&mut Reader<'_>) -> Result<Page> + Send>;

/// The same code for every page: built anew for each of hundreds, it would fill the program.
async fn show_made(
    app: &Shared,
    Visitor(actor): Visitor,
    headers: &HeaderMap,
    make: Make,
) -> Response {
    let (theme, now) = (theme(headers), app.clock.now());
    let peeks = headers.get("turbo-frame").is_some_and(|v| v == "peek" || v == "quick");
    let toast = cookie(headers, TOAST).map(str::to_owned);
    let (kept, last) = (menu::groups(headers), quick::last(headers));
    let ahead = ["sec-purpose", "x-sec-purpose"].iter().any(|h| {
        headers.get(*h).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("prefetch"))
    });
    let reads = (!ahead).then(|| app.reads.clone());
    let made = app
        .db
        .read(move |conn| {
            let mut cx = Reader { conn, actor: &actor, now };
            let mut page = make(&mut cx)?;
            for opened in &page.opened {
                if let Some(reads) = &reads {
                    reads.note(cx.actor, *opened, now);
                }
            }
            if peeks && let Some(peek) = page.peek.take() {
                return Ok((peek, None, false));
            }
            let kept = Kept { toast: toast.as_deref(), groups: &kept, product: last.as_deref() };
            let frame = frame(&mut cx, &page, theme, &kept)?;
            let product = page.product.map(|p| p.key);
            Ok((frame.render(page.main), product, toast.is_some()))
        })
        .await;
    match made {
        Ok((page, product, told)) => {
            let mut response = page.into_response();
            let seen = quick::keep(app, headers, product.as_deref());
            let gone = told.then(|| set_cookie(app, TOAST, "", 0));
            for cookie in seen.into_iter().chain(gone) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => error_page(&error, theme),
    }
}

/// What the browser keeps from one page to the next.
struct Kept<'a> {
    /// What was just done.
    toast: Option<&'a str>,
    /// The groups of the navigation that are open.
    groups: &'a [String],
    /// The product that was looked at last.
    product: Option<&'a str>,
}

fn frame(cx: &mut Reader<'_>, page: &Page, theme: Theme, kept: &Kept<'_>) -> Result<Frame> {
    let toast = kept.toast;
    let visible = products::visible(cx.conn, cx.actor)?;
    let current = page.product.as_ref().map_or("Wherefore", |p| &p.name);
    let links = visible
        .iter()
        .map(|p| NavLink::new(format!("/p/{}/backlog", p.key), p.name.clone()))
        .collect();
    let sections = menu::sections(cx, page.product.as_ref(), page.active, kept.groups)?;
    let scope = page.product.as_ref().map(|p| p.key.clone()).unwrap_or_default();
    let own = toast.and_then(|t| t.split_once('.')).map(|(change, _)| change.to_owned());
    let own = own.unwrap_or_default();
    let unread = notifications::unread(cx.conn, cx.actor.workspace, cx.actor.person)?;
    let person = Person {
        name: cx.actor.name.clone(),
        detail: cx.actor.role.as_str().to_owned(),
        links: vec![
            shell::Link::new("/account", "Account and tokens"),
            shell::Link::new("/account/digest", "Digest"),
        ],
        ..Person::default()
    };
    let (note, dialogs) = quick::note(cx, page.product.as_ref(), &visible, kept.product).unzip();
    Ok(Frame {
        title: page.title.clone(),
        switcher: Switcher { current: current.to_owned(), links },
        sections,
        crumbs: crumbs(page),
        learn: learn::of_page(page.active).map(|l| shell::Link::new(l.href(), l.title.clone())),
        facet: page.facet,
        query: page.query.clone(),
        head: page.head.clone(),
        rail: page.rail.clone(),
        wide: page.wide,
        person: Some(person),
        bell: Some(Bell { href: "/notifications".into(), unread }),
        theme,
        toast: done_toast(cx, toast)?,
        banner: page.banner.clone(),
        dialogs,
        note,
        live: (!page.still).then(|| Live { scope, own, ..Live::default() }),
        ..Frame::default()
    })
}

fn crumbs(page: &Page) -> Vec<Crumb> {
    let Some(product) = &page.product else {
        let here = Crumb::here(page.title.clone());
        return page.above.iter().cloned().chain([here]).collect();
    };
    let home = format!("/p/{}/backlog", product.key);
    let mut crumbs = vec![Crumb::to(home, product.name.clone())];
    let key = page.title.split(' ').next().filter(|k| k.contains('-'));
    if !page.active.is_empty() {
        let label = menu::label(page.active).unwrap_or(&page.title);
        match key {
            Some(_) => crumbs.push(Crumb::to(format!("/p/{}/{}", product.key, page.active), label)),
            None => crumbs.push(Crumb::here(label)),
        }
    }
    crumbs.extend(key.map(Crumb::here));
    crumbs
}

/// What was just done, with the way back; and why, where it departs from a score or somebody else
/// answers for it.
fn done_toast(cx: &mut Reader<'_>, cookie: Option<&str>) -> Result<Option<shell::Toast>> {
    let Some(cookie) = cookie else { return Ok(None) };
    let plain = cookie.strip_suffix(".why");
    let Some(mut toast) = done(plain.unwrap_or(cookie)) else { return Ok(None) };
    let (change, name) = plain.unwrap_or(cookie).split_once('.').unwrap_or_default();
    let name = name.split('@').next().unwrap_or_default();
    if name == "triage-evidence"
        && let Ok(id) = change.parse()
        && let Some(words) = triage::became(cx, id)?
    {
        toast.message = words;
    }
    if ["move-opportunity", "move-work-item"].contains(&name) {
        toast.ask = prioritising::asked(cx, change)?;
    }
    if toast.ask.is_none() && plain.is_some() {
        toast.ask = charters::asked(cx, change)?;
    }
    Ok(Some(toast))
}

/// What was just done, with the way back.
fn done(cookie: &str) -> Option<shell::Toast> {
    let (change, name) = cookie.split_once('.')?;
    let (name, made) = name.split_once('@').unwrap_or((name, ""));
    let message = match name.split('-').next().unwrap_or_default() {
        "create" | "record" | "frame" | "add" | "check" | "attach" => "Added.",
        "bin" => "Moved to the bin.",
        "restore" => "Taken out of the bin.",
        "move" => "Moved.",
        "undo" => "Undone.",
        "remove" => "Removed.",
        "end" => "Ended.",
        "start" => "Started.",
        "close" => "Closed.",
        "cancel" => "Cancelled.",
        "accept" | "decide" => "Decided.",
        "read" if name == "read-notification" => return None,
        "place" => "Placed.",
        "copy" => "Copied.",
        _ => "Saved.",
    };
    // What was judged is never taken back: a further verdict says more.
    let stays = matches!(name, "undo" | "check-in" | "accept-story" | "judge-criterion");
    if change.is_empty() || stays {
        return Some(shell::toast(message));
    }
    let mut toast = toast_with_undo(message, format!("/do/undo?change={change}"));
    let of_many = |many: u32, done: &str| match many {
        1 => format!("1 item {done}."),
        many => format!("{many} items {done}."),
    };
    toast.message = match made.parse::<u32>() {
        Ok(many) if name == "bin-items" => of_many(many, "moved to the bin"),
        Ok(many) if name.starts_with("bulk-") => of_many(many, "changed"),
        _ => toast.message,
    };
    // The cookie is the browser's to send: only what reads as a key becomes a link.
    let is_key = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if message == "Added." && !made.is_empty() && made.chars().all(is_key) {
        toast.link = Some(shell::Link::new(format!("/{made}"), made));
    }
    Some(toast)
}

/// An error as a page of its own.
pub(super) fn error_page(error: &Error, theme: Theme) -> Response {
    if let Error::Internal(text) = error {
        tracing::error!(%text, "a page failed");
    }
    let title = match error.status() {
        404 => "Not here",
        403 => "Not open to you",
        503 => "Not now",
        500 => "Something failed",
        _ => "Not done",
    };
    let main = html! {
        h1 { (title) }
        (explain(error))
        p { a href="/" { "To your products" } }
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = Plain { theme, ..Plain::new(title) }.render(main);
    let mut response = (status, page).into_response();
    if let Error::TooMany(seconds) = error {
        response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    response
}

/// Any address that is nowhere.
pub(super) async fn missing(headers: HeaderMap) -> Response {
    error_page(&Error::NotFound("page"), theme(&headers))
}

pub(super) use account::base;

/// A secret that is shown this once.
pub(super) fn show_once(secret: &str, back: &str, theme: Theme) -> Response {
    show_link(secret, back, "", theme)
}

/// The same, with a sentence on where else it went.
pub(super) fn show_link(secret: &str, back: &str, told: &str, theme: Theme) -> Response {
    let main = html! {
        h1 { "Copy it now" }
        p { "It is shown this once and kept only as a hash." }
        (shell::copy(secret))
        @if !told.is_empty() { p { (told) } }
        p { a href=(back) { "Done" } }
    };
    Plain { theme, wide: true, ..Plain::new("Copy it now") }.render(main).into_response()
}

/// The product of a page's address.
pub(super) fn product(cx: &mut Reader<'_>, key: &str) -> Result<Product> {
    products::product(cx.conn, cx.actor, key, Access::Read)
}

/// Whether this actor may change things; forms are shown to those only.
fn may_write(cx: &Reader<'_>) -> bool {
    cx.actor.check(Access::Write).is_ok()
}

pub(super) fn choices(words: &[&str], empty: Option<&str>) -> Vec<Choice> {
    let first = empty.map(|label| Choice::new("", label));
    first.into_iter().chain(words.iter().map(|w| Choice::new(w, w.replace('-', " ")))).collect()
}

/// A fresh word that makes a form sent twice count once.
pub(super) fn once() -> Markup {
    shell::hidden("_submission", &crate::kernel::Id::new().to_string())
}

async fn to_backlog(axum::extract::Path(product): axum::extract::Path<String>) -> Redirect {
    // What is no key leads to a page that is not found, and never into a header as it was typed.
    let key: String = product.chars().filter(char::is_ascii_alphanumeric).collect();
    Redirect::to(&format!("/p/{key}/backlog"))
}
