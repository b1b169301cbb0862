//! Work over time: bars whose ends are dragged or moved by key, and beside them what has no day yet.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::filtered::{Filter, bar_with};
use super::super::item::quick_link;
use super::super::{Page, choices, may_write, product, show};
use super::{misread, with};
use crate::how::work_items::ItemView;
use crate::kernel::Day;
use crate::people::products::Product;
use crate::shell::timeline::{Bar, Medium, Zoom, monday, timeline};
use crate::shell::{self, Choice, Facet, Pages};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::schedule::{Piece, SprintSpan, Timeline};

const GROUPS: [&str; 3] = ["epic", "team", "assignee"];
const ZOOMS: [&str; 3] = ["week", "month", "quarter"];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    group: String,
    zoom: String,
    /// Where the drawing begins.
    from: Option<Day>,
}

impl View {
    fn zoom(&self) -> &str {
        ZOOMS.iter().copied().find(|z| *z == self.zoom).unwrap_or("month")
    }

    fn group(&self) -> &str {
        GROUPS.iter().copied().find(|g| *g == self.group).unwrap_or("epic")
    }

    /// The first day, and how far the next and the previous drawing are.
    fn window(&self, today: Day) -> (Day, Zoom, i64) {
        let from = |back: i64| self.from.unwrap_or_else(|| today.plus_days(-back));
        match self.zoom() {
            "week" => (monday(from(14)), Zoom::Week(from(14)), 56),
            "quarter" => (from(120), Zoom::Quarter(from(120)), 365),
            _ => (from(40), Zoom::Month(from(40)), 122),
        }
    }

    fn address(&self, href: &str, from: Option<Day>) -> String {
        let day = from.map_or(String::new(), |d| d.to_string());
        with(href, &[("group", self.group()), ("zoom", self.zoom()), ("from", &day)])
    }
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(filter): Params<Filter>,
    Params(view): Params<View>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/timeline", product.key);
        let (write, today) = (may_write(cx), cx.now.day());
        let (from, zoom, step) = view.window(today);
        let here = filter.href(&path, Some(&filter.after));
        let move_to = |from: Day| view.address(&here, Some(from));
        let more = html! {
            (shell::select("Grouped by", "group", choices(&GROUPS, None)).value(view.group()))
            (shell::select("Shows", "zoom", ZOOMS.map(|z| Choice::new(z, format!("{z}s"))).to_vec()).value(view.zoom()))
        };
        let title = format!("Timeline of {}", product.name);
        let bar = bar_with(cx, &product, &filter, "timeline", more)?;
        if bar.asked.is_none() {
            return Ok(misread(product, title, "timeline", bar));
        }
        let told = Timeline::of(cx, filter.query(&product.key))?;
        let groups = groups(&product, &told, view.group());
        let main = html! {
            (bar.markup)
            div.acts.time-ways {
                a.btn.small href=(move_to(from.plus_days(-step))) { "‹ Earlier" }
                a.btn.small href=(view.address(&here, None)) { "Today" }
                a.btn.small href=(move_to(from.plus_days(step))) { "Later ›" }
            }
            div.beside data-controller=[write.then_some("timeline")] data-url="/do/edit-work-item" data-names="key due" {
                div.scroll tabindex="0" role="region" aria-label="The timeline, drawn" {
                    (timeline(&title, &groups, today, zoom, Medium::Page { write }))
                }
                @if !told.undated.is_empty() { (undated(&told.undated, write)) }
            }
            @if told.pieces.is_empty() {
                (shell::empty_state("Nothing has a place in time here", "What is due, has begun, or stands in a sprint is drawn as a bar.", html! {}))
            } @else { (legend(write)) (table(&told.pieces, write)) }
            (shell::pages(&Pages {
                first: (!filter.after.is_empty()).then(|| view.address(&filter.href(&path, None), view.from)),
                next: told.next.as_deref().map(|n| view.address(&filter.href(&path, Some(n)), view.from)),
                note: String::new(),
            }))
        };
        Ok(Page {
            title,
            head: Some(shell::page_head("How", "Timeline", html! { "From start to due, and what has to come before what" }, html! {})),
            product: Some(product),
            active: "timeline",
            facet: Facet::How,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

fn group_of(item: &ItemView, by: &str) -> String {
    match (by, &item.parent) {
        ("team", _) => item.team.as_ref().map_or("No team".into(), |t| t.name.clone()),
        ("assignee", _) => item.assignee.as_ref().map_or("Nobody".into(), |a| a.name.clone()),
        (_, Some(parent)) => format!("{} {}", parent.id, parent.name),
        _ if item.level == "epic" => "Epics".into(),
        _ => "Under no epic".into(),
    }
}

/// Sprints first, then each group in the order of its first item.
fn groups(product: &Product, told: &Timeline, by: &str) -> Vec<(String, Vec<Bar>)> {
    let mut all: Vec<(String, Vec<Bar>)> = Vec::new();
    for piece in &told.pieces {
        let name = group_of(&piece.item, by);
        let bar = drawn(piece);
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, bars)) => bars.push(bar),
            None => all.push((name, vec![bar])),
        }
    }
    let sprints: Vec<Bar> = told.sprints.iter().map(|s| sprint(product, s)).collect();
    if !sprints.is_empty() {
        let last = sprints.len().saturating_sub(6);
        all.insert(0, ("Sprints".to_owned(), sprints.into_iter().skip(last).collect()));
    }
    all
}

fn sprint(product: &Product, s: &SprintSpan) -> Bar {
    Bar {
        title: s.name.clone(),
        href: format!("/p/{}/sprints/{}", product.key, s.id),
        span: Some((s.starts, s.ends)),
        words: format!("{}, {}: {} to {}", s.name, s.state, s.starts.words(), s.ends.words()),
        dashed: s.state == "planned",
        done: if s.state == "closed" { 1.0 } else { 0.0 },
        ..Bar::default()
    }
}

/// How the end of a bar is known.
fn end_words(by: &str) -> &'static str {
    match by {
        "due" => "due",
        "done" => "done",
        "sprint" => "end of its sprint",
        "forecast" => "forecast, with 85 %",
        "expected" => "expected by the team's policy",
        _ => "no end known",
    }
}

fn drawn(piece: &Piece) -> Bar {
    let item = &piece.item;
    let (from, to) = (piece.starts, piece.ends);
    let known = end_words(&piece.ends_by);
    let late = if piece.late { ", late" } else { "" };
    let expected = piece.forecast.as_ref().map_or(String::new(), |f| {
        let risk = if piece.at_risk { ", at risk" } else { "" };
        format!("; done by {} with 50 %, by {} with 85 %{risk}", f.likely.words(), f.sure.words())
    });
    Bar {
        key: item.key.clone(),
        title: item.title.clone(),
        href: format!("/{}", item.key),
        span: Some((from, to)),
        words: format!(
            "{} {}: {} to {}, {known}{late}{expected}",
            item.key,
            item.title,
            from.words(),
            to.words()
        ),
        facet: if item.level == "epic" { Facet::What } else { Facet::How },
        dashed: piece.ends_by != "due" && piece.ends_by != "done" || piece.starts_by == "guess",
        hard: item.service.as_deref() == Some("fixed-date"),
        late: piece.late,
        expected: piece.forecast.as_ref().map(|f| (f.likely, f.last)),
        done: match item.category.as_str() {
            "accepted" => 1.0,
            "in-review" => 0.75,
            "started" => 0.4,
            _ => 0.0,
        },
        after: piece.after.clone(),
        ends_only: true,
        ..Bar::default()
    }
}

fn undated(items: &[ItemView], write: bool) -> Markup {
    html! {
        section.undated {
            h2 { "No day yet" }
            ul {
                @for item in items {
                    li.how data-undated=[write.then_some(&item.key)] draggable=[write.then_some("true")] data-row {
                        a href={ "/" (item.key) } data-turbo-frame="peek" data-row-link { span.key { (item.key) } " " (shell::clipped(&item.title)) }
                        @if write { " " (quick_link(&item.key, "due", "quiet", html! { "set a day" })) }
                    }
                }
            }
        }
    }
}

fn legend(write: bool) -> Markup {
    html! {
        p.soft {
            "A dashed bar has an end or a start that is only taken: from its sprint, or from the forecast. The line behind a bar is when it is expected to be done, from the day of 50 % to that of 95 %, told by what was finished before; it is no promise. Red is late. Lines run from what has to come before; a dashed one says that it does not yet."
            @if write { " Drag the end of a bar, or press Alt with ← → for a day, with Shift for a week. Drag what has no day onto the drawing." }
        }
    }
}

fn table(pieces: &[Piece], write: bool) -> Markup {
    let rows = pieces.iter().map(|p| {
        vec![
            html! { a href={ "/" (p.item.key) } data-turbo-frame="peek" { (p.item.key) " " (p.item.title) } },
            html! { (shell::day_tag(p.starts)) },
            html! { (shell::day_tag(p.ends)) " " span.soft { (end_words(&p.ends_by)) } @if p.late { " " (shell::toned("late", shell::Tone::Bad)) } },
            html! { @if let Some(f) = &p.forecast {
                (shell::day_tag(f.likely)) " to " (shell::day_tag(f.last)) span.soft { ", by " (shell::day_tag(f.sure)) " with 85 %" }
                @if p.at_risk { " " (shell::toned("at risk", shell::Tone::Warn)) }
            } },
            html! { (p.after.join(", ")) },
            html! { @if write { (quick_link(&p.item.key, "due", "quiet", html! { "change" })) } },
        ]
    });
    html! {
        details.part { summary { "In words" }
            (shell::data_table("In words", &["Item", "From", "To", "Expected", "After", ""], rows.collect()))
        }
    }
}
