//! People and their links, one's own account and tokens.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, choices, error_page, once, show, show_link};
use crate::kernel::{Access, Error, Result, Role};
use crate::people::access::{
    ListSessions, archive_workspace, archived_at, may_let_in, reopen_workspace, session_name,
};
use crate::people::tokens::{ListTokens, TokenView};
use crate::people::{accounts, one_time};
use crate::people::{door_mail, members};
use crate::shell::{self, Choice};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{SESSION, Visitor, cookie, own_host, theme};
use crate::thread::reads::ListOwnReads;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/people", get(people))
        .route("/people/invite", post(invite))
        .route("/people/reset", post(reset))
        .route("/people/archive", post(archive))
        .route("/people/reopen", post(reopen))
        .route("/account", get(account))
}

async fn people(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        cx.actor.check_role(Access::Admin)?;
        let all = members::all(cx.conn, cx.actor.workspace)?;
        let invited = one_time::invited(cx.conn, cx.actor.workspace, cx.now)?;
        let rows = all
            .iter()
            .map(|p| {
                let id = p.id.to_string();
                vec![
                    html! { (p.name) },
                    html! { (p.title) },
                    html! { (p.role) },
                    html! {
                        @if p.account_id.is_none() && invited.contains(&p.id) { "invited, not here yet" }
                        @else if p.account_id.is_none() { "known by name, as from an import" }
                        @else if p.active { "active" } @else { "inactive" }
                    },
                    html! {
                        (shell::menu("Change", None, shell::form("/do/edit-person", html! {
                            (shell::hidden("person", &id))
                            (shell::hidden("_back", "/people"))
                            (shell::field("Name", "name").value(&p.name).id(format!("name-{id}")))
                            (shell::field("Title, a label only", "title").value(&p.title).id(format!("title-{id}")))
                            (super::culture::asks_briefly(&id))
                            (shell::select("Role", "role", choices(&["guest", "member", "admin", "owner"], None)).value(&p.role).id(format!("role-{id}")))
                            (shell::submit("Save"))
                        })))
                        (leaving(p, &all))
                        @if p.account_id.is_some() && p.active && may_let_in(cx.actor, p).is_ok() {
                            form.inline method="post" action="/people/reset" data-turbo="false" {
                                (shell::hidden("person", &id))
                                button.btn.small { "Reset link" }
                            }
                        } @else if p.account_id.is_none() {
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
            (shell::data_table("People", &["Name", "Title", "Role", "State", ""], rows))
            p { a href="/people/titles" { "Change several titles" } }
            (shell::section("Invite", shell::plain_form("/people/invite", html! {
                (shell::field("E-mail", "email").kind("email").id("invite-email").autocomplete("off")
                    .help("The invitation goes there by mail. Leave it empty to get only the link, and send it as you like."))
                (shell::select("As", "role", choices(&["member", "guest", "admin"], None)))
                (shell::submit("Invite"))
                p.soft { "The link holds for seven days and for one person." }
            })))
            (workspace(cx)?)
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

/// What can be done where somebody leaves.
fn leaving(p: &members::Person, all: &[members::Person]) -> Markup {
    let id = p.id.to_string();
    let fields = html! { (shell::hidden("person", &id)) (shell::hidden("_back", "/people")) };
    let heirs = std::iter::once(Choice::new("", "nobody")).chain(
        all.iter().filter(|o| o.active && o.id != p.id).map(|o| Choice::new(o.id, o.name.clone())),
    );
    html! {
        @if p.active {
            (shell::menu("Leaves", None, html! {
                (shell::form("/do/deactivate-person", html! {
                    (fields)
                    p.soft { (p.name) " cannot sign in any more and is signed out; programs with their tokens stop. What they did stays." }
                    (shell::select("Their open work goes to", "assign_to", heirs.collect()))
                    (shell::checkbox("Leave their name on it", "keep_work").value("true"))
                    (shell::submit("Deactivate"))
                }))
                (shell::form("/do/end-access", html! {
                    (fields)
                    p.soft { "A lost phone: sign them out everywhere, without any other change." }
                    (shell::checkbox("End their API tokens too", "tokens").value("true"))
                    (shell::submit("Sign out everywhere"))
                }))
            }))
        } @else if p.account_id.is_some() {
            (shell::post_button(&format!("/do/edit-person?person={id}&active=true&_back=/people"), "Reactivate", None))
            (shell::menu("Erase", None, shell::form("/do/anonymise-person", html! {
                (fields)
                p { "Name, title, address, password and letters of " (p.name) " are erased for good, in the past too. What they did stays, under “Former member”. Texts that others wrote keep what stands in them." }
                (shell::submit("Erase for good"))
            })))
        }
    }
}

/// The workspace itself: its name, and whether it is closed.
fn workspace(cx: &mut Reader<'_>) -> Result<Markup> {
    let name = accounts::workspace_name(cx.conn, cx.actor.workspace)?;
    let closed = archived_at(cx.conn, cx.actor.workspace)?;
    let owner = cx.actor.role == Role::Owner;
    Ok(shell::section(
        "Workspace",
        html! {
            @match closed {
                Some(since) => {
                    p { (name) " is archived since " (shell::time_tag(since)) ": everything can be read, nothing is changed." }
                    @if owner {
                        form method="post" action="/people/reopen" { button.btn { "Open it again" } }
                    }
                }
                None => {
                    (shell::plain_form("/do/rename-workspace", html! {
                        (shell::hidden("_back", "/people"))
                        (shell::field("Name", "name").id("workspace-name").value(&name).required())
                        (shell::submit("Rename"))
                    }))
                    @if owner {
                        (shell::menu("Archive", None, shell::form("/people/archive", html! {
                            p { "Everybody can go on reading; nobody changes anything, and neither do programs. You can open it again here." }
                            (shell::field("Type the workspace's name", "name").id("archive-name").autocomplete("off"))
                            (shell::submit("Archive the workspace"))
                        })))
                    }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Archive {
    name: String,
}

async fn archive(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Form(input): Form<Archive>,
) -> Response {
    let now = app.clock.now();
    let done = app.db.write(move |tx| archive_workspace(tx, &actor, &input.name, now)).await;
    match done {
        Ok(()) => Redirect::to("/people").into_response(),
        Err(error) => error_page(&error, theme(&headers)),
    }
}

async fn reopen(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
) -> Response {
    match app.db.write(move |tx| reopen_workspace(tx, &actor)).await {
        Ok(()) => Redirect::to("/people").into_response(),
        Err(error) => error_page(&error, theme(&headers)),
    }
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
    // A name that anybody could have written into the request begins no link.
    match (own_host(app, headers), app.post.base()) {
        (Some(host), _) => format!("http://{host}"),
        (None, "") => "http://localhost".into(),
        (None, listening) => listening.trim_end_matches('/').to_owned(),
    }
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
    if to.is_empty() { String::new() } else { app.post.beside(to) }
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
            let (link, to) = door_mail::reset_for(tx, &actor, input.person, now)?;
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

/// The browsers in which one is signed in; the others can be signed out from here.
fn browsers(cx: &mut Reader<'_>, here: &str) -> Result<Markup> {
    let sessions = ListSessions {}.run(cx)?;
    let rows = sessions
        .iter()
        .map(|s| {
            vec![
                html! {
                    (if s.agent.is_empty() { "A browser" } else { s.agent.as_str() })
                    @if s.id == here { " " span.soft { "(this one)" } }
                },
                shell::time_tag(s.created_at),
                shell::time_tag(s.expires_at),
            ]
        })
        .collect();
    Ok(shell::section(
        "Where you are signed in",
        html! {
            (shell::data_table("Browsers", &["Browser", "Since", "Until"], rows))
            @if sessions.len() > 1 {
                (shell::post_button(&format!("/do/end-other-sessions?keep={here}&_back=/account"), "Sign out in all others", None))
            }
        },
    ))
}

/// The links with which a new password could be set that others made for whoever looks.
fn links_made(cx: &mut Reader<'_>) -> Result<Markup> {
    let (ws, me) = (cx.actor.workspace, cx.actor.person);
    let made = door_mail::resets_of(cx.conn, ws, me)?;
    if made.is_empty() {
        return Ok(html! {});
    }
    let names = members::names(cx.conn, ws)?;
    let who = |id: Option<crate::kernel::Id>| match id {
        Some(id) => names.get(&id).cloned().unwrap_or_default(),
        None => "An operator of this installation".to_owned(),
    };
    let rows =
        made.into_iter().map(|(by, at)| vec![html! { (who(by)) }, shell::time_tag(at)]).collect();
    Ok(shell::section(
        "Links to your account",
        html! {
            p.soft { "With each of these a new password for you could be chosen, once, within seven days. If you did not ask for one, choose a new password at the door and end your tokens." }
            (shell::data_table("Links to your account", &["Made by", "When"], rows))
        },
    ))
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
    let here = cookie(&headers, SESSION).map(session_name).unwrap_or_default();
    show(&app, visitor, &headers, move |cx| {
        let tokens = ListTokens {}.run(cx)?;
        let reads = ListOwnReads {}.run(cx)?;
        let sessions = browsers(cx, &here)?;
        let links = links_made(cx)?;
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
                    (shell::field("Name", "name").placeholder("weekly report").required()
                        .help("A program with it may do all that you may."))
                    (shell::checkbox("It may only read", "read_only").value("true"))
                    (shell::submit("Make a token"))
                }))
            }))
            (shell::section("A token for an agent", html! {
                p.soft { "An agent is held to the responsibilities that you name: beside them it proposes and does nothing else. What is your own word stays yours: it signs, acknowledges, answers and votes nothing in your name." }
                (shell::plain_form("/do/create-token", html! {
                    (once())
                    (shell::field("Name", "name").id("agent-name").placeholder("refinement agent").required())
                    (shell::field("Its responsibilities", "responsibilities").placeholder("33, 35").required()
                        .help("Numbers from a charter, at least one."))
                    (shell::submit("Make a token for an agent"))
                }))
            }))
            (sessions)
            (links)
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
