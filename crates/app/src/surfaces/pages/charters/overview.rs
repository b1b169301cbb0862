//! All charters that hold or are drafted, and where the next one begins.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::{names, sentence, state};
use crate::kernel::{Access, Result};
use crate::people::charters::{CharterLine, ListCharters};
use crate::people::{products, teams};
use crate::shell::{self, Choice};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, show};
use crate::surfaces::session::Visitor;

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    show(&app, visitor, &headers, |cx| {
        let charters = ListCharters {}.run(cx)?;
        let write = cx.actor.check(Access::Write).is_ok();
        let begin = if write { begin(cx)? } else { html! {} };
        let main = html! {
            @if charters.is_empty() {
                (shell::empty_state(
                    "No charters yet",
                    "A charter says who answers for what: “Mei answers for the order of problems, Ana for the order of the backlog; Tom is asked.” Titles are only labels beside it.",
                    html! {},
                ))
            } @else {
                (shell::list("Charters", html! { @for c in &charters { (line(c)) } }))
            }
            (begin)
            p.soft { "What somebody is given here they do freely. Whoever does another's work is asked why and not stopped." }
        };
        Ok(Page {
            title: "Charters".into(),
            active: "charters",
            head: Some(shell::page_head("People", "Charters", html! { "Who answers for what, and why so" }, html! { a.btn href="/responsibilities" { "Responsibilities" } })),
            main,
            ..Page::default()
        })
    })
    .await
}

fn line(c: &CharterLine) -> shell::Row {
    shell::list_row(format!("/charters/{}", c.id), c.scope_name.clone()).tail(html! {
        span.soft { (sentence(c.arrangement.label())) }
        @if c.waiting.len() > 2 { span.soft { (c.waiting.len()) " have yet to sign" } }
        @else if !c.waiting.is_empty() { span.soft { "waits for " (names(&c.waiting)) } }
        @else if c.unowned > 0 { span.soft { (c.unowned) " with nobody" } }
        (shell::pill(&c.scope))
        (state(&c.state))
    })
}

/// For which product or team the next one is.
fn begin(cx: &mut Reader<'_>) -> Result<Markup> {
    let products = products::visible(cx.conn, cx.actor)?;
    let teams = teams::active(cx.conn, cx.actor.workspace)?;
    let mut product = vec![Choice::new("", "—")];
    product.extend(products.iter().map(|p| Choice::new(&p.key, p.name.clone())));
    let mut team = vec![Choice::new("", "—")];
    team.extend(teams.iter().map(|t| Choice::new(t.id, t.name.clone())));
    Ok(shell::section(
        "Begin a charter",
        html! {
            p.soft { "A few questions about the company and who is there; the answer is an arrangement with its reasons, and a first matrix." }
            form.form method="get" action="/arrangement" {
                (shell::select("For the product", "product", product))
                (shell::field("One part of it", "part").placeholder("Checkout; leave empty for the whole product"))
                (shell::select("Or for the team", "team", team))
                div.acts { (shell::submit("Go on")) }
            }
        },
    ))
}
