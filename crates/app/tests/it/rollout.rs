//! Releases and what is told of them, and decisions: what may follow on what.

use serde_json::{Value, json};
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn made(world: &World, path: &str, input: Value) -> String {
    world.post(ME, path, input).await["key"].as_str().expect("a key").to_owned()
}

async fn decide(world: &World, release: &str, decision: &str) -> (u16, Value) {
    let input = json!({ "decision": decision, "because": "So it is." });
    world.api(ME, "POST", &format!("/api/v1/releases/{release}/decision"), input).await
}

async fn step(world: &World, release: &str, position: u8, stopped: bool) -> (u16, Value) {
    let input = json!({ "stopped": stopped, "note": "Errors" });
    world.api(ME, "POST", &format!("/api/v1/releases/{release}/steps/{position}"), input).await
}

both_engines! {
    async fn a_release_is_done_when_its_rollout_is(app) {
        let world = World::new(app).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "One", "strategy": "phased" })).await;
        for (title, share) in [("Staff", 5), ("A line", 20), ("Never", 50)] {
            world.post(ME, &format!("/releases/{release}/steps"), json!({ "title": title, "share": share })).await;
        }
        assert_eq!(decide(&world, &release, "go").await.0, 200);
        let (status, told) = decide(&world, &release, "done").await;
        assert!(status == 409 && told.to_string().contains("Staff"), "{told}");
        assert_eq!(step(&world, &release, 1, true).await.0, 200);
        let (status, told) = decide(&world, &release, "done").await;
        assert!(status == 409 && told.to_string().contains("was stopped"), "{told}");
        for position in [1, 2] {
            assert_eq!(step(&world, &release, position, false).await.0, 200);
        }
        let gone = format!("/api/v1/releases/{release}/steps/");
        assert_eq!(world.api(ME, "DELETE", &format!("{gone}1"), json!({})).await.0, 409, "it is in the record");
        assert_eq!(world.api(ME, "DELETE", &format!("{gone}3"), json!({})).await.0, 200);
        let (status, told) = decide(&world, &release, "done").await;
        assert_eq!((status, told["state"].as_str()), (200, Some("released")), "{told}");
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/releases/{release}/steps"), json!({ "title": "Late", "share": 9 })).await.0, 409);
        let (_, told) = decide(&world, &release, "roll-back").await;
        assert_eq!(told["released_on"], json!(null));
        let (_, told) = decide(&world, &release, "go").await;
        assert_eq!(told["steps"][0]["state"], "planned", "it begins again: {told}");
    }

    async fn its_history_tells_what_it_holds_and_how_it_rolled_out(app) {
        let world = World::new(app).await;
        let problem = made(&world, "/opportunities", json!({ "product": "OPEN", "title": "A problem" })).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "One", "strategy": "canary" })).await;
        world.post(ME, &format!("/releases/{release}/items"), json!({ "items": [problem] })).await;
        world.post(ME, &format!("/releases/{release}/steps"), json!({ "title": "Staff", "share": 5 })).await;
        decide(&world, &release, "go").await;
        step(&world, &release, 1, false).await;
        let told = async |key: &str| {
            let all = world.get(ME, &format!("/items/{key}/history")).await;
            let events = all["events"].as_array().expect("a list").clone();
            let one = |e: &Value| format!("{} {} {} {}", e["effect"], e["kind"], e["key"], e["title"]).replace('"', "");
            events.iter().filter(|e| e["kind"] != "release" && e["kind"] != "opportunity").map(one).collect::<Vec<_>>()
        };
        assert_eq!(told(&release).await, [
            format!("changed rollout_step {release} Staff"),
            format!("added rollout_step {release} Staff"),
            format!("added release_item {problem} A problem"),
        ]);
        assert_eq!(told(&problem).await, [format!("added release_item {release} One")]);
        let (_, page) = world.page(ME, &format!("/{release}")).await;
        assert!(page.contains("changed the step “Staff”") && page.contains("planned → done"), "{page}");
    }

    async fn outcomes_are_reviewed_once_their_time_has_passed(app) {
        let world = World::new(app).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "One", "strategy": "flag" })).await;
        let review = async || {
            let input = json!({ "after_days": 30, "finding": "It moved.", "verdict": "moved" });
            world.api(ME, "POST", &format!("/api/v1/releases/{release}/reviews"), input).await
        };
        assert_eq!(review().await.0, 409, "not out");
        for decision in ["go", "done"] {
            decide(&world, &release, decision).await;
        }
        let (status, told) = review().await;
        assert!(status == 409 && told.to_string().contains("30 days"), "{told}");
        let (_, page) = world.page(ME, &format!("/{release}")).await;
        assert!(!page.contains("/do/review-outcome"));
        world.clock.set(Time(world.clock.now().0 + 30 * Time::DAY));
        assert_eq!(review().await.0, 200);
        decide(&world, &release, "roll-back").await;
        let (status, told) = review().await;
        assert!(status == 409 && told.to_string().contains("rolled back"), "{told}");
    }

    async fn the_public_reads_of_what_is_out(app) {
        let world = World::new(app).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "Refunds", "strategy": "flag" })).await;
        let publish = json!({ "product": "OPEN", "release": release });
        let (status, told) = world.api(ME, "POST", "/api/v1/changelog", publish.clone()).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("release")), "{told}");
        for decision in ["go", "done"] {
            decide(&world, &release, decision).await;
        }
        assert_eq!(world.api(ME, "POST", "/api/v1/changelog", publish).await.0, 201);
    }

    async fn a_release_stands_under_the_why_of_what_it_holds(app) {
        let world = World::new(app).await;
        let release = made(&world, "/releases", json!({ "product": "OPEN", "title": "One", "strategy": "flag" })).await;
        let path = async || world.get(ME, &format!("/items/{release}/why")).await;
        assert!(path().await["gap"].as_str().expect("a gap").contains("Nothing is in it yet"));
        let epic = made(&world, "/work-items", json!({ "product": "OPEN", "title": "An epic", "level": "epic" })).await;
        let bare = made(&world, "/work-items", json!({ "product": "OPEN", "title": "Another", "level": "epic" })).await;
        world.post(ME, &format!("/releases/{release}/items"), json!({ "items": [epic, bare] })).await;
        for kind in ["user", "business"] {
            let need = made(&world, "/needs", json!({ "product": "OPEN", "title": kind, "kind": kind })).await;
            let said = made(&world, "/evidence", json!({ "product": "OPEN", "verbatim": kind })).await;
            world.post(ME, "/links", json!({ "from": need, "to": said })).await;
            world.post(ME, "/links", json!({ "from": epic, "to": need })).await;
        }
        let told = path().await;
        assert!(told["standing"] == "no-why" && told["gap"].as_str().is_some_and(|gap| gap.contains(&bare)), "{told}");
        assert_eq!(world.api(ME, "DELETE", &format!("/api/v1/releases/{release}/items/{bare}"), json!({})).await.0, 200);
        let told = path().await;
        assert_eq!((&told["standing"], told["up"].as_array().map(Vec::len)), (&json!("whole"), Some(5)), "{told}");
        let (_, page) = world.page(ME, &format!("/{release}")).await;
        assert!(page.contains("The path to why is whole") && !page.contains("Nothing stands above"));
    }

    async fn a_decision_says_what_was_chosen_and_is_superseded_once(app) {
        let world = World::new(app).await;
        let propose = async |title: &str, more: Value| {
            let mut input = json!({ "product": "OPEN", "title": title });
            for (name, value) in more.as_object().expect("fields") {
                input[name] = value.clone();
            }
            world.api(ME, "POST", "/api/v1/decisions", input).await
        };
        let (status, told) = propose("Empty", json!({ "state": "accepted" })).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("choice")), "{told}");
        let (_, first) = propose("First", json!({})).await;
        let first = first["key"].as_str().expect("a key").to_owned();
        let settle = async |key: &str, input: Value| world.api(ME, "POST", &format!("/api/v1/decisions/{key}/settle"), input).await;
        let early = propose("Early", json!({ "supersedes": first })).await;
        assert_eq!(early.0, 422, "a proposal is not superseded: {}", early.1);
        assert_eq!(settle(&first, json!({ "state": "accepted" })).await.0, 422);
        let (status, told) = settle(&first, json!({ "state": "accepted", "choice": "The card." })).await;
        assert_eq!((status, told["choice"].as_str()), (200, Some("The card.")), "{told}");
        let mut later = Vec::new();
        for title in ["Second", "Third"] {
            let (status, told) = propose(title, json!({ "supersedes": first, "choice": "Cash." })).await;
            assert_eq!(status, 201, "{told}");
            later.push(told["key"].as_str().expect("a key").to_owned());
        }
        assert_eq!(settle(&later[0], json!({ "state": "accepted" })).await.0, 200);
        let (status, told) = settle(&later[1], json!({ "state": "accepted" })).await;
        assert!(status == 422 && told.to_string().contains(&later[0]), "the chain has one end: {told}");
        let (status, _) = propose("Fork", json!({ "supersedes": first, "state": "accepted", "choice": "x" })).await;
        assert_eq!(status, 422);
    }
}
