//! The roadmap as a file: SVG, PNG, PDF or CSV, as the audience sees it that the page shows.

use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::super::{error_page, product};
use super::drawing::{Medium, columns, draw};
use super::{Shown, View, grouped, told_to};
use crate::kernel::{Day, Error, Result};
use crate::people::products::Product;
use crate::shell;
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, theme};
use crate::thread::path::Sight;
use crate::thread::roadmaps::{Ask, Line, lines, whose};

/// The formats, with what they are called and what browsers are told.
const FORMATS: [(&str, &str, &str); 4] = [
    ("svg", "SVG, a drawing", "image/svg+xml"),
    ("png", "PNG, a picture", "image/png"),
    ("pdf", "PDF, to print", "application/pdf"),
    ("csv", "CSV, a table", "text/csv; charset=utf-8"),
];

/// Dots of a picture for each unit of the drawing.
const SCALE: f32 = 2.0;

pub(super) fn menu(product: &Product, shown: &Shown) -> Markup {
    let view = if shown.timeline { "timeline" } else { "board" };
    shell::menu(
        "Save as",
        None,
        html! {
            @for (format, label, _) in FORMATS {
                p { a href={ "/p/" (product.key) "/roadmap/file/" (format) "?" (shown.query(view)) } download { (label) } }
            }
        },
    )
}

pub(super) async fn file(
    State(app): State<Shared>,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    Path((key, format)): Path<(String, String)>,
    Params(view): Params<View>,
) -> Response {
    let now = app.clock.now();
    let made = app.db.read(move |conn| {
        let mut cx = Reader { conn, actor: &actor, now };
        let product = product(&mut cx, &key)?;
        let shown = view.read()?;
        let sight = Sight::of(cx.conn, cx.actor)?;
        let (audience, today) = (shown.audience.as_str(), now.day());
        let ask = Ask { product: &product, sight: &sight, audience, at: shown.at, today };
        let lines = lines(cx.conn, cx.actor.workspace, &ask)?;
        Ok((product, shown, lines))
    });
    let answer = match made.await {
        Ok((product, shown, lines)) => {
            // Drawing takes a while: not where requests are answered.
            let name = format!("{}-roadmap.{format}", product.key.to_lowercase());
            let drawn = tokio::task::spawn_blocking(move || {
                bytes(&product, &shown, &lines, now.day(), &format)
            });
            drawn.await.map_err(Error::internal).and_then(|done| done).map(|done| (name, done))
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok((name, (kind, body))) => {
            let name = format!("attachment; filename=\"{name}\"");
            ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], body)
                .into_response()
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

fn bytes(
    product: &Product,
    shown: &Shown,
    lines: &[Line],
    today: Day,
    format: &str,
) -> Result<(&'static str, Vec<u8>)> {
    let (_, _, kind) = FORMATS
        .iter()
        .find(|(word, _, _)| *word == format)
        .ok_or(Error::NotFound("format of the roadmap"))?;
    if format == "csv" {
        return Ok((kind, csv(lines).into_bytes()));
    }
    let groups = grouped(lines, &shown.group);
    let title = format!(
        "Roadmap of {}, {}, {}",
        product.name,
        told_to(&shown.audience),
        shown.at.unwrap_or(today).words()
    );
    let drawn = if shown.timeline {
        draw(&title, &groups, shown.at.unwrap_or(today), Medium::File)
    } else {
        columns(&title, &groups)
    };
    let svg = drawn.into_string();
    let body = match format {
        "svg" => svg.into_bytes(),
        "png" => wherefore_draw::png(&svg, SCALE).map_err(Error::internal)?,
        _ => wherefore_draw::pdf(&svg).map_err(Error::internal)?,
    };
    Ok((kind, body))
}

/// A table that spreadsheets open; no cell is taken for a formula.
fn csv(lines: &[Line]) -> String {
    let day = |day: Option<Day>| day.map_or(String::new(), |d| d.to_string());
    let number = |number: f64| if number == 0.0 { String::new() } else { number.to_string() };
    let mut text = "Item,Title,When,From,To,Promised,Promise,Theme,Objective,Team,Serves,Planned effort,Estimated,Estimated and done,After,Because\r\n".to_owned();
    for line in lines {
        let objective = line.objective.as_ref().map(|(key, title)| format!("{key} {title}"));
        let cells = [
            line.item.clone(),
            line.title.clone(),
            line.horizon.clone(),
            day(line.starts),
            day(line.ends),
            if line.hard { "yes" } else { "" }.to_owned(),
            line.hard_reason.clone(),
            line.theme.clone().unwrap_or_default(),
            objective.unwrap_or_default(),
            line.team.clone().unwrap_or_default(),
            line.standing.map(|s| whose(Some(s)).to_owned()).unwrap_or_default(),
            line.effort.map(|e| e.to_string()).unwrap_or_default(),
            number(line.points),
            number(line.points_done),
            line.after.join(" "),
            line.because.clone(),
        ];
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("plain"), "plain");
    }
}
