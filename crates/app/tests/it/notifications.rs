//! Mentions, replies and assignments: who is told, and who never is.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

async fn item(world: &World, product: &str) -> String {
    let made = json!({ "product": product, "title": "Some story" });
    let made = world.post(Persona::Owner, "/work-items", made).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn say(world: &World, who: Persona, key: &str, body: &str) -> Value {
    world.post(who, &format!("/items/{key}/comments"), json!({ "body": body })).await
}

/// What a persona was told: kinds, the newest first, with a star where unread.
async fn told(world: &World, who: Persona) -> Vec<String> {
    let page = world.get(who, "/notifications").await;
    let all = page["items"].as_array().expect("items").iter();
    all.map(|n| {
        let star = if n["read"] == json!(false) { "*" } else { "" };
        format!("{}{star}", n["kind"].as_str().expect("a kind"))
    })
    .collect()
}

const NONE: [&str; 0] = [];

both_engines! {
    async fn a_mention_reaches_those_who_see_the_product_and_nobody_else(app) {
        let world = World::new(app).await;
        let (open, private) = (item(&world, "OPEN").await, item(&world, "PRIV").await);
        say(&world, Persona::Owner, &open, "@Mia, and @Gus: look. `@Ada` is only code, a@Ada.org an address.").await;
        assert_eq!(told(&world, Persona::Member).await, ["mention*"]);
        assert_eq!(told(&world, Persona::Guest).await, ["mention*"]);
        assert_eq!(told(&world, Persona::Admin).await, NONE);
        assert_eq!(told(&world, Persona::Owner).await, NONE, "not to oneself");
        say(&world, Persona::Owner, &private, "@Mia you cannot see this").await;
        assert_eq!(told(&world, Persona::Member).await, ["mention*"], "PRIV is not Mia's");
        let page = world.page(Persona::Member, "/notifications").await.1;
        assert!(page.contains(&open) && !page.contains(&private) && page.contains("and @Gus"));
        let shown = world.page(Persona::Member, &format!("/{open}")).await.1;
        assert!(shown.contains(r#"<span class="mention">@Mia</span>"#), "{shown}");
    }

    async fn a_question_reaches_whom_it_mentions_and_its_answer_whoever_asked(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        let asked = json!({ "body": "Whom does it help, @Mia? @Mia?" });
        let asked = world.post(Persona::Owner, &format!("/items/{key}/questions"), asked).await;
        assert_eq!(told(&world, Persona::Member).await, ["mention*"]);
        assert_eq!(told(&world, Persona::Owner).await, NONE);
        let path = format!("/questions/{}/answer", asked["id"].as_str().expect("an id"));
        world.post(Persona::Member, &path, json!({ "answer": "Those who wait." })).await;
        assert_eq!(told(&world, Persona::Owner).await, ["answered*"]);
        let page = world.page(Persona::Owner, "/notifications").await.1;
        assert!(page.contains("answered what you asked on") && page.contains(&key), "{page}");
    }

    async fn whoever_frames_a_problem_hears_what_becomes_of_it(app) {
        let world = World::new(app).await;
        let problem = json!({ "product": "OPEN", "title": "Gates time out" });
        let framed = world.post(Persona::Guest, "/opportunities", problem).await;
        let key = framed["key"].as_str().expect("a key");
        let decide = async |state: &str, because: &str| {
            let verdict = json!({ "state": state, "because": because });
            world.post(Persona::Member, &format!("/opportunities/{key}/verdict"), verdict).await;
        };
        decide("worth-solving", "Seen at four gates.").await;
        decide("worth-solving", "At five, by now.").await;
        assert_eq!(told(&world, Persona::Guest).await, ["decided*"], "once, for one verdict");
        for horizon in ["later", "next"] {
            world.post(Persona::Member, "/roadmap", json!({ "item": key, "horizon": horizon })).await;
        }
        assert_eq!(told(&world, Persona::Guest).await, ["decided*", "decided*"], "and for its place");
        let placed = world.get(Persona::Guest, "/notifications").await["items"][0].clone();
        assert_eq!(placed["excerpt"], Value::Null, "why it is worth solving is not why it stands there: {placed}");
        assert_eq!(told(&world, Persona::Member).await, NONE);
        let page = world.page(Persona::Guest, "/notifications").await.1;
        for words in ["put on the roadmap what you framed", "decided on what you framed", "worth solving", "At five, by now."] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    async fn who_loses_sight_loses_the_notification(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        say(&world, Persona::Owner, &key, "@Gus?").await;
        assert_eq!(told(&world, Persona::Guest).await.len(), 1);
        let gus = world.person(Persona::Guest);
        let path = format!("/api/v1/products/OPEN/members/{gus}");
        assert_eq!(world.api(Persona::Owner, "DELETE", &path, Value::Null).await.0, 200);
        assert_eq!(told(&world, Persona::Guest).await, NONE);
    }

    async fn what_is_given_to_somebody_else_or_undone_is_no_news(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        let path = format!("/api/v1/work-items/{key}");
        world.api(Persona::Owner, "PATCH", &path, json!({ "assignee": "Ada" })).await;
        world.api(Persona::Owner, "PATCH", &path, json!({ "assignee": "me" })).await;
        assert_eq!(told(&world, Persona::Admin).await, ["assigned"]);
        let edit = json!({ "items": [key], "assignee": "Ada" });
        let change = world.post(Persona::Owner, "/work-items/bulk", edit).await["x-change"].clone();
        assert_eq!(told(&world, Persona::Admin).await, ["assigned*", "assigned"]);
        world.post(Persona::Owner, "/undo", json!({ "change": change })).await;
        assert_eq!(told(&world, Persona::Admin).await, ["assigned", "assigned"]);
    }

    async fn answers_reach_who_spoke_before_and_who_has_it_in_hand(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        let path = format!("/api/v1/work-items/{key}");
        world.api(Persona::Owner, "PATCH", &path, json!({ "assignee": "Ada" })).await;
        assert_eq!(told(&world, Persona::Admin).await, ["assigned*"]);
        world.api(Persona::Owner, "PATCH", &path, json!({ "title": "Renamed" })).await;
        assert_eq!(told(&world, Persona::Admin).await, ["assigned*"], "once");
        say(&world, Persona::Member, &key, "Why?").await;
        world.noon("2026-03-03");
        say(&world, Persona::Owner, &key, "Because. @Ada knows.").await;
        assert_eq!(told(&world, Persona::Member).await, ["reply*"]);
        assert_eq!(told(&world, Persona::Admin).await, ["mention*", "reply*", "assigned*"]);
        let mine = json!({ "product": "OPEN", "title": "Mine", "assignee": "me" });
        world.post(Persona::Member, "/work-items", mine).await;
        assert_eq!(told(&world, Persona::Member).await, ["reply*"], "nobody tells oneself");
    }

    async fn an_edit_tells_only_the_newly_mentioned_and_a_removed_comment_nobody(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        let said = say(&world, Persona::Owner, &key, "@Mia").await;
        let path = format!("/api/v1/comments/{}", said["id"].as_str().expect("an id"));
        let (status, _) = world.api(Persona::Owner, "PATCH", &path, json!({ "body": "@Mia and @Ada" })).await;
        assert_eq!(status, 200);
        assert_eq!(told(&world, Persona::Member).await, ["mention*"]);
        assert_eq!(told(&world, Persona::Admin).await, ["mention*"]);
        assert_eq!(world.api(Persona::Owner, "DELETE", &path, Value::Null).await.0, 200);
        assert_eq!(told(&world, Persona::Admin).await, NONE);
    }

    async fn the_bell_counts_and_reading_quiets_it(app) {
        let world = World::new(app).await;
        let key = item(&world, "OPEN").await;
        for _ in 0..2 {
            say(&world, Persona::Owner, &key, "@Mia").await;
        }
        let bell = |html: &str| html.contains("<b>2</b>");
        assert!(bell(&world.page(Persona::Member, "/").await.1));
        let page = world.get(Persona::Member, "/notifications").await;
        let one = page["items"][0]["id"].as_str().expect("an id");
        let theirs = format!("/notifications/{one}/read");
        assert_eq!(world.post(Persona::Admin, &theirs, json!({})).await["marked"], 0, "not Ada's");
        let to = [("notification", one), ("_back", "/OPEN-1#comment-x")];
        assert_eq!(world.form(Persona::Member, "/do/read-notification", &to).await, (303, "/OPEN-1#comment-x".into()));
        assert_eq!(told(&world, Persona::Member).await.iter().filter(|t| *t == "mention*").count(), 1);
        world.post(Persona::Member, "/notifications/read", json!({})).await;
        assert_eq!(told(&world, Persona::Member).await, ["mention", "mention"]);
        assert!(!bell(&world.page(Persona::Member, "/").await.1));
    }

    async fn completion_offers_who_sees_the_product(app) {
        let world = World::new(app).await;
        let names = |found: Value| -> Vec<String> {
            found.as_array().expect("a list").iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect()
        };
        let open = names(world.get(Persona::Owner, "/products/OPEN/audience?q=m").await);
        assert_eq!(open, ["Mia"]);
        let private = names(world.get(Persona::Owner, "/products/PRIV/audience").await);
        assert!(!private.contains(&"Mia".to_owned()), "{private:?}");
        let guest = names(world.get(Persona::Guest, "/products/OPEN/audience").await);
        assert_eq!(guest, NONE, "a guest does not get to know the company");
    }
}
