//! Acceptance criteria and acceptance: words, verdicts, what has to be said, and what never changes.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn story(world: &World) -> String {
    let input = json!({ "product": "OPEN", "title": "As a rider, I want my money back" });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn add(world: &World, key: &str, text: &str) -> Value {
    world.post(ME, &format!("/stories/{key}/criteria"), json!({ "text": text })).await
}

fn says(answer: &Value, words: &str) -> bool {
    answer["error"]["message"].as_str().unwrap_or_default().contains(words)
}

both_engines! {
    async fn criteria_are_lines_or_scenarios_that_are_edited_moved_and_judged(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        add(&world, &key, "- The sum is shown\n- The day is shown").await;
        let all = add(&world, &key, "Scenario: Late train\nGiven a ticket\nWhen the train is late\nThen half is paid").await;
        let kinds: Vec<&str> = all.as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["check", "check", "scenario"]);
        assert_eq!((&all[2]["title"], &all[2]["steps"][1]), (&json!("Late train"), &json!("When the train is late")));
        let third = all[2]["id"].as_str().unwrap();
        let path = format!("/api/v1/criteria/{third}");
        let (_, moved) = world.api(ME, "PATCH", &path, json!({ "position": 1, "text": "Half is paid" })).await;
        assert_eq!((&moved[0]["title"], &moved[0]["kind"]), (&json!("Half is paid"), &json!("check")));
        let (status, refused) = world.api(ME, "PATCH", &path, json!({ "text": "One\nTwo" })).await;
        assert!(status == 422 && says(&refused, "more than one"), "{refused}");
        let judge = format!("/criteria/{third}/verdict");
        world.post(ME, &judge, json!({ "verdict": "not-met", "note": "Nothing is paid" })).await;
        let seen = world.post(ME, &judge, json!({ "verdict": "met" })).await;
        assert_eq!((&seen[0]["verdict"]["verdict"], &seen[0]["verdict"]["by"]), (&json!("met"), &json!("Mia")));
        let undo = json!({ "change": seen["x-change"] });
        // Lists carry no change; the activity tells of both verdicts, and neither is undone.
        assert!(undo["change"].is_null());
        let (_, gone) = world.api(ME, "DELETE", &path, Value::Null).await;
        assert_eq!(gone.as_array().map(Vec::len), Some(2));
        let bad = json!({ "text": "Scenario: x\nMaybe" });
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/stories/{key}/criteria"), bad).await.0, 422);
    }

    async fn accepting_asks_for_the_criteria_the_definition_and_the_need(app) {
        let world = World::new(app).await;
        let team = world.post(Persona::Admin, "/teams", json!({ "name": "Tickets" })).await["id"].clone();
        world.post(ME, "/policies/adopt", json!({ "team": team, "preset": "scrum" })).await;
        let key = story(&world).await;
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "team": team, "state": "In review" })).await;
        let all = add(&world, &key, "The sum is shown\nThe day is shown").await;
        let ids: Vec<&str> = all.as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        let shown = world.get(ME, &format!("/stories/{key}/acceptance")).await;
        let done = shown["done"].clone();
        assert_eq!(done.as_array().map(Vec::len), Some(4));
        let path = format!("/api/v1/stories/{key}/acceptance");
        let mut input = json!({ "decision": "accepted", "verdicts": { ids[0]: "met" } });
        let (status, refused) = world.api(ME, "POST", &path, input.clone()).await;
        assert!(status == 422 && says(&refused, "1 of 2 criteria") && says(&refused, "4 lines") && says(&refused, "nobody said"), "{refused}");
        // Refused as a whole: the verdict in it is not kept either.
        let seen = world.get(ME, &format!("/stories/{key}/criteria")).await;
        assert!(seen[0]["verdict"].is_null());
        let back = json!({ "decision": "sent-back" });
        assert_eq!(world.api(ME, "POST", &path, back).await.0, 422);
        let back = json!({ "decision": "sent-back", "because": "The day is missing", "verdicts": { ids[1]: "not-met" } });
        let sent = world.post(ME, &format!("/stories/{key}/acceptance"), back).await;
        assert_eq!((&sent["state"], &sent["met"]), (&json!("In progress"), &json!(0)));
        input = json!({ "decision": "accepted", "serves": "yes", "done": done, "verdicts": { ids[0]: "met", ids[1]: "met" } });
        let accepted = world.post(ME, &format!("/stories/{key}/acceptance"), input).await;
        assert_eq!((&accepted["state"], &accepted["met"], &accepted["by"]), (&json!("Accepted"), &json!(2), &json!("Mia")));
        let (status, refused) = world.api(Persona::Owner, "POST", "/api/v1/undo", json!({ "change": accepted["x-change"] })).await;
        assert!(status == 409 && says(&refused, "append-only"), "{refused}");
        let (status, again) = world.api(ME, "POST", &path, json!({ "decision": "sent-back", "because": "No" })).await;
        assert!(status == 409, "{again}");
        let shown = world.get(ME, &format!("/stories/{key}/acceptance")).await;
        assert_eq!(shown["decisions"].as_array().map(Vec::len), Some(2));
    }

    async fn the_page_shows_the_why_first_and_counts_as_reading_it(app) {
        let world = World::new(app).await;
        let key = story(&world).await;
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Trust" })).await["key"].clone();
        let words = json!({ "product": "OPEN", "verbatim": "I never saw my money again." });
        let evidence = world.post(ME, "/evidence", words).await["key"].clone();
        world.post(ME, "/links", json!({ "from": need, "to": evidence })).await;
        world.post(ME, "/links", json!({ "from": key, "to": need })).await;
        add(&world, &key, "The sum is shown").await;
        let (status, page) = world.page(ME, &format!("/{key}/acceptance")).await;
        assert_eq!(status, 200);
        let (why, criteria) = (page.find("I never saw my money again"), page.find("Each criterion"));
        assert!(why.is_some() && why < criteria, "{page}");
        world.reads.write(&world.app.db).await.unwrap();
        let reads = world.get(ME, "/own-reads").await;
        assert_eq!(reads[0]["key"], evidence);
        let criteria = world.get(ME, &format!("/stories/{key}/criteria")).await;
        let verdict = format!("verdicts.{}", criteria[0]["id"].as_str().unwrap());
        let fields = [("key", key.as_str()), ("decision", "accepted"), ("serves", "yes"), ("done", ""), (verdict.as_str(), "met")];
        let (status, to) = world.form(ME, "/do/accept-story", &fields).await;
        assert_eq!(status, 303, "{to}");
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("How it was accepted"), "{page}");
    }
}
