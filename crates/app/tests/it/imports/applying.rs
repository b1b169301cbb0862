//! What applying an import brings, once and again, and that it leaves nothing half done.

use std::time::Duration;

use serde_json::{Value, json};
use wherefore_app::kernel::{Actor, Role, Via};
use wherefore_testkit::{Persona, World, both_engines};

use super::{FIRST, ME, bring, done, id, item, upload};

async fn edit(world: &World, key: &str, body: Value) {
    let (status, answer) = world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), body).await;
    assert_eq!(status, 200, "{answer}");
}

both_engines! {
    async fn a_re_import_takes_what_changed_in_the_file_alone(app) {
        let world = World::new(app).await;
        bring(&world, "OPEN", FIRST).await;
        let again = bring(&world, "OPEN", FIRST).await;
        let report = &again["report"];
        assert_eq!((&report["created"], &report["updated"], &report["unchanged"]), (&json!(0), &json!(0), &json!(3)));
        let before = item(&world, "OLD-2").await;
        edit(&world, "OLD-2", json!({ "title": "Mine", "assignee": null })).await;
        let moved = FIRST.replace("Pay by card,To Do,Sprint 1,11,Tom,Ann", "Pay with a card,Done,Sprint 2,13,Zoe,Zoe");
        let third = bring(&world, "OPEN", &moved).await;
        let conflicts = third["report"]["conflicts"].to_string();
        assert!(conflicts.contains("title") && conflicts.contains("assignee"), "{conflicts}");
        let after = item(&world, "OLD-2").await;
        assert_eq!((&after["title"], &after["assignee"]), (&json!("Mine"), &Value::Null), "{after}");
        assert_eq!(after["state"], "Done");
        assert_eq!(after["parent"]["id"], item(&world, "OLD-3").await["key"]);
        for field in ["parent", "reporter", "sprint"] {
            assert_ne!(before[field], after[field], "{field}");
        }
        let fourth = bring(&world, "OPEN", &moved).await;
        assert_eq!((&fourth["report"]["updated"], &fourth["report"]["conflicts"]), (&json!(0), &json!([])));
    }

    async fn what_was_removed_here_stays_removed(app) {
        let world = World::new(app).await;
        let text = "Issue key,Summary,Comment,Outward issue link (Blocks)\nOLD-1,One,01/Mar/26 9:00 AM;Tom;Soon,OLD-2\nOLD-2,Two,,\nOLD-3,Three,,\n";
        bring(&world, "OPEN", text).await;
        let said = world.get(ME, "/items/OLD-1/comments").await;
        let comment = said[0]["id"].as_str().unwrap();
        assert_eq!(world.api(Persona::Admin, "DELETE", &format!("/api/v1/comments/{comment}"), Value::Null).await.0, 200);
        assert_eq!(world.api(ME, "DELETE", "/api/v1/items/OLD-3", Value::Null).await.0, 200);
        let report = bring(&world, "OPEN", text).await["report"].clone();
        assert_eq!((&report["removed_here"], &report["comments"], &report["links"]), (&json!(1), &json!(0), &json!(0)));
        assert_eq!(world.get(ME, "/items/OLD-1/comments").await, json!([]));
        assert_eq!(world.api(ME, "GET", "/api/v1/work-items/OLD-3", Value::Null).await.0, 404);
    }

    async fn files_that_follow_each_other_find_what_belongs_together(app) {
        let world = World::new(app).await;
        bring(&world, "OPEN", "Issue key,Issue Type,Summary,Parent,Outward issue link (Blocks)\nOLD-2,Story,Child,OLD-1,OLD-3\n").await;
        let child = item(&world, "OLD-2").await;
        assert_eq!((&child["fields"]["Parent, not imported"], &child["fields"]["Links, not imported"]), (&json!("OLD-1"), &json!("blocks OLD-3")));
        let report = bring(&world, "OPEN", "Issue key,Issue Type,Summary\nOLD-1,Epic,Parent\nOLD-3,Task,Blocked\n").await;
        assert_eq!(report["report"]["links"], 1);
        let child = item(&world, "OLD-2").await;
        assert_eq!(child["parent"]["id"], item(&world, "OLD-1").await["key"]);
        assert_eq!(child["fields"], json!({}));
    }

    async fn people_are_found_by_address_and_never_by_half_a_name(app) {
        let world = World::new(app).await;
        let text = "Issue key,Summary,Assignee,Reporter\nOLD-1,One,mia@example.org,Ada\nOLD-2,Two,Zoe,Zoe\nOLD-3,Three,Zoe,Gus\n";
        let seen = upload(&world, "OPEN", text).await;
        let line = |name: &str| {
            let all = seen["report"]["people"].as_array().unwrap().clone();
            all.into_iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("no {name}"))
        };
        assert_eq!(line("mia@example.org")["person"], json!(world.person(ME)));
        assert_eq!((&line("Ada")["how"], &line("Zoe")["how"]), (&json!("name"), &json!("new")));
        bring(&world, "OPEN", text).await;
        bring(&world, "OPEN", text).await;
        let people = world.get(ME, "/people").await;
        let zoes: Vec<&Value> = people.as_array().unwrap().iter().filter(|p| p["name"] == "Zoe").collect();
        assert_eq!(zoes.len(), 1, "{people}");
        assert_eq!(zoes[0]["active"], false);
        // Renamed here, they are still the same person to the next import.
        let path = format!("/api/v1/people/{}", zoes[0]["id"].as_str().unwrap());
        assert_eq!(world.api(Persona::Admin, "PATCH", &path, json!({ "name": "Zoe Young" })).await.0, 200);
        let again = bring(&world, "OPEN", text).await;
        assert_eq!((&again["report"]["new_people"], &again["report"]["updated"]), (&json!([]), &json!(0)));
    }

    async fn a_placeholder_is_invited_and_keeps_what_is_theirs(app) {
        let world = World::new(app).await;
        bring(&world, "OPEN", "Issue key,Summary,Assignee\nOLD-1,One,Zoe\n").await;
        let zoe = item(&world, "OLD-1").await["assignee"]["id"].as_str().expect("Zoe").to_owned();
        let invite = [("person", zoe.as_str()), ("role", "member")];
        let (status, page) = world.form(Persona::Admin, "/people/invite", &invite).await;
        assert_eq!(status, 200, "{page}");
        let link = page.split("/join/").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let (_, page) = world.page(Persona::Nobody, &format!("/join/{link}")).await;
        let name = page.split('<').find(|tag| tag.contains("name=\"name\"")).expect("a field");
        assert!(name.contains("value=\"Zoe\""), "{name}");
        let me = [("name", "Zoe Young"), ("email", "zoe@example.org"), ("password", "a long pass phrase")];
        assert_eq!(world.form(Persona::Nobody, &format!("/join/{link}"), &me).await.0, 303);
        let now = item(&world, "OLD-1").await;
        assert_eq!(now["assignee"], json!({ "id": zoe, "name": "Zoe Young" }));
        let (status, _) = world.form(Persona::Admin, "/people/invite", &invite).await;
        assert_eq!(status, 409, "an account is there already");
        let again = bring(&world, "OPEN", "Issue key,Summary,Assignee\nOLD-1,One,Zoe\nOLD-2,Two,zoe@example.org\n").await;
        assert_eq!(again["report"]["new_people"], json!([]));
        assert_eq!(item(&world, "OLD-2").await["assignee"]["id"], json!(zoe));
    }
}

/// A file of that many items.
fn many(front: &str, count: usize) -> String {
    let mut text = "Issue key,Summary,Issue Type,Status,Labels\n".to_owned();
    for n in 1..=count {
        text.push_str(&format!("{front}-{n},Item number {n},Story,To Do,bulk\n"));
    }
    text
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.app.db.read(move |c| c.query_one(sql, &[], |r| r.get(0))).await.expect("a count")
}

/// The member as the product's own code knows them.
async fn actor(world: &World) -> Actor {
    let person = world.person(ME);
    let found = world.app.db.read(move |conn| {
        let ws = "SELECT workspace_id FROM person WHERE id = $1";
        conn.query_one(ws, &[person.into()], |r| r.get(0))
    });
    let (name, role, via) = ("Mia".to_owned(), Role::Member, Via::Api);
    Actor {
        workspace: found.await.expect("a workspace"),
        person,
        name,
        role,
        read_only: false,
        via,
        grants: None,
    }
}

const STAGED: &str = "SELECT COUNT(*) FROM work_item WHERE staged_by IN (SELECT id FROM import WHERE state = 'running')";

async fn until_staged(world: &World) {
    for _ in 0..1000 {
        if count(world, STAGED).await > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nothing is staged");
}

both_engines! {
    async fn one_import_runs_in_a_product_and_others_do_not_mind(app) {
        let world = World::new(app).await;
        let first = id(&upload(&world, "OPEN", &many("BIG", 1200)).await);
        let second = id(&upload(&world, "OPEN", FIRST).await);
        let elsewhere = id(&upload(&world, "SHUT", FIRST).await);
        world.post(ME, &format!("/imports/{first}/apply"), json!({})).await;
        until_staged(&world).await;
        let (status, said) = world.api(ME, "POST", &format!("/api/v1/imports/{second}/apply"), json!({})).await;
        assert_eq!(status, 409, "{said}");
        assert!(said.to_string().contains("is being imported into this product by Mia"), "{said}");
        world.post(ME, &format!("/imports/{elsewhere}/apply"), json!({})).await;
        assert_eq!(done(&world, ME, &elsewhere).await["state"], "applied");
        assert_eq!(done(&world, ME, &first).await["report"]["created"], 1200);
        // It waited, unharmed.
        world.post(ME, &format!("/imports/{second}/apply"), json!({})).await;
        assert_eq!(done(&world, ME, &second).await["report"]["created"], 3);
    }

    async fn an_import_that_is_cut_off_leaves_nothing_and_says_so(app) {
        let world = World::new(app).await;
        let actor = actor(&world).await;
        let (db, clock) = (world.app.db.clone(), world.clock.clone());
        let file = wherefore_exchange::jira_csv::read(many("BIG", 1500).as_bytes()).unwrap();
        let running = tokio::spawn(async move {
            wherefore_app::thread::import::import(&db, &clock, &actor, "OPEN", "big.csv", file).await
        });
        until_staged(&world).await;
        running.abort();
        assert!(running.await.is_err());
        // As if its process were gone.
        let other = wherefore_app::kernel::Id::new();
        world.app.db.write(move |tx| {
            tx.execute("UPDATE import_progress SET process = $1, beat_at = 0", &[other.into()])
        }).await.unwrap();
        let shown = world.get(ME, "/imports?product=OPEN").await;
        assert_eq!(shown[0]["state"], "failed", "{shown}");
        assert!(shown[0]["note"].as_str().unwrap().contains("stopped in the middle"), "{shown}");
        wherefore_app::thread::import::look_after(&world.app.db, &world.clock).await.unwrap();
        for table in ["SELECT COUNT(*) FROM work_item", "SELECT COUNT(*) FROM import_base",
            "SELECT COUNT(*) FROM item_label", "SELECT COUNT(*) FROM search_doc WHERE object_kind = 'work_item'",
            "SELECT COUNT(*) FROM item_key WHERE kind = 'work_item'", "SELECT COUNT(*) FROM import_progress",
            "SELECT COUNT(*) FROM activity WHERE staged_by IS NOT NULL"] {
            assert_eq!(count(&world, table).await, 0, "{table}");
        }
        let report = bring(&world, "OPEN", &many("BIG", 20)).await;
        assert_eq!(report["report"]["created"], 20);
    }
}

/// Columns of every kind: header, cell of row `n`, and how the cell can be found afterwards.
fn columns(n: usize) -> Vec<(&'static str, String, Vec<String>)> {
    let same = |name, cell: String| (name, cell.clone(), vec![cell]);
    let other = if n == 1 { 2 } else { 1 };
    vec![
        same("Summary", format!("Title{n}x")),
        same("Issue key", format!("OLD-{n}")),
        same("Issue id", format!("9000{n}")),
        ("Issue Type", format!("Type{n}x"), vec![format!("Type{n}x")]),
        same("Status", format!("Waiting{n}x")),
        same("Priority", format!("Prio{n}x")),
        same("Resolution", format!("Fixed{n}x")),
        same("Labels", format!("first{n}x")),
        same("Labels", format!("second{n}x")),
        same("Reporter", format!("Reporter{n}x")),
        same("Assignee", format!("Assignee{n}x")),
        same("Story Points", format!("10{n}.5")),
        ("Created", format!("0{n}/Jan/26 9:00 AM"), vec![format!("2026-01-0{n}")]),
        ("Updated", format!("0{n}/Feb/26 9:00 AM"), vec![format!("2026-02-0{n}")]),
        ("Resolved", format!("0{n}/Mar/26 9:00 AM"), vec![format!("2026-03-0{n}")]),
        ("Due date", format!("0{n}/Apr/26 12:00 AM"), vec![format!("2026-04-0{n}")]),
        same("Sprint", format!("SprintA{n}x")),
        same("Sprint", format!("SprintB{n}x")),
        (
            "Comment",
            format!("0{n}/Jan/26 10:00 AM;Assignee{n}x;Said{n}x"),
            vec![format!("Said{n}x")],
        ),
        same("Comment", format!("Bare{n}x")),
        (
            "Attachment",
            format!(
                "0{n}/Jan/26 11:00 AM;Reporter{n}x;file{n}x.png;https://files.example.com/{n}x"
            ),
            vec![format!("file{n}x.png"), format!("https://files.example.com/{n}x")],
        ),
        ("Outward issue link (Blocks)", format!("OLD-{other}"), vec![format!("Title{other}x")]),
        same("Inward issue link (Cloners)", format!("AWAY-{n}")),
        same("Parent", format!("GONE-{n}")),
        same("Sub-tasks", format!("LOST-{n}")),
        same("Watchers", format!("WatchA{n}x")),
        same("Watchers", format!("WatchB{n}x")),
        same("Custom field (Colour)", format!("Blue{n}x")),
        same("", format!("Nameless{n}x")),
    ]
}

both_engines! {
    async fn every_cell_is_imported_or_told_of(app) {
        let world = World::new(app).await;
        let names: Vec<&str> = columns(1).iter().map(|c| c.0).collect();
        let mut text = names.join(",");
        let mut cells = 0;
        for n in 1..=3 {
            let row: Vec<String> = columns(n).into_iter().map(|c| c.1).collect();
            cells += row.len();
            text.push_str(&format!("\n{}", row.join(",")));
        }
        // A cell beyond the header, and a key that comes again with another value.
        text.push_str(",Beyond3x\nTwice,OLD-1\n");
        let done = bring(&world, "OPEN", &text).await;
        let report = &done["report"];
        let counted: u64 = report["columns"].as_array().unwrap().iter().map(|c| c["cells"].as_u64().unwrap()).sum();
        assert_eq!(counted, cells as u64 + 2, "each filled cell is counted under its column");
        assert_eq!((&report["created"], &report["comments"], &report["links"]), (&json!(3), &json!(6), &json!(3)));
        let told = report.to_string();
        assert!(told.contains("Left out: Summary: Twice"), "{told}");
        let mut lost = Vec::new();
        for n in 1..=3 {
            let key = format!("OLD-{n}");
            let item = item(&world, &key).await;
            let comments = world.get(ME, &format!("/items/{key}/comments")).await;
            let (_, page) = world.page(ME, &format!("/{key}")).await;
            let known = format!("{item}{comments}{page}");
            let mut wanted: Vec<(&str, String)> = columns(n).into_iter()
                .flat_map(|(name, _, found)| found.into_iter().map(move |f| (name, f))).collect();
            if n == 3 {
                wanted.push(("beyond", "Beyond3x".into()));
            }
            lost.extend(wanted.into_iter().filter(|(_, f)| !known.contains(f.as_str()) && !told.contains(f.as_str()))
                .map(|(name, f)| format!("{key}: {name} {f}")));
        }
        assert!(lost.is_empty(), "lost: {lost:?}");
    }
}
