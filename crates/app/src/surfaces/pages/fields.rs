//! The custom fields of a product: what they are, and which columns of imports could become one.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, choices, may_write, once, product, show};
use crate::how::fields::{
    FieldView, KINDS, ListFieldColumns, ListFields, LooseColumn, Preview, PreviewField, kind_words,
};
use crate::how::work_items::LEVELS;
use crate::shell::{self, Choice, Crumb, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/fields", get(list))
        .route("/p/{product}/fields/adopt", get(adopt))
}

fn kinds() -> Vec<Choice> {
    KINDS.iter().map(|(word, words)| Choice::new(word, *words)).collect()
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListFields { product: product.key.clone() }.run(cx)?;
        let loose = ListFieldColumns { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let here = format!("/p/{}/fields", product.key);
        let (used, retired): (Vec<FieldView>, Vec<FieldView>) =
            all.into_iter().partition(|f| f.state == "active");
        let main = html! {
            @if used.is_empty() {
                (shell::empty_state(
                    "No fields of your own yet",
                    "What is asked of items beyond title, text and estimate, as “Impact: high, medium, low” or “Contract: https://…”. Ask for little: every field is work for somebody.",
                    html! {},
                ))
            } @else { (table(&used, &here, write)) }
            (columns(&product.key, &loose, write))
            @if !retired.is_empty() {
                (shell::section("Retired", html! {
                    p.soft { "They are asked for no more. Their values stay with the items." }
                    ul.plain { @for f in &retired { li {
                        (f.name) " " span.soft { (kind_words(&f.kind)) } " "
                        @if write { (shell::post_button(&format!("/do/restore-field?field={}&_back={here}", f.id), "Use it again", None)) }
                    } } }
                }))
            }
        };
        let acts = html! { @if write {
            (shell::menu("New field", Some("c"), shell::form("/do/create-field", html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &here))
                (form(None, ""))
                (shell::submit("Define it"))
            })))
        } };
        Ok(Page {
            title: format!("Fields of {}", product.name),
            active: "fields",
            head: Some(shell::page_head("Product", "Fields", html! { "What is asked of its items" }, acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn table(used: &[FieldView], here: &str, write: bool) -> Markup {
    let rows = used
        .iter()
        .enumerate()
        .map(|(at, f)| {
            let names: Vec<&str> =
                f.options.iter().filter(|o| !o.gone).map(|o| o.name.as_str()).collect();
            let levels = if f.levels.is_empty() { "all".into() } else { f.levels.join(", ") };
            vec![
                html! { b { (f.name) } @if !f.help.is_empty() { br; span.soft { (f.help) } } },
                html! {
                    (kind_words(&f.kind))
                    @if !names.is_empty() { br; span.soft { (names.join(", ")) } }
                },
                html! { (levels) },
                html! {
                    @if f.asked { (shell::pill("asked for")) " " }
                    @if f.on_card { (shell::pill("on cards")) " " }
                    @if f.indexing { (shell::toned("being gone through", Tone::Warn)) }
                },
                html! { @if write { (acts(used, at, here)) } },
            ]
        })
        .collect();
    shell::data_table("Fields", &["Field", "Kind", "Of", "", ""], rows)
}

fn acts(used: &[FieldView], at: usize, here: &str) -> Markup {
    let f = &used[at];
    let up = (at > 0).then(|| used[at - 1].id);
    html! {
        div.acts {
            (shell::menu("Change", None, shell::form("/do/edit-field", html! {
                (shell::hidden("field", &f.id.to_string()))
                (shell::hidden("revision", &f.revision.to_string()))
                (shell::hidden("_back", here))
                (form(Some(f), &f.id.to_string()))
                (shell::submit("Save"))
            })))
            @if let Some(up) = up {
                (shell::post_button(&format!("/do/move-field?field={}&before={up}&_back={here}", f.id), "Up", None))
            }
            (shell::post_button(&format!("/do/retire-field?field={}&_back={here}", f.id), "Retire", None))
        }
    }
}

/// The fields of a definition, filled from one where there is one.
fn form(f: Option<&FieldView>, ids: &str) -> Markup {
    let id = |name: &str| format!("field{ids}-{name}");
    let names: Vec<&str> = f.map_or(Vec::new(), |f| {
        f.options.iter().filter(|o| !o.gone).map(|o| o.name.as_str()).collect()
    });
    let on = |level: &str| {
        f.is_some_and(|f| f.levels.is_empty() || f.levels.iter().any(|l| l == level)) || f.is_none()
    };
    html! {
        (shell::field("Name", "name").id(id("name")).value(f.map_or("", |f| &f.name)).placeholder("Impact").required())
        (shell::select("Kind", "kind", kinds()).id(id("kind")).value(f.map_or("text", |f| &f.kind)))
        (shell::textarea("What can be chosen, one a line, in their order", "options").id(id("options")).rows(4).value(names.join("\n"))
            .help(if f.is_some() { "“Old -> New” renames one. What is taken away is offered no more and stays where it was chosen." } else { "Of lists only." }))
        (shell::field("Help", "help").id(id("help")).value(f.map_or("", |f| &f.help)).placeholder("How many customers it touches"))
        fieldset.field.several {
            legend { "Which items have it" }
            (shell::hidden("levels", ""))
            @for level in LEVELS {
                (shell::checkbox(level, "levels").value(level).checked(on(level)).id(id(level)))
            }
        }
        (check("Ask for it; nothing is refused without", "asked", &id("asked"), f.is_some_and(|f| f.asked)))
        (check("Show it on the cards of boards", "on_card", &id("card"), f.is_some_and(|f| f.on_card)))
    }
}

/// A check box that also says no.
fn check(label: &str, name: &str, id: &str, checked: bool) -> Markup {
    html! {
        (shell::hidden(name, "false"))
        (shell::checkbox(label, name).value("true").id(id).checked(checked))
    }
}

/// Columns of imports without a definition.
fn columns(product: &str, loose: &[LooseColumn], write: bool) -> Markup {
    if loose.is_empty() {
        return html! {};
    }
    let rows = loose
        .iter()
        .map(|c| {
            let query = [("column", c.name.as_str()), ("kind", &c.kind)];
            let query = serde_urlencoded::to_string(query).unwrap_or_default();
            vec![
                html! { b { (c.name) } },
                html! { (c.items) },
                html! { span.soft { (c.examples.join(" · ")) } },
                html! { (kind_words(&c.kind)) },
                html! { @if write { a.btn.small href={ "/p/" (product) "/fields/adopt?" (query) } { "Make it a field" } } },
            ]
        })
        .collect();
    shell::section(
        "Columns that came along",
        html! {
            p.soft { "Imports brought them, and no field is defined for them. As a field they can be filtered, sorted and edited by their kind; their values stay as they are." }
            (shell::data_table("Columns", &["Column", "#Items", "For example", "Looks like", ""], rows))
        },
    )
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    column: String,
    kind: String,
    options: String,
}

/// What would become of a column, before it becomes a field.
async fn adopt(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let preview = PreviewField {
            product: product.key.clone(),
            column: wanted.column.clone(),
            kind: Some(wanted.kind.clone()),
            options: vec![wanted.options.clone()],
        }
        .run(cx)?;
        let here = format!("/p/{}/fields", product.key);
        let write = may_write(cx);
        let list = matches!(preview.kind.as_str(), "choice" | "choices");
        let main = html! {
            (shell::filters(&format!("{here}/adopt"), html! {
                (shell::hidden("column", &wanted.column))
                (shell::select("Kind", "kind", kinds()).id("adopt-kind").value(&preview.kind))
                @if list {
                    (shell::textarea("Choices, one a line", "options").id("adopt-options").rows(6).value(preview.options.join("\n")))
                }
            }))
            (outcome(&preview))
            @if write {
                (shell::section("Make it a field", shell::form("/do/create-field", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("adopts", &wanted.column))
                    (shell::hidden("kind", &preview.kind))
                    (shell::hidden("options", &preview.options.join("\n")))
                    (shell::hidden("_back", &here))
                    (shell::field("Name", "name").id("adopt-name").value(&wanted.column).required())
                    (shell::field("Help", "help").id("adopt-help"))
                    (shell::select("Which items have it", "levels", choices(&LEVELS, Some("all of them"))).id("adopt-levels"))
                    (shell::submit("Make it a field"))
                })))
            }
        };
        Ok(Page {
            title: format!("{} as a field", wanted.column),
            active: "fields",
            above: vec![Crumb::to(here.clone(), "Fields")],
            head: Some(shell::page_head("Column", &wanted.column, html! { "What would become of its values; nothing is changed yet" }, html! {})),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn outcome(p: &Preview) -> Markup {
    html! {
        (shell::stats(html! {
            (shell::stat("Have a value", &p.items.to_string(), &format!("of the last {} items", p.looked_at)))
            (shell::stat("Fit", &p.fitting.to_string(), kind_words(&p.kind)))
            (shell::stat("Do not fit", &(p.items - p.fitting).to_string(), "they stay as they are"))
        }))
        @if p.unfit.is_empty() {
            (shell::notice(Tone::Good, html! { "Every value fits." }))
        } @else {
            (shell::data_table("What does not fit", &["Value", "Why", "#Items", "For example"], p.unfit.iter().map(|u| vec![
                html! { (u.value.chars().take(200).collect::<String>()) },
                html! { (u.because.chars().take(200).collect::<String>()) },
                html! { (u.items) },
                html! { a href={ "/" (u.example) } { (u.example) } },
            ]).collect()))
        }
    }
}
