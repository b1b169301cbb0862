//! A list as it stands, to be taken away: CSV for spreadsheets, JSON for programs.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use super::super::error_page;
use super::super::filtered::Filter;
use crate::how::fields::Definitions;
use crate::how::filters::of_field;
use crate::how::work_items::{COLUMNS, ItemView, Names, TableColumn, columns, every_column, views};
use crate::kernel::{Access, Error, Result};
use crate::people::products::{self, Product};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};

/// The most rows of a download.
const MOST: usize = 10_000;

/// Links to the downloads of what a page shows. `also` are terms that the page adds to the filter.
pub(super) fn downloads(
    product: &Product,
    filter: &Filter,
    also: &str,
    chosen: Option<&[TableColumn]>,
) -> Markup {
    let q = [filter.text().as_str(), also].join(" ").trim().to_owned();
    let mut filter = filter.clone().put("saved", "").put("cards", "").put("lanes", "");
    let shown: Vec<&str> = chosen.unwrap_or_default().iter().map(|c| c.name.as_ref()).collect();
    filter = filter.put("columns", shown.join(","));
    let link = |kind: &str| filter.href_of(&format!("/p/{}/items.{kind}", product.key), &q, None);
    html! {
        p.soft.downloads {
            "Download " a href=(link("csv")) download data-turbo="false" { "CSV" }
            " " a href=(link("json")) download data-turbo="false" { "JSON" }
            span title="Narrow the filter for what lies behind them" { " (up to 10,000 rows)" }
        }
    }
}

/// What is taken away.
struct Taken {
    product: String,
    columns: Vec<TableColumn>,
    items: Vec<ItemView>,
    /// Whether there were more.
    more: bool,
}

fn take(cx: &mut Reader<'_>, key: &str, filter: &Filter) -> Result<Taken> {
    let product = products::product(cx.conn, cx.actor, key, Access::Read)?;
    let mut query = filter.query(&product.key);
    query.limit = Some(200);
    let named = filter.columns();
    let fields = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    let columns = match named.is_empty() {
        true => every_column(&fields),
        false => columns(&named, &fields),
    };
    let (mut items, mut names) = (Vec::new(), Names::default());
    loop {
        let (_, rows, next) = query.rows(cx, &[])?;
        items.extend(views(cx.conn, cx.actor.workspace, rows, &mut names)?);
        let more = next.is_some();
        if !more || items.len() >= MOST {
            return Ok(Taken { product: product.key, columns, items, more });
        }
        query.after = next;
    }
}

pub(super) async fn csv(
    state: State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    path: Path<String>,
    filter: Params<Filter>,
) -> Response {
    answer(state, visitor, headers, path, filter, "csv", "text/csv; charset=utf-8", as_csv).await
}

pub(super) async fn json(
    state: State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    path: Path<String>,
    filter: Params<Filter>,
) -> Response {
    answer(state, visitor, headers, path, filter, "json", "application/json", as_json).await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request, and what is made of it")]
async fn answer(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    kind: &'static str,
    media: &'static str,
    made: fn(&Taken) -> Result<Vec<u8>>,
) -> Response {
    let now = app.clock.now();
    let taken = app
        .db
        .read(move |conn| {
            let taken = take(&mut Reader { conn, actor: &actor, now }, &key, &filter)?;
            Ok((made(&taken)?, taken.product, taken.more))
        })
        .await;
    match taken {
        Ok((bytes, product, more)) => {
            // A file that is not all says so in its name, which goes with it.
            let part = if more { "-first-10000" } else { "" };
            let name =
                format!("attachment; filename=\"{product}-items{part}-{}.{kind}\"", now.day());
            let headers =
                [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, bytes).into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(text: String) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text,
    }
}

/// A column's heading in a table: a field's own name, unless every item has a column of that name.
fn heading(column: &TableColumn) -> String {
    let taken = COLUMNS.iter().any(|c| c.name.eq_ignore_ascii_case(&column.label));
    match &column.custom {
        Some(field) if taken => of_field(&field.name),
        Some(field) => harmless(field.name.clone()),
        None => column.name.to_string(),
    }
}

fn as_csv(taken: &Taken) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(taken.columns.iter().map(heading)).map_err(Error::internal)?;
    for item in &taken.items {
        let cells = taken.columns.iter().map(|c| {
            let text = c.text(item);
            // What stands among figures may have come from elsewhere and be none.
            if c.figures && text.parse::<f64>().is_ok() { text } else { harmless(text) }
        });
        writer.write_record(cells).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn as_json(taken: &Taken) -> Result<Vec<u8>> {
    let items: Vec<Json> = taken
        .items
        .iter()
        .map(|item| {
            let (own, custom): (Vec<_>, Vec<_>) =
                taken.columns.iter().partition(|c| c.custom.is_none());
            let cells = own.iter().map(|c| {
                let text = c.text(item);
                let value = match c.name.as_ref() {
                    "points" => json!(item.points),
                    "labels" => json!(item.labels),
                    _ if text.is_empty() => Json::Null,
                    _ => Json::String(text),
                };
                (c.name.to_string(), value)
            });
            let mut cells: Map<String, Json> = cells.collect();
            if !custom.is_empty() {
                let said = custom.iter().map(|c| (c.label.to_string(), Json::String(c.text(item))));
                let said: Map<String, Json> = said.filter(|(_, v)| v != "").collect();
                cells.insert("fields".to_owned(), Json::Object(said));
            }
            Json::Object(cells)
        })
        .collect();
    let all = json!({ "product": taken.product, "items": items, "more": taken.more });
    serde_json::to_vec_pretty(&all).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_begins_as_a_formula() {
        for sign in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(sign.to_owned()), format!("'{sign}"));
        }
        assert_eq!(harmless("a=1".to_owned()), "a=1");
    }
}
