//! What goes out: drafted replies, and the public changelog.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::{once, product, show};
use super::page;
use crate::kernel::Access;
use crate::shell::{self, Choice, Tone, markdown};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::portal::changelog::{ListChangelog, PostView};
use crate::thread::portal::replies::{ListReplies, ReplyView};
use crate::what::releases::ListReleases;

pub(super) async fn replies(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let all = ListReplies { product: product.key.clone() }.run(cx)?;
        let back = format!("/p/{}/portal/replies", product.key);
        let write = cx.actor.check(Access::Write).is_ok();
        let mails = all.iter().filter(|reply| reply.mails > 0).count();
        let look = shell::post_button(
            &format!("/do/draft-replies?product={}&_back={back}", product.key),
            "Look for more now",
            None,
        );
        let main = html! {
            p.soft { "When something ships or is declined, a reply to each who asked is drafted here. You edit and send it; nobody is told twice." }
            @if all.is_empty() {
                (shell::empty_state("Everybody was told", "“You told us that refunds need a call. They no longer do, since yesterday’s release”: ten people asked, ten replies wait here, one press sends them.", if write { look.clone() } else { html! {} }))
            }
            @for reply in &all { (draft(reply, &back, write)) }
        };
        let actions = html! {
            @if write && !all.is_empty() { (look) }
            @if write && mails > 0 {
                (shell::menu(&format!("Send all {mails}"), None, shell::form("/do/send-replies", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &back))
                    p { "Each goes once, in the words that stand here." @if mails < all.len() { " Where no address is known, it waits for you to say how they were told." } }
                    (shell::submit("Send them"))
                })))
            }
        };
        page(cx, product, "/replies", actions, main)
    })
    .await
}

fn draft(reply: &ReplyView, back: &str, write: bool) -> Markup {
    let tone = if reply.cause == "shipped" { Tone::Good } else { Tone::Warn };
    html! {
        article.part {
            h2 { (shell::toned(&reply.cause, tone)) " " a href={ "/" (reply.evidence) } data-turbo-frame="peek" { (reply.evidence) } " " (reply.title) }
            p.soft {
                @match reply.mails {
                    0 => { "Nobody can be written to: no address is known. Tell " @if reply.source.is_empty() { "them" } @else { (reply.source) } " in another way, then say how." }
                    1 => { "By mail to " (if reply.source.is_empty() { "one person" } else { &reply.source }) }
                    n => { "By mail to " (n) " people" }
                }
                @if reply.public { ". Everybody reads it too, on the idea’s page: name nobody in it." }
            }
            @if write {
                (shell::form("/do/send-reply", html! {
                    (shell::hidden("reply", &reply.id.to_string()))
                    (shell::hidden("_back", back))
                    (shell::textarea("The reply", "text").id(format!("text-{}", reply.id)).value(&reply.text).rows(7).draft(format!("reply-{}", reply.id)))
                    @if reply.mails == 0 {
                        (shell::field("How they were told", "how").id(format!("how-{}", reply.id)).placeholder("By phone; in the meeting on Tuesday"))
                    }
                    div.acts {
                        (shell::submit(if reply.mails == 0 { "Keep it as the answer" } else { "Send it" }))
                        button.btn formaction="/do/edit-reply" { "Keep for later" }
                        button.btn formaction="/do/drop-reply" { "Drop it" }
                    }
                }))
            } @else { p { (reply.text) } }
        }
    }
}

pub(super) async fn changelog(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListChangelog { product: product.key.clone() }.run(cx)?;
        let back = format!("/p/{}/portal/changelog", product.key);
        let write = cx.actor.check(Access::Write).is_ok();
        let releases = ListReleases { product: product.key.clone(), ..ListReleases::default() }.run(cx)?;
        let released = releases.items.iter().filter(|r| r.state == "released");
        let choices: Vec<Choice> = std::iter::once(Choice::new("", "none"))
            .chain(released.map(|r| Choice::new(&r.key, format!("{} {}", r.key, r.title))))
            .collect();
        let main = html! {
            @if all.is_empty() {
                (shell::empty_state("Nothing published yet", "“Refunds in one tap. Cancelled journeys are paid back to the card you paid with.” Take it from a release’s notes, and change the words for the public.", html! {}))
            }
            @for post in &all { (entry(post, &back, write)) }
        };
        let actions = html! {
            @if write {
                (shell::menu("Publish an entry", Some("c"), shell::form("/do/publish-change", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &back))
                    (shell::select("From a release", "release", choices))
                    (shell::field("Title", "title").help("The release's if left empty."))
                    (shell::textarea("What changed", "body").rows(8).markdown().help("The release's notes if left empty."))
                    (shell::submit("Publish"))
                })))
            }
        };
        page(cx, product, "/changelog", actions, main)
    })
    .await
}

fn entry(post: &PostView, back: &str, write: bool) -> Markup {
    html! {
        article.part {
            h2 { (post.title) " " span.soft { (shell::day_tag(post.published_on)) } }
            div.prose { (markdown::render(&post.body, &|_| None)) }
            @if write {
                div.acts {
                    (shell::menu("Edit", None, shell::form("/do/edit-change", html! {
                        (shell::hidden("post", &post.id.to_string()))
                        (shell::hidden("revision", &post.revision.to_string()))
                        (shell::hidden("_back", back))
                        (shell::field("Title", "title").id(format!("title-{}", post.id)).value(&post.title))
                        (shell::textarea("What changed", "body").id(format!("body-{}", post.id)).value(&post.body).rows(8))
                        (shell::submit("Save"))
                    })))
                    (shell::post_button(&format!("/do/withdraw-change?post={}&_back={back}", post.id), "Withdraw", None))
                }
            }
        }
    }
}
