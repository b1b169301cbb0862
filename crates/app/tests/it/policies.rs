//! Policies: presets, editing, switching without loss, limits and steps.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

async fn team(world: &World, name: &str) -> String {
    let made = world.post(BOSS, "/teams", json!({ "name": name })).await;
    made["id"].as_str().expect("an id").to_owned()
}

async fn adopt(world: &World, team: &str, preset: &str) -> Value {
    world.post(ME, "/policies/adopt", json!({ "team": team, "preset": preset })).await
}

async fn story(world: &World, team: Option<&str>, state: &str) -> Value {
    let input = json!({ "product": "OPEN", "title": "Pay", "team": team, "state": state });
    world.post(ME, "/work-items", input).await
}

async fn set(world: &World, key: &Value, fields: Value) -> (u16, Value) {
    world.api(ME, "PATCH", &format!("/api/v1/work-items/{}", key.as_str().unwrap()), fields).await
}

fn says(answer: &Value, words: &str) -> bool {
    answer["error"]["message"].as_str().unwrap_or_default().contains(words)
}

both_engines! {
    async fn items_follow_their_teams_workflow_and_others_their_products(app) {
        let world = World::new(app).await;
        let scrum = team(&world, "Scrum").await;
        adopt(&world, &scrum, "scrum").await;
        let own = story(&world, Some(&scrum), "").await;
        assert_eq!((&own["state"], &own["category"]), (&json!("Draft"), &json!("backlog")));
        let free = story(&world, None, "").await;
        assert_eq!(free["state"], "Backlog");
        // By the state's name, by what it means, and by the product's name for it.
        for (said, becomes) in [("in sprint", "In sprint"), ("started", "In progress"), ("Done", "Accepted")] {
            let (status, changed) = set(&world, &own["key"], json!({ "state": said })).await;
            assert_eq!((status, &changed["state"]), (200, &json!(becomes)), "{said}: {changed}");
        }
        let (status, refused) = set(&world, &free["key"], json!({ "state": "In sprint" })).await;
        assert_eq!(status, 422, "{refused}");
        // With its team an item changes its workflow, and finds its place there.
        let (_, moved) = set(&world, &free["key"], json!({ "state": "In review" })).await;
        assert_eq!(moved["state"], "In review");
        let (_, moved) = set(&world, &own["key"], json!({ "team": null })).await;
        assert_eq!((&moved["state"], &moved["category"]), (&json!("Done"), &json!("accepted")));
    }

    async fn switching_maps_states_with_a_preview_and_loses_nothing(app) {
        let world = World::new(app).await;
        let team = team(&world, "Tickets").await;
        adopt(&world, &team, "scrum").await;
        let mut items = Vec::new();
        for state in ["Draft", "In sprint", "In progress", "In review", "Accepted", "Dropped"] {
            items.push(story(&world, Some(&team), state).await);
        }
        let draft = world.post(ME, "/policies", json!({ "team": team, "preset": "kanban", "overlays": ["lean"] })).await;
        let id = draft["id"].as_str().unwrap();
        let preview = world.get(ME, &format!("/policies/{id}/preview")).await;
        let moves = preview["moves"].as_array().unwrap();
        assert_eq!((moves.len(), &preview["items"]), (6, &json!(6)), "{preview}");
        let to = |from: &str| moves.iter().find(|m| m["from"] == from).map(|m| m["to"].clone());
        assert_eq!(to("Draft"), Some(json!("Options")));
        assert_eq!(to("In sprint"), Some(json!("Committed")));
        assert_eq!(to("Accepted"), Some(json!("Done")));
        for (from, to) in [("In sprnt", "Options"), ("In sprint", "Nowhere")] {
            let maps = json!({ "maps": { from: to } });
            let (status, refused) = world.api(ME, "POST", &format!("/api/v1/policies/{id}/activate"), maps).await;
            assert!(status == 422 && refused["error"]["field"] == "maps", "{refused}");
        }
        // Nothing has moved yet.
        let now = world.get(ME, &format!("/work-items/{}", items[0]["key"].as_str().unwrap())).await;
        assert_eq!(now["state"], "Draft");
        let maps = json!({ "maps": { "In sprint": "Options" } });
        let active = world.post(ME, &format!("/policies/{id}/activate"), maps).await;
        assert_eq!((&active["state"], &active["maps"]["In sprint"]), (&json!("active"), &json!("Options")));
        let wanted = ["Options", "Options", "In progress", "Review", "Done", "Dropped"];
        for (item, wanted) in items.iter().zip(wanted) {
            let key = item["key"].as_str().unwrap();
            let now = world.get(ME, &format!("/work-items/{key}")).await;
            assert_eq!(now["state"], wanted, "{key}");
            assert_eq!(now["done_at"], item["done_at"], "finished stays finished when it was");
            let past = world.get(ME, &format!("/items/{key}/history")).await;
            assert!(past.to_string().contains(item["state"].as_str().unwrap()), "{past}");
        }
        let all = world.get(ME, &format!("/policies?team={team}")).await;
        let states: Vec<&str> = all.as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["active", "superseded"]);
        // One undo takes all of it back.
        let change = active["x-change"].clone();
        world.post(ME, "/undo", json!({ "change": change })).await;
        let back = world.get(ME, &format!("/work-items/{}", items[1]["key"].as_str().unwrap())).await;
        assert_eq!(back["state"], "In sprint");
        for preset in ["lightweight", "hybrid", "scrum"] {
            adopt(&world, &team, preset).await;
        }
        let open = world.get(ME, &format!("/work-items?product=OPEN&team={team}")).await;
        assert_eq!(open["items"].as_array().map(Vec::len), Some(6));
    }

    async fn a_draft_is_edited_part_by_part_and_what_holds_is_not(app) {
        let world = World::new(app).await;
        let team = team(&world, "Tickets").await;
        let active = adopt(&world, &team, "kanban").await;
        let active = format!("/api/v1/policies/{}", active["id"].as_str().unwrap());
        let (status, refused) = world.api(ME, "PATCH", &active, json!({ "done": ["Tested"] })).await;
        assert!(status == 409 && says(&refused, "Draft a new one"), "{refused}");
        let draft = world.post(ME, "/policies", json!({ "team": team })).await;
        assert_eq!(draft["preset"], "kanban");
        let path = format!("/policies/{}", draft["id"].as_str().unwrap());
        let states = format!("{path}/states");
        let test = json!({ "name": "Testing", "category": "started", "limit": 2, "before": "Review", "exit": "It ran on a phone" });
        world.post(ME, &states, test).await;
        world.post(ME, &states, json!({ "name": "in progress", "rename": "Building", "limit": 0 })).await;
        world.post(ME, &format!("{path}/cadence"), json!({ "kind": "retro", "every": "month", "minutes": 60 })).await;
        let edit = json!({ "done": ["Tested\nRead by two"], "sle_days": 8, "sle_share": 80, "wip_rule": "block",
            "transitions": ["Committed -> Building", "Building → Testing", "Testing -> Review", "Review -> Done"] });
        let (status, p) = world.api(ME, "PATCH", &format!("/api/v1{path}"), edit).await;
        assert_eq!(status, 200, "{p}");
        let names: Vec<&str> = p["states"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Options", "Committed", "Building", "Testing", "Review", "Done", "Dropped"]);
        assert_eq!((&p["started"], &p["done"], &p["states"][2]["limit"]), (&json!("Building"), &json!(["Tested", "Read by two"]), &Value::Null));
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1{states}/remove"), json!({ "name": "Done" })).await;
        assert!(status == 409 && says(&refused, "cycle time"), "{refused}");
        let odd = json!({ "transitions": ["Building -> Nowhere"] });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1{path}"), odd).await.0, 422);
        world.post(ME, &format!("{path}/activate"), json!({})).await;
        // Steps that the policy does not have are refused, limits hold back, dropping always goes.
        let item = story(&world, Some(&team), "Committed").await;
        let (status, refused) = set(&world, &item["key"], json!({ "state": "Review" })).await;
        assert!(status == 409 && says(&refused, "Building follow"), "{refused}");
        assert_eq!(set(&world, &item["key"], json!({ "state": "Dropped" })).await.0, 200);
        let mut last = json!(null);
        for n in 0..3 {
            let item = story(&world, Some(&team), "Building").await;
            let (status, moved) = set(&world, &item["key"], json!({ "state": "Testing" })).await;
            assert_eq!(status, if n < 2 { 200 } else { 409 }, "{moved}");
            last = item;
        }
        let expedited = set(&world, &last["key"], json!({ "service": "expedite", "state": "Testing" })).await;
        assert_eq!(expedited.0, 200, "{}", expedited.1);
    }

    async fn a_board_shows_a_teams_columns_with_limits_and_all_teams_by_meaning(app) {
        let world = World::new(app).await;
        let team = team(&world, "Portal").await;
        adopt(&world, &team, "kanban").await;
        story(&world, None, "In progress").await;
        let alone = world.get(ME, "/board?product=OPEN").await;
        assert_eq!(alone[2]["state"], "In progress");
        for _ in 0..5 {
            story(&world, Some(&team), "In progress").await;
        }
        let own = world.get(ME, &format!("/board?product=OPEN&team={team}")).await;
        assert_eq!((&own[2]["state"], &own[2]["limit"], &own[2]["count"]), (&json!("In progress"), &json!(4), &json!(5)));
        let both = world.get(ME, "/board?product=OPEN").await;
        assert_eq!((&both[2]["state"], &both[2]["count"]), (&json!("Started"), &json!(6)));
        let (_, page) = world.page(ME, "/p/OPEN/board").await;
        assert!(page.contains("With the states of: <a href=\"/p/OPEN/board?q=&amp;team=Portal\">Portal</a>"), "{page}");
        assert!(page.contains("<span class=\"soft\" title=\"State\">In progress</span>"), "a card says its state");
        let (status, page) = world.page(ME, &format!("/p/OPEN/board?team={team}")).await;
        assert!(status == 200 && page.contains("over the limit"), "{page}");
        for path in [format!("/teams/{team}/policy"), "/p/OPEN/policy".into()] {
            let (status, page) = world.page(ME, &path).await;
            assert!(status == 200 && page.contains("Workflow"), "{path}");
        }
    }

    async fn a_policy_is_changed_in_the_browser(app) {
        let world = World::new(app).await;
        let team = team(&world, "Portal").await;
        let (status, to) = world.form(ME, "/do/draft-policy", &[("team", &team), ("preset", "scrum"), ("overlays", "lean")]).await;
        assert_eq!(status, 303, "{to}");
        let all = world.get(ME, &format!("/policies?team={team}")).await;
        let id = all[0]["id"].as_str().unwrap().to_owned();
        let (status, page) = world.page(ME, &format!("/policies/{id}")).await;
        assert!(status == 200 && page.contains("Definition of Done") && page.contains("Add a state"));
        story(&world, Some(&team), "In progress").await;
        let (status, page) = world.page(ME, &format!("/policies/{id}/switch")).await;
        assert!(status == 200 && page.contains("maps.In progress"), "{page}");
        let fields = [("policy", id.as_str()), ("maps.In progress", "In review"), ("_back", "/teams")];
        assert_eq!(world.form(ME, "/do/activate-policy", &fields).await, (303, "/teams".into()));
        let items = world.get(ME, &format!("/work-items?product=OPEN&team={team}")).await;
        assert_eq!(items["items"][0]["state"], "In review");
    }
}
