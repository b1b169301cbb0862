//! The retrospective on a sprint's page.

use maud::{Markup, html};

use super::super::once;
use super::sprints::href;
use crate::how::sprints::{IterationView, LANES, NoteView, notes};
use crate::kernel::Result;
use crate::shell::{self, Choice};
use crate::store::Reader;

fn lane(word: &str) -> &'static str {
    match word {
        "well" => "What went well",
        "badly" => "What did not",
        _ => "What to try",
    }
}

/// Notes by lane with their votes, and the forms; nothing for a sprint that is only planned.
pub(super) fn part(cx: &mut Reader<'_>, s: &IterationView, write: bool) -> Result<Markup> {
    if s.state == "planned" {
        return Ok(html! {});
    }
    let all = notes(cx.conn, cx.actor, s.id)?;
    let back = href(s);
    Ok(shell::section(
        "Retrospective",
        html! {
            @if all.is_empty() { p.soft { "No notes yet. They name nobody, as “Refinement saved us two days”." } }
            @for word in LANES {
                @let of: Vec<&NoteView> = all.iter().filter(|n| n.lane == word).collect();
                @if !of.is_empty() {
                    h3 { (lane(word)) }
                    ul.rows { @for n in &of { (note(n, &back, write)) } }
                }
            }
            @if write {
                (shell::menu("Write a note", Some("n"), shell::form("/do/add-retro-note", html! {
                    (once())
                    (shell::hidden("iteration", &s.id.to_string()))
                    (shell::hidden("_back", &back))
                    (shell::select("About", "lane", LANES.iter().map(|l| Choice::new(l, lane(l))).collect()))
                    (shell::textarea("Note", "text").rows(2).required())
                    p.help { "It names nobody, here and in the activity." }
                    (shell::submit("Add"))
                })))
            }
        },
    ))
}

fn note(n: &NoteView, back: &str, write: bool) -> Markup {
    let vote = format!("/do/vote-retro-note?note={}&_back={back}", n.id);
    html! {
        li.row.whole {
            @if !n.topic.is_empty() { span.lead { (shell::pill(&n.topic)) } }
            span.title { (n.text) }
            span.tail {
                @if let Some(key) = &n.item { a href={ "/" (key) } { (key) } }
                @if write {
                    (shell::post_button(&vote, &format!("{} {}", if n.voted { "▲" } else { "△" }, n.votes), None))
                    @if n.item.is_none() {
                        (shell::menu("Act", None, html! {
                            (shell::form("/do/act-on-retro-note", html! {
                                (shell::hidden("note", &n.id.to_string()))
                                (shell::hidden("_back", back))
                                (shell::field("It becomes", "title").id(format!("act-{}", n.id)).value(&n.text))
                                (shell::field("Who takes it", "assignee").id(format!("who-{}", n.id)).placeholder("name or me"))
                                (shell::submit("Make an item of it"))
                            }))
                            (shell::form("/do/group-retro-note", html! {
                                (shell::hidden("note", &n.id.to_string()))
                                (shell::hidden("_back", back))
                                (shell::field("Topic", "topic").id(format!("topic-{}", n.id)).value(&n.topic))
                                (shell::submit("Put it under this topic"))
                            }))
                        }))
                    }
                } @else { (n.votes) " votes" }
            }
        }
    }
}
