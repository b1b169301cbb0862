//! Rules: what sets them off, what they do and in whose name, what stops them, what they would have done.

use serde_json::{Value, json};
use wherefore_app::thread::automations::{by_events, by_time};
use wherefore_testkit::{Persona, World, both_engines};

use crate::imports::bring;

const ME: Persona = Persona::Member;

async fn rule(world: &World, fields: Value) -> String {
    let mut input = json!({ "product": "OPEN", "name": "A rule" });
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let id = world.post(ME, "/automations", input).await["id"].as_str().unwrap().to_owned();
    world.post(ME, &format!("/automations/{id}/set"), json!({ "on": true })).await;
    id
}

async fn item(world: &World, fields: Value) -> String {
    let mut input = json!({ "product": "OPEN", "title": "Pay" });
    input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn edit(world: &World, key: &str, fields: Value) {
    let (status, answer) =
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), fields).await;
    assert_eq!(status, 200, "{answer}");
}

pub async fn look(world: &World) {
    by_events(&world.app.db, world.clock.now()).await.unwrap();
    by_time(&world.app.db, world.clock.now()).await.unwrap();
}

async fn seen(world: &World, key: &str) -> Value {
    world.get(ME, &format!("/work-items/{key}")).await
}

async fn runs(world: &World, id: &str) -> Vec<(String, String)> {
    let rule = world.get(ME, &format!("/automations/{id}")).await;
    let word = |v: &Value| v.as_str().unwrap().to_owned();
    rule["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (word(&r["outcome"]), word(&r["told"])))
        .collect()
}

both_engines! {
    async fn a_rule_does_what_it_says_once_and_is_named_as_the_cause(app) {
        let world = World::new(app).await;
        let before = item(&world, json!({ "level": "bug" })).await;
        edit(&world, &before, json!({ "state": "In review" })).await;
        let id = rule(&world, json!({
            "when": "state-changed", "args": { "to": "in-review" }, "only": { "level": "bug" },
            "steps": ["assign Olive", "label to check", "comment {key} waits for a look", "top"],
        })).await;
        let (bug, story) = (item(&world, json!({ "level": "bug" })).await, item(&world, json!({})).await);
        for key in [&bug, &story] {
            edit(&world, key, json!({ "state": "In review" })).await;
        }
        look(&world).await;
        look(&world).await;
        let done = seen(&world, &bug).await;
        assert_eq!((&done["assignee"]["name"], &done["labels"]), (&json!("Olive"), &json!(["to check"])));
        assert_eq!(seen(&world, &story).await["labels"], json!([]), "it is no bug");
        assert_eq!(seen(&world, &before).await["labels"], json!([]), "it happened before the rule was on");
        let all = runs(&world, &id).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].0 == "done" && all[0].1.contains("ave it to Olive"), "{all:?}");
        let comments = world.get(ME, &format!("/items/{bug}/comments")).await;
        assert!(comments.to_string().contains(&format!("{bug} waits for a look")), "{comments}");
        let order = world.get(ME, "/work-items?product=OPEN").await;
        assert_eq!(order["items"][0]["key"], json!(bug));
        // The activity names the rule, and what it did counts as nobody's doing.
        let history = world.get(ME, &format!("/items/{bug}/history")).await.to_string();
        assert!(history.contains("By the rule “A rule”"), "{history}");
        // One undo takes back what it did.
        let rule = world.get(ME, &format!("/automations/{id}")).await;
        let change = &rule["runs"][0]["change"];
        world.post(ME, "/undo", json!({ "change": change })).await;
        assert_eq!(seen(&world, &bug).await["labels"], json!([]));
        look(&world).await;
        assert_eq!(seen(&world, &bug).await["labels"], json!([]), "undoing sets nothing off");
    }

    async fn what_is_imported_sets_no_rule_off_and_hides_nothing_behind_it(app) {
        let world = World::new(app).await;
        let id = rule(&world, json!({ "when": "created", "steps": ["label fresh"] })).await;
        let before = item(&world, json!({})).await;
        // More than one stretch of the activity.
        let rows: String = (1..=2_100).map(|n| format!("Story {n},OLD-{n},Story,To Do\n")).collect();
        bring(&world, "OPEN", &format!("Summary,Issue key,Issue Type,Status\n{rows}")).await;
        let after = item(&world, json!({})).await;
        look(&world).await;
        for key in [&before, &after] {
            assert_eq!(seen(&world, key).await["labels"], json!(["fresh"]), "{key}");
        }
        assert_eq!(runs(&world, &id).await.len(), 2, "none for what was imported");
    }

    async fn rules_that_set_each_other_off_are_stopped(app) {
        let world = World::new(app).await;
        let there = rule(&world, json!({ "when": "state-changed", "args": { "to": "Ready" }, "steps": ["state In progress"] })).await;
        let back = rule(&world, json!({ "when": "state-changed", "args": { "to": "In progress" }, "steps": ["state Ready"] })).await;
        let more = rule(&world, json!({ "when": "created", "only": { "words": "endless" }, "steps": ["create endless {title}"] })).await;
        let key = item(&world, json!({})).await;
        edit(&world, &key, json!({ "state": "Ready" })).await;
        item(&world, json!({ "title": "endless" })).await;
        for _ in 0..3 {
            look(&world).await;
        }
        let state = |rule: &Value| rule["state"].as_str().unwrap().to_owned();
        let first = world.get(ME, &format!("/automations/{there}")).await;
        assert_eq!(state(&first), "stopped", "{first}");
        assert!(first["note"].as_str().unwrap().contains("set itself off"), "{first}");
        assert_eq!(state(&world.get(ME, &format!("/automations/{back}")).await), "on");
        assert_eq!(state(&world.get(ME, &format!("/automations/{more}")).await), "stopped");
        assert_eq!(runs(&world, &there).await.len(), 2);
        let all = world.get(ME, "/work-items?product=OPEN").await;
        assert_eq!(all["items"].as_array().unwrap().len(), 3, "it made one and was stopped");
        // Whoever wrote it is told, and may switch it on again.
        let told = world.get(ME, "/notifications").await;
        assert!(told.to_string().contains("\"rule\""), "{told}");
        world.post(ME, &format!("/automations/{there}/set"), json!({ "on": true })).await;
    }

    async fn days_that_pass_set_rules_off_once(app) {
        let world = World::new(app).await;
        let late = rule(&world, json!({ "when": "due-passed", "steps": ["label late", "notify assignee"] })).await;
        let old = rule(&world, json!({ "when": "ageing", "args": { "days": "5" }, "steps": ["label ageing"] })).await;
        let stale = rule(&world, json!({ "when": "stale", "args": { "days": "30" }, "steps": ["comment Nobody has touched this for {days} days."] })).await;
        let weekly = rule(&world, json!({ "when": "schedule", "args": { "every": "week", "on": "thursday" }, "steps": ["create bug: Look at the certificates ({date})"] })).await;
        let key = item(&world, json!({ "due": "2026-03-04", "assignee": "Olive" })).await;
        edit(&world, &key, json!({ "state": "In progress" })).await;
        let left = item(&world, json!({})).await;
        world.noon("2026-03-04");
        look(&world).await;
        assert_eq!(seen(&world, &key).await["labels"], json!([]), "its day has not passed");
        for day in ["2026-03-05", "2026-03-05", "2026-03-06", "2026-03-09"] {
            world.noon(day);
            look(&world).await;
        }
        assert_eq!(seen(&world, &key).await["labels"], json!(["late", "ageing"]));
        assert_eq!((runs(&world, &late).await.len(), runs(&world, &old).await.len()), (1, 1));
        let made = runs(&world, &weekly).await;
        assert_eq!(made.len(), 1, "{made:?}");
        let all = world.get(ME, "/work-items?product=OPEN").await;
        let check = all["items"].as_array().unwrap().iter().find(|i| i["level"] == "bug").unwrap();
        assert_eq!(check["title"], "Look at the certificates (2026-03-05)");
        world.noon("2026-04-05");
        look(&world).await;
        look(&world).await;
        assert_eq!(runs(&world, &weekly).await.len(), 2, "weeks that were missed are made up for once");
        let told = world.get(ME, &format!("/items/{left}/comments")).await;
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
        assert!(!runs(&world, &stale).await.is_empty());
        // A later due day is another one.
        edit(&world, &key, json!({ "due": "2026-04-06", "labels": [] })).await;
        world.noon("2026-04-08");
        look(&world).await;
        assert_eq!(seen(&world, &key).await["labels"], json!(["late"]));
    }

    async fn a_rule_is_tried_on_the_past_and_has_no_more_rights_than_its_author(app) {
        let world = World::new(app).await;
        let id = world.post(Persona::Insider, "/automations", json!({
            "product": "PRIV", "name": "Mark", "when": "state-changed", "args": { "to": "Done" }, "steps": ["label done", "notify assignee"],
        })).await["id"].as_str().unwrap().to_owned();
        let made = world.post(Persona::Insider, "/work-items", json!({ "product": "PRIV", "title": "Pay" })).await;
        let key = made["key"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/work-items/{key}");
        world.api(Persona::Insider, "PATCH", &path, json!({ "state": "Done" })).await;
        let trial = world.get(Persona::Insider, &format!("/automations/{id}/test")).await;
        assert_eq!((&trial["times"], &trial["lines"][0]["would"][0]), (&json!(1), &json!("label done")));
        assert_eq!(world.get(Persona::Insider, &format!("/work-items/{key}")).await["labels"], json!([]), "trying does nothing");
        assert_eq!(world.api(ME, "GET", &format!("/api/v1/automations/{id}"), Value::Null).await.0, 404);
        let (status, page) = world.page(Persona::Insider, &format!("/p/PRIV/automations/{id}?test=30")).await;
        assert!(status == 200 && page.contains("What it would have done"), "{page}");
        // All or nothing: a step that cannot be done takes back the ones before, and says why.
        world.post(Persona::Insider, &format!("/automations/{id}/set"), json!({ "on": true })).await;
        for state in ["Ready", "Done"] {
            world.api(Persona::Insider, "PATCH", &path, json!({ "state": state })).await;
        }
        look(&world).await;
        let rule = world.get(Persona::Insider, &format!("/automations/{id}")).await;
        assert_eq!(rule["runs"][0]["outcome"], "refused", "{rule}");
        assert!(rule["runs"][0]["told"].as_str().unwrap().contains("has no assignee"), "{rule}");
        assert_eq!(world.get(Persona::Insider, &format!("/work-items/{key}")).await["labels"], json!([]));
        // Once its author may not see the product any more, it is stopped.
        world.api(Persona::Insider, "PATCH", &format!("/api/v1/automations/{id}"), json!({ "steps": ["label done"] })).await;
        let insider = world.person(Persona::Insider);
        let (status, gone) = world.api(Persona::Owner, "DELETE", &format!("/api/v1/products/PRIV/members/{insider}"), Value::Null).await;
        assert_eq!(status, 200, "{gone}");
        for state in ["Ready", "Done"] {
            world.api(Persona::Owner, "PATCH", &path, json!({ "state": state })).await;
        }
        look(&world).await;
        let rule = world.get(Persona::Owner, &format!("/automations/{id}")).await;
        assert_eq!((&rule["state"], &rule["runs"][0]["outcome"]), (&json!("stopped"), &json!("refused")), "{rule}");
        assert_eq!(world.get(Persona::Owner, &format!("/work-items/{key}")).await["labels"], json!([]));
    }

    async fn a_rule_goes_on_when_the_workflow_calls_its_state_otherwise(app) {
        let world = World::new(app).await;
        let adopt = async |preset: &str| {
            world.post(ME, "/policies/adopt", json!({ "product": "OPEN", "preset": preset })).await
        };
        adopt("scrum").await;
        let key = item(&world, json!({})).await;
        edit(&world, &key, json!({ "state": "In progress" })).await;
        let id = rule(&world, json!({
            "when": "state-changed", "args": { "to": "In review", "from": "In progress" }, "steps": ["label seen"],
        })).await;
        // In review becomes Review, and what Options are was Draft before: twice as far away.
        adopt("kanban").await;
        adopt("lightweight").await;
        look(&world).await;
        assert_eq!(seen(&world, &key).await["labels"], json!([]), "a switch sets nothing off");
        edit(&world, &key, json!({ "state": "Review" })).await;
        look(&world).await;
        assert_eq!(seen(&world, &key).await["labels"], json!(["seen"]));
        let trial = world.get(ME, &format!("/automations/{id}/test?days=30")).await;
        assert_eq!(trial["times"], 1);
        // A step into a state long gone goes where that one went, and filters look there as well.
        edit(&world, &key, json!({ "state": "Draft" })).await;
        assert_eq!(seen(&world, &key).await["state"], "To do");
        for (q, found) in [("state:Draft", 1), ("-state:Draft", 0), ("state:Options", 1), ("state:%22In%20review%22", 0)] {
            let list = world.get(ME, &format!("/work-items?product=OPEN&q={q}")).await;
            assert_eq!(list["items"].as_array().unwrap().len(), found, "{q}");
        }
    }

    async fn odd_rules_are_refused_in_words(app) {
        let world = World::new(app).await;
        for (fields, words) in [
            (json!({ "when": "someday", "steps": ["top"] }), "Nothing is called"),
            (json!({ "when": "created", "steps": [] }), "between one and ten"),
            (json!({ "when": "created", "steps": ["explode now"] }), "No rule can"),
            (json!({ "when": "created", "steps": ["label"] }), "what?"),
            (json!({ "when": "created", "args": { "days": "5" }, "steps": ["top"] }), "takes no"),
            (json!({ "when": "stale", "args": { "days": "many" }, "steps": ["top"] }), "number"),
            (json!({ "when": "schedule", "args": { "every": "moon" }, "steps": ["create Look"] }), "no rhythm"),
            (json!({ "when": "schedule", "steps": ["top"] }), "only create"),
            (json!({ "when": "created", "only": { "colour": "red" }, "steps": ["top"] }), "to ask for"),
            (json!({ "when": "created", "steps": ["state Nowhere"] }), "“Nowhere” is not a state here. There are: "),
            (json!({ "when": "state-changed", "args": { "to": "Nowhere" }, "steps": ["top"] }), "not a state here"),
            (json!({ "when": "created", "only": { "level": "saga" }, "steps": ["top"] }), "no level"),
            (json!({ "when": "created", "only": { "team": "Nobody's" }, "steps": ["top"] }), "no active team"),
            (json!({ "when": "created", "steps": ["assign No One"] }), "nobody here is called so"),
            (json!({ "when": "created", "steps": ["service gold"] }), "no class of service"),
            (json!({ "when": "created", "steps": ["due soon"] }), "in how many days"),
            (json!({ "when": "schedule", "steps": ["create template Nothing: x"] }), "no template"),
        ] {
            let mut input = json!({ "product": "OPEN", "name": "Odd" });
            input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            let (status, refused) = world.api(ME, "POST", "/api/v1/automations", input).await;
            assert_eq!(status, 422, "{refused}");
            assert!(refused["error"]["message"].as_str().unwrap().contains(words), "{refused}");
        }
        // A form says its steps one field at a time.
        let form = [("product", "OPEN"), ("name", "From a form"), ("when", "created"), ("args.to", ""), ("only.level", "bug"),
            ("then.do1", "label"), ("then.with1", "new"), ("then.do2", "top"), ("then.do3", ""), ("_back", "/p/OPEN/automations")];
        let (status, to) = world.form(ME, "/do/create-automation", &form).await;
        assert_eq!((status, to.as_str()), (303, "/p/OPEN/automations"));
        let all = world.get(ME, "/automations?product=OPEN").await;
        assert_eq!((&all[0]["steps"], &all[0]["only"]), (&json!(["label new", "top"]), &json!({ "level": "bug" })));
        let (_, page) = world.page(ME, "/p/OPEN/automations").await;
        assert!(page.contains("When an item is created, if level bug, then add the label “new”"), "{page}");
    }
}
