//! Charts over days: lines, stacked areas, bars and dots, as plain SVG. Lines differ in their dashes
//! and carry their names, so that they can be told apart without colour.

use std::fmt::Write;

use maud::{Markup, html};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 240.0;

/// A line of a chart; a place without a value is left out.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    pub values: Vec<Option<f64>>,
}

impl Line {
    /// A line with a value at every place.
    pub fn new(name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        Self { name: name.to_owned(), values: values.into_iter().map(Some).collect() }
    }
}

/// A round number at or above `most`, to end the axis with.
fn top(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let step = 10_f64.powf(most.log10().floor());
    let fits = [1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|m| m * step)
        .find(|t| *t >= most);
    fits.unwrap_or(most)
}

fn y(value: f64, top: f64) -> f64 {
    HEIGHT - value / top * HEIGHT
}

fn x(at: usize, count: usize) -> f64 {
    at as f64 * WIDTH / (count.max(2) - 1) as f64
}

/// A short way to write a figure.
fn figure(value: f64) -> String {
    if value.fract().abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// The drawing with its axis; where it is narrow, it is scrolled rather than made too small to read.
fn canvas(words: &str, top: f64, body: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(words) {
            svg.chart viewBox="-44 -14 776 292" role="img" aria-label=(words) {
                @for part in 0..=4 {
                    @let value = top * f64::from(part) / 4.0;
                    line.grid x1="0" x2=(WIDTH) y1=(y(value, top)) y2=(y(value, top)) {}
                    text.axis x="-8" y=(y(value, top) + 4.0) text-anchor="end" { (figure(value)) }
                }
                (body)
            }
        }
    }
}

/// A place for a name at the right: those that would lie upon each other move up.
fn apart(taken: &mut Vec<f64>, mut at: f64) -> f64 {
    while taken.iter().any(|other| (other - at).abs() < 14.0) {
        at -= 14.0;
    }
    taken.push(at);
    at
}

fn frame(words: &str, top: f64, labels: &[String], body: Markup) -> Markup {
    let count = labels.len();
    html! {
        (canvas(words, top, html! {
            @for (at, label) in labels.iter().enumerate() {
                @if at == 0 || at + 1 == count || (count > 4 && at % (count / 4).max(1) == 0 && at + count / 5 < count) {
                    text.axis x=(x(at, count)) y=(HEIGHT + 20.0) text-anchor=(if at == 0 { "start" } else { "middle" }) { (label) }
                }
            }
            (body)
        }))
    }
}

fn points(values: &[Option<f64>], count: usize, top: f64) -> String {
    let mut points = String::new();
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let _ = write!(points, "{:.1},{:.1} ", x(at, count), y(*value, top));
        }
    }
    points.trim_end().to_owned()
}

/// Lines over the same places, each named at its end.
pub fn lines(words: &str, labels: &[String], lines: &[Line]) -> Markup {
    let all = lines.iter().flat_map(|l| l.values.iter().flatten());
    let top = top(all.copied().fold(0.0, f64::max));
    let mut ends: Vec<f64> = Vec::new();
    let last = |line: &Line| line.values.iter().rposition(Option::is_some).unwrap_or_default();
    let end = |line: &Line| {
        y(line.values.get(last(line)).copied().flatten().unwrap_or_default(), top) + 4.0
    };
    // From the lowest up, so that names stand in the order of their lines.
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| end(&lines[*b]).total_cmp(&end(&lines[*a])));
    let mut names = vec![0.0; lines.len()];
    for at in order {
        names[at] = apart(&mut ends, end(&lines[at]));
    }
    let placed: Vec<(&Line, f64, f64)> = lines
        .iter()
        .zip(names)
        .map(|(line, at)| (line, x(last(line), labels.len()) + 6.0, at))
        .collect();
    frame(
        words,
        top,
        labels,
        html! {
            @for (n, (line, at, end)) in placed.iter().enumerate() {
                polyline class={ "line l" (n) } points=(points(&line.values, labels.len(), top)) {}
                text class={ "name l" (n) } x=(at) y=(end) { (line.name) }
            }
        },
    )
}

/// Areas that are laid upon each other, the first at the bottom: a cumulative flow diagram.
pub fn areas(words: &str, labels: &[String], layers: &[Line]) -> Markup {
    let count = labels.len();
    let value = |layer: &Line, at: usize| layer.values.get(at).copied().flatten().unwrap_or(0.0);
    let sums: Vec<Vec<f64>> = (0..=layers.len())
        .map(|upto| {
            (0..count).map(|at| layers[..upto].iter().map(|l| value(l, at)).sum()).collect()
        })
        .collect();
    let top = top(sums.last().into_iter().flatten().copied().fold(0.0, f64::max));
    let shape = |n: usize| {
        let mut all = String::new();
        for (at, high) in sums[n + 1].iter().enumerate() {
            let _ = write!(all, "{:.1},{:.1} ", x(at, count), y(*high, top));
        }
        for (at, low) in sums[n].iter().enumerate().rev() {
            let _ = write!(all, "{:.1},{:.1} ", x(at, count), y(*low, top));
        }
        all.trim_end().to_owned()
    };
    let middle = |n: usize| {
        let (low, high) = (sums[n].last().copied(), sums[n + 1].last().copied());
        let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
        (high > low).then(|| y(f64::midpoint(low, high), top) + 4.0)
    };
    let mut taken = Vec::new();
    let names: Vec<Option<f64>> =
        (0..layers.len()).map(|n| middle(n).map(|at| apart(&mut taken, at))).collect();
    frame(
        words,
        top,
        labels,
        html! {
            @for (n, layer) in layers.iter().enumerate() {
                polygon class={ "area a" (n % 6) } points=(shape(n)) {}
                @if let Some(Some(at)) = names.get(n) { text.name x=(WIDTH + 6.0) y=(at) { (layer.name) } }
            }
        },
    )
}

/// Pairs of bars: what was meant, and what came of it; with a line across at `mean`.
pub fn bars(words: &str, pairs: &[(String, f64, f64)], mean: Option<f64>) -> Markup {
    let top = top(pairs.iter().map(|(_, a, b)| a.max(*b)).fold(0.0, f64::max));
    let slot = WIDTH / pairs.len().max(1) as f64;
    let wide = (slot * 0.34).min(40.0);
    html! {
        (canvas(words, top, html! {
            @for (at, (name, meant, came)) in pairs.iter().enumerate() {
                @let left = at as f64 * slot + slot / 2.0 - wide;
                rect.bar.meant x=(left) width=(wide) y=(y(*meant, top)) height=(HEIGHT - y(*meant, top)) {}
                rect.bar.came x=(left + wide) width=(wide) y=(y(*came, top)) height=(HEIGHT - y(*came, top)) {}
                // Names that would touch each other leave some out.
                @if at % pairs.len().div_ceil(14).max(1) == 0 {
                    text.axis x=(left + wide) y=(HEIGHT + 20.0) text-anchor="middle" { (name) }
                }
            }
            @if let Some(mean) = mean {
                line.mark x1="0" x2=(WIDTH) y1=(y(mean, top)) y2=(y(mean, top)) {}
                text.name x=(WIDTH + 6.0) y=(y(mean, top) + 4.0) { "mean " (figure(mean)) }
            }
        }))
    }
}

/// A dot of a scatterplot: where on the axis (0 to 1), how high, where it leads, its words.
#[derive(Clone, Debug)]
pub struct Spot {
    pub at: f64,
    pub value: f64,
    pub href: String,
    pub words: String,
}

/// Dots with lines across at named heights, as percentiles.
pub fn scatter(words: &str, ends: (&str, &str), spots: &[Spot], marks: &[(String, f64)]) -> Markup {
    let most = spots.iter().map(|s| s.value).chain(marks.iter().map(|m| m.1));
    let top = top(most.fold(0.0, f64::max));
    let labels = [ends.0.to_owned(), ends.1.to_owned()];
    let mut taken = Vec::new();
    let marks: Vec<(&String, f64, f64)> = marks
        .iter()
        .map(|(name, value)| (name, y(*value, top), apart(&mut taken, y(*value, top) + 4.0)))
        .collect();
    frame(
        words,
        top,
        &labels,
        html! {
            @for (name, high, place) in &marks {
                line.mark x1="0" x2=(WIDTH) y1=(high) y2=(high) {}
                text.name x=(WIDTH + 6.0) y=(place) { (name) }
            }
            @for spot in spots {
                a href=(spot.href) {
                    title { (spot.words) }
                    circle.spot cx=(format!("{:.1}", spot.at * WIDTH)) cy=(format!("{:.1}", y(spot.value, top))) r="3.5" {}
                }
            }
        },
    )
}
