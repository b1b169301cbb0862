//! The page of anything that has a key: what it is, its path to why at the side, what was said of
//! it and done to it.

use axum::Router;
use axum::extract::{Path, Query as Params, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use super::filtered::ours_fields;
use super::talk::talk;
use super::work::event;
use super::{Page, choosing, direction, hints, may_write, once, show};
use crate::how::work_items::{ItemView, LEVELS, Named, Names, view};
use crate::kernel::{Access, Day, Error, Result};
use crate::people::nouns::View;
use crate::people::products::{self, Product};
use crate::shell::{self, Choice, Facet, PathNode, Tone, markdown};
use crate::store::Reader;
use crate::surfaces::Shared;
use crate::surfaces::session::Visitor;
use crate::thread::comments;
use crate::thread::history;
use crate::thread::links::ties;
use crate::thread::nodes::{Keyed, Node, find_any, load_keyed};
use crate::thread::path::{self, Path as WhyPath, Standing, Step};
use crate::why::evidence::EvidenceView;
use crate::why::key_results::{KeyResultView, check_ins};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/{key}", get(item)).route("/{key}/why", get(why))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct At {
    at: Option<String>,
}

pub(super) fn facet(node: &Node) -> Facet {
    match node.facet.as_str() {
        "why" => Facet::Why,
        "what" => Facet::What,
        _ => Facet::How,
    }
}

/// A node as a line of a list.
pub(super) fn node_row(node: &Node) -> shell::Row {
    shell::list_row(format!("/{}", node.key), node.title.clone())
        .key(node.key.clone())
        .facet(facet(node))
        .peek()
        .lead(html! { span.soft { (kind_words(node)) " " } })
        .tail(shell::pill(&node.state.replace('-', " ")))
}

fn kind_words(node: &Node) -> String {
    match (node.kind.as_str(), node.need.as_deref()) {
        ("need", Some("business")) => "Business need".into(),
        ("need", Some("obligation")) => "Obligation".into(),
        ("need", _) => "Users' need".into(),
        ("key-result", _) => "Key result".into(),
        (kind, _) => {
            let mut letters = kind.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", letters.as_str())
        }
    }
}

async fn item(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(at): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| page(cx, &key, at.at.as_deref())).await
}

/// The path alone, wide: what `w` opens on a phone or without scripts.
async fn why(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(key): Path<String>,
    Params(at): Params<At>,
) -> Response {
    show(&app, visitor, &headers, move |cx| {
        let mut page = page(cx, &key, at.at.as_deref())?;
        if let Some((_, rail)) = page.rail.take() {
            page.main = rail;
        }
        Ok(page)
    })
    .await
}

fn page(cx: &mut Reader<'_>, key: &str, at: Option<&str>) -> Result<Page> {
    let ws = cx.actor.workspace;
    let (now, product) = find_any(cx.conn, cx.actor, key, Access::Read)?;
    let day: Option<Day> = match at.filter(|a| !a.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_| {
            Error::invalid("at", format!("“{text}” is not a day; write it like 2026-03-01."))
        })?),
        None => None,
    };
    let found = match day {
        Some(day) => load_keyed(cx.conn, ws, now.kind(), now.id(), Some(day.end()))?
            .ok_or_else(|| Error::refused(format!("It was not there on {day}.")))?,
        None => now,
    };
    let node = found.node();
    let today = day.unwrap_or(cx.now.day());
    let path = path::path(cx.conn, ws, found.kind(), found.id(), day.map(Day::end), today)?;
    let write = may_write(cx) && day.is_none() && !found.is_gone();
    let comments = comments::comments(cx.conn, ws, found.id())?;
    let events = history::of_object(cx.conn, ws, found.id(), 12)?;
    let body = body(cx, &found, &product, write)?;
    let propose = cx.actor.check(Access::Propose).is_ok() && day.is_none() && !found.is_gone();
    let beside = html! {
        (choosing::beside(cx, &node, &product, write)?)
        (direction::beside(cx, &node, propose)?)
    };
    let talk = match day {
        None => Some(talk(cx, &product, &node, &comments, &key_link(), !found.is_gone())?),
        Some(_) => None,
    };
    let main = html! {
        (body)
        (beside)
        @if let Some(talk) = &talk { (talk) }
        section.log-part {
            h2 { "Activity" }
            ul.log { @for e in &events { (event(e)) } }
        }
    };
    let rail = path.as_ref().map(|p| (standing_words(p), rail(p, write)));
    let peek = shell::peek(
        &format!("/{}", node.key),
        &format!("{} {}", node.key, node.title),
        facet(&node),
        html! { (body) @if let Some((words, rail)) = &rail { p.soft { (words) } (rail) } },
    );
    Ok(Page {
        title: format!("{} {}", node.key, node.title),
        head: Some(head(&node, &found, write)),
        rail,
        facet: facet(&node),
        banner: banner(&node, &found, day),
        active: active(&found),
        product: Some(product),
        main,
        peek: Some(peek),
        opened: matches!(found, Keyed::Evidence(_)).then(|| found.id()),
        ..Page::default()
    })
}

fn active(found: &Keyed) -> &'static str {
    match found {
        Keyed::WorkItem(i) if i.level == "epic" => "epics",
        Keyed::WorkItem(_) => "backlog",
        Keyed::Opportunity(_) => "opportunities",
        Keyed::Need(_) => "needs",
        Keyed::Evidence(_) => "evidence",
        Keyed::Objective(_) | Keyed::KeyResult(_) => "objectives",
        other => choosing::active(other),
    }
}

fn banner(node: &Node, found: &Keyed, day: Option<Day>) -> Option<Markup> {
    if let Some(day) = day {
        return Some(html! {
            "You see this as it stood on " (shell::day_tag(day)) ". "
            a href={ "/" (node.key) } { "As it is now" }
        });
    }
    found.is_gone().then(|| {
        html! {
            "This lies in the bin. "
            (shell::post_button(&format!("/do/restore-item?key={}", node.key), "Restore it", None))
        }
    })
}

fn head(node: &Node, found: &Keyed, write: bool) -> Markup {
    let small = html! { (node.key) ", " (kind_words(node).to_lowercase()) };
    let meta = html! { (shell::toned(&node.state.replace('-', " "), Tone::Facet)) };
    let actions = html! {
        @if write {
            (shell::post_button(&format!("/do/bin-item?key={}&_back=/p/{}/{}", node.key,
                node.key.split('-').next().unwrap_or_default(), active(found)), "To the bin", None))
        }
    };
    shell::page_head(&small.into_string(), &node.title, meta, actions)
}

/// Keys typed in a text lead to their items.
fn key_link() -> impl Fn(&str) -> Option<String> {
    |key: &str| Some(format!("/{key}"))
}

pub(super) fn prose(text: &str) -> PreEscaped<String> {
    markdown::render(text, &key_link())
}

fn body(cx: &mut Reader<'_>, found: &Keyed, product: &Product, write: bool) -> Result<Markup> {
    let ws = cx.actor.workspace;
    Ok(match found {
        Keyed::WorkItem(i) => {
            let item = view(cx.conn, ws, i, &mut Names::default())?;
            let states = products::states(cx.conn, ws, product.id)?;
            let states: Vec<Choice> =
                states.iter().map(|s| Choice::new(&s.name, s.name.clone())).collect();
            let (out, back) = ties(cx.conn, ws, i.id)?;
            let id = |named: &Option<Named>| named.as_ref().map_or(String::new(), |n| n.id.clone());
            let ours = ours_fields(cx, product, &id(&item.team), &id(&item.part))?;
            work_item(&item, states, &ours, &out, &back, write)
        }
        Keyed::Opportunity(o) => html! {
            div.prose { (prose(&o.body)) }
            @if !o.verdict_reason.is_empty() {
                (shell::section("Verdict", html! { p { (o.state.replace('-', " ")) ": " (o.verdict_reason) } }))
            }
            @if write {
                (shell::menu("Decide", Some("v"), shell::form("/do/decide-opportunity", html! {
                    (shell::hidden("key", &o.key))
                    (shell::select("Verdict", "state", super::choices(&["open", "assessing", "worth-solving", "not-now", "rejected", "in-discovery", "solving", "solved", "abandoned"], None)).value(&o.state))
                    (shell::textarea("Because", "because").rows(3))
                    (shell::submit("Decide"))
                })))
                (edit("edit-opportunity", &o.key, o.revision, &o.title, Some(&o.body), &html! {}))
            }
        },
        Keyed::Need(n) => html! {
            div.prose { (prose(&n.body)) }
            (shell::stats(html! {
                @if !n.segment.is_empty() { (shell::stat("Segment", &n.segment, "")) }
                @if !n.sponsor.is_empty() { (shell::stat("Sponsor", &n.sponsor, "")) }
                @if !n.measure.is_empty() {
                    (shell::stat(&n.measure, &n.current.map_or("–".into(), |v| v.to_string()),
                        &n.baseline.map_or(String::new(), |v| format!("from {v}"))))
                }
            }))
            @if write {
                (edit("edit-need", &n.key, n.revision, &n.title, Some(&n.body), &html! {
                    (shell::select("Whose need", "kind", super::choices(&crate::why::needs::KINDS, None)).value(&n.kind))
                    (shell::field("Measure", "measure").value(&n.measure))
                    (shell::field("Now", "current").value(n.current.map_or(String::new(), |v| v.to_string())))
                }))
            }
        },
        Keyed::Evidence(e) => {
            let e = EvidenceView::of(cx.conn, ws, e)?;
            html! {
                blockquote.voice { (e.verbatim) }
                p.soft {
                    (e.source) @if !e.company.is_empty() { ", " (e.company) }
                    @if !e.segment.is_empty() { ", " (e.segment) }
                    ", " (e.kind.replace('-', " "))
                    @if let Some(day) = e.said_on { ", " (shell::day_tag(day)) }
                }
                @if !e.url.is_empty() { p { a href=(e.url) rel="noopener nofollow" { (e.url) } } }
                @if write { (edit("edit-evidence", &e.key, e.revision, &e.title, None, &html! {})) }
            }
        }
        Keyed::Objective(o) => html! {
            div.prose { (prose(&o.body)) }
            @if write {
                (shell::menu("Add a key result", None, shell::form("/do/add-key-result", html! {
                    (once())
                    (shell::hidden("objective", &o.key))
                    (shell::hidden("_back", &format!("/{}", o.key)))
                    (shell::field("Key result", "title"))
                    (shell::field("Unit", "unit").placeholder("calls a week"))
                    (shell::field("Baseline", "baseline").kind("number"))
                    (shell::field("Target", "target").kind("number"))
                    (shell::submit("Add"))
                })))
                (edit("edit-objective", &o.key, o.revision, &o.title, Some(&o.body), &html! {}))
            }
        },
        Keyed::Decision(_)
        | Keyed::Release(_)
        | Keyed::SolutionOption(_)
        | Keyed::Experiment(_) => choosing::body(cx, found, write)?,
        Keyed::Requirement(_) | Keyed::Metric(_) => direction::body(cx, found, write)?,
        Keyed::KeyResult(k) => {
            let seen = check_ins(cx.conn, ws, k.id)?;
            let v = KeyResultView::from(k);
            html! {
                (shell::stats(html! {
                    (shell::stat("Baseline", &v.baseline.to_string(), &v.unit))
                    (shell::stat("Now", &v.current.to_string(), ""))
                    (shell::stat("Target", &v.target.to_string(), ""))
                }))
                (shell::meter((v.progress * 100.0) as u8, &format!("{:.0} %", v.progress * 100.0)))
                @if !seen.is_empty() {
                    (shell::data_table("Check-ins", &["Day", "Value", "Confidence", "Note"],
                        seen.iter().map(|c| vec![
                            html! { (c.said_on) }, html! { (c.value) },
                            html! { (c.confidence) " %" }, html! { (c.note) },
                        ]).collect()))
                }
                @if write {
                    (shell::menu("Check in", None, shell::form("/do/check-in", html! {
                        (once())
                        (shell::hidden("key", &k.key))
                        (shell::hidden("_back", &format!("/{}", k.key)))
                        (shell::field("Value now", "value").kind("number"))
                        (shell::field("Confidence, 0 to 100 %", "confidence").kind("number").value("50"))
                        (shell::field("Note", "note"))
                        (shell::submit("Check in"))
                    })))
                }
            }
        }
    })
}

/// The form that edits title and text, on the revision that is shown.
fn edit(
    action: &str,
    key: &str,
    revision: i64,
    title: &str,
    body: Option<&str>,
    more: &Markup,
) -> Markup {
    shell::menu(
        "Edit",
        Some("e"),
        shell::form(
            &format!("/do/{action}"),
            html! {
                (shell::hidden("key", key))
                (shell::hidden("revision", &revision.to_string()))
                (shell::hidden("_back", &format!("/{key}")))
                (shell::field("Title", "title").value(title))
                @if let Some(body) = body {
                    (shell::textarea("Text", "body").value(body).rows(12).draft(format!("edit-{key}")))
                }
                (more)
                (shell::submit("Save"))
            },
        ),
    )
}

fn work_item(
    item: &ItemView,
    states: Vec<Choice>,
    ours: &Markup,
    out: &[(String, Node)],
    back: &[(String, Node)],
    write: bool,
) -> Markup {
    let tied: Vec<&(String, Node)> = out.iter().chain(back).collect();
    let beside: Vec<&&(String, Node)> =
        tied.iter().filter(|(k, _)| k != "serves" && k != "rests-on").collect();
    html! {
        (shell::stats(html! {
            @if let Some(who) = &item.assignee { (shell::stat("Assignee", &who.name, "")) }
            @if let Some(team) = &item.team { (shell::stat("Team", &team.name, "")) }
            @if let Some(part) = &item.part { (shell::stat("Part", &part.name, "")) }
            @if let Some(points) = item.points { (shell::stat("Points", &points.to_string(), "")) }
            @if let Some(sprint) = &item.sprint { (shell::stat("Sprint", sprint, "")) }
            @if let Some(priority) = &item.priority { (shell::stat("Priority", priority, "")) }
            @if let Some(due) = item.due { (shell::stat("Due", &due.to_string(), "")) }
            @if let Some(original) = &item.original_key { (shell::stat("Was", original, "")) }
            @if !item.labels.is_empty() { (shell::stat("Labels", &item.labels.join(", "), "")) }
        }))
        @if item.body.is_empty() { p.soft { "No text yet." } } @else { div.prose { (prose(&item.body)) } }
        (hints::told(&item.title, &item.body))
        @if !item.fields.is_empty() {
            details {
                summary { "Other fields (" (item.fields.len()) ")" }
                (shell::data_table("Other fields", &["Field", "Value"],
                    item.fields.iter().map(|(n, v)| vec![html! { (n) }, html! { (v) }]).collect()))
            }
        }
        @if !beside.is_empty() {
            (shell::section("Beside it", html! {
                ul { @for (kind, node) in beside { li { (kind) " " a href={ "/" (node.key) } { (node.key) " " (node.title) } } } }
            }))
        }
        @if write {
            div.acts {
                (shell::menu("State", Some("s"), shell::form("/do/edit-work-item", html! {
                    (shell::hidden("key", &item.key))
                    (shell::hidden("_back", &format!("/{}", item.key)))
                    (shell::select("State", "state", states).value(&item.state))
                    (shell::submit("Set"))
                })))
                (shell::menu("Assign", Some("a"), shell::form("/do/edit-work-item", html! {
                    (shell::hidden("key", &item.key))
                    (shell::hidden("_back", &format!("/{}", item.key)))
                    (shell::field("Who: a name, or me", "assignee").value(item.assignee.as_ref().map_or("", |a| &a.name)))
                    (shell::submit("Assign"))
                })))
                (edit("edit-work-item", &item.key, item.revision, &item.title, Some(&item.body), &html! {
                    (hints::while_typing())
                    (shell::select("Level", "level", super::choices(&LEVELS, None)).value(&item.level))
                    (shell::field("Epic or story above", "parent").value(item.parent.as_ref().map_or("", |p| &p.id)))
                    (shell::field("Story that it broke", "broke").value(item.broke.as_ref().map_or("", |p| &p.id)))
                    (ours)
                    (shell::field("Points", "points").value(item.points.map_or(String::new(), |p| p.to_string())))
                    (shell::field("Priority", "priority").value(item.priority.as_deref().unwrap_or_default()))
                    (shell::field("Labels, with commas between", "labels").value(item.labels.join(", ")))
                    (shell::field("Due", "due").kind("date").value(item.due.map_or(String::new(), |d| d.to_string())))
                    (shell::field("No why yet, until", "no_why_until").kind("date").value(item.no_why_until.map_or(String::new(), |d| d.to_string())))
                }))
            }
        }
    }
}

fn standing_words(path: &WhyPath) -> String {
    match path.standing {
        Standing::Whole => "The path to why is whole".into(),
        Standing::BusinessOnly => "Only business needs above".into(),
        Standing::UserOnly => "Only users' needs above".into(),
        Standing::Unsupported => "No evidence yet".into(),
        Standing::NoWhy => "No why yet".into(),
        Standing::Promised => "No why yet, promised".into(),
    }
}

/// Goals on top, then each need with two of the voices under it, then the problems and the work.
fn ordered(path: &WhyPath) -> Vec<&Step> {
    const VOICES: usize = 2;
    let kind = |wanted: &'static str| path.up.iter().filter(move |s| s.node.kind == wanted);
    let mut all: Vec<&Step> = kind("objective").chain(kind("key-result")).collect();
    for need in kind("need") {
        all.push(need);
        all.extend(kind("evidence").filter(|e| e.through == need.node.id).take(VOICES));
    }
    let own = kind("evidence").filter(|e| e.through == path.item.id);
    all.extend(own.take(VOICES * 3));
    all.extend(kind("opportunity"));
    let why = ["objective", "key-result", "need", "evidence", "opportunity"];
    all.extend(path.up.iter().rev().filter(|s| !why.contains(&s.node.kind.as_str())));
    all
}

/// The path as the rail shows it: farthest why on top, the item, then what serves it.
fn rail(path: &WhyPath, write: bool) -> Markup {
    const SHOWN: usize = 12;
    let step = |node: &Node, label: String| PathNode {
        facet: facet(node),
        label,
        // Words speak for themselves; repeating their beginning as a title would only double them.
        title: if node.words.is_some() { node.key.clone() } else { node.title.clone() },
        href: Some(format!("/{}", node.key)),
        quote: node.words.as_ref().map(|w| markdown::plain_excerpt(w, 160)),
        note: node.detail.clone(),
        progress: node.progress.map(|p| ((p * 100.0) as u8, format!("{:.0} %", p * 100.0))),
        ..PathNode::default()
    };
    let mut nodes: Vec<PathNode> = Vec::new();
    for s in ordered(path) {
        let state = s.node.state.replace('-', " ");
        nodes.push(step(&s.node, format!("{}, {state}", kind_words(&s.node))));
    }
    if let Some(gap) = &path.gap {
        nodes.push(PathNode {
            facet: Facet::Why,
            label: "Missing".into(),
            title: gap.clone(),
            gap: true,
            ..PathNode::default()
        });
    }
    let mut here = step(&path.item, kind_words(&path.item));
    here.title.clone_from(&path.item.key);
    here.quote = None;
    here.here = true;
    nodes.push(here);
    for s in path.down.iter().take(SHOWN) {
        nodes.push(step(
            &s.node,
            format!("{}, {}", kind_words(&s.node), s.node.state.replace('-', " ")),
        ));
    }
    let more = path.down.len().saturating_sub(SHOWN);
    html! {
        (shell::path_rail("Path to why", &nodes))
        @if more > 0 { p.soft { "and " (more) " more that serve it" } }
        @if write && path.item.kind != "objective" {
            (shell::menu("Link", None, shell::form("/do/add-link", html! {
                (shell::hidden("from", &path.item.key))
                (shell::hidden("_back", &format!("/{}", path.item.key)))
                (shell::field("To: the key of a need, an opportunity, evidence or a key result", "to").placeholder("RIDE-12"))
                (shell::submit("Link"))
            })))
        }
    }
}
