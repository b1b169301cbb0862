//! What an item blocks, waits for, duplicates and relates to, said from its own side.

use maud::{Markup, html};

use super::super::once;
use crate::how::work_items::ItemView;
use crate::kernel::Result;
use crate::shell::{self, Choice, Tone};
use crate::store::Reader;
use crate::thread::dependencies::blocking;
use crate::thread::links::Ties;
use crate::thread::nodes::Node;

/// How a tie reads from the side it points from, and from the other one.
const WORDS: [(&str, &str, &str); 3] = [
    ("blocks", "Blocks", "Is blocked by"),
    ("duplicates", "Duplicates", "Is duplicated by"),
    ("relates", "Relates to", "Relates to"),
];

/// A tie as it is read here.
struct Line<'n> {
    words: &'static str,
    kind: &'static str,
    /// Whether this item is what the tie points from.
    from_here: bool,
    node: &'n Node,
}

fn lines((out, back): &Ties) -> Vec<Line<'_>> {
    let mut all = Vec::new();
    for (kind, away, towards) in WORDS {
        for (ties, from_here, words) in [(out, true, away), (back, false, towards)] {
            let these = ties.iter().filter(|(k, _)| k == kind);
            all.extend(these.map(|(_, node)| Line { words, kind, from_here, node }));
        }
    }
    all
}

pub(super) fn on_item(
    cx: &mut Reader<'_>,
    item: &ItemView,
    tied: &Ties,
    write: bool,
    past: bool,
) -> Result<Markup> {
    let all = lines(tied);
    // What it waited for then stands below with the state that it had.
    let waits = match past {
        true => Vec::new(),
        false => blocking(cx.conn, cx.actor, [item.id])?.remove(&item.id).unwrap_or_default(),
    };
    let over = matches!(item.category.as_str(), "accepted" | "dropped");
    let here = format!("/{}", item.key);
    if all.is_empty() && !write {
        return Ok(html! {});
    }
    Ok(shell::section(
        "Dependencies",
        html! {
            @if !waits.is_empty() && !over {
                (shell::notice(Tone::Warn, html! {
                    "It waits for "
                    @for (at, one) in waits.iter().take(5).enumerate() {
                        @if at > 0 { ", " }
                        @if let Some(key) = &one.key { a href={ "/" (key) } { (key) } " " }
                        (one.title)
                    }
                    "."
                }))
            }
            @if all.is_empty() { p.soft { "None." } }
            @else {
                ul.plain.ties { @for line in &all { li {
                    span.soft { (line.words) } " "
                    a href={ "/" (line.node.key) } data-turbo-frame="peek" { (line.node.key) " " (line.node.title) } " "
                    (shell::pill(&line.node.state.replace('-', " ")))
                    @if write { " " (remove(&item.key, line, &here)) }
                } } }
            }
            @if write {
                (shell::menu("Add a dependency", None, shell::form("/do/add-link", html! {
                    (once())
                    (shell::hidden("from", &item.key))
                    (shell::hidden("_back", &here))
                    (shell::select("This item", "kind", vec![
                        Choice::new("blocked-by", "is blocked by"), Choice::new("blocks", "blocks"),
                        Choice::new("relates", "relates to"), Choice::new("duplicates", "duplicates"),
                        Choice::new("duplicated-by", "is duplicated by"),
                    ]).id("tie-kind"))
                    (shell::field("The other one", "to").id("tie-to").autofocus().picks("epic story task bug").placeholder("some words of it, or its key").required())
                    (shell::submit("Add"))
                })))
            }
        },
    ))
}

fn remove(key: &str, line: &Line<'_>, here: &str) -> Markup {
    let (from, to) =
        if line.from_here { (key, line.node.key.as_str()) } else { (line.node.key.as_str(), key) };
    let to = format!("/do/remove-link?from={from}&to={to}&kind={}&_back={here}", line.kind);
    shell::post_button(&to, "Remove", None)
}
