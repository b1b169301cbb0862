//! Work as a tree: branches unfold by a link, so that the address says what is seen; rows move by drag
//! or by key.

use std::collections::HashSet;

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::filtered::{Filter, bar, bulk, quick_add};
use super::super::item::quick_link;
use super::super::work::with_state;
use super::super::{Page, may_write, product, show};
use super::{misread, with};
use crate::shell::{self, Facet, Pages};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::work_tree::{TreeLine, Wanted, keys};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    /// Keys of what is unfolded, with dots between them.
    open: Option<String>,
    under: String,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    Params(view): Params<View>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/work-tree", product.key);
        let write = may_write(cx);
        let bar = bar(cx, &product, &filter, "tree")?;
        if bar.asked.is_none() {
            let title = format!("Tree of {}", product.name);
            return Ok(misread(product, title, "work-tree", bar));
        }
        let wanted = Wanted {
            list: filter.query(&product.key),
            under: Some(view.under.clone()).filter(|u| !u.is_empty()),
            open: view.open.as_deref().map(keys),
        };
        let plain = wanted.list.is_plain() || wanted.under.is_some();
        let found = wanted.page(cx)?;
        let here = with(&filter.href(&path, Some(&filter.after)), &[("under", &view.under)]);
        let shown: HashSet<&str> =
            found.lines.iter().filter(|l| l.open).map(|l| l.item.key.as_str()).collect();
        let rows = html! {
            @for line in &found.lines {
                (row(line, write, &fold(line, &shown, &here, plain)))
                @if line.more {
                    li.row.soft.{ "level-" (line.depth + 1) } {
                        a href=(with(&path, &[("under", &line.item.key)])) { "All " (line.children) " under " (line.item.key) }
                    }
                }
            }
        };
        let own = quick_add(cx, &product, "story", &here, &filter)?;
        let main = html! {
            (bar.markup)
            @if !view.under.is_empty() { (above(&path, &found.above, &view.under)) }
            @if found.lines.is_empty() {
                (shell::empty_state("Nothing stands here", "Epics come first, with the stories that they gather under them, and tasks and bugs under those.", html! {}))
            } @else {
                ul.rows.tree aria-label="Work as a tree" data-controller=[(write && plain).then_some("branches")]
                    data-root=(found.above.last().map_or("none", |i| i.key.as_str())) { (rows) }
                @if write && plain { p.soft.keys-hint { "Drag a row onto another to put it under that, or between two. By key: Alt with the arrows, → under the row above, ← out of its branch." } }
            }
            @if plain && view.under.is_empty() && filter.after.is_empty() {
                p { a href=(with(&path, &[("under", "none")])) { "What stands under no epic" } }
            }
            (shell::pages(&Pages {
                first: (!filter.after.is_empty()).then(|| with(&filter.href(&path, None), &[("under", &view.under)])),
                next: found.next.as_deref().map(|n| with(&filter.href(&path, Some(n)), &[("under", &view.under)])),
                note: String::new(),
            }))
            @if write { (bulk(cx, &product, &filter, &path, "")?) }
        };
        Ok(Page {
            title: format!("Tree of {}", product.name),
            head: Some(shell::page_head("How", "Tree", html! { "Epics, what stands under them, and how far each has come" }, own)),
            product: Some(product),
            active: "work-tree",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// The way from the root to the branch that is shown.
fn above(path: &str, above: &[crate::how::work_items::ItemView], under: &str) -> Markup {
    html! {
        p.branch-way {
            a href=(path) { "All epics" }
            @if under == "none" { " › Under no epic" }
            @for (n, item) in above.iter().enumerate() {
                " › "
                @if n + 1 == above.len() { a href={ "/" (item.key) } { (item.key) " " (item.title) } }
                @else { a href=(with(path, &[("under", &item.key)])) { (item.key) " " (item.title) } }
            }
        }
    }
}

/// The link that unfolds a branch, or folds it.
fn fold(line: &TreeLine, shown: &HashSet<&str>, here: &str, plain: bool) -> Markup {
    let key = line.item.key.as_str();
    if line.children == 0 || !plain {
        return html! { span.fold {} };
    }
    let mut keys: Vec<&str> = shown.iter().copied().filter(|k| *k != key).collect();
    if !line.open {
        keys.push(key);
    }
    keys.sort_unstable();
    let open = if keys.is_empty() { "-".to_owned() } else { keys.join(".") };
    let verb = if line.open { "Fold" } else { "Unfold" };
    html! {
        a.fold href=(with(here, &[("open", &open)])) data-turbo-action="replace" aria-expanded=(if line.open { "true" } else { "false" })
            aria-label={ (verb) " " (key) } { (if line.open { "▾" } else { "▸" }) }
    }
}

fn row(line: &TreeLine, write: bool, fold: &Markup) -> shell::Row {
    let item = &line.item;
    let mut row = with_state(item, write).level(u8::try_from(line.depth).unwrap_or(6));
    if item.level == "epic" {
        row = row.facet(Facet::What);
    }
    let own = row.tail.take();
    let share = (line.stories > 0).then(|| line.stories_done * 100 / line.stories);
    let tail = html! {
        @if let Some(share) = share {
            (shell::meter(u8::try_from(share).unwrap_or(100), &format!("{} of {}", line.stories_done, line.stories)))
        }
        @if write { (quick_link(&item.key, "parent", "quiet", html! { "part of" })) }
        @if let Some(own) = own { (own) }
    };
    let under = item.parent.as_ref().map_or("none", |p| p.id.as_str());
    let first =
        html! { (fold) @if !line.matches { span.sr.only-above { "Only above what matches: " } } };
    row.tail(tail).branch(under, first)
}
