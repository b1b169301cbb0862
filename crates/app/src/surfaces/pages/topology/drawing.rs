//! The map as a drawing: stream-aligned teams at the left, the others at the right, and between them
//! what they have with each other. Shapes and words tell types and modes; nothing rests on colour.

use maud::{Markup, html};

use crate::kernel::{Id, cut};
use crate::people::topology::{InteractionView, mode_words};
use crate::reports::topology::{MapTeam, TeamMap};

const LEFT: f64 = 10.0;
const WIDE: f64 = 200.0;
const TALL: f64 = 70.0;
const GAP: f64 = 24.0;
/// What points and cut corners take of a shape.
const CORNER: f64 = 16.0;
const CHIP: f64 = 178.0;
const CHIP_TALL: f64 = 46.0;
const BETWEEN: f64 = 54.0;
const TOP: f64 = 34.0;
/// Teams that are drawn; the tables name all.
const MOST: usize = 80;
const INK: &str = "#26262e";
const BAD: &str = "#b3261e";
const PAPER: &str = "#ffffff";

/// What a drawing is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// In the page, in its colours, with links.
    Page,
    /// A file of its own, on white.
    File,
}

/// A type or a mode as people read it.
pub(super) fn kind_words(kind: &str) -> &'static str {
    match kind {
        "enabling" => "Enabling",
        "complicated-subsystem" => "Complicated subsystem",
        "platform" => "Platform",
        _ => "Stream-aligned",
    }
}

struct Spot<'m> {
    team: &'m MapTeam,
    left: bool,
    y: f64,
}

struct Chip<'m> {
    what: &'m InteractionView,
    y: f64,
}

/// Where everything stands.
struct Layout<'m> {
    spots: Vec<Spot<'m>>,
    chips: Vec<Chip<'m>>,
    height: f64,
}

const CHIP_X: f64 = LEFT + WIDE + BETWEEN;
const RIGHT: f64 = CHIP_X + CHIP + BETWEEN;
const WIDTH: f64 = RIGHT + WIDE + LEFT;

fn rank(kind: &str) -> usize {
    ["enabling", "complicated-subsystem", "platform"].iter().position(|k| *k == kind).unwrap_or(0)
}

impl<'m> Layout<'m> {
    fn of(map: &'m TeamMap) -> Self {
        let mut teams: Vec<&MapTeam> = map.teams.iter().take(MOST).collect();
        teams.sort_by_key(|t| rank(&t.kind));
        let (mut at_left, mut at_right) = (0_u32, 0_u32);
        let mut spots = Vec::new();
        for team in teams {
            let left = team.kind == "stream-aligned";
            let place = if left { &mut at_left } else { &mut at_right };
            spots.push(Spot { team, left, y: TOP + f64::from(*place) * (TALL + GAP) });
            *place += 1;
        }
        let middle = |id: Id| spots.iter().find(|s| s.team.id == id).map(|s| s.y + TALL / 2.0);
        let mut chips: Vec<Chip<'m>> = map
            .interactions
            .iter()
            .filter_map(|what| {
                let y = f64::midpoint(middle(what.team)?, middle(what.other)?);
                Some(Chip { what, y })
            })
            .collect();
        chips.sort_by(|a, b| a.y.total_cmp(&b.y));
        // Each as near to the middle of its teams as those above it leave room.
        let mut free = TOP;
        for chip in &mut chips {
            chip.y = (chip.y - CHIP_TALL / 2.0).max(free);
            free = chip.y + CHIP_TALL + 14.0;
        }
        let lowest = spots.iter().map(|s| s.y + TALL).fold(TOP + TALL, f64::max);
        Self { spots, chips, height: lowest.max(free - 14.0) + 14.0 }
    }

    fn spot(&self, id: Id) -> Option<(usize, &Spot<'m>)> {
        self.spots.iter().enumerate().find(|(_, s)| s.team.id == id)
    }

    /// Where the lines of a team meet its shape: one point for each, from the top.
    fn port(&self, team: Id, chip: usize) -> f64 {
        let touches = |c: &Chip<'_>| c.what.team == team || c.what.other == team;
        let all = self.chips.iter().filter(|c| touches(c)).count();
        let before = self.chips[..chip].iter().filter(|c| touches(c)).count();
        let y = self.spot(team).map_or(0.0, |(_, s)| s.y);
        y + TALL * (before as f64 + 1.0) / (all as f64 + 1.0)
    }
}

/// The drawing.
pub(super) fn draw(title: &str, map: &TeamMap, medium: Medium) -> Markup {
    let layout = Layout::of(map);
    let file = medium == Medium::File;
    html! {
        svg.topology xmlns=[file.then_some("http://www.w3.org/2000/svg")] viewBox={ "0 0 " (WIDTH) " " (at(layout.height)) }
            width=(WIDTH) height=(at(layout.height)) role=(if file { "img" } else { "group" }) aria-label=(title)
            font-family=[file.then_some("Inter, sans-serif")] font-size="12" color=[file.then_some(INK)] {
            title { (title) }
            @if file { rect width=(WIDTH) height=(at(layout.height)) fill=(PAPER) {} }
            @for (x, words) in [(LEFT, "Streams"), (CHIP_X, "Between them"), (RIGHT, "Enabling, subsystems, platforms")] {
                text.soft x=(at(x)) y="20" fill=[file.then_some(INK)] { (words) }
            }
            @for at in 0..layout.chips.len() { (lines(&layout, at, file)) }
            @for chip in &layout.chips { (chip_part(chip, file)) }
            @for spot in &layout.spots { (team_part(spot, map, file)) }
        }
    }
}

fn at(number: f64) -> String {
    format!("{number:.1}")
}

/// From both teams to what they have: solid where they collaborate, with an arrow to whom a service
/// is offered, dotted to whom is helped.
fn lines(layout: &Layout<'_>, at_chip: usize, file: bool) -> Markup {
    let chip = &layout.chips[at_chip];
    let mode = chip.what.mode.as_str();
    let stroke = file.then_some(INK);
    let same = match (layout.spot(chip.what.team), layout.spot(chip.what.other)) {
        (Some((_, one)), Some((_, other))) => one.left == other.left,
        _ => return html! {},
    };
    html! {
        @for (end, team) in [chip.what.team, chip.what.other].into_iter().enumerate() {
            @if let Some((_, spot)) = layout.spot(team) {
                @let y1 = layout.port(team, at_chip);
                @let inset = inset(&spot.team.kind, y1 - spot.y);
                @let from = if spot.left { LEFT + WIDE - inset } else { RIGHT + inset };
                @let to = if spot.left { CHIP_X } else { CHIP_X + CHIP };
                // Two lines on one side of it keep apart.
                @let third = if same { CHIP_TALL * (if end == 0 { 0.3 } else { 0.7 }) } else { CHIP_TALL / 2.0 };
                @let y2 = chip.y + third;
                @let bend = f64::midpoint(from, to);
                @let width = if mode == "collaboration" { "2.6" } else { "1.5" };
                @let dash = (mode == "facilitating").then_some("1 5");
                path.tie d={ "M" (at(from)) " " (at(y1)) " C" (at(bend)) " " (at(y1)) " " (at(bend)) " " (at(y2)) " " (at(to)) " " (at(y2)) }
                    fill="none" stroke=(stroke.unwrap_or("currentColor")) stroke-width=(width) stroke-dasharray=[dash] stroke-linecap="round" {}
                @if end == 1 && mode != "collaboration" { (head(mode, from, y1, spot.left, file)) }
            }
        }
    }
}

/// The end at whoever is served or helped: an arrow, or a ring.
fn head(mode: &str, x: f64, y: f64, left: bool, file: bool) -> Markup {
    let ink = if file { INK } else { "currentColor" };
    let away = if left { 9.0 } else { -9.0 };
    html! {
        @if mode == "facilitating" {
            circle.tie.ring cx=(at(x + away * 0.6)) cy=(at(y)) r="5" fill=(if file { PAPER } else { "var(--paper)" }) stroke=(ink) stroke-width="1.5" {}
        } @else {
            path.tie d={ "M" (at(x)) " " (at(y)) " L" (at(x + away)) " " (at(y - 5.0)) " V" (at(y + 5.0)) " Z" } fill=(ink) stroke="none" {}
        }
    }
}

/// How long it is to last, and how far past it is.
pub(super) fn until(i: &InteractionView) -> String {
    match (i.state.as_str(), i.ends) {
        ("overdue", Some(day)) => format!("! overdue since {}", day.words()),
        ("to come", _) => format!("from {}", i.starts.words()),
        (_, Some(day)) => format!("until {}", day.words()),
        (_, None) if i.mode == "x-as-a-service" => "goes on".to_owned(),
        (_, None) => "! no end expected".to_owned(),
    }
}

fn chip_part(chip: &Chip<'_>, file: bool) -> Markup {
    let (x, y, w, h) = (CHIP_X, chip.y, CHIP, CHIP_TALL);
    let d = match chip.what.mode.as_str() {
        // Slanted, as two areas that overlap.
        "collaboration" => {
            format!("M{} {y} H{} L{} {} H{x} Z", x + 12.0, x + w, x + w - 12.0, y + h)
        }
        // A flag, as what is handed over.
        "x-as-a-service" => format!("M{x} {y} H{} V{} H{x} Z", x + w, y + h),
        _ => String::new(),
    };
    let late = chip.what.state == "overdue";
    let until = until(chip.what);
    let (fill, ink) = if file { (PAPER, INK) } else { ("var(--raised)", "currentColor") };
    let words = format!(
        "{}: {} and {}, {}. {}",
        mode_words(&chip.what.mode),
        chip.what.team_name,
        chip.what.other_name,
        until.trim_start_matches("! "),
        chip.what.purpose
    );
    let inner = html! {
        title { (words) }
        @if d.is_empty() {
            rect.shape x=(at(x)) y=(at(y)) width=(at(w)) height=(at(h)) rx=(at(h / 2.0)) fill=(fill) stroke=(ink) stroke-width="1.3" stroke-dasharray="1 4" stroke-linecap="round" {}
        } @else {
            path.shape d=(d) fill=(fill) stroke=(ink) stroke-width="1.3" {}
        }
        text.word x=(at(x + w / 2.0)) y=(at(y + 19.0)) text-anchor="middle" font-weight="600" fill=[file.then_some(INK)] { (mode_words(&chip.what.mode)) }
        text.soft.late[late] x=(at(x + w / 2.0)) y=(at(y + 35.0)) text-anchor="middle" font-size="11" fill=[file.then_some(if late { BAD } else { INK })] { (until) }
    };
    html! {
        @if file { g { (inner) } }
        @else { a href={ "/teams/interactions/" (chip.what.id) } { (inner) } }
    }
}

/// How far a shape's edge stands back at a height, so that lines touch it.
fn inset(kind: &str, y: f64) -> f64 {
    let from_middle = (y - TALL / 2.0).abs();
    let corner = from_middle - (TALL / 2.0 - CORNER);
    match kind {
        "enabling" => {
            let r = TALL / 2.0;
            r - (r * r - from_middle * from_middle).max(0.0).sqrt()
        }
        "complicated-subsystem" => corner.max(0.0),
        "platform" => 0.0,
        _ => CORNER * from_middle / (TALL / 2.0),
    }
}

/// The outline of each type.
fn outline(kind: &str, x: f64, y: f64) -> String {
    let (w, h, c) = (WIDE, TALL, CORNER);
    match kind {
        "enabling" => {
            let r = h / 2.0;
            format!(
                "M{} {y} H{} A{r} {r} 0 0 1 {} {} H{} A{r} {r} 0 0 1 {} {y} Z",
                x + r,
                x + w - r,
                x + w - r,
                y + h,
                x + r,
                x + r
            )
        }
        "complicated-subsystem" => format!(
            "M{} {y} H{} L{} {} V{} L{} {} H{} L{x} {} V{} Z",
            x + c,
            x + w - c,
            x + w,
            y + c,
            y + h - c,
            x + w - c,
            y + h,
            x + c,
            y + h - c,
            y + c
        ),
        "platform" => {
            format!("M{x} {y} H{} V{} H{x} Z M{x} {} H{}", x + w, y + h, y + h - 7.0, x + w)
        }
        _ => format!(
            "M{x} {y} H{} L{} {} L{} {} H{x} Z",
            x + w - c,
            x + w,
            y + h / 2.0,
            x + w - c,
            y + h
        ),
    }
}

fn team_part(spot: &Spot<'_>, map: &TeamMap, file: bool) -> Markup {
    let team = spot.team;
    let (x, y) = (if spot.left { LEFT } else { RIGHT }, spot.y);
    let told = map.warnings.iter().filter(|w| w.concerns(team.id)).count();
    let (fill, ink) = if file { (PAPER, INK) } else { ("var(--raised)", "currentColor") };
    let owned = match team.parts.len() {
        0 => "no parts".to_owned(),
        1 => "1 part".to_owned(),
        n => format!("{n} parts"),
    };
    let people =
        if team.members == 1 { "1 person".to_owned() } else { format!("{} people", team.members) };
    let middle = x + WIDE / 2.0;
    let inner = html! {
        title { (team.name) ", " (kind_words(&team.kind)) @if told > 0 { ", " (told) " to look at" } }
        path.shape d=(outline(&team.kind, x, y)) fill=(fill) stroke=(ink) stroke-width="1.6" stroke-linejoin="round" {}
        text.word x=(at(middle)) y=(at(y + 23.0)) text-anchor="middle" font-size="13.5" font-weight="600" fill=[file.then_some(INK)] { (cut(&team.name, 22)) }
        text.soft x=(at(middle)) y=(at(y + 40.0)) text-anchor="middle" font-size="11" fill=[file.then_some(INK)] { (kind_words(&team.kind)) }
        text.soft x=(at(middle)) y=(at(y + 55.0)) text-anchor="middle" font-size="11" fill=[file.then_some(INK)] {
            (owned) " · " (people)
            @if told > 0 { " · " tspan.late fill=[file.then_some(BAD)] { "! " (told) } }
        }
    };
    html! {
        @if file { g { (inner) } }
        @else { a href={ "/teams/" (team.id) } { (inner) } }
    }
}
