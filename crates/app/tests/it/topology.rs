//! How teams work with each other: begun, changed, ended, undone; the map of today and of past days.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

fn text(made: &Value, field: &str) -> String {
    made[field].as_str().expect("a text").to_owned()
}

async fn team(world: &World, name: &str, kind: &str) -> String {
    text(&world.post(BOSS, "/teams", json!({ "name": name, "kind": kind })).await, "id")
}

fn day(world: &World, from_now: i64) -> String {
    world.clock.now().day().plus_days(from_now).to_string()
}

fn names(list: &Value, field: &str) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|one| text(one, field)).collect()
}

both_engines! {
    async fn an_interaction_begins_changes_and_ends(app) {
        let world = World::new(app).await;
        let sales = team(&world, "Sales", "stream-aligned").await;
        team(&world, "Base", "platform").await;
        let input = json!({ "team": "Base", "other": sales, "mode": "collaboration", "purpose": "Find out  what is slow", "ends": day(&world, 30) });
        let made = world.post(ME, "/teams/interactions", input.clone()).await;
        assert_eq!((&made["team_name"], &made["other_name"], &made["state"]), (&json!("Base"), &json!("Sales"), &json!("running")));
        assert_eq!(made["purpose"], "Find out what is slow");
        let path = format!("/api/v1/teams/interactions/{}", text(&made, "id"));
        let twice = world.api(ME, "POST", "/api/v1/teams/interactions", input).await;
        assert_eq!(twice.0, 409, "{}", twice.1);
        for (wrong, field) in [
            (json!({ "team": "Base", "other": "Base", "mode": "collaboration", "purpose": "x" }), "other"),
            (json!({ "team": "Base", "other": "Nobody", "mode": "collaboration", "purpose": "x" }), "other"),
            (json!({ "team": "Base", "other": "Sales", "mode": "shouting", "purpose": "x" }), "mode"),
            (json!({ "team": "Base", "other": "Sales", "mode": "facilitating", "purpose": " " }), "purpose"),
            (json!({ "team": "Base", "other": "Sales", "mode": "facilitating", "purpose": "x", "ends": day(&world, -1) }), "ends"),
        ] {
            let (status, said) = world.api(ME, "POST", "/api/v1/teams/interactions", wrong).await;
            assert_eq!((status, &said["error"]["field"]), (422, &json!(field)), "{said}");
        }
        let (status, changed) = world.api(ME, "PATCH", &path, json!({ "mode": "x-as-a-service", "ends": null })).await;
        assert_eq!((status, &changed["mode"], &changed["ends"]), (200, &json!("x-as-a-service"), &Value::Null));
        let kept = world.api(ME, "PATCH", &path, json!({ "purpose": "Serve it" })).await.1;
        assert_eq!((&kept["mode"], &kept["purpose"]), (&json!("x-as-a-service"), &json!("Serve it")));
        let silent = world.api(ME, "POST", &format!("{path}/end"), json!({ "because": "" })).await;
        assert_eq!(silent.0, 422, "{}", silent.1);
        let late = json!({ "because": "Done", "ended_on": day(&world, 1) });
        assert_eq!(world.api(ME, "POST", &format!("{path}/end"), late).await.0, 422);
        let ended = world.api(ME, "POST", &format!("{path}/end"), json!({ "because": "Done" })).await;
        assert_eq!((&ended.1["state"], &ended.1["because"]), (&json!("ended"), &json!("Done")));
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "purpose": "More" })).await.0, 409);
        let ends: Vec<String> = names(&world.get(ME, &format!("/teams/interactions?team={sales}")).await["items"], "state");
        assert_eq!(ends, ["ended"]);
        world.post(ME, "/undo", json!({ "change": ended.1["x-change"] })).await;
    }

    async fn the_list_goes_on_where_a_page_ends(app) {
        let world = World::new(app).await;
        for n in 0..4 {
            team(&world, &format!("T{n}"), "platform").await;
        }
        for n in 1..4 {
            let input = json!({ "team": "T0", "other": format!("T{n}"), "mode": "x-as-a-service", "purpose": "Serve" });
            world.post(ME, "/teams/interactions", input).await;
        }
        let first = world.get(ME, "/teams/interactions?limit=2").await;
        assert_eq!(names(&first["items"], "other_name"), ["T3", "T2"]);
        let rest = world.get(ME, &format!("/teams/interactions?limit=2&after={}", text(&first, "next"))).await;
        assert_eq!((names(&rest["items"], "other_name"), &rest["next"]), (vec!["T1".to_owned()], &Value::Null));
    }

    async fn closing_a_team_ends_what_it_had_and_undo_brings_it_back(app) {
        let world = World::new(app).await;
        let (sales, base) = (team(&world, "Sales", "stream-aligned").await, team(&world, "Base", "platform").await);
        let input = json!({ "team": base, "other": sales, "mode": "x-as-a-service", "purpose": "Serve" });
        let made = world.post(ME, "/teams/interactions", input).await;
        let path = format!("/teams/interactions/{}", text(&made, "id"));
        let closed = world.post(BOSS, &format!("/teams/{base}/close"), json!({})).await;
        let now = world.get(ME, &path).await;
        assert_eq!(now["state"], "ended");
        assert!(text(&now, "because").contains("Base"), "{now}");
        world.post(BOSS, "/undo", json!({ "change": closed["x-change"] })).await;
        assert_eq!(world.get(ME, &path).await["state"], "running");
    }

    async fn the_map_warns_and_shows_any_past_day(app) {
        let world = World::new(app).await;
        let sales = team(&world, "Sales", "stream-aligned").await;
        team(&world, "Guild", "enabling").await;
        world.post(BOSS, "/products/OPEN/parts", json!({ "name": "Fares", "team": sales })).await;
        world.post(BOSS, "/products/OPEN/parts", json!({ "name": "Nobody's" })).await;
        world.post(Persona::Owner, "/products/PRIV/parts", json!({ "name": "Secret" })).await;
        let today = world.clock.now();
        let input = json!({ "team": "Guild", "other": "Sales", "mode": "facilitating", "purpose": "Learn <it>", "ends": day(&world, 10) });
        world.post(ME, "/teams/interactions", input).await;
        let kinds = |map: &Value| names(&map["warnings"], "kind");
        let map = world.get(ME, "/teams/map").await;
        assert_eq!(kinds(&map), ["unowned-part"], "{map}");
        assert!(!map.to_string().contains("Secret"), "{map}");
        assert!(world.get(Persona::Owner, "/teams/map").await.to_string().contains("Secret"));
        let seen = map["teams"].as_array().expect("teams").iter().find(|t| t["name"] == "Sales").expect("Sales");
        assert_eq!((&seen["parts"], &seen["in_hand"]), (&json!(["Fares of Open"]), &json!(0)));

        world.clock.set(today.plus_days(12));
        let late = world.get(ME, "/teams/map").await;
        assert_eq!(kinds(&late), ["overdue", "unowned-part"], "{late}");
        assert_eq!(late["interactions"][0]["state"], "overdue");
        let page = world.page(ME, "/teams/map").await;
        assert!(page.0 == 200 && page.1.contains("overdue since") && page.1.contains("Learn &lt;it&gt;"));
        // As it stood when everything was new, and the day before there was anything.
        let then = world.get(ME, &format!("/teams/map?day={}", today.day())).await;
        assert_eq!((kinds(&then), &then["interactions"][0]["state"]), (vec!["unowned-part".to_owned()], &json!("running")));
        let before = world.get(ME, &format!("/teams/map?day={}", today.plus_days(-1).day())).await;
        assert_eq!((&before["teams"], &before["interactions"]), (&json!([]), &json!([])));
        // What ended is on the map of the days before.
        let id = text(&late["interactions"][0], "id");
        world.post(ME, &format!("/teams/interactions/{id}/end"), json!({ "because": "Learnt" })).await;
        assert_eq!(world.get(ME, "/teams/map").await["interactions"], json!([]));
        let then = world.get(ME, &format!("/teams/map?day={}", today.plus_days(5).day())).await;
        assert_eq!(then["interactions"][0]["id"], json!(id));
        let svg = world.page(ME, &format!("/teams/map/file/svg?at={}", today.plus_days(5).day())).await;
        assert!(svg.0 == 200 && svg.1.starts_with("<svg") && svg.1.contains("Facilitating"), "{}", svg.1);
        assert_eq!(world.page(ME, "/teams/map/file/exe").await.0, 404);
        assert_eq!(world.page(ME, "/teams/map?at=yesterday").await.0, 422);
    }

    async fn too_much_in_hand_is_said_above_the_own_limit(app) {
        let world = World::new(app).await;
        let sales = team(&world, "Sales", "stream-aligned").await;
        let help = team(&world, "Help", "stream-aligned").await;
        world.post(BOSS, "/products/OPEN/parts", json!({ "name": "Fares", "team": sales })).await;
        for n in 0..3 {
            let item = json!({ "product": "OPEN", "title": format!("Story {n}"), "part": "Fares", "team": help, "state": "In progress" });
            world.post(ME, "/work-items", item).await;
        }
        let kinds = names(&world.get(ME, "/teams/map").await["warnings"], "kind");
        assert_eq!(kinds, ["shared-part"]);
        assert_eq!(world.api(ME, "POST", "/api/v1/teams/limits", json!({ "under_way": 2 })).await.0, 403);
        assert_eq!(world.api(BOSS, "POST", "/api/v1/teams/limits", json!({ "under_way": -2 })).await.0, 422);
        let set = world.post(BOSS, "/teams/limits", json!({ "under_way": 2 })).await;
        assert_eq!((&set["under_way"], &set["parts"]), (&json!(2), &json!(6)));
        let map = world.get(ME, "/teams/map").await;
        assert_eq!(names(&map["warnings"], "kind"), ["many-streams", "shared-part"]);
        assert!(text(&map["warnings"][0], "sentence").starts_with("Help has 3 items in hand"));
    }

    async fn the_interaction_review_has_it_on_its_agenda(app) {
        let world = World::new(app).await;
        let sales = team(&world, "Sales", "stream-aligned").await;
        team(&world, "Base", "platform").await;
        let input = json!({ "team": "Base", "other": sales, "mode": "collaboration", "purpose": "Find out what is slow" });
        world.post(ME, "/teams/interactions", input).await;
        let review = json!({ "team": sales, "kind": "interaction-review", "day": day(&world, 1) });
        let made = world.post(ME, "/ceremonies", review).await;
        let shown = world.get(ME, &format!("/ceremonies/{}", text(&made, "id"))).await;
        assert_eq!(names(&shown["agenda"], "title"), ["With other teams", "Asks for a decision"]);
        let line = shown["agenda"][0]["lines"][0].as_str().expect("a line");
        assert!(line.starts_with("Collaboration with Base: Find out what is slow"), "{line}");
    }
}
