//! What is found, where, and what is suggested.

use wherefore_storylint::{
    Criterion, Finding, Options, Story, check, check_backlog, check_criteria, read,
};

/// The places of the findings on one criterion.
fn places<'a>(text: &'a str, findings: &[Finding], criterion: Criterion) -> Vec<&'a str> {
    let of = findings.iter().filter(|finding| finding.criterion == criterion);
    of.map(|finding| finding.span.of(text)).collect()
}

#[track_caller]
fn finds(text: &str, criterion: Criterion, place: &str) -> Finding {
    let findings = check(&read(text), &Options::default());
    let found = findings.into_iter().find(|finding| finding.criterion == criterion);
    let found = found.unwrap_or_else(|| panic!("no finding on {} in: {text}", criterion.name()));
    assert_eq!(found.span.of(text), place);
    found
}

#[track_caller]
fn clean(text: &str, criterion: Criterion) {
    let findings = check(&read(text), &Options::default());
    assert_eq!(places(text, &findings, criterion), Vec::<&str>::new(), "{text}");
}

#[test]
fn a_good_story_has_no_finding() {
    let story = read("As a buyer, I want to see my past orders, so that I can repeat one.");
    assert_eq!(check(&story, &Options::default()), Vec::new());
}

#[test]
fn parts_that_are_missing() {
    let text = "See past orders";
    finds(text, Criterion::WellFormed, text);
    finds("As a buyer, I want to see my orders.", Criterion::Valuable, "orders");
    finds(
        "As a buyer, I want to see my orders, so that I see orders.",
        Criterion::Valuable,
        "I see orders",
    );
}

#[test]
fn two_actions_are_split_into_two_stories() {
    let text = "As a clerk, I want to print the bill and send it to the buyer, so that I am paid.";
    let found = finds(text, Criterion::Atomic, "bill and send");
    assert_eq!(
        found.suggestion,
        "As a clerk, I want to print the bill, so that I am paid. | \
         As a clerk, I want to send it to the buyer, so that I am paid."
    );
    finds(
        "As a clerk, I want to copy/paste rows, so that I am fast.",
        Criterion::Atomic,
        "copy/paste",
    );
}

#[test]
fn two_things_are_split_into_two_stories() {
    let text = "As a clerk, I want to see bills and reminders, so that I am paid.";
    let found = finds(text, Criterion::Atomic, "bills and reminders");
    assert_eq!(
        found.suggestion,
        "As a clerk, I want to see bills, so that I am paid. | \
         As a clerk, I want to see reminders, so that I am paid."
    );
}

#[test]
fn a_conjunction_in_the_benefit_or_the_purpose_is_no_second_wish() {
    clean("As a clerk, I want to see bills, so that I can pay and file them.", Criterion::Atomic);
    clean("As a clerk, I want to see bills to pay and file them.", Criterion::Atomic);
    clean("As a clerk, I want to see dates and times, so that I am on time.", Criterion::Atomic);
}

#[test]
fn asides_are_cut() {
    let text = "As a clerk, I want to see bills (e.g. by email), so that I can pay.";
    let found = finds(text, Criterion::Minimal, "(e.g. by email)");
    assert!(found.suggestion.starts_with("As a clerk, I want to see bills, so that I can pay."));
    finds(
        "As a clerk, I want to see bills, so that I can pay. We talked about it with Ana.",
        Criterion::Minimal,
        "We talked about it with Ana.",
    );
    clean("As a clerk, I want to see bills (red, green), so that I can pay.", Criterion::Minimal);
}

#[test]
fn slips() {
    let text = "As a attendee, I want see the map, so that that I arrive.";
    let findings = check(&read(text), &Options::default());
    assert_eq!(
        places(text, &findings, Criterion::FullSentence),
        ["a attendee", "want see", "that that"]
    );
    clean("As a user, I want an hour and a URL and a one-time code.", Criterion::FullSentence);
}

#[test]
fn words_that_mean_different_things() {
    let found = finds(
        "As a clerk, I want to find bills quickly, so that I save time.",
        Criterion::Unambiguous,
        "quickly",
    );
    assert!(found.suggestion.contains("within 2 seconds"));
    clean("As a clerk, I want to know how many bills are open.", Criterion::Unambiguous);
}

#[test]
fn solutions_in_place_of_problems() {
    finds(
        "As a clerk, I want a dropdown for the country, so that I type less.",
        Criterion::ProblemOriented,
        "dropdown",
    );
    clean("As a developer, I want to query bills using SQL.", Criterion::ProblemOriented);
}

#[test]
fn extent_and_dependence() {
    finds(
        "As a clerk, I want to manage bills, so that I am paid.",
        Criterion::Estimatable,
        "manage",
    );
    finds(
        "As a clerk, I want the list of the previous story sorted, so that I find bills.",
        Criterion::Independent,
        "previous story",
    );
    let long = format!("As a clerk, I want to see {} bills.", "very ".repeat(60));
    assert!(
        check(&read(&long), &Options::default())
            .iter()
            .any(|finding| finding.criterion == Criterion::Small)
    );
}

#[test]
fn criteria_can_be_left_out() {
    let options = Options { without: vec![Criterion::Valuable], ..Options::default() };
    assert_eq!(check(&read("As a buyer, I want to see my orders."), &options), Vec::new());
}

fn backlog(lines: &[&str]) -> (Vec<Story>, Vec<Finding>) {
    let stories: Vec<Story> = lines.iter().map(|line| read(line)).collect();
    let findings = check_backlog(&stories, &Options::default());
    (stories, findings)
}

#[test]
fn a_story_that_departs_from_the_template() {
    let (_, findings) = backlog(&[
        "As a clerk, I want to see bills, so that I pay.",
        "As a clerk, I want to print labels, so that parcels arrive.",
        "As a clerk, I want to close the month, so that reports are right.",
        "As a buyer, I want to return goods, so that I am refunded.",
        "As a buyer, I would like to rate goods, so that others know.",
    ]);
    let uniform: Vec<usize> = findings
        .iter()
        .filter(|finding| finding.criterion == Criterion::Uniform)
        .map(|finding| finding.story)
        .collect();
    assert_eq!(uniform, [4]);
}

#[test]
fn stories_that_ask_for_the_same() {
    let (_, findings) = backlog(&[
        "As a clerk, I want to export the list as CSV, so that I can work offline.",
        "As a clerk, I want to export the list as PDF, so that I can archive it.",
        "As a clerk, I want to see unpaid bills, so that I can send reminders.",
        "As an accountant, I want to see all unpaid bills, so that I know the risk.",
        "As a buyer, I want to return goods, so that I am refunded.",
        "As a buyer, I want to return goods, so that I am refunded.",
    ]);
    let unique: Vec<(usize, &str)> = findings
        .iter()
        .filter(|finding| finding.criterion == Criterion::Unique)
        .map(|finding| (finding.story, finding.message.as_str()))
        .collect();
    assert_eq!(
        unique,
        [
            (2, "Story 4 asks for the same in the name of another role."),
            (3, "Story 3 asks for the same in the name of another role."),
            (4, "Story 6 says the same word for word."),
            (5, "Story 5 says the same word for word."),
        ]
    );
}

#[test]
fn acceptance_criteria() {
    let text = "- The list loads fast\n- Search works\n- Paging\n- A total is shown\n\
                Given an open bill\nWhen I pay it\n\nGiven a paid bill\nWhen I open it\nThen it is marked paid";
    let findings = check_criteria(text, &Options::default());
    let told: Vec<(usize, &str, &str)> = findings
        .iter()
        .map(|finding| (finding.story, finding.criterion.name(), finding.span.of(text)))
        .collect();
    assert_eq!(
        told,
        [
            (0, "testable", "fast"),
            (1, "testable", "works"),
            (2, "testable", "- Paging"),
            (4, "then-present", "Given an open bill\nWhen I pay it"),
        ]
    );
}

#[test]
fn a_named_scenario_is_one_with_its_steps() {
    let whole = "Scenario: Late when it snows\nGiven a late train\n| minutes |\n| 61 |\nAnd a rider\n\
                 When it comes\nThen the seat is kept\nScenario: Early\nGiven an early train\n\
                 When it comes\nThen the rider is told\n";
    assert_eq!(check_criteria(whole, &Options::default()), []);
    let half = "Scenario: Late\nGiven a late train\nWhen it comes\nScenario: Early\nGiven an early \
                train\nWhen it comes\nThen the rider is told";
    let findings = check_criteria(half, &Options::default());
    let told: Vec<_> = findings.iter().map(|f| (f.story, f.criterion.name())).collect();
    assert_eq!(told, [(0, "then-present")]);
}

/// Findings on real stories that were read and judged by hand. Those judged right stay; those that
/// only show beside the rest of a backlog are left to the measurement.
#[test]
fn findings_judged_right_are_still_found() {
    let (mut right, mut wrong) = ((0, 0), (0, 0));
    for row in include_str!("data/findings.tsv").lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [_, _, criterion, place, _, verdict, _, text] = fields[..] else {
            panic!("a row without its fields: {row}")
        };
        if matches!(criterion, "unique" | "uniform") {
            continue;
        }
        let found = check(&read(text), &Options::default())
            .iter()
            .any(|finding| finding.criterion.name() == criterion && finding.span.of(text) == place);
        let count = if verdict == "right" { &mut right } else { &mut wrong };
        count.0 += usize::from(found);
        count.1 += 1;
    }
    assert!(right.1 + wrong.1 > 150, "the judged findings are there");
    assert!(right.0 * 100 >= right.1 * 98, "{} of {} right findings are left", right.0, right.1);
    assert!(wrong.0 < wrong.1, "mending has removed some of the wrong ones");
}
