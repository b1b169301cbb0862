//! Epics with their states, health and roll-up; business needs valued at three moments; what a release
//! moved.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

async fn tries(world: &World, path: &str, input: Value) -> (u16, Value) {
    world.api(ME, "POST", &format!("/api/v1{path}"), input).await
}

both_engines! {
    async fn an_epic_moves_fares_and_sums_its_stories(app) {
        let world = World::new(app).await;
        let epic = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Refund yourself", "level": "epic", "body": "For commuters" })).await;
        let new = world.get(ME, &format!("/epics/{epic}")).await;
        assert_eq!((new["state"].as_str(), new["done"].as_f64(), new["brief"].as_str()), (Some("proposed"), None, Some("For commuters")));
        for (points, state) in [(3, "Done"), (5, "Ready"), (8, "Dropped")] {
            let story = json!({ "product": "OPEN", "title": "Story", "parent": epic, "points": points, "state": state });
            made(&world, "/work-items", story).await;
        }
        let (status, told) = tries(&world, &format!("/epics/{epic}/state"), json!({ "state": "planned" })).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("because")), "no state is skipped without a reason");
        for state in ["discovery", "planned", "in-delivery"] {
            assert_eq!(tries(&world, &format!("/epics/{epic}/state"), json!({ "state": state })).await.0, 200);
        }
        let (status, told) = tries(&world, &format!("/epics/{epic}/health"), json!({ "health": "off-track" })).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("note")));
        for (health, note) in [("on-track", ""), ("at-risk", "Payments wait for the bank.")] {
            tries(&world, &format!("/epics/{epic}/health"), json!({ "health": health, "note": note })).await;
        }
        let (_, _) = world.api(ME, "PATCH", &format!("/api/v1/epics/{epic}"), json!({ "scope": "Cards", "out_of_scope": "Cash" })).await;
        let all = world.get(ME, "/epics?product=OPEN").await;
        let one = &all["items"][0];
        assert_eq!((one["stories"].as_i64(), one["stories_done"].as_i64(), one["points"].as_f64(), one["done"].as_f64()), (Some(2), Some(1), Some(8.0), Some(0.5)), "dropped work does not count");
        assert_eq!((one["health"][0]["health"].as_str(), one["health"].as_array().map(Vec::len), one["out_of_scope"].as_str()), (Some("at-risk"), Some(1), Some("Cash")));
        let shown = world.get(ME, &format!("/epics/{epic}")).await;
        assert_eq!(shown["health"].as_array().map(Vec::len), Some(2), "health is never overwritten");
        for page in [format!("/{epic}"), "/p/OPEN/epics".to_owned()] {
            let (status, page) = world.page(ME, &page).await;
            assert!(status == 200 && page.contains("at risk") && page.contains("1 of 2"), "{page}");
        }
        let story = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Story" })).await;
        assert_eq!(tries(&world, &format!("/epics/{story}/health"), json!({ "health": "on-track" })).await.0, 422);
    }

    async fn an_imported_epic_sums_its_stories_and_tasks_and_none_twice(app) {
        let world = World::new(app).await;
        let file = "Issue key,Issue id,Issue Type,Summary,Status,Parent,Story Points\n\
            OLD-1,11,Epic,Pay,To Do,,\nOLD-2,12,Story,By card,Done,11,3\nOLD-3,13,Task,Terminals,To Do,11,2\n\
            OLD-4,14,Task,Contract,Done,11,1\nOLD-5,15,Sub-task,Form,To Do,12,\nOLD-6,16,Bug,Twice paid,To Do,12,\n";
        crate::imports::bring(&world, "OPEN", file).await;
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "Nobody can pay" })).await;
        world.post(ME, "/links", json!({ "from": "OLD-1", "to": problem })).await;
        world.post(ME, "/roadmap", json!({ "item": problem, "horizon": "now" })).await;
        let figures = |of: &Value| (of["stories"].as_i64(), of["stories_done"].as_i64(), of["points"].as_f64());
        let all = (Some(4), Some(2), Some(6.0));
        let listed = world.get(ME, "/epics?product=OPEN").await;
        let road = world.get(ME, "/roadmap/view?product=OPEN").await;
        let tree = world.get(ME, "/work-tree?product=OPEN").await;
        let told = [&world.get(ME, "/epics/OLD-1").await, &listed["items"][0], &road["lines"][0], &tree["lines"][0]].map(figures);
        assert_eq!(told, [all; 4], "a sub-task counts for its story alone");
        let story = tree["lines"].as_array().unwrap().iter().find(|line| line["item"]["title"] == "By card").expect("the story");
        assert_eq!(figures(story), (Some(2), Some(0), Some(0.0)), "{story}");
        for page in ["/p/OPEN/epics", "/OLD-1"] {
            let (_, page) = world.page(ME, page).await;
            assert!(page.contains("Items done") && page.contains("2 of 4"), "{page}");
        }
    }

    async fn a_lean_team_delivers_no_epic_before_its_riskiest_assumption_was_tested(app) {
        let world = World::new(app).await;
        let team = world.post(Persona::Admin, "/teams", json!({ "name": "Pilot" })).await["id"].clone();
        world.post(ME, "/policies/adopt", json!({ "team": team, "preset": "lightweight", "overlays": ["lean"] })).await;
        let epic = async |title: &str| made(&world, "/work-items", json!({ "product": "OPEN", "title": title, "level": "epic", "team": team })).await;
        let moved = async |key: &str, state: &str, because: &str| {
            tries(&world, &format!("/epics/{key}/state"), json!({ "state": state, "because": because })).await
        };
        let (one, two, other) = (epic("One").await, epic("Two").await, epic("Three").await);
        for key in [&one, &two, &other] {
            for state in ["discovery", "planned"] {
                assert_eq!(moved(key, state, "").await.0, 200);
            }
        }
        let (status, told) = moved(&one, "in-delivery", "").await;
        assert!(status == 422 && told["error"]["message"].as_str().unwrap().contains("riskiest assumption"), "{told}");
        assert_eq!(moved(&one, "in-delivery", "The law asks for it").await.0, 200, "with a reason it goes on");
        assert_eq!(moved(&one, "released", "").await.0, 200, "what is delivered already is asked no more");
        // Tested by an experiment about the epic itself, or about the opportunity that it serves.
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "Refunds take days" })).await;
        world.post(ME, "/links", json!({ "from": other, "to": problem })).await;
        for (key, about) in [(&two, &two), (&other, &problem)] {
            let plan = json!({ "product": "OPEN", "title": "A test", "about": about, "belief": "They want it", "metric": "Asked", "threshold": "5" });
            let test = made(&world, "/experiments", plan).await;
            world.post(ME, &format!("/experiments/{test}/start"), json!({})).await;
            assert_eq!(moved(key, "in-delivery", "").await.0, 422, "a test that runs is none yet");
            let end = json!({ "state": "refuted", "result": "2 of 10 asked", "verdict": "pivot" });
            world.post(ME, &format!("/experiments/{test}/conclude"), end).await;
            assert_eq!(moved(key, "in-delivery", "").await.0, 200, "{key}");
        }
    }

    async fn a_business_need_is_valued_three_times_and_compared_after_launch(app) {
        let world = World::new(app).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Fewer calls", "kind": "business", "measure": "calls a week", "baseline": 410, "current": 260 })).await;
        let user = made(&world, "/needs", json!({ "product": "OPEN", "title": "Refund alone" })).await;
        let path = format!("/needs/{need}/values");
        let first = json!({ "moment": "first", "low": 100_000, "high": 300_000, "unit": "EUR a year", "assumptions": "A call costs 6.40." });
        for (field, wrong) in [("unit", json!("")), ("assumptions", json!(" ")), ("high", json!(1)), ("moment", json!("later"))] {
            let mut input = first.clone();
            input[field] = wrong;
            let (status, told) = tries(&world, &path, input).await;
            assert_eq!((status, told["error"]["field"].as_str()), (422, Some(field)), "{told}");
        }
        assert_eq!(tries(&world, &format!("/needs/{user}/values"), first.clone()).await.0, 422, "users' needs have no price");
        tries(&world, &path, first).await;
        tries(&world, &path, json!({ "moment": "detailed", "low": 120_000, "high": 180_000, "assumptions": "Four of ten callers." })).await;
        let epic = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Epic", "level": "epic" })).await;
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "Calls" })).await;
        let goal = made(&world, "/objectives", json!({ "product": "OPEN", "title": "Calm", "period": "2026 H1" })).await;
        let result = made(&world, "/key-results", json!({ "objective": goal, "title": "Calls", "unit": "calls", "baseline": 410, "target": 200 })).await;
        for (from, to) in [(&epic, &problem), (&problem, &need), (&problem, &user), (&need, &result)] {
            world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        }
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "Out", "strategy": "canary" })).await;
        world.post(ME, &format!("/releases/{release}/items"), json!({ "items": [epic] })).await;
        for decision in ["go", "done"] {
            world.post(ME, &format!("/releases/{release}/decision"), json!({ "decision": decision })).await;
        }
        world.noon("2026-06-02");
        world.post(ME, &format!("/key-results/{result}/check-ins"), json!({ "value": 305, "confidence": 60 })).await;
        tries(&world, &path, json!({ "moment": "after", "low": 75_000, "assumptions": "Measured over a quarter." })).await;
        let found = world.get(ME, &format!("/releases/{release}/outcome")).await;
        assert_eq!(found["days_since"], 92);
        assert_eq!((found["needs"][0]["key"].as_str(), found["needs"][0]["values"]["came_to"].as_f64()), (Some(need.as_str()), Some(0.5)));
        assert_eq!((&found["key_results"][0]["then"], &found["key_results"][0]["now"], &found["key_results"][0]["progress"]), (&json!(410.0), &json!(305.0), &json!(0.5)));
        // A session does not last a quarter.
        world.noon("2026-03-20");
        let (status, page) = world.page(ME, &format!("/{release}")).await;
        assert!(status == 200 && page.contains("50 % of what was expected") && page.contains("120,000 to 180,000 EUR a year"), "{page}");
        let (status, page) = world.page(ME, &format!("/{need}")).await;
        assert!(status == 200 && page.contains("75,000 EUR a year"), "{page}");
    }
}
