//! Following an item: who is told of what, once, and who never is.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const BOSS: Persona = Persona::Owner;

async fn item(world: &World, product: &str) -> String {
    let made = json!({ "product": product, "title": "Some story" });
    world.post(BOSS, "/work-items", made).await["key"].as_str().expect("a key").to_owned()
}

async fn follow(world: &World, who: Persona, key: &str, following: bool) -> Value {
    world.post(who, &format!("/work-items/{key}/follow"), json!({ "following": following })).await
}

/// What a persona was told, the newest first: kinds and the word with them.
async fn told(world: &World, who: Persona) -> Vec<String> {
    let page = world.get(who, "/notifications").await;
    let all = page["items"].as_array().expect("items").iter();
    all.map(|n| {
        let kind = n["kind"].as_str().expect("a kind");
        n["word"].as_str().map_or_else(|| kind.to_owned(), |word| format!("{kind} {word}"))
    })
    .collect()
}

async fn state(world: &World, who: Persona, key: &str, to: &str) -> (u16, Value) {
    world.api(who, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "state": to })).await
}

const NONE: [&str; 0] = [];

both_engines! {
    async fn who_follows_is_told_of_moves_comments_and_verdicts_by_others(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        follow(&world, ME, &key, true).await;
        follow(&world, BOSS, &key, true).await;
        world.noon("2026-03-03");
        state(&world, BOSS, &key, "In progress").await;
        assert_eq!(told(&world, ME).await, ["moved In progress"]);
        world.noon("2026-03-04");
        world.post(BOSS, &format!("/items/{key}/comments"), json!({ "body": "Nearly." })).await;
        assert_eq!(told(&world, ME).await, ["commented", "moved In progress"]);
        world.noon("2026-03-05");
        let verdict = json!({ "decision": "accepted", "serves": "yes", "because": "It works." });
        world.post(BOSS, &format!("/stories/{key}/acceptance"), verdict).await;
        assert_eq!(told(&world, ME).await, ["judged accepted", "commented", "moved In progress"], "once, not also as a move");
        assert_eq!(told(&world, BOSS).await, NONE, "nobody is told of their own doing");
        let page = world.page(ME, "/notifications").await.1;
        for words in ["accepted what you follow:", "commented on what you follow:", "moved what you follow:", "Nearly."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let digest = world.get(ME, "/digest").await["sections"].to_string();
        assert!(digest.contains("you follow it, and it was accepted or sent back"), "{digest}");
    }

    async fn whoever_does_not_follow_hears_nothing_and_neither_does_who_stopped(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        state(&world, ME, &key, "In progress").await;
        assert_eq!(told(&world, BOSS).await, NONE, "writing it is not following it");
        follow(&world, BOSS, &key, true).await;
        follow(&world, BOSS, &key, true).await;
        assert_eq!(follow(&world, BOSS, &key, false).await["following"], false);
        state(&world, ME, &key, "In review").await;
        world.post(ME, &format!("/items/{key}/comments"), json!({ "body": "Look." })).await;
        assert_eq!(told(&world, BOSS).await, NONE);
    }

    async fn a_change_that_tells_somebody_already_does_not_tell_them_twice(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        follow(&world, ME, &key, true).await;
        world.post(BOSS, &format!("/items/{key}/comments"), json!({ "body": "@Mia, look." })).await;
        assert_eq!(told(&world, ME).await, ["mention"]);
        world.noon("2026-03-03");
        let both = json!({ "assignee": "Mia", "state": "In progress" });
        world.api(BOSS, "PATCH", &format!("/api/v1/work-items/{key}"), both).await;
        assert_eq!(told(&world, ME).await, ["assigned", "mention"]);
        world.noon("2026-03-04");
        let (_, edited) = world.api(BOSS, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "title": "Other" })).await;
        assert_eq!(edited["title"], "Other");
        assert_eq!(told(&world, ME).await.len(), 2, "only its state is told of");
    }

    async fn many_at_once_and_undo_are_told_of_each_item_once(app) {
        let world = World::new(app).await;
        let (one, two) = (item(&world, "OPEN").await, item(&world, "OPEN").await);
        for key in [&one, &two] {
            follow(&world, ME, key, true).await;
        }
        let bulk = json!({ "items": [one, two], "state": "In progress" });
        let (status, done) = world.api(BOSS, "POST", "/api/v1/work-items/bulk", bulk).await;
        assert_eq!(status, 200, "{done}");
        assert_eq!(told(&world, ME).await, ["moved In progress", "moved In progress"]);
        world.noon("2026-03-03");
        world.post(BOSS, "/undo", json!({ "change": done["x-change"] })).await;
        assert_eq!(told(&world, ME).await.len(), 4, "taken back is moved, too");
    }

    async fn what_is_muted_or_out_of_sight_is_not_told(app) {
        let world = World::new(app).await;
        let (open, private) = (item(&world, "OPEN").await, item(&world, "PRIV").await);
        follow(&world, ME, &open, true).await;
        follow(&world, Persona::Guest, &open, true).await;
        let hidden = format!("/api/v1/work-items/{private}/follow");
        assert_eq!(world.api(ME, "POST", &hidden, json!({})).await.0, 404);
        world.api(ME, "PATCH", "/api/v1/notifications/muted", json!({ "muted": ["moved"] })).await;
        let gus = world.person(Persona::Guest);
        world.api(BOSS, "DELETE", &format!("/api/v1/products/OPEN/members/{gus}"), Value::Null).await;
        state(&world, BOSS, &open, "In progress").await;
        assert_eq!(told(&world, ME).await, NONE);
        world.post(BOSS, &format!("/items/{open}/comments"), json!({ "body": "Still." })).await;
        assert_eq!(told(&world, ME).await, ["commented"]);
        let member = json!({ "person": gus });
        world.post(BOSS, "/products/OPEN/members", member).await;
        assert_eq!(told(&world, Persona::Guest).await, NONE, "it was not written while he saw nothing");
        assert_eq!(world.get(Persona::Guest, "/followed").await["items"][0]["key"], json!(open));
    }

    async fn the_page_shows_it_my_work_lists_it_and_undo_takes_it_back(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        let page = format!("/{key}");
        assert!(world.page(ME, &page).await.1.contains("Follow <kbd>f</kbd>"));
        let sent = [("key", &*key), ("following", "true"), ("_back", &*page)];
        assert_eq!(world.form(ME, "/do/follow-item", &sent).await, (303, page.clone()));
        let shown = world.page(ME, &page).await.1;
        assert!(shown.contains("You follow this") && shown.contains("Unfollow <kbd>f</kbd>"), "{shown}");
        assert!(!world.page(BOSS, &page).await.1.contains("You follow this"), "nobody else's concern");
        assert_eq!(world.get(ME, "/my-work").await["followed"][0]["key"], json!(key));
        assert!(world.page(ME, "/my-work").await.1.contains("You follow"));
        assert!(world.page(ME, "/my-work/followed").await.1.contains(&key));
        assert_eq!(world.get(ME, &format!("/work-items/{key}/follow")).await["following"], true);
        let path = format!("/api/v1/work-items/{key}/follow");
        let (_, ended) = world.api(ME, "POST", &path, json!({})).await;
        assert_eq!(ended["following"], false);
        let undo = json!({ "change": ended["x-change"] });
        assert_eq!(world.api(Persona::Admin, "POST", "/api/v1/undo", undo.clone()).await.0, 404, "it is Mia's");
        world.post(ME, "/undo", undo).await;
        assert_eq!(world.get(ME, &format!("/work-items/{key}/follow")).await["following"], true);
        world.api(BOSS, "DELETE", &format!("/api/v1/items/{key}"), Value::Null).await;
        assert_eq!(world.get(ME, "/followed").await["items"], json!([]));
    }

    async fn a_long_list_is_told_page_by_page(app) {
        let world = World::new(app).await;
        let mut all = Vec::new();
        for _ in 0..3 {
            let key = item(&world, "OPEN").await;
            follow(&world, ME, &key, true).await;
            all.push(key);
        }
        let first = world.get(ME, "/followed?limit=2").await;
        assert_eq!(first["items"][0]["key"], json!(all[2]), "followed last, listed first");
        let next = first["next"].as_str().expect("more");
        let rest = world.get(ME, &format!("/followed?limit=2&after={next}")).await;
        assert_eq!(rest["items"][0]["key"], json!(all[0]));
        assert!(rest["next"].is_null(), "{rest}");
    }
}
