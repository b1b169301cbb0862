//! The pages before one is signed in: sign in, set up, join, choose a new password.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::forms::is_local;
use super::session::{SESSION, by_cookie, cookie, session_cookie, set_cookie, theme, theme_cookie};
use super::{Shared, limits, pages};
use crate::kernel::{Error, Result};
use crate::people::sign_in::{self, Invitation, Session, SetUp};
use crate::people::{access, accounts, door_mail, one_time};
use crate::shell::{Plain, Theme, checkbox, field, form, form_error, hidden, submit};

pub(super) fn router(app: Shared) -> Router<Shared> {
    let doors = Router::new()
        .route("/login", get(login_page).post(login))
        .route("/setup/{token}", get(setup_page).post(setup))
        .route("/join/{token}", get(join_page).post(join))
        .route("/reset/{token}", get(reset_page).post(reset))
        .route("/forgot", get(forgot_page).post(forgot))
        .route_layer(from_fn_with_state(app, limits::doors));
    doors.route("/logout", post(logout)).route("/theme", post(set_theme))
}

#[derive(Deserialize, Default)]
struct Login {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

fn page(headers: &HeaderMap, title: &str, error: Option<&Error>, body: Markup) -> Response {
    let main = html! { h1 { (title) } (form_error(error)) (invalid(error)) (body) };
    let page = Plain { theme: theme(headers), ..Plain::new(title) }.render(main);
    let status = error.map_or(200, Error::status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, page).into_response();
    if let Some(Error::TooMany(seconds)) = error {
        response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    response
}

fn invalid(error: Option<&Error>) -> Markup {
    match error {
        Some(Error::Invalid { field: Some(_), message }) => {
            crate::shell::notice(crate::shell::Tone::Bad, html! { (message) })
        }
        _ => html! {},
    }
}

/// Into the product with a fresh session; an old one is left behind.
async fn enter(app: &Shared, headers: &HeaderMap, session: &Session, to: &str) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (secret, agent) = (session.secret.reveal().to_owned(), agent.to_owned());
    // What a list of sessions calls it is worth no refusal.
    let named = app.db.write(move |tx| access::describe_session(tx, &secret, &agent)).await;
    if let Err(error) = named {
        tracing::warn!(%error, "a session has no name");
    }
    let cookie = session_cookie(app, &session.secret);
    let to = if is_local(to) { to } else { "/" };
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)], [(header::SET_COOKIE, cookie)])
        .into_response()
}

fn login_form(headers: &HeaderMap, input: &Login, error: Option<&Error>) -> Response {
    let body = form(
        "/login",
        html! {
            (hidden("back", &input.back))
            (field("E-mail", "email").kind("email").value(&input.email).autocomplete("username").autofocus())
            (field("Password", "password").kind("password").autocomplete("current-password"))
            (submit("Sign in"))
            p { a href="/forgot" { "Forgot your password?" } }
            p.soft { "No account? An admin of your workspace invites you. While nobody has one, the program prints a link for setting up where it was started." }
        },
    );
    page(headers, "Sign in", error, body)
}

async fn login_page(
    State(app): State<Shared>,
    headers: HeaderMap,
    Query(input): Query<Login>,
) -> Response {
    if let Ok(Some(_)) = by_cookie(&headers, &app).await {
        return Redirect::to("/").into_response();
    }
    login_form(&headers, &input, None)
}

async fn login(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Form(input): Form<Login>,
) -> Response {
    let host = limits::host(&headers, limits::peer(&extensions))
        .map_or_else(|| "local".into(), |h| h.to_string());
    let tried =
        sign_in::sign_in(&app.db, &app.clock, &input.email, input.password.clone(), &host).await;
    match tried {
        // Whoever asks for no page in particular begins with their own work.
        Ok(session) => {
            let to = if matches!(input.back.as_str(), "" | "/") { "/my-work" } else { &input.back };
            enter(&app, &headers, &session, to).await
        }
        Err(error) => login_form(&headers, &input, Some(&error)),
    }
}

async fn logout(State(app): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(token) = cookie(&headers, SESSION).map(str::to_owned) {
        let ended = app.db.write(move |tx| accounts::end_session(tx, &token)).await;
        if let Err(error) = ended {
            return pages::error_page(&error, theme(&headers));
        }
    }
    let gone = set_cookie(&app, SESSION, "", 0);
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/login")], [(header::SET_COOKIE, gone)])
        .into_response()
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: String,
}

async fn set_theme(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(input): Form<ThemeForm>,
) -> Response {
    let chosen = theme_cookie(&app, Theme::from_word(&input.theme));
    let back = headers
        .get(header::REFERER)
        .and_then(|v| v.to_str().ok())
        .and_then(|r| r.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .filter(|b| is_local(b))
        .unwrap_or_else(|| "/".into());
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)], [(header::SET_COOKIE, chosen)])
        .into_response()
}

/// Whether a link still holds, before its page is shown.
async fn check(app: &Shared, token: &str, purpose: &'static str) -> Result<()> {
    let (token, now) = (token.to_owned(), app.clock.now());
    app.db.read(move |conn| one_time::unused(conn, &token, purpose, now).map(drop)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Newcomer {
    workspace: String,
    name: String,
    email: String,
    password: String,
    product_name: String,
    product_key: String,
}

fn person_fields(input: &Newcomer) -> Markup {
    html! {
        (field("Your name", "name").value(&input.name).autocomplete("name"))
        (field("E-mail", "email").kind("email").value(&input.email).autocomplete("username"))
        (field("Password, at least 10 characters", "password").kind("password").autocomplete("new-password"))
    }
}

fn setup_form(
    headers: &HeaderMap,
    token: &str,
    input: &Newcomer,
    error: Option<&Error>,
) -> Response {
    let body = form(
        &format!("/setup/{token}"),
        html! {
            (field("Workspace", "workspace").value(&input.workspace).placeholder("Southway"))
            (person_fields(input))
            p.soft { "Then a few questions: which company, what you build, who is there. Each can be skipped." }
            details open[!input.product_key.is_empty() || !input.product_name.is_empty()] {
                summary { "Name the first product here already" }
                (field("First product", "product_name").value(&input.product_name).placeholder("Southway Tickets"))
                (field("Its key, the front of every item's key", "product_key").value(&input.product_key).placeholder("RIDE")
                    .help("Two to ten letters and digits. Left empty, it is made of the name."))
            }
            (submit("Set up"))
        },
    );
    page(headers, "Set up Wherefore", error, body)
}

async fn setup_page(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    match check(&app, &token, "setup").await {
        Ok(()) => setup_form(&headers, &token, &Newcomer::default(), None),
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

async fn setup(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(input): Form<Newcomer>,
) -> Response {
    let wanted = SetUp {
        workspace: input.workspace.clone(),
        name: input.name.clone(),
        email: input.email.clone(),
        password: None,
        product_key: input.product_key.clone(),
        product_name: input.product_name.clone(),
    };
    let password = input.password.clone();
    match sign_in::use_setup_link(&app.db, &app.clock, token.clone(), wanted, password).await {
        Ok(session) => enter(&app, &headers, &session, "/begin").await,
        Err(error) => setup_form(&headers, &token, &input, Some(&error)),
    }
}

fn join_form(
    headers: &HeaderMap,
    token: &str,
    input: &Newcomer,
    invited: Option<&Invitation>,
    error: Option<&Error>,
) -> Response {
    let body = html! {
        @if let Some(by) = invited.and_then(|i| i.by.as_ref()) { p { b { (by) } " invites you." } }
        (form(&format!("/join/{token}"), html! { (person_fields(input)) (submit("Join")) }))
    };
    let title = match invited {
        Some(invited) => format!("Join {}", invited.workspace),
        None => "Join the workspace".to_owned(),
    };
    page(headers, &title, error, body)
}

/// What the invitation tells; one that holds no more tells nothing.
async fn invitation(app: &Shared, token: &str) -> Result<Invitation> {
    let (token, now) = (token.to_owned(), app.clock.now());
    app.db.read(move |conn| sign_in::invitation(conn, &token, now)).await
}

async fn join_page(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    match invitation(&app, &token).await {
        Ok(invited) => {
            let name = invited.name.clone().unwrap_or_default();
            let input = Newcomer { name, ..Newcomer::default() };
            join_form(&headers, &token, &input, Some(&invited), None)
        }
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

async fn join(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(input): Form<Newcomer>,
) -> Response {
    let joined = sign_in::use_invitation(
        &app.db,
        &app.clock,
        token.clone(),
        input.name.clone(),
        input.email.clone(),
        input.password.clone(),
    );
    match joined.await {
        Ok(session) => enter(&app, &headers, &session, "/").await,
        Err(error) => {
            let invited = invitation(&app, &token).await.ok();
            join_form(&headers, &token, &input, invited.as_ref(), Some(&error))
        }
    }
}

fn forgot_form(
    app: &Shared,
    headers: &HeaderMap,
    input: &Login,
    error: Option<&Error>,
) -> Response {
    let body = html! {
        @if app.post.can_send() {
            (form("/forgot", html! {
                (field("E-mail", "email").kind("email").value(&input.email).autocomplete("username").autofocus())
                (submit("Send me a link"))
            }))
        } @else {
            p { "This installation sends no mail yet. An admin of your workspace makes you a link." }
        }
        p { a href="/login" { "Back to signing in" } }
    };
    page(headers, "A new password", error, body)
}

async fn forgot_page(State(app): State<Shared>, headers: HeaderMap) -> Response {
    forgot_form(&app, &headers, &Login::default(), None)
}

async fn forgot(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Form(input): Form<Login>,
) -> Response {
    let host = limits::host(&headers, limits::peer(&extensions))
        .map_or_else(|| "local".into(), |h| h.to_string());
    match door_mail::ask_for_reset(&app.db, &app.clock, &input.email, &host).await {
        Ok(()) => {
            let body = html! {
                p { "If " b { (input.email.trim()) } " has an account here, a link is on its way." }
                p { a href="/login" { "Back to signing in" } }
            };
            page(&headers, "Look into your mail", None, body)
        }
        Err(error) => forgot_form(&app, &headers, &input, Some(&error)),
    }
}

fn reset_form(headers: &HeaderMap, token: &str, error: Option<&Error>) -> Response {
    let body = form(
        &format!("/reset/{token}"),
        html! {
            (field("New password, at least 10 characters", "password").kind("password").autocomplete("new-password"))
            p.soft { "You are signed out in all browsers. API tokens go on working, so that no program stops in the night, unless you end them here." }
            (checkbox("End my API tokens too, since somebody else may know one", "end_tokens"))
            (submit("Set the password"))
        },
    );
    page(headers, "Choose a new password", error, body)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reset {
    password: String,
    end_tokens: String,
}

async fn reset_page(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    match check(&app, &token, "reset").await {
        Ok(()) => reset_form(&headers, &token, None),
        Err(error) => pages::error_page(&error, theme(&headers)),
    }
}

async fn reset(
    State(app): State<Shared>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(input): Form<Reset>,
) -> Response {
    let (secret, all) = (token.clone(), !input.end_tokens.is_empty());
    match sign_in::use_reset_link(&app.db, &app.clock, secret, input.password, all).await {
        Ok(session) => enter(&app, &headers, &session, "/").await,
        Err(error) => reset_form(&headers, &token, Some(&error)),
    }
}
