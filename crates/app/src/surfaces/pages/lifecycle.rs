//! A product's life and its market: the stage with what matters now, how it ends, and who else serves
//! the same needs.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, choices, may_write, once, product, show};
use crate::people::products::Product;
use crate::shell::{self, Choice, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::farewell::GetLifecycle;
use crate::what::lifecycle::{Lifecycle, RetirementView, STAGES};
use crate::why::competitors::{Compared, CompetitorView, GetMarket, Market};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/lifecycle", get(life))
        .route("/p/{product}/market", get(market))
}

async fn life(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let life = GetLifecycle { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            (stages(&life))
            (shell::notice(Tone::Plain, html! { b { "What now matters. " } (life.matters) }))
            @if life.decisions.is_empty() {
                (shell::empty_state("Nobody has said yet where it stands", "Launch: forty commuters use it every day and two of three come back. Which stage it is decides what matters.", html! {}))
            } @else {
                (shell::section("Decisions", shell::data_table("Stage decisions", &["Day", "Stage", "Because"], life.decisions.iter().map(|d| vec![
                    html! { (shell::day_tag(d.decided_on)) }, html! { (d.stage) }, html! { (d.because) },
                ]).collect())))
            }
            @if let Some(plan) = &life.retirement { (ending(&product, plan, write)) }
        };
        let actions = html! { @if write { (decide(&product, &life)) (plan(&product, life.retirement.as_ref())) } };
        Ok(Page {
            title: format!("Lifecycle of {}", product.name),
            head: Some(shell::page_head("What", "Lifecycle", html! { "From idea to retired, each stage with what matters" }, actions)),
            product: Some(product),
            active: "lifecycle",
            facet: Facet::What,
            main,
            ..Page::default()
        })
    })
    .await
}

fn stages(life: &Lifecycle) -> Markup {
    html! {
        ol.stages aria-label="Stages" {
            @for stage in STAGES {
                li aria-current=[(life.stage.as_deref() == Some(stage)).then_some("step")] { (stage) }
            }
        }
    }
}

fn decide(product: &Product, life: &Lifecycle) -> Markup {
    let place = STAGES.iter().position(|s| life.stage.as_deref() == Some(*s));
    let next = place.map_or(STAGES[0], |at| STAGES.get(at + 1).copied().unwrap_or(STAGES[at]));
    shell::menu(
        "Decide the stage",
        Some("c"),
        shell::form(
            "/do/decide-stage",
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/lifecycle", product.key)))
                (shell::select("It is in", "stage", choices(&STAGES, None)).value(next))
                (shell::textarea("What shows it", "because").rows(3))
                (shell::submit("Decide"))
            },
        ),
    )
}

fn plan(product: &Product, stands: Option<&RetirementView>) -> Markup {
    let label = if stands.is_some() { "Change the plan" } else { "Plan its retirement" };
    let text = |get: fn(&RetirementView) -> &str| stands.map(get).unwrap_or_default().to_owned();
    shell::menu(
        label,
        None,
        shell::form(
            "/do/plan-retirement",
            html! {
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/lifecycle", product.key)))
                (shell::field("It ends on", "ends_on").kind("date").value(stands.map_or(String::new(), |p| p.ends_on.to_string())))
                (shell::field("What comes in its place", "successor").value(text(|p| &p.successor)))
                (shell::textarea("What people are told", "message").value(text(|p| &p.message)).rows(4).help("Everybody who ever said something and was not answered gets these words, once."))
                (shell::submit("Save"))
            },
        ),
    )
}

fn ending(product: &Product, plan: &RetirementView, write: bool) -> Markup {
    let back = format!("/p/{}/lifecycle", product.key);
    let rows = plan.steps.iter().map(|s| {
        vec![
            html! { (s.title) },
            html! { @if let Some(day) = s.due { (shell::day_tag(day)) } },
            html! { @match s.done_on {
                Some(day) => { (shell::toned("done", Tone::Good)) " " (shell::day_tag(day)) }
                None => { @if write { (shell::post_button(&format!("/do/finish-retirement-step?step={}&_back={back}", s.id), "Done", None)) } @else { "open" } }
            } },
        ]
    });
    shell::section(
        "How it ends",
        html! {
            (shell::stats(html! {
                (shell::stat("Ends on", &plan.ends_on.words(), ""))
                @if !plan.successor.is_empty() { (shell::stat("In its place", &plan.successor, "")) }
                (shell::stat("Still to be told", &plan.waiting.to_string(), "who said something and were not answered"))
                @if plan.unreachable > 0 { (shell::stat("Left no address", &plan.unreachable.to_string(), "tell them in another way")) }
            }))
            blockquote.voice { (plan.message) }
            @if plan.steps.is_empty() { p.soft { "No steps yet: who moves the data, when sign-up closes, what happens to what was paid." } }
            @else { (shell::data_table("Steps", &["Step", "Due", ""], rows.collect())) }
            @if write {
                div.acts {
                    (shell::menu("Add a step", None, shell::form("/do/add-retirement-step", html! {
                        (once())
                        (shell::hidden("product", &product.key))
                        (shell::hidden("_back", &back))
                        (shell::field("Step", "title").placeholder("Sign-up closes"))
                        (shell::field("Due", "due").kind("date"))
                        (shell::submit("Add"))
                    })))
                    @if plan.waiting > plan.unreachable {
                        (shell::post_button(&format!("/do/tell-retirement?product={}&_back={back}", product.key), "Write to them", None))
                    }
                    @if plan.unreachable > 0 {
                        (shell::menu("Say how the others were told", None, shell::form("/do/tell-retirement", html! {
                            (shell::hidden("product", &product.key))
                            (shell::hidden("_back", &back))
                            p { (plan.unreachable) " left no address and cannot be written to. Tell them in another way, then keep how." }
                            (shell::field("How they were told", "how").placeholder("By a notice in the app").required())
                            (shell::submit("Keep it as their answer"))
                        })))
                    }
                }
            }
        },
    )
}

async fn market(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let found = GetMarket { product: product.key.clone() }.run(cx)?;
        let write = may_write(cx);
        let main = html! {
            @if found.competitors.is_empty() {
                (shell::empty_state("No competitors yet", "Who else do people use for the same job? The counter counts too, and so does doing without.", html! {}))
            } @else {
                (compared(&found))
                @for c in &found.competitors { (competitor(&product, c, write)) }
            }
        };
        let actions = html! { @if write { (set(&product, None)) @if !found.competitors.is_empty() && !found.needs.is_empty() { (rate(&product, &found)) } } };
        Ok(Page {
            title: format!("Market of {}", product.name),
            head: Some(shell::page_head("Why", "Market", html! { "Who else serves the same needs, and how well" }, actions)),
            product: Some(product),
            active: "market",
            facet: Facet::Why,
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

/// A rating as dots that one can count, with its number.
fn dots(rating: Option<i64>, note: &str) -> Markup {
    html! {
        @match rating {
            Some(rating) => {
                span.dots title=(note) aria-label={ (rating) " of 5" } {
                    @for at in 0..5 { @if at < rating { "●" } @else { "○" } }
                }
            }
            None => span.soft { "–" },
        }
    }
}

fn compared(found: &Market) -> Markup {
    let mut heads = vec!["Need".to_owned(), "Us".to_owned()];
    heads.extend(found.competitors.iter().map(|c| c.name.clone()));
    heads.push("So we are".to_owned());
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rated = found.needs.iter().filter(|n| n.us.is_some() || n.them.iter().any(Option::is_some));
    let rows: Vec<_> = rated.map(row).collect();
    html! {
        @if rows.is_empty() { p.soft { "Nothing was rated yet: how well does each serve each need, from 0 to 5?" } }
        @else { (shell::section("How well each need is served", shell::data_table("Comparison", &heads, rows))) }
    }
}

fn row(n: &Compared) -> Vec<Markup> {
    let best = n.them.iter().flatten().max().copied();
    let verdict = match (n.us, best) {
        (Some(us), Some(best)) if us > best => ("ahead", Tone::Good),
        (Some(us), Some(best)) if us < best => ("behind", Tone::Bad),
        (Some(_), Some(_)) => ("even", Tone::Plain),
        _ => ("not compared", Tone::Plain),
    };
    let mut cells = vec![
        html! { a href={ "/" (n.need) } data-turbo-frame="peek" { (n.need) " " (n.title) } },
        html! { (dots(n.us, &n.our_note)) @if !n.our_note.is_empty() { p.soft { (n.our_note) } } },
    ];
    cells.extend(n.them.iter().zip(&n.their_notes).map(|(rating, note)| {
        html! { (dots(*rating, note)) @if !note.is_empty() { p.soft { (note) } } }
    }));
    cells.push(shell::toned(verdict.0, verdict.1));
    cells
}

fn competitor(product: &Product, c: &CompetitorView, write: bool) -> Markup {
    shell::section(
        &c.name,
        html! {
            @if !c.about.is_empty() { p { (c.about) } }
            @if !c.url.is_empty() { p { a href=(c.url) rel="noopener nofollow" { (c.url) } } }
            @if !c.strengths.is_empty() { p { b { "Strong: " } (c.strengths) } }
            @if !c.weaknesses.is_empty() { p { b { "Weak: " } (c.weaknesses) } }
            @if !c.findings.is_empty() { ul { @for f in &c.findings { li { a href={ "/" (f.key) } data-turbo-frame="peek" { (f.key) " " (f.title) } } } } }
            @if write {
                div.acts {
                    (shell::menu("Add a finding", None, shell::form("/do/add-finding", html! {
                        (once())
                        (shell::hidden("competitor", &c.id.to_string()))
                        (shell::hidden("_back", &format!("/p/{}/market", product.key)))
                        (shell::textarea("What was found out", "finding").id(format!("finding-{}", c.id)).rows(3).voice())
                        (shell::field("Who said it, or where it stands", "source").id(format!("source-{}", c.id)))
                        (shell::field("Link", "url").id(format!("link-{}", c.id)).kind("url"))
                        (shell::submit("Keep it as evidence"))
                    })))
                    (set(product, Some(c)))
                }
            }
        },
    )
}

fn set(product: &Product, c: Option<&CompetitorView>) -> Markup {
    let on = c.map_or("new".to_owned(), |c| c.id.to_string());
    let text = |get: fn(&CompetitorView) -> &str| c.map(get).unwrap_or_default().to_owned();
    shell::menu(
        if c.is_some() { "Edit" } else { "Add a competitor" },
        c.is_none().then_some("c"),
        shell::form(
            "/do/set-competitor",
            html! {
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", &format!("/p/{}/market", product.key)))
                @match c {
                    Some(c) => (shell::hidden("name", &c.name)),
                    None => (shell::field("Name", "name").id("name-new").required()),
                }
                (shell::field("Link", "url").id(format!("url-{on}")).kind("url").value(text(|c| &c.url)))
                (shell::textarea("What it is", "about").id(format!("about-{on}")).rows(2).value(text(|c| &c.about)))
                (shell::textarea("Strong in", "strengths").id(format!("strong-{on}")).rows(2).value(text(|c| &c.strengths)))
                (shell::textarea("Weak in", "weaknesses").id(format!("weak-{on}")).rows(2).value(text(|c| &c.weaknesses)))
                (shell::submit("Save"))
            },
        ),
    )
}

fn rate(product: &Product, found: &Market) -> Markup {
    let needs: Vec<Choice> = found
        .needs
        .iter()
        .map(|n| Choice::new(&n.need, format!("{} {}", n.need, n.title)))
        .collect();
    let us = Choice::new("", "us");
    let who = std::iter::once(us)
        .chain(found.competitors.iter().map(|c| Choice::new(c.id, c.name.clone())));
    shell::menu(
        "Rate",
        None,
        shell::form(
            "/do/rate-need",
            html! {
                (shell::hidden("_back", &format!("/p/{}/market", product.key)))
                (shell::select("How well this need", "key", needs).id("rate-need"))
                (shell::select("is served by", "competitor", who.collect()).id("rate-who"))
                (shell::select("From 0, not at all, to 5", "rating", choices(&["0", "1", "2", "3", "4", "5"], None)).id("rate-rating").value("3"))
                (shell::field("What shows it", "note").id("rate-note"))
                (shell::submit("Rate"))
            },
        ),
    )
}
