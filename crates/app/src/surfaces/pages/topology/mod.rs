//! The map of teams, an interaction on a page of its own, and both as parts of a team's page.

mod drawing;
mod one;
mod small;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, error_page, may_write, once, show};
use crate::kernel::{Access, Day, Error, Result};
use crate::people::teams;
use crate::people::topology::{InteractionView, LimitsView, MODES, TeamWarning, mode_words};
use crate::reports::topology::{GetTeamMap, MapTeam, TeamMap};
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use drawing::{Medium, draw, kind_words};
use small::small;

pub(super) use one::beside_team;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/teams/map", get(map))
        .route("/teams/map/file/{format}", get(file))
        .route("/teams/interactions/{interaction}", get(one::page))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    at: Option<String>,
}

impl Wanted {
    fn day(&self) -> Result<Option<Day>> {
        let given = self.at.as_deref().map(str::trim).filter(|d| !d.is_empty());
        let read = |text: &str| {
            let message = format!("“{text}” is not a day; write it like 2026-03-01.");
            text.parse().map_err(|_| Error::invalid("at", message))
        };
        given.map(read).transpose()
    }
}

async fn map(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let map = GetTeamMap { day: wanted.day()? }.run(cx)?;
        let today = cx.now.day();
        let past = map.day < today;
        let query = if past { format!("?at={}", map.day) } else { String::new() };
        let main = html! {
            (shell::filters("/teams/map", html! {
                (shell::field("As it stood on", "at").kind("date").value(if past { map.day.to_string() } else { String::new() }))
            }))
            @if map.teams.is_empty() {
                (shell::empty_state(
                    "No teams on this day",
                    "The map shows who works on which stream, which platform they build upon, who helps them to learn, and until when.",
                    html! { a.btn href="/teams" { "To the teams" } },
                ))
            } @else {
                (warned(&map.warnings))
                div.scroll.map-large tabindex="0" role="region" aria-label="The map" { (draw("Map of teams", &map, Medium::Page)) }
                (small(&map))
                p.soft.map-large { "A solid line is a collaboration, an arrow leads to whom a service is offered, a dotted line with a ring to whom is helped." }
                (interactions(&map.interactions))
                (teams_table(&map.teams))
            }
            @if cx.actor.check(Access::Admin).is_ok() && !past { (limits_form(&map.limits)) }
        };
        let acts = html! {
            @if may_write(cx) && !past { (begin(cx, "", "/teams/map")?) }
            (shell::menu("Save as", None, html! {
                @for (format, label, _) in FORMATS {
                    p { a href={ "/teams/map/file/" (format) (query) } download { (label) } }
                }
            }))
        };
        let banner = past.then(|| html! {
            "You are seeing the teams as they stood at the end of " (map.day.words()) ". " a href="/teams/map" { "Back to today" }
        });
        Ok(Page {
            title: "Map of teams".into(),
            active: "teams/map",
            above: vec![Crumb::to("/teams", "Teams")],
            head: Some(shell::page_head("People", "Map of teams", html! { "Who works on what, with whom, and until when" }, acts)),
            banner,
            main,
            wide: true,
            ..Page::default()
        })
    })
    .await
}

const FORMATS: [(&str, &str, &str); 3] = [
    ("svg", "SVG, a drawing", "image/svg+xml"),
    ("png", "PNG, a picture", "image/png"),
    ("pdf", "PDF, to print", "application/pdf"),
];

async fn file(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path(format): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    let now = app.clock.now();
    let made = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        GetTeamMap { day: wanted.day()? }.run(&mut cx)
    });
    let answer = match made.await {
        Ok(map) => {
            let name = format!("teams-{}.{format}", map.day);
            // Drawing takes a while: not where requests are answered.
            let drawn = tokio::task::spawn_blocking(move || bytes(&map, &format));
            drawn.await.map_err(Error::internal).and_then(|done| done).map(|done| (name, done))
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok((name, (kind, body))) => {
            let name = format!("attachment; filename=\"{name}\"");
            let kind = kind.to_owned();
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], body)
                .into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

fn bytes(map: &TeamMap, format: &str) -> Result<(&'static str, Vec<u8>)> {
    /// Dots of a picture for each unit of the drawing.
    const SCALE: f32 = 2.0;
    let known = FORMATS.iter().find(|(word, ..)| *word == format);
    let (_, _, kind) = known.ok_or(Error::NotFound("format of the map"))?;
    let title = format!("Map of teams, {}", map.day.words());
    let svg = draw(&title, map, Medium::File).into_string();
    let body = match format {
        "svg" => svg.into_bytes(),
        "png" => wherefore_draw::png(&svg, SCALE).map_err(Error::internal)?,
        _ => wherefore_draw::pdf(&svg).map_err(Error::internal)?,
    };
    Ok((kind, body))
}

/// What asks for attention, each with what to do and the button that starts it.
pub(super) fn warned(all: &[TeamWarning]) -> Markup {
    html! {
        @for w in all {
            (shell::notice(Tone::Warn, html! {
                (w.sentence) " " span.soft { (w.advice) } " " a.btn.small href=(w.href) { (w.button) }
            }))
        }
    }
}

/// The form that begins an interaction, from the page of `team` or from the map.
pub(super) fn begin(cx: &mut Reader<'_>, team: &str, back: &str) -> Result<Markup> {
    let all = teams::active(cx.conn, cx.actor.workspace)?;
    if all.len() < 2 {
        return Ok(html! {});
    }
    let choices: Vec<Choice> = all.iter().map(|t| Choice::new(t.id, t.name.clone())).collect();
    let others: Vec<Choice> = choices.iter().filter(|c| c.value != team).cloned().collect();
    Ok(shell::menu(
        "Begin an interaction",
        Some("c"),
        shell::form(
            "/do/begin-interaction",
            html! {
                (once())
                (shell::hidden("_back", back))
                (shell::select("Team", "team", choices).value(team).help("Who offers the service or helps; in a collaboration either of the two."))
                (shell::select("With", "other", others))
                (shell::select("Mode", "mode", modes()))
                (shell::field("What for", "purpose").required().placeholder("Find out how refunds can be paid at once"))
                (shell::field("From", "starts").kind("date").value(cx.now.day()))
                (shell::field("Expected to end", "ends").kind("date").help("A service may go on without."))
                (shell::submit("Begin it"))
            },
        ),
    ))
}

/// The modes with what each is.
fn modes() -> Vec<Choice> {
    let about = |mode: &str| match mode {
        "x-as-a-service" => "one uses what the other offers",
        "facilitating" => "one helps the other to learn",
        _ => "find something out together, for a while",
    };
    MODES.iter().map(|m| Choice::new(m, format!("{}: {}", mode_words(m), about(m)))).collect()
}

/// Interactions as a table.
pub(super) fn interactions(all: &[InteractionView]) -> Markup {
    let rows = all
        .iter()
        .map(|i| {
            vec![
                html! { a href={ "/teams/interactions/" (i.id) } { (mode_words(&i.mode)) } },
                html! { a href={ "/teams/" (i.team) } { (i.team_name) } },
                html! { a href={ "/teams/" (i.other) } { (i.other_name) } },
                html! { (i.purpose) },
                shell::day_tag(i.starts),
                html! { @if let Some(day) = i.ended_on.or(i.ends) { (shell::day_tag(day)) } @else { "–" } },
                state(i),
            ]
        })
        .collect();
    html! {
        @if all.is_empty() { p.soft { "No team has anything agreed with another." } }
        @else {
            (shell::data_table(
                "Interactions",
                &["Mode", "Team", "With", "What for", "Since", "Until", ""],
                rows,
            ))
        }
    }
}

pub(super) fn state(i: &InteractionView) -> Markup {
    let tone = match i.state.as_str() {
        "overdue" => Tone::Bad,
        "running" => Tone::Good,
        _ => Tone::Plain,
    };
    shell::toned(&i.state, tone)
}

fn teams_table(all: &[MapTeam]) -> Markup {
    let rows = all
        .iter()
        .map(|t| {
            vec![
                html! { a href={ "/teams/" (t.id) } { (t.name) } },
                html! { (kind_words(&t.kind)) },
                html! { (if t.parts.is_empty() { "–".to_owned() } else { t.parts.join(", ") }) },
                html! { (t.members) },
                html! { (t.in_hand.map_or("–".to_owned(), |n| n.to_string())) },
            ]
        })
        .collect();
    shell::data_table("Teams", &["Team", "Type", "Its parts", "#People", "#Items in hand"], rows)
}

fn limits_form(l: &LimitsView) -> Markup {
    let fields = [
        ("Products of one team", "products", l.products),
        ("Parts of one team", "parts", l.parts),
        ("Items in hand of one team", "under_way", l.under_way),
        ("Collaborations of one stream at once", "collaborations", l.collaborations),
        ("Days of a collaboration", "collaboration_days", l.collaboration_days),
        ("Days of facilitating", "facilitating_days", l.facilitating_days),
    ];
    shell::section(
        "When it warns",
        shell::form(
            "/do/set-team-limits",
            html! {
                (shell::hidden("_back", "/teams/map"))
                p.soft { "Above each of these the map says so." }
                div.fields {
                    @for (label, name, value) in fields { (shell::field(label, name).kind("number").value(value)) }
                }
                (shell::submit("Save"))
            },
        ),
    )
}
