//! From ten lines of feedback to what came of them a quarter later, through the API alone: the twin of
//! the journey in the browser.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

async fn patch(world: &World, path: &str, input: Value) {
    let (status, told) = world.api(ME, "PATCH", &format!("/api/v1{path}"), input).await;
    assert_eq!(status, 200, "{path}: {told}");
}

async fn whole(world: &World, key: &str, at: &str) {
    let path = world.get(ME, &format!("/items/{key}/why{at}")).await;
    assert_eq!(path["standing"], "whole", "{key}: {}", path["gap"]);
}

/// Ten lines, noted and triaged into a users' need and one of the business.
async fn two_needs(world: &World) -> (Vec<String>, String, String) {
    let mut said = Vec::new();
    for n in 0..10 {
        let words = format!("Group trip number {n}: we had to buy ticket after ticket.");
        let email = if n < 8 { format!("rider{n}@example.org") } else { String::new() };
        let input = json!({ "product": "OPEN", "verbatim": words, "source": format!("Rider {n}"), "email": email });
        said.push(made(world, "/evidence", input).await);
    }
    let mut needs = Vec::new();
    for (kind, keys) in [("user", &said[..6]), ("business", &said[6..])] {
        let new = json!({ "how": "new-need", "title": format!("The {kind} need"), "kind": kind });
        world.post(ME, &format!("/evidence/{}/triage", keys[0]), new).await;
        let all = world.get(ME, "/needs?product=OPEN").await;
        let found = all["items"].as_array().and_then(|all| all.iter().find(|n| n["kind"] == kind));
        let need = found.and_then(|n| n["key"].as_str()).expect("a need").to_owned();
        for key in &keys[1..] {
            let link = json!({ "how": "link", "need": need });
            world.post(ME, &format!("/evidence/{key}/triage"), link).await;
        }
        needs.push(need);
    }
    let business = needs.pop().unwrap_or_default();
    (said, needs.pop().unwrap_or_default(), business)
}

/// A problem with three options, chosen by score, with one option.
async fn chosen(world: &World, needs: [&String; 2]) -> String {
    let problem = made(
        world,
        "/opportunities",
        json!({ "product": "OPEN", "title": "A group buys one by one" }),
    )
    .await;
    let rival = made(world, "/opportunities", json!({ "product": "OPEN", "title": "Seats" })).await;
    for need in needs {
        world.post(ME, "/links", json!({ "from": problem, "to": need })).await;
    }
    let mut options = Vec::new();
    for title in ["One ticket", "A basket", "By e-mail"] {
        options.push(made(world, "/options", json!({ "about": problem, "title": title })).await);
    }
    for (key, reach) in [(&problem, "800 1500 4000"), (&rival, "300 900 1600")] {
        let inputs = json!({ "reach": reach, "impact": 2, "confidence": 80, "effort": "3 4 6" });
        let score = json!({ "method": "rice", "inputs": inputs });
        world.post(ME, &format!("/opportunities/{key}/scores"), score).await;
    }
    let ranking = world.get(ME, "/opportunities/ranking?product=OPEN&method=rice").await;
    assert_eq!(ranking["items"][0]["key"], json!(problem), "{ranking}");
    let verdict = json!({ "state": "worth-solving", "because": "It scores best, and it is what ten asked for." });
    world.post(ME, &format!("/opportunities/{problem}/verdict"), verdict).await;
    world
        .post(
            ME,
            &format!("/options/{}/choose", options[1]),
            json!({ "because": "Half the effort." }),
        )
        .await;
    problem
}

both_engines! {
    async fn feedback_becomes_an_outcome_a_quarter_later(app) {
        let world = World::new(app).await;
        let (said, user, business) = two_needs(&world).await;
        let goal = made(&world, "/objectives", json!({ "product": "OPEN", "title": "Calm groups", "period": "2026 H1" })).await;
        let result = made(&world, "/key-results", json!({ "objective": goal, "title": "By hand", "unit": "a week", "baseline": 70, "target": 10 })).await;
        world.post(ME, "/links", json!({ "from": business, "to": result })).await;
        patch(&world, &format!("/needs/{business}"), json!({ "measure": "by hand a week", "baseline": 70, "current": 70 })).await;
        world.post(ME, &format!("/needs/{business}/values"), json!({ "moment": "first", "low": 40_000, "high": 90_000, "unit": "EUR", "assumptions": "14 each." })).await;
        let problem = chosen(&world, [&user, &business]).await;
        for key in [&user, &business, &problem] {
            whole(&world, key, "").await;
        }
        world.post(ME, "/roadmap", json!({ "item": problem, "horizon": "now", "starts": "2026-03-02", "ends": "2026-04-10" })).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "A basket", "strategy": "phased" })).await;
        world.post(ME, &format!("/releases/{release}/items"), json!({ "items": [problem] })).await;
        for decision in ["go", "done"] {
            world.post(ME, &format!("/releases/{release}/decision"), json!({ "decision": decision })).await;
        }
        whole(&world, &release, "").await;
        let ranked = "/opportunities/ranking?product=OPEN&method=rice";
        let (goals, rank) = (world.get(ME, "/objectives?product=OPEN").await, world.get(ME, ranked).await);
        let needs = world.get(ME, "/needs/support?product=OPEN").await;
        assert_eq!(rank["items"][0]["key"], json!(problem), "{rank}");
        for (n, key) in said.iter().enumerate() {
            let how = if n < 8 { "" } else { "on the phone" };
            let answer = json!({ "answer": "It is out: buy for all at once.", "how": how });
            world.post(ME, &format!("/evidence/{key}/answer"), answer).await;
            let evidence = world.get(ME, &format!("/evidence/{key}")).await;
            assert_eq!(evidence["answered_on"], "2026-03-02", "{key} heard of it");
        }
        let mail = world.get(Persona::Admin, "/mail").await;
        let replies = mail["letters"].as_array().expect("letters").iter().filter(|l| l["kind"] == "reply");
        assert_eq!(replies.count(), 8, "a letter to each who left an address");
        world.noon("2026-06-01");
        world.post(ME, &format!("/key-results/{result}/check-ins"), json!({ "value": 22, "confidence": 80 })).await;
        patch(&world, &format!("/needs/{business}"), json!({ "current": 22 })).await;
        world.post(ME, &format!("/needs/{business}/values"), json!({ "moment": "after", "low": 52_000, "assumptions": "Over a quarter." })).await;
        let review = json!({ "after_days": 90, "finding": "From 70 to 22.", "verdict": "moved", "measure_before": 70, "measure_now": 22 });
        world.post(ME, &format!("/releases/{release}/reviews"), review).await;
        let outcome = world.get(ME, &format!("/releases/{release}/outcome")).await;
        let moved = &outcome["key_results"][0];
        assert_eq!((moved["then"].as_f64(), moved["now"].as_f64(), moved["progress"].as_f64()), (Some(70.0), Some(22.0), Some(0.8)));
        assert_eq!((outcome["needs"][0]["now"].as_f64(), outcome["needs"][0]["values"]["came_to"].as_f64()), (Some(22.0), Some(0.8)));
        assert_eq!((outcome["days_since"].as_i64(), outcome["reviews"][0]["verdict"].as_str()), (Some(91), Some("moved")));
        for key in [&user, &business, &problem, &release] {
            whole(&world, key, "").await;
            whole(&world, key, "?at=2026-03-02").await;
        }
        // What has moved since stands there as it stood that day.
        let past = "at=2026-03-02";
        assert_eq!(world.get(ME, &format!("/objectives?product=OPEN&{past}")).await, goals);
        assert_eq!(world.get(ME, &format!("{ranked}&{past}")).await, rank);
        let then = world.get(ME, &format!("/needs/support?product=OPEN&{past}")).await;
        assert_eq!(then["items"], needs["items"]);
        assert_ne!(world.get(ME, "/objectives?product=OPEN").await, goals);
        let then = world.get(ME, &format!("/items/{business}/as-of/2026-03-02")).await;
        assert_eq!(then["item"]["state"], "supported", "{then}");
        let roadmap = world.get(ME, "/roadmap/view?product=OPEN&at=2026-03-02").await;
        assert_eq!((&roadmap["lines"][0]["item"], &roadmap["lines"][0]["standing"]), (&json!(problem), &json!("whole")));
    }
}
