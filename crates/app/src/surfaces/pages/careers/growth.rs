//! One's own growth, month by month and beside a profile, and the file of it.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::Asked;
use crate::kernel::{Day, Error};
use crate::reports::careers::{
    FORMATS, GetGrowth, Growth, ListProfiles, Month, ProfileLine, ProfileView, sheet,
};
use crate::shell::{self, Choice, Crumb};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::mirror::hue;
use crate::surfaces::pages::{Page, error_page, show};
use crate::surfaces::session::{Visitor, theme};

pub(super) async fn growth(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let profile = asked.profile.filter(|p| !p.is_empty());
        let growth = GetGrowth { profile: profile.clone() }.run(cx)?;
        let all = ListProfiles {}.run(cx)?;
        Ok(growth_page(&growth, &all, profile.as_deref().unwrap_or_default()))
    })
    .await
}

fn growth_page(g: &Growth, all: &[ProfileView], chosen: &str) -> Page {
    let choices = std::iter::once(Choice::new("", "Nobody"))
        .chain(all.iter().map(|p| Choice::new(&p.profile, p.name.clone())))
        .collect();
    let main = html! {
        @if g.months.is_empty() {
            (shell::empty_state(
                "Nothing recorded yet",
                "Month by month this page shows how your work divides between why, what and how, and what you did for the first time.",
                html! { a.btn href="/mirror" { "Your mirror" } },
            ))
        } @else {
            (over_time(g))
            (shell::section("Beside a profile", html! {
                (shell::filters("/mirror/growth", html! {
                    (shell::select("Compare with", "profile", choices).value(chosen))
                }))
                (compared(g))
            }))
            (take_along(chosen))
        }
    };
    Page {
        title: "Your growth".into(),
        active: "mirror",
        above: vec![Crumb::to("/mirror", "Mirror")],
        head: Some(shell::page_head(
            "Mirror",
            "Your growth",
            html! { span { "The last two years" } span { "only you see it, and nobody else can ask for it" } },
            html! { a.btn href="/careers" { "Careers" } },
        )),
        main,
        ..Page::default()
    }
}

/// A month as people write it.
fn in_words(month: &str) -> String {
    let first = format!("{month}-01").parse::<Day>();
    first.map_or_else(|_| month.to_owned(), Day::month_words)
}

fn over_time(g: &Growth) -> Markup {
    let labels: Vec<String> = g.months.iter().map(|m| in_words(&m.month)).collect();
    let of = |name: &str, value: fn(&Month) -> i64| {
        shell::Line::new(name, g.months.iter().map(|m| value(m) as f64))
    };
    let layers = [of("Why", |m| m.why), of("What", |m| m.what), of("How", |m| m.how)];
    let rows = g
        .months
        .iter()
        .rev()
        .map(|m| {
            vec![
                html! { span.month { (in_words(&m.month)) } },
                html! { (m.why) },
                html! { (m.what) },
                html! { (m.how) },
                html! { (m.external) },
            ]
        })
        .collect();
    html! {
        @if g.months.len() > 1 { div.by-facet { (shell::lines("Why, what and how by month", &labels, &layers)) } }
        (shell::data_table(
            "By month",
            &["Month", "#Why", "#What", "#How", "#Outward"],
            rows,
        ))
        @if g.months.iter().any(|m| !m.new.is_empty()) {
            (shell::section("For the first time", html! {
                ul.shifts {
                    @for m in g.months.iter().rev().filter(|m| !m.new.is_empty()) {
                        li { b { (in_words(&m.month)) } " " (m.new.join(", ")) }
                    }
                }
            }))
        }
    }
}

fn compared(g: &Growth) -> Markup {
    let Some(profile) = &g.profile else {
        return html! { p.soft { "Choose a profile: what of it is yours already, what you do without holding it, and what would be ahead." } };
    };
    let of = |standing: &str| -> Vec<&ProfileLine> {
        g.lines.iter().filter(|l| l.standing == standing).collect()
    };
    let part = |title: &str, about: &str, lines: Vec<&ProfileLine>| {
        html! {
            @if !lines.is_empty() {
                div.part {
                h3 { (title) " " span.soft { (lines.len()) } }
                p.soft { (about) }
                ul.mirror {
                    @for l in lines {
                        li.(hue(l.facet).class()) {
                            div { b { (l.name) } " " (shell::pill(l.letter.word())) }
                            div.acts { @if l.times > 0 { a href={ "/mirror/" (l.responsibility) "?days=365" } { (l.times) " events" } } }
                        }
                    }
                }
                }
            }
        }
    };
    html! {
        @if !profile.about.is_empty() { p { (profile.about) } }
        (part("Exercised, and not held", "You do it already; a charter does not say so.", of("exercised")))
        (part("Ahead", "The profile gives it, and you neither hold nor did it in the last year.", of("ahead")))
        (part("Held already", "By a charter that is agreed.", of("held")))
    }
}

fn take_along(chosen: &str) -> Markup {
    shell::section(
        "Take it along",
        html! {
            p.soft { "For a one-to-one, on paper or in a mail: you decide who reads it. Only you can make this file." }
            div.acts {
                @for (format, label, _) in FORMATS {
                    a.btn href={ "/mirror/file/" (format) "?profile=" (chosen) } download { (label) }
                }
            }
        },
    )
}

pub(super) async fn file(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path(format): Path<String>,
    Params(asked): Params<Asked>,
) -> Response {
    let now = app.clock.now();
    let made = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        let known = FORMATS.iter().find(|(word, ..)| *word == format);
        let (word, _, kind) = known.ok_or(Error::NotFound("format"))?;
        let growth = GetGrowth { profile: asked.profile.clone() }.run(&mut cx)?;
        Ok((*word, *kind, sheet(&growth, now.day(), word)?))
    });
    match made.await {
        Ok((word, kind, body)) => {
            let name = format!("attachment; filename=\"growth-{}.{word}\"", now.day());
            let head = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (head, body).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}
