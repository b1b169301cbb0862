//! The opportunity solution tree: drawn, and as a list that folds, with forms that put a problem
//! elsewhere.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, error_page, may_write, product, show};
use super::drawing::{Medium, draw, hue, places};
use crate::people::products::Product;
use crate::shell::{self, Facet};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use crate::thread::tree::{GetTree, TreeNode};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    /// Keys of what is folded, with commas between them.
    fold: Option<String>,
}

impl View {
    fn folded(&self) -> Vec<String> {
        let all = self.fold.as_deref().unwrap_or_default().split(',');
        all.filter(|key| !key.is_empty()).map(str::to_uppercase).take(500).collect()
    }
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
        let tree = GetTree { product: product.key.clone() }.run(cx)?;
        let (folded, write) = (view.folded(), may_write(cx));
        let file = format!("/p/{}/tree.svg?fold={}", product.key, folded.join(","));
        let actions = html! { @if !tree.is_empty() { a.btn href=(file) download { "Save as SVG" } } };
        let main = html! {
            (super::ways(&product, "tree"))
            @if tree.is_empty() {
                (shell::empty_state("Nothing to draw yet", "An objective, the problems in its way, the options that would solve them, and what you try.", html! {}))
            } @else {
                (drawing(&product, &tree, &folded, write))
                (shell::section("As a list", list(&product, &tree, write)))
            }
        };
        Ok(Page {
            title: format!("Tree of {}", product.name),
            head: Some(shell::page_head("What", "Opportunity solution tree", html! { "Outcomes, the problems in their way, options, experiments" }, actions)),
            product: Some(product),
            active: "priorities",
            facet: Facet::What,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

/// The drawing as a file of its own.
pub(super) async fn file(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(view): Params<View>,
) -> Response {
    let now = app.clock.now();
    let made = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        let product = product(&mut cx, &key)?;
        let tree = GetTree { product: product.key.clone() }.run(&mut cx)?;
        let title = format!("Opportunity solution tree of {}", product.name);
        let drawn = draw(&title, &places(&tree, &view.folded()), Medium::File, |_| String::new());
        Ok((product.key, drawn.into_string()))
    });
    match made.await {
        Ok((key, drawn)) => {
            let name = format!("attachment; filename=\"{}-tree.svg\"", key.to_lowercase());
            (
                [
                    (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
                    (header::CONTENT_DISPOSITION, name),
                ],
                drawn,
            )
                .into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

fn drawing(product: &Product, tree: &[TreeNode], folded: &[String], write: bool) -> Markup {
    let fold = |key: &str| {
        let mut all: Vec<&str> = folded.iter().map(String::as_str).filter(|k| *k != key).collect();
        if all.len() == folded.len() {
            all.push(key);
        }
        format!("/p/{}/tree?fold={}", product.key, all.join(","))
    };
    let parents: Vec<&str> = tree.iter().filter_map(|node| node.under.as_deref()).collect();
    let all = places(tree, folded);
    let title = format!("Opportunity solution tree of {}", product.name);
    html! {
        div.scroll.drawn tabindex="0" role="region" aria-label="The tree, drawn" data-controller=[write.then_some("tree")] {
            (draw(&title, &all, Medium::Page { drags: write }, |key| if parents.contains(&key) { fold(key) } else { String::new() }))
        }
        p.soft.drawn {
            "− folds a branch, + unfolds it. "
            @if write { "Drag a problem onto another, or onto a key result, to put it under that. " }
            "The list below says the same."
        }
    }
}

/// The tree as nested lists; each branch folds without scripts.
fn list(product: &Product, tree: &[TreeNode], write: bool) -> Markup {
    let roots = tree.iter().enumerate().filter(|(_, node)| node.depth == 0);
    let all = html! { @for (at, _) in roots { (branch(product, tree, at, write)) } };
    html! {
        @if write { p.soft { "Drag a problem under another, or under a key result; or press Alt with the arrows." } }
        (branches("", write, all))
    }
}

/// A list that takes dropped problems, if one may write: what is dropped stands under `under`.
fn branches(under: &str, write: bool, all: Markup) -> Markup {
    html! {
        ul.branches data-controller=[write.then_some("sortable")] data-move-url=[write.then_some("/move?tree")]
            data-group=[write.then_some("tree")] data-column=[(write && !under.is_empty()).then_some(under)] { (all) }
    }
}

fn branch(product: &Product, tree: &[TreeNode], at: usize, write: bool) -> Markup {
    let node = &tree[at];
    let rest = tree[at + 1..].iter().take_while(|below| below.depth > node.depth).count();
    let below = (at + 1..=at + rest).filter(|child| tree[*child].depth == node.depth + 1);
    let (facet, _) = hue(&node.kind);
    let line = html! {
        span.kind.(facet) { (node.kind.replace('-', " ")) } " "
        (node.title) " " span.soft { (node.state.replace('-', " ")) }
        @if !node.also.is_empty() { span.soft { ", also serves " (node.also.join(", ")) } }
    };
    // A summary holds no link: what is done with the node stands beside it.
    let acts = html! {
        div.acts {
            @if write && node.kind == "opportunity" { (elsewhere(product, node)) }
            a.key href={ "/" (node.key) } data-turbo-frame="peek" { (node.key) }
        }
    };
    let movable = write && node.kind == "opportunity";
    let takes = write && matches!(node.kind.as_str(), "opportunity" | "key-result");
    let under = branches(
        &node.key,
        takes,
        html! { @for child in below { (branch(product, tree, child, write)) } },
    );
    html! {
        li data-item=[movable.then_some(&node.key)] tabindex=[movable.then_some("0")] {
            @if rest > 0 {
                details open {
                    summary { (line) }
                    (acts)
                    (under)
                }
            } @else {
                div { (line) }
                (acts)
                @if takes { (under) }
            }
        }
    }
}

fn elsewhere(product: &Product, node: &TreeNode) -> Markup {
    shell::menu(
        "Put elsewhere",
        None,
        shell::form(
            "/do/put-under",
            html! {
                (shell::hidden("key", &node.key))
                (shell::hidden("_back", &format!("/p/{}/tree", product.key)))
                (shell::field("Under the opportunity or key result", "under").id(format!("under-{}", node.key))
                    .value(node.under.as_deref().unwrap_or_default()).placeholder(format!("{}-12", product.key))
                    .help("Empty: it stands alone."))
                (shell::submit("Put it there"))
            },
        ),
    )
}
