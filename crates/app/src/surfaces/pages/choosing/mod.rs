//! What is chosen and tried: decisions, releases, options and experiments, their lists, their part
//! of an item's page, and what stands beside the item that they are about.

mod decisions;
mod experiments;
mod options;
mod releases;

use axum::Router;
use axum::routing::get;
use maud::{Markup, html};

use super::item::prose;
use crate::how::{experiments as how_experiments, options as how_options};
use crate::kernel::{Id, Result};
use crate::people::products::Product;
use crate::shell;
use crate::store::{Reader, load};
use crate::surfaces::Shared;
use crate::thread::nodes::{Keyed, Node};
use crate::what::{decisions as what_decisions, releases as what_releases};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/decisions", get(decisions::list))
        .route("/p/{product}/releases", get(releases::list))
        .route("/p/{product}/experiments", get(experiments::list))
}

/// The list that a record of these kinds belongs to.
pub(super) fn active(found: &Keyed) -> &'static str {
    match found {
        Keyed::Decision(_) => "decisions",
        Keyed::Release(_) => "releases",
        Keyed::Experiment(_) => "experiments",
        Keyed::Requirement(_) => "requirements",
        Keyed::Metric(_) => "metrics",
        Keyed::Interview(_) => "interviews",
        Keyed::DocPage(_) => "pages",
        _ => "opportunities",
    }
}

/// The record's own part of its page; nothing for the kinds that other pages show.
pub(super) fn body(cx: &mut Reader<'_>, found: &Keyed, write: bool) -> Result<Markup> {
    match found {
        Keyed::Decision(d) => decisions::body(cx, d, write),
        Keyed::Release(r) => releases::body(cx, r, write),
        Keyed::SolutionOption(o) => options::body(cx, o, write),
        Keyed::Experiment(e) => experiments::body(cx, e, write),
        _ => Ok(html! {}),
    }
}

/// What was compared, tried, decided and shipped for a record, with the forms that add to it.
pub(super) fn beside(
    cx: &mut Reader<'_>,
    node: &Node,
    product: &Product,
    write: bool,
) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let pursued = ["opportunity", "epic"].contains(&node.kind.as_str());
    let ships = pursued || ["story", "bug", "task"].contains(&node.kind.as_str());
    let compared = how_options::about(cx.conn, ws, node.id)?;
    let tried = how_experiments::about(cx.conn, ws, node.id)?;
    let decided = what_decisions::about(cx.conn, ws, node.id)?;
    let mut shipped = Vec::new();
    for item in what_releases::releases_of(cx.conn, ws, node.id)? {
        shipped.extend(load::<what_releases::Release>(cx.conn, ws, item.release_id)?);
    }
    Ok(html! {
        @if !compared.is_empty() { (shell::section("Options compared", options::table(&compared))) }
        @if !tried.is_empty() { (shell::section("Experiments", experiments::rows("Experiments", &tried))) }
        @if !decided.is_empty() { (shell::section("Decisions", decisions::rows("Decisions", &decided))) }
        @if !shipped.is_empty() { (shell::section("Ships with", releases::rows("Ships with", &shipped))) }
        @if write && ships {
            div.acts {
                @if pursued {
                    (options::form(node))
                    (experiments::form(&product.key, &node.key, &node.key))
                }
                (decisions::form(&product.key, Some(&node.key), &format!("/{}", node.key)))
            }
        }
    })
}

/// A text under a heading; nothing where there is none.
fn part(title: &str, text: &str) -> Markup {
    html! {
        @if !text.trim().is_empty() { (shell::section(title, html! { div.prose { (prose(text)) } })) }
    }
}

/// The key of the record that something is about, as a link to it.
fn about_link(cx: &mut Reader<'_>, about: Option<Id>) -> Result<Markup> {
    let Some(id) = about else { return Ok(html! {}) };
    let found = crate::people::nouns::referred(cx.conn, cx.actor, id)?;
    Ok(html! {
        @if let Some(to) = found { p { "About " a href={ "/" (to.key) } { (to.key) " " (to.title) } } }
    })
}
