//! How work flows: figures and charts of a product, or of one of its teams.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, product, show};
use crate::how::blockers::ListBlockers;
use crate::how::flow::{Flow, GetFlow};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Choice, Facet, Line, Spot, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Wanted {
    team: String,
    weeks: String,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let asked = GetFlow {
            product: product.key.clone(),
            team: Some(wanted.team.clone()).filter(|t| !t.is_empty()),
            weeks: wanted.weeks.parse().ok(),
        };
        let flow = asked.run(cx)?;
        let main = html! {
            (filters(cx, &product, &wanted)?)
            @if flow.spots.is_empty() && flow.wip == 0 {
                (shell::empty_state(
                    "Nothing has flown yet",
                    "Once items start and finish, this page tells how long they take, as “85 % within 9 days”.",
                    html! {},
                ))
            } @else {
                (figures(&flow))
                (ages(&flow))
                (cumulative(&flow))
                (scatterplot(&flow))
                (throughput(&flow))
                (little(&flow))
                (blocked(cx, &product)?)
            }
        };
        Ok(Page {
            title: format!("Flow of {}", product.name),
            active: "flow",
            head: Some(shell::page_head("Reports", "Flow", shell::days_tag(Some(flow.from), Some(flow.to)), html! {})),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn filters(cx: &mut Reader<'_>, product: &Product, wanted: &Wanted) -> Result<Markup> {
    let teams = teams::active(cx.conn, cx.actor.workspace)?;
    let teams: Vec<Choice> = std::iter::once(Choice::new("", "all"))
        .chain(teams.iter().map(|t| Choice::new(&t.name, t.name.clone())))
        .collect();
    let weeks = [4, 8, 13, 26, 52].map(|n| Choice::new(n, format!("{n} weeks"))).to_vec();
    let chosen = if wanted.weeks.is_empty() { "13" } else { &wanted.weeks };
    Ok(shell::filters(
        &format!("/p/{}/flow", product.key),
        html! {
            @if teams.len() > 1 { (shell::select("Team", "team", teams).value(&wanted.team)) }
            (shell::select("Time", "weeks", weeks).value(chosen))
        },
    ))
}

fn figures(flow: &Flow) -> Markup {
    let done: u32 = flow.throughput.iter().map(|w| w.finished).sum();
    let weeks = flow.throughput.len().max(1) as f64;
    html! {
        (shell::stats(html! {
            (shell::stat("Under way", &flow.wip.to_string(), &format!("from {} to before {}", flow.started, flow.finished)))
            (shell::stat("Finished a week", &format!("{:.1}", f64::from(done) / weeks), &format!("{done} in all")))
            @if let Some([half, _, most, _]) = flow.cycle_time {
                (shell::stat("Cycle time", &format!("{half} days"), &format!("half of them; 85 % within {most}")))
            }
            @if let Some(days) = flow.sle_days {
                (shell::stat("Expected", &format!("{} % in {days} days", flow.sle_share),
                    &flow.within.map_or(String::new(), |w| format!("{w} % were"))))
            }
        }))
        @if let (Some(within), Some(days)) = (flow.within, flow.sle_days) {
            @if within < flow.sle_share {
                (shell::notice(Tone::Warn, html! {
                    "Only " (within) " % were done within " (days) " days; " (flow.sle_share) " % are expected. Begin less at once, or expect what is true."
                }))
            }
        }
    }
}

fn ages(flow: &Flow) -> Markup {
    if flow.ages.is_empty() {
        return html! {};
    }
    let rows = flow.ages.iter().take(30).map(|a| {
        vec![
            html! { a href={ "/" (a.key) } { (a.key) } " " (a.title) },
            html! { (a.days) },
            html! { @if a.over { (shell::toned("older than expected", Tone::Warn)) } },
        ]
    });
    let table =
        shell::data_table("How old is what is under way", &["Item", "#Days", ""], rows.collect());
    shell::section("Under way, the oldest first", table)
}

fn labels(flow: &Flow, count: usize) -> Vec<String> {
    let day = |n: usize| flow.from.plus_days(i64::try_from(n).unwrap_or_default());
    (0..count).map(|n| day(n).short()).collect()
}

fn cumulative(flow: &Flow) -> Markup {
    let count = flow.layers.iter().map(|l| l.items.len()).max().unwrap_or_default();
    // What was finished before the time begins would only lift the picture.
    let layers: Vec<Line> = flow
        .layers
        .iter()
        .rev()
        .map(|l| Line::new(&l.state, l.items.iter().map(|n| f64::from(*n))))
        .collect();
    let rows = (0..count).step_by(7).map(|n| {
        let day = flow.from.plus_days(i64::try_from(n).unwrap_or_default());
        let mut row = vec![shell::day_tag(day)];
        row.extend(
            flow.layers.iter().map(|l| html! { (l.items.get(n).copied().unwrap_or_default()) }),
        );
        row
    });
    let heads: Vec<String> = flow.layers.iter().map(|l| format!("#{}", l.state)).collect();
    let heads: Vec<&str> = std::iter::once("Day").chain(heads.iter().map(String::as_str)).collect();
    shell::section(
        "Cumulative flow",
        html! {
            (shell::areas("How many items stood in each state, day by day", &labels(flow, count), &layers))
            details { summary { "The numbers" } (shell::data_table("At the end of the day", &heads, rows.collect())) }
        },
    )
}

fn scatterplot(flow: &Flow) -> Markup {
    let Some([half, _, most, nearly]) = flow.cycle_time else { return html! {} };
    let span = flow.from.days_until(flow.to).max(1) as f64;
    let spots: Vec<Spot> = flow
        .spots
        .iter()
        .map(|s| Spot {
            at: flow.from.days_until(s.finished) as f64 / span,
            value: f64::from(s.days),
            href: format!("/{}", s.key),
            words: format!("{} {}: {} days, finished on {}", s.key, s.title, s.days, s.finished),
        })
        .collect();
    let marks = [("50 %", half), ("85 %", most), ("95 %", nearly)];
    let marks: Vec<(String, f64)> =
        marks.iter().map(|(name, days)| (format!("{name}: {days} d"), f64::from(*days))).collect();
    let (from, to) = (flow.from.to_string(), flow.to.to_string());
    let rows = flow.spots.iter().rev().take(100).map(|s| {
        vec![
            html! { a href={ "/" (s.key) } { (s.key) } " " (s.title) },
            shell::day_tag(s.finished),
            html! { (s.days) },
        ]
    });
    shell::section(
        "Cycle times",
        html! {
            (shell::scatter("Days from start to finish of each item, by the day it was finished", (&from, &to), &spots, &marks))
            details { summary { "The numbers" } (shell::data_table("Finished items", &["Item", "Finished", "#Days"], rows.collect())) }
        },
    )
}

fn throughput(flow: &Flow) -> Markup {
    let bars: Vec<(String, f64, f64)> =
        flow.throughput.iter().map(|w| (w.from.short(), 0.0, f64::from(w.finished))).collect();
    let mean = flow.throughput.iter().map(|w| f64::from(w.finished)).sum::<f64>()
        / flow.throughput.len().max(1) as f64;
    shell::section(
        "Throughput",
        html! {
            (shell::bars("Items finished in each week", &bars, Some(mean)))
            details { summary { "The numbers" } (shell::data_table("Week by week", &["From", "#Finished"],
                flow.throughput.iter().map(|w| vec![html! { (w.from) }, html! { (w.finished) }]).collect())) }
        },
    )
}

fn little(flow: &Flow) -> Markup {
    let Some([wip, throughput, measured, expected]) = flow.little else { return html! {} };
    let off = if expected > 0.0 { (measured / expected - 1.0).abs() } else { 0.0 };
    shell::section(
        "Little's law",
        html! {
            p {
                "On average " (format!("{wip:.1}")) " items were under way and " (format!("{throughput:.2}"))
                " were finished a day. By the law one takes " b { (format!("{expected:.1}")) " days" }
                "; measured were " b { (format!("{measured:.1}")) " days" } "."
            }
            @if off > 0.25 { p.soft {
                "They differ by more than a quarter, so the flow is not steady: work piles up, old items are left behind, or starts are not recorded."
            } }
        },
    )
}

fn blocked(cx: &mut Reader<'_>, product: &Product) -> Result<Markup> {
    let all = ListBlockers { product: product.key.clone() }.run(cx)?;
    if all.open.is_empty() && all.ended.is_empty() {
        return Ok(html! {});
    }
    let rows = all.open.iter().chain(&all.ended).map(|b| {
        vec![
            html! { a href={ "/" (b.key) } { (b.key) } " " (b.title) },
            html! { (b.reason) },
            html! { (shell::time_tag(b.blocked_at)) },
            html! { (format!("{:.1}", b.hours as f64 / 24.0)) },
            html! { @match b.ended_at { Some(_) => (b.solution), None => (shell::toned("still", Tone::Bad)) } },
        ]
    });
    let days = all.hours as f64 / 24.0;
    Ok(shell::section(
        "What held work up",
        html! {
            p { (format!("{days:.0}")) " days in all over the last 90." }
            (shell::data_table("Blockers", &["Item", "Reason", "Since", "#Days", "Freed by"], rows.collect()))
        },
    ))
}
