//! The commands as a script meets them: results on standard output, the rest on standard error,
//! exit code 0 only where all was done.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn wherefore(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wherefore"));
    command.args(arguments).arg("--data").arg(folder.join("data"));
    command
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_token_stands_alone_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let made = wherefore(folder.path(), &["token", "create", "--person", "ana@example.org"]);
    assert!(made.status.success(), "{}", err(&made));
    assert!(out(&made).starts_with("wf_") && out(&made).lines().count() == 1, "{}", out(&made));
    let unknown = wherefore(folder.path(), &["token", "create", "--person", "tom@example.org"]);
    assert!(!unknown.status.success() && out(&unknown).is_empty());
    assert!(err(&unknown).contains("Nobody here has the address tom@example.org"));
}

#[test]
fn an_import_makes_what_is_missing_and_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backlog.csv");
    std::fs::write(&file, "Issue key,Summary\nOLD-1,Pay by card\nOLD-2,Pay by phone\n").unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["import", "jira-csv", file, "--product", "pay", "--json"];
    for (created, unchanged) in [(2, 0), (0, 2)] {
        let done = wherefore(folder.path(), &arguments);
        assert!(done.status.success(), "{}", err(&done));
        let report: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
        assert_eq!(
            (&report["created"], &report["unchanged"]),
            (&created.into(), &unchanged.into())
        );
    }
}

#[test]
fn a_broken_file_says_what_is_wrong_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.csv");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    let refused = wherefore(folder.path(), &["import", "jira-csv", file, "--product", "PAY"]);
    assert!(!refused.status.success() && out(&refused).is_empty());
    assert!(err(&refused).contains("The file is empty"), "{}", err(&refused));
    assert!(!folder.path().join("data").exists());
}

#[test]
fn an_agent_gets_the_registry_as_tools() {
    let folder = tempfile::tempdir().unwrap();
    let made = wherefore(folder.path(), &["token", "create", "--person", "ana@example.org"]);
    assert!(made.status.success(), "{}", err(&made));
    let mut agent = command(folder.path(), &["mcp", "--person", "ana@example.org"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = agent.stdin.take().unwrap();
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create-product","arguments":{"key":"PAY","name":"Pay"}}}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#,
    ] {
        writeln!(input, "{line}").unwrap();
    }
    let reader = std::io::BufReader::new(agent.stdout.take().unwrap());
    let mut answers = std::collections::HashMap::new();
    for line in std::io::BufRead::lines(reader) {
        let answer: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        answers.insert(answer["id"].as_i64().unwrap(), answer["result"].clone());
        if answers.len() == 3 {
            break;
        }
    }
    drop(input);
    agent.wait().unwrap();
    assert_eq!(answers[&1]["serverInfo"]["name"], "wherefore");
    assert_eq!(answers[&2]["isError"], false);
    let tools = answers[&3]["tools"].as_array().unwrap();
    assert!(tools.iter().any(|t| t["name"] == "path-to-why"));
}
