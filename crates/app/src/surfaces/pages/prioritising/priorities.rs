//! The page of priorities: a ranking that tells how sure it is, and where the order departs from it.

use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::lists::{look_back, past, stood_on};
use super::super::{Page, may_write, product, show};
use super::{figure, inputs, percent};
use crate::kernel::{Day, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Dot, Facet, Link, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::what::amounts::{Amount, Range3};
use crate::what::methods::{self, METHODS, Method};
use crate::what::ranking::{GetRanking, Ranked, Ranking, THINGS};
use crate::what::scores::{self, ScoringView};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct View {
    method: Option<String>,
    of: Option<String>,
    /// A past day, at whose end everything is shown.
    at: Option<String>,
}

/// What the page shows, and where its forms lead back to.
struct Shown {
    product: Product,
    word: &'static str,
    of: &'static str,
    back: String,
    set: ScoringView,
    write: bool,
    at: Option<Day>,
}

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(view): Params<View>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let known = |all: &[&'static str], given: Option<&str>| {
            all.iter().copied().find(|one| Some(*one) == given)
        };
        let of = known(&THINGS, view.of.as_deref()).unwrap_or(THINGS[0]);
        let word = match known(&METHODS, view.method.as_deref()) {
            Some(word) => word,
            None => super::usual(cx, &product, of, &METHODS)?,
        };
        let at = past(view.at.as_deref())?;
        let set = scores::settings_at(cx.conn, cx.actor.workspace, product.id, at.map(Day::end))?;
        let back = format!("/p/{}/priorities?method={word}&of={of}", product.key);
        let write = may_write(cx) && at.is_none();
        let banner = at.map(|day| stood_on(&back, day));
        let shown = Shown { product, word, of, back, set, write, at };
        let main = html! { (super::ways(&shown.product, "priorities")) (tabs(&shown)) (body(cx, &shown)?) };
        let day = at.map_or_else(String::new, |day| format!("&at={day}"));
        let open = |of: &str| {
            format!("/p/{}/priorities?method={word}&of={of}{day}", shown.product.key)
        };
        let path = format!("/p/{}/priorities", shown.product.key);
        let actions = html! {
            (look_back(&path, at, &[("method", word), ("of", of)]))
            @if of == "epics" { a.btn href=(open("opportunities")) { "Rank opportunities" } }
            @else { a.btn href=(open("epics")) { "Rank epics" } }
        };
        let about = html! { "Which of the " (of) " first, and how sure that is" };
        Ok(Page {
            title: format!("Priorities of {}", shown.product.name),
            head: Some(shell::page_head("What", "Priorities", about, actions)),
            product: Some(shown.product),
            active: "priorities",
            facet: Facet::What,
            wide: true,
            banner,
            main,
            ..Page::default()
        })
    })
    .await
}

fn tabs(shown: &Shown) -> Markup {
    let links = METHODS.map(|word| {
        let day = shown.at.map_or_else(String::new, |day| format!("&at={day}"));
        let href =
            format!("/p/{}/priorities?method={word}&of={}{day}", shown.product.key, shown.of);
        Link::new(href, methods::name(word))
    });
    let active = METHODS.iter().position(|word| *word == shown.word).unwrap_or_default();
    shell::tabs("Methods", &links, active)
}

fn body(cx: &mut Reader<'_>, shown: &Shown) -> Result<Markup> {
    let settings = html! { @if shown.write { (inputs::settings(&shown.product, &shown.set, shown.word, &shown.back)) } };
    if shown.word == "own" && shown.set.formula.is_empty() {
        return Ok(html! {
            (shell::empty_state("No formula of your own yet", "(reach * joy + trust) / effort. Each name becomes an input that people estimate.", html! {}))
            (settings)
        });
    }
    let (ws, end) = (cx.actor.workspace, shown.at.map(Day::end));
    let method = scores::method_at(cx.conn, ws, shown.product.id, shown.word, end)?;
    let query = GetRanking {
        product: shown.product.key.clone(),
        method: shown.word.to_owned(),
        of: Some(shown.of.to_owned()),
        at: shown.at,
    };
    let ranking = match query.run(cx) {
        Ok(ranking) => ranking,
        Err(Error::Refused(why)) => return Ok(shell::notice(Tone::Warn, html! { (why) })),
        Err(error) => return Err(error),
    };
    if ranking.items.is_empty() && ranking.unscored.is_empty() {
        return Ok(shell::empty_state(
            "Nothing to rank yet",
            "Frame a problem first: refunds of split tickets need a phone call.",
            html! { a.btn href={ "/p/" (shown.product.key) "/" (shown.of) } { "To the " (shown.of) } },
        ));
    }
    Ok(html! {
        p.soft { (method.name) " = " (method.formula) }
        @if let Some(warning) = &ranking.warning { (shell::notice(Tone::Warn, html! { (warning) })) }
        @if !ranking.items.is_empty() { (ranked(&ranking)) }
        (departures(shown, &ranking))
        (shell::section("What it is made of", inputs::table(&method, &ranking, shown.write, &shown.back)))
        (field(&method, &ranking))
        @if !settings.0.is_empty() { (shell::section("How this product scores", settings)) }
    })
}

fn ranked(ranking: &Ranking) -> Markup {
    let rows = ranking.items.iter().enumerate().map(|(at, item)| {
        vec![
            html! { (at + 1) },
            html! { a href={ "/" (item.key) } data-turbo-frame="peek" { (item.key) } " " (item.title) },
            html! { (score(item)) },
            html! { (sure(item, ranking.runs, at + 1 == ranking.items.len())) },
            html! {
                (item.stands)
                @if item.departs { " " (shell::toned("departs", if item.because.is_empty() { Tone::Warn } else { Tone::Plain })) }
            },
        ]
    });
    let headers = ["#", "By score", "Score", "How sure", "In your order"];
    shell::data_table("Ranking", &headers, rows.collect())
}

fn score(item: &Ranked) -> Markup {
    if let Some(class) = item.inputs.get("class") {
        return shell::toned(class, if class == "must" { Tone::Facet } else { Tone::Plain });
    }
    html! {
        @if let Some(score) = item.score { b { (figure(score)) } }
        @if let (Some(low), Some(high)) = (item.low, item.high) {
            @if low < high { " " span.soft { (figure(low)) " to " (figure(high)) } }
        }
    }
}

/// How sure a place is, in plain words.
fn sure(item: &Ranked, runs: usize, last: bool) -> String {
    let Some(first) = item.first else { return String::new() };
    let runs = figure(runs as f64);
    let next = match item.beats_next {
        Some(share) if share >= 0.995 => {
            format!("beats the next in practically all of {runs} simulations")
        }
        Some(share) if share < 0.55 => {
            format!(
                "as good as level with the next: beats it in {} of {runs} simulations",
                percent(share)
            )
        }
        Some(share) => format!("beats the next in {} of {runs} simulations", percent(share)),
        None if last => "nothing stands below it".to_owned(),
        None => String::new(),
    };
    if first >= 0.005 { format!("{next}; comes first in {}", percent(first)) } else { next }
}

/// Where the order that people gave departs from the score, with why, or with the question.
fn departures(shown: &Shown, ranking: &Ranking) -> Markup {
    let all: Vec<(usize, &Ranked)> =
        ranking.items.iter().enumerate().filter(|(_, item)| item.departs).collect();
    if all.is_empty() {
        return html! {
            @if ranking.items.len() > 1 { p.soft { "Your order follows this score." } }
        };
    }
    let asked = all.iter().filter(|(_, item)| item.because.is_empty()).count();
    shell::section(
        "Where your order departs from the score",
        html! {
            p.soft {
                "That is lawful: a score knows only what was put into it. "
                @if asked > 0 { "Say why, so that others need not guess." }
            }
            @for (place, item) in all { (departure(shown, ranking, place, item)) }
        },
    )
}

fn departure(shown: &Shown, ranking: &Ranking, place: usize, item: &Ranked) -> Markup {
    let before = ranking.items[place + 1..].iter().find(|next| !next.departs);
    let before = before.map(|next| next.key.as_str()).unwrap_or_default();
    let tone = if item.because.is_empty() { Tone::Warn } else { Tone::Plain };
    let epics = shown.of == "epics";
    shell::notice(
        tone,
        html! {
            p {
                a href={ "/" (item.key) } { (item.key) } " " (item.title) " stands at " b { (item.stands) }
                " of " (ranking.items.len()) "; the score puts it at " b { (place + 1) } "."
                @if !item.because.is_empty() { " Because: " (item.because) }
            }
            @if shown.write {
                div.acts {
                    (shell::menu(if item.because.is_empty() { "Say why" } else { "Change the reason" }, None, shell::form("/do/explain-order", html! {
                        (shell::hidden("key", &item.key))
                        (shell::hidden("_back", &shown.back))
                        (shell::textarea("It belongs there because", "because").id(format!("because-{}", item.key)).value(&item.because).rows(2))
                        (shell::submit("Keep the reason"))
                    })))
                    (shell::menu("Move it", None, shell::form(if epics { "/do/move-work-item" } else { "/do/move-opportunity" }, html! {
                        (shell::hidden("key", &item.key))
                        (shell::hidden("_back", &shown.back))
                        @if epics {
                            (shell::field("Before the epic", "before").id(format!("before-{}", item.key)).value(before).required().picks("epic")
                                .help("Filled in: where the score puts it."))
                        } @else {
                            (shell::field("Before the opportunity", "before").id(format!("before-{}", item.key)).value(before).picks("opportunity")
                                .help("Filled in: where the score puts it. Empty: the end."))
                        }
                        (shell::field("Because", "because").id(format!("moved-{}", item.key)))
                        (shell::submit("Move"))
                    })))
                }
            }
        },
    )
}

/// Value against effort, where the method knows both.
fn field(method: &Method, ranking: &Ranking) -> Markup {
    let Some(effort) = method.effort().filter(|_| method.is_graded()) else { return html! {} };
    let dots: Vec<Dot> =
        ranking.items.iter().filter_map(|item| dot(method, effort, item)).collect();
    html! {
        @if !dots.is_empty() {
            (shell::section("Value and effort", html! {
                (shell::matrix("Effort", "Value", ["small and worth it", "a bet worth thinking through", "fill-ins", "think again"], &dots))
                p.soft { "The lines show how far the estimates reach. The table above says the same in words." }
            }))
        }
    }
}

fn dot(method: &Method, effort: usize, item: &Ranked) -> Option<Dot> {
    let ranges = method.inputs.iter().map(|input| {
        let text = Amount::Text(item.inputs.get(&input.name)?.clone());
        method.read(&input.name, &text).ok().flatten()
    });
    let ranges: Vec<Range3> = ranges.collect::<Option<_>>()?;
    // The value at its likely effort: how long it takes does not change what it is worth.
    let value = |end: usize| {
        let at: Vec<f64> =
            ranges.iter().enumerate().map(|(i, r)| r[if i == effort { 1 } else { end }]).collect();
        method.value(&at)
    };
    let y = [value(0)?, value(1)?, value(2)?].map(|v| v.max(0.0));
    Some(Dot {
        name: item.key.clone(),
        href: format!("/{}", item.key),
        words: format!(
            "{}: value {}, effort {}",
            item.title,
            figure(y[1]),
            figure(ranges[effort][1])
        ),
        x: ranges[effort],
        y,
    })
}
