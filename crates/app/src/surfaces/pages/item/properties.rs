//! A work item: its properties, each changed by itself, its text, and the form for all at once.

use maud::{Markup, html};

use super::super::advice::suggested_points;
use super::super::{choices, hints};
use super::body::edit;
use super::prose;
use super::quick::{PROPERTIES, link};
use crate::how::work_items::{ItemView, LEVELS};
use crate::people::products::Product;
use crate::shell;
use crate::thread::nodes::Node;

pub(super) fn work_item(
    product: &Product,
    item: &ItemView,
    ours: &Markup,
    out: &[(String, Node)],
    back: &[(String, Node)],
    write: bool,
) -> Markup {
    let tied = out.iter().chain(back);
    let back_to = format!("/{}", item.key);
    let kept = Some(hints::Kept { key: &item.key, product: &product.key, back: &back_to });
    let ended = matches!(item.category.as_str(), "accepted" | "dropped");
    let sized = item.points.is_none() && item.level != "epic" && !ended;
    let beside: Vec<&(String, Node)> =
        tied.filter(|(k, _)| k != "serves" && k != "rests-on").collect();
    html! {
        (properties(item, write))
        @if item.body.is_empty() { p.soft { "No text yet." } } @else { div.prose { (prose(&item.body)) } }
        (hints::told(&item.title, &item.body, kept.filter(|_| write)))
        @if sized { (suggested_points(&item.key)) }
        @if !item.fields.is_empty() {
            details {
                summary { "Other fields (" (item.fields.len()) ")" }
                (shell::data_table("Other fields", &["Field", "Value"],
                    item.fields.iter().map(|(n, v)| vec![html! { (n) }, html! { (v) }]).collect()))
            }
        }
        @if !beside.is_empty() {
            (shell::section("Beside it", html! {
                ul { @for (kind, node) in beside { li { (kind) " " a href={ "/" (node.key) } { (node.key) " " (node.title) } } } }
            }))
        }
        @if write { div.acts { (whole_form(product, item, ours)) } }
    }
}

/// What a property says; nothing where it is not set.
fn shown(item: &ItemView, field: &str) -> Option<Markup> {
    let text = |text: String| Some(html! { (text) });
    match field {
        "state" => Some(shell::toned(&item.state, shell::Tone::Facet)),
        "assignee" => {
            item.assignee.as_ref().map(|who| html! { (shell::avatar(&who.name)) " " (who.name) })
        }
        "priority" => text(item.priority.clone()?),
        "labels" if item.labels.is_empty() => None,
        "labels" => Some(html! { @for label in &item.labels { span.label { (label) } " " } }),
        "points" => text(item.points?.to_string()),
        "due" => text(item.due?.to_string()),
        "sprint" => text(item.sprint.clone()?),
        "parent" => item.parent.as_ref().map(|p| html! { (p.id) " " (p.name) }),
        "no-why-until" => text(item.no_why_until?.to_string()),
        _ => None,
    }
}

fn properties(item: &ItemView, write: bool) -> Markup {
    html! {
        dl.props {
            @for property in &PROPERTIES {
                @let value = shown(item, property.field);
                // Rare ones take room only where they say something.
                @let rare = property.hotkey.is_none() && property.field != "fields";
                @if value.is_some() || (write && !rare) {
                    div {
                        dt {
                            (property.label)
                            @if let (true, Some(key)) = (write, property.hotkey) { " " (shell::kbd(key)) }
                        }
                        dd {
                            @if write {
                                (link(&item.key, property.field, "prop",
                                    value.unwrap_or_else(|| html! { span.soft { @if property.field == "fields" { "Edit" } @else { "Set" } } })))
                            } @else if let Some(value) = value { (value) }
                        }
                    }
                }
            }
            @if let Some(team) = &item.team { div { dt { "Team" } dd { (team.name) } } }
            @if let Some(part) = &item.part { div { dt { "Part" } dd { (part.name) } } }
            @if let Some(original) = &item.original_key { div { dt { "Was" } dd { (original) } } }
        }
    }
}

fn whole_form(product: &Product, item: &ItemView, ours: &Markup) -> Markup {
    let day = |day: Option<crate::kernel::Day>| day.map_or(String::new(), |d| d.to_string());
    edit(
        "edit-work-item",
        &item.key,
        item.revision,
        &item.title,
        Some(&item.body),
        &html! {
            (hints::while_typing(product, "story", &item.key))
            div.fields {
                (shell::select("Level", "level", choices(&LEVELS, None)).value(&item.level))
                (shell::field("Epic or story above", "parent").picks("epic story").value(item.parent.as_ref().map_or("", |p| &p.id)))
                (shell::field("Story that it broke", "broke").picks("story").value(item.broke.as_ref().map_or("", |p| &p.id)))
                (ours)
                (shell::field("Points", "points").value(item.points.map_or(String::new(), |p| p.to_string())))
                (shell::field("Priority", "priority").value(item.priority.as_deref().unwrap_or_default()))
                (shell::field("Due", "due").kind("date").value(day(item.due)))
                (shell::field("No why yet, until", "no_why_until").kind("date").value(day(item.no_why_until)))
            }
            (shell::field("Labels, with commas between", "labels").value(item.labels.join(", ")))
        },
    )
}
