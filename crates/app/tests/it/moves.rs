//! Many people move items at once: one order comes of it, and no two items share a place.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

both_engines! {
    async fn moves_at_once_end_in_one_order(app) {
        let world = Arc::new(World::new(app).await);
        let mut keys = Vec::new();
        for n in 1..=20 {
            let item = json!({ "product": "OPEN", "title": format!("Item {n}") });
            let made = world.post(Persona::Member, "/work-items", item).await;
            keys.push(made["key"].as_str().expect("a key").to_owned());
        }
        for _ in 0..3 {
            move_at_once(&world, &any_moves(&keys)).await;
            check_order(&world, &keys).await;
        }
    }
}

both_engines! {
    async fn what_is_created_while_its_first_state_is_renamed_is_in_the_new_one(app) {
        let world = Arc::new(World::new(app).await);
        for round in 0..3 {
            let (name, number) = (format!("Pool {round}"), round * 60);
            let draft = world.post(Persona::Admin, "/policies", json!({ "product": "OPEN" })).await;
            let first = draft["states"][0]["name"].as_str().expect("a first state").to_owned();
            let path = format!("/policies/{}", draft["id"].as_str().expect("an id"));
            let renamed = json!({ "name": first, "rename": name });
            world.post(Persona::Admin, &format!("{path}/states"), renamed).await;
            let mut open = tokio::task::JoinSet::new();
            for n in 0..60 {
                let (world, path, maps) = (world.clone(), path.clone(), json!({ first.clone(): name }));
                open.spawn(async move {
                    if n == 20 {
                        let activate = format!("/api/v1{path}/activate");
                        return world.api(Persona::Admin, "POST", &activate, json!({ "maps": maps })).await;
                    }
                    let title = format!("Item {}", number + n);
                    let item = json!({ "product": "OPEN", "title": title });
                    world.api(Persona::Member, "POST", "/api/v1/work-items", item).await
                });
            }
            while let Some(done) = open.join_next().await {
                let (status, answer) = done.expect("it ends");
                assert!(status < 300, "{status}: {answer}");
            }
            let left = format!("/work-items?product=OPEN&limit=200&state={}", first.replace(' ', "+"));
            let (status, told) = world.api(Persona::Member, "GET", &format!("/api/v1{left}"), json!({})).await;
            let none = status == 422 || told["items"].as_array().is_some_and(Vec::is_empty);
            assert!(none, "some are in “{first}” still: {told}");
            let all = world.get(Persona::Member, "/work-items?product=OPEN&limit=200").await;
            for item in all["items"].as_array().expect("a list") {
                assert_eq!(item["state"], json!(name), "{item}");
            }
        }
    }
}

/// Which item goes where.
type Move = (String, Value);

/// Forty moves of any items to any places, others at each run.
fn any_moves(keys: &[String]) -> Vec<Move> {
    let chance = RandomState::new();
    let pick = |n: u64, of: usize| chance.hash_one(n) as usize % of;
    let one = |n: u64| {
        let (item, to) = (pick(3 * n, keys.len()), pick(3 * n + 1, keys.len() - 1));
        // Never itself: there is no place before oneself.
        let to = &keys[(item + 1 + to) % keys.len()];
        let place = match pick(3 * n + 2, 4) {
            0 => json!({ "to": "top" }),
            1 => json!({ "to": "bottom" }),
            2 => json!({ "before": to }),
            _ => json!({ "after": to }),
        };
        (keys[item].clone(), place)
    };
    (0..40).map(one).collect()
}

async fn move_at_once(world: &Arc<World>, moves: &[Move]) {
    let mut open = tokio::task::JoinSet::new();
    for (item, place) in moves.iter().cloned() {
        let world = world.clone();
        open.spawn(async move {
            let path = format!("/api/v1/work-items/{item}/move");
            world.api(Persona::Member, "POST", &path, place).await
        });
    }
    while let Some(done) = open.join_next().await {
        let (status, answer) = done.expect("a move ends");
        assert_eq!(status, 200, "{answer}, among {moves:?}");
    }
}

async fn check_order(world: &World, keys: &[String]) {
    let list = world.get(Persona::Member, "/work-items?product=OPEN&limit=100").await;
    let items = list["items"].as_array().expect("items");
    let ranks: Vec<&str> = items.iter().filter_map(|i| i["rank"].as_str()).collect();
    assert_eq!(ranks.len(), 20);
    assert!(ranks.is_sorted(), "{ranks:?}");
    assert_eq!(ranks.iter().collect::<HashSet<_>>().len(), 20, "{ranks:?}");
    let shown: HashSet<&str> = items.iter().filter_map(|i| Value::as_str(&i["key"])).collect();
    assert_eq!(shown, keys.iter().map(String::as_str).collect());
}
