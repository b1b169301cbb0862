//! One interaction between two teams, and what a team has with others on its own page.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, may_write, show};
use super::{begin, modes, state, warned};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::teams::TeamView;
use crate::people::topology::{
    GetInteraction, InteractionView, ListInteractions, mode_words, of_team,
};
use crate::shell::{self, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("interaction"))?;
        let i = GetInteraction { interaction: id }.run(cx)?;
        let told: Vec<_> = match i.state.as_str() {
            "ended" => Vec::new(),
            _ => of_team(cx.conn, cx.actor.workspace, i.team, cx.now.day())?
                .into_iter()
                .filter(|w| w.interaction == Some(id))
                .collect(),
        };
        let mode = mode_words(&i.mode);
        let main = html! {
            // The buttons that it asks for stand above.
            @for w in &told { (shell::notice(Tone::Warn, html! { (w.sentence) " " span.soft { (w.advice) } })) }
            p { b { "What for: " } (i.purpose) }
            p.soft { (direction(&i)) }
            @if let Some(day) = i.ended_on { p { b { "Ended " (shell::day_tag(day)) ": " } (i.because) } }
        };
        let acts = if may_write(cx) && i.ended_on.is_none() { acts(cx, &i) } else { html! {} };
        let meta = html! {
            (state(&i)) span { "since " (shell::day_tag(i.starts)) }
            @if let Some(day) = i.ends { span { "expected to end " (shell::day_tag(day)) } }
        };
        let title = format!("{mode}: {} and {}", i.team_name, i.other_name);
        Ok(Page {
            title: title.clone(),
            active: "teams/map",
            above: vec![
                Crumb::to("/teams", "Teams"),
                Crumb::to("/teams/map", "Map of teams"),
                Crumb::to(format!("/teams/{}", i.team), i.team_name.clone()),
            ],
            head: Some(shell::page_head("Interaction", &title, meta, acts)),
            main,
            ..Page::default()
        })
    })
    .await
}

/// Who is what in it, as a sentence with links.
fn direction(i: &InteractionView) -> Markup {
    let one = html! { a href={ "/teams/" (i.team) } { (i.team_name) } };
    let other = html! { a href={ "/teams/" (i.other) } { (i.other_name) } };
    html! {
        @match i.mode.as_str() {
            "x-as-a-service" => { (one) " offers it as a service; " (other) " uses it without having to ask." }
            "facilitating" => { (one) " helps " (other) " to do it alone, and then steps back." }
            _ => { (one) " and " (other) " find something out together, for a while." }
        }
    }
}

fn acts(cx: &Reader<'_>, i: &InteractionView) -> Markup {
    let (id, here) = (i.id.to_string(), format!("/teams/interactions/{}", i.id));
    let ends = i.ends.map(|d| d.to_string()).unwrap_or_default();
    html! {
        (shell::menu("Change", Some("e"), shell::form("/do/edit-interaction", html! {
            (shell::hidden("interaction", &id))
            (shell::hidden("revision", &i.revision.to_string()))
            (shell::hidden("_back", &here))
            (shell::select("Mode", "mode", modes()).value(&i.mode))
            (shell::field("What for", "purpose").value(&i.purpose).required())
            (shell::field("From", "starts").kind("date").value(i.starts))
            (shell::field("Expected to end", "ends").kind("date").value(ends).help("Empty if it goes on."))
            (shell::submit("Save"))
        })))
        (shell::menu("End it", None, shell::form("/do/end-interaction", html! {
            (shell::hidden("interaction", &id))
            (shell::hidden("_back", &here))
            (shell::field("Ended on", "ended_on").kind("date").value(cx.now.day()))
            (shell::field("Why", "because").required().placeholder("The team reads and writes the feed alone now"))
            (shell::submit("End it"))
        })))
    }
}

/// What a team has with others, on its page.
pub(in crate::surfaces::pages) fn beside_team(
    cx: &mut Reader<'_>,
    team: &TeamView,
) -> Result<Markup> {
    let list = ListInteractions { team: Some(team.id), after: None, limit: Some(30) }.run(cx)?;
    let (running, past): (Vec<InteractionView>, Vec<InteractionView>) =
        list.items.into_iter().partition(|i| i.ended_on.is_none());
    let told = of_team(cx.conn, cx.actor.workspace, team.id, cx.now.day())?;
    let here = format!("/teams/{}", team.id);
    let active = team.state == "active";
    let form = if may_write(cx) && active {
        begin(cx, &team.id.to_string(), &here)?
    } else {
        html! {}
    };
    Ok(html! {
        section.part {
            h2 { "With other teams" }
            (warned(&told))
            @if running.is_empty() {
                p.soft { "Nothing is agreed with another team. " a href="/teams/map" { "The map" } " shows all." }
            } @else { (super::interactions(&running)) }
            (form)
            @if !past.is_empty() {
                details {
                    summary { (past.len()) " that ended" }
                    ul { @for i in &past { li { (ended(i)) } } }
                }
            }
        }
    })
}

fn ended(i: &InteractionView) -> Markup {
    html! {
        a href={ "/teams/interactions/" (i.id) } { (mode_words(&i.mode)) ", " (i.team_name) " and " (i.other_name) }
        ", " (shell::days_tag(Some(i.starts), i.ended_on)) ": " (i.because)
    }
}
