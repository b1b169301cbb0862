//! Health: the silo signals of a product or a team, one signal with what stands behind it, all
//! scopes at a glance, and the thresholds.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::{Page, product, show};
use crate::kernel::{Access, Error, Id, Result};
use crate::people::products::Product;
use crate::reports::signals::{
    GetHealth, GetSignal, Health, Item, ListHealth, ListThresholds, ScopeHealth, SignalDetail,
    SignalView, ThresholdView,
};
use crate::shell::{self, Crumb, Facet, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/health", get(overview))
        .route("/p/{product}/health", get(of_product))
        .route("/p/{product}/health/{signal}", get(signal_of_product))
        .route("/teams/{team}/health", get(of_team))
        .route("/teams/{team}/health/{signal}", get(signal_of_team))
}

fn team_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("team"))
}

async fn of_product(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let query = GetHealth { product: Some(product.key.clone()), team: None };
        let health = query.run(cx)?;
        Ok(health_page(&health, ("product", &product.key), Some(product.clone()), Vec::new()))
    })
    .await
}

async fn of_team(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let team = team_id(&id)?;
        let health = GetHealth { product: None, team: Some(team) }.run(cx)?;
        let above = team_crumbs(&health.name, &id);
        Ok(health_page(&health, ("team", &id), None, above))
    })
    .await
}

fn team_crumbs(name: &str, id: &str) -> Vec<Crumb> {
    vec![Crumb::to("/teams", "Teams"), Crumb::to(format!("/teams/{id}"), name.to_owned())]
}

fn health_page(
    health: &Health,
    (field, value): (&str, &str),
    product: Option<Product>,
    above: Vec<Crumb>,
) -> Page {
    let measure = html! {
        (shell::plain_form("/do/measure-signals", html! {
            (shell::hidden(field, value))
            (shell::hidden("_back", &health.page))
            (shell::submit("Measure now"))
        }))
    };
    let raised: Vec<&SignalView> = health.signals.iter().filter(|s| s.raised).collect();
    let quiet: Vec<&SignalView> = health.signals.iter().filter(|s| !s.raised && s.enough).collect();
    let silent: Vec<&SignalView> = health.signals.iter().filter(|s| !s.enough).collect();
    let main = html! {
        @if health.signals.is_empty() {
            (shell::empty_state(
                "Not measured yet",
                "Signals tell when roles have become silos: nobody asks why, users' words stay with one person, orders only come down. They are measured once a day, or now.",
                measure.clone(),
            ))
        } @else {
            @if raised.is_empty() {
                (shell::notice(Tone::Good, html! { "No signal is raised. Nothing here points to a silo." }))
            }
            @for s in &raised { (raised_part(s, &health.page)) }
            @if !quiet.is_empty() { (shell::section("Not raised", table(&quiet, &health.page))) }
            @if !silent.is_empty() {
                (shell::section("Not enough to tell", html! {
                    p.soft { "Fewer than ten recorded events, or too few of what is counted: nothing is said." }
                    (table(&silent, &health.page))
                }))
            }
            p.soft {
                "Shares and sums only: what single people opened is told to themselves alone. "
                a href="/health" { "All products and teams" }
            }
        }
    };
    let meta = html! {
        @if let Some(at) = health.measured_at { span { "The last 90 days, measured " (shell::time_tag(at)) } }
        @else { "Silo signals" }
    };
    let acts = if health.signals.is_empty() {
        html! {}
    } else {
        measure
    };
    Page {
        title: format!("Health of {}", health.name),
        head: Some(shell::page_head("Health", &health.name, meta, acts)),
        active: if product.is_some() { "health" } else { "teams" },
        product,
        above,
        facet: Facet::None,
        main,
        ..Page::default()
    }
}

fn raised_part(s: &SignalView, page: &str) -> Markup {
    html! {
        section.part {
            h2 { a href={ (page) "/" (s.slug) } { (s.signal) " " (s.name) } " " (super::learn::mark_of_signal(&s.slug)) " " (shell::toned("raised", Tone::Bad)) }
            p { (s.sentence) }
            p.soft { (figure(s)) " " (trend(s)) }
            p { b { "What to do: " } (s.advice) " " a.btn.small href=(s.button_href) { (s.button) } }
        }
    }
}

fn figure(s: &SignalView) -> Markup {
    html! {
        @match &s.said {
            Some(said) => { b { (said) } ", raised above " (s.threshold_said) "." }
            None => { "Nothing counted." }
        }
    }
}

fn trend(s: &SignalView) -> Markup {
    let values: Vec<f64> = s.trend.iter().filter_map(|p| p.value).collect();
    shell::spark(&values, &format!("{} over {} measurements", s.name, values.len()))
}

fn table(signals: &[&SignalView], page: &str) -> Markup {
    let rows = signals
        .iter()
        .map(|s| {
            vec![
                html! { a href={ (page) "/" (s.slug) } { (s.signal) " " (s.name) } " " (super::learn::mark_of_signal(&s.slug)) br; span.soft { (s.sentence) } },
                html! { (s.said.as_deref().unwrap_or("–")) },
                html! { (s.threshold_said) },
                html! { (s.of) },
            ]
        })
        .collect();
    shell::data_table("Signals", &["Signal", "#Value", "#Raised above", "#Counted"], rows)
}

async fn signal_of_product(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, signal)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let product = product(cx, &key)?;
        let query = GetSignal { signal, product: Some(product.key.clone()), team: None };
        let detail = query.run(cx)?;
        let page = format!("/p/{}/health", product.key);
        Ok(signal_page(&detail, &page, Some(product), Vec::new()))
    })
    .await
}

async fn signal_of_team(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((id, signal)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let detail = GetSignal { signal, product: None, team: Some(team_id(&id)?) }.run(cx)?;
        let page = format!("/teams/{id}/health");
        let mut above = team_crumbs(&detail.scope_name, &id);
        above.push(Crumb::to(page.clone(), "Health"));
        Ok(signal_page(&detail, &page, None, above))
    })
    .await
}

fn items(title: &str, list: &[Item]) -> Markup {
    shell::list(
        title,
        html! {
            @for one in list {
                @match &one.key {
                    Some(key) => {
                        (shell::list_row(format!("/{key}"), one.title.clone()).key(key.clone())
                            .tail(html! { span.soft { (one.note) } }))
                    }
                    None => { (shell::list_row("/charters", one.title.clone())) }
                }
            }
        },
    )
}

fn behind(detail: &SignalDetail) -> Markup {
    let s = &detail.view;
    html! {
        @if !detail.items.is_empty() { (shell::section("What it rests on", items("Behind it", &detail.items))) }
        @match s.slug.as_str() {
            "evidence-monopoly" => { (shell::section("You have not opened these", html! {
                p.soft { "Who opened what is told to nobody else. These are for you to read." }
                @if detail.yours.is_empty() { p { "You know all of the last 90 days." } }
                @else { (items("To read", &detail.yours)) }
            })) }
            "blind-acceptance" => { (shell::section("Accepted by you", html! {
                p.soft { "Only you see this list: what you accepted without opening the evidence behind it first." }
                @if detail.yours.is_empty() { p { "None of it was yours." } }
                @else { (items("Yours", &detail.yours)) }
            })) }
            "contact-gap" => { p.soft { "Totals only: who spoke with users stands in the interviews, and in everybody's own mirror." } }
            _ => {}
        }
    }
}

fn signal_page(
    detail: &SignalDetail,
    page: &str,
    product: Option<Product>,
    above: Vec<Crumb>,
) -> Page {
    let s = &detail.view;
    let state = match (s.raised, s.enough) {
        (true, _) => shell::toned("raised", Tone::Bad),
        (false, true) => shell::toned("not raised", Tone::Good),
        (false, false) => shell::pill("not enough data"),
    };
    let rows = s
        .trend
        .iter()
        .rev()
        .map(|p| {
            let value = p.value.map_or_else(|| "–".to_owned(), |v| say(s, v));
            vec![
                shell::day_tag(p.day),
                html! { (value) },
                html! { @if p.raised { "raised" } @else { "" } },
            ]
        })
        .collect();
    let main = html! {
        p { (s.sentence) }
        (shell::stats(html! {
            (shell::stat("Value", s.said.as_deref().unwrap_or("–"), ""))
            (shell::stat("Raised above", &s.threshold_said, ""))
            (shell::stat("Counted", &s.of.to_string(), ""))
        }))
        (shell::section("What to do", html! { p { (s.advice) } p { a.btn href=(s.button_href) { (s.button) } } }))
        (behind(detail))
        (shell::section("How it is reckoned", html! {
            p { (s.formula) "." }
            @if let Some(of) = page.strip_suffix("/health").filter(|of| s.slug == "no-why" && of.starts_with("/p/")) {
                p.soft {
                    a href={ (of) "/gaps" } { "Missing why" }
                    " counts otherwise: what is begun and still open, whenever it began, with epics and problems, and what serves only one side apart."
                }
            }
        }))
        @if s.trend.len() > 1 {
            (shell::section("How it went", html! { p { (trend(s)) } (shell::data_table("Trend", &["Day", "#Value", ""], rows)) }))
        }
        p { a href=(page) { "All signals of " (detail.scope_name) } }
    };
    Page {
        title: s.name.clone(),
        head: Some(shell::page_head(
            &format!("{} · {}", s.signal, detail.scope_name),
            &s.name,
            state,
            html! {},
        )),
        active: if product.is_some() { "health" } else { "teams" },
        product,
        above,
        main,
        ..Page::default()
    }
}

fn say(s: &SignalView, value: f64) -> String {
    let known = crate::reports::signals::catalogue::named(&s.signal);
    match known {
        Some(signal) if !s.load => signal.say(value),
        _ => format!("{:.0} %", value * 100.0),
    }
}

async fn overview(State(app): State<Shared>, visitor: Visitor, headers: HeaderMap) -> Response {
    show(&app, visitor, &headers, |cx| {
        cx.actor.check_role(Access::Write)?;
        let lines = ListHealth {}.run(cx)?;
        let limits = ListThresholds {}.run(cx)?;
        let admin = cx.actor.check(Access::Admin).is_ok();
        let main = html! {
            (shell::list("Products and teams", html! { @for line in &lines { (line_row(line)) } }))
            (limits_part(cx, &limits, admin))
        };
        Ok(Page {
            title: "Health".into(),
            active: "health",
            head: Some(shell::page_head(
                "People",
                "Health",
                html! { "Where roles have become silos, by signals of the last 90 days" },
                html! {},
            )),
            main,
            ..Page::default()
        })
    })
    .await
}

/// A signal by its number and its name.
fn called(signal: &str) -> String {
    let known = crate::reports::signals::catalogue::named(signal);
    known.map_or_else(|| signal.to_owned(), |s| format!("{signal} {}", s.name))
}

fn line_row(line: &ScopeHealth) -> shell::Row {
    shell::list_row(line.page.clone(), line.name.clone()).tail(html! {
        span.soft { (line.scope) } " "
        @if line.measured_on.is_none() { (shell::pill("not measured yet")) }
        @else if line.raised.is_empty() { (shell::toned("no signal", Tone::Good)) }
        @else if line.raised.len() < 3 { @for signal in &line.raised { (shell::toned(&called(signal), Tone::Bad)) " " } }
        @else {
            @let names: Vec<String> = line.raised.iter().map(|signal| called(signal)).collect();
            span title=(names.join(", ")) { (shell::toned(&line.raised.join(" "), Tone::Bad)) }
        }
    })
}

fn limits_part(_: &Reader<'_>, limits: &[ThresholdView], admin: bool) -> Markup {
    let rows = limits
        .iter()
        .map(|t| {
            vec![
                html! { (t.signal) " " (t.name) },
                html! { (t.said) @if (t.value - t.usual).abs() > f64::EPSILON { span.soft { " (own)" } } },
                html! {
                    @if admin {
                        (shell::menu("Change", None, shell::form("/do/set-threshold", html! {
                            (shell::hidden("signal", &t.signal))
                            (shell::hidden("_back", "/health"))
                            (shell::field("Raised above", "value").value(t.value)
                                .help("Shares from 0 to 1, else so many. Empty: the usual one."))
                            (shell::submit("Save"))
                        })))
                    }
                },
            ]
        })
        .collect();
    shell::section(
        "Thresholds of this workspace",
        shell::data_table("When a signal is raised", &["Signal", "#Above", ""], rows),
    )
}
