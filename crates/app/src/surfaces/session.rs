//! Who is asking: the session cookie of a browser, the token of a program; and that a browser's
//! change comes from our own pages.

use std::net::SocketAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Shared, limits};
use crate::kernel::secret::Secret;
use crate::kernel::{Actor, Error, Result};
use crate::people::{accounts, tokens};
use crate::shell::Theme;

pub(super) const SESSION: &str = "wherefore_session";
pub(super) const TOAST: &str = "wherefore_toast";
const THEME: &str = "wherefore_theme";

/// A cookie's value.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The header that sets a cookie; an age of zero removes it.
pub(super) fn set_cookie(app: &Shared, name: &str, value: &str, seconds: i64) -> HeaderValue {
    set_cookie_at(app, name, value, seconds, "/")
}

/// The same, for addresses below `path` only.
pub(super) fn set_cookie_at(
    app: &Shared,
    name: &str,
    value: &str,
    seconds: i64,
    path: &str,
) -> HeaderValue {
    let secure = app.public_url.as_deref().is_some_and(|u| u.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The header that hands a new session to the browser.
pub(super) fn session_cookie(app: &Shared, secret: &Secret) -> HeaderValue {
    set_cookie(app, SESSION, secret.reveal(), 30 * 86_400)
}

/// The theme that a browser chose.
pub(super) fn theme(headers: &HeaderMap) -> Theme {
    Theme::from_word(cookie(headers, THEME).unwrap_or_default())
}

/// The header that keeps a theme.
pub(super) fn theme_cookie(app: &Shared, theme: Theme) -> HeaderValue {
    set_cookie(app, THEME, theme.word(), 365 * 86_400)
}

/// A person in a browser; without a session the request ends at the sign-in page.
pub(super) struct Visitor(pub Actor);

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Shared,
    ) -> std::result::Result<Self, Response> {
        let theme = theme(&parts.headers);
        match by_cookie(&parts.headers, app).await {
            Ok(Some(actor)) => Ok(Self(actor)),
            Ok(None) => {
                let wanted = parts.uri.path_and_query().map_or("/", |p| p.as_str());
                // After a form the page that it was on: what was typed waits there.
                let page = parts.headers.get(header::REFERER).and_then(|v| v.to_str().ok());
                let page = page.and_then(|r| r.split_once("://")).and_then(|(_, rest)| {
                    rest.find('/').map(|at| &rest[at..]).filter(|p| super::forms::is_local(p))
                });
                let back = if parts.method == Method::GET { wanted } else { page.unwrap_or("/") };
                let back = serde_urlencoded::to_string([("back", back)]).unwrap_or_default();
                Err(Redirect::to(&format!("/login?{back}")).into_response())
            }
            Err(error) => Err(super::pages::error_page(&error, theme)),
        }
    }
}

/// The actor of a session cookie.
pub(super) async fn by_cookie(headers: &HeaderMap, app: &Shared) -> Result<Option<Actor>> {
    let Some(token) = cookie(headers, SESSION).map(str::to_owned) else { return Ok(None) };
    let now = app.clock.now();
    app.db.read(move |conn| accounts::by_session(conn, &token, now)).await
}

/// A program with a token.
pub(super) struct Program(pub Actor);

impl FromRequestParts<Shared> for Program {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Shared,
    ) -> std::result::Result<Self, Response> {
        match by_bearer(&parts.headers, limits::peer(&parts.extensions), app).await {
            Ok(actor) => Ok(Self(actor)),
            Err(error) => Err(super::api::error_response(&error)),
        }
    }
}

pub(super) async fn by_bearer(
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    app: &Shared,
) -> Result<Actor> {
    let refused = || {
        Error::Unauthenticated(
            "Send a valid token as “Authorization: Bearer …”. Make one under Account, or with “wherefore token create”.".into(),
        )
    };
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned())
        .ok_or_else(refused)?;
    let (now, asked) = (app.clock.now(), token.clone());
    match app.db.read(move |conn| tokens::actor_of(conn, &asked, now)).await? {
        Some(actor) => app.limits.program(&token, app.api_rate).map(|()| actor),
        None => Err(app.limits.stranger(headers, peer).err().unwrap_or_else(refused)),
    }
}

/// Refuses a browser's change that comes from another site. The API is exempt: a token is no cookie.
pub(super) async fn same_origin(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Mail programs end a digest by themselves; the link alone says whose. A webhook proves itself.
    let path = request.uri().path();
    let token = path.starts_with("/unsubscribe/") || path.starts_with("/hooks/") || path == "/mcp";
    if safe || token || request.uri().path().starts_with("/api/") || is_own(request.headers(), &app)
    {
        return next.run(request).await;
    }
    let error = Error::Forbidden(
        "This form was sent from another address than the one you opened. Open the page again and repeat it; behind a proxy, start with --public-url.".into(),
    );
    super::pages::error_page(&error, theme(request.headers()))
}

/// The host that a request names, where it may be ours: what the operator said, an address by number,
/// or this machine. Any other name may be a stranger's, who has a browser send it here.
pub(super) fn own_host<'h>(app: &Shared, headers: &'h HeaderMap) -> Option<&'h str> {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok())?;
    let public = app.public_url.as_deref().and_then(|url| url.split_once("://"));
    let public = public.map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
    let known =
        public.is_some_and(|public| public.eq_ignore_ascii_case(host)) || is_number_or_local(host);
    known.then_some(host)
}

/// Whether a request came to this server by a name that is its own. Within this process none is.
pub(super) fn known_host(app: &Shared, headers: &HeaderMap) -> bool {
    !headers.contains_key(header::HOST) || own_host(app, headers).is_some()
}

fn is_number_or_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

fn is_own(headers: &HeaderMap, app: &Shared) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = text(header::HOST).unwrap_or_default();
    let origin_host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let public = app.public_url.as_deref().map(|u| u.trim_end_matches('/'));
    origin_host == host || public == Some(origin)
}

#[cfg(test)]
mod tests {
    use super::is_number_or_local;

    #[test]
    fn only_numbers_and_this_machine_are_believed() {
        for host in ["localhost", "LOCALHOST:7411", "127.0.0.1:7411", "[::1]:80", "10.1.2.3"] {
            assert!(is_number_or_local(host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", ""] {
            assert!(!is_number_or_local(host), "{host}");
        }
    }
}
