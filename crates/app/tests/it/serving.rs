//! Writing an item together with what it is for, and finding that by its words.

use axum::http::header;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().unwrap().to_owned()
}

async fn above(world: &World, key: &str) -> Vec<String> {
    let why = world.get(ME, &format!("/items/{key}/why")).await;
    why["up"].as_array().unwrap().iter().map(|n| n["key"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn an_item_is_written_with_its_why(app) {
        let world = World::new(app).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Trust the sum" })).await;
        let epic = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Refunds", "level": "epic" })).await;
        let new = |why: &str| json!({ "product": "OPEN", "title": "Show it", "why": why, "criteria": "The sum is shown" });
        let direct = made(&world, "/work-items", new(&need.to_lowercase())).await;
        assert_eq!(above(&world, &direct).await, std::slice::from_ref(&need));
        let below = world.post(ME, "/work-items", new(&epic)).await;
        assert_eq!(below["parent"]["id"], json!(epic));
        assert_eq!(world.get(ME, &format!("/work-items/{direct}")).await["parent"], Value::Null);
        // All or none: where the why cannot be, no item is made.
        let before = world.get(ME, "/work-items?product=OPEN").await["items"].as_array().map(Vec::len);
        let evidence = made(&world, "/evidence", json!({ "product": "OPEN", "title": "A call", "verbatim": "It is wrong" })).await;
        let theirs = world.post(Persona::Owner, "/needs", json!({ "product": "PRIV", "title": "Secret" })).await;
        for why in [evidence.as_str(), theirs["key"].as_str().unwrap(), "OPEN-999", "trust"] {
            let (status, refused) = world.api(ME, "POST", "/api/v1/work-items", new(why)).await;
            assert!(status == 422 && refused["error"]["field"] == "why", "{why}: {refused}");
        }
        let mut two = new(&epic);
        two["parent"] = json!(direct);
        assert_eq!(world.api(ME, "POST", "/api/v1/work-items", two).await.0, 422);
        let after = world.get(ME, "/work-items?product=OPEN").await["items"].as_array().map(Vec::len);
        assert_eq!(before, after);
        // One undo takes the item away with its link.
        let again = world.post(ME, "/work-items", new(&need)).await;
        world.post(ME, "/undo", json!({ "change": again["x-change"] })).await;
        let (status, _) = world.api(ME, "GET", &format!("/api/v1/work-items/{}", again["key"].as_str().unwrap()), Value::Null).await;
        assert_eq!(status, 404);
    }

    async fn whoever_stays_is_told_what_they_made(app) {
        let world = World::new(app).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Trust the sum" })).await;
        let form = format!("product=OPEN&title=Show+it&why={need}&_back=%2Fp%2FOPEN%2Fbacklog");
        let request = axum::http::Request::builder()
            .method("POST")
            .uri("/do/create-work-item")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = world.with_session(ME, request).body(axum::body::Body::from(form)).unwrap();
        let answer = world.send(request).await;
        assert_eq!(answer.status(), 303);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        let key = world.get(ME, "/work-items?product=OPEN").await["items"][0]["key"].as_str().unwrap().to_owned();
        assert!(cookie.contains(&format!("create-work-item@{key}")), "{cookie}");
        assert_eq!(above(&world, &key).await, [need]);
    }

    async fn a_field_finds_items_of_its_kinds_by_their_words(app) {
        let world = World::new(app).await;
        let need = made(&world, "/needs", json!({ "product": "OPEN", "title": "Lamps in the dark" })).await;
        for n in 0..40 {
            made(&world, "/work-items", json!({ "product": "OPEN", "title": format!("Lamp number {n}") })).await;
        }
        let bug = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Lamp is off", "level": "bug" })).await;
        let found = async |kinds: &str| {
            let found = world.get(ME, &format!("/search?q=lamp&kinds={kinds}")).await;
            found.as_array().unwrap().iter().map(|n| n["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("need,opportunity").await, std::slice::from_ref(&need));
        assert_eq!(found("bug").await, [bug]);
        assert_eq!(found("").await.len(), 30);
        assert_eq!(found("objective").await, [] as [String; 0]);
        let (status, told) = world.page(ME, "/search.json?q=lamp+dark&kinds=need+opportunity").await;
        assert!(status == 200 && told.contains(&need), "{told}");
    }
}
