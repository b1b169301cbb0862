//! The public portal: pages for everybody, apart from the app. They know a visitor by a cookie of
//! their own and never look at a member's session.

mod changelog;
mod entry;
mod ideas;

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::forms::pairs;
use super::session::{cookie, set_cookie_at};
use super::{Shared, limits};
use crate::kernel::{Error, Result, Time};
use crate::people::contacts::{self, Contact};
use crate::shell::{self, Public};
use crate::thread::portal::visitors::Visit;
use crate::thread::portal::{Site, site};

const SESSION: &str = "wherefore_portal";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// The pages of all portals.
pub(super) fn router(app: Shared) -> Router<Shared> {
    Router::new()
        .route("/portal/{slug}", get(ideas::list))
        .route("/portal/{slug}/embed", get(ideas::embed))
        .route("/portal/{slug}/new", get(ideas::new).post(ideas::submit))
        .route("/portal/{slug}/ideas/{idea}", get(ideas::one))
        .route("/portal/{slug}/ideas/{idea}/vote", post(ideas::vote))
        .route("/portal/{slug}/ideas/{idea}/comments", post(ideas::comment))
        .route("/portal/{slug}/roadmap", get(changelog::roadmap))
        .route("/portal/{slug}/changelog", get(changelog::page))
        .route("/portal/{slug}/changelog.atom", get(changelog::feed))
        .route("/portal/{slug}/sign-in", get(entry::ask).post(entry::send))
        .route("/portal/{slug}/enter/{token}", get(entry::confirm).post(entry::enter))
        .route("/portal/{slug}/me", get(entry::me))
        .route("/portal/{slug}/sign-out", post(entry::leave))
        .route("/portal/{slug}/forget-me", post(entry::forget))
        .route_layer(from_fn_with_state(app, limits::doors))
        .route("/robots.txt", get(robots))
}

/// The app is nobody's to crawl; a portal says for itself whether it is.
async fn robots() -> impl IntoResponse {
    let text = "User-agent: *\nAllow: /portal/\nAllow: /assets/\nDisallow: /\n";
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}

/// What may be framed says so by its own policy; the old header would forbid it.
pub(super) async fn framing(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let embed = path.starts_with("/portal/") && path.ends_with("/embed");
    let mut response = next.run(request).await;
    if embed {
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    response
}

/// Who looks, at which portal.
struct Guest {
    site: Site,
    contact: Option<Contact>,
    now: Time,
}

/// The portal and the visitor of a request.
async fn guest(app: &Shared, headers: &HeaderMap, slug: &str) -> Result<Guest> {
    let (slug, now) = (slug.to_owned(), app.clock.now());
    let token = cookie(headers, SESSION).map(str::to_owned);
    app.db
        .read(move |conn| {
            let site = site(conn, &slug)?;
            let contact = match &token {
                Some(token) => contacts::by_session(conn, site.ws, site.product.id, token, now)?,
                None => None,
            };
            Ok(Guest { site, contact, now })
        })
        .await
}

impl Guest {
    fn path(&self, rest: &str) -> String {
        format!("/portal/{}{rest}", self.site.portal.slug)
    }

    /// The frame of a page of this portal.
    fn frame(&self, title: &str, active: &str) -> Public {
        let portal = &self.site.portal;
        let mut pages = vec![(self.path(""), "Ideas".to_owned(), active == "ideas")];
        if portal.roadmap {
            pages.push((self.path("/roadmap"), "Roadmap".into(), active == "roadmap"));
        }
        if portal.changelog {
            pages.push((self.path("/changelog"), "Changelog".into(), active == "changelog"));
        }
        let visitor = match &self.contact {
            Some(contact) => html! {
                a href=(self.path("/me")) {
                    @if contact.name.is_empty() { "You" } @else { (contact.name) }
                }
                form method="post" action=(self.path("/sign-out")) { button.linkish { "Sign out" } }
            },
            None => html! { a href=(self.path("/sign-in")) { "Sign in" } },
        };
        Public {
            title: title.to_owned(),
            site: portal.title.clone(),
            home: self.path(""),
            pages,
            visitor: Some(visitor),
            feed: portal.changelog.then(|| self.path("/changelog.atom")),
            indexed: portal.indexed && ["ideas", "roadmap", "changelog"].contains(&active),
            embedded: false,
        }
    }

    /// The page with the headers it needs: kept for a minute by anybody where nobody is signed in.
    fn answer(&self, status: StatusCode, frame: &Public, main: Markup) -> Response {
        let kept = if self.contact.is_none() && status == StatusCode::OK && frame.indexed {
            "public, max-age=60"
        } else {
            "private, no-store"
        };
        let mut response = (status, frame.render(main)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        headers.append(header::VARY, HeaderValue::from_static("cookie"));
        if !frame.indexed {
            headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
        }
        response
    }

    /// Who acts, for a verb of a visitor.
    fn visit(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<Visit> {
        let contact = self.contact.as_ref().map(|c| c.id).ok_or_else(|| {
            Error::Unauthenticated("Sign in first; a link by e-mail is all it takes.".into())
        })?;
        Ok(Visit { slug: self.site.portal.slug.clone(), contact, host: host(headers, extensions) })
    }
}

/// Where a request came from, for counting.
fn host(headers: &HeaderMap, extensions: &Extensions) -> String {
    limits::host(headers, limits::peer(extensions))
        .map_or_else(|| "local".into(), |h| h.to_string())
}

/// What went wrong, as a page that tells nothing of the workspace.
fn refusal(error: &Error) -> Response {
    if let Error::Internal(text) = error {
        tracing::error!(%text, "a page of a portal failed");
    }
    let said = match error {
        Error::NotFound(_) => "There is nothing at this address, or it is not public.".to_owned(),
        Error::Internal(_) => "Something failed on our side. Try again.".to_owned(),
        other => other.to_string(),
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = if status == StatusCode::NOT_FOUND { "Not here" } else { "Not done" };
    let frame = Public {
        title: title.into(),
        site: "Portal".into(),
        home: "/".into(),
        embedded: true,
        ..Public::default()
    };
    let page = frame.render(html! { h1 { (title) } p { (said) } });
    let headers = [(header::CACHE_CONTROL, "no-store"), (ROBOTS, "noindex")];
    let mut response = (status, headers, page).into_response();
    if let Error::TooMany(seconds) = error {
        response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    response
}

/// Onward after a form.
fn to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// A form's fields, with the trap and the time that people never notice.
struct Sent(Vec<(String, String)>);

/// Nobody fills a form within this time, not even with a password manager.
const QUICKEST: i64 = Time::SECOND;
const SLOWEST: i64 = 2 * 24 * 3_600 * Time::SECOND;

impl Sent {
    fn of(body: &str) -> Self {
        Self(pairs(body))
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
    }

    /// Whether a machine filled it.
    fn is_machine(&self, now: Time) -> bool {
        let begun: i64 = self.get("begun").parse().unwrap_or(0);
        let took = now.0.saturating_sub(begun);
        !self.get("website").is_empty() || !(QUICKEST..=SLOWEST).contains(&took)
    }
}

/// The fields of which [`Sent::is_machine`] is made.
fn guards(now: Time) -> Markup {
    html! {
        (shell::hidden("begun", &now.0.to_string()))
        div.other-site aria-hidden="true" {
            label { "Leave this empty" input type="text" name="website" tabindex="-1" autocomplete="off"; }
        }
    }
}

/// A form that needs no script.
fn form(action: &str, body: Markup) -> Markup {
    html! { form.form method="post" action=(action) { (body) } }
}

/// The header that keeps a visitor's session; an age of zero removes it.
fn session_cookie(app: &Shared, value: &str, seconds: i64) -> HeaderValue {
    set_cookie_at(app, SESSION, value, seconds, "/portal")
}

/// A path within this portal, never elsewhere.
fn local(guest: &Guest, back: &str) -> String {
    let home = guest.path("");
    let inside =
        back.strip_prefix(&home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let plain = back.chars().all(|c| c.is_ascii_alphanumeric() || "/-".contains(c));
    if inside && plain { back.to_owned() } else { home }
}
