//! When will these be done, and how many by a day.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, product, show};
use crate::kernel::{Day, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::forecasts::{ByDay, DoneBy, Forecast, GetForecast};

/// What was asked, as it stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    of: String,
    sprint: String,
    team: String,
    items: String,
    by: String,
    growth: String,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(asked): Params<Asked>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let answer = match asked.query(&product).and_then(|query| query.run(cx)) {
            Ok(forecast) => told(&forecast),
            Err(error @ (Error::Invalid { .. } | Error::NotFound(_))) => {
                shell::notice(Tone::Bad, html! { (error.to_string()) })
            }
            Err(error) => return Err(error),
        };
        let main = html! { (question(&product, &asked)) (answer) };
        Ok(Page {
            title: format!("Forecast for {}", product.name),
            head: Some(shell::page_head(
                "Reports",
                "Forecast",
                html! { "From what was finished, corrected by how such forecasts held before" },
                html! {},
            )),
            product: Some(product),
            active: "forecast",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

impl Asked {
    fn query(&self, product: &Product) -> Result<GetForecast> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let no = |field: &'static str, text: &str, like: &str| {
            Error::invalid(field, format!("“{text}” cannot be read; write it like {like}."))
        };
        Ok(GetForecast {
            product: product.key.clone(),
            of: given(&self.of),
            sprint: given(&self.sprint)
                .map(|s| s.parse().map_err(|_| Error::NotFound("sprint")))
                .transpose()?,
            team: given(&self.team),
            items: given(&self.items)
                .map(|s| s.parse().map_err(|_| no("items", &s, "20")))
                .transpose()?,
            by: given(&self.by)
                .map(|s| s.parse::<Day>().map_err(|_| no("by", &s, "2026-03-01")))
                .transpose()?,
            growth: !self.growth.is_empty(),
        })
    }
}

fn question(product: &Product, asked: &Asked) -> Markup {
    html! {
        form.filters method="get" action={ "/p/" (product.key) "/forecast" } {
            (shell::field("Epic or release", "of").value(&asked.of).placeholder("all that is open").picks("epic release"))
            (shell::field("Team", "team").value(&asked.team))
            (shell::field("Or so many items", "items").kind("number").value(&asked.items))
            (shell::field("By the day", "by").kind("date").value(&asked.by))
            @if !asked.sprint.is_empty() { (shell::hidden("sprint", &asked.sprint)) }
            (shell::checkbox("The scope grows as it did", "growth").value("true").checked(!asked.growth.is_empty()))
            div { button.btn.go { "Look ahead" } }
        }
    }
}

fn told(forecast: &Forecast) -> Markup {
    let left = match (forecast.left, forecast.in_progress) {
        (1, _) => "1 item left".to_owned(),
        (left, 0) => format!("{left} items left"),
        (left, begun) => format!("{left} items left, {begun} of them in progress"),
    };
    html! {
        h2 { (forecast.about) }
        p { (left) "." }
        @if let Some(refused) = &forecast.refused {
            (shell::empty_state("No forecast yet", refused, html! {}))
        }
        @if !forecast.done_by.is_empty() { (when(&forecast.done_by)) }
        @if let Some(by) = &forecast.by { (many(by)) }
        @if forecast.refused.is_none() && (!forecast.held.is_empty()) { (held(forecast)) }
        @if !forecast.assumptions.is_empty() {
            (shell::section("What it takes for granted", html! {
                ul { @for assumption in &forecast.assumptions { li { (assumption) } } }
            }))
        }
        @if !forecast.finished.is_empty() { (past(&forecast.finished)) }
    }
}

fn when(days: &[DoneBy]) -> Markup {
    let rows = days.iter().map(|done| {
        vec![
            html! { (done.chance) " %" },
            html! {
                @match done.day {
                    Some(day) => (shell::day_tag(day)),
                    None => span.soft { "beyond what was simulated" },
                }
            },
            html! { @if let Some(weeks) = done.weeks { (weeks) @if weeks == 1 { " week" } @else { " weeks" } } },
        ]
    });
    shell::section(
        "All of it is done",
        shell::data_table("All of it is done", &["How sure", "By", "In"], rows.collect()),
    )
}

fn many(by: &ByDay) -> Markup {
    let chances = [50, 70, 85, 95];
    let rows = chances
        .iter()
        .zip(&by.at_least)
        .map(|(chance, items)| vec![html! { (chance) " %" }, html! { (items) " or more" }]);
    shell::section(
        &format!("Done by {}", by.day.words()),
        html! {
            @if let Some(all) = by.all {
                p { "All of it: " strong { (format!("{:.0} %", all * 100.0)) } " likely." }
            }
            (shell::data_table("Done by the day", &["How sure", "#Items"], rows.collect()))
        },
    )
}

/// How past forecasts of this very team held.
fn held(forecast: &Forecast) -> Markup {
    let rows = [50, 70, 85, 95].iter().zip(&forecast.kept).map(|(chance, kept)| {
        let share = (kept * 100).checked_div(forecast.checked).unwrap_or_default();
        vec![
            html! { (chance) " %" },
            html! { (kept) " of " (forecast.checked) },
            shell::meter(u8::try_from(share).unwrap_or(100), &format!("{share} %")),
        ]
    });
    shell::section(
        "How past forecasts held",
        html! {
            p { (forecast.held) }
            @if forecast.checked > 0 {
                (shell::data_table("How past forecasts held", &["Said", "Held", "Share"], rows.collect()))
            }
        },
    )
}

fn past(weeks: &[u32]) -> Markup {
    let values: Vec<f64> = weeks.iter().map(|count| f64::from(*count)).collect();
    let sum: u32 = weeks.iter().sum();
    let words = format!("{sum} finished in the last {} weeks", weeks.len());
    shell::section(
        "What it rests on",
        html! { p { (shell::spark(&values, &words)) " " (words) "." } },
    )
}
