//! Teams: the list, and a team with its members, its parts and what it works on now.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::work::with_state;
use super::{Page, once, show};
use crate::how::team_work::ListTeamWork;
use crate::how::work_items::ItemView;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::members;
use crate::people::teams::{GetTeam, KINDS, ListTeams, TeamPart, TeamView};
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/teams", get(list)).route("/teams/{team}", get(team))
}

/// What each type is there for, in the words of Team Topologies.
fn purpose(kind: &str) -> &'static str {
    match kind {
        "enabling" => "Helps other teams learn what they lack",
        "complicated-subsystem" => "Holds a part that takes a specialist's knowledge",
        "platform" => "Offers others what they build upon, as a service",
        _ => "Delivers value along one stream, from idea to user",
    }
}

fn kind_words(kind: &str) -> String {
    let words = if kind == "stream-aligned" { kind.to_owned() } else { kind.replace('-', " ") };
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + letters.as_str())
}

fn kinds() -> Vec<Choice> {
    KINDS.iter().map(|k| Choice::new(k, format!("{}: {}", kind_words(k), purpose(k)))).collect()
}

async fn list(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        cx.actor.check_role(Access::Write)?;
        let teams = ListTeams {}.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let main = html! {
            @if teams.is_empty() {
                (shell::empty_state(
                    "No teams yet",
                    "A team is who works together on one stream, as “Ticket sales”: its members, its parts of products, and what it has in hand.",
                    html! {},
                ))
            } @else {
                (shell::list("Teams", html! { @for t in &teams { (team_row(t)) } }))
            }
        };
        let add = html! {
            a.btn href="/teams/map" { "Map" }
            @if admin {
                (shell::menu("New team", Some("c"), shell::form("/do/create-team", html! {
                    (once())
                    (shell::hidden("_back", "/teams"))
                    (shell::field("Name", "name").placeholder("Ticket sales").required().autofocus())
                    (shell::select("Type", "kind", kinds()))
                    (shell::submit("Create the team"))
                })))
            }
        };
        Ok(Page {
            title: "Teams".into(),
            active: "teams",
            head: Some(shell::page_head("People", "Teams", html! { "Who works together, and on what" }, add)),
            main,
            ..Page::default()
        })
    })
    .await
}

fn team_row(team: &TeamView) -> shell::Row {
    const SHOWN: usize = 6;
    let more = team.members.len().saturating_sub(SHOWN);
    shell::list_row(format!("/teams/{}", team.id), team.name.clone()).tail(html! {
        @if team.state == "closed" { (shell::pill("closed")) }
        span.soft { (kind_words(&team.kind)) }
        @for m in team.members.iter().take(SHOWN) { (shell::avatar(&m.name)) }
        @if more > 0 { span.soft { "+" (more) } }
    })
}

async fn team(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("team"))?;
        let team = GetTeam { team: id }.run(cx)?;
        let work = ListTeamWork { team: id }.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok() && team.state == "active";
        let main = html! {
            p.soft { (purpose(&team.kind)) ". " a href={ "/teams/" (team.id) "/health" } { "Its health" } " · " a href={ "/teams/" (team.id) "/mirror" } { "Its mirror" } }
            (members_part(cx, &team, admin)?)
            (parts_part(&team.parts))
            (super::topology::beside_team(cx, &team)?)
            (work_part(&team, &work))
        };
        let tone = if team.state == "closed" { Tone::Plain } else { Tone::Good };
        let meta =
            html! { (shell::pill(&kind_words(&team.kind))) (shell::toned(&team.state, tone)) };
        Ok(Page {
            title: team.name.clone(),
            active: "teams",
            above: vec![Crumb::to("/teams", "Teams")],
            head: Some(shell::page_head("Team", &team.name, meta, acts(&team, admin))),
            main,
            ..Page::default()
        })
    })
    .await
}

fn acts(team: &TeamView, admin: bool) -> Markup {
    let (id, here) = (team.id.to_string(), format!("/teams/{}", team.id));
    html! {
        a.btn href={ (here) "/calendar" } { "Calendar" }
        a.btn href={ (here) "/policy" } data-hotkey="p" { "How it works " (shell::kbd("p")) }
        @if admin {
            (shell::menu("Edit", Some("e"), shell::form("/do/edit-team", html! {
                (shell::hidden("team", &id))
                (shell::hidden("revision", &team.revision.to_string()))
                (shell::hidden("_back", &here))
                (shell::field("Name", "name").value(&team.name).required())
                (shell::select("Type", "kind", kinds()).value(&team.kind))
                (shell::submit("Save"))
            })))
            (shell::post_button(&format!("/do/close-team?team={id}&_back={here}"), "Close the team", None))
        }
    }
}

fn members_part(cx: &mut Reader<'_>, team: &TeamView, admin: bool) -> Result<Markup> {
    let here = format!("/teams/{}", team.id);
    let others: Vec<Choice> = if admin {
        members::all(cx.conn, cx.actor.workspace)?
            .iter()
            .filter(|p| p.active && team.members.iter().all(|m| m.id != p.id))
            .map(|p| {
                let title =
                    if p.title.is_empty() { String::new() } else { format!(", {}", p.title) };
                Choice::new(p.id, format!("{}{title}", p.name))
            })
            .collect()
    } else {
        Vec::new()
    };
    let rows = team
        .members
        .iter()
        .map(|m| {
            let remove =
                format!("/do/remove-team-member?team={}&person={}&_back={here}", team.id, m.id);
            let mut row =
                vec![html! { (shell::avatar(&m.name)) " " (m.name) }, html! { (m.title) }];
            row.push(html! { @if admin { (shell::post_button(&remove, "Take out", None)) } });
            row
        })
        .collect();
    Ok(html! {
        section.part {
            h2 { "Members" }
            @if team.members.is_empty() { p.soft { "Nobody yet." } }
            @else { (shell::data_table("Members", &["Name", "Title", ""], rows)) }
            @if !others.is_empty() {
                (shell::menu("Add a member", Some("a"), shell::form("/do/add-team-member", html! {
                    (once())
                    (shell::hidden("team", &team.id.to_string()))
                    (shell::hidden("_back", &here))
                    (shell::select("Person", "person", others))
                    (shell::submit("Add"))
                })))
            }
        }
    })
}

fn parts_part(parts: &[TeamPart]) -> Markup {
    shell::section(
        "Its parts of products",
        html! {
            @if parts.is_empty() {
                p.soft { "None yet. A product's settings name its parts and give each to a team." }
            } @else {
                (shell::list("Its parts of products", html! {
                    @for part in parts {
                        @let query = serde_urlencoded::to_string([("part", &part.name)]).unwrap_or_default();
                        (shell::list_row(format!("/p/{}/backlog?{query}", part.product), part.name.clone())
                            .tail(html! { span.soft { (part.product_name) } }))
                    }
                }))
            }
        },
    )
}

fn work_part(team: &TeamView, work: &[ItemView]) -> Markup {
    shell::section(
        "Works on now",
        html! {
            @if work.is_empty() {
                p.soft { "Nothing is started. An item gets its team when it is edited, or from its part." }
            } @else {
                (shell::list(&format!("What {} works on now", team.name), html! {
                    @for item in work { (with_state(item, false)) }
                }))
            }
        },
    )
}
