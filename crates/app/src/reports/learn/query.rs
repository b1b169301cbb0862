//! What programs ask of the pages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Lesson, find, lesson};
use crate::kernel::{Error, Result};
use crate::people::charters::Letter;
use crate::people::charters::arrangement::Arrangement;
use crate::people::charters::presets::by_role;
use crate::people::responsibilities::by_number;
use crate::store::{Meta, Query, Reader, Scope};

/// A page as programs see it.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct LearnView {
    /// `responsibility`, `artefact`, `framework`, `signal`, `entity` or `formula`.
    pub kind: String,
    pub slug: String,
    pub title: String,
    /// What it is.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What shows it here.
    pub here: String,
    pub mistakes: Vec<String>,
    /// The page about it in the product.
    pub href: String,
    /// Who usually answers, for each responsibility that it falls under.
    pub usually: Vec<Usual>,
    pub sources: Vec<SourceView>,
}

/// Who usually answers for a responsibility, by arrangement.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Usual {
    pub number: u8,
    pub name: String,
    pub seats: Vec<Seat>,
}

/// The letters of one arrangement.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct Seat {
    /// As “product manager only”.
    pub arrangement: String,
    /// As “product manager”, with A, A/R, R, C or I.
    pub roles: Vec<(String, String)>,
}

/// A work that a page rests on.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct SourceView {
    pub citation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Usual {
    /// Of one responsibility of the catalogue.
    pub fn of(number: u8) -> Option<Self> {
        let listed = by_number(number)?;
        let letters = |arrangement: Arrangement| -> Vec<(&'static str, Letter)> {
            by_role(arrangement)
                .into_iter()
                .find(|(n, _)| *n == number)
                .map(|(_, seats)| seats)
                .unwrap_or_default()
        };
        let seat = |arrangement: Arrangement| Seat {
            arrangement: arrangement.label().to_owned(),
            roles: letters(arrangement)
                .into_iter()
                .map(|(who, letter)| (who.to_owned(), letter.short().to_owned()))
                .collect(),
        };
        let seats = Arrangement::ALL.into_iter().map(seat).collect();
        Some(Self { number, name: listed.name.to_owned(), seats })
    }
}

impl From<&Lesson> for LearnView {
    fn from(l: &Lesson) -> Self {
        let source = |s: &&super::Source| SourceView {
            citation: s.citation.to_owned(),
            url: (!s.url.is_empty()).then(|| s.url.to_owned()),
        };
        Self {
            kind: l.kind.as_str().to_owned(),
            slug: l.slug.clone(),
            title: l.title.clone(),
            what: l.what.clone(),
            why: l.why.clone(),
            here: l.here.clone(),
            mistakes: l.mistakes.clone(),
            href: l.href(),
            usually: l.answers.iter().filter_map(|n| Usual::of(*n)).collect(),
            sources: l.sources.iter().map(source).collect(),
        }
    }
}

fn kind(word: &str) -> Result<Kind> {
    Kind::parse(word.trim()).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::as_str).join(", ");
        Error::invalid("kind", format!("“{word}” is no kind of page. There are: {known}."))
    })
}

/// List the pages that explain terms, those that have all of the words.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ListLearn {
    /// Words that a page has; all pages if left out.
    pub q: String,
    /// `responsibility`, `artefact`, `framework`, `signal`, `entity` or `formula`.
    pub kind: Option<String>,
}

impl Query for ListLearn {
    type Output = Vec<LearnView>;
    const META: Meta = Meta::query(
        "list-learn",
        "List the pages that explain terms, those that have all of the words",
        "/learn",
    )
    .scope(Scope::Workspace);

    fn run(&self, _: &mut Reader<'_>) -> Result<Vec<LearnView>> {
        let wanted = self.kind.as_deref().filter(|k| !k.trim().is_empty()).map(kind).transpose()?;
        let all = find(&self.q).into_iter().filter(|l| wanted.is_none_or(|k| l.kind == k));
        Ok(all.map(LearnView::from).collect())
    }
}

/// Show the page that explains a term.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetLearn {
    pub kind: String,
    /// The last word of its address, as `product-backlog`.
    pub slug: String,
}

impl Query for GetLearn {
    type Output = LearnView;
    const META: Meta =
        Meta::query("get-learn", "Show the page that explains a term", "/learn/{kind}/{slug}")
            .scope(Scope::Workspace);

    fn run(&self, _: &mut Reader<'_>) -> Result<LearnView> {
        let found = Kind::parse(&self.kind).and_then(|kind| lesson(kind, self.slug.trim()));
        found.map(LearnView::from).ok_or(Error::NotFound("page about this"))
    }
}
