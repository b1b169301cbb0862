//! The page of anything that has a key: what it is, its path to why at the side, what was said of
//! it and done to it.

mod body;
mod dependencies;
mod properties;
mod quick;
mod rail;
mod story;
mod subtasks;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::attached;
use super::talk::talk;
use super::work::event;
use super::{
    Page, charters, choosing, direction, docs, epics, may_write, prioritising, roadmap, show,
};
use crate::kernel::{Access, Day, Result, cut};
use crate::people::products::Product;
use crate::shell::{self, Facet, Tone, markdown};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::comments;
use crate::thread::follows::is_followed;
use crate::thread::history;
use crate::thread::links::{Ties, ties};
use crate::thread::nodes::{Keyed, Node, find_any, load_keyed};
use crate::thread::path;
use body::body;
pub(super) use quick::link as quick_link;
use rail::{away, rail, standing_words};

pub(in crate::surfaces::pages) fn router() -> Router<Shared> {
    Router::new().route("/{key}", get(item)).route("/{key}/why", get(why)).merge(quick::router())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct At {
    at: Option<String>,
}

pub(in crate::surfaces::pages) fn facet(node: &Node) -> Facet {
    match node.facet.as_str() {
        "why" => Facet::Why,
        "what" => Facet::What,
        "none" => Facet::None,
        _ => Facet::How,
    }
}

/// A node as a line of a list.
pub(in crate::surfaces::pages) fn node_row(node: &Node) -> shell::Row {
    shell::list_row(format!("/{}", node.key), node.title.clone())
        .key(node.key.clone())
        .facet(facet(node))
        .peek()
        .lead(html! { span.soft { (kind_words(node)) " " } })
        .tail(html! { @if !node.state.is_empty() { (shell::pill(&node.state.replace('-', " "))) } })
}

fn kind_words(node: &Node) -> String {
    match (node.kind.as_str(), node.need.as_deref()) {
        ("need", Some("business")) => "Business need".into(),
        ("need", Some("obligation")) => "Obligation".into(),
        ("need", _) => "Users' need".into(),
        ("key-result", _) => "Key result".into(),
        (kind, _) => {
            let mut letters = kind.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", letters.as_str())
        }
    }
}

async fn item(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(at): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &key, at.at.as_deref())).await
}

/// The path alone, wide: what `w` opens on a phone or without scripts.
async fn why(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(at): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let mut page = page(cx, &key, at.at.as_deref())?;
        if let Some((_, rail)) = page.rail.take() {
            page.main = rail;
        }
        Ok(page)
    })
    .await
}

fn page(cx: &mut Reader<'_>, key: &str, at: Option<&str>) -> Result<Page> {
    let ws = cx.actor.workspace;
    let (now, product) = find_any(cx.conn, cx.actor, key, Access::Read)?;
    let day: Option<Day> = match at.filter(|a| !a.is_empty()) {
        Some(text) => {
            let Ok(day) = text.parse::<Day>() else {
                let why =
                    format!("“{}” is no day: choose one like {}.", cut(text, 80), cx.now.day());
                return Ok(unseen(&now, product, &why));
            };
            Some(day)
        }
        None => None,
    };
    if let Some(day) = day.filter(|day| *day > cx.now.day()) {
        let why = format!("{} is still to come. Choose today or a day before.", day.words());
        return Ok(unseen(&now, product, &why));
    }
    let found = match day {
        Some(day) => match load_keyed(cx.conn, ws, now.kind(), now.id(), Some(day.end()))? {
            Some(then) => then,
            None => {
                let why = history::not_yet(cx.conn, ws, &now, day)?;
                return Ok(unseen(&now, product, &why));
            }
        },
        None => now,
    };
    let node = found.node();
    let today = day.unwrap_or(cx.now.day());
    let path = path::path(cx.conn, cx.actor, found.kind(), found.id(), day.map(Day::end), today)?;
    let write = may_write(cx) && day.is_none() && !found.is_gone();
    let comments = comments::comments(cx.conn, ws, found.id())?;
    let events = history::of_object(cx.conn, cx.actor, found.id(), day.map(Day::end), 12)?;
    let tied = match write || matches!(found, Keyed::WorkItem(_)) {
        true => ties(cx.conn, cx.actor, found.id(), day.map(Day::end))?,
        false => Ties::default(),
    };
    let body = body(cx, &found, &product, write, (&tied, day.map(Day::end)))?;
    let propose = cx.actor.check(Access::Propose).is_ok() && day.is_none() && !found.is_gone();
    let work = ["epic", "release"].contains(&node.kind.as_str());
    let beside = html! {
        @if work { p { a href={ "/p/" (product.key) "/forecast?of=" (node.key) } { "When will it be done?" } } }
        (epics::beside(cx, &node, write)?)
        @if day.is_none() && !matches!(found, Keyed::DocPage(_)) { (charters::beside(cx, &found, &node, &product)?) }
        (prioritising::beside(cx, &node, &product)?)
        (roadmap::beside(cx, &node, write)?)
        (choosing::beside(cx, &node, &product, write)?)
        (direction::beside(cx, &node, propose)?)
        @if day.is_none() { (docs::named_in(cx, &node)?) }
    };
    let files = match day {
        None => attached::beside(cx, &node.key, found.id(), &format!("/{}", node.key), write)?,
        Some(_) => html! {},
    };
    // Whether one follows it, where one may say so.
    let follows = match &found {
        Keyed::WorkItem(item) if propose => {
            Some(is_followed(cx.conn, ws, item.id, cx.actor.person)?)
        }
        _ => None,
    };
    let talk = match day {
        None => Some(talk(cx, &product, &node, &comments, &key_link(), !found.is_gone())?),
        Some(_) => None,
    };
    let main = html! {
        (body)
        (beside)
        (files)
        @if let Some(talk) = &talk { (talk) }
        section.log-part {
            h2 { "Activity" }
            ul.log { @for e in &events { (event(e, false)) } }
        }
    };
    let rail = match &found {
        Keyed::DocPage(page) => Some(docs::rail(cx, &product, Some(&page.key))?),
        _ => {
            let away = if write {
                away(&node, &tied)
            } else {
                html! {}
            };
            path.as_ref().map(|p| (standing_words(p), html! { (rail(p, write, day)) " " (away) }))
        }
    };
    let peek = shell::peek(
        &format!("/{}", node.key),
        &format!("{} {}", node.key, node.title),
        facet(&node),
        html! { (body) @if let Some((words, rail)) = &rail { p.soft { (words) } (rail) } },
    );
    Ok(Page {
        title: format!("{} {}", node.key, node.title),
        head: Some(head(&node, &found, write, follows)),
        rail,
        facet: facet(&node),
        banner: banner(&node, &found, day),
        active: active(&found),
        product: Some(product),
        main,
        peek: Some(peek),
        opened: matches!(found, Keyed::Evidence(_)).then(|| found.id()).into_iter().collect(),
        ..Page::default()
    })
}

/// The page of a day on which it cannot be seen: why, the way back, and another day.
fn unseen(now: &Keyed, product: Product, why: &str) -> Page {
    let node = now.node();
    let href = format!("/{}", node.key);
    let main = html! {
        (shell::notice(Tone::Warn, html! { (why) " " a href=(href) { "As it is now" } }))
        (shell::filters(&href, html! { (shell::field("Another day", "at").kind("date")) }))
    };
    let title = format!("{} {}", node.key, node.title);
    let peek = shell::peek(&href, &title, facet(&node), html! { p { (why) } });
    let small = html! { (node.key) ", " (kind_words(&node).to_lowercase()) }.into_string();
    Page {
        title,
        head: Some(shell::page_head(&small, &node.title, html! {}, html! {})),
        facet: facet(&node),
        active: active(now),
        product: Some(product),
        main,
        peek: Some(peek),
        ..Page::default()
    }
}

fn active(found: &Keyed) -> &'static str {
    match found {
        Keyed::WorkItem(i) if i.level == "epic" => "epics",
        Keyed::WorkItem(_) => "backlog",
        Keyed::Opportunity(_) => "opportunities",
        Keyed::Need(_) => "needs",
        Keyed::Evidence(_) => "evidence",
        Keyed::Objective(_) | Keyed::KeyResult(_) => "objectives",
        other => choosing::active(other),
    }
}

fn banner(node: &Node, found: &Keyed, day: Option<Day>) -> Option<Markup> {
    if let Some(day) = day {
        return Some(html! {
            "You see this as it stood on " (shell::day_tag(day)) ". "
            a href={ "/" (node.key) } { "As it is now" }
        });
    }
    found.is_gone().then(|| {
        html! {
            "This lies in the bin. "
            (shell::post_button(&format!("/do/restore-item?key={}", node.key), "Restore it", None))
        }
    })
}

fn head(node: &Node, found: &Keyed, write: bool, follows: Option<bool>) -> Markup {
    let small = html! { (node.key) ", " (kind_words(node).to_lowercase()) };
    // A work item shows its state among its properties.
    let meta = match found {
        Keyed::WorkItem(_) if follows == Some(true) => shell::pill("You follow this"),
        Keyed::WorkItem(_) | Keyed::DocPage(_) => html! {},
        _ => shell::toned(&node.state.replace('-', " "), Tone::Facet),
    };
    let product = node.key.split('-').next().unwrap_or_default();
    let bin = format!("/do/bin-item?key={}&_back=/p/{product}/{}", node.key, active(found));
    let more = shell::menu(
        "More",
        None,
        html! {
            (look_back(&format!("/{}", node.key)))
            @if write { (shell::post_button(&bin, "To the bin", None)) }
        },
    );
    let actions = html! {
        @if let Some(follows) = follows {
            @let to = format!("/do/follow-item?key={0}&following={1}&_back=/{0}", node.key, !follows);
            (shell::post_button(&to, if follows { "Unfollow" } else { "Follow" }, Some("f")))
        }
        (more)
    };
    shell::page_head(&small.into_string(), &node.title, meta, actions)
}

/// Asks for a past day.
fn look_back(href: &str) -> Markup {
    html! {
        form method="get" action=(href) {
            (shell::field("As it stood at the end of", "at").kind("date"))
            button.btn.small { "Look back" }
        }
    }
}

/// Keys typed in a text lead to their items.
fn key_link() -> impl Fn(&str) -> Option<String> {
    |key: &str| Some(format!("/{key}"))
}

pub(in crate::surfaces::pages) fn prose(text: &str) -> PreEscaped<String> {
    markdown::render(text, &key_link())
}
