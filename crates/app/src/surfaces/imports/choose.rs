//! The preview: what would come and how, with other choices for statuses, types and people.

use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use super::show;
use crate::how::work_items::LEVELS;
use crate::kernel::Result;
use crate::people::members;
use crate::people::products::{self, CATEGORIES, Product, StateView};
use crate::shell::{self, Choice, Tone};
use crate::store::Reader;
use crate::thread::import::{ImportView, PersonLine, Report};

/// People of the file whom one can choose for; the rest follows the proposal.
const PEOPLE: usize = 200;
/// People of the workspace who are offered.
const OFFERED: usize = 300;

/// What a status line sends as it stands.
fn status_value(new: bool, state: &str, category: &str) -> String {
    if new { format!("new:{category}") } else { state.to_owned() }
}

/// What a person's line sends as it stands.
fn person_value(how: &str, person: Option<&str>) -> String {
    match (how, person) {
        ("nobody", _) | (_, None) => "nobody".to_owned(),
        ("new" | "ambiguous", _) => "placeholder".to_owned(),
        (_, Some(id)) => id.to_owned(),
    }
}

fn pick(label: &str, name: &str, groups: &[(&str, Vec<Choice>)], value: &str) -> Markup {
    html! {
        select name=(name) aria-label=(label) {
            @for (group, choices) in groups {
                optgroup label=(group) {
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == value] { (choice.label) }
                    }
                }
            }
        }
    }
}

/// The preview with its choices and buttons.
pub(super) fn preview(
    cx: &mut Reader<'_>,
    product: &Product,
    import: &ImportView,
) -> Result<Markup> {
    let report = &import.report;
    let ws = cx.actor.workspace;
    let states = products::view(cx.conn, ws, product)?.states;
    let people: Vec<Choice> = members::all(cx.conn, ws)?
        .into_iter()
        .filter(|p| p.active)
        .take(OFFERED)
        .map(|p| Choice::new(p.id, p.name))
        .collect();
    let fresh = report.created;
    let verb = if fresh > 0 { format!("Import {}", items(fresh)) } else { "Import".to_owned() };
    Ok(html! {
        (foretold(report))
        (show::figures(report))
        (show::nouns(report))
        form.form.wide-form method="post" data-controller="submit-once" {
            (shell::section("Which state each status becomes", html! {
                p.soft { "An item comes in the state that its status becomes: one that is here, or a new one." }
                (statuses(report, &states))
            }))
            (shell::section("Which level each type becomes", html! {
                p.soft { "An item comes as an epic, a story, a task or a bug, whatever its type is called in the file." }
                (types(report))
            }))
            (shell::section("Who the people are", html! {
                p.soft { "Whoever the file names becomes the person chosen here; a placeholder cannot sign in until they are invited." }
                (people_table(report, &people))
            }))
            div.acts {
                button.btn.go[!report.changes_nothing()] name="do" value="apply" { (verb) }
                button.btn name="do" value="map" { "Look again with these choices" }
                (shell::danger("Discard the file", "do", "discard"))
            }
        }
        (show::lists(report))
        (show::columns(report))
    })
}

fn items(count: usize) -> String {
    shell::counted(i64::try_from(count).unwrap_or(i64::MAX), "item")
}

/// What importing would come to, before anything is done.
fn foretold(report: &Report) -> Markup {
    let (same, removed) = (report.unchanged, report.removed_here);
    if report.changes_nothing() {
        let here = match (report.items, removed) {
            (0, _) => "all of the file is here already".to_owned(),
            (1, 0) => "the one item of the file is here already".to_owned(),
            (all, 0) => format!("all {all} items of the file are here already"),
            (all, _) => format!(
                "of {} in the file {same} are here already, and {removed} that were removed here stay removed",
                items(all)
            ),
        };
        return shell::notice(
            Tone::Good,
            html! { "Nothing would change: " (here) ". Edits made here stay. Choose otherwise below, or discard the file." },
        );
    }
    shell::notice(
        Tone::Plain,
        html! {
            "Nothing is imported yet. " (items(report.created)) " would be new"
            @if same + report.updated > 0 { ", " (report.updated) " would change and " (same) " would stay as they are" }
            ". Look at what would come; change what should go elsewhere; then import."
        },
    )
}

fn statuses(report: &Report, states: &[StateView]) -> Markup {
    let there: Vec<Choice> = states
        .iter()
        .map(|s| Choice::new(&s.name, format!("{} ({})", s.name, s.category.replace('-', " "))))
        .collect();
    let new: Vec<Choice> = CATEGORIES
        .iter()
        .map(|c| Choice::new(format!("new:{c}"), format!("New, counts as {}", c.replace('-', " "))))
        .collect();
    let groups = [("States here", there), ("A new state", new)];
    let rows = report
        .statuses
        .iter()
        .map(|s| {
            let value = status_value(s.new, &s.state, &s.category);
            let label = format!("State for {}", s.status);
            vec![
                html! { (s.status) },
                pick(&label, &format!("status:{}", s.status), &groups, &value),
                html! { (why(&s.how)) },
                html! { (s.items) },
            ]
        })
        .collect();
    shell::data_table("Statuses", &["In the file", "Here", "Why", "#Items"], rows)
}

fn types(report: &Report) -> Markup {
    let groups = [("Levels", LEVELS.iter().map(|l| Choice::new(l, *l)).collect())];
    let rows = report
        .types
        .iter()
        .map(|t| {
            let name = if t.name.is_empty() { "(no type)" } else { t.name.as_str() };
            let label = format!("Level for {name}");
            vec![
                html! { (name) },
                pick(&label, &format!("type:{}", t.name), &groups, &t.level),
                html! { (why(&t.how)) },
                html! { (t.items) },
            ]
        })
        .collect();
    shell::data_table("Types", &["In the file", "Here", "Why", "#Items"], rows)
}

/// Why it becomes what it becomes, in words; what is proposed by its name says nothing.
fn why(how: &str) -> &'static str {
    match how {
        "chosen" => "chosen",
        "known" => "as in an earlier import",
        _ => "",
    }
}

/// How somebody was found, in words.
fn how(person: &PersonLine) -> &'static str {
    match person.how.as_str() {
        "chosen" | "known" => why(&person.how),
        "email" => "same address",
        "name" => "same name",
        "ambiguous" => "several people have this name: choose",
        "nobody" => "the name is kept in a field",
        _ => "not here yet: a placeholder who can be invited later",
    }
}

fn people_table(report: &Report, people: &[Choice]) -> Markup {
    if report.people.is_empty() {
        return html! { p.soft { "The file names nobody." } };
    }
    let other = vec![
        Choice::new("placeholder", "A placeholder of this name"),
        Choice::new("nobody", "Nobody: keep the name in a field"),
    ];
    let rows = report
        .people
        .iter()
        .take(PEOPLE)
        .map(|p| {
            let id = p.person.map(|id| id.to_string());
            let value = person_value(&p.how, id.as_deref());
            let mut here = people.to_vec();
            if id.as_ref() == Some(&value) && here.iter().all(|c| c.value != value) {
                here.insert(0, Choice::new(&value, &p.here));
            }
            let groups = [("Not here", other.clone()), ("People here", here)];
            vec![
                html! { (p.name) },
                pick(
                    &format!("Person for {}", p.name),
                    &format!("person:{}", p.name),
                    &groups,
                    &value,
                ),
                html! { (how(p)) },
                html! { (p.items) },
            ]
        })
        .collect();
    html! {
        (shell::data_table("People", &["In the file", "Here", "Why", "#Items"], rows))
        @if report.people.len() > PEOPLE {
            p.soft { "… and " (report.people.len() - PEOPLE) " more, found in the same way." }
        }
    }
}

/// The choices that a form sends: what differs from what was shown, and what was chosen before.
pub(super) fn choices(shown: &Json, pairs: &[(String, String)]) -> Json {
    let before = |kind: &str, name: &str| !shown["choices"][kind][name].is_null();
    let proposed = |kind: &str, name: &str| -> Option<String> {
        let lines = shown["report"][kind].as_array()?;
        let text = |line: &Json, field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let field = match kind {
            "statuses" => "status",
            "types" => "type",
            _ => "name",
        };
        let line = lines.iter().find(|l| l[field] == name)?;
        Some(match kind {
            "statuses" => {
                let new = line["new"].as_bool().unwrap_or_default();
                status_value(new, &text(line, "state"), &text(line, "category"))
            }
            "types" => text(line, "level"),
            _ => person_value(&text(line, "how"), line["person"].as_str()),
        })
    };
    let mut all = [Map::new(), Map::new(), Map::new()];
    for (field, value) in pairs {
        let Some((kind, name)) = field.split_once(':') else { continue };
        let (at, kind) = match kind {
            "status" => (0, "statuses"),
            "type" => (1, "types"),
            "person" => (2, "people"),
            _ => continue,
        };
        let Some(proposed) = proposed(kind, name) else { continue };
        if proposed != *value || before(kind, name) {
            all[at].insert(name.to_owned(), json!(value));
        }
    }
    let [statuses, types, people] = all;
    json!({ "statuses": statuses, "types": types, "people": people })
}
