//! Small charts as plain SVG: they print, they mail, and they need no script.

use std::fmt::Write;

use maud::{Markup, html};

/// A line through values, oldest first, with its words for those who cannot see it; nothing for
/// fewer than two.
pub fn spark(values: &[f64], words: &str) -> Markup {
    const WIDTH: f64 = 160.0;
    const HEIGHT: f64 = 36.0;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let step = (WIDTH - 4.0) / (values.len().max(2) - 1) as f64;
    let mut points = String::new();
    for (at, value) in values.iter().enumerate() {
        let x = 2.0 + at as f64 * step;
        let y = HEIGHT - 3.0 - (value - low) / span * (HEIGHT - 6.0);
        let _ = write!(points, "{x:.1},{y:.1} ");
    }
    html! {
        @if values.len() > 1 {
            svg.spark viewBox="0 0 160 36" width="160" height="36" role="img" aria-label=(words) {
                polyline points=(points.trim_end()) fill="none" stroke="currentColor" stroke-width="2"
                    stroke-linecap="round" stroke-linejoin="round" {}
            }
        }
    }
}

/// A field of two axes, 1 to 5 each, with a named dot for every entry; those on one place stand
/// beside each other.
pub fn field_map(across: &str, up: &str, entries: &[(String, i64, i64)]) -> Markup {
    const SIDE: f64 = 400.0;
    let place = |weight: i64| (weight as f64 - 0.5) * SIDE / 5.0;
    html! {
        svg.field-map viewBox="-30 -10 450 450" role="img" aria-label={ (up) " against " (across) } {
            rect x="0" y="0" width="400" height="400" fill="none" stroke="currentColor" opacity="0.3" {}
            line x1="200" y1="0" x2="200" y2="400" stroke="currentColor" opacity="0.2" {}
            line x1="0" y1="200" x2="400" y2="200" stroke="currentColor" opacity="0.2" {}
            text x="200" y="425" text-anchor="middle" { (across) }
            text x="-12" y="200" text-anchor="middle" transform="rotate(-90 -12 200)" { (up) }
            @for (at, (name, x, y)) in entries.iter().enumerate() {
                @let same = entries[..at].iter().filter(|e| (e.1, e.2) == (*x, *y)).count() as f64;
                @let (cx, cy) = (place(*x), SIDE - place(*y) + same * 16.0);
                circle cx=(cx) cy=(cy) r="5" fill="currentColor" {}
                text x=(cx + 9.0) y=(cy + 4.0) { (name) }
            }
        }
    }
}
