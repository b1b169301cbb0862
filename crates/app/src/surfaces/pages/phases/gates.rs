//! Gates between phases: their criteria, who decides, and the record of what was decided.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::{Page, above, choices, may_write, once, product, show, tone, words};
use crate::how::gates::{DECISIONS, DecisionView, GateCriterion, GateView, ListGates, STANDINGS};
use crate::shell::{self, Choice, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let gates = ListGates { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let here = format!("/p/{}/gates", product.key);
        let main = html! {
            @if gates.is_empty() {
                (shell::empty_state(
                    "No gates yet",
                    "A gate ends a phase: “Launch of invoices”. What must be met, what should be, who decides; then go, conditional go, hold, recycle or kill.",
                    html! {},
                ))
            }
            @for gate in &gates { (one(gate, &here, write)) }
        };
        let add = html! { @if write { (new(&product.key, &here)) } };
        Ok(Page {
            title: format!("Gates of {}", product.name),
            head: Some(shell::page_head("How", "Gates", html! { "Where a phase ends, and what was decided there" }, add)),
            above: above(&product),
            product: Some(product),
            active: "phases",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn new(product: &str, here: &str) -> Markup {
    let lines = "A line each; those of the policy if left out.";
    shell::menu(
        "New gate",
        Some("c"),
        shell::form(
            "/do/create-gate",
            html! {
                (once())
                (shell::hidden("product", product))
                (shell::hidden("_back", here))
                (shell::field("Gate", "name").placeholder("Launch of invoices").required().autofocus())
                (shell::field("The phase that it ends", "phase").placeholder("Build"))
                (shell::field("Due", "due").kind("date"))
                (shell::field("Team", "team").help("Its policy gives the criteria; the product's if left out."))
                (shell::field("Who decides", "approvers").help("Names, commas between them."))
                (shell::textarea("Must be met", "must").rows(3).help(lines))
                (shell::textarea("Should be met", "should").rows(3).help(lines))
                (shell::submit("Set it up"))
            },
        ),
    )
}

fn one(gate: &GateView, here: &str, write: bool) -> Markup {
    let open = write && !matches!(gate.state.as_str(), "go" | "kill");
    let met = gate.must.iter().filter(|c| c.standing == "met").count();
    html! {
        section.part id=(format!("gate-{}", gate.id)) {
            h2 { (gate.name) " " (shell::toned(&words(&gate.state), tone(&gate.state))) }
            p.soft {
                @if !gate.phase.is_empty() { "Ends " (gate.phase) ". " }
                @if let Some(day) = gate.due { "Due " (shell::day_tag(day)) ". " }
                @if let Some(team) = &gate.team { "Team " (team) ". " }
                @if gate.approvers.is_empty() { "Nobody is named to decide." }
                @else { "Decided by " (gate.approvers.join(", ")) "." }
            }
            @if !gate.must.is_empty() { p { (met) " of " (gate.must.len()) " that must be met are met." } }
            div.gate-criteria {
                (table(gate, "must", "Must be met", &gate.must, here, open))
                (table(gate, "should", "Should be met", &gate.should, here, open))
            }
            div.acts {
                @if open { (acts(gate, here)) }
                a.btn href={ "/p/" (gate.product) "/gates/" (gate.id) "/pack" } { "Gate pack" }
            }
            @for d in &gate.decisions { (decided(gate, d)) }
        }
    }
}

fn table(
    gate: &GateView,
    kind: &str,
    title: &str,
    all: &[GateCriterion],
    here: &str,
    open: bool,
) -> Markup {
    let rows = all.iter().enumerate().map(|(n, c)| {
        let id = |field: &str| format!("{}-{kind}-{n}-{field}", gate.id);
        vec![
            html! { (c.text) },
            html! { (shell::toned(&words(&c.standing), tone(&c.standing))) },
            html! { (c.note) },
            html! {
                @if open {
                    (shell::menu("Set", None, shell::form("/do/set-gate-criterion", html! {
                        (shell::hidden("gate", &gate.id.to_string()))
                        (shell::hidden("kind", kind))
                        (shell::hidden("text", &c.text))
                        (shell::hidden("_back", here))
                        (shell::select("It is", "standing", standings()).id(id("standing")).value(&c.standing))
                        (shell::field("What shows it", "note").id(id("note")).value(&c.note))
                        (shell::submit("Save"))
                    })))
                }
            },
        ]
    });
    html! { @if !all.is_empty() { (shell::data_table(title, &[title, "Stands", "What shows it", ""], rows.collect())) } }
}

fn standings() -> Vec<Choice> {
    STANDINGS.iter().map(|s| Choice::new(s, words(s))).collect()
}

fn acts(gate: &GateView, here: &str) -> Markup {
    let id = gate.id.to_string();
    let own = |field: &str| format!("{id}-{field}");
    let decisions = DECISIONS.iter().map(|d| Choice::new(d, words(d))).collect();
    html! {
        (shell::menu("Decide", None, shell::form("/do/decide-gate", html! {
            (once())
            (shell::hidden("gate", &id))
            (shell::hidden("_back", here))
            (shell::select("Decision", "decision", decisions).id(own("decision")))
            (shell::textarea("Because", "because").id(own("because")).rows(3).required())
            (shell::textarea("Conditions", "conditions").id(own("conditions")).rows(2).help("For a conditional go: what still has to be done."))
            (shell::field("Met by", "by_day").id(own("by")).kind("date"))
            (shell::submit("Decide"))
        })))
        (shell::menu("Add a criterion", None, shell::form("/do/set-gate-criterion", html! {
            (shell::hidden("gate", &id))
            (shell::hidden("_back", here))
            (shell::select("It", "kind", choices(&["must", "should"], None)).id(own("kind")))
            (shell::field("be met", "text").id(own("text")).required())
            (shell::submit("Add"))
        })))
        (shell::menu("Edit", None, shell::form("/do/edit-gate", html! {
            (shell::hidden("gate", &id))
            (shell::hidden("revision", &gate.revision.to_string()))
            (shell::hidden("_back", here))
            (shell::field("Gate", "name").id(own("name")).value(&gate.name).required())
            (shell::field("The phase that it ends", "phase").id(own("phase")).value(&gate.phase))
            (shell::field("Due", "due").id(own("due")).kind("date").value(gate.due.map_or(String::new(), |d| d.to_string())))
            (shell::field("Who decides", "approvers").id(own("approvers")).value(gate.approvers.join(", ")))
            (shell::submit("Save"))
        })))
        @if gate.state == "pending" {
            (shell::post_button(&format!("/do/remove-gate?gate={id}&_back={here}"), "Remove", None))
        }
    }
}

/// A decision; where the gate names nobody, nobody can have decided in their place.
pub(super) fn decided(gate: &GateView, d: &DecisionView) -> Markup {
    let met = |all: &[GateCriterion]| all.iter().filter(|c| c.standing == "met").count();
    html! {
        div.prose {
            p {
                b { "Decided: " (words(&d.decision)) } ", " (shell::time_tag(d.at))
                @if let Some(person) = &d.person { ", " (person) }
                @if !d.as_approver && !gate.approvers.is_empty() { " (not named as an approver)" }
                ": " (d.because)
            }
            @if !d.conditions.is_empty() {
                p { "Conditions" @if let Some(day) = d.by_day { ", by " (shell::day_tag(day)) } ": " (d.conditions) }
            }
            p.soft { "Then " (met(&d.must)) " of " (d.must.len()) " musts and " (met(&d.should)) " of " (d.should.len()) " shoulds were met." }
        }
    }
}
