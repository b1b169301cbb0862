//! Keeping an installation: backups while it serves, moving to the other engine, exports and their
//! import, and what an operator puts right.

use std::time::Duration;

use serde_json::{Value, json};
use wherefore_testkit::{Program, Server, empty_postgres, run};

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

fn add(server: &Server, token: &str, title: &str) -> String {
    let item = json!({ "product": "PAY", "title": title });
    let (status, made) = server.api(token, "POST", "/work-items", item);
    assert_eq!(status, 201, "{made}");
    made["key"].as_str().expect("a key").to_owned()
}

#[test]
fn a_backup_is_made_while_others_write_and_moves_to_the_other_engine_and_back() {
    let (program, server, token) = served();
    let data = program.data();
    for n in 0..20 {
        add(&server, &token, &format!("Item {n}"));
    }
    let files = program.folder().join("data/files/ab");
    std::fs::create_dir_all(&files).expect("writable");
    std::fs::write(files.join("plan.pdf"), "a plan").expect("writable");
    program.give(&program.folder().join("data/files"));
    program.give(&files);
    let file = program.folder().join("w.tar.gz").display().to_string();
    let summary = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            (0..20).for_each(|n| drop(add(&server, &token, &format!("Meanwhile {n}"))));
        });
        let made = program.done(&["backup", &file, "--json", "--data", &data]);
        writer.join().expect("nobody was held up");
        made
    });
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    let items = summary["tables"]["work_item"]["count"].as_u64().expect("a count");
    assert!((20..=40).contains(&items), "{items}");
    assert_eq!(summary["files"]["count"], 1);
    let said = program.refused(&["backup", &file, "--data", &data]);
    assert!(said.contains("is there already"), "{said}");
    let said = program.refused(&["restore", &file, "--data", &data]);
    assert!(said.contains("in use") || said.contains("not empty"), "{said}");
    drop(server);

    run(async {
        let database = empty_postgres().await;
        let url = database.url().to_owned();
        let (moved, back) = (program.folder().join("moved"), program.folder().join("back"));
        let (moved, back) = (moved.display().to_string(), back.display().to_string());
        tokio::task::block_in_place(|| {
            let said = program.refused(&["restore", &file, "--database", &url]);
            assert!(said.contains("--files"), "{said}");
            program.done(&["restore", &file, "--database", &url, "--files", &moved]);
            let server = program.serve(&["--database", &url]);
            let (status, _) = server.api(&token, "GET", "/search?q=Item", Value::Null);
            assert_eq!(status, 401, "no token of before opens what was restored");
            let token = program.done(&[
                "token",
                "create",
                "--person",
                "ana@example.org",
                "--database",
                &url,
            ]);
            let (_, found) = server.api(&token, "GET", "/search?q=Item", Value::Null);
            assert!(found.to_string().contains("Item 7"), "{found}");
            let next = add(&server, &token, "On the other engine");
            drop(server);
            let second = program.folder().join("second.tar.gz").display().to_string();
            program.done(&["backup", &second, "--database", &url, "--files", &moved]);
            program.done(&["restore", &second, "--data", &back]);
            let server = program.serve(&["--data", &back]);
            let token =
                program.done(&["token", "create", "--person", "ana@example.org", "--data", &back]);
            let (_, item) = server.api(&token, "GET", &format!("/work-items/{next}"), Value::Null);
            assert_eq!(item["title"], "On the other engine");
            let kept = std::fs::read(format!("{back}/files/ab/plan.pdf")).expect("kept");
            assert_eq!(kept, b"a plan");
            let said = program.refused(&["restore", &second, "--database", &url]);
            assert!(said.contains("not empty"), "{said}");
        });
    });
}

#[test]
fn nothing_is_taken_for_a_backup_and_nothing_for_an_installation() {
    let program = program();
    let (data, file) = (program.data(), program.folder().join("w.tar.gz"));
    let file = file.to_str().expect("a path");
    let said = program.refused(&["backup", file, "--data", &data]);
    assert!(said.contains("There is no Wherefore in"), "{said}");
    assert!(!std::path::Path::new(file).exists());
    std::fs::write(file, "hello").expect("writable");
    let said = program.refused(&["restore", file, "--data", &data]);
    assert!(said.contains("no backup of Wherefore"), "{said}");
    let left: Vec<_> = std::fs::read_dir(&data).map_or(Vec::new(), |all| {
        all.filter_map(|e| Some(e.ok()?.file_name())).filter(|n| n != "wherefore.lock").collect()
    });
    assert!(left.is_empty(), "{left:?}");
    let said = program.refused(&["restore", file]);
    assert!(said.contains("--data"), "{said}");
}

#[test]
fn an_export_is_imported_once_and_its_keys_stay() {
    let (program, server, token) = served();
    let data = program.data();
    let epic = json!({ "product": "PAY", "title": "Pay anywhere", "level": "epic" });
    let (_, epic) = server.api(&token, "POST", "/work-items", epic);
    let story = json!({ "product": "PAY", "title": "Pay by card", "body": "With *words*.",
        "parent": epic["key"], "labels": ["card"], "points": 3 });
    let (status, story) = server.api(&token, "POST", "/work-items", story);
    assert_eq!(status, 201, "{story}");
    let key = story["key"].as_str().expect("a key");
    let words = json!({ "body": "Seen it" });
    assert!(server.api(&token, "POST", &format!("/items/{key}/comments"), words).0 < 300);
    let other = add(&server, &token, "Pay by phone");
    let link = json!({ "from": key, "to": other, "kind": "blocks" });
    let (status, told) = server.api(&token, "POST", "/links", link);
    assert!(status < 300, "{told}");
    let at = |name: &str| program.folder().join(name).display().to_string();

    // Through the server that holds the folder, at a server, and on the folder itself: the same.
    let through = at("through.tar.gz");
    assert_eq!(
        program.done(&["export", "--product", "PAY", "--out", &through, "--data", &data]),
        through
    );
    let (remote, url) = (at("remote"), server.url().to_owned());
    let ask = [
        "export",
        "--product",
        "PAY",
        "--format",
        "markdown",
        "--out",
        &remote,
        "--server",
        &url,
        "--token",
        &token,
    ];
    program.done(&ask);
    let page =
        std::fs::read_to_string(format!("{remote}/PAY/work-items/{key}.md")).expect("a page");
    assert!(page.contains("# Pay by card") && page.contains("With *words*."), "{page}");
    let said = program.refused(&[
        "export",
        "--product",
        "NONE",
        "--out",
        &at("none.tar.gz"),
        "--data",
        &data,
    ]);
    assert!(said.contains("no product") || said.contains("product"), "{said}");
    drop(server);
    let plain = at("plain");
    program.done(&[
        "export",
        "--product",
        "PAY",
        "--format",
        "csv",
        "--out",
        &plain,
        "--data",
        &data,
    ]);
    assert!(std::path::Path::new(&format!("{plain}/PAY/work-items.csv")).exists());

    // The checksum of all, at the very end, is looked at before anything is made.
    let mut bytes = std::fs::read(&through).expect("readable");
    let sum = bytes.len() - 6;
    bytes[sum] ^= 0x40;
    let (harmed, untouched) = (at("harmed.tar.gz"), at("untouched"));
    std::fs::write(&harmed, bytes).expect("writable");
    let import = ["import", "wherefore-json", &harmed, "--product", "PAY", "--data", &untouched];
    let said = program.refused(&import);
    assert!(said.contains("corrupt gzip stream"), "{said}");

    let fresh = at("fresh");
    let import =
        ["import", "wherefore-json", &through, "--product", "PAY", "--json", "--data", &fresh];
    for (created, unchanged) in [(3, 0), (0, 3)] {
        let report: Value = serde_json::from_str(&program.done(&import)).expect("JSON");
        assert_eq!(
            (&report["created"], &report["unchanged"]),
            (&created.into(), &unchanged.into()),
            "{report}"
        );
    }
    let token = program.done(&["token", "create", "--person", "owner@localhost", "--data", &fresh]);
    let server = program.serve(&["--data", &fresh]);
    let (_, item) = server.api(&token, "GET", &format!("/work-items/{key}"), Value::Null);
    assert_eq!((&item["title"], &item["parent"]), (&story["title"], &story["parent"]), "{item}");
    let (_, comments) = server.api(&token, "GET", &format!("/items/{key}/comments"), Value::Null);
    assert!(comments.to_string().contains("Seen it"), "{comments}");
}

#[test]
fn an_operator_puts_right_what_nobody_else_can() {
    let (program, server, token) = served();
    let data = program.data();
    let on = |rest: &[&str]| program.done(&[&["admin"], rest, &["--data", &data]].concat());
    let people = on(&["people"]);
    assert!(people.contains("ana@example.org") && people.contains("owner"), "{people}");
    assert!(on(&["check"]).contains("all is as it should be"));
    assert!(on(&["reindex"]).contains("0 texts"));
    on(&["rename", "Harbour"]);
    on(&["archive"]);
    let item = json!({ "product": "PAY", "title": "Late" });
    assert_eq!(server.api(&token, "POST", "/work-items", item).0, 403);
    on(&["reopen"]);
    add(&server, &token, "In time");
    on(&["end-access", "--person", "ana@example.org", "--tokens"]);
    assert_eq!(server.api(&token, "GET", "/products", Value::Null).0, 401);
    let ana = ["admin", "deactivate", "--person", "ana@example.org", "--data", &data];
    let said = program.refused(&ana);
    assert!(said.contains("yourself") || said.contains("owner"), "{said}");
    server.terminate();
    std::thread::sleep(Duration::from_millis(500));
    drop(server);
    assert!(on(&["people"]).contains("ana@example.org"));
}
