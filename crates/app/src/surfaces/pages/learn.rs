//! Learning: an index of the pages that explain terms, each page, and the quiet marks that lead there.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, show};
use crate::kernel::{Access, Error, Result};
use crate::people::products;
use crate::reports::learn::{
    Kind, LESSONS, Lesson, Usual, find, lesson, of_responsibility, of_signal,
};
use crate::shell::{self, Crumb};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/learn", get(index)).route("/learn/{kind}/{slug}", get(page))
}

/// The mark beside a responsibility; a workspace's own have no page.
pub(super) fn mark_of(number: impl TryInto<u8>) -> Markup {
    mark(number.try_into().ok().and_then(of_responsibility))
}

/// The mark beside a signal.
pub(super) fn mark_of_signal(slug: &str) -> Markup {
    mark(of_signal(slug))
}

/// The mark beside a framework.
pub(super) fn mark_of_framework(name: &str) -> Markup {
    mark(lesson(Kind::Framework, name))
}

fn mark(found: Option<&Lesson>) -> Markup {
    found.map_or_else(|| html! {}, |l| shell::explain(&l.href(), &l.title))
}

/// What explains each page of the navigation.
const OF_PAGES: [(&str, Kind, &str); 44] = [
    ("strategy", Kind::Artefact, "strategy"),
    ("metrics", Kind::Entity, "metric"),
    ("inbox", Kind::Responsibility, "feedback-triage"),
    ("evidence", Kind::Entity, "evidence"),
    ("portal", Kind::Entity, "idea"),
    ("interviews", Kind::Entity, "interview"),
    ("needs", Kind::Entity, "need"),
    ("market", Kind::Responsibility, "market-research"),
    ("objectives", Kind::Artefact, "okr"),
    ("opportunities", Kind::Entity, "opportunity"),
    ("priorities", Kind::Responsibility, "order-of-problems"),
    ("roadmap", Kind::Artefact, "roadmap"),
    ("epics", Kind::Entity, "epic"),
    ("releases", Kind::Entity, "release"),
    ("decisions", Kind::Entity, "decision"),
    ("requirements", Kind::Entity, "requirement"),
    ("stakeholders", Kind::Entity, "stakeholder"),
    ("lifecycle", Kind::Responsibility, "lifecycle-choice"),
    ("backlog", Kind::Artefact, "product-backlog"),
    ("board", Kind::Responsibility, "work-in-progress-and-blockers"),
    ("list", Kind::Entity, "story"),
    ("refinement", Kind::Responsibility, "refinement"),
    ("sprints", Kind::Entity, "iteration"),
    ("experiments", Kind::Entity, "experiment"),
    ("phases", Kind::Entity, "phase"),
    ("gaps", Kind::Signal, "no-why"),
    ("forecast", Kind::Formula, "forecast"),
    ("quality", Kind::Artefact, "user-story"),
    ("okr-report", Kind::Formula, "key-result-progress"),
    ("questions", Kind::Entity, "question"),
    ("flow", Kind::Formula, "cycle-time"),
    ("health", Kind::Entity, "signal"),
    ("activity", Kind::Entity, "activity"),
    ("automations", Kind::Entity, "rule"),
    ("mirror", Kind::Entity, "mirror"),
    ("charters", Kind::Artefact, "charter"),
    ("teams", Kind::Entity, "team"),
    ("teams/map", Kind::Framework, "team-topologies"),
    ("careers", Kind::Entity, "person"),
    ("portfolio", Kind::Entity, "product"),
    ("tree", Kind::Artefact, "opportunity-solution-tree"),
    ("people", Kind::Entity, "workspace"),
    ("pages", Kind::Entity, "page"),
    ("culture", Kind::Entity, "trial"),
];

/// What explains a page of the navigation, by its last word.
pub(super) fn of_page(active: &str) -> Option<&'static Lesson> {
    let (_, kind, slug) = OF_PAGES.iter().find(|(page, ..)| *page == active)?;
    lesson(*kind, slug)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Words {
    q: String,
}

async fn index(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(words): Params<Words>,
) -> Response {
    show(&app, visitor, &headers, move |_| {
        let all = find(&words.q);
        let main = html! {
            (shell::filters("/learn", html! {
                (shell::field("Words", "q").kind("search").value(&words.q).placeholder("outcome"))
            }))
            @if all.is_empty() {
                (shell::empty_state(
                    "No page has these words",
                    "There is one on each responsibility, artefact, framework, signal and formula: try “backlog”, “goal” or “flow”.",
                    html! { a.btn href="/learn" { "All pages" } },
                ))
            }
            @for kind in Kind::ALL {
                @let of: Vec<&&Lesson> = all.iter().filter(|l| l.kind == kind).collect();
                @if !of.is_empty() {
                    (shell::section(kind.heading(), html! {
                        ul.lessons { @for l in of { li { a href=(l.href()) { (l.title) } span.soft { (first_sentence(&l.what)) } } } }
                    }))
                }
            }
        };
        let meta = html! { (LESSONS.len()) " short pages, in the field's terms, with where they come from" };
        Ok(Page {
            title: "Learn".into(),
            active: "learn",
            head: Some(shell::page_head("Workspace", "Learn", meta, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

/// What a list has room for.
fn first_sentence(text: &str) -> &str {
    let text = text.strip_prefix("Counted is: ").unwrap_or(text);
    let ends = [": ", "; ", ". "].into_iter().filter_map(|end| text.find(end));
    ends.min().map_or(text, |at| &text[..at]).trim_end_matches('.')
}

async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((kind, slug)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let found = Kind::parse(&kind).and_then(|kind| lesson(kind, &slug));
        let l = found.ok_or(Error::NotFound("page about this"))?;
        let main = html! {
            div.prose { p.lead { (l.what) } }
            (shell::section("Why it matters", html! { div.prose { p { (l.why) } } }))
            (here(cx, l)?)
            @if !l.answers.is_empty() { (usually(l)) }
            (shell::section("Common mistakes", html! { ul { @for m in &l.mistakes { li { (m) } } } }))
            (shell::section("Where it comes from", html! {
                ul { @for s in &l.sources { li {
                    @if s.url.is_empty() { (s.citation) } @else { a href=(s.url) rel="noreferrer" { (s.citation) } }
                } } }
                p.soft { "In our own words; the works named say more." }
            }))
        };
        Ok(Page {
            title: l.title.clone(),
            active: "learn",
            above: vec![Crumb::to("/learn", "Learn")],
            head: Some(shell::page_head(l.kind.heading(), &l.title, html! {}, html! {})),
            main,
            ..Page::default()
        })
    })
    .await
}

/// What shows it here, and the page where it is.
fn here(cx: &mut Reader<'_>, l: &Lesson) -> Result<Markup> {
    let place = place(cx, l)?;
    Ok(html! {
        @if !l.here.is_empty() || place.is_some() {
            (shell::section("Here", html! {
                @if !l.here.is_empty() { p { (l.here) } }
                @if let Some((href, words)) = place { p { a.btn href=(href) { (words) } } }
            }))
        }
    })
}

/// The address of the page about it, with its name; a page of a product is that of the first one.
fn place(cx: &mut Reader<'_>, l: &Lesson) -> Result<Option<(String, String)>> {
    if l.place.starts_with('/') {
        let open = l.place == "/" || l.place == "/mirror";
        let may = open || cx.actor.check_role(Access::Write).is_ok();
        return Ok(may.then(|| (l.place.clone(), "See it here".to_owned())));
    }
    let product = products::visible(cx.conn, cx.actor)?.into_iter().next();
    Ok(product.map(|p| {
        let name = super::menu::label(&l.place).unwrap_or("See it here");
        (format!("/p/{}/{}", p.key, l.place), format!("{name} of {}", p.name))
    }))
}

/// Who usually answers, by arrangement.
fn usually(l: &Lesson) -> Markup {
    let all: Vec<Usual> = l.answers.iter().filter_map(|n| Usual::of(*n)).collect();
    html! {
        @for usual in &all {
            @let rows = usual.seats.iter().map(|s| {
                let roles: Vec<String> = s.roles.iter().map(|(who, letter)| format!("{who} {letter}")).collect();
                vec![html! { (super::charters::sentence(&s.arrangement)) }, html! { (roles.join(", ")) }]
            }).collect();
            @let caption = format!("Who usually answers: {}", usual.name);
            (shell::data_table(&caption, &["Arrangement", "Who"], rows))
        }
        p.soft { "A accountable, R responsible, C consulted, I informed. Your own charter says what holds with you." }
    }
}

#[cfg(test)]
mod tests {
    use super::{OF_PAGES, of_page};

    #[test]
    fn every_mark_of_a_page_leads_somewhere() {
        for (page, kind, slug) in OF_PAGES {
            assert!(of_page(page).is_some(), "{page}: {}/{slug}", kind.as_str());
        }
    }
}
