//! A product's pages: the tree, one page, and all of them as Markdown.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::item::{node_row, prose};
use super::{Page, error_page, may_write, once, product, show};
use crate::how::pages::{DocPage, ExportPages, Leaf, above, tree};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Choice};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use crate::thread::nodes::Node;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/pages", get(all)).route("/p/{product}/pages.md", get(export))
}

async fn all(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let leaves = tree(cx.conn, cx.actor.workspace, product.id)?;
        let write = may_write(cx);
        let main = html! {
            @if leaves.is_empty() {
                (shell::empty_state(
                    "No pages yet",
                    "“How we answer support”: who looks, how soon, what to say. Name items by their keys, and both find each other.",
                    html! {},
                ))
            } @else {
                (branches(&leaves, None))
                p.acts { a.btn href={ "/p/" (product.key) "/pages.md" } data-turbo="false" { "All as Markdown" } }
            }
        };
        let add = html! { @if write { (new(&product, &leaves, None)) } };
        Ok(Page {
            title: format!("Pages of {}", product.name),
            head: Some(shell::page_head("Product", "Pages", html! { "What is worth finding again" }, add)),
            product: Some(product),
            active: "pages",
            main,
            ..Page::default()
        })
    })
    .await
}

/// The tree as nested lists, in which every page leads to itself.
fn branches(leaves: &[Leaf], here: Option<&str>) -> Markup {
    let top = leaves.first().map_or(0, |leaf| leaf.depth);
    let starts: Vec<usize> = (0..leaves.len()).filter(|at| leaves[*at].depth == top).collect();
    html! {
        ul.doc-tree {
            @for (n, start) in starts.iter().enumerate() {
                @let end = starts.get(n + 1).copied().unwrap_or(leaves.len());
                @let leaf = &leaves[*start];
                li {
                    a href={ "/" (leaf.key) } aria-current=[(here == Some(&*leaf.key)).then_some("page")] { (leaf.title) }
                    @if end > start + 1 { (branches(&leaves[start + 1..end], here)) }
                }
            }
        }
    }
}

/// The tree beside a page.
pub(super) fn rail(
    cx: &mut Reader<'_>,
    product: &Product,
    here: Option<&str>,
) -> Result<(String, Markup)> {
    let leaves = tree(cx.conn, cx.actor.workspace, product.id)?;
    let words = format!("Pages of {}", product.name);
    let markup = html! {
        nav.doc-rail aria-label=(words) {
            h2 { a href={ "/p/" (product.key) "/pages" } { "Pages" } }
            (branches(&leaves, here))
        }
    };
    Ok((words, markup))
}

fn places(leaves: &[Leaf], without: Option<&str>) -> Vec<Choice> {
    let indent = |leaf: &Leaf| format!("{}{}", "– ".repeat(leaf.depth), leaf.title);
    let own = |leaf: &&Leaf| {
        without.is_none_or(|key| {
            leaf.key != key && !above(leaves, &leaf.key).iter().any(|l| l.key == key)
        })
    };
    std::iter::once(Choice::new("", "at the top"))
        .chain(leaves.iter().filter(own).map(|leaf| Choice::new(&leaf.key, indent(leaf))))
        .collect()
}

fn new(product: &Product, leaves: &[Leaf], below: Option<&str>) -> Markup {
    let label = if below.is_some() { "New page below" } else { "New page" };
    shell::menu(
        label,
        Some("c"),
        shell::form(
            "/do/write-page",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::field("Title", "title").placeholder("How we answer support").required().autofocus())
                (shell::textarea("Text", "body").id("new-page-body").rows(12).markdown().draft(format!("page-{}", product.key)))
                (shell::select("Below", "parent", places(leaves, None)).value(below.unwrap_or_default()))
                (shell::submit("Keep it"))
            },
        ),
    )
}

/// A page's own part of its page.
pub(super) fn body(
    cx: &mut Reader<'_>,
    page: &DocPage,
    product: &Product,
    write: bool,
) -> Result<Markup> {
    let leaves = tree(cx.conn, cx.actor.workspace, product.id)?;
    let line = above(&leaves, &page.key);
    let children: Vec<&Leaf> =
        leaves.iter().filter(|l| l.parent.as_deref() == Some(&page.key)).collect();
    Ok(html! {
        @if !line.is_empty() {
            p.soft.doc-line {
                @for leaf in &line { a href={ "/" (leaf.key) } { (leaf.title) } " / " }
            }
        }
        @if page.body.trim().is_empty() { p.soft { "Nothing is written here yet." } }
        div.prose.doc { (prose(&page.body)) }
        @if !children.is_empty() {
            (shell::section("Below this page", html! { ul { @for leaf in children { li { a href={ "/" (leaf.key) } { (leaf.title) } } } } }))
        }
        @if write {
            div.acts {
                (edit(page))
                (new(product, &leaves, Some(&page.key)))
                (moving(page, &leaves))
                a.btn href={ "/p/" (product.key) "/pages.md?from=" (page.key) } data-turbo="false" { "As Markdown" }
            }
        } @else {
            p.acts { a.btn href={ "/p/" (product.key) "/pages.md?from=" (page.key) } data-turbo="false" { "As Markdown" } }
        }
    })
}

fn edit(page: &DocPage) -> Markup {
    shell::menu(
        "Edit",
        Some("e"),
        shell::form(
            "/do/edit-page",
            html! {
                (shell::hidden("key", &page.key))
                (shell::hidden("revision", &page.revision.to_string()))
                (shell::hidden("_back", &format!("/{}", page.key)))
                (shell::field("Title", "title").id("edit-title").value(&page.title).required())
                (shell::textarea("Text", "body").id("edit-body").value(&page.body).rows(20).markdown())
                (shell::submit("Save"))
            },
        ),
    )
}

fn moving(page: &DocPage, leaves: &[Leaf]) -> Markup {
    let parent = leaves.iter().find(|l| l.id == page.id).and_then(|l| l.parent.clone());
    let mut neighbours = vec![Choice::new("", "at the end")];
    let beside = leaves.iter().filter(|l| l.parent == parent && l.id != page.id);
    neighbours.extend(beside.map(|l| Choice::new(&l.key, format!("before {}", l.title))));
    let parent = parent.unwrap_or_default();
    let back = format!("/{}", page.key);
    shell::menu(
        "Move",
        None,
        html! {
            (shell::form("/do/move-page", html! {
                (shell::hidden("key", &page.key))
                (shell::hidden("_back", &back))
                (shell::select("Below", "parent", places(leaves, Some(&page.key))).id("page-parent").value(&parent))
                (shell::submit("Move it there"))
            }))
            @if neighbours.len() > 1 {
                (shell::form("/do/move-page", html! {
                    (shell::hidden("key", &page.key))
                    (shell::hidden("_back", &back))
                    (shell::select("Among its neighbours", "before", neighbours).id("page-before"))
                    (shell::submit("Put it there"))
                }))
            }
        },
    )
}

/// What names a thing in its text.
pub(super) fn named_in(cx: &mut Reader<'_>, node: &Node) -> Result<Markup> {
    let all = crate::thread::naming::named_in(cx.conn, cx.actor, &node.key)?;
    Ok(html! {
        @if !all.is_empty() {
            (shell::section("Linked from", shell::list("Linked from", html! { @for one in &all { (node_row(one)) } })))
        }
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct From {
    from: Option<String>,
}

/// All pages, or one with those below it, as a file.
async fn export(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<From>,
) -> Response {
    let now = app.clock.now();
    let name = from.from.clone().unwrap_or_else(|| format!("{key}-pages")).to_lowercase();
    let made = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        ExportPages { product: key, from: from.from }.run(&mut cx)
    });
    match made.await {
        Ok(made) => {
            let name: String =
                name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            let headers = [
                (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.md\"")),
            ];
            (headers, made.markdown).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}
