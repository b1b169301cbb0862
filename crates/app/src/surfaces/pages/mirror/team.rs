//! A team's mirror: totals, and no names.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::{Span, balance, hue, spans, word};
use crate::kernel::{Error, Id};
use crate::reports::mirror::{GetTeamMirror, Standing, TeamLine, TeamMirror};
use crate::shell::{self, Crumb};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, show};
use crate::surfaces::session::Visitor;

pub(super) async fn of_team(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(team): Path<String>,
    Params(span): Params<Span>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let id: Id = team.parse().map_err(|_| Error::NotFound("team"))?;
        Ok(team_page(&GetTeamMirror { team: id, days: span.days }.run(cx)?))
    })
    .await
}

fn team_page(m: &TeamMirror) -> Page {
    let done: Vec<&TeamLine> = m.lines.iter().filter(|l| l.standing != Standing::Dormant).collect();
    let resting: Vec<&TeamLine> =
        m.lines.iter().filter(|l| l.standing == Standing::Dormant).collect();
    let row = |l: &&TeamLine| {
        vec![
            html! { (l.name) },
            html! { span.q.(hue(l.facet).class()) { (word(l.facet)) } },
            html! { (l.times) },
            html! { (l.outside) },
        ]
    };
    let main = html! {
        (spans(&format!("/teams/{}/mirror", m.team), m.days))
        @if m.enough {
            (balance(&m.balance, &m.facets))
            (shell::data_table("What the team exercises", &["Responsibility", "Question", "#Events", "#Held by others"], done.iter().map(row).collect()))
            @if !resting.is_empty() {
                (shell::section("Resting", html! {
                    p.soft { "Held by somebody of the team, and not needed in " (m.days) " days." }
                    p { (resting.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(" · ")) }
                }))
            }
        } @else {
            (shell::empty_state("Not enough data", "A team's mirror needs three people who did something and ten events, so that it never speaks about one of them.", html! {}))
        }
    };
    let meta = html! { span { "In totals, without names" } span { (m.people) " people, " (m.events) " events in " (m.days) " days" } };
    Page {
        title: format!("Mirror of {}", m.name),
        active: "teams",
        above: vec![
            Crumb::to("/teams", "Teams"),
            Crumb::to(format!("/teams/{}", m.team), m.name.clone()),
        ],
        head: Some(shell::page_head("Team", &format!("Mirror of {}", m.name), meta, html! {})),
        main,
        ..Page::default()
    }
}
