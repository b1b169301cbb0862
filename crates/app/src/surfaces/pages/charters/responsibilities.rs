//! All responsibilities: the catalogue, what the workspace adds to it, and which of them take a
//! reason first.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::facet;
use crate::kernel::{Access, Result};
use crate::people::products;
use crate::people::responsibilities::{Facet, ListResponsibilities, ResponsibilityView};
use crate::shell::{self, Choice, Crumb};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::pages::learn::mark_of;
use crate::surfaces::pages::{Page, may_write, once, show};
use crate::surfaces::registry::ENTRIES;
use crate::surfaces::session::Visitor;

const HERE: &str = "/responsibilities";

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    show(&app, visitor, &headers, |cx| {
        let all = ListResponsibilities {}.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let own: Vec<&ResponsibilityView> = all.iter().filter(|r| r.own).collect();
        let main = html! {
            p { "What somebody may answer for, whatever their title says. A charter gives each to people; here stands what each of them is." }
            (own_part(cx, &own, admin)?)
            @for of in Facet::ALL {
                (catalogue(of, &all, admin))
            }
        };
        let add = html! { @if admin { (shell::menu("Add one of your own", Some("c"), adding())) } };
        Ok(Page {
            title: "Responsibilities".into(),
            active: "charters",
            above: vec![Crumb::to("/charters", "Charters")],
            head: Some(shell::page_head("Charters", "Responsibilities", html! { (all.len()) " in all, " (own.len()) " of your own" }, add)),
            main,
            ..Page::default()
        })
    })
    .await
}

/// Actions by which a responsibility may be seen to be exercised.
fn verbs() -> Vec<Choice> {
    let shown = ENTRIES.iter().filter(|e| e.changes && e.meta.access <= Access::Write);
    let none = Choice::new("", "None: it is noted by hand");
    std::iter::once(none).chain(shown.map(|e| Choice::new(e.meta.name, e.meta.summary))).collect()
}

fn facets() -> Vec<Choice> {
    let about = |f: Facet| match f {
        Facet::Why => "Why: users' and business needs",
        Facet::What => "What: which problem, and which first",
        Facet::How => "How: finding a solution",
    };
    Facet::ALL.iter().map(|f| Choice::new(f.as_str(), about(*f))).collect()
}

fn adding() -> Markup {
    shell::form(
        "/do/add-responsibility",
        html! {
            (once())
            (shell::hidden("_back", HERE))
            (shell::field("Name", "name").required().placeholder("Fraud watch"))
            (shell::select("It belongs to", "facet", facets()).value("how"))
            (shell::textarea("What it is, in one sentence", "definition").rows(2))
            (shell::select("Exercised by", "verbs", verbs()).many(vec![String::new()])
                .help("Whoever does one of these exercises it. Several can be chosen."))
            (shell::submit("Add it"))
        },
    )
}

/// The workspace's own, each with what can be done about it.
fn own_part(cx: &mut Reader<'_>, own: &[&ResponsibilityView], admin: bool) -> Result<Markup> {
    let write = may_write(cx);
    let products: Vec<Choice> = products::visible(cx.conn, cx.actor)?
        .iter()
        .map(|p| Choice::new(&p.key, p.name.clone()))
        .collect();
    let rows = own
        .iter()
        .map(|r| {
            vec![
                html! {
                    span.(facet(r.facet).class()) { (shell::toned(r.facet.as_str(), shell::Tone::Facet)) } " "
                    b { (r.name) } @if !r.active { " " (shell::pill("not used any more")) } @if r.strict { " " (shell::pill("reason first")) }
                    br; span.soft { (r.definition) }
                },
                html! { (r.exercised_by) },
                html! {
                    @if write && r.active && !products.is_empty() { (shell::menu("Note it", None, noting(r, products.clone()))) }
                    @if admin { " " (shell::menu("Edit", None, editing(r))) " " (strict(r)) }
                },
            ]
        })
        .collect();
    Ok(html! {
        @if own.is_empty() {
            (shell::section("Your own", html! {
                p.soft { "None yet. The catalogue is not exhaustive: a team that watches for fraud, or looks after a partner, adds that here, and it enters new charters and the mirror." }
            }))
        } @else {
            (shell::data_table("Your own", &["What", "Exercised by", ""], rows))
        }
    })
}

fn noting(r: &ResponsibilityView, products: Vec<Choice>) -> Markup {
    shell::form(
        "/do/note-exercise",
        html! {
            (once())
            (shell::hidden("number", &r.number.to_string()))
            (shell::hidden("_back", HERE))
            (shell::select("For", "product", products).id(format!("note-{}-product", r.number)))
            (shell::field("What you did", "note").id(format!("note-{}", r.number)).required().placeholder("Went through the week's chargebacks"))
            (shell::submit("Note it"))
        },
    )
}

fn editing(r: &ResponsibilityView) -> Markup {
    let id = |field: &str| format!("own-{}-{field}", r.number);
    html! {
        (shell::form("/do/edit-responsibility", html! {
            (shell::hidden("number", &r.number.to_string()))
            (shell::hidden("_back", HERE))
            (shell::field("Name", "name").id(id("name")).value(&r.name).required())
            (shell::select("It belongs to", "facet", facets()).id(id("facet")).value(r.facet.as_str()))
            (shell::textarea("What it is, in one sentence", "definition").id(id("definition")).value(&r.definition).rows(2))
            (shell::submit("Save"))
        }))
        (shell::post_button(
            &format!("/do/edit-responsibility?number={}&active={}&_back={HERE}", r.number, !r.active),
            if r.active { "Use it no more" } else { "Use it again" },
            None,
        ))
    }
}

/// The switch for asking the reason first.
fn strict(r: &ResponsibilityView) -> Markup {
    let label = if r.strict { "Ask after" } else { "Ask first" };
    let path = format!("/do/set-strict?number={}&strict={}&_back={HERE}", r.number, !r.strict);
    shell::post_button(&path, label, None)
}

fn catalogue(of: Facet, all: &[ResponsibilityView], admin: bool) -> Markup {
    let title = match of {
        Facet::Why => "Why",
        Facet::What => "What",
        Facet::How => "How",
    };
    let mut heads = vec!["#No", "Responsibility", "Usually"];
    if admin {
        heads.push("Reason");
    }
    let rows = all
        .iter()
        .filter(|r| !r.own && r.facet == of)
        .map(|r| {
            let mut row = vec![
                html! { (r.number) },
                html! {
                    b { (r.name) } " " (mark_of(r.number)) @if r.strict { " " (shell::pill("reason first")) }
                    br; span.soft { (r.definition) }
                },
                html! { (r.accountable) },
            ];
            if admin {
                row.push(strict(r));
            }
            row
        })
        .collect();
    html! { section.part.(facet(of).class()) { h2 { (title) } (shell::data_table(title, &heads, rows)) } }
}
