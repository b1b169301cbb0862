//! A file of 100 MB through a running server: it works or is refused in words, in bounded memory.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};
use wherefore_testkit::{Program, Server};

const SIZE: usize = 100 * 1024 * 1024;
/// What the server may take at its peak: the file some times over.
const MEMORY_MB: u64 = 1_000;

/// Rows like a real export's, each with a description of some pages.
fn backlog() -> String {
    let mut text = String::with_capacity(SIZE + 10_000);
    text.push_str("Issue key,Summary,Status,Description\n");
    for n in 1.. {
        if text.len() >= SIZE {
            break;
        }
        write!(text, "BIG-{n},Item {n},To Do,\"").expect("memory");
        for line in 0..100 {
            writeln!(text, "Line {line} of item {n}: *the* fare is {{{{wrong}}}} here.")
                .expect("memory");
        }
        text.push_str("\"\n");
    }
    text
}

/// The most memory that the server ever had.
fn peak_mb(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()));
    let status = status.expect("Linux tells of its processes");
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") / 1024
}

#[test]
fn a_file_of_100_mb_is_taken_or_refused_in_bounded_memory() {
    let program = Program::new(env!("CARGO_BIN_EXE_wherefore"));
    let data = program.data();
    let token = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let server = program.serve(&["--data", &data]);
    assert_eq!(
        server.api(&token, "POST", "/products", json!({ "key": "PAY", "name": "Pay" })).0,
        201
    );
    let send = |file: &str, dry_run: bool| -> (u16, Value) {
        let address = format!("{}/api/v1/imports", server.url());
        let request = server.agent().post(address).query("product", "PAY");
        let request = request.query("dry_run", dry_run.to_string());
        let request = request.header("Authorization", format!("Bearer {token}"));
        let request = request.config().timeout_global(Some(Duration::from_secs(200))).build();
        let mut answer = request.send(file).expect("an answer");
        let body = answer.body_mut().with_config().limit(1 << 30).read_json();
        (answer.status().as_u16(), body.expect("JSON"))
    };
    let mut file = backlog();
    let (status, report) = send(&file, true);
    assert_eq!(status, 200, "{report}");
    let created = &report["report"]["created"];
    assert!(created.as_u64().is_some_and(|n| n > 15_000), "{created}");

    file.push_str("BIG-0,Cut off,To Do,\"and then");
    let (status, answer) = send(&file, false);
    assert_eq!(status, 422, "{answer}");
    let said = answer["error"]["message"].as_str().expect("words");
    assert!(said.contains("never closed") && said.contains("export it again"), "{said}");
    let list = server.api(&token, "GET", "/work-items?product=PAY", Value::Null).1;
    assert_eq!(list["items"], json!([]));
    let peak = peak_mb(&server);
    assert!(peak < MEMORY_MB, "the server took {peak} MB");
}
