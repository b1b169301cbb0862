//! Learning: a short page on each responsibility, artefact, signal, framework, entity and formula,
//! in standard terms, with what it is here and where it comes from. The texts are Markdown files
//! under `pages`; what the product knows already (definitions, formulas, tables) is read from there.

mod parse;
mod query;
mod sources;

use std::sync::LazyLock;

pub use query::{GetLearn, LearnView, ListLearn, Seat, SourceView, Usual};
pub use sources::{SOURCES, Source};

use crate::people::policies::{OVERLAYS, PRESETS};
use crate::people::responsibilities::by_number;
use crate::reports::signals::catalogue::signal_of;

/// What kind of thing a page is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Responsibility,
    Artefact,
    Framework,
    Signal,
    Entity,
    Formula,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Responsibility,
        Self::Artefact,
        Self::Framework,
        Self::Signal,
        Self::Entity,
        Self::Formula,
    ];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Responsibility => "responsibility",
            Self::Artefact => "artefact",
            Self::Framework => "framework",
            Self::Signal => "signal",
            Self::Entity => "entity",
            Self::Formula => "formula",
        }
    }

    /// All of them, as a heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Responsibility => "Responsibilities",
            Self::Artefact => "Artefacts",
            Self::Framework => "Frameworks",
            Self::Signal => "Silo signals",
            Self::Entity => "What the product is made of",
            Self::Formula => "Formulas",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    pub kind: Kind,
    /// The last word of its address.
    pub slug: String,
    pub title: String,
    /// The number of a responsibility or a signal.
    pub number: Option<u8>,
    pub what: String,
    pub why: String,
    /// What shows it here: what exercises it, how it is reckoned, what to do.
    pub here: String,
    pub mistakes: Vec<String>,
    /// A page of a product, or of the workspace where it begins with `/`.
    pub place: String,
    /// Responsibilities that answer for it.
    pub answers: Vec<u8>,
    pub sources: Vec<&'static Source>,
}

impl Lesson {
    pub fn href(&self) -> String {
        format!("/learn/{}/{}", self.kind.as_str(), self.slug)
    }

    /// How well it fits words: in its title, in its text, or not at all.
    fn fits(&self, words: &[String]) -> Option<u8> {
        let title = format!("{} {}", self.title, self.kind.as_str()).to_lowercase();
        let says = |text: &str, word: &str| {
            text.contains(word) || in_full(word).is_some_and(|full| text.contains(full))
        };
        if words.iter().all(|w| says(&title, w)) {
            return Some(0);
        }
        let text = [&self.what, &self.why, &self.here, &self.mistakes.join(" ")]
            .map(|t| t.to_lowercase())
            .join(" ");
        words.iter().all(|w| says(&title, w) || says(&text, w)).then_some(1)
    }
}

/// What is said short in every day's work, as it is written here.
fn in_full(word: &str) -> Option<&'static str> {
    const SHORT: [(&str, &str); 10] = [
        ("dod", "definition of done"),
        ("dor", "definition of ready"),
        ("kr", "key result"),
        ("krs", "key results"),
        ("okr", "objective"),
        ("okrs", "objective"),
        ("pm", "product manager"),
        ("po", "product owner"),
        ("sle", "service level expectation"),
        ("wip", "work in progress"),
    ];
    SHORT.iter().find(|(short, _)| *short == word).map(|(_, full)| *full)
}

/// All pages, by kind and in the order of their files.
pub static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(|| {
    const FILES: [(Kind, &str); 6] = [
        (Kind::Responsibility, include_str!("pages/responsibilities.md")),
        (Kind::Artefact, include_str!("pages/artefacts.md")),
        (Kind::Framework, include_str!("pages/frameworks.md")),
        (Kind::Signal, include_str!("pages/signals.md")),
        (Kind::Entity, include_str!("pages/entities.md")),
        (Kind::Formula, include_str!("pages/formulas.md")),
    ];
    FILES.iter().flat_map(|(kind, text)| parse::parse(*kind, text)).map(complete).collect()
});

/// Adds what the product itself says of a responsibility, a signal or a framework.
fn complete(mut lesson: Lesson) -> Lesson {
    match lesson.kind {
        Kind::Responsibility => {
            if let Some(listed) = lesson.number.and_then(by_number) {
                lesson.slug = slug(listed.name);
                lesson.title = listed.name.to_owned();
                lesson.what = listed.definition.to_owned();
                lesson.here = format!("It is exercised when {}.", listed.exercised_by);
                lesson.answers = vec![listed.number];
            }
        }
        Kind::Signal => {
            if let Some(signal) = lesson.number.and_then(signal_of) {
                lesson.slug = signal.slug.to_owned();
                lesson.title = format!("S{} {}", signal.number, signal.name);
                lesson.what = format!("Counted is: {}.", signal.formula);
                lesson.here = format!(
                    "It is raised above {} unless the workspace sets another threshold. What to do then: {}",
                    signal.say(signal.threshold),
                    signal.advice
                );
                lesson.place = "health".to_owned();
            }
        }
        Kind::Framework => lesson.here = of_framework(&lesson.slug),
        _ => {}
    }
    lesson
}

/// What choosing a framework brings here.
fn of_framework(name: &str) -> String {
    let preset = PRESETS.iter().find(|p| p.name == name);
    let overlay = OVERLAYS.iter().find(|(known, ..)| *known == name);
    match (preset, overlay) {
        (Some(preset), _) => format!(
            "A team takes it under How it works: {}. Everything it brings can be edited afterwards, and switching keeps items and history.",
            preset.about
        ),
        (_, Some((_, _, adds))) => {
            format!("It is laid over any framework under How it works, and adds: {adds}.")
        }
        _ => String::new(),
    }
}

/// Words as an address has them.
pub fn slug(words: &str) -> String {
    let plain: String = words
        .to_lowercase()
        .chars()
        .filter(|c| *c != '’' && *c != '\'')
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    plain.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

/// The page of that kind and slug.
pub fn lesson(kind: Kind, slug: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|l| l.kind == kind && l.slug == slug)
}

/// The page of a responsibility of the catalogue; a workspace's own have none.
pub fn of_responsibility(number: u8) -> Option<&'static Lesson> {
    LESSONS.iter().find(|l| l.kind == Kind::Responsibility && l.number == Some(number))
}

/// The page of a signal, by its short name.
pub fn of_signal(slug: &str) -> Option<&'static Lesson> {
    lesson(Kind::Signal, slug)
}

/// Pages whose titles have all of these words.
pub fn titled(words: &str) -> Vec<&'static Lesson> {
    ranked(words).into_iter().filter(|(rank, _)| *rank == 0).map(|(_, l)| l).collect()
}

/// Pages that have all of these words, those with them in their titles first.
pub fn find(words: &str) -> Vec<&'static Lesson> {
    ranked(words).into_iter().map(|(_, l)| l).collect()
}

fn ranked(words: &str) -> Vec<(u8, &'static Lesson)> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut all: Vec<(u8, &'static Lesson)> =
        LESSONS.iter().filter_map(|l| l.fits(&words).map(|rank| (rank, l))).collect();
    all.sort_by_key(|(rank, _)| *rank);
    all
}

#[cfg(test)]
mod tests;
