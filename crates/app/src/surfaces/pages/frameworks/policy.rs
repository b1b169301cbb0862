//! A policy as its team reads it, and all those before it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::item::prose;
use super::super::learn::mark_of_framework;
use super::super::{Page, may_write, once, show};
use super::editing;
use crate::kernel::{Access, Error, Id, Result};
use crate::people::policies::{self, OVERLAYS, Owner, PRESETS, PolicyView, list_of};
use crate::people::{products, teams};
use crate::shell::{self, Crumb, Tone};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;

pub(super) async fn of_team(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(team): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        cx.actor.check_role(Access::Write)?;
        let id: Id = team.parse().map_err(|_| Error::NotFound("team"))?;
        let team = teams::by_id(cx.conn, cx.actor.workspace, id)?;
        let main = overview(cx, Owner::Team(id), &team.name)?;
        Ok(Page {
            title: "Policy".into(),
            active: "teams",
            above: vec![
                Crumb::to("/teams", "Teams"),
                Crumb::to(format!("/teams/{id}"), team.name.clone()),
            ],
            head: Some(shell::page_head(
                &team.name,
                "How this team works",
                html! { "Its states, limits, definitions and rhythm" },
                html! {},
            )),
            main,
            ..Page::default()
        })
    })
    .await
}

pub(super) async fn of_product(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = products::product(cx.conn, cx.actor, &key, Access::Read)?;
        let main = overview(cx, Owner::Product(product.id), &product.name)?;
        Ok(Page {
            title: format!("Policy of {}", product.name),
            active: "settings",
            head: Some(shell::page_head(
                "Product",
                "How it is worked on",
                html! { "For what no team with a policy of its own has taken" },
                html! {},
            )),
            product: Some(product),
            main,
            ..Page::default()
        })
    })
    .await
}

fn overview(cx: &mut Reader<'_>, owner: Owner, name: &str) -> Result<Markup> {
    let all = list_of(cx.conn, cx.actor, owner)?;
    let write = may_write(cx);
    let active = all.iter().find(|p| p.state == "active");
    let draft = all.iter().find(|p| p.state == "draft");
    let past: Vec<&PolicyView> = all.iter().filter(|p| p.state == "superseded").collect();
    Ok(html! {
        @if let Some(draft) = draft {
            (shell::notice(Tone::Warn, html! {
                "A new policy is being drafted. "
                a href={ "/policies/" (draft.id) } { "Go on with the draft" } "."
            }))
        }
        @match active {
            Some(active) => {
                (about(active))
                (whole(active))
            }
            None => (shell::empty_state(
                &format!("{name} has no policy of its own yet"),
                "Its items follow the workflow of their product. A policy says what a team's states mean, how much is begun at once, and when something is done, as “In progress holds 4”.",
                html! {},
            )),
        }
        @if write { div.acts {
            @if active.is_some() {
                (shell::form("/do/draft-policy", html! {
                    (once())
                    (owner_field(owner, &all))
                    (shell::hidden("_back", "/policies/{id}"))
                    (shell::submit("Change it: draft the next one"))
                }))
            }
            (shell::menu(if active.is_some() { "Change the framework" } else { "Choose a framework" }, Some("f"),
                shell::form("/do/draft-policy", html! {
                    (once())
                    (owner_field(owner, &all))
                    (shell::hidden("_back", "/policies/{id}"))
                    (frameworks(owner, active.map_or("", |p| p.preset.as_str())))
                    p.help { "First a draft: you see where every item goes before anything changes." }
                    (shell::submit("Draft it"))
                })))
        } }
        @if !past.is_empty() {
            (shell::data_table("Earlier policies", &["#No", "Framework", "Since", "By"],
                past.iter().map(|p| vec![
                    html! { a href={ "/policies/" (p.id) } { (p.number) } },
                    html! { (framework(p)) },
                    html! { @if let Some(at) = p.since { (shell::time_tag(at)) } },
                    html! { (p.author.as_deref().unwrap_or("–")) },
                ]).collect()))
        }
    })
}

/// The frameworks to choose from, the present one chosen, and what can be laid over them.
fn frameworks(owner: Owner, present: &str) -> Markup {
    let fits = |name: &str| name != "plain" || matches!(owner, Owner::Product(_));
    let all: Vec<_> = PRESETS.iter().filter(|p| fits(p.name)).collect();
    let known = all.iter().any(|p| p.name == present);
    let chosen = if known { present } else { all.first().map_or("", |p| p.name) };
    html! {
        fieldset.choices {
            legend { "Framework" }
            @for p in &all {
                label {
                    input type="radio" name="preset" value=(p.name) checked[p.name == chosen] required;
                    span { b { (p.title) } span.soft { (p.about) "." } }
                }
            }
        }
        fieldset.choices {
            legend { "Laid over it" }
            @for (word, title, adds) in OVERLAYS {
                label {
                    input type="checkbox" name="overlays" value=(word);
                    span { b { (title) } span.soft { (adds) "." } }
                }
            }
        }
    }
}

/// Whose policy it is, as a hidden field.
fn owner_field(owner: Owner, all: &[PolicyView]) -> Markup {
    match owner {
        Owner::Team(team) => shell::hidden("team", &team.to_string()),
        Owner::Product(_) => {
            let key = all.first().and_then(|p| p.product.clone()).unwrap_or_default();
            shell::hidden("product", &key)
        }
    }
}

pub(super) fn framework(p: &PolicyView) -> String {
    let (title, over) = titles(p);
    over.iter().fold(title.to_owned(), |all, (_, title)| format!("{all} + {title}"))
}

/// The title of a framework, and the words and titles of what is laid over it.
fn titles(p: &PolicyView) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let title = PRESETS.iter().find(|known| known.name == p.preset).map_or("", |known| known.title);
    let over = OVERLAYS.iter().filter(|(word, ..)| p.overlays.iter().any(|o| o == word));
    (title, over.map(|(word, title, _)| (*word, *title)).collect())
}

/// The page of the one whose policy it is.
pub(super) fn home(p: &PolicyView) -> String {
    match (&p.team, &p.product) {
        (Some(team), _) => format!("/teams/{team}/policy"),
        (None, Some(product)) => format!("/p/{product}/policy"),
        _ => "/".into(),
    }
}

fn about(p: &PolicyView) -> Markup {
    let titles = titles(p);
    shell::stats(html! {
        div.stat {
            dt { "Framework" }
            dd {
                strong { (titles.0) } " " (mark_of_framework(&p.preset))
                @for (word, title) in &titles.1 { " + " strong { (title) } " " (mark_of_framework(word)) }
            }
        }
        @if let Some(days) = p.sprint_days { (shell::stat("Sprint", &days.to_string(), "days")) }
        @if let Some(days) = p.sle_days {
            (shell::stat("Expected", &format!("{} %", p.sle_share), &format!("within {days} days")))
        }
        (shell::stat("Estimates", &p.estimates, ""))
        (shell::stat("Clock", &p.started, &format!("to {}", p.finished)))
    })
}

/// Every part of a policy.
pub(super) fn whole(p: &PolicyView) -> Markup {
    let list = |title: &str, words: &[String]| {
        html! { @if !words.is_empty() { (shell::section(title, html! { ul { @for w in words { li { (w) } } } })) } }
    };
    html! {
        (workflow(p, None))
        (limits(p))
        @if !p.transitions.is_empty() {
            (shell::section("What may follow what", html! {
                ul { @for t in &p.transitions { li { (t.from) " → " (t.to) } } }
            }))
        }
        (list("Definition of Ready", &p.ready))
        (list("Definition of Done", &p.done))
        @if !p.cadence.is_empty() {
            (shell::data_table("Cadence", &["Ceremony", "Every", "#Minutes"],
                p.cadence.iter().map(|r| vec![
                    html! { (words(&r.kind)) }, html! { (words(&r.every)) }, html! { (r.minutes) },
                ]).collect()))
        }
        (list("Artefacts", &p.artefacts))
        (list("Figures", &p.metrics))
        (list("A gate must meet", &p.must_meet))
        (list("A gate should meet", &p.should_meet))
        @if !p.notes.is_empty() {
            (shell::section("Agreements", html! { div.prose { (prose(&p.notes)) } }))
        }
        @if !p.maps.is_empty() {
            details {
                summary { "What the states before became" }
                ul { @for (from, to) in p.maps.iter() { li { (from) " → " (to) } } }
            }
        }
    }
}

pub(super) fn words(word: &str) -> String {
    word.replace('-', " ")
}

/// The states; `acts` are what one can do with each, where it may be done.
pub(super) fn workflow(p: &PolicyView, acts: Option<&dyn Fn(&str) -> Markup>) -> Markup {
    let rows = p.states.iter().map(|s| {
        let mut row = vec![
            html! { (s.name) },
            html! { (words(&s.category)) },
            html! { @match s.limit { Some(limit) => (limit), None => "–" } },
            html! { (s.exit) },
        ];
        row.extend(acts.map(|acts| acts(&s.name)));
        row
    });
    let heads = ["State", "Counts as", "#Limit", "Leaves when", ""];
    let heads = if acts.is_some() { &heads[..] } else { &heads[..4] };
    html! { section.part { (shell::data_table("Workflow", heads, rows.collect())) } }
}

fn limits(p: &PolicyView) -> Markup {
    let any = p.wip_person.is_some()
        || p.wip_total.is_some()
        || !p.wip_classes.is_empty()
        || p.states.iter().any(|s| s.limit.is_some());
    html! {
        @if any {
            (shell::section("Limits", html! {
                p {
                    @if let Some(total) = p.wip_total { "At most " (total) " items are started at once. " }
                    @if let Some(each) = p.wip_person { "Nobody starts more than " (each) ". " }
                    @for (class, most) in p.wip_classes.iter() { "At most " (most) " of the class " (class.replace('-', " ")) ". " }
                    @if p.wip_rule == "block" { "What would break a limit is held back; only what is expedited passes." }
                    @else { "What breaks a limit is allowed, and shown." }
                }
            }))
        }
    }
}

/// One policy: a draft with its forms, others as they were.
pub(super) async fn one(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let id: Id = id.parse().map_err(|_| Error::NotFound("policy"))?;
        let found = policies::policy(cx.conn, cx.actor, id, Access::Read)?;
        let p = policies::view(cx.conn, cx.actor, &found)?;
        let draft = p.state == "draft" && may_write(cx);
        let product = match &p.product {
            Some(key) => Some(products::product(cx.conn, cx.actor, key, Access::Read)?),
            None => None,
        };
        let main = if draft {
            editing::forms(&p)
        } else {
            html! { (about(&p)) (whole(&p)) p { a href=(home(&p)) { "To the policy that holds" } } }
        };
        let meta = html! { (shell::pill(&p.state)) (framework(&p)) };
        let acts = html! {
            @if draft {
                a.btn.go href={ "/policies/" (p.id) "/switch" } { "Put it into force …" }
                (shell::post_button(&format!("/do/discard-policy?policy={}&_back={}", p.id, home(&p)), "Discard", None))
            }
        };
        Ok(Page {
            title: format!("Policy {} of {}", p.number, p.owner),
            active: if product.is_some() { "settings" } else { "teams" },
            above: vec![Crumb::to(home(&p), p.owner.clone())],
            head: Some(shell::page_head(&p.owner, &format!("Policy {}", p.number), meta, acts)),
            product,
            main,
            ..Page::default()
        })
    })
    .await
}
