//! The mirror: one's own, one that somebody shares, and a team's in totals.

mod team;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, show};
use crate::how::ceremonies::{Attendance, GetOwnAttendance};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::members;
use crate::people::responsibilities::{self, Facet as Question};
use crate::reports::mirror::{
    Balance, FacetLine, GetMirror, Line, ListMirrorEvents, ListSharedMirrors, Mirror, MirrorEvent,
    RoleAnswer, SHARES, SharedMirror, Standing,
};
use crate::shell::{self, Choice, Crumb, Facet, Link, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/mirror", get(own))
        .route("/mirror/{responsibility}", get(events))
        .route("/people/{person}/mirror", get(of_person))
        .route("/teams/{team}/mirror", get(team::of_team))
}

/// How far back and whose, as the address says.
#[derive(Deserialize, Default)]
struct Span {
    days: Option<i64>,
    person: Option<Id>,
}

fn spans(here: &str, days: i64) -> Markup {
    const ALL: [i64; 3] = [30, 90, 365];
    let links: Vec<Link> =
        ALL.iter().map(|d| Link::new(format!("{here}?days={d}"), format!("{d} days"))).collect();
    shell::tabs("How far back", &links, ALL.iter().position(|d| *d == days).unwrap_or(1))
}

pub(super) fn hue(facet: Question) -> Facet {
    match facet {
        Question::Why => Facet::Why,
        Question::What => Facet::What,
        Question::How => Facet::How,
    }
}

pub(super) fn word(facet: Question) -> &'static str {
    match facet {
        Question::Why => "Why",
        Question::What => "What",
        Question::How => "How",
    }
}

/// How what is done divides: between the questions, and between outside and inside.
fn balance(b: &Balance, facets: &[FacetLine]) -> Markup {
    let questions = [("why", "Why", b.why), ("what", "What", b.what), ("how", "How", b.how)];
    let sides = [
        ("outward", "Outward: users, market, stakeholders", b.external),
        ("inward", "Inward: team and product", b.internal),
    ];
    html! {
        (shell::share_bar("Why, what and how", &questions))
        (shell::share_bar("Outward and inward", &sides))
        ul.mirror aria-label="By question" {
            @for f in facets {
                li.(hue(f.facet).class()) {
                    div { b { (word(f.facet)) } p.soft { (in_words(f)) } }
                    div.acts { span.soft { (events_of(f.times)) } }
                }
            }
        }
    }
}

/// How many responsibilities of a question are in use, and how many are not.
fn in_words(f: &FacetLine) -> String {
    let also = if f.outside == 0 {
        String::new()
    } else {
        format!(", {} also exercised while others hold them", f.outside)
    };
    let one = if f.exercised == 1 { "responsibility" } else { "responsibilities" };
    format!("{} {one} in use{also}, {} resting", f.exercised, f.dormant)
}

fn events_of(times: i64) -> String {
    if times == 1 { "1 event".to_owned() } else { format!("{times} events") }
}

fn too_little(events: i64, days: i64) -> Markup {
    shell::empty_state(
        "Not enough data",
        &format!(
            "In these {days} days {events} events are recorded. From ten on a mirror shows what is exercised, what rests, and what is done beyond the charter: writing a story, answering a “why?”, keeping an interview all count."
        ),
        html! { a.btn href="?days=365" { "Look back a year" } },
    )
}

async fn own(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(span): Params<Span>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let mirror = GetMirror { person: None, days: span.days }.run(cx)?;
        let shared = ListSharedMirrors {}.run(cx)?;
        let there = GetOwnAttendance {}.run(cx)?;
        let after = html! { (attendance(&there)) (sharing(cx, &mirror)?) (with_you(&shared)) };
        Ok(page(&mirror, "/mirror", after))
    })
    .await
}

/// How often one was at what one's teams held; nobody else is told.
fn attendance(all: &Attendance) -> Markup {
    html! {
        @if let Some(rate) = all.rate {
            section.part {
                (shell::data_table("Ceremonies of your teams", &["Ceremony", "#Held", "#You were there"],
                    all.kinds.iter().map(|k| vec![
                        html! { (super::charters::sentence(&k.kind.replace('-', " "))) }, html! { (k.held) }, html! { (k.attended) },
                    ]).collect()))
                p.soft { "You were at " (format!("{:.0} %", rate * 100.0)) " of " (all.held) " in " (all.days) " days. Only you see this." }
            }
        }
    }
}

async fn of_person(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(person): Path<String>,
    Params(span): Params<Span>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let id: Id = person.parse().map_err(|_| Error::NotFound("person"))?;
        let mirror = GetMirror { person: Some(id), days: span.days }.run(cx)?;
        Ok(page(&mirror, &format!("/people/{id}/mirror"), html! {}))
    })
    .await
}

fn page(m: &Mirror, here: &str, after: Markup) -> Page {
    let of = |standing: Standing| -> Vec<&Line> {
        m.lines.iter().filter(|l| l.standing == standing).collect()
    };
    let main = html! {
        (spans(here, m.days))
        @if m.enough {
            (balance(&m.balance, &m.facets))
            @if let Some(role) = &m.role { (either(role)) }
            (part("Also exercised", "Done while a charter gives it to others. Adopt it, or keep it as it is.", &of(Standing::Outside), m))
            (part("Exercised", "Held or free to all, and in use.", &of(Standing::Exercised), m))
            (resting(&of(Standing::Dormant), m))
        } @else { (too_little(m.events, m.days)) }
        (after)
    };
    let title = if m.own { "Your mirror".to_owned() } else { format!("Mirror of {}", m.name) };
    let meta = html! {
        span { (m.events) " events in " (m.days) " days" }
        span { @if m.own { (private(m)) } @else { "shared with you" } }
    };
    Page {
        title: title.clone(),
        active: "mirror",
        above: if m.own { Vec::new() } else { vec![Crumb::to("/mirror", "Mirror")] },
        head: Some(shell::page_head(
            "People",
            &title,
            meta,
            html! {
                @if m.own { a.btn href="/mirror/growth" { "Your growth" } }
            },
        )),
        main,
        ..Page::default()
    }
}

fn private(m: &Mirror) -> String {
    match m.shared.as_str() {
        "members" => "shared with all members".to_owned(),
        "teams" => "shared with your teams".to_owned(),
        "people" => format!("shared with {}", m.shared_with.join(", ")),
        _ => "only you see it".to_owned(),
    }
}

fn either(answer: &RoleAnswer) -> Markup {
    shell::section(
        "Product manager or product owner?",
        html! {
            p { (answer.words) }
            p.soft {
                "Events that product managers usually answer for: " (answer.manager)
                "; that product owners do: " (answer.owner) "; work on the thing itself: " (answer.making)
                ". Speaking with users is everybody's and not counted."
            }
        },
    )
}

fn part(title: &str, about: &str, lines: &[&Line], m: &Mirror) -> Markup {
    html! {
        @if !lines.is_empty() {
            (shell::section(title, html! {
                p.soft { (about) }
                ul.mirror { @for l in lines { (line(l, m)) } }
            }))
        }
    }
}

/// What rests: first what one answers for, then, folded, what one takes part in, of which much rests
/// with everybody.
fn resting(lines: &[&Line], m: &Mirror) -> Markup {
    let answers = |l: &&&Line| l.holds.as_deref().is_some_and(|h| h.starts_with("accountable"));
    let (own, beside): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(answers);
    html! {
        @if !lines.is_empty() {
            (shell::section("Resting", html! {
                p.soft { "Held, and not needed lately. That is no fault: keep it, or hand it over." }
                @if !own.is_empty() { ul.mirror { @for l in &own { (line(l, m)) } } }
                @if !beside.is_empty() {
                    details {
                        summary { (beside.len()) " in which others answer" }
                        ul.mirror { @for l in &beside { (line(l, m)) } }
                    }
                }
            }))
        }
    }
}

fn line(l: &Line, m: &Mirror) -> Markup {
    let person = if m.own { String::new() } else { format!("&person={}", m.person) };
    let events = format!("/mirror/{}?days={}{person}", l.responsibility, m.days);
    html! {
        li.(hue(l.facet).class()) {
            div {
                b { (l.name) } " " (super::learn::mark_of(l.responsibility))
                @if let Some(holds) = &l.holds { " " (shell::pill(holds)) }
                @let said = l.standing != Standing::Exercised || l.outside > 0;
                p.soft { @if said { (l.words) } @if let Some(day) = l.kept_until { " Kept as it is until " (shell::day_tag(day)) "." } }
            }
            div.acts {
                @if l.times > 0 { a href=(events) { (events_of(l.times)) } }
                @if m.own && l.kept_until.is_none() { (offers(l)) }
            }
        }
    }
}

/// What one can do about a line, each in one click.
fn offers(l: &Line) -> Markup {
    let number = l.responsibility;
    let keep = || {
        let path = format!("/do/keep-responsibility?responsibility={number}&_back=/mirror");
        shell::post_button(&path, "Keep", None)
    };
    let adopt = |charter: Id| {
        let path = "/do/adopt-responsibility";
        let path =
            format!("{path}?responsibility={number}&charter={charter}&_back=/charters/{{id}}");
        shell::post_button(&path, "Adopt", None)
    };
    html! {
        @match l.standing {
            Standing::Exercised => {}
            Standing::Outside => {
                @if let Some(place) = l.places.first() {
                    @match (place.draft, place.charter) {
                        (Some(draft), _) => { a.btn href={ "/charters/" (draft) } title=(place.name) { "Adopted in a draft" } },
                        (None, Some(charter)) => (adopt(charter)),
                        (None, None) => {}
                    }
                    a.btn href=(place.page) title=(place.name) { "Charter" }
                }
                (keep())
            }
            Standing::Dormant => {
                @match l.places.as_slice() {
                    [] => {}
                    [place] => { a.btn href=(place.page) title=(place.name) { "Hand over" } }
                    places => {
                        (shell::menu("Hand over", None, html! {
                            @for place in places { a href=(place.page) { (place.name) } }
                        }))
                    }
                }
                (keep())
            }
        }
    }
}

fn sharing(cx: &mut Reader<'_>, m: &Mirror) -> Result<Markup> {
    /// Names that are offered while one types.
    const OFFERED: usize = 200;
    if cx.actor.check_role(Access::Propose).is_err() {
        return Ok(html! {});
    }
    let words = ["Nobody", "Those I name", "Whoever is in a team with me", "All members"];
    let choices = SHARES.iter().zip(words).map(|(w, label)| Choice::new(w, label)).collect();
    let people = members::all(cx.conn, cx.actor.workspace)?;
    let others = people.iter().filter(|p| p.active && p.id != cx.actor.person);
    let names: Vec<String> = others.take(OFFERED).map(|p| p.name.clone()).collect();
    Ok(shell::section(
        "Who may look",
        html! {
            p.soft { "Nobody looks into a mirror that is not shared: no head of product, no admin, no owner." }
            (shell::form("/do/share-mirror", html! {
                (shell::hidden("_back", "/mirror"))
                (shell::select("Share it with", "audience", choices).value(&m.shared))
                (shell::field("Names, where you name them", "people").value(m.shared_with.join(", "))
                    .offer(names).help("With commas between, as for your one-to-one."))
                (shell::submit("Save"))
            }))
            @if m.shared != SHARES[0] { p { "Its address: " (shell::copy(&format!("/people/{}/mirror", m.person))) } }
        },
    ))
}

fn with_you(shared: &[SharedMirror]) -> Markup {
    html! {
        @if !shared.is_empty() {
            (shell::section("Shared with you", shell::list("Mirrors shared with you", html! {
                @for s in shared {
                    (shell::list_row(format!("/people/{}/mirror", s.person), s.name.clone())
                        .lead(shell::avatar(&s.name)))
                }
            })))
        }
    }
}

async fn events(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
    Params(span): Params<Span>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let number: i64 = number.parse().map_err(|_| Error::NotFound("responsibility"))?;
        let known = responsibilities::known(cx.conn, cx.actor.workspace, number)?;
        let query =
            ListMirrorEvents { responsibility: number, person: span.person, days: span.days };
        let all = query.run(cx)?;
        let days = span.days.unwrap_or(90);
        let main = html! {
            p { (known.definition) }
            p.soft { "Counted when: " (known.exercised_by) "." }
            @if all.is_empty() { p { "Nothing in these " (days) " days." } }
            @else { (shell::data_table("What it rests on", &["When", "What was done", "To what", ""], all.iter().map(event).collect())) }
        };
        let meta = html! { "What was done in " (days) " days, the latest first; up to 100" };
        let mut above = vec![Crumb::to("/mirror", "Mirror")];
        above.extend(span.person.map(|p| Crumb::to(format!("/people/{p}/mirror"), "Shared mirror")));
        Ok(Page {
            title: known.name.clone(),
            active: "mirror",
            facet: hue(known.facet),
            above,
            head: Some(shell::page_head("Mirror", &known.name, meta, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

fn event(e: &MirrorEvent) -> Vec<Markup> {
    vec![
        shell::time_tag(e.at),
        html! { (e.verb) },
        html! {
            @match &e.key {
                Some(key) => { a href={ "/" (key) } { (key) " " (e.title) } }
                None => { span.soft { (e.kind) } }
            }
            @if e.more > 0 { span.soft { " and " (e.more) " more" } }
        },
        html! {
            @if e.outside {
                (shell::toned("held by others", Tone::Plain)) " "
                span.soft { (e.reason.as_deref().unwrap_or("no reason given")) }
            }
        },
    ]
}
