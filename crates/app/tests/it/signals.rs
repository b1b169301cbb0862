//! Silo signals: measured when asked and once a day, with what they rest on, and nobody's reads.

use serde_json::{Value, json};
use wherefore_app::jobs::{self, Jobs};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;
const OTHER: Persona = Persona::Insider;

fn key(made: &Value) -> String {
    made["key"].as_str().expect("a key").to_owned()
}

/// A story of `who`, brought to a state.
async fn story(world: &World, who: Persona, product: &str, state: &str) -> String {
    let input = json!({ "product": product, "title": "Some story", "state": state });
    key(&world.post(who, "/work-items", input).await)
}

async fn move_to(world: &World, who: Persona, item: &str, state: &str) {
    let path = format!("/api/v1/work-items/{item}");
    let (status, answer) = world.api(who, "PATCH", &path, json!({ "state": state })).await;
    assert_eq!(status, 200, "{answer}");
}

async fn measure(world: &World, product: &str) -> Value {
    world.post(ME, "/signals/measure", json!({ "product": product })).await
}

fn signal<'a>(health: &'a Value, number: &str) -> &'a Value {
    let all = health["signals"].as_array().expect("signals");
    all.iter().find(|s| s["signal"] == number).expect("that signal")
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|i| i["key"].as_str()).collect()
}

async fn told(world: &World, who: Persona) -> usize {
    let all = world.get(who, "/notifications").await;
    let all = all["items"].as_array().expect("items");
    all.iter().filter(|n| n["kind"] == "signals").count()
}

both_engines! {
    async fn work_without_a_why_is_named_until_it_has_one(app) {
        let world = World::new(app).await;
        let empty = measure(&world, "OPEN").await;
        assert_eq!(empty["signals"].as_array().map(Vec::len), Some(15));
        assert!(empty["signals"].as_array().unwrap().iter().all(|s| s["enough"] == false && s["raised"] == false));
        let mut stories = Vec::new();
        for n in 0..12 {
            let who = [BOSS, ME, OTHER][n % 3];
            stories.push(story(&world, who, "OPEN", "In progress").await);
        }
        let health = measure(&world, "OPEN").await;
        let s1 = signal(&health, "S1");
        assert_eq!((&s1["raised"], &s1["of"], &s1["said"]), (&json!(true), &json!(12), &json!("100 %")));
        let detail = world.get(ME, "/signals/no-why?product=OPEN").await;
        assert_eq!(keys(&detail["items"]).len(), 12, "{detail}");
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Faster", "kind": "user" })).await;
        for item in &stories[..11] {
            world.post(ME, "/links", json!({ "from": item, "to": key(&need) })).await;
        }
        let health = measure(&world, "OPEN").await;
        assert_eq!(signal(&health, "S1")["raised"], json!(false));
        let detail = world.get(ME, "/signals/S1?product=OPEN").await;
        assert_eq!(keys(&detail["items"]), [stories[11].as_str()]);
        // A workspace may be stricter.
        let set = json!({ "signal": "S1", "value": 0.05 });
        assert_eq!(world.api(ME, "POST", "/api/v1/signals/thresholds", set.clone()).await.0, 403);
        world.post(BOSS, "/signals/thresholds", set).await;
        assert_eq!(signal(&measure(&world, "OPEN").await, "S1")["raised"], json!(true));
        let odd = json!({ "signal": "S1", "value": 7 });
        assert_eq!(world.api(BOSS, "POST", "/api/v1/signals/thresholds", odd).await.0, 422);
        world.post(BOSS, "/signals/thresholds", json!({ "signal": "S1" })).await;
        let (status, page) = world.page(ME, "/p/OPEN/health").await;
        assert_eq!(status, 200);
        assert!(page.contains("S1 No why"), "{page}");
    }

    async fn what_one_opened_is_told_to_nobody_else(app) {
        let world = World::new(app).await;
        let said = world.post(BOSS, "/evidence", json!({ "product": "OPEN", "verbatim": "It is slow.", "kind": "feedback" })).await;
        let need = world.post(BOSS, "/needs", json!({ "product": "OPEN", "title": "Faster", "kind": "user" })).await;
        world.post(BOSS, "/links", json!({ "from": key(&need), "to": key(&said) })).await;
        let mut mine = Vec::new();
        for n in 0..12 {
            let item = story(&world, [BOSS, ME, OTHER][n % 3], "OPEN", "In progress").await;
            world.post(BOSS, "/links", json!({ "from": item, "to": key(&need) })).await;
            let who = if n % 2 == 0 { ME } else { OTHER };
            if who == ME { mine.push(item.clone()); }
            move_to(&world, who, &item, "Done").await;
        }
        let health = measure(&world, "OPEN").await;
        let s5 = signal(&health, "S5");
        assert_eq!((&s5["raised"], &s5["of"], &s5["counted"]), (&json!(true), &json!(12), &json!(12)));
        let detail = world.get(ME, "/signals/S5?product=OPEN").await;
        assert_eq!(keys(&detail["items"]), Vec::<&str>::new());
        let mut yours = keys(&detail["yours"]);
        yours.sort_unstable();
        mine.sort_unstable();
        assert_eq!(yours, mine);
        let boss = world.get(BOSS, "/signals/S5?product=OPEN").await;
        assert_eq!((&boss["items"], &boss["yours"]), (&json!([]), &json!([])));
        // What is there to read is named to whoever did not open it, and no longer once they did.
        let to_read = world.get(ME, "/signals/S3?product=OPEN").await;
        assert_eq!(keys(&to_read["yours"]), [key(&said).as_str()]);
        world.page(ME, &format!("/{}", key(&said))).await;
        let jobs = Jobs::new(world.app.db.clone(), world.clock.clone());
        jobs.with(jobs::write_reads(world.reads.clone())).run_due().await;
        let to_read = world.get(ME, "/signals/S3?product=OPEN").await;
        assert_eq!(to_read["yours"], json!([]));
    }

    async fn figures_about_people_need_three_of_them(app) {
        let world = World::new(app).await;
        let said = world.post(BOSS, "/evidence", json!({ "product": "OPEN", "verbatim": "It is slow.", "kind": "feedback" })).await;
        let need = world.post(BOSS, "/needs", json!({ "product": "OPEN", "title": "Faster", "kind": "user" })).await;
        world.post(BOSS, "/links", json!({ "from": key(&need), "to": key(&said) })).await;
        for _ in 0..12 {
            let item = story(&world, ME, "OPEN", "In progress").await;
            world.post(BOSS, "/links", json!({ "from": item, "to": key(&need) })).await;
            move_to(&world, ME, &item, "Done").await;
        }
        let s5 = signal(&measure(&world, "OPEN").await, "S5").clone();
        assert_eq!((&s5["raised"], &s5["value"], &s5["of"]), (&json!(false), &Value::Null, &json!(0)));
        assert!(s5["sentence"].as_str().unwrap().contains("three people"), "{s5}");
        let detail = world.get(ME, "/signals/S5?product=OPEN").await;
        assert_eq!(detail["yours"], json!([]), "and nothing is kept of them");
    }

    async fn a_message_comes_only_when_other_signals_are_raised(app) {
        let world = World::new(app).await;
        let mut stories = Vec::new();
        for n in 0..12 {
            stories.push(story(&world, [BOSS, ME, OTHER][n % 3], "OPEN", "In progress").await);
        }
        for _ in 0..2 {
            measure(&world, "OPEN").await;
        }
        assert_eq!(told(&world, ME).await, 0, "who has no product role here is not told");
        // Writing stories makes ME the product owner here.
        for _ in 0..6 {
            story(&world, ME, "OPEN", "Backlog").await;
        }
        world.post(BOSS, "/signals/thresholds", json!({ "signal": "S1", "value": 1.0 })).await;
        measure(&world, "OPEN").await;
        assert_eq!(told(&world, ME).await, 1);
        measure(&world, "OPEN").await;
        assert_eq!(told(&world, ME).await, 1, "nothing changed");
        let (_, page) = world.page(ME, "/notifications").await;
        assert!(page.contains("/p/OPEN/health"), "{page}");
    }

    async fn every_scope_is_measured_once_a_day(app) {
        let world = World::new(app).await;
        let team = world.post(BOSS, "/teams", json!({ "name": "Makers" })).await;
        let team = team["id"].as_str().expect("an id");
        let before = world.get(ME, &format!("/signals?team={team}")).await;
        assert_eq!((&before["signals"], &before["measured_at"]), (&json!([]), &Value::Null));
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        for ran in jobs.run_due().await {
            assert!(ran.result.is_ok(), "{ran:?}");
        }
        for scope in [format!("team={team}"), "product=OPEN".to_owned()] {
            let health = world.get(ME, &format!("/signals?{scope}")).await;
            assert_eq!(health["signals"].as_array().map(Vec::len), Some(15), "{scope}");
        }
        let lines = world.get(ME, "/signals/overview").await;
        assert!(!lines.to_string().contains("Private"), "{lines}");
        world.noon("2026-03-03");
        jobs.run_due().await;
        let health = world.get(ME, "/signals?product=OPEN").await;
        assert_eq!(signal(&health, "S1")["trend"].as_array().map(Vec::len), Some(2));
    }

    async fn a_team_names_no_item_of_a_product_that_one_may_not_see(app) {
        let world = World::new(app).await;
        let team = world.post(BOSS, "/teams", json!({ "name": "Makers" })).await;
        let team = team["id"].as_str().expect("an id");
        for person in [ME, OTHER, BOSS] {
            let person = world.person(person).to_string();
            world.post(BOSS, &format!("/teams/{team}/members"), json!({ "person": person })).await;
        }
        let part = json!({ "name": "Secret", "team": team });
        world.post(Persona::Owner, "/products/PRIV/parts", part).await;
        for _ in 0..12 {
            let input = json!({ "product": "PRIV", "title": "Hidden", "state": "In progress", "part": "Secret" });
            world.post(OTHER, "/work-items", input).await;
        }
        world.post(ME, "/signals/measure", json!({ "team": team })).await;
        let detail = world.get(OTHER, &format!("/signals/S1?team={team}")).await;
        assert_eq!(keys(&detail["items"]).len(), 12, "{detail}");
        let detail = world.get(ME, &format!("/signals/S1?team={team}")).await;
        assert_eq!(keys(&detail["items"]).len(), 0, "{detail}");
    }
}
