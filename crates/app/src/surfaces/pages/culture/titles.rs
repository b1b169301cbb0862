//! Several titles at once, with the question that comes first.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::{Page, once, show};
use super::asks;
use crate::kernel::Access;
use crate::people::members;
use crate::shell::{self, Crumb};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

/// People that fit one form.
const MOST: usize = 200;

pub(super) async fn titles(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    show(&app, visitor, &headers, |cx| {
        cx.actor.check(Access::Admin)?;
        let all = members::all(cx.conn, cx.actor.workspace)?;
        let rows = all
            .iter()
            .take(MOST)
            .map(|p| {
                vec![
                    html! { (p.name) },
                    html! { input type="text" name={ "titles." (p.id) } value=(p.title) aria-label={ "Title of " (p.name) } autocomplete="off"; },
                ]
            })
            .collect();
        let asks = asks(cx, None, "other titles")?;
        let main = html! {
            p.soft { "Titles are labels: changing them changes no right. Who answers for what stands in " a href="/charters" { "charters" } "." }
            (shell::form("/do/edit-titles", html! {
                (once())
                (shell::hidden("_back", "/people"))
                (asks)
                (shell::data_table("Titles", &["Name", "Title"], rows))
                (shell::submit("Change the titles"))
            }))
        };
        Ok(Page {
            title: "Titles".into(),
            active: "people",
            above: vec![Crumb::to("/people", "People")],
            head: Some(shell::page_head("People", "Titles", html! { "Labels, and nothing more" }, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}
