//! A product's settings: what it is called, who sees it, its parts.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, choices, once, product, show};
use crate::kernel::{Access, Result};
use crate::people::parts::{ListParts, PartView};
use crate::people::products::{self, Product};
use crate::people::{members, teams};
use crate::shell::{self, Choice};
use crate::store::{Query, Reader, load};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/settings", get(settings))
}

async fn settings(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let main = html! {
            (about(&product, admin))
            (shell::section("Workflow", html! {
                p { a href={ "/p/" (product.key) "/policy" } { "The product's policy" } " holds for what no team with a policy of its own has taken." }
            }))
            (shell::section("Fields and templates", html! {
                p { a href={ "/p/" (product.key) "/fields" } { "Fields" } " are what is asked of its items beyond what all have; " a href={ "/p/" (product.key) "/templates" } { "templates" } " are what items are made from." }
            }))
            (shell::section("Git and rules", html! {
                p { a href={ "/p/" (product.key) "/git" } { "Repositories" } " tell what becomes of its items; " a href={ "/p/" (product.key) "/automations" } { "rules" } " do what would be done again and again." }
            }))
            (shell::section("Export", html! {
                p { a href={ "/p/" (product.key) "/export" } { "Take the product with you" } " as JSON, CSV or Markdown." }
            }))
            (parts(cx, &product, admin)?)
            @if admin { (named(cx, &product)?) }
        };
        Ok(Page {
            title: format!("Settings of {}", product.name),
            active: "settings",
            head: Some(shell::page_head("Product", "Settings", html! { (product.key) }, html! {})),
            product: Some(product),
            main,
            ..Page::default()
        })
    })
    .await
}

fn about(product: &Product, admin: bool) -> Markup {
    let sees = if product.private { "named members only" } else { "all members" };
    shell::section(
        "Product",
        html! {
            p { (product.name) ", seen by " (sees) "." }
            @if !product.about.is_empty() { p { (product.about) } }
            @if admin {
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-product", html! {
                    (shell::hidden("product", &product.key))
                    (shell::hidden("revision", &product.revision.to_string()))
                    (shell::hidden("_back", &format!("/p/{}/settings", product.key)))
                    (shell::field("Name", "name").value(&product.name).required())
                    (shell::textarea("What it is for", "about").value(&product.about).rows(3))
                    (shell::select("Only named members see it", "private", choices(&["false", "true"], None))
                        .value(product.private))
                    (shell::submit("Save"))
                })))
            }
        },
    )
}

fn parts(cx: &mut Reader<'_>, product: &Product, admin: bool) -> Result<Markup> {
    let here = format!("/p/{}/settings", product.key);
    let parts = ListParts { product: product.key.clone() }.run(cx)?;
    let teams: Vec<Choice> = std::iter::once(Choice::new("", "no team"))
        .chain(
            teams::active(cx.conn, cx.actor.workspace)?
                .iter()
                .map(|t| Choice::new(t.id, t.name.clone())),
        )
        .collect();
    let rows = parts.iter().map(|part| part_row(part, &teams, &here, admin)).collect();
    Ok(html! {
        section.part {
            @if parts.is_empty() { h2 { "Parts" } }
            @else { (shell::data_table("Parts", &["Part", "Team", ""], rows)) }
            p.soft { "Named areas of the product. New items of a part go to its team; who answers for a part is said in its charter." }
            @if parts.is_empty() { p.soft { "None yet, for example “Checkout” or “Refunds”." } }
            @if admin {
                (shell::menu("New part", Some("c"), shell::form("/do/create-part", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &here))
                    (shell::field("Name", "name").placeholder("Checkout").required())
                    (shell::select("Team", "team", teams))
                    (shell::submit("Add the part"))
                })))
            }
        }
    })
}

fn part_row(part: &PartView, teams: &[Choice], here: &str, admin: bool) -> Vec<Markup> {
    let query = serde_urlencoded::to_string([("part", &part.name)]).unwrap_or_default();
    let team = part.team.map(|id| id.to_string()).unwrap_or_default();
    vec![
        html! { a href=(format!("/p/{}/backlog?{query}", part.product)) { (part.name) } },
        html! {
            @match (&part.team, &part.team_name) {
                (Some(id), Some(name)) => { a href={ "/teams/" (id) } { (name) } },
                _ => { span.soft { "no team" } },
            }
        },
        html! {
            @if admin {
                (shell::menu("Change", None, shell::form("/do/edit-part", html! {
                    (shell::hidden("part", &part.id.to_string()))
                    (shell::hidden("revision", &part.revision.to_string()))
                    (shell::hidden("_back", here))
                    (shell::field("Name", "name").value(&part.name).required())
                    (shell::select("Team", "team", teams.to_vec()).value(&team))
                    (shell::submit("Save"))
                })))
                (shell::post_button(&format!("/do/remove-part?part={}&_back={here}", part.id), "Remove", None))
            }
        },
    ]
}

/// Who is named in the product: how guests and private products get their people.
fn named(cx: &mut Reader<'_>, product: &Product) -> Result<Markup> {
    let (ws, here) = (cx.actor.workspace, format!("/p/{}/settings", product.key));
    let mut people = Vec::new();
    for member in products::members(cx.conn, ws, product.id)? {
        people.extend(load::<members::Person>(cx.conn, ws, member.person_id)?);
    }
    let others: Vec<Choice> = members::all(cx.conn, ws)?
        .iter()
        .filter(|p| p.active && people.iter().all(|n| n.id != p.id))
        .map(|p| Choice::new(p.id, format!("{}, {}", p.name, p.role)))
        .collect();
    let rows = people
        .iter()
        .map(|p| {
            let remove = format!(
                "/do/remove-product-member?product={}&person={}&_back={here}",
                product.key, p.id
            );
            vec![
                html! { (p.name) },
                html! { (p.role) },
                shell::post_button(&remove, "Take out", None),
            ]
        })
        .collect();
    Ok(html! {
        section.part {
            @if people.is_empty() { h2 { "Named people" } p.soft { "Nobody is named." } }
            @else { (shell::data_table("Named people", &["Name", "Role", ""], rows)) }
            p.soft { "Guests see only the products they are named in, and a private product is seen by those named in it." }
            @if !others.is_empty() {
                (shell::menu("Name somebody", None, shell::form("/do/add-product-member", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &here))
                    (shell::select("Person", "person", others))
                    (shell::submit("Add"))
                })))
            }
        }
    })
}
