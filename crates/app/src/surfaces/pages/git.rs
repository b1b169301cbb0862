//! Repositories of a product, and what of them belongs to an item.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::account::base;
use super::{Page, once, product, show};
use crate::how::work_items::ItemView;
use crate::kernel::{Access, Result};
use crate::shell::{self, Choice, Crumb, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::git::{GitRefView, GitSourceView, ListGitSources, MOVES, branch_name, refs};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/p/{product}/git", get(settings))
}

/// What a host is called, and where its webhooks are set up.
fn host(word: &str) -> (&'static str, &'static str) {
    match word {
        "github" => (
            "GitHub",
            "Settings → Webhooks → Add webhook; content type application/json; events: pushes, branch creation and deletion, pull requests.",
        ),
        "gitlab" => (
            "GitLab",
            "Settings → Webhooks; the secret goes into “Secret token”; triggers: push events, merge request events.",
        ),
        _ => (
            "Gitea",
            "Settings → Webhooks → Add webhook → Gitea; POST, application/json; events: push, create, delete, pull request.",
        ),
    }
}

async fn settings(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    let site = base(&app, &headers);
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListGitSources { product: product.key.clone() }.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let main = html! {
            p.soft {
                "Branches, commits and pull requests that name an item, as " code { (branch_name(&format!("{}-12", product.key), "a short name")) }
                " or “Closes " (product.key) "-12”, stand beside it, and may bring it into another state."
            }
            @if all.is_empty() {
                (shell::empty_state(
                    "No repository is connected",
                    "Connect one of GitHub, GitLab or Gitea: give it a name, copy its secret, which is shown once, and set up a webhook there.",
                    html! {},
                ))
            }
            @for source in &all { (one(source, &site, admin)) }
            @if !admin { p { "An admin connects repositories." } }
        };
        let acts = html! { @if admin { (new(&product.key)) } };
        Ok(Page {
            title: format!("Git of {}", product.name),
            active: "settings",
            above: vec![Crumb::to(format!("/p/{}/settings", product.key), "Settings")],
            head: Some(shell::page_head("Settings", "Git", html! { (all.len()) " connected" }, acts)),
            product: Some(product),
            main,
            ..Page::default()
        })
    })
    .await
}

fn move_fields(source: Option<&GitSourceView>) -> Markup {
    html! {
        @for (what, words, usual) in MOVES {
            @let id = source.map_or(format!("new-{what}"), |s| format!("{}-{what}", s.id));
            @let now = source.map_or(usual, |s| s.moves.get(what).map_or("", String::as_str));
            (shell::field(words, &format!("moves.{what}")).id(id).value(if now.is_empty() { "nothing" } else { now })
                .offer(["nothing", "started", "in-review", "accepted"].map(str::to_owned).to_vec()))
        }
        p.help { "Each brings the item into a state, by its name or by what it means; “nothing” leaves it. It never goes back, and what limits or transitions hold back stays where it is." }
    }
}

fn new(product: &str) -> Markup {
    let hosts = ["github", "gitlab", "gitea"].map(|h| Choice::new(h, host(h).0)).to_vec();
    shell::menu(
        "Connect a repository",
        Some("c"),
        shell::plain_form(
            "/do/connect-git",
            html! {
                (once())
                (shell::hidden("product", product))
                (shell::hidden("_back", &format!("/p/{product}/git")))
                (shell::field("Name", "name").placeholder("payments on GitHub").required())
                (shell::select("It is on", "host", hosts))
                (move_fields(None))
                (shell::submit("Connect it and show the secret"))
            },
        ),
    )
}

fn one(source: &GitSourceView, site: &str, admin: bool) -> Markup {
    let (name, how) = host(&source.host);
    let (id, back) = (source.id.to_string(), format!("/p/{}/git", source.product));
    let switch =
        if source.listening { ("false", "Stop listening") } else { ("true", "Listen again") };
    shell::section(
        &source.name,
        html! {
            p {
                (shell::pill(name)) " "
                @if !source.listening { (shell::toned("switched off", Tone::Warn)) " " }
                @match source.heard_at {
                    Some(at) => { "Last heard " (shell::time_tag(at)) },
                    None => span.soft { "Not heard yet" },
                }
            }
            @if admin {
                p { "Its webhook goes to " (shell::copy(&format!("{site}{}", source.path))) }
                p.soft { (name) ": " (how) }
            }
            ul { @for (what, words, _) in MOVES {
                @let to = source.moves.get(what).map_or("", String::as_str);
                @if !to.is_empty() { li { (words) ": the item comes into “" (to) "”" } }
            } }
            @if admin {
                div.acts {
                    (shell::menu("Edit", None, shell::form("/do/edit-git-source", html! {
                        (shell::hidden("source", &id))
                        (shell::hidden("_back", &back))
                        (shell::field("Name", "name").id(format!("{id}-name")).value(&source.name).required())
                        (move_fields(Some(source)))
                        (shell::submit("Save"))
                    })))
                    (shell::post_button(&format!("/do/edit-git-source?source={id}&listening={}&_back={back}", switch.0), switch.1, None))
                    (shell::plain_form(&format!("/do/renew-git-secret?source={id}&_back={back}"), html! { button.btn { "New secret" } }))
                    (shell::post_button(&format!("/do/disconnect-git?source={id}&_back={back}"), "Remove", None))
                }
            }
        },
    )
}

/// What of git belongs to an item, and what a branch for it may be called.
pub(super) fn on_item(cx: &mut Reader<'_>, item: &ItemView, write: bool) -> Result<Markup> {
    let all = refs(cx.conn, cx.actor.workspace, item.id)?;
    let open = !matches!(item.category.as_str(), "accepted" | "dropped") && item.level != "epic";
    if all.is_empty() && !(write && open) {
        return Ok(html! {});
    }
    Ok(html! {
        @if all.is_empty() {
            details { summary { "Work on it in git" } p { "Call the branch " (shell::copy(&branch_name(&item.key, &item.title))) } }
        } @else {
            (shell::section("In git", html! {
                ul.rows { @for r in &all { (row(r)) } }
                @if write && open && all.iter().all(|r| r.kind != "branch") {
                    p.soft { "A branch may be called " (shell::copy(&branch_name(&item.key, &item.title))) }
                }
            }))
        }
    })
}

fn row(r: &GitRefView) -> Markup {
    let (lead, label) = match r.kind.as_str() {
        "pull-request" => ("pull request", format!("#{} {}", r.name, r.title)),
        "commit" => {
            ("commit", format!("{} {}", r.name.chars().take(8).collect::<String>(), r.title))
        }
        _ => ("branch", r.name.clone()),
    };
    let tone = match r.state.as_str() {
        "merged" => Tone::Good,
        "closed" | "gone" => Tone::Plain,
        _ => Tone::Facet,
    };
    html! {
        li.row {
            span.lead { (shell::pill(lead)) }
            @if r.url.is_empty() { span.title { (label) } }
            @else { a.title href=(r.url) rel="noopener noreferrer" { (label) } }
            span.tail {
                @if !r.author.is_empty() { span.soft { (r.author) } }
                @if r.closes { (shell::pill("closes it")) }
                (shell::toned(&r.state, tone)) (shell::time_tag(r.at))
            }
        }
    }
}
