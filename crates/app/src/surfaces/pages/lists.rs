//! The shape that every page that lists a noun has.

use maud::{Markup, html};
use serde::Deserialize;

use super::Page;
use crate::kernel::{Day, Error, Result};
use crate::people::products::Product;
use crate::shell::{self, Facet, Pages};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct After {
    pub(super) after: Option<String>,
    /// A past day, at whose end everything is shown.
    pub(super) at: Option<String>,
}

/// The past day that an address names.
pub(super) fn past(at: Option<&str>) -> Result<Option<Day>> {
    at.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().map_err(|_| {
                Error::invalid("at", format!("“{text}” is not a day; write it like 2026-03-01."))
            })
        })
        .transpose()
}

/// The address of something as it stood on a day.
pub(super) fn dated(key: &str, at: Option<Day>) -> String {
    at.map_or_else(|| format!("/{key}"), |day| format!("/{key}?at={day}"))
}

/// The way to a past day of a page; `kept` are fields of its address that stay.
pub(super) fn look_back(path: &str, at: Option<Day>, kept: &[(&str, &str)]) -> Markup {
    let day = at.map_or_else(String::new, |day| day.to_string());
    shell::menu(
        "Look back",
        None,
        html! {
            form method="get" action=(path) {
                @for (name, value) in kept { (shell::hidden(name, value)) }
                (shell::field("As it stood on", "at").kind("date").value(day).required())
                button.btn.go { "Show" }
            }
        },
    )
}

/// Says that a page shows a past day, and leads back to now.
pub(super) fn stood_on(path: &str, day: Day) -> Markup {
    html! {
        "You see this as it stood on " (shell::day_tag(day)) ". "
        a href=(path) { "As it is now" }
    }
}

/// A page that lists what a product has of one noun.
pub(super) struct Listing {
    /// The word in the address and the navigation.
    pub(super) active: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) facet: Facet,
    /// What stands there while there is nothing: a sentence, and an example to begin with.
    pub(super) empty: (&'static str, &'static str),
}

impl Listing {
    /// The address of the list.
    pub(super) fn path(&self, product: &Product) -> String {
        format!("/p/{}/{}", product.key, self.active)
    }

    /// The page: `rows`, or the words for an empty one, then the way to the next page.
    pub(super) fn page(
        &self,
        product: Product,
        actions: Markup,
        rows: Option<Markup>,
        after: Option<&String>,
        next: Option<String>,
    ) -> Page {
        let path = self.path(&product);
        // Where there is nothing yet, it is begun beside the words that say what belongs there.
        let (actions, begin) = match &rows {
            Some(_) => (actions, html! {}),
            None => (html! {}, actions),
        };
        let main = html! {
            @match rows {
                Some(rows) => (rows),
                None => (shell::empty_state(self.empty.0, self.empty.1, begin)),
            }
            (shell::pages(&Pages {
                first: after.map(|_| path.clone()),
                next: next.map(|n| format!("{path}?after={n}")),
                note: String::new(),
            }))
        };
        let facet = match self.facet {
            Facet::Why => "Why",
            Facet::What => "What",
            Facet::How => "How",
            Facet::None => "Reports",
        };
        Page {
            title: format!("{} of {}", self.title, product.name),
            head: Some(shell::page_head(facet, self.title, html! { (self.about) }, actions)),
            product: Some(product),
            active: self.active,
            facet: self.facet,
            main,
            ..Page::default()
        }
    }
}
