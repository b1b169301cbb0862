//! The roadmap as drawings: its lines over time, and now, next and later as three columns of cards.

use maud::{Markup, html};

use crate::kernel::{Day, cut};
use crate::shell::Facet;
pub(super) use crate::shell::timeline::Medium;
use crate::shell::timeline::{ABOVE, Bar, HUE, INK, Zoom, headline, timeline};
use crate::thread::roadmaps::Line;

/// Days that an end or a start without the other is taken to span.
const OPEN: i64 = 28;

/// From when to when a line's bar runs; nothing without dates.
pub(super) fn span(line: &Line) -> Option<(Day, Day)> {
    match (line.starts, line.ends) {
        (Some(from), Some(to)) => Some((from, to)),
        (Some(from), None) => Some((from, from.plus_days(OPEN))),
        (None, Some(to)) => Some((to.plus_days(-OPEN), to)),
        (None, None) => None,
    }
}

fn bar(line: &Line) -> Bar {
    let span = span(line);
    let standing = if line.hard { "promised" } else { "a guess" };
    let words = span.map(|(from, to)| {
        let (from, to) = (from.words(), to.words());
        format!("{} {}: {from} to {to}, {standing}", line.item, line.title)
    });
    Bar {
        key: line.item.clone(),
        title: line.title.clone(),
        href: if line.item.is_empty() { String::new() } else { format!("/{}", line.item) },
        span,
        words: words.unwrap_or_default(),
        note: line.hard_reason.clone(),
        facet: Facet::What,
        dashed: line.starts.is_none() || line.ends.is_none(),
        hard: line.hard,
        done: if line.stories > 0 { line.stories_done as f64 / line.stories as f64 } else { 0.0 },
        after: line.after.clone(),
        ..Bar::default()
    }
}

/// The lines over time.
pub(super) fn draw(
    title: &str,
    groups: &[(String, Vec<&Line>)],
    today: Day,
    medium: Medium,
) -> Markup {
    let bars = |lines: &Vec<&Line>| lines.iter().map(|line| bar(line)).collect();
    let groups: Vec<(String, Vec<Bar>)> =
        groups.iter().map(|(name, lines)| (name.clone(), bars(lines))).collect();
    timeline(title, &groups, today, Zoom::Fit, medium)
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
    let whole = height + ABOVE;
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 " (-ABOVE) " " (width) " " (whole) } width=(width) height=(whole) role="img" aria-label=(title)
            font-family="Inter, sans-serif" font-size="12" fill=(INK) {
            title { (title) }
            rect y=(-ABOVE) width=(width) height=(whole) fill="#ffffff" {}
            (headline(title, 12.0))
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
    notes.extend(line.dates());
    html! {
        rect x=(x) y=(y) width=(width) height=(height) rx="6" fill="#ffffff" stroke=(HUE) stroke-opacity="0.6" {}
        text x=(x + 10.0) y=(y + 20.0) font-size="10.5" fill=(HUE) { (cut(&notes.join(" · "), 58)) }
        text x=(x + 10.0) y=(y + 38.0) { (cut(&line.title, 50)) }
    }
}
