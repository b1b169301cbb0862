//! The map where there is no room for the drawing: each team with what it has with others below it.

use maud::{Markup, html};

use super::drawing::{kind_words, until};
use crate::people::topology::{InteractionView, mode_words};
use crate::reports::topology::{MapTeam, TeamMap};

pub(super) fn small(map: &TeamMap) -> Markup {
    html! {
        ul.map-small aria-label="The map, team by team" {
            @for team in &map.teams { li { (one(team, map)) } }
        }
    }
}

fn one(team: &MapTeam, map: &TeamMap) -> Markup {
    let told = map.warnings.iter().filter(|w| w.concerns(team.id)).count();
    let ties: Vec<&InteractionView> =
        map.interactions.iter().filter(|i| i.team == team.id || i.other == team.id).collect();
    html! {
        p {
            a href={ "/teams/" (team.id) } { b { (team.name) } }
            " " span.soft { (kind_words(&team.kind)) ", " (team.members) @if team.members == 1 { " person" } @else { " people" } }
            @if told > 0 { " " span.late { "! " (told) } }
        }
        @if ties.is_empty() { p.soft { "Nothing with another team." } } @else {
            ul {
                @for tie in ties {
                    li data-mode=(tie.mode) {
                        a href={ "/teams/interactions/" (tie.id) } { (words(team, tie)) }
                        " " span.soft.late[tie.state == "overdue"] { (until(tie)) }
                    }
                }
            }
        }
    }
}

/// What a team has with another one, from its own side.
fn words(team: &MapTeam, tie: &InteractionView) -> String {
    let gives = tie.team == team.id;
    let with = if gives { &tie.other_name } else { &tie.team_name };
    match (tie.mode.as_str(), gives) {
        ("x-as-a-service", true) => format!("Serves {with}"),
        ("x-as-a-service", false) => format!("Is served by {with}"),
        ("facilitating", true) => format!("Helps {with}"),
        ("facilitating", false) => format!("Is helped by {with}"),
        _ => format!("{} with {with}", mode_words(&tie.mode)),
    }
}
