//! Two people of a charter side by side, on the charter's page.

use maud::{Markup, html};
use serde::Deserialize;

use crate::kernel::Result;
use crate::people::charters::{CharterView, ComparePeople, Named, PeopleCompared};
use crate::shell::{self, Choice, Tone};
use crate::store::{Query, Reader};
use crate::surfaces::pages::learn::mark_of;

/// Who is compared, as the address says.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Two {
    first: String,
    second: String,
}

/// The form that chooses two, and what they share.
pub(super) fn compared(cx: &mut Reader<'_>, charter: &CharterView, two: &Two) -> Result<Markup> {
    if charter.people.len() < 2 {
        return Ok(html! {});
    }
    let people: Vec<Choice> =
        charter.people.iter().map(|p| Choice::new(p.id, p.name.clone())).collect();
    let (first, second) = match (two.first.as_str(), two.second.as_str()) {
        ("", "") => (charter.people[0].id.to_string(), charter.people[1].id.to_string()),
        (first, second) => (first.to_owned(), second.to_owned()),
    };
    let found = match two.first.is_empty() {
        true => None,
        false => {
            let (first, second) = (two.first.clone(), two.second.clone());
            Some(ComparePeople { charter: charter.id, first, second }.run(cx)?)
        }
    };
    Ok(html! {
        section.part id="compared" {
            h2 { "Two people side by side" }
            (shell::filters(&format!("/charters/{}#compared", charter.id), html! {
                (shell::select("One", "first", people.clone()).value(first))
                (shell::select("The other", "second", people).value(second))
            }))
            @if let Some(found) = &found { (shown(found)) }
        }
    })
}

fn shown(c: &PeopleCompared) -> Markup {
    let column = |title: String, all: &[Named]| {
        html! {
            div {
                h3 { (title) }
                @if all.is_empty() { p.soft { "Nothing" } }
                @else { ul.plain { @for one in all { li { span.soft { (one.number) " " } (one.name) " " (mark_of(one.number)) } } } }
            }
        }
    };
    html! {
        @if c.one_role {
            (shell::notice(Tone::Plain, html! { b { "One role, two names. " } (c.first_name) " and " (c.second_name) " hold exactly the same." }))
        }
        div.compared {
            (column(format!("{} alone", c.first_name), &c.first_only))
            (column("Both".to_owned(), &c.shared))
            (column(format!("{} alone", c.second_name), &c.second_only))
            (column("Nobody answers".to_owned(), &c.unowned))
        }
    }
}
