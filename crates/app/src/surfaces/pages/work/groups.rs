//! A list in groups that open and close, one level or two.

use std::collections::HashSet;

use maud::{Markup, html};

use super::super::filtered::Filter;
use super::super::may_write;
use super::rows::with_state;
use crate::how::filters::{self, parse};
use crate::how::work_items::{Group, GroupWorkItems};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::shell;
use crate::store::{Query, Reader};

/// The groups that the filter names.
pub(super) fn groups(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
) -> Result<Markup> {
    let query = GroupWorkItems {
        product: product.key.clone(),
        q: filter.text(),
        ..GroupWorkItems::default()
    };
    let grouped = query.run(cx)?;
    let mut drawn =
        Drawn { filter, path, parsed: filter.parsed(), write: may_write(cx), seen: HashSet::new() };
    Ok(html! {
        @if grouped.groups.is_empty() {
            (shell::empty_state("Nothing matches", "Take a part of the filter away to see more.", html! {}))
        }
        @for group in &grouped.groups { (drawn.group(group, &[])) }
        @if grouped.more {
            p.soft { "Groups are made of the first " (grouped.looked_at) " items. Narrow the filter to see the rest." }
        }
    })
}

struct Drawn<'f> {
    filter: &'f Filter,
    path: &'f str,
    parsed: filters::Filter,
    write: bool,
    /// Items that stand on the page already: under a further label they cannot be selected again.
    seen: HashSet<String>,
}

impl Drawn<'_> {
    fn group(&mut self, group: &Group, outer: &[&str]) -> Markup {
        let name = group.name.clone().unwrap_or_else(|| format!("Without {}", group.by));
        let shown = group.items.len();
        let terms: Vec<&str> = outer.iter().copied().chain([group.term.as_str()]).collect();
        let id = format!("group-{}", terms.join(" "));
        html! {
            details.group-rows open data-keep=(id) {
                summary {
                    @if outer.is_empty() { h2 { (name) " " span.count { (group.count) } } }
                    @else { h3 { (name) " " span.count { (group.count) } } }
                }
                @if !group.items.is_empty() {
                    (shell::list(&name, html! {
                        @for item in &group.items {
                            @let row = with_state(item, self.write);
                            @if self.seen.insert(item.key.clone()) { (row) } @else { (row.value("")) }
                        }
                    }))
                    @if group.count > shown {
                        p.soft { a href=(self.all(&terms)) { "Show all " (group.count) } }
                    }
                }
                @for inner in &group.groups { (self.group(inner, &[&group.term])) }
            }
        }
    }

    /// The list of a group alone, no longer grouped.
    fn all(&self, terms: &[&str]) -> String {
        let mut q = self.parsed.bare();
        for term in terms {
            q.terms.extend(parse(term).map_or(Vec::new(), |f| f.terms));
        }
        q.sort = self.parsed.sort.clone();
        self.filter.href_of(self.path, &q.to_string(), None)
    }
}
