//! What an item says, by its kind, and the form that edits it.

use std::sync::Arc;

use maud::{Markup, html};

use super::super::custom::{self, Sent};
use super::super::filtered::ours_fields;
use super::super::frameworks::{acceptance, ready};
use super::super::{
    choices, choosing, direction, docs, git, inbox, objectives, once, portal, stale, values,
};
use super::properties::{Parts, work_item};
use super::quick::day;
use super::{dependencies, prose, subtasks};
use crate::how::blockers;
use crate::how::fields::Definitions;
use crate::how::work_items::{ItemView, Named, Names, view};
use crate::kernel::{Access, Result, Time};
use crate::people::nouns::View;
use crate::people::products::Product;
use crate::shell;
use crate::store::{Reader, load};
use crate::thread::answers::askers;
use crate::thread::links::Ties;
use crate::thread::nodes::Keyed;
use crate::why::evidence::{EvidenceView, RELIABILITY, address};
use crate::why::key_results::{KeyResultView, check_ins};
use crate::why::needs::Need;
use crate::why::objectives::{Objective, ObjectiveView};

/// The whole form of an item sends single custom fields.
const EDIT: Sent = Sent { object: "set_fields", ids: "edit" };

pub(super) fn body(
    cx: &mut Reader<'_>,
    found: &Keyed,
    product: &Product,
    write: bool,
    (tied, at): (&Ties, Option<Time>),
) -> Result<Markup> {
    let ws = cx.actor.workspace;
    Ok(match found {
        Keyed::WorkItem(i) => {
            let item = view(cx.conn, ws, i, &mut Names::default())?;
            let id =
                |named: &Option<Arc<Named>>| named.as_ref().map_or(String::new(), |n| n.id.clone());
            let ours = ours_fields(cx, product, &id(&item.team), &id(&item.part))?;
            let known = Definitions::of(cx.conn, ws, product.id)?;
            let custom = if write {
                custom::inputs(cx, product, &item.level, Some(&item), EDIT)?
            } else {
                html! {}
            };
            let whole = html! { (ours) (custom) };
            let parts = Parts { known: &known, whole: &whole };
            let shown = work_item(product, &item, &parts, tied, write);
            html! {
                @if at.is_none() { (stale::on_item(cx, i, &item, write)?) }
                (shown)
                (subtasks::on_item(cx, i, &item, write, at)?)
                (acceptance::on_item(cx, &item, write, at)?)
                @if at.is_none() { (ready::on_item(cx, i, write)?) }
                (dependencies::on_item(cx, &item, tied, write, at.is_some())?)
                (blockers(cx, &item, write, at)?)
                @if at.is_none() { (git::on_item(cx, &item, write)?) }
            }
        }
        Keyed::Opportunity(o) => html! {
            div.prose { (prose(&o.body)) }
            @if !o.rank_reason.is_empty() { p { "It stands where it stands because: " (o.rank_reason) } }
            @if !o.verdict_reason.is_empty() {
                (shell::section("Verdict", html! { p { (o.state.replace('-', " ")) ": " (o.verdict_reason) } }))
            }
            @if write {
                (shell::menu("Decide", Some("v"), shell::form("/do/decide-opportunity", html! {
                    (shell::hidden("key", &o.key))
                    (shell::select("Verdict", "state", choices(&["open", "assessing", "worth-solving", "not-now", "rejected", "in-discovery", "solving", "solved", "abandoned"], None)).value(&o.state))
                    (shell::textarea("Because", "because").rows(3))
                    (shell::submit("Decide"))
                })))
                (edit("edit-opportunity", &o.key, o.revision, &o.title, Some(&o.body), &html! {
                    (shell::field("No why yet, until", "no_why_until").kind("date").value(day(o.no_why_until)))
                }))
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
            (values::of_need(cx, n, write)?)
            (inbox::support(cx, n)?)
            @if write {
                (edit("edit-need", &n.key, n.revision, &n.title, Some(&n.body), &html! {
                    (shell::select("Whose need", "kind", choices(&crate::why::needs::KINDS, None)).value(&n.kind))
                    (shell::select("State", "state", need_states(n)).value(&n.state))
                    (shell::field("Segment", "segment").value(&n.segment))
                    (shell::field("Sponsor", "sponsor").value(&n.sponsor))
                    (shell::field("Measure", "measure").value(&n.measure))
                    (shell::field("Before", "baseline").value(n.baseline.map_or(String::new(), |v| v.to_string())))
                    (shell::field("Now", "current").value(n.current.map_or(String::new(), |v| v.to_string())))
                }))
            }
        },
        Keyed::Evidence(e) => {
            let asked = portal::asked(cx, e.id)?;
            let reached = askers(cx.conn, ws, e)?.len();
            let email = if write { address(cx.conn, ws, e)? } else { String::new() };
            let e = EvidenceView::of(cx.conn, cx.actor, e)?;
            html! {
                // Short words are their own title.
                @if e.verbatim.trim() != e.title.trim() { blockquote.voice { (e.verbatim) } }
                p.soft {
                    (inbox::whence(&e))
                    @if !email.is_empty() { ", " a href={ "mailto:" (email) } { (email) } }
                }
                @if !e.url.is_empty() { p { a href=(e.url) rel="noopener nofollow" { (e.url) } } }
                @if let Some(day) = e.answered_on { p { "Answered on " (shell::day_tag(day)) @if !e.answered_how.is_empty() { ", " (e.answered_how) } ": " (e.answer) } }
                @if write {
                    div.acts {
                        (inbox::triage(&e, &format!("/{}", e.key), reached))
                        (edit("edit-evidence", &e.key, e.revision, &e.title, None, &html! {
                            (shell::field("Who said it", "source").value(&e.source))
                            (shell::field("Their e-mail address", "email").kind("email").value(&email).help("Where an answer goes. It is erased together with the words."))
                            (shell::field("Company", "company").value(&e.company))
                            (shell::field("Segment", "segment").value(&e.segment))
                            (shell::select("How near you are to whoever said it", "reliability", choices(&RELIABILITY, Some("not said"))).value(&e.reliability))
                        }))
                        @if cx.actor.check(Access::Admin).is_ok() {
                            (shell::menu("Erase the words", None, shell::form("/do/erase-verbatim", html! {
                                (shell::hidden("key", &e.key))
                                (shell::hidden("_back", &format!("/{}", e.key)))
                                p { "The words, the title, the link, who said them and what they were told are erased for good, also from the history, and nothing brings them back. What rests on this stays." }
                                @if !e.company.is_empty() {
                                    (shell::checkbox("The company too, as its name is a person's", "company").id("erase-company").value("true"))
                                }
                                (shell::submit("Erase for good"))
                            })))
                        }
                    }
                }
                (asked)
            }
        }
        Keyed::Objective(o) => {
            let seen = ObjectiveView::seen_at(cx.conn, cx.actor, o, at)?;
            let serves = seen.serves.as_deref().unwrap_or_default();
            let day = at.map(|at| Time(at.0 - 1).day());
            let open = write && o.state != "closed";
            html! {
            div.prose { (prose(&o.body)) }
            (shell::stats(html! {
                @if !o.period.is_empty() { (shell::stat("Period", &o.period, "")) }
                (shell::stat("Level", &o.level, &o.kind))
                @if let Some(score) = o.score { (shell::stat("Score", &format!("{score:.1}"), "")) }
            }))
            @if !o.lesson.is_empty() { p { "Learned: " (o.lesson) } }
            @if !serves.is_empty() { p { "Serves " a href={ "/" (serves) } { (serves) } } }
            @if !seen.key_results.is_empty() {
                (shell::section("Key results", objectives::key_results(&seen, day)))
            }
            @if open {
                @if o.state == "draft" {
                    (shell::post_button(&format!("/do/edit-objective?key={}&state=active&_back=/{}", o.key, o.key), "Make it active", None))
                }
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
                (edit("edit-objective", &o.key, o.revision, &o.title, Some(&o.body), &html! {
                    (shell::field("Period", "period").value(&o.period))
                    (shell::select("Whose objective", "level", choices(&crate::why::objectives::LEVELS, None)).value(&o.level))
                    (shell::field("It serves: the key of an objective", "serves").value(serves).picks("objective").help("Of any product, as wide or wider. Empty: it stands alone."))
                }))
                @if o.state == "active" {
                    (shell::menu("Close and score", None, shell::form("/do/close-objective", html! {
                        (shell::hidden("key", &o.key))
                        (shell::hidden("_back", &format!("/{}", o.key)))
                        (shell::field("Score, 0 to 1", "score").kind("number").help("The mean of its key results if left out; 0.7 is good."))
                        (shell::textarea("What was learned", "lesson").rows(3))
                        (shell::submit("Close"))
                    })))
                }
            }
            }
        }
        Keyed::Decision(_)
        | Keyed::Release(_)
        | Keyed::SolutionOption(_)
        | Keyed::Experiment(_) => choosing::body(cx, found, write)?,
        Keyed::DocPage(p) => docs::body(cx, p, product, write)?,
        Keyed::Interview(i) => inbox::interview(cx, i, write)?,
        Keyed::Requirement(_) | Keyed::Metric(_) => direction::body(cx, found, write)?,
        Keyed::KeyResult(k) => {
            let seen = check_ins(cx.conn, ws, k.id)?;
            let v = KeyResultView::from(k);
            let goal = load::<Objective>(cx.conn, ws, k.objective_id)?;
            let state = goal.filter(|_| write).map_or_else(String::new, |o| o.state);
            let (runs, open) = (state == "active", matches!(state.as_str(), "draft" | "active"));
            html! {
                (shell::stats(html! {
                    (shell::stat("Baseline", &v.baseline.to_string(), &v.unit))
                    (shell::stat("Now", &v.current.to_string(), ""))
                    (shell::stat("Target", &v.target.to_string(), ""))
                }))
                (shell::meter((v.progress * 100.0) as u8, &format!("{:.0} %", v.progress * 100.0)))
                @if !seen.is_empty() {
                    (shell::data_table("Check-ins", &["Day", "Value", "Confidence", "Note", "In the way", "Help wanted"],
                        seen.iter().map(|c| vec![
                            html! { (shell::day_tag(c.said_on)) }, html! { (c.value) },
                            html! { (c.confidence) " %" }, html! { (c.note) },
                            html! { (c.blocker) }, html! { (c.help) },
                        ]).collect()))
                }
                @if runs {
                    (shell::menu("Check in", None, shell::form("/do/check-in", html! {
                        (once())
                        (shell::hidden("key", &k.key))
                        (shell::hidden("_back", &format!("/{}", k.key)))
                        (shell::field("Value now", "value").kind("number"))
                        (shell::field("Confidence, 0 to 100 %", "confidence").kind("number").value("50"))
                        (shell::field("Note", "note"))
                        (shell::field("What is in the way", "blocker"))
                        (shell::field("Whose help is needed", "help"))
                        (shell::submit("Check in"))
                    })))
                }
                @if open {
                    (edit("edit-key-result", &k.key, k.revision, &k.title, None, &html! {
                        div.fields {
                            (shell::field("Unit", "unit").value(&k.unit))
                            (shell::field("Baseline", "baseline").kind("number").value(k.baseline).required())
                            (shell::field("Target", "target").kind("number").value(k.target).required())
                        }
                    }))
                }
            }
        }
    })
}

/// The states that a person may give a need: whether it is supported follows from evidence.
fn need_states(n: &Need) -> Vec<shell::Choice> {
    let words: &[&str] = match n.state.as_str() {
        "draft" => &["draft", "retired"],
        "supported" => &["supported", "met", "retired"],
        "met" => &["met", "draft", "retired"],
        _ => &["retired", "draft"],
    };
    let open = |word: &str| {
        if word == "draft" && n.state != "draft" { "open again" } else { word }.to_owned()
    };
    words.iter().map(|word| shell::Choice::new(*word, open(word))).collect()
}

/// The form that edits title and text, on the revision that is shown.
pub(super) fn edit(
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
                (shell::field("Title", "title").id("edit-title").value(title).required())
                @if let Some(body) = body {
                    (shell::textarea("Text", "body").id("edit-body").value(body).rows(12).markdown())
                }
                (more)
                (shell::submit("Save"))
            },
        ),
    )
}

/// What holds an item up, or did.
fn blockers(cx: &mut Reader<'_>, item: &ItemView, write: bool, at: Option<Time>) -> Result<Markup> {
    let ws = cx.actor.workspace;
    let all = match at {
        None => blockers::of_item(cx.conn, ws, item.id, cx.now)?,
        Some(at) => blockers::of_item_then(cx.conn, ws, item.id, at)?,
    };
    let open = all.iter().any(|b| b.ended_at.is_none());
    let over = matches!(item.category.as_str(), "accepted" | "dropped");
    let (verb, field) = if open { ("unblock", "solution") } else { ("block", "because") };
    let (act, label) =
        if open { ("Free it", "What freed it") } else { ("It is held up", "By what") };
    Ok(html! {
        @if !all.is_empty() {
            (shell::data_table("What held it up", &["Reason", "Since", "#Hours", "Freed by"],
                all.iter().map(|b| vec![
                    html! { (b.reason) },
                    html! { (shell::time_tag(b.blocked_at)) },
                    html! { (b.hours) },
                    html! { @if b.ended_at.is_some() { (b.solution) } @else { (shell::toned("still", shell::Tone::Bad)) } },
                ]).collect()))
        }
        @if write && (open || !over) && item.level != "epic" {
            (shell::menu(act, None, shell::form(&format!("/do/{verb}-item"), html! {
                (shell::hidden("key", &item.key))
                (shell::hidden("_back", &format!("/{}", item.key)))
                (shell::field(label, field))
                (shell::submit(act))
            })))
        }
    })
}
