//! What is planned, without dates, and what has changed, as a page and as an Atom feed.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};

use super::{Guest, Shared, guest, refusal};
use crate::kernel::{Error, Result};
use crate::shell::{self, markdown};
use crate::thread::portal::board;
use crate::thread::portal::changelog::{PortalPost, published};

pub(super) async fn roadmap(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        if !guest.site.portal.roadmap {
            return Err(Error::NotFound("roadmap"));
        }
        let (site, today) = (guest.site.clone(), guest.now.day());
        let all = app.db.read(move |conn| board::roadmap(conn, &site, today)).await?;
        let words = [
            ("now", "Now", "What we are working on"),
            ("next", "Next", "What we mean to do after that"),
            ("later", "Later", "What we think about; it may change"),
        ];
        let main = html! {
            h1 { "Roadmap" }
            p.lead { "What we work on and mean to. There are no dates here, because we would rather be right." }
            @if all.is_empty() {
                (shell::empty_state("Nothing is told yet", "What we work on appears here as soon as it can be told.", html! {}))
            }
            @for (horizon, title, about) in words {
                @let here: Vec<&String> = all.iter().filter(|(h, _)| h == horizon).map(|(_, t)| t).collect();
                @if !here.is_empty() {
                    section {
                        h2 { (title) }
                        p.soft { (about) }
                        ul { @for title in here { li { (title) } } }
                    }
                }
            }
        };
        Ok(guest.answer(StatusCode::OK, &guest.frame("Roadmap", "roadmap"), main))
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

async fn posts(app: &Shared, guest: &Guest) -> Result<Vec<PortalPost>> {
    if !guest.site.portal.changelog {
        return Err(Error::NotFound("changelog"));
    }
    let site = guest.site.clone();
    app.db.read(move |conn| published(conn, &site)).await
}

/// Markdown without links into the workspace: keys are only letters here.
fn prose(text: &str) -> PreEscaped<String> {
    markdown::render(text, &|_| None)
}

pub(super) async fn page(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Response {
    let made = async {
        let guest = guest(&app, &headers, &slug).await?;
        let all = posts(&app, &guest).await?;
        let main = html! {
            h1 { "What has changed" }
            p { a href=(guest.path("/changelog.atom")) { "Feed" } span.soft { " for your reader" } }
            @if all.is_empty() {
                (shell::empty_state("Nothing yet", "Each release that is told to the public appears here.", html! {}))
            }
            @for post in &all {
                article id=(post.id) {
                    h2 { (post.title) }
                    p.soft { (shell::day_tag(post.published_on)) }
                    div.prose { (prose(&post.body)) }
                }
            }
        };
        Ok(guest.answer(StatusCode::OK, &guest.frame("Changelog", "changelog"), main))
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

/// The feed. Its addresses begin with what the operator set, never with what a request says.
pub(super) async fn feed(State(app): State<Shared>, Path(slug): Path<String>) -> Response {
    let made = async {
        let guest = guest(&app, &HeaderMap::new(), &slug).await?;
        let all = posts(&app, &guest).await?;
        let text = atom(&guest, app.post.base(), &all).into_string();
        let text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}");
        let headers = [
            (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ];
        Ok((headers, text).into_response())
    };
    made.await.unwrap_or_else(|error: Error| refusal(&error))
}

fn atom(guest: &Guest, base: &str, all: &[PortalPost]) -> Markup {
    let page = format!("{base}{}", guest.path("/changelog"));
    let updated = all.iter().map(|p| p.valid_from).max().unwrap_or(guest.site.portal.created_at);
    html! {
        feed xmlns="http://www.w3.org/2005/Atom" {
            title { (guest.site.portal.title) }
            id { "urn:uuid:" (guest.site.portal.id) }
            updated { (updated) }
            // Written in full: an empty element of HTML would not be closed.
            (PreEscaped(format!("<link rel=\"alternate\" href=\"{page}\"/><link rel=\"self\" href=\"{page}.atom\"/>")))
            author { name { (guest.site.portal.title) } }
            @for post in all {
                entry {
                    title { (post.title) }
                    id { "urn:uuid:" (post.id) }
                    published { (post.published_on.start()) }
                    updated { (post.valid_from) }
                    (PreEscaped(format!("<link rel=\"alternate\" href=\"{page}#{}\"/>", post.id)))
                    content type="html" { (prose(&post.body).into_string()) }
                }
            }
        }
    }
}
