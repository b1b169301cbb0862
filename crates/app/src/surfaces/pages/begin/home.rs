//! The first page of a workspace: its products, and what comes next where it has just begun.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, once, show};
use super::next_list;
use crate::guide::onboarding::{current, next_steps};
use crate::kernel::{Access, Result};
use crate::people::{accounts, products};
use crate::shell::{self, Tone};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn home(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    show(&app, visitor, &headers, page).await
}

fn page(cx: &mut Reader<'_>) -> Result<Page> {
    let visible = products::visible(cx.conn, cx.actor)?;
    let name = accounts::workspace_name(cx.conn, cx.actor.workspace)?;
    let admin = cx.actor.check(Access::Admin).is_ok();
    let begun = current(cx.conn, cx.actor.workspace)?;
    let next = match cx.actor.check_role(Access::Write) {
        Ok(()) => next_steps(cx)?,
        Err(_) => Vec::new(),
    };
    let open = begun.as_ref().is_some_and(|o| o.state == "open");
    let main = html! {
        @if admin && open {
            (shell::notice(Tone::Plain, html! {
                "Setting up was left at step " (begun.as_ref().map_or(1, |o| o.step)) " of 5. "
                a href="/begin" { "Go on with it" } ", or leave it: everything can be made on its own page."
            }))
        }
        (next_list(&next))
        @if visible.is_empty() {
            (shell::empty_state(
                "No products yet",
                "A product holds its why, what and how, as “Southway Tickets”: what users said, which problem is worth solving, and the backlog that serves it.",
                html! { @if admin { a.btn.go href="/begin" { "Begin with a few questions" } } },
            ))
        } @else {
            (shell::list("Products", html! {
                @for p in &visible {
                    (shell::list_row(format!("/p/{}/backlog", p.key), p.name.clone())
                        .key(p.key.clone())
                        .tail(html! { @if p.private { (shell::pill("private")) } }))
                }
            }))
        }
        @if admin { (create()) }
    };
    Ok(Page {
        title: name.clone(),
        active: "home",
        head: Some(shell::page_head("Workspace", &name, html! {}, html! {})),
        main,
        ..Page::default()
    })
}

fn create() -> Markup {
    shell::section(
        "A new product",
        shell::form(
            "/do/create-product",
            html! {
                (once())
                (shell::hidden("_back", "/"))
                (shell::field("Name", "name").placeholder("Southway Tickets"))
                (shell::field("Key, the front of every item's key", "key").placeholder("RIDE"))
                (shell::checkbox("Private: only named members see it", "private").value("true"))
                (shell::submit("Create the product"))
            },
        ),
    )
}
