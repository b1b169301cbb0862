//! The table: columns that are chosen, cells that are changed where they stand.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::super::filtered::{Filter, SHOW, bar, bulk, next_page, quick_add};
use super::super::{Page, custom, may_write, product, show};
use super::download::downloads;
use crate::how::fields::{Definitions, sorted_by};
use crate::how::filters::{SORTS, Sort, of_field};
use crate::how::work_items::{ItemView, TableColumn, columns, every_column};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn table(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
) -> Response {
    if let Some(to) = filter.settled(&format!("/p/{key}/table")) {
        return Redirect::to(&to).into_response();
    }
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/table", product.key);
        let bar = bar(cx, &product, &filter, "table")?;
        let main = html! {
            (bar.markup)
            @if bar.asked.is_some() { (cells(cx, &product, &filter, &path)?) }
        };
        let add = quick_add(cx, &product, "story", &filter.href(&path, None), &filter)?;
        Ok(Page {
            title: format!("Table of {}", product.name),
            head: Some(shell::page_head(
                "How",
                "Table",
                html! { "Press a cell to change it" },
                add,
            )),
            product: Some(product),
            active: "table",
            facet: Facet::How,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

fn cells(cx: &mut Reader<'_>, product: &Product, filter: &Filter, path: &str) -> Result<Markup> {
    let page = filter.query(&product.key).run(cx)?;
    let fields = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    let columns = columns(&filter.columns(), &fields);
    let write = may_write(cx);
    Ok(html! {
        div.table-tools { (chooser(filter, path, &every_column(&fields), &columns)) (downloads(product, filter, "", Some(&columns))) }
        @if page.items.is_empty() {
            (shell::empty_state("Nothing matches", "Take a part of the filter away to see more.", html! {}))
        } @else {
            div.scroll.cells tabindex="0" role="region" aria-label="Work items" data-controller="cells" {
                table {
                    thead { tr {
                        @if write { th.pick scope="col" { span.sr { "Select" } } }
                        @for column in &columns {
                            th.num[column.figures] scope="col" { (heading(column, &fields, filter, path)) }
                        }
                    } }
                    tbody { @for item in &page.items { (line(item, &columns, write)) } }
                }
            }
        }
        (next_page(path, filter, page.next.as_ref()))
        @if write { (bulk(cx, product, filter, path, "")?) }
    })
}

/// A heading; where the list can be sorted by it, a link that does, and turns it round.
fn heading(column: &TableColumn, fields: &Definitions, filter: &Filter, path: &str) -> Markup {
    let own = SORTS.iter().find(|s| **s == column.name).map(|s| (*s).to_owned());
    let custom = column.custom.as_ref().filter(|f| sorted_by(fields, &f.name).is_ok());
    let Some(by) = own.or_else(|| custom.map(|f| of_field(&f.name))) else {
        return html! { (column.label) };
    };
    let mut q = filter.parsed();
    let now = q.sort.filter(|s| s.by.eq_ignore_ascii_case(&by)).map(|s| s.down);
    // Figures and what is new from the highest; dates and urgency from the nearest.
    let first = column.figures || matches!(by.as_str(), "created" | "updated");
    q.sort = match now {
        Some(down) if down != first => None,
        Some(down) => Some(Sort { by, down: !down }),
        None => Some(Sort { by, down: first }),
    };
    html! {
        a href=(filter.href_of(path, &q.to_string(), None)) title="Sort by it" {
            (column.label)
            @match now { Some(true) => " ↓", Some(false) => " ↑", None => {} }
        }
    }
}

fn line(item: &ItemView, columns: &[TableColumn], write: bool) -> Markup {
    html! {
        tr id={ "line-" (item.key) } data-row data-item=(item.key) {
            @if write {
                td.pick { input type="checkbox" name="items" value=(item.key) form="bulk" aria-label={ "Select " (item.key) }; }
            }
            @for column in columns {
                // A class that is there or not comes last, or no space parts it from the others.
                td.{ "cell-" (column.custom.as_ref().map_or(column.name.as_ref(), |_| "custom")) }.num[column.figures] id={ "cell-" (item.key) "-" (column.name) } {
                    (cell(item, column, write))
                }
            }
        }
    }
}

fn cell(item: &ItemView, column: &TableColumn, write: bool) -> Markup {
    let shown = shown(item, column);
    let has = column
        .custom
        .as_ref()
        .is_none_or(|f| f.is_for(&item.level) || item.fields.contains_key(&f.name));
    match column.edits.as_ref().filter(|_| write && has) {
        _ if column.name == "key" => html! {
            a.key href={ "/" (item.key) } data-row-link data-turbo-frame="peek" { (item.key) }
        },
        Some(field) => html! {
            a.cell href={ "/" (item.key) "/edit?field=" (field) } data-cell
                title={ "Change: " (column.label.to_lowercase()) } {
                span.sr { (column.label) " of " (item.key) ": " }
                (shown)
            }
        },
        None => shown,
    }
}

fn shown(item: &ItemView, column: &TableColumn) -> Markup {
    let text = column.text(item);
    if let Some(field) = column.custom.as_ref().filter(|_| !text.is_empty()) {
        let unfit = item.unfit_fields.contains(&field.name);
        return custom::in_cell(field, &text, unfit);
    }
    let tone = match item.category.as_str() {
        "accepted" => Tone::Good,
        "started" | "in-review" => Tone::Facet,
        _ => Tone::Plain,
    };
    html! {
        @match column.name.as_ref() {
            "points" => @if let Some(estimate) = item.estimate() { (estimate) },
            "state" => (shell::toned(&text, tone)),
            "labels" => @for label in &item.labels { span.label { (label) } " " },
            "assignee" => @if let Some(who) = &item.assignee { (shell::avatar(&who.name)) " " (who.name) },
            "due" => @if let Some(day) = item.due { (day.words()) },
            _ => (text),
        }
        @if text.is_empty() { span.soft aria-hidden="true" { "–" } }
    }
}

/// Boxes for the columns; without scripts the button applies them.
fn chooser(filter: &Filter, path: &str, all: &[TableColumn], shown: &[TableColumn]) -> Markup {
    shell::menu(
        "Columns",
        None,
        html! {
            form.form method="get" action=(path) aria-label="Choose the columns" {
                (shell::hidden("q", &filter.text()))
                @let view = filter.beside("saved");
                @if !view.is_empty() { (shell::hidden("saved", view)) }
                fieldset {
                    legend.sr { "Columns" }
                    @for column in all {
                        label.tick {
                            input type="checkbox" name={ (SHOW) (column.name) } value="on"
                                checked[shown.iter().any(|c| c.name == column.name)];
                            " " (column.label)
                        }
                    }
                }
                (shell::submit("Show these"))
            }
        },
    )
}
