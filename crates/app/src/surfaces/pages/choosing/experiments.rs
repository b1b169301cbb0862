//! Experiments: their list and page.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::lists::{After, Listing};
use super::super::{choices, may_write, once, product, show};
use super::{about_link, part};
use crate::how::experiments::{
    Experiment, ExperimentView, FINDINGS, ListExperiments, RISKS, VERDICTS, loop_days,
};
use crate::kernel::Result;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

const PAGE: Listing = Listing {
    active: "experiments",
    title: "Experiments",
    about: "What one believes, and how one finds out",
    facet: Facet::How,
    empty: (
        "No experiments yet",
        "We believe that commuters refund themselves when they see the sum first. It holds if 6 of 10 finish without help.",
    ),
};

pub(in super::super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let page = ListExperiments { product: product.key.clone(), after, limit: None }.run(cx)?;
        let rows = (!page.items.is_empty()).then(|| html! {
            (learning(&page.items))
            (shell::list("Experiments", html! {
                @for e in &page.items {
                    (shell::list_row(format!("/{}", e.key), e.title.clone())
                        .key(e.key.clone()).facet(Facet::How).peek()
                        .lead(shell::toned(&e.state, tone(&e.state)))
                        .tail(html! { span.soft {
                            (e.risk) " risk" @if !e.verdict.is_empty() { ", " (e.verdict) }
                            @if let Some(days) = days(e) { ", " (days) @if days == 1 { " day" } @else { " days" } }
                        } }))
                }
            }))
        });
        let actions = html! {
            @if may_write(cx) { (form(&product.key, "", &PAGE.path(&product)[1..])) }
        };
        Ok(PAGE.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

/// Days from the start of an experiment to its end, both counted.
fn days(e: &ExperimentView) -> Option<i64> {
    Some(e.started_on?.days_until(e.concluded_on?) + 1)
}

/// How fast one learns: the share that came to an end, and how long a loop takes.
fn learning(all: &[ExperimentView]) -> Markup {
    let begun = all.iter().filter(|e| e.started_on.is_some()).count();
    let mut loops: Vec<i64> = all.iter().filter_map(days).collect();
    loops.sort_unstable();
    let median = loops.get(loops.len() / 2);
    let pivots = all.iter().filter(|e| e.verdict == "pivot").count();
    html! {
        @if begun > 0 {
            (shell::stats(html! {
                (shell::stat("Concluded", &format!("{} of {begun}", loops.len()), "that were begun"))
                @if let Some(days) = median { (shell::stat("Loop time", &format!("{days} days"), "median, from start to verdict")) }
                (shell::stat("Pivots", &pivots.to_string(), "the rest persevered"))
            }))
        }
    }
}

fn tone(state: &str) -> Tone {
    match state {
        "supported" => Tone::Good,
        "refuted" => Tone::Bad,
        "running" => Tone::Facet,
        _ => Tone::Plain,
    }
}

pub(super) fn rows(label: &str, all: &[Experiment]) -> Markup {
    shell::list(
        label,
        html! {
            @for e in all {
                (shell::list_row(format!("/{}", e.key), e.title.clone())
                    .key(e.key.clone()).facet(Facet::How).peek()
                    .lead(shell::toned(&e.state, tone(&e.state)))
                    .tail(html! { span.soft { (e.risk) " risk" } }))
            }
        },
    )
}

/// The form that plans an experiment; `about` may be empty.
pub(super) fn form(product: &str, about: &str, back: &str) -> Markup {
    shell::menu(
        "Plan an experiment",
        about.is_empty().then_some("c"),
        shell::form(
            "/do/plan-experiment",
            html! {
                (once())
                (shell::hidden("product", product))
                (shell::hidden("_back", &format!("/{back}")))
                (shell::field("Experiment", "title"))
                (shell::textarea("We believe that", "belief").rows(2).draft(format!("experiment-{product}")))
                (shell::select("The risk it tests", "risk", choices(&RISKS, None)))
                (shell::textarea("How we find out", "method").rows(2))
                (shell::field("What is measured", "metric"))
                (shell::field("It holds if", "threshold").help("Frozen when the experiment starts."))
                (shell::field("Ends on", "ends_on").kind("date"))
                @if about.is_empty() {
                    (shell::field("About", "about").placeholder("some words of it, or its key").picks("opportunity option epic"))
                } @else { (shell::hidden("about", about)) }
                (shell::submit("Plan"))
            },
        ),
    )
}

pub(super) fn body(cx: &mut Reader<'_>, e: &Experiment, write: bool) -> Result<Markup> {
    let about = about_link(cx, e.about_id)?;
    let back = format!("/{}", e.key);
    Ok(html! {
        (about)
        (shell::stats(html! {
            (shell::stat("Risk", &e.risk, ""))
            @if !e.metric.is_empty() { (shell::stat("Measured", &e.metric, "")) }
            @if !e.threshold.is_empty() { (shell::stat("It holds if", &e.threshold, if e.state == "planned" { "" } else { "frozen" })) }
            @if let Some(day) = e.ends_on { (shell::stat("Ends", &day.words(), "")) }
            @if let Some(days) = loop_days(e) { (shell::stat("Loop", &if days == 1 { "1 day".to_owned() } else { format!("{days} days") }, "")) }
            @if !e.verdict.is_empty() { (shell::stat("Then", &e.verdict, "")) }
        }))
        (part("We believe that", &e.belief))
        (part("How we find out", &e.method))
        (part("What was seen", &e.result))
        @if write {
            div.acts {
                @if e.state == "planned" {
                    (shell::post_button(&format!("/do/start-experiment?key={}&_back={back}", e.key), "Start it", None))
                }
                @if e.state == "running" {
                    (shell::menu("Conclude", None, shell::form("/do/conclude-experiment", html! {
                        (shell::hidden("key", &e.key))
                        (shell::hidden("_back", &back))
                        (shell::select("The belief is", "state", choices(&FINDINGS, None)))
                        (shell::textarea("What was seen", "result").rows(4).draft(format!("conclude-{}", e.key)))
                        (shell::select("So we", "verdict", choices(&VERDICTS, None)))
                        (shell::submit("Conclude"))
                    })))
                }
                @if ["planned", "running"].contains(&e.state.as_str()) {
                    (shell::menu("Edit", Some("e"), shell::form("/do/edit-experiment", html! {
                        (shell::hidden("key", &e.key))
                        (shell::hidden("revision", &e.revision.to_string()))
                        (shell::hidden("_back", &back))
                        (shell::field("Experiment", "title").value(&e.title))
                        (shell::textarea("How we find out", "method").value(&e.method).rows(4))
                        @if e.state == "planned" {
                            (shell::textarea("We believe that", "belief").value(&e.belief).rows(3))
                            (shell::select("The risk it tests", "risk", choices(&RISKS, None)).value(&e.risk))
                            (shell::field("What is measured", "metric").value(&e.metric))
                            (shell::field("It holds if", "threshold").value(&e.threshold))
                        }
                        (shell::field("Ends on", "ends_on").kind("date").value(e.ends_on.map_or(String::new(), |d| d.to_string())))
                        (shell::submit("Save"))
                    })))
                }
            }
        }
    })
}
