//! Reading criteria from text: scenarios by the Gherkin parser, everything else as a checklist.

use gherkin::{Feature, GherkinEnv, Scenario};

use crate::kernel::{Error, Result};

/// A criterion as a text has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed {
    /// `check` or `scenario`.
    pub kind: &'static str,
    pub title: String,
    pub steps: String,
}

/// The criteria in a text.
pub fn parse(text: &str) -> Result<Vec<Parsed>> {
    let text = &written(text);
    let found = if is_gherkin(text) { scenarios(text)? } else { checklist(text) };
    if found.is_empty() {
        return Err(Error::invalid(
            "text",
            "Write at least one criterion: a line each, or Given, When and Then.",
        ));
    }
    if let Some(long) = found.iter().find(|c| c.title.chars().count() > 1000) {
        let start: String = long.title.chars().take(40).collect();
        let message = format!("“{start}…” is longer than 1,000 characters. Break it up.");
        return Err(Error::invalid("text", message));
    }
    Ok(found)
}

/// Whether these words wait to be filled in, as the dots of a template do.
fn waits(words: &str) -> bool {
    let words = words.trim();
    (words.contains('…') || words.contains("...")) && words.chars().all(|c| "….".contains(c))
}

/// The text without the paragraphs in which nothing but a template's dots was left.
pub fn written(text: &str) -> String {
    without(text, |said| said.iter().all(|words| waits(words)))
}

/// The text without the paragraphs that still wait for some of their words.
pub fn whole(text: &str) -> String {
    without(text, |said| said.iter().any(|words| waits(words)))
}

fn without(text: &str, unwritten: impl Fn(&[String]) -> bool) -> String {
    let rest = |line: &str| {
        let line = line.trim_start_matches(['-', '*', ' ', '\t']);
        let word = first_word(line);
        let step = ["given", "when", "then", "and", "but", "scenario"].contains(&word.as_str());
        let rest = line.get(word.len()..).filter(|_| step).unwrap_or(line);
        rest.trim_start_matches(':').to_owned()
    };
    let mut kept: Vec<&str> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for paragraph in lines.split_inclusive(|line| line.trim().is_empty()) {
        let said: Vec<String> = paragraph
            .iter()
            .map(|line| rest(line))
            .filter(|words| !words.trim().is_empty())
            .collect();
        if said.is_empty() || !unwritten(&said) {
            kept.extend(paragraph);
        }
    }
    kept.join("\n")
}

fn first_word(line: &str) -> String {
    let word: String = line.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    word.to_lowercase()
}

/// The words that head steps.
const HEADINGS: [&str; 4] = ["scenario", "example", "background", "rule"];

/// Whether a text is meant as scenarios: it begins as one does.
fn is_gherkin(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with(['#', '@']));
    let Some(line) = first else { return false };
    match first_word(line).as_str() {
        "feature" => line.contains(':'),
        word if HEADINGS.contains(&word) => line.contains(':'),
        "given" => text.lines().any(|l| matches!(first_word(l).as_str(), "when" | "then")),
        _ => false,
    }
}

/// Gives steps that stand alone the headings that the parser asks for.
fn framed(text: &str) -> String {
    let starts = |word: &str| text.lines().any(|l| first_word(l) == word && l.contains(':'));
    if starts("feature") {
        return text.to_owned();
    }
    // Steps may begin in any case; the parser knows their capitals only.
    let capital = |line: &str| {
        let word = first_word(line);
        let step = ["given", "when", "then", "and", "but"].contains(&word.as_str());
        let trimmed = line.trim_start();
        if step && trimmed.chars().nth(word.len()) == Some(' ') {
            format!("{}{}", trimmed[..1].to_uppercase(), &trimmed[1..word.len()].to_lowercase())
                + &trimmed[word.len()..]
        } else {
            line.to_owned()
        }
    };
    // Each Given after a Then begins another scenario, and the first one does that has no heading.
    let mut framed = Vec::new();
    let mut begins = true;
    for line in text.lines().map(capital) {
        let word = first_word(&line);
        if word == "given" && begins {
            framed.push("Scenario: ".to_owned());
        }
        let heading = HEADINGS.contains(&word.as_str()) && line.contains(':');
        begins = word == "then" || (begins && word != "given" && !heading);
        framed.push(line);
    }
    format!("Feature: criteria\n{}\n", framed.join("\n"))
}

fn scenarios(text: &str) -> Result<Vec<Parsed>> {
    let feature = Feature::parse(framed(text), GherkinEnv::default()).map_err(|error| {
        let line = error.to_string().lines().next().unwrap_or_default().to_owned();
        Error::invalid(
            "text",
            format!("These scenarios cannot be read ({line}). Write “Scenario: name”, then steps that begin with Given, When, Then, And or But."),
        )
    })?;
    let shared: Vec<String> =
        feature.background.iter().flat_map(|b| &b.steps).map(step_line).collect();
    let rules = feature.rules.iter().flat_map(|r| &r.scenarios);
    feature.scenarios.iter().chain(rules).map(|s| scenario(s, &shared)).collect()
}

fn step_line(step: &gherkin::Step) -> String {
    let mut line = format!("{} {}", step.keyword.trim(), step.value.trim());
    if let Some(table) = &step.table {
        for row in &table.rows {
            line.push_str(&format!("\n| {} |", row.join(" | ")));
        }
    }
    if let Some(text) = &step.docstring {
        line.push_str(&format!("\n{}", text.trim()));
    }
    line
}

fn scenario(scenario: &Scenario, shared: &[String]) -> Result<Parsed> {
    // The parser takes lines that are no steps for a description, which nobody could then judge.
    if let Some(words) = scenario.description.as_ref().filter(|d| !d.trim().is_empty()) {
        let line = words.trim().lines().next().unwrap_or_default().trim();
        return Err(Error::invalid(
            "text",
            format!("“{line}” is no step. Begin each with Given, When, Then, And or But."),
        ));
    }
    if scenario.steps.is_empty() {
        let message = format!("“{}” has no steps. Write Given, When and Then.", scenario.name);
        return Err(Error::invalid("text", message));
    }
    if let Some(step) = scenario.steps.iter().find(|step| waits(&step.value)) {
        let line = step_line(step);
        let message = format!("“{line}” still waits for its words. Fill it in, or take it away.");
        return Err(Error::invalid("text", message));
    }
    let mut steps = shared.to_vec();
    steps.extend(scenario.steps.iter().map(step_line));
    let then = scenario.steps.iter().find(|s| s.keyword.trim() == "Then");
    let title = match (scenario.name.trim(), then) {
        ("", Some(then)) => then.value.trim().to_owned(),
        ("", None) => {
            let message =
                "A scenario says with Then what can be seen afterwards; this one does not.";
            return Err(Error::invalid("text", message));
        }
        (name, _) => name.to_owned(),
    };
    for examples in &scenario.examples {
        for row in examples.table.iter().flat_map(|t| &t.rows) {
            steps.push(format!("| {} |", row.join(" | ")));
        }
    }
    Ok(Parsed { kind: "scenario", title, steps: steps.join("\n") })
}

fn checklist(text: &str) -> Vec<Parsed> {
    let bare = |line: &str| -> String {
        let mut line = line.trim();
        for mark in ["- [ ]", "- [x]", "- [X]", "* [ ]", "-", "*", "•", "☐"] {
            if let Some(rest) = line.strip_prefix(mark) {
                line = rest.trim_start();
                break;
            }
        }
        line.to_owned()
    };
    text.lines()
        .map(bare)
        .filter(|line| !line.is_empty())
        .map(|title| Parsed { kind: "check", title, steps: String::new() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_a_checklist_with_or_without_marks() {
        let found = parse("- [ ] It is fast\n* It is fair\n\nGiven names are kept").unwrap();
        let titles: Vec<&str> = found.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(titles, ["It is fast", "It is fair", "Given names are kept"]);
        assert!(found.iter().all(|c| c.kind == "check"));
        assert!(parse(" \n").is_err());
    }

    #[test]
    fn steps_alone_are_scenarios() {
        let text = "given a ticket\nwhen I ask for my money\nthen I see the day it comes\nAnd its sum\n\nGiven no ticket\nWhen I ask\nThen I am told why not";
        let found = parse(text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].title, "I see the day it comes");
        assert_eq!(found[0].steps.lines().count(), 4, "{}", found[0].steps);
        assert!(found[1].steps.starts_with("Given no ticket\nWhen I ask"));
    }

    #[test]
    fn named_scenarios_keep_names_backgrounds_tables_and_examples() {
        let text = "Feature: Refunds\n  Background:\n    Given a rider\n  Scenario: Late train\n    When the train is late\n      | minutes |\n      | 61 |\n    Then half is paid back\n  Scenario Outline: Far\n    When <n> hours\n    Then <p> percent\n    Examples:\n      | n | p |\n      | 2 | 50 |\n";
        let found = parse(text).unwrap();
        assert_eq!(found[0].title, "Late train");
        assert!(found[0].steps.contains("Given a rider") && found[0].steps.contains("| 61 |"));
        assert!(found[1].steps.contains("| 2 | 50 |"), "{}", found[1].steps);
    }

    #[test]
    fn a_given_after_a_then_begins_another_scenario_below_a_heading_too() {
        let text = "Scenario: Late\nGiven a\nWhen b\nThen c\n\nGiven d\nWhen e\nThen f\n\nScenario: Early\nGiven g\nWhen h\nThen i";
        let found = parse(text).unwrap();
        let titles: Vec<&str> = found.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(titles, ["Late", "f", "Early"]);
        let shared = parse("Background:\nGiven a\nScenario: x\nWhen b\nThen c").unwrap();
        assert_eq!(shared[0].steps, "Given a\nWhen b\nThen c");
    }

    #[test]
    fn what_a_template_leaves_to_be_filled_in_is_no_criterion() {
        for bare in ["Given …\nWhen …\nThen …", "Scenario: …\nGiven ...\nThen …\n", "- …\n- …", "…"]
        {
            assert_eq!(written(bare), "", "{bare}");
            assert!(parse(bare).is_err(), "{bare}");
        }
        let beside = "Given …\nWhen …\nThen …\n\nGiven a train\nWhen it is late\nThen it says so …";
        let found = parse(beside).unwrap();
        assert_eq!((found.len(), found[0].title.as_str()), (1, "it says so …"));
        let error = parse("Given a train\nWhen …\nThen …").unwrap_err().to_string();
        assert!(error.contains("“When …” still waits"), "{error}");
        assert_eq!(whole("Given a train\nWhen …\nThen …\n\nIt is shown"), "It is shown");
        let kept = "The fare is shown\n\nIt is right";
        assert_eq!(written(kept), kept);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let error = parse("Scenario: x\n  Perhaps something\n  Then y").unwrap_err().to_string();
        assert!(error.contains("Given, When"), "{error}");
        let error = parse("Scenario:\n  Given a bus\n  When it leaves").unwrap_err().to_string();
        assert!(error.contains("Then"), "{error}");
    }
}
