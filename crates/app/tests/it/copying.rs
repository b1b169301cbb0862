//! Copying an item: what goes along, what does not, and that one undo takes all of it back.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

/// A story with all that a story can have, begun and talked about.
async fn story(world: &World) -> (String, String, String) {
    world.post(Persona::Admin, "/teams", json!({ "name": "Booking" })).await;
    let part = json!({ "name": "Checkout", "team": "Booking" });
    world.post(Persona::Admin, "/products/OPEN/parts", part).await;
    let epic =
        made(world, "/work-items", json!({ "product": "OPEN", "title": "Pay", "level": "epic" }))
            .await;
    let need = made(
        world,
        "/needs",
        json!({ "product": "OPEN", "title": "Pay without cash", "kind": "user" }),
    )
    .await;
    let all = json!({
        "product": "OPEN", "title": "Pay by card", "body": "At the gate.", "parent": epic, "part": "Checkout",
        "labels": ["gate", "card"], "points": 5.0, "priority": "high", "assignee": "me", "due": "2026-05-01",
        "fields": { "Impact": "High" }, "criteria": "The sum is shown\nGiven a card\nWhen it is read\nThen the gate opens",
        "subtasks": ["Ask the bank"],
    });
    let key = made(world, "/work-items", all).await;
    world.post(ME, "/links", json!({ "from": key, "to": need })).await;
    world.post(ME, &format!("/items/{key}/comments"), json!({ "body": "Soon." })).await;
    world
        .api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "state": "In progress" }))
        .await;
    let criteria = world.get(ME, &format!("/stories/{key}/criteria")).await;
    let first = criteria[0]["id"].as_str().expect("an id");
    world.post(ME, &format!("/criteria/{first}/verdict"), json!({ "verdict": "met" })).await;
    (key, epic, need)
}

both_engines! {
    async fn a_copy_has_what_is_asked_and_why_and_nothing_of_what_became_of_it(app) {
        let world = World::new(app).await;
        let (key, epic, need) = story(&world).await;
        let path = format!("/api/v1/work-items/{key}/copy");
        let (status, copy) = world.api(ME, "POST", &path, json!({ "title": "Pay by phone" })).await;
        assert_eq!(status, 200, "{copy}");
        let original = world.get(ME, &format!("/work-items/{key}")).await;
        assert_ne!(copy["key"], original["key"]);
        assert_eq!(copy["title"], "Pay by phone");
        for same in ["level", "body", "labels", "part", "team", "parent", "priority", "fields"] {
            assert_eq!(copy[same], original[same], "{same}");
        }
        assert_eq!(copy["parent"]["id"], json!(epic));
        assert_ne!(copy["state"], original["state"]);
        for left in ["points", "assignee", "due", "sprint", "started_at"] {
            assert!(copy[left].is_null(), "{left}: {copy}");
        }
        let new = copy["key"].as_str().expect("a key");
        let criteria = world.get(ME, &format!("/stories/{new}/criteria")).await;
        let before = world.get(ME, &format!("/stories/{key}/criteria")).await;
        let count = before.as_array().expect("criteria").len();
        assert!(count > 1, "{before}");
        assert_eq!(criteria.as_array().expect("criteria").len(), count);
        for n in 0..count {
            assert_eq!(criteria[n]["title"], before[n]["title"]);
            assert_eq!(criteria[n]["steps"], before[n]["steps"]);
            assert!(criteria[n]["verdict"].is_null(), "{criteria}");
        }
        assert_eq!(before[0]["verdict"]["verdict"], "met", "the original keeps its own");
        let why = world.get(ME, &format!("/items/{new}/why")).await.to_string();
        assert!(why.contains(&need) && why.contains(&epic), "{why}");
        assert_eq!(world.get(ME, &format!("/items/{new}/comments")).await, json!([]));
        assert_eq!(world.get(ME, &format!("/stories/{new}/subtasks")).await["items"], json!([]));
        let (_, page) = world.page(ME, &format!("/{new}")).await;
        assert!(page.contains(&format!("/{key}")), "it leads back: {page}");
    }

    async fn the_estimate_goes_along_where_it_is_asked_for_and_the_title_stays(app) {
        let world = World::new(app).await;
        let (key, _, _) = story(&world).await;
        let kept = world.post(ME, &format!("/work-items/{key}/copy"), json!({ "estimate": true })).await;
        assert_eq!((&kept["points"], &kept["title"]), (&json!(5.0), &json!("Pay by card")));
        let sent = [("key", &*key), ("title", "By hand"), ("estimate", "on")];
        let (status, to) = world.form(ME, "/do/copy-work-item", &sent).await;
        assert_eq!(status, 303);
        let page = world.page(ME, &to).await.1;
        assert!(page.contains("By hand"), "the form leads to the copy: {page}");
        let long = json!({ "title": "x".repeat(10_001) });
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/work-items/{key}/copy"), long).await;
        assert_eq!(status, 422, "{refused}");
    }

    async fn undo_takes_the_whole_copy_back_and_nothing_else(app) {
        let world = World::new(app).await;
        let (key, _, need) = story(&world).await;
        let before = world.get(ME, &format!("/stories/{key}/criteria")).await;
        let path = format!("/api/v1/work-items/{key}/copy");
        let (_, copy) = world.api(ME, "POST", &path, json!({})).await;
        let new = copy["key"].as_str().expect("a key").to_owned();
        world.post(ME, "/undo", json!({ "change": copy["x-change"] })).await;
        assert_eq!(world.api(ME, "GET", &format!("/api/v1/work-items/{new}"), Value::Null).await.0, 404);
        for other in [&key, &need] {
            let why = world.get(ME, &format!("/items/{other}/why")).await.to_string();
            assert!(!why.contains(&format!("\"{new}\"")), "{other} still leads to {new}: {why}");
        }
        assert_eq!(world.get(ME, &format!("/stories/{key}/criteria")).await, before);
    }

    async fn what_is_gone_is_left_out_of_a_copy(app) {
        let world = World::new(app).await;
        let (key, epic, need) = story(&world).await;
        for gone in [&epic, &need] {
            world.api(ME, "DELETE", &format!("/api/v1/items/{gone}"), Value::Null).await;
        }
        let copy = world.post(ME, &format!("/work-items/{key}/copy"), json!({})).await;
        assert!(copy["parent"].is_null(), "{copy}");
        assert_eq!(copy["title"], "Pay by card");
    }
}
