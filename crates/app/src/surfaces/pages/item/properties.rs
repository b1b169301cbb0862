//! A work item: its properties, each changed by itself, its text, and the form for all at once.

use maud::{Markup, html};

use super::super::advice::suggested_points;
use super::super::{choices, custom, hints, once};
use super::body::edit;
use super::prose;
use super::quick::{PROPERTIES, custom_link, estimate, link};
use super::story;
use crate::how::fields::Definitions;
use crate::how::work_items::{ItemView, LEVELS, SERVICES, SEVERITIES};
use crate::people::products::Product;
use crate::shell;
use crate::thread::links::{Tie, Ties};

/// What the page knows beside the item.
pub(super) struct Parts<'p> {
    /// The product's custom fields.
    pub known: &'p Definitions,
    /// Further fields of the form for all at once.
    pub whole: &'p Markup,
}

pub(super) fn work_item(
    product: &Product,
    item: &ItemView,
    parts: &Parts<'_>,
    (out, back): &Ties,
    write: bool,
) -> Markup {
    let tied = out.iter().chain(back);
    let back_to = format!("/{}", item.key);
    let kept = Some(hints::Kept { key: &item.key, product: &product.key, back: &back_to });
    let ended = matches!(item.category.as_str(), "accepted" | "dropped");
    let unsized_in = matches!(item.estimates.as_str(), "none" | "sizes");
    let sized = item.points.is_none() && item.level != "epic" && !ended && !unsized_in;
    let beside: Vec<&Tie> = tied.filter(|(k, _)| !TOLD_ELSEWHERE.contains(&k.as_str())).collect();
    html! {
        (properties(item, parts.known, write))
        (story::form(&item.title, &item.body))
        @if item.body.is_empty() { p.soft { "No text yet." } } @else { div.prose { (prose(&item.body)) } }
        (hints::told(&item.title, &item.body, kept.filter(|_| write)))
        @if sized && write { (suggested_points(&item.key)) }
        (other_fields(item, parts.known))
        @if !beside.is_empty() {
            (shell::section("Beside it", html! {
                ul { @for (kind, node) in beside { li { (kind) " " a href={ "/" (node.key) } { (node.key) " " (node.title) } } } }
            }))
        }
        @if write { div.acts { (whole_form(product, item, parts.whole)) (copy_form(item)) } }
    }
}

/// Links that the path to why and the dependencies tell of.
const TOLD_ELSEWHERE: [&str; 5] = ["serves", "rests-on", "blocks", "relates", "duplicates"];

/// What came along without a definition, and what is asked for no more.
fn other_fields(item: &ItemView, known: &Definitions) -> Markup {
    let loose = item.fields.iter().filter(|(name, _)| known.named(name).is_none());
    let rows: Vec<(&String, &String)> = loose.chain(item.retired_fields.iter()).collect();
    html! {
        @if !rows.is_empty() {
            details {
                summary { "Other fields (" (rows.len()) ")" }
                (shell::data_table("Other fields", &["Field", "Value"],
                    rows.iter().map(|(n, v)| vec![html! { (n) }, html! { (v) }]).collect()))
            }
        }
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
        "points" => text(item.estimate()?),
        "severity" => text(item.severity.clone()?),
        "service" => text(item.service.clone()?.replace('-', " ")),
        "broke" => item.broke.as_ref().map(|p| html! { (p.id) " " (p.name) }),
        "due" => text(item.due?.words()),
        "sprint" => text(item.sprint.clone()?),
        "parent" => item.parent.as_ref().map(|p| html! { (p.id) " " (p.name) }),
        "no-why-until" => text(item.no_why_until?.words()),
        _ => None,
    }
}

fn properties(item: &ItemView, known: &Definitions, write: bool) -> Markup {
    let bug = item.level == "bug";
    html! {
        dl.props {
            @for property in PROPERTIES.iter().filter(|p| p.field != "points" || item.estimates != "none") {
                @let value = shown(item, property.field);
                // Rare ones take room only where they say something.
                @let of_bugs = bug && matches!(property.field, "severity" | "broke");
                @let rare = property.hotkey.is_none() && property.field != "fields" && !of_bugs;
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
            @for field in known.active() {
                @let value = item.fields.get(&field.name);
                // What is asked for stands there, filled in or not.
                @if value.is_some() || (write && field.asked && field.is_for(&item.level)) {
                    @let shown = value.map(|v| custom::shown(field, v, item.unfit_fields.contains(&field.name)));
                    div.wide[field.kind == "long-text"] {
                        dt { (field.name) }
                        dd {
                            @let linked = matches!(field.kind.as_str(), "link" | "item") && value.is_some();
                            @if !write { @if let Some(shown) = shown { (shown) } }
                            @else if linked { @if let Some(shown) = shown { (shown) } " " (custom_link(&item.key, field, html! { span.soft { "change" } })) }
                            @else { (custom_link(&item.key, field, shown.unwrap_or_else(|| html! { span.soft { "asked for" } }))) }
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

/// The form of a copy: its title, and whether it keeps the estimate.
fn copy_form(item: &ItemView) -> Markup {
    let estimate = item.estimate();
    shell::menu(
        "Copy",
        Some("y"),
        shell::form(
            "/do/copy-work-item",
            html! {
                (once())
                (shell::hidden("key", &item.key))
                (shell::field("Title of the copy", "title").id("copy-title").value(&item.title).required())
                @if let Some(estimate) = estimate {
                    (shell::checkbox(&format!("Keep the estimate, {estimate}"), "estimate").id("copy-estimate"))
                }
                p.help { "Text, labels, criteria, part, team and why go along. State, sprint, sub-tasks, comments and files do not." }
                (shell::submit("Copy"))
            },
        ),
    )
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
                (estimate(item, "points", false))
                (shell::select("How bad, of a bug", "severity", choices(&SEVERITIES, Some("not said"))).value(item.severity.as_deref().unwrap_or_default()))
                (shell::select("Class of service", "service", choices(&SERVICES, Some("not said"))).value(item.service.as_deref().unwrap_or_default()))
                (shell::field("Priority", "priority").value(item.priority.as_deref().unwrap_or_default()))
                (shell::field("Due", "due").kind("date").value(day(item.due)))
                (shell::field("No why yet, until", "no_why_until").kind("date").value(day(item.no_why_until)))
            }
            (shell::field("Labels, with commas between", "labels").value(item.labels.join(", ")))
        },
    )
}
