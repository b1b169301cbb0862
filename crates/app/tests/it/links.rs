//! Links as their product tells of them: in its activity, by its charter, and not to who may not see an end.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use crate::charters::{BOSS, INES, agreed, exercised};
use crate::imports::bring;

const ME: Persona = Persona::Member;
/// Sees the private product too.
const BOTH: Persona = Persona::Owner;

async fn made(world: &World, product: &str, title: &str) -> String {
    let input = json!({ "product": product, "title": title });
    let made = world.post(BOTH, "/work-items", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn need(world: &World) -> String {
    let input = json!({ "product": "OPEN", "title": "Be on time", "kind": "user" });
    let made = world.post(ME, "/needs", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn newest(world: &World, who: Persona, path: &str) -> Value {
    world.get(who, path).await["events"][0].clone()
}

both_engines! {
    async fn a_products_activity_tells_of_both_ends(app) {
        let world = World::new(app).await;
        let (story, need) = (made(&world, "OPEN", "Pay by card").await, need(&world).await);
        world.post(ME, "/links", json!({ "from": story, "to": need })).await;
        let told = newest(&world, ME, "/activity?product=OPEN").await;
        assert_eq!((&told["kind"], &told["key"], &told["to"]["key"], &told["to"]["title"]), (&json!("link"), &json!(story), &json!(need), &json!("Be on time")), "{told}");
        let page = world.page(ME, "/p/OPEN/activity").await.1;
        let line = page.split("<li>").find(|line| line.contains("linked")).expect("a line");
        assert!(line.contains("Pay by card") && line.contains(" to <a") && line.contains("Be on time"), "{line}");
        let (status, _) = world.api(ME, "DELETE", &format!("/api/v1/links/{story}/{need}"), json!({})).await;
        assert_eq!(status, 200);
        assert!(world.page(ME, "/p/OPEN/activity").await.1.contains("took away the link of"));
    }

    async fn a_hidden_end_and_what_was_said_of_it_stay_hidden(app) {
        let world = World::new(app).await;
        let (open, private) = (made(&world, "OPEN", "Seen").await, made(&world, "PRIV", "Hidden").await);
        for (from, to) in [(&private, &open), (&open, &private)] {
            let link = json!({ "from": from, "to": to, "kind": "relates", "reason": "Because of a secret" });
            world.post(BOTH, "/links", link).await;
            let path = format!("/api/v1/links/{from}/{to}?reason=A+secret");
            let (status, told) = world.api(BOTH, "DELETE", &path, json!({})).await;
            assert_eq!(status, 200, "{told}");
        }
        let seen = world.get(BOTH, &format!("/items/{open}/history")).await.to_string();
        assert!(seen.contains("secret") && seen.contains(&private), "{seen}");
        for path in [format!("/items/{open}/history"), "/activity?product=OPEN".to_owned()] {
            let told = world.get(ME, &path).await;
            let text = told.to_string();
            assert!(text.contains("link") && !text.contains("secret") && !text.contains(&private), "{path}: {told}");
            let links = told["events"].as_array().expect("events").iter().filter(|e| e["kind"] == "link");
            assert!(links.clone().count() > 0 && links.clone().all(|e| e["changes"] == json!({})), "{told}");
        }
        for path in [format!("/{open}"), "/p/OPEN/activity".to_owned()] {
            let page = world.page(ME, &path).await.1;
            assert!(page.contains("something in another product") && !page.contains("secret"), "{path}");
        }
    }

    async fn the_products_charter_says_whose_it_is_to_link(app) {
        let world = World::new(app).await;
        let (story, need) = (made(&world, "OPEN", "Pay by card").await, need(&world).await);
        agreed(&world).await;
        let input = json!({ "from": story, "to": need });
        for (who, free) in [(INES, true), (BOSS, false)] {
            world.post(who, "/links", input.clone()).await;
            let standing = world.get(who, "/charters/standing?product=OPEN").await;
            let nine = standing.as_array().and_then(|all| all.iter().find(|r| r["number"] == 9));
            let yours = nine.expect("nine")["yours"].as_str().expect("a word").to_owned();
            assert_eq!(["accountable", "responsible"].contains(&&*yours), free, "{yours}");
            assert_eq!(exercised(&world, who).await, vec![(9, !free, None)]);
            let path = format!("/api/v1/links/{story}/{need}");
            assert_eq!(world.api(who, "DELETE", &path, json!({})).await.0, 200);
        }
    }

    async fn an_item_given_by_both_of_its_keys_is_linked_once(app) {
        let world = World::new(app).await;
        let need = need(&world).await;
        bring(&world, "OPEN", "Issue key,Issue Type,Summary,Status\nOLD-1,Story,Pay,To Do\n").await;
        let key = world.get(ME, "/work-items/OLD-1").await["key"].clone();
        for input in [json!({ "to": need }), json!({ "until": world.clock.now().day().to_string() })] {
            let mut input = input;
            input["items"] = json!([key, "old-1", " Old-1 "]);
            let (status, told) = world.api(ME, "POST", "/api/v1/links/bulk", input).await;
            assert_eq!((status, &told["changed"]), (200, &json!(1)), "{told}");
        }
    }

    async fn what_a_requirement_became_is_told_to_who_sees_that(app) {
        let world = World::new(app).await;
        let private = made(&world, "PRIV", "Hidden").await;
        let asked = json!({ "product": "OPEN", "title": "A monthly list", "source": "Finance" });
        let asked = world.post(BOTH, "/requirements", asked).await;
        let key = asked["key"].as_str().expect("a key");
        let settled = json!({ "state": "taken-up", "became": private });
        world.post(BOTH, &format!("/requirements/{key}/settle"), settled).await;
        let became = async |who| world.get(who, &format!("/requirements/{key}")).await["became"].clone();
        assert_eq!((became(BOTH).await, became(ME).await), (json!(private), Value::Null));
        assert!(!world.get(ME, "/requirements?product=OPEN").await.to_string().contains(&private));
        for path in ["/p/OPEN/requirements".to_owned(), format!("/{key}")] {
            assert!(!world.page(ME, &path).await.1.contains(&private), "{path}");
        }
    }
}
