//! `wherefore similar` and `wherefore estimate`: a file in, advice out.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn wherefore(file: &Path, command: &str, arguments: &[&str]) -> Output {
    let mut wherefore = Command::new(env!("CARGO_BIN_EXE_wherefore"));
    wherefore.arg(command).arg(file).args(arguments).output().unwrap()
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> std::path::PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", err(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn objects(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const FEEDBACK: &str = "\u{feff}id,text\r
A,Export to PDF loses the page numbers\r
B,Dark mode for the editor please\r
C,Page numbers are missing in exported PDFs\r
D,\"A dark mode, my eyes hurt\"\r
E,Sort invoices by date\r\n";

#[test]
fn similar_finds_pairs_answers_queries_and_names_themes() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "feedback.csv", FEEDBACK);
    let pairs = objects(&wherefore(&file, "similar", &["--json", "--limit", "1"]));
    assert_eq!(pairs[0]["ids"], serde_json::json!(["A", "C"]));

    let found = objects(&wherefore(&file, "similar", &["--json", "--query", "dark mode"]));
    let ids: Vec<&str> = found.iter().map(|hit| hit["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{found:?}");
    assert!(ids.contains(&"B") && ids.contains(&"D"));
    assert_eq!(found[0]["shared"], serde_json::json!(["dark", "mode"]));

    let themes = objects(&wherefore(&file, "similar", &["--json", "--themes"]));
    let labels: Vec<&str> = themes.iter().filter_map(|theme| theme["theme"][0].as_str()).collect();
    assert_eq!(labels.len(), 2, "{themes:?}");
    assert!(labels.contains(&"dark mode") && labels.contains(&"page numbers"), "{labels:?}");
    assert_eq!(themes[2], serde_json::json!({ "theme": null, "ids": ["E"] }));
}

#[test]
fn similar_reads_a_text_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "ideas.txt", "Sort by date\n\nDark mode\n");
    let told = out(&wherefore(&file, "similar", &["--query", "dark"]));
    assert!(told.contains("3  Dark mode\n") && told.contains("both say: dark"), "{told}");
    let wrong = wherefore(&written(&folder, "no.csv", "a,b\n1,2\n"), "similar", &[]);
    assert!(!wrong.status.success() && err(&wrong).contains("no column “text”"), "{}", err(&wrong));
}

fn backlog(stories: usize) -> String {
    let mut text = "title,description,points\n".to_owned();
    for at in 0..stories {
        let (title, points) =
            if at % 2 == 0 { ("Migrate the schema of", 8) } else { ("Fix a typo on", 1) };
        text.push_str(&format!("{title} part {at},,{points}\n"));
    }
    text + "Fix the typo on the start page,,\n"
}

#[test]
fn estimate_suggests_where_points_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "backlog.csv", &backlog(40));
    let told = objects(&wherefore(&file, "estimate", &["--json"]));
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["points"], &told[0]["line"]), (&1.0.into(), &42.into()));
    let alike = told[0]["alike"].as_array().unwrap();
    assert!(alike.len() == 5 && alike.iter().all(|story| story["points"] == 1.0), "{alike:?}");
    let told = out(&wherefore(&file, "estimate", &[]));
    assert!(told.starts_with("1 (1 to ") && told.contains("Fix a typo on part"), "{told}");
}

#[test]
fn estimate_says_when_it_knows_too_little_or_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let few = wherefore(&written(&folder, "few.csv", &backlog(5)), "estimate", &[]);
    assert!(!few.status.success() && err(&few).contains("5 stories with points are too few"));
    let wrong = "title,points\nPay,many\n";
    let wrong = wherefore(&written(&folder, "wrong.csv", wrong), "estimate", &[]);
    assert!(err(&wrong).contains("line 2: “many” is no number of points"), "{}", err(&wrong));
}
