//! Signing in by a link, out, and being forgotten. The link's page has a button, so that a program
//! that opens links in mail does not use it up.

use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use super::{
    Guest, SESSION, Sent, Shared, form, guards, guest, host, local, refusal, session_cookie, to,
};
use crate::kernel::Error;
use crate::people::contacts;
use crate::shell::{self, Tone};
use crate::surfaces::session::cookie;
use crate::thread::portal::visitors;

/// Where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Back {
    back: String,
}

pub(super) async fn ask(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(from): Query<Back>,
) -> Response {
    match guest(&app, &headers, &slug).await {
        Ok(guest) => {
            let back = local(&guest, &from.back);
            ask_page(&guest, &back, ("", ""), None)
        }
        Err(error) => refusal(&error),
    }
}

fn ask_page(
    guest: &Guest,
    back: &str,
    (email, name): (&str, &str),
    error: Option<&Error>,
) -> Response {
    let main = html! {
        h1 { "Sign in" }
        @if let Some(error) = error { (shell::notice(Tone::Bad, html! { (error.to_string()) })) }
        p.lead { "No password: you get a link by e-mail. Your address is shown to nobody outside; it is used to tell you what became of what you asked for." }
        (form(&guest.path("/sign-in"), html! {
            (guards(guest.now))
            (shell::hidden("back", back))
            (shell::field("E-mail", "email").kind("email").value(email).autocomplete("email").required())
            (shell::field("Name shown beside what you write", "name").value(name).autocomplete("nickname").help("Leave it empty to stay unnamed."))
            (shell::submit("Send me a link"))
        }))
    };
    let status = StatusCode::from_u16(error.map_or(200, Error::status)).unwrap_or(StatusCode::OK);
    guest.answer(status, &guest.frame("Sign in", "sign-in"), main)
}

pub(super) async fn send(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Path(slug): Path<String>,
    body: String,
) -> Response {
    let guest = match guest(&app, &headers, &slug).await {
        Ok(guest) => guest,
        Err(error) => return refusal(&error),
    };
    let sent = Sent::of(&body);
    let back = local(&guest, sent.get("back"));
    let (email, name) = (sent.get("email").to_owned(), sent.get("name").to_owned());
    if !sent.is_machine(guest.now) {
        let (slug, now, host) =
            (guest.site.portal.slug.clone(), guest.now, host(&headers, &extensions));
        let (to, named, onward) = (email.clone(), name.clone(), back.clone());
        let asked = app
            .db
            .write(move |tx| visitors::ask_for_link(tx, &slug, (&to, &named), &onward, &host, now))
            .await;
        if let Err(error) = asked {
            return ask_page(&guest, &back, (&email, &name), Some(&error));
        }
    }
    let main = html! {
        h1 { "Look into your mail" }
        p { "If " b { (email) } " can sign in here, a link is on its way. It holds for " (contacts::LINK_MINUTES) " minutes." }
    };
    guest.answer(StatusCode::OK, &guest.frame("Look into your mail", "sign-in"), main)
}

pub(super) async fn confirm(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path((slug, token)): Path<(String, String)>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let (site, asked, now) = (guest.site.clone(), token.clone(), guest.now);
        let link = app
            .db
            .read(move |conn| contacts::link(conn, site.ws, site.product.id, &asked, now))
            .await?;
        let main = html! {
            h1 { "Sign in to " (guest.site.portal.title) }
            p { "As " b { (link.email) } "." }
            (form(&guest.path(&format!("/enter/{token}")), shell::submit("Sign in")))
        };
        let mut page = guest.answer(StatusCode::OK, &guest.frame("Sign in", "enter"), main);
        page.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        Ok(page)
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

pub(super) async fn enter(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path((slug, token)): Path<(String, String)>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let (slug, now) = (guest.site.portal.slug.clone(), guest.now);
        let (secret, back) =
            app.db.write(move |tx| visitors::enter(tx, &slug, &token, now)).await?;
        let cookie = session_cookie(&app, secret.reveal(), 60 * 86_400);
        let to = local(&guest, &back);
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)], [(header::SET_COOKIE, cookie)])
            .into_response())
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

pub(super) async fn me(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let guest = match guest(&app, &headers, &slug).await {
        Ok(guest) => guest,
        Err(error) => return refusal(&error),
    };
    let Some(contact) = &guest.contact else { return to(&guest.path("/sign-in")) };
    let main = html! {
        h1 { "You" }
        p { "Signed in with " b { (contact.email) } "." }
        section {
            h2 { "Be forgotten" }
            p { "Your address and your name are removed for good, and you are signed out. What you wrote stays, as somebody's; to have that removed too, write to us." }
            (form(&guest.path("/forget-me"), html! {
                (shell::checkbox("Forget me", "sure"))
                (shell::danger("Forget me", "do", "forget"))
            }))
        }
    };
    guest.answer(StatusCode::OK, &guest.frame("You", "me"), main)
}

pub(super) async fn leave(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        if let Some(token) = cookie(&headers, SESSION).map(str::to_owned) {
            app.db.write(move |tx| contacts::end_session(tx, &token)).await?;
        }
        let gone = session_cookie(&app, "", 0);
        let to = guest.path("");
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)], [(header::SET_COOKIE, gone)])
            .into_response())
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

pub(super) async fn forget(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Path(slug): Path<String>,
    body: String,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let visit = guest.visit(&headers, &extensions)?;
        if Sent::of(&body).get("sure").is_empty() {
            return Ok(to(&guest.path("/me")));
        }
        let now = guest.now;
        app.db.write(move |tx| visitors::leave(tx, &visit, now)).await?;
        let gone = session_cookie(&app, "", 0);
        let to = guest.path("");
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)], [(header::SET_COOKIE, gone)])
            .into_response())
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}
