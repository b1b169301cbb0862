//! Phases and the gates between them.

mod gates;
mod one;
mod pack;
mod requests;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, choices, may_write, once, product, show};
use crate::how::gates::{GateView, ListGates};
use crate::how::phases::{GateBrief, ListPhases, PhaseView};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Choice, Crumb, Facet, Tone, amount};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/phases", get(list))
        .route("/p/{product}/phases/{phase}", get(one::page))
        .route("/p/{product}/gates", get(gates::list))
        .route("/p/{product}/gates/{gate}/pack", get(pack::page))
}

/// The way back from what lies below the list of phases.
fn above(product: &Product) -> Vec<Crumb> {
    vec![Crumb::to(format!("/p/{}/phases", product.key), "Phases and gates")]
}

/// A kept word as people read it.
fn words(state: &str) -> String {
    state.replace('-', " ")
}

fn tone(state: &str) -> Tone {
    match state {
        "go" | "met" | "accepted" => Tone::Good,
        "kill" | "not-met" | "rejected" => Tone::Bad,
        "conditional-go" | "hold" | "recycle" => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// By how much the end has moved since the first baseline, in words.
fn slip(p: &PhaseView) -> Option<(String, Tone)> {
    let moved = p.slip_days.filter(|d| *d != 0)?;
    let (count, tone) = (moved.abs(), if moved > 0 { Tone::Warn } else { Tone::Good });
    let unit = if count == 1 { "day" } else { "days" };
    Some((format!("{count} {unit} {}", if moved > 0 { "later" } else { "earlier" }), tone))
}

async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let phases = ListPhases { product: product.key.clone() }.run(cx)?;
        let gates = ListGates { product: product.key.clone() }.run(cx)?;
        let main = html! {
            @if phases.is_empty() {
                (shell::empty_state(
                    "No phases yet",
                    "A phase goes from one gate to the next: “Build, until the launch gate”. Its scope and dates are frozen when it begins; what changes later is asked for and decided, and a burnup shows both.",
                    html! {},
                ))
            }
            ol.phases { @for (n, p) in phases.iter().enumerate() {
                // The gate that ends one phase and lets in the next stands between them once.
                @let shown = n.checked_sub(1).and_then(|n| phases[n].exit.as_ref()).map(|g| g.id);
                (line(p, shown))
            } }
            @let loose: Vec<&GateView> = gates.iter().filter(|g| !beside(g, &phases)).collect();
            @if !loose.is_empty() {
                (shell::section("Gates that no phase names", html! {
                    (shell::list("Gates", html! { @for g in loose {
                        (shell::list_row(format!("/p/{}/gates#gate-{}", product.key, g.id), g.name.clone())
                            .lead(shell::toned(&words(&g.state), tone(&g.state))))
                    } }))
                }))
            }
        };
        let acts = html! {
            @if may_write(cx) { (new(cx, &product, &gates)?) }
            a.btn href={ "/p/" (product.key) "/gates" } { "All gates" }
        };
        Ok(Page {
            title: format!("Phases of {}", product.name),
            head: Some(shell::page_head(
                "How",
                "Phases and gates",
                html! { "What was agreed at each gate, and what became of it" },
                acts,
            )),
            product: Some(product),
            active: "phases",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn beside(gate: &GateView, phases: &[PhaseView]) -> bool {
    let is = |brief: &Option<GateBrief>| brief.as_ref().is_some_and(|b| b.id == gate.id);
    phases.iter().any(|p| is(&p.entry) || is(&p.exit))
}

/// A gate between two phases, with where it leads.
fn gate_link(product: &str, gate: &GateBrief) -> Markup {
    html! {
        a href={ "/p/" (product) "/gates/" (gate.id) "/pack" } { (gate.name) } " "
        (shell::toned(&words(&gate.state), tone(&gate.state)))
        @if let Some(due) = gate.due.filter(|_| gate.state == "pending") { span.soft { " due " (shell::day_tag(due)) } }
    }
}

fn line(p: &PhaseView, shown: Option<crate::kernel::Id>) -> Markup {
    let agreed = p.agreed_points.unwrap_or(p.points);
    let share = if agreed > 0.0 { (p.done / agreed * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    html! {
        @if let Some(gate) = p.entry.as_ref().filter(|g| Some(g.id) != shown) { li.gate { (gate_link(&p.product, gate)) } }
        li.phase.(if p.state == "closed" { "over" } else { "" }) {
            h2 { a href={ "/p/" (p.product) "/phases/" (p.id) } { (p.name) } " " (shell::pill(&p.state)) }
            @if !p.goal.is_empty() { p { (p.goal) } }
            p.soft {
                (shell::days_tag(p.starts, p.ends))
                @if let Some(team) = &p.team { ", team " (team) }
                ", " (p.items) " items"
                @if let Some((moved, tone)) = slip(p) { " " (shell::toned(&moved, tone)) }
                @if p.waiting > 0 { " " (shell::toned(&format!("{} to decide", p.waiting), Tone::Warn)) }
            }
            @if p.baseline > 0 {
                (shell::meter(share as u8, &format!("{} of {} {} agreed are finished", amount(p.done), amount(agreed), p.unit)))
            }
        }
        @if let Some(gate) = &p.exit { li.gate { (gate_link(&p.product, gate)) } }
    }
}

fn gate_choices(gates: &[GateView]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "no gate"))
        .chain(gates.iter().map(|g| Choice::new(g.id, g.name.clone())))
        .collect()
}

fn new(cx: &mut Reader<'_>, product: &Product, gates: &[GateView]) -> Result<Markup> {
    let teams: Vec<Choice> = std::iter::once(Choice::new("", "no team"))
        .chain(
            teams::active(cx.conn, cx.actor.workspace)?
                .iter()
                .map(|t| Choice::new(t.id, t.name.clone())),
        )
        .collect();
    Ok(shell::menu(
        "New phase",
        Some("c"),
        shell::form(
            "/do/create-phase",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/phases", product.key)))
                (shell::field("Phase", "name").placeholder("Build").required().autofocus())
                (shell::textarea("What is there at its end", "goal").rows(2).placeholder("Invoices can be sent to a hundred customers"))
                @if teams.len() > 1 { (shell::select("Team", "team", teams)) }
                div.fields {
                    (shell::field("Starts", "starts").kind("date"))
                    (shell::field("Ends", "ends").kind("date"))
                    (shell::select("The gate that lets it in", "entry", gate_choices(gates)))
                    (shell::select("The gate that ends it", "exit", gate_choices(gates)))
                }
                p.help { "Until it begins, scope and dates are free. A go at the gate freezes them." }
                (shell::submit("Plan it"))
            },
        ),
    ))
}
