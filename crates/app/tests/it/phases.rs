//! Phases: frozen at the gate, changed only by requests that were decided, told truthfully day by day.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const BOSS: Persona = Persona::Admin;

async fn story(world: &World, points: f64) -> String {
    let input = json!({ "product": "OPEN", "title": "Send an invoice", "points": points });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn gate(world: &World, name: &str) -> String {
    let input = json!({ "product": "OPEN", "name": name, "must": ["Money is there"], "approvers": [world.person(BOSS)] });
    world.post(ME, "/gates", input).await["id"].as_str().unwrap().to_owned()
}

async fn decide(world: &World, gate: &str, decision: &str) {
    let input = json!({ "kind": "must", "text": "Money is there", "standing": "met" });
    world.post(ME, &format!("/gates/{gate}/criteria"), input).await;
    let input = json!({ "decision": decision, "because": "All is there" });
    world.post(BOSS, &format!("/gates/{gate}/decide"), input).await;
}

async fn edit(world: &World, key: &str, fields: Value) {
    let path = format!("/api/v1/work-items/{key}");
    let (status, answer) = world.api(ME, "PATCH", &path, fields).await;
    assert_eq!(status, 200, "{answer}");
}

/// Scope and finished points at the end of each day on which something happened, from the activity.
async fn from_activity(world: &World, phase: &str) -> BTreeMap<i64, (f64, f64)> {
    let sql = "SELECT object_kind, object_id, effect, changes, happened_at FROM activity WHERE object_kind = 'work_item' OR object_kind = 'phase_item' ORDER BY seq";
    let rows: Vec<(String, wherefore_app::kernel::Id, String, String, i64)> = world
        .app
        .db
        .read(move |conn| {
            conn.query_text(sql, &[], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
            })
        })
        .await
        .unwrap();
    let mut items: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let mut days = BTreeMap::new();
    for (kind, id, effect, changes, at) in rows {
        let changes: BTreeMap<String, Value> = serde_json::from_str(&changes).unwrap();
        let id = id.to_string();
        if kind == "work_item" {
            let new = changes.into_iter().map(|(field, pair)| (field, pair[1].clone()));
            items.entry(id).or_default().extend(new);
        } else if effect == "binned" {
            places.remove(&id);
        } else if changes["phase_id"][1] == phase {
            places.insert(id, changes["item_id"][1].as_str().unwrap().to_owned());
        }
        let points =
            |i: &BTreeMap<String, Value>| i.get("points").and_then(Value::as_f64).unwrap_or(0.0);
        let held: Vec<&BTreeMap<String, Value>> = places.values().map(|id| &items[id]).collect();
        let scope = held.iter().map(|i| points(i)).sum();
        let done = held.iter().filter(|i| i["category"] == "accepted").map(|i| points(i)).sum();
        days.insert(at.div_euclid(86_400_000_000), (scope, done));
    }
    days
}

both_engines! {
    async fn a_gate_is_late_by_the_day_on_which_it_let_go_not_by_the_one_it_held(app) {
        let world = World::new(app).await;
        let input = json!({ "product": "OPEN", "name": "Launch", "must": ["Money is there"], "due": "2026-03-06" });
        let gate = world.post(ME, "/gates", input).await["id"].as_str().unwrap().to_owned();
        let late = async || world.get(ME, &format!("/gates/{gate}/pack")).await["late_days"].clone();
        world.noon("2026-03-04");
        decide(&world, &gate, "hold").await;
        world.noon("2026-03-09");
        assert_eq!(late().await, json!(3), "on hold, it is still to be decided");
        world.noon("2026-03-11");
        decide(&world, &gate, "go").await;
        world.noon("2026-03-30");
        assert_eq!(late().await, json!(5));
    }

    async fn a_go_freezes_a_phase_and_requests_move_its_baseline_on(app) {
        let world = World::new(app).await;
        let (start, launch) = (gate(&world, "Start of build").await, gate(&world, "Launch").await);
        let made = world.post(ME, "/phases", json!({
            "product": "OPEN", "name": "Build", "goal": "Invoices are sent",
            "starts": "2026-03-02", "ends": "2026-03-31", "entry": start, "exit": launch,
        })).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let (a, b, c, d) = (story(&world, 3.0).await, story(&world, 5.0).await, story(&world, 2.0).await, story(&world, 8.0).await);
        let items = format!("/phases/{id}/items");
        world.post(ME, &items, json!({ "items": [a, b, c] })).await;
        // It waits for its gate; a hold lets nothing in, a go freezes scope and dates.
        let begin = format!("/api/v1/phases/{id}/start");
        assert_eq!(world.api(ME, "POST", &begin, json!({})).await.0, 409);
        decide(&world, &start, "hold").await;
        assert_eq!(world.get(ME, &format!("/phases/{id}")).await["phase"]["state"], "planned");
        decide(&world, &start, "go").await;
        let seen = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!((&seen["phase"]["state"], &seen["baselines"][0]["points"]), (&json!("active"), &json!(10.0)));
        // From now on only requests change it.
        for (method, path, body) in [
            ("POST", format!("/api/v1{items}"), json!({ "items": [d] })),
            ("DELETE", format!("/api/v1{items}/{a}"), Value::Null),
            ("PATCH", format!("/api/v1/phases/{id}"), json!({ "ends": "2026-05-01" })),
            ("DELETE", format!("/api/v1/phases/{id}"), Value::Null),
        ] {
            let (status, refused) = world.api(ME, method, &path, body).await;
            assert_eq!(status, 409, "{method} {path}: {refused}");
        }
        world.noon("2026-03-04");
        edit(&world, &a, json!({ "state": "Done" })).await;
        edit(&world, &b, json!({ "points": 6 })).await;
        world.noon("2026-03-06");
        let changes = format!("/phases/{id}/changes");
        let nothing = json!({ "title": "None", "because": "Why" });
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{changes}"), nothing).await.0, 422);
        let wrong = json!({ "title": "None", "because": "Why", "removes": [d] });
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{changes}"), wrong).await.0, 422);
        let asked = json!({ "title": "Refunds for receipts", "because": "The law asks for refunds",
            "adds": [d], "removes": [c], "ends": "2026-04-14" });
        let one = world.post(ME, &changes, asked.clone()).await;
        let two = world.post(ME, &changes, json!({ "title": "More time", "because": "To be sure", "ends": "2026-06-01" })).await;
        let before = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!((&before["phase"]["ends"], &before["phase"]["waiting"]), (&json!("2026-03-31"), &json!(2)), "asking changes nothing");
        let decide_one = format!("/change-requests/{}/decide", one["id"].as_str().unwrap());
        let because = json!({ "decision": "accepted", "because": " " });
        assert_eq!(world.api(BOSS, "POST", &format!("/api/v1{decide_one}"), because).await.0, 422);
        let decided = world.post(BOSS, &decide_one, json!({ "decision": "accepted", "because": "It is the law" })).await;
        assert_eq!((&decided["state"], &decided["as_approver"]), (&json!("accepted"), &json!(true)));
        assert_eq!(world.api(BOSS, "POST", &format!("/api/v1{decide_one}"), json!({ "decision": "rejected", "because": "No" })).await.0, 409);
        let decide_two = format!("/change-requests/{}/decide", two["id"].as_str().unwrap());
        let refused = world.post(ME, &decide_two, json!({ "decision": "rejected", "because": "Nobody can wait" })).await;
        assert_eq!((&refused["state"], &refused["as_approver"]), (&json!("rejected"), &json!(false)));
        let seen = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!(seen["baselines"][0], before["baselines"][0], "the baseline before is kept");
        let newest = &seen["baselines"][1];
        assert_eq!((&newest["points"], &newest["ends"], &newest["came"], &newest["went"]), (&json!(17.0), &json!("2026-04-14"), &json!([d]), &json!([c])));
        assert_eq!((&seen["phase"]["slip_days"], &seen["baselines"].as_array().unwrap().len()), (&json!(14), &2));
        // What was asked and decided is in the words of those who did.
        world.noon("2026-03-09");
        edit(&world, &d, json!({ "state": "Done" })).await;
        let seen = world.get(ME, &format!("/phases/{id}")).await;
        let told: Vec<(f64, f64)> = seen["days"].as_array().unwrap().iter()
            .map(|l| (l["scope"].as_f64().unwrap(), l["done"].as_f64().unwrap())).collect();
        assert_eq!(told, [(10.0, 0.0), (10.0, 0.0), (11.0, 3.0), (11.0, 3.0), (17.0, 3.0), (17.0, 3.0), (17.0, 3.0), (17.0, 11.0)]);
        let counted = from_activity(&world, &id).await;
        for (n, line) in told.iter().enumerate() {
            let day = 20_514 + n as i64; // 2026-03-02
            let (_, last) = counted.range(..=day).next_back().unwrap();
            assert_eq!(line, last, "day {n} as counted from the activity");
        }
        let agreed: Vec<f64> = seen["agreed"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        assert_eq!(agreed, [10.0, 10.0, 10.0, 10.0, 17.0, 17.0, 17.0, 17.0]);
        let expected = seen["expected"][7].as_f64().unwrap();
        assert!((expected - 17.0 * 8.0 / 44.0).abs() < 1e-9, "{expected}");
        let (status, page) = world.page(ME, &format!("/p/OPEN/phases/{id}")).await;
        assert!(status == 200 && page.contains("Burnup against the baseline") && page.contains("It is the law"), "{page}");
    }

    async fn sprints_lie_inside_a_phase_and_its_gate_ends_it(app) {
        let world = World::new(app).await;
        let launch = gate(&world, "Launch").await;
        let made = world.post(ME, "/phases", json!({ "product": "OPEN", "name": "Build", "starts": "2026-03-02", "ends": "2026-03-31", "exit": launch })).await;
        let id = made["id"].as_str().unwrap().to_owned();
        // An epic stands for its stories.
        let epic = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Invoices", "level": "epic" })).await;
        let (a, b) = (story(&world, 3.0).await, story(&world, 5.0).await);
        edit(&world, &a, json!({ "parent": epic["key"] })).await;
        let filled = world.post(ME, &format!("/phases/{id}/items"), json!({ "items": [epic["key"]] })).await;
        assert_eq!((&filled["items"], &filled["points"]), (&json!(1), &json!(3.0)));
        world.post(ME, &format!("/phases/{id}/start"), json!({})).await;
        let late = json!({ "product": "OPEN", "name": "Sprint 9", "starts": "2026-03-25", "ends": "2026-04-07", "phase": "Build" });
        let (status, refused) = world.api(ME, "POST", "/api/v1/iterations", late).await;
        assert!(status == 422 && refused["error"]["message"].as_str().unwrap().contains("2026-03-31"), "{refused}");
        let sprint = world.post(ME, "/iterations", json!({ "product": "OPEN", "name": "Sprint 1", "goal": "One is sent", "starts": "2026-03-02", "ends": "2026-03-15", "phase": "Build" })).await;
        assert_eq!(sprint["phase"]["name"], "Build");
        world.post(ME, &format!("/iterations/{}/items", sprint["id"].as_str().unwrap()), json!({ "items": [a, b] })).await;
        let seen = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!((&seen["sprints"][0]["name"], &seen["outside"][0]["id"]), (&json!("Sprint 1"), &json!(b)));
        // What is in an active phase cannot be planned into another.
        let other = world.post(ME, "/phases", json!({ "product": "OPEN", "name": "Run" })).await;
        let other = other["id"].as_str().unwrap();
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/phases/{other}/items"), json!({ "items": [a] })).await.0, 409);
        let asked = world.post(ME, &format!("/phases/{id}/changes"), json!({ "title": "More time", "because": "To be sure", "ends": "2026-06-01" })).await;
        // It ends at its gate, not by hand; what waited is withdrawn; nothing of it changes afterwards.
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/phases/{id}/close"), json!({ "outcome": "Done" })).await.0, 409);
        let pack = world.get(ME, &format!("/gates/{launch}/pack")).await;
        assert_eq!((&pack["before"][0]["phase"]["name"], &pack["gate"]["must"][0]["standing"]), (&json!("Build"), &json!("open")));
        let (status, page) = world.page(ME, &format!("/p/OPEN/gates/{launch}/pack")).await;
        assert!(status == 200 && page.contains("What ends here: Build") && page.contains("a go is not possible"), "{page}");
        decide(&world, &launch, "go").await;
        let after = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!((&after["phase"]["state"], &after["requests"][0]["state"]), (&json!("closed"), &json!("withdrawn")));
        assert_eq!(after["phase"]["outcome"], "All is there");
        let request = asked["id"].as_str().unwrap();
        assert_eq!(world.api(BOSS, "POST", &format!("/api/v1/change-requests/{request}/decide"), json!({ "decision": "accepted", "because": "Yes" })).await.0, 409);
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/phases/{id}"), json!({ "goal": "Other" })).await.0, 409);
        world.noon("2026-03-20");
        edit(&world, &a, json!({ "points": 100 })).await;
        let later = world.get(ME, &format!("/phases/{id}")).await;
        assert_eq!((&later["days"], &later["baselines"]), (&after["days"], &after["baselines"]), "what is over is told as it was");
        // What a closed phase did not finish is planned anew.
        world.post(ME, &format!("/phases/{other}/items"), json!({ "items": [a] })).await;
        let (_, list) = world.page(ME, "/p/OPEN/phases").await;
        assert!(list.contains("Launch") && list.contains("Run"), "{list}");
    }
}
