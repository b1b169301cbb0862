//! The embedded page about the API.

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::get;
use maud::{Markup, html};

use crate::shell::{self, Plain};
use crate::surfaces::Shared;
use crate::surfaces::reference::{Call, Field, Group, groups};
use crate::surfaces::session::theme;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/docs/api", get(page))
        .route("/api", get(|| async { Redirect::to("/docs/api") }))
}

async fn page(headers: HeaderMap) -> Markup {
    let groups = groups();
    let main = html! {
        h1 { "The API" }
        (introduction())
        nav.chips aria-label="Nouns" {
            @for group in &groups { a.pill href={ "#" (anchor(group)) } { (group.title) } }
        }
        @for group in &groups {
            section.part id=(anchor(group)) {
                h2 { (group.title) }
                @for call in &group.calls { (call_part(call)) }
            }
        }
    };
    Plain { theme: theme(&headers), wide: true, ..Plain::new("API") }.render(main)
}

fn anchor(group: &Group) -> String {
    group.title.to_lowercase().replace(' ', "-")
}

fn introduction() -> Markup {
    html! {
        div.prose {
            p {
                "Every action and query of the product is a call under " code { "/api/v1" }
                ", with JSON both ways. " a href="/openapi.json" { "The OpenAPI 3.1 document" }
                " says the same for programs."
            }
            p {
                "Send a token as " code { "Authorization: Bearer …" } ". It acts as its person, with that person's role. Make one under "
                a href="/account" { "Account and tokens" } " or with " code { "wherefore token create --person EMAIL" } "."
            }
            p {
                "An error answers " code { "{ \"error\": { \"code\", \"message\" } }" }
                ": what happened, why, and what to do. With " code { "Idempotency-Key" }
                " a change that is sent again is done once. Lists answer " code { "next" }
                ", which " code { "after" } " takes for the following page. On editing, fields that are left out stay; with "
                code { "revision" } " nothing of somebody else's is overwritten. What was changed, "
                code { "X-Change" } " names for " code { "undo" } "."
            }
            pre { code { "API=http://127.0.0.1:7411/api/v1\nTOKEN=wf_…" } }
        }
    }
}

fn call_part(call: &Call) -> Markup {
    html! {
        details.call id=(call.name) {
            summary {
                span.method.(call.method.to_lowercase()) { (call.method) } " "
                code { (call.path) } " "
                span { (call.summary) }
            }
            p { (call.who) " " span.soft { "Its name for agents and forms: " code { (call.name) } "." } }
            @if !call.fields.is_empty() {
                (shell::data_table("Input", &["Field", "In", "Kind", "About"],
                    call.fields.iter().map(field_row).collect()))
            }
            pre tabindex="0" { code { (call.example) } }
            ul.soft { @for (status, text) in &call.errors { li { code { (status) } " " (text) } } }
        }
    }
}

/// What stands between backticks is code, as in the comments that it comes from.
fn words(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn field_row(field: &Field) -> Vec<Markup> {
    vec![
        html! { code { (field.name) } },
        html! { (field.place) },
        html! { (field.kind) },
        html! { @if field.required { b { "Needed. " } } (words(&field.about)) },
    ]
}
