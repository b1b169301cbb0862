//! Vision, strategy and product goal on one page, with the themes and segments under them.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::item::prose;
use super::super::{Page, may_write, once, product, show};
use crate::kernel::{Access, Day, Error};
use crate::people::products::Product;
use crate::shell::{self, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::why::directions::{ListSegments, ListThemes};
use crate::why::strategy::{KINDS, ListTexts, TextView};

/// So many who have not acknowledged a text are named.
const AWAITED: usize = 12;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct At {
    at: Option<String>,
}

fn words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "vision" => ("Vision", "In three years no passenger of ours queues or calls for a refund."),
        "strategy" => (
            "Strategy",
            "First the refunds that people call about, then fares that need no refund.",
        ),
        _ => ("Product goal", "By summer a commuter settles any refund alone, in two minutes."),
    }
}

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(at): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let at: Option<Day> = match at.at.as_deref().filter(|a| !a.is_empty()) {
            Some(text) => Some(text.parse().map_err(|_| {
                Error::invalid("at", format!("“{text}” is not a day; write it like 2026-03-01."))
            })?),
            None => None,
        };
        let write = may_write(cx) && at.is_none();
        let propose = cx.actor.check(Access::Propose).is_ok() && at.is_none();
        let mut texts = Vec::new();
        for kind in KINDS {
            let list = ListTexts { product: product.key.clone(), kind: Some(kind.into()), at };
            texts.push((kind, list.run(cx)?));
        }
        let themes = ListThemes { product: product.key.clone() }.run(cx)?;
        let segments = ListSegments { product: product.key.clone() }.run(cx)?;
        let back = format!("/p/{}/strategy", product.key);
        let main = html! {
            @for (kind, versions) in &texts { (text(&product, kind, versions.first(), write, propose)) }
            (shell::section("Themes", html! {
                @if themes.is_empty() { p.soft { "Where the strategy puts its weight: two to five words each." } }
                @else {
                    (shell::data_table("Themes", &["Theme", "What it means", "State"], themes.iter().map(|t|
                        vec![html! { (t.name) }, html! { (t.about) }, shell::pill(&t.state)]).collect()))
                }
                @if write { (named("Set a theme", "set-theme", &product.key, &back, html! {})) }
            }))
            (shell::section("Segments", html! {
                @if segments.is_empty() { p.soft { "Users or customers with something in common, as commuters or travel desks." } }
                @else {
                    (shell::data_table("Segments", &["Segment", "Who they are", "How many"], segments.iter().map(|s|
                        vec![html! { (s.name) }, html! { (s.about) }, html! { (s.size) }]).collect()))
                }
                @if write { (named("Set a segment", "set-segment", &product.key, &back, html! {
                    (shell::field("How many", "size").placeholder("40,000")) })) }
            }))
        };
        let past = html! {
            (shell::filters(&back, html! { (shell::field("As it stood on", "at").kind("date")
                .value(at.map_or(String::new(), |d| d.to_string()))) }))
        };
        Ok(Page {
            title: format!("Vision and strategy of {}", product.name),
            head: Some(shell::page_head("Why", "Vision and strategy", html! { "Where it goes, and how it gets there" }, past)),
            banner: at.map(|day| html! { "You see this as it stood on " (shell::day_tag(day)) ". " a href=(back) { "As it is now" } }),
            product: Some(product),
            active: "strategy",
            facet: Facet::Why,
            main,
            ..Page::default()
        })
    })
    .await
}

fn named(label: &str, action: &str, product: &str, back: &str, more: Markup) -> Markup {
    shell::menu(
        label,
        None,
        shell::form(
            &format!("/do/{action}"),
            html! {
                (shell::hidden("product", product))
                (shell::hidden("_back", back))
                (shell::field("Name", "name").help("A name that is there already is changed."))
                (shell::field("What it means", "about"))
                (more)
                (shell::submit("Set"))
            },
        ),
    )
}

fn text(
    product: &Product,
    kind: &str,
    now: Option<&TextView>,
    write: bool,
    propose: bool,
) -> Markup {
    let (title, example) = words(kind);
    let back = format!("/p/{}/strategy", product.key);
    shell::section(
        title,
        html! {
            @match now {
                None => p.soft { "Not written yet. For instance: " (example) },
                Some(t) => {
                    div.prose.voice { (prose(&t.body)) }
                    p.soft {
                        a href={ (back) "/" (kind) } { "Version " (t.number) } ", " (shell::day_tag(t.published_on)) ", " (t.author)
                        @if !t.because.is_empty() { ". Because: " (t.because) }
                    }
                    p.soft {
                        @if t.acknowledged.is_empty() { "Nobody has acknowledged it yet." }
                        @else { "Acknowledged by " (t.acknowledged.join(", ")) "." }
                        @if !t.awaited.is_empty() {
                            " Not yet by " (t.awaited.iter().take(AWAITED).cloned().collect::<Vec<_>>().join(", "))
                            @if t.awaited.len() > AWAITED { " and " (t.awaited.len() - AWAITED) " more" } "."
                        }
                    }
                }
            }
            div.acts {
                @if let Some(t) = now.filter(|t| propose && !t.by_you) {
                    (shell::form("/do/acknowledge", html! {
                        (shell::hidden("product", &product.key))
                        (shell::hidden("kind", kind))
                        (shell::hidden("number", &t.number.to_string()))
                        (shell::hidden("_back", &back))
                        (shell::submit("I have read it"))
                    }))
                }
                @if write {
                    (shell::menu(if now.is_some() { "A new version" } else { "Write it" }, None,
                        shell::form(&format!("/do/publish-{kind}"), html! {
                            (once())
                            (shell::hidden("product", &product.key))
                            (shell::hidden("_back", &back))
                            (shell::textarea(title, "body").rows(6).value(now.map_or("", |t| &t.body))
                                .placeholder(example).draft(format!("{kind}-{}", product.key)))
                            @if now.is_some() {
                                (shell::field("What changes", "changed"))
                                (shell::field("Because", "because"))
                            }
                            (shell::submit("Publish"))
                        })))
                }
            }
        },
    )
}

pub(in super::super) async fn versions(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, kind)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        if !KINDS.contains(&kind.as_str()) {
            return Err(Error::NotFound("page"));
        }
        let list = ListTexts { product: product.key.clone(), kind: Some(kind.clone()), at: None };
        let all = list.run(cx)?;
        let title = words(&kind).0;
        let main = html! {
            @if all.is_empty() { p.soft { "Not written yet." } }
            @for (at, t) in all.iter().enumerate() {
                (shell::section(&format!("Version {}", t.number), html! {
                    p.soft { (shell::day_tag(t.published_on)) ", " (t.author) }
                    @if !t.changed.is_empty() { p { "Changed: " (t.changed) } }
                    @if !t.because.is_empty() { p { "Because: " (t.because) } }
                    @match all.get(at + 1) {
                        Some(older) => (shell::diff(&older.body, &t.body)),
                        None => div.prose.voice { (prose(&t.body)) },
                    }
                    p.soft { "Acknowledged by " (t.acknowledged.len()) }
                }))
            }
        };
        Ok(Page {
            title: format!("{title} of {}: every version", product.name),
            head: Some(shell::page_head(
                "Why",
                &format!("{title}: every version"),
                html! {},
                html! {},
            )),
            product: Some(product),
            active: "strategy",
            facet: Facet::Why,
            main,
            ..Page::default()
        })
    })
    .await
}
