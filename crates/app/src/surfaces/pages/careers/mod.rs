//! Careers: ladders and profiles for all, and one's own growth for oneself.

mod growth;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::mirror::{hue, word};
use super::{Page, once, show};
use crate::kernel::{Access, Error, Result};
use crate::people::charters::{Letter, Seniority};
use crate::people::responsibilities::{Facet as Question, ResponsibilityView, all_views};
use crate::reports::careers::{Ladder, ListProfiles, ProfileView, ROLES, ladder};
use crate::reports::mirror::{GetMirror, Mirror};
use crate::shell::{self, Choice, Crumb, Link};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/careers", get(careers))
        .route("/mirror/growth", get(growth::growth))
        .route("/mirror/file/{format}", get(growth::file))
}

/// What the address names.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Asked {
    role: Option<String>,
    profile: Option<String>,
}

async fn careers(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let all = ListProfiles {}.run(cx)?;
        let known = all_views(cx.conn, cx.actor.workspace)?;
        match asked.profile.as_deref().filter(|p| !p.is_empty()) {
            Some(wanted) => {
                let missing = || Error::NotFound("profile");
                let found = all.iter().find(|p| p.profile == wanted).ok_or_else(missing)?;
                Ok(profile_page(cx, found, &known))
            }
            None => overview(cx, asked.role.as_deref(), &all, &known),
        }
    })
    .await
}

fn overview(
    cx: &mut Reader<'_>,
    role: Option<&str>,
    all: &[ProfileView],
    known: &[ResponsibilityView],
) -> Result<Page> {
    let at = ROLES.iter().position(|r| Some(r.as_str()) == role).unwrap_or_default();
    let ladder = ladder(ROLES[at])?;
    let own: Vec<&ProfileView> = all.iter().filter(|p| p.own).collect();
    let mirror = GetMirror { person: None, days: Some(365) }.run(cx)?;
    let tabs: Vec<Link> = ROLES
        .iter()
        .map(|r| Link::new(format!("/careers?role={}", r.as_str()), sentence(r.label())))
        .collect();
    let main = html! {
        (shell::tabs("Whose ladder", &tabs, at))
        (shifts(&ladder, known))
        (rungs(&ladder, known, &mirror))
        (own_profiles(cx, &own, all))
    };
    Ok(Page {
        title: "Careers".into(),
        active: "careers",
        head: Some(shell::page_head(
            "People",
            "Careers",
            html! { "How responsibilities usually shift with seniority; a title alone shifts none" },
            html! { a.btn href="/mirror/growth" { "Your growth" } },
        )),
        main,
        wide: true,
        ..Page::default()
    })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + letters.as_str())
}

/// The rung's name; who heads products is there as such.
fn rung(level: Seniority) -> String {
    if level == Seniority::Head { "Head of product".to_owned() } else { sentence(level.label()) }
}

/// Rungs with what they hold, those that hold the same under one heading.
fn merged(ladder: &Ladder) -> Vec<(String, &BTreeMap<u8, Letter>)> {
    let mut all: Vec<(String, &BTreeMap<u8, Letter>)> = Vec::new();
    for (level, letters) in &ladder.rungs {
        match all.last_mut() {
            Some((name, last)) if *last == letters => {
                *name = format!("{} and {}", name.replace(" and ", ", "), level.label());
            }
            _ => all.push((rung(*level), letters)),
        }
    }
    all
}

/// What changes from rung to rung, in words.
fn shifts(ladder: &Ladder, known: &[ResponsibilityView]) -> Markup {
    let rungs = merged(ladder);
    let names = |test: &dyn Fn(u8) -> bool| -> String {
        let all: Vec<&str> =
            known.iter().filter(|r| test(r.number)).map(|r| r.name.as_str()).collect();
        all.join(", ")
    };
    shell::section(
        "What shifts",
        html! {
            ul.shifts {
                @for pair in rungs.windows(2) {
                    @let (before, after) = (pair[0].1, pair[1].1);
                    @let acts = |of: &BTreeMap<u8, Letter>, n: u8| of.get(&n).is_some_and(|l| l.acts());
                    @let answers = |of: &BTreeMap<u8, Letter>, n: u8| of.get(&n).is_some_and(|l| l.answers());
                    @let takes = names(&|n| answers(after, n) && !answers(before, n));
                    @let joins = names(&|n| acts(after, n) && !acts(before, n) && !answers(after, n));
                    @let passes = names(&|n| acts(before, n) && !acts(after, n));
                    li {
                        b { (pair[0].0) " → " (pair[1].0) }
                        @if !takes.is_empty() { p { span.soft { "Answers for " } (takes) } }
                        @if !joins.is_empty() { p { span.soft { "Takes part in " } (joins) } }
                        @if !passes.is_empty() { p { span.soft { "Hands over " } (passes) } }
                    }
                }
            }
        },
    )
}

fn cell(letter: Option<&Letter>) -> Markup {
    html! {
        @match letter {
            Some(l) if l.answers() => { b { abbr title=(l.word()) { (l.short()) } } }
            Some(l) => { abbr title=(l.word()) { (l.short()) } }
            None => { span.soft aria-label="nothing" { "·" } }
        }
    }
}

const QUESTIONS: [Question; 3] = Question::ALL;

fn rungs(ladder: &Ladder, known: &[ResponsibilityView], mirror: &Mirror) -> Markup {
    let rungs = merged(ladder);
    let times = |n: u8| mirror.lines.iter().find(|l| l.responsibility == n).map_or(0, |l| l.times);
    let listed = |r: &&ResponsibilityView| rungs.iter().any(|(_, of)| of.contains_key(&r.number));
    html! {
        div.scroll tabindex="0" role="region" aria-label="The ladder" {
            table.raci {
                caption { "What a " (ladder.role.label()) " usually holds, in a team with the other roles" }
                thead { tr {
                    th scope="col" { "Responsibility" }
                    @for (name, _) in &rungs { th scope="col" { (name) } }
                    @if mirror.enough { th scope="col" { "You did, in a year" } }
                } }
                @for of in QUESTIONS {
                    tbody.(hue(of).class()) {
                        tr { th.f scope="rowgroup" colspan=(rungs.len() + 1 + usize::from(mirror.enough)) { (word(of)) } }
                        @for r in known.iter().filter(|r| r.facet == of).filter(listed) {
                            tr data-row {
                                th scope="row" title=(r.definition) { span.soft { (r.number) " " } (r.name) }
                                @for (_, letters) in &rungs { td { (cell(letters.get(&r.number))) } }
                                @if mirror.enough {
                                    td { @if times(r.number) > 0 { (times(r.number)) } @else { span.soft { "·" } } }
                                }
                            }
                        }
                    }
                }
            }
        }
        p.soft {
            b { "A" } " accountable: answers for it. " b { "R" } " responsible: does it too. "
            b { "C" } " consulted. " b { "I" } " informed. Your own figures are shown to you alone."
        }
    }
}

fn own_profiles(cx: &Reader<'_>, own: &[&ProfileView], all: &[ProfileView]) -> Markup {
    let admin = cx.actor.check(Access::Admin).is_ok();
    shell::section(
        "Profiles of this workspace",
        html! {
            @if own.is_empty() {
                p.soft { "None yet. Where rungs mean something else here, as “Product engineer” or “Staff product manager”, write a profile: people compare their growth with it." }
            } @else {
                (shell::list("Profiles of this workspace", html! {
                    @for p in own {
                        (shell::list_row(format!("/careers?profile={}", p.profile), p.name.clone())
                            .tail(html! { span.soft { (p.letters.values().filter(|l| l.acts()).count()) " responsibilities" } }))
                    }
                }))
            }
            @if admin { (new_profile(all)) }
        },
    )
}

fn new_profile(all: &[ProfileView]) -> Markup {
    let from = std::iter::once(Choice::new("", "Nothing"))
        .chain(all.iter().map(|p| Choice::new(&p.profile, p.name.clone())))
        .collect();
    shell::menu(
        "New profile",
        None,
        shell::form(
            "/do/set-profile",
            html! {
                (once())
                (shell::hidden("_back", "/careers"))
                (shell::field("Name", "name").placeholder("Product engineer").required())
                (shell::select("Begin from", "from", from))
                (shell::textarea("What is expected beyond letters", "about").rows(2))
                (shell::submit("Write the profile"))
            },
        ),
    )
}

fn profile_page(cx: &Reader<'_>, p: &ProfileView, known: &[ResponsibilityView]) -> Page {
    let edit = p.own && cx.actor.check(Access::Admin).is_ok();
    let here = format!("/careers?profile={}", p.profile);
    let table = letters(p, known, edit);
    let main = html! {
        @if edit {
            (shell::form("/do/set-profile", html! {
                (shell::hidden("profile", &p.profile))
                (shell::hidden("revision", &p.revision.unwrap_or_default().to_string()))
                (shell::hidden("_back", &here))
                (shell::field("Name", "name").value(&p.name).required())
                (shell::textarea("What is expected beyond letters", "about").value(&p.about).rows(2))
                (table)
                div.acts { (shell::submit("Keep the profile")) }
            }))
        } @else {
            @if !p.about.is_empty() { p { (p.about) } }
            (table)
        }
    };
    let acts = html! {
        a.btn href={ "/mirror/growth?profile=" (p.profile) } { "Compare with yours" }
        @if edit {
            (shell::post_button(&format!("/do/remove-profile?profile={}&_back=/careers", p.profile), "Take it away", None))
        }
    };
    Page {
        title: p.name.clone(),
        active: "careers",
        above: vec![Crumb::to("/careers", "Careers")],
        head: Some(shell::page_head("Profile", &p.name, html! {}, acts)),
        main,
        ..Page::default()
    }
}

fn letters(p: &ProfileView, known: &[ResponsibilityView], edit: bool) -> Markup {
    let shown = |r: &&ResponsibilityView| r.active && (edit || p.letters.contains_key(&r.number));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Letters" {
            table.raci {
                caption { "What somebody of this profile holds" }
                thead { tr { th scope="col" { "Responsibility" } th scope="col" { "Letter" } } }
                @for of in QUESTIONS {
                    tbody.(hue(of).class()) {
                        tr { th.f scope="rowgroup" colspan="2" { (word(of)) } }
                        @for r in known.iter().filter(|r| r.facet == of).filter(shown) {
                            tr data-row {
                                th scope="row" title=(r.definition) { span.soft { (r.number) " " } (r.name) }
                                td {
                                    @if edit { (choice(r, p.letters.get(&r.number).copied())) }
                                    @else { (cell(p.letters.get(&r.number))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn choice(r: &ResponsibilityView, letter: Option<Letter>) -> Markup {
    html! {
        select name={ "letters." (r.number) } aria-label=(r.name) {
            option value="-" selected[letter.is_none()] { "–" }
            @for l in Letter::ALL {
                option value=(l.as_str()) selected[letter == Some(l)] { (l.short()) }
            }
        }
    }
}
