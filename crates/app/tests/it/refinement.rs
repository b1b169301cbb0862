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
        // Nobody agrees on what nobody chose: where no card leads, none is proposed.
        let here = format!("/p/OPEN/refinement/{}", session["id"].as_str().unwrap());
        let (_, page) = world.page(ME, &here).await;
        assert!(page.contains("<option value=\"\" selected>choose</option>") && !page.contains("<option value=\"?\""), "{page}");
        let again = world.post(ME, &at("reveal"), json!({ "again": true })).await;
        assert_eq!((&again["round"], &again["votes"]), (&json!(2), &json!([])));
        world.post(ME, &at("vote"), json!({ "value": "8" })).await;
        world.post(ME, &at("reveal"), json!({})).await;
        let (_, page) = world.page(ME, &here).await;
        assert!(page.contains("<option value=\"8\" selected>"), "{page}");
        let agreed = world.post(ME, &at("agree"), json!({ "value": "8" })).await;
        assert_eq!(agreed["item"]["points"], 8.0);
        let next = world.post(ME, &at("item"), json!({})).await;
        assert_eq!((&next["item"]["key"], &next["round"], &next["revealed"]), (&json!(b), &json!(1), &json!(false)));
        let last = world.api(ME, "POST", &format!("/api/v1{}", at("item")), json!({})).await;
        assert_eq!(last.0, 409, "{}", last.1);
        world.post(ME, &at("end"), json!({})).await;
        // Whoever starts one is brought to it.
        let form = [("product", "OPEN"), ("_back", "/p/OPEN/refinement/{id}")];
        let (status, to) = world.form(ME, "/do/start-refinement", &form).await;
        assert!(status == 303 && world.page(ME, &to).await.0 == 200, "{to}");
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{}", at("vote")), json!({ "value": "8" })).await.0, 409);
    }

    async fn whoever_comes_back_to_an_item_votes_anew(app) {
        let world = World::new(app).await;
        let (a, b) = (story(&world, "Pay").await, story(&world, "Get it back").await);
        let id = world.post(ME, "/refinements", json!({ "product": "OPEN" })).await["id"].as_str().unwrap().to_owned();
        let at = |what: &str| format!("/refinements/{id}/{what}");
        world.post(ME, &at("item"), json!({ "key": a })).await;
        world.post(ME, &at("vote"), json!({ "value": "8" })).await;
        world.post(ME, &at("item"), json!({ "key": b })).await;
        let back = world.post(ME, &at("item"), json!({ "key": a })).await;
        assert_eq!((&back["votes"], &back["revealed"]), (&json!([]), &json!(false)), "{back}");
        let early = world.api(ME, "POST", &format!("/api/v1{}", at("reveal")), json!({})).await;
        assert_eq!(early.0, 409, "{}", early.1);
        // What runs in a sprint is refined no more.
        let sprint = world.post(ME, "/iterations", json!({ "product": "OPEN", "name": "Sprint 1", "goal": "Pay" })).await;
        let sprint = format!("/iterations/{}", sprint["id"].as_str().unwrap());
        world.post(ME, &format!("{sprint}/items"), json!({ "items": [a] })).await;
        let top = async || world.get(ME, &format!("/refinements/{id}")).await["top"].as_array().unwrap().iter().map(|i| i["key"].clone()).collect::<Vec<_>>();
        assert_eq!(top().await, [json!(a), json!(b)], "what is planned may be");
        world.post(ME, &format!("{sprint}/start"), json!({})).await;
        assert_eq!(top().await, [json!(b)]);
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

    async fn lines_of_the_definition_of_ready_are_ticked_for_each_story(app) {
        let world = World::new(app).await;
        let (a, b) = (story(&world, "Pay").await, story(&world, "Get it back").await);
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/stories/{a}/ready"), json!({ "line": "Small", "holds": true })).await;
        assert!(status == 409 && says(&refused, "uses no Definition of Ready"), "{refused}");
        policy(&world, json!({ "ready": ["It has criteria", "It is small"] })).await;
        let ready = |key: &str| format!("/stories/{key}/ready");
        let one = world.post(ME, &ready(&a), json!({ "line": "It is small", "holds": true })).await;
        assert_eq!((&one["holding"], &one["lines"][1]["by"], &one["lines"][0]["holds"]), (&json!(1), &json!("Mia"), &json!(false)));
        world.post(BOSS, &ready(&a), json!({ "line": "It has criteria", "holds": true })).await;
        world.post(ME, &ready(&a), json!({ "line": "It has criteria", "holds": true })).await;
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1{}", ready(&a)), json!({ "line": "Small" })).await;
        assert!(status == 422 && says(&refused, "It has criteria; It is small"), "{refused}");
        assert_eq!(world.get(ME, &ready(&b)).await["holding"], 0, "of each story by itself");
        let session = world.post(ME, "/refinements", json!({ "product": "OPEN" })).await;
        assert_eq!(session["top_ready"], json!({ &a: { "holding": 2, "all": 2 }, &b: { "holding": 0, "all": 2 } }));
        assert_eq!(session["ready"][0]["by"], "Ada");
        let here = format!("/p/OPEN/refinement/{}", session["id"].as_str().unwrap());
        let (_, page) = world.page(ME, &here).await;
        assert!(page.contains("Take the tick away: It is small") && page.contains("ready 0/2"), "{page}");
        // In the browser without scripts, and back again by undo.
        let form = [("key", b.as_str()), ("line", "It is small"), ("holds", "true"), ("_back", &here)];
        assert_eq!(world.form(ME, "/do/tick-ready", &form).await.0, 303);
        let (_, page) = world.page(ME, &format!("/{b}")).await;
        assert!(page.contains("Definition of Ready") && page.contains("Tick: It has criteria"), "{page}");
        let gone = world.post(ME, &ready(&a), json!({ "line": "It is small", "holds": false })).await;
        assert_eq!(gone["holding"], 1);
        world.post(ME, "/undo", json!({ "change": gone["x-change"] })).await;
        assert_eq!(world.get(ME, &ready(&a)).await["holding"], 2);
        let epic = json!({ "product": "OPEN", "title": "Refunds", "level": "epic" });
        let epic = world.post(ME, "/work-items", epic).await["key"].as_str().unwrap().to_owned();
        assert_eq!(world.get(ME, &ready(&epic)).await["lines"], json!([]));
        // Words that the policy has no more are asked for no more; without lines there is no checklist.
        policy(&world, json!({ "ready": ["It has criteria", "Someone wants it"] })).await;
        assert_eq!(world.get(ME, &ready(&a)).await["holding"], 1);
        policy(&world, json!({ "ready": [] })).await;
        assert_eq!(world.get(ME, &ready(&a)).await["lines"], json!([]));
        let (_, page) = world.page(ME, &format!("/{a}")).await;
        assert!(!page.contains("Definition of Ready"), "{page}");
    }

    async fn a_session_chooses_cards_that_fit_what_is_added_up(app) {
        let world = World::new(app).await;
        let a = story(&world, "Pay").await;
        let start = |deck: &str| json!({ "product": "OPEN", "deck": deck });
        let own = world.post(ME, "/refinements", start("")).await;
        assert_eq!((&own["deck_name"], &own["deck"][0]), (&json!("points"), &json!("0")));
        for (deck, words) in [("hours", "estimates"), ("tarot", "deck")] {
            let (status, refused) = world.api(ME, "POST", "/api/v1/refinements", start(deck)).await;
            assert!(status == 422 && refused.to_string().contains(words), "{refused}");
        }
        let shirts = world.post(ME, "/refinements", start("sizes")).await;
        assert_eq!((&shirts["deck"][2], &shirts["worth"]["M"]), (&json!("M"), &json!("3")));
        let at = |verb: &str| format!("/refinements/{}/{verb}", shirts["id"].as_str().unwrap());
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1{}", at("vote")), json!({ "value": "13" })).await;
        assert!(status == 422 && says(&refused, "XS, S, M"), "{refused}");
        world.post(ME, &at("vote"), json!({ "value": "L" })).await;
        let (_, page) = world.page(ME, &format!("/p/OPEN/refinement/{}", shirts["id"].as_str().unwrap())).await;
        assert!(page.contains("T-shirt sizes") && page.contains("M = 3"), "{page}");
        let agreed = world.post(ME, &at("agree"), json!({ "value": "L" })).await;
        assert_eq!(agreed["item"]["points"], 5.0);
        // Where the team comes to estimate in hours, cards of a session that is open follow.
        policy(&world, json!({ "estimates": "hours" })).await;
        let now = world.get(ME, &format!("/refinements/{}", shirts["id"].as_str().unwrap())).await;
        assert_eq!((&now["deck_name"], &now["deck"][3]), (&json!("hours"), &json!("8")));
        let hours = world.post(ME, "/refinements", start("hours")).await;
        assert_eq!(hours["item"]["key"], a);
    }
}

/// Puts a policy into force that differs from the product's in something.
async fn policy(world: &World, change: Value) {
    let draft = world.post(BOSS, "/policies", json!({ "product": "OPEN" })).await;
    let id = draft["id"].as_str().unwrap();
    let (status, answer) =
        world.api(BOSS, "PATCH", &format!("/api/v1/policies/{id}"), change).await;
    assert_eq!(status, 200, "{answer}");
    world.post(BOSS, &format!("/policies/{id}/activate"), json!({})).await;
}
