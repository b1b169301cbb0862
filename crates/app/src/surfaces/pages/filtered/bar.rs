//! The bar above lists and boards: the filter as it is typed, each of its terms to be taken away, and
//! the same to be built by choosing.

use axum::Json;
use axum::extract::{Path, Query as Params, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::Filter;
use crate::how::fields::{Definitions, grouped_by, sorted_by};
use crate::how::filters::{
    self, Field, GROUPS, Kind, Problem, SORTS, field_named, of_field, quoted,
};
use crate::how::sprints;
use crate::how::views::page_of;
use crate::how::work_items::{Asked, ListFilterWords, PRIORITIES, labels, understood};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::{members, parts, policies, teams};
use crate::shell::{self, Choice};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::choices;
use crate::surfaces::session::Visitor;

/// What a bar shows, and what it was understood to mean.
pub(in crate::surfaces::pages) struct Bar {
    pub(in crate::surfaces::pages) markup: Markup,
    /// Nothing where it was not understood: then the page shows no items.
    pub(in crate::surfaces::pages) asked: Option<Asked>,
}

/// The bar of the page of a kind, as `list`, with the views that people keep.
pub(in crate::surfaces::pages) fn bar(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    kind: &str,
) -> Result<Bar> {
    bar_with(cx, product, filter, kind, html! {})
}

/// The same, with further fields of that page.
pub(in crate::surfaces::pages) fn bar_with(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    kind: &str,
    more: Markup,
) -> Result<Bar> {
    let path = &format!("/p/{}/{}", product.key, page_of(kind));
    let groups = matches!(kind, "list" | "board");
    let q = filter.text();
    let asked = understood(cx.conn, cx.actor, cx.now.day(), product, &q)?;
    let (asked, problem) = match asked {
        Ok(asked) => (Some(asked), None),
        Err(problem) => (None, Some(problem)),
    };
    let parsed = filter.parsed();
    let views = super::saved::views(cx, product, filter, kind)?;
    let markup = html! {
        (views)
        div.filter data-controller="filter" data-filter-words-value={ "/p/" (product.key) "/words.json" } {
            form.filter-line method="get" action=(path) role="search" aria-label="Filter" {
                label.sr for="filter-q" { "Filter" }
                input type="search" id="filter-q" name="q" value=(q) autocomplete="off"
                    spellcheck="false" autocapitalize="off" maxlength="2000" data-hotkey="f"
                    placeholder="Words, or state:… assignee:me is:blocked points>=3"
                    data-filter-target="field" aria-invalid=[problem.is_some().then_some("true")]
                    aria-describedby=[problem.is_some().then_some("filter-problem")];
                (filter.kept())
                (more)
                button.btn.small { "Filter" }
            }
            (built(cx, product, filter, &parsed, path, groups)?)
            @if let Some(problem) = &problem { (wrong(&q, problem, filter, path)) }
            @else if !parsed.is_empty() { (terms(&parsed, filter, path)) }
        }
    };
    Ok(Bar { markup, asked })
}

/// What was typed with the place marked, what is wrong there, and what was perhaps meant.
fn wrong(q: &str, problem: &Problem, filter: &Filter, path: &str) -> Markup {
    let (from, to) = (problem.at.start.min(q.len()), problem.at.end.min(q.len()));
    let part = |range: std::ops::Range<usize>| q.get(range).unwrap_or_default();
    html! {
        div.filter-problem id="filter-problem" role="alert" {
            p {
                code { (part(0..from)) mark { (part(from..to)) @if from == to { "…" } } (part(to..q.len())) }
            }
            p {
                (problem.message)
                @if let (Some(word), Some(mended)) = (&problem.perhaps, problem.mended(q)) {
                    " Did you mean " a href=(filter.href_of(path, &mended, None)) { (word) } "?"
                }
            }
        }
    }
}

/// Each term with a way to take it away.
fn terms(parsed: &filters::Filter, filter: &Filter, path: &str) -> Markup {
    let away = |other: &filters::Filter| filter.href_of(path, &other.to_string(), None);
    let sort = filters::Filter { sort: None, ..parsed.clone() };
    let group = filters::Filter { group: Vec::new(), ..parsed.clone() };
    let chip = |text: String, other: &filters::Filter| {
        html! { li { a.chip href=(away(other)) title="Take it away" { span.sr { "Take away " } (text) span aria-hidden="true" { " ✕" } } } }
    };
    let only_sort = filters::Filter { terms: Vec::new(), group: Vec::new(), ..parsed.clone() };
    let only_group = filters::Filter { terms: Vec::new(), sort: None, ..parsed.clone() };
    html! {
        ul.filter-terms aria-label="What the filter asks" {
            @for (at, term) in parsed.terms.iter().enumerate() { (chip(term.to_string(), &parsed.without(at))) }
            @if parsed.sort.is_some() { (chip(only_sort.to_string(), &sort)) }
            @if !parsed.group.is_empty() { (chip(only_group.to_string(), &group)) }
            li { a.soft href=(filter.href_of(path, "", None)) { "Clear all" } }
        }
    }
}

/// The fields that are chosen, each with its label.
const CHOSEN: [(&str, &str); 12] = [
    ("is", "Is"),
    ("state", "State"),
    ("level", "Level"),
    ("assignee", "Assignee"),
    ("label", "Label"),
    ("team", "Team"),
    ("part", "Part"),
    ("sprint", "Sprint"),
    ("priority", "Priority"),
    ("service", "Class"),
    ("no", "Lacks"),
    ("severity", "Severity"),
];

/// The same by choosing, as a form that works without scripts and writes the same `q`.
fn built(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    parsed: &filters::Filter,
    path: &str,
    groups: bool,
) -> Result<Markup> {
    let mut fields = Vec::new();
    for (name, label) in CHOSEN {
        let Some(field) = field_named(name) else { continue };
        let words = words_of(cx, product, field)?;
        if words.is_empty() && matches!(name, "team" | "part" | "sprint" | "label") {
            continue;
        }
        fields.push(choice(label, name, parsed.plain(name), &words));
    }
    let defined = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    for field in
        defined.active().filter(|f| matches!(f.kind.as_str(), "choice" | "choices" | "yes-no"))
    {
        let words: Vec<String> = match field.kind.as_str() {
            "yes-no" => vec!["yes".to_owned(), "no".to_owned()],
            _ => field.offered().map(|o| o.name.clone()).collect(),
        };
        let words: Vec<String> = words.into_iter().chain(["none".to_owned()]).collect();
        fields.push(choice(&field.name, &of_field(&field.name), parsed.said(&field.name), &words));
    }
    let sorted = parsed.sort.as_ref();
    let sorted =
        sorted.map_or(String::new(), |s| format!("{}{}", if s.down { "-" } else { "" }, s.by));
    let both = |word: &str, label: &str| {
        [Choice::new(word, label), Choice::new(format!("-{word}"), format!("{label}, downwards"))]
    };
    let custom = defined.active().filter(|f| sorted_by(&defined, &f.name).is_ok());
    let sorts: Vec<Choice> = std::iter::once(Choice::new("", "the backlog's order"))
        .chain(SORTS.iter().skip(1).flat_map(|s| both(s, s)))
        .chain(custom.flat_map(|f| both(&of_field(&f.name), &f.name)))
        .collect();
    let custom = defined.active().filter(|f| grouped_by(&defined, &f.name).is_ok());
    let grouped: Vec<Choice> = choices(&GROUPS, Some("nothing"))
        .into_iter()
        .chain(custom.map(|f| Choice::new(of_field(&f.name), f.name.clone())))
        .collect();
    let group = |at: usize| parsed.group.get(at).map_or("", String::as_str);
    Ok(html! {
        details.menu.build data-controller="menu" {
            summary.btn.small { "Build" }
            div.sheet {
                form.form method="get" action=(path) aria-label="Build a filter" {
                    (shell::hidden("q", &filter.text()))
                    (filter.kept())
                    div.fields {
                        @for field in fields { (field) }
                        (shell::select("Sorted by", "sort", sorts).id("build-sort").value(sorted))
                        @if groups {
                            (shell::select("Grouped by", "group-by", grouped.clone()).id("build-group").value(group(0)))
                            (shell::select("Then by", "then-by", grouped).id("build-then").value(group(1)))
                        }
                    }
                    p.help { "Choices are written into the filter, where they can be typed as well." }
                    (shell::submit("Apply"))
                }
            }
        }
    })
}

/// One choice. What several terms say is left to those who type it: the field is then not sent.
fn choice(label: &str, name: &str, plain: Option<String>, words: &[String]) -> Markup {
    let id = format!("build-{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let Some(chosen) = plain else {
        return html! {
            div.field {
                label for=(id) { (label) }
                select id=(id) disabled { option { "as typed" } }
            }
        };
    };
    let mut all = vec![Choice::new("", "any")];
    all.extend(words.iter().map(|w| Choice::new(quoted(w), w.replace('-', " "))));
    // What is asked for stays chosen, also two of them, or a name that is not offered.
    if !all.iter().any(|c| c.value == chosen) {
        all.push(Choice::new(&chosen, chosen.clone()));
    }
    html! { (shell::select(label, name, all).id(id).value(chosen)) }
}

fn words_of(cx: &mut Reader<'_>, product: &Product, field: &Field) -> Result<Vec<String>> {
    let ws = cx.actor.workspace;
    Ok(match field.name {
        "state" => policies::state_names(cx.conn, ws, product.id)?,
        "label" => labels(cx.conn, ws, product.id)?,
        "team" => teams::active(cx.conn, ws)?.into_iter().map(|t| t.name).collect(),
        "part" => parts::of_product(cx.conn, ws, product.id)?.into_iter().map(|p| p.name).collect(),
        "priority" => PRIORITIES.map(str::to_owned).to_vec(),
        "assignee" => members::offered(cx.conn, ws)?,
        "sprint" => {
            let newest = sprints::newest(cx.conn, ws, product.id)?;
            let names: Vec<String> = newest.into_iter().take(30).map(|s| s.name).collect();
            let current = (!names.is_empty()).then(|| "current".to_owned());
            current.into_iter().chain(names).collect()
        }
        _ => match field.kind {
            Kind::Choice(words) => words.iter().map(|w| (*w).to_owned()).collect(),
            _ => Vec::new(),
        },
    })
}

/// The words that can follow what is being typed, for the script of the bar.
pub(in crate::surfaces::pages) async fn words(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    Path(product): Path<String>,
    Params(mut wanted): Params<ListFilterWords>,
) -> Response {
    wanted.product = product;
    let now = app.clock.now();
    let told = app.db.read(move |conn| wanted.run(&mut Reader { conn, actor: &actor, now })).await;
    match told {
        Ok(words) => Json(words).into_response(),
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}
