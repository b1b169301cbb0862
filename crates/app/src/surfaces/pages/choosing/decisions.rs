//! The decision log and a decision's page.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::lists::{After, Listing};
use super::super::{may_write, once, product, show};
use super::{about_link, part};
use crate::kernel::Result;
use crate::people::nouns::View;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::what::decisions::{Decision, DecisionView, ListDecisions};

const PAGE: Listing = Listing {
    active: "decisions",
    title: "Decisions",
    about: "What was chosen and why, newest first",
    facet: Facet::What,
    empty: (
        "No decisions yet",
        "Refund to the card that paid, not to a voucher. Because: three of four callers never used the voucher.",
    ),
};

pub(in super::super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let page = ListDecisions { product: product.key.clone(), after, limit: None }.run(cx)?;
        let rows = (!page.items.is_empty())
            .then(|| shell::list("Decisions", html! { @for d in &page.items { (row(d)) } }));
        let actions = html! {
            @if may_write(cx) { (form(&product.key, None, &PAGE.path(&product))) }
        };
        Ok(PAGE.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

fn tone(state: &str) -> Tone {
    match state {
        "accepted" => Tone::Good,
        "proposed" => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn row(d: &DecisionView) -> shell::Row {
    shell::list_row(format!("/{}", d.key), d.title.clone())
        .key(d.key.clone())
        .facet(Facet::What)
        .peek()
        .lead(shell::toned(&d.state, tone(&d.state)))
        .tail(html! {
            @if let Some(day) = d.decided_on { span.soft { (shell::day_tag(day)) } }
            @if let Some(day) = d.review_on { span.soft { " review " (shell::day_tag(day)) } }
        })
}

pub(super) fn rows(label: &str, all: &[Decision]) -> Markup {
    shell::list(
        label,
        html! {
            @for d in all {
                (shell::list_row(format!("/{}", d.key), d.title.clone())
                    .key(d.key.clone()).facet(Facet::What).peek().lead(shell::toned(&d.state, tone(&d.state))))
            }
        },
    )
}

/// The form that proposes a decision, about an item or about nothing in particular.
pub(super) fn form(product: &str, about: Option<&str>, back: &str) -> Markup {
    shell::menu(
        "Write a decision",
        about.is_none().then_some("c"),
        shell::form(
            "/do/propose-decision",
            html! {
                (once())
                (shell::hidden("product", product))
                (shell::hidden("_back", back))
                (shell::field("What is decided", "title"))
                (shell::textarea("Context", "context").rows(3).draft(format!("decision-{product}")))
                (shell::textarea("Options", "options").rows(3))
                (shell::textarea("Choice", "choice").rows(2))
                (shell::textarea("Consequences", "consequences").rows(2))
                @match about {
                    Some(key) => (shell::hidden("about", key)),
                    None => (shell::field("About", "about").placeholder("some words of an item, or its key").picks("epic story task bug opportunity need option release objective")),
                }
                (shell::field("Supersedes the decision", "supersedes").placeholder("some words of it, or its key").picks("decision"))
                (shell::field("Look at it again on", "review_on").kind("date"))
                (shell::select("It is", "state", super::super::choices(&["proposed", "accepted"], None)))
                (shell::submit("Keep it"))
            },
        ),
    )
}

pub(super) fn body(cx: &mut Reader<'_>, d: &Decision, write: bool) -> Result<Markup> {
    let view = DecisionView::of(cx.conn, cx.actor, d)?;
    let about = about_link(cx, d.about_id)?;
    Ok(html! {
        (shell::stats(html! {
            @if let Some(day) = d.decided_on { (shell::stat("Decided", &day.words(), "")) }
            @if let Some(day) = d.review_on { (shell::stat("Look at it again", &day.words(), "")) }
        }))
        (about)
        @if let Some(newer) = &view.superseded_by { p { "Superseded by " a href={ "/" (newer) } { (newer) } } }
        @if let Some(older) = &view.supersedes { p { "Supersedes " a href={ "/" (older) } { (older) } } }
        (part("Context", &d.context))
        (part("Options", &d.options))
        (part("Choice", &d.choice))
        (part("Consequences", &d.consequences))
        (super::super::culture::beside(cx, d.id, write)?)
        @if write && d.state == "proposed" {
            div.acts {
                @if d.choice.trim().is_empty() {
                    (shell::menu("Accept", None, shell::form("/do/settle-decision", html! {
                        (shell::hidden("key", &d.key))
                        (shell::hidden("state", "accepted"))
                        (shell::hidden("_back", &format!("/{}", d.key)))
                        (shell::textarea("What was chosen", "choice").id("settled-choice").rows(3).required())
                        (shell::submit("Accept"))
                    })))
                } @else {
                    (shell::post_button(&format!("/do/settle-decision?key={}&state=accepted&_back=/{}", d.key, d.key), "Accept", None))
                }
                (shell::post_button(&format!("/do/settle-decision?key={}&state=rejected&_back=/{}", d.key, d.key), "Reject", None))
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-decision", html! {
                    (shell::hidden("key", &d.key))
                    (shell::hidden("revision", &d.revision.to_string()))
                    (shell::hidden("_back", &format!("/{}", d.key)))
                    (shell::field("What is decided", "title").value(&d.title))
                    (shell::textarea("Context", "context").value(&d.context).rows(4).draft(format!("edit-{}", d.key)))
                    (shell::textarea("Options", "options").value(&d.options).rows(4))
                    (shell::textarea("Choice", "choice").value(&d.choice).rows(3))
                    (shell::textarea("Consequences", "consequences").value(&d.consequences).rows(3))
                    (shell::field("Look at it again on", "review_on").kind("date").value(d.review_on.map_or(String::new(), |r| r.to_string())))
                    (shell::submit("Save"))
                })))
            }
        }
    })
}
