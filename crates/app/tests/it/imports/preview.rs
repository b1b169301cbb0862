//! What a preview says before anything is imported, and what is chosen in it.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_testkit::{World, both_engines};

use super::{FIRST, ME, bring, done, id, item, upload};

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
