//! The map of stakeholders.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::lists::Listing;
use super::super::{may_write, once, product, show};
use crate::shell::{self, Facet};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::why::stakeholders::{ListStakeholders, StakeholderView, advice};

const PAGE: Listing = Listing {
    active: "stakeholders",
    title: "Stakeholders",
    about: "Who has a say, by influence and interest",
    facet: Facet::What,
    empty: (
        "No stakeholders yet",
        "Customer care, influence 4, interest 5: fewer calls about refunds on Mondays.",
    ),
};

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListStakeholders { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let path = PAGE.path(&product);
        let dots: Vec<(String, i64, i64)> =
            all.iter().map(|s| (s.name.clone(), s.interest, s.influence)).collect();
        let rows = (!all.is_empty()).then(|| html! {
            (shell::field_map("Interest", "Influence", &dots))
            (shell::data_table("Stakeholders", &["Who", "Wants", "#Influence", "#Interest", "So", ""],
                all.iter().map(|s| vec![
                    html! { b { (s.name) } @if !s.organisation.is_empty() { " " span.soft { (s.organisation) } } },
                    html! { (s.wants) },
                    html! { (s.influence) },
                    html! { (s.interest) },
                    html! { (advice(s.influence, s.interest)) },
                    html! { @if write { (edit(s, &path)) } },
                ]).collect()))
        });
        let actions = html! {
            @if write {
                (shell::menu("Add a stakeholder", Some("c"), shell::form("/do/add-stakeholder", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &path))
                    (fields(None))
                    (shell::submit("Add"))
                })))
            }
        };
        Ok(PAGE.page(product, actions, rows, None, None))
    })
    .await
}

fn fields(of: Option<&StakeholderView>) -> Markup {
    html! {
        (shell::field("Name", "name").value(of.map_or("", |s| &s.name)))
        (shell::field("Of", "organisation").value(of.map_or("", |s| &s.organisation)))
        (shell::field("Influence, 1 to 5", "influence").kind("number").value(of.map_or(3, |s| s.influence)))
        (shell::field("Interest, 1 to 5", "interest").kind("number").value(of.map_or(3, |s| s.interest)))
        (shell::textarea("What they want", "wants").rows(2).value(of.map_or("", |s| &s.wants)))
    }
}

fn edit(s: &StakeholderView, back: &str) -> Markup {
    shell::menu(
        "Edit",
        None,
        html! {
            (shell::form("/do/edit-stakeholder", html! {
                (shell::hidden("stakeholder", &s.id.to_string()))
                (shell::hidden("revision", &s.revision.to_string()))
                (shell::hidden("_back", back))
                (fields(Some(s)))
                (shell::submit("Save"))
            }))
            (shell::post_button(&format!("/do/edit-stakeholder?stakeholder={}&remove=true&_back={back}", s.id), "Take off the map", None))
        },
    )
}
