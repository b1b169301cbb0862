//! Reminders: in the product and never by mail, once, and gone when done.

use serde_json::{Value, json};
use wherefore_app::jobs::Jobs;
use wherefore_app::jobs::reminders::write_reminders;
use wherefore_testkit::{Persona, World, both_engines};

async fn remind(world: &World) {
    let jobs = Jobs::new(world.app.db.clone(), world.clock.clone()).with(write_reminders());
    for ran in jobs.run_due().await {
        ran.result.expect("the job runs");
    }
}

/// What waits for a persona: kinds and keys, the unread ones.
async fn waiting(world: &World, who: Persona) -> Vec<(String, String)> {
    let page = world.get(who, "/notifications").await;
    let all = page["items"].as_array().expect("items").iter();
    let mut all: Vec<(String, String)> = all
        .filter(|n| n["read"] == json!(false))
        .map(|n| {
            (
                n["kind"].as_str().unwrap_or_default().into(),
                n["key"].as_str().unwrap_or_default().into(),
            )
        })
        .collect();
    all.sort();
    all
}

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(Persona::Member, path, input).await["key"].as_str().expect("a key").to_owned()
}

both_engines! {
    async fn what_waits_is_told_once_and_taken_back_when_done(app) {
        let world = World::new(app).await;
        let goal = made(&world, "/objectives", json!({ "product": "OPEN", "title": "Fast", "period": "2026 H1" })).await;
        let result = made(&world, "/key-results", json!({ "objective": goal, "title": "Seconds", "unit": "s", "baseline": 9, "target": 2 })).await;
        let decision = made(&world, "/decisions", json!({ "product": "OPEN", "title": "To the card", "review_on": "2026-03-10" })).await;
        world.post(Persona::Member, &format!("/decisions/{decision}/settle"), json!({ "state": "accepted", "choice": "The card." })).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "Calm", "strategy": "big-bang" })).await;
        for decided in ["go", "done"] {
            world.post(Persona::Member, &format!("/releases/{release}/decision"), json!({ "decision": decided })).await;
        }
        remind(&world).await;
        assert!(waiting(&world, Persona::Member).await.is_empty(), "nothing is due");
        world.noon("2026-03-20");
        remind(&world).await;
        let page = world.page(Persona::Member, "/notifications").await.1;
        assert!(page.contains("No check-in for more than ten days") && page.contains("To be looked at again"), "{page}");
        world.noon("2026-04-05");
        remind(&world).await;
        let due = |kind: &str, key: &String| (kind.to_owned(), key.clone());
        let all = [due("check-in-due", &result), due("outcome-due", &release), due("review-due", &decision)];
        assert_eq!(waiting(&world, Persona::Member).await, all);
        assert!(waiting(&world, Persona::Owner).await.is_empty(), "they are nobody else's");
        world.noon("2026-04-06");
        remind(&world).await;
        assert_eq!(waiting(&world, Persona::Member).await.len(), 3, "once");
        world.post(Persona::Member, &format!("/key-results/{result}/check-ins"), json!({ "value": 5 })).await;
        let later = json!({ "review_on": "2026-09-01" });
        assert_eq!(world.api(Persona::Member, "PATCH", &format!("/api/v1/decisions/{decision}"), later).await.0, 200);
        let review = json!({ "after_days": 30, "finding": "Faster.", "verdict": "moved" });
        world.post(Persona::Member, &format!("/releases/{release}/reviews"), review).await;
        assert!(waiting(&world, Persona::Member).await.is_empty(), "done is done");
        let mails: i64 = world.app.db.read(|c| c.query_one("SELECT COUNT(*) FROM outbox", &[], |r| r.get(0))).await.expect("a count");
        assert_eq!(mails, 0, "never a mail each");
        // Overlooked again, it is told again.
        world.noon("2026-04-20");
        remind(&world).await;
        assert_eq!(waiting(&world, Persona::Member).await, [due("check-in-due", &result)]);
    }

    async fn a_question_waits_for_whoever_has_the_thing_in_hand(app) {
        let world = World::new(app).await;
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "Slow refunds" })).await;
        let asked = world.post(Persona::Owner, &format!("/items/{problem}/questions"), json!({})).await;
        remind(&world).await;
        assert!(waiting(&world, Persona::Member).await.is_empty(), "two days are time enough");
        world.noon("2026-03-06");
        remind(&world).await;
        assert_eq!(waiting(&world, Persona::Member).await, [("answer-due".to_owned(), problem.clone())]);
        assert!(waiting(&world, Persona::Owner).await.is_empty(), "not for who asked");
        let answer = format!("/questions/{}/answer", asked["id"].as_str().expect("an id"));
        world.post(Persona::Member, &answer, json!({ "answer": "Seven said so." })).await;
        assert!(waiting(&world, Persona::Member).await.is_empty());
    }
}
