//! Bars over time as a drawing: days across, a row for each thing, lines between what depends.

use std::collections::HashMap;

use maud::{Markup, html};

use super::Facet;
use crate::kernel::{Day, cut};

/// Where the drawing begins, right of the names.
pub const LEFT: f64 = 270.0;
const ROW: f64 = 32.0;
const HEAD: f64 = 46.0;
const BAR: f64 = 20.0;
/// Months that are drawn at most.
const MOST_MONTHS: usize = 48;
/// Of a file: what is drawn in the page has the page's colours.
pub const INK: &str = "#26262e";
pub const HUE: &str = "#8a5a00";
const TINT: &str = "#f6ecd9";
const BAD: &str = "#b3261e";

/// What a drawing is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// In the page, in its colours, with links; bars can be dragged where one may `write`.
    Page { write: bool },
    /// A file of its own, on white.
    File,
}

/// How much of time is seen at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zoom {
    /// All of it, in months.
    Fit,
    /// Sixteen weeks from a day on.
    Week(Day),
    /// Nine months.
    Month(Day),
    /// Two years in quarters.
    Quarter(Day),
}

/// A row: something with a name, and from when to when it runs.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub key: String,
    pub title: String,
    /// Where its name leads; empty for nowhere.
    pub href: String,
    pub span: Option<(Day, Day)>,
    /// The bar in words, for those who do not see it.
    pub words: String,
    pub note: String,
    pub facet: Facet,
    /// An end of it is only taken to be there.
    pub dashed: bool,
    /// The end is promised.
    pub hard: bool,
    /// It should have ended.
    pub late: bool,
    /// From when to when its end is expected.
    pub expected: Option<(Day, Day)>,
    /// How much of it is done, from 0 to 1.
    pub done: f64,
    /// Keys of what has to come before it.
    pub after: Vec<String>,
    /// Only its end can be moved.
    pub ends_only: bool,
}

/// A line across time, with what it says above.
struct Tick {
    day: Day,
    label: String,
    /// Where something greater begins.
    head: Option<String>,
}

struct Scale {
    first: Day,
    end: Day,
    ticks: Vec<Tick>,
    day: f64,
}

fn next_month(day: Day) -> Day {
    Day(Day(day.0.first_of_month()).plus_days(31).0.first_of_month())
}

fn month_tick(day: Day) -> Tick {
    let quarter = day.0.month() % 3 == 1;
    let head = quarter.then(|| format!("{} Q{}", day.0.year(), (day.0.month() - 1) / 3 + 1));
    Tick { day, label: day.0.strftime("%b").to_string(), head }
}

impl Scale {
    fn of(zoom: Zoom, spans: &[(Day, Day)], today: Day) -> Self {
        match zoom {
            Zoom::Fit => Self::fit(spans, today),
            Zoom::Week(from) => Self::weeks(from),
            Zoom::Month(from) => Self::months(from, 9, 4.6),
            Zoom::Quarter(from) => Self::months(from, 24, 1.75),
        }
    }

    fn fit(spans: &[(Day, Day)], today: Day) -> Self {
        let from = spans.iter().map(|s| s.0).chain([today]).min().unwrap_or(today);
        let to = spans.iter().map(|s| s.1).chain([today.plus_days(60)]).max().unwrap_or(today);
        let mut month = Day(from.0.first_of_month());
        let mut count = 0;
        while month <= to && count < MOST_MONTHS {
            month = next_month(month);
            count += 1;
        }
        let mut scale = Self::months(from, count, 1.0);
        let width = (880.0 / count as f64).clamp(34.0, 110.0) * count as f64;
        scale.day = width / scale.first.days_until(scale.end).max(1) as f64;
        scale
    }

    fn months(from: Day, count: usize, day: f64) -> Self {
        let first = Day(from.0.first_of_month());
        let mut months = vec![first];
        while months.len() < count {
            months.push(next_month(months[months.len() - 1]));
        }
        let end = next_month(months[months.len() - 1]);
        Self { first, end, ticks: months.into_iter().map(month_tick).collect(), day }
    }

    fn weeks(from: Day) -> Self {
        let first = monday(from);
        let ticks = (0..16).map(|n| first.plus_days(n * 7)).enumerate().map(|(n, day)| {
            let opens = n == 0 || day.0.day() <= 7;
            let head = opens.then(|| day.0.strftime("%B %Y").to_string());
            Tick { day, label: day.0.strftime("%-d %b").to_string(), head }
        });
        Self { first, end: first.plus_days(112), ticks: ticks.collect(), day: 9.5 }
    }

    fn x(&self, day: Day) -> f64 {
        LEFT + (self.first.days_until(day) as f64 * self.day).clamp(0.0, self.width())
    }

    fn width(&self) -> f64 {
        self.first.days_until(self.end) as f64 * self.day
    }
}

/// The Monday of a day's week.
pub fn monday(day: Day) -> Day {
    day.plus_days(1 - i64::from(day.0.weekday().to_monday_one_offset()))
}

/// A row of the drawing.
enum Row<'b> {
    Group(&'b str),
    Bar(&'b Bar),
}

/// The drawing.
pub fn timeline(
    title: &str,
    groups: &[(String, Vec<Bar>)],
    today: Day,
    zoom: Zoom,
    medium: Medium,
) -> Markup {
    let mut rows = Vec::new();
    for (name, bars) in groups {
        if !name.is_empty() {
            rows.push(Row::Group(name));
        }
        rows.extend(bars.iter().map(Row::Bar));
    }
    let spans: Vec<(Day, Day)> = groups.iter().flat_map(|g| &g.1).filter_map(|b| b.span).collect();
    let scale = Scale::of(zoom, &spans, today);
    let (width, height) = (LEFT + scale.width() + 12.0, HEAD + rows.len() as f64 * ROW + 10.0);
    let file = medium == Medium::File;
    let ink = file.then_some(INK);
    let seen = today >= scale.first && today < scale.end;
    let above = if file { ABOVE } else { 0.0 };
    html! {
        svg.timeline xmlns=[file.then_some("http://www.w3.org/2000/svg")] viewBox={ "0 " (-above) " " (width) " " (height + above) }
            width=(width) height=(height + above) role=(if file { "img" } else { "group" }) aria-label=(title)
            font-family=[file.then_some("Inter, sans-serif")] font-size="12" color=[ink]
            data-day=(scale.day) data-first=(scale.first) data-left=(LEFT) {
            title { (title) }
            @if file {
                rect y=(-above) width=(width) height=(height + above) fill="#ffffff" {}
                (headline(title, 4.0))
            }
            (axis(&scale, height, file))
            @if seen { line.today x1=(at(scale.x(today))) x2=(at(scale.x(today))) y1=(HEAD - 4.0) y2=(height) stroke=(if file { BAD } else { "currentColor" }) stroke-width="1.2" {} }
            (links(&rows, &scale, file))
            @for (place, row) in rows.iter().enumerate() {
                @let y = HEAD + place as f64 * ROW;
                @match row {
                    Row::Group(name) => text.group x="4" y=(y + 21.0) font-weight="600" fill=[ink] { (cut(name, 44)) },
                    Row::Bar(bar) => { (named(bar, y, medium)) (drawn(bar, y, &scale, medium)) }
                }
            }
        }
    }
}

/// The room above a drawing in a file, for what it is and for whom.
pub const ABOVE: f64 = 30.0;

/// That line itself: a file has no page around it that says so.
pub fn headline(title: &str, x: f64) -> Markup {
    html! { text x=(x) y=(12.0 - ABOVE / 2.0 - 4.0) font-size="14" font-weight="600" fill=(INK) { (cut(title, 120)) } }
}

fn at(number: f64) -> String {
    format!("{number:.1}")
}

fn axis(scale: &Scale, height: f64, file: bool) -> Markup {
    let ink = file.then_some(INK);
    html! {
        @for tick in &scale.ticks {
            @let (x, head) = (scale.x(tick.day), tick.head.is_some());
            line x1=(at(x)) x2=(at(x)) y1=(if head { 0.0 } else { HEAD - 18.0 }) y2=(at(height)) stroke="currentColor" opacity=(if head { "0.3" } else { "0.12" }) {}
            @if let Some(head) = &tick.head { text x=(at(x + 5.0)) y="15" font-weight="600" fill=[ink] { (head) } }
            text x=(at(x + 5.0)) y="35" font-size="10.5" fill=[ink] { (tick.label) }
        }
    }
}

/// The name at the left.
fn named(bar: &Bar, y: f64, medium: Medium) -> Markup {
    let file = medium == Medium::File;
    let name = cut(&bar.title, if bar.key.is_empty() { 42 } else { 33 });
    let words = html! {
        title { (bar.title) }
        text x="4" y=(y + 21.0) fill=[file.then_some(INK)] {
            @if !bar.key.is_empty() { tspan.key fill=[file.then_some(HUE)] { (bar.key) } " " }
            (name)
        }
    };
    html! {
        @if file || bar.href.is_empty() { g.(bar.facet.class()) { (words) } }
        @else { a.(bar.facet.class()) href=(bar.href) data-turbo-frame=[(!bar.key.is_empty()).then_some("peek")] { (words) } }
    }
}

/// The bar, or on which side of the drawing it lies.
fn drawn(bar: &Bar, y: f64, scale: &Scale, medium: Medium) -> Markup {
    let Some(span) = bar.span else { return html! {} };
    if span.1 < scale.first {
        return html! { text.aside x=(at(LEFT + 5.0)) y=(y + 21.0) font-size="10.5" { "‹ until " (span.1.words()) } };
    }
    if span.0 >= scale.end {
        return html! { text.aside x=(at(LEFT + scale.width() - 5.0)) y=(y + 21.0) font-size="10.5" text-anchor="end" { "from " (span.0.words()) " ›" } };
    }
    let file = medium == Medium::File;
    let (x1, x2) = (scale.x(span.0), scale.x(span.1.plus_days(1)));
    let (top, width) = (y + (ROW - BAR) / 2.0, (x2 - x1).max(4.0));
    let moves = medium == Medium::Page { write: true } && !bar.key.is_empty();
    let class = bar.facet.class();
    html! {
        g.bar.late[bar.late].(class) data-item=[moves.then_some(&bar.key)] data-starts=[moves.then(|| span.0.to_string())] data-ends=[moves.then(|| span.1.to_string())]
            tabindex=[moves.then_some("0")] role="img" aria-label=(bar.words) {
            title { (bar.words) @if !bar.note.is_empty() { " (" (bar.note) ")" } }
            rect.span x=(at(x1)) y=(at(top)) width=(at(width)) height=(BAR) rx="5" fill=[file.then_some(TINT)] stroke=(if file { HUE } else { "currentColor" }) stroke-dasharray=[bar.dashed.then_some("4 3")] {}
            @if bar.done > 0.0 { rect.done x=(at(x1)) y=(at(top)) width=(at(width * bar.done)) height=(BAR) rx="5" fill=(if file { HUE } else { "currentColor" }) opacity="0.35" {} }
            @if let Some(range) = bar.expected { (whisker(range, y, scale, file)) }
            @if bar.hard { rect.hard x=(at(x2 - 5.0)) y=(at(top)) width="5" height=(BAR) fill=(if file { HUE } else { "currentColor" }) {} }
            @if moves {
                @if !bar.ends_only { rect.grip data-part="start" x=(at(x1 - 3.0)) y=(at(top)) width="8" height=(BAR) fill="transparent" {} }
                rect.grip data-part="end" x=(at(x2 - 5.0)) y=(at(top)) width="8" height=(BAR) fill="transparent" {}
            }
        }
    }
}

/// The days between which an end is expected.
fn whisker((from, to): (Day, Day), y: f64, scale: &Scale, file: bool) -> Markup {
    let (x1, x2, middle) = (scale.x(from), scale.x(to.plus_days(1)), y + ROW / 2.0);
    let ink = if file { INK } else { "currentColor" };
    html! {
        g.expected stroke=(ink) stroke-width="1.6" {
            line x1=(at(x1)) x2=(at(x2)) y1=(middle) y2=(middle) {}
            line x1=(at(x1)) x2=(at(x1)) y1=(middle - 4.0) y2=(middle + 4.0) {}
            line x1=(at(x2)) x2=(at(x2)) y1=(middle - 4.0) y2=(middle + 4.0) {}
        }
    }
}

/// From the end of what comes first to the start of what waits for it.
fn links(rows: &[Row<'_>], scale: &Scale, file: bool) -> Markup {
    let mut places: HashMap<&str, (f64, (Day, Day))> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        if let Row::Bar(bar) = row
            && let Some(span) = bar.span
        {
            places.insert(&bar.key, (HEAD + place as f64 * ROW + ROW / 2.0, span));
        }
    }
    html! {
        @for row in rows {
            @if let Row::Bar(bar) = row && let Some(span) = bar.span {
                @for first in &bar.after {
                    @if let (Some((y1, before)), Some((y2, _))) = (places.get(first.as_str()), places.get(bar.key.as_str())) {
                        @let (x1, x2) = (scale.x(before.1.plus_days(1)), scale.x(span.0));
                        @let early = span.0 <= before.1;
                        @let colour = match (early, file) { (true, true) => BAD, (false, true) => INK, _ => "currentColor" };
                        path.link.bad[early] d={ "M" (at(x1)) " " (at(*y1)) " h6 V" (at(f64::midpoint(*y1, *y2))) " H" (at(x2 - 6.0)) " V" (at(*y2)) " h6" }
                            fill="none" stroke=(colour) stroke-width="1.3" stroke-dasharray=[early.then_some("4 3")] {
                            title { (first) @if early { " has to come before " (bar.key) ", and ends after it begins" } @else { " comes before " (bar.key) } }
                        }
                        circle cx=(at(x2)) cy=(at(*y2)) r="2.5" fill=(colour) {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn a_week_begins_on_monday_and_what_lies_outside_says_where() {
        assert_eq!(monday(day("2026-11-29")), day("2026-11-23"));
        assert_eq!(monday(day("2026-11-23")), day("2026-11-23"));
        let bar = |key: &str, from: &str, to: &str| Bar {
            key: key.into(),
            span: Some((day(from), day(to))),
            ..Bar::default()
        };
        let groups = vec![(
            String::new(),
            vec![
                bar("A-1", "2026-01-01", "2026-02-01"),
                bar("A-2", "2026-11-25", "2026-11-30"),
                bar("A-3", "2027-12-01", "2027-12-04"),
            ],
        )];
        let zoom = Zoom::Week(day("2026-11-25"));
        let drawn = timeline("T", &groups, day("2026-11-28"), zoom, Medium::Page { write: true });
        let drawn = drawn.into_string();
        assert!(drawn.contains("until 1 Feb 2026") && drawn.contains("from 1 Dec 2027"), "{drawn}");
        assert_eq!(drawn.matches("data-item").count(), 1, "only what is seen can be moved");
        assert!(drawn.contains("data-first=\"2026-11-23\""));
    }
}
