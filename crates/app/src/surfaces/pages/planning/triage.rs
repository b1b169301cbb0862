//! What is new and waits: one at a time with what is like it, keys 1 to 5; many at once by their boxes.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::item::prose;
use super::super::{Page, choices, may_write, once, product, show};
use super::with;
use crate::how::work_items::ItemView;
use crate::kernel::{Access, Result};
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Choice, Facet, Pages};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::triage::Alike;
use crate::thread::work_triage::GetWorkTriage;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    at: Option<String>,
    after: Option<String>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(view): Params<View>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/triage", product.key);
        let (at, after) = (view.at.clone(), view.after.clone());
        let told = GetWorkTriage { product: product.key.clone(), at, after }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            @match told.items.split_first() {
                None => (shell::empty_state(
                    "Nothing waits",
                    "What guests and other teams ask for comes here, and what an import brings, until somebody takes it into the backlog, finds it asked for before, or declines it.",
                    html! {},
                )),
                Some((first, rest)) => {
                    (one(cx, first, told.waiting, &told.alike, &path, write)?)
                    @if !rest.is_empty() { (next(rest, &path, write)) }
                }
            }
            (shell::pages(&Pages {
                first: view.after.as_ref().map(|_| path.clone()),
                next: told.next.as_deref().map(|n| with(&path, &[("after", n)])),
                note: String::new(),
            }))
        };
        let propose = cx.actor.check(Access::Propose).is_ok();
        Ok(Page {
            title: format!("Triage of {}", product.name),
            head: Some(shell::page_head("How", "Triage", html! { "What is new and nobody has looked at yet, the longest waiting first" }, html! { @if propose { (proposal(&product, &path)) } })),
            product: Some(product),
            active: "triage",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// The form by which anybody who sees the product asks for something.
fn proposal(product: &Product, back: &str) -> Markup {
    shell::menu(
        "Propose",
        Some("c"),
        shell::form(
            "/do/propose-work-item",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", back))
                (shell::field("In one line", "title").placeholder("As a commuter, I want …").required())
                (shell::select("What it is", "level", choices(&["story", "bug"], None)))
                (shell::textarea("What for, and for whom", "body").id("proposal-body").rows(4).markdown())
                (shell::submit("Propose it"))
            },
        ),
    )
}

fn one(
    cx: &mut Reader<'_>,
    item: &ItemView,
    waiting: i64,
    alike: &[Alike],
    path: &str,
    write: bool,
) -> Result<Markup> {
    let acts = if write {
        acts(cx, item, path)?
    } else {
        html! {}
    };
    Ok(html! {
        article.part.triage {
            p.soft { (waiting) " waiting" }
            h2 { a href={ "/" (item.key) } { span.key { (item.key) } " " (item.title) } }
            p.soft {
                (item.level)
                @if let Some(who) = &item.reporter { ", asked for by " (who.name) }
                ", " (shell::time_tag(item.created_at))
                @if let Some(key) = item.original_key.as_ref().filter(|k| **k != item.key) { ", imported as " (key) }
                @if let Some(team) = &item.team { ", for " (team.name) }
            }
            @if item.body.trim().is_empty() { p.soft { "No text." } } @else { div.prose { (prose(&item.body)) } }
            (acts)
            @if !alike.is_empty() { (much_like(item, alike, path, write)) }
        }
    })
}

fn acts(cx: &mut Reader<'_>, item: &ItemView, path: &str) -> Result<Markup> {
    let teams = teams::active(cx.conn, cx.actor.workspace)?;
    let teams: Vec<Choice> = std::iter::once(Choice::new("", "as it is"))
        .chain(teams.iter().map(|t| Choice::new(t.id, t.name.clone())))
        .collect();
    let form = |label: &str, hotkey: &str, how: &str, fields: Markup| {
        let body = html! {
            (shell::hidden("key", &item.key))
            (shell::hidden("how", how))
            (shell::hidden("_back", path))
            (fields)
            (shell::submit(label))
        };
        shell::menu(label, Some(hotkey), shell::form("/do/triage-work-item", body))
    };
    let accept =
        with("/do/triage-work-item", &[("key", &item.key), ("how", "accept"), ("_back", path)]);
    let places = vec![
        Choice::new("", "where it stands"),
        Choice::new("top", "the top"),
        Choice::new("bottom", "the bottom"),
    ];
    let tomorrow = cx.now.day().plus_days(7).to_string();
    Ok(html! {
        div.acts {
            (shell::post_button(&accept, "Accept", Some("1")))
            (form("Accept to …", "2", "accept", html! {
                (shell::select("Team", "team", teams))
                (shell::select("In the order", "to", places))
            }))
            (form("Asked before", "3", "duplicate", html! {
                (shell::field("What asks for the same", "of").placeholder("some words of it, or its key").required().picks("story task bug"))
            }))
            (form("Decline", "4", "decline", html! {
                (shell::textarea("Why not? Whoever asked is told", "because").rows(3).draft(format!("decline-{}", item.key)).required())
            }))
            (form("Later", "5", "snooze", html! {
                (shell::field("It comes back on", "until").kind("date").value(tomorrow).required())
            }))
        }
    })
}

fn is_item(a: &Alike) -> bool {
    matches!(a.node.kind.as_str(), "epic" | "story" | "task" | "bug")
}

/// What says much the same, each with the way to join it in one press.
fn much_like(item: &ItemView, alike: &[Alike], path: &str, write: bool) -> Markup {
    let rows = alike.iter().map(|a| {
        let join = with(
            "/do/triage-work-item",
            &[("key", &item.key), ("how", "duplicate"), ("of", &a.node.key), ("_back", path)],
        );
        vec![
            html! { a href={ "/" (a.node.key) } data-turbo-frame="peek" { (a.node.key) " " (a.node.title) } },
            html! { (a.node.kind) ", " (a.node.state.to_lowercase()) },
            html! { span.soft { (a.shared.join(", ")) } },
            html! { (format!("{:.0}\u{a0}%", a.score * 100.0)) },
            html! { @if write && is_item(a) { (shell::post_button(&join, "Asked before", None)) } },
        ]
    });
    let heads = ["Item", "Kind", "Shared words", "#Alike", ""];
    shell::section("Much like it", shell::data_table("Much like it", &heads, rows.collect()))
}

fn next(rest: &[ItemView], path: &str, write: bool) -> Markup {
    let row = |item: &ItemView| {
        let row = shell::list_row(with(path, &[("at", &item.key)]), item.title.clone());
        let row = row.key(item.key.clone()).facet(Facet::How).tail(html! {
            span.soft { (item.level) }
            @if let Some(who) = &item.reporter { span.soft { (who.name) } }
            span.soft { (shell::time_tag(item.created_at)) }
        });
        if write { row.value(&item.key) } else { row }
    };
    let rows = html! { @for item in rest { (row(item)) } };
    html! {
        (shell::section("Next", shell::list("Next", rows)))
        @if write {
            (shell::bulk_bar("/do/accept-work-items", html! {
                (shell::hidden("_back", path))
                button.btn.go { "Accept the selected" }
            }))
        }
    }
}
