//! Learning, suggesting, and saying when too little is known.

use proptest::prelude::*;
use wherefore_estimate::{Estimator, LEAST, Past, Prior, Story, TooLittle};

const KINDS: [(&str, f64); 3] = [
    ("Fix the typo on page", 1.0),
    ("Add a filter to list", 3.0),
    ("Migrate the database of", 8.0),
];

fn history(n: usize) -> Vec<(String, f64)> {
    (0..n).map(|at| (format!("{} {}", KINDS[at % 3].0, at % 7), KINDS[at % 3].1)).collect()
}

fn past(history: &[(String, f64)]) -> Vec<Past<'_>> {
    let stories = history.iter();
    stories.map(|(title, points)| Past { story: Story::new(title, ""), points: *points }).collect()
}

#[test]
fn learns_what_words_are_worth() {
    let history = history(90);
    let estimator = Estimator::from_history(past(&history));
    for (title, points) in KINDS {
        let suggestion = estimator.suggest(Story::new(title, "")).expect("enough is known");
        assert_eq!(suggestion.points, points, "{title}: {suggestion:?}");
        assert!(suggestion.range.0 <= points && points <= suggestion.range.1);
        assert_eq!(suggestion.alike.len(), 5);
        assert!(suggestion.alike.iter().all(|alike| alike.points == points), "{suggestion:?}");
    }
}

#[test]
fn says_when_it_knows_too_little() {
    let history = history(LEAST);
    let few = Estimator::from_history(past(&history[..LEAST - 1]));
    let story = Story::new("Fix the typo", "");
    assert_eq!(few.suggest(story), Err(TooLittle::Stories { have: LEAST - 1 }));
    let enough = Estimator::from_history(past(&history));
    assert!(enough.suggest(story).is_ok());
    assert_eq!(enough.suggest(Story::new(" — ", "…")), Err(TooLittle::Text));
    assert!(Estimator::from_history([]).suggest(story).is_err());
}

#[test]
fn a_new_story_counts_at_once() {
    let history = history(90);
    let mut estimator = Estimator::from_history(past(&history));
    let story = Story::new("Rewrite the billing engine in another language", "");
    let before = estimator.suggest(story).expect("enough is known");
    assert!(before.alike.iter().all(|alike| alike.points != 21.0));
    estimator.learn(Past { story, points: 21.0 });
    assert_eq!(estimator.len(), 91);
    let after = estimator.suggest(story).expect("enough is known");
    assert_eq!((after.alike[0].story, after.alike[0].points), (90, 21.0));
}

#[test]
fn learning_one_by_one_ends_where_learning_at_once_does() {
    let history = history(60);
    let all = past(&history);
    let mut grown = Estimator::train(Prior::shipped(), &[]);
    for past in &all {
        grown.learn(*past);
    }
    for (title, points) in KINDS {
        assert_eq!(grown.suggest(Story::new(title, "")).expect("enough is known").points, points);
    }
}

#[test]
fn the_shipped_prior_knows_large_from_small() {
    let prior = Prior::shipped();
    let small = prior.size(Story::new("Fix typo in error message", ""));
    let large =
        prior.size(Story::new("Investigate and design support for a new storage engine", ""));
    assert!(small < large, "{small} {large}");
    let again = Prior::from_text(&prior.to_text());
    assert_eq!(again.to_text(), prior.to_text());
}

/// A real project, as published under the MIT licence.
#[test]
fn beats_the_median_on_a_real_project() {
    let rows: Vec<(String, String, String, f64, String)> =
        csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/duracloud.csv"))
            .expect("the file is in the repository")
            .deserialize()
            .collect::<Result<_, _>>()
            .expect("the file is well-formed");
    let all: Vec<Past> = rows
        .iter()
        .map(|(_, title, text, points, _)| Past { story: Story::new(title, text), points: *points })
        .collect();
    let (train, test) = all.split_at(300);
    let estimator = Estimator::from_history(train.iter().copied());
    let mut ordered: Vec<f64> = train.iter().map(|past| past.points).collect();
    ordered.sort_by(f64::total_cmp);
    let median = ordered[ordered.len() / 2];
    let mut off = (0.0, 0.0);
    for past in test {
        let suggestion = estimator.suggest(past.story).expect("enough is known");
        off.0 += (suggestion.points - past.points).abs();
        off.1 += (median - past.points).abs();
    }
    assert!(off.0 < off.1, "{off:?} over {} stories", test.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_and_any_number(
        stories in prop::collection::vec((any::<String>(), "\\PC{0,60}", any::<f64>()), 0..60),
        title in any::<String>(),
        text in "\\PC{0,60}",
    ) {
        let past: Vec<Past> = stories
            .iter()
            .map(|(title, text, points)| Past { story: Story::new(title, text), points: *points })
            .collect();
        let mut estimator = Estimator::from_history(past.iter().copied());
        for past in past.iter().take(5) {
            estimator.learn(*past);
        }
        let story = Story::new(&title, &text);
        let suggestion = estimator.suggest(story);
        prop_assert_eq!(&suggestion, &estimator.suggest(story));
        if let Ok(suggestion) = suggestion {
            prop_assert!(suggestion.points >= 0.0);
            prop_assert!(suggestion.range.0 <= suggestion.points);
            prop_assert!(suggestion.points <= suggestion.range.1);
        }
    }
}
