//! Replies to those who asked: drawn when it ships or is declined, sent by a person, and once.

use serde_json::json;
use wherefore_testkit::{Persona, World, both_engines};

use super::{browse, count, idea, open, visit, vote};

both_engines! {
    async fn everybody_who_asked_is_told_once(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "One tap for refunds").await;
        let jo = visit(&world, "open", "jo@visitors.example").await;
        vote(&world, &jo, made).await.expect("taken");
        let ideas = world.get(Persona::Member, "/products/OPEN/ideas").await;
        let evidence = ideas["items"][0]["evidence"].as_str().expect("a key").to_owned();
        let need = world.post(Persona::Member, "/needs", json!({ "product": "OPEN", "title": "Refund alone" })).await["key"].clone();
        world.post(Persona::Member, "/links", json!({ "from": need, "to": evidence })).await;
        let story = world.post(Persona::Member, "/work-items", json!({ "product": "OPEN", "title": "Refund button" })).await["key"].clone();
        world.post(Persona::Member, "/links", json!({ "from": story, "to": need })).await;
        let release = world.post(Persona::Member, "/releases", json!({ "product": "OPEN", "title": "March" })).await;
        let release = release["key"].as_str().expect("a key").to_owned();
        world.post(Persona::Member, &format!("/releases/{release}/items"), json!({ "items": [story] })).await;
        world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        assert_eq!(world.get(Persona::Member, "/replies?product=OPEN").await, json!([]), "not released yet");
        for decision in ["go", "done"] {
            let decide = json!({ "decision": decision, "because": "Ready." });
            world.post(Persona::Member, &format!("/releases/{release}/decision"), decide).await;
        }
        for _ in 0..2 {
            world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        }
        let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
        assert_eq!(drafts.as_array().map(Vec::len), Some(1), "{drafts}");
        assert_eq!((&drafts[0]["mails"], &drafts[0]["cause"]), (&json!(2), &json!("shipped")));
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox").await, 0, "a person sends it");
        let send = format!("/replies/{}/send", drafts[0]["id"].as_str().expect("an id"));
        world.post(Persona::Member, &send, json!({ "text": "It is here since March." })).await;
        let (again, _) = world.api(Persona::Member, "POST", &format!("/api/v1{send}"), json!({})).await;
        assert_eq!(again, 409, "nobody is told twice");
        world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        world.post(Persona::Member, "/replies/send", json!({ "product": "OPEN" })).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox WHERE kind = 'reply'").await, 2);
        let page = browse(&world, "GET", &format!("/portal/open/ideas/{made}"), "", "").await.text;
        assert!(page.contains("It is here since March.") && page.contains("Here"), "{page}");
        let answered = world.get(Persona::Member, &format!("/evidence/{evidence}")).await;
        assert_eq!(answered["state"], "answered");
        let activity = world.get(Persona::Member, "/activity?product=OPEN").await.to_string();
        assert!(activity.contains("send-reply"), "{activity}");
    }

    async fn whoever_asked_for_what_was_declined_is_told_why(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "A printed timetable").await;
        let path = format!("/ideas/{made}/status");
        let (status, _) = world.api(Persona::Member, "POST", &format!("/api/v1{path}"), json!({ "status": "declined" })).await;
        assert_eq!(status, 422, "a no needs its reason");
        world.post(Persona::Member, &path, json!({ "status": "declined", "because": "Nobody else asked in a year." })).await;
        let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
        let text = drafts[0]["text"].as_str().expect("a text");
        assert!(text.contains("A printed timetable") && text.contains("Nobody else asked"), "{text}");
        // Said wrongly, and said right before anybody was told: the draft follows, and is dropped and
        // drawn anew with it.
        for (status, because, state, words) in [
            ("shipped", "", "draft", "It is here now"),
            ("planned", "", "dropped", ""),
            ("declined", "Nobody asked twice.", "draft", "Nobody asked twice."),
        ] {
            world.post(Persona::Member, &path, json!({ "status": status, "because": because })).await;
            let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
            let waits = drafts.as_array().is_some_and(|all| !all.is_empty());
            assert_eq!(waits, state == "draft", "{status}: {drafts}");
            assert!(drafts[0]["text"].as_str().unwrap_or_default().contains(words), "{drafts}");
        }
        world.post(Persona::Member, "/replies/send", json!({ "product": "OPEN" })).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox WHERE kind = 'reply'").await, 1);
        // What was said for everybody is not overwritten by a letter to one.
        let page = browse(&world, "GET", &format!("/portal/open/ideas/{made}"), "", "").await.text;
        assert!(page.contains("Nobody asked twice.") && !page.contains("you told us"), "{page}");
        // Whoever was told is not told twice, however it stands later.
        world.post(Persona::Member, &path, json!({ "status": "shipped" })).await;
        assert_eq!(world.get(Persona::Member, "/replies?product=OPEN").await, json!([]));
    }
}
