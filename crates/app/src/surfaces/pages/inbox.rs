//! The evidence inbox, interviews, companies, and how strongly needs are supported.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::item::prose;
use super::lists::{After, Listing};
use super::strategy::record;
use super::{choices, may_write, once, product, show};
use crate::kernel::{Access, Result};
use crate::people::nouns::{View, by_key};
use crate::people::products::Product;
use crate::shell::{self, Facet, Tone, markdown};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::answers::askers;
use crate::thread::support::{self, Support};
use crate::thread::triage::{Alike, GetInbox};
use crate::why::companies::ListCompanies;
use crate::why::evidence::{Evidence, EvidenceView, kind_beside};
use crate::why::interviews::{Interview, InterviewView, ListInterviews};
use crate::why::needs::Need;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/inbox", get(waiting))
        .route("/p/{product}/interviews", get(interviews))
        .route("/p/{product}/companies", get(companies))
}

const INBOX: Listing = Listing {
    active: "inbox",
    title: "Inbox",
    about: "What nobody has looked at yet, oldest first",
    facet: Facet::Why,
    empty: (
        "Nothing waits",
        "New evidence comes here until somebody links it to a need, finds it said before, or parks it. Press q anywhere to keep what a user says.",
    ),
};

async fn waiting(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let inbox = GetInbox { product: product.key.clone(), after }.run(cx)?;
        let write = may_write(cx);
        let back = INBOX.path(&product);
        let reached = match inbox.items.first() {
            Some(first) => {
                let (first, _) = by_key::<Evidence>(cx.conn, cx.actor, &first.key, Access::Read)?;
                askers(cx.conn, cx.actor.workspace, &first)?.len()
            }
            None => 0,
        };
        let rows = inbox.items.split_first().map(|(first, rest)| html! {
            article.part {
                h2 { a href={ "/" (first.key) } { (first.key) } " " span.soft { (inbox.waiting) " waiting" } }
                (words(first))
                @if write { div.acts { (triage(first, &back, reached)) } }
                (alike(first, &inbox.alike, &back, write))
            }
            @if !rest.is_empty() {
                (shell::section("Next", shell::list("Next", html! {
                    @for e in rest {
                        (shell::list_row(format!("/{}", e.key), markdown::plain_excerpt(&e.verbatim, 140))
                            .key(e.key.clone()).facet(Facet::Why).peek().tail(html! { span.soft { (e.source) } }))
                    }
                })))
            }
        });
        let actions = html! {
            @if inbox.waiting > 1 { a.btn href={ (back) "/themes" } { "By theme" } }
            @if inbox.items.is_empty() {
                @if cx.actor.check(Access::Propose).is_ok() { (record(&product, &back)) }
                a.btn href={ "/p/" (product.key) "/evidence" } { "All evidence" }
            }
        };
        Ok(INBOX.page(product, actions, rows, from.after.as_ref(), inbox.next))
    })
    .await
}

fn words(e: &EvidenceView) -> Markup {
    html! {
        blockquote.voice { (e.verbatim) }
        p.soft { (whence(e)) }
    }
}

/// Who said it, when, and how near one is to them.
pub(super) fn whence(e: &EvidenceView) -> Markup {
    let kind = kind_beside(&e.kind, &e.source);
    let all = [&e.source, &e.company, &e.segment, &kind].map(String::as_str);
    let said: Vec<&str> = all.into_iter().filter(|text| !text.is_empty()).collect();
    html! {
        (said.join(", "))
        @if let Some(day) = e.said_on { ", " (shell::day_tag(day)) }
        @if !e.reliability.is_empty() { ", " (e.reliability) }
    }
}

/// What can become of a piece of evidence.
pub(super) fn triage(e: &EvidenceView, back: &str, reached: usize) -> Markup {
    let form = |label: &str, hotkey: Option<&str>, how: &str, fields: Markup| {
        shell::menu(
            label,
            hotkey,
            shell::form(
                "/do/triage-evidence",
                html! {
                    (shell::hidden("key", &e.key))
                    (shell::hidden("how", how))
                    (shell::hidden("_back", back))
                    (fields)
                    (shell::submit(label))
                },
            ),
        )
    };
    let plain = |label: &str, hotkey: Option<&str>, how: &str| {
        shell::post_button(
            &format!("/do/triage-evidence?key={}&how={how}&_back={back}", e.key),
            label,
            hotkey,
        )
    };
    html! {
        (form("Link to a need", Some("1"), "link", html! {
            (shell::field("The need", "need").placeholder("some words of it, or its key").required().picks("need"))
        }))
        (form("New need", Some("2"), "new-need", html! {
            (shell::field("The job to be done", "title").placeholder("When …, I want to …, so that …"))
            (shell::select("Whose need", "kind", choices(&["user", "business", "obligation"], None)))
        }))
        (form("Said before", Some("3"), "duplicate", html! {
            (shell::field("The evidence that says the same", "of").placeholder("some words of it, or its key").required().picks("evidence"))
        }))
        @if e.state == "new" {
            (plain("Park", Some("4"), "park"))
            (plain("Keep as it is", Some("5"), "keep"))
        }
        @if e.answered_on.is_none() { (answer(e, back, reached)) }
    }
}

/// The answer to whoever said it: a letter to those `reached`, or how they were told.
fn answer(e: &EvidenceView, back: &str, reached: usize) -> Markup {
    let fields = html! {
        (shell::hidden("key", &e.key))
        (shell::hidden("_back", back))
        (shell::textarea("What came of it, or why nothing will", "answer").rows(3).draft(format!("answer-{}", e.key)))
        @match reached {
            0 => {
                p.soft { "Nobody can be written to: no address is known. Tell them in another way, then say how." }
                (shell::field("How they were told", "how").placeholder("By phone; in the meeting on Tuesday"))
                (shell::submit("Keep the answer"))
            }
            1 => { p.soft { "A letter to " (if e.source.is_empty() { "one person" } else { &e.source }) " goes into the outbox, once." } (shell::submit("Send the answer")) }
            n => { p.soft { "A letter to each of the " (n) " people who said this goes into the outbox, once." } (shell::submit("Send the answer")) }
        }
    };
    shell::menu("Answer", Some("6"), shell::form("/do/answer-evidence", fields))
}

/// Evidence and needs that say much the same, each with the way to join it in one press.
fn alike(e: &EvidenceView, all: &[Alike], back: &str, write: bool) -> Markup {
    html! {
        @if !all.is_empty() {
            (shell::section("Much like it", shell::data_table("Much like it", &["Item", "Kind", "Shared words", "#Alike", ""], all.iter().map(|a| {
                let need = a.node.kind == "need";
                let (how, field, label) = if need { ("link", "need", "Link to it") } else { ("duplicate", "of", "Said before") };
                vec![
                    html! { a href={ "/" (a.node.key) } data-turbo-frame="peek" { (a.node.key) " " (a.node.title) } },
                    html! { (a.node.kind) },
                    html! { span.soft { (a.shared.join(", ")) } },
                    html! { (format!("{:.0} %", a.score * 100.0)) },
                    html! { @if write { (shell::post_button(&format!("/do/triage-evidence?key={}&how={how}&{field}={}&_back={back}", e.key, a.node.key), label, None)) } },
                ]
            }).collect())))
        }
    }
}

fn tone(strength: &str) -> Tone {
    match strength {
        "strong" => Tone::Good,
        "fair" => Tone::Facet,
        _ => Tone::Warn,
    }
}

/// How strongly a need is supported, in a few words for a list.
pub(super) fn strength(s: &Support) -> Markup {
    html! {
        @if s.pieces > 0 {
            span.soft {
                (s.people) @if s.people == 1 { " person" } @else { " people" }
                @if let Some(day) = s.newest { ", last " (shell::day_tag(day)) }
            } " "
        }
        (shell::toned(if s.pieces == 0 { "no evidence" } else { &s.strength }, tone(&s.strength)))
    }
}

/// What stands under a need.
pub(super) fn support(cx: &mut Reader<'_>, need: &Need) -> Result<Markup> {
    let s = support::support(cx.conn, cx.actor.workspace, need, cx.now.day())?;
    let tone = tone(&s.strength);
    Ok(html! {
        (shell::section("Support", html! {
            p {
                (shell::toned(&s.strength, tone)) " "
                @if s.pieces == 0 { "No evidence yet: it is a guess until somebody said it." }
                @else {
                    (s.people) @if s.people == 1 { " person in " } @else { " people in " }
                    (s.pieces) @if s.pieces == 1 { " piece of evidence" } @else { " pieces of evidence" }
                    @if !s.kinds.is_empty() { ", from " (s.kinds.join(", ").replace('-', " ")) }
                    @if let Some(day) = s.newest { ", the last on " (shell::day_tag(day)) }
                    "."
                }
            }
            @if !s.companies.is_empty() {
                p.soft { "Of " (s.companies.join(", ")) @if s.revenue > 0.0 { ", who pay " (s.revenue) " a year" } "." }
            }
            @if !s.segments.is_empty() { p.soft { "Segments: " (s.segments.join(", ")) "." } }
        }))
    })
}

const INTERVIEWS: Listing = Listing {
    active: "interviews",
    title: "Interviews",
    about: "Conversations with users, and what stood out",
    facet: Facet::Why,
    empty: (
        "No interviews yet",
        "Two commuters on the 7:14, ten minutes: how they got their money back, and what they did not even try.",
    ),
};

async fn interviews(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let page = ListInterviews { product: product.key.clone(), after, limit: None }.run(cx)?;
        let rows = (!page.items.is_empty()).then(|| {
            shell::list("Interviews", html! {
                @for i in &page.items {
                    (shell::list_row(format!("/{}", i.key), i.title.clone())
                        .key(i.key.clone()).facet(Facet::Why).peek()
                        .tail(html! {
                            span.soft { (i.participants.join(", ")) } " " (shell::day_tag(i.held_on)) " "
                            (shell::pill(&match i.highlights.len() { 1 => "1 highlight".to_owned(), n => format!("{n} highlights") }))
                        }))
                }
            })
        });
        let actions = html! {
            @if cx.actor.check(Access::Propose).is_ok() {
                (shell::menu("Keep an interview", Some("c"), shell::form("/do/record-interview", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::field("What it was about", "title"))
                    (shell::field("Who took part", "participants").placeholder("Mia, a commuter; Jo"))
                    (shell::field("Day", "held_on").kind("date").help("Today if left out."))
                    (shell::textarea("Notes", "notes").rows(8).draft(format!("interview-{}", product.key)))
                    (shell::submit("Keep it"))
                })))
            }
        };
        Ok(INTERVIEWS.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

/// An interview's own part of its page.
pub(super) fn interview(cx: &mut Reader<'_>, i: &Interview, write: bool) -> Result<Markup> {
    let view = InterviewView::of(cx.conn, cx.actor, i)?;
    let back = format!("/{}", i.key);
    Ok(html! {
        p.soft { "With " (view.participants.join(", ")) ", " (shell::day_tag(i.held_on)) }
        div.prose { (prose(&i.notes)) }
        @if !view.highlights.is_empty() {
            (shell::section("What stood out", shell::list("What stood out", html! {
                @for e in &view.highlights {
                    (shell::list_row(format!("/{}", e.key), markdown::plain_excerpt(&e.verbatim, 160))
                        .key(e.key.clone()).facet(Facet::Why).peek().tail(html! { span.soft { (e.source) } " " (shell::pill(&e.state)) }))
                }
            })))
        }
        @if write {
            div.acts {
                (shell::menu("Add a highlight", Some("h"), shell::form("/do/add-highlight", html! {
                    (once())
                    (shell::hidden("key", &i.key))
                    (shell::hidden("_back", &back))
                    (shell::textarea("Their words", "verbatim").rows(4).voice().draft(format!("highlight-{}", i.key)))
                    (shell::field("Who said it", "source").offer(view.participants.clone()))
                    (shell::field("Segment", "segment"))
                    (shell::submit("Keep it"))
                })))
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-interview", html! {
                    (shell::hidden("key", &i.key))
                    (shell::hidden("revision", &i.revision.to_string()))
                    (shell::hidden("_back", &back))
                    (shell::field("What it was about", "title").value(&i.title))
                    (shell::field("Who took part", "participants").value(view.participants.join(", ")))
                    (shell::field("Day", "held_on").kind("date").value(i.held_on))
                    (shell::textarea("Notes", "notes").value(&i.notes).rows(12).draft(format!("edit-{}", i.key)))
                    (shell::submit("Save"))
                })))
                @if cx.actor.check(Access::Admin).is_ok() { (erase(&i.key, &back, view.highlights.len())) }
            }
        }
    })
}

/// The form for whoever took part and asks to be forgotten.
fn erase(key: &str, back: &str, highlights: usize) -> Markup {
    let form = html! {
        (shell::hidden("key", key))
        (shell::hidden("_back", back))
        p { "Who took part, the notes and the title are erased for good, also from the history, and nothing brings them back. That it was held, and when, stays." }
        @if highlights > 0 {
            (shell::checkbox("What stood out in it too, where it stands as evidence", "highlights").value("true"))
        }
        (shell::submit("Erase for good"))
    };
    shell::menu("Erase who took part", None, shell::form("/do/erase-interview", form))
}

const COMPANIES: Listing = Listing {
    active: "companies",
    title: "Companies",
    about: "Who those that are heard speak for",
    facet: Facet::Why,
    empty: (
        "No companies yet",
        "Brightwater Travel Desk, 40 people, 18,000 a year. Named like in the evidence, it shows who asks for what.",
    ),
};

/// Where stands what people of a company said.
fn said_by(product: &Product, company: &str) -> String {
    let query = serde_urlencoded::to_string([("company", company)]).unwrap_or_default();
    format!("/p/{}/evidence?{query}", product.key)
}

async fn companies(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListCompanies { product: product.key.clone() }.run(cx)?;
        let rows = (!all.is_empty()).then(|| {
            shell::data_table("Companies", &["Company", "About", "#People", "#A year", "#Heard", "Last"], all.iter().map(|c| vec![
                html! { b { (c.name) } },
                html! { (c.about) @if c.unknown { span.soft { "known from what was said only" } } },
                html! { @if let Some(n) = c.people { (n) } },
                html! { @if let Some(r) = c.revenue { (r) } },
                html! { @if c.heard > 0 { a href=(said_by(&product, &c.name)) { (c.heard) } } @else { "0" } },
                html! { @if let Some(day) = c.heard_on { (shell::day_tag(day)) } },
            ]).collect())
        });
        let actions = html! {
            @if may_write(cx) {
                (shell::menu("Set a company", Some("c"), shell::form("/do/set-company", html! {
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &COMPANIES.path(&product)))
                    (shell::field("Name, as evidence has it", "name").help("A name that is there already is changed."))
                    (shell::field("People", "people").kind("number"))
                    (shell::field("What it pays in a year", "revenue").kind("number"))
                    (shell::field("About", "about"))
                    (shell::submit("Set"))
                })))
            }
        };
        Ok(COMPANIES.page(product, actions, rows, None, None))
    })
    .await
}
