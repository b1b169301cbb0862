//! The commands as a script meets them: results on standard output, the rest on standard error,
//! exit code 0 only where all was done.

use std::io::Write;
use std::process::Stdio;

use wherefore_testkit::Program;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

#[test]
fn a_token_stands_alone_on_standard_output() {
    let program = program();
    let data = program.data();
    let made = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    assert!(made.starts_with("wf_") && made.lines().count() == 1, "{made}");
    let said =
        program.refused(&["token", "create", "--person", "tom@example.org", "--data", &data]);
    assert!(said.contains("Nobody here has the address tom@example.org"), "{said}");
}

#[test]
fn an_import_makes_what_is_missing_and_again_changes_nothing() {
    let program = program();
    let (data, file) = (program.data(), program.folder().join("backlog.csv"));
    std::fs::write(&file, "Issue key,Summary\nOLD-1,Pay by card\nOLD-2,Pay by phone\n").unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["import", "jira-csv", file, "--product", "pay", "--json", "--data", &data];
    for (created, unchanged) in [(2, 0), (0, 2)] {
        let report: serde_json::Value = serde_json::from_str(&program.done(&arguments)).unwrap();
        assert_eq!(
            (&report["created"], &report["unchanged"]),
            (&created.into(), &unchanged.into())
        );
    }
}

#[test]
fn a_broken_file_says_what_is_wrong_and_leaves_nothing() {
    let program = program();
    let (data, file) = (program.data(), program.folder().join("empty.csv"));
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    let said = program.refused(&["import", "jira-csv", file, "--product", "PAY", "--data", &data]);
    assert!(said.contains("The file is empty"), "{said}");
    assert!(!std::path::Path::new(&data).exists());
}

#[test]
fn an_agent_gets_the_registry_as_tools() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let mut agent = program
        .command(&["mcp", "--person", "ana@example.org", "--data", &data])
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
