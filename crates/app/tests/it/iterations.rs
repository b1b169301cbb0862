//! Sprints from planning to the end: scope told truthfully, carry-over by choice, nothing changed
//! after the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn story(world: &World, points: f64) -> String {
    let input = json!({ "product": "OPEN", "title": "Pay", "points": points });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn sprint(world: &World, name: &str) -> String {
    let input =
        json!({ "product": "OPEN", "name": name, "goal": "Refunds are clear", "capacity": 10 });
    world.post(ME, "/iterations", input).await["id"].as_str().unwrap().to_owned()
}

async fn edit(world: &World, key: &str, fields: Value) -> (u16, Value) {
    world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), fields).await
}

async fn take(world: &World, sprint: &str, items: &[&str]) {
    world.post(ME, &format!("/iterations/{sprint}/items"), json!({ "items": items })).await;
}

fn says(answer: &Value, words: &str) -> bool {
    answer["error"]["message"].as_str().unwrap_or_default().contains(words)
}

/// Scope and finished points at the end of each day, counted anew from the activity alone.
async fn from_activity(world: &World, sprint: &str) -> Vec<(f64, f64)> {
    let sql = "SELECT object_id, changes, recorded_at FROM activity WHERE object_kind = 'work_item' ORDER BY seq";
    let rows: Vec<(wherefore_app::kernel::Id, String, i64)> = world
        .app
        .db
        .read(move |conn| conn.query_text(sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))))
        .await
        .unwrap();
    let mut items: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut days: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for (id, changes, at) in rows {
        let changes: BTreeMap<String, Value> = serde_json::from_str(&changes).unwrap();
        let item = items.entry(id.to_string()).or_default();
        item.extend(changes.into_iter().map(|(field, pair)| (field, pair[1].clone())));
        let inside = |i: &&BTreeMap<String, Value>| i.get("sprint_id").is_some_and(|s| s == sprint);
        let points =
            |i: &BTreeMap<String, Value>| i.get("points").and_then(Value::as_f64).unwrap_or(0.0);
        let scope = items.values().filter(inside).map(points).sum();
        let done =
            items.values().filter(inside).filter(|i| i["category"] == "accepted").map(points).sum();
        days.insert(at / 86_400_000_000, (scope, done));
    }
    days.into_values().collect()
}

/// Puts a policy into force that estimates in something else.
async fn estimates(world: &World, unit: &str) {
    let draft = world.post(Persona::Admin, "/policies", json!({ "product": "OPEN" })).await;
    let path = format!("/api/v1/policies/{}", draft["id"].as_str().unwrap());
    let change = json!({ "estimates": unit });
    assert_eq!(world.api(Persona::Admin, "PATCH", &path, change).await.0, 200);
    let activate = format!("/policies/{}/activate", draft["id"].as_str().unwrap());
    world.post(Persona::Admin, &activate, json!({})).await;
}

/// A sprint of two items, one of which is finished: its id, and its page while it ran.
async fn play(world: &World, name: &str, points: [f64; 2]) -> (String, String) {
    let id = sprint(world, name).await;
    let (a, b) = (story(world, points[0]).await, story(world, points[1]).await);
    take(world, &id, &[&a, &b]).await;
    world.post(ME, &format!("/iterations/{id}/start"), json!({})).await;
    edit(world, &a, json!({ "state": "Done" })).await;
    let open = world.page(ME, &format!("/p/OPEN/sprints/{id}")).await.1;
    let carry = json!({ "outcome": "met", "carry": { b.as_str(): "backlog" } });
    world.post(ME, &format!("/iterations/{id}/close"), carry).await;
    (id, open)
}

both_engines! {
    async fn what_is_unfinished_goes_where_one_says_for_all_or_for_each(app) {
        let world = World::new(app).await;
        let (a, b, c) = (story(&world, 1.0).await, story(&world, 2.0).await, story(&world, 3.0).await);
        let (one, two) = (sprint(&world, "Sprint 1").await, sprint(&world, "Sprint 2").await);
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/iterations/{one}/items"), json!({ "items": [a, "OPEN-9999"] })).await;
        assert!(status == 404 && says(&refused, "There is no OPEN-9999 here"), "{refused}");
        take(&world, &one, &[&a, &b, &c]).await;
        world.post(ME, &format!("/iterations/{one}/start"), json!({})).await;
        let close = json!({ "outcome": "missed", "others": two, "carry": { c.as_str(): "backlog", b.as_str(): "" } });
        world.post(ME, &format!("/iterations/{one}/close"), close).await;
        let mut where_to = Vec::new();
        for key in [&a, &b, &c] {
            where_to.push(world.get(ME, &format!("/work-items/{key}")).await["sprint"].clone());
        }
        assert_eq!(where_to, [json!("Sprint 2"), json!("Sprint 2"), Value::Null]);
    }

    async fn what_is_edited_into_a_running_sprint_is_taken_as_what_is_added_to_it(app) {
        let world = World::new(app).await;
        let (a, b) = (story(&world, 1.0).await, story(&world, 2.0).await);
        edit(&world, &b, json!({ "state": "Backlog" })).await;
        let one = sprint(&world, "Sprint 1").await;
        take(&world, &one, &[&a]).await;
        world.post(ME, &format!("/iterations/{one}/start"), json!({})).await;
        let state = async |key: &str| world.get(ME, &format!("/work-items/{key}")).await["state"].clone();
        let (status, told) = edit(&world, &b, json!({ "sprint": "Sprint 1" })).await;
        assert!(status == 200 && state(&b).await == state(&a).await, "{told}");
        // A state that is said goes before it.
        edit(&world, &b, json!({ "sprint": null, "state": "Backlog" })).await;
        edit(&world, &b, json!({ "sprint": "Sprint 1", "state": "In progress" })).await;
        assert_eq!(state(&b).await, json!("In progress"));
        let epic = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Large", "level": "epic" })).await;
        let epic = epic["key"].as_str().unwrap();
        let (status, refused) = edit(&world, epic, json!({ "sprint": "Sprint 1" })).await;
        assert!(status == 422 && says(&refused, "is an epic"), "{refused}");
        let path = format!("/api/v1/iterations/{one}/items");
        let (status, refused) = world.api(ME, "POST", &path, json!({ "items": [epic] })).await;
        assert!(status == 422 && says(&refused, "is an epic"), "{refused}");
    }

    async fn a_sprint_tells_its_scope_truthfully_and_closes_for_good(app) {
        let world = World::new(app).await;
        let (a, b, c, d) = (story(&world, 3.0).await, story(&world, 5.0).await, story(&world, 2.0).await, story(&world, 8.0).await);
        let one = sprint(&world, "Sprint 1").await;
        take(&world, &one, &[&a, &b]).await;
        world.post(ME, &format!("/iterations/{one}/start"), json!({})).await;
        world.noon("2026-03-03");
        take(&world, &one, &[&c]).await;
        edit(&world, &a, json!({ "state": "Done" })).await;
        world.noon("2026-03-04");
        edit(&world, &b, json!({ "points": 8 })).await;
        world.noon("2026-03-05");
        let gone = format!("/api/v1/iterations/{one}/items/{c}");
        assert_eq!(world.api(ME, "DELETE", &gone, Value::Null).await.0, 200);
        edit(&world, &a, json!({ "state": "In review" })).await;
        world.noon("2026-03-06");
        edit(&world, &a, json!({ "state": "Done" })).await;
        let seen = world.get(ME, &format!("/iterations/{one}")).await;
        let days: Vec<(f64, f64)> = seen["days"].as_array().unwrap().iter()
            .map(|d| (d["scope"].as_f64().unwrap(), d["done"].as_f64().unwrap())).collect();
        assert_eq!(days, [(8.0, 0.0), (10.0, 3.0), (13.0, 3.0), (11.0, 0.0), (11.0, 3.0)]);
        assert_eq!(days, from_activity(&world, &one).await, "as counted from the activity");
        let came: Vec<f64> = seen["changes"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap()).collect();
        assert_eq!(came, [2.0, 3.0, -2.0]);
        assert_eq!((&seen["committed"], &seen["moved"][0]["to"]), (&json!(8.0), &json!("Done")));
        // The end: every unfinished item goes where somebody says.
        let close = format!("/api/v1/iterations/{one}/close");
        let (status, refused) = world.api(ME, "POST", &close, json!({ "outcome": "partly" })).await;
        assert!(status == 422 && says(&refused, &b), "{refused}");
        let two = sprint(&world, "Sprint 2").await;
        let carry = json!({ "outcome": "partly", "review": "Half of it", "carry": { b.as_str(): two } });
        let closed = world.post(ME, &format!("/iterations/{one}/close"), carry).await;
        assert_eq!(closed["state"], "closed");
        let last = world.get(ME, &format!("/iterations/{one}")).await;
        assert_eq!((&last["completed"], &last["carried"][0]["key"], &last["finished"][0]["key"]), (&json!(3.0), &json!(b), &json!(a)));
        assert_eq!(last["carried"][0]["to"], "Sprint 2", "where it went is told");
        // Whatever happens afterwards, it stays as it was.
        world.noon("2026-03-09");
        edit(&world, &a, json!({ "points": 100, "title": "Other" })).await;
        edit(&world, &b, json!({ "state": "Done", "points": 50 })).await;
        let moved = edit(&world, &a, json!({ "sprint": "Sprint 2" })).await;
        assert!(moved.0 == 409 && says(&moved.1, "stays there"), "{}", moved.1);
        let late = edit(&world, &d, json!({ "sprint": "Sprint 1" })).await;
        assert!(late.0 == 409, "{}", late.1);
        for (method, path, body) in [
            ("PATCH", format!("/api/v1/iterations/{one}"), json!({ "goal": "Another" })),
            ("POST", format!("/api/v1/iterations/{one}/items"), json!({ "items": [d] })),
            ("DELETE", format!("/api/v1/iterations/{one}/items/{a}"), Value::Null),
            ("POST", format!("/api/v1/iterations/{one}/start"), json!({})),
            ("POST", close, json!({ "outcome": "met" })),
            ("POST", format!("/api/v1/iterations/{one}/cancel"), json!({ "because": "No" })),
        ] {
            let (status, refused) = world.api(ME, method, &path, body).await;
            assert_eq!(status, 409, "{method} {path}: {refused}");
        }
        let undo = json!({ "change": closed["x-change"] });
        assert_eq!(world.api(Persona::Owner, "POST", "/api/v1/undo", undo).await.0, 409);
        let mut after = world.get(ME, &format!("/iterations/{one}")).await;
        // Its items are live things with a life of their own; all else is as it was.
        let mut last = last;
        for one in [&mut after, &mut last] {
            one.as_object_mut().unwrap().remove("items");
        }
        assert_eq!(after, last);
        let next = world.get(ME, &format!("/iterations/{two}")).await;
        assert_eq!(next["items"][0]["key"], json!(b));
        // Its page too tells what was finished then, also of what was taken up again or lies in the bin.
        edit(&world, &a, json!({ "state": "In progress" })).await;
        let here = format!("/p/OPEN/sprints/{one}");
        let told = |page: &str| page.contains("The increment, and why") && page.contains(&format!("href=\"/{a}\">{a}</a>"));
        let (_, page) = world.page(ME, &here).await;
        assert!(told(&page), "{page}");
        world.api(ME, "DELETE", &format!("/api/v1/items/{a}"), Value::Null).await;
        let (_, page) = world.page(ME, &here).await;
        assert!(told(&page), "{page}");
    }

    async fn starting_takes_a_goal_and_one_sprint_a_team_and_commits_the_items(app) {
        let world = World::new(app).await;
        let team = world.post(Persona::Admin, "/teams", json!({ "name": "Tickets" })).await["id"].clone();
        world.post(ME, "/policies/adopt", json!({ "team": team, "preset": "scrum" })).await;
        let input = json!({ "product": "OPEN", "name": "One", "team": team });
        let one = world.post(ME, "/iterations", input.clone()).await;
        assert_eq!(one["ends"], "2026-03-15", "as long as the policy says");
        assert_eq!(world.api(ME, "POST", "/api/v1/iterations", input).await.0, 422, "the name is taken");
        let one = one["id"].as_str().unwrap();
        let key = story(&world, 3.0).await;
        take(&world, one, &[&key]).await;
        let start = format!("/api/v1/iterations/{one}/start");
        let (status, refused) = world.api(ME, "POST", &start, json!({})).await;
        assert!(status == 422 && says(&refused, "goal"), "{refused}");
        world.api(ME, "PATCH", &format!("/api/v1/iterations/{one}"), json!({ "goal": "Calm" })).await;
        assert_eq!(world.api(ME, "POST", &start, json!({})).await.0, 200);
        let item = world.get(ME, &format!("/work-items/{key}")).await;
        assert_eq!((&item["state"], &item["team"]["name"]), (&json!("In sprint"), &json!("Tickets")));
        let two = json!({ "product": "OPEN", "name": "Two", "team": team, "goal": "More" });
        let two = world.post(ME, "/iterations", two).await["id"].as_str().unwrap().to_owned();
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/iterations/{two}/start"), json!({})).await;
        assert!(status == 409 && says(&refused, "One"), "{refused}");
        let cancelled = world.post(ME, &format!("/iterations/{one}/cancel"), json!({ "because": "The law changed" })).await;
        assert_eq!(cancelled["state"], "cancelled");
        let item = world.get(ME, &format!("/work-items/{key}")).await;
        assert_eq!((&item["state"], &item["sprint"]), (&json!("Ready"), &Value::Null));
    }

    async fn velocity_has_a_spread_and_the_outlook_says_what_it_lacks(app) {
        let world = World::new(app).await;
        for (n, points) in [(1, 4.0), (2, 8.0), (3, 6.0)] {
            let id = sprint(&world, &format!("Sprint {n}")).await;
            let key = story(&world, points).await;
            take(&world, &id, &[&key]).await;
            world.post(ME, &format!("/iterations/{id}/start"), json!({})).await;
            edit(&world, &key, json!({ "state": "Done" })).await;
            world.post(ME, &format!("/iterations/{id}/close"), json!({ "outcome": "met" })).await;
        }
        let pace = world.get(ME, "/iterations/velocity?product=OPEN").await;
        let v = &pace["velocity"];
        assert_eq!((&v["mean"], &v["least"], &v["most"], &v["spread"]), (&json!(6.0), &json!(4.0), &json!(8.0), &json!(2.0)));
        assert!(pace["outlook"]["words"][0].as_str().unwrap().contains("complete weeks"), "{pace}");
        let list = world.get(ME, "/iterations?product=OPEN").await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(3));
        let (status, page) = world.page(ME, "/p/OPEN/sprints").await;
        assert!(status == 200 && page.contains("between 4 and 8"), "{page}");
    }

    async fn a_retrospective_names_nobody_and_something_comes_of_it(app) {
        let world = World::new(app).await;
        let id = sprint(&world, "Sprint 1").await;
        world.post(ME, &format!("/iterations/{id}/start"), json!({})).await;
        let path = format!("/iterations/{id}/retro");
        let noted = world.post(ME, &path, json!({ "lane": "badly", "text": "Too many meetings" })).await;
        assert_eq!(noted["notes"], 1);
        let sql = "SELECT COUNT(*) FROM activity WHERE object_kind = 'retro_note' AND actor_id IS NOT NULL";
        let named: Vec<i64> = world.app.db.read(move |conn| conn.query_text(sql, &[], |r| r.get(0))).await.unwrap();
        assert_eq!(named[0], 0, "the activity names nobody");
        let note = world.get(ME, &path).await[0]["id"].as_str().unwrap().to_owned();
        let vote = format!("/iterations/retro/{note}/vote");
        world.post(Persona::Admin, &vote, json!({})).await;
        world.post(ME, &vote, json!({})).await;
        let seen = world.post(ME, &vote, json!({})).await;
        assert_eq!((&seen[0]["votes"], &seen[0]["voted"]), (&json!(1), &json!(false)));
        world.post(ME, &format!("/iterations/retro/{note}/topic"), json!({ "topic": "Meetings" })).await;
        let act = json!({ "title": "One meeting a day", "assignee": "me" });
        let acted = world.post(ME, &format!("/iterations/retro/{note}/item"), act).await;
        let item = world.get(ME, &format!("/work-items/{}", acted[0]["item"].as_str().unwrap())).await;
        assert_eq!((&item["title"], &item["assignee"]["name"]), (&json!("One meeting a day"), &json!("Mia")));
        let (status, page) = world.page(ME, &format!("/p/OPEN/sprints/{id}")).await;
        assert!(status == 200 && page.contains("Too many meetings") && page.contains("Meetings"), "{page}");
    }

    async fn sums_are_told_in_what_a_team_estimates_in(app) {
        let world = World::new(app).await;
        let (first, page) = play(&world, "Sprint 1", [8.0, 5.0]).await;
        assert!(page.contains("of 13 points"), "{page}");
        estimates(&world, "hours").await;
        let (_, page) = play(&world, "Sprint 2", [16.0, 8.0]).await;
        assert!(page.contains("of 24 hours") && !page.contains("points left"), "{page}");
        estimates(&world, "sizes").await;
        let mut last = String::new();
        for name in ["Sprint 3", "Sprint 4", "Sprint 5"] {
            let (id, page) = play(&world, name, [3.0, 5.0]).await;
            assert!(page.contains("of 2 items"), "a size adds up to nothing, so items are counted: {page}");
            last = id;
        }
        let unit = |seen: &Value| seen["unit"].as_str().unwrap().to_owned();
        assert_eq!(unit(&world.get(ME, &format!("/iterations/{first}")).await), "points", "it stays as it was");
        assert_eq!(unit(&world.get(ME, &format!("/iterations/{last}")).await), "items");
        let v = world.get(ME, "/iterations/velocity?product=OPEN").await["velocity"].clone();
        assert_eq!((&v["unit"], &v["alike"], &v["mean"]), (&json!("items"), &json!(3), &json!(1.0)), "{v}");
        let told: Vec<(&str, f64)> = v["past"].as_array().unwrap().iter().map(|p| (p["unit"].as_str().unwrap(), p["completed"].as_f64().unwrap())).collect();
        assert_eq!(told, [("points", 8.0), ("hours", 16.0), ("items", 1.0), ("items", 1.0), ("items", 1.0)]);
        let (_, page) = world.page(ME, "/p/OPEN/sprints").await;
        assert!(page.contains("The last 3 sprints finished 1 items each"), "{page}");
        let (_, page) = world.page(ME, &format!("/p/OPEN/sprints/{first}")).await;
        assert!(page.contains("points, 1 item"), "{page}");
    }
}
