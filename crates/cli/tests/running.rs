//! A server at work: commands on the folder that it holds, its orderly end, clients that dribble.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wherefore_testkit::{Program, Server};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

fn served() -> (Program, Server, String) {
    let program = program();
    let data = program.data();
    let token = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let server = program.serve(&["--data", &data]);
    let product = json!({ "key": "PAY", "name": "Pay" });
    assert_eq!(server.api(&token, "POST", "/products", product).0, 201);
    (program, server, token)
}

#[test]
fn commands_go_through_the_server_that_holds_the_folder() {
    let (program, server, _) = served();
    let data = program.data();
    let on = |command: &[&str]| program.done(&[command, &["--data", &data]].concat());
    let token = on(&["token", "create", "--person", "ana@example.org"]);
    assert_eq!(server.api(&token, "GET", "/products", Value::Null).0, 200);

    let link = on(&["invite", "--role", "guest"]);
    let path = link.strip_prefix(server.url()).expect("the running server's address");
    assert_eq!(server.get(path).0, 200, "{link}");
    let link = on(&["reset-link", "--person", "ana@example.org", "--public-url", "https://w.org"]);
    let path = link.strip_prefix("https://w.org").expect("the address that was asked for");
    assert_eq!(server.get(path).0, 200, "{link}");

    let file = program.folder().join("backlog.csv");
    std::fs::write(&file, "Issue key,Summary\nOLD-1,Zahlen für alle\n").expect("writable");
    let file = file.to_str().expect("a path");
    let report = on(&["import", "jira-csv", file, "--product", "NEW", "--json"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["created"], 1, "{report}");
    let (_, item) = server.api(&token, "GET", "/work-items/OLD-1", Value::Null);
    assert_eq!(item["title"], "Zahlen für alle");

    let said = program.refused(&["reset-link", "--person", "tom@example.org", "--data", &data]);
    assert!(said.contains("Nobody here has the address tom@example.org"), "{said}");
    std::fs::write(file, "").expect("writable");
    let import = ["import", "jira-csv", file, "--product", "NEW", "--data", &data];
    assert!(program.refused(&import).contains("The file is empty"));
}

#[test]
fn an_agent_works_through_the_server_that_holds_the_folder() {
    let (program, server, token) = served();
    let data = program.data();
    let mut agent = program
        .command(&["mcp", "--person", "ana@example.org", "--data", &data])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = agent.stdin.take().expect("piped");
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create-work-item","arguments":{"product":"PAY","title":"By an agent"}}}"#,
    ] {
        writeln!(input, "{line}").expect("it listens");
    }
    let lines =
        std::io::BufRead::lines(std::io::BufReader::new(agent.stdout.take().expect("piped")));
    let answers: Vec<Value> =
        lines.take(2).map(|l| serde_json::from_str(&l.expect("a line")).expect("JSON")).collect();
    drop(input);
    agent.wait().expect("it ends");
    assert_eq!(answers[1]["result"]["isError"], false, "{answers:?}");
    let (_, item) = server.api(&token, "GET", "/work-items/PAY-1", Value::Null);
    assert_eq!(item["title"], "By an agent");
}

#[test]
fn the_door_is_for_the_servers_user_alone() {
    let (program, mut server, _) = served();
    let data = program.data();
    let sign = Path::new(&data).join("wherefore.door");
    let mode = std::fs::metadata(&sign).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told: Value = serde_json::from_slice(&std::fs::read(&sign).expect("ours")).expect("JSON");
    let address = told["address"].as_str().expect("an address");
    assert!(address.starts_with("127.0.0.1:"));
    let body = r#"{"token":{"person":"ana@example.org"}}"#;
    for secret in ["", "wfd_wrong"] {
        let agent = server.agent().post(format!("http://{address}/"));
        let answer = agent.header("Authorization", secret).send(body).expect("an answer");
        assert_eq!(answer.status(), 401);
    }
    server.terminate();
    assert!(server.ended(Duration::from_secs(10)).expect("it ends").success());
    assert!(!sign.exists());
}

#[test]
fn a_held_folder_without_a_door_is_told() {
    let (program, _server, _) = served();
    let data = program.data();
    std::fs::remove_file(Path::new(&data).join("wherefore.door")).expect("it is there");
    for command in [vec!["token", "create", "--person", "ana@example.org"], vec!["invite"]] {
        let said = program.refused(&[&command[..], &["--data", &data]].concat());
        assert!(said.contains("in use by another Wherefore process"), "{said}");
        assert!(said.contains("try again"), "{said}");
    }
    let said = program.refused(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(said.contains("in use by another Wherefore process"), "{said}");
}

/// Sends the head of a request and a first part of its body.
fn begin(server: &Server, token: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    let (half, length) = (&body[..body.len() / 2], body.len());
    let head = format!(
        "POST /api/v1/work-items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{half}"
    );
    stream.write_all(head.as_bytes()).expect("it listens");
    stream
}

#[test]
fn a_stopping_server_finishes_what_is_open() {
    for signal in ["-TERM", "-INT"] {
        let (program, mut server, token) = served();
        let data = program.data();
        let body = r#"{"product":"PAY","title":"Sent while it stopped"}"#;
        let mut open = begin(&server, &token, body);
        let _idle = TcpStream::connect(server.address()).expect("it listens");
        std::thread::sleep(Duration::from_millis(200));
        server.signal(signal);
        assert!(server.ended(Duration::from_millis(500)).is_none(), "a request was cut off");
        assert!(TcpStream::connect(server.address()).is_err(), "it takes new connections");
        open.write_all(&body.as_bytes()[body.len() / 2..]).expect("it still listens");
        let mut answer = String::new();
        open.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let status = server.ended(Duration::from_secs(20)).expect("it ends");
        assert!(status.success(), "{status}: {}", server.said());
        let server = program.serve(&["--data", &data]);
        let (_, item) = server.api(&token, "GET", "/work-items/PAY-1", Value::Null);
        assert_eq!(item["title"], "Sent while it stopped");
    }
}

#[test]
fn event_streams_end_with_the_server() {
    let program = program();
    let data = program.data();
    let mut server = program.serve(&["--data", &data]);
    let fields = [
        ("workspace", "W"),
        ("name", "Ana"),
        ("email", "ana@example.org"),
        ("password", "a long way to the sea"),
        ("product_name", "Pay"),
        ("product_key", "PAY"),
    ];
    let link = format!("{}{}", server.url(), server.link());
    let form = server.agent().post(link).header("origin", server.url());
    let answer = form.send_form(fields).expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    let stream = server.agent().get(format!("{}/live", server.url())).header("cookie", &cookie);
    let stream = stream.call().expect("a stream");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let reader = std::thread::spawn(move || stream.into_body().read_to_string());
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    let status = server.ended(Duration::from_secs(5)).expect("it ends soon");
    assert!(status.success(), "{status}: {}", server.said());
    reader.join().expect("no panic").expect("the stream ended in order");
}

#[test]
fn a_client_that_dribbles_is_let_go() {
    let (_program, server, _) = served();
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("settable");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow:").expect("it listens");
    let started = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(started.elapsed() < Duration::from_secs(30), "it was let wait too long");
    assert_eq!(server.get("/healthz").0, 200);
}

#[test]
fn a_programs_requests_can_be_limited() {
    let program = program();
    let data = program.data();
    let token = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let server = program.serve(&["--data", &data, "--api-rate", "20"]);
    let ask = || server.api(&token, "GET", "/products", Value::Null);
    let served = (0..30).take_while(|_| ask().0 == 200).count();
    assert!((20..25).contains(&served), "{served} of 20 a minute were let in");
    let (status, answer) = ask();
    assert_eq!((status, &answer["error"]["code"]), (429, &json!("too-many")), "{answer}");
}
