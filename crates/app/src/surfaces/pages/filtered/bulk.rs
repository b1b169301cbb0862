//! The bar for what is selected: everything that can be done to many items at once.

use maud::{Markup, html};

use super::super::custom::{self, Sent};
use super::{Filter, choices, ours};
use crate::how::sprints;
use crate::how::work_items::{COUNTED, LEVELS, PRIORITIES, SERVICES, SEVERITIES, asked, count};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::{members, policies};
use crate::shell::{self, Choice};
use crate::store::{Fields, Reader};

/// Fields that are set on all that are selected.
const FIELDS: Sent = Sent { object: "set_fields", ids: "bulk" };

/// The most items that are changed at once.
const MOST: i64 = 500;

/// What can be emptied, with what it is called.
const CLEARED: [(&str, &str); 11] = [
    ("assignee", "Assignee"),
    ("priority", "Priority"),
    ("points", "Estimate"),
    ("due", "Due"),
    ("sprint", "Sprint"),
    ("parent", "Part of"),
    ("team", "Team"),
    ("part", "Part"),
    ("service", "Class"),
    ("severity", "Severity"),
    ("no_why_until", "No why yet, until"),
];

/// The bar of a page at `path`. `also` are terms that the page adds to the filter, as `is:open`.
pub(in crate::surfaces::pages) fn bulk(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    path: &str,
    also: &str,
) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let [teams, parts] = ours(cx, product, "", |id, _| id.to_string())?;
    let states = policies::state_names(cx.conn, ws, product.id)?;
    let states: Vec<&str> = states.iter().map(String::as_str).collect();
    let newest = sprints::newest(cx.conn, ws, product.id)?;
    let open: Vec<&str> = newest.iter().filter(|s| !s.is_over()).map(|s| s.name.as_str()).collect();
    let named = |words: &[&str]| -> Vec<Choice> {
        let all = words.iter().map(|w| Choice::new(w, *w));
        std::iter::once(Choice::new("", "")).chain(all).collect()
    };
    let q = [filter.text().as_str(), also].join(" ").trim().to_owned();
    let matching = {
        let asked = asked(cx.conn, cx.actor, cx.now.day(), product, Some(&q))?;
        count(cx.conn, ws, product.id, &asked.conditions)?
    };
    let custom = custom::with_values(cx, product, "", &Fields::default(), &[], FIELDS)?;
    let more = html! {
        div.fields {
            (shell::select("Level", "level", choices(&LEVELS, Some(""))).id("bulk-level"))
            (shell::select("Priority", "priority", choices(&PRIORITIES, Some(""))).id("bulk-priority"))
            (shell::field("Estimate", "points").kind("number").id("bulk-points"))
            (shell::field("Due", "due").kind("date").id("bulk-due"))
            @if !open.is_empty() { (shell::select("Sprint", "sprint", named(&open)).id("bulk-sprint")) }
            (shell::field("Part of", "parent").picks("epic story").id("bulk-parent"))
            (shell::select("Class", "service", choices(&SERVICES, Some(""))).id("bulk-service"))
            (shell::select("Severity", "severity", choices(&SEVERITIES, Some(""))).id("bulk-severity"))
            @if parts.len() > 1 { (shell::select("Part", "part", parts).id("bulk-part")) }
            @if teams.len() > 1 { (shell::select("Team", "team", teams).id("bulk-team")) }
            (shell::field("Take a label away", "remove_label").id("bulk-remove-label"))
            (shell::field("No why yet, until", "no_why_until").kind("date").id("bulk-no-why"))
        }
        (custom)
        fieldset.chips {
            legend { "Empty instead" }
            @for (name, label) in CLEARED {
                label.chip { input type="checkbox" name="clear" value=(name); " " (label) }
            }
        }
        p { button.btn.danger name="bin" value="true" { "Move the selected to the bin" } }
    };
    Ok(shell::bulk_bar(
        "/do/bulk-edit",
        html! {
            (shell::hidden("_back", &filter.href(path, None)))
            (shell::hidden("product", &product.key))
            (shell::hidden("q", &q))
            @if (2..=MOST).contains(&matching) {
                label.chip { input type="checkbox" name="matching" value="true" data-bulk-target="all"; " All " (matching) " that match" }
            } @else if matching > MOST {
                span.soft title="Narrow the filter to change all at once" {
                    @if matching >= COUNTED { "999+" } @else { (matching) } " match"
                }
            }
            (shell::select("State", "state", named(&states)).id("bulk-state"))
            (shell::field("Assign", "assignee").placeholder("name or me").offer(members::offered(cx.conn, ws)?).autocomplete("off").id("bulk-assignee"))
            (shell::field("Add label", "add_label").id("bulk-add-label"))
            (shell::menu("More", None, more))
            button.btn.go { "Change the selected" }
        },
    ))
}
