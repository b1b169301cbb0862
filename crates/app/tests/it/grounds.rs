//! What is marked as having a why is what leads up to a need, whatever was done and undone, on both
//! engines.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use wherefore_app::thread::check::check;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Admin;

/// Needs first, then problems, epics and stories.
const FIRST: [usize; 4] = [0, 2, 5, 8];
const ALL: usize = 13;

async fn world_of_all(world: &World) -> Vec<String> {
    let mut keys = Vec::new();
    for at in 0..ALL {
        let level = FIRST.iter().filter(|first| **first <= at).count();
        let (path, mut input) = match level {
            1 => ("/needs", json!({ "kind": "user" })),
            2 => ("/opportunities", json!({})),
            3 => ("/work-items", json!({ "level": "epic" })),
            _ => ("/work-items", json!({})),
        };
        (input["product"], input["title"]) = (json!("OPEN"), json!(format!("Thing {at}")));
        let made = world.post(ME, path, input).await;
        keys.push(made["key"].as_str().unwrap_or_else(|| panic!("no key in {made}")).to_owned());
    }
    keys
}

/// One thing done to two of them; what is refused changes nothing, which is as good.
async fn act(world: &World, (verb, one, other): (u8, &str, &str), last: &mut Value) {
    let link = format!("/api/v1/links/{one}/{other}");
    let (method, path, body) = match verb {
        0..=2 => ("POST", "/api/v1/links".to_owned(), json!({ "from": one, "to": other })),
        3 => ("DELETE", link, json!({})),
        4 => ("PATCH", format!("/api/v1/work-items/{one}"), json!({ "parent": other })),
        5 => ("PATCH", format!("/api/v1/work-items/{one}"), json!({ "parent": "" })),
        6 => ("DELETE", format!("/api/v1/items/{one}"), json!({})),
        7 => ("POST", format!("/api/v1/items/{one}/restore"), json!({})),
        _ => ("POST", "/api/v1/undo".to_owned(), json!({ "change": *last })),
    };
    let (status, told) = world.api(ME, method, &path, body).await;
    assert!(status < 500, "{method} {path}: {told}");
    if status < 300 && !told["x-change"].is_null() {
        *last = told["x-change"].clone();
    }
}

async fn marks(world: &World) -> (Vec<String>, i64) {
    let found = world.app.db.read(check).await.expect("checked");
    let wrong = found.iter().map(|f| format!("{} {}", f.count, f.what)).collect();
    let sql = "SELECT COUNT(*) FROM work_item_now WHERE grounded = TRUE";
    let count = world.app.db.read(move |conn| conn.query_text(sql, &[], |r| r.get::<i64>(0)));
    (wrong, count.await.expect("counted")[0])
}

both_engines! {
    async fn whatever_is_done_the_marks_are_what_the_steps_say(app) {
        let world = World::new(app).await;
        let keys = world_of_all(&world).await;
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let steps = proptest::collection::vec((0..10_u8, 0..ALL, 0..ALL), 150);
        let steps = steps.new_tree(&mut runner).expect("steps").current();
        let (mut last, mut seen) = (Value::Null, BTreeSet::new());
        for (verb, one, other) in steps {
            // Mostly what may stand on the other: of a later level, on an earlier one.
            let below = FIRST.iter().rev().find(|first| **first <= one).copied().unwrap_or(0);
            let (low, high) = (&keys[one], &keys[other % below.max(1)]);
            act(&world, (verb, low, high), &mut last).await;
            let (wrong, marked) = marks(&world).await;
            assert!(wrong.is_empty(), "after {verb} {low} {high}: {wrong:?}");
            seen.insert(marked);
        }
        assert!(seen.len() > 3, "the marks moved: {seen:?}");
    }

    async fn what_two_ways_lead_to_keeps_its_why_when_one_ends(app) {
        let world = World::new(app).await;
        let keys = world_of_all(&world).await;
        let [need, problem, epic, story] = FIRST.map(|at| keys[at].clone());
        let listed = async || {
            let all = world.get(ME, "/work-items?product=OPEN&q=has:why").await;
            all["items"].as_array().map_or(0, Vec::len)
        };
        let link = async |from: &str, to: &str| world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        let gone = async |path: String| assert!(world.api(ME, "DELETE", &path, json!({})).await.0 < 300);
        let under = json!({ "parent": epic });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/work-items/{story}"), under).await.0, 200);
        link(&epic, &problem).await;
        assert_eq!(listed().await, 0);
        link(&problem, &need).await;
        assert_eq!(listed().await, 2);
        link(&story, &need).await;
        gone(format!("/api/v1/links/{problem}/{need}")).await;
        assert_eq!(listed().await, 1, "the story has a way of its own");
        gone(format!("/api/v1/items/{need}")).await;
        assert_eq!(listed().await, 0, "a need in the bin is no why");
        world.post(ME, &format!("/items/{need}/restore"), json!({})).await;
        assert_eq!(listed().await, 1);
    }
}
