//! Answering whoever said something: by letter where an address is known, once to each.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn said(world: &World, input: Value) -> String {
    let mut all = json!({ "product": "OPEN", "verbatim": "It is too slow." });
    for (name, value) in input.as_object().expect("fields") {
        all[name] = value.clone();
    }
    let made = world.post(ME, "/evidence", all).await;
    made["key"].as_str().expect("a key").to_owned()
}

/// Addresses of all letters of the kind `reply`, in order of the alphabet.
async fn letters(world: &World) -> Vec<String> {
    let mail = world.get(Persona::Admin, "/mail").await;
    let all = mail["letters"].as_array().expect("letters");
    let replies = all.iter().filter(|l| l["kind"] == "reply");
    let mut to: Vec<String> =
        replies.map(|l| l["to"].as_str().unwrap_or_default().to_owned()).collect();
    to.sort();
    to
}

async fn answer(world: &World, key: &str, how: &str) -> (u16, Value) {
    let input = json!({ "answer": "It is faster now.", "how": how });
    world.api(ME, "POST", &format!("/api/v1/evidence/{key}/answer"), input).await
}

both_engines! {
    async fn an_answer_is_a_letter_to_each_who_said_it_and_goes_once(app) {
        let world = World::new(app).await;
        let key = said(&world, json!({ "source": "Mia", "email": "Mia@example.org" })).await;
        let same = said(&world, json!({ "source": "Jo", "email": "jo@example.org" })).await;
        let again = said(&world, json!({ "source": "Mia", "email": "mia+app@example.org" })).await;
        for one in [&same, &again] {
            world.post(ME, &format!("/evidence/{one}/triage"), json!({ "how": "duplicate", "of": key })).await;
        }
        let (status, told) = answer(&world, &key, "").await;
        assert_eq!((status, told["state"].as_str()), (200, Some("answered")), "{told}");
        // One mailbox is one person, however it is written.
        assert_eq!(letters(&world).await, ["jo@example.org", "mia@example.org"]);
        let other = world.get(ME, &format!("/evidence/{same}")).await;
        assert_eq!((&other["answer"], &other["state"]), (&json!("It is faster now."), &json!("duplicate")));
        for one in [&key, &same] {
            let (status, told) = answer(&world, one, "by phone").await;
            assert_eq!(status, 409, "{told}");
        }
        assert_eq!(letters(&world).await.len(), 2);
        let done = world.get(ME, "/activity?product=OPEN").await.to_string();
        assert!(done.contains("answer-evidence") && !done.contains("example.org"), "told, without addresses: {done}");
    }

    async fn where_nobody_can_be_written_to_one_says_how_they_were_told(app) {
        let world = World::new(app).await;
        let key = said(&world, json!({ "source": "A man on the platform" })).await;
        let (status, told) = answer(&world, &key, "").await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("how")), "{told}");
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("Nobody can be written to"), "the page says so before one tries");
        let (status, told) = answer(&world, &key, "in the meeting on Tuesday").await;
        assert_eq!((status, told["answered_how"].as_str()), (200, Some("in the meeting on Tuesday")), "{told}");
        assert!(letters(&world).await.is_empty());
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("in the meeting on Tuesday"));
    }

    async fn an_address_is_for_those_who_may_answer_and_goes_with_the_words(app) {
        let world = World::new(app).await;
        let wrong = world.api(ME, "POST", "/api/v1/evidence", json!({ "product": "OPEN", "verbatim": "x", "email": "nowhere" })).await;
        assert_eq!((wrong.0, wrong.1["error"]["field"].as_str()), (422, Some("email")));
        let key = said(&world, json!({ "source": "Mia", "email": "mia@example.org", "reliability": "first-hand" })).await;
        let path = format!("/evidence/{key}");
        let seen = world.get(ME, &path).await;
        assert_eq!((&seen["email"], &seen["reachable"], &seen["reliability"]), (&json!("mia@example.org"), &json!(true), &json!("first-hand")));
        let seen = world.get(Persona::Guest, &path).await;
        assert_eq!((seen.get("email"), &seen["source"]), (None, &json!("Mia")));
        let (_, page) = world.page(Persona::Guest, &format!("/{key}")).await;
        assert!(!page.contains("mia@example.org") && page.contains("Mia"));
        for list in ["/evidence?product=OPEN", "/inbox?product=OPEN", "/activity?product=OPEN"] {
            assert!(!world.get(ME, list).await.to_string().contains("mia@example.org"), "{list}");
        }
        let found = world.get(ME, "/search?q=mia@example.org").await.to_string();
        assert!(!found.contains(&key), "search knows no addresses: {found}");
        world.api(ME, "PATCH", &format!("/api/v1{path}"), json!({ "email": "" })).await;
        assert_eq!(world.get(ME, &path).await["reachable"], false);
        world.api(ME, "PATCH", &format!("/api/v1{path}"), json!({ "email": "mia@example.org" })).await;
        answer(&world, &key, "").await;
        assert_eq!(letters(&world).await, ["mia@example.org"]);
        world.post(Persona::Admin, &format!("{path}/erase"), json!({})).await;
        let seen = world.get(ME, &path).await;
        assert_eq!((seen.get("email"), &seen["reachable"]), (None, &json!(false)));
        assert!(letters(&world).await.is_empty(), "the letter and its address went too");
    }

    async fn all_who_can_be_reached_hear_that_a_product_ends(app) {
        let world = World::new(app).await;
        for (source, email) in [("Mia", "mia@example.org"), ("Mia", "mia@example.org"), ("Jo", "jo@example.org"), ("Al", "")] {
            said(&world, json!({ "source": source, "email": email })).await;
        }
        let plan = json!({ "product": "OPEN", "ends_on": "2030-01-01", "successor": "", "message": "It ends in January." });
        world.post(ME, "/lifecycle/retirement", plan).await;
        let told = world.post(ME, "/lifecycle/retirement/answers", json!({ "product": "OPEN" })).await;
        assert_eq!((&told["told"], &told["waiting"], &told["unreachable"]), (&json!(3), &json!(1), &json!(1)), "{told}");
        assert_eq!(letters(&world).await, ["jo@example.org", "mia@example.org"], "one letter each");
        let (_, page) = world.page(ME, "/p/OPEN/lifecycle").await;
        assert!(page.contains("cannot be written to"));
        let told = world.post(ME, "/lifecycle/retirement/answers", json!({ "product": "OPEN", "how": "by a notice in the app" })).await;
        assert_eq!((&told["told"], &told["waiting"]), (&json!(1), &json!(0)), "{told}");
        assert_eq!(letters(&world).await.len(), 2);
    }

    async fn states_of_evidence_and_needs_follow_from_what_was_done(app) {
        let world = World::new(app).await;
        let key = said(&world, json!({})).await;
        let edit = async |path: String, state: &str| world.api(ME, "PATCH", &path, json!({ "state": state })).await;
        for state in ["linked", "answered", "duplicate"] {
            let (status, told) = edit(format!("/api/v1/evidence/{key}"), state).await;
            assert_eq!((status, told["error"]["field"].as_str()), (422, Some("state")), "{state}: {told}");
        }
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Be quick" })).await;
        let need = need["key"].as_str().expect("a key");
        let path = format!("/api/v1/needs/{need}");
        for state in ["supported", "met"] {
            let (status, told) = edit(path.clone(), state).await;
            assert_eq!((status, told["error"]["field"].as_str()), (422, Some("state")), "{state}: {told}");
        }
        assert_eq!(edit(format!("/api/v1/evidence/{key}"), "parked").await.0, 200);
        world.post(ME, "/links", json!({ "from": need, "to": key })).await;
        assert_eq!(world.get(ME, &format!("/evidence/{key}")).await["state"], "linked");
        assert_eq!(edit(path.clone(), "met").await.1["state"], "met");
        assert_eq!(edit(path.clone(), "draft").await.1["state"], "supported", "opened again, evidence still stands");
        assert_eq!(world.api(ME, "DELETE", &format!("/api/v1/links/{need}/{key}"), json!({})).await.0, 200);
        assert_eq!(world.get(ME, &format!("/evidence/{key}")).await["state"], "triaged");
        assert_eq!(world.get(ME, &format!("/needs/{need}")).await["state"], "draft");
    }

    async fn what_was_said_or_measured_lies_not_ahead(app) {
        let world = World::new(app).await;
        let today = world.clock.now().day();
        let said = json!({ "product": "OPEN", "verbatim": "x", "said_on": today.plus_days(3) });
        let (status, told) = world.api(ME, "POST", "/api/v1/evidence", said).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("said_on")), "{told}");
        let metric = world.post(ME, "/metrics", json!({ "product": "OPEN", "title": "Rides" })).await;
        let path = format!("/api/v1/metrics/{}/values", metric["key"].as_str().expect("a key"));
        for (day, expected) in [(today.plus_days(2), 422), (today.plus_days(1), 200)] {
            let (status, told) = world.api(ME, "POST", &path, json!({ "values": [{ "day": day, "value": 1 }] })).await;
            assert_eq!(status, expected, "{told}");
        }
        for (wrong, words) in [(json!({}), "Give the value"), (json!({ "value": 1e300 }), "thousand million million")] {
            let (status, told) = world.api(ME, "POST", &path, wrong).await;
            assert!(status == 422 && told.to_string().contains(words), "{told}");
        }
        let plan = json!({ "product": "OPEN", "ends_on": today.plus_days(-3), "message": "It ends." });
        let (status, told) = world.api(ME, "POST", "/api/v1/lifecycle/retirement", plan).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("ends_on")), "it cannot end before it is planned: {told}");
    }
}
