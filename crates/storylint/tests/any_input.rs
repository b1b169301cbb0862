//! No input makes it panic, and every span is a place of its text.

use proptest::prelude::*;
use wherefore_storylint::{
    Criterion, Finding, Options, Piece, Story, check_backlog, check_criteria, read,
};

const WORDS: [&str; 44] = [
    "As", "a", "an", "I", "want", "to", "be", "able", "see", "list", "and", "or", ",", ".", "so",
    "that", "the", "of", "all", "how", "many", "(", ")", "/", "e.g.", "such as", "which", "users'",
    "(s)", "\"", "’", "quickly", "manage", "etc.", "would", "like", "don't", "not", "up", "Given",
    "When", "Then", "\n", "é🦀",
];

fn story() -> impl Strategy<Value = String> {
    let words =
        prop::collection::vec(prop::sample::select(&WORDS[..]), 0..24).prop_flat_map(|words| {
            prop::sample::select(vec![" ", "", "\u{a0}"]).prop_map(move |gap| words.join(gap))
        });
    prop_oneof![words, any::<String>(), "As a .{0,20}, I want to .{0,60}, so that .{0,30}"]
}

fn place(text: &str, piece: &Piece) {
    assert_eq!(text.get(piece.span.start..piece.span.end), Some(piece.text.as_str()));
}

fn findings_hold<'a>(findings: &[Finding], text: impl Fn(usize) -> &'a str) {
    for finding in findings {
        let text = text(finding.story);
        assert!(
            text.get(finding.span.start..finding.span.end).is_some(),
            "{finding:?} in {text:?}"
        );
        assert!(!finding.message.is_empty() && !finding.suggestion.is_empty(), "{finding:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn stories(texts in prop::collection::vec(story(), 0..8)) {
        let stories: Vec<Story> = texts.iter().map(|text| read(text)).collect();
        for story in &stories {
            let parts = story.persona.iter().chain(&story.benefit);
            for piece in parts.chain(&story.actions).chain(&story.entities) {
                place(&story.text, piece);
            }
        }
        let findings = check_backlog(&stories, &Options::default());
        findings_hold(&findings, |story| &stories[story].text);
    }

    #[test]
    fn criteria(text in story()) {
        findings_hold(&check_criteria(&text, &Options::default()), |_| &text);
    }
}

#[test]
fn real_backlogs() {
    for backlog in
        [include_str!("data/g13-planningpoker.txt"), include_str!("data/g23-archivesspace.txt")]
    {
        let stories: Vec<Story> = backlog.lines().map(read).collect();
        let findings = check_backlog(&stories, &Options::default());
        findings_hold(&findings, |story| &stories[story].text);
        let complete =
            stories.iter().filter(|story| story.persona.is_some() && !story.actions.is_empty());
        assert!(complete.count() * 100 >= stories.len() * 95, "most stories have their parts");
        assert!(!findings.is_empty());
    }
}

#[test]
fn a_heap_of_equal_stories_takes_no_longer_than_its_length() {
    let line = "As a clerk, I want to see unpaid bills, so that I can send reminders.";
    let stories: Vec<Story> = (0..5_000).map(|_| read(line)).collect();
    assert_eq!(check_backlog(&stories, &Options::default()).len(), stories.len());
}

#[test]
fn a_story_without_end_is_read_to_its_end() {
    for words in ["see and ", "gladly see unpaid bills, ", "(see) so to and/or ", "is it "] {
        let story = read(&format!("As a clerk, I want to {}", words.repeat(10_000)));
        let other = read(&words.repeat(10_000));
        let findings = check_backlog(&[story, other], &Options::default());
        assert!(findings.iter().any(|finding| finding.criterion == Criterion::Small), "{words}");
    }
}
