//! What a score is made of: a table in which every input can be written, and the settings.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::choices;
use crate::people::products::Product;
use crate::shell;
use crate::what::methods::{CLASSES, Input, Method};
use crate::what::ranking::Ranking;
use crate::what::scores::ScoringView;

/// One row of the table of inputs.
struct Row<'a> {
    key: &'a str,
    title: &'a str,
    inputs: &'a BTreeMap<String, String>,
}

/// Every open problem with its inputs, those of the ranking first.
pub(super) fn table(method: &Method, ranking: &Ranking, write: bool, back: &str) -> Markup {
    let scored =
        ranking.items.iter().map(|r| Row { key: &r.key, title: &r.title, inputs: &r.inputs });
    let missing =
        ranking.unscored.iter().map(|u| Row { key: &u.key, title: &u.title, inputs: &u.inputs });
    let mut headers = vec!["Problem"];
    headers.extend(method.inputs.iter().map(|input| input.label.as_str()));
    headers.push("");
    let rows = scored.chain(missing).map(|row| {
        let mut cells = vec![html! { a href={ "/" (row.key) } data-turbo-frame="peek" { (row.key) } " " (row.title) }];
        cells.extend(method.inputs.iter().map(|input| cell(&row, input, write)));
        cells.push(html! { @if write { (save(&row, method, back)) } });
        cells
    });
    html! {
        p.soft {
            @for input in method.inputs.iter().filter(|input| !input.help.is_empty()) {
                b { (input.label) } ": " (input.help) ". "
            }
            "A number (200), or low, likely and high (100 200 400)."
        }
        (shell::data_table("Inputs", &headers, rows.collect()))
    }
}

fn cell(row: &Row<'_>, input: &Input, write: bool) -> Markup {
    let value = row.inputs.get(&input.name).map(String::as_str).unwrap_or_default();
    let name = format!("inputs.{}", input.name);
    let (id, form) = (format!("{}-{}", row.key, input.name), format!("score-{}", row.key));
    let label = format!("{} of {}", input.label, row.key);
    html! {
        @if !write { (value) }
        @else if input.name == "class" {
            select id=(id) form=(form) name=(name) aria-label=(label) {
                @for choice in choices(&CLASSES, Some("–")) {
                    option value=(choice.value) selected[choice.value == value] { (choice.label) }
                }
            }
        } @else {
            input.amount type="text" inputmode="decimal" id=(id) form=(form) name=(name) value=(value)
                aria-label=(label) autocomplete="off" size=(value.len().clamp(6, 16));
        }
    }
}

fn save(row: &Row<'_>, method: &Method, back: &str) -> Markup {
    html! {
        form.inline id={ "score-" (row.key) } method="post" action="/do/score-opportunity"
            data-controller="submit-once" {
            (shell::hidden("key", row.key))
            (shell::hidden("method", method.word))
            (shell::hidden("replace", "true"))
            (shell::hidden("_back", back))
            button.btn.small aria-label={ "Save the inputs of " (row.key) } { "Save" }
        }
    }
}

/// The own formula and the choice of how ICE comes together.
pub(super) fn settings(product: &Product, set: &ScoringView, word: &str, back: &str) -> Markup {
    html! {
        @if word == "own" {
            (shell::form("/do/set-scoring", html! {
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", back))
                (shell::field("The formula", "formula").value(&set.formula).placeholder("(reach * joy) / effort")
                    .help("Of + - * / ( ), numbers and names; each name becomes an input. To choose what fits a quarter, divide by effort."))
                (shell::submit("Use this formula"))
            }))
        }
        @if word == "ice" {
            @let (other, label) = if set.ice_average { ("false", "Multiply the parts instead") } else { ("true", "Average the parts instead") };
            (shell::form("/do/set-scoring", html! {
                (shell::hidden("product", &product.key))
                (shell::hidden("ice_average", other))
                (shell::hidden("_back", back))
                button.btn { (label) }
            }))
        }
    }
}
