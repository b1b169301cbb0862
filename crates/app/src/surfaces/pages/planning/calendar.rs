//! A month or a week of a product: what is due, ships, is decided and held; due items move by drag, by
//! key, or by their form. On a phone it is a list of days.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::filtered::{Filter, bar_with};
use super::super::item::quick_link;
use super::super::{Page, may_write, product, show};
use super::{misread, with};
use crate::kernel::Day;
use crate::shell::timeline::monday;
use crate::shell::{self, Choice, Facet};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::schedule::{Calendar, Entry, Month, Span};

/// What is shown of a day before “more”.
const SHOWN: usize = 5;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    /// `month` (if left out) or `week`.
    view: String,
    /// Any day of it.
    day: Option<Day>,
}

impl View {
    fn week(&self) -> bool {
        self.view == "week"
    }

    fn days(&self, day: Day) -> (Day, Day) {
        if self.week() {
            let first = monday(day);
            return (first, first.plus_days(6));
        }
        let month = Month::of(day);
        (month.from, month.to)
    }

    fn title(&self, day: Day) -> String {
        let (from, to) = self.days(day);
        if self.week() {
            return format!("{} – {}", from.words(), to.words());
        }
        day.0.strftime("%B %Y").to_string()
    }

    /// A day in the view before, and one in the next.
    fn beside(&self, day: Day) -> (Day, Day) {
        if self.week() {
            return (day.plus_days(-7), day.plus_days(7));
        }
        let first = Day(day.0.first_of_month());
        (first.plus_days(-1), Day(day.0.last_of_month()).plus_days(1))
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
        let path = format!("/p/{}/calendar", product.key);
        let (write, today) = (may_write(cx), cx.now.day());
        let day = view.day.unwrap_or(today);
        let (from, to) = view.days(day);
        let here = filter.href(&path, None);
        let word = if view.week() { "week" } else { "month" };
        let at = |day: Day| with(&here, &[("view", word), ("day", &day.to_string())]);
        let (before, after) = view.beside(day);
        let (stands, title) = (day.to_string(), view.title(day));
        let more = html! {
            (shell::select("Shows", "view", vec![Choice::new("month", "a month"), Choice::new("week", "a week")]).value(word))
            (shell::hidden("day", &stands))
        };
        let bar = bar_with(cx, &product, &filter, "calendar", more)?;
        if bar.asked.is_none() {
            let title = format!("Calendar of {}", product.name);
            return Ok(misread(product, title, "calendar", bar));
        }
        let told = Calendar::of(cx, filter.query(&product.key), from, to)?;
        let main = html! {
            (bar.markup)
            div.acts.time-ways {
                a.btn.small href=(at(before)) { "‹ Before" }
                a.btn.small href=(with(&here, &[("view", word)])) { "Today" }
                a.btn.small href=(at(after)) { "After ›" }
                h2 { (title) }
            }
            (weeks(&told, &view, day, today, write))
            @if told.more { p.soft { "More is due in these days than is shown. Filter by a team or a person to see the rest." } }
            @if told.entries.is_empty() && told.spans.is_empty() {
                p.soft { "Nothing falls into these days. What has a due day stands here, with releases, gates and the ceremonies of the teams." }
            }
            @if write { p.soft.keys-hint { "Drag what is due to another day, or press Alt with the arrows on it: ← → a day, ↑ ↓ a week." } }
        };
        Ok(Page {
            title: format!("Calendar of {}", product.name),
            head: Some(shell::page_head("How", "Calendar", html! { "What is due, ships, is decided and held" }, html! {})),
            product: Some(product),
            active: "calendar",
            facet: Facet::How,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

fn weeks(told: &Calendar, view: &View, day: Day, today: Day, write: bool) -> Markup {
    let count = (told.from.days_until(told.to) + 1) / 7;
    let firsts = (0..count).map(|n| told.from.plus_days(n * 7));
    html! {
        div.calendar.week[view.week()] data-controller=[write.then_some("calendar")] {
            div.weekdays aria-hidden="true" {
                @for name in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] { span { (name) } }
            }
            @for first in firsts {
                div.calendar-week {
                    (spans(&told.spans, first))
                    ol.days {
                        @for n in 0..7 {
                            @let here = first.plus_days(n);
                            @let other = !view.week() && here.0.month() != day.0.month();
                            (one_day(told, here, other, today, view.week(), write))
                        }
                    }
                }
            }
        }
    }
}

/// Sprints and phases as bands over the days of a week.
fn spans(all: &[Span], first: Day) -> Markup {
    let last = first.plus_days(6);
    html! {
        @for s in all.iter().filter(|s| s.starts <= last && s.ends >= first) {
            @let from = first.days_until(s.starts).max(0) + 1;
            @let to = first.days_until(s.ends).min(6) + 1;
            div.band-row {
                a.band.{ "from-" (from) }.{ "to-" (to) }.opens[s.starts >= first].closes[s.ends <= last] href=(s.href)
                    title={ (s.title) ": " (s.starts.words()) " to " (s.ends.words()) } { (s.title) }
            }
        }
    }
}

fn one_day(told: &Calendar, day: Day, other: bool, today: Day, all: bool, write: bool) -> Markup {
    let here: Vec<&Entry> = told.entries.iter().filter(|e| e.day == day).collect();
    let most = if all || here.len() == SHOWN + 1 { usize::MAX } else { SHOWN };
    html! {
        li.day.other[other].today[day == today].nothing[here.is_empty()] data-day=(day) {
            h3 {
                time datetime=(day) { span.wide-only { (day.0.day()) } span.phone-only { (day.0.strftime("%A, %-d %B")) } }
                @if day == today { span.sr { " today" } }
            }
            ul { @for e in here.iter().take(most) { (chip(e, write)) } }
            @if here.len() > most {
                details { summary { (here.len() - most) " more" }
                    ul { @for e in here.iter().skip(most) { (chip(e, write)) } }
                }
            }
        }
    }
}

fn chip(e: &Entry, write: bool) -> Markup {
    let moves = write && e.kind == "due" && !e.done;
    let facet = if e.kind == "release" { "what" } else { "how" };
    html! {
        li.chip-item.(e.kind).(facet).late[e.late].done[e.done] data-row data-item=[moves.then_some(&e.key)] draggable=[moves.then_some("true")] {
            a href=(e.href) data-row-link data-turbo-frame=[(!e.key.is_empty()).then_some("peek")] title={ (e.title) ", " (e.state) } {
                @if e.kind != "due" { span.kind { (e.kind) " " } }
                @if !e.key.is_empty() { span.key { (e.key) " " } }
                (e.title)
                @if !e.team.is_empty() { span.soft { ", " (e.team) } }
                @if e.late { span.sr { ", late" } }
                @if e.done { span.sr { ", done" } }
            }
            @if moves { (quick_link(&e.key, "due", "quiet", html! { "day" })) }
        }
    }
}
