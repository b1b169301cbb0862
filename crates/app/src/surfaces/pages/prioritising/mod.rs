//! Choosing which problem first: scores and their ranking, what fits a capacity, Kano surveys, and
//! the tree of outcomes, problems, options and experiments.

mod drawing;
mod fits;
mod inputs;
mod kano;
mod priorities;
mod tree;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use maud::{Markup, html};

use crate::kernel::{Error, Id, Result};
use crate::people::products::Product;
use crate::shell::{self, Link};
use crate::store::{Query, Reader};
use crate::surfaces::{Shared, limits};
use crate::thread::nodes::Node;
use crate::what::scores::{self, ListScores};
use crate::what::{methods, order};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/priorities", get(priorities::page))
        .route("/p/{product}/fits", get(fits::page))
        .route("/p/{product}/kano", get(kano::page))
        .route("/p/{product}/tree", get(tree::page))
        .route("/p/{product}/tree.svg", get(tree::file))
}

/// The pages for those who have a survey's link and no session.
pub(in crate::surfaces) fn doors(app: Shared) -> Router<Shared> {
    Router::new()
        .route("/survey/{token}", get(kano::public).post(kano::answer))
        .route_layer(from_fn_with_state(app, limits::doors))
}

/// The method to open with: that by which most are scored.
fn usual(
    cx: &mut Reader<'_>,
    product: &Product,
    of: &str,
    methods: &[&'static str],
) -> Result<&'static str> {
    let kind = if of == "epics" { "work_item" } else { "opportunity" };
    let most = scores::leading(cx.conn, cx.actor.workspace, product.id, kind, methods)?;
    Ok(most.unwrap_or(methods[0]))
}

/// What an opportunity or epic scores, and why it stands where it stands.
pub(super) fn beside(cx: &mut Reader<'_>, node: &Node, product: &Product) -> Result<Markup> {
    if !["opportunity", "epic"].contains(&node.kind.as_str()) {
        return Ok(html! {});
    }
    let scores = match (ListScores { key: node.key.clone() }).run(cx) {
        // What lies in the bin has its page, but scores no longer.
        Err(Error::NotFound(_)) => Vec::new(),
        found => found?,
    };
    let of = if node.kind == "epic" { "epics" } else { "opportunities" };
    let rows = scores.iter().map(|score| {
        let page = format!("/p/{}/priorities?method={}&of={of}", product.key, score.method);
        let inputs = score.inputs.iter().map(|(name, text)| format!("{name} {text}"));
        vec![
            html! { a href=(page) { (methods::name(&score.method)) } },
            html! { @if let Some(score) = score.score { (figure(score)) } @else { "not complete" } },
            html! { (inputs.collect::<Vec<_>>().join(", ")) },
        ]
    });
    Ok(html! {
        @if !scores.is_empty() {
            (shell::section("Scores", shell::data_table("Scores", &["Method", "#Score", "Inputs: low, likely, high"], rows.collect())))
        }
    })
}

/// What the toast asks after something was put where its score does not put it.
pub(super) fn asked(cx: &mut Reader<'_>, change: &str) -> Result<Option<Markup>> {
    let Ok(change) = change.parse::<Id>() else { return Ok(None) };
    Ok(order::asked(cx, change)?.map(|(key, departure)| {
        html! {
            form.ask method="post" action={ "/do/explain-order?_stay=1&key=" (key) } {
                label {
                    (departure.words()) ". Why here? "
                    input name="because" required maxlength="500" placeholder="Promised to the city for May";
                }
                button.btn.small { "Say" }
            }
        }
    }))
}

/// The ways to choose, each a page of its own.
fn ways(product: &Product, active: &str) -> Markup {
    const WAYS: [(&str, &str); 4] = [
        ("priorities", "Ranking"),
        ("fits", "What fits"),
        ("kano", "Kano surveys"),
        ("tree", "Tree"),
    ];
    let links = WAYS.map(|(word, label)| Link::new(format!("/p/{}/{word}", product.key), label));
    let at = WAYS.iter().position(|(word, _)| *word == active).unwrap_or_default();
    shell::tabs("Ways to choose", &links, at)
}

/// A number as people read it: thousands apart, at most two digits behind the point.
fn figure(number: f64) -> String {
    let digits = match number.abs() {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{number:.digits$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("−", rest));
    let mut apart = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    if part.is_empty() { format!("{sign}{apart}") } else { format!("{sign}{apart}.{part}") }
}

/// A share as a whole percentage.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_are_short() {
        let told = [1_234_567.4, 800.0, 12.34, 1.5, 0.256, -3.0, 0.0].map(figure);
        assert_eq!(told, ["1,234,567", "800", "12.3", "1.5", "0.26", "−3", "0"]);
    }
}
