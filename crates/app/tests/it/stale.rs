//! What nobody touches is marked, asked about, and proposed to be closed; nothing is closed silently.

use serde_json::{Value, json};
use wherefore_app::thread::automations::by_time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn rule(world: &World, days: [&str; 3], end: &str) -> String {
    let [first, ask, close] = days;
    let input = json!({
        "product": "OPEN", "name": "Clean", "when": "untouched", "steps": ["label stale"],
        "args": { "days": first, "ask": ask, "close": close, "end": end },
    });
    let id = world.post(ME, "/automations", input).await["id"].as_str().unwrap().to_owned();
    world.post(ME, &format!("/automations/{id}/set"), json!({ "on": true })).await;
    id
}

async fn item(world: &World, title: &str) -> String {
    let input = json!({ "product": "OPEN", "title": title, "assignee": "me" });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn on(world: &World, day: &str) {
    world.noon(day);
    for _ in 0..2 {
        by_time(&world.app.db, world.clock.now()).await.unwrap();
    }
}

async fn seen(world: &World, key: &str) -> Value {
    world.get(ME, &format!("/work-items/{key}")).await
}

async fn stages(world: &World) -> Vec<(String, String)> {
    let all = world.get(ME, "/stale?product=OPEN").await;
    let word = |v: &Value| v.as_str().unwrap().to_owned();
    all.as_array().unwrap().iter().map(|s| (word(&s["item"]["key"]), word(&s["stage"]))).collect()
}

both_engines! {
    async fn what_is_left_alone_is_marked_asked_about_and_proposed_to_be_closed(app) {
        let world = World::new(app).await;
        let id = rule(&world, ["10", "5", "5"], "propose").await;
        let (left, kept) = (item(&world, "Left").await, item(&world, "Kept").await);
        on(&world, "2026-03-10").await;
        assert!(stages(&world).await.is_empty(), "8 days are not 10");
        on(&world, "2026-03-13").await;
        assert_eq!(seen(&world, &left).await["labels"], json!(["stale"]));
        // Somebody says something of one: it is fresh again, and loses its mark.
        world.post(ME, &format!("/items/{kept}/comments"), json!({ "body": "We need this." })).await;
        on(&world, "2026-03-14").await;
        assert_eq!(seen(&world, &kept).await["labels"], json!([]));
        on(&world, "2026-03-18").await;
        assert_eq!(stages(&world).await, [(left.clone(), "ask".to_owned())]);
        let told = world.get(ME, "/notifications").await.to_string();
        assert!(told.contains("\"rule\"") && told.contains(&left), "{told}");
        world.noon("2026-03-20");
        world.post(ME, &format!("/items/{kept}/comments"), json!({ "body": "Still." })).await;
        on(&world, "2026-03-24").await;
        assert_eq!(stages(&world).await, [(left.clone(), "close".to_owned())]);
        assert_ne!(seen(&world, &left).await["category"], "dropped", "nothing is closed silently");
        let (_, page) = world.page(ME, &format!("/{left}")).await;
        assert!(page.contains("Is it still wanted?"), "{page}");
        let (_, page) = world.page(ME, "/p/OPEN/stale").await;
        assert!(page.contains("Proposed to be closed") && page.contains(&left), "{page}");
        let refused = world.api(ME, "POST", &format!("/api/v1/work-items/{left}/close-stale"), json!({})).await;
        assert_eq!(refused.0, 422, "a reason is asked for");
        world.post(ME, &format!("/work-items/{left}/keep-stale"), json!({})).await;
        on(&world, "2026-03-25").await;
        assert!(stages(&world).await.is_empty(), "it was kept");
        assert_eq!(seen(&world, &left).await["labels"], json!([]));
        let runs = world.get(ME, &format!("/automations/{id}")).await["runs"].to_string();
        assert!(runs.contains("Proposed to close it"), "{runs}");
        // Left alone again, it goes through the same again.
        on(&world, "2026-04-10").await;
        assert!(stages(&world).await.contains(&(left.clone(), "mark".to_owned())));
        let because = json!({ "because": "Nobody asked for it." });
        let closed = world.post(ME, &format!("/work-items/{left}/close-stale"), because).await;
        assert_eq!(closed["category"], "dropped");
        let history = world.get(ME, &format!("/items/{left}/history")).await.to_string();
        assert!(history.contains("close-stale"), "{history}");
        let comments = world.get(ME, &format!("/items/{left}/comments")).await.to_string();
        assert!(comments.contains("Closed: Nobody asked for it."), "{comments}");
    }

    async fn only_if_one_chose_so_it_is_closed_with_the_reason(app) {
        let world = World::new(app).await;
        rule(&world, ["30", "7", "7"], "close").await;
        let left = item(&world, "Left").await;
        for day in ["2026-04-02", "2026-04-10", "2026-04-18"] {
            on(&world, day).await;
        }
        assert_eq!(seen(&world, &left).await["category"], "dropped");
        let comments = world.get(ME, &format!("/items/{left}/comments")).await.to_string();
        assert!(comments.contains("Nobody has touched it for 47 days"), "{comments}");
    }
}
