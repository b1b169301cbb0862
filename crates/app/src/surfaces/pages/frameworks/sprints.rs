//! The sprints of a product, with velocity and what the next one may hold.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::{Page, may_write, once, product, show};
use crate::how::sprints::{GetVelocity, IterationView, ListIterations, Outlook, Velocity};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Choice, Facet, Pages, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    after: Option<String>,
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
        let path = format!("/p/{}/sprints", product.key);
        let list = ListIterations { product: product.key.clone(), after: wanted.after.clone(), limit: None };
        let list = list.run(cx)?;
        let pace = GetVelocity { product: product.key.clone(), ..GetVelocity::default() }.run(cx)?;
        let main = html! {
            @if list.items.is_empty() {
                (shell::empty_state(
                    "No sprints yet",
                    "A sprint has a goal that fits in one sentence, as “Commuters see what a refund will bring before they ask for it”, and ends after a few weeks.",
                    html! {},
                ))
            } @else {
                (shell::list("Sprints", html! { @for s in &list.items { (row(s)) } }))
                (shell::pages(&Pages {
                    first: wanted.after.as_ref().map(|_| path.clone()),
                    next: list.next.map(|n| format!("{path}?after={n}")),
                    note: String::new(),
                }))
            }
            (velocity(&pace.velocity))
        };
        let add = if may_write(cx) { plan(cx, &product)? } else { html! {} };
        Ok(Page {
            title: format!("Sprints of {}", product.name),
            active: "sprints",
            head: Some(shell::page_head("How", "Sprints", html! { "Each with a goal; closed ones stay as they were" }, add)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

pub(super) fn href(s: &IterationView) -> String {
    format!("/p/{}/sprints/{}", s.product, s.id)
}

fn tone(s: &IterationView) -> Tone {
    match s.state.as_str() {
        "active" => Tone::Facet,
        "closed" if s.outcome == "met" => Tone::Good,
        "cancelled" => Tone::Bad,
        _ => Tone::Plain,
    }
}

fn row(s: &IterationView) -> shell::Row {
    let title = if s.goal.is_empty() { s.name.clone() } else { format!("{}: {}", s.name, s.goal) };
    shell::list_row(href(s), title).lead(shell::toned(&state_words(s), tone(s))).tail(html! {
        @if let Some(team) = &s.team { span.soft { (team.name) } }
        (span(s))
    })
}

pub(super) fn state_words(s: &IterationView) -> String {
    match (s.state.as_str(), s.outcome.as_str()) {
        ("closed", "met") => "goal met".into(),
        ("closed", "partly") => "goal partly met".into(),
        ("closed", "missed") => "goal missed".into(),
        (state, _) => state.into(),
    }
}

pub(super) fn span(s: &IterationView) -> Markup {
    html! { span.soft { (shell::days_tag(s.starts, s.ends)) } }
}

fn plan(cx: &mut Reader<'_>, product: &Product) -> Result<Markup> {
    let teams = teams::active(cx.conn, cx.actor.workspace)?;
    let teams: Vec<Choice> = std::iter::once(Choice::new("", "no team"))
        .chain(teams.iter().map(|t| Choice::new(t.id, t.name.clone())))
        .collect();
    Ok(shell::menu(
        "New sprint",
        Some("c"),
        shell::form(
            "/do/plan-iteration",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/sprints", product.key)))
                (shell::field("Name", "name").placeholder("Sprint 12").required().autofocus())
                (shell::textarea("Goal", "goal").rows(2).placeholder("Commuters see what a refund will bring before they ask for it"))
                @if teams.len() > 1 { (shell::select("Team", "team", teams)) }
                div.fields {
                    (shell::field("Starts", "starts").kind("date").value(cx.now.day()))
                    (shell::field("Ends", "ends").kind("date").help("As long as the policy says if left empty."))
                    (shell::field("Capacity", "capacity").kind("number").help("In the team's estimates."))
                }
                (shell::submit("Plan it"))
            },
        ),
    ))
}

/// Velocity as bars and as a table.
fn velocity(v: &Velocity) -> Markup {
    if v.past.is_empty() {
        return html! {};
    }
    let alike = v.past.iter().filter(|p| p.unit == v.unit);
    let bars: Vec<(String, f64, f64)> =
        alike.map(|p| (p.name.replace("Sprint ", ""), p.committed, p.completed)).collect();
    shell::section(
        "Velocity",
        html! {
            p { (spread(v)) }
            @if !bars.is_empty() {
                @let what = format!("Planned at the start, outlined, and finished, filled, in each sprint, in {}", v.unit);
                (shell::bars(&what, &bars, v.mean))
            }
            details {
                summary { "The numbers" }
                (shell::data_table("Velocity", &["Sprint", "Goal", "#At the start", "#Finished", "In", "#Items finished"],
                    v.past.iter().map(|p| vec![
                        html! { (p.name) }, html! { (p.outcome) }, html! { (p.committed) },
                        html! { (p.completed) }, html! { (p.unit) }, html! { (p.items) },
                    ]).collect()))
            }
        },
    )
}

/// Velocity in words.
pub(super) fn spread(v: &Velocity) -> String {
    match (v.mean, v.least, v.most, v.spread) {
        (Some(mean), Some(least), Some(most), Some(spread)) => format!(
            "The last {} sprints finished {mean:.0} {} each, between {least:.0} and {most:.0} (± {spread:.0}); {} of {} met their goal.",
            v.alike,
            v.unit,
            v.goals_met,
            v.past.len()
        ),
        _ => {
            format!(
                "{} of the three closed sprints that a velocity in {} needs are there.",
                v.alike, v.unit
            )
        }
    }
}

/// The forecast in words.
pub(super) fn forecast(outlook: &Outlook) -> Markup {
    html! {
        @match &outlook.at_least {
            Some([half, _, most, sure]) => p {
                "From what was finished before: " b { (half) } " items or more with 50 %, "
                b { (most) } " with 85 %, " b { (sure) } " with 95 %."
            },
            None => @for words in &outlook.words { p.soft { (words) } },
        }
        @if outlook.at_least.is_some() {
            details { summary { "What it takes for granted" } ul { @for w in &outlook.words { li { (w) } } } }
        }
    }
}
