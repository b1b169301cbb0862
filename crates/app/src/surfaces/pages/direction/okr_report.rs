//! The OKR report as a page that also prints.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, product, show};
use crate::shell::{self, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::okr_report::{GetOkrReport, Goal, Line};

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let report = GetOkrReport { product: product.key.clone(), closed: false }.run(cx)?;
        let main = html! {
            @if report.goals.is_empty() {
                (shell::empty_state("Nothing to report", "An objective with key results, and a check-in every week: the report writes itself from them.", html! {}))
            }
            @for goal in &report.goals { (one(goal)) }
        };
        Ok(Page {
            title: format!("OKR report of {}", product.name),
            head: Some(shell::page_head("Reports", "OKR report", html! { "As of " (shell::day_tag(report.on)) }, html! {})),
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

fn one(goal: &Goal) -> Markup {
    let o = &goal.objective;
    html! {
        section.part {
            h2 { a href={ "/" (o.key) } { (o.title) } " " span.soft { (o.period) ", " (o.level) } }
            p {
                (shell::toned(&goal.colour, tone(&goal.colour))) " " (percent(o.progress))
                @if let Some(key) = &o.serves { " " span.soft { "serves " a href={ "/" (key) } { (key) } } }
            }
            @for l in &goal.lines { (line(l)) }
        }
    }
}

fn line(l: &Line) -> Markup {
    let trend: Vec<f64> = l.check_ins.iter().rev().map(|c| c.confidence as f64).collect();
    let last = l.check_ins.first();
    html! {
        article.comment {
            p {
                b { a href={ "/" (l.result.key) } { (l.result.title) } } " "
                (shell::toned(&l.colour, tone(&l.colour)))
                @if l.stale { " " (shell::toned("stale", Tone::Warn)) }
            }
            p.soft {
                (l.result.baseline) " → " (l.result.target) " " (l.result.unit) ", now " b { (l.result.current) } ", " (percent(l.result.progress))
                @if let Some(day) = l.result.checked_on { ", checked in " (shell::day_tag(day)) } @else { ", never checked in" }
            }
            @if let Some(c) = last {
                p {
                    "Confidence " (c.confidence) " % " (shell::spark(&trend, &format!("confidence over the last {} check-ins", trend.len())))
                    @if !c.note.is_empty() { " " (c.note) }
                }
                @if !c.blocker.is_empty() { p { (shell::toned("in the way", Tone::Bad)) " " (c.blocker) @if !c.help.is_empty() { " Help wanted: " (c.help) } } }
            }
            @if !l.shipped.is_empty() {
                p.soft { "Done toward it: " @for (at, n) in l.shipped.iter().take(8).enumerate() { @if at > 0 { ", " } a href={ "/" (n.key) } { (n.key) " " (n.title) } }
                    @if l.shipped.len() > 8 { " and " (l.shipped.len() - 8) " more" } }
            } @else { p.soft { "Nothing on the thread was finished toward it yet." } }
        }
    }
}
