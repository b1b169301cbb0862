//! Requirements: what people ask for, and what became of it.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::prose;
use super::super::lists::{After, Listing};
use super::super::{choices, once, product, show};
use crate::kernel::{Access, Result};
use crate::people::nouns::View;
use crate::shell::{self, Choice, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::nodes::Node;
use crate::what::requirements::{self, ListRequirements, Requirement, RequirementView};
use crate::why::stakeholders;

const PAGE: Listing = Listing {
    active: "requirements",
    title: "Requirements",
    about: "What people ask for, with the conversation behind it",
    facet: Facet::What,
    empty: (
        "No requirements yet",
        "Finance asks for a monthly list of refunds. We asked what for: to find double payments. So it may be a check, not a list.",
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
        let page = ListRequirements { product: product.key.clone(), after, limit: None }.run(cx)?;
        let people: Vec<Choice> = stakeholders::all(cx.conn, cx.actor.workspace, product.id)?
            .iter()
            .map(|s| Choice::new(s.id, s.name.clone()))
            .collect();
        let rows = (!page.items.is_empty()).then(|| {
            shell::list("Requirements", html! {
                @for r in &page.items {
                    (shell::list_row(format!("/{}", r.key), r.title.clone())
                        .key(r.key.clone()).facet(Facet::What).peek()
                        .lead(shell::toned(&r.state.replace('-', " "), if r.state == "open" { Tone::Warn } else { Tone::Plain }))
                        .tail(html! {
                            span.soft { (r.stakeholder.as_deref().unwrap_or(&r.source)) }
                            @if r.conversation.is_empty() { " " (shell::toned("no conversation", Tone::Warn)) }
                            @if let Some(key) = &r.became { " " span.soft { "→ " (key) } }
                        }))
                }
            })
        });
        let actions = html! {
            @if cx.actor.check(Access::Propose).is_ok() {
                (shell::menu("Add a requirement", Some("c"), shell::form("/do/add-requirement", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &PAGE.path(&product)))
                    (shell::field("What they ask for", "title"))
                    (shell::field("Asked by: a person or document", "source"))
                    @if !people.is_empty() {
                        @let choices = [vec![Choice::new("", "not on the map")], people].concat();
                        (shell::select("Or a stakeholder", "stakeholder", choices))
                    }
                    (shell::textarea("What was said to and fro", "conversation").rows(4).draft(format!("requirement-{}", product.key))
                        .help("Their words, your questions, their answers. Without it, it is only handed down."))
                    (shell::textarea("More about it", "body").rows(3))
                    (shell::submit("Add"))
                })))
            }
        };
        Ok(PAGE.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

/// Who asked for a record.
pub(super) fn behind(cx: &mut Reader<'_>, node: &Node) -> Result<Markup> {
    let all = requirements::behind(cx.conn, cx.actor.workspace, node.id)?;
    Ok(html! {
        @if !all.is_empty() {
            (shell::section("Asked for by", shell::list("Asked for by", html! {
                @for r in &all {
                    (shell::list_row(format!("/{}", r.key), r.title.clone())
                        .key(r.key.clone()).facet(Facet::What).peek().tail(html! { span.soft { (r.source) } }))
                }
            })))
        }
    })
}

pub(super) fn body(cx: &mut Reader<'_>, r: &Requirement, write: bool) -> Result<Markup> {
    let view = RequirementView::of(cx.conn, cx.actor, r)?;
    let back = format!("/{}", r.key);
    Ok(html! {
        (shell::stats(html! {
            @if let Some(who) = &view.stakeholder { (shell::stat("Stakeholder", who, "")) }
            @if !r.source.is_empty() { (shell::stat("Asked by", &r.source, "")) }
            @if let Some(key) = &view.became { (shell::stat("Became", key, "")) }
        }))
        @if let Some(key) = &view.became { p { "It became " a href={ "/" (key) } { (key) } "." } }
        @if !r.reason.is_empty() { p { (r.state.replace('-', " ")) ": " (r.reason) } }
        div.prose { (prose(&r.body)) }
        (shell::section("The conversation", html! {
            @if r.conversation.is_empty() { p.soft { "None is written down: it was only handed on. Ask them what it is for." } }
            @else { div.prose { (prose(&r.conversation)) } }
        }))
        @if write {
            div.acts {
                (shell::menu("Settle", None, shell::form("/do/settle-requirement", html! {
                    (shell::hidden("key", &r.key))
                    (shell::hidden("_back", &back))
                    (shell::select("It is", "state", choices(&["taken-up", "declined", "open"], None)))
                    (shell::field("It became", "became").placeholder("some words of it, or its key").picks("opportunity need epic story task bug"))
                    (shell::textarea("Because", "because").rows(2))
                    (shell::submit("Settle"))
                })))
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-requirement", html! {
                    (shell::hidden("key", &r.key))
                    (shell::hidden("revision", &r.revision.to_string()))
                    (shell::hidden("_back", &back))
                    (shell::field("What they ask for", "title").value(&r.title))
                    (shell::field("Asked by", "source").value(&r.source))
                    (shell::textarea("What was said to and fro", "conversation").value(&r.conversation).rows(6).draft(format!("edit-{}", r.key)))
                    (shell::textarea("More about it", "body").value(&r.body).rows(4))
                    (shell::submit("Save"))
                })))
            }
        }
    })
}
