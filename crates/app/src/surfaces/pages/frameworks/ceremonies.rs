//! A team's calendar, one ceremony with its agenda, and the feed for calendar programs.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, Render, html};
use serde::Deserialize;

use super::super::item::node_row;
use super::super::{Page, attached, choices, error_page, may_write, once, show};
use super::policy::words;
use crate::how::ceremonies::{
    CeremonyView, GetCeremony, ListCeremonies, agenda, feed, feeds, product_of,
};
use crate::kernel::{Access, Day, Error, Id, Result, Time};
use crate::people::policies::CEREMONIES;
use crate::people::{products, teams};
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use crate::thread::nodes::find_any;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    from: Option<String>,
}

pub(super) async fn calendar(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(team): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let id: Id = team.parse().map_err(|_| Error::NotFound("team"))?;
        let ws = cx.actor.workspace;
        let team = teams::by_id(cx.conn, ws, id)?;
        let today = cx.now.day();
        let from = wanted.from.as_deref().and_then(|d| d.parse::<Day>().ok());
        let from = from.unwrap_or_else(|| today.plus_days(-14));
        let all = ListCeremonies { team: id, from: Some(from), to: None }.run(cx)?;
        let write = may_write(cx);
        let own = feeds(cx.conn, ws, id, cx.actor.person)?;
        let here = format!("/teams/{id}/calendar");
        let main = html! {
            @if all.is_empty() {
                (shell::empty_state(
                    "No ceremonies in these weeks",
                    "The team's policy says how often each comes, as “retro, every month, 60 minutes”.",
                    html! { a.btn href={ "/teams/" (id) "/policy" } { "How this team works" } },
                ))
            } @else {
                (shell::list("Calendar", html! { @for c in &all { (row(c, today, write)) } }))
            }
            p {
                a.btn href={ (here) "?from=" (from.plus_days(-42)) } { "Earlier" } " "
                a.btn href={ (here) "?from=" (from.plus_days(42)) } { "Later" }
            }
            (shell::section("In your own calendar", html! {
                p.soft { "A link that your calendar program reads by itself. Whoever has it sees the days of this team's ceremonies, and nothing else." }
                @for f in &own { (shell::post_button(&format!("/do/end-calendar-feed?feed={}&_back={here}", f.feed), "End a link that you made", None)) }
                @if write { (shell::plain_form("/do/share-calendar", html! {
                    (shell::hidden("team", &id.to_string()))
                    (shell::hidden("_back", &here))
                    (shell::submit("Make a link"))
                })) }
            }))
        };
        let add = html! { @if write {
            (shell::menu("New ceremony", Some("c"), shell::form("/do/schedule-ceremony", html! {
                (once())
                (shell::hidden("team", &id.to_string()))
                (shell::hidden("_back", &here))
                (shell::select("Ceremony", "kind", choices(&CEREMONIES, None)))
                (shell::field("Day", "day").kind("date").value(today).required())
                (shell::field("Minutes", "minutes").kind("number"))
                (shell::submit("Schedule"))
            })))
        } };
        Ok(Page {
            title: "Calendar".into(),
            active: "teams",
            above: vec![
                Crumb::to("/teams", "Teams"),
                Crumb::to(format!("/teams/{id}"), team.name.clone()),
            ],
            head: Some(shell::page_head(&team.name, "Ceremonies", html! { "From " (shell::day_tag(from)) }, add)),
            main,
            ..Page::default()
        })
    })
    .await
}

fn tone(state: &str) -> Tone {
    match state {
        "held" => Tone::Good,
        "skipped" => Tone::Warn,
        "scheduled" => Tone::Facet,
        _ => Tone::Plain,
    }
}

fn row(c: &CeremonyView, today: Day, write: bool) -> Markup {
    let title = words(&c.kind);
    let late = c.day < today && c.state == "due";
    html! {
        li.row data-row {
            span.key { (shell::day_tag(c.day)) }
            span.lead { (shell::toned(if late { "not noted" } else { &c.state }, tone(&c.state))) }
            @match c.id {
                Some(id) => a.title href={ "/ceremonies/" (id) } { (title) },
                None => span.title { (title) },
            }
            span.tail {
                (c.minutes) " min"
                @if !c.attendees.is_empty() { " · " (c.attendees.len()) " there" }
                @if c.id.is_none() && write {
                    (shell::post_button(&format!("/do/schedule-ceremony?team={}&kind={}&day={}&_back=/ceremonies/{{id}}", c.team, c.kind, c.day), "Prepare", None))
                }
            }
        }
    }
}

pub(super) async fn one(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("ceremony"))?;
        let seen = GetCeremony { ceremony: id }.run(cx)?;
        let (c, write) = (&seen.ceremony, may_write(cx));
        let team = teams::by_id(cx.conn, cx.actor.workspace, c.team)?;
        let main = html! {
            (timebox(c, cx.now, write))
            @if c.state == "skipped" { (shell::notice(Tone::Warn, html! { "Skipped: " (c.because) })) }
            @if c.state != "held" { (agenda_part(cx, c)?) }
            @if !c.notes.is_empty() { (shell::section("Notes", html! { div.prose { (super::super::item::prose(&c.notes)) } })) }
            @if !c.decisions.is_empty() { (shell::section("Decided", html! { ul { @for d in &c.decisions { li { (d) } } } })) }
            (came_of_it(cx, c)?)
            (shell::section("There", html! {
                @if c.attendees.is_empty() { p.soft { "Nobody has said so yet." } }
                p { @for who in &c.attendees { (shell::avatar(who)) " " (who) " " } }
                @if write { (shell::post_button(&format!("/do/attend-ceremony?ceremony={id}&_back=/ceremonies/{id}"), "I was there, or was not", Some("a"))) }
            }))
        };
        let here = format!("/ceremonies/{id}");
        let files = attached::beside(cx, &format!("ceremony/{id}"), id, &here, write)?;
        let main = html! { (main) (files) };
        let acts = if write { acts(cx, c, id)? } else { html! {} };
        let meta = html! { (shell::toned(&c.state, tone(&c.state))) (shell::day_tag(c.day)) span { (c.minutes) " minutes" } };
        Ok(Page {
            title: words(&c.kind),
            active: "teams",
            above: vec![
                Crumb::to("/teams", "Teams"),
                Crumb::to(format!("/teams/{}/calendar", c.team), team.name.clone()),
            ],
            head: Some(shell::page_head(&team.name, &words(&c.kind), meta, acts)),
            main,
            ..Page::default()
        })
    })
    .await
}

/// How much of the timebox is left, the same for everybody there; without scripts, until when it goes.
fn timebox(c: &CeremonyView, now: Time, write: bool) -> Markup {
    if c.state != "scheduled" {
        return html! {};
    }
    let id = c.id.map_or(String::new(), |id| id.to_string());
    let begin = format!("/do/begin-ceremony?ceremony={id}&_back=/ceremonies/{id}");
    let Some(begun) = c.begun_at else {
        return html! { @if write { div.timebox { (shell::post_button(&begin, "Begin: start the clock", Some("b"))) } } };
    };
    let end = Time(begun.0 + c.minutes * 60 * Time::SECOND);
    html! {
        div.timebox data-controller="timebox" data-timebox-end-value=(end.timestamp()) data-timebox-now-value=(now.timestamp()) {
            b.left { (((end.0 - now.0) / (60 * Time::SECOND)).max(0)) " min" }
            span.soft { " left of " (c.minutes) ", begun " (shell::time_tag(begun)) ", until " (shell::time_tag(end)) }
            @if write { " " (shell::post_button(&begin, "Begin again", None)) }
        }
    }
}

/// The items that its actions became, as far as they are seen.
fn came_of_it(cx: &mut Reader<'_>, c: &CeremonyView) -> Result<Markup> {
    let mut rows = Vec::new();
    for key in &c.actions {
        rows.push(match find_any(cx.conn, cx.actor, key, Access::Read) {
            Ok((found, _)) if !found.is_gone() => node_row(&found.node()).render(),
            Ok(_) => html! { li.row { span.key { (key) } span.title.soft { "in the bin" } } },
            Err(Error::NotFound(_)) => html! { li.row { span.key { (key) } } },
            Err(error) => return Err(error),
        });
    }
    Ok(html! {
        @if !rows.is_empty() { (shell::section("Came of it", html! { ul.rows { @for row in rows { (row) } } })) }
    })
}

fn agenda_part(cx: &mut Reader<'_>, c: &CeremonyView) -> Result<Markup> {
    let parts = agenda(cx.conn, cx.actor, c.team, &c.kind, cx.now.day())?;
    Ok(html! {
        @if parts.is_empty() { p.soft { "Nothing in the data asks for attention." } }
        @for part in &parts {
            (shell::section(&part.title, html! { ul { @for line in &part.lines { li { (keyed(line)) } } } }))
        }
    })
}

/// A line of an agenda; the key of an item at its beginning leads there.
fn keyed(line: &str) -> Markup {
    let is_key = |word: &&str| {
        let parts = word.split_once('-');
        parts.is_some_and(|(product, number)| {
            !product.is_empty()
                && product.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                && number.parse::<u32>().is_ok()
        })
    };
    match line.split_once(' ').filter(|(key, _)| is_key(key)) {
        Some((key, rest)) => html! { a href={ "/" (key) } { (key) } " " (rest) },
        None => html! { (line) },
    }
}

fn acts(cx: &mut Reader<'_>, c: &CeremonyView, id: Id) -> Result<Markup> {
    let back = format!("/ceremonies/{id}");
    let all = products::visible(cx.conn, cx.actor)?;
    let usual = product_of(cx.conn, cx.actor.workspace, c.team)?;
    let usual = all.iter().find(|p| Some(p.id) == usual).map_or("", |p| &p.key).to_owned();
    let all: Vec<Choice> = all.iter().map(|p| Choice::new(&p.key, p.name.clone())).collect();
    Ok(html! {
        (shell::menu("Write it down", Some("e"), shell::form("/do/hold-ceremony", html! {
            (shell::hidden("ceremony", &id.to_string()))
            (shell::hidden("revision", &c.revision.to_string()))
            (shell::hidden("_back", &back))
            (shell::textarea("Notes", "notes").id("ceremony-notes").value(&c.notes).rows(8).markdown())
            (shell::textarea("Decisions, one a line", "decisions").rows(3))
            (shell::textarea("Actions, one a line; each becomes an item", "actions").rows(3).placeholder("Call the bank @me !high"))
            (shell::select("of the product", "product", all).value(usual))
            (shell::submit("It was held"))
        })))
        @if c.state != "held" {
            (shell::menu("Skip", None, shell::form("/do/skip-ceremony", html! {
                (shell::hidden("ceremony", &id.to_string()))
                (shell::hidden("_back", &back))
                (shell::field("Why", "because").required().placeholder("Half of us are away"))
                (shell::submit("Skip it"))
            })))
        }
    })
}

/// The feed: no session, the secret in the address is enough.
pub(super) async fn ics(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let today = app.clock.now().day();
    let token = token.trim_end_matches(".ics").to_owned();
    match app.db.read(move |conn| feed(conn, &token, today)).await {
        Ok(text) => {
            let kind = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CACHE_CONTROL, "private, max-age=900"),
            ];
            (kind, text).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}
