//! How and its order: backlog, board, list, epics, activity, past days, the bin, search.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::filtered::{Filter, bulk, next_page, ours_bar, ours_filters, quick_add};
use super::{Page, choices, may_write, product, show};
use crate::how::work_items::{Board, ItemView, LEVELS};
use crate::kernel::Day;
use crate::people::products::{self, CATEGORIES};
use crate::shell::{self, Facet, Pages, Sortable, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, by_cookie};
use crate::thread::bin::ListBin;
use crate::thread::history::{Event, GetOrderAsOf, ListActivity};
use crate::thread::search::Search;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/backlog", get(backlog))
        .route("/p/{product}/epics", get(epics))
        .route("/p/{product}/list", get(list))
        .route("/p/{product}/board", get(board))
        .route("/p/{product}/activity", get(activity))
        .route("/p/{product}/past", get(past))
        .route("/p/{product}/bin", get(bin))
        .route("/search", get(search))
        .route("/search.json", get(search_json))
}

fn facet(item: &ItemView) -> Facet {
    if item.level == "epic" { Facet::What } else { Facet::How }
}

/// A line of a list or a card of a board.
pub(super) fn row(item: &ItemView) -> shell::Row {
    let tail = html! {
        @if let Some(part) = &item.part { span.soft title="Part" { (part.name) } }
        @for label in item.labels.iter().take(3) { span.label { (label) } }
        @if let Some(points) = item.points { span.points title="points" { (points) } }
        @if let Some(who) = &item.assignee { (shell::avatar(&who.name)) }
    };
    shell::list_row(format!("/{}", item.key), item.title.clone())
        .key(item.key.clone())
        .value(&item.key)
        .facet(facet(item))
        .peek()
        .tail(tail)
}

pub(super) fn with_state(item: &ItemView) -> shell::Row {
    let tone = match item.category.as_str() {
        "accepted" => Tone::Good,
        "started" | "in-review" => Tone::Facet,
        _ => Tone::Plain,
    };
    let lead = html! {
        @if item.level != "story" { span.soft { (item.level) " " } }
        (shell::toned(&item.state, tone))
    };
    row(item).lead(lead)
}

async fn backlog(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(mut filter): Params<Filter>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/backlog", product.key);
        filter.category = "open".into();
        let page = filter.query(&product.key).run(cx)?;
        let write = may_write(cx);
        let bar = if write { bulk(cx, &product, &path)? } else { html! {} };
        let rows = html! { @for item in &page.items { (with_state(item)) } };
        let filtered = !(filter.team.is_empty() && filter.part.is_empty());
        let main = html! {
            (ours_bar(cx, &product, &filter, &path)?)
            @if page.items.is_empty() && filtered {
                (shell::empty_state("Nothing of this is open", "Take a filter away to see more.", html! {}))
            } @else if page.items.is_empty() {
                (shell::empty_state(
                    "The backlog is empty",
                    "What shall be done next stands on top. One order, one person who answers for it.",
                    html! {},
                ))
            } @else if write {
                (shell::sortable("Backlog", &Sortable { move_url: "/move".into(), ..Sortable::default() }, rows))
            } @else {
                (shell::list("Backlog", rows))
            }
            (next_page(&path, &filter, page.next.as_ref()))
            (bar)
        };
        let back = filter.href(&path, None);
        let add = quick_add(cx, &product, "story", &back, &filter)?;
        Ok(Page {
            title: format!("Backlog of {}", product.name),
            head: Some(shell::page_head("How", "Backlog", html! { "One order, the next on top" }, add)),
            product: Some(product),
            active: "backlog",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

async fn epics(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(mut filter): Params<Filter>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/epics", product.key);
        filter.level = "epic".into();
        let page = filter.query(&product.key).run(cx)?;
        let rows = html! { @for item in &page.items { (with_state(item)) } };
        let main = html! {
            @if page.items.is_empty() {
                (shell::empty_state(
                    "No epics yet",
                    "An epic gathers stories that solve one opportunity together.",
                    html! {},
                ))
            } @else { (shell::list("Epics", rows)) }
            (next_page(&path, &filter, page.next.as_ref()))
        };
        let add = quick_add(cx, &product, "epic", &path, &filter)?;
        Ok(Page {
            title: format!("Epics of {}", product.name),
            head: Some(shell::page_head("What", "Epics", html! {}, add)),
            product: Some(product),
            active: "epics",
            facet: Facet::What,
            main,
            ..Page::default()
        })
    })
    .await
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/list", product.key);
        let page = filter.query(&product.key).run(cx)?;
        let states = products::states(cx.conn, cx.actor.workspace, product.id)?;
        let states: Vec<&str> = states.iter().map(|s| s.name.as_str()).collect();
        let categories: Vec<&str> = std::iter::once("open").chain(CATEGORIES).collect();
        let bar = if may_write(cx) { bulk(cx, &product, &path)? } else { html! {} };
        let main = html! {
            (shell::filters(&path, html! {
                (shell::select("Level", "level", choices(&LEVELS, Some("any"))).value(&filter.level))
                (shell::select("State", "state", choices(&states, Some("any"))).value(&filter.state))
                (shell::select("Category", "category", choices(&categories, Some("any"))).value(&filter.category))
                (shell::field("Assignee", "assignee").value(&filter.assignee).placeholder("me"))
                (shell::field("Label", "label").value(&filter.label))
                (ours_filters(cx, &product, &filter)?)
            }))
            @if page.items.is_empty() {
                (shell::empty_state("Nothing matches", "Take a filter away to see more.", html! {}))
            } @else {
                (shell::list("Work items", html! { @for item in &page.items { (with_state(item)) } }))
            }
            (next_page(&path, &filter, page.next.as_ref()))
            (bar)
        };
        Ok(Page {
            title: format!("List of {}", product.name),
            head: Some(shell::page_head("How", "List", html! { "Filters live in the address" }, html! {})),
            product: Some(product),
            active: "list",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cards {
    /// In each column; 50 if left out.
    cards: Option<i64>,
}

async fn board(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    Params(wanted): Params<Cards>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/board", product.key);
        let query = filter.query(&product.key);
        let board = Board {
            product: query.product,
            team: query.team,
            part: query.part,
            limit: wanted.cards,
        };
        let columns = board.run(cx)?;
        let main = html! {
            (ours_bar(cx, &product, &filter, &path)?)
            div.board {
                @for column in &columns {
                    @let to = Sortable {
                        move_url: "/move".into(),
                        column: column.state.clone(),
                        group: "board".into(),
                    };
                    @let count = usize::try_from(column.count).unwrap_or_default();
                    (shell::board_column(&column.state, count, None, &to, html! {
                        @for item in &column.items { (shell::card(&row(item))) }
                    }))
                }
            }
        };
        let add = quick_add(cx, &product, "story", &filter.href(&path, None), &filter)?;
        Ok(Page {
            title: format!("Board of {}", product.name),
            head: Some(shell::page_head("How", "Board", html! {}, add)),
            product: Some(product),
            active: "board",
            facet: Facet::How,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

/// One line of history.
pub(super) fn event(e: &Event) -> Markup {
    let verb = match e.effect.as_str() {
        "added" => "added",
        "binned" => "moved to the bin",
        "restored" => "took out of the bin",
        "removed" => "removed for good, after 30 days in the bin,",
        _ => "changed",
    };
    let fields: Vec<String> = e
        .changes
        .iter()
        .filter(|(name, _)| {
            e.effect == "changed"
                && !name.ends_with("_at")
                && *name != "rank"
                && *name != "category"
        })
        .map(|(name, _)| name.trim_end_matches("_id").replace('_', " "))
        .collect();
    html! {
        li {
            b { (e.actor) } " " (verb) " "
            @if let Some(key) = &e.key { a href={ "/" (key) } { (key) } " " }
            @else {
                (e.kind.replace('_', " ")) " "
                @if e.effect == "removed" { (e.changes["key"][0].as_str().unwrap_or_default()) " " }
            }
            @if !fields.is_empty() { span.soft { (fields.join(", ")) } " " }
            @if e.effect == "changed" && e.changes.contains_key("state") {
                @let pair = &e.changes["state"];
                span.soft {
                    "(" (pair[0].as_str().unwrap_or("–")) " → " (pair[1].as_str().unwrap_or("–")) ") "
                }
            }
            @if let Some(reason) = &e.reason { q { (reason) } " " }
            span.soft { (shell::time_tag(e.happened_at)) }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    before: Option<i64>,
}

async fn activity(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Before>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let page = ListActivity { product: product.key.clone(), before: from.before }.run(cx)?;
        let path = format!("/p/{}/activity", product.key);
        let main = html! {
            ul.log { @for e in &page.events { (event(e)) } }
            (shell::pages(&Pages {
                first: from.before.map(|_| path.clone()),
                next: page.next.map(|n| format!("{path}?before={n}")),
                note: String::new(),
            }))
        };
        Ok(Page {
            title: format!("Activity in {}", product.name),
            head: Some(shell::page_head("Reports", "Activity", html! { "Newest first" }, html! {})),
            product: Some(product),
            active: "activity",
            main,
            ..Page::default()
        })
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct At {
    at: String,
}

async fn past(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let day: Day = wanted.at.parse().unwrap_or(cx.now.day().plus_days(-7));
        let lines = GetOrderAsOf { product: product.key.clone(), at: day }.run(cx)?;
        let path = format!("/p/{}/past", product.key);
        let main = html! {
            (shell::filters(&path, html! { (shell::field("Day", "at").kind("date").value(day)) }))
            @if lines.is_empty() {
                (shell::empty_state("Nothing was open on that day", "Choose a later day.", html! {}))
            } @else {
                (shell::list("Backlog on that day", html! {
                    @for line in &lines {
                        (shell::list_row(format!("/{}?at={day}", line.key), line.title.clone())
                            .key(line.key.clone())
                            .lead(shell::pill(&line.state)))
                    }
                }))
            }
        };
        Ok(Page {
            title: format!("{} on {day}", product.name),
            head: Some(shell::page_head(
                "Reports",
                &format!("The backlog as it stood on {day}"),
                html! { "Its first 200 open items" },
                html! {},
            )),
            product: Some(product),
            active: "past",
            main,
            ..Page::default()
        })
    })
    .await
}

async fn bin(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let binned = ListBin { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            @if binned.is_empty() {
                (shell::empty_state("The bin is empty", "What is deleted lies here for 30 days.", html! {}))
            } @else {
                (shell::list("In the bin", html! {
                    @for one in &binned {
                        (super::item::node_row(&one.node)
                            .tail(html! {
                                span.soft { "until " (shell::day_tag(one.until)) }
                                @if write {
                                    (shell::post_button(&format!("/do/restore-item?key={}", one.node.key), "Restore", None))
                                }
                            }))
                    }
                }))
            }
        };
        Ok(Page {
            title: format!("Bin of {}", product.name),
            head: Some(shell::page_head("Reports", "Bin", html! {}, html! {})),
            product: Some(product),
            active: "bin",
            main,
            ..Page::default()
        })
    })
    .await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Words {
    q: String,
}

async fn search(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(words): Params<Words>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let found = Search { q: words.q.clone(), product: None }.run(cx)?;
        let main = html! {
            @if found.is_empty() {
                (shell::empty_state(
                    "Nothing found",
                    "Search finds keys, keys from other tools, and words of titles and texts.",
                    html! {},
                ))
            } @else {
                (shell::list("Found", html! {
                    @for node in &found { (super::item::node_row(node)) }
                }))
            }
        };
        Ok(Page {
            title: "Search".into(),
            head: Some(shell::page_head("Search", &words.q, html! {}, html! {})),
            query: words.q,
            main,
            ..Page::default()
        })
    })
    .await
}

/// What the palette asks while one types.
async fn search_json(
    State(app): State<Shared>,
    headers: HeaderMap,
    Params(words): Params<Words>,
) -> Response {
    let actor = match by_cookie(&headers, &app).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return axum::http::StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => return crate::surfaces::api::error_response(&error),
    };
    let now = app.clock.now();
    let found = app
        .db
        .read(move |conn| {
            let mut cx = Reader { conn, actor: &actor, now };
            Search { q: words.q, product: None }.run(&mut cx)
        })
        .await;
    match found {
        Ok(nodes) => {
            let all: Vec<_> = nodes
                .iter()
                .map(|n| {
                    serde_json::json!({ "href": format!("/{}", n.key), "key": n.key,
                        "title": n.title, "kind": n.kind })
                })
                .collect();
            axum::Json(serde_json::json!({ "results": all })).into_response()
        }
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}
