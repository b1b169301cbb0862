//! What a business need is worth, at three moments side by side; and what a release moved.

use maud::{Markup, html};

use super::{choices, once};
use crate::kernel::Result;
use crate::shell::{self, Tone};
use crate::store::Reader;
use crate::thread::outcome::{Outcome, outcome};
use crate::what::releases::Release;
use crate::why::needs::Need;
use crate::why::values::{MOMENTS, ValuationView, Values, values_of};

/// A number as people read it.
pub(super) fn number(number: f64) -> String {
    let whole = number.fract() == 0.0;
    let text = if whole { format!("{:.0}", number.abs()) } else { format!("{:.2}", number.abs()) };
    let (front, rest) = text.split_once('.').map_or((text.as_str(), ""), |(f, r)| (f, r));
    let mut apart = String::new();
    for (at, digit) in front.chars().enumerate() {
        if at > 0 && (front.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    let sign = if number < 0.0 { "−" } else { "" };
    if rest.is_empty() { format!("{sign}{apart}") } else { format!("{sign}{apart}.{rest}") }
}

/// An amount as a range with its unit.
fn amount(v: &ValuationView) -> String {
    if v.low == v.high {
        return format!("{} {}", number(v.low), v.unit);
    }
    format!("{} to {} {}", number(v.low), number(v.high), v.unit)
}

fn cell(value: Option<&ValuationView>) -> Markup {
    html! {
        @match value {
            Some(v) => { strong { (amount(v)) } br; span.soft { (v.assumptions) " " (shell::day_tag(v.valued_on)) } }
            None => span.soft { "not said yet" },
        }
    }
}

/// What came out beside what was expected.
fn came_to(values: &Values) -> Markup {
    html! {
        @if let Some(share) = values.came_to {
            (shell::toned(&format!("{:.0} % of what was expected", share * 100.0), if share >= 0.8 { Tone::Good } else { Tone::Warn }))
        }
    }
}

/// The value of a need on its own page, with the form that values it.
pub(super) fn of_need(cx: &mut Reader<'_>, need: &Need, write: bool) -> Result<Markup> {
    if need.kind == "user" {
        return Ok(html! {});
    }
    let values = values_of(cx.conn, cx.actor.workspace, need.id)?;
    let row = vec![
        cell(values.first.as_ref()),
        cell(values.detailed.as_ref()),
        html! { (cell(values.after.as_ref())) " " (came_to(&values)) },
    ];
    let heads = ["First", "In detail", "After launch"];
    let unit = values.all.first().map(|v| v.unit.clone()).unwrap_or_default();
    Ok(html! {
        @if !values.all.is_empty() {
            (shell::section("Business case", shell::data_table("Its value at three moments", &heads, vec![row])))
        }
        @if write {
            (shell::menu("Value it", None, shell::form("/do/value-need", html! {
                (once())
                (shell::hidden("key", &need.key))
                (shell::hidden("_back", &format!("/{}", need.key)))
                (shell::select("When", "moment", choices(&MOMENTS, None)).id("value-moment").help("First, in detail, or as it came out after launch."))
                (shell::field("From", "low").id("value-low").kind("number").required())
                (shell::field("To", "high").id("value-high").kind("number").help("The same as from if left empty."))
                (shell::field("Unit", "unit").id("value-unit").value(unit).placeholder("EUR a year"))
                (shell::textarea("What has to hold for it", "assumptions").id("value-assumptions").rows(3).placeholder("A call costs us 6.40; four of ten callers settle it alone."))
                (shell::submit("Keep it"))
            })))
        }
    })
}

/// What a release moved, on its page once it is out.
pub(super) fn of_release(cx: &mut Reader<'_>, release: &Release) -> Result<Markup> {
    if release.released_on.is_none() {
        return Ok(html! {});
    }
    let found = outcome(cx, release)?;
    Ok(html! {
        @if !found.needs.is_empty() || !found.key_results.is_empty() {
            (shell::section("Then and now", html! { (measures(&found)) (results(&found)) (worth(&found)) }))
        }
    })
}

fn measures(found: &Outcome) -> Markup {
    let value = |v: Option<f64>| html! { @match v { Some(v) => (number(v)), None => "–" } };
    let rows = found.needs.iter().filter(|n| !n.measure.is_empty()).map(|n| {
        vec![
            html! { a href={ "/" (n.key) } { (n.key) " " (n.title) } },
            html! { (n.measure) },
            value(n.baseline),
            value(n.now),
        ]
    });
    let rows: Vec<_> = rows.collect();
    html! {
        @if !rows.is_empty() { (shell::data_table("The needs it serves", &["Need", "Measure", "#Before", "#Now"], rows)) }
    }
}

fn results(found: &Outcome) -> Markup {
    let rows = found.key_results.iter().map(|k| {
        vec![
            html! { a href={ "/" (k.key) } { (k.key) " " (k.title) } },
            html! { (number(k.baseline)) },
            html! { @match k.then { Some(then) => (number(then)), None => "–" } },
            html! { (number(k.now)) " " (k.unit) },
            html! { (number(k.target)) },
            html! { (format!("{:.0} %", k.progress * 100.0)) },
        ]
    });
    let heads = ["Key result", "#Baseline", "#At release", "#Now", "#Target", "#Progress"];
    html! {
        @if !found.key_results.is_empty() { (shell::data_table("The key results it serves", &heads, rows.collect())) }
    }
}

fn worth(found: &Outcome) -> Markup {
    let valued = found.needs.iter().filter(|n| !n.values.all.is_empty());
    let rows: Vec<_> = valued
        .map(|n| {
            vec![
                html! { a href={ "/" (n.key) } { (n.key) " " (n.title) } },
                cell(n.values.first.as_ref()),
                cell(n.values.detailed.as_ref()),
                html! { (cell(n.values.after.as_ref())) " " (came_to(&n.values)) },
            ]
        })
        .collect();
    let heads = ["Business need", "First", "In detail", "After launch"];
    html! { @if !rows.is_empty() { (shell::data_table("What it is worth, at three moments", &heads, rows)) } }
}
