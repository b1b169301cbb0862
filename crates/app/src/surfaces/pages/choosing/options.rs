//! Options: compared on the page of the problem that they would solve, and each on its own.

use maud::{Markup, html};

use super::super::item::prose;
use super::super::once;
use super::about_link;
use crate::how::options::SolutionOption;
use crate::kernel::Result;
use crate::shell::{self, Tone, markdown};
use crate::store::Reader;
use crate::thread::nodes::Node;

fn tone(state: &str) -> Tone {
    if state == "chosen" { Tone::Good } else { Tone::Plain }
}

/// Options side by side: sketch, effort, and what became of each.
pub(super) fn table(all: &[SolutionOption]) -> Markup {
    shell::data_table(
        "Options compared",
        &["Option", "Sketch", "Effort", "State", "Because"],
        all.iter()
            .map(|o| {
                vec![
                    html! { a href={ "/" (o.key) } data-turbo-frame="peek" { (o.title) } },
                    html! { (markdown::plain_excerpt(&o.body, 140)) },
                    html! { (o.effort) },
                    shell::toned(&o.state, tone(&o.state)),
                    html! { (o.reason) },
                ]
            })
            .collect(),
    )
}

pub(super) fn form(problem: &Node) -> Markup {
    shell::menu(
        "Sketch an option",
        None,
        shell::form(
            "/do/sketch-option",
            html! {
                (once())
                (shell::hidden("about", &problem.key))
                (shell::hidden("_back", &format!("/{}", problem.key)))
                (shell::field("Option", "title"))
                (shell::textarea("Sketch", "body").rows(4).draft(format!("option-{}", problem.key)))
                (shell::field("Effort", "effort").placeholder("2 weeks"))
                (shell::submit("Add"))
            },
        ),
    )
}

pub(super) fn body(cx: &mut Reader<'_>, o: &SolutionOption, write: bool) -> Result<Markup> {
    let about = about_link(cx, Some(o.about_id))?;
    Ok(html! {
        (about)
        div.prose { (prose(&o.body)) }
        @if !o.effort.is_empty() { (shell::stats(shell::stat("Effort", &o.effort, ""))) }
        @if !o.reason.is_empty() { p { (o.state) ": " (o.reason) } }
        @if write {
            div.acts {
                @if o.state != "chosen" {
                    (shell::menu("Choose this one", None, shell::form("/do/choose-option", html! {
                        (shell::hidden("key", &o.key))
                        (shell::hidden("_back", &format!("/{}", o.key)))
                        (shell::textarea("Because", "because").rows(3).help("Kept with this one and with those that it rejects."))
                        (shell::submit("Choose"))
                    })))
                }
                (shell::menu("Edit", Some("e"), shell::form("/do/edit-option", html! {
                    (shell::hidden("key", &o.key))
                    (shell::hidden("revision", &o.revision.to_string()))
                    (shell::hidden("_back", &format!("/{}", o.key)))
                    (shell::field("Option", "title").value(&o.title))
                    (shell::textarea("Sketch", "body").value(&o.body).rows(8).draft(format!("edit-{}", o.key)))
                    (shell::field("Effort", "effort").value(&o.effort))
                    (shell::submit("Save"))
                })))
            }
        }
    })
}
