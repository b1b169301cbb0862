//! People and their links, one's own account and tokens.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, choices, error_page, once, show, show_link};
use crate::kernel::{Access, Error, Result, Role};
use crate::people::accounts::{self, ListTokens, TokenView};
use crate::people::{door_mail, members};
use crate::shell;
use crate::store::{Query, load};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use crate::thread::reads::ListOwnReads;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/people", get(people))
        .route("/people/invite", post(invite))
        .route("/people/reset", post(reset))
        .route("/account", get(account))
}

async fn people(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        cx.actor.check(Access::Admin)?;
        let all = members::all(cx.conn, cx.actor.workspace)?;
        let rows = all
            .iter()
            .map(|p| {
                let id = p.id.to_string();
                vec![
                    html! { (p.name) },
                    html! { (p.title) },
                    html! { (p.role) },
                    html! {
                        @if p.account_id.is_none() { "known by name, as from an import" }
                        @else if p.active { "active" } @else { "inactive" }
                    },
                    html! {
                        (shell::menu("Change", None, shell::form("/do/edit-person", html! {
                            (shell::hidden("person", &id))
                            (shell::hidden("_back", "/people"))
                            (shell::field("Name", "name").value(&p.name))
                            (shell::field("Title, a label only", "title").value(&p.title))
                            (super::culture::asks_briefly(&id))
                            (shell::select("Role", "role", choices(&["guest", "member", "admin", "owner"], None)).value(&p.role))
                            (shell::select("May sign in", "active", choices(&["true", "false"], None)).value(p.active.to_string()))
                            (shell::submit("Save"))
                        })))
                        @if p.account_id.is_some() {
                            form.inline method="post" action="/people/reset" data-turbo="false" {
                                (shell::hidden("person", &id))
                                button.btn.small { "Reset link" }
                            }
                        } @else {
                            form.inline method="post" action="/people/invite" data-turbo="false" {
                                (shell::hidden("person", &id))
                                (shell::hidden("role", "member"))
                                button.btn.small title="A link to join as this person, who keeps all that is theirs" {
                                    "Invite"
                                }
                            }
                        }
                    },
                ]
            })
            .collect();
        let main = html! {
            (shell::data_table("People", &["Name", "Title", "Role", "", ""], rows))
            p { a href="/people/titles" { "Change several titles" } }
            (shell::section("Invite", shell::plain_form("/people/invite", html! {
                (shell::field("E-mail", "email").kind("email").id("invite-email").autocomplete("off")
                    .help("The invitation goes there by mail. Leave it empty to get only the link, and send it as you like."))
                (shell::select("As", "role", choices(&["member", "guest", "admin"], None)))
                (shell::submit("Invite"))
                p.soft { "The link holds for seven days and for one person." }
            })))
        };
        Ok(Page {
            title: "People".into(),
            active: "people",
            head: Some(shell::page_head("Workspace", "People", html! {}, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

#[derive(Deserialize)]
struct Invite {
    role: String,
    /// Where the invitation goes by mail.
    #[serde(default)]
    email: String,
    /// Somebody who is known by name already.
    person: Option<crate::kernel::Id>,
}

/// The address that a link begins with.
pub(in crate::surfaces) fn base(app: &Shared, headers: &HeaderMap) -> String {
    if let Some(url) = &app.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get("host").and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

async fn invite(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Form(input): Form<Invite>,
) -> Response {
    let told = mailed(&app, input.email.trim());
    let made = invitation(&app, actor, input).await;
    match made {
        Ok(secret) => show_link(
            &format!("{}/join/{secret}", base(&app, &headers)),
            "/people",
            &told,
            theme(&headers),
        ),
        Err(error) => error_page(&error, theme(&headers)),
    }
}

async fn invitation(app: &Shared, actor: crate::kernel::Actor, input: Invite) -> Result<String> {
    actor.check(Access::Admin)?;
    let role = Role::parse(&input.role)?;
    if role >= actor.role && role != Role::Member {
        return Err(Error::Forbidden("You invite people up to the role below yours.".into()));
    }
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            let secret = door_mail::invitation(tx, &actor, role, input.person, &input.email, now)?;
            Ok(secret.reveal().to_owned())
        })
        .await
}

/// What is said of a link that also goes by mail.
fn mailed(app: &Shared, to: &str) -> String {
    match (to, app.post.can_send()) {
        ("", _) => String::new(),
        (to, true) => format!("It is also on its way to {to} by mail."),
        (to, false) => {
            format!("It waits for {to} in the outbox: this installation sends no mail yet.")
        }
    }
}

#[derive(Deserialize)]
struct Reset {
    person: crate::kernel::Id,
}

async fn reset(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Form(input): Form<Reset>,
) -> Response {
    let now = app.clock.now();
    let made = app
        .db
        .write(move |tx| {
            actor.check(Access::Admin)?;
            let person = load::<members::Person>(tx, actor.workspace, input.person)?
                .ok_or(Error::NotFound("person"))?;
            if Role::parse(&person.role)? > actor.role {
                return Err(Error::Forbidden("Only an owner makes a link for an owner.".into()));
            }
            let account = person.account_id.ok_or(Error::NotFound("account"))?;
            let link = accounts::new_link(tx, "reset", None, None, Some(account), now)?;
            let to = door_mail::reset(tx, actor.workspace, account, &link, now)?;
            Ok((link.reveal().to_owned(), to))
        })
        .await;
    match made {
        Ok((secret, to)) => show_link(
            &format!("{}/reset/{secret}", base(&app, &headers)),
            "/people",
            &mailed(&app, &to),
            theme(&headers),
        ),
        Err(error) => error_page(&error, theme(&headers)).into_response(),
    }
}

/// What a token may do, in words.
fn may(token: &TokenView) -> Markup {
    html! {
        @match (&token.responsibilities, token.read_only) {
            (_, true) => { "reads" }
            (Some(held), _) => {
                "as an agent: " (held.iter().map(u8::to_string).collect::<Vec<_>>().join(", "))
            }
            _ => { "reads and writes" }
        }
    }
}

async fn account(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        let tokens = ListTokens {}.run(cx)?;
        let reads = ListOwnReads {}.run(cx)?;
        let rows = tokens
            .iter()
            .map(|t| {
                vec![
                    html! { (t.name) },
                    may(t),
                    html! { @if let Some(end) = t.expires_at { (shell::time_tag(end)) } @else { "never" } },
                    shell::post_button(&format!("/do/end-token?token={}&_back=/account", t.id), "End", None),
                ]
            })
            .collect();
        let main = html! {
            (shell::section("Tokens for programs that act as you", html! {
                @if tokens.is_empty() { p.soft { "None yet. A token lets a script or an agent use the API under /api/v1." } }
                @else { (shell::data_table("Tokens", &["Name", "May", "Until", ""], rows)) }
                (shell::plain_form("/do/create-token", html! {
                    (once())
                    (shell::field("Name", "name").placeholder("weekly report"))
                    (shell::checkbox("It may only read", "read_only").value("true"))
                    (shell::field("For an agent: its responsibilities", "responsibilities").placeholder("33, 35")
                        .help("Numbers from a charter. The agent may propose beside them and do nothing else; empty for a program that may do what you may."))
                    (shell::submit("Make a token"))
                }))
            }))
            (shell::section("Evidence you opened", html! {
                p.soft { "Only you see this list." }
                @if reads.is_empty() { p.soft { "None yet." } } @else {
                    (shell::list("Evidence you opened", html! {
                        @for r in reads.iter().take(20) {
                            (shell::list_row(format!("/{}", r.key), r.title.clone())
                                .key(r.key.clone()).facet(shell::Facet::Why).peek()
                                .tail(shell::day_tag(r.day)))
                        }
                    }))
                }
            }))
            (shell::section("API", html! {
                p { a href="/docs/api" { "What every call does and takes" } ", with examples; for programs the " a href="/openapi.json" { "OpenAPI document" } "." }
            }))
        };
        Ok(Page {
            title: "Account".into(),
            head: Some(shell::page_head("You", &cx.actor.name.clone(), html! { (cx.actor.role.as_str()) }, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}
