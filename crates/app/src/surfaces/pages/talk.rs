//! What was said of a thing: its comments, the form for another, and notifications of them.

use std::collections::HashSet;

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Page, attached, once, show};
use crate::kernel::{Id, Result, Role, Time};
use crate::people::audience::{ListAudience, audience, spellings};
use crate::people::notify::KINDS;
use crate::people::products::Product;
use crate::shell::{self, Pages, markdown};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::{Visitor, by_cookie};
use crate::thread::attachments::of_comments;
use crate::thread::comments::CommentView;
use crate::thread::nodes::Node;
use crate::thread::notifications::{GetMuted, ListNotifications, Notification};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/notifications", get(notifications))
        .route("/p/{product}/audience.json", get(audience_json))
}

/// A field in which `@` offers the people who see the product; typed names work without scripts.
fn words_field(product: &Product, label: &str, value: &str, id: &str) -> Markup {
    let area = shell::textarea(label, "body").id(id).rows(3).value(value).markdown();
    html! {
        div.mentions data-controller="mention"
            data-mention-url-value={ "/p/" (product.key) "/audience.json" } { (area) }
    }
}

/// Bytes of comments that a page shows whole.
const MOST_SHOWN: usize = 200 * 1024;

/// The comments on a thing, and the form for another where it is `open`.
pub(super) fn talk(
    cx: &mut Reader<'_>,
    product: &Product,
    node: &Node,
    comments: &[CommentView],
    link: &dyn Fn(&str) -> Option<String>,
    open: bool,
) -> Result<Markup> {
    let mut people = Vec::new();
    if comments.iter().any(|c| c.body.contains('@')) {
        let all = audience(cx.conn, cx.actor.workspace, product)?;
        people = spellings(&all).into_iter().map(|(spelled, _)| spelled).collect();
    }
    let files = of_comments(cx.conn, cx.actor.workspace, node.id)?;
    let (me, admin) = (cx.actor.person, cx.actor.role >= Role::Admin);
    let mine = |c: &CommentView| open && (admin || c.author_id == Some(me));
    let here = format!("/{}", node.key);
    let write = open && super::may_write(cx);
    // The newest are shown as they are written, until the page would grow too long.
    let mut left = MOST_SHOWN;
    let mut shown: HashSet<Id> = HashSet::new();
    for c in comments.iter().rev() {
        if c.body.len() > left {
            break;
        }
        left -= c.body.len();
        shown.insert(c.id);
    }
    Ok(html! {
        section.part {
            h2 { "Comments" }
            @for c in comments {
                article.comment id={ "comment-" (c.id) } {
                    (shell::avatar(&c.author))
                    div {
                        p.soft { b { (c.author) } ", " (shell::time_tag(c.said_at)) }
                        @if shown.contains(&c.id) {
                            div.prose { (markdown::render_for(&c.body, link, Some(&people))) }
                        } @else {
                            p { (markdown::plain_excerpt(&c.body, 400)) }
                            p.soft { "In short, for the page would be too long. The export has all of it." }
                        }
                        @for file in files.get(&c.id).into_iter().flatten() { (attached::line(file)) }
                        @if mine(c) { (own_comment(product, c, &here, write, shown.contains(&c.id))) }
                    }
                }
            }
            @if open {
                (shell::form("/do/add-comment", html! {
                    (once())
                    (shell::hidden("key", &node.key))
                    (shell::hidden("_back", &here))
                    (words_field(product, "Comment", "", "comment-body"))
                    (shell::submit("Comment"))
                }))
            }
        }
    })
}

fn own_comment(product: &Product, c: &CommentView, here: &str, write: bool, whole: bool) -> Markup {
    html! {
        div.acts.small {
            @if write {
                (attached::button(&format!("comment/{}", c.id), &format!("{here}#comment-{}", c.id)))
            }
            @if whole {
                (shell::menu("Edit", None, shell::form("/do/edit-comment", html! {
                    (shell::hidden("comment", &c.id.to_string()))
                    (shell::hidden("_back", here))
                    (words_field(product, "Comment", &c.body, &format!("comment-{}-body", c.id)))
                    (shell::submit("Save"))
                })))
            }
            (shell::post_button(&format!("/do/remove-comment?comment={}&_back={here}", c.id), "Remove", None))
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Words {
    q: String,
}

/// What the field asks while one types a name.
async fn audience_json(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(product): Path<String>,
    Params(words): Params<Words>,
) -> Response {
    let actor = match by_cookie(&headers, &app).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return axum::http::StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => return crate::surfaces::api::error_response(&error),
    };
    let now = app.clock.now();
    let found = app
        .db
        .read(move |conn| {
            let mut cx = Reader { conn, actor: &actor, now };
            ListAudience { product, q: words.q }.run(&mut cx)
        })
        .await;
    match found {
        Ok(people) => axum::Json(people).into_response(),
        Err(error) => crate::surfaces::api::error_response(&error),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    before: Option<Time>,
}

async fn notifications(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Params(from): Params<Before>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let page = ListNotifications { before: from.before }.run(cx)?;
        let unread = page.items.iter().any(|n| !n.read);
        let muted = GetMuted {}.run(cx)?.muted;
        let next = page.next.map(|at| {
            let query = serde_urlencoded::to_string([("before", at.to_string())]);
            format!("/notifications?{}", query.unwrap_or_default())
        });
        let main = html! {
            @if page.items.is_empty() {
                (shell::empty_state(
                    "Nothing yet",
                    "When somebody writes “@” and your name, answers where you have commented, or gives you an item, it stands here; so does what becomes of an item that you follow, and what waits for you, like a check-in or a decision to look at again.",
                    html! {},
                ))
            } @else {
                ul.notices { @for n in &page.items { (notice(n)) } }
            }
            (shell::pages(&Pages {
                first: from.before.map(|_| "/notifications".to_owned()),
                next,
                note: String::new(),
            }))
            (choosing(&muted))
        };
        let acts = html! {
            @if unread {
                (shell::post_button("/do/read-all-notifications?_back=/notifications", "Mark all as read", None))
            }
        };
        Ok(Page {
            title: "Notifications".into(),
            active: "notifications",
            head: Some(shell::page_head("You", "Notifications", html! { "Mentions, replies, what you were given or follow, and what waits for you" }, acts)),
            main,
            ..Page::default()
        })
    })
    .await
}

/// What one is told of, by kind. No mail is sent for any of them: a digest comes at one's own hour.
fn choosing(muted: &[String]) -> Markup {
    html! {
        details.part open[!muted.is_empty()] {
            summary { "What you are told of" @if !muted.is_empty() { span.soft { ", without " (muted.len()) @if muted.len() == 1 { " kind" } @else { " kinds" } } } }
            (shell::form("/do/set-muted", html! {
                (shell::hidden("_back", "/notifications"))
                (shell::hidden("muted", ""))
                p.soft { "Do not tell me when" }
                @for (kind, words) in KINDS {
                    (shell::checkbox(words, "muted").id(format!("muted-{kind}")).value(kind).checked(muted.iter().any(|m| m == kind)))
                }
                (shell::submit("Save"))
            }))
            p.soft { "What you are told stands here, and nowhere else: there is never a mail for an event. " a href="/account/digest" { "A digest" } " gathers it, at your own hour." }
        }
    }
}

fn address(key: &str, comment: Option<Id>) -> String {
    comment.map_or_else(|| format!("/{key}"), |id| format!("/{key}#comment-{id}"))
}

/// One notification; opening an unread one marks it, so it is a form and no link.
fn notice(n: &Notification) -> Markup {
    let what = match n.kind.as_str() {
        "mention" => "mentioned you in",
        "assigned" => "gave you",
        "rule" => "A rule tells you of",
        "signals" => "found other signals than before in",
        "check-in-due" => "No check-in for more than ten days:",
        "review-due" => "To be looked at again:",
        "outcome-due" => "Released, and what it moved is not reviewed:",
        "answered" => "answered what you asked on",
        "answer-due" => "A question waits for your answer:",
        "moved" => "moved what you follow:",
        "commented" => "commented on what you follow:",
        "judged" if n.word.as_deref() == Some("accepted") => "accepted what you follow:",
        "judged" => "sent back what you follow:",
        "decided" if n.word.as_deref() == Some("on-roadmap") => {
            "put on the roadmap what you framed:"
        }
        "decided" => "decided on what you framed:",
        "handed-over" if n.word.as_deref() == Some("taken-back") => "took back from you",
        "handed-over" => "handed over to you",
        "reset-link" => "made a link with which a new password can be chosen for",
        _ => "commented on",
    };
    let reminds = n.kind.ends_with("-due");
    let nobody = reminds || n.kind == "rule";
    let to = address(&n.key, n.comment);
    let named = match n.kind.as_str() {
        "signals" | "handed-over" | "reset-link" => n.title.clone(),
        _ => format!("{} {}", n.key, n.title),
    };
    html! {
        li.unread[!n.read] {
            @if reminds { svg.reminds aria-hidden="true" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.6" { circle cx="12" cy="12" r="8" {} path d="M12 7.5V12l3 2" {} } } @else { (shell::avatar(&n.actor)) }
            div {
                p {
                    @if !n.read { span.sr { "Unread: " } }
                    @if !nobody { b { (n.actor) } " " }
                    (what) " "
                    @if n.read { a href=(to) { (named) } }
                    @else {
                        form.inline method="post" action="/do/read-notification" {
                            (shell::hidden("notification", &n.id.to_string()))
                            (shell::hidden("_back", &to))
                            button.plain.linkish { (named) }
                        }
                    }
                }
                @if let Some(words) = &n.excerpt { p.soft { (words) } }
                @match (n.kind.as_str(), n.word.as_deref()) {
                    ("moved", Some(state)) => p.soft { "Now in " (shell::pill(state)) },
                    ("decided", Some(state)) if state != "on-roadmap" => p.soft { "Now " (shell::pill(&state.replace('-', " "))) },
                    _ => {}
                }
            }
            span.soft { (shell::time_tag(n.created_at)) }
        }
    }
}
