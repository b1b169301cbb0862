//! Ideas: the list, one of them, the form for a new one, and the list inside somebody else's page.

use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Guest, Sent, Shared, form, guards, guest, refusal, to};
use crate::kernel::{Error, Id, Result};
use crate::shell::{self, Public, Tone, markdown};
use crate::thread::portal::board::{self, Said, Short, Wanted, Whole};
use crate::thread::portal::ideas::{STATUSES, status_words};
use crate::thread::portal::visitors;

/// What a list shows, as its address says.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Look {
    by: String,
    status: String,
    page: i64,
}

impl Look {
    fn wanted(&self) -> Wanted {
        let known = STATUSES.iter().any(|(word, _)| *word == self.status);
        Wanted {
            most_asked: self.by == "asked",
            status: if known { self.status.clone() } else { String::new() },
            page: self.page.max(0),
        }
    }

    fn query(&self, page: i64) -> String {
        let page = page.to_string();
        let all = [("by", &self.by), ("status", &self.status), ("page", &page)];
        format!("?{}", serde_urlencoded::to_string(all).unwrap_or_default())
    }
}

async fn read(
    app: &Shared,
    guest: &Guest,
    look: &Look,
) -> Result<(Vec<Short>, bool, Vec<(Id, String)>)> {
    let (site, wanted, contact) = (guest.site.clone(), look.wanted(), guest.contact.clone());
    app.db
        .read(move |conn| {
            let (all, more) = board::list(conn, &site, &wanted)?;
            let own = match &contact {
                Some(contact) => board::own_waiting(conn, &site, contact)?,
                None => Vec::new(),
            };
            Ok((all, more, own.into_iter().map(|i| (i.id, i.title)).collect()))
        })
        .await
}

pub(super) async fn list(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(look): Query<Look>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let (all, more, own) = read(&app, &guest, &look).await?;
        let portal = &guest.site.portal;
        let main = html! {
            h1 { (portal.title) }
            @if !portal.intro.is_empty() { p.lead { (portal.intro) } }
            @if portal.ideas { p { a.btn.go href=(guest.path("/new")) { "Tell us an idea" } } }
            (filter(&guest, &look))
            @if !own.is_empty() {
                (shell::notice(Tone::Plain, html! {
                    "Yours, waiting until somebody here has read it: "
                    @for (at, (id, title)) in own.iter().enumerate() {
                        @if at > 0 { ", " } a href=(guest.path(&format!("/ideas/{id}"))) { (title) }
                    }
                }))
            }
            (rows(&guest, &all))
            (onward(&guest, &look, more))
        };
        let frame = guest.frame("Ideas", "ideas");
        Ok(guest.answer(StatusCode::OK, &frame, main))
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

fn filter(guest: &Guest, look: &Look) -> Markup {
    let statuses = std::iter::once(("", "all")).chain(STATUSES);
    html! {
        form.filters method="get" action=(guest.path("")) {
            label { "Order " select name="by" {
                option value="" { "newest" }
                option value="asked" selected[look.by == "asked"] { "asked for by most people" }
            } }
            " " label { "Show " select name="status" {
                @for (word, words) in statuses { option value=(word) selected[look.status == word] { (words) } }
            } }
            " " button.btn.small { "Show" }
        }
    }
}

fn rows(guest: &Guest, all: &[Short]) -> Markup {
    html! {
        @if all.is_empty() {
            (shell::empty_state("Nothing here yet", "What is missing, what is in the way? Say it in your own words; somebody reads each one, and you are told what became of it.", html! {}))
        } @else {
            ul.ideas {
                @for idea in all {
                    li {
                        div.asked { b { (idea.votes) } span { @if idea.votes == 1 { "person" } @else { "people" } } }
                        div {
                            h2 { a href=(guest.path(&format!("/ideas/{}", idea.id))) { (idea.title) } }
                            p.soft { (markdown::plain_excerpt(&idea.text, 180)) }
                            p { (status(&idea.status)) }
                        }
                    }
                }
            }
        }
    }
}

fn status(word: &str) -> Markup {
    let tone = match word {
        "shipped" => Tone::Good,
        "in-progress" | "planned" => Tone::Facet,
        _ => Tone::Plain,
    };
    shell::toned(status_words(word), tone)
}

fn onward(guest: &Guest, look: &Look, more: bool) -> Markup {
    html! {
        @if look.page > 0 || more {
            nav aria-label="Pages of the list" {
                @if look.page > 0 { a href=(format!("{}{}", guest.path(""), look.query(look.page - 1))) { "Back" } " " }
                @if more { a href=(format!("{}{}", guest.path(""), look.query(look.page + 1))) { "More" } }
            }
        }
    }
}

/// The list inside another site's page: to read, with links that lead here.
pub(super) async fn embed(
    State(app): State<Shared>,
    Path(slug): Path<String>,
    Query(look): Query<Look>,
) -> Response {
    let made = async {
        // A frame on another site has no cookie of ours, and shall not act in anybody's name.
        let guest = guest(&app, &HeaderMap::new(), &slug).await?;
        let (all, _, _) = read(&app, &guest, &look).await?;
        let frame = Public { embedded: true, indexed: false, ..guest.frame("Ideas", "ideas") };
        let main = html! {
            h1 { a href=(guest.path("")) { (guest.site.portal.title) } }
            @if guest.site.portal.ideas { p { a.btn.go href=(guest.path("/new")) { "Tell us an idea" } } }
            (rows(&guest, &all))
        };
        let mut response = guest.answer(StatusCode::OK, &frame, main);
        let hosts = &guest.site.portal.embed_hosts;
        let hosts = if hosts.is_empty() { "'none'" } else { hosts };
        let policy = format!(
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; script-src 'none'; frame-ancestors {hosts}"
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

pub(super) async fn new(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    match guest(&app, &headers, &slug).await {
        Ok(guest) if !guest.site.portal.ideas => refusal(&Error::NotFound("form")),
        Ok(guest) if guest.contact.is_none() => {
            to(&guest.path(&format!("/sign-in?back={}", guest.path("/new"))))
        }
        Ok(guest) => new_page(&guest, ("", ""), None),
        Err(error) => refusal(&error),
    }
}

fn new_page(guest: &Guest, (title, text): (&str, &str), error: Option<&Error>) -> Response {
    let main = html! {
        h1 { "Tell us an idea" }
        @if let Some(error) = error { (shell::notice(Tone::Bad, html! { (error.to_string()) })) }
        p.lead { "What is missing, what is in the way, and when does it matter to you? You are told once what became of it." }
        (form(&guest.path("/new"), html! {
            (guards(guest.now))
            (shell::field("In one line", "title").value(title).required())
            (shell::textarea("In your own words", "text").value(text).rows(8).voice())
            @if guest.site.portal.moderated { p.soft { "Somebody reads it before everybody sees it." } }
            (shell::submit("Send it"))
        }))
    };
    let status = StatusCode::from_u16(error.map_or(200, Error::status)).unwrap_or(StatusCode::OK);
    guest.answer(status, &guest.frame("Tell us an idea", "new"), main)
}

pub(super) async fn submit(
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
    let visit = match guest.visit(&headers, &extensions) {
        Ok(visit) => visit,
        Err(error) => return refusal(&error),
    };
    let sent = Sent::of(&body);
    if sent.is_machine(guest.now) {
        // A machine that is told of its mistake mends it.
        return to(&guest.path(""));
    }
    let (title, text) = (sent.get("title").to_owned(), sent.get("text").to_owned());
    let (now, said) = (guest.now, (title.clone(), text.clone()));
    let done =
        app.db.write(move |tx| visitors::submit_idea(tx, &visit, (&said.0, &said.1), now)).await;
    match done {
        Ok((id, _)) => to(&guest.path(&format!("/ideas/{id}"))),
        Err(error) => new_page(&guest, (&title, &text), Some(&error)),
    }
}

pub(super) async fn one(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path((slug, idea)): Path<(String, String)>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let id: Id = idea.parse().map_err(|_| Error::NotFound("idea"))?;
        page(&app, &guest, id, None).await
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

async fn page(app: &Shared, guest: &Guest, id: Id, error: Option<&Error>) -> Result<Response> {
    let (site, contact) = (guest.site.clone(), guest.contact.clone());
    let whole = app.db.read(move |conn| board::whole(conn, &site, id, contact.as_ref())).await?;
    let here = guest.path(&format!("/ideas/{id}"));
    let main = html! {
        h1 { (whole.idea.title) }
        @if let Some(error) = error { (shell::notice(Tone::Bad, html! { (error.to_string()) })) }
        @if whole.waiting {
            (shell::notice(Tone::Plain, html! { "Thank you. Only you see this until somebody here has read it." }))
        }
        p { (status(&whole.idea.status)) " " span.soft { (whole.who) ", " (shell::day_tag(whole.idea.since.day())) } }
        @if !whole.reason.is_empty() { (shell::notice(Tone::Plain, html! { p.words { (whole.reason) } })) }
        p.words { (whole.idea.text) }
        @if !whole.waiting { (voting(guest, &whole, &here)) }
        (conversation(guest, &whole, &here))
    };
    let mut frame = guest.frame(&whole.idea.title, "ideas");
    frame.indexed &= !whole.waiting;
    let status = StatusCode::from_u16(error.map_or(200, Error::status)).unwrap_or(StatusCode::OK);
    Ok(guest.answer(status, &frame, main))
}

fn voting(guest: &Guest, whole: &Whole, here: &str) -> Markup {
    let people = if whole.idea.votes == 1 { "person asks" } else { "people ask" };
    html! {
        p {
            b { (whole.idea.votes) } " " (people) " for this. "
            @if guest.contact.is_none() {
                a href=(guest.path(&format!("/sign-in?back={here}"))) { "Sign in to ask for it too" }
            }
        }
        @if guest.contact.is_some() {
            (form(&format!("{here}/vote"), html! {
                (shell::hidden("on", if whole.voted { "no" } else { "yes" }))
                @if whole.voted { (shell::button("I no longer ask for this", "do", "leave")) }
                @else { (shell::submit("I ask for this too")) }
                p.soft { "Whoever asks is told once what became of it." }
            }))
        }
    }
}

fn conversation(guest: &Guest, whole: &Whole, here: &str) -> Markup {
    html! {
        @if !whole.said.is_empty() {
            section { h2 { "What was said" } ul.said { @for said in &whole.said { (remark(said)) } } }
        }
        @if guest.site.portal.comments && guest.contact.is_some() && !whole.waiting {
            (form(&format!("{here}/comments"), html! {
                (guards(guest.now))
                (shell::textarea("Say something about it", "text").rows(4))
                (shell::submit("Say it"))
            }))
        }
    }
}

fn remark(said: &Said) -> Markup {
    html! {
        li.team[said.team] {
            p.soft { b { (said.who) } ", " (shell::day_tag(said.at.day())) }
            p.words { (said.text) }
        }
    }
}

pub(super) async fn vote(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Path((slug, idea)): Path<(String, String)>,
    body: String,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let visit = guest.visit(&headers, &extensions)?;
        let id: Id = idea.parse().map_err(|_| Error::NotFound("idea"))?;
        let (on, now) = (Sent::of(&body).get("on") != "no", guest.now);
        app.db.write(move |tx| visitors::vote(tx, &visit, id, on, now)).await?;
        Ok(to(&guest.path(&format!("/ideas/{id}"))))
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

pub(super) async fn comment(
    State(app): State<Shared>,
    extensions: Extensions,
    headers: HeaderMap,
    Path((slug, idea)): Path<(String, String)>,
    body: String,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let visit = guest.visit(&headers, &extensions)?;
        let id: Id = idea.parse().map_err(|_| Error::NotFound("idea"))?;
        let sent = Sent::of(&body);
        let here = guest.path(&format!("/ideas/{id}"));
        if sent.is_machine(guest.now) {
            return Ok(to(&here));
        }
        let (text, now) = (sent.get("text").to_owned(), guest.now);
        match app.db.write(move |tx| visitors::comment(tx, &visit, id, &text, now)).await {
            Ok(true) => Ok(to(&here)),
            Ok(false) => {
                let frame = guest.frame("Thank you", "thanks");
                let main = html! {
                    h1 { "Thank you" }
                    p { "Somebody here reads it before everybody sees it." }
                    p { a href=(here) { "Back to the idea" } }
                };
                Ok(guest.answer(StatusCode::OK, &frame, main))
            }
            Err(error @ Error::Invalid { .. }) => page(&app, &guest, id, Some(&error)).await,
            Err(error) => Err(error),
        }
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error)).into_response()
}
