//! Refinement with hidden votes, splitting, and dependencies without circles.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const BOSS: Persona = Persona::Admin;

async fn story(world: &World, title: &str) -> String {
    let input = json!({ "product": "OPEN", "title": title, "labels": ["app"] });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

fn says(answer: &Value, words: &str) -> bool {
    answer["error"]["message"].as_str().unwrap_or_default().contains(words)
}

both_engines! {
    async fn votes_are_hidden_until_they_are_shown_and_an_estimate_is_agreed(app) {
        let world = World::new(app).await;
        let (a, b) = (story(&world, "Pay").await, story(&world, "Get it back").await);
        let session = world.post(ME, "/refinements", json!({ "product": "OPEN" })).await;
        assert_eq!((&session["item"]["key"], session["top"].as_array().map(Vec::len)), (&json!(a), Some(2)));
        let path = format!("/refinements/{}", session["id"].as_str().unwrap());
        let at = |verb: &str| format!("{path}/{verb}");
        let early = world.api(ME, "POST", &format!("/api/v1{}", at("reveal")), json!({})).await;
        assert!(early.0 == 409 && says(&early.1, "Nobody"), "{}", early.1);
        world.post(ME, &at("vote"), json!({ "value": "3" })).await;
        world.post(ME, &at("vote"), json!({ "value": "5" })).await;
        let seen = world.post(BOSS, &at("vote"), json!({ "value": "13" })).await;
        assert_eq!(seen["votes"], json!([{ "person": "Mia", "value": null }, { "person": "Ada", "value": "13" }]));
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{}", at("vote")), json!({ "value": "4" })).await.0, 422);
        let sql = "SELECT COUNT(*) FROM activity WHERE object_kind = 'poker_vote' AND (changes LIKE '%\"13\"%' OR changes LIKE '%\"5\"%')";
        let told: Vec<i64> = world.app.db.read(move |conn| conn.query_text(sql, &[], |r| r.get(0))).await.unwrap();
        assert_eq!(told[0], 0, "the activity tells no votes");
        let (_, page) = world.page(Persona::Owner, &format!("/p/OPEN/refinement/{}", session["id"].as_str().unwrap())).await;
        assert!(page.contains("has voted") && !page.contains("<b>13</b>"), "{page}");
        let shown = world.post(ME, &at("reveal"), json!({})).await;
        assert_eq!((&shown["votes"][0]["value"], &shown["votes"][1]["value"]), (&json!("5"), &json!("13")));
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{}", at("vote")), json!({ "value": "8" })).await.0, 409);
        let again = world.post(ME, &at("reveal"), json!({ "again": true })).await;
        assert_eq!((&again["round"], &again["votes"]), (&json!(2), &json!([])));
        world.post(ME, &at("vote"), json!({ "value": "8" })).await;
        world.post(ME, &at("reveal"), json!({})).await;
        let agreed = world.post(ME, &at("agree"), json!({ "value": "8" })).await;
        assert_eq!(agreed["item"]["points"], 8.0);
        let next = world.post(ME, &at("item"), json!({})).await;
        assert_eq!((&next["item"]["key"], &next["round"], &next["revealed"]), (&json!(b), &json!(1), &json!(false)));
        let last = world.api(ME, "POST", &format!("/api/v1{}", at("item")), json!({})).await;
        assert_eq!(last.0, 409, "{}", last.1);
        world.post(ME, &at("end"), json!({})).await;
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{}", at("vote")), json!({ "value": "8" })).await.0, 409);
    }

    async fn a_split_keeps_the_why_the_place_and_where_it_came_from(app) {
        let world = World::new(app).await;
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Trust" })).await["key"].clone();
        let (a, z) = (story(&world, "Refunds").await, story(&world, "Last").await);
        world.post(ME, "/links", json!({ "from": a, "to": need })).await;
        let text = json!({ "text": "The sum is shown\nThe day is shown" });
        let all = world.post(ME, &format!("/stories/{a}/criteria"), text).await;
        let input = json!({ "titles": ["Ask for it\nBe told"], "criteria": [all[1]["id"]] });
        let split = world.post(ME, &format!("/stories/{a}/split"), input).await;
        let parts = split["parts"].as_array().unwrap();
        let titles: Vec<&str> = parts.iter().map(|p| p["title"].as_str().unwrap()).collect();
        assert_eq!(titles, ["Ask for it", "Be told", "The day is shown"]);
        assert_eq!((&parts[0]["split_from"]["id"], &parts[0]["labels"]), (&json!(a), &json!(["app"])));
        let third = parts[2]["key"].as_str().unwrap();
        let moved = world.get(ME, &format!("/stories/{third}/criteria")).await;
        assert_eq!((moved.as_array().map(Vec::len), &moved[0]["title"]), (Some(1), &json!("The day is shown")));
        let why = world.get(ME, &format!("/items/{third}/why")).await;
        assert_eq!(why["up"][0]["key"], need);
        let order = world.get(ME, "/work-items?product=OPEN").await;
        let order: Vec<&str> = order["items"].as_array().unwrap().iter().map(|i| i["key"].as_str().unwrap()).collect();
        assert_eq!((order.first(), order.last(), order.len()), (Some(&a.as_str()), Some(&z.as_str()), 5));
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/stories/{a}/split"), json!({})).await.0, 422);
    }

    async fn what_blocks_closes_no_circle(app) {
        let world = World::new(app).await;
        let (a, b, c) = (story(&world, "A").await, story(&world, "B").await, story(&world, "C").await);
        for (from, to) in [(&a, &b), (&b, &c)] {
            world.post(ME, "/links", json!({ "from": from, "to": to, "kind": "blocks" })).await;
        }
        let (status, refused) = world.api(ME, "POST", "/api/v1/links", json!({ "from": c, "to": a, "kind": "blocks" })).await;
        assert!(status == 422 && says(&refused, "circle"), "{refused}");
        world.post(ME, "/links", json!({ "from": c, "to": a, "kind": "relates" })).await;
    }
}
