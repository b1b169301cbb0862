//! The map of stakeholders.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::lists::{After, Listing};
use super::super::{Page, may_write, once, product, show};
use crate::kernel::{Day, Error, Id};
use crate::shell::{self, Facet, Pages, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::why::stakeholder_talks::{LONG, ListConversations};
use crate::why::stakeholders::{ListStakeholders, StakeholderView, advice};

const PAGE: Listing = Listing {
    active: "stakeholders",
    title: "Stakeholders",
    about: "Who has a say, by influence and interest",
    facet: Facet::What,
    empty: (
        "No stakeholders yet",
        "Customer care, influence 4, interest 5: fewer calls about refunds on Mondays.",
    ),
};

pub(in super::super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListStakeholders { product: product.key.clone() }.run(cx)?;
        let (write, today) = (may_write(cx), cx.now.day());
        let path = PAGE.path(&product);
        let dots: Vec<(String, i64, i64)> =
            all.iter().map(|s| (s.name.clone(), s.interest, s.influence)).collect();
        let rows = (!all.is_empty()).then(|| html! {
            (shell::field_map("Interest", "Influence", &dots))
            (shell::data_table("Stakeholders", &["Who", "Wants", "#Influence", "#Interest", "So", "Last spoken", ""],
                all.iter().map(|s| vec![
                    html! { a href={ (path) "/" (s.id) } { (s.name) } @if !s.organisation.is_empty() { " " span.soft { (s.organisation) } } },
                    html! { (s.wants) },
                    html! { (s.influence) },
                    html! { (s.interest) },
                    html! { (advice(s.influence, s.interest)) },
                    (spoken(s, today)),
                    html! { @if write { (talk(s, &path)) } },
                ]).collect()))
        });
        let actions = html! {
            @if write {
                (shell::menu("Add a stakeholder", Some("c"), shell::form("/do/add-stakeholder", html! {
                    (once())
                    (shell::hidden("product", &product.key))
                    (shell::hidden("_back", &path))
                    (fields(None))
                    (shell::submit("Add"))
                })))
            }
        };
        Ok(PAGE.page(product, actions, rows, None, None))
    })
    .await
}

/// When they were last spoken with, marked where that is too long ago for their weight.
fn spoken(s: &StakeholderView, today: Day) -> Markup {
    let long = s.spoken_on.is_none_or(|day| day.days_until(today) > LONG);
    html! {
        @match s.spoken_on {
            Some(day) => (shell::day_tag(day)),
            None => span.soft { "never" },
        }
        @if long && s.influence >= 3 { " " (shell::toned("long ago", Tone::Warn)) }
    }
}

fn talk(s: &StakeholderView, back: &str) -> Markup {
    shell::menu(
        "Log a conversation",
        None,
        shell::form(
            "/do/log-conversation",
            html! {
                (once())
                (shell::hidden("stakeholder", &s.id.to_string()))
                (shell::hidden("_back", back))
                (shell::field("Day", "said_on").kind("date").id(format!("said-{}", s.id)).help("Today if empty."))
                (shell::textarea("What was said", "notes").rows(3).id(format!("notes-{}", s.id)).draft(format!("talk-{}", s.id)))
                (shell::field("What was agreed", "agreed").id(format!("agreed-{}", s.id)))
                (shell::submit("Keep it"))
            },
        ),
    )
}

/// One stakeholder: what they want, and every conversation with them.
pub(in super::super) async fn one(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let missing = || Error::NotFound("stakeholder");
        let id: Id = id.parse().map_err(|_| missing())?;
        let all = ListStakeholders { product: product.key.clone() }.run(cx)?;
        let s = all.into_iter().find(|s| s.id == id).ok_or_else(missing)?;
        let asked = ListConversations { stakeholder: id, after: from.after.clone(), limit: None };
        let page = asked.run(cx)?;
        let path = format!("{}/{id}", PAGE.path(&product));
        let main = html! {
            (shell::stats(html! {
                (shell::stat("Influence", &s.influence.to_string(), "of 5"))
                (shell::stat("Interest", &s.interest.to_string(), "of 5"))
                (shell::stat("So", advice(s.influence, s.interest), ""))
            }))
            @if !s.wants.is_empty() { blockquote.voice { (s.wants) } }
            (shell::section("Conversations", html! {
                @if page.items.is_empty() {
                    (shell::empty_state("None was logged yet", "“Mondays are calmer since the refunds, but the form still asks for a paper number.” Agreed: we drop the field by May.", html! {}))
                }
                @for t in &page.items {
                    article.comment {
                        p.soft { (shell::day_tag(t.said_on)) @if !t.by.is_empty() { ", logged by " (t.by) } }
                        p.words { (t.notes) }
                        @if !t.agreed.is_empty() { p { b { "Agreed: " } (t.agreed) } }
                    }
                }
                (shell::pages(&Pages {
                    first: from.after.as_ref().map(|_| path.clone()),
                    next: page.next.map(|next| format!("{path}?after={next}")),
                    note: String::new(),
                }))
            }))
        };
        let actions = html! { @if may_write(cx) { (talk(&s, &path)) (edit(&s, &PAGE.path(&product))) } };
        Ok(Page {
            title: s.name.clone(),
            head: Some(shell::page_head("Stakeholder", &s.name, html! { (s.organisation) }, actions)),
            active: "stakeholders",
            facet: Facet::What,
            product: Some(product),
            main,
            ..Page::default()
        })
    })
    .await
}

fn fields(of: Option<&StakeholderView>) -> Markup {
    html! {
        (shell::field("Name", "name").value(of.map_or("", |s| &s.name)))
        (shell::field("Of", "organisation").value(of.map_or("", |s| &s.organisation)))
        (shell::field("Influence, 1 to 5", "influence").kind("number").value(of.map_or(3, |s| s.influence)))
        (shell::field("Interest, 1 to 5", "interest").kind("number").value(of.map_or(3, |s| s.interest)))
        (shell::textarea("What they want", "wants").rows(2).value(of.map_or("", |s| &s.wants)))
    }
}

fn edit(s: &StakeholderView, back: &str) -> Markup {
    shell::menu(
        "Edit",
        None,
        html! {
            (shell::form("/do/edit-stakeholder", html! {
                (shell::hidden("stakeholder", &s.id.to_string()))
                (shell::hidden("revision", &s.revision.to_string()))
                (shell::hidden("_back", back))
                (fields(Some(s)))
                (shell::submit("Save"))
            }))
            (shell::post_button(&format!("/do/edit-stakeholder?stakeholder={}&remove=true&_back={back}", s.id), "Take off the map", None))
        },
    )
}
