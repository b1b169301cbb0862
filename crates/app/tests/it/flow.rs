//! Flow figures against an independent count from the activity, across a change of framework; blockers;
//! the board's lanes and ages.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn team(world: &World, name: &str, preset: &str) -> String {
    let made = world.post(Persona::Admin, "/teams", json!({ "name": name })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    world.post(ME, "/policies/adopt", json!({ "team": id, "preset": preset })).await;
    id
}

async fn story(world: &World, team: &str) -> String {
    let input = json!({ "product": "OPEN", "title": "Pay", "team": team });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn set(world: &World, key: &str, fields: Value) {
    let (status, answer) =
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), fields).await;
    assert_eq!(status, 200, "{answer}");
}

/// Start and end of each item in days, counted from the activity with categories alone: as long as no
/// definition departs from what states mean, both have to agree.
async fn counted(world: &World) -> BTreeMap<String, (Option<i64>, Option<i64>)> {
    let sql = "SELECT k.key, a.changes, a.happened_at FROM activity a JOIN item_key k ON k.workspace_id = a.workspace_id AND k.object_id = a.object_id WHERE a.object_kind = 'work_item' ORDER BY a.seq";
    let rows: Vec<(String, String, i64)> = world
        .app
        .db
        .read(move |conn| conn.query_text(sql, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))))
        .await
        .unwrap();
    let mut all: BTreeMap<String, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for (key, changes, at) in rows {
        let changes: Value = serde_json::from_str(&changes).unwrap();
        let life = all.entry(key).or_default();
        let day = at.div_euclid(86_400_000_000);
        match changes["category"][1].as_str() {
            Some("started" | "in-review") => {
                life.0.get_or_insert(day);
                life.1 = None;
            }
            Some("accepted") => {
                life.0.get_or_insert(day);
                life.1 = Some(day);
            }
            Some(_) => life.1 = None,
            None => {}
        }
    }
    all
}

both_engines! {
    async fn figures_agree_with_the_activity_and_outlive_a_change_of_framework(app) {
        let world = World::new(app).await;
        let id = team(&world, "Portal", "scrum").await;
        // Ten items: started one a day, finished after 1 to 5 days; some are still under way.
        let mut keys = Vec::new();
        for _ in 0..10 {
            keys.push(story(&world, &id).await);
        }
        for day in 2..22_usize {
            world.noon(&format!("2026-03-{day:02}"));
            if let Some(key) = keys.get(day - 2) {
                set(&world, key, json!({ "state": "In progress" })).await;
            }
            for (n, key) in keys.iter().enumerate().take(8) {
                if day == 2 + n + n % 5 {
                    set(&world, key, json!({ "state": "Accepted" })).await;
                }
            }
        }
        // One comes back and is finished later.
        set(&world, &keys[0], json!({ "state": "In review" })).await;
        world.noon("2026-03-23");
        set(&world, &keys[0], json!({ "state": "Accepted" })).await;
        let path = format!("/flow?product=OPEN&team={id}&weeks=4");
        let seen = world.get(ME, &path).await;
        let lives = counted(&world).await;
        let mut times: Vec<i64> = lives.values().filter_map(|(s, f)| Some((*f)? - (*s)? + 1)).collect();
        let mut told: Vec<i64> = seen["spots"].as_array().unwrap().iter().map(|s| s["days"].as_i64().unwrap()).collect();
        times.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, times, "cycle times");
        let open = lives.values().filter(|(s, f)| s.is_some() && f.is_none()).count();
        assert_eq!((seen["wip"].as_u64(), seen["ages"].as_array().map(Vec::len)), (Some(open as u64), Some(open)));
        let today = 20_535; // 2026-03-23
        for aged in seen["ages"].as_array().unwrap() {
            let started = lives[aged["key"].as_str().unwrap()].0.unwrap();
            assert_eq!(aged["days"], json!(today - started + 1), "{aged}");
        }
        // Weeks end with yesterday, so what was finished today is in none of them.
        let finished: i64 = seen["throughput"].as_array().unwrap().iter().map(|w| w["finished"].as_i64().unwrap()).sum();
        let earlier = lives.values().filter(|(_, f)| f.is_some_and(|day| day < today)).count();
        assert_eq!(finished, earlier as i64);
        for layer in seen["layers"].as_array().unwrap() {
            if layer["state"] == "Accepted" {
                let items = layer["items"].as_array().unwrap();
                for (n, items) in items.iter().enumerate() {
                    let day = today - (28 - n as i64);
                    // The one that came back was finished for the first time long before.
                    let again = i64::from((20_514..20_533).contains(&day));
                    let done = lives.values().filter(|(_, f)| f.is_some_and(|f| f <= day)).count() as i64;
                    assert_eq!(items.as_i64(), Some(done + again), "day {n}");
                }
            }
        }
        let little = seen["little"].as_array().unwrap();
        let mean = times.iter().sum::<i64>() as f64 / times.len() as f64;
        assert!((little[2].as_f64().unwrap() - mean).abs() < 1e-9, "{little:?}");
        // Another framework: the same past by its definitions.
        world.post(ME, "/policies/adopt", json!({ "team": id, "preset": "kanban" })).await;
        let after = world.get(ME, &path).await;
        assert_eq!((&after["spots"], &after["wip"], &after["little"]), (&seen["spots"], &seen["wip"], &seen["little"]));
        assert_eq!(after["sle_days"], 10);
        // A clock that starts in review counts shorter times, of the past as well.
        let draft = world.post(ME, "/policies", json!({ "team": id })).await;
        let draft = draft["id"].as_str().unwrap();
        let (status, p) = world.api(ME, "PATCH", &format!("/api/v1/policies/{draft}"), json!({ "started": "Review" })).await;
        assert_eq!(status, 200, "{p}");
        world.post(ME, &format!("/policies/{draft}/activate"), json!({})).await;
        let shorter = world.get(ME, &path).await;
        assert_eq!(shorter["wip"], 0, "nothing is in review");
        let total = |flow: &Value| flow["spots"].as_array().unwrap().iter().map(|s| s["days"].as_i64().unwrap()).sum::<i64>();
        assert!(total(&shorter) < total(&after), "{shorter}");
        let (status, page) = world.page(ME, "/p/OPEN/flow?team=Portal&weeks=4").await;
        assert!(status == 200 && page.contains("Cumulative flow"), "{page}");
    }

    async fn a_blocker_has_a_reason_and_costs_time(app) {
        let world = World::new(app).await;
        let id = team(&world, "Portal", "kanban").await;
        let key = story(&world, &id).await;
        set(&world, &key, json!({ "state": "In progress" })).await;
        let block = format!("/work-items/{key}/block");
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{block}"), json!({})).await.0, 422);
        world.post(ME, &block, json!({ "because": "No access to the bank" })).await;
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{block}"), json!({ "because": "More" })).await.0, 409);
        let (_, page) = world.page(ME, "/p/OPEN/board?lanes=class").await;
        assert!(page.contains("No access to the bank") && page.contains("standard"), "{page}");
        world.noon("2026-03-05");
        let freed = world.post(ME, &format!("/work-items/{key}/unblock"), json!({ "solution": "A new account" })).await;
        assert_eq!(freed["hours"], 72);
        let all = world.get(ME, "/blockers?product=OPEN").await;
        assert_eq!((&all["hours"], &all["ended"][0]["reason"], &all["open"]), (&json!(72), &json!("No access to the bank"), &json!([])));
        // Finishing it frees it.
        world.post(ME, &block, json!({ "because": "Waits for Karl" })).await;
        set(&world, &key, json!({ "state": "Done" })).await;
        let all = world.get(ME, "/blockers?product=OPEN").await;
        assert_eq!((&all["open"], all["ended"].as_array().map(Vec::len)), (&json!([]), Some(2)));
        set(&world, &key, json!({ "state": "In progress" })).await;
        // Older than expected is shown on the card.
        world.noon("2026-03-20");
        let (_, page) = world.page(ME, "/p/OPEN/board?team=Portal").await;
        assert!(page.contains("19 d"), "{page}");
    }
}
