//! The timeline as a drawing: months across, a row for each thing, lines between what depends.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::kernel::Day;
use crate::thread::roadmaps::Line;

const LEFT: f64 = 270.0;
const ROW: f64 = 32.0;
const HEAD: f64 = 46.0;
const BAR: f64 = 20.0;
/// Days that an end or a start without the other is taken to span.
const OPEN: i64 = 28;
/// Months that are drawn at most.
const MOST_MONTHS: usize = 48;
const INK: &str = "#26262e";
const HUE: &str = "#8a5a00";
const TINT: &str = "#f6ecd9";
const BAD: &str = "#b3261e";

/// What a drawing is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// In the page, in its colours, with links; bars can be dragged where one may `write`.
    Page { write: bool },
    /// A file of its own, on white.
    File,
}

/// The months that are shown.
struct Scale {
    first: Day,
    /// First days of the months.
    months: Vec<Day>,
    day: f64,
}

fn next_month(day: Day) -> Day {
    Day(day.plus_days(31).0.first_of_month())
}

impl Scale {
    fn of(spans: &[(Day, Day)], today: Day) -> Self {
        let from = spans.iter().map(|s| s.0).chain([today]).min().unwrap_or(today);
        let to = spans.iter().map(|s| s.1).chain([today.plus_days(60)]).max().unwrap_or(today);
        let mut month = Day(from.0.first_of_month());
        let mut months = Vec::new();
        while month <= to && months.len() < MOST_MONTHS {
            months.push(month);
            month = next_month(month);
        }
        let width = (880.0 / months.len() as f64).clamp(34.0, 110.0) * months.len() as f64;
        let first = months.first().copied().unwrap_or(today);
        let days = first.days_until(month).max(1);
        Self { first, months, day: width / days as f64 }
    }

    fn x(&self, day: Day) -> f64 {
        LEFT + (self.first.days_until(day) as f64 * self.day).clamp(0.0, self.width())
    }

    fn width(&self) -> f64 {
        let end = self.months.last().map_or(self.first, |month| next_month(*month));
        self.first.days_until(end) as f64 * self.day
    }
}

/// From when to when a line's bar runs; nothing without dates.
pub(super) fn span(line: &Line) -> Option<(Day, Day)> {
    match (line.starts, line.ends) {
        (Some(from), Some(to)) => Some((from, to)),
        (Some(from), None) => Some((from, from.plus_days(OPEN))),
        (None, Some(to)) => Some((to.plus_days(-OPEN), to)),
        (None, None) => None,
    }
}

/// A row of the drawing.
enum Row<'l> {
    Group(&'l str),
    Line(&'l Line, Option<(Day, Day)>),
}

/// The drawing.
pub(super) fn draw(
    title: &str,
    groups: &[(String, Vec<&Line>)],
    today: Day,
    medium: Medium,
) -> Markup {
    let mut rows = Vec::new();
    for (name, lines) in groups {
        if !name.is_empty() {
            rows.push(Row::Group(name));
        }
        rows.extend(lines.iter().map(|line| Row::Line(line, span(line))));
    }
    let spans: Vec<(Day, Day)> = rows
        .iter()
        .filter_map(|row| if let Row::Line(_, span) = row { *span } else { None })
        .collect();
    let scale = Scale::of(&spans, today);
    let (width, height) = (LEFT + scale.width() + 12.0, HEAD + rows.len() as f64 * ROW + 10.0);
    let file = medium == Medium::File;
    let ink = file.then_some(INK);
    html! {
        svg.timeline xmlns=[file.then_some("http://www.w3.org/2000/svg")] viewBox={ "0 0 " (width) " " (height) }
            width=(width) height=(height) role=(if file { "img" } else { "group" }) aria-label=(title)
            font-family=[file.then_some("Inter, sans-serif")] font-size="12" color=[ink] data-day=(scale.day) {
            title { (title) }
            @if file { rect width=(width) height=(height) fill="#ffffff" {} }
            (axis(&scale, height, file))
            line.today x1=(at(scale.x(today))) x2=(at(scale.x(today))) y1=(HEAD - 4.0) y2=(height) stroke=(if file { BAD } else { "currentColor" }) stroke-width="1.2" {}
            (links(&rows, &scale, file))
            @for (place, row) in rows.iter().enumerate() {
                @let y = HEAD + place as f64 * ROW;
                @match row {
                    Row::Group(name) => text.group x="4" y=(y + 21.0) font-weight="600" fill=[ink] { (cut(name, 44)) },
                    Row::Line(line, span) => { (named(line, y, medium)) @if let Some(span) = span { (bar(line, *span, y, &scale, medium)) } }
                }
            }
        }
    }
}

fn at(number: f64) -> String {
    format!("{number:.1}")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn axis(scale: &Scale, height: f64, file: bool) -> Markup {
    let ink = file.then_some(INK);
    html! {
        @for month in &scale.months {
            @let (x, quarter) = (scale.x(*month), month.0.month() % 3 == 1);
            line x1=(at(x)) x2=(at(x)) y1=(if quarter { 0.0 } else { HEAD - 18.0 }) y2=(at(height)) stroke="currentColor" opacity=(if quarter { "0.3" } else { "0.12" }) {}
            @if quarter { text x=(at(x + 5.0)) y="15" font-weight="600" fill=[ink] { (month.0.year()) " Q" ((month.0.month() - 1) / 3 + 1) } }
            text x=(at(x + 5.0)) y="35" font-size="10.5" fill=[ink] { (month.0.strftime("%b")) }
        }
    }
}

/// The name at the left.
fn named(line: &Line, y: f64, medium: Medium) -> Markup {
    let file = medium == Medium::File;
    let (key, name) = (&line.item, cut(&line.title, if line.item.is_empty() { 42 } else { 33 }));
    let words = html! {
        title { (line.title) }
        text x="4" y=(y + 21.0) fill=[file.then_some(INK)] {
            @if !key.is_empty() { tspan.key fill=[file.then_some(HUE)] { (key) } " " }
            (name)
        }
    };
    html! {
        @if file || key.is_empty() { g { (words) } }
        @else { a href={ "/" (key) } data-turbo-frame="peek" { (words) } }
    }
}

fn bar(line: &Line, span: (Day, Day), y: f64, scale: &Scale, medium: Medium) -> Markup {
    let file = medium == Medium::File;
    let (x1, x2) = (scale.x(span.0), scale.x(span.1.plus_days(1)));
    let (top, width) = (y + (ROW - BAR) / 2.0, (x2 - x1).max(4.0));
    let done = if line.stories > 0 { line.stories_done as f64 / line.stories as f64 } else { 0.0 };
    let words = format!(
        "{} {}: {} to {}{}",
        line.item,
        line.title,
        span.0,
        span.1,
        if line.hard { ", promised" } else { ", a guess" }
    );
    let moves = medium == Medium::Page { write: true };
    let dash = (line.starts.is_none() || line.ends.is_none()).then_some("4 3");
    html! {
        g.bar.what data-item=[moves.then_some(&line.item)] data-starts=[moves.then(|| span.0.to_string())] data-ends=[moves.then(|| span.1.to_string())]
            tabindex=[moves.then_some("0")] role="img" aria-label=(words) {
            title { (words) @if !line.hard_reason.is_empty() { " (" (line.hard_reason) ")" } }
            rect.span x=(at(x1)) y=(at(top)) width=(at(width)) height=(BAR) rx="5" fill=[file.then_some(TINT)] stroke=(if file { HUE } else { "currentColor" }) stroke-dasharray=[dash] {}
            @if done > 0.0 { rect.done x=(at(x1)) y=(at(top)) width=(at(width * done)) height=(BAR) rx="5" fill=(if file { HUE } else { "currentColor" }) opacity="0.35" {} }
            @if line.hard { rect.hard x=(at(x2 - 5.0)) y=(at(top)) width="5" height=(BAR) fill=(if file { HUE } else { "currentColor" }) {} }
            @if moves {
                rect.grip data-part="start" x=(at(x1 - 3.0)) y=(at(top)) width="8" height=(BAR) fill="transparent" {}
                rect.grip data-part="end" x=(at(x2 - 5.0)) y=(at(top)) width="8" height=(BAR) fill="transparent" {}
            }
        }
    }
}

/// From the end of what comes first to the start of what waits for it.
fn links(rows: &[Row<'_>], scale: &Scale, file: bool) -> Markup {
    let mut places: HashMap<&str, (f64, (Day, Day))> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        if let Row::Line(line, Some(span)) = row {
            places.insert(&line.item, (HEAD + place as f64 * ROW + ROW / 2.0, *span));
        }
    }
    html! {
        @for row in rows {
            @if let Row::Line(line, Some(span)) = row {
                @for first in &line.after {
                    @if let (Some((y1, before)), Some((y2, _))) = (places.get(first.as_str()), places.get(line.item.as_str())) {
                        @let (x1, x2) = (scale.x(before.1.plus_days(1)), scale.x(span.0));
                        @let early = span.0 <= before.1;
                        @let colour = match (early, file) { (true, true) => BAD, (false, true) => INK, _ => "currentColor" };
                        path.link.bad[early] d={ "M" (at(x1)) " " (at(*y1)) " h6 V" (at(f64::midpoint(*y1, *y2))) " H" (at(x2 - 6.0)) " V" (at(*y2)) " h6" }
                            fill="none" stroke=(colour) stroke-width="1.3" stroke-dasharray=[early.then_some("4 3")] {
                            title { (first) @if early { " has to come before " (line.item) ", and ends after it begins" } @else { " comes before " (line.item) } }
                        }
                        circle cx=(at(x2)) cy=(at(*y2)) r="2.5" fill=(colour) {}
                    }
                }
            }
        }
    }
}

/// Now, next and later as a drawing for a file: three columns of cards.
pub(super) fn columns(title: &str, groups: &[(String, Vec<&Line>)]) -> Markup {
    const WIDTH: f64 = 340.0;
    const CARD: f64 = 52.0;
    let horizons = crate::what::roadmap::HORIZONS;
    let mut y = 34.0;
    let mut parts = Vec::new();
    for (name, lines) in groups {
        if !name.is_empty() {
            parts.push(html! { text x="12" y=(y + 18.0) font-weight="600" { (cut(name, 110)) } });
            y += 30.0;
        }
        let mut most = 0;
        for (column, horizon) in horizons.iter().enumerate() {
            let here: Vec<&&Line> = lines.iter().filter(|l| l.horizon == *horizon).collect();
            most = most.max(here.len());
            for (place, line) in here.into_iter().enumerate() {
                let (x, top) = (12.0 + column as f64 * WIDTH, y + place as f64 * (CARD + 8.0));
                parts.push(card(line, x, top, WIDTH - 14.0, CARD));
            }
        }
        y += most as f64 * (CARD + 8.0) + 10.0;
    }
    let (width, height) = (WIDTH * 3.0 + 14.0, y + 6.0);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img" aria-label=(title)
            font-family="Inter, sans-serif" font-size="12" fill=(INK) {
            title { (title) }
            rect width=(width) height=(height) fill="#ffffff" {}
            @for (column, horizon) in horizons.iter().enumerate() {
                text x=(12.0 + column as f64 * WIDTH) y="22" font-size="15" font-weight="600" fill=(HUE) { (horizon) }
            }
            @for part in &parts { (part) }
        }
    }
}

fn card(line: &Line, x: f64, y: f64, width: f64, height: f64) -> Markup {
    let mut notes = Vec::new();
    if !line.item.is_empty() {
        notes.push(line.item.clone());
    }
    notes.extend(line.theme.clone());
    match (line.hard, line.starts, line.ends) {
        (true, _, Some(day)) => notes.push(format!("promised for {day}")),
        (_, Some(from), Some(to)) => notes.push(format!("about {from} to {to}")),
        _ => {}
    }
    html! {
        rect x=(x) y=(y) width=(width) height=(height) rx="6" fill="#ffffff" stroke=(HUE) stroke-opacity="0.6" {}
        text x=(x + 10.0) y=(y + 20.0) font-size="10.5" fill=(HUE) { (cut(&notes.join(" · "), 58)) }
        text x=(x + 10.0) y=(y + 38.0) { (cut(&line.title, 50)) }
    }
}
