//! Reports as pages that also print: strategy on a page, customers' voice, the decision log, the
//! portfolio, and where the others are.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::item::prose;
use super::lists::{After, dated, look_back, past, stood_on};
use super::{Page, product, show};
use crate::kernel::Day;
use crate::people::products::Product;
use crate::reports::portfolio::{GetPortfolio, Standing};
use crate::reports::strategy::{GetStrategyPage, StrategyPage};
use crate::reports::voice::{GetVoice, Said, Voice};
use crate::shell::{self, Facet, Tone};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::what::decisions::{DecisionView, ListDecisions};
use crate::what::roadmap::HORIZONS;
use crate::why::strategy::TextView;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/reports", get(index))
        .route("/p/{product}/reports/strategy", get(strategy))
        .route("/p/{product}/reports/voice", get(voice))
        .route("/p/{product}/reports/decisions", get(decisions))
        .route("/portfolio", get(portfolio))
}

/// A report of a product: everything on it prints.
fn page(product: Product, title: &str, meta: Markup, main: Markup) -> Page {
    let printing = html! { p.soft.no-print { "Print this page, or save it as PDF, with your browser: it is laid out for paper. " a href={ "/p/" (product.key) "/reports" } { "All reports" } } };
    Page {
        title: format!("{title} of {}", product.name),
        head: Some(shell::page_head("Reports", title, meta, html! {})),
        product: Some(product),
        active: "reports",
        facet: Facet::None,
        main: html! { (printing) (main) },
        ..Page::default()
    }
}

async fn index(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let at = |path: &str| format!("/p/{}/{path}", product.key);
        let all = [
            (
                at("reports/strategy"),
                "Strategy on a page",
                "Vision, figures, themes, objectives and what comes first.",
            ),
            (
                at("okr-report"),
                "OKR report",
                "Every key result with its check-ins, blockers, and what was shipped toward it.",
            ),
            (
                at("roadmap?audience=executives&view=timeline&group=objective"),
                "Roadmap for executives",
                "Objectives and bets, in quarters.",
            ),
            (
                at("roadmap?audience=sales"),
                "Roadmap for sales and support",
                "What may be told, and what is promised.",
            ),
            (at("roadmap?audience=customers"), "Roadmap for customers", "Problems, without dates."),
            (
                at("reports/decisions"),
                "Decision log",
                "What was decided, why, and what replaced it.",
            ),
            (
                at("reports/voice"),
                "Customers' voice",
                "What people say, gathered into themes in their own words.",
            ),
            ("/portfolio".to_owned(), "Portfolio", "All products at a glance."),
        ];
        let main = shell::list(
            "Reports",
            html! {
                @for (href, title, about) in all {
                    (shell::list_row(href, title).tail(html! { span.soft { (about) } }))
                }
            },
        );
        let title = format!("Reports of {}", product.name);
        let head = shell::page_head(
            "Reports",
            "Reports",
            html! { "Each as a page, on paper, and over the API" },
            html! {},
        );
        Ok(Page {
            title,
            head: Some(head),
            product: Some(product),
            active: "reports",
            main,
            ..Page::default()
        })
    })
    .await
}

async fn strategy(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let at = past(from.at.as_deref())?;
        let path = format!("/p/{}/reports/strategy", product.key);
        let report = GetStrategyPage { product: product.key.clone(), at }.run(cx)?;
        let meta = html! {
            span { "As of " (shell::day_tag(report.on)) }
            @if let Some(stage) = &report.stage { span { "In " (stage) } }
            (look_back(&path, at, &[]))
        };
        let shown = page(product, "Strategy on a page", meta, on_a_page(&report, at));
        Ok(Page { banner: at.map(|day| stood_on(&path, day)), ..shown })
    })
    .await
}

fn text(title: &str, text: Option<&TextView>) -> Markup {
    html! {
        @if let Some(text) = text {
            (shell::section(title, html! { div.prose.voice { (prose(&text.body)) } p.soft { "Version " (text.number) ", " (shell::day_tag(text.published_on)) } }))
        }
    }
}

fn on_a_page(report: &StrategyPage, at: Option<Day>) -> Markup {
    let number = |n: Option<f64>| n.map_or("–".to_owned(), |n| n.to_string());
    html! {
        (text("Vision", report.vision.as_ref()))
        (text("Strategy", report.strategy.as_ref()))
        (text("Product goal", report.goal.as_ref()))
        @if report.vision.is_none() && report.objectives.is_empty() {
            (shell::empty_state("Nothing to put on a page yet", "A vision in a sentence, a North Star with its inputs, two or three objectives: the page fills itself from them.", html! {}))
        }
        @if !report.figures.is_empty() {
            (shell::section("How one sees it", shell::stats(html! { @for f in &report.figures {
                (shell::stat(&f.title, &format!("{} {}", number(f.now), f.unit), &if f.before.is_some() { format!("{} a quarter before", number(f.before)) } else { f.role.replace('-', " ") }))
            } })))
        }
        @if !report.themes.is_empty() {
            (shell::section("Themes", html! { ul { @for t in &report.themes { li { b { (t.name) } " " (t.about) } } } }))
        }
        @if !report.segments.is_empty() {
            (shell::section("For whom", html! { ul { @for s in &report.segments { li { b { (s.name) } " " (s.about) " " span.soft { (s.size) } } } } }))
        }
        @if !report.objectives.is_empty() {
            (shell::section("Objectives", shell::data_table("Objectives", &["Objective", "Period", "Key results", "#Progress"], report.objectives.iter().map(|o| vec![
                html! { a href=(dated(&o.key, at)) { (o.title) } },
                html! { (o.period) },
                html! { @for k in &o.key_results { p { (k.title) ": " (k.current) " of " (k.target) " " (k.unit) } } },
                html! { (format!("{:.0} %", o.progress * 100.0)) },
            ]).collect())))
        }
        @if !report.roadmap.is_empty() {
            (shell::section("What comes first", html! { @for horizon in HORIZONS {
                @let here: Vec<_> = report.roadmap.iter().filter(|l| l.horizon == horizon).collect();
                @if !here.is_empty() { p { b { (horizon) ": " } @for (place, l) in here.iter().enumerate() { @if place > 0 { "; " } a href=(dated(&l.item, at)) { (l.title) } } } }
            } }))
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Days {
    days: Option<i64>,
    after: Option<String>,
}

async fn voice(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Days>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let report = GetVoice { product: product.key.clone(), days: from.days }.run(cx)?;
        let meta = shell::filters(
            &format!("/p/{}/reports/voice", product.key),
            html! {
                (shell::field("Days back", "days").kind("number").value(from.days.unwrap_or(180)))
            },
        );
        Ok(page(product, "Customers' voice", meta, spoken(&report)))
    })
    .await
}

fn spoken(report: &Voice) -> Markup {
    let share = |part: usize, of: usize| format!("{:.0} %", part as f64 / of.max(1) as f64 * 100.0);
    html! {
        @if report.heard == 0 {
            (shell::empty_state("Nobody was heard in this time", "“I only want my own part back.” Note what people say with q, wherever you are: it is gathered here.", html! {}))
        } @else {
            (shell::stats(html! {
                (shell::stat("Heard", &report.heard.to_string(), &format!("since {}", report.since.words())))
                (shell::stat("Answered", &share(report.answered, report.heard), &format!("{} people", report.answered)))
                (shell::stat("Themes", &report.themes.len().to_string(), &format!("{} said what nobody else did", report.alone)))
            }))
            @for said in report.themes.iter().take(12) { (one(said)) }
            @if report.themes.len() > 12 { p.soft { "And " (report.themes.len() - 12) " smaller themes." } }
        }
    }
}

fn one(said: &Said) -> Markup {
    shell::section(
        &said.label.join(", "),
        html! {
            p.soft {
                (said.count) " times, by " (said.people) @if said.people == 1 { " person" } @else { " people" }
                @if !said.segments.is_empty() { ", " (said.segments.join(", ")) }
                ", " (said.lately) " of them lately, " (said.answered) " answered"
            }
            @for quote in said.quotes.iter().take(3) {
                blockquote.voice.quote {
                    (quote.words)
                    footer.soft { (quote.source) @if !quote.company.is_empty() { ", " (quote.company) } " " a href={ "/" (quote.key) } { (quote.key) } }
                }
            }
        },
    )
}

async fn decisions(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Days>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let log = ListDecisions { product: product.key.clone(), after: from.after.clone(), limit: Some(100) }.run(cx)?;
        let path = format!("/p/{}/reports/decisions", product.key);
        let main = html! {
            @if log.items.is_empty() { (shell::empty_state("No decisions yet", "Refunds go to the card that paid: vouchers help nobody, one in four is ever used.", html! {})) }
            @for d in &log.items { (decided(d)) }
            (shell::pages(&shell::Pages { first: from.after.as_ref().map(|_| path.clone()), next: log.next.map(|n| format!("{path}?after={n}")), note: String::new() }))
        };
        Ok(page(product, "Decision log", html! { "Newest first" }, main))
    })
    .await
}

fn decided(d: &DecisionView) -> Markup {
    html! {
        section.part {
            h2 { a href={ "/" (d.key) } { (d.key) " " (d.title) } }
            p {
                (shell::toned(&d.state, if d.state == "accepted" { Tone::Good } else { Tone::Plain }))
                @if let Some(day) = d.decided_on { " " (shell::day_tag(day)) }
                @if let Some(older) = &d.supersedes { " in place of " a href={ "/" (older) } { (older) } }
                @if let Some(day) = d.review_on { ", to be looked at again on " (shell::day_tag(day)) }
            }
            @for (label, text) in [("Context", &d.context), ("Options", &d.options), ("Chosen", &d.choice), ("What follows", &d.consequences)] {
                @if !text.trim().is_empty() { div.prose { b { (label) } (prose(text)) } }
            }
        }
    }
}

async fn portfolio(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        let found = GetPortfolio {}.run(cx)?;
        let heads = ["Product", "Stage", "North Star", "Objectives", "Now, next, later", "Epics", "#Released in 90 days", "#In the inbox"];
        let main = html! {
            @if found.products.is_empty() { (shell::empty_state("No products yet", "Each product that you see stands here on a line: its stage, its goals, what comes, and how it fares.", html! {})) }
            @else { (shell::data_table("All products", &heads, found.products.iter().map(line).collect())) }
        };
        Ok(Page {
            title: "Portfolio".to_owned(),
            head: Some(shell::page_head("Reports", "Portfolio", html! { "As of " (shell::day_tag(found.on)) }, html! {})),
            active: "portfolio",
            wide: true,
            main,
            ..Page::default()
        })
    })
    .await
}

fn line(p: &Standing) -> Vec<Markup> {
    vec![
        html! { a href={ "/p/" (p.key) "/reports/strategy" } { (p.name) } },
        html! { @match &p.stage { Some(stage) => a href={ "/p/" (p.key) "/lifecycle" } { (stage) }, None => a.soft href={ "/p/" (p.key) "/lifecycle" } { "not said" } } },
        html! { @if let Some(star) = &p.north_star { (star) @if let Some(now) = p.north_star_now { ": " b { (now) } " " (p.unit) } } },
        html! { @match p.progress {
            Some(progress) => (shell::meter((progress * 100.0) as u8, &format!("{:.0} % of {}", progress * 100.0, p.objectives))),
            None => span.soft { "none" },
        } },
        html! { a href={ "/p/" (p.key) "/roadmap" } { (p.now) ", " (p.next) ", " (p.later) } },
        html! {
            @if p.on_track > 0 { (shell::toned(&format!("{} on track", p.on_track), Tone::Good)) " " }
            @if p.at_risk > 0 { (shell::toned(&format!("{} at risk", p.at_risk), Tone::Warn)) " " }
            @if p.off_track > 0 { (shell::toned(&format!("{} off track", p.off_track), Tone::Bad)) }
        },
        html! { (p.released) },
        html! { (p.waiting) },
    ]
}
