//! The portal from inside: what waits to be let in, ideas with who asks, replies, the changelog,
//! contacts, settings.

mod settings;
mod told;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::lists::After;
use super::{Page, once, product, show};
use crate::kernel::{Access, Id, Result};
use crate::people::products::Product;
use crate::shell::{self, Facet, Link, Pages, Tone, markdown};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::portal::GetPortal;
use crate::thread::portal::callers::ListContacts;
use crate::thread::portal::ideas::{self as idea, Asker, STATUSES, status_words};
use crate::thread::portal::moderation::{CommentView, GetPortalQueue, IdeaView, ListIdeas};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/portal", get(queue))
        .route("/p/{product}/portal/ideas", get(ideas))
        .route("/p/{product}/portal/replies", get(told::replies))
        .route("/p/{product}/portal/changelog", get(told::changelog))
        .route("/p/{product}/portal/contacts", get(contacts))
        .route("/p/{product}/portal/settings", get(settings::settings))
}

const PAGES: [(&str, &str); 6] = [
    ("", "Waiting"),
    ("/ideas", "Ideas"),
    ("/replies", "Replies"),
    ("/changelog", "Changelog"),
    ("/contacts", "Contacts"),
    ("/settings", "Settings"),
];

/// One of the pages, under the tabs of all.
fn page(
    cx: &mut Reader<'_>,
    product: Product,
    at: &str,
    actions: Markup,
    main: Markup,
) -> Result<Page> {
    let links =
        PAGES.map(|(word, label)| Link::new(format!("/p/{}/portal{word}", product.key), label));
    let here = PAGES.iter().position(|(word, _)| *word == at).unwrap_or_default();
    let portal = GetPortal { product: product.key.clone() }.run(cx)?.filter(|p| p.open);
    let meta = html! {
        @match &portal {
            Some(portal) => { "Open to everybody at " a href=(portal.path) { (portal.path) } }
            None => { "Closed: nobody outside sees anything" }
        }
    };
    Ok(Page {
        title: format!("Portal of {}", product.name),
        head: Some(shell::page_head("Why", "Portal and replies", meta, actions)),
        product: Some(product),
        active: "portal",
        facet: Facet::Why,
        main: html! { (shell::tabs("Portal", &links, here)) (main) },
        ..Page::default()
    })
}

/// The way to what is older, and back to the newest.
fn turn(path: &str, from: &After, next: Option<&str>) -> Markup {
    shell::pages(&Pages {
        first: from.after.as_ref().map(|_| path.to_owned()),
        next: next.map(|next| format!("{path}?after={next}")),
        note: String::new(),
    })
}

fn by(asker: Option<&Asker>) -> Markup {
    html! {
        @match asker {
            Some(a) if !a.name.is_empty() => { (a.name) " " span.soft { (a.email) } }
            Some(a) => span.soft { (a.email) },
            None => span.soft { "somebody" },
        }
    }
}

async fn queue(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let waiting = GetPortalQueue { product: product.key.clone() }.run(cx)?;
        let back = format!("/p/{}/portal", product.key);
        let write = cx.actor.check(Access::Write).is_ok();
        let main = html! {
            @if waiting.ideas.is_empty() && waiting.comments.is_empty() {
                (shell::empty_state("Nothing waits", "What visitors write comes here first, unless the portal lets everything in at once: “Tell me before the strike, not during it”, from somebody with an address that they proved.", html! {
                    a.btn href=(format!("{back}/settings")) { "How the portal is set" }
                }))
            }
            @for idea in &waiting.ideas { (waiting_idea(idea, &back, write)) }
            @for comment in &waiting.comments { (waiting_comment(comment, &back, write)) }
        };
        page(cx, product, "", html! {}, main)
    })
    .await
}

fn waiting_idea(idea: &IdeaView, back: &str, write: bool) -> Markup {
    let act = |how: &str| format!("/do/moderate-idea?idea={}&how={how}&_back={back}", idea.id);
    html! {
        article.part {
            h2 { (idea.title) }
            blockquote.voice { (idea.text) }
            p.soft { (by(idea.by.as_ref())) ", " (shell::time_tag(idea.at)) ", kept as " a href={ "/" (idea.evidence) } data-turbo-frame="peek" { (idea.evidence) } }
            @if write {
                div.acts {
                    (shell::post_button(&act("approve"), "Let it in", None))
                    (shell::post_button(&act("hide"), "Hide", None))
                    @if let Some(by) = &idea.by { (ban(by, back)) }
                }
            }
        }
    }
}

fn ban(by: &Asker, back: &str) -> Markup {
    shell::menu(
        "Ban",
        None,
        shell::form(
            "/do/ban-contact",
            html! {
                (shell::hidden("contact", &by.contact.to_string()))
                (shell::hidden("banned", "true"))
                (shell::hidden("_back", back))
                p { "They are signed out, cannot come back with this address, and all they wrote is hidden." }
                (shell::submit("Ban them"))
            },
        ),
    )
}

fn waiting_comment(comment: &CommentView, back: &str, write: bool) -> Markup {
    let act =
        |how: &str| format!("/do/moderate-comment?comment={}&how={how}&_back={back}", comment.id);
    html! {
        article.part {
            p.soft { "About “" (comment.about) "”" }
            blockquote.voice { (comment.text) }
            p.soft { (by(comment.by.as_ref())) ", " (shell::time_tag(comment.at)) }
            @if write {
                div.acts {
                    (shell::post_button(&act("approve"), "Let it in", None))
                    (shell::post_button(&act("hide"), "Hide", None))
                    @if let Some(by) = &comment.by { (ban(by, back)) }
                }
            }
        }
    }
}

async fn ideas(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let asked = ListIdeas { product: product.key.clone(), after: from.after.clone(), limit: None };
        let found = asked.run(cx)?;
        let all = &found.items;
        let back = format!("/p/{}/portal/ideas", product.key);
        let write = cx.actor.check(Access::Write).is_ok();
        let main = html! {
            p.soft { "Each is a piece of evidence like any other. How many ask is no rank: look at who they are." }
            @if all.is_empty() {
                (shell::empty_state("No ideas yet", "“Refund me without a call when the train is cancelled”, asked for by seven people of two companies.", html! {}))
            }
            @for idea in all { (listed(idea, &back, write)) }
            (turn(&back, &from, found.next.as_deref()))
        };
        page(cx, product, "/ideas", html! {}, main)
    })
    .await
}

fn listed(idea: &IdeaView, back: &str, write: bool) -> Markup {
    let people = if idea.people == 1 { "person asks" } else { "people ask" };
    let other = if idea.state == "public" { ("hide", "Hide") } else { ("approve", "Let it in") };
    html! {
        article.part {
            h2 { a href={ "/" (idea.evidence) } data-turbo-frame="peek" { (idea.evidence) } " " (idea.title) }
            p.soft { (markdown::plain_excerpt(&idea.text, 220)) }
            p {
                @if idea.state != "public" { (shell::toned(&idea.state, Tone::Warn)) " " }
                (shell::pill(status_words(&idea.status))) " " (idea.people) " " (people) ", first " (by(idea.by.as_ref()))
            }
            @if !idea.reason.is_empty() { p.soft { "Told: " (idea.reason) } }
            @if write {
                div.acts {
                    (shell::menu("How it stands", None, shell::form("/do/set-idea-status", html! {
                        (shell::hidden("idea", &idea.id.to_string()))
                        (shell::hidden("_back", back))
                        (shell::select("In public words", "status", STATUSES.iter().map(|(w, l)| shell::Choice::new(w, *l)).collect()).id(format!("status-{}", idea.id)).value(&idea.status))
                        (shell::textarea("Why, for everybody to read", "because").id(format!("reason-{}", idea.id)).value(&idea.reason).rows(3).help("Where it is here or will not be done, a reply to all who asked is drafted."))
                        (shell::submit("Say so"))
                    })))
                    (shell::menu("Say something", None, shell::form("/do/answer-idea", html! {
                        (once())
                        (shell::hidden("idea", &idea.id.to_string()))
                        (shell::hidden("_back", back))
                        (shell::textarea("For everybody to read, in the product's name", "text").id(format!("answer-{}", idea.id)).rows(4))
                        (shell::submit("Say it"))
                    })))
                    (shell::post_button(&format!("/do/moderate-idea?idea={}&how={}&_back={back}", idea.id, other.0), other.1, None))
                }
            }
        }
    }
}

/// Who asks for what a piece of evidence says, for those who may answer them.
pub(super) fn asked(cx: &mut Reader<'_>, evidence: Id) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let found = idea::of_evidence(cx.conn, ws, evidence)?;
    let Some(idea) = found.filter(|_| cx.actor.check_role(Access::Write).is_ok()) else {
        return Ok(html! {});
    };
    let people = idea::askers(cx.conn, ws, idea.id)?;
    let shown = people.iter().take(20).map(Asker::from);
    Ok(shell::section(
        "Who asks",
        html! {
            @if idea.state == "private" { p.soft { "It came by mail, and is on no portal." } }
            @else { p { (shell::pill(&idea.state)) " " (shell::pill(status_words(&idea.status))) } }
            ul { @for asker in shown { li { (by(Some(&asker))) } } }
            @if people.len() > 20 { p.soft { "and " (people.len() - 20) " more" } }
        },
    ))
}

async fn contacts(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let asked = ListContacts { product: product.key.clone(), after: from.after.clone(), limit: None };
        let found = asked.run(cx)?;
        let all = &found.items;
        let back = format!("/p/{}/portal/contacts", product.key);
        let (write, admin) = (cx.actor.check(Access::Write).is_ok(), cx.actor.check(Access::Admin).is_ok());
        let rows = all.iter().map(|c| {
            let id = c.id.to_string();
            let (then, label) = if c.state == "banned" { ("false", "Let them back") } else { ("true", "Ban") };
            vec![
                html! { @if c.name.is_empty() { span.soft { "unnamed" } } @else { (c.name) } },
                html! { (c.email) },
                html! { @if c.state == "banned" { (shell::toned("banned", Tone::Bad)) } @else { (shell::time_tag(c.since)) } },
                html! {
                    @if write { (shell::post_button(&format!("/do/ban-contact?contact={id}&banned={then}&_back={back}"), label, None)) }
                    @if admin {
                        (shell::menu("Forget", None, shell::form("/do/forget-contact", html! {
                            (shell::hidden("contact", &id))
                            (shell::hidden("_back", &back))
                            p { "Name and address go for good. This cannot be undone." }
                            (shell::select("What they said", "words", vec![shell::Choice::new(false, "stays, as somebody's"), shell::Choice::new(true, "goes too")]).id(format!("words-{id}")))
                            (shell::submit("Forget them"))
                        })))
                    }
                },
            ]
        });
        let main = html! {
            p.soft { "People of the portal, and whoever wrote by mail. They are no members and see nothing of the workspace." }
            @if all.is_empty() { (shell::empty_state("No contacts yet", "Whoever signs in to the portal with a link, or whose mail came in, stands here.", html! {})) }
            @else { (shell::data_table("Contacts", &["Name", "E-mail", "Since", ""], rows.collect())) }
            (turn(&back, &from, found.next.as_deref()))
        };
        page(cx, product, "/contacts", html! {}, main)
    })
    .await
}
