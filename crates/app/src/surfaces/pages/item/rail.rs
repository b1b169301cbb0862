//! The path to why beside an item.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};

use super::{facet, kind_words};
use crate::kernel::{Day, Id};
use crate::shell::{self, Facet, PathNode, markdown};
use crate::thread::links::Ties;
use crate::thread::nodes::Node;
use crate::thread::path::{Path as WhyPath, Standing, Step, is_goal};

pub(super) fn standing_words(path: &WhyPath) -> String {
    match path.standing {
        Standing::Whole => "The path to why is whole".into(),
        Standing::BusinessOnly => "Only business needs above".into(),
        Standing::UserOnly => "Only users' needs above".into(),
        Standing::Unsupported => "No evidence yet".into(),
        Standing::NoWhy => "Missing why".into(),
        Standing::Promised => "No why yet, promised by a day".into(),
    }
}

/// The voices that are shown under each step, of the item itself three times as many; how many more
/// there are is said.
const VOICES: usize = 2;

fn is_evidence(step: &Step) -> bool {
    step.node.kind == "evidence"
}

/// Goals and needs, which end a path.
fn is_why(step: &Step) -> bool {
    is_goal(&step.node) || step.node.kind == "need"
}

/// Steps of one sort in layers, the farthest first.
fn by_depth(mut steps: Vec<&Step>) -> Vec<Vec<&Step>> {
    steps.reverse();
    steps.chunk_by(|one, other| one.depth == other.depth).map(<[_]>::to_vec).collect()
}

/// The steps above an item in layers, the farthest why on top: goals, needs, problems, then the work.
fn layers(path: &WhyPath) -> Vec<Vec<&Step>> {
    let kind =
        |wanted: &str| -> Vec<&Step> { path.up.iter().filter(|s| s.node.kind == wanted).collect() };
    let work =
        path.up.iter().filter(|s| !is_evidence(s) && !is_why(s) && s.node.kind != "opportunity");
    let mut all = by_depth(kind("objective"));
    all.extend([kind("key-result"), kind("need")]);
    all.extend(by_depth(kind("opportunity")));
    all.extend(by_depth(work.collect()));
    all.retain(|layer| !layer.is_empty());
    all
}

/// What a step of a layer is linked from, where that is not simply all of the layer below it; and that
/// its branch ends there, where others lead on.
fn branch(path: &WhyPath, layers: &[Vec<&Step>], at: usize, step: &Step) -> Option<String> {
    let below = layers.get(at + 1).map(|layer| layer.iter().map(|s| s.node.id).collect());
    let below: Vec<Id> = below.unwrap_or_else(|| vec![path.item.id]);
    let mut words = Vec::new();
    if !below.iter().all(|id| step.from.contains(id)) {
        let name = |id: &Id| match path.up.iter().find(|s| s.node.id == *id) {
            Some(other) => format!("“{}”", markdown::plain_excerpt(&other.node.title, 40)),
            None => format!("this {}", path.item.kind.replace('-', " ")),
        };
        let from: Vec<String> = step.from.iter().take(3).map(name).collect();
        words.push(format!("linked from {}", from.join(", ")));
    }
    if at > 0 && !is_why(step) && !leads_on(path, step) {
        words.push("nothing stands above it".into());
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// Whether something stands above a step.
fn leads_on(path: &WhyPath, step: &Step) -> bool {
    path.up.iter().any(|s| !is_evidence(s) && s.from.contains(&step.node.id))
}

/// Where `w` leads: from a need to somebody's words, from all else to what it serves, where a branch
/// leads on by that one.
fn upward(path: &WhyPath) -> Option<Id> {
    let own = path.up.iter().find(|s| is_evidence(s) && s.node.words.is_some());
    if let Some(words) = own.filter(|_| path.item.kind == "need") {
        return Some(words.node.id);
    }
    let layers = layers(path);
    let leads = |s: &&&Step| is_why(s) || leads_on(path, s);
    let near = layers.iter().rev().find(|layer| layer.iter().any(|s| leads(&s)));
    let near = near.or(layers.last())?;
    let spoken = |s: &&&Step| leads(s) && is_spoken(path, s.node.id);
    let next = near.iter().rfind(spoken).or(near.iter().rfind(leads)).or(near.last());
    next.map(|s| s.node.id)
}

/// Whether somebody's words stand somewhere above a step.
fn is_spoken(path: &WhyPath, id: Id) -> bool {
    let mut open = vec![id];
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        for step in path.up.iter().filter(|s| s.from.contains(&id)) {
            if step.node.words.is_some() {
                return true;
            }
            if seen.insert(step.node.id) {
                open.push(step.node.id);
            }
        }
    }
    false
}

/// Whether it is the need that nobody's words or figures support, where that is what is missing.
fn is_unsupported(path: &WhyPath, step: &Step) -> bool {
    let kind = step.node.need.as_deref();
    let asked = match path.standing {
        Standing::Unsupported => kind.is_some(),
        Standing::BusinessOnly => kind == Some("user"),
        Standing::UserOnly => kind == Some("business"),
        _ => false,
    };
    asked && !path.up.iter().any(|s| is_evidence(s) && s.from.contains(&step.node.id))
}

/// What serves an item as a tree: each below the first that it is reached from, with how deep it lies.
fn serving(path: &WhyPath) -> Vec<(&Step, u8)> {
    let mut below: HashMap<Id, Vec<&Step>> = HashMap::new();
    for step in path.down.iter().rev() {
        below.entry(step.from[0]).or_default().push(step);
    }
    let mut open: Vec<(&Step, u8)> =
        below.remove(&path.item.id).unwrap_or_default().into_iter().map(|s| (s, 0)).collect();
    let mut all = Vec::new();
    while let Some((step, depth)) = open.pop() {
        all.push((step, depth));
        let own = below.remove(&step.node.id).unwrap_or_default();
        open.extend(own.into_iter().map(|s| (s, depth.saturating_add(1))));
    }
    all
}

/// What an item of this kind can be linked to, in words and by kinds.
fn linked(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "evidence" => ("To a need that rests on it", "need"),
        "need" => (
            "To evidence, a key result, an objective, or what serves it",
            "evidence key-result objective opportunity epic story",
        ),
        "opportunity" => (
            "To a need, a key result, another opportunity, or work on it",
            "need key-result opportunity epic story",
        ),
        "key-result" => ("To a need or an opportunity that serves it", "need opportunity"),
        "option" => ("To the work that builds it", "epic story task"),
        _ => ("To a need, an opportunity or an option that it serves", "need opportunity option"),
    }
}

/// Where the steps that people drew from or to an item are taken away again.
pub(super) fn away(item: &Node, (out, back): &Ties) -> Markup {
    let out = out.iter().map(|(kind, other)| (kind, other, &item.key, &other.key));
    let back = back.iter().map(|(kind, other)| (kind, other, &other.key, &item.key));
    let drawn = out.chain(back).filter(|(kind, ..)| matches!(kind.as_str(), "serves" | "rests-on"));
    let drawn: Vec<_> = drawn.collect();
    if drawn.is_empty() {
        return html! {};
    }
    let here = &item.key;
    shell::menu(
        "Take a link away",
        None,
        html! {
            ul.rows {
                @for (kind, other, from, to) in drawn {
                    @let action = format!("/do/remove-link?from={from}&to={to}&kind={kind}&_back=/{here}");
                    li.row.whole {
                        span.title { (other.key) " " (other.title) }
                        (shell::post_button(&action, "Take away", None))
                    }
                }
            }
        },
    )
}

/// The path as the rail shows it: farthest why on top, the item, then what serves it; on a past day its
/// steps lead to that day.
pub(super) fn rail(path: &WhyPath, write: bool, at: Option<Day>) -> Markup {
    const SHOWN: usize = 12;
    let can_link = write && !["objective", "release"].contains(&path.item.kind.as_str());
    let then = at.map_or(String::new(), |day| format!("?at={day}"));
    let step = |node: &Node, label: String| PathNode {
        facet: facet(node),
        label,
        // Words speak for themselves; repeating their beginning as a title would only double them.
        title: if node.words.is_some() { node.key.clone() } else { node.title.clone() },
        href: Some(format!("/{}{then}", node.key)),
        quote: node.words.as_ref().map(|w| markdown::plain_excerpt(w, 160)),
        note: node.detail.clone(),
        progress: node.progress.map(|p| ((p * 100.0) as u8, format!("{:.0} %", p * 100.0))),
        ..PathNode::default()
    };
    let told = |s: &Step| {
        step(&s.node, format!("{}, {}", kind_words(&s.node), s.node.state.replace('-', " ")))
    };
    let notes = |notes: [Option<String>; 2]| {
        let all: Vec<String> =
            notes.into_iter().flatten().filter(|note| !note.is_empty()).collect();
        (!all.is_empty()).then(|| all.join("; "))
    };
    let voices = |id: Id, most: usize| -> Vec<PathNode> {
        let all: Vec<&Step> =
            path.up.iter().filter(|s| is_evidence(s) && s.from.contains(&id)).collect();
        let more = match all.len().saturating_sub(most) {
            0 => None,
            1 => Some("one more says so".to_owned()),
            n => Some(format!("{n} more say so")),
        };
        let some = all.iter().take(most).enumerate();
        some.map(|(at, s)| {
            let more = more.clone().filter(|_| at + 1 == most);
            PathNode { note: notes([s.node.detail.clone(), more]), ..told(s) }
        })
        .collect()
    };
    let fill = format!("link-{}", path.item.key);
    let up = upward(path);
    let missing = path.gap.as_ref().map(|gap| PathNode {
        facet: Facet::Why,
        href: can_link.then(|| format!("#{fill}")),
        // Where nothing is above, the way up is to fill the gap.
        up: up.is_none(),
        label: "Missing".into(),
        title: gap.clone(),
        gap: true,
        ..PathNode::default()
    });
    let layers = layers(path);
    let mut nodes: Vec<PathNode> = Vec::new();
    // A gap is where a need would stand, or the words under one.
    let mut gap = missing;
    for (at, layer) in layers.iter().enumerate() {
        for s in layer {
            if !is_why(s) {
                nodes.extend(gap.take());
            }
            let note = notes([s.node.detail.clone(), branch(path, &layers, at, s)]);
            nodes.push(PathNode { up: up == Some(s.node.id), note, ..told(s) });
            let voices =
                voices(s.node.id, VOICES).into_iter().map(|voice| PathNode { depth: 1, ..voice });
            if is_unsupported(path, s) {
                nodes.extend(gap.take());
            }
            nodes.extend(voices);
        }
    }
    nodes.extend(gap);
    nodes.extend(voices(path.item.id, VOICES * 3));
    let mut here = step(&path.item, kind_words(&path.item));
    here.title.clone_from(&path.item.key);
    here.quote = None;
    here.here = true;
    nodes.push(here);
    let mut below: Vec<PathNode> =
        serving(path).into_iter().map(|(s, depth)| PathNode { depth, ..told(s) }).collect();
    let more = below.split_off(below.len().min(SHOWN));
    nodes.extend(below);
    html! {
        (shell::path_rail("Path to why", &nodes))
        @if !more.is_empty() {
            (shell::path_more(&format!("and {} more that serve it", more.len()), &more))
        }
        @if can_link {
            @let (label, kinds) = linked(&path.item.kind);
            (shell::menu_at(Some(&fill), "Link", None, shell::form("/do/add-link", html! {
                (shell::hidden("from", &path.item.key))
                (shell::hidden("_back", &format!("/{}", path.item.key)))
                (shell::field(label, "to").placeholder("some words of it, or its key").autofocus().required().picks(kinds))
                (shell::submit("Link"))
            })))
        }
    }
}
