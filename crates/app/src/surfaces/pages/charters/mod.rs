//! Charters: who answers for what in a product, a part or a team; how that is arranged and why; what
//! was handed over since.

mod answers;
mod arranging;
mod compared;
mod handing;
mod matrix;
mod overview;
mod responsibilities;
mod sheet;

use axum::Router;
use axum::routing::get;
use maud::{Markup, html};

use crate::people::charters::Standing;
use crate::shell::{self, Facet, Tone};
use crate::surfaces::Shared;

pub(super) use answers::{asked, beside};
pub(super) use arranging::answer;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/charters", get(overview::list))
        .route("/charters/{charter}", get(sheet::charter))
        .route("/arrangement", get(arranging::arrangement))
        .route("/handovers", get(handing::handovers))
        .route("/responsibilities", get(responsibilities::list))
}

fn facet(of: crate::people::responsibilities::Facet) -> Facet {
    match of {
        crate::people::responsibilities::Facet::Why => Facet::Why,
        crate::people::responsibilities::Facet::What => Facet::What,
        crate::people::responsibilities::Facet::How => Facet::How,
    }
}

/// A charter's state in its tone.
fn state(word: &str) -> Markup {
    let tone = match word {
        "agreed" => Tone::Good,
        "draft" => Tone::Warn,
        _ => Tone::Plain,
    };
    shell::toned(word, tone)
}

/// What somebody is for something, as they read it of themselves.
fn standing(of: Standing) -> &'static str {
    match of {
        Standing::Free => "free to all",
        Standing::Accountable => "you answer for it",
        Standing::Responsible => "you do it",
        Standing::Consulted => "you are asked",
        Standing::Informed => "you are told",
        Standing::None => "others do it",
    }
}

/// Choices of a list of words, their labels as sentences begin.
pub(super) fn choices_of<T>(
    all: &[T],
    words: impl Fn(&T) -> (&'static str, &'static str),
) -> Vec<shell::Choice> {
    let choice = |one: &T| {
        let (word, label) = words(one);
        shell::Choice::new(word, sentence(label))
    };
    all.iter().map(choice).collect()
}

/// The first letter large, as a sentence begins.
pub(in crate::surfaces::pages) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + letters.as_str())
}

/// Names as they are read out.
fn names(all: &[String]) -> String {
    match all {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A warning with its list, where there is anything to warn of.
fn listed(title: &str, items: &[String]) -> Markup {
    html! {
        @if !items.is_empty() {
            (shell::notice(Tone::Warn, html! { b { (title) } " " (items.join(" · ")) }))
        }
    }
}
