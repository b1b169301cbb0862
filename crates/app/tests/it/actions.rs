//! What the product's actions do, through the API, on both engines.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn story(world: &World, title: &str) -> String {
    key(&world.post(ME, "/work-items", json!({ "product": "OPEN", "title": title })).await)
}

fn key(made: &Value) -> String {
    made["key"].as_str().expect("a key").to_owned()
}

async fn edit(world: &World, key: &str, body: Value) -> (u16, Value) {
    world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), body).await
}

async fn link(world: &World, from: &str, to: &str) {
    world.post(ME, "/links", json!({ "from": from, "to": to })).await;
}

async fn standing(world: &World, key: &str) -> String {
    let path = world.get(ME, &format!("/items/{key}/why")).await;
    path["standing"].as_str().expect("a standing").to_owned()
}

both_engines! {
    async fn a_path_becomes_whole_step_by_step(app) {
        let world = World::new(app).await;
        let story = story(&world, "Remember the seat").await;
        assert_eq!(standing(&world, &story).await, "no-why");
        let framed = json!({ "product": "OPEN", "title": "Seats are lost" });
        let problem = key(&world.post(ME, "/opportunities", framed).await);
        link(&world, &story, &problem).await;
        let mut needs = Vec::new();
        for kind in ["user", "business"] {
            let need = json!({ "product": "OPEN", "title": kind, "kind": kind });
            let need = key(&world.post(ME, "/needs", need).await);
            link(&world, &problem, &need).await;
            needs.push(need);
        }
        assert_eq!(standing(&world, &story).await, "unsupported");
        for (need, then) in needs.iter().zip(["user-only", "whole"]) {
            let words = json!({ "product": "OPEN", "verbatim": "I lost my seat." });
            let words = key(&world.post(ME, "/evidence", words).await);
            link(&world, need, &words).await;
            assert_eq!(standing(&world, &story).await, then);
        }
    }

    async fn choosing_an_option_keeps_the_others_with_the_reason(app) {
        let world = World::new(app).await;
        let problem = json!({ "product": "OPEN", "title": "Refunds need a call" });
        let problem = key(&world.post(ME, "/opportunities", problem).await);
        let mut options = Vec::new();
        for title in ["A form", "A voucher"] {
            let option = json!({ "about": problem, "title": title });
            options.push(key(&world.post(ME, "/options", option).await));
        }
        let choose = format!("/api/v1/options/{}/choose", options[0]);
        assert_eq!(world.api(ME, "POST", &choose, json!({})).await.0, 422);
        world.post(ME, &choose[7..], json!({ "because": "Nobody used vouchers." })).await;
        let all = world.get(ME, &format!("/items/{problem}/options")).await;
        let states: Vec<&str> = all.as_array().expect("a list").iter().filter_map(|o| o["state"].as_str()).collect();
        assert_eq!(states, ["chosen", "rejected"]);
        assert!(all[1]["reason"].as_str().is_some_and(|r| r.contains("Nobody used vouchers.")));
    }

    async fn a_running_experiment_is_frozen_and_a_settled_decision_stays(app) {
        let world = World::new(app).await;
        let plan = json!({ "product": "OPEN", "title": "Ask ten", "belief": "They refund themselves" });
        let tried = key(&world.post(ME, "/experiments", plan).await);
        let path = format!("/api/v1/experiments/{tried}");
        let (status, told) = world.api(ME, "PATCH", &path, json!({ "ends_on": "2020-01-01" })).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("ends_on")), "it would end before it begins: {told}");
        assert_eq!(world.api(ME, "POST", &format!("{path}/start"), json!({})).await.0, 422);
        let metric = json!({ "metric": "finished", "threshold": "6 of 10" });
        assert_eq!(world.api(ME, "PATCH", &path, metric).await.0, 200);
        assert_eq!(world.api(ME, "POST", &format!("{path}/start"), json!({})).await.0, 200);
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "threshold": "2 of 10" })).await.0, 409);
        let found = json!({ "state": "supported", "result": "8 of 10", "verdict": "persevere" });
        assert_eq!(world.api(ME, "POST", &format!("{path}/conclude"), found).await.0, 200);

        let first = json!({ "product": "OPEN", "title": "To a voucher", "choice": "A voucher.", "state": "accepted" });
        let first = key(&world.post(ME, "/decisions", first).await);
        let next = json!({ "product": "OPEN", "title": "To the card", "choice": "The card.", "supersedes": first });
        let next = key(&world.post(ME, "/decisions", next).await);
        world.post(ME, &format!("/decisions/{next}/settle"), json!({ "state": "accepted" })).await;
        let old = world.get(ME, &format!("/decisions/{first}")).await;
        assert_eq!((&old["state"], &old["superseded_by"]), (&json!("superseded"), &json!(next)));
        let path = format!("/api/v1/decisions/{next}");
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "choice": "Another" })).await.0, 409);
    }

    async fn a_release_goes_out_step_by_step_and_is_reviewed(app) {
        let mut world = World::new(app).await;
        let story = story(&world, "Refund yourself").await;
        let release = json!({ "product": "OPEN", "title": "Spring" });
        let release = key(&world.post(ME, "/releases", release).await);
        let path = format!("/api/v1/releases/{release}");
        world.post(ME, &format!("/releases/{release}/items"), json!({ "items": [story] })).await;
        for (title, share) in [("Canary", 5), ("All", 100)] {
            let step = json!({ "title": title, "share": share });
            world.post(ME, &format!("/releases/{release}/steps"), step).await;
        }
        let go = json!({ "decision": "go" });
        assert_eq!(world.api(ME, "POST", &format!("{path}/decision"), go.clone()).await.0, 422);
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "strategy": "canary" })).await.0, 200);
        assert_eq!(world.api(ME, "POST", &format!("{path}/decision"), go).await.0, 200);
        assert_eq!(world.api(ME, "POST", &format!("{path}/steps/2"), json!({})).await.0, 409);
        assert_eq!(world.api(ME, "POST", &format!("{path}/steps/1"), json!({})).await.0, 200);
        let review = json!({ "after_days": 30, "finding": "Calls fell by half.", "verdict": "moved" });
        assert_eq!(world.api(ME, "POST", &format!("{path}/reviews"), review.clone()).await.0, 409);
        assert_eq!(world.api(ME, "POST", &format!("{path}/steps/2"), json!({})).await.0, 200);
        world.post(ME, &format!("/releases/{release}/decision"), json!({ "decision": "done" })).await;
        assert_eq!(world.api(ME, "POST", &format!("{path}/reviews"), review.clone()).await.0, 409, "too early");
        world.noon("2026-04-02");
        let reviewed = world.post(ME, &format!("/releases/{release}/reviews"), review).await;
        assert_eq!((&reviewed["state"], &reviewed["reviews"][0]["after_days"]), (&json!("released"), &json!(30)));
        world.enter(ME).await;
        let page = world.page(ME, &format!("/{release}")).await.1;
        assert!(page.contains("Refund yourself") && page.contains("Calls fell by half."), "{page}");
    }

    async fn every_version_of_the_vision_stays_and_is_acknowledged_by_its_number(app) {
        let world = World::new(app).await;
        let first = json!({ "product": "OPEN", "body": "No queues." });
        world.post(ME, "/vision", first).await;
        let next = json!({ "product": "OPEN", "body": "No queues, no calls." });
        assert_eq!(world.api(ME, "POST", "/api/v1/vision", next.clone()).await.0, 422);
        let mut next = next;
        next["because"] = json!("Calls cost as much.");
        assert_eq!(world.post(ME, "/vision", next).await["number"], 2);
        let read = |number: i64| json!({ "product": "OPEN", "kind": "vision", "number": number });
        assert_eq!(world.api(ME, "POST", "/api/v1/acknowledgements", read(1)).await.0, 409);
        let seen = world.post(ME, "/acknowledgements", read(2)).await;
        assert_eq!((&seen["by_you"], &seen["number"]), (&json!(true), &json!(2)));
        let all = world.get(ME, "/vision?product=OPEN").await;
        assert_eq!(all.as_array().map(Vec::len), Some(2));
    }

    async fn a_metric_keeps_the_last_word_for_each_day_and_there_is_one_north_star(app) {
        let world = World::new(app).await;
        let star = json!({ "product": "OPEN", "title": "Refunds alone", "role": "north-star" });
        let star = key(&world.post(ME, "/metrics", star).await);
        let second = json!({ "product": "OPEN", "title": "Another", "role": "north-star" });
        assert_eq!(world.api(ME, "POST", "/api/v1/metrics", second).await.0, 422);
        let path = format!("/metrics/{star}/values");
        world.post(ME, &path, json!({ "csv": "day,value\n2026-01-01,4\n2026-01-02,6" })).await;
        let corrected = world.post(ME, &path, json!({ "day": "2026-01-01", "value": 5 })).await;
        assert_eq!(corrected["series"], json!([{ "day": "2026-01-01", "value": 5.0 }, { "day": "2026-01-02", "value": 6.0 }]));
        let wrong = json!({ "csv": "2026-01-01,1\nsoon,2" });
        let (status, answer) = world.api(ME, "POST", &format!("/api/v1{path}"), wrong).await;
        assert_eq!(status, 422, "{answer}");
    }

    async fn the_roadmap_stands_as_it_stood_on_any_day(app) {
        let world = World::new(app).await;
        world.noon("2026-03-02");
        let mut keys = Vec::new();
        for title in ["Refunds", "Fares"] {
            let problem = json!({ "product": "OPEN", "title": title });
            let problem = key(&world.post(ME, "/opportunities", problem).await);
            world.post(ME, "/roadmap", json!({ "item": problem, "horizon": "next" })).await;
            keys.push(problem);
        }
        world.noon("2026-03-05");
        let moved = json!({ "item": keys[1], "horizon": "now", "because": "It blocks the rest." });
        world.post(ME, "/roadmap", moved).await;
        world.post(ME, "/roadmap", json!({ "item": keys[1], "horizon": "next", "before": keys[0] })).await;
        let order = |map: &Value| -> Vec<String> {
            map.as_array().expect("a list").iter().map(|p| p["item"].as_str().expect("a key").to_owned()).collect()
        };
        assert_eq!(order(&world.get(ME, "/roadmap?product=OPEN").await), [keys[1].clone(), keys[0].clone()]);
        let then = world.get(ME, "/roadmap?product=OPEN&at=2026-03-02").await;
        assert_eq!(order(&then), keys);
        let promised = json!({ "item": keys[0], "hard": true });
        assert_eq!(world.api(ME, "POST", "/api/v1/roadmap", promised).await.0, 422);
        let page = world.page(ME, "/p/OPEN/roadmap?since=2026-03-01").await.1;
        assert!(page.contains("new in next"), "{page}");
    }

    async fn a_requirement_becomes_an_item_and_a_question_is_answered_once(app) {
        let world = World::new(app).await;
        let asked = json!({ "product": "OPEN", "title": "A monthly list", "source": "Finance" });
        let asked = key(&world.post(ME, "/requirements", asked).await);
        let settle = format!("/api/v1/requirements/{asked}/settle");
        assert_eq!(world.api(ME, "POST", &settle, json!({ "state": "taken-up" })).await.0, 422);
        let story = story(&world, "Find double payments").await;
        let taken = world.post(ME, &settle[7..], json!({ "state": "taken-up", "became": story })).await;
        assert_eq!(taken["became"], json!(story));
        let question = world.post(ME, &format!("/items/{story}/questions"), json!({})).await;
        let path = format!("/api/v1/questions/{}/answer", question["id"].as_str().expect("an id"));
        let answer = json!({ "answer": "Finance pays twice a month for it." });
        assert_eq!(world.api(ME, "POST", &path, answer.clone()).await.0, 200);
        assert_eq!(world.api(ME, "POST", &path, answer).await.0, 409);
        let page = world.page(ME, &format!("/{story}")).await.1;
        assert!(page.contains("A monthly list") && page.contains("pays twice a month"), "{page}");
    }

    async fn what_waits_is_linked_joined_or_parked_and_answered_once(app) {
        let world = World::new(app).await;
        let mut keys = Vec::new();
        for (words, company) in [
            ("I waited three weeks for the refund of my split ticket", "Brightwater"),
            ("The refund for a split ticket took weeks", "Northline"),
            ("The map shows the wrong platform", ""),
        ] {
            let said = json!({ "product": "OPEN", "verbatim": words, "source": words, "company": company });
            keys.push(key(&world.post(ME, "/evidence", said).await));
        }
        let inbox = world.get(ME, "/inbox?product=OPEN").await;
        assert_eq!((&inbox["waiting"], &inbox["items"][0]["key"]), (&json!(3), &json!(keys[0])));
        assert_eq!(inbox["alike"][0]["key"], json!(keys[1]), "{inbox}");
        let path = |key: &str| format!("/evidence/{key}/triage");
        let empty = json!({ "how": "link" });
        assert_eq!(world.api(ME, "POST", &format!("/api/v1{}", path(&keys[0])), empty).await.0, 422);
        let made = json!({ "how": "new-need", "title": "Get my money back soon" });
        assert_eq!(world.post(ME, &path(&keys[0]), made).await["state"], "linked");
        let needs = world.get(ME, "/needs?product=OPEN").await;
        let need = needs["items"][0]["key"].as_str().expect("a need").to_owned();
        world.post(ME, &path(&keys[1]), json!({ "how": "link", "need": need })).await;
        world.post(ME, "/companies", json!({ "product": "OPEN", "name": "Northline", "revenue": 900 })).await;
        let support = world.get(ME, &format!("/needs/{need}/support")).await;
        assert_eq!((&support["people"], &support["revenue"], &support["strength"]), (&json!(2), &json!(900.0), &json!("fair")));
        world.post(ME, &path(&keys[2]), json!({ "how": "park" })).await;
        assert_eq!(world.get(ME, "/inbox?product=OPEN").await["waiting"], 0);
        let answer = json!({ "answer": "Refunds take two days now.", "how": "by phone" });
        let path = format!("/api/v1/evidence/{}/answer", keys[0]);
        assert_eq!(world.api(ME, "POST", &path, answer.clone()).await.0, 200);
        assert_eq!(world.api(ME, "POST", &path, answer).await.0, 409);
    }

    async fn goals_are_aligned_without_a_circle_fed_by_metrics_and_scored_once(app) {
        let world = World::new(app).await;
        let mut keys = Vec::new();
        for (title, level) in [("Fewer calls", "company"), ("Refunds alone", "product")] {
            let goal = json!({ "product": "OPEN", "title": title, "level": level, "serves": keys.last() });
            keys.push(key(&world.post(ME, "/objectives", goal).await));
        }
        let circle = json!({ "serves": keys[1] });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/objectives/{}", keys[0]), circle).await.0, 422);
        let metric = json!({ "product": "OPEN", "title": "Calls", "role": "other" });
        let metric = key(&world.post(ME, "/metrics", metric).await);
        let result = json!({ "objective": keys[1], "title": "Calls", "unit": "a week", "baseline": 400, "target": 100, "metric": metric });
        let result = key(&world.post(ME, "/key-results", result).await);
        world.post(ME, &format!("/metrics/{metric}/values"), json!({ "value": 190 })).await;
        let report = world.get(ME, "/reports/okr?product=OPEN").await;
        let line = &report["goals"][0]["lines"][0];
        assert_eq!((&line["current"], &line["colour"], &line["stale"]), (&json!(190.0), &json!("green"), &json!(false)));
        let said = json!({ "value": 250, "confidence": 40, "blocker": "Finance books by hand", "help": "Ola" });
        world.post(ME, &format!("/key-results/{result}/check-ins"), said).await;
        let page = world.page(ME, "/p/OPEN/okr-report").await.1;
        assert!(page.contains("Finance books by hand") && page.contains("amber"), "{page}");
        let close = format!("/api/v1/objectives/{}/close", keys[1]);
        let closed = world.post(ME, &close[7..], json!({ "lesson": "Ask Finance first." })).await;
        assert_eq!((&closed["score"], &closed["serves"]), (&json!(0.5), &json!(keys[0])));
        assert_eq!(world.api(ME, "POST", &close, json!({})).await.0, 409);
    }

    async fn an_edit_keeps_what_others_wrote_elsewhere(app) {
        let world = World::new(app).await;
        let made = story(&world, "First").await;
        assert_eq!(edit(&world, &made, json!({ "revision": 1, "title": "Theirs" })).await.0, 200);
        // A form sends every field, also those that its reader left as they were.
        let mine = json!({ "revision": 1, "title": "First", "body": "Mine" });
        let (status, merged) = edit(&world, &made, mine).await;
        assert_eq!((status, &merged["title"], &merged["body"]), (200, &json!("Theirs"), &json!("Mine")));
        let need = json!({ "product": "OPEN", "title": "Pay once", "segment": "commuters" });
        let path = format!("/api/v1/needs/{}", key(&world.post(ME, "/needs", need).await));
        let theirs = json!({ "revision": 1, "segment": "students" });
        assert_eq!(world.api(ME, "PATCH", &path, theirs).await.0, 200);
        let mine = json!({ "revision": 1, "segment": "tourists" });
        let (status, answer) = world.api(ME, "PATCH", &path, mine).await;
        assert_eq!((status, &answer["error"]["conflict"]["fields"][0]["field"]), (409, &json!("segment")));
    }

    async fn an_edit_on_an_old_revision_shows_both_texts(app) {
        let world = World::new(app).await;
        let key = story(&world, "First").await;
        assert_eq!(edit(&world, &key, json!({ "revision": 1, "title": "Theirs" })).await.0, 200);
        let (status, answer) = edit(&world, &key, json!({ "revision": 1, "title": "Mine" })).await;
        assert_eq!(status, 409);
        let field = &answer["error"]["conflict"]["fields"][0];
        assert_eq!((&field["theirs"], &field["yours"]), (&json!("Theirs"), &json!("Mine")));
        assert_eq!(edit(&world, &key, json!({ "revision": 1, "body": "Other" })).await.0, 200);
    }

    async fn a_repeated_request_counts_once(app) {
        let world = World::new(app).await;
        let body = json!({ "product": "OPEN", "title": "Once" }).to_string();
        let headers = [("idempotency-key", "abc")];
        let send = || world.api_text(ME, "POST", "/api/v1/work-items", &body, &headers);
        let (one, other) = (send().await.1, send().await.1);
        assert_eq!(one["key"], other["key"]);
        let list = world.get(ME, "/work-items?product=OPEN").await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    }

    async fn wrong_input_is_refused_in_words(app) {
        let world = World::new(app).await;
        for body in ["{", "[]", r#"{"product":"OPEN","title":"x","colour":1}"#,
            r#"{"product":"OPEN","title":" "}"#] {
            let (status, answer) = world.api_text(ME, "POST", "/api/v1/work-items", body, &[]).await;
            assert_eq!(status, 422, "{body}: {answer}");
            assert!(answer["error"]["message"].is_string());
        }
    }

    async fn long_titles_and_all_scripts_fit(app) {
        let world = World::new(app).await;
        for title in ["é".repeat(10_000), "🧭 שלום مرحبا 👩‍👩‍👧".to_owned()] {
            let key = story(&world, &title).await;
            assert_eq!(world.get(ME, &format!("/work-items/{key}")).await["title"], title);
        }
        let long = json!({ "product": "OPEN", "title": "é".repeat(10_001) });
        assert_eq!(world.api(ME, "POST", "/api/v1/work-items", long).await.0, 422);
    }

    async fn undo_the_bin_and_keys(app) {
        let world = World::new(app).await;
        let first = story(&world, "First").await;
        let changed = edit(&world, &first, json!({ "title": "Changed" })).await.1;
        world.post(ME, "/undo", json!({ "change": changed["x-change"] })).await;
        let item = format!("/work-items/{first}");
        assert_eq!(world.get(ME, &item).await["title"], "First");
        let path = format!("/api/v1/items/{first}");
        assert_eq!(world.api(ME, "DELETE", &path, Value::Null).await.0, 200);
        let gone = world.api(ME, "GET", &format!("/api/v1{item}"), Value::Null).await.0;
        assert_eq!(gone, 404);
        assert_ne!(story(&world, "Second").await, first);
        world.post(ME, &format!("/items/{first}/restore"), json!({})).await;
        assert_eq!(world.get(ME, &item).await["title"], "First");
    }

    async fn many_are_edited_all_or_none(app) {
        let world = World::new(app).await;
        let (one, two) = (story(&world, "One").await, story(&world, "Two").await);
        let bulk = |items: Value| json!({ "items": items, "add_label": "ready" });
        let path = "/api/v1/work-items/bulk";
        assert_eq!(world.api(ME, "POST", path, bulk(json!([one, "OPEN-99"]))).await.0, 404);
        let item = format!("/work-items/{one}");
        assert_eq!(world.get(ME, &item).await["labels"], json!([]));
        assert!(world.api(ME, "POST", path, bulk(json!([one, two]))).await.0 < 300);
        assert_eq!(world.get(ME, &item).await["labels"], json!(["ready"]));
    }

    async fn a_past_day_shows_what_stood_then(app) {
        let world = World::new(app).await;
        let (one, two) = (story(&world, "One").await, story(&world, "Two").await);
        world.noon("2026-03-05");
        edit(&world, &one, json!({ "title": "Uno" })).await;
        world.post(ME, &format!("/work-items/{two}/move"), json!({ "to": "top" })).await;
        let then = world.get(ME, &format!("/items/{one}/as-of/2026-03-03")).await;
        assert_eq!(then["item"]["title"], "One");
        let now = world.get(ME, &format!("/items/{one}/as-of/2026-03-05")).await;
        assert_eq!(now["item"]["title"], "Uno");
        let place = |order: &Value, key: &str| order.to_string().find(&format!("\"{key}\""));
        let old = world.get(ME, "/order/2026-03-03?product=OPEN").await;
        let new = world.get(ME, "/order/2026-03-05?product=OPEN").await;
        assert!(place(&old, &one) < place(&old, &two), "{old}");
        assert!(place(&new, &two) < place(&new, &one), "{new}");
    }

    async fn comments_are_their_authors(app) {
        let world = World::new(app).await;
        let key = story(&world, "One").await;
        let path = format!("/items/{key}/comments");
        world.post(Persona::Guest, &path, json!({ "body": "Why now?" })).await;
        assert!(world.get(ME, &path).await.to_string().contains("Why now?"));
    }
}
