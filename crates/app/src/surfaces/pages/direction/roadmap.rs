//! The roadmap: now, next, later; its dates; and what changed since a day.

use std::collections::HashMap;

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, choices, may_write, product, show};
use crate::kernel::{Day, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::path::{self, Standing};
use crate::what::roadmap::{GetRoadmap, HORIZONS, PlacementView};
use crate::why::directions::themes;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct Since {
    since: Option<String>,
}

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Since>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let since: Option<Day> = match from.since.as_deref().filter(|d| !d.is_empty()) {
            Some(text) => Some(text.parse().map_err(|_| {
                Error::invalid("since", format!("“{text}” is not a day; write it like 2026-03-01."))
            })?),
            None => None,
        };
        let now = GetRoadmap { product: product.key.clone(), at: None }.run(cx)?;
        let then = match since {
            Some(_) => Some(GetRoadmap { product: product.key.clone(), at: since }.run(cx)?),
            None => None,
        };
        let standing = standings(cx, &now)?;
        let write = may_write(cx);
        let names = themes(cx.conn, cx.actor.workspace, product.id)?;
        let names: Vec<Choice> =
            names.iter().map(|t| Choice::new(&t.name, t.name.clone())).collect();
        let back = format!("/p/{}/roadmap", product.key);
        let main = html! {
            @if let Some(then) = &then { (changes(then, &now)) }
            @if now.is_empty() {
                (shell::empty_state("Nothing on the roadmap yet", "Now: refunds of split tickets. Next: fares that follow you. Later: one account for work and leisure. No dates but those that are promised.", html! {}))
            } @else {
                (balance(&now, &standing))
                div.board {
                    @for horizon in HORIZONS {
                        @let here: Vec<&PlacementView> = now.iter().filter(|p| p.horizon == horizon).collect();
                        @let to = shell::Sortable { move_url: "/move?roadmap".into(), column: horizon.into(), group: "roadmap".into() };
                        (shell::board_column(horizon, here.len(), None, &to, html! {
                            @for p in here { (shell::card(&card(p, standing.get(&p.item)))) }
                        }))
                    }
                }
                (dates(&now))
            }
        };
        let actions = html! { @if write { (place(&product, names, &back)) } };
        let meta = shell::filters(&back, html! { (shell::field("What changed since", "since").kind("date")
            .value(since.map_or(String::new(), |d| d.to_string()))) });
        Ok(Page {
            title: format!("Roadmap of {}", product.name),
            head: Some(shell::page_head("What", "Roadmap", meta, actions)),
            product: Some(product),
            active: "roadmap",
            facet: Facet::What,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

/// How each placed item stands to its why.
fn standings(cx: &mut Reader<'_>, all: &[PlacementView]) -> Result<HashMap<String, Standing>> {
    let mut found = HashMap::new();
    for p in all {
        let (kind, id) = &p.object;
        if let Some(path) = path::path(cx.conn, cx.actor, kind, *id, None, cx.now.day())? {
            found.insert(p.item.clone(), path.standing);
        }
    }
    Ok(found)
}

fn card(p: &PlacementView, standing: Option<&Standing>) -> shell::Row {
    let whose = match standing {
        Some(Standing::Whole) => ("business and users", Tone::Good),
        Some(Standing::BusinessOnly) => ("business only", Tone::Warn),
        Some(Standing::UserOnly) => ("users only", Tone::Warn),
        Some(Standing::Promised) => ("why to come", Tone::Plain),
        _ => ("no why", Tone::Bad),
    };
    shell::list_row(format!("/{}", p.item), p.title.clone())
        .key(p.item.clone())
        .value(&p.item)
        .facet(Facet::What)
        .peek()
        .lead(html! { @if let Some(theme) = &p.theme { (shell::pill(theme)) } })
        .tail(html! {
            (shell::toned(whose.0, whose.1))
            @if let Some(day) = p.ends.filter(|_| p.hard) { " " (shell::toned(&format!("promised for {day}"), Tone::Facet)) }
            @if !p.because.is_empty() { p.soft { (p.because) } }
        })
}

/// How many of the placed items serve whom.
fn balance(now: &[PlacementView], standing: &HashMap<String, Standing>) -> Markup {
    let count = |wanted: &[Standing]| {
        now.iter().filter(|p| standing.get(&p.item).is_some_and(|s| wanted.contains(s))).count()
    };
    shell::stats(html! {
        (shell::stat("For business and users", &count(&[Standing::Whole]).to_string(), ""))
        (shell::stat("Business only", &count(&[Standing::BusinessOnly]).to_string(), ""))
        (shell::stat("Users only", &count(&[Standing::UserOnly]).to_string(), ""))
        (shell::stat("Without a why", &count(&[Standing::NoWhy, Standing::Unsupported]).to_string(), ""))
    })
}

/// What has a date, in order; promised ones marked.
fn dates(now: &[PlacementView]) -> Markup {
    let mut dated: Vec<&PlacementView> = now.iter().filter(|p| p.ends.is_some()).collect();
    dated.sort_by_key(|p| p.ends);
    html! {
        @if !dated.is_empty() {
            (shell::section("Dates", shell::data_table("Dates", &["Item", "From", "To", "It is"], dated.iter().map(|p| vec![
                html! { a href={ "/" (p.item) } { (p.item) " " (p.title) } },
                html! { @if let Some(day) = p.starts { (shell::day_tag(day)) } },
                html! { @if let Some(day) = p.ends { (shell::day_tag(day)) } },
                html! { @if p.hard { (shell::toned("promised", Tone::Facet)) } @else { "a guess" } },
            ]).collect())))
        }
    }
}

fn changes(then: &[PlacementView], now: &[PlacementView]) -> Markup {
    let mut rows = Vec::new();
    for p in now {
        let row = |what: String| {
            vec![
                html! { a href={ "/" (p.item) } { (p.item) " " (p.title) } },
                html! { (what) },
                html! { (p.because) },
            ]
        };
        match then.iter().find(|old| old.item == p.item) {
            None => rows.push(row(format!("new in {}", p.horizon))),
            Some(old) if old.horizon != p.horizon => {
                rows.push(row(format!("from {} to {}", old.horizon, p.horizon)));
            }
            Some(old) if old.ends != p.ends || old.hard != p.hard => {
                rows.push(row("its date changed".to_owned()));
            }
            Some(_) => {}
        }
    }
    for old in then.iter().filter(|old| !now.iter().any(|p| p.item == old.item)) {
        rows.push(vec![
            html! { a href={ "/" (old.item) } { (old.item) " " (old.title) } },
            html! { "taken off, was " (old.horizon) },
            html! {},
        ]);
    }
    shell::section(
        "What changed",
        html! {
            @if rows.is_empty() { p.soft { "Nothing." } }
            @else { (shell::data_table("What changed", &["Item", "What", "Because"], rows)) }
        },
    )
}

fn place(product: &Product, themes: Vec<Choice>, back: &str) -> Markup {
    shell::menu(
        "Place an item",
        Some("c"),
        shell::form(
            "/do/place-on-roadmap",
            html! {
                (shell::hidden("_back", back))
                (shell::field("The key of an epic or opportunity", "item").placeholder(format!("{}-12", product.key)))
                (shell::select("It comes", "horizon", choices(&HORIZONS, None)).value("later"))
                @if !themes.is_empty() {
                    (shell::select("Theme", "theme", [vec![Choice::new("", "none")], themes].concat()))
                }
                (shell::field("From", "starts").kind("date"))
                (shell::field("To", "ends").kind("date"))
                (shell::checkbox("That date is promised", "hard").value("true"))
                (shell::textarea("Because", "because").rows(2))
                (shell::submit("Place"))
            },
        ),
    )
}
