//! Every action and query from a shell, on a folder, through the server that holds it, and at a
//! server with a token: the thread from words to a story, without a browser.

use serde_json::Value as Json;
use wherefore_testkit::Program;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

/// From what somebody said to a story that serves it; `reach` says where.
fn thread(program: &Program, reach: &[&str]) {
    let call = |words: &[&str]| -> Json {
        let said = program.done(&[&["call"], words, reach].concat());
        serde_json::from_str(&said).expect("JSON")
    };
    let key = |made: &Json| made["key"].as_str().expect("a key").to_owned();
    call(&["create-product", "key=PAY", "name=Pay"]);
    let words = "verbatim=I paid twice = and nobody answered";
    let heard = key(&call(&["record-evidence", "product=PAY", words, "source=Amina"]));
    let need = r#"{"product": "PAY", "title": "Pay once", "kind": "user", "segment": "commuters"}"#;
    let need = key(&call(&["create-need", "--input", need]));
    call(&["add-link", &format!("from={heard}"), &format!("to={need}")]);
    let story = call(&[
        "create-work-item",
        "product=PAY",
        "title=Stop the second payment",
        "points=3",
        "labels=money",
        "labels=trust",
    ]);
    assert_eq!(
        (&story["points"], &story["labels"]),
        (&3.0.into(), &serde_json::json!(["money", "trust"]))
    );
    let story = key(&story);
    call(&["add-link", &format!("from={story}"), &format!("to={need}")]);
    let path = call(&["path-to-why", &format!("key={story}")]).to_string();
    assert!(path.contains(&heard) && path.contains(&need), "{path}");
    let listed = call(&["list-work-items", "product=PAY", "label=trust"]);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[test]
fn on_a_folder() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    thread(&program, &["--data", &data]);
    let seen = program.done(&[
        "call",
        "get-work-item",
        "key=PAY-3",
        "--person",
        "ana@example.org",
        "--data",
        &data,
    ]);
    assert!(seen.contains("Stop the second payment"), "{seen}");
}

#[test]
fn through_the_server_that_holds_the_folder() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let _server = program.serve(&["--data", &data]);
    thread(&program, &["--data", &data]);
}

#[test]
fn at_a_server_with_a_token() {
    let program = program();
    let data = program.data();
    let token = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let server = program.serve(&["--data", &data]);
    let reach = ["--server", server.url(), "--token", &token];
    thread(&program, &reach);
    let odd =
        program.refused(&[&["call", "get-work-item", "key=../products"], &reach[..]].concat());
    assert!(odd.contains("not found") || odd.contains("no "), "a key is never a path: {odd}");
    let missing = program.refused(&[&["call", "get-work-item"], &reach[..]].concat());
    assert!(missing.contains("needs key=…"), "{missing}");
}

#[test]
fn what_cannot_be_done_says_what_can() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let refused =
        |words: &[&str]| program.refused(&[&["call"], words, &["--data", &data]].concat());
    assert!(refused(&["record-feedback"]).contains("record-evidence"));
    assert!(refused(&["create-product", "title=Pay"]).contains("It takes: key, name"));
    assert!(refused(&["create-product", "Pay"]).contains("no FIELD=VALUE"));
    assert!(refused(&["create-product", "--input", "[]"]).contains("must be a JSON object"));
    assert!(refused(&["create-product", "key=PAY", "name="]).contains("name"));
    assert!(refused(&["list-products", "--person", "tom@example.org"]).contains("Nobody here"));
    assert!(program.done(&["call"]).contains("record-evidence"));
    assert!(program.done(&["call", "create-product", "--schema"]).contains("\"properties\""));
}
