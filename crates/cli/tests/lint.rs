//! `wherefore lint`: stories in, advice out, as text, JSON lines and SARIF.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const STORIES: &str =
    "\u{feff}As a clerk, I want to print bills and send them, so that I am paid.\r
\r
As a büyer, I want to find bills quickly, so that I can pay.\r\n";

fn lint(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wherefore"))
        .arg("lint")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn one_object_a_story_with_exactly_the_promised_fields() {
    let lines: Vec<Value> = out(&lint(&["--json", "-"], STORIES))
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    let fields: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["text", "persona", "action", "entity", "benefit", "findings"]);
    assert_eq!(lines[0]["action"], json!(["print", "send"]));
    assert_eq!(lines[1]["persona"], json!(["büyer"]));
    assert_eq!(lines[1]["entity"], json!(["bills"]));
    assert_eq!(lines[1]["benefit"], json!("I can pay"));
    let finding = &lines[1]["findings"][0];
    assert_eq!(
        (&finding["criterion"], &finding["span"]),
        (&json!("unambiguous"), &json!([33, 40]))
    );
    let text = lines[1]["text"].as_str().unwrap();
    assert_eq!(text.chars().skip(33).take(7).collect::<String>(), "quickly");
}

#[test]
fn text_names_line_and_column_and_sums_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stories.txt");
    std::fs::write(&file, STORIES).unwrap();
    let text = out(&lint(&[file.to_str().unwrap()], ""));
    assert!(text.contains("stories.txt:3:34: unambiguous: \"quickly\""), "{text}");
    assert!(text.contains("2 stories, 0 without a finding"), "{text}");
    let less = out(&lint(&["--without", "atomic", file.to_str().unwrap()], ""));
    assert!(less.contains("2 stories, 1 without a finding"), "{less}");
}

#[test]
fn a_sarif_report_places_each_finding() {
    let report: Value = serde_json::from_str(&out(&lint(&["--sarif", "-"], STORIES))).unwrap();
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|result| rules.contains(&&result["ruleId"])));
    let region = &results[1]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        region,
        &json!({ "startLine": 3, "startColumn": 34, "endLine": 3, "endColumn": 41 })
    );
}

#[test]
fn acceptance_criteria_have_their_own_checks() {
    let text = out(&lint(&["--criteria", "-"], "Given a bill\nWhen I pay it\n"));
    assert!(text.contains("stdin:1:1: then-present"), "{text}");
}

#[test]
fn what_cannot_be_read_says_so() {
    let missing = lint(&["no-such-file"], "");
    assert!(!missing.status.success());
    let error = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(error.contains("no-such-file cannot be read"), "{error}");
    let unknown = lint(&["--without", "nice", "-"], "");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("well-formed"));
}
