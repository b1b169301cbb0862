//! Templates: written, made from over the API, by form and by rule, retired.

use serde_json::{Value, json};
use wherefore_app::thread::automations::by_time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn template(world: &World) -> Value {
    world.post(Persona::Admin, "/fields", json!({ "product": "OPEN", "name": "Where" })).await;
    world.post(ME, "/templates", json!({
        "product": "OPEN", "name": "Bug report", "level": "bug", "title": "Bug:", "body": "## What happened",
        "criteria": "It cannot be seen any more", "labels": ["bug, found"], "fields": { "Where": "app" },
        "subtasks": ["See it\nMend it"],
    })).await
}

both_engines! {
    async fn an_item_is_made_from_a_template(app) {
        let world = World::new(app).await;
        let made = template(&world).await;
        let input = json!({ "product": "OPEN", "template": "bug report", "title": "It fails", "labels": ["late"] });
        let bug = world.post(ME, "/work-items", input).await;
        assert_eq!((&bug["title"], &bug["level"], &bug["body"]), (&json!("Bug: It fails"), &json!("bug"), &json!("## What happened")));
        assert_eq!((&bug["labels"], &bug["fields"]), (&json!(["bug", "found", "late"]), &json!({ "Where": "app" })));
        let key = bug["key"].as_str().unwrap();
        let tasks = world.get(ME, &format!("/stories/{key}/subtasks")).await;
        assert_eq!(tasks["count"]["all"], 2);
        let criteria = world.get(ME, &format!("/stories/{key}/criteria")).await;
        assert_eq!(criteria[0]["title"], "It cannot be seen any more");
        let id = made["id"].as_str().unwrap();
        let (_, page) = world.page(ME, &format!("/p/OPEN/new?template={id}")).await;
        for words in ["## What happened", "See it\nMend it", "bug, found", "value=\"app\""] {
            assert!(page.contains(words), "{words}");
        }
        world.post(ME, &format!("/templates/{id}/retire"), json!({})).await;
        let input = json!({ "product": "OPEN", "template": "Bug report", "title": "It fails" });
        let (status, refused) = world.api(ME, "POST", "/api/v1/work-items", input).await;
        assert_eq!(status, 422, "{refused}");
        assert_eq!(world.get(ME, &format!("/work-items/{key}")).await["title"], "Bug: It fails");
        // The form without a template takes criteria and sub-tasks as well.
        let form = [("product", "OPEN"), ("title", "Whole"), ("level", "story"), ("criteria", "Seen"), ("subtasks", "One\nTwo"), ("fields.Where", "web"), ("points", "")];
        let (status, to) = world.form(ME, "/do/create-work-item", &form).await;
        assert_eq!(status, 303, "{to}");
        assert_eq!(world.get(ME, &format!("/stories{to}/subtasks")).await["count"]["all"], 2);
    }

    async fn what_a_template_asks_for_and_nobody_wrote_is_not_kept(app) {
        let world = World::new(app).await;
        let body = "As a …, I want …, so that ….\n\n## What we know\n\n## Not part of it\n";
        let made = world.post(ME, "/templates", json!({
            "product": "OPEN", "name": "User story", "body": body, "criteria": "Given …\nWhen …\nThen …",
        })).await;
        let id = made["id"].as_str().unwrap();
        let (_, page) = world.page(ME, &format!("/p/OPEN/new?template={id}")).await;
        assert!(page.contains(&format!("name=\"begun_from\" value=\"{id}\"")), "{page}");
        let judged = async |key: &Value| {
            world.get(ME, &format!("/stories/{}/criteria", key.as_str().unwrap())).await
        };
        let new = |body: &str, criteria: &str| json!({
            "product": "OPEN", "title": "Pay", "begun_from": id, "body": body, "criteria": criteria,
        });
        let left = world.post(ME, "/work-items", new(body, "Given …\nWhen …\nThen …")).await;
        assert_eq!((&left["body"], judged(&left["key"]).await), (&json!(""), json!([])));
        let known = body.replace("know\n", "know\nRiders ask.\n");
        let filled = world.post(ME, "/work-items", new(&known, "Given a bill\nWhen I pay\nThen it is paid")).await;
        assert_eq!(filled["body"], "## What we know\nRiders ask.");
        assert_eq!(judged(&filled["key"]).await[0]["steps"][2], "Then it is paid");
        let half = new("", "Given a bill\nWhen …\nThen …");
        let (status, refused) = world.api(ME, "POST", "/api/v1/work-items", half).await;
        assert!(status == 422 && refused["error"]["message"].as_str().unwrap().contains("When …"), "{refused}");
        // Made from it without anything else, its places stay for whoever fills them in.
        let bare = json!({ "product": "OPEN", "title": "Pay", "template": "User story" });
        let bare = world.post(ME, "/work-items", bare).await;
        assert_eq!((&bare["body"], judged(&bare["key"]).await), (&json!("## What we know\n\n## Not part of it"), json!([])));
        // A scenario that says all is told so.
        let key = filled["key"].as_str().unwrap();
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(!page.contains("does not say what then holds"), "{page}");
    }

    async fn what_comes_again_waits_while_the_last_is_open_and_runs_once_a_day(app) {
        let world = World::new(app).await;
        template(&world).await;
        let input = json!({
            "product": "OPEN", "name": "Weekly", "when": "schedule",
            "args": { "every": "week", "on": "monday, thursday", "open": "wait", "from": "2026-03-02" },
            "steps": ["create template Bug report: Look ({date})"],
        });
        let id = world.post(ME, "/automations", input).await["id"].as_str().unwrap().to_owned();
        let trial = world.get(ME, &format!("/automations/{id}/test")).await;
        assert_eq!(trial["next"][0], "2026-03-05");
        world.noon("2026-03-03");
        world.post(ME, &format!("/automations/{id}/set"), json!({ "on": true })).await;
        let bugs = async || {
            let all = world.get(ME, "/work-items?product=OPEN&level=bug").await;
            let items = all["items"].as_array().unwrap().iter();
            items.map(|i| i["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        world.noon("2026-03-05");
        let now = world.clock.now();
        // Two nodes at once.
        let (a, b) = tokio::join!(by_time(&world.app.db, now), by_time(&world.app.db, now));
        a.and(b).unwrap();
        assert_eq!(bugs().await, ["Bug: Look (2026-03-05)"]);
        world.noon("2026-03-09");
        by_time(&world.app.db, world.clock.now()).await.unwrap();
        by_time(&world.app.db, world.clock.now()).await.unwrap();
        assert_eq!(bugs().await.len(), 1, "the last one is open");
        let rule = world.get(ME, &format!("/automations/{id}")).await;
        assert_eq!((&rule["runs"][0]["outcome"], rule["runs"].as_array().unwrap().len()), (&json!("skipped"), 2), "{rule}");
        assert!(rule["sentence"].as_str().unwrap().contains("unless the last one is still open"), "{rule}");
        let all = world.get(ME, "/work-items?product=OPEN&level=bug").await;
        let key = all["items"][0]["key"].as_str().unwrap();
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "state": "Done" })).await;
        // The server was away for two weeks: the last day is made up for, once.
        world.noon("2026-03-20");
        by_time(&world.app.db, world.clock.now()).await.unwrap();
        assert_eq!(bugs().await, ["Bug: Look (2026-03-05)", "Bug: Look (2026-03-19)"]);
    }
}
