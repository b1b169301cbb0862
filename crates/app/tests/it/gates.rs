//! Gates: criteria from the policy, decisions that stay, and what is refused.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

async fn decide(world: &World, id: &str, fields: Value) -> (u16, Value) {
    world.api(ME, "POST", &format!("/api/v1/gates/{id}/decide"), fields).await
}

both_engines! {
    async fn a_gate_takes_its_criteria_from_the_policy_and_keeps_each_decision(app) {
        let world = World::new(app).await;
        world.post(BOSS, "/teams", json!({ "name": "Invoices" })).await;
        let teams = world.get(ME, "/teams").await;
        let team = teams.as_array().unwrap().iter().find(|t| t["name"] == "Invoices").unwrap();
        world.post(ME, "/policies/adopt", json!({ "team": team["id"], "preset": "hybrid" })).await;
        let made = world.post(ME, "/gates", json!({
            "product": "OPEN", "name": "Launch", "phase": "Build", "team": "Invoices",
            "approvers": [world.person(BOSS)],
        })).await;
        let id = made["id"].as_str().expect("an id").to_owned();
        let must: Vec<String> = made["must"].as_array().unwrap().iter()
            .map(|c| c["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!((must.len(), &made["state"]), (3, &json!("pending")), "{made}");

        // No go while a must is open; no conditional go without its conditions and their day.
        let (status, refused) = decide(&world, &id, json!({ "decision": "go", "because": "Ready" })).await;
        assert_eq!(status, 409, "{refused}");
        let (status, _) = decide(&world, &id, json!({ "decision": "conditional-go", "because": "Nearly" })).await;
        assert_eq!(status, 422);
        let (status, _) = decide(&world, &id, json!({ "decision": "hold", "because": " " })).await;
        assert_eq!(status, 422);
        let (status, held) = decide(&world, &id, json!({ "decision": "hold", "because": "Not yet" })).await;
        assert_eq!((status, &held["state"]), (200, &json!("hold")), "{held}");

        for text in &must {
            let fields = json!({ "kind": "must", "text": text, "standing": "met", "note": "Seen" });
            world.post(ME, &format!("/gates/{id}/criteria"), fields).await;
        }
        let input = json!({ "decision": "go", "because": "All is there" });
        let gone = world.post(BOSS, &format!("/gates/{id}/decide"), input).await;
        assert_eq!(gone["state"], "go");
        let record = gone["decisions"].as_array().unwrap();
        assert_eq!(record.len(), 2);
        // The newest first; the older one still shows the criteria as they stood when it was made.
        assert_eq!((&record[0]["as_approver"], &record[1]["as_approver"]), (&json!(true), &json!(false)));
        assert_eq!((&record[0]["must"][0]["standing"], &record[1]["must"][0]["standing"]), (&json!("met"), &json!("open")));

        // What was decided for good stays.
        let fields = json!({ "kind": "must", "text": must[0], "standing": "not-met" });
        let path = format!("/api/v1/gates/{id}");
        assert_eq!(world.api(ME, "POST", &format!("{path}/criteria"), fields).await.0, 409);
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "name": "Other" })).await.0, 409);
        assert_eq!(world.api(ME, "DELETE", &path, Value::Null).await.0, 409);
        assert_eq!(decide(&world, &id, json!({ "decision": "kill", "because": "No" })).await.0, 409);
        let (status, _) = world.api(BOSS, "POST", "/api/v1/undo", json!({ "change": gone["x-change"] })).await;
        assert_ne!(status, 200);
        assert_eq!(world.get(ME, &format!("/gates/{id}")).await["state"], "go");
        let (status, page) = world.page(ME, "/p/OPEN/gates").await;
        assert_eq!(status, 200);
        assert!(page.contains("All is there") && page.contains("Launch"), "{page}");
    }

    async fn a_pending_gate_is_removed_and_comes_back(app) {
        let world = World::new(app).await;
        let made = world.post(ME, "/gates", json!({ "product": "OPEN", "name": "Start", "must": ["Money is there\nPeople are there"] })).await;
        assert_eq!(made["must"].as_array().map(Vec::len), Some(2));
        let path = format!("/api/v1/gates/{}", made["id"].as_str().unwrap());
        let (status, removed) = world.api(ME, "DELETE", &path, Value::Null).await;
        assert_eq!(status, 200, "{removed}");
        assert_eq!(world.api(ME, "GET", &path, Value::Null).await.0, 404);
        world.post(ME, "/undo", json!({ "change": removed["x-change"] })).await;
        assert_eq!(world.api(ME, "GET", &path, Value::Null).await.0, 200);
        let nobody = json!({ "product": "OPEN", "name": "Start", "approvers": ["Nobody At All"] });
        assert_eq!(world.api(ME, "POST", "/api/v1/gates", nobody).await.0, 422);
    }
}
