//! Every responsibility, signal, framework and noun has a page, and no page says too little.

use std::collections::HashSet;

use super::{Kind, LESSONS, SOURCES, find, lesson, of_responsibility, of_signal, parse};
use crate::people::policies::{OVERLAYS, PRESETS};
use crate::people::responsibilities::CATALOGUE;
use crate::reports::signals::catalogue::SIGNALS;
use crate::thread::nodes::KINDS;

#[test]
fn everything_has_a_page() {
    for r in &CATALOGUE {
        assert!(of_responsibility(r.number).is_some(), "{} {}", r.number, r.name);
    }
    for s in &SIGNALS {
        assert!(of_signal(s.slug).is_some(), "S{} {}", s.number, s.slug);
    }
    let overlays = OVERLAYS.iter().map(|(name, ..)| *name);
    for name in PRESETS.iter().map(|p| p.name).chain(overlays) {
        assert!(lesson(Kind::Framework, name).is_some(), "{name}");
    }
    for kind in KINDS {
        // As people call them.
        let words = match *kind {
            "work_item" => vec!["epic", "story", "task", "bug"],
            "solution_option" => vec!["option"],
            "key_result" => vec!["key-result"],
            one => vec![one],
        };
        for word in words {
            assert!(lesson(Kind::Entity, word).is_some(), "{word}");
        }
    }
}

#[test]
fn every_page_is_complete_and_has_an_address_of_its_own() {
    let mut seen = HashSet::new();
    for l in LESSONS.iter() {
        assert!(seen.insert(l.href()), "{} is there twice", l.href());
        assert!(l.what.ends_with('.') && l.what.len() > 30, "{}: {}", l.href(), l.what);
        assert!(l.why.ends_with(['.', '?', '”']) && l.why.len() > 30, "{}", l.href());
        assert!(!l.mistakes.is_empty() && !l.place.is_empty(), "{}", l.href());
        assert!(!l.sources.is_empty(), "{} names no source", l.href());
        assert!(
            l.slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{}",
            l.slug
        );
        for n in &l.answers {
            assert!((1..=45).contains(n), "{}", l.href());
        }
    }
    let of = |kind| LESSONS.iter().filter(|l| l.kind == kind).count();
    assert_eq!((of(Kind::Responsibility), of(Kind::Signal)), (45, 15));
}

#[test]
fn nothing_that_was_written_is_lost() {
    for text in [
        include_str!("pages/responsibilities.md"),
        include_str!("pages/artefacts.md"),
        include_str!("pages/frameworks.md"),
        include_str!("pages/signals.md"),
        include_str!("pages/entities.md"),
        include_str!("pages/formulas.md"),
    ] {
        assert_eq!(parse::lost(text), Vec::<String>::new());
    }
    assert_eq!(parse::lost("what: x\nwhy\nsource: nobody-1900\nhow: y").len(), 3);
    let keys: HashSet<_> = SOURCES.iter().map(|s| s.key).collect();
    assert_eq!(keys.len(), SOURCES.len(), "each source is named once");
    for s in &SOURCES {
        let used = LESSONS.iter().any(|l| l.sources.iter().any(|one| one.key == s.key));
        assert!(used, "no page names {}", s.key);
    }
}

#[test]
fn words_are_found_in_titles_first() {
    let found: Vec<&str> = find("sprint goal").iter().map(|l| l.title.as_str()).collect();
    assert_eq!(found.first(), Some(&"Sprint goal"));
    assert!(found.len() > 1, "{found:?}");
    assert!(find("no such word anywhere").is_empty());
    assert_eq!(find("").len(), LESSONS.len());
}

#[test]
fn what_is_said_short_is_found() {
    for (short, title) in [
        ("wip", "Work in progress and blockers"),
        ("okr", "Set objectives and key results"),
        ("dod", "Definition of Done"),
        ("dor", "Definition of Ready"),
    ] {
        let words = [short.to_owned()];
        let found = LESSONS.iter().filter(|l| l.fits(&words) == Some(0));
        assert!(found.map(|l| l.title.as_str()).any(|t| t.eq_ignore_ascii_case(title)), "{short}");
    }
}
