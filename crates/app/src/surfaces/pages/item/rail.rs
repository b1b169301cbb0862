//! The path to why beside an item.

use std::collections::HashMap;

use maud::{Markup, html};

use super::{facet, kind_words};
use crate::kernel::{Day, Id, Result};
use crate::shell::{self, Facet, PathNode, markdown};
use crate::store::Reader;
use crate::thread::links::ties;
use crate::thread::nodes::Node;
use crate::thread::path::{Path as WhyPath, Standing, Step};

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

/// The voices that are shown under each need; how many more there are is said.
const VOICES: usize = 2;

/// Goals on top, then each need with some of the voices under it, then the problems and the work.
fn ordered(path: &WhyPath) -> Vec<&Step> {
    let kind = |wanted: &'static str| path.up.iter().filter(move |s| s.node.kind == wanted);
    let mut all: Vec<&Step> = kind("objective").chain(kind("key-result")).collect();
    for need in kind("need") {
        all.push(need);
        all.extend(kind("evidence").filter(|e| e.through == need.node.id).take(VOICES));
    }
    let own = kind("evidence").filter(|e| e.through == path.item.id);
    all.extend(own.take(VOICES * 3));
    all.extend(kind("opportunity"));
    let why = ["objective", "key-result", "need", "evidence", "opportunity"];
    all.extend(path.up.iter().rev().filter(|s| !why.contains(&s.node.kind.as_str())));
    all
}

/// How many voices under each need are not shown, by the last one that is.
fn unshown(path: &WhyPath, steps: &[&Step]) -> HashMap<Id, usize> {
    let under =
        |through: Id| path.up.iter().filter(move |s| is_evidence(s) && s.through == through);
    let shown = |through: Id| {
        steps.iter().filter(move |s| is_evidence(s) && s.through == through).map(|s| s.node.id)
    };
    let needs = path.up.iter().filter(|s| s.node.kind == "need").map(|s| s.node.id);
    needs
        .chain([path.item.id])
        .filter_map(|need| {
            let more = under(need).count().saturating_sub(shown(need).count());
            (more > 0).then_some(())?;
            Some((shown(need).next_back()?, more))
        })
        .collect()
}

fn is_evidence(step: &Step) -> bool {
    step.node.kind == "evidence"
}

/// Where the way up leads next: from a need to somebody's words, from all else to what it serves,
/// since a figure beside it leads no further.
fn upward(path: &WhyPath, steps: &[&Step]) -> Option<usize> {
    if path.item.kind == "need" {
        return steps.iter().rposition(|s| is_evidence(s) && s.node.words.is_some());
    }
    steps.iter().rposition(|s| !is_evidence(s))
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
pub(super) fn away(cx: &mut Reader<'_>, item: &Node) -> Result<Markup> {
    let (out, back) = ties(cx.conn, cx.actor, item.id, None)?;
    let out = out.iter().map(|(kind, other)| (kind, other, &item.key, &other.key));
    let back = back.iter().map(|(kind, other)| (kind, other, &other.key, &item.key));
    let drawn = out.chain(back).filter(|(kind, ..)| matches!(kind.as_str(), "serves" | "rests-on"));
    let drawn: Vec<_> = drawn.collect();
    if drawn.is_empty() {
        return Ok(html! {});
    }
    let here = &item.key;
    Ok(shell::menu(
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
    ))
}

/// The path as the rail shows it: farthest why on top, the item, then what serves it; on a past day its
/// steps lead to that day.
pub(super) fn rail(path: &WhyPath, write: bool, at: Option<Day>) -> Markup {
    const SHOWN: usize = 12;
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
    let mut nodes: Vec<PathNode> = Vec::new();
    let steps = ordered(path);
    let (up, more) = (upward(path, &steps), unshown(path, &steps));
    for (at, s) in steps.iter().enumerate() {
        let state = s.node.state.replace('-', " ");
        let node = step(&s.node, format!("{}, {state}", kind_words(&s.node)));
        let note = match more.get(&s.node.id) {
            None => node.note.clone(),
            Some(1) => Some(format!("{}; one more says so", node.note.clone().unwrap_or_default())),
            Some(n) => Some(format!("{}; {n} more say so", node.note.clone().unwrap_or_default())),
        };
        nodes.push(PathNode { up: up == Some(at), note, ..node });
    }
    if let Some(gap) = &path.gap {
        nodes.push(PathNode {
            facet: Facet::Why,
            label: "Missing".into(),
            title: gap.clone(),
            gap: true,
            ..PathNode::default()
        });
    }
    let mut here = step(&path.item, kind_words(&path.item));
    here.title.clone_from(&path.item.key);
    here.quote = None;
    here.here = true;
    nodes.push(here);
    let below = path.down.iter().map(|s| {
        step(&s.node, format!("{}, {}", kind_words(&s.node), s.node.state.replace('-', " ")))
    });
    nodes.extend(below.clone().take(SHOWN));
    let more: Vec<PathNode> = below.skip(SHOWN).collect();
    html! {
        (shell::path_rail("Path to why", &nodes))
        @if !more.is_empty() {
            (shell::path_more(&format!("and {} more that serve it", more.len()), &more))
        }
        @if write && !["objective", "release"].contains(&path.item.kind.as_str()) {
            @let (label, kinds) = linked(&path.item.kind);
            (shell::menu("Link", None, shell::form("/do/add-link", html! {
                (shell::hidden("from", &path.item.key))
                (shell::hidden("_back", &format!("/{}", path.item.key)))
                (shell::field(label, "to").placeholder("some words of it, or its key").autofocus().required().picks(kinds))
                (shell::submit("Link"))
            })))
        }
    }
}
