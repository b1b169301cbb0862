//! Where every item goes, before a policy is put into force.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;

use super::super::culture::asks;
use super::super::{Page, show};
use super::policy::{framework, home, words};
use crate::how::switching::PreviewPolicy;
use crate::kernel::{Access, Error, Id};
use crate::people::products;
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Fields, Query};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check(Access::Write)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("policy"))?;
        let preview = PreviewPolicy { policy: id, maps: Fields::default() }.run(cx)?;
        let p = &preview.policy;
        if p.state != "draft" {
            return Err(Error::refused(format!("This policy is {} already.", p.state)));
        }
        let product = match &p.product {
            Some(key) => Some(products::product(cx.conn, cx.actor, key, Access::Read)?),
            None => None,
        };
        let states: Vec<Choice> =
            p.states.iter().map(|s| Choice::new(&s.name, s.name.clone())).collect();
        let rows = preview.moves.iter().enumerate().map(|(at, m)| {
            let change = m.category != m.to_category;
            vec![
                html! { (m.from) " " span.soft { (words(&m.category)) } },
                html! { (m.items) },
                html! {
                    (shell::select(&format!("{} becomes", m.from), &format!("maps.{}", m.from), states.clone())
                        .id(format!("map-{at}")).value(&m.to))
                },
                html! {
                    @if change { (shell::toned(&format!("counts as {} from now on", words(&m.to_category)), Tone::Warn)) }
                },
            ]
        });
        let scope = match (&p.team, &p.product) {
            (Some(team), _) => Some(("team", team.to_string())),
            (None, Some(key)) => Some(("product", key.clone())),
            _ => None,
        };
        let other = preview.replaces.as_ref().filter(|old| old.preset != "plain" && framework(old) != framework(p));
        let asks = match other {
            Some(_) => asks(cx, scope.as_ref().map(|(kind, id)| (*kind, id.as_str())), "another framework")?,
            None => html! {},
        };
        let main = html! {
            @if let Some(old) = &preview.replaces {
                p { "It takes the place of policy " (old.number) ", " (framework(old)) "." }
            }
            @if preview.moves.is_empty() {
                p { "No item is in the way: nothing has to move." }
            }
            (shell::form("/do/activate-policy", html! {
                (shell::hidden("policy", &p.id.to_string()))
                (shell::hidden("_back", &home(p)))
                @if !preview.moves.is_empty() {
                    (shell::data_table("What becomes of each state", &["From", "#Items", "To", ""], rows.collect()))
                }
                (asks)
                p.help { "Items, their history and their order stay. Figures of the past are read by the new definitions." }
                div.acts {
                    (shell::submit("Put it into force"))
                    a.btn href={ "/policies/" (p.id) } { "Back to the draft" }
                }
            }))
        };
        Ok(Page {
            title: format!("Put policy {} into force", p.number),
            active: if product.is_some() { "settings" } else { "teams" },
            above: vec![Crumb::to(home(p), p.owner.clone())],
            head: Some(shell::page_head(
                &p.owner,
                &format!("{} from now on", framework(p)),
                html! { (preview.items) " items find their place" },
                html! {},
            )),
            product,
            main,
            ..Page::default()
        })
    })
    .await
}
