//! Changing one thing of a work item without opening its whole form: `s`, `a`, `l`, `p` on a row, in
//! the peek panel or on the page open it in a dialog; without scripts it is a page of its own.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::custom::{self, Sent};
use super::super::{Page, choices, show};
use super::prose;
use crate::how::fields::{CustomField, Definitions};
use crate::how::refinement::deck;
use crate::how::sprints;
use crate::how::work_items::{
    ItemView, LEVELS, Names, SERVICES, SEVERITIES, WorkItem, by_key, view,
};
use crate::kernel::{Access, Error, Result};
use crate::people::members;
use crate::people::products::Product;
use crate::people::{parts, policies, teams};
use crate::shell::{self, Choice, Facet, Plain};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::forms::{is_local, pairs};
use crate::surfaces::session::{Visitor, theme};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/{key}/edit", get(quick)).route("/preview", post(preview))
}

/// One thing of a work item that can be changed by itself.
pub(super) struct Property {
    /// The word in the address.
    pub field: &'static str,
    pub label: &'static str,
    pub hotkey: Option<&'static str>,
}

const fn property(
    field: &'static str,
    label: &'static str,
    hotkey: Option<&'static str>,
) -> Property {
    Property { field, label, hotkey }
}

/// All of them, in the order in which the item's page shows them.
pub(super) const PROPERTIES: [Property; 13] = [
    property("state", "State", Some("s")),
    property("assignee", "Assignee", Some("a")),
    property("priority", "Priority", Some("p")),
    property("labels", "Labels", Some("l")),
    property("points", "Estimate", Some("i")),
    property("due", "Due", Some("t")),
    property("severity", "How bad", None),
    property("broke", "Broke", None),
    property("service", "Class of service", None),
    property("sprint", "Sprint", None),
    property("parent", "Part of", Some("u")),
    property("no-why-until", "No why yet, until", None),
    property("fields", "Other fields", None),
];

/// Those that the item's page shows in its head or in its form, and a table in its cells.
const MORE: [Property; 4] = [
    property("title", "Title", None),
    property("level", "Level", None),
    property("team", "Team", None),
    property("part", "Part", None),
];

/// A link that opens the small form of one property.
pub(in crate::surfaces::pages) fn link(
    key: &str,
    field: &str,
    class: &str,
    shown: Markup,
) -> Markup {
    let known = PROPERTIES.iter().find(|p| p.field == field);
    let (label, hotkey) = known.map_or((field, None), |p| (p.label, p.hotkey));
    html! {
        a.quick.(class) href={ "/" (key) "/edit?field=" (field) } data-turbo-frame="quick"
            data-hotkey=[hotkey] title={ "Change: " (label.to_lowercase()) } {
            span.sr { (label) ": " }
            (shown)
        }
    }
}

/// The same for a custom field.
pub(super) fn custom_link(key: &str, field: &CustomField, shown: Markup) -> Markup {
    html! {
        a.quick.prop href={ "/" (key) "/edit?field=" (field.id) } data-turbo-frame="quick" title={ "Change: " (field.name) } {
            span.sr { (field.name) ": " }
            (shown)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    field: String,
}

async fn quick(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    let back = came_from(&headers);
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check(Access::Write)?;
        let (item, product): (WorkItem, Product) = by_key(cx.conn, cx.actor, &key, Access::Write)?;
        let ws = cx.actor.workspace;
        let item = view(cx.conn, ws, &item, &mut Names::default())?;
        let property = PROPERTIES.iter().chain(&MORE).find(|p| p.field == wanted.field);
        let (label, inputs) = match property {
            Some(property) => (property.label.to_owned(), inputs(cx, &item, &product, property)?),
            None => custom_input(cx, &item, &product, &wanted.field)?,
        };
        let back = back.unwrap_or_else(|| format!("/{}", item.key));
        let title = format!("{label} of {}", item.key);
        let form = shell::form(
            "/do/edit-work-item",
            html! {
                (shell::hidden("key", &item.key))
                (shell::hidden("revision", &item.revision.to_string()))
                (shell::hidden("_back", &back))
                // Kept apart from what the whole form keeps: what is not sent here is not sent there.
                (shell::hidden("_draft", &format!("{} {}", item.key, wanted.field)))
                p.soft.clipped { (item.title) }
                (inputs)
                (shell::submit("Set"))
            },
        );
        Ok(Page {
            title: title.clone(),
            head: Some(shell::page_head(&item.key, &label, html! {}, html! {})),
            product: Some(product),
            facet: Facet::How,
            main: form.clone(),
            peek: Some(shell::quick(&title, form)),
            ..Page::default()
        })
    })
    .await
}

/// The page that the form was opened from, to return to.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER).and_then(|v| v.to_str().ok())?;
    let (_, rest) = referer.split_once("://")?;
    let path = &rest[rest.find('/')?..];
    (is_local(path) && !path.contains("/edit?")).then(|| path.to_owned())
}

const PRIORITIES: [&str; 5] = ["highest", "high", "medium", "low", "lowest"];

fn inputs(
    cx: &mut Reader<'_>,
    item: &ItemView,
    product: &Product,
    property: &Property,
) -> Result<Markup> {
    let id = format!("quick-{}", property.field);
    let line = |name: &str| shell::field(property.label, name).id(&id).autofocus();
    let ws = cx.actor.workspace;
    Ok(match property.field {
        "state" => {
            let team = item.team.as_ref().and_then(|t| t.id.parse().ok());
            let policy = policies::workflow(cx.conn, ws, product.id, team)?;
            let states =
                policy.states.iter().map(|s| Choice::new(&s.name, s.name.clone())).collect();
            html! { (shell::select("State", "state", states).id(&id).value(&item.state)) }
        }
        "assignee" => {
            let names = members::offered(cx.conn, ws)?;
            let who = item.assignee.as_ref().map_or("", |a| &a.name);
            let help = "A name, or me. Empty is nobody.";
            html! { (line("assignee").value(who).offer(names).help(help).autocomplete("off")) }
        }
        "priority" => {
            let words = PRIORITIES.map(str::to_owned).to_vec();
            html! { (line("priority").value(item.priority.as_deref().unwrap_or_default()).offer(words)) }
        }
        "labels" => {
            let help = "Commas between them.";
            html! { (line("labels").value(item.labels.join(", ")).help(help).autocomplete("off")) }
        }
        "points" => estimate(item, &id, true),
        "severity" => html! {
            (shell::select(property.label, "severity", choices(&SEVERITIES, Some("not said"))).id(&id).value(item.severity.as_deref().unwrap_or_default()))
        },
        "service" => html! {
            (shell::select(property.label, "service", choices(&SERVICES, Some("not said"))).id(&id).value(item.service.as_deref().unwrap_or_default()))
        },
        "broke" => {
            let broke = item.broke.as_ref().map_or("", |p| &p.id);
            html! { (line("broke").value(broke).help("The story that it broke. It inherits that story's why.").picks("story")) }
        }
        "due" => html! { (line("due").kind("date").value(day(item.due))) },
        "sprint" => {
            let help = "A sprint of the product, by its name. Empty is none.";
            let newest = sprints::newest(cx.conn, ws, product.id)?;
            let open = newest.into_iter().filter(|s| !s.is_over()).map(|s| s.name).collect();
            let sprint = item.sprint.as_deref().unwrap_or_default();
            html! { (line("sprint").value(sprint).offer(open).help(help).autocomplete("off")) }
        }
        "title" => html! { (line("title").value(&item.title).required().autocomplete("off")) },
        "level" => {
            html! { (shell::select("Level", "level", choices(&LEVELS, None)).id(&id).value(&item.level)) }
        }
        "team" | "part" => {
            let named = if property.field == "team" { &item.team } else { &item.part };
            let none = Choice::new("", "none");
            let all: Vec<Choice> = match property.field {
                "team" => teams::active(cx.conn, ws)?
                    .into_iter()
                    .map(|t| Choice::new(t.id, t.name))
                    .collect(),
                _ => parts::of_product(cx.conn, ws, product.id)?
                    .into_iter()
                    .map(|p| Choice::new(p.id, p.name))
                    .collect(),
            };
            let all = std::iter::once(none).chain(all).collect();
            let chosen = named.as_ref().map_or("", |n| &n.id);
            html! { (shell::select(property.label, property.field, all).id(&id).value(chosen)) }
        }
        "parent" => {
            let parent = item.parent.as_ref().map_or("", |p| &p.id);
            let help = "The key of the epic or story above. Empty is none.";
            html! { (line("parent").value(parent).help(help).placeholder("RIDE-12").picks("epic story")) }
        }
        "no-why-until" => html! {
            (line("no_why_until").kind("date").value(day(item.no_why_until))
                .help("Until that day it is not listed among what has no why."))
        },
        _ => {
            let known = Definitions::of(cx.conn, ws, product.id)?;
            let defined = custom::inputs(cx, product, &item.level, Some(item), ALL)?;
            let loose = item.fields.iter().filter(|(name, _)| known.named(name).is_none());
            html! {
            (defined)
            @for (name, value) in loose {
                (shell::field(name, &format!("fields.{name}")).id(format!("quick-{name}")).value(value))
            }
            div.fields {
                (shell::field("A new field", "fields+name").id("quick-new-name"))
                (shell::field("Its value", "fields+value").id("quick-new-value"))
            }
            p.help { "A field that is emptied is taken away." }
            }
        }
    })
}

/// The estimate as the item's team makes it: a size is chosen, points and hours are numbers.
pub(super) fn estimate(item: &ItemView, id: &str, focus: bool) -> Markup {
    let points = item.points.map_or(String::new(), |p| p.to_string());
    if item.estimates == "sizes" {
        let sizes = deck("sizes").iter().filter_map(|(card, worth)| Some((card, (*worth)?)));
        let mut choices = vec![Choice::new("", "–")];
        choices.extend(sizes.map(|(card, worth)| Choice::new(worth, *card)));
        // From before the team estimated in sizes.
        if !choices.iter().any(|c| c.value == points) {
            choices.push(Choice::new(&points, points.clone()));
        }
        return html! { (shell::select("Estimate", "points", choices).id(id).value(points)) };
    }
    let label = if item.estimates == "hours" { "Estimate, in hours" } else { "Estimate" };
    let field = shell::field(label, "points").id(id).value(points);
    html! { @if focus { (field.autofocus()) } @else { (field) } }
}

/// The small form of one custom field, by its id.
fn custom_input(
    cx: &mut Reader<'_>,
    item: &ItemView,
    product: &Product,
    id: &str,
) -> Result<(String, Markup)> {
    let known = Definitions::of(cx.conn, cx.actor.workspace, product.id)?;
    let missing = Error::NotFound("field of that name");
    let field = known.active().find(|f| f.id.to_string() == id).ok_or(missing)?;
    let people = custom::people(cx, &[field])?;
    let value = item.fields.get(&field.name).map_or("", String::as_str);
    let unfit = item.unfit_fields.contains(&field.name);
    let sent = Sent { object: "set_fields", ids: "quick" };
    Ok((field.name.clone(), custom::input(field, value, unfit, &people, sent)))
}

/// All custom fields at once, as this form sends them.
const ALL: Sent = Sent { object: "fields", ids: "quick" };

pub(super) fn day(day: Option<crate::kernel::Day>) -> String {
    day.map_or(String::new(), |day| day.to_string())
}

/// Shows a text as it will look; the button of its field sends it here.
async fn preview(
    State(_app): State<Shared>,
    Visitor(_actor): Visitor,
    headers: HeaderMap,
    body: String,
) -> Markup {
    let sent = pairs(&body);
    let get = |name: &str| sent.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let text = get(get("_preview"));
    let main = html! {
        h1 { "How it will look" }
        div.prose.preview {
            @if text.trim().is_empty() { p.soft { "Nothing is written yet." } } @else { (prose(text)) }
        }
        p.soft { "Nothing was saved. Close this page to go on writing." }
    };
    Plain { theme: theme(&headers), wide: true, ..Plain::new("Preview") }.render(main)
}
