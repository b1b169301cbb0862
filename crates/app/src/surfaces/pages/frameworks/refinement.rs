//! Refinement in the browser: the top of the backlog one by one, with why, criteria, hints and cards.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::{node_row, prose};
use super::super::work::with_state;
use super::super::{Page, hints, may_write, once, product, show};
use super::{acceptance, ready};
use crate::how::refinement::{DECKS, GetRefinement, ListRefinements, RefinementView, deck_words};
use crate::how::work_items::{ItemView, WorkItem};
use crate::kernel::{Error, Id, Result};
use crate::people::teams;
use crate::shell::{self, Choice, Crumb, Facet, Tone};
use crate::store::{Query, Reader, Record};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::path::path;

pub(super) async fn list(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let all = ListRefinements { product: product.key.clone() }.run(cx)?;
        let teams: Vec<Choice> = std::iter::once(Choice::new("", "the whole backlog"))
            .chain(
                teams::active(cx.conn, cx.actor.workspace)?
                    .iter()
                    .map(|t| Choice::new(t.id, t.name.clone())),
            )
            .collect();
        let main = html! {
            @if all.is_empty() {
                (shell::empty_state(
                    "No refinement yet",
                    "A session takes the top of the backlog item by item: why it is asked for, what has to be true, how much it takes.",
                    html! {},
                ))
            } @else {
                (shell::list("Sessions", html! { @for s in &all {
                    (shell::list_row(format!("/p/{}/refinement/{}", product.key, s.id), s.team.clone().unwrap_or_else(|| "The whole backlog".into()))
                        .lead(shell::pill(&s.state)).tail(html! { (shell::time_tag(s.started_at)) }))
                } }))
            }
        };
        let start = html! { @if may_write(cx) {
            (shell::menu("Start a session", Some("c"), shell::form("/do/start-refinement", html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/refinement/{{id}}", product.key)))
                (shell::select("Items of", "team", teams))
                (shell::select("Cards", "deck", decks()).help("Cards of another kind than the policy's estimates are refused: they are added up with the others."))
                (shell::submit("Start"))
            })))
        } };
        Ok(Page {
            title: format!("Refinement of {}", product.name),
            active: "refinement",
            head: Some(shell::page_head("How", "Refinement", html! { "The top of the backlog, made ready together" }, start)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// The decks to choose from.
fn decks() -> Vec<Choice> {
    let own = std::iter::once(Choice::new("", "as the policy says"));
    own.chain(DECKS.map(|deck| Choice::new(deck, deck_words(deck)))).collect()
}

pub(super) async fn session(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("refinement"))?;
        let r = GetRefinement { refinement: id }.run(cx)?;
        if r.product != product.key {
            return Err(Error::NotFound("refinement"));
        }
        let write = may_write(cx) && r.state == "open";
        let main = html! {
            @match &r.item {
                Some(item) => (looked_at(cx, &r, item, write)?),
                None => p.soft { "The backlog has nothing to refine." },
            }
            (top(&r, write))
        };
        let acts = html! { @if write {
            (button(&r, "look-at-item", "Next item", ""))
            (button(&r, "end-refinement", "End the session", ""))
        } };
        let title = r.item.as_ref().map_or("Refinement", |i| &i.title);
        let small = r.item.as_ref().map_or("Refinement", |i| &i.key);
        Ok(Page {
            title: "Refinement".into(),
            active: "refinement",
            above: vec![Crumb::to(format!("/p/{}/refinement", product.key), "Refinement")],
            head: Some(shell::page_head(small, title, html! { (shell::pill(&r.state)) }, acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

fn here(r: &RefinementView) -> String {
    format!("/p/{}/refinement/{}", r.product, r.id)
}

fn button(r: &RefinementView, action: &str, label: &str, more: &str) -> Markup {
    let to = format!("/do/{action}?refinement={}{more}&_back={}", r.id, here(r));
    shell::post_button(&to, label, None)
}

fn looked_at(
    cx: &mut Reader<'_>,
    r: &RefinementView,
    item: &ItemView,
    write: bool,
) -> Result<Markup> {
    let why = path(cx.conn, cx.actor, WorkItem::KIND, item.id, None, cx.now.day())?;
    Ok(html! {
        p { a href={ "/" (item.key) } { "Open " (item.key) } " " (shell::pill(&item.state))
            @if let Some(estimate) = item.estimate() { " " span.points { (estimate) } } }
        @if !item.body.is_empty() { div.prose { (prose(&item.body)) } }
        @if let Some(why) = &why {
            (shell::section("Why", html! {
                @if let Some(gap) = &why.gap { (shell::notice(Tone::Warn, html! { (gap) })) }
                ul.rows { @for step in why.up.iter().filter(|s| s.node.kind != "evidence").take(8) { (node_row(&step.node)) } }
            }))
        }
        (acceptance::on_item(cx, item, write, None)?)
        (hints::told(&item.title, &item.body, None))
        (ready::checklist(&r.ready, &item.key, &here(r), write))
        (poker(r, write))
    })
}

fn poker(r: &RefinementView, write: bool) -> Markup {
    shell::section(
        "How much does it take?",
        html! {
            p.soft { "Cards: " (deck_words(&r.deck_name)) "." }
            @if r.votes.is_empty() { p.soft { "Nobody has voted yet." } }
            ul.rows { @for v in &r.votes { li.row {
                (shell::avatar(&v.person)) span.title { (v.person) }
                span.tail { @match &v.value { Some(value) => b { (value) }, None => span.soft { "has voted" } } }
            } } }
            @if write && !r.revealed {
                div.acts.cards-deck { @for card in &r.deck {
                    (button(r, "vote-estimate", &face(r, card), &format!("&value={}", card.replace(' ', "+").replace('?', "%3F"))))
                } }
                @if !r.votes.is_empty() { div.acts { (button(r, "reveal-votes", "Show all votes", "")) } }
            }
            @if write && r.revealed {
                @if let Some(estimate) = r.item.as_ref().and_then(ItemView::estimate) {
                    p { "Its estimate is " b { (estimate) } "." }
                }
                div.acts.agree {
                    (button(r, "reveal-votes", "Vote again", "&again=true"))
                    (shell::form("/do/agree-estimate", html! {
                        (shell::hidden("refinement", &r.id.to_string()))
                        (shell::hidden("_back", &here(r)))
                        (shell::select("Agreed", "value", agreeable(r)).value(leading(r).unwrap_or_default()).required())
                        (shell::submit("Agree"))
                    }))
                }
            }
            @if r.round > 1 { p.soft { "Round " (r.round) } }
        },
    )
}

/// Whether a card can be agreed upon: it has a worth.
fn has_worth(r: &RefinementView, card: &str) -> bool {
    r.worth.contains_key(card) || card.parse::<f64>().is_ok()
}

/// The card that more voted for than for any other one; nothing where no card leads.
fn leading(r: &RefinementView) -> Option<&str> {
    let voted = |card: &str| r.votes.iter().filter(|v| v.value.as_deref() == Some(card)).count();
    let cards = r.deck.iter().map(String::as_str).filter(|card| has_worth(r, card));
    let counted: Vec<(usize, &str)> = cards.map(|card| (voted(card), card)).collect();
    let most = counted.iter().map(|(votes, _)| *votes).max().filter(|most| *most > 0)?;
    let mut leading = counted.iter().filter(|(votes, _)| *votes == most);
    let (_, card) = leading.next()?;
    leading.next().is_none().then_some(*card)
}

/// What can be agreed upon; where no card leads, somebody has to choose one.
fn agreeable(r: &RefinementView) -> Vec<Choice> {
    let none = leading(r).is_none().then(|| Choice::new("", "choose"));
    let cards = r.deck.iter().filter(|card| has_worth(r, card));
    none.into_iter().chain(cards.map(|c| Choice::new(c, face(r, c)))).collect()
}

/// A card with what it is worth, where the card does not say so: sizes in a team of points.
fn face(r: &RefinementView, card: &str) -> String {
    let points = r.item.as_ref().is_none_or(|i| i.estimates == "points");
    match r.worth.get(card).filter(|_| points) {
        Some(worth) => format!("{card} = {worth}"),
        None => card.to_owned(),
    }
}

fn top(r: &RefinementView, write: bool) -> Markup {
    shell::section(
        "Top of the backlog",
        html! {
            (shell::list("Top of the backlog", html! { @for item in &r.top {
                @let here = r.item.as_ref().is_some_and(|i| i.id == item.id);
                @let row = with_state(item, false);
                @let ready = ready::mark(r.top_ready.get(&item.key));
                @if here { (row.tail(html! { (ready) (shell::pill("now")) })) }
                @else if write { (row.tail(html! {
                    (ready)
                    @if let Some(estimate) = item.estimate() { span.points { (estimate) } }
                    (button(r, "look-at-item", "Look at it", &format!("&key={}", item.key)))
                })) }
                @else { (row) }
            } }))
        },
    )
}
