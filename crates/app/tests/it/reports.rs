//! A product's life and its end, competitors, and the reports.

use serde_json::{Value, json};
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn tries(world: &World, path: &str, input: Value) -> (u16, Value) {
    world.api(ME, "POST", &format!("/api/v1{path}"), input).await
}

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

both_engines! {
    async fn nothing_is_retired_before_everybody_was_told(app) {
        let world = World::new(app).await;
        let stage = |stage: &str| json!({ "product": "OPEN", "stage": stage, "because": "Two of three come back." });
        let life = world.get(ME, "/lifecycle?product=OPEN").await;
        assert_eq!(life["stage"], Value::Null);
        assert_eq!(tries(&world, "/lifecycle", json!({ "product": "OPEN", "stage": "growth" })).await.0, 422, "with a reason");
        for one in ["launch", "growth", "decline"] {
            world.post(ME, "/lifecycle", stage(one)).await;
        }
        assert_eq!(tries(&world, "/lifecycle", stage("decline")).await.0, 409, "it is there already");
        assert_eq!(tries(&world, "/lifecycle", stage("retired")).await.0, 409, "there is no plan");
        let mut said = Vec::new();
        for (words, email) in [("It is slow", ""), ("I need a list", "tess@example.org")] {
            let input = json!({ "product": "OPEN", "verbatim": words, "email": email });
            said.push(made(&world, "/evidence", input).await);
        }
        world.post(ME, &format!("/evidence/{}/answer", said[0]), json!({ "answer": "Faster since May.", "how": "by phone" })).await;
        assert_eq!(tries(&world, "/lifecycle/retirement", json!({ "product": "OPEN", "ends_on": "2026-12-01" })).await.0, 422, "what are people told?");
        let plan = json!({ "product": "OPEN", "ends_on": "2026-12-01", "successor": "SHUT", "message": "It ends in December; Shut takes over." });
        world.post(ME, "/lifecycle/retirement", plan).await;
        let life = world.post(ME, "/lifecycle/retirement/steps", json!({ "product": "OPEN", "title": "Sign-up closes", "due": "2026-10-01" })).await;
        let (status, why) = tries(&world, "/lifecycle", stage("retired")).await;
        assert!(status == 409 && why.to_string().contains("never answered"), "{why}");
        let told = world.post(ME, "/lifecycle/retirement/answers", json!({ "product": "OPEN" })).await;
        assert_eq!(told, json!({ "told": 1, "waiting": 0, "unreachable": 0, "x-change": told["x-change"] }));
        let answered = world.get(ME, &format!("/evidence/{}", said[0])).await;
        assert_eq!(answered["answer"], "Faster since May.", "nobody is told twice");
        assert_eq!(tries(&world, "/lifecycle", stage("retired")).await.0, 409, "a step is open");
        let step = life["retirement"]["steps"][0]["id"].as_str().expect("an id");
        world.post(ME, &format!("/lifecycle/retirement/steps/{step}"), json!({})).await;
        let life = world.post(ME, "/lifecycle", stage("retired")).await;
        assert_eq!((life["stage"].as_str(), life["decisions"].as_array().map(Vec::len)), (Some("retired"), Some(4)));
        let (status, page) = world.page(ME, "/p/OPEN/lifecycle").await;
        assert!(status == 200 && page.contains("Shut takes over") && page.contains("aria-current=\"step\""), "{page}");
    }

    async fn competitors_are_compared_by_need_and_findings_are_evidence(app) {
        let world = World::new(app).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Refund alone" })).await;
        let them = world.post(ME, "/market/competitors", json!({ "product": "OPEN", "name": "Rival", "strengths": "Fast" })).await;
        world.post(ME, "/market/competitors", json!({ "product": "OPEN", "name": "Rival", "weaknesses": "Dear" })).await;
        let id = them["id"].as_str().expect("an id").to_owned();
        let finding = made(&world, &format!("/market/competitors/{id}/findings"), json!({ "finding": "Refunds within an hour", "url": "https://rival.example" })).await;
        let evidence = world.get(ME, &format!("/evidence/{finding}")).await;
        assert_eq!((evidence["kind"].as_str(), evidence["source"].as_str()), (Some("market"), Some("Rival")));
        for (who, rating) in [(json!(null), 2), (json!(id), 4), (json!(null), 3)] {
            world.post(ME, &format!("/needs/{need}/ratings"), json!({ "competitor": who, "rating": rating, "note": "Tried it" })).await;
        }
        assert_eq!(tries(&world, &format!("/needs/{need}/ratings"), json!({ "rating": 6, "note": "" })).await.0, 422);
        let market = world.get(ME, "/market?product=OPEN").await;
        assert_eq!(market["competitors"].as_array().map(Vec::len), Some(1), "the same name is the same competitor");
        assert_eq!((&market["competitors"][0]["weaknesses"], &market["competitors"][0]["findings"][0]["key"]), (&json!("Dear"), &json!(finding)));
        assert_eq!((&market["needs"][0]["us"], &market["needs"][0]["them"]), (&json!(3), &json!([4])));
        let (status, page) = world.page(ME, "/p/OPEN/market").await;
        assert!(status == 200 && page.contains("behind") && page.contains("●●●●○"), "{page}");
    }

    async fn strategy_on_a_page_is_told_of_a_past_day(app) {
        let world = World::new(app).await;
        world.post(ME, "/vision", json!({ "product": "OPEN", "body": "Nobody queues." })).await;
        let metric = made(&world, "/metrics", json!({ "product": "OPEN", "title": "Alone", "role": "north-star", "unit": "%" })).await;
        world.post(ME, &format!("/metrics/{metric}/values"), json!({ "value": 35 })).await;
        let goal = made(&world, "/objectives", json!({ "product": "OPEN", "title": "Calm", "period": "2026 H1" })).await;
        let result = made(&world, "/key-results", json!({ "objective": goal, "title": "Calls", "baseline": 400, "target": 200 })).await;
        world.post(ME, "/themes", json!({ "product": "OPEN", "name": "Calm stations" })).await;
        world.post(ME, "/segments", json!({ "product": "OPEN", "name": "Commuters", "size": "40,000" })).await;
        let page = world.get(ME, "/reports/strategy?product=OPEN").await;
        let today = page["on"].as_str().expect("a day").to_owned();
        world.clock.set(Time(world.clock.now().0 + Time::DAY));
        world.post(ME, "/vision", json!({ "product": "OPEN", "body": "Nobody waits.", "because": "Queues are gone." })).await;
        world.post(ME, "/themes", json!({ "product": "OPEN", "name": "Calm stations", "state": "dropped" })).await;
        world.post(ME, "/segments", json!({ "product": "OPEN", "name": "Commuters", "size": "50,000" })).await;
        world.post(ME, &format!("/metrics/{metric}/values"), json!({ "value": 50 })).await;
        world.post(ME, &format!("/key-results/{result}/check-ins"), json!({ "value": 200 })).await;
        world.post(ME, "/lifecycle", json!({ "product": "OPEN", "stage": "growth", "because": "They come back." })).await;
        assert_eq!(world.get(ME, &format!("/reports/strategy?product=OPEN&at={today}")).await, page);
        let now = world.get(ME, "/reports/strategy?product=OPEN").await;
        assert_eq!((now["vision"]["body"].as_str(), now["stage"].as_str(), &now["themes"]), (Some("Nobody waits."), Some("growth"), &json!([])));
        let (status, shown) = world.page(ME, &format!("/p/OPEN/reports/strategy?at={today}")).await;
        assert!(status == 200 && shown.contains("as it stood on") && shown.contains("Nobody queues.") && !shown.contains("Nobody waits."), "{shown}");
        assert_eq!(world.page(ME, "/p/OPEN/reports/strategy?at=soon").await.0, 422);
    }

    async fn reports_say_what_is_there_to_those_who_see_it(app) {
        let world = World::new(app).await;
        world.post(ME, "/vision", json!({ "product": "OPEN", "body": "Nobody queues." })).await;
        let metric = made(&world, "/metrics", json!({ "product": "OPEN", "title": "Alone", "role": "north-star", "unit": "%" })).await;
        world.post(ME, &format!("/metrics/{metric}/values"), json!({ "values": [{ "day": "2025-11-01", "value": 20 }, { "day": "2026-03-01", "value": 35 }] })).await;
        let goal = made(&world, "/objectives", json!({ "product": "OPEN", "title": "Calm", "period": "2026 H1" })).await;
        let result = made(&world, "/key-results", json!({ "objective": goal, "title": "Calls", "unit": "calls", "baseline": 400, "target": 200 })).await;
        world.post(ME, &format!("/key-results/{result}/check-ins"), json!({ "value": 300, "confidence": 60 })).await;
        for (who, words) in [("Ana", "The refund of my split ticket took a call"), ("Ben", "Refund of a split ticket: three calls"), ("Cem", "Split ticket refund, again a call"), ("Dora", "Seats are too hard")] {
            made(&world, "/evidence", json!({ "product": "OPEN", "verbatim": words, "source": who })).await;
        }
        world.post(ME, "/decisions", json!({ "product": "OPEN", "title": "Cards first", "choice": "The card.", "state": "accepted" })).await;
        let page = world.get(ME, "/reports/strategy?product=OPEN").await;
        assert_eq!((page["vision"]["body"].as_str(), page["figures"][0]["now"].as_f64(), page["figures"][0]["before"].as_f64()), (Some("Nobody queues."), Some(35.0), Some(20.0)));
        assert_eq!(page["objectives"][0]["progress"], 0.5);
        let voice = world.get(ME, "/reports/voice?product=OPEN").await;
        assert_eq!((voice["heard"].as_i64(), voice["themes"][0]["count"].as_i64(), voice["themes"][0]["people"].as_i64()), (Some(4), Some(3), Some(3)), "{voice}");
        assert!(voice["themes"][0]["label"].to_string().to_lowercase().contains("refund"), "{voice}");
        let mine = world.get(ME, "/reports/portfolio").await;
        let keys: Vec<&str> = mine["products"].as_array().expect("a list").iter().filter_map(|p| p["key"].as_str()).collect();
        assert!(keys.contains(&"OPEN") && !keys.contains(&"PRIV"), "{keys:?}");
        let open = mine["products"].as_array().and_then(|all| all.iter().find(|p| p["key"] == "OPEN")).expect("there");
        assert_eq!((open["north_star_now"].as_f64(), open["progress"].as_f64(), open["waiting"].as_i64()), (Some(35.0), Some(0.5), Some(4)));
        let (_, all) = world.api(Persona::Owner, "GET", "/api/v1/reports/portfolio", Value::Null).await;
        assert!(all.to_string().contains("PRIV"));
        for (path, words) in [("/p/OPEN/reports", "Customers' voice"), ("/p/OPEN/reports/strategy", "Nobody queues."), ("/p/OPEN/reports/voice", "took a call"), ("/p/OPEN/reports/decisions", "Cards first"), ("/portfolio", "35"), ("/p/OPEN/okr-report", "Calls")] {
            let (status, page) = world.page(ME, path).await;
            assert!(status == 200 && page.replace("&#39;", "'").contains(words), "{path}: {page}");
        }
    }
}
