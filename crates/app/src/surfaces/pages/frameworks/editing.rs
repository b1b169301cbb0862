//! The forms of a drafted policy, one for each of its parts.

use maud::{Markup, html};

use super::super::choices;
use super::policy::{framework, words, workflow};
use crate::people::policies::{CEREMONIES, CLASSES, ESTIMATES, OVERLAYS, PolicyView, RHYTHMS};
use crate::people::products::CATEGORIES;
use crate::shell::{self, Choice};

/// A form that edits the draft and comes back to it.
fn edit(p: &PolicyView, label: &str, fields: Markup) -> Markup {
    shell::menu(
        label,
        None,
        shell::form(
            "/do/edit-policy",
            html! {
                (shell::hidden("policy", &p.id.to_string()))
                (shell::hidden("_back", &here(p)))
                (fields)
                (shell::submit("Save"))
            },
        ),
    )
}

fn here(p: &PolicyView) -> String {
    format!("/policies/{}", p.id)
}

/// The whole draft with its forms.
pub(super) fn forms(p: &PolicyView) -> Markup {
    let acts = |name: &str| state_acts(p, name);
    html! {
        p.soft { "From " (framework(p)) ". Nothing changes for anybody until it is put into force." }
        (workflow(p, Some(&acts)))
        (shell::menu("Add a state", Some("c"), state_form(p, None)))
        (shell::section("Limits and clock", html! {
            p { (summary(p)) }
            (edit(p, "Change limits and clock", limit_fields(p)))
        }))
        (shell::section("What may follow what", html! {
            @if p.transitions.is_empty() { p.soft { "Any state may follow any." } }
            @else { ul { @for t in &p.transitions { li { (t.from) " → " (t.to) } } } }
            (edit(p, "Change what may follow", html! {
                (shell::textarea("One step a line, as “Ready -> In progress”", "transitions").rows(8)
                    .value(p.transitions.iter().map(|t| format!("{} -> {}", t.from, t.to)).collect::<Vec<_>>().join("\n"))
                    .help("Nothing here lets any state follow any."))
            }))
        }))
        (lines(p, "Definition of Ready", "ready", &p.ready))
        (lines(p, "Definition of Done", "done", &p.done))
        (cadence(p))
        (lines(p, "Artefacts", "artefacts", &p.artefacts))
        (lines(p, "Figures that the team looks at", "metrics", &p.metrics))
        (lines(p, "What a gate must meet", "must_meet", &p.must_meet))
        (lines(p, "What a gate should meet", "should_meet", &p.should_meet))
        (shell::section("Agreements and overlays", html! {
            p { @if p.notes.is_empty() { span.soft { "None written down." } } @else { (p.notes) } }
            (edit(p, "Change", html! {
                (shell::textarea("Further agreements", "notes").id("policy-notes").value(&p.notes).rows(5).markdown())
                (shell::hidden("overlays", ""))
                @for (word, title, adds) in OVERLAYS {
                    (shell::checkbox(&format!("{title}: {adds}"), "overlays").value(word)
                        .id(format!("over-{word}")).checked(p.overlays.iter().any(|o| o == word)))
                }
            }))
        }))
    }
}

fn summary(p: &PolicyView) -> String {
    let person = p.wip_person.map_or("no limit for each".to_owned(), |n| format!("{n} for each"));
    let total = p.wip_total.map_or("none in all".to_owned(), |n| format!("{n} in all"));
    let sle = p
        .sle_days
        .map_or("no expectation".to_owned(), |d| format!("{} % within {d} days", p.sle_share));
    let rule = if p.wip_rule == "block" { "held back" } else { "shown" };
    format!(
        "Started: {person}, {total}; what is over is {rule}. The clock runs from {} to {}: {sle}. Estimates in {}.",
        p.started, p.finished, p.estimates
    )
}

fn limit_fields(p: &PolicyView) -> Markup {
    let number = |value: Option<i64>| value.unwrap_or_default().to_string();
    let states = || p.states.iter().map(|s| Choice::new(&s.name, s.name.clone())).collect();
    html! {
        div.fields {
            (shell::select("Where a limit is reached", "wip_rule", vec![
                Choice::new("warn", "warn: show it"), Choice::new("block", "block: hold it back"),
            ]).value(&p.wip_rule))
            (shell::field("Started items of one person", "wip_person").kind("number").value(number(p.wip_person)).help("0 is no limit."))
            (shell::field("Started items in all", "wip_total").kind("number").value(number(p.wip_total)).help("0 is no limit."))
            @for class in CLASSES {
                (shell::field(&format!("Started, {}", class.replace('-', " ")), &format!("wip_classes.{class}")).kind("number").id(format!("wip-{class}")).value(p.wip_classes.get(class).map_or("", String::as_str)))
            }
            (shell::select("The clock starts in", "started", states()).value(&p.started))
            (shell::select("The clock stops in", "finished", states()).value(&p.finished))
            (shell::field("Expected within days", "sle_days").kind("number").value(number(p.sle_days)).help("0 is no expectation."))
            (shell::field("of so many percent", "sle_share").kind("number").value(p.sle_share))
            (shell::select("Estimates", "estimates", choices(&ESTIMATES, None)).value(&p.estimates))
            (shell::field("Days of a sprint", "sprint_days").kind("number").value(number(p.sprint_days)).help("0 is no sprints."))
        }
    }
}

fn lines(p: &PolicyView, title: &str, field: &str, list: &[String]) -> Markup {
    shell::section(
        title,
        html! {
            @if list.is_empty() { p.soft { "None." } } @else { ul { @for one in list { li { (one) } } } }
            (edit(p, "Change", html! {
                (shell::textarea("One a line", field).value(list.join("\n")).rows(6))
            }))
        },
    )
}

fn state_acts(p: &PolicyView, name: &str) -> Markup {
    let query = serde_urlencoded::to_string([("name", name)]).unwrap_or_default();
    let remove = format!("/do/remove-policy-state?policy={}&{query}&_back={}", p.id, here(p));
    html! {
        (shell::menu("Change", None, state_form(p, Some(name))))
        (shell::post_button(&remove, "Remove", None))
    }
}

fn state_form(p: &PolicyView, name: Option<&str>) -> Markup {
    let state = name.and_then(|name| p.states.iter().find(|s| s.name == name));
    let id = |field: &str| {
        let at = p.states.iter().position(|s| Some(s.name.as_str()) == name);
        format!("{field}-{}", at.map_or("new".to_owned(), |at| at.to_string()))
    };
    let places: Vec<Choice> = std::iter::once(Choice::new("", "where it is, or last"))
        .chain(
            p.states
                .iter()
                .filter(|s| Some(s.name.as_str()) != name)
                .map(|s| Choice::new(&s.name, format!("before {}", s.name))),
        )
        .collect();
    shell::form(
        "/do/set-policy-state",
        html! {
            (shell::hidden("policy", &p.id.to_string()))
            (shell::hidden("_back", &here(p)))
            @match name {
                Some(name) => {
                    (shell::hidden("name", name))
                    (shell::field("Name", "rename").id(id("rename")).value(name))
                }
                None => (shell::field("Name", "name").id(id("name")).required().placeholder("Ready for test"))
            }
            (shell::select("Counts as", "category", choices(&CATEGORIES, None)).id(id("category"))
                .value(state.map_or("started", |s| &s.category)))
            (shell::field("Limit", "limit").id(id("limit")).kind("number")
                .value(state.and_then(|s| s.limit).unwrap_or_default()).help("0 is no limit."))
            (shell::field("An item leaves it when", "exit").id(id("exit"))
                .value(state.map_or("", |s| &s.exit)).placeholder("two people have read the code"))
            (shell::select("Place", "before", places).id(id("before")))
            (shell::submit(if name.is_some() { "Save" } else { "Add the state" }))
        },
    )
}

fn cadence(p: &PolicyView) -> Markup {
    let rows = p.cadence.iter().map(|r| {
        let stop =
            format!("/do/set-rhythm?policy={}&kind={}&every=never&_back={}", p.id, r.kind, here(p));
        vec![
            html! { (words(&r.kind)) },
            html! { (words(&r.every)) },
            html! { (r.minutes) },
            shell::post_button(&stop, "Remove", None),
        ]
    });
    html! {
        section.part {
            @if p.cadence.is_empty() { h2 { "Cadence" } p.soft { "No ceremony comes again by itself." } }
            @else { (shell::data_table("Cadence", &["Ceremony", "Every", "#Minutes", ""], rows.collect())) }
            (shell::menu("Set a ceremony", None, shell::form("/do/set-rhythm", html! {
                (shell::hidden("policy", &p.id.to_string()))
                (shell::hidden("_back", &here(p)))
                (shell::select("Ceremony", "kind", choices(&CEREMONIES, None)))
                (shell::select("Every", "every", choices(&RHYTHMS, None)).value("week"))
                (shell::field("Minutes", "minutes").kind("number").value(60))
                (shell::submit("Set"))
            })))
        }
    }
}
