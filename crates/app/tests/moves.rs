//! Many people move items at once: one order comes of it, and no two items share a place.

use std::collections::HashSet;
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
        let mut moves = tokio::task::JoinSet::new();
        for n in 0..40_usize {
            let (world, item) = (world.clone(), keys[n * 7 % 20].clone());
            let to = keys[(n * 11 + 3) % 20].clone();
            moves.spawn(async move {
                let place = match n % 4 {
                    0 => json!({ "to": "top" }),
                    1 => json!({ "to": "bottom" }),
                    2 => json!({ "before": to }),
                    _ => json!({ "after": to }),
                };
                let path = format!("/api/v1/work-items/{item}/move");
                world.api(Persona::Member, "POST", &path, place).await
            });
        }
        while let Some(done) = moves.join_next().await {
            let (status, answer) = done.expect("a move ends");
            assert_eq!(status, 200, "{answer}");
        }
        let list = world.get(Persona::Member, "/work-items?product=OPEN&limit=100").await;
        let items = list["items"].as_array().expect("items");
        let ranks: Vec<&str> = items.iter().filter_map(|i| i["rank"].as_str()).collect();
        assert_eq!(ranks.len(), 20);
        assert!(ranks.is_sorted(), "{ranks:?}");
        assert_eq!(ranks.iter().collect::<HashSet<_>>().len(), 20, "{ranks:?}");
        let shown: HashSet<&str> = items.iter().filter_map(|i| Value::as_str(&i["key"])).collect();
        assert_eq!(shown, keys.iter().map(String::as_str).collect());
    }
}
