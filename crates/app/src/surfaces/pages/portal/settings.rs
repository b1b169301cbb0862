//! How the portal is set: closed until an admin opens it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::{product, show};
use super::page;
use crate::kernel::Access;
use crate::shell::{self, Choice};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::portal::GetPortal;

pub(super) async fn settings(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    let base = app.post.base().to_owned();
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let set = GetPortal { product: product.key.clone() }.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let yes_no = |yes: &str, no: &str| vec![Choice::new(true, yes), Choice::new(false, no)];
        let p = set.as_ref();
        let is = |value: Option<bool>, usual: bool| value.unwrap_or(usual);
        let main = html! {
            p.soft { "The portal shows what was let in: ideas, the roadmap as customers may hear it, and the changelog that was published. Nothing else of the product can be reached from it." }
            @if let Some(p) = p.filter(|p| p.open) {
                p { "Its address: " (shell::copy(&format!("{base}{}", p.path))) }
                @if !p.embed_hosts.is_empty() {
                    p { "To show it in a page of yours: " (shell::copy(&format!("<iframe src=\"{base}{}/embed\" title=\"Ideas\" width=\"100%\" height=\"600\"></iframe>", p.path))) }
                }
            }
            @if admin {
                (shell::form("/do/set-portal", html! {
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &format!("/p/{}/portal/settings", product.key)))
                    @if let Some(p) = p { (shell::hidden("revision", &p.revision.to_string())) }
                    (shell::select("The portal is", "open", yes_no("open to everybody", "closed")).value(is(p.map(|p| p.open), false)))
                    (shell::field("What its address ends with", "slug").value(p.map_or("", |p| &p.slug)).placeholder("southway-tickets"))
                    (shell::field("Title", "title").value(p.map_or(product.name.as_str(), |p| &p.title)))
                    (shell::textarea("What visitors read first", "intro").value(p.map_or("", |p| &p.intro)).rows(3))
                    (shell::select("Ideas and comments", "moderated", yes_no("wait until somebody lets them in", "appear at once; those with links wait")).value(is(p.map(|p| p.moderated), true)))
                    (shell::select("Visitors may submit ideas", "ideas", yes_no("yes", "no")).value(is(p.map(|p| p.ideas), true)))
                    (shell::select("Visitors may comment", "comments", yes_no("yes", "no")).value(is(p.map(|p| p.comments), true)))
                    (shell::select("Roadmap, without dates", "roadmap", yes_no("shown, as customers may hear it", "not shown")).value(is(p.map(|p| p.roadmap), true)))
                    (shell::select("Changelog", "changelog", yes_no("shown, with a feed", "not shown")).value(is(p.map(|p| p.changelog), true)))
                    (shell::select("Search engines", "indexed", yes_no("may list it", "are asked not to")).value(is(p.map(|p| p.indexed), false)))
                    (shell::field("Sites that may show it in a frame", "embed_hosts").value(p.map_or("", |p| &p.embed_hosts)).placeholder("https://www.example.org").help("None if empty."))
                    (shell::submit("Save"))
                }))
            } @else { p { "An admin opens it, and says what it shows." } }
        };
        page(cx, product, "/settings", html! {}, main)
    })
    .await
}
