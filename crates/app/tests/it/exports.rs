//! Exports: everything that one may see, in formats that other programs take.

use std::collections::BTreeMap;
use std::io::Read;

use axum::body::Body;
use axum::http::Request;
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::files::{Files, Limits};
use wherefore_app::kernel::{Actor, Role, Via};
use wherefore_app::thread::attachments;
use wherefore_app::thread::export::make_waiting;
use wherefore_app::thread::import::{Report, import};
use wherefore_testkit::{Persona, TestApp, World, both_engines, fresh_sqlite};

async fn fetch(world: &World, who: Persona, path: &str) -> (u16, Vec<u8>) {
    let request = world.with_token(who, Request::builder().uri(format!("/api/v1{path}")));
    let answer = world.send(request.body(Body::empty()).expect("valid")).await;
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.expect("whole").to_bytes().to_vec())
}

fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let all = tar.entries().expect("a tar").map(|entry| {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        (name, text)
    });
    all.collect()
}

async fn filled(app: TestApp) -> (World, String) {
    let world = World::new(app).await;
    let said = json!({ "product": "OPEN", "title": "=They ask", "verbatim": "I could not, \"really\"\nnot", "source": "Ana" });
    world.post(Persona::Member, "/evidence", said).await;
    let mut last = String::new();
    for n in 0..310 {
        let item = json!({ "product": "OPEN", "title": format!("Item {n}"), "body": "One\n\ntwo" });
        let made = world.post(Persona::Member, "/work-items", item).await;
        last = made["key"].as_str().expect("a key").to_owned();
    }
    let secret = json!({ "product": "PRIV", "title": "Hidden" });
    let secret = world.post(Persona::Owner, "/work-items", secret).await;
    let link = json!({ "from": last, "to": secret["key"], "kind": "blocks" });
    world.post(Persona::Owner, "/links", link).await;
    world
        .post(Persona::Member, &format!("/items/{last}/comments"), json!({ "body": "Seen" }))
        .await;
    (world, last)
}

both_engines! {
    async fn an_export_holds_what_one_may_see(app) {
        let (world, last) = filled(app).await;
        let (status, archive) = fetch(&world, Persona::Member, "/products/OPEN/export").await;
        assert_eq!(status, 200);
        let all = files(&archive);
        let items: Vec<Value> = all["OPEN/work-items.jsonl"]
            .lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(items.len(), 310);
        let newest = items.iter().find(|i| i["key"] == last.as_str()).expect("the last");
        assert!(newest["reporter"].is_string() && newest["reporter_id"].is_string(), "{newest}");
        assert!(all["OPEN/evidence.jsonl"].contains("I could not, "));
        assert!(all["OPEN/comments.jsonl"].contains(&format!("\"object\":\"{last}\"")));
        assert!(all["OPEN/history.jsonl"].lines().count() > 310);
        // The other end of the link is in a product that a member does not see.
        let link = &all["OPEN/links.jsonl"];
        assert!(link.contains(&format!("\"from\":\"{last}\"")) && !link.contains("PRIV-1"), "{link}");
        let (_, mine) = fetch(&world, Persona::Owner, "/products/OPEN/export").await;
        assert!(files(&mine)["OPEN/links.jsonl"].contains("PRIV-1"));

        assert_eq!(fetch(&world, Persona::Member, "/products/PRIV/export").await.0, 404);
        assert_eq!(fetch(&world, Persona::Nobody, "/products/OPEN/export").await.0, 401);
        assert_eq!(fetch(&world, Persona::Member, "/products/OPEN/export?format=doc").await.0, 422);
        let (_, guest) = fetch(&world, Persona::Guest, "/export").await;
        let folders: Vec<_> = files(&guest).into_keys().filter(|n| n.contains('/')).collect();
        assert!(folders.iter().all(|name| name.starts_with("OPEN/")) && !folders.is_empty());
        assert_eq!(fetch(&world, Persona::Nobody, "/export").await.0, 401);
    }

    async fn tables_and_pages_read_well(app) {
        let (world, last) = filled(app).await;
        let (_, archive) = fetch(&world, Persona::Member, "/products/OPEN/export?format=csv").await;
        let all = files(&archive);
        let table = &all["OPEN/evidence.csv"];
        assert!(table.contains("'=They ask") && table.contains("\"I could not, \"\"really\"\"\nnot\""), "{table}");
        assert!(all["OPEN/work-items.csv"].starts_with("key,id,title,"));
        assert_eq!(all["OPEN/work-items.csv"].matches("\r\n").count(), 311);
        let (_, archive) = fetch(&world, Persona::Member, "/products/OPEN/export?format=markdown").await;
        let all = files(&archive);
        let page = &all[&format!("OPEN/work-items/{last}.md")];
        assert!(page.contains("# Item 309\n") && page.contains("One\n\ntwo"), "{page}");
    }

    async fn an_export_brings_all_that_stands_beside_the_items(app) {
        let world = World::new(app).await;
        let made = about_everything(&world).await;
        let (_, archive) = fetch(&world, Persona::Member, "/products/OPEN/export").await;
        let told = brought(&world, &archive).await;
        let line = |report: &Report, noun: &str| {
            report.nouns.iter().find(|l| l.noun == noun).map(|l| (l.new, l.here, l.lost))
        };
        for noun in [
            "evidence", "needs", "objectives", "key results", "check ins", "opportunities", "decisions",
            "releases", "pages", "views", "questions", "comments",
        ] {
            assert_eq!(line(&told, noun), Some((1, 0, 0)), "{noun}: {:?}", told.nouns);
        }
        assert_eq!(line(&told, "links"), Some((3, 0, 0)), "{:?}", told.nouns);
        assert!(matches!(told.left_out.as_slice(), [only] if only.contains("lines of history")), "{:?}", told.left_out);
        let there = world.get(Persona::Stranger, "/work-items?product=OTHER").await;
        let key = there["items"][0]["key"].as_str().expect("a key").to_owned();
        let path = world.get(Persona::Stranger, &format!("/items/{key}/why")).await.to_string();
        for title in ["Waiting", "Pay in a minute", "They wait", "I waited an hour"] {
            assert!(path.contains(title), "{title} is not above: {path}");
        }
        for (list, words) in [
            ("/evidence?product=OTHER", "I waited an hour"),
            ("/objectives?product=OTHER", "Faster"),
            ("/decisions?product=OTHER", "Make it ourselves"),
            ("/releases?product=OTHER", "Spring"),
            ("/pages?product=OTHER", "Handbook"),
            ("/views?product=OTHER", "All bugs"),
        ] {
            let found = world.get(Persona::Stranger, list).await.to_string();
            assert!(found.contains(words), "{list}: {found}");
        }
        let results = world.get(Persona::Stranger, "/objectives?product=OTHER").await.to_string();
        assert!(results.contains("\"current\":4.0"), "its check-in came: {results}");

        // Renamed here, it stays as it is; and the second time nothing at all is written.
        let need = world.get(Persona::Stranger, "/needs?product=OTHER").await;
        let need = need["items"][0]["key"].as_str().expect("a need").to_owned();
        let renamed = world.api(Persona::Stranger, "PATCH", &format!("/api/v1/needs/{need}"), json!({ "title": "Pay at once" })).await;
        assert_eq!(renamed.0, 200, "{}", renamed.1);
        let before = rows(&world).await;
        let again = brought(&world, &archive).await;
        for one in &again.nouns {
            assert_eq!((one.new, one.lost), (0, 0), "{one:?}");
        }
        assert_eq!(rows(&world).await, before);
        assert_eq!(world.get(Persona::Stranger, &format!("/needs/{need}")).await["title"], "Pay at once");
        drop(made);
    }

    async fn what_a_team_did_comes_along_with_its_definitions(app) {
        let world = World::new(app).await;
        let (boss, me) = (Persona::Admin, Persona::Member);
        let id = |v: &Value| v["id"].as_str().unwrap_or_else(|| panic!("no id in {v}")).to_owned();
        let zones = json!({ "product": "OPEN", "name": "Zones", "kind": "choices", "options": ["North, far", "South"] });
        world.post(boss, "/fields", zones).await;
        world.post(boss, "/products/OPEN/parts", json!({ "name": "Fares" })).await;
        let story = json!({ "product": "OPEN", "title": "Pay", "part": "Fares", "service": "expedite", "points": 3,
            "fields": { "Zones": "North, far\nSouth" } });
        let key = world.post(me, "/work-items", story).await["key"].as_str().expect("a key").to_owned();
        let bug = json!({ "product": "OPEN", "title": "Twice", "level": "bug", "severity": "major", "broke": key });
        world.post(me, "/work-items", bug).await;
        let criteria = world.post(me, &format!("/stories/{key}/criteria"), json!({ "text": "It is paid once" })).await;
        world.post(me, &format!("/criteria/{}/verdict", id(&criteria[0])), json!({ "verdict": "met" })).await;
        let sprint = json!({ "product": "OPEN", "name": "Sprint 1", "goal": "Paying works", "capacity": 8 });
        let sprint = id(&world.post(me, "/iterations", sprint).await);
        world.post(me, &format!("/iterations/{sprint}/items"), json!({ "items": [key] })).await;
        world.post(me, &format!("/iterations/{sprint}/start"), json!({})).await;
        let at = format!("/api/v1/work-items/{key}");
        world.noon("2026-03-04");
        world.api(me, "PATCH", &at, json!({ "state": "In progress" })).await;
        world.noon("2026-03-09");
        world.api(me, "PATCH", &at, json!({ "state": "Done" })).await;
        world.post(me, &format!("/iterations/{sprint}/close"), json!({ "outcome": "met" })).await;
        let gate = json!({ "product": "OPEN", "name": "Launch", "phase": "Build", "must": ["Paying works"], "approvers": [world.person(me)] });
        let gate = id(&world.post(me, "/gates", gate).await);
        let phase = json!({ "product": "OPEN", "name": "Build", "starts": "2026-03-02", "ends": "2026-03-31", "exit": gate });
        let phase = id(&world.post(me, "/phases", phase).await);
        world.post(me, &format!("/phases/{phase}/items"), json!({ "items": [key] })).await;
        world.post(me, &format!("/phases/{phase}/start"), json!({})).await;
        let (_, archive) = fetch(&world, me, "/products/OPEN/export").await;

        let told = brought(&world, &archive).await;
        for noun in ["custom fields", "parts", "iterations", "iteration reports", "criteria", "criterion verdicts", "gates", "phases", "phase items", "baselines"] {
            let line = told.nouns.iter().find(|l| l.noun == noun).map(|l| (l.new, l.here, l.lost));
            assert_eq!(line, Some((1, 0, 0)), "{noun}: {:?}", told.nouns);
        }
        let there = Persona::Stranger;
        let all = world.get(there, "/work-items?product=OTHER").await;
        let find = |title: &str| all["items"].as_array().expect("items").iter().find(|i| i["title"] == title).expect(title).clone();
        let (pay, twice) = (find("Pay"), find("Twice"));
        assert_eq!((&pay["part"]["name"], &pay["service"], &pay["sprint"]), (&json!("Fares"), &json!("expedite"), &json!("Sprint 1")));
        assert_eq!(pay["fields"], json!({ "Zones": "North, far, South" }), "as its field reads, and nothing beside it");
        assert!(pay["started_at"].as_str().is_some_and(|t| t.starts_with("2026-03-04")), "{pay}");
        assert!(pay["done_at"].as_str().is_some_and(|t| t.starts_with("2026-03-09")), "{pay}");
        assert_eq!((&twice["severity"], &twice["broke"]["id"]), (&json!("major"), &pay["key"]));
        let filtered = world.get(there, "/work-items?product=OTHER&field=Zones%3DSouth").await;
        assert_eq!(filtered["items"].as_array().map(Vec::len), Some(1), "its field is indexed: {filtered}");
        let criteria = world.get(there, &format!("/stories/{}/criteria", pay["key"].as_str().expect("a key"))).await;
        assert_eq!((&criteria[0]["title"], &criteria[0]["verdict"]["verdict"], &criteria[0]["verdict"]["by"]), (&json!("It is paid once"), &json!("met"), &json!("Mia")));
        let sprints = world.get(there, "/iterations?product=OTHER").await;
        let sprint = &sprints["items"][0];
        assert_eq!((&sprint["goal"], &sprint["state"], &sprint["outcome"], &sprint["capacity"]), (&json!("Paying works"), &json!("closed"), &json!("met"), &json!(8.0)));
        let report = world.get(there, &format!("/iterations/{}", id(sprint))).await;
        assert_eq!((&report["completed"], &report["finished"][0]["title"]), (&json!(3.0), &json!("Pay")));
        let gates = world.get(there, "/gates?product=OTHER").await.to_string();
        assert!(gates.contains("Launch") && gates.contains("Mia"), "{gates}");
        let phases = world.get(there, "/phases?product=OTHER").await.to_string();
        assert!(phases.contains("Build"), "{phases}");
        // The second time nothing at all is written.
        let again = brought(&world, &archive).await;
        assert!(again.nouns.iter().all(|line| line.new == 0 && line.lost == 0), "{:?}", again.nouns);
        assert_eq!(again.unchanged, 2, "{again:?}");
    }

    async fn an_export_is_made_in_the_background_with_files_and_kept_for_a_day(app) {
        let folder = fresh_sqlite();
        app.db.keep_files_in(Files::in_folder(folder.path(), Limits::default()));
        let world = World::new(app).await;
        let story = about_everything(&world).await;
        let plan = "the plan ".repeat(100_000);
        world.post(Persona::Member, "/attachments", json!({ "on": story, "name": "plan.txt", "text": plan })).await;
        let asked = json!({ "product": "OPEN", "files": true });
        let made = world.post(Persona::Member, "/exports", asked.clone()).await;
        assert_eq!((&made["state"], &made["url"]), (&json!("waiting"), &Value::Null), "{made}");
        let id = made["id"].as_str().expect("an id").to_owned();
        let early = open(&world, Persona::Member, &format!("/exports/{id}")).await;
        assert_eq!(early.0, 409, "it is not ready yet");
        make_waiting(&world.app.db, world.clock.now()).await.expect("made");
        let ready = world.get(Persona::Member, &format!("/exports/{id}")).await;
        assert_eq!(ready["state"], "ready", "{ready}");
        assert_eq!(ready["name"], "open-json-files.tar.gz");
        let (status, archive) = open(&world, Persona::Member, ready["url"].as_str().expect("a url")).await;
        assert_eq!((status, archive.len()), (200, usize::try_from(ready["size"].as_i64().unwrap()).unwrap()));
        let all = files(&archive);
        let list: Value = serde_json::from_str(all["OPEN/files.jsonl"].trim()).expect("one line");
        assert_eq!(list["object"], json!(story));
        assert_eq!(all[list["path"].as_str().expect("a path")], plan);
        assert!(all.contains_key("OPEN/pages.jsonl") && all.contains_key("OPEN/views.jsonl"));
        // An export with files is read back as one without them.
        wherefore_exchange::read(&archive).expect("it is an export");
        // It is its person's alone, and nobody else hears of it.
        for who in [Persona::Owner, Persona::Insider, Persona::Stranger] {
            assert_eq!(open(&world, who, &format!("/exports/{id}")).await.0, 404, "{who:?}");
            assert_eq!(world.get(who, "/exports").await, json!([]));
        }
        assert_eq!(world.api(Persona::Member, "POST", "/api/v1/exports", json!({ "product": "PRIV" })).await.0, 404);
        // One of all products goes from whoever leaves one that it holds.
        let all = world.post(Persona::Insider, "/exports", json!({})).await;
        let all = format!("/exports/{}", all["id"].as_str().expect("an id"));
        assert_eq!(world.api(Persona::Insider, "GET", &format!("/api/v1{all}"), Value::Null).await.0, 200);
        let member = format!("/api/v1/products/PRIV/members/{}", world.person(Persona::Insider));
        world.api(Persona::Owner, "DELETE", &member, Value::Null).await;
        assert_eq!(world.api(Persona::Insider, "GET", &format!("/api/v1{all}"), Value::Null).await.0, 404);
        assert_eq!(world.api(Persona::Member, "POST", "/api/v1/exports", json!({ "format": "doc" })).await.0, 422);
        let (_, page) = world.page(Persona::Member, "/p/OPEN/export").await;
        assert!(page.contains("Exports you asked for") && page.contains(&format!("/exports/{id}")), "{page}");
        // What was cut off is made anew, and of many at once one waits.
        for _ in 0..5 {
            world.post(Persona::Member, "/exports", asked.clone()).await;
        }
        assert_eq!(world.api(Persona::Member, "POST", "/api/v1/exports", asked).await.0, 409);
        let cut = "UPDATE made_export SET state = 'running' WHERE state = 'waiting'";
        world.app.db.write(move |tx| tx.execute_text(cut, &[]).map(drop)).await.expect("written");
        make_waiting(&world.app.db, world.clock.now()).await.expect("made");
        let own = world.get(Persona::Member, "/exports").await;
        assert!(own.as_array().unwrap().iter().all(|e| e["state"] == "ready"), "{own}");
        // After a day it is gone, with its bytes.
        world.noon("2026-03-04");
        assert_eq!(world.get(Persona::Member, &format!("/exports/{id}")).await["state"], "gone");
        assert_eq!(open(&world, Persona::Member, &format!("/exports/{id}")).await.0, 409);
        let kept = Files::in_folder(folder.path(), Limits::default());
        let swept = attachments::sweep(&world.app.db, &kept, 1, world.clock.now()).await.expect("swept");
        assert!(swept >= 1, "{swept}");
    }
}

async fn open(world: &World, who: Persona, path: &str) -> (u16, Vec<u8>) {
    let request = world.with_token(who, Request::builder().uri(path));
    let answer = world.send(request.body(Body::empty()).expect("valid")).await;
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.expect("whole").to_bytes().to_vec())
}

/// A story with all that stands above it, and a little of what stands beside.
async fn about_everything(world: &World) -> String {
    let me = Persona::Member;
    let key = |v: Value| v["key"].as_str().unwrap_or_else(|| panic!("no key in {v}")).to_owned();
    let said = json!({ "product": "OPEN", "title": "They wait", "verbatim": "I waited an hour", "source": "Ana" });
    let said = key(world.post(me, "/evidence", said).await);
    let need = key(world
        .post(me, "/needs", json!({ "product": "OPEN", "title": "Pay in a minute" }))
        .await);
    let problem = json!({ "product": "OPEN", "title": "Waiting" });
    let problem = key(world.post(me, "/opportunities", problem).await);
    let story = key(world
        .post(me, "/work-items", json!({ "product": "OPEN", "title": "Pay by card" }))
        .await);
    for (from, to) in [(&story, &problem), (&problem, &need), (&need, &said)] {
        world.post(me, "/links", json!({ "from": from, "to": to })).await;
    }
    let goal = json!({ "product": "OPEN", "title": "Faster", "period": "2026 Q2" });
    let goal = key(world.post(me, "/objectives", goal).await);
    let result = json!({ "objective": goal, "title": "Minutes", "unit": "min", "baseline": 10, "target": 2 });
    let result = key(world.post(me, "/key-results", result).await);
    world.post(me, &format!("/key-results/{result}/check-ins"), json!({ "value": 4 })).await;
    let decision = json!({ "product": "OPEN", "title": "Who", "choice": "Make it ourselves", "about": problem });
    world.post(me, "/decisions", decision).await;
    world.post(me, "/releases", json!({ "product": "OPEN", "title": "Spring" })).await;
    world
        .post(
            me,
            "/pages",
            json!({ "product": "OPEN", "title": "Handbook", "body": "How we work" }),
        )
        .await;
    let view =
        json!({ "product": "OPEN", "name": "All bugs", "q": "level:bug", "shared": "product" });
    world.post(me, "/views", view).await;
    world.post(me, &format!("/items/{need}/comments"), json!({ "body": "Seen often" })).await;
    world.post(me, &format!("/items/{problem}/questions"), json!({ "body": "" })).await;
    story
}

/// Imports an export into the stranger's product, by the same way as a program does.
async fn brought(world: &World, archive: &[u8]) -> Report {
    let person = world.person(Persona::Stranger);
    let found = world.app.db.read(move |conn| {
        let ws = "SELECT workspace_id FROM person WHERE id = $1";
        Ok(conn.query_text(ws, &[person.into()], |r| r.get::<i64>(0))?[0])
    });
    let actor = Actor {
        workspace: found.await.expect("a workspace"),
        person,
        name: "Olive".into(),
        role: Role::Owner,
        read_only: false,
        via: Via::Api,
        grants: None,
    };
    let file = wherefore_exchange::read(archive).expect("it is an export");
    import(&world.app.db, &world.clock, &actor, "OTHER", "open.tar.gz", file)
        .await
        .expect("imported")
}

/// How many rows each of the tables has that an import could fill.
async fn rows(world: &World) -> Vec<i64> {
    let mut all = Vec::new();
    for table in [
        "evidence",
        "verbatim",
        "need",
        "link",
        "objective",
        "check_in",
        "decision",
        "page",
        "saved_view",
        "comment",
        "item_key",
        "work_item_version",
        "need_version",
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = world.app.db.read(move |c| c.query_text(&sql, &[], |r| r.get::<i64>(0)));
        all.extend(count.await.expect("readable"));
    }
    all
}

both_engines! {
    async fn custom_fields_are_exported_by_their_names_and_taken_up_elsewhere(app) {
        let world = World::new(app).await;
        let (boss, me) = (Persona::Admin, Persona::Member);
        let field = |product: &str, name: &str, kind: &str| {
            json!({ "product": product, "name": name, "kind": kind, "options": ["North, far", "South"] })
        };
        let zones = world.post(boss, "/fields", field("OPEN", "Zones", "choices")).await;
        world.post(boss, "/fields", field("OPEN", "Tester", "person")).await;
        world.post(boss, "/fields", field("OPEN", "Size", "number")).await;
        let said = json!({ "Zones": "North, far\nSouth", "Tester": "me", "Size": "2,5" });
        world.post(me, "/work-items", json!({ "product": "OPEN", "title": "Pay", "fields": said })).await;
        let path = format!("/api/v1/fields/{}", zones["id"].as_str().expect("an id"));
        let renamed = json!({ "name": "Regions", "options": ["North, far -> North, farther", "South"] });
        assert_eq!(world.api(boss, "PATCH", &path, renamed).await.0, 200);
        let (_, archive) = fetch(&world, me, "/products/OPEN/export").await;
        let all = files(&archive);
        let item: Value = serde_json::from_str(all["OPEN/work-items.jsonl"].lines().next().expect("one")).expect("JSON");
        let read = json!({ "Regions": "North, farther\nSouth", "Tester": "Mia", "Size": "2.5" });
        assert_eq!(item["fields"], read);
        let defined = &all["OPEN/custom-fields.jsonl"];
        assert!(defined.lines().count() == 3 && defined.contains("North, farther"), "{defined}");
        // Another product with the same fields takes them, each as its own.
        for (name, kind) in [("Regions", "choices"), ("Tester", "person"), ("Size", "number")] {
            let mut field = field("SHUT", name, kind);
            field["options"] = json!(["North, farther", "South"]);
            let (status, made) = world.api(boss, "POST", "/api/v1/fields", field).await;
            assert_eq!(status, 201, "{made}");
        }
        let taken = json!({ "product": "SHUT", "title": "Pay", "fields": item["fields"] });
        let (status, made) = world.api(boss, "POST", "/api/v1/work-items", taken).await;
        assert_eq!((status, &made["fields"]["Regions"], &made["unfit_fields"]), (201, &json!("North, farther, South"), &Value::Null), "{made}");
    }
}
