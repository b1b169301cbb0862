//! The rail that shows a thing's path, one node under the other, gaps drawn as gaps.

use maud::{Markup, html};

use super::list::clipped;
use super::{Facet, meter};

/// One node of a path.
#[derive(Clone, Default)]
pub struct PathNode {
    pub facet: Facet,
    /// What it is, as "Users' need, 31 people in 3 segments".
    pub label: String,
    pub title: String,
    pub href: Option<String>,
    /// A person's words, in the serif.
    pub quote: Option<String>,
    /// Small text under it.
    pub note: Option<String>,
    /// Progress in percent with its words, as (62, "8 of 13").
    pub progress: Option<(u8, String)>,
    /// Where `w` leads, if not to the nearest above.
    pub up: bool,
    /// The page's own node.
    pub here: bool,
    /// Something is missing: `title` says what, `href` leads to where it is filled.
    pub gap: bool,
    /// How far it is set in below what it serves, 0 for not.
    pub depth: u8,
}

/// The path as a list; `w` follows the node that is marked or the one above the page's own, `d` the
/// one below.
pub fn path_rail(title: &str, nodes: &[PathNode]) -> Markup {
    let here = nodes.iter().position(|node| node.here).unwrap_or(nodes.len());
    let linked = |node: &PathNode| node.href.is_some() && !node.gap;
    let marked = nodes[..here].iter().rposition(|node| node.up && node.href.is_some());
    let up = marked.or_else(|| nodes[..here].iter().rposition(linked));
    let below = nodes.get(here + 1..).unwrap_or_default();
    let down = below.iter().position(linked).map(|at| at + here + 1);
    html! {
        h2.rail-title { (title) " " (super::kbd("w")) }
        ol.thread {
            @for (at, node) in nodes.iter().enumerate() {
                @let key = if Some(at) == up { Some("w") } else { (Some(at) == down).then_some("d") };
                (node.render(key))
            }
        }
    }
}

/// Nodes of a path that are shown when they are asked for.
pub fn path_more(words: &str, nodes: &[PathNode]) -> Markup {
    html! {
        details.more {
            summary.soft { (words) }
            ol.thread { @for node in nodes { (node.render(None)) } }
        }
    }
}

impl PathNode {
    fn render(&self, key: Option<&str>) -> Markup {
        let title = clipped(&self.title);
        html! {
            @let depth = (self.depth > 0).then(|| self.depth.min(5));
            li.node.here[self.here].gap[self.gap].(self.facet.class()) data-depth=[depth] {
                small { (self.label) }
                @match &self.href {
                    Some(href) if !self.here => a href=(href) data-hotkey=[key] { (title) },
                    _ => span aria-current=[self.here.then_some("true")] { (title) },
                }
                @if let Some(quote) = &self.quote { q { (quote) } }
                @if let Some(note) = &self.note { span.soft { (note) } }
                @if let Some((percent, words)) = &self.progress { (meter(*percent, words)) }
            }
        }
    }
}
