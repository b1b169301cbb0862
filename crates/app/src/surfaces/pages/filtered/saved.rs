//! The views that people keep: chips above lists and boards, keeping the one that stands there, and
//! the page that lists all of them.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::Filter;
use crate::how::filters::parse;
use crate::how::views::{KINDS, ViewView, page_of, seen};
use crate::kernel::Result;
use crate::people::products::Product;
use crate::people::teams;
use crate::shell::{self, Choice, Facet};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::pages::{Page, may_write, once, product, show};
use crate::surfaces::session::Visitor;

/// Views that stand as chips; the others are on the page of all of them.
const CHIPS: usize = 8;

/// The pages that show the same filter, in the order of their tabs.
const TABS: [(&str, &str); 7] = [
    ("backlog", "Backlog"),
    ("list", "List"),
    ("board", "Board"),
    ("table", "Table"),
    ("tree", "Tree"),
    ("timeline", "Timeline"),
    ("calendar", "Calendar"),
];

/// Tabs to the other pages with the same filter, the views at hand, and a way to keep this one.
pub(super) fn views(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    kind: &str,
) -> Result<Markup> {
    let all = seen(cx.conn, cx.actor, product)?;
    let asked = filter.text();
    let printed = parse(&asked).map_or_else(|_| asked.clone(), |f| f.to_string());
    let same = |view: &ViewView| {
        view.kind == kind
            && view.q == printed
            && (kind != "table" || view.columns == filter.columns())
    };
    // Opened from a view, and perhaps changed since.
    let opened = all.iter().find(|v| v.id.to_string() == filter.beside("saved") && v.kind == kind);
    let here = opened.filter(|v| same(v)).or_else(|| all.iter().find(|v| same(v)));
    let changed = opened.filter(|_| here.is_none());
    let current = here.or(changed).map(|v| v.id);
    let shown =
        |view: &&ViewView| view.pinned || view.shared != "nobody" || Some(view.id) == current;
    let plain = filter.clone().put("saved", "");
    Ok(html! {
        div.views {
            nav.tabs aria-label="The same filter as" {
                @for (word, label) in TABS {
                    a href=(plain.href(&format!("/p/{}/{}", product.key, page_of(word)), None))
                        aria-current=[(word == kind).then_some("page")] { (label) }
                }
            }
            @if !all.is_empty() {
                nav.view-chips aria-label="Views" {
                    @for view in all.iter().filter(shown).take(CHIPS) {
                        a.chip href=(view.href) aria-current=[(Some(view.id) == current).then_some("true")] {
                            @if view.pinned { span aria-hidden="true" { "★ " } } (view.name)
                            @if changed.is_some_and(|c| c.id == view.id) { span.soft { " · changed" } }
                        }
                    }
                    a.soft href={ "/p/" (product.key) "/views" } { "All views" }
                }
            }
            @if let Some(view) = changed.filter(|v| v.own && may_write(cx)) { (save(view, &printed, filter)) }
            @if let Some(view) = here { (pin(view, &filter.href(&format!("/p/{}/{}", product.key, page_of(kind)), None))) }
            @else if may_write(cx) && (!printed.is_empty() || kind == "table") {
                (keep(cx, product, filter, kind, &printed, changed.is_some())?)
            }
        }
    })
}

/// Keeps what was changed of an own view.
fn save(view: &ViewView, q: &str, filter: &Filter) -> Markup {
    html! {
        form.inline method="post" action="/do/edit-view" data-controller="submit-once" {
            (shell::hidden("view", &view.id.to_string()))
            (shell::hidden("revision", &view.revision.to_string()))
            (shell::hidden("q", q))
            @for column in filter.columns() { (shell::hidden("columns", &column)) }
            button.btn.small.go { "Save" }
        }
    }
}

fn pin(view: &ViewView, back: &str) -> Markup {
    html! {
        form.inline method="post" action="/do/pin-view" data-controller="submit-once" {
            (shell::hidden("view", &view.id.to_string()))
            (shell::hidden("pinned", if view.pinned { "false" } else { "true" }))
            (shell::hidden("_back", back))
            button.btn.small aria-pressed=(view.pinned) { @if view.pinned { "★ Pinned" } @else { "☆ Pin" } }
        }
    }
}

/// Keeps this filter under a name.
fn keep(
    cx: &mut Reader<'_>,
    product: &Product,
    filter: &Filter,
    kind: &str,
    q: &str,
    again: bool,
) -> Result<Markup> {
    let sharing = sharing(cx, "keep", "nobody", "")?;
    let back = filter
        .clone()
        .put("saved", "")
        .href(&format!("/p/{}/{}", product.key, page_of(kind)), None);
    Ok(shell::menu(
        if again { "Save as …" } else { "Save view" },
        None,
        shell::form(
            "/do/create-view",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("kind", kind))
                (shell::hidden("q", q))
                @for column in filter.columns() { (shell::hidden("columns", &column)) }
                (shell::hidden("_back", &back))
                (shell::field("Name", "name").id("keep-name").required().autofocus().placeholder("Mine, due soon"))
                (sharing)
                (shell::checkbox("Pin it for me", "pin").id("keep-pin").value("true").checked(true))
                (shell::submit("Save"))
            },
        ),
    ))
}

/// With whom a view is shared.
fn sharing(cx: &mut Reader<'_>, id: &str, shared: &str, team: &str) -> Result<Markup> {
    let teams = teams::active(cx.conn, cx.actor.workspace)?;
    let choices =
        [("nobody", "nobody"), ("product", "everybody of the product"), ("team", "a team")];
    let choices: Vec<Choice> = choices
        .into_iter()
        .filter(|(value, _)| *value != "team" || !teams.is_empty())
        .map(|(value, label)| Choice::new(value, label))
        .collect();
    let named = std::iter::once(Choice::new("", "–"));
    let named = named.chain(teams.iter().map(|t| Choice::new(t.id, t.name.clone()))).collect();
    Ok(html! {
        (shell::select("Shared with", "shared", choices).id(format!("{id}-shared")).value(shared))
        @if !teams.is_empty() {
            (shell::select("Team", "team", named).id(format!("{id}-team")).value(team).help("Where it is shared with a team."))
        }
    })
}

/// All views of a product that the reader sees.
pub(in crate::surfaces::pages) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = seen(cx.conn, cx.actor, &product)?;
        let path = format!("/p/{}/views", product.key);
        let write = may_write(cx);
        let mut rows = Vec::new();
        for view in &all {
            rows.push(row(cx, view, &path, write)?);
        }
        let main = html! {
            @if rows.is_empty() {
                (shell::empty_state(
                    "No views yet",
                    "A view is a filter with a name, as “Mine, due soon”: assignee:me is:open sort:due. Filter a list, a board or a table and choose “Save view”.",
                    html! { a.btn.go href={ "/p/" (product.key) "/list?q=assignee%3Ame+is%3Aopen+sort%3Adue" } { "Try that filter" } },
                ))
            } @else {
                ul.rows aria-label="Views" { @for row in &rows { (row) } }
            }
        };
        Ok(Page {
            title: format!("Views of {}", product.name),
            head: Some(shell::page_head("How", "Views", html! { "Filters that people keep, for themselves or for others" }, html! {})),
            product: Some(product),
            active: "views",
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn row(cx: &mut Reader<'_>, view: &ViewView, path: &str, write: bool) -> Result<Markup> {
    let id = view.id.to_string();
    let edit = html! {
        @if write && view.own {
            (shell::menu("Edit", None, html! {
                (shell::form("/do/edit-view", html! {
                    (shell::hidden("view", &id))
                    (shell::hidden("revision", &view.revision.to_string()))
                    (shell::hidden("_back", path))
                    (shell::field("Name", "name").id(format!("name-{id}")).value(&view.name).required())
                    (shell::field("Filter", "q").id(format!("q-{id}")).value(&view.q))
                    (shell::select("Opens as", "kind", KINDS.iter().map(|k| Choice::new(k, *k)).collect()).id(format!("kind-{id}")).value(&view.kind))
                    (sharing(cx, &id, &view.shared, view.team.as_ref().map_or("", |t| &t.id))?)
                    (shell::submit("Save"))
                }))
                (shell::form("/do/remove-view", html! {
                    (shell::hidden("view", &id))
                    (shell::hidden("_back", path))
                    button.btn.danger { "Remove" }
                }))
            }))
        }
    };
    Ok(html! {
        li.row.view-row data-row {
            (pin(view, path))
            a.title href=(view.href) data-row-link { (view.name) }
            span.tail {
                code.clipped { (view.q) }
                (shell::pill(&view.kind))
                @match view.shared.as_str() {
                    "product" => (shell::pill("everybody")),
                    "team" => (shell::pill(view.team.as_ref().map_or("a team", |t| &t.name))),
                    _ => {}
                }
                @if let Some(owner) = &view.owner { (shell::avatar(&owner.name)) }
            }
            (edit)
        }
    })
}
