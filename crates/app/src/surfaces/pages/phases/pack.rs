//! The gate pack: what those who decide have to see, laid out for paper.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, attached, may_write, product, show};
use super::gates::decided;
use super::{above, one, requests, slip, tone, words};
use crate::how::gates::GateCriterion;
use crate::how::phases::{GatePack, GetGatePack, PhaseDetail};
use crate::kernel::{Error, Id};
use crate::shell::{self, Facet, Tone, amount, counted};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("gate"))?;
        let pack = GetGatePack { gate: id }.run(cx)?;
        if pack.gate.product != product.key {
            return Err(Error::NotFound("gate"));
        }
        let g = &pack.gate;
        let here = format!("/p/{}/gates/{id}/pack", product.key);
        let write = may_write(cx);
        let files = attached::beside(cx, &format!("gate/{id}"), id, &here, write)?;
        let main = html! {
            p.soft.no-print {
                "Print this page, or save it as PDF, with your browser: it is laid out for paper. "
                a href={ "/p/" (product.key) "/gates#gate-" (g.id) } { "Set criteria and decide" }
            }
            (standing(&pack))
            (criteria("Must be met", &g.must))
            (criteria("Should be met", &g.should))
            @for d in &pack.before { (ending(d)) }
            @if !pack.held_up.is_empty() {
                (shell::section("Held up now", html! {
                    (shell::data_table("Held up now", &["Item", "By what", "#Hours"], pack.held_up.iter().map(|b| vec![
                        html! { a href={ "/" (b.key) } { (b.key) } " " (b.title) }, html! { (b.reason) }, html! { (b.hours) },
                    ]).collect()))
                }))
            }
            @for d in &pack.behind { (next(d)) }
            @if !g.decisions.is_empty() {
                (shell::section("What was decided", html! { @for d in &g.decisions { (decided(g, d)) } }))
            }
            (files)
        };
        let meta = html! {
            (shell::toned(&words(&g.state), tone(&g.state)))
            @if let Some(due) = g.due { span { "due " (shell::day_tag(due)) } }
            span { @if g.approvers.is_empty() { "nobody is named to decide" } @else { "decided by " (g.approvers.join(", ")) } }
        };
        Ok(Page {
            title: format!("Gate pack of {}", g.name),
            active: "phases",
            above: above(&product),
            head: Some(shell::page_head("Gate pack", &g.name, meta, html! {})),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn standing(pack: &GatePack) -> Markup {
    let g = &pack.gate;
    let met = |all: &[GateCriterion]| all.iter().filter(|c| c.standing == "met").count();
    let missing = g.must.len() - met(&g.must);
    html! {
        (shell::stats(html! {
            (shell::stat("Musts met", &format!("{} of {}", met(&g.must), g.must.len()), ""))
            (shell::stat("Shoulds met", &format!("{} of {}", met(&g.should), g.should.len()), ""))
            @if let Some(late) = pack.late_days {
                (shell::stat("Against its day", &match late {
                    0 => "on the day".to_owned(),
                    n if n > 0 => format!("{n} days late"),
                    n => format!("{} days to go", -n),
                }, ""))
            }
        }))
        @if g.state == "pending" && missing > 0 {
            (shell::notice(Tone::Warn, html! {
                (missing) " of the musts are not met: a go is not possible, only a conditional one or a hold."
            }))
        }
    }
}

fn criteria(title: &str, all: &[GateCriterion]) -> Markup {
    html! { @if !all.is_empty() {
        (shell::section(title, html! {
            (shell::data_table(title, &["Criterion", "Stands", "What shows it"], all.iter().map(|c| vec![
                html! { (c.text) }, html! { (shell::toned(&words(&c.standing), tone(&c.standing))) }, html! { (c.note) },
            ]).collect()))
        }))
    } }
}

/// The phase that ends here, against what was agreed.
fn ending(d: &PhaseDetail) -> Markup {
    let p = &d.phase;
    let here = format!("/p/{}/phases/{}", p.product, p.id);
    html! {
        (shell::section(&format!("What ends here: {}", p.name), html! {
            @if !p.goal.is_empty() { p { (p.goal) } }
            p { (shell::days_tag(p.starts, p.ends)) @if let Some((moved, tone)) = slip(p) { " " (shell::toned(&moved, tone)) } }
            @if let Some(agreed) = p.agreed_points {
                p { (amount(p.done)) " of " (amount(agreed)) " " (p.unit) " agreed are finished, "
                    (p.items_done) " of " (p.items) " items." }
            } @else { p.soft { "It has no baseline: it has not begun." } }
            p.no-print { a href=(here) { "The phase" } }
        }))
        (one::burnup(d))
        @let open: Vec<_> = d.items.iter().filter(|i| !matches!(&*i.category, "accepted" | "dropped")).collect();
        @if !open.is_empty() {
            (shell::section("Not finished", html! {
                (shell::data_table("Not finished", &["Item", "State", "#Estimate"], open.iter().map(|i| vec![
                    html! { a href={ "/" (i.key) } { (i.key) } " " (i.title) }, html! { (i.state) },
                    html! { (i.estimate().unwrap_or_default()) },
                ]).collect()))
            }))
        }
        @if !d.sprints.is_empty() {
            (shell::section("Sprints in it", html! {
                (shell::data_table("Sprints in it", &["Sprint", "Goal", "Met", "Days"], d.sprints.iter().map(|s| vec![
                    html! { (s.name) }, html! { (s.goal) }, html! { @if s.outcome.is_empty() { (s.state) } @else { (s.outcome) } },
                    html! { (shell::days_tag(s.starts, s.ends)) },
                ]).collect()))
            }))
        }
        (one::baselines(&d.baselines, &d.phase.unit))
        @if !d.requests.is_empty() {
            (shell::section("Change requests", html! { @for r in &d.requests { (requests::one(r, &here, false)) } }))
        }
    }
}

/// What a go would let in, as it would be frozen.
fn next(d: &PhaseDetail) -> Markup {
    let p = &d.phase;
    shell::section(
        &format!("What a go lets in: {}", p.name),
        html! {
            @if !p.goal.is_empty() { p { (p.goal) } }
            p { (shell::days_tag(p.starts, p.ends)) ", " (counted(p.items, "item")) ", " (amount(p.points)) " " (p.unit) }
            @if p.state == "planned" && (p.starts.is_none() || p.ends.is_none()) {
                (shell::notice(Tone::Warn, html! { "It has no dates to freeze yet." }))
            }
            @if !d.items.is_empty() {
                (shell::data_table("Its scope", &["Item", "#Estimate"], d.items.iter().map(|i| vec![
                    html! { a href={ "/" (i.key) } { (i.key) } " " (i.title) },
                    html! { (i.estimate().unwrap_or_default()) },
                ]).collect()))
            }
        },
    )
}
