//! The North Star and the metrics around it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::prose;
use super::super::lists::Listing;
use super::super::values::number;
use super::super::{choices, may_write, once, product, show};
use crate::kernel::Result;
use crate::people::nouns::View;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::why::metrics::{ListMetrics, Metric, MetricView, ROLES};

const PAGE: Listing = Listing {
    active: "metrics",
    title: "Metrics",
    about: "The North Star, and the few inputs that move it",
    facet: Facet::Why,
    empty: (
        "No metrics yet",
        "North Star: refunds settled without a call, a week. Inputs: refunds begun in the app, refunds finished, days until the money is there.",
    ),
};

pub(in super::super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListMetrics { product: product.key.clone() }.run(cx)?;
        let rows = (!all.is_empty()).then(|| {
            shell::list("Metrics", html! {
                @for m in &all {
                    (shell::list_row(format!("/{}", m.key), m.title.clone())
                        .key(m.key.clone()).facet(Facet::Why).peek()
                        .lead(shell::toned(role(&m.role), if m.role == "north-star" { Tone::Facet } else { Tone::Plain }))
                        .tail(html! { (line(m)) @if let Some(p) = m.series.last() { b { (number(p.value)) } " " span.soft { (m.unit) } } }))
                }
            })
        });
        let actions = html! {
            @if may_write(cx) {
                (shell::menu("Define a metric", Some("c"), shell::form("/do/define-metric", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &PAGE.path(&product)))
                    (fields(None))
                    (shell::submit("Define"))
                })))
            }
        };
        Ok(PAGE.page(product, actions, rows, None, None))
    })
    .await
}

fn role(word: &str) -> &str {
    if word == "north-star" { "North Star" } else { word }
}

fn line(m: &MetricView) -> Markup {
    let values: Vec<f64> = m.series.iter().map(|p| p.value).collect();
    let words = match (values.first(), values.last()) {
        (Some(first), Some(last)) => format!("{}, from {first} to {last} {}", m.title, m.unit),
        _ => String::new(),
    };
    shell::spark(&values, &words)
}

/// The newest values over their days; where one lies below zero or beyond all axes, a plain line.
fn drawn(m: &MetricView) -> Markup {
    const NEWEST: usize = 100;
    let series = &m.series[m.series.len().saturating_sub(NEWEST)..];
    if series.len() < 2 || series.iter().any(|p| !(0.0..=1e15).contains(&p.value)) {
        return line(m);
    }
    let labels: Vec<String> = series.iter().map(|p| p.day.words()).collect();
    let values = series.iter().map(|p| p.value);
    let words = format!("{}, in {}, by day", m.title, m.unit);
    let drawn = shell::lines(&words, &labels, &[shell::Line::new(&m.unit, values)]);
    shell::section("Over time", drawn)
}

fn fields(of: Option<&Metric>) -> Markup {
    let text = |get: fn(&Metric) -> &str| of.map(get).unwrap_or_default().to_owned();
    html! {
        (shell::field("Metric", "title").value(text(|m| &m.title)))
        (shell::field("Unit", "unit").value(text(|m| &m.unit)).placeholder("refunds a week"))
        (shell::select("It is", "role", choices(&ROLES, None)).value(of.map_or("input", |m| &m.role)))
        (shell::select("Better is", "better", choices(&["up", "down"], None)).value(of.map_or("up", |m| &m.better)))
        (shell::textarea("What it says and where it comes from", "about").rows(3).value(text(|m| &m.about)))
    }
}

pub(super) fn body(cx: &mut Reader<'_>, m: &Metric, write: bool) -> Result<Markup> {
    let view = MetricView::of(cx.conn, cx.actor, m)?;
    let (first, last) = (view.series.first(), view.series.last());
    Ok(html! {
        (shell::stats(html! {
            (shell::stat("It is", role(&m.role), &format!("better {}", m.better)))
            @if let Some(p) = first { (shell::stat("First", &number(p.value), &p.day.words())) }
            @if let Some(p) = last { (shell::stat("Now", &number(p.value), &format!("{}, {}", m.unit, p.day.words()))) }
        }))
        (drawn(&view))
        div.prose { (prose(&m.about)) }
        @if !view.series.is_empty() {
            details {
                summary { "Values (" (view.series.len()) ")" }
                (shell::data_table("Values", &["Day", "#Value"], view.series.iter().rev().take(100).map(|p|
                    vec![html! { (shell::day_tag(p.day)) }, html! { (number(p.value)) }]).collect()))
            }
        }
        @if write {
            div.acts {
                (shell::menu("Enter a value", None, shell::form("/do/enter-values", html! {
                    (once())
                    (shell::hidden("key", &m.key))
                    (shell::hidden("_back", &format!("/{}", m.key)))
                    (shell::field("Value", "value").kind("number"))
                    (shell::field("Day", "day").kind("date").help("Today if left out."))
                    (shell::submit("Enter"))
                })))
                (shell::menu("Paste many", None, shell::form("/do/enter-values", html! {
                    (once())
                    (shell::hidden("key", &m.key))
                    (shell::hidden("source", "csv"))
                    (shell::hidden("_back", &format!("/{}", m.key)))
                    (shell::textarea("A line each of day and value", "csv").rows(8).placeholder("2026-03-01,41.5"))
                    (shell::submit("Enter"))
                })))
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-metric", html! {
                    (shell::hidden("key", &m.key))
                    (shell::hidden("revision", &m.revision.to_string()))
                    (shell::hidden("_back", &format!("/{}", m.key)))
                    (fields(Some(m)))
                    (shell::submit("Save"))
                })))
            }
        }
    })
}
