//! Options and experiments as steps of the thread, and evidence found by what was said.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

fn keys(steps: &Value) -> Vec<String> {
    let all = steps.as_array().expect("steps").iter();
    all.map(|s| s["key"].as_str().expect("a key").to_owned()).collect()
}

both_engines! {
    async fn from_an_experiment_up_to_the_need_and_down_again(app) {
        let world = World::new(app).await;
        let said = made(&world, "/evidence", json!({ "product": "OPEN", "verbatim": "I waited nine days." })).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Money back soon", "kind": "user" })).await;
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "Refunds take a call" })).await;
        for (from, to) in [(&need, &said), (&problem, &need)] {
            world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        }
        let option = made(&world, "/options", json!({ "about": problem, "title": "Straight to the card" })).await;
        let test = made(&world, "/experiments", json!({ "product": "OPEN", "title": "Ten by hand", "about": option })).await;
        let epic = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Card refunds", "level": "epic" })).await;
        world.post(ME, "/links", json!({ "from": epic, "to": option })).await;
        let path = world.get(ME, &format!("/items/{test}/why")).await;
        assert_eq!(keys(&path["up"]), [option.clone(), problem.clone(), need.clone(), said.clone()], "{path}");
        let path = world.get(ME, &format!("/items/{epic}/why")).await;
        assert_eq!((keys(&path["up"]), &path["standing"]), (vec![option.clone(), problem.clone(), need.clone(), said.clone()], &json!("user-only")));
        let mut below = keys(&world.get(ME, &format!("/items/{need}/why")).await["down"]);
        below.sort();
        let mut all = vec![problem.clone(), option.clone(), test, epic];
        all.sort();
        assert_eq!(below, all);
        // Rejected with another, it stays a step, and says so.
        let other = made(&world, "/options", json!({ "about": problem, "title": "By voucher" })).await;
        world.post(ME, &format!("/options/{other}/choose"), json!({ "because": "Cheaper." })).await;
        let down = world.get(ME, &format!("/items/{problem}/why")).await["down"].clone();
        let state = down.as_array().and_then(|all| all.iter().find(|s| s["key"] == json!(option))).map(|s| s["state"].clone());
        assert_eq!(state, Some(json!("rejected")), "{down}");
    }

    async fn evidence_is_found_by_its_words_until_they_are_forgotten(app) {
        let world = World::new(app).await;
        let words = "The conductor was kind, the journey was long, the coffee was cold and the seat was narrow, and then after all of it the turnstile swallowed my paper ticket.";
        let key = made(&world, "/evidence", json!({ "product": "OPEN", "verbatim": words, "title": "A bad day" })).await;
        let other = made(&world, "/evidence", json!({ "product": "OPEN", "title": "Stuck", "verbatim": "My ticket was swallowed by the turnstile" })).await;
        let found = world.get(ME, "/search?q=turnstile").await;
        let text = found.to_string();
        assert!(text.contains(&key) && text.contains(&other), "{text}");
        // What is alike is found by the words too, wherever in the inbox it stands.
        let inbox = world.get(ME, "/inbox?product=OPEN").await;
        assert_eq!(inbox["items"][0]["key"], json!(key), "{inbox}");
        assert_eq!(inbox["alike"][0]["key"], json!(other), "{inbox}");
        // An edit keeps them in the index.
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/evidence/{key}"), json!({ "title": "A worse day" })).await.0, 200);
        assert!(world.get(ME, "/search?q=turnstile").await.to_string().contains(&key));
        assert_eq!(world.api(ME, "DELETE", &format!("/api/v1/items/{key}"), Value::Null).await.0, 200);
        assert!(!world.get(ME, "/search?q=turnstile").await.to_string().contains(&key));
    }
}
