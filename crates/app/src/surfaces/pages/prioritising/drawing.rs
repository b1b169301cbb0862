//! The tree as a drawing: from the left to the right, each node in the middle of those under it.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::thread::tree::TreeNode;

const WIDTH: f64 = 210.0;
const HEIGHT: f64 = 50.0;
const ACROSS: f64 = 244.0;
const DOWN: f64 = 62.0;
const MARGIN: f64 = 12.0;
/// A drawing of up to this many columns shrinks to its window; a wider one is scrolled.
const COLUMNS: f64 = 5.0;
/// Letters in a line of a box.
const LINE: usize = 30;

/// What a drawing is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// In the page, in its colours, with links that fold; whether problems can be dragged there.
    Page { drags: bool },
    /// A file of its own, on white.
    File,
}

/// Where a node stands.
pub(super) struct Place<'t> {
    pub(super) node: &'t TreeNode,
    pub(super) x: f64,
    pub(super) y: f64,
    /// How many are hidden under it.
    pub(super) hidden: usize,
}

/// The nodes that are shown, each with its place; what lies under a folded one is hidden.
pub(super) fn places<'t>(tree: &'t [TreeNode], folded: &[String]) -> Vec<Place<'t>> {
    let mut all: Vec<Place<'t>> = Vec::new();
    let mut hiding: Option<(usize, usize)> = None;
    for node in tree {
        if let Some((at, depth)) = hiding
            && node.depth > depth
        {
            all[at].hidden += 1;
            continue;
        }
        hiding = folded.contains(&node.key).then_some((all.len(), node.depth));
        all.push(Place { node, x: MARGIN + node.depth as f64 * ACROSS, y: 0.0, hidden: 0 });
    }
    lay_out(&mut all);
    all
}

/// Leaves follow each other from the top; every other node stands in the middle of those under it.
fn lay_out(all: &mut [Place<'_>]) {
    let mut row = 0;
    let mut below: HashMap<String, (f64, f64)> = HashMap::new();
    for at in 0..all.len() {
        let leaf = all.get(at + 1).is_none_or(|next| next.node.depth <= all[at].node.depth);
        if leaf {
            all[at].y = MARGIN + f64::from(row) * DOWN;
            row += 1;
        }
    }
    for place in all.iter_mut().rev() {
        if let Some((top, bottom)) = below.get(&place.node.key) {
            place.y = f64::midpoint(*top, *bottom);
        }
        if let Some(under) = &place.node.under {
            let span = below.entry(under.clone()).or_insert((place.y, place.y));
            *span = (span.0.min(place.y), span.1.max(place.y));
        }
    }
}

/// The drawing; `fold` gives the address that folds or unfolds a node, empty where nothing is under it.
pub(super) fn draw(
    title: &str,
    all: &[Place<'_>],
    medium: Medium,
    fold: impl Fn(&str) -> String,
) -> Markup {
    let width = all.iter().map(|p| p.x + WIDTH).fold(WIDTH, f64::max) + MARGIN * 2.0;
    let height = all.iter().map(|p| p.y + HEIGHT).fold(HEIGHT, f64::max) + MARGIN;
    let file = medium == Medium::File;
    let by_key: HashMap<&str, &Place<'_>> = all.iter().map(|p| (p.node.key.as_str(), p)).collect();
    let view = format!("0 0 {width} {height}");
    html! {
        svg.tree.fits[width < COLUMNS * ACROSS + MARGIN * 2.0] xmlns=[file.then_some("http://www.w3.org/2000/svg")] viewBox=(view) width=(width) height=(height)
            role=(if file { "img" } else { "group" }) aria-label=(title) font-family=[file.then_some("sans-serif")] font-size="12"
            color=[file.then_some("#26262e")] {
            title { (title) }
            @if file { rect width=(width) height=(height) fill="#ffffff" {} }
            @for place in all {
                @if let Some(above) = place.node.under.as_deref().and_then(|key| by_key.get(key)) { (line(above, place)) }
            }
            @for place in all { (node(place, medium, &fold)) }
        }
    }
}

fn line(above: &Place<'_>, place: &Place<'_>) -> Markup {
    let (x1, y1) = (above.x + WIDTH, above.y + HEIGHT / 2.0);
    let (x2, y2) = (place.x, place.y + HEIGHT / 2.0);
    let middle = f64::midpoint(x1, x2);
    let d = format!("M{x1:.1} {y1:.1} C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}");
    html! { path d=(d) fill="none" stroke="currentColor" stroke-width="1.2" opacity="0.35" {} }
}

/// The hue of a kind: the page's own, or in a file one that prints.
pub(super) fn hue(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "objective" | "key-result" => ("why", "#6a3fb5"),
        "opportunity" => ("what", "#8a5a00"),
        _ => ("how", "#006d6a"),
    }
}

fn node(place: &Place<'_>, medium: Medium, fold: &impl Fn(&str) -> String) -> Markup {
    let (facet, ink) = hue(&place.node.kind);
    let file = medium == Medium::File;
    let (x, y) = (place.x, place.y);
    let lines = lines(&place.node.title);
    let label = format!("{} · {}", place.node.key, place.node.state.replace('-', " "));
    let drags = medium == Medium::Page { drags: true };
    let problem = place.node.kind == "opportunity";
    let key = &place.node.key;
    html! {
        g.node.(facet) color=[file.then_some(ink)] data-item=[(drags && problem).then_some(key)]
            data-takes=[(drags && (problem || place.node.kind == "key-result")).then_some(key)] {
            rect x=(x) y=(y) width=(WIDTH) height=(HEIGHT) rx="7" fill=[file.then_some("#ffffff")] stroke="currentColor" stroke-width="1.2" {}
            @let words = html! {
                title { (place.node.title) }
                text.key x=(x + 10.0) y=(y + 15.0) font-size="9.5" fill="currentColor" { (label) }
                @for (at, line) in lines.iter().enumerate() {
                    text.name x=(x + 10.0) y=(y + 29.0 + at as f64 * 13.0) fill=[file.then_some("#26262e")] { (line) }
                }
            };
            @if file { (words) } @else { a href={ "/" (place.node.key) } data-turbo-frame="peek" { (words) } }
            @let to = fold(&place.node.key);
            @if place.hidden > 0 || !to.is_empty() { (folding(place, medium, &to)) }
        }
    }
}

fn folding(place: &Place<'_>, medium: Medium, to: &str) -> Markup {
    let (x, y) = (place.x + WIDTH, place.y + HEIGHT / 2.0);
    let shown = if place.hidden > 0 { format!("+{}", place.hidden) } else { "−".to_owned() };
    let words = if place.hidden > 0 { "Unfold" } else { "Fold" };
    let mark = html! {
        circle cx=(x) cy=(y) r="10" fill=[(medium == Medium::File).then_some("#ffffff")] stroke="currentColor" {}
        text x=(x) y=(y + 4.0) text-anchor="middle" font-size="10" fill="currentColor" { (shown) }
    };
    html! {
        @if medium == Medium::File { (mark) }
        @else { a.fold href=(to) aria-label={ (words) " " (place.node.key) } { (mark) } }
    }
}

/// A title in at most two lines.
fn lines(title: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in title.split_whitespace() {
        let at = lines.len() - 1;
        let room = lines[at].chars().count() + 1 + word.chars().count() <= LINE;
        if lines[at].is_empty() || room {
            let space = if lines[at].is_empty() { "" } else { " " };
            lines[at] = format!("{}{space}{word}", lines[at]);
        } else if lines.len() < 2 {
            lines.push(word.to_owned());
        } else {
            lines[at].push('…');
            break;
        }
    }
    lines
        .into_iter()
        .map(|line| {
            if line.chars().count() > LINE + 1 {
                line.chars().take(LINE).chain(['…']).collect()
            } else {
                line
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(key: &str, depth: usize, under: Option<&str>) -> TreeNode {
        TreeNode {
            key: key.into(),
            kind: "opportunity".into(),
            title: format!("Title of {key}"),
            state: "open".into(),
            under: under.map(str::to_owned),
            depth,
            also: Vec::new(),
        }
    }

    #[test]
    fn nobody_overlaps_and_parents_stand_in_the_middle() {
        let tree = [
            node("A", 0, None),
            node("B", 1, Some("A")),
            node("C", 2, Some("B")),
            node("D", 2, Some("B")),
            node("E", 1, Some("A")),
            node("F", 0, None),
        ];
        let all = places(&tree, &[]);
        let at = |key: &str| all.iter().find(|p| p.node.key == key).unwrap().y;
        assert_eq!(at("B"), f64::midpoint(at("C"), at("D")));
        assert_eq!(at("A"), f64::midpoint(at("B"), at("E")));
        for (one, other) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
            let apart = (one.y - other.y).abs() >= HEIGHT || one.x != other.x;
            assert!(
                apart || one.node.key == other.node.key,
                "{} on {}",
                one.node.key,
                other.node.key
            );
        }
    }

    #[test]
    fn folding_hides_and_counts() {
        let tree = [
            node("A", 0, None),
            node("B", 1, Some("A")),
            node("C", 2, Some("B")),
            node("D", 0, None),
        ];
        let all = places(&tree, &["A".to_owned()]);
        let told: Vec<(&str, usize)> =
            all.iter().map(|p| (p.node.key.as_str(), p.hidden)).collect();
        assert_eq!(told, [("A", 2), ("D", 0)]);
    }

    #[test]
    fn long_titles_take_two_lines() {
        let told = lines("Refunds of split tickets need a phone call and a form that nobody finds");
        assert_eq!(told, ["Refunds of split tickets need", "a phone call and a form that…"]);
        assert_eq!(lines(&"x".repeat(50))[0].chars().count(), LINE + 1);
    }
}
