//! The OKR report as a page that also prints.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::lists::{After, dated, look_back, past, stood_on};
use super::super::{Page, product, show};
use crate::kernel::Day;
use crate::shell::{self, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::okr_report::{GetOkrReport, Goal, Line};
use crate::why::key_results::CheckInView;

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let at = past(from.at.as_deref())?;
        let path = format!("/p/{}/okr-report", product.key);
        let report = GetOkrReport { product: product.key.clone(), closed: false, at }.run(cx)?;
        let main = html! {
            @if report.goals.is_empty() && at.is_some() {
                p.soft { "No objective was active on that day." }
            } @else if report.goals.is_empty() {
                (shell::empty_state("Nothing to report", "An objective with key results, and a check-in every week: the report writes itself from them.", html! {
                    a.btn.go href={ "/p/" (product.key) "/objectives" } { "To the objectives" }
                }))
            }
            @for goal in &report.goals { (one(goal, at)) }
        };
        Ok(Page {
            title: format!("OKR report of {}", product.name),
            head: Some(shell::page_head("Reports", "OKR report", html! { "As of " (shell::day_tag(report.on)) }, look_back(&path, at, &[]))),
            banner: at.map(|day| stood_on(&path, day)),
            product: Some(product),
            active: "okr-report",
            facet: Facet::None,
            main,
            ..Page::default()
        })
    })
    .await
}

fn tone(colour: &str) -> Tone {
    match colour {
        "green" => Tone::Good,
        "amber" => Tone::Warn,
        _ => Tone::Bad,
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn one(goal: &Goal, at: Option<Day>) -> Markup {
    let o = &goal.objective;
    html! {
        section.part.goal {
            h2 { a href=(dated(&o.key, at)) { (o.title) } " " span.soft { (o.level) ", " (o.period) } }
            p {
                (shell::toned(&goal.colour, tone(&goal.colour))) " "
                (shell::meter((o.progress * 100.0) as u8, &percent(o.progress)))
                @if let Some(key) = &o.serves { " " span.soft { "serves " a href=(dated(key, at)) { (key) } } }
            }
            @if goal.lines.is_empty() { p.soft { "No key result yet: nobody could see that it is reached." } }
            @for l in &goal.lines { (line(l, at)) }
        }
    }
}

fn line(l: &Line, at: Option<Day>) -> Markup {
    html! {
        article.result {
            h3 {
                a href=(dated(&l.result.key, at)) { (l.result.title) } " "
                (shell::toned(&l.colour, tone(&l.colour)))
                @if l.stale { " " (shell::toned("stale", Tone::Warn)) }
            }
            (figures(l))
            @if let Some(c) = l.check_ins.first() { (last(c)) }
            (done(l, at))
        }
    }
}

/// Baseline, now and target, the way between them, and how sure its owner is.
fn figures(l: &Line) -> Markup {
    let r = &l.result;
    let trend: Vec<f64> = l.check_ins.iter().rev().map(|c| c.confidence as f64).collect();
    html! {
        dl.figures {
            div { dt { "Baseline" } dd { (r.baseline) } }
            div { dt { "Now" } dd { b { (r.current) } " " span.soft { (r.unit) } } }
            div { dt { "Target" } dd { (r.target) } }
            div { dt { "Of the way" } dd { (shell::meter((r.progress * 100.0) as u8, &percent(r.progress))) } }
            @if let Some(c) = l.check_ins.first() {
                div {
                    dt { "Confidence" }
                    dd { (c.confidence) " % " (shell::spark(&trend, &format!("confidence over the last {} check-ins", trend.len()))) }
                }
            }
            div { dt { "Last check-in" } dd { @match r.checked_on { Some(day) => (shell::day_tag(day)), None => { "none" } } } }
        }
    }
}

fn last(c: &CheckInView) -> Markup {
    html! {
        @if !c.note.is_empty() { p { (c.note) } }
        @if !c.blocker.is_empty() {
            p {
                (shell::toned("in the way", Tone::Bad)) " " (c.blocker)
                @if !c.help.is_empty() { " " b { "Help wanted: " } (c.help) }
            }
        }
    }
}

/// What the thread says was done toward it, to be opened where it is much.
fn done(l: &Line, at: Option<Day>) -> Markup {
    const SHOWN: usize = 3;
    let all = || {
        html! {
            ul { @for n in &l.shipped { li { a href=(dated(&n.key, at)) { (n.key) } " " (n.title) } } }
        }
    };
    html! {
        @match l.shipped.len() {
            0 => p.soft { "Nothing on the thread was finished toward it yet." },
            n if n <= SHOWN => { p.soft { "Done toward it" } (all()) },
            n => details { summary.soft { (n) " done toward it" } (all()) },
        }
    }
}
