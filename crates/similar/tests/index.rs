//! The index in step with edits, and any text at all.

use proptest::prelude::*;
use wherefore_similar::{Hit, Index, Text, themes};

const REPORTS: [(&str, &str); 8] = [
    ("Export to PDF loses page numbers", "The exported file has no footer."),
    ("Page numbers are missing in exported PDFs", ""),
    ("Dark mode for the editor", "White hurts my eyes at night."),
    ("Editor needs a dark theme", "Please, my eyes at night."),
    ("Cannot sort a table by date", "Sorting puts 2021 before 1999."),
    ("Crash when saving to a network drive", "Saving to a share ends the program."),
    ("Spell checker does not know German", "Rechtschreibprüfung fehlt."),
    ("Print preview shows an empty page", ""),
];

fn filled() -> Index<usize> {
    let mut index = Index::new();
    for (key, (title, body)) in REPORTS.into_iter().enumerate() {
        index.set(key, Text::new(title, body));
    }
    index
}

fn keys(hits: &[Hit<usize>]) -> Vec<usize> {
    hits.iter().map(|hit| hit.key).collect()
}

#[test]
fn finds_what_says_the_same() {
    let index = filled();
    for (key, twin) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
        let (title, body) = REPORTS[key];
        let hits = index.similar_except(&key, Text::new(title, body), 3);
        assert_eq!(hits[0].key, twin, "{title}");
        assert!(!keys(&hits).contains(&key));
    }
    let hits = index.similar(Text::new(REPORTS[4].0, REPORTS[4].1), 1);
    assert_eq!((hits[0].key, hits[0].score), (4, 1.0));
    assert_eq!(hits[0].shared.len(), 5);
}

#[test]
fn finds_words_half_typed_misspelt_and_compound() {
    let index = filled();
    for (typed, key) in [("spell chec", 6), ("netwrok drive", 5), ("Rechtschreibung", 6)] {
        assert_eq!(index.similar(Text::new(typed, ""), 1)[0].key, key, "{typed}");
    }
}

#[test]
fn says_nothing_where_nothing_is_alike() {
    let index = filled();
    assert!(index.similar(Text::new("", ""), 5).is_empty());
    assert!(index.similar(Text::new("the of and", ""), 5).is_empty());
    assert!(index.similar(Text::new("qqqqq zzzz", ""), 5).is_empty());
    assert!(Index::<u8>::new().similar(Text::new("export", ""), 5).is_empty());
    assert!(index.similar(Text::new("export", ""), 0).is_empty());
}

#[test]
fn names_the_themes_of_a_heap() {
    let heap: Vec<Text> = REPORTS.iter().map(|&(title, body)| Text::new(title, body)).collect();
    let found = themes(&heap);
    assert_eq!(found.themes[0].label[0], "page numbers");
    let members: Vec<usize> = found.themes[0].members.iter().copied().take(2).collect();
    assert!(members.contains(&0) && members.contains(&1), "{found:?}");
    let all = found.themes.iter().flat_map(|theme| &theme.members).chain(&found.alone);
    let mut all: Vec<usize> = all.copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..heap.len()).collect::<Vec<_>>());
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-e]{1,3}( [a-e]{1,3}){0,8}",
        "(export|exports|page|pages|dark|eyes|表示|für)( (export|page|dark|mode|表示できない)){0,6}",
        "\\PC{0,60}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn an_edited_index_answers_like_a_new_one(
        edits in prop::collection::vec((0u8..12, prop::option::weighted(0.75, (any_text(), any_text()))), 1..40),
        asked in any_text(),
    ) {
        let mut edited = Index::new();
        let mut left = std::collections::BTreeMap::new();
        for (key, edit) in &edits {
            match edit {
                Some((title, body)) => {
                    edited.set(*key, Text::new(title, body));
                    left.insert(*key, (title, body));
                }
                None => prop_assert_eq!(edited.remove(key), left.remove(key).is_some()),
            }
        }
        let mut new = Index::new();
        for (key, (title, body)) in &left {
            new.set(*key, Text::new(title, body));
        }
        prop_assert_eq!(edited.len(), new.len());
        let text = Text::new(&asked, edits[0].1.as_ref().map_or("", |(title, _)| title));
        prop_assert_eq!(edited.similar(text, 20), new.similar(text, 20));
    }

    #[test]
    fn every_text_finds_itself(texts in prop::collection::vec(any_text(), 1..12)) {
        let mut index = Index::new();
        for (key, text) in texts.iter().enumerate() {
            index.set(key, Text::new(text, ""));
        }
        for text in &texts {
            let hits = index.similar(Text::new(text, ""), 12);
            prop_assert!(hits.iter().all(|hit| hit.score > 0.0 && hit.score <= 1.0));
            if !wherefore_similar::words(text).is_empty() {
                prop_assert!(texts[hits[0].key] == *text || hits[0].score == 1.0);
            }
        }
    }

    #[test]
    fn themes_hold_every_text_once(texts in prop::collection::vec(any_text(), 0..30)) {
        let heap: Vec<Text> = texts.iter().map(|text| Text::new(text, "")).collect();
        let found = themes(&heap);
        let all = found.themes.iter().flat_map(|theme| &theme.members).chain(&found.alone);
        let mut all: Vec<usize> = all.copied().collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..texts.len()).collect::<Vec<_>>());
        prop_assert_eq!(themes(&heap), found);
    }
}
