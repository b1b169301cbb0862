//! Templates of a product, and the whole form in which an item is written, from one or from nothing.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::custom::{self, Sent};
use super::filtered::{criteria_field, ours_fields, why_field};
use super::{Page, choices, hints, may_write, once, product, show};
use crate::how::templates::{ListTemplates, TemplateView};
use crate::how::work_items::{LEVELS, SERVICES, SEVERITIES};
use crate::kernel::{Access, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Crumb, Facet};
use crate::store::{Fields, Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/templates", get(list)).route("/p/{product}/new", get(new))
}

/// A template to begin with.
struct Example {
    name: &'static str,
    level: &'static str,
    title: &'static str,
    body: &'static str,
    criteria: &'static str,
    labels: &'static str,
    subtasks: &'static str,
}

const EXAMPLES: [Example; 3] = [
    Example {
        name: "User story",
        level: "story",
        title: "",
        body: "As a …, I want …, so that ….\n\n## What we know\n\n## Not part of it\n",
        criteria: "Given …\nWhen …\nThen …",
        labels: "",
        subtasks: "",
    },
    Example {
        name: "Bug report",
        level: "bug",
        title: "",
        body: "## What happened\n\n## What should have happened\n\n## How to see it\n1. \n\n## Since when, and for whom\n",
        criteria: "It cannot be seen any more by the steps above\nA test would notice it",
        labels: "",
        subtasks: "",
    },
    Example {
        name: "Spike",
        level: "task",
        title: "Spike:",
        body: "## The question\n\n## What would be enough to decide\n\n## Time at most\n",
        criteria: "The question is answered in writing",
        labels: "spike",
        subtasks: "Look for what exists\nTry the riskiest part\nWrite down what was found",
    },
];

fn example(product: &str, e: &Example) -> Markup {
    shell::form(
        "/do/create-template",
        html! {
            (shell::hidden("product", product))
            (shell::hidden("_back", &format!("/p/{product}/templates")))
            @for (name, value) in [("name", e.name), ("level", e.level), ("title", e.title), ("body", e.body),
                ("criteria", e.criteria), ("labels", e.labels), ("subtasks", e.subtasks)] {
                (shell::hidden(name, value))
            }
            button.btn { (e.name) }
        },
    )
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListTemplates { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let here = format!("/p/{}/templates", product.key);
        let missing: Vec<&Example> =
            EXAMPLES.iter().filter(|e| all.iter().all(|t| t.name != e.name)).collect();
        let mut rows = html! {};
        for t in all.iter().filter(|t| t.state == "active") {
            rows = html! { (rows) (one(cx, &product, t, &here, write)?) };
        }
        let blank = custom::with_values(cx, &product, "", &Fields::default(), &[], NEW)?;
        let main = html! {
            @if all.iter().all(|t| t.state != "active") {
                (shell::empty_state(
                    "No templates yet",
                    "A template holds what nobody should write twice: the headings of a bug report, the criteria that always hold, the tasks of a release.",
                    html! {},
                ))
            } @else { ul.rows aria-label="Templates" { (rows) } }
            @if write && !missing.is_empty() {
                p.soft { "Begin with an example:" }
                div.acts { @for e in missing { (example(&product.key, e)) } }
            }
            (retired(&all, &here, write))
        };
        let acts = html! { @if write {
            (shell::menu("New template", Some("c"), shell::form("/do/create-template", html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &here))
                (form(None, "new", &blank))
                (shell::submit("Write it"))
            })))
        } };
        Ok(Page {
            title: format!("Templates of {}", product.name),
            active: "templates",
            head: Some(shell::page_head("Product", "Templates", html! { "What items are made from" }, acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

const NEW: Sent = Sent { object: "fields", ids: "custom-new" };
const EDIT: Sent = Sent { object: "fields", ids: "custom-edit" };

fn one(
    cx: &mut Reader<'_>,
    product: &Product,
    t: &TemplateView,
    here: &str,
    write: bool,
) -> Result<Markup> {
    let fields = custom::with_values(cx, product, "", &t.fields, &[], EDIT)?;
    let mut holds = Vec::new();
    for (there, words) in [
        (!t.body.trim().is_empty(), "text"),
        (!t.criteria.trim().is_empty(), "criteria"),
        (!t.labels.is_empty(), "labels"),
        (!t.fields.is_empty(), "fields"),
    ] {
        if there {
            holds.push(words.to_owned());
        }
    }
    if !t.subtasks.is_empty() {
        holds.push(format!("{} sub-tasks", t.subtasks.len()));
    }
    Ok(html! {
        li.row.how {
            span.lead { (shell::pill(&t.level)) }
            a.title href={ "/p/" (product.key) "/new?template=" (t.id) } { (t.name) @if !t.title.is_empty() { span.soft { " “" (t.title) " …”" } } }
            span.tail {
                span.soft { (holds.join(", ")) }
                @if write {
                    (shell::menu("Change", None, shell::form("/do/edit-template", html! {
                        (shell::hidden("template", &t.id.to_string()))
                        (shell::hidden("revision", &t.revision.to_string()))
                        (shell::hidden("_back", here))
                        (shell::hidden("fields.", ""))
                        (form(Some(t), &t.id.to_string(), &fields))
                        (shell::submit("Save"))
                    })))
                    (shell::post_button(&format!("/do/retire-template?template={}&_back={here}", t.id), "Retire", None))
                }
            }
        }
    })
}

fn retired(all: &[TemplateView], here: &str, write: bool) -> Markup {
    let old: Vec<&TemplateView> = all.iter().filter(|t| t.state != "active").collect();
    html! {
        @if !old.is_empty() {
            (shell::section("Retired", html! { ul.plain { @for t in old { li {
                (t.name) " "
                @if write { (shell::post_button(&format!("/do/restore-template?template={}&_back={here}", t.id), "Use it again", None)) }
            } } } }))
        }
    }
}

/// The fields of a template.
fn form(t: Option<&TemplateView>, ids: &str, custom: &Markup) -> Markup {
    let id = |name: &str| format!("template-{ids}-{name}");
    let text = |of: fn(&TemplateView) -> String| t.map_or(String::new(), of);
    html! {
        div.fields {
            (shell::field("Name", "name").id(id("name")).value(text(|t| t.name.clone())).placeholder("Bug report").required())
            (shell::select("Level", "level", choices(&LEVELS, None)).id(id("level")).value(t.map_or("story", |t| &t.level)))
        }
        (shell::field("The title begins with", "title").id(id("title")).value(text(|t| t.title.clone())))
        (shell::textarea("Text", "body").id(id("body")).rows(6).value(text(|t| t.body.clone())).markdown())
        (shell::textarea("Acceptance criteria", "criteria").id(id("criteria")).rows(3).value(text(|t| t.criteria.clone())).help("A checklist, one a line, or Given, When, Then."))
        (shell::textarea("Sub-tasks, one a line", "subtasks").id(id("subtasks")).rows(3).value(text(|t| t.subtasks.join("\n"))))
        (shell::field("Labels, with commas between", "labels").id(id("labels")).value(text(|t| t.labels.join(", "))))
        (custom)
    }
}

/// The templates in use as links to the form that each fills, for whoever creates an item.
pub(super) fn chooser(cx: &mut Reader<'_>, product: &Product) -> Result<Markup> {
    let all = ListTemplates { product: product.key.clone() }.run(cx)?;
    let used: Vec<&TemplateView> = all.iter().filter(|t| t.state == "active").collect();
    Ok(html! {
        p.choose {
            @if !used.is_empty() { span.soft { "From a template:" } }
            @for t in used.iter().take(12) { a href={ "/p/" (product.key) "/new?template=" (t.id) } { (t.name) } }
            a href={ "/p/" (product.key) "/new" } { "All fields" }
        }
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    template: String,
    level: String,
    title: String,
    parent: String,
}

/// The whole form of a new item.
async fn new(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check(Access::Write)?;
        let product = product(cx, &key)?;
        let all = ListTemplates { product: product.key.clone() }.run(cx)?;
        let template = match wanted.template.as_str() {
            "" => None,
            id => Some(
                all.iter().find(|t| t.id.to_string() == id).ok_or(Error::NotFound("template"))?,
            ),
        };
        let level = match (wanted.level.as_str(), template) {
            ("", Some(t)) => t.level.as_str(),
            ("", None) => "story",
            (level, _) => level,
        };
        let main = html! {
            (chooser(cx, &product)?)
            (whole(cx, &product, template, level, &wanted)?)
        };
        let title = template.map_or("A new item".to_owned(), |t| format!("New: {}", t.name));
        Ok(Page {
            title: title.clone(),
            active: "backlog",
            above: vec![Crumb::to(format!("/p/{}/templates", product.key), "Templates")],
            head: Some(shell::page_head(
                "How",
                &title,
                html! { "Only a title is needed" },
                html! {},
            )),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn whole(
    cx: &mut Reader<'_>,
    product: &Product,
    template: Option<&TemplateView>,
    level: &str,
    wanted: &Wanted,
) -> Result<Markup> {
    let none = Fields::default();
    let values = template.map_or(&none, |t| &t.fields);
    let custom = custom::with_values(cx, product, level, values, &[], NEW)?;
    let ours = ours_fields(cx, product, "", "")?;
    let text = |of: fn(&TemplateView) -> String| template.map_or(String::new(), of);
    let begin = text(|t| t.title.clone());
    let title = format!("{begin} {}", wanted.title);
    Ok(shell::form(
        "/do/create-work-item",
        html! {
            (once())
            (shell::hidden("product", &product.key))
            @if let Some(t) = template { (shell::hidden("begun_from", &t.id.to_string())) }
            (shell::field("Title", "title").id("whole-title").value(title.trim_start()).placeholder("As a commuter, I want …").autofocus().required())
            (shell::textarea("Text", "body").id("whole-body").rows(10).value(text(|t| t.body.clone())).markdown())
            (hints::while_typing(product, "story", ""))
            (why_field("whole-why"))
            (criteria_field("whole-criteria", &text(|t| t.criteria.clone())))
            (shell::textarea("Sub-tasks, one a line", "subtasks").id("whole-subtasks").rows(3).value(text(|t| t.subtasks.join("\n"))))
            div.fields {
                (shell::select("Level", "level", choices(&LEVELS, None)).id("whole-level").value(level))
                (shell::field("Epic or story above", "parent").id("whole-parent").picks("epic story").value(&wanted.parent))
                (shell::field("Assignee", "assignee").id("whole-assignee").placeholder("a name, or me"))
                (ours)
                (shell::field("Estimate", "points").id("whole-points").kind("number"))
                (shell::field("Priority", "priority").id("whole-priority").offer(["highest", "high", "medium", "low", "lowest"].map(str::to_owned).to_vec()))
                (shell::select("Class of service", "service", choices(&SERVICES, Some("standard"))).id("whole-service"))
                @if level == "bug" {
                    (shell::select("How bad", "severity", choices(&SEVERITIES, Some("not said"))).id("whole-severity"))
                    (shell::field("Story that it broke", "broke").id("whole-broke").picks("story"))
                }
                (shell::field("Due", "due").id("whole-due").kind("date"))
                (shell::field("Labels, with commas between", "labels").id("whole-labels").value(text(|t| t.labels.join(", "))))
            }
            (custom)
            (shell::submit("Create"))
        },
    ))
}
