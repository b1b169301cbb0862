//! The board: a column for each state, in lanes where they are asked for; each card with its age.

use std::collections::HashMap;

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::filtered::{Filter, bar, bulk, quick_add};
use super::super::{Page, custom, may_write, product, show};
use super::download::downloads;
use super::rows::row;
use crate::how::blockers::{self, Blocker};
use crate::how::fields::{CustomField, Definitions, grouped_by};
use crate::how::filters::field_of;
use crate::how::work_items::{Board, Column, ItemView, SERVICES};
use crate::kernel::{Id, Result, Time};
use crate::people::policies::{self, Policy};
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Facet, Sortable, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::dependencies::{Blocking, blocking};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Cards {
    /// In each column; 50 if left out.
    cards: Option<i64>,
    /// What the board is laid out in lanes by: one of [`LANES`].
    lanes: String,
}

/// The most cards of a column.
const MOST: i64 = 1000;

/// What the board adds to the filter: epics are no cards.
const ALSO: &str = "-level:epic";

const LANES: [&str; 7] = ["class", "assignee", "part", "epic", "team", "priority", "sprint"];

pub(super) async fn board(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    Params(wanted): Params<Cards>,
) -> Response {
    if let Some(to) = filter.settled(&format!("/p/{key}/board")) {
        return Redirect::to(&to).into_response();
    }
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/board", product.key);
        let bar = bar(cx, &product, &filter, "board")?;
        let main = html! {
            (bar.markup)
            @if bar.asked.is_some() { (cards(cx, &product, &filter, &wanted, &path)?) }
            @if may_write(cx) && bar.asked.is_some() { (bulk(cx, &product, &filter, &path, ALSO)?) }
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

/// `more` is where more cards are shown, if more can be.
fn shown(
    columns: &[Column],
    marks: &Marks,
    fits: impl Fn(&ItemView) -> bool,
    lane: &str,
    more: Option<&str>,
) -> Markup {
    html! {
        div.board {
            @for column in columns {
                @let to = Sortable {
                    move_url: "/move".into(),
                    column: column.state.clone(),
                    group: format!("board-{lane}"),
                };
                @let cards: Vec<&ItemView> = column.items.iter().filter(|i| fits(i)).collect();
                @let held = held(column, cards.len(), lane, more);
                (shell::board_column(&column.state, &held, &to, html! {
                    @for item in cards { (shell::card(&named(marks.card(item), item, column))) }
                }))
            }
        }
    }
}

/// How many a column holds, as far as they were counted.
fn counted(column: &Column) -> String {
    match column.count {
        count if count < column.counted_to => count.to_string(),
        MOST.. => "1,000+".to_owned(),
        count => format!("{count}+"),
    }
}

/// What a column, or its part in a lane, says of how much it holds.
fn held(column: &Column, here: usize, lane: &str, more: Option<&str>) -> shell::Held {
    if !lane.is_empty() {
        return shell::Held::all(here);
    }
    let more = more.filter(|_| column.count > here as i64);
    shell::Held {
        count: usize::try_from(column.count).unwrap_or_default(),
        words: counted(column),
        limit: column.limit.and_then(|l| usize::try_from(l).ok()),
        more: more.map(|href| html! { "The first " (here) ". " a href=(href) { "Show more" } }),
    }
}

/// A card with the state that it is in, where its column says what several states mean.
fn named(card: shell::Row, item: &ItemView, column: &Column) -> shell::Row {
    if item.state.to_lowercase() == column.state.to_lowercase() {
        return card;
    }
    card.lead(html! { span.soft title="State" { (item.state) } })
}

/// Where several workflows meet, the way to the board of each team, whose columns are its states.
fn boards_of_teams(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
) -> Result<Markup> {
    let teams = match filter.only("team").is_empty() {
        true => policies::teams_on(cx.conn, cx.actor.workspace, product.id)?,
        false => Vec::new(),
    };
    let href = |team: &str| {
        let wanted = [("q", filter.text()), ("team", team.to_owned())];
        format!("{path}?{}", serde_urlencoded::to_string(wanted).unwrap_or_default())
    };
    Ok(html! {
        @if !teams.is_empty() {
            p.soft {
                "Columns say what states mean, since teams have states of their own. With the states of: "
                @for (n, (_, team)) in teams.iter().enumerate() {
                    @if n > 0 { ", " }
                    a href=(href(team)) { (team) }
                }
            }
        }
    })
}

/// The board itself, in lanes where the address or the filter's first group asks for them.
fn cards(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    wanted: &Cards,
    path: &str,
) -> Result<Markup> {
    let fields = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    let lane = lane_by(filter, wanted, &fields);
    let team = Some(filter.only("team")).filter(|t| !t.is_empty());
    let q = Some(filter.text());
    let board = Board { product: product.key.clone(), q, team, limit: wanted.cards, part: None };
    let columns = board.run(cx)?;
    let marks = Marks::of(cx, product, &columns)?;
    let team = teams::named(cx.conn, cx.actor.workspace, &filter.only("team"))?.map(|t| t.id);
    let policy = policies::workflow(cx.conn, cx.actor.workspace, product.id, team)?;
    let of_teams = boards_of_teams(cx, product, filter, path)?;
    let more = wanted.cards.is_none_or(|n| n < MOST);
    let more = more.then(|| filter.clone().put("cards", MOST).href(path, None));
    let cut = columns.iter().any(|c| c.count > c.items.len() as i64);
    Ok(html! {
        (of_teams)
        @if let Some(by) = lane {
            @for lane in lanes(&columns, &by) {
                section.lane {
                    h2 { @if lane.is_empty() { "Without " (by.words()) } @else { (lane) } (load(&columns, &by, &lane, &policy)) }
                    (shown(&columns, &marks, |i| lane_of(i, &by) == lane, &lane, None))
                }
            }
            @if let (Some(more), true) = (&more, cut) {
                p.soft { "Columns show their first cards. " a href=(more) { "Show up to 1,000 in each" } }
            }
        } @else { (shown(&columns, &marks, |_| true, "", more.as_deref())) }
        (downloads(product, filter, ALSO, None))
    })
}

/// How much of a lane is started, against the limit of a class or of a person where the policy has one.
fn load(columns: &[Column], by: &Lane<'_>, lane: &str, policy: &Policy) -> Markup {
    let limit = match by.own() {
        "class" => policy.class_limit(lane),
        "assignee" if !lane.is_empty() => policy.wip_person,
        _ => None,
    };
    let started = columns.iter().filter(|c| c.category == "started").flat_map(|c| &c.items);
    let held = started.filter(|i| lane_of(i, by) == lane).count() as i64;
    html! {
        @if let Some(limit) = limit {
            " " span.count.bad[held > limit] { (held) " of " (limit) " started" @if held > limit { " – over the limit" } }
        }
    }
}

/// What a board is laid out in lanes by.
enum Lane<'f> {
    /// One of [`LANES`].
    Own(&'static str),
    Field(&'f CustomField),
}

impl Lane<'_> {
    /// The word of what every item has; nothing for a field of the product.
    fn own(&self) -> &str {
        if let Self::Own(word) = self { word } else { "" }
    }

    fn words(&self) -> &str {
        match self {
            Self::Own(word) => word,
            Self::Field(field) => &field.name,
        }
    }
}

/// What the address, or the filter's first group, asks for lanes by.
fn lane_by<'f>(filter: &Filter, wanted: &Cards, fields: &'f Definitions) -> Option<Lane<'f>> {
    let asked = [wanted.lanes.clone()].into_iter().chain(filter.parsed().group);
    asked.map(|l| if l == "parent" { "epic".to_owned() } else { l }).find_map(|l| {
        let own = LANES.iter().find(|known| **known == l).map(|known| Lane::Own(known));
        let field = || grouped_by(fields, field_of(&l)?).ok().filter(|f| f.is_active());
        own.or_else(|| field().map(Lane::Field))
    })
}

fn lane_of(item: &ItemView, by: &Lane<'_>) -> String {
    let name = |named: &Option<std::sync::Arc<crate::how::work_items::Named>>| {
        named.as_ref().map_or(String::new(), |n| n.name.clone())
    };
    if let Lane::Field(field) = by {
        return item.fields.get(&field.name).cloned().unwrap_or_default();
    }
    match by.own() {
        "class" => item.service.clone().unwrap_or_else(|| "standard".into()),
        "assignee" => name(&item.assignee),
        "part" => name(&item.part),
        "team" => name(&item.team),
        "priority" => item.priority.clone().unwrap_or_default(),
        "sprint" => item.sprint.clone().unwrap_or_default(),
        _ => name(&item.parent),
    }
}

/// The lanes that hold a card: classes from the most urgent, choices in their order, others by name,
/// none last.
fn lanes(columns: &[Column], by: &Lane<'_>) -> Vec<String> {
    let mut all: Vec<String> =
        columns.iter().flat_map(|c| &c.items).map(|i| lane_of(i, by)).collect();
    let place = |lane: &String| {
        let found = match by {
            Lane::Field(field) => field.options.iter().position(|o| o.name == *lane),
            Lane::Own(_) => SERVICES.iter().position(|s| s == lane),
        };
        found.unwrap_or(usize::MAX)
    };
    all.sort_by(|a, b| {
        (place(a), a.is_empty(), a.as_str()).cmp(&(place(b), b.is_empty(), b.as_str()))
    });
    all.dedup();
    all
}

/// What a card shows beside its words.
struct Marks {
    blocked: HashMap<Id, Blocker>,
    /// What items wait for that is not finished.
    waits: HashMap<Id, Vec<Blocking>>,
    /// The days within which items of a team are expected to be done.
    expected: HashMap<String, i64>,
    now: Time,
}

impl Marks {
    fn of(cx: &mut Reader<'_>, product: &Product, columns: &[Column]) -> Result<Self> {
        let ws = cx.actor.workspace;
        let open = blockers::open(cx.conn, ws, product.id)?;
        let mut expected = HashMap::new();
        for item in columns.iter().flat_map(|c| &c.items) {
            let team = item.team.as_ref().map_or(String::new(), |t| t.id.clone());
            if let std::collections::hash_map::Entry::Vacant(entry) = expected.entry(team) {
                let id = entry.key().parse().ok();
                let policy = policies::workflow(cx.conn, ws, product.id, id)?;
                entry.insert(policy.sle_days.unwrap_or_default());
            }
        }
        let blocked = open.into_iter().map(|b| (b.item_id, b)).collect();
        let shown = columns.iter().flat_map(|c| &c.items);
        let open = shown.filter(|i| !matches!(i.category.as_str(), "accepted" | "dropped"));
        let waits = blocking(cx.conn, cx.actor, open.map(|i| i.id))?;
        Ok(Self { blocked, waits, expected, now: cx.now })
    }

    fn card(&self, item: &ItemView) -> shell::Row {
        let mut card = row(item);
        let under_way = matches!(item.category.as_str(), "started" | "in-review");
        let days = item.started_at.filter(|_| under_way);
        let days = days.map(|at| (self.now.0 - at.0) / Time::DAY + 1);
        let team = item.team.as_ref().map_or("", |t| &t.id);
        let most = self.expected.get(team).copied().filter(|d| *d > 0);
        let old = days.zip(most).is_some_and(|(days, most)| days > most);
        let blocked = self.blocked.get(&item.id);
        let tail = card.tail.take();
        card = card.tail(html! {
            @if let Some(b) = blocked {
                span.blocked title=(b.reason) { (shell::toned("blocked", Tone::Bad)) " " (b.reason) }
            }
            @if let Some(waits) = self.waits.get(&item.id) {
                @let keys: Vec<&str> = waits.iter().map(|w| w.key.as_deref().unwrap_or("another item")).collect();
                span.blocked title={ "waits for " (keys.join(", ")) } { (shell::toned("blocked", Tone::Bad)) " by " (keys[0]) @if keys.len() > 1 { " and " (keys.len() - 1) " more" } }
            }
            @if let Some(due) = item.due {
                @let words = format!("due {}", due.short());
                @if due < self.now.day() && !matches!(item.category.as_str(), "accepted" | "dropped") { (shell::toned(&words, Tone::Bad)) } @else { span.soft title=(due.words()) { (words) } }
            }
            (custom::on_card(item))
            @if let Some(severity) = item.severity.as_deref() {
                @if matches!(severity, "critical" | "major") { (shell::toned(severity, Tone::Bad)) } @else { (shell::pill(severity)) }
            }
            @match item.service.as_deref() {
                Some(class @ ("expedite" | "fixed-date")) => (shell::toned(&class.replace('-', " "), Tone::Warn)),
                Some(class) if class != "standard" => (shell::pill(class)),
                _ => {}
            }
            @if let Some(days) = days {
                @let words = format!("{days} d");
                @if old { (shell::toned(&words, Tone::Warn)) } @else { span.soft title="days under way" { (words) } }
            }
            @if let Some(tail) = tail { (tail) }
        });
        card
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_says_how_far_it_was_counted() {
        let said = |counted_to: i64, count: i64| {
            let (state, category) = (String::new(), String::new());
            let items = Vec::new();
            counted(&Column { state, category, limit: None, count, counted_to, items })
        };
        for (counted_to, count, words) in [
            (200, 199, "199"),
            (200, 200, "200+"),
            (300, 200, "200"),
            (300, 300, "300+"),
            (1_000, 999, "999"),
            (1_000, 1_000, "1,000+"),
        ] {
            assert_eq!(said(counted_to, count), words);
        }
    }
}
