//! The mirror: what somebody does beside what they hold; theirs until they share it, changed by a
//! click, and of a team only in totals.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;
const OTHER: Persona = Persona::Insider;

/// Stories: who writes them exercises number 35.
const STORIES: i64 = 35;

async fn story(world: &World, who: Persona, product: &str) -> String {
    let made =
        world.post(who, "/work-items", json!({ "product": product, "title": "Some story" })).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn stories(world: &World, who: Persona, product: &str, count: usize) {
    for _ in 0..count {
        story(world, who, product).await;
    }
}

/// BOSS answers for why and what, OTHER for how; ME is not in it.
async fn charter(world: &World) -> String {
    let (boss, other) = (world.person(BOSS).to_string(), world.person(OTHER).to_string());
    let input = json!({
        "product": "OPEN",
        "arrangement": "coexist",
        "because": "Two people, two halves.",
        "roles": { boss: "product-manager", other: "product-owner" },
    });
    let made = world.post(BOSS, "/charters", input).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    for who in [BOSS, OTHER] {
        world.post(who, &format!("/charters/{id}/sign"), json!({})).await;
    }
    id
}

fn line(mirror: &Value, number: i64) -> &Value {
    let lines = mirror["lines"].as_array().expect("lines");
    lines.iter().find(|l| l["responsibility"] == number).unwrap_or(&Value::Null)
}

async fn status(world: &World, who: Persona, path: &str) -> u16 {
    world.api(who, "GET", &format!("/api/v1{path}"), Value::Null).await.0
}

both_engines! {
    async fn below_ten_events_nothing_is_said(app) {
        let world = World::new(app).await;
        stories(&world, ME, "OPEN", 9).await;
        let mirror = world.get(ME, "/mirror").await;
        assert_eq!((&mirror["enough"], &mirror["events"], &mirror["lines"]), (&json!(false), &json!(9), &json!([])));
        assert_eq!((&mirror["role"], &mirror["balance"]["how"]), (&Value::Null, &json!(0.0)));
        let (code, page) = world.page(ME, "/mirror").await;
        assert_eq!(code, 200);
        assert!(page.contains("Not enough data"), "{page}");
        story(&world, ME, "OPEN").await;
        assert_eq!(world.get(ME, "/mirror").await["enough"], json!(true));
        let odd = world.api(ME, "GET", "/api/v1/mirror?days=12", Value::Null).await;
        assert_eq!(odd.0, 422, "{}", odd.1);
    }

    async fn what_is_held_done_or_both_is_told_apart_and_opens_its_events(app) {
        let world = World::new(app).await;
        charter(&world).await;
        stories(&world, ME, "OPEN", 12).await;
        stories(&world, OTHER, "OPEN", 10).await;
        let mine = world.get(ME, "/mirror").await;
        let written = line(&mine, STORIES);
        assert_eq!((&written["standing"], &written["times"], &written["outside"]), (&json!("outside"), &json!(12), &json!(12)));
        assert!(written["words"].as_str().unwrap().starts_with("You also exercise"), "{written}");
        assert!(written["places"][0]["page"].as_str().unwrap().starts_with("/charters/"), "{written}");
        let theirs = world.get(OTHER, "/mirror?days=30").await;
        assert_eq!(line(&theirs, STORIES)["standing"], json!("exercised"));
        let resting = line(&theirs, 33);
        assert_eq!((&resting["standing"], &resting["times"]), (&json!("dormant"), &json!(0)));
        assert_eq!(theirs["role"]["role"], json!("product-owner"));
        // Where it is handed over is one click away, and that page opens.
        let page = resting["places"][0]["page"].as_str().unwrap().to_owned();
        assert_eq!(world.page(OTHER, &page).await.0, 200, "{page}");
        let events = world.get(ME, &format!("/mirror/{STORIES}/events")).await;
        let events = events.as_array().unwrap();
        assert_eq!(events.len(), 12);
        assert!(events.iter().all(|e| e["outside"] == true && e["key"].as_str().unwrap().starts_with("OPEN-")), "{events:?}");
        // What has no key of its own stands by what it belongs to.
        let item = events[0]["key"].as_str().unwrap().to_owned();
        world.post(ME, &format!("/stories/{item}/criteria"), json!({ "text": "It is seen" })).await;
        let criteria = world.get(ME, "/mirror/38/events").await;
        assert_eq!((&criteria[0]["kind"], &criteria[0]["key"]), (&json!("criterion"), &json!(item)));
        let how = mine["facets"].as_array().unwrap().iter().find(|f| f["facet"] == "how").unwrap();
        assert_eq!((&how["times"], &how["outside"]), (&json!(12), &json!(1)));
        // What is taken back was not done.
        let one = world.api(ME, "POST", "/api/v1/work-items", json!({ "product": "OPEN", "title": "Oops" })).await.1;
        assert_eq!(line(&world.get(ME, "/mirror").await, STORIES)["times"], json!(13));
        world.post(ME, "/undo", json!({ "change": one["x-change"] })).await;
        assert_eq!(line(&world.get(ME, "/mirror").await, STORIES)["times"], json!(12));
    }

    async fn an_act_counts_once_however_many_records_it_wrote(app) {
        let world = World::new(app).await;
        let goal = world.post(ME, "/objectives", json!({ "product": "OPEN", "title": "Calm" })).await;
        let input = json!({ "objective": goal["key"], "title": "Calls", "baseline": 40, "target": 10 });
        let result = world.post(ME, "/key-results", input).await;
        let result = result["key"].as_str().expect("a key").to_owned();
        let before = world.get(ME, "/mirror").await["events"].as_i64().expect("a number");
        for value in 30..40 {
            // Writes the check-in and the key result.
            world.post(ME, &format!("/key-results/{result}/check-ins"), json!({ "value": value })).await;
        }
        let mirror = world.get(ME, "/mirror").await;
        assert_eq!(mirror["events"], json!(before + 10));
        assert_eq!(line(&mirror, 18)["times"], json!(10), "{mirror}");
        let events = world.get(ME, "/mirror/18/events").await;
        let events = events.as_array().expect("events");
        assert_eq!(events.len(), 10, "each act is one line");
        assert!(events.iter().all(|e| e["key"] == json!(result) && e["more"] == 0), "{events:?}");
        let months = world.get(ME, "/mirror/growth").await["months"].clone();
        let why: i64 = months.as_array().expect("months").iter().filter_map(|m| m["why"].as_i64()).sum();
        assert_eq!(why, before + 10, "and so it does in one's growth: {months}");
        // One edit of many stories is one act, which tells how many it was done to.
        for _ in 0..3 {
            story(&world, ME, "OPEN").await;
        }
        let written = line(&world.get(ME, "/mirror").await, STORIES)["times"].clone();
        assert_eq!(written, json!(3));
    }

    async fn speaking_with_a_user_moves_the_share_outward(app) {
        let world = World::new(app).await;
        stories(&world, ME, "OPEN", 10).await;
        let before = world.get(ME, "/mirror").await;
        assert_eq!((&before["balance"]["external"], &before["balance"]["how"]), (&json!(0.0), &json!(1.0)));
        for n in 0..10 {
            let input = json!({ "product": "OPEN", "title": format!("Talk {n}"), "participants": ["Mia"] });
            world.post(ME, "/interviews", input).await;
        }
        let after = world.get(ME, "/mirror").await;
        assert_eq!((&after["balance"]["external"], &after["balance"]["why"]), (&json!(0.5), &json!(0.5)));
    }

    async fn a_mirror_is_private_until_it_is_shared_and_again_after(app) {
        let world = World::new(app).await;
        stories(&world, ME, "OPEN", 10).await;
        let me = world.person(ME);
        let (mirror, events) = (format!("/mirror?person={me}"), format!("/mirror/{STORIES}/events?person={me}"));
        let page = format!("/people/{me}/mirror");
        for who in [Persona::Owner, BOSS, OTHER, Persona::Guest] {
            assert_eq!(status(&world, who, &mirror).await, 403, "{who:?}");
            assert_eq!(status(&world, who, &events).await, 403, "{who:?}");
            assert_eq!(world.page(who, &page).await.0, 403, "{who:?}");
        }
        assert_eq!(status(&world, Persona::Stranger, &mirror).await, 404);
        let boss = world.person(BOSS).to_string();
        world.post(ME, "/mirror/share", json!({ "audience": "people", "people": [boss] })).await;
        assert_eq!(status(&world, BOSS, &mirror).await, 200);
        assert_eq!(status(&world, OTHER, &mirror).await, 403);
        let seen = world.get(BOSS, &mirror).await;
        assert_eq!((&seen["own"], &seen["shared_with"]), (&json!(false), &json!([])));
        assert!(!line(&seen, STORIES)["words"].as_str().unwrap().starts_with("You"), "{seen}");
        assert_eq!(line(&seen, STORIES)["places"], json!([]), "what to do about it is for its person");
        let listed = world.get(BOSS, "/mirror/shared").await;
        assert_eq!(listed[0]["person"], json!(me.to_string()));
        assert_eq!(world.get(OTHER, "/mirror/shared").await, json!([]));
        // With whoever is in a team with one.
        let team = world.post(BOSS, "/teams", json!({ "name": "Makers" })).await;
        let team = team["id"].as_str().expect("an id").to_owned();
        for who in [ME, OTHER] {
            let person = json!({ "person": world.person(who).to_string() });
            world.post(BOSS, &format!("/teams/{team}/members"), person).await;
        }
        world.post(ME, "/mirror/share", json!({ "audience": "teams" })).await;
        assert_eq!(status(&world, OTHER, &mirror).await, 200);
        assert_eq!(status(&world, BOSS, &mirror).await, 403);
        world.post(ME, "/mirror/share", json!({ "audience": "nobody" })).await;
        assert_eq!(status(&world, OTHER, &mirror).await, 403);
        let nobody = json!({ "audience": "people", "people": ["Nobody Known"] });
        assert_eq!(world.api(ME, "POST", "/api/v1/mirror/share", nobody).await.0, 422);
    }

    async fn neither_an_admin_nor_an_agent_changes_whom_a_mirror_is_shared_with(app) {
        let world = World::new(app).await;
        let me = world.person(ME);
        let mirror = format!("/mirror?person={me}");
        stories(&world, ME, "OPEN", 10).await;
        world.post(ME, "/mirror/share", json!({ "audience": "members" })).await;
        let closed = world.post(ME, "/mirror/share", json!({ "audience": "nobody" })).await;
        let change = json!({ "change": closed["x-change"] });
        assert!(change["change"].is_string(), "{closed}");
        assert_eq!(world.api(BOSS, "POST", "/api/v1/undo", change.clone()).await.0, 404);
        assert_eq!(status(&world, BOSS, &mirror).await, 403);
        // Whose it is takes it back.
        world.post(ME, "/undo", change).await;
        assert_eq!(status(&world, BOSS, &mirror).await, 200);
        world.post(ME, "/mirror/share", json!({ "audience": "nobody" })).await;
        let token = world.post(ME, "/tokens", json!({ "name": "agent", "responsibilities": ["35"] })).await;
        let secret = token["secret"].as_str().expect("a secret");
        let header = format!("Bearer {secret}");
        let body = json!({ "audience": "members" }).to_string();
        let (code, answer) = world
            .api_text(Persona::Nobody, "POST", "/api/v1/mirror/share", &body, &[("authorization", &header)])
            .await;
        assert_eq!(code, 403, "{answer}");
        assert_eq!(status(&world, BOSS, &mirror).await, 403);
    }

    async fn a_shared_mirror_names_nothing_of_a_product_that_one_may_not_see(app) {
        let world = World::new(app).await;
        stories(&world, OTHER, "PRIV", 10).await;
        world.post(OTHER, "/mirror/share", json!({ "audience": "members" })).await;
        let path = format!("/mirror/{STORIES}/events?person={}", world.person(OTHER));
        let seen = world.get(ME, &path).await;
        let seen = seen.as_array().unwrap();
        assert_eq!(seen.len(), 10);
        assert!(seen.iter().all(|e| e["key"].is_null() && e["title"] == ""), "{seen:?}");
        let own = world.get(OTHER, &format!("/mirror/{STORIES}/events")).await;
        assert!(own[0]["key"].as_str().unwrap().starts_with("PRIV-"), "{own}");
    }

    async fn what_is_done_is_adopted_or_kept_by_a_click(app) {
        let world = World::new(app).await;
        let agreed = charter(&world).await;
        stories(&world, ME, "OPEN", 12).await;
        let nowhere = json!({ "charter": world.person(ME).to_string() });
        assert_eq!(world.api(ME, "POST", "/api/v1/mirror/35/adopt", nowhere).await.0, 404);
        let offered = world.get(ME, "/mirror").await;
        assert_eq!(line(&offered, STORIES)["places"][0]["charter"], json!(agreed));
        let kept = world.post(ME, &format!("/mirror/{STORIES}/keep"), json!({})).await;
        let mirror = world.get(ME, "/mirror").await;
        assert_eq!(line(&mirror, STORIES)["kept_until"], kept["until_day"]);
        let draft = world.post(ME, &format!("/mirror/{STORIES}/adopt"), json!({ "charter": agreed })).await;
        let me = world.person(ME).to_string();
        assert_eq!(draft["state"], json!("draft"));
        assert_ne!(draft["id"], json!(agreed));
        let row = draft["rows"].as_array().unwrap().iter().find(|r| r["number"] == STORIES).unwrap();
        assert_eq!(row["letters"][&me], json!("R"));
        // Again is the same draft, and nothing more.
        let again = world.post(ME, &format!("/mirror/{STORIES}/adopt"), json!({ "charter": agreed })).await;
        assert_eq!(again["id"], draft["id"]);
        // The mirror says that it waits, and does not offer it again.
        let waits = world.get(ME, "/mirror").await;
        assert_eq!(line(&waits, STORIES)["places"][0]["draft"], draft["id"]);
        let id = draft["id"].as_str().unwrap();
        for who in [BOSS, OTHER, ME] {
            world.post(who, &format!("/charters/{id}/sign"), json!({})).await;
        }
        story(&world, ME, "OPEN").await;
        let adopted = world.get(ME, "/mirror").await;
        let adopted = line(&adopted, STORIES);
        assert_eq!((&adopted["standing"], &adopted["holds"]), (&json!("exercised"), &json!("responsible")));
        assert_eq!((&adopted["times"], &adopted["outside"]), (&json!(13), &json!(12)));
    }

    async fn a_team_is_told_in_totals_of_three_people_or_not_at_all(app) {
        let world = World::new(app).await;
        let team = world.post(BOSS, "/teams", json!({ "name": "Makers" })).await;
        let team = team["id"].as_str().expect("an id").to_owned();
        for who in [ME, OTHER, BOSS] {
            let person = json!({ "person": world.person(who).to_string() });
            world.post(BOSS, &format!("/teams/{team}/members"), person).await;
        }
        stories(&world, ME, "OPEN", 8).await;
        stories(&world, OTHER, "OPEN", 8).await;
        let path = format!("/teams/{team}/mirror");
        let two = world.get(ME, &path).await;
        assert_eq!((&two["people"], &two["enough"], &two["lines"]), (&json!(2), &json!(false), &json!([])));
        story(&world, BOSS, "OPEN").await;
        let three = world.get(ME, &path).await;
        assert_eq!((&three["enough"], &line(&three, STORIES)["times"]), (&json!(true), &json!(17)));
        let text = three.to_string();
        for who in [ME, OTHER, BOSS] {
            assert!(!text.contains(&world.person(who).to_string()), "{text}");
        }
        assert_eq!(status(&world, Persona::Guest, &path).await, 403);
        let (code, page) = world.page(ME, &path).await;
        assert_eq!(code, 200);
        assert!(page.contains("without names"), "{page}");
    }
}
