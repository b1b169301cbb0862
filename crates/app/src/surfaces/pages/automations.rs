//! Rules of a product: what they say, what they did, and what they would have done.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, may_write, once, product, show};
use crate::kernel::{Error, Id};
use crate::shell::{self, Choice, Crumb, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::automations::{
    AutomationView, DOES, GetAutomation, ListAutomations, ONLY, RunView, TestAutomation, Trial,
    WHEN,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/automations", get(list))
        .route("/p/{product}/automations/{automation}", get(one))
}

fn state(rule: &AutomationView) -> Markup {
    match rule.state.as_str() {
        "on" => shell::toned("on", Tone::Good),
        "stopped" => shell::toned("stopped", Tone::Bad),
        _ => shell::pill("off"),
    }
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let rules = ListAutomations { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            @if rules.is_empty() {
                (shell::empty_state(
                    "No rules yet",
                    "“When an item has been left alone for 90 days, add the label stale and tell its reporter.” A rule is tried on the past before it is switched on.",
                    html! { @if write { @for example in &EXAMPLES { (example_button(&product.key, example)) } } },
                ))
            } @else {
                (shell::data_table("Rules", &["Rule", "", "What it does", "Last run"], rules.iter().map(|rule| vec![
                    html! { a href={ "/p/" (product.key) "/automations/" (rule.id) } { (rule.name) } },
                    state(rule),
                    html! { (rule.sentence) },
                    html! { @if let Some(run) = rule.runs.first() { (shell::time_tag(run.at)) } @else { span.soft { "never" } } },
                ]).collect()))
                @if write {
                    p.soft { "Begin with an example:" }
                    div.acts { @for example in &EXAMPLES { (example_button(&product.key, example)) } }
                }
            }
        };
        let acts = html! { @if write {
            (shell::menu("New rule", Some("c"), shell::form("/do/create-automation", html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/automations", product.key)))
                (fields(None))
                (shell::submit("Write it"))
            })))
        } };
        Ok(Page {
            title: format!("Rules of {}", product.name),
            active: "automations",
            head: Some(shell::page_head("Product", "Rules", html! { "When something happens, something is done" }, acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// An example: its name, when, one further word, what an item has to be like, and what is done.
struct Example {
    name: &'static str,
    when: &'static str,
    more: &'static str,
    only: &'static str,
    steps: &'static [&'static str],
}

const EXAMPLES: [Example; 6] = [
    Example {
        name: "Keep the backlog clean",
        when: "untouched",
        more: "&args.days=90&args.ask=14&args.close=14&args.end=propose",
        only: "",
        steps: &["label stale"],
    },
    Example {
        name: "A story is in review once its tasks are done",
        when: "subtasks-done",
        more: "",
        only: "&only.level=story",
        steps: &["state In review", "notify assignee"],
    },
    Example {
        name: "Mark what is left alone",
        when: "stale",
        more: "&args.days=90",
        only: "",
        steps: &[
            "label stale",
            "comment Nobody has touched this for {days} days. Is it still wanted?",
        ],
    },
    Example {
        name: "Tell when it takes too long",
        when: "ageing",
        more: "",
        only: "",
        steps: &["notify assignee", "label ageing"],
    },
    Example {
        name: "Bugs that are critical go first",
        when: "labelled",
        more: "&args.label=critical",
        only: "&only.level=bug",
        steps: &["service expedite", "top"],
    },
    Example {
        name: "Look at the certificates each month",
        when: "schedule",
        more: "&args.every=month&args.on=1",
        only: "",
        steps: &["create task: Look at the certificates ({date})"],
    },
];

fn example_button(product: &str, example: &Example) -> Markup {
    let encoded = |text: &str| -> String {
        serde_urlencoded::to_string([("steps", text)]).unwrap_or_default()
    };
    let steps: Vec<String> = example.steps.iter().map(|s| encoded(s)).collect();
    let name = serde_urlencoded::to_string([("name", example.name)]).unwrap_or_default();
    let to = format!(
        "/do/create-automation?product={product}&{name}&when={}{}{}&{}&_back=/p/{product}/automations",
        example.when,
        example.more,
        example.only,
        steps.join("&")
    );
    shell::post_button(&to, example.name, None)
}

/// The fields of a rule, filled from one where there is one.
fn fields(rule: Option<&AutomationView>) -> Markup {
    let said = |name: &str, of: fn(&AutomationView) -> &crate::store::Fields| {
        rule.and_then(|r| of(r).get(name).cloned()).unwrap_or_default()
    };
    let arg = |name: &str| said(name, |r| &r.args);
    let when = WHEN.iter().map(|(word, words, _)| Choice::new(word, *words)).collect();
    let does: Vec<Choice> = std::iter::once(Choice::new("", "choose …"))
        .chain(DOES.iter().map(|(word, words, _)| Choice::new(word, *words)))
        .collect();
    let step = |n: usize| -> (String, String) {
        let line = rule.and_then(|r| r.steps.get(n).cloned()).unwrap_or_default();
        line.split_once(' ')
            .map_or((line.clone(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()))
    };
    let count = rule.map_or(3, |r| r.steps.len() + 1).clamp(3, 10);
    html! {
        (shell::field("Name", "name").value(rule.map_or("", |r| &r.name)).placeholder("Mark what is left alone").required())
        (shell::select("When", "when", when).value(rule.map_or("state-changed", |r| &r.when)))
        details open[rule.is_some_and(|r| !r.args.is_empty())] {
            summary { "More about when" }
            div.fields {
                (shell::field("Into the state", "args.to").value(arg("to")).placeholder("In review"))
                (shell::field("Out of the state", "args.from").value(arg("from")))
                (shell::field("Label", "args.label").value(arg("label")))
                (shell::field("Days", "args.days").kind("number").value(arg("days")).help("Of what is ageing, left empty: the team's expectation."))
                (shell::field("Further days until somebody is asked", "args.ask").kind("number").value(arg("ask")).help("Of what nobody touches; 14 if left empty."))
                (shell::field("Further days until closing is proposed", "args.close").kind("number").value(arg("close")).help("Of what nobody touches; 14 if left empty."))
                (shell::select("At the end", "args.end", vec![Choice::new("", "propose to close it"), Choice::new("close", "close it, with the reason")]).value(arg("end")))
            }
            div.fields {
                (shell::field("Every how many", "args.count").kind("number").value(arg("count")).placeholder("1").help("Of a day that comes again."))
                (shell::field("Days, weeks, months", "args.every").value(arg("every")).offer(["day", "weekday", "week", "two-weeks", "month"].map(str::to_owned).to_vec()))
                (shell::field("On", "args.on").value(arg("on")).help("Weekdays with commas; of months a day from 1 to 31, or as “first monday”, “last friday”."))
                (shell::field("Counted from", "args.from").kind("date").value(arg("from")))
                (shell::select("While the last one is open", "args.open", vec![Choice::new("", "make another"), Choice::new("wait", "make none")]).value(arg("open")))
                (shell::select("Days that were missed", "args.missed", vec![Choice::new("", "made up for once"), Choice::new("each", "each is made up for"), Choice::new("never", "left out")]).value(arg("missed")))
            }
        }
        details open[rule.is_some_and(|r| !r.only.is_empty())] {
            summary { "Only if the item …" }
            div.fields { @for (name, label) in ONLY {
                (shell::field(label, &format!("only.{name}")).value(said(name, |r| &r.only)))
            } }
        }
        @for n in 0..count {
            @let (verb, rest) = step(n);
            div.fields {
                (shell::select(if n == 0 { "Then" } else { "and then" }, &format!("then.do{}", n + 1), does.clone()).value(verb))
                (shell::field("what", &format!("then.with{}", n + 1)).value(rest).placeholder(if n == 0 { "In review" } else { "" }))
            }
        }
        p.help { "{key}, {title}, {days} and {date} are filled in. “template Spike: Title” creates an item from a template. A rule has the rights of whoever writes it." }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    /// Days to try it on.
    test: Option<i64>,
}

async fn one(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
    Params(wanted): Params<Wanted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("rule"))?;
        let rule = GetAutomation { automation: id }.run(cx)?;
        if rule.product != product.key {
            return Err(Error::NotFound("rule"));
        }
        let trial = match wanted.test {
            Some(days) => Some((days, TestAutomation { automation: id, days: Some(days) }.run(cx)?)),
            None => None,
        };
        let write = may_write(cx);
        let here = format!("/p/{}/automations/{id}", product.key);
        let main = html! {
            @if !rule.note.is_empty() { (shell::notice(Tone::Bad, html! { (rule.note) })) }
            p { (rule.sentence) }
            p.soft {
                @if let Some(author) = &rule.author { "It has the rights of " (author) ". " }
                @if let (true, Some(at)) = (rule.state == "on", rule.on_since) { "On since " (shell::time_tag(at)) "." }
            }
            form.filters method="get" action=(here) {
                (shell::select("Try it on", "test", [7, 30, 90, 365].map(|n| Choice::new(n, format!("the last {n} days"))).to_vec())
                    .value(wanted.test.unwrap_or(30)))
                button.btn { "Try it" }
            }
            @if let Some((days, trial)) = &trial { (tried(*days, trial)) }
            (runs(&rule.runs))
        };
        let acts = html! { @if write { (acts(&rule, &here)) } };
        Ok(Page {
            title: rule.name.clone(),
            active: "automations",
            above: vec![Crumb::to(format!("/p/{}/automations", product.key), "Rules")],
            head: Some(shell::page_head("Rule", &rule.name, state(&rule), acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn acts(rule: &AutomationView, here: &str) -> Markup {
    let id = rule.id.to_string();
    let (on, label) =
        if rule.state == "on" { ("false", "Switch it off") } else { ("true", "Switch it on") };
    html! {
        (shell::post_button(&format!("/do/set-automation?automation={id}&on={on}&_back={here}"), label, None))
        (shell::menu("Edit", Some("e"), shell::form("/do/edit-automation", html! {
            (shell::hidden("automation", &id))
            (shell::hidden("revision", &rule.revision.to_string()))
            (shell::hidden("_back", here))
            // What is emptied here goes.
            (shell::hidden("args.", ""))
            (shell::hidden("only.", ""))
            (fields(Some(rule)))
            (shell::submit("Save"))
        })))
        (shell::post_button(&format!("/do/remove-automation?automation={id}&_back=/p/{}/automations", rule.product), "Remove", None))
    }
}

/// What it would have done; nothing of it was done.
fn tried(days: i64, trial: &Trial) -> Markup {
    shell::section(
        "What it would have done",
        html! {
            @if !trial.next.is_empty() {
                p { "It comes next on " (trial.next.iter().map(|d| d.words()).collect::<Vec<_>>().join(", ")) "." }
            } @else if trial.times == 0 {
                p { "Nothing, in the last " (days) " days." }
            } @else {
                p { (trial.times) " times in the last " (days) " days. Nothing of it was done; items are judged as they are now." }
                (shell::data_table("What it would have done", &["When", "Item", "What"], trial.lines.iter().map(|l| vec![
                    html! { @if let Some(at) = l.at { (shell::time_tag(at)) } @else { "now" } },
                    html! { @if let Some(item) = &l.item { a href={ "/" (item.id) } { (item.id) } " " (item.name) } },
                    html! { (l.would.join(", ")) },
                ]).collect()))
            }
        },
    )
}

fn runs(runs: &[RunView]) -> Markup {
    shell::section(
        "What it did",
        html! {
            @if runs.is_empty() { p.soft { "Nothing yet." } }
            @else {
                (shell::data_table("What it did", &["When", "Item", "What", ""], runs.iter().map(|run| vec![
                    html! { (shell::time_tag(run.at)) },
                    html! { @if let Some(item) = &run.item { a href={ "/" (item.id) } { (item.id) } " " (item.name) } },
                    html! { (run.told) },
                    html! { @match run.outcome.as_str() {
                        "done" => {},
                        "loop" => (shell::toned("stopped", Tone::Bad)),
                        "skipped" => (shell::pill("skipped")),
                        _ => (shell::toned("refused", Tone::Warn)),
                    } },
                ]).collect()))
            }
        },
    )
}
