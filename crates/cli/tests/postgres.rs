//! PostgreSQL that goes away and comes back, and two servers on one database.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wherefore_testkit::{Postgres, Program, Server, fresh_postgres, run};

const PATIENCE: Duration = Duration::from_secs(20);

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

/// Sets the server up in its one-time link, as a browser does: the cookie of the owner.
fn set_up(server: &Server) -> String {
    let fields = [
        ("workspace", "Harbour"),
        ("name", "Ana"),
        ("email", "ana@example.org"),
        ("password", "a long way to the sea"),
        ("product_name", "Pay"),
        ("product_key", "PAY"),
    ];
    let answer = server
        .agent()
        .post(format!("{}{}", server.url(), server.link()))
        .header("sec-fetch-site", "same-origin")
        .send_form(fields)
        .expect("an answer");
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

/// The data of each event that the server streams from now on.
fn listen(server: &Server, cookie: &str) -> Receiver<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(None).build().into();
    let answer = agent.get(format!("{}/live", server.url())).header("cookie", cookie).call();
    let body = answer.expect("a stream").into_body();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in std::io::BufReader::new(body.into_reader()).lines() {
            let Ok(line) = line else { return };
            if let Some(data) = line.strip_prefix("data:") {
                let _ = tell.send(serde_json::from_str(data.trim()).expect("JSON"));
            }
        }
    });
    told
}

fn create(server: &Server, token: &str, title: &str) -> (u16, Value) {
    server.api(token, "POST", "/work-items", json!({ "product": "PAY", "title": title }))
}

#[test]
fn a_change_on_one_node_is_seen_on_the_other() {
    let (program, database) = (program(), run(fresh_postgres()));
    let storage = ["--database", database.url()];
    let one = program.serve(&storage);
    let cookie = set_up(&one);
    let other = program.serve(&storage);
    let token =
        program.done(&[&["token", "create", "--person", "ana@example.org"], &storage[..]].concat());
    let told = listen(&other, &cookie);
    for (from, title) in [(&one, "From the one"), (&other, "From the other")] {
        assert_eq!(create(from, &token, title).0, 201);
        let news = told.recv_timeout(PATIENCE).expect("the news arrive");
        assert_eq!(news["product"], "PAY");
    }
}

/// Asks until the status comes, for a while.
fn until(server: &Server, token: &str, wanted: u16) -> Value {
    let started = Instant::now();
    loop {
        let path = "/work-items?product=PAY";
        let (status, answer) = server.api(token, "GET", path, Value::Null);
        if status == wanted {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{status} and not {wanted}: {answer}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn postgres_goes_and_comes_back() {
    let program = program();
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let url = postgres.url();
    let storage = ["--database", url.as_str()];
    let server = program.serve(&storage);
    let cookie = set_up(&server);
    let other = program.serve(&storage);
    let token =
        program.done(&[&["token", "create", "--person", "ana@example.org"], &storage[..]].concat());
    assert_eq!(create(&server, &token, "Before").0, 201);
    let told = listen(&other, &cookie);

    postgres.stop().expect("PostgreSQL stops");
    let answer = until(&server, &token, 503);
    let said = answer["error"]["message"].as_str().expect("a message").to_owned();
    assert!(said.contains("database"), "{said}");
    let path = format!("{}/p/PAY/backlog", server.url());
    let page = server.agent().get(path).header("cookie", &cookie).call().expect("an answer");
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    assert_eq!(server.get("/readyz").0, 503);
    assert_eq!(server.get("/healthz").0, 200);

    postgres.serve().expect("PostgreSQL starts again");
    until(&server, &token, 200);
    assert_eq!(server.get("/readyz").0, 200);
    assert_eq!(create(&server, &token, "After").0, 201);
    told.recv_timeout(PATIENCE).expect("news are heard again on the other node");
}

#[test]
fn a_server_waits_for_postgres_at_its_start() {
    let program = program();
    let mut postgres = Postgres::prepare().expect("a cluster can be made");
    let url = postgres.url();
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = port.local_addr().expect("bound").to_string();
    drop(port);
    let mut server = program.start(&["--database", &url, "--listen", &address]);
    let started = Instant::now();
    let meanwhile = loop {
        match server.agent().get(format!("http://{address}/")).call() {
            Ok(answer) => break answer,
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
        assert!(started.elapsed() < PATIENCE, "nothing answers: {}", server.said());
    };
    assert_eq!(meanwhile.status(), 503);
    assert!(meanwhile.headers().contains_key("retry-after"));
    let said = server.said();
    assert!(said.contains("cannot be used") && said.contains("tries again by itself"), "{said}");

    postgres.serve().expect("PostgreSQL starts");
    server.wait_for_address();
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn what_no_waiting_mends_fails_at_once() {
    let (program, database) = (program(), run(fresh_postgres()));
    let missing = format!("{}_missing", database.url());
    let said = program.refused(&["serve", "--database", &missing, "--listen", "127.0.0.1:0"]);
    assert!(said.contains("does not exist"), "{said}");
}

#[test]
fn a_server_that_waits_can_be_stopped() {
    let program = program();
    let mut server = program.start(&["--database", "postgres://nobody@127.0.0.1:1/none"]);
    let started = Instant::now();
    while !server.said().contains("tries again by itself") {
        assert!(started.elapsed() < PATIENCE, "it says nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
    server.terminate();
    let status = server.ended(PATIENCE).expect("it ends");
    assert!(status.success(), "{status}");
}
