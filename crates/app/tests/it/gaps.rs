//! Saying until when it is honest that something has no why: of one, of many, and not of days gone by.

use serde_json::{Value, json};
use wherefore_app::kernel::Role;
use wherefore_app::people::accounts;
use wherefore_app::people::sign_in::join;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, mut input: Value) -> String {
    input["product"] = json!("OPEN");
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

fn days(world: &World, days: i64) -> String {
    world.clock.now().day().plus_days(days).to_string()
}

async fn mend(world: &World, input: Value) -> (u16, Value) {
    world.api(ME, "POST", "/api/v1/links/bulk", input).await
}

both_engines! {
    async fn many_are_put_off_at_once_or_none(app) {
        let world = World::new(app).await;
        let story = made(&world, "/work-items", json!({ "title": "Pay by card" })).await;
        let problem = made(&world, "/opportunities", json!({ "title": "Queues" })).await;
        let need = made(&world, "/needs", json!({ "title": "Be on time", "kind": "user" })).await;
        let until = days(&world, 14);
        let shown = async || {
            let item = world.get(ME, &format!("/work-items/{story}")).await;
            let other = world.get(ME, &format!("/opportunities/{problem}")).await;
            [item["no_why_until"].clone(), other["no_why_until"].clone()]
        };

        let (status, told) =
            mend(&world, json!({ "items": [story, problem, need], "until": until })).await;
        assert_eq!(status, 422, "a need needs no why: {told}");
        assert_eq!(shown().await, [Value::Null, Value::Null], "all or none");
        for both in [json!({ "to": need, "until": until }), json!({})] {
            let mut input = both;
            input["items"] = json!([story]);
            let (status, told) = mend(&world, input).await;
            assert_eq!(status, 422, "one of the two: {told}");
        }

        let (status, told) = mend(&world, json!({ "items": [story, problem], "until": until })).await;
        assert_eq!((status, &told["changed"]), (200, &json!(2)), "{told}");
        assert_eq!(shown().await, [json!(until), json!(until)]);
        let history = world.get(ME, &format!("/items/{problem}/history")).await;
        assert_eq!(history["events"][0]["verb"], "bulk-link");
        let (status, told) = mend(&world, json!({ "items": [story, problem], "to": need })).await;
        assert_eq!(status, 200, "{told}");
        let path = world.get(ME, &format!("/items/{story}/why")).await;
        assert_eq!(path["up"][0]["key"], json!(need), "{path}");
    }

    async fn a_day_that_has_passed_puts_nothing_off(app) {
        let world = World::new(app).await;
        let story = made(&world, "/work-items", json!({ "title": "Pay by card" })).await;
        let problem = made(&world, "/opportunities", json!({ "title": "Queues" })).await;
        let (past, today) = (days(&world, -1), days(&world, 0));
        for path in [format!("/api/v1/work-items/{story}"), format!("/api/v1/opportunities/{problem}")] {
            let put = async |day: Value| {
                world.api(ME, "PATCH", &path, json!({ "no_why_until": day })).await
            };
            let (status, told) = put(json!(past)).await;
            assert_eq!((status, &told["error"]["field"]), (422, &json!("no_why_until")), "{path}: {told}");
            assert!(told["error"]["message"].as_str().is_some_and(|t| t.contains("has passed")), "{told}");
            for day in [json!(today), Value::Null] {
                let (status, told) = put(day.clone()).await;
                assert_eq!((status, &told["no_why_until"]), (200, &day), "{path}: {told}");
            }
        }
        let input = json!({ "product": "OPEN", "title": "Late", "no_why_until": past });
        let (status, _) = world.api(ME, "POST", "/api/v1/work-items", input).await;
        assert_eq!(status, 422);
    }

    async fn a_path_shows_where_it_branches_and_where_it_breaks(app) {
        let world = World::new(app).await;
        let epic = made(&world, "/work-items", json!({ "title": "Wallets", "level": "epic" })).await;
        let story =
            made(&world, "/work-items", json!({ "title": "Pay by card", "parent": epic })).await;
        let page = world.page(ME, &format!("/{story}")).await.1;
        let place = |page: &str, words: &str| {
            page.find(words).unwrap_or_else(|| panic!("{words}: {page}"))
        };
        assert!(place(&page, "The path stops at epic") < place(&page, "<small>Epic, "), "above the epic");
        // Nothing is above the epic, so the way up is to fill the gap.
        let page = world.page(ME, &format!("/{epic}")).await.1;
        place(&page, &format!(r##"href="#link-{epic}" data-hotkey="w""##));
        place(&page, &format!(r#"<summary class="btn" id="link-{epic}""#));

        let problem = made(&world, "/opportunities", json!({ "title": "Queues" })).await;
        let need = made(&world, "/needs", json!({ "title": "Be on time", "kind": "user" })).await;
        for (from, to) in [(&story, &problem), (&problem, &need)] {
            world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        }
        let page = world.page(ME, &format!("/{story}")).await.1;
        place(&page, "linked from this story");
        place(&page, "nothing stands above it");
        place(&page, &format!(r#"href="/{problem}" data-hotkey="w""#));
        let page = world.page(ME, &format!("/{need}")).await.1;
        place(&page, r#"data-depth="1""#);
        assert!(place(&page, "Queues") < place(&page, "Pay by card"), "below what it serves");

        // One voice stands for each need that it is linked to.
        let voice = made(&world, "/evidence", json!({ "title": "Late again", "kind": "interview", "verbatim": "We wait." })).await;
        let other = made(&world, "/needs", json!({ "title": "Fewer refunds", "kind": "business" })).await;
        for (from, to) in [(&problem, &other), (&need, &voice), (&other, &voice)] {
            world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        }
        let path = world.get(ME, &format!("/items/{story}/why")).await;
        assert_eq!((&path["standing"], &path["gap"]), (&json!("whole"), &Value::Null), "{path}");
    }

    async fn what_is_assigned_is_named_by_a_beginning_where_one_alone_has_it(app) {
        let world = World::new(app).await;
        let story = made(&world, "/work-items", json!({ "title": "Pay by card" })).await;
        let now = world.clock.now();
        let joined = world.app.db.write(move |tx| {
            let workspace = accounts::first_workspace(tx)?.expect("one");
            join(tx, workspace, Role::Member, "Zoe Quist", "zoe@example.org", None, now).map(drop)
        });
        joined.await.expect("joined");
        let path = format!("/api/v1/work-items/{story}");
        let (status, told) = world.api(ME, "PATCH", &path, json!({ "assignee": "zoe" })).await;
        assert_eq!((status, &told["assignee"]["name"]), (200, &json!("Zoe Quist")), "{told}");
        let (status, told) = world.api(ME, "PATCH", &path, json!({ "assignee": "Nobody" })).await;
        assert_eq!((status, &told["error"]["field"]), (422, &json!("assignee")), "{told}");
    }
}
