//! Why and What: evidence, needs, objectives, opportunities, and what has no why.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::item::facet;
use super::lists::{After, Listing, dated, look_back, past, stood_on};
use super::{Page, choices, may_write, once, product, show};
use crate::people::products::Product;
use crate::shell::{self, Facet, Pages, Tone, markdown};
use crate::store::Query;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::gaps::{Gap, ListGaps};
use crate::thread::support::{ListSupport, Supported};
use crate::what::opportunities::{ListOpportunities, OpportunityView};
use crate::why::evidence::{KINDS as EVIDENCE_KINDS, ListEvidence, RELIABILITY};
use crate::why::needs::KINDS as NEED_KINDS;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/p/{product}/evidence", get(evidence))
        .route("/p/{product}/needs", get(needs))
        .route("/p/{product}/opportunities", get(opportunities))
        .route("/p/{product}/gaps", get(gaps))
}

/// The button of a page that adds what the page lists.
pub(super) fn add(
    label: &str,
    action: &str,
    product: &Product,
    back: &str,
    fields: Markup,
) -> Markup {
    shell::menu(
        label,
        Some("c"),
        shell::form(
            &format!("/do/{action}"),
            html! {
                (once())
                (shell::hidden("product", &product.key))
                (shell::hidden("_back", back))
                (fields)
                (shell::submit("Add"))
            },
        ),
    )
}

const EVIDENCE: Listing = Listing {
    active: "evidence",
    title: "Evidence",
    about: "What users said and numbers showed, newest first",
    facet: Facet::Why,
    empty: (
        "No evidence yet",
        "“I paid twice and got half of one back.” A commuter, in an interview. Press q anywhere to keep what a user says.",
    ),
};

/// The button that keeps what somebody said.
pub(super) fn record(product: &Product, back: &str) -> Markup {
    let fields = html! {
        (shell::textarea("Their words", "verbatim").rows(4).voice().draft(format!("evidence-{}", product.key)))
        (shell::field("Who said it", "source"))
        (shell::field("Their e-mail address", "email").kind("email").help("Where an answer goes. It is erased together with the words."))
        (shell::field("Company", "company"))
        (shell::field("Segment", "segment").placeholder("commuters"))
        (shell::select("Kind", "kind", choices(&EVIDENCE_KINDS, None)))
        (shell::select("How near you are to whoever said it", "reliability", choices(&RELIABILITY, Some("not said"))))
        (shell::field("Day", "said_on").kind("date"))
        (shell::field("Link", "url").placeholder("https://"))
    };
    add("Record evidence", "record-evidence", product, back, fields)
}

/// Which evidence.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Heard {
    after: Option<String>,
    company: Option<String>,
}

async fn evidence(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<Heard>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let (after, company) = (from.after.clone(), from.company.clone());
        let asked = ListEvidence { product: product.key.clone(), company, after, limit: None };
        let mut page = asked.run(cx)?;
        let of = from.company.as_ref().filter(|name| !name.is_empty());
        if let Some((of, next)) = of.zip(page.next.as_mut()) {
            let query = serde_urlencoded::to_string([("company", of)]).unwrap_or_default();
            next.push_str(&format!("&{query}"));
        }
        let rows = (!page.items.is_empty()).then(|| html! {
            @if let Some(of) = of {
                p { "What people of " b { (of) } " said. " a href=(EVIDENCE.path(&product)) { "All evidence" } }
            }
            (shell::list("Evidence", html! {
                @for e in &page.items {
                    (shell::list_row(format!("/{}", e.key), markdown::plain_excerpt(&e.verbatim, 140))
                        .key(e.key.clone()).facet(Facet::Why).peek()
                        .lead(shell::pill(&e.kind.replace('-', " ")))
                        .tail(html! { span.soft { (e.source) @if !e.company.is_empty() { ", " (e.company) } } " " (shell::pill(&e.state)) }))
                }
            }))
        });
        let actions = html! {
            (record(&product, &EVIDENCE.path(&product)))
            a.btn href=(format!("/p/{}/companies", product.key)) { "Companies" }
            @if may_write(cx) { a.btn href=(format!("/p/{}/evidence/import", product.key)) { "Import a table" } }
        };
        Ok(EVIDENCE.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

const NEEDS: Listing = Listing {
    active: "needs",
    title: "Needs",
    about: "Of the business, of users, and obligations",
    facet: Facet::Why,
    empty: (
        "No needs yet",
        "When a train is cancelled, I want my money back without asking, so that I am not out of pocket.",
    ),
};

async fn needs(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let at = past(from.at.as_deref())?;
        let page = ListSupport { product: product.key.clone(), after, limit: None, at }.run(cx)?;
        let rows = (!page.items.is_empty()).then(|| html! {
            @for kind in NEED_KINDS {
                @let some: Vec<_> = page.items.iter().filter(|n| n.need.kind == kind).collect();
                @if !some.is_empty() {
                    @let title = match kind { "business" => "Business needs", "user" => "Users' needs", _ => "Obligations" };
                    (shell::section(title, shell::list(title, html! {
                        @for Supported { need: n, support } in some {
                            (shell::list_row(dated(&n.key, at), n.title.clone())
                                .key(n.key.clone()).facet(Facet::Why).peek()
                                .tail(html! {
                                    span.soft { (n.segment) (n.sponsor) } " "
                                    (super::inbox::strength(support))
                                    @if ["met", "retired"].contains(&n.state.as_str()) { " " (shell::pill(&n.state)) }
                                }))
                        }
                    })))
                }
            }
        });
        let write = may_write(cx) && at.is_none();
        let path = NEEDS.path(&product);
        let actions = html! { (look_back(&path, at, &[])) @if write { (add("New need", "create-need", &product, &NEEDS.path(&product), html! {
            (shell::field("The job to be done", "title"))
            (shell::select("Whose need", "kind", choices(&["user", "business", "obligation"], None)))
            (shell::textarea("More about it", "body").rows(3).draft(format!("need-{}", product.key)))
            (super::hints::while_typing(&product, "need", ""))
            (shell::field("Segment", "segment"))
            (shell::field("Sponsor", "sponsor"))
            (shell::field("Measure", "measure").placeholder("calls about refunds a week"))
            (shell::field("Before", "baseline").kind("number"))
            (shell::field("Now", "current").kind("number"))
        })) } };
        let next = page.next.map(|next| at.map_or(next.clone(), |day| format!("{next}&at={day}")));
        let shown = NEEDS.page(product, actions, rows, from.after.as_ref(), next);
        Ok(Page { banner: at.map(|day| stood_on(&path, day)), ..shown })
    })
    .await
}

const OPPORTUNITIES: Listing = Listing {
    active: "opportunities",
    title: "Opportunities",
    about: "Which problem first: one order",
    facet: Facet::What,
    empty: (
        "No opportunities yet",
        "Refunds of split tickets need a phone call. A problem, not a solution; whether it is worth solving is a verdict of its own.",
    ),
};

async fn opportunities(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let after = from.after.clone();
        let page = ListOpportunities { product: product.key.clone(), after, limit: None }.run(cx)?;
        let write = may_write(cx);
        let rows = (!page.items.is_empty()).then(|| {
            let rows = html! {
                @for o in &page.items {
                    (shell::list_row(format!("/{}", o.key), o.title.clone())
                        .key(o.key.clone()).value(&o.key).facet(Facet::What).peek()
                        .lead(shell::toned(&o.state.replace('-', " "), if o.state == "worth-solving" { Tone::Facet } else { Tone::Plain })))
                }
            };
            let moves = shell::Sortable { move_url: "/move?opportunity".into(), ..Default::default() };
            if write {
                shell::sortable("Opportunities", &moves, rows)
            } else {
                shell::list("Opportunities", rows)
            }
        });
        let rows = rows.map(|rows| html! { (unjudged(&page.items)) (rows) });
        let actions = add("Frame a problem", "frame-opportunity", &product, &OPPORTUNITIES.path(&product), html! {
            (shell::field("The problem, in one line", "title"))
            (shell::textarea("More about it", "body").rows(4).draft(format!("opportunity-{}", product.key)))
            (super::hints::while_typing(&product, "opportunity", ""))
        });
        Ok(OPPORTUNITIES.page(product, actions, rows, from.after.as_ref(), page.next))
    })
    .await
}

/// What stands before a problem that is worth solving, and was never judged itself.
fn unjudged(items: &[OpportunityView]) -> Markup {
    let chosen = |o: &OpportunityView| {
        ["worth-solving", "in-discovery", "solving"].contains(&o.state.as_str())
    };
    let last = items.iter().rposition(chosen).unwrap_or_default();
    let open: Vec<&str> = items[..last.min(items.len())]
        .iter()
        .filter(|o| ["open", "assessing"].contains(&o.state.as_str()))
        .map(|o| o.key.as_str())
        .collect();
    html! {
        @if !open.is_empty() {
            (shell::notice(Tone::Warn, html! {
                b { "Ranked before it was judged: " }
                @for (at, key) in open.iter().take(8).enumerate() { @if at > 0 { ", " } a href={ "/" (key) } { (key) } }
                @if open.len() > 8 { " and " (open.len() - 8) " more" }
                ". Whether a problem is worth solving comes before which is first."
            }))
        }
    }
}

fn gap_list(title: &str, gaps: &[Gap], select: bool) -> Markup {
    html! {
        @if !gaps.is_empty() {
            (shell::section(&format!("{title} ({})", gaps.len()), shell::list(title, html! {
                @for g in gaps {
                    @let row = shell::list_row(format!("/{}", g.item.key), g.item.title.clone())
                        .key(g.item.key.clone()).facet(facet(&g.item)).peek()
                        .lead(html! { span.soft { (g.item.kind) } })
                        .tail(html! { span.soft.whole { (g.gap) } });
                    (if select { row.value(&g.item.key) } else { row })
                }
            })))
        }
    }
}

async fn gaps(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(from): Params<After>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let path = format!("/p/{}/gaps", product.key);
        let found = ListGaps { product: product.key.clone(), after: from.after.clone() }.run(cx)?;
        let write = may_write(cx);
        let clean = found.broken.is_empty() && found.one_sided.is_empty();
        let main = html! {
            @if clean {
                (shell::notice(Tone::Good, html! {
                    "Everything that has begun knows its why. What is begun without a path to a need, or with one that serves only one side, stands here. "
                    a href={ "/p/" (product.key) "/board" } { "To the board" }
                }))
            }
            (gap_list("Path broken", &found.broken, write))
            (gap_list("One-sided", &found.one_sided, write))
            (gap_list("No why yet, promised by a day", &found.promised, write))
            (shell::pages(&Pages {
                first: from.after.as_ref().map(|_| path.clone()),
                next: found.next.as_ref().map(|n| format!("{path}?after={n}")),
                note: String::new(),
            }))
            @if write && !(clean && found.promised.is_empty()) {
                (shell::bulk_bar("/do/bulk-link", html! {
                    (shell::hidden("_back", &path))
                    (shell::field("Link to", "to").picks("need opportunity").placeholder("key of a need or opportunity"))
                    (shell::field("or no why yet, until", "until").kind("date"))
                    button.btn.go { "Mend the selected" }
                }))
            }
        };
        let meta = html! {
            span { (found.looked_at) " begun items looked at" }
            span {
                "What is open now, epics and problems too; the signal "
                a href={ "/p/" (product.key) "/health/no-why" } { "S1 No why" }
                " counts the work begun in 90 days, finished or not"
            }
        };
        Ok(Page {
            title: format!("Missing why in {}", product.name),
            head: Some(shell::page_head("Reports", "Missing why", meta, html! {})),
            product: Some(product),
            active: "gaps",
            facet: Facet::Why,
            main,
            ..Page::default()
        })
    })
    .await
}
