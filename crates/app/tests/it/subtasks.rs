//! Sub-tasks: a checklist under a story, counted, ticked off, in order, and in the way of accepting.

use serde_json::{Value, json};
use wherefore_app::thread::automations::by_events;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn story(world: &World) -> String {
    let input = json!({ "product": "OPEN", "title": "Pay by card", "subtasks": ["Ask the bank\nBuild it", "Try it"] });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn tasks(world: &World, key: &str) -> (Value, Vec<String>) {
    let all = world.get(ME, &format!("/stories/{key}/subtasks")).await;
    let keys = all["items"].as_array().unwrap().iter();
    (all["count"].clone(), keys.map(|t| t["key"].as_str().unwrap().to_owned()).collect())
}

async fn tick(world: &World, key: &str, done: bool) {
    world.post(ME, &format!("/work-items/{key}/tick"), json!({ "done": done })).await;
}

both_engines! {
    async fn a_checklist_is_counted_ticked_and_put_in_order(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        let (count, keys) = tasks(&world, &key).await;
        assert_eq!(count, json!({ "done": 0, "all": 3 }));
        tick(&world, &keys[0], true).await;
        tick(&world, &keys[0], true).await;
        let seen = world.get(ME, &format!("/work-items/{key}")).await;
        assert_eq!(seen["subtasks"], json!({ "done": 1, "all": 3 }));
        world.post(ME, &format!("/work-items/{}/move", keys[2]), json!({ "before": keys[0] })).await;
        assert_eq!(tasks(&world, &key).await.1, [&*keys[2], &keys[0], &keys[1]]);
        world.post(ME, &format!("/stories/{key}/subtasks"), json!({ "titles": ["- Tell people"] })).await;
        tick(&world, &keys[0], false).await;
        assert_eq!(tasks(&world, &key).await.0, json!({ "done": 0, "all": 4 }));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("0/4") && page.contains("Tell people"), "{page}");
        let (_, list) = world.page(ME, "/p/OPEN/list?level=story").await;
        assert!(list.contains("0/4"), "rows count them");
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/work-items/{key}/tick"), json!({ "done": true })).await;
        assert_eq!(status, 409, "{refused}");
        assert!(refused.to_string().contains("is no task"), "{refused}");
    }

    async fn accepting_with_open_tasks_asks_for_a_reason(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        let (_, keys) = tasks(&world, &key).await;
        let path = format!("/api/v1/stories/{key}/acceptance");
        let accept = json!({ "decision": "accepted", "serves": "yes" });
        let (status, refused) = world.api(ME, "POST", &path, accept.clone()).await;
        assert_eq!(status, 422, "{refused}");
        assert!(refused.to_string().contains("3 sub-tasks are open"), "{refused}");
        let (_, page) = world.page(ME, &format!("/{key}/acceptance")).await;
        assert!(page.contains("3 of its sub-tasks are open"), "{page}");
        for task in &keys {
            tick(&world, task, true).await;
        }
        let (status, done) = world.api(ME, "POST", &path, accept).await;
        assert_eq!(status, 200, "{done}");
    }

    async fn a_rule_moves_the_story_on_once_all_are_done(app) {
        let world = World::new(app).await;
        let input = json!({ "product": "OPEN", "name": "On", "when": "subtasks-done", "only": { "level": "story" }, "steps": ["state In review"] });
        let id = world.post(ME, "/automations", input).await["id"].as_str().unwrap().to_owned();
        world.post(ME, &format!("/automations/{id}/set"), json!({ "on": true })).await;
        let key = story(&world).await;
        let (_, keys) = tasks(&world, &key).await;
        let state = async || world.get(ME, &format!("/work-items/{key}")).await["state"].clone();
        let before = state().await;
        for task in &keys {
            assert_eq!(state().await, before, "one is open");
            tick(&world, task, true).await;
            by_events(&world.app.db, world.clock.now()).await.unwrap();
        }
        assert_eq!(state().await, "In review");
    }

    async fn what_an_item_waits_for_is_said_from_both_sides(app) {
        let world = World::new(app).await;
        let made = async |title: &str| {
            let input = json!({ "product": "OPEN", "title": title });
            world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
        };
        let (bank, pay, more) = (made("Bank").await, made("Pay").await, made("More").await);
        let link = async |from: &str, kind: &str, to: &str| {
            world.api(ME, "POST", "/api/v1/links", json!({ "from": from, "kind": kind, "to": to })).await.0
        };
        assert_eq!(link(&pay, "blocked-by", &bank).await, 200);
        assert_eq!(link(&pay, "blocks", &more).await, 200);
        assert_eq!(link(&more, "blocks", &bank).await, 422, "a circle");
        assert_eq!(link(&more, "duplicates", &pay).await, 200);
        assert_eq!(link(&pay, "duplicates", &more).await, 422, "a circle");
        assert_eq!((link(&bank, "relates", &more).await, link(&more, "relates", &bank).await), (200, 200));
        let (_, page) = world.page(ME, &format!("/{pay}")).await;
        for words in ["Is blocked by", "Blocks", "Is duplicated by", "It waits for"] {
            assert!(page.contains(words), "{words}");
        }
        let (_, page) = world.page(ME, &format!("/{bank}")).await;
        assert_eq!(page.matches("Relates to").count(), 1, "the same tie stands once");
        let (_, board) = world.page(ME, "/p/OPEN/board").await;
        assert!(board.contains(&format!("waits for {bank}")), "the card says so");
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{bank}"), json!({ "state": "Done" })).await;
        let (_, board) = world.page(ME, "/p/OPEN/board").await;
        assert!(!board.contains(&format!("waits for {bank}")), "the blocker is done");
    }

    async fn a_past_day_shows_the_steps_criteria_and_ties_of_that_day(app) {
        let world = World::new(app).await;
        world.noon("2026-03-03");
        let new = |title: &str| json!({ "product": "OPEN", "title": title });
        let key = world.post(ME, "/work-items", new("Refunds")).await["key"].as_str().unwrap().to_owned();
        let bank = world.post(ME, "/work-items", new("The bank answers")).await["key"].as_str().unwrap().to_owned();
        let steps = world.post(ME, &format!("/stories/{key}/subtasks"), json!({ "titles": ["Ask the bank\nBuild it"] })).await;
        let ask = steps["items"][0]["key"].as_str().unwrap().to_owned();
        let criteria = world.post(ME, &format!("/stories/{key}/criteria"), json!({ "text": "The sum is shown" })).await;
        let criterion = criteria[0]["id"].as_str().unwrap().to_owned();
        world.post(ME, "/links", json!({ "from": bank, "to": key, "kind": "blocks" })).await;
        world.post(ME, &format!("/work-items/{key}/block"), json!({ "because": "No contract" })).await;
        world.noon("2026-03-05");
        world.post(ME, &format!("/work-items/{ask}/tick"), json!({ "done": true })).await;
        world.post(ME, &format!("/stories/{key}/subtasks"), json!({ "titles": ["Tell support"] })).await;
        let (status, _) = world.api(ME, "PATCH", &format!("/api/v1/criteria/{criterion}"), json!({ "text": "The sum is right" })).await;
        assert_eq!(status, 200);
        world.post(ME, &format!("/criteria/{criterion}/verdict"), json!({ "verdict": "met", "note": "Seen by all" })).await;
        let gone = format!("/api/v1/links/{bank}/{key}");
        assert_eq!(world.api(ME, "DELETE", &gone, json!({ "kind": "blocks" })).await.0, 200);
        world.post(ME, &format!("/work-items/{key}/unblock"), json!({ "solution": "It was signed" })).await;
        let (_, now) = world.page(ME, &format!("/{key}")).await;
        for words in ["Tell support", "The sum is right", "Seen by all", "It was signed", "1/3"] {
            assert!(now.contains(words), "{words}: {now}");
        }
        let (_, then) = world.page(ME, &format!("/{key}?at=2026-03-04")).await;
        for words in ["Build it", "0/2", "The sum is shown", "The bank answers", "No contract", "still"] {
            assert!(then.contains(words), "{words}: {then}");
        }
        let main = then.split("class=\"log-part\"").next().unwrap();
        for words in ["Tell support", "The sum is right", "Seen by all", "It was signed", "Tick off"] {
            assert!(!main.contains(words), "{words}: {main}");
        }
    }
}
