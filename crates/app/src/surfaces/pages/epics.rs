//! Epics: their list with how far each has come and how it fares, and their part of their own page.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::filtered::why_field;
use super::item::prose;
use super::lists::{After, Listing};
use super::{choices, may_write, once, product, show};
use crate::how::epics::{EpicPart, HEALTH, HealthView, STATES};
use crate::how::units::{heading, of_product};
use crate::kernel::{Error, Result};
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::epics::{EpicView, GetEpic, ListEpics};
use crate::thread::nodes::Node;

const PAGE: Listing = Listing {
    active: "epics",
    title: "Epics",
    about: "What is solved together: how far it has come, and how it fares",
    facet: Facet::What,
    empty: (
        "No epics yet",
        "An epic gathers stories that solve one opportunity together: refund yourself, from the app, in two minutes.",
    ),
};

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let found =
            ListEpics { product: product.key.clone(), after: from.after.clone() }.run(cx)?;
        let summed = heading(of_product(cx.conn, cx.actor.workspace, product.id)?);
        let rows = found.items.iter().map(|epic| row(epic, summed.is_some()));
        let table = (!found.items.is_empty()).then(|| {
            let sums = summed.map(|unit| [format!("#{unit}"), "#Done".to_owned()]);
            let mut heads = vec!["Epic", "State", "Health", "Items done"];
            heads.extend(sums.iter().flatten().map(String::as_str));
            shell::data_table("Epics in their order", &heads, rows.collect())
        });
        let actions = html! {
            @if may_write(cx) {
                (shell::menu("New epic", Some("c"), shell::form("/do/create-work-item", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("level", "epic"))
                    (shell::field("Title", "title").required())
                    (shell::textarea("Brief: what it is for, and for whom", "body").rows(5).markdown())
                    (why_field("epic-why"))
                    (shell::submit("Create"))
                })))
            }
        };
        let mut page = PAGE.page(product, actions, table, from.after.as_ref(), found.next);
        page.wide = true;
        Ok(page)
    })
    .await
}

/// How an epic fares, in a pill.
fn pill(health: &HealthView) -> Markup {
    let tone = match health.health.as_str() {
        "on-track" => Tone::Good,
        "at-risk" => Tone::Warn,
        _ => Tone::Bad,
    };
    shell::toned(&health.health.replace('-', " "), tone)
}

fn done(epic: &EpicView) -> Markup {
    html! {
        @match epic.done {
            Some(share) => (shell::meter((share * 100.0) as u8, &format!("{} of {}", epic.stories_done, epic.stories))),
            None => span.soft { "no items" },
        }
    }
}

fn row(view: &EpicView, summed: bool) -> Vec<Markup> {
    let epic = &view.epic;
    let mut cells = vec![
        html! { a href={ "/" (epic.key) } data-row-link data-turbo-frame="peek" { (epic.key) " " (epic.title) } },
        html! { (shell::toned(&epic.state.replace('-', " "), Tone::Facet)) },
        html! { @if let Some(health) = epic.health.first() { (pill(health)) " " span.soft { (shell::day_tag(health.said_on)) } } },
        done(view),
    ];
    if summed {
        cells.extend([html! { (view.points) }, html! { (view.points_done) }]);
    }
    cells
}

/// An epic's own part of its page.
pub(super) fn beside(cx: &mut Reader<'_>, node: &Node, write: bool) -> Result<Markup> {
    if node.kind != "epic" {
        return Ok(html! {});
    }
    let view = match (GetEpic { key: node.key.clone() }).run(cx) {
        // What lies in the bin has its page, but is counted no longer.
        Err(Error::NotFound(_)) => return Ok(html! {}),
        found => found?,
    };
    let epic = &view.epic;
    let summed = heading(of_product(cx.conn, cx.actor.workspace, node.product)?);
    let rows = epic
        .health
        .iter()
        .map(|h| vec![html! { (shell::day_tag(h.said_on)) }, pill(h), html! { (h.note) }]);
    Ok(html! {
        (shell::stats(html! {
            (shell::stat("State", &epic.state.replace('-', " "), &epic.because))
            @if let Some(health) = epic.health.first() { (shell::stat("Health", &health.health.replace('-', " "), &health.note)) }
            (shell::stat("Items done", &format!("{} of {}", view.stories_done, view.stories), &view.done.map_or(String::new(), |d| format!("{:.0} %", d * 100.0))))
            @if let Some(unit) = summed { (shell::stat(&format!("{unit} done"), &format!("{} of {}", view.points_done, view.points), "")) }
        }))
        @if !epic.rank_reason.is_empty() { p { "It stands where it stands because: " (epic.rank_reason) } }
        @if !epic.scope.is_empty() { (shell::section("In scope", html! { div.prose { (prose(&epic.scope)) } })) }
        @if !epic.out_of_scope.is_empty() { (shell::section("Not in scope", html! { div.prose { (prose(&epic.out_of_scope)) } })) }
        @if !epic.health.is_empty() { (shell::section("Health", shell::data_table("How it fared", &["Day", "Health", "Note"], rows.collect()))) }
        @if write { (acts(epic)) }
    })
}

fn acts(epic: &EpicPart) -> Markup {
    let back = format!("/{}", epic.key);
    let place = STATES.iter().position(|s| *s == epic.state).unwrap_or_default();
    let next = STATES.get(place + 1).copied().unwrap_or(STATES[place]);
    html! {
        div.acts {
            (shell::menu("Report health", None, shell::form("/do/report-health", html! {
                (once())
                (shell::hidden("key", &epic.key))
                (shell::hidden("_back", &back))
                (shell::select("It is", "health", choices(&HEALTH, None)))
                (shell::textarea("What makes it so, and what is done about it", "note").id("health-note").rows(3))
                (shell::submit("Report"))
            })))
            (shell::menu("Move the epic", None, shell::form("/do/move-epic", html! {
                (shell::hidden("key", &epic.key))
                (shell::hidden("_back", &back))
                (shell::select("To", "state", choices(&STATES, None)).id("epic-state").value(next))
                (shell::textarea("Because; for going back or skipping a state", "because").id("epic-because").rows(2))
                (shell::submit("Move"))
            })))
            (shell::menu("Scope", None, shell::form("/do/scope-epic", html! {
                (shell::hidden("key", &epic.key))
                (shell::hidden("_back", &back))
                (shell::textarea("In scope", "scope").value(&epic.scope).rows(5).markdown())
                (shell::textarea("Not in scope, so that nobody waits for it", "out_of_scope").value(&epic.out_of_scope).rows(4).markdown())
                (shell::submit("Save"))
            })))
        }
    }
}
