//! The inbox in themes.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, may_write, once, product, show};
use crate::people::products::Product;
use crate::shell::{self, Facet, markdown};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::themes::{GroupInbox, Grouped, Piece, Theme};

/// More pieces of a theme than this are linked in a second step.
const SHOWN: usize = 100;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let grouped = GroupInbox { product: product.key.clone() }.run(cx)?;
        let main = told(&product, &grouped, may_write(cx));
        Ok(Page {
            title: format!("Themes in the inbox of {}", product.name),
            head: Some(shell::page_head(
                "Why",
                "Inbox by theme",
                html! { "New evidence that speaks of the same, the largest theme first" },
                html! { a.btn href={ "/p/" (product.key) "/inbox" } { "One by one" } },
            )),
            product: Some(product),
            active: "inbox",
            facet: Facet::Why,
            main,
            ..Page::default()
        })
    })
    .await
}

fn told(product: &Product, grouped: &Grouped, write: bool) -> Markup {
    if grouped.looked_at == 0 {
        return shell::empty_state(
            "Nothing waits",
            "When many users write at once, what they say is grouped here: “refund · card · twice”, 14 pieces.",
            html! {},
        );
    }
    html! {
        p.soft { "The newest " (grouped.looked_at) " pieces in " (grouped.themes.len()) " themes; " (grouped.alone.len()) " are like nothing else." }
        @for theme in &grouped.themes { (one(product, theme, write)) }
        @if !grouped.alone.is_empty() { (shell::section("Like nothing else", pieces("Like nothing else", &grouped.alone, false))) }
    }
}

fn one(product: &Product, theme: &Theme, write: bool) -> Markup {
    let label = theme.label.join(" · ");
    let title = format!("{label} ({})", theme.pieces.len());
    let back = format!("/p/{}/inbox/themes", product.key);
    let form = |id: &str, label: &str, field: Markup| {
        shell::menu(
            label,
            None,
            shell::form(
                "/do/triage-theme",
                html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &back))
                    (field)
                    (shell::submit(label))
                    p.soft { "Take the tick from what does not belong to it." }
                    @for piece in theme.pieces.iter().take(SHOWN) {
                        (shell::checkbox(&markdown::plain_excerpt(&piece.words, 90), "keys")
                            .id(format!("{id}-{}", piece.key)).value(&piece.key).checked(true))
                    }
                },
            ),
        )
    };
    shell::section(
        &title,
        html! {
            (pieces(&title, &theme.pieces, true))
            @if write {
                div.acts {
                    (form("link", "Link to a need", html! { (shell::field("The need", "need").placeholder("some words of it, or its key").required().picks("need")) }))
                    (form("new", "A new need from these", html! { (shell::field("The job to be done", "title").required().placeholder("When …, I want to …, so that …")) }))
                }
            }
        },
    )
}

fn pieces(label: &str, pieces: &[Piece], folded: bool) -> Markup {
    const FIRST: usize = 4;
    let row = |piece: &Piece| {
        shell::list_row(format!("/{}", piece.key), markdown::plain_excerpt(&piece.words, 160))
            .key(piece.key.clone())
            .facet(Facet::Why)
            .peek()
    };
    let first = if folded { FIRST } else { pieces.len() };
    html! {
        (shell::list(label, html! { @for piece in pieces.iter().take(first) { (row(piece)) } }))
        @if pieces.len() > first {
            details {
                summary { "and " (pieces.len() - first) " more" }
                (shell::list(label, html! { @for piece in pieces.iter().skip(first) { (row(piece)) } }))
            }
        }
    }
}
