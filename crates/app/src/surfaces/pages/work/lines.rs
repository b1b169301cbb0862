//! Adding many items: lines are pasted, what becomes of them is shown, then all are created or none.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::filtered::ours_fields;
use super::super::{Page, choices, may_write, once, product, show};
use crate::how::work_items::{LEVELS, LineView, PreviewLines};
use crate::kernel::{Access, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

const EXAMPLE: &str = "- [ ] Show the fare before paying #checkout @me !high =3\n    - [ ] Ask the fare service\n    - [ ] bug: Rounding is wrong for groups\n- [ ] Send the receipt";

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Pasted {
    lines: String,
    level: String,
    parent: String,
    team: String,
    part: String,
}

pub(super) async fn write(
    state: State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    path: Path<String>,
) -> Response {
    lines(state, visitor, headers, path, None).await
}

pub(super) async fn preview(
    state: State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    path: Path<String>,
    Form(pasted): Form<Pasted>,
) -> Response {
    lines(state, visitor, headers, path, Some(pasted)).await
}

async fn lines(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    pasted: Option<Pasted>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check(Access::Write)?;
        let product = product(cx, &key)?;
        let previewed = match &pasted {
            Some(pasted) => Some(previewed(cx, &product, pasted)?),
            None => None,
        };
        let still = pasted.is_some();
        let pasted = pasted.unwrap_or_default();
        let main = html! {
            (form(cx, &product, &pasted, previewed.as_ref())?)
        };
        Ok(Page {
            title: format!("Add many to {}", product.name),
            head: Some(shell::page_head(
                "How",
                "Add many",
                html! { "A line for each item; what is indented stands under the line above" },
                html! {},
            )),
            product: Some(product),
            active: "backlog",
            facet: Facet::How,
            still,
            main,
            ..Page::default()
        })
    })
    .await
}

/// What becomes of the lines, or why nothing does.
type Previewed = std::result::Result<Vec<LineView>, String>;

fn previewed(cx: &mut Reader<'_>, product: &Product, pasted: &Pasted) -> Result<Previewed> {
    let query = PreviewLines {
        product: product.key.clone(),
        lines: pasted.lines.clone(),
        level: Some(pasted.level.clone()),
    };
    match query.run(cx) {
        Ok(lines) => Ok(Ok(lines)),
        Err(Error::Invalid { message, .. }) => Ok(Err(message)),
        Err(error) => Err(error),
    }
}

fn form(
    cx: &mut Reader<'_>,
    product: &Product,
    pasted: &Pasted,
    previewed: Option<&Previewed>,
) -> Result<Markup> {
    let path = format!("/p/{}/lines", product.key);
    let ours = ours_fields(cx, product, &pasted.team, &pasted.part)?;
    let level = if pasted.level.is_empty() { "story" } else { &pasted.level };
    let ready = matches!(previewed, Some(Ok(lines)) if lines.iter().all(|l| l.problem.is_none()));
    let count = match previewed {
        Some(Ok(lines)) => lines.iter().filter(|l| !l.left_out).count(),
        _ => 0,
    };
    let problem = match previewed {
        Some(Err(message)) => Some(message.clone()),
        _ => None,
    };
    Ok(html! {
        @if let Some(Ok(lines)) = previewed { (shown(lines)) }
        form.form method="post" action=(path) data-controller="submit-once" {
            (once())
            (shell::hidden("product", &product.key))
            (shell::hidden("_back", &format!("/p/{}/backlog", product.key)))
            (shell::textarea("Lines", "lines").rows(12).value(&pasted.lines).placeholder(EXAMPLE).required().error(problem)
                .help("#label, @person, !priority and =3 for points may stand anywhere in a line. “epic:”, “task:” or “bug:” at its beginning says the level. Ticked boxes are left out."))
            div.fields {
                (shell::select("Level", "level", choices(&LEVELS, None)).value(level))
                (shell::field("All under", "parent").picks("epic story").value(&pasted.parent).placeholder(format!("{}-12", product.key)))
                (ours)
            }
            div.acts {
                // Its answer is a page to look at, not one to go on to: the browser itself sends it.
                button.btn.go[!ready] data-turbo="false" { "Show what becomes of them" }
                @if ready && count > 0 && may_write(cx) {
                    button.btn.go formaction="/do/create-many" { "Create all " (count) }
                }
            }
        }
    })
}

fn shown(lines: &[LineView]) -> Markup {
    let wrong = lines.iter().filter(|l| l.problem.is_some()).count();
    html! {
        @if wrong > 0 {
            (shell::notice(Tone::Bad, html! { (wrong) " of " (lines.len()) " lines cannot be created. Mend them below; nothing has been created yet." }))
        }
        ul.rows aria-label="What becomes of the lines" {
            @for line in lines {
                li.row.whole[line.problem.is_some()].{ "level-" (line.depth.min(6)) } {
                    span.key.soft { (line.line) }
                    span.lead { (shell::pill(&line.level)) }
                    span.title {
                        @if line.left_out { s { (line.title) } " " span.soft { "left out: its box is ticked" } }
                        @else { (shell::clipped(&line.title)) }
                        @if let Some(problem) = &line.problem { " " span.error { (problem) } }
                    }
                    span.tail {
                        @if let Some(priority) = &line.priority { (shell::pill(priority)) }
                        @for label in &line.labels { span.label { (label) } }
                        @if let Some(points) = line.points { span.points { (points) } }
                        @if let Some(who) = &line.assignee { (shell::avatar(who)) }
                    }
                }
            }
        }
    }
}
