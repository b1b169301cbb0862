//! Making it: the last step is sent here, so that invitations can be shown this once.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde_json::Value as Json;

use crate::guide::onboarding::Onboard;
use crate::shell::{self, Plain};
use crate::store::{Action, Call};
use crate::surfaces::session::{TOAST, Visitor, set_cookie, theme};
use crate::surfaces::{Shared, forms, pages, registry};

pub(super) async fn finish(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    body: String,
) -> Response {
    let sent = forms::pairs(&body);
    let Some(entry) = registry::entry(Onboard::META.name) else {
        return pages::error_page(&crate::kernel::Error::NotFound("action"), theme(&headers));
    };
    let fields = sent.iter().filter(|(k, _)| !k.starts_with('_')).cloned();
    let input = Json::Object(forms::typed(registry::schema(entry), fields));
    let done = entry.invoke(&app.db, &app.clock, actor, Call { input, ..Call::default() }).await;
    match done {
        Ok(done) => {
            app.metrics.changed(&done, "web");
            let answer = done.output.json();
            let none = Vec::new();
            let invited = answer["invitations"].as_array().unwrap_or(&none);
            // The next page offers to take it back, however long the links are being sent.
            let change = done.change.map(|c| c.to_string()).unwrap_or_default();
            let toast = format!("{change}.{}", entry.meta.name);
            let toast = [(header::SET_COOKIE, set_cookie(&app, TOAST, &toast, 3600))];
            if invited.is_empty() {
                return (toast, Redirect::to("/begin")).into_response();
            }
            let site = pages::base(&app, &headers);
            let text = |v: &Json, field: &str| v[field].as_str().unwrap_or_default().to_owned();
            let main = html! {
                h1 { "Send them these links" }
                p { "Each is for one person, holds for seven days, and is shown this once." }
                @for one in invited {
                    section.part {
                        h2 { (text(one, "name")) }
                        (shell::copy(&format!("{site}{}", text(one, "path"))))
                        @let to = text(one, "email");
                        @if !to.is_empty() { p.soft { (app.post.beside(&to)) } }
                    }
                }
                p { a.btn.go href="/begin" { "Done: what comes next" } }
            };
            let page = Plain { theme: theme(&headers), wide: true, ..Plain::new("Invitations") };
            (toast, page.render(main)).into_response()
        }
        Err(error) => {
            forms::retry_page(entry, "/begin", &error, &sent, Some("/begin?step=5"), &headers)
        }
    }
}
