//! Small charts as plain SVG: they print, they mail, and they need no script.

use std::fmt::Write;

use maud::{Markup, html};

use super::labels::{area, spots};

/// A line through values, oldest first, with its words for those who cannot see it; nothing for
/// fewer than two.
pub fn spark(values: &[f64], words: &str) -> Markup {
    const WIDTH: f64 = 160.0;
    const HEIGHT: f64 = 36.0;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let step = (WIDTH - 4.0) / (values.len().max(2) - 1) as f64;
    let mut points = String::new();
    for (at, value) in values.iter().enumerate() {
        let x = 2.0 + at as f64 * step;
        // What does not change is neither low nor high.
        let up = if high > low { (value - low) / (high - low) } else { 0.5 };
        let y = HEIGHT - 3.0 - up * (HEIGHT - 6.0);
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

/// Shares of a whole as one bar with its words below. The class of a part gives its hue; shares go
/// from 0 to 1.
pub fn share_bar(words: &str, parts: &[(&str, &str, f64)]) -> Markup {
    let ends = parts.iter().scan(0.0, |end, (.., share)| {
        *end += share * 100.0;
        Some(*end)
    });
    let ends: Vec<f64> = ends.collect();
    html! {
        figure.shares {
            svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=(words) {
                @for ((class, _, share), end) in parts.iter().zip(&ends) {
                    rect.(class) x=(format!("{:.2}", end - share * 100.0)) y="0"
                        width=(format!("{:.2}", share * 100.0)) height="4" {}
                }
            }
            figcaption {
                @for ((class, label, _), share) in parts.iter().zip(percents(parts.iter().map(|p| p.2))) {
                    span.(class) { i aria-hidden="true" {} (label) " " b { (share) " %" } }
                }
            }
        }
    }
}

/// Shares in whole percents; those of a whole add up to 100, so the ones cut off most are raised.
pub(super) fn percents(shares: impl Iterator<Item = f64>) -> Vec<i64> {
    let exact: Vec<f64> = shares.map(|share| share * 100.0).collect();
    let whole = exact.iter().sum::<f64>();
    if (whole - 100.0).abs() > 0.01 {
        return exact.iter().map(|share| share.round() as i64).collect();
    }
    let mut cut: Vec<i64> = exact.iter().map(|share| share.floor() as i64).collect();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()));
    let missing = usize::try_from(100 - cut.iter().sum::<i64>()).unwrap_or_default();
    for at in order.into_iter().take(missing) {
        cut[at] += 1;
    }
    cut
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
                // A name at the right edge stands before its dot.
                @if *x > 3 { text x=(cx - 9.0) y=(cy + 4.0) text-anchor="end" { (name) } }
                @else { text x=(cx + 9.0) y=(cy + 4.0) { (name) } }
            }
        }
    }
}

/// One entry of a [`matrix`]: a name that links somewhere, and where it stands from low to high.
#[derive(Clone, Debug)]
pub struct Dot {
    pub name: String,
    pub href: String,
    pub words: String,
    pub x: [f64; 3],
    pub y: [f64; 3],
}

/// Two measures against each other, each on its own scale from 0, split in the middle; `corners` are
/// the words for top left, top right, bottom left and bottom right. Ranges are drawn as lines.
pub fn matrix(across: &str, up: &str, corners: [&str; 4], dots: &[Dot]) -> Markup {
    let most = |of: fn(&Dot) -> f64| {
        let most = dots.iter().map(of).fold(0.0, f64::max);
        if most > 0.0 { most * 1.08 } else { 1.0 }
    };
    matrix_to(across, up, corners, dots, [most(|d| d.x[2]), most(|d| d.y[2])])
}

/// The same on scales that end at `most`, across and up.
pub fn matrix_to(
    across: &str,
    up: &str,
    corners: [&str; 4],
    dots: &[Dot],
    [widest, highest]: [f64; 2],
) -> Markup {
    const WIDTH: f64 = 560.0;
    const HEIGHT: f64 = 360.0;
    let x = |value: f64| value / widest * WIDTH;
    let y = |value: f64| HEIGHT - value / highest * HEIGHT;
    let at = |value: f64| format!("{value:.1}");
    let corner = |left: f64, top: f64, anchor: &str, words: &str| {
        html! { text.corner x=(left) y=(top) text-anchor=(anchor) { (words) } }
    };
    let corner_at = [
        (8.0, 18.0, "start"),
        (WIDTH - 8.0, 18.0, "end"),
        (8.0, HEIGHT - 8.0, "start"),
        (WIDTH - 8.0, HEIGHT - 8.0, "end"),
    ];
    let taken: Vec<_> = corners
        .iter()
        .zip(corner_at)
        .map(|(words, (left, top, anchor))| area(left, top, words, anchor == "end"))
        .collect();
    let points: Vec<_> = dots.iter().map(|d| (x(d.x[1]), y(d.y[1]), d.name.as_str())).collect();
    let names = spots(&points, [WIDTH, HEIGHT], &taken);
    html! {
        svg.matrix viewBox="-30 -12 640 412" role="group" aria-label={ (up) " against " (across) } {
            rect x="0" y="0" width=(WIDTH) height=(HEIGHT) fill="none" stroke="currentColor" opacity="0.3" {}
            line x1=(WIDTH / 2.0) y1="0" x2=(WIDTH / 2.0) y2=(HEIGHT) stroke="currentColor" opacity="0.2" {}
            line x1="0" y1=(HEIGHT / 2.0) x2=(WIDTH) y2=(HEIGHT / 2.0) stroke="currentColor" opacity="0.2" {}
            @for (words, (left, top, anchor)) in corners.iter().zip(corner_at) {
                (corner(left, top, anchor, words))
            }
            text x=(WIDTH / 2.0) y=(HEIGHT + 24.0) text-anchor="middle" { (across) " →" }
            text x="-12" y=(HEIGHT / 2.0) text-anchor="middle" transform={ "rotate(-90 -12 " (HEIGHT / 2.0) ")" } { (up) " →" }
            @for (dot, name) in dots.iter().zip(&names) {
                @let (cx, cy) = (x(dot.x[1]), y(dot.y[1]));
                g.dot {
                    line x1=(at(x(dot.x[0]))) x2=(at(x(dot.x[2]))) y1=(at(cy)) y2=(at(cy)) stroke="currentColor" opacity="0.35" {}
                    line x1=(at(cx)) x2=(at(cx)) y1=(at(y(dot.y[0]))) y2=(at(y(dot.y[2]))) stroke="currentColor" opacity="0.35" {}
                    a href=(dot.href) {
                        title { (dot.words) }
                        circle cx=(at(cx)) cy=(at(cy)) r="5" fill="currentColor" {}
                        text x=(at(name.x)) y=(at(name.y)) text-anchor=[name.before.then_some("end")] { (dot.name) }
                    }
                }
            }
        }
    }
}
