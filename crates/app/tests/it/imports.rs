//! Imports from the upload to the report, and what they must never do, on both engines.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::kernel::{Actor, Role, Via};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn upload(world: &World, product: &str, text: &str) -> Value {
    let input = json!({ "product": product, "file": "a.csv", "text": text });
    world.post(ME, "/imports", input).await
}

fn id(import: &Value) -> String {
    import["id"].as_str().expect("an id").to_owned()
}

/// Waits until it is done, one way or the other.
pub async fn done(world: &World, who: Persona, import: &str) -> Value {
    for _ in 0..600 {
        let now = world.get(who, &format!("/imports/{import}")).await;
        if now["state"] != "running" && now["progress"].is_null() {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the import does not end");
}

/// Uploads, applies and waits.
pub async fn bring(world: &World, product: &str, text: &str) -> Value {
    let import = id(&upload(world, product, text).await);
    world.post(ME, &format!("/imports/{import}/apply"), json!({})).await;
    let done = done(world, ME, &import).await;
    assert_eq!(done["state"], "applied", "{done}");
    assert_eq!(done["has_file"], false, "the file goes when it is done");
    done
}

async fn item(world: &World, key: &str) -> Value {
    world.get(ME, &format!("/work-items/{key}")).await
}

async fn edit(world: &World, key: &str, body: Value) {
    let (status, answer) = world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), body).await;
    assert_eq!(status, 200, "{answer}");
}

const FIRST: &str = "Issue key,Issue id,Issue Type,Summary,Status,Sprint,Parent,Assignee,Reporter,Comment\n\
    OLD-1,11,Epic,Pay,In Progress,,,Tom,Ann,\n\
    OLD-2,12,Story,Pay by card,To Do,Sprint 1,11,Tom,Ann,01/Mar/26 9:00 AM;Tom;Soon\n\
    OLD-3,13,Epic,Refund,To Do,,,,Ann,\n";

both_engines! {
    async fn an_upload_is_looked_at_mapped_and_applied(app) {
        let world = World::new(app).await;
        let seen = upload(&world, "OPEN", FIRST).await;
        assert_eq!((&seen["state"], &seen["report"]["created"]), (&json!("uploaded"), &json!(3)));
        assert_eq!(world.get(ME, "/work-items?product=OPEN").await["items"], json!([]));
        let path = format!("/api/v1/imports/{}", id(&seen));
        let choices = json!({ "statuses": { "To Do": "Ready" }, "types": { "Story": "task" }, "people": { "Ann": "nobody" } });
        let (status, mapped) = world.api(ME, "PATCH", &path, json!({ "choices": choices })).await;
        assert_eq!(status, 200, "{mapped}");
        world.post(ME, &format!("/imports/{}/apply", id(&seen)), json!({})).await;
        let done = done(&world, ME, &id(&seen)).await;
        assert_eq!((&done["state"], &done["by"]), (&json!("applied"), &json!("Mia")));
        let story = item(&world, "OLD-2").await;
        assert_eq!((&story["state"], &story["level"]), (&json!("Ready"), &json!("task")));
        assert_eq!(story["fields"]["Reporter, not imported"], "Ann");
        let wrong = json!({ "choices": { "types": { "Story": "poem" } } });
        let other = upload(&world, "OPEN", FIRST).await;
        let (status, said) = world.api(ME, "PATCH", &format!("/api/v1/imports/{}", id(&other)), wrong).await;
        assert_eq!(status, 422, "{said}");
    }

    async fn a_dry_run_and_a_broken_file_leave_nothing(app) {
        let world = World::new(app).await;
        let dry = json!({ "product": "OPEN", "file": "a.csv", "text": FIRST, "dry_run": true });
        let (status, seen) = world.api(ME, "POST", "/api/v1/imports", dry).await;
        assert_eq!((status, &seen["state"], &seen["id"]), (200, &json!("preview"), &Value::Null));
        for broken in ["", "Name,Age\nA,1\n", "Summary,Issue key\nx,A-1\n\"y,A-2\n"] {
            let input = json!({ "product": "OPEN", "file": "a.csv", "text": broken });
            let (status, said) = world.api(ME, "POST", "/api/v1/imports", input).await;
            assert_eq!((status, &said["error"]["field"]), (422, &json!("file")), "{said}");
        }
        assert_eq!(world.get(ME, "/imports?product=OPEN").await, json!([]));
        let kept: i64 = world.app.db.read(|c| c.query_one("SELECT COUNT(*) FROM import_file", &[], |r| r.get(0))).await.unwrap();
        assert_eq!(kept, 0);
    }

    async fn a_discarded_file_is_gone(app) {
        let world = World::new(app).await;
        let import = id(&upload(&world, "OPEN", FIRST).await);
        let (status, _) = world.api(ME, "DELETE", &format!("/api/v1/imports/{import}"), Value::Null).await;
        assert_eq!(status, 200);
        let (status, said) = world.api(ME, "POST", &format!("/api/v1/imports/{import}/apply"), json!({})).await;
        assert_eq!(status, 409, "{said}");
        assert_eq!(world.get(ME, "/imports?product=OPEN").await, json!([]));
    }

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

    async fn an_old_key_leads_links_and_is_found(app) {
        let world = World::new(app).await;
        bring(&world, "OPEN", "Issue key,Summary,Description\nOLD-1,One,See OLD-2 first\nOLD-2,Two,\n").await;
        let (status, page) = world.page(ME, "/OLD-1").await;
        assert_eq!(status, 200);
        assert!(page.contains("href=\"/OLD-2\"") || page.contains("href=\"/OPEN-"), "the mention is a link");
        let key = item(&world, "OLD-1").await["key"].clone();
        assert_eq!(world.get(ME, "/search?q=OLD-1").await[0]["key"], key);
    }

    async fn an_old_key_gives_way_to_whatever_gets_it_here(app) {
        let world = World::new(app).await;
        let other = Persona::Insider;
        let first = world.post(other, "/work-items", json!({ "product": "PRIV", "title": "One" })).await;
        let number: i64 = first["key"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        let next = format!("PRIV-{}", number + 1);
        bring(&world, "OPEN", &format!("Issue key,Summary\n{next},In wait\n")).await;
        let own = world.post(other, "/work-items", json!({ "product": "PRIV", "title": "Two" })).await;
        assert_eq!(own["key"], json!(next));
        assert_eq!(world.get(other, &format!("/work-items/{next}")).await["title"], "Two");
        assert_eq!(world.api(ME, "GET", &format!("/api/v1/work-items/{next}"), Value::Null).await.0, 404);
    }
}

/// Sends a file as a browser does.
async fn send_form(world: &World, product: &str, csv: &str) -> (u16, String) {
    let form = format!(
        "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"mine.csv\"\r\n\
         content-type: text/csv\r\n\r\n{csv}\r\n--cut--\r\n"
    );
    let request = Request::builder()
        .method("POST")
        .uri(format!("/p/{product}/import"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    let request = world.with_session(ME, request).body(Body::from(form)).expect("valid");
    let answer = world.send(request).await;
    let status = answer.status().as_u16();
    if let Some(to) = answer.headers().get(header::LOCATION) {
        return (status, to.to_str().expect("an address").to_owned());
    }
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

both_engines! {
    async fn the_browser_uploads_chooses_imports_and_keeps_the_report(app) {
        let world = World::new(app).await;
        let (status, page) = send_form(&world, "OPEN", "Name,Age\nA,1").await;
        assert_eq!(status, 422);
        assert!(page.contains("does not look like a Jira export"), "{page}");
        let (status, page) = send_form(&world, "OPEN", FIRST).await;
        assert_eq!(status, 303, "{page}");
        let (_, preview) = world.page(ME, &page).await;
        assert!(preview.contains("Nothing is imported yet") && preview.contains("status:To Do"), "{preview}");
        let choose = [("do", "apply"), ("status:To Do", "new:backlog"), ("status:In Progress", "In progress")];
        let (status, to) = world.form(ME, &page, &choose).await;
        assert_eq!((status, &to), (303, &page));
        let import = page.rsplit('/').next().unwrap();
        done(&world, ME, import).await;
        let (_, report) = world.page(ME, &page).await;
        assert!(report.contains("Imported.") && report.contains("mine.csv"), "{report}");
        let (_, list) = world.page(ME, "/p/OPEN/import").await;
        assert!(list.contains(&page), "{list}");
        let two = item(&world, "OLD-2").await;
        assert_eq!((&two["state"], &two["category"]), (&json!("To Do"), &json!("backlog")));
    }

    async fn what_was_chosen_for_statuses_and_types_holds_for_the_next_import(app) {
        let world = World::new(app).await;
        let seen = upload(&world, "OPEN", FIRST).await;
        let path = format!("/api/v1/imports/{}", id(&seen));
        let choices = json!({ "statuses": { "In Progress": "In review", "To Do": "new:unstarted" }, "types": { "Story": "task" } });
        let (status, mapped) = world.api(ME, "PATCH", &path, json!({ "choices": choices })).await;
        assert_eq!(status, 200, "{mapped}");
        world.post(ME, &format!("/imports/{}/apply", id(&seen)), json!({})).await;
        assert_eq!(done(&world, ME, &id(&seen)).await["state"], "applied");
        // What another file brings in between is no reason to forget.
        bring(&world, "OPEN", "Issue key,Issue Type,Summary,Status\nNEW-1,Bug,Slow,Done\n").await;
        let (_, form) = send_form(&world, "OPEN", FIRST).await;
        let (_, again) = world.page(ME, &form).await;
        assert!(again.contains("Nothing would change") && again.contains("as in an earlier import"), "{again}");
        assert!(again.contains("<button class=\"btn\" name=\"do\" value=\"apply\">"), "it is not what to do next: {again}");
        let again = upload(&world, "OPEN", FIRST).await["report"].clone();
        assert_eq!((&again["updated"], &again["unchanged"], &again["new_states"]), (&json!(0), &json!(3), &json!([])));
        let told = |kind: &str, fields: [&str; 2]| -> Vec<Value> {
            let lines = again[kind].as_array().unwrap().iter();
            lines.map(|l| json!([l[fields[0]], l[fields[1]], l["how"]])).collect()
        };
        assert_eq!(told("statuses", ["status", "state"]), [json!(["To Do", "To Do", "known"]), json!(["In Progress", "In review", "known"])]);
        assert_eq!(told("types", ["type", "level"]), [json!(["Epic", "epic", "known"]), json!(["Story", "task", "known"])]);
        // Other words are heard all the same.
        let other = json!({ "product": "OPEN", "file": "a.csv", "text": FIRST, "dry_run": true, "choices": { "types": { "Story": "bug" }, "statuses": { "In Progress": "Ready" } } });
        let report = world.api(ME, "POST", "/api/v1/imports", other).await.1["report"].clone();
        assert_eq!((&report["types"][1]["level"], &report["statuses"][1]["state"], &report["statuses"][1]["how"]), (&json!("bug"), &json!("Ready"), &json!("chosen")));
    }

    async fn the_past_of_what_was_imported_is_told_from_the_import_on(app) {
        let world = World::new(app).await;
        world.noon("2026-03-05");
        let text = "Issue key,Summary,Created,Comment\nOLD-1,Pay,10/Jan/26 9:00 AM,12/Jan/26 9:00 AM;Tom;Soon\n";
        bring(&world, "OPEN", text).await;
        bring(&world, "OPEN", &text.replace("Pay", "Pay by card")).await;
        let key = item(&world, "OLD-1").await["key"].as_str().unwrap().to_owned();
        let (_, activity) = world.page(ME, "/p/OPEN/activity").await;
        let link = format!("<a href=\"/{key}\">{key}</a>");
        for words in [
            format!("</b> imported {link}"),
            format!("</b> imported a comment on {link}"),
            format!("</b> imported changes of {link}"),
            "5 Mar 2026, 12:00</time>, of <time datetime=\"2026-01-10\">10 Jan 2026</time>".to_owned(),
        ] {
            assert!(activity.contains(&words), "{words}: {activity}");
        }
        let own = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Own" })).await["key"].as_str().unwrap().to_owned();
        let look = async |path: String| {
            let (status, page) = world.page(ME, &path).await;
            assert_eq!(status, 200, "{path}: {page}");
            page
        };
        let known = format!("{key} is known here only since the import on 5 Mar 2026");
        for (path, words) in [
            (format!("/{key}?at=2026-03-01"), known.as_str()),
            (format!("/{key}/why?at=2026-03-01"), known.as_str()),
            (format!("/{key}?at=2026-01-01"), "was not there yet on 1 Jan 2026"),
            (format!("/{own}?at=2026-03-01"), "was not there yet on 1 Mar 2026"),
            (format!("/{own}?at=2026-04-01"), "1 Apr 2026 is still to come"),
            (format!("/{own}?at=soon"), "“soon” is no day"),
        ] {
            let page = look(path).await;
            assert!(page.contains(words), "{words}: {page}");
            assert!(page.contains("As it is now") && page.contains("Look back") && page.contains("/p/OPEN/backlog"), "{page}");
        }
        let (status, said) = world.api(ME, "GET", &format!("/api/v1/items/{key}/as-of/2026-03-01"), Value::Null).await;
        assert!(status == 409 && said.to_string().contains(&known), "{status} {said}");
        let since = "What was imported on 5 Mar 2026 is known here only since then";
        assert!(look("/p/OPEN/past?at=2026-03-01".into()).await.contains(since));
        assert!(!look("/p/OPEN/past?at=2026-03-05".into()).await.contains(since));
    }

    async fn a_preview_says_what_is_decided_and_what_would_come_of_it(app) {
        let world = World::new(app).await;
        let look = async |file: &str| {
            let (_, path) = send_form(&world, "OPEN", file).await;
            world.page(ME, &path).await.1
        };
        let first = look(FIRST).await;
        for heading in ["Which state each status becomes", "Which level each type becomes", "Who the people are"] {
            assert!(first.contains(&format!("<h2>{heading}</h2><p class=\"soft\">")), "{heading}: {first}");
        }
        assert!(first.contains("Nothing is imported yet. 3 items would be new. Look"), "{first}");
        bring(&world, "OPEN", FIRST).await;
        let again = look(FIRST).await;
        assert!(again.contains("Nothing would change: all 3 items of the file are here already."), "{again}");
        let moved = FIRST.replace("Pay by card", "Pay with a card") + "OLD-4,14,Story,Pay later,To Do,,,,Ann,\n";
        let moved = look(&moved).await;
        assert!(moved.contains("1 item would be new, 1 would change and 2 would stay as they are"), "{moved}");
        assert_eq!(world.api(ME, "DELETE", "/api/v1/items/OLD-3", Value::Null).await.0, 200);
        let removed = look(FIRST).await;
        assert!(removed.contains("of 3 items in the file 2 are here already, and 1 that were removed here"), "{removed}");
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
