//! Requests to change what a phase has frozen.

use maud::{Markup, html};

use super::super::once;
use super::{tone, words};
use crate::how::phases::{PhaseDetail, RequestView};
use crate::how::work_items::Named;
use crate::shell::{self, Choice};

/// All requests of a phase, with the form for another one.
pub(super) fn part(d: &PhaseDetail, write: bool) -> Markup {
    let p = &d.phase;
    if p.state == "planned" || (d.requests.is_empty() && p.state == "closed") {
        return html! {};
    }
    let here = format!("/p/{}/phases/{}", p.product, p.id);
    shell::section(
        "Change requests",
        html! {
            @if d.requests.is_empty() {
                p.soft { "None. What was frozen changes only by a request that somebody decides, as “Take refunds in, let printing go”." }
            }
            @for r in &d.requests { (one(r, &here, write && p.state == "active")) }
            @if write && p.state == "active" {
                (shell::menu("Ask for a change", Some("r"), shell::form("/do/propose-phase-change", html! {
                    (once())
                    (shell::hidden("phase", &p.id.to_string()))
                    (shell::hidden("_back", &here))
                    (shell::field("What changes", "title").id("change-title").placeholder("Refunds come in, printing goes").required())
                    (shell::textarea("Why, and what it costs", "because").id("change-because").rows(3).required())
                    (shell::field("Items that come", "adds").id("change-adds").picks("epic story task bug").help("Keys, with commas between them."))
                    (shell::field("Items that go", "removes").id("change-removes").picks("story task bug"))
                    (shell::field("New end", "ends").id("change-ends").kind("date").help("Left empty, it stays."))
                    (shell::submit("Ask"))
                })))
            }
        },
    )
}

fn keys(label: &str, items: &[Named]) -> Markup {
    html! { @if !items.is_empty() {
        p { b { (label) } " " @for (n, item) in items.iter().enumerate() {
            @if n > 0 { ", " } a href={ "/" (item.id) } { (item.id) } " " (item.name)
        } }
    } }
}

/// One request as it stands.
pub(super) fn one(r: &RequestView, here: &str, open: bool) -> Markup {
    let own = |field: &str| format!("{}-{field}", r.id);
    html! {
        div.request id=(format!("request-{}", r.number)) {
            h3 { "No. " (r.number) " " (r.title) " " (shell::toned(&words(&r.state), tone(&r.state))) }
            p { (r.because) span.soft { " " @if let Some(by) = &r.by { (by) ", " } (shell::time_tag(r.at)) } }
            (keys("Comes:", &r.adds))
            (keys("Goes:", &r.removes))
            @if let Some(ends) = r.ends { p { b { "New end:" } " " (shell::day_tag(ends)) } }
            @if r.decided_at.is_some() {
                p { b { "Decided, " (words(&r.state)) ":" } " " (r.decided_because) " "
                    span.soft { @if let Some(by) = &r.decided_by { (by) }
                        @if !r.as_approver { " (not named as an approver)" } }
                }
            } @else if !r.decided_because.is_empty() { p.soft { (r.decided_because) } }
            @if open && r.state == "proposed" {
                div.acts {
                    (shell::menu("Decide", None, shell::form("/do/decide-phase-change", html! {
                        (once())
                        (shell::hidden("request", &r.id.to_string()))
                        (shell::hidden("_back", here))
                        (shell::select("Decision", "decision", vec![
                            Choice::new("accepted", "accept: the baseline moves on"), Choice::new("rejected", "reject"),
                        ]).id(own("decision")))
                        (shell::textarea("Because", "because").id(own("because")).rows(3).required())
                        (shell::submit("Decide"))
                    })))
                    (shell::post_button(&format!("/do/withdraw-phase-change?request={}&_back={here}", r.id), "Withdraw", None))
                }
            }
        }
    }
}
