//! A table of what users said, in the browser: upload or paste it, see what each column is taken
//! for, import it, read the report.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde_json::json;
use wherefore_exchange::evidence_csv::FIELDS;

use super::forms::{explain, pairs};
use super::pages::{Page, error_page, product, show};
use super::session::{Visitor, theme};
use super::upload::receive;
use super::{Shared, registry};
use crate::kernel::{Access, Actor, Error, Result};
use crate::shell::{self, Choice, Facet};
use crate::store::{Call, Upload};

/// Larger tables go through the API or the command line.
const MOST: usize = 4 * 1024 * 1024;

pub(super) fn pages() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/evidence/import", get(begin).post(look))
        .layer(DefaultBodyLimit::disable())
        .route("/p/{product}/evidence/import/apply", post(apply))
}

async fn begin(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    page(&app, visitor, &headers, key.clone(), form(&key, None, ""), false).await
}

async fn page(
    app: &Shared,
    visitor: Visitor,
    headers: &HeaderMap,
    key: String,
    main: Markup,
    still: bool,
) -> Response {
    show(app, visitor, headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        Ok(Page {
            title: format!("Import evidence into {}", product.name),
            head: Some(shell::page_head(
                "Why",
                "Import evidence",
                html! { "A table of what users said, one row a piece" },
                html! {},
            )),
            product: Some(product),
            active: "evidence",
            facet: Facet::Why,
            main,
            still,
            ..Page::default()
        })
    })
    .await
}

fn form(key: &str, wrong: Option<&Error>, text: &str) -> Markup {
    html! {
        @if let Some(error) = wrong { (explain(error)) }
        form.form method="post" enctype="multipart/form-data" action=(format!("/p/{key}/evidence/import")) data-turbo="false" {
            (shell::field("CSV file", "file").kind("file"))
            (shell::textarea("Or paste the table, or lines of feedback", "text").rows(8).value(text).placeholder("date,name,email,company,feedback\n2026-03-02,Mia,mia@example.org,Brightwater,Refunds need a call"))
            div.acts {
                (shell::submit("Look at it"))
                (shell::button("Take each line as one piece", "as", "lines"))
            }
        }
        p.soft { "One column holds what was said; it is called feedback, text, comment or verbatim. Others that are known: title, name, email, company, segment, date, kind, link, consent, id. Importing the same table again adds nothing." }
    }
}

async fn look(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let read = async {
        visitor.0.check(Access::Write)?;
        let received = receive(request, "").await?;
        let lines = received.fields.get("as").is_some_and(|how| how == "lines");
        let text = match received.file.filter(|f| f.size > 0) {
            Some(file) => Upload::unpack(file.packed())?,
            None => received.fields["text"].as_str().unwrap_or_default().as_bytes().to_vec(),
        };
        if text.len() > MOST {
            return Err(Error::invalid(
                "file",
                "Up to 4 MB can be looked at here. Larger tables go through “wherefore import evidence-csv FILE”.",
            ));
        }
        // Read as text here, since the page carries it on.
        let text = String::from_utf8(text).unwrap_or_else(|e| latin(e.as_bytes()));
        Ok(if lines { table_of(&text) } else { text })
    };
    match read.await {
        Ok(text) => done(&app, visitor, &headers, key, (text, BTreeMap::new()), true).await,
        Err(error @ (Error::Invalid { .. } | Error::Refused(_))) => {
            let main = form(&key, Some(&error), "");
            page(&app, visitor, &headers, key, main, true).await
        }
        Err(error) => error_page(&error, theme(&headers)),
    }
}

/// Bare lines as a table with one column: what was said.
fn table_of(text: &str) -> String {
    let said = text.lines().map(str::trim).filter(|line| !line.is_empty());
    said.fold("verbatim\n".to_owned(), |table, line| {
        format!("{table}\"{}\"\n", line.replace('"', "\"\""))
    })
}

/// Tables that are not UTF-8 come from old spreadsheets.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

async fn apply(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    body: String,
) -> Response {
    let sent = pairs(&body);
    let get = |name: &str| sent.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let columns = sent
        .iter()
        .filter_map(|(k, v)| Some((k.strip_prefix("columns.")?.to_owned(), v.clone())))
        .collect();
    let again = get("do") == "look";
    done(&app, visitor, &headers, key, (get("text").to_owned(), columns), again).await
}

async fn invoke(
    app: &Shared,
    actor: Actor,
    key: &str,
    (text, columns): (&str, &BTreeMap<String, String>),
    dry_run: bool,
) -> Result<serde_json::Value> {
    let entry = registry::entry("import-evidence").ok_or_else(|| Error::internal("no entry"))?;
    let input = json!({ "product": key, "text": text, "columns": columns, "dry_run": dry_run });
    Ok(entry
        .invoke(&app.db, &app.clock, actor, Call { input, ..Call::default() })
        .await?
        .output
        .json())
}

/// The preview, or the report.
async fn done(
    app: &Shared,
    visitor: Visitor,
    headers: &HeaderMap,
    key: String,
    (text, columns): (String, BTreeMap<String, String>),
    dry_run: bool,
) -> Response {
    let actor = visitor.0.clone();
    match invoke(app, actor, &key, (&text, &columns), dry_run).await {
        Ok(report) => {
            let main = shown(&key, &report, dry_run.then_some(text.as_str()));
            page(app, visitor, headers, key, main, true).await
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused(_))) => {
            let main = form(&key, Some(&error), &text);
            page(app, visitor, headers, key, main, true).await
        }
        Err(error) => error_page(&error, theme(headers)),
    }
}

fn shown(key: &str, report: &serde_json::Value, text: Option<&str>) -> Markup {
    let number = |name: &str| report[name].as_u64().unwrap_or(0).to_string();
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = |name: &str| {
        let told = list(name);
        let told = told.iter().map(|r| vec![html! { (r["row"]) }, html! { (word(&r["why"])) }]);
        told.collect::<Vec<_>>()
    };
    let (refused, noted) = (rows("refused"), rows("noted"));
    html! {
        (shell::stats(html! {
            (shell::stat("Rows", &number("rows"), ""))
            (shell::stat(if text.is_some() { "Would be added" } else { "Added" }, &number("added"), ""))
            (shell::stat("Known already", &number("known"), ""))
            (shell::stat("Not taken", &number("refused_rows"), ""))
        }))
        @if let Some(text) = text {
            (shell::plain_form(&format!("/p/{key}/evidence/import/apply"), html! {
                textarea name="text" hidden { (text) }
                (shell::section("What each column is taken for", html! {
                    @for (at, column) in list("columns").iter().enumerate() {
                        @let name = word(&column["name"]);
                        (shell::select(&name, &format!("columns.{name}"), fields()).id(format!("column-{at}")).value(column["field"].as_str().unwrap_or("-")))
                    }
                }))
                div.acts {
                    (shell::button("Import it", "do", "import"))
                    (shell::button("Look again", "do", "look"))
                    a.btn href=(format!("/p/{key}/evidence/import")) { "Another table" }
                }
            }))
            (first(&list("first")))
        } @else {
            p { a.btn.go href=(format!("/p/{key}/inbox")) { "To the inbox" } }
        }
        @if !noted.is_empty() { (shell::section("Rows that are taken without something", shell::data_table("Rows that are taken without something", &["#Row", "What"], noted))) }
        @if !refused.is_empty() { (shell::section("Rows that are not taken", shell::data_table("Rows that are not taken", &["#Row", "Why"], refused))) }
    }
}

fn fields() -> Vec<Choice> {
    std::iter::once(Choice::new("-", "nothing"))
        .chain(FIELDS.iter().map(|field| Choice::new(field, words(field))))
        .collect()
}

/// What a field is, as the forms call it.
fn words(field: &str) -> &str {
    match field {
        "verbatim" => "what was said",
        "title" => "the gist",
        "source" => "who said it",
        "email" => "their e-mail address",
        "said_on" => "the day",
        "url" => "a link",
        "consent" => "may be quoted",
        "reliability" => "how near one is to them",
        "id" => "its number elsewhere",
        other => other,
    }
}

fn first(rows: &[serde_json::Value]) -> Markup {
    let cells = rows.iter().map(|row| {
        let fields = row.as_object().into_iter().flatten();
        let text: Vec<String> = fields
            .filter(|(k, _)| *k != "verbatim")
            .map(|(k, v)| format!("{}: {}", words(k), v.as_str().unwrap_or_default()))
            .collect();
        vec![
            html! { span.voice { (row["verbatim"].as_str().unwrap_or_default()) } },
            html! { span.soft { (text.join(", ")) } },
        ]
    });
    html! { (shell::section("The first rows", shell::data_table("The first rows", &["What was said", "Beside it"], cells.collect()))) }
}
