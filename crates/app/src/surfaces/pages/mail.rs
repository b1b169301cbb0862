//! The outbox as admins see it: what waits, what was sent, what could not be, and why.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, show};
use crate::kernel::Access;
use crate::people::mail::{LetterView, ListMail};
use crate::shell::{self, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/mail", get(outbox))
}

async fn outbox(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    let (way, sends) = (app.post.describe(), app.post.can_send());
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check(Access::Admin)?;
        let all = ListMail {}.run(cx)?;
        let tone = if sends { Tone::Plain } else { Tone::Warn };
        let main = html! {
            (shell::notice(tone, html! { (way) "." }))
            (shell::stats(html! {
                (shell::stat("Waiting", &all.waiting.to_string(), ""))
                (shell::stat("Sent", &all.sent.to_string(), "in 90 days"))
                (shell::stat("Given up", &all.given_up.to_string(), ""))
            }))
            @if all.letters.is_empty() {
                (shell::empty_state("No mail yet", "Sign-in links of the portal, replies to those who asked, digests: each leaves here one line that says what became of it.", html! {}))
            } @else {
                (shell::data_table("The newest letters", &["When", "To", "Subject", "State", ""], all.letters.iter().map(row).collect()))
                p.soft { "A letter's text is kept until it was sent, and is shown to nobody. It is tried six times in a day." }
            }
        };
        let actions = shell::post_button("/do/send-test-mail?_back=/mail", "Send a test mail to me", None);
        Ok(Page {
            title: "Mail".into(),
            active: "mail",
            head: Some(shell::page_head("Workspace", "Mail", html! { "What leaves this workspace, and what became of it" }, actions)),
            main,
            ..Page::default()
        })
    })
    .await
}

fn row(letter: &LetterView) -> Vec<Markup> {
    let state = match letter.state.as_str() {
        "sent" => shell::toned("sent", Tone::Good),
        "given-up" => shell::toned("given up", Tone::Bad),
        _ => shell::pill("waiting"),
    };
    vec![
        shell::time_tag(letter.created_at),
        html! { (letter.to) },
        html! { (letter.subject) " " span.soft { (letter.kind.replace('-', " ")) } },
        html! {
            (state)
            @if !letter.problem.is_empty() { p.soft { (letter.problem) } }
            @if let (Some(next), true) = (letter.next_at, letter.attempts > 0) {
                p.soft { "Tried " @if letter.attempts == 1 { "once" } @else { (letter.attempts) " times" } "; again " (shell::time_tag(next)) }
            }
        },
        html! {
            @if letter.state == "given-up" {
                (shell::post_button(&format!("/do/retry-mail?letter={}&_back=/mail", letter.id), "Try again", None))
            }
        },
    ]
}
