//! To whom work is given: whoever sees its product and has not left.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use crate::automations::look;

/// Sees everything.
const BOSS: Persona = Persona::Owner;

async fn item(world: &World, product: &str, more: Value) -> String {
    let mut input = json!({ "product": product, "title": "Pay by card" });
    input.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
    world.post(BOSS, "/work-items", input).await["key"].as_str().expect("a key").to_owned()
}

async fn edit(world: &World, key: &str, input: Value) -> (u16, Value) {
    world.api(BOSS, "PATCH", &format!("/api/v1/work-items/{key}"), input).await
}

/// The name of whoever has an item.
async fn has(world: &World, key: &str) -> Value {
    world.get(BOSS, &format!("/work-items/{key}")).await["assignee"]["name"].clone()
}

/// Takes back what happened to an item last.
async fn undo(world: &World, key: &str) -> (u16, Value) {
    let history = world.get(BOSS, &format!("/items/{key}/history")).await;
    let change = json!({ "change": history["events"][0]["change"] });
    world.api(BOSS, "POST", "/api/v1/undo", change).await
}

/// That it was refused because of the one who was named, in words.
fn refused((status, answer): (u16, Value), words: &[&str]) {
    assert_eq!(status, 422, "{answer}");
    let said = answer["error"]["message"].as_str().expect("words");
    for word in words {
        assert!(said.contains(word), "{word} is not in {said}");
    }
}

both_engines! {
    async fn nobody_is_given_what_they_cannot_see(app) {
        let world = World::new(app).await;
        let key = item(&world, "PRIV", json!({})).await;
        let id = world.person(Persona::Member).to_string();
        for who in ["Mia", "mia", id.as_str()] {
            let told = &["“Mia” does not see Private", "add them to the product first"];
            refused(edit(&world, &key, json!({ "assignee": who })).await, told);
            let new = json!({ "product": "PRIV", "title": "New", "assignee": who });
            refused(world.api(BOSS, "POST", "/api/v1/work-items", new).await, told);
            let many = json!({ "items": [key], "assignee": who });
            refused(world.api(BOSS, "POST", "/api/v1/work-items/bulk", many).await, told);
        }
        let lines = json!({ "product": "PRIV", "lines": "One\nTwo @mia" });
        let made = world.api(BOSS, "POST", "/api/v1/work-items/lines", lines).await;
        refused(made, &["Line 2: “Mia” does not see Private"]);
        for who in ["me", &world.person(Persona::Insider).to_string()] {
            let (status, told) = edit(&world, &key, json!({ "assignee": who })).await;
            assert_eq!(status, 200, "{told}");
        }
        world.post(BOSS, "/products/PRIV/members", json!({ "person": id })).await;
        let (status, told) = edit(&world, &key, json!({ "assignee": "Mia" })).await;
        assert_eq!((status, &told["assignee"]["name"]), (200, &json!("Mia")), "{told}");
        // Whoever had it before they were taken out keeps it until somebody says otherwise.
        let out = format!("/api/v1/products/PRIV/members/{id}");
        assert_eq!(world.api(BOSS, "DELETE", &out, json!({})).await.0, 200);
        let (status, told) = edit(&world, &key, json!({ "assignee": "Mia", "title": "Pay" })).await;
        assert_eq!((status, &told["assignee"]["name"]), (200, &json!("Mia")), "{told}");
    }

    async fn a_rule_hands_nothing_over_to_whom_it_is_hidden_from(app) {
        let world = World::new(app).await;
        let rule = world.post(BOSS, "/automations", json!({
            "product": "PRIV", "name": "Hand over", "when": "state-changed", "args": { "to": "Done" }, "steps": ["assign Mia"],
        })).await;
        let path = format!("/automations/{}", rule["id"].as_str().expect("an id"));
        world.post(BOSS, &format!("{path}/set"), json!({ "on": true })).await;
        let key = item(&world, "PRIV", json!({})).await;
        edit(&world, &key, json!({ "state": "Done" })).await;
        look(&world).await;
        let run = world.get(BOSS, &path).await["runs"][0].clone();
        let told = run["told"].as_str().expect("words");
        assert!(run["outcome"] == "refused" && told.contains("“Mia” does not see Private"), "{run}");
        assert_eq!(world.get(BOSS, &format!("/work-items/{key}")).await["assignee"], Value::Null);
    }

    async fn guests_are_given_what_they_are_named_in(app) {
        let world = World::new(app).await;
        let guest = world.person(Persona::Guest).to_string();
        let open = item(&world, "OPEN", json!({})).await;
        let (status, told) = edit(&world, &open, json!({ "assignee": guest })).await;
        assert_eq!(status, 200, "{told}");
        let shut = item(&world, "SHUT", json!({})).await;
        refused(edit(&world, &shut, json!({ "assignee": guest })).await, &["does not see Shut"]);
        let visitor = world.person(Persona::Visitor).to_string();
        refused(edit(&world, &open, json!({ "assignee": visitor })).await, &["does not see Open"]);
    }

    async fn whoever_was_deactivated_gets_nothing_new_and_keeps_what_they_had(app) {
        let world = World::new(app).await;
        let id = world.person(Persona::Member).to_string();
        let theirs = item(&world, "OPEN", json!({ "assignee": "Mia" })).await;
        let other = item(&world, "OPEN", json!({})).await;
        let path = format!("/people/{id}/deactivate");
        world.post(BOSS, &path, json!({ "keep_work": true })).await;
        for who in ["Mia", id.as_str()] {
            let told = &["“Mia” was deactivated", "Choose somebody else"];
            refused(edit(&world, &other, json!({ "assignee": who })).await, told);
            let new = json!({ "product": "OPEN", "title": "New", "assignee": who });
            refused(world.api(BOSS, "POST", "/api/v1/work-items", new).await, told);
            let same = json!({ "assignee": who, "title": format!("Asked by {who}") });
            let (status, told) = edit(&world, &theirs, same).await;
            assert_eq!((status, &told["assignee"]["name"]), (200, &json!("Mia")), "{told}");
        }
        // Out of the bin it comes as it was; what was taken from them does not come back.
        world.post(BOSS, "/work-items/bulk", json!({ "items": [theirs], "bin": true })).await;
        assert_eq!(undo(&world, &theirs).await.0, 200);
        assert_eq!(has(&world, &theirs).await, "Mia");
        edit(&world, &theirs, json!({ "assignee": null })).await;
        let (status, told) = undo(&world, &theirs).await;
        let words = format!("Undoing would give {theirs} back to “Mia”, who was deactivated. Edit it instead.");
        assert_eq!((status, &told["error"]["message"]), (409, &json!(words)), "{told}");
        assert_eq!(has(&world, &theirs).await, Value::Null);
        // What is finished says who did it.
        let done = item(&world, "OPEN", json!({ "state": "Done", "assignee": "me" })).await;
        edit(&world, &done, json!({ "assignee": null })).await;
        assert_eq!(undo(&world, &done).await.0, 200);
    }

    async fn undo_gives_work_back_to_those_alone_who_see_it(app) {
        let world = World::new(app).await;
        let id = world.person(Persona::Member).to_string();
        world.post(BOSS, "/products/PRIV/members", json!({ "person": id })).await;
        let key = item(&world, "PRIV", json!({ "assignee": "Mia" })).await;
        let other = item(&world, "PRIV", json!({})).await;
        let both = json!({ "items": [key, other], "assignee": "me" });
        world.post(BOSS, "/work-items/bulk", both).await;
        let out = format!("/api/v1/products/PRIV/members/{id}");
        assert_eq!(world.api(BOSS, "DELETE", &out, json!({})).await.0, 200);
        let (status, told) = undo(&world, &key).await;
        assert_eq!(status, 409, "{told}");
        assert!(told.to_string().contains("“Mia”, who does not see Private"), "{told}");
        assert_eq!(has(&world, &other).await, "Olive", "all of it or nothing");
        world.post(BOSS, "/products/PRIV/members", json!({ "person": id })).await;
        assert_eq!(undo(&world, &key).await.0, 200);
        assert_eq!((has(&world, &key).await, has(&world, &other).await), (json!("Mia"), Value::Null));
    }

    async fn undo_brings_back_somebody_with_what_they_had(app) {
        let world = World::new(app).await;
        let theirs = item(&world, "OPEN", json!({ "assignee": "Mia" })).await;
        let path = format!("/people/{}/deactivate", world.person(Persona::Member));
        world.post(BOSS, &path, json!({ "assign_to": world.person(BOSS) })).await;
        assert_eq!(has(&world, &theirs).await, "Olive");
        let (status, told) = undo(&world, &theirs).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(has(&world, &theirs).await, "Mia");
    }

    async fn a_priority_is_a_few_words(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN", json!({ "priority": "é".repeat(100) })).await;
        let long = "é".repeat(101);
        refused(edit(&world, &key, json!({ "priority": long })).await, &["up to 100 characters"]);
        let new = json!({ "product": "OPEN", "title": "New", "priority": long });
        refused(world.api(BOSS, "POST", "/api/v1/work-items", new).await, &["up to 100"]);
        let many = json!({ "items": [key], "priority": long });
        refused(world.api(BOSS, "POST", "/api/v1/work-items/bulk", many).await, &["up to 100"]);
    }

    async fn an_item_given_twice_is_changed_once(app) {
        let world = World::new(app).await;
        let (one, two) = (item(&world, "OPEN", json!({})).await, item(&world, "OPEN", json!({})).await);
        let twice = json!([one, two, one.to_lowercase(), format!(" {two} ")]);
        for (path, more) in [
            ("work-items/bulk", json!({ "add_label": "gate" })),
            ("links/bulk", json!({ "until": world.clock.now().day().plus_days(7) })),
            ("work-items/bulk", json!({ "bin": true })),
        ] {
            let mut input = more;
            input["items"] = twice.clone();
            let (status, told) = world.api(BOSS, "POST", &format!("/api/v1/{path}"), input).await;
            assert_eq!((status, &told["changed"]), (200, &json!(2)), "{path}: {told}");
        }
    }

    async fn what_was_sent_is_not_said_again_at_length(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN", json!({})).await;
        let long = "x".repeat(100_000);
        let at = format!("/api/v1/work-items/{key}");
        let new = |more: Value| {
            let mut input = json!({ "product": "OPEN", "title": "New" });
            input.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
            ("POST", "/api/v1/work-items".to_owned(), input)
        };
        for (method, path, input) in [
            new(json!({ "level": long })),
            new(json!({ "state": long })),
            new(json!({ "assignee": long })),
            new(json!({ "team": long })),
            new(json!({ "part": long })),
            new(json!({ "parent": long })),
            new(json!({ "service": long })),
            new(json!({ "template": long })),
            new(json!({ "points": long })),
            new(json!({ "due": long })),
            new(json!({ "fields": { &long: "1" } })),
            new(json!({ &long: "1" })),
            new(json!({ "level": format!("a”{long}") })),
            ("PATCH", at.clone(), json!({ "sprint": long })),
            ("PATCH", at, json!({ "set_fields": { &long: "1" } })),
            ("POST", "/api/v1/work-items/bulk".to_owned(), json!({ "items": [long] })),
            ("POST", "/api/v1/work-items/bulk".to_owned(), json!({ "items": [key], "clear": [long] })),
            ("POST", "/api/v1/work-items/bulk".to_owned(), json!({ "product": "OPEN", "matching": true, "q": format!("is:{long}") })),
            ("POST", "/api/v1/links".to_owned(), json!({ "from": key, "to": key, "kind": long })),
        ] {
            let (status, told) = world.api(BOSS, method, &path, input).await;
            assert!(matches!(status, 404 | 409 | 422), "{status} {told}");
            let said = told["error"]["message"].as_str().expect("words");
            assert!(said.chars().count() <= 2_001, "{} characters: {}", said.len(), &said[..200]);
            assert!(!said.contains(&"x".repeat(2_000)), "{said}");
        }
    }
}
