//! One's own work: what waits for one, what is in hand, what is news.

use axum::extract::{Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::quick_link;
use super::super::lists::After;
use super::super::work::with_state;
use super::super::{Page, may_write, show};
use crate::people::products;
use crate::shell::{self, Crumb, Facet, Pages, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::follows::ListFollowed;
use crate::thread::my_work::{GetMyWork, InHand, Line, MyWork, Part};

/// What the categories of an item's state are called here, in their order.
const PARTS: [(&str, &str); 4] = [
    ("started", "Under way"),
    ("in-review", "In review"),
    ("unstarted", "Next"),
    ("backlog", "In the backlog"),
];

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    show(&app, visitor, &headers, |cx| {
        let work = GetMyWork {}.run(cx)?;
        let write = may_write(cx);
        let products = products::visible(cx.conn, cx.actor)?;
        let many = products.len() > 1;
        let nothing = work.in_hand.is_empty()
            && work.waiting.is_empty()
            && work.recent.is_empty()
            && work.followed.is_empty();
        let main = html! {
            @if nothing {
                (shell::empty_state("Nothing is yours yet", "What is assigned to you stands here, with what waits for your word: a story to accept, a question, an estimate, a charter to sign.", html! {
                    a.btn.go href="/" { "To the products" }
                }))
            }
            @for part in &work.waiting { (waiting(part)) }
            (soon(&work))
            @for (category, title) in PARTS {
                @let here: Vec<&InHand> = work.in_hand.iter().filter(|h| h.item.category == category).collect();
                @if !here.is_empty() { (hands(title, &here, write, many)) }
            }
            @if !work.mentioned.is_empty() { (shell::section("You were mentioned", lines("You were mentioned", &work.mentioned))) }
            @if !work.followed.is_empty() {
                (shell::section("You follow", lines("You follow", &work.followed)))
                @if work.followed.len() >= 30 { p { a href="/my-work/followed" { "All that you follow" } } }
            }
            @if !work.recent.is_empty() { (shell::section("What you changed last", lines("What you changed last", &work.recent))) }
            p.soft {
                "Products: "
                @for p in &products { a href={ "/p/" (p.key) "/backlog" } { (p.name) } " " }
                a href="/" { "All of them" }
            }
        };
        let meta = html! { (work.in_hand.len()) " in your hands" @if !work.waiting.is_empty() { ", " (work.waiting.iter().map(|p| p.lines.len()).sum::<usize>()) " wait for you" } };
        Ok(Page {
            title: "My work".into(),
            active: "my-work",
            head: Some(shell::page_head("You", "My work", meta, html! { a.btn href="/notifications" { "Notifications" } })),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// All that one follows, page by page.
pub(super) async fn followed(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let page = ListFollowed { after: from.after.clone(), limit: None }.run(cx)?;
        let main = html! {
            @if page.items.is_empty() {
                (shell::empty_state("You follow nothing here", "On a work item’s page, Follow (f) has you told when its state changes, when somebody comments, and when it is accepted or sent back.", html! {
                    a.btn href="/my-work" { "To my work" }
                }))
            } @else {
                (shell::list("You follow", html! { @for item in &page.items { (with_state(item, may_write(cx)).value("")) } }))
            }
            (shell::pages(&Pages {
                first: from.after.as_ref().map(|_| "/my-work/followed".to_owned()),
                next: page.next.map(|next| format!("/my-work/followed?after={next}")),
                note: String::new(),
            }))
        };
        Ok(Page {
            title: "What you follow".into(),
            active: "my-work",
            above: vec![Crumb::to("/my-work", "My work")],
            head: Some(shell::page_head("You", "What you follow", html! {}, html! {})),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn row(line: &Line) -> shell::Row {
    let row = shell::list_row(line.href.clone(), line.title.clone()).key(line.key.clone());
    let row = row.tail(html! { span.soft { (line.note) } });
    // What is done on a page of its own is not done in the panel.
    if line.href == format!("/{}", line.key) { row.peek() } else { row }
}

fn lines(title: &str, all: &[Line]) -> Markup {
    shell::list(title, html! { @for line in all { (row(line)) } })
}

fn waiting(part: &Part) -> Markup {
    html! { section.part.waits { h2 { (part.title) " " span.count { (part.lines.len()) } } (lines(&part.title, &part.lines)) } }
}

/// What is due within a week, or was, wherever it stands.
fn soon(work: &MyWork) -> Markup {
    let mut all: Vec<&InHand> = work.in_hand.iter().filter(|h| h.due_soon).collect();
    all.sort_by_key(|h| h.item.due);
    html! {
        @if !all.is_empty() {
            (shell::section("Due soon", shell::list("Due soon", html! {
                @for h in all {
                    (shell::list_row(format!("/{}", h.item.key), h.item.title.clone()).key(h.item.key.clone()).facet(Facet::How).peek().tail(html! {
                        @if let Some(due) = h.item.due {
                            @if h.late { (shell::toned("late", Tone::Bad)) " " }
                            (quick_link(&h.item.key, "due", "", html! { (due.words()) }))
                        }
                    }))
                }
            })))
        }
    }
}

fn hands(title: &str, all: &[&InHand], write: bool, many: bool) -> Markup {
    html! {
        (shell::section(title, shell::list(title, html! {
            @for h in all {
                @let mut row = with_state(&h.item, write).value("");
                @let own = row.tail.take();
                (row.tail(html! {
                    @if let Some(reason) = &h.blocked { span.blocked title=(reason) { (shell::toned("blocked", Tone::Bad)) " " (reason) } }
                    @if let Some(age) = h.age {
                        @let words = format!("{age} d");
                        @if h.old { span title="Longer than your team expects" { (shell::toned(&words, Tone::Warn)) } }
                        @else { span.soft title="days under way" { (words) } }
                    }
                    @if many { span.soft.product-name { (h.product) } }
                    @if let Some(own) = own { (own) }
                }))
            }
        })))
    }
}
