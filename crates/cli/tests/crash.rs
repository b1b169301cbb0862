//! `kill -9` in the middle of writes, again and again: whatever was acknowledged is there afterwards.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wherefore_testkit::{Program, Server, fresh_postgres, run};

const KILLS: u64 = 50;
const WRITERS: usize = 4;
/// How long the first write of a round may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is known of one item's title: as acknowledged, and as it may be if the last request was
/// carried out but its answer never came.
#[derive(Clone)]
struct Known {
    acknowledged: String,
    asked: Option<String>,
}

type Written = Mutex<HashMap<String, Known>>;

#[test]
fn acknowledged_writes_survive_on_sqlite() {
    let program = Program::new(env!("CARGO_BIN_EXE_wherefore"));
    let data = program.data();
    kill_again_and_again(&program, &["--data", &data]);
}

#[test]
fn acknowledged_writes_survive_on_postgres() {
    let database = run(fresh_postgres());
    let program = Program::new(env!("CARGO_BIN_EXE_wherefore"));
    kill_again_and_again(&program, &["--database", database.url()]);
}

fn kill_again_and_again(program: &Program, storage: &[&str]) {
    let create = [&["token", "create", "--person", "ana@example.org"], storage].concat();
    let token = program.done(&create);
    let mut server = program.serve(storage);
    let product = json!({ "key": "PAY", "name": "Pay" });
    assert_eq!(server.api(&token, "POST", "/products", product).0, 201);
    let all = Written::default();
    for kill in 0..KILLS {
        let round = Written::default();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (server, token, round) = (&server, &token, &round);
                scope.spawn(move || write(server, token, round, &format!("{kill}.{writer}")));
            }
            let started = Instant::now();
            while round.lock().expect("free").is_empty() && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
            // Spread over what a request takes, so that each stage of it is hit.
            std::thread::sleep(Duration::from_millis(kill * 37 % 170));
            server.signal("-KILL");
        });
        server.kill();
        server = program.serve(storage);
        let round = round.into_inner().expect("no writer panicked");
        assert!(!round.is_empty(), "nothing was written before kill {kill}");
        check(&server, &token, &round);
        all.lock().expect("free").extend(round);
    }
    check(&server, &token, &all.into_inner().expect("free"));
}

/// Creates items and renames each, until the server no longer answers.
fn write(server: &Server, token: &str, written: &Written, name: &str) {
    for n in 0.. {
        let title = format!("item {name}.{n}");
        let body = json!({ "product": "PAY", "title": title });
        let Some((201, made)) = server.try_api(token, "POST", "/work-items", body) else { return };
        let key = made["key"].as_str().expect("a key").to_owned();
        let (renamed, path) = (format!("{title}, renamed"), format!("/work-items/{key}"));
        let known = Known { acknowledged: title, asked: Some(renamed.clone()) };
        written.lock().expect("free").insert(key.clone(), known);
        let answer = server.try_api(token, "PATCH", &path, json!({ "title": renamed }));
        let Some((200, _)) = answer else { return };
        let known = Known { acknowledged: renamed, asked: None };
        written.lock().expect("free").insert(key, known);
    }
}

fn check(server: &Server, token: &str, written: &HashMap<String, Known>) {
    for (key, known) in written {
        let (status, item) = server.api(token, "GET", &format!("/work-items/{key}"), Value::Null);
        assert_eq!(status, 200, "{key} was acknowledged and is gone: {item}");
        let title = item["title"].as_str().expect("a title");
        let fits = title == known.acknowledged || known.asked.as_deref() == Some(title);
        assert!(fits, "{key} is “{title}”, acknowledged was “{}”", known.acknowledged);
    }
}
