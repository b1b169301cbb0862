//! A roadmap behind a link: one audience's view, and nothing else.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::error_page;
use super::drawing::{Medium, draw, span};
use super::{View, board, changed, day, grouped};
use crate::kernel::Day;
use crate::shell::{self, Plain};
use crate::surfaces::Shared;
use crate::surfaces::session::theme;
use crate::thread::path::Sight;
use crate::thread::roadmaps::{Ask, Line, RoadmapPicture, picture};
use crate::what::roadmap::{HORIZONS, share_by_token};

pub(super) async fn page(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Params(view): Params<View>,
) -> Response {
    let today = app.clock.now().day();
    let made = app.db.read(move |conn| {
        let (ws, product, share) = share_by_token(conn, &token, today)?;
        let since = day("since", view.since.as_deref())?;
        let sight = Sight::only(product.id);
        let audience = share.audience.as_str();
        let ask = Ask { product: &product, sight: &sight, audience, at: None, today };
        Ok((picture(conn, ws, &ask, since)?, product.name, share.expires_on, since))
    });
    match made.await {
        Ok((told, name, until, since)) => {
            let title = format!("Roadmap of {name}");
            let main = shown(&title, told, until, since, today);
            let page = Plain { theme: theme(&headers), wide: true, ..Plain::new(&title) };
            let quiet = [(header::CACHE_CONTROL, "no-store"), (X_ROBOTS, "noindex")];
            (quiet, page.render(main)).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

const X_ROBOTS: header::HeaderName = header::HeaderName::from_static("x-robots-tag");

fn shown(
    title: &str,
    mut told: RoadmapPicture,
    until: Day,
    since: Option<Day>,
    today: Day,
) -> Markup {
    // Who has no session has no pages to go to.
    told.changes.iter_mut().for_each(|c| c.item.clear());
    told.lines.iter_mut().for_each(|l| l.item.clear());
    let executives = told.audience == "executives";
    let groups = grouped(&told.lines, if executives { "objective" } else { "none" });
    let drawn = executives && told.lines.iter().any(|l| span(l).is_some());
    html! {
        h1 { (title) }
        p.soft { "As of " (shell::day_tag(told.on)) ". Dates are guesses unless promised. This link works until " (shell::day_tag(until)) "." }
        (shell::filters("", html! { (shell::field("What changed since", "since").kind("date").value(since.map_or(String::new(), |d| d.to_string()))) }))
        @if since.is_some() { (changed(&told.changes)) }
        @if told.lines.is_empty() { p { "Nothing is on this roadmap yet." } }
        @if drawn { div.scroll tabindex="0" role="region" aria-label="Timeline" { (draw(title, &groups, today, Medium::Page { write: false })) } }
        @for (name, lines) in &groups {
            @if !name.is_empty() { h2 { (name) } }
            @for horizon in HORIZONS {
                @let here: Vec<&&Line> = lines.iter().filter(|l| l.horizon == horizon).collect();
                @if !here.is_empty() {
                    (shell::section(horizon, html! { ul { @for line in here { li {
                        (line.title) " "
                        @if let Some(theme) = &line.theme { (shell::pill(theme)) " " }
                        (board::dates(line))
                        @if executives && line.stories > 0 { span.soft { (line.stories_done) " of " (line.stories) " items done" } }
                    } } } }))
                }
            }
        }
    }
}
