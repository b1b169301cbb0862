//! One's own digest: when it comes, what would be in it now, and the link that turns it off.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, error_page, show};
use crate::kernel::Error;
use crate::people::digests::{self, WEEKDAYS};
use crate::shell::{self, Choice, Crumb, Plain};
use crate::store::Query;
use crate::surfaces::session::{Visitor, theme};
use crate::surfaces::{Shared, limits};
use crate::thread::digest::{DigestView, GetDigest};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/account/digest", get(page))
}

/// The link in each digest, for those who are not signed in.
pub(in crate::surfaces) fn doors(app: Shared) -> Router<Shared> {
    Router::new()
        .route("/unsubscribe/{token}", get(ask).post(end))
        .route_layer(from_fn_with_state(app, limits::doors))
}

async fn page(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        let digest = GetDigest {}.run(cx)?;
        let main = html! {
            (when(&digest))
            (shell::section("What would be in it now", html! {
                @if digest.sections.is_empty() {
                    p.soft { "Nothing concerns you now, so nothing would be sent." }
                }
                @for section in &digest.sections {
                    h3 { (section.title) }
                    (shell::list(&section.title, html! {
                        @for item in &section.items {
                            (shell::list_row(format!("/{}", item.key), item.title.clone()).key(item.key.clone()).peek().tail(html! { span.soft { (item.note) } }))
                        }
                    }))
                }
            }))
        };
        Ok(Page {
            title: "Digest".into(),
            above: vec![Crumb::to("/account", "Account")],
            head: Some(shell::page_head("You", "Digest", html! { "One mail of what concerns you, at your own hour" }, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

fn when(digest: &DigestView) -> Markup {
    let frequencies = [("off", "never"), ("daily", "every day"), ("weekly", "every week")];
    let days = WEEKDAYS.iter().zip(1..).map(|(day, n): (_, i64)| Choice::new(n, *day)).collect();
    let hours = (0..24).map(|h| Choice::new(h, format!("{h:02}:00"))).collect();
    html! {
        @if let Some(next) = digest.next_at { p { "The next one is due " (shell::time_tag(next)) ", if there is anything to tell." } }
        (shell::form("/do/set-digest", html! {
            (shell::hidden("_back", "/account/digest"))
            (shell::select("It comes", "frequency", frequencies.map(|(w, l)| Choice::new(w, l)).to_vec()).value(&digest.frequency))
            (shell::select("On, for every week", "weekday", days).value(digest.weekday))
            (shell::select("At", "hour", hours).value(digest.hour))
            (shell::field("Time zone", "zone").value(&digest.zone).placeholder("Europe/Berlin"))
            (shell::submit("Save"))
        }))
        p.soft { "Mentions, questions that wait for you, key results of yours without a check-in for ten days, decisions to review, outcomes to review. There is never a mail for each event." }
    }
}

async fn ask(State(app): State<Shared>, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match app.db.read(move |conn| digests::is_known(conn, &token)).await {
        Ok(true) => {
            let main = html! {
                h1 { "No more digests?" }
                form.form method="post" { (shell::submit("Send me no more")) }
            };
            Plain { theme: theme(&headers), ..Plain::new("No more digests") }
                .render(main)
                .into_response()
        }
        Ok(false) => error_page(&Error::NotFound("digest"), theme(&headers)),
        Err(error) => error_page(&error, theme(&headers)),
    }
}

async fn end(State(app): State<Shared>, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match app.db.write(move |tx| digests::end(tx, &token)).await {
        Ok(()) => {
            let main = html! { h1 { "Done" } p { "No more digests come. You can have them again under Account, Digest." } };
            Plain { theme: theme(&headers), ..Plain::new("Done") }.render(main).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}
