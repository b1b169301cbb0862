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
