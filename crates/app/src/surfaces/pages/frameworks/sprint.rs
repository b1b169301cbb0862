//! One sprint: planning it, its days, and what came of it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::super::work::with_state;
use super::super::{Page, may_write, product, show};
use super::increment::{held_up, so_far, written_down};
use super::sprints::{forecast, href, span, spread, state_words};
use crate::how::sprints::{GetIteration, IterationDetail, ListIterations, outlook, velocity};
use crate::how::units::Unit;
use crate::how::work_items::{ItemView, ListWorkItems};
use crate::kernel::{Error, Id, Result, Time};
use crate::people::products::Product;
use crate::shell::{self, Choice, Crumb, Facet, Line, Tone, amount, clipped, counted, markdown};
use crate::store::{Query, Reader};
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::why::strategy::newest;

pub(super) async fn page(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((key, id)): Path<(String, String)>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let product = product(cx, &key)?;
        let id: Id = id.parse().map_err(|_| Error::NotFound("iteration"))?;
        let d = GetIteration { iteration: id }.run(cx)?;
        if d.iteration.product != product.key {
            return Err(Error::NotFound("iteration"));
        }
        let write = may_write(cx);
        let goal = toward(cx, &product, &d)?;
        let main = html! {
            (goal)
            @match d.iteration.state.as_str() {
                "planned" => (planning(cx, &product, &d, write)?),
                "active" => (running(cx, &product, &d, write)?),
                _ => (over(cx, &d)?),
            }
            (super::retro::part(cx, &d.iteration, write)?)
        };
        let s = &d.iteration;
        let meta = html! {
            (shell::toned(&state_words(s), Tone::Facet)) (span(s))
            @if let Some(team) = &s.team { span { (team.name) } }
        };
        let acts = if write {
            acts(cx, &product, &d)?
        } else {
            html! {}
        };
        let heading = if s.goal.is_empty() { "No goal yet".into() } else { clipped(&s.goal) };
        Ok(Page {
            title: s.name.clone(),
            active: "sprints",
            above: vec![Crumb::to(format!("/p/{}/sprints", product.key), "Sprints")],
            head: Some(shell::page_head(&s.name, &heading, meta, acts)),
            product: Some(product),
            facet: Facet::How,
            main,
            ..Page::default()
        })
    })
    .await
}

/// A goal that is longer than a heading, and the goal of the product that it is a step towards.
fn toward(cx: &mut Reader<'_>, product: &Product, d: &IterationDetail) -> Result<Markup> {
    let s = &d.iteration;
    let open = matches!(s.state.as_str(), "planned" | "active");
    let goal = if open { newest(cx, product, "product-goal", None)? } else { None };
    Ok(html! {
        @if clipped(&s.goal).len() < s.goal.len() { p { (s.goal) } }
        @if let Some(goal) = goal {
            p.soft { a href={ "/p/" (product.key) "/strategy" } { "Product goal" } ": " (markdown::plain_excerpt(&goal.body, 240)) }
        }
    })
}

fn acts(cx: &mut Reader<'_>, product: &Product, d: &IterationDetail) -> Result<Markup> {
    let s = &d.iteration;
    let (id, back) = (s.id.to_string(), href(s));
    if matches!(s.state.as_str(), "closed" | "cancelled") {
        return Ok(html! {});
    }
    let day = |day: Option<crate::kernel::Day>| day.map_or(String::new(), |d| d.to_string());
    let edit = shell::menu(
        "Edit",
        Some("e"),
        shell::form(
            "/do/edit-iteration",
            html! {
                (shell::hidden("iteration", &id))
                (shell::hidden("revision", &s.revision.to_string()))
                (shell::hidden("_back", &back))
                (shell::field("Name", "name").value(&s.name).required())
                (shell::textarea("Goal", "goal").value(&s.goal).rows(2))
                div.fields {
                    (shell::field("Starts", "starts").kind("date").value(day(s.starts)))
                    (shell::field("Ends", "ends").kind("date").value(day(s.ends)))
                    (shell::field("Capacity", "capacity").kind("number").value(s.capacity.map_or(String::new(), |c| c.to_string())))
                    (shell::field("What explains it", "capacity_note").value(&s.capacity_note).placeholder("Two are on holiday"))
                }
                (shell::submit("Save"))
            },
        ),
    );
    if s.state == "planned" {
        let start = format!("/do/start-iteration?iteration={id}&_back={back}");
        return Ok(html! { (edit) (shell::post_button(&start, "Start the sprint", None)) });
    }
    let close = close_form(cx, product, d)?;
    let cancel = shell::menu(
        "Cancel",
        None,
        shell::form(
            "/do/cancel-iteration",
            html! {
                (shell::hidden("iteration", &id))
                (shell::hidden("_back", &back))
                (shell::textarea("Why has its goal lost its sense?", "because").rows(3).required())
                p.help { "All that is open goes back into the backlog." }
                (shell::submit("Cancel the sprint"))
            },
        ),
    );
    Ok(html! { (edit) (close) (cancel) })
}

fn close_form(cx: &mut Reader<'_>, product: &Product, d: &IterationDetail) -> Result<Markup> {
    let s = &d.iteration;
    let list = ListIterations { product: product.key.clone(), ..ListIterations::default() };
    let next = list.run(cx)?.items.into_iter().filter(|n| n.state == "planned");
    let places: Vec<Choice> = std::iter::once(Choice::new("backlog", "the backlog"))
        .chain(next.map(|n| Choice::new(n.id, clipped(&n.name).into_owned())))
        .collect();
    let with = |first: &str| {
        std::iter::once(Choice::new("", first)).chain(places.iter().cloned()).collect::<Vec<_>>()
    };
    let open: Vec<&ItemView> =
        d.items.iter().filter(|i| !matches!(i.category.as_str(), "accepted" | "dropped")).collect();
    Ok(shell::menu(
        "Close",
        None,
        shell::form(
            "/do/close-iteration",
            html! {
                (shell::hidden("iteration", &s.id.to_string()))
                (shell::hidden("_back", &href(s)))
                (shell::select("Was the goal met?", "outcome", vec![
                    Choice::new("met", "yes"), Choice::new("partly", "partly"), Choice::new("missed", "no"),
                ]))
                (shell::textarea("What the review found", "review").rows(3))
                @if open.len() > 1 {
                    (shell::select("All that is unfinished goes to", "others", with("say where"))
                        .required().help("What is said of an item below goes before it."))
                }
                @for item in &open {
                    @let goes = shell::select(&format!("{} {} goes to", item.key, clipped(&item.title)), &format!("carry.{}", item.key), with(if open.len() > 1 { "where all go" } else { "say where" }))
                        .id(format!("carry-{}", item.key));
                    @if open.len() > 1 { (goes) } @else { (goes.required()) }
                }
                p.help { "Closed, it stays as it is: nothing changes its figures any more." }
                (shell::submit("Close the sprint"))
            },
        ),
    ))
}

/// An amount of work in the unit of a sprint, and beside it how many items it is where that is another
/// number.
fn told(d: &IterationDetail, estimates: f64, items: i64) -> (String, String) {
    let unit = Unit::of(&d.unit);
    let beside = match unit {
        Unit::Items => "items".to_owned(),
        _ => format!("{}, {}", unit.word(), counted(items, "item")),
    };
    (amount(unit.amount(estimates, items)), beside)
}

/// What is planned beside what fits, and the next of the backlog to choose from.
fn planning(
    cx: &mut Reader<'_>,
    product: &Product,
    d: &IterationDetail,
    write: bool,
) -> Result<Markup> {
    let (ws, s) = (cx.actor.workspace, &d.iteration);
    let team: Option<Id> = s.team.as_ref().and_then(|t| t.id.parse().ok());
    let pace = velocity(cx.conn, ws, product.id, team)?;
    let days = s.starts.zip(s.ends).map_or(14, |(from, to)| from.days_until(to) + 1);
    let seen = outlook(cx.conn, ws, product.id, team, days as f64 / 7.0, cx.now)?;
    let (unit, count) = (Unit::of(&d.unit), d.items.len() as i64);
    let planned: f64 = d.items.iter().filter_map(|i| i.points).sum();
    let over = s.capacity.is_some_and(|c| unit.amount(planned, count) > c);
    let (sum, beside) = told(d, planned, count);
    let next = ListWorkItems {
        product: product.key.clone(),
        category: Some("open".into()),
        team: s.team.as_ref().map(|t| t.id.clone()),
        limit: Some(60),
        ..ListWorkItems::default()
    };
    let next = next.run(cx)?.items.into_iter();
    let next: Vec<ItemView> = next
        .filter(|i| i.level != "epic" && i.sprint.is_none())
        .filter(|i| matches!(i.category.as_str(), "backlog" | "unstarted"))
        .take(25)
        .collect();
    Ok(html! {
        (shell::stats(html! {
            (shell::stat("Planned", &sum, &beside))
            @if let Some(c) = s.capacity {
                @let note = if s.capacity_note.is_empty() { unit.word().to_owned() } else { format!("{}, {}", unit.word(), s.capacity_note) };
                (shell::stat("Capacity", &amount(c), &note))
            }
        }))
        @if over { (shell::notice(Tone::Warn, html! { "More is planned than there is capacity for." })) }
        (shell::section("What fits, as the past tells", html! { p { (spread(&pace)) } (forecast(&seen)) }))
        (backlog(d, "Planned for it"))
        @if write && !next.is_empty() {
            (shell::section("Next in the backlog", html! {
                (shell::form("/do/add-to-iteration", html! {
                    (shell::hidden("iteration", &s.id.to_string()))
                    (shell::hidden("_back", &href(s)))
                    @for item in &next {
                        div data-amount=(unit.amount(item.points.unwrap_or_default(), 1)) { (shell::checkbox(&format!("{} {}{}", item.key, clipped(&item.title), item.estimate().map_or(String::new(), |e| format!(" ({e})"))), "items")
                            .value(&item.key).id(format!("add-{}", item.key))) }
                    }
                    // Where scripts run it says what the sprint would hold with what is ticked.
                    p.soft data-controller="sum" data-sum-from-value=(unit.amount(planned, count))
                        data-sum-most-value=(s.capacity.unwrap_or_default()) data-sum-unit-value=(unit.word()) hidden {}
                    (shell::submit("Take the chosen into the sprint"))
                }))
            }))
        }
    })
}

fn backlog(d: &IterationDetail, title: &str) -> Markup {
    shell::section(
        title,
        html! {
            @if d.items.is_empty() { p.soft { "Nothing yet." } }
            @else { (shell::list(title, html! { @for item in &d.items { (with_state(item, false)) } })) }
        },
    )
}

/// The day: what moved, what is old, and how far it is.
fn running(
    cx: &mut Reader<'_>,
    product: &Product,
    d: &IterationDetail,
    write: bool,
) -> Result<Markup> {
    let s = &d.iteration;
    let mut old: Vec<(&ItemView, i64)> = d
        .items
        .iter()
        .filter(|i| matches!(i.category.as_str(), "started" | "in-review"))
        // Both ends are counted, as on boards and in the figures of flow.
        .filter_map(|i| Some((i, (cx.now.0 - i.started_at?.0) / Time::DAY + 1)))
        .collect();
    old.sort_by_key(|(_, days)| std::cmp::Reverse(*days));
    let left = s.ends.map(|end| cx.now.day().days_until(end));
    let held = held_up(cx, product, d)?;
    let unit = Unit::of(&d.unit);
    let scope = unit.amount(d.scope, d.items.len() as i64);
    let (done, _) = told(d, d.completed, d.completed_items);
    let start = told(d, d.committed, d.committed_items);
    Ok(html! {
        (shell::stats(html! {
            (shell::stat("Finished", &done, &format!("of {} {}", amount(scope), unit.word())))
            (shell::stat("At the start", &start.0, &start.1))
            @if let Some(left) = left { (shell::stat("Days left", &left.max(0).to_string(), "")) }
        }))
        (charts(d))
        (shell::section("Since yesterday", html! {
            @if d.moved.is_empty() { p.soft { "Nothing moved." } }
            ul { @for m in &d.moved { li {
                a href={ "/" (m.key) } { (m.key) } " " (m.title) span.soft { " " (m.from) " → " (m.to) ", " (shell::time_tag(m.at)) }
            } } }
        }))
        (held)
        @if !old.is_empty() {
            (shell::section("Under way the longest", html! {
                ul { @for (item, days) in old.iter().take(8) { li {
                    a href={ "/" (item.key) } { (item.key) } " " (item.title) " "
                    span.soft { (counted(*days, "day")) @if let Some(who) = &item.assignee { ", " (who.name) } }
                } } }
            }))
        }
        (so_far(cx, d, "Accepted so far, and why")?)
        (backlog(d, "Sprint backlog"))
        @if write { p.soft { "An item is taken out on its page, by its sprint; what comes and goes is shown as the scope line." } }
    })
}

/// Burnup with the scope line, burndown, and their numbers.
fn charts(d: &IterationDetail) -> Markup {
    if d.days.len() < 2 {
        return html! {};
    }
    let labels: Vec<String> = d.days.iter().map(|l| l.day.short()).collect();
    // An item without an estimate weighs nothing in a sum, so items are counted instead.
    let unit = Unit::of(&d.unit);
    let counted = unit == Unit::Items || d.days.iter().all(|l| l.scope == 0.0);
    let scope =
        |l: &crate::how::sprints::replay::DayLine| if counted { l.items as f64 } else { l.scope };
    let done = |l: &crate::how::sprints::replay::DayLine| {
        if counted { l.items_done as f64 } else { l.done }
    };
    let unit = if counted { Unit::Items.word() } else { unit.word() };
    let burnup = [
        Line::new("finished", d.days.iter().map(done)),
        Line::new("scope", d.days.iter().map(scope)),
    ];
    let burndown = [Line::new("left", d.days.iter().map(|l| scope(l) - done(l)))];
    html! {
        (shell::section("Burnup", html! {
            (shell::lines(&format!("Finished {unit} and scope, day by day"), &labels, &burnup))
        }))
        (shell::section("Burndown", html! {
            (shell::lines(&format!("{unit} left, day by day"), &labels, &burndown))
            details {
                summary { "The numbers" }
                (shell::data_table("Day by day", &["Day", &format!("#Scope, {unit}"), "#Finished", "#Left", "#Items", "#Items finished"],
                    d.days.iter().map(|l| vec![
                        html! { (l.day.words()) }, html! { (amount(scope(l))) }, html! { (amount(done(l))) },
                        html! { (amount(scope(l) - done(l))) }, html! { (l.items) }, html! { (l.items_done) },
                    ]).collect()))
            }
        }))
        @if !d.changes.is_empty() {
            (shell::data_table("How the scope changed after the start", &["Day", "Item", "", &format!("#In {unit}")],
                d.changes.iter().filter(|c| !counted || c.items != 0).map(|c| {
                    let change = if counted { c.items as f64 } else { c.points };
                    vec![
                        html! { (c.day.words()) },
                        html! { a href={ "/" (c.key) } { (c.key) } " " (c.title) },
                        html! { @match c.items { 1 => "came", -1 => "went", _ => "estimated anew" } },
                        html! { @if change > 0.0 { "+" } (amount(change)) },
                    ]
                }).collect()))
        }
    }
}

/// What came of it, as it was written down.
fn over(cx: &mut Reader<'_>, d: &IterationDetail) -> Result<Markup> {
    let s = &d.iteration;
    let summed = Unit::of(&d.unit) != Unit::Items;
    let list = |title: &str, items: &[crate::how::sprints::ReportItem]| {
        html! { @if !items.is_empty() { (shell::section(title, html! {
            ul { @for i in items { li {
                a href={ "/" (i.key) } { (i.key) } " " (i.title)
                @if let Some(p) = i.points.filter(|_| summed) { span.soft { " " (amount(p)) " " (d.unit) } }
                @if let Some(to) = &i.to { span.soft { " → " (clipped(to)) } }
            } } }
        })) } }
    };
    // A sprint that an import brought has nothing written down.
    let bare = d.days.is_empty() && d.finished.is_empty();
    let title = "The increment, and why";
    let brought = if bare { so_far(cx, d, title)? } else { written_down(cx, d, title)? };
    let done = told(d, d.completed, d.completed_items);
    let start = told(d, d.committed, d.committed_items);
    let items = d.days.last().map_or(d.committed_items, |l| l.items);
    let scope = told(d, d.scope, items);
    Ok(html! {
        @if !s.review.is_empty() { p { (s.review) } }
        (shell::stats(html! {
            (shell::stat("Finished", &done.0, &done.1))
            (shell::stat("At the start", &start.0, &start.1))
            (shell::stat("Scope at the end", &scope.0, &scope.1))
        }))
        (charts(d))
        (brought)
        (list("Not finished", &d.carried))
        @if bare { (backlog(d, "What it holds")) }
    })
}
