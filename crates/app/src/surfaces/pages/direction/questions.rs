//! Questions: those of a product, and those on an item.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{Page, once, product, show};
use crate::kernel::{Access, Result};
use crate::shell::{self, Facet, markdown};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::nodes::Node;
use crate::thread::questions::{ListQuestions, QuestionView, questions};

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListQuestions { product: product.key.clone() }.run(cx)?;
        let propose = cx.actor.check(Access::Propose).is_ok();
        let back = format!("/p/{}/questions", product.key);
        let main = html! {
            (shell::stats(html! {
                (shell::stat("Open", &all.open.len().to_string(), ""))
                (shell::stat("Answered", &all.answered.len().to_string(), "in 90 days"))
                @if let Some(hours) = all.median_hours {
                    (shell::stat("From “why” to answer", &span(hours), "median"))
                }
            }))
            @if all.open.is_empty() && all.answered.is_empty() {
                (shell::empty_state("No questions yet", "Why is this worth doing? Asked on any item; the answer stays there for the next one who wonders.", html! {
                    a.btn.go href={ "/p/" (product.key) "/backlog" } { "To the backlog" }
                }))
            }
            @if !all.open.is_empty() { (shell::section("Open", html! { @for q in &all.open { (one(q, true, propose, &back)) } })) }
            @if !all.answered.is_empty() { (shell::section("Answered", html! { @for q in &all.answered { (one(q, true, false, &back)) } })) }
        };
        Ok(Page {
            title: format!("Questions of {}", product.name),
            head: Some(shell::page_head("Reports", "Questions", html! { "What people asked, above all why" }, html! {})),
            product: Some(product),
            active: "questions",
            facet: Facet::None,
            main,
            ..Page::default()
        })
    })
    .await
}

fn span(hours: f64) -> String {
    if hours < 48.0 { format!("{hours:.1} hours") } else { format!("{:.1} days", hours / 24.0) }
}

fn one(q: &QuestionView, named: bool, answer: bool, back: &str) -> Markup {
    html! {
        article.comment {
            p {
                b { (q.asked_by) } " asked" @if named { " on " a href={ "/" (q.item) } { (q.item) } } ", "
                (shell::time_tag(q.asked_at)) ": " (q.body)
            }
            @if let (Some(who), Some(at)) = (&q.answered_by, q.answered_at) {
                p { b { (who) } " answered, " (shell::time_tag(at)) @if let Some(hours) = q.hours { span.soft { " after " (span(hours)) } } ":" }
                div.prose { (markdown::render(&q.answer, &|key: &str| Some(format!("/{key}")))) }
            } @else if answer {
                (shell::menu("Answer", None, shell::form("/do/answer-question", html! {
                    (shell::hidden("question", &q.id.to_string()))
                    (shell::hidden("_back", back))
                    (shell::textarea("Answer", "answer").rows(3).draft(format!("answer-{}", q.id)))
                    (shell::submit("Answer"))
                })))
            }
        }
    }
}

/// The questions on a record, with the form that asks why.
pub(super) fn on(cx: &mut Reader<'_>, node: &Node, propose: bool) -> Result<Markup> {
    let all = questions(cx.conn, cx.actor.workspace, node.id)?;
    let back = format!("/{}", node.key);
    Ok(html! {
        @if !all.is_empty() {
            (shell::section("Questions", html! { @for q in &all { (one(q, false, propose, &back)) } }))
        }
        @if propose {
            (shell::menu("Ask why", None, shell::form("/do/ask-question", html! {
                (once())
                (shell::hidden("key", &node.key))
                (shell::hidden("_back", &back))
                (shell::textarea("Your question", "body").rows(2).placeholder("Why is this worth doing?"))
                (shell::submit("Ask"))
            })))
        }
    })
}
