//! Teams and parts: who works together, on which part, and what of it the activity says.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

fn text(made: &Value, field: &str) -> String {
    made[field].as_str().expect("a text").to_owned()
}

async fn team(world: &World, name: &str) -> String {
    text(&world.post(BOSS, "/teams", json!({ "name": name })).await, "id")
}

async fn part(world: &World, name: &str, team: &str) -> String {
    let input = json!({ "name": name, "team": team });
    text(&world.post(BOSS, "/products/OPEN/parts", input).await, "id")
}

async fn story(world: &World, more: Value) -> Value {
    let mut input = json!({ "product": "OPEN", "title": "Some story" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(ME, "/work-items", input).await
}

/// Part and team of the newest activity about a record.
async fn scope(world: &World, object: &str) -> (Option<String>, Option<String>) {
    let id: wherefore_app::kernel::Id = object.parse().expect("an id");
    let sql = "SELECT part_id, team_id FROM activity WHERE object_id = $1 ORDER BY seq DESC";
    let read = world.app.db.read(move |conn| {
        conn.query_text(sql, &[id.into()], |r| {
            let show = |id: Option<wherefore_app::kernel::Id>| id.map(|i| i.to_string());
            Ok((show(r.get(0)?), show(r.get(1)?)))
        })
    });
    read.await.expect("the activity can be read").into_iter().next().expect("some activity")
}

fn keys(page: &Value) -> Vec<String> {
    page["items"].as_array().expect("items").iter().map(|i| text(i, "key")).collect()
}

both_engines! {
    async fn a_team_has_a_type_members_and_an_end(app) {
        let world = World::new(app).await;
        let id = team(&world, "Ticket sales").await;
        let again = json!({ "name": "Ticket  sales" });
        assert_eq!(world.api(BOSS, "POST", "/api/v1/teams", again).await.0, 422);
        let path = format!("/api/v1/teams/{id}");
        let (status, changed) = world.api(BOSS, "PATCH", &path, json!({ "kind": "platform" })).await;
        assert_eq!((status, &changed["kind"]), (200, &json!("platform")));
        assert_eq!(world.api(BOSS, "PATCH", &path, json!({ "kind": "tiger" })).await.0, 422);
        for who in ["Mia", "Mia", "Gus"] {
            world.post(BOSS, &format!("/teams/{id}/members"), json!({ "person": who })).await;
        }
        let nobody = json!({ "person": "Nobody" });
        assert_eq!(world.api(BOSS, "POST", &format!("{path}/members"), nobody).await.0, 422);
        let seen = world.get(ME, &format!("/teams/{id}")).await;
        assert_eq!(seen["members"].as_array().map(Vec::len), Some(2), "{seen}");
        let gus = world.person(Persona::Guest);
        let left = world.api(BOSS, "DELETE", &format!("{path}/members/{gus}"), Value::Null).await.1;
        assert_eq!(left["members"].as_array().map(Vec::len), Some(1), "{left}");
        let part = part(&world, "Fares", &id).await;
        let closed = world.post(BOSS, &format!("/teams/{id}/close"), json!({})).await;
        assert_eq!((&closed["state"], &closed["members"], &closed["parts"]), (&json!("closed"), &json!([]), &json!([])));
        let parts = world.get(ME, "/products/OPEN/parts").await;
        assert_eq!((&parts[0]["id"], &parts[0]["team"]), (&json!(part), &Value::Null));
        let late = world.api(BOSS, "POST", &format!("{path}/members"), json!({ "person": "Mia" })).await;
        assert_eq!(late.0, 409, "{}", late.1);
        team(&world, "Ticket sales").await;
    }

    async fn closing_is_undone_as_a_whole(app) {
        let world = World::new(app).await;
        let id = team(&world, "Refunds").await;
        world.post(BOSS, &format!("/teams/{id}/members"), json!({ "person": "Mia" })).await;
        part(&world, "Money back", &id).await;
        let closed = world.post(BOSS, &format!("/teams/{id}/close"), json!({})).await;
        world.post(BOSS, "/undo", json!({ "change": closed["x-change"] })).await;
        let team = world.get(ME, &format!("/teams/{id}")).await;
        assert_eq!(team["state"], "active");
        assert_eq!(team["members"][0]["name"], "Mia");
        assert_eq!(team["parts"][0]["name"], "Money back");
    }

    async fn an_item_gets_the_team_of_its_part_and_the_activity_says_both(app) {
        let world = World::new(app).await;
        let (sales, help) = (team(&world, "Sales").await, team(&world, "Help").await);
        let fares = part(&world, "Fares", "Sales").await;
        let item = story(&world, json!({ "part": "Fares" })).await;
        assert_eq!((&item["part"]["name"], &item["team"]["name"]), (&json!("Fares"), &json!("Sales")));
        let id = text(&item, "id");
        assert_eq!(scope(&world, &id).await, (Some(fares.clone()), Some(sales.clone())));
        let path = format!("/api/v1/work-items/{}", text(&item, "key"));
        let given = world.api(ME, "PATCH", &path, json!({ "team": "Help" })).await.1;
        assert_eq!(given["team"]["name"], "Help");
        assert_eq!(scope(&world, &id).await, (Some(fares.clone()), Some(help.clone())));
        let said = world.post(ME, &format!("/items/{}/comments", text(&item, "key")), json!({ "body": "So?" })).await;
        assert_eq!(scope(&world, &text(&said, "id")).await, (Some(fares), Some(help)));
        let none = world.api(ME, "PATCH", &path, json!({ "part": null, "team": null })).await.1;
        assert_eq!((&none["part"], &none["team"]), (&Value::Null, &Value::Null));
        for wrong in [json!({ "part": "Nowhere" }), json!({ "team": "Nobody" })] {
            assert_eq!(world.api(ME, "PATCH", &path, wrong).await.0, 422);
        }
    }

    async fn a_part_belongs_to_one_product(app) {
        let world = World::new(app).await;
        part(&world, "Fares", "").await;
        let wrong = json!({ "product": "SHUT", "title": "x", "part": "Fares" });
        assert_eq!(world.api(ME, "POST", "/api/v1/work-items", wrong).await.0, 422);
        let twice = json!({ "name": "Fares" });
        assert_eq!(world.api(BOSS, "POST", "/api/v1/products/OPEN/parts", twice).await.0, 422);
        let item = story(&world, json!({ "part": "Fares" })).await;
        let parts = world.get(ME, "/products/OPEN/parts").await;
        let gone = format!("/api/v1/parts/{}", text(&parts[0], "id"));
        assert_eq!(world.api(BOSS, "DELETE", &gone, Value::Null).await.0, 200);
        let left = world.get(ME, &format!("/work-items/{}", text(&item, "key"))).await;
        assert_eq!(left["part"], Value::Null);
    }

    async fn lists_boards_and_pages_filter_by_team_and_part(app) {
        let world = World::new(app).await;
        let sales = team(&world, "Sales & more").await;
        part(&world, "Fares", &sales).await;
        let ours = text(&story(&world, json!({ "part": "Fares", "title": "Ours" })).await, "key");
        let theirs = text(&story(&world, json!({ "title": "Theirs" })).await, "key");
        for filter in ["part=Fares", "team=Sales%20%26%20more", &format!("team={sales}")] {
            let page = world.get(ME, &format!("/work-items?product=OPEN&{filter}")).await;
            assert_eq!(keys(&page), std::slice::from_ref(&ours), "{filter}");
            let board = world.get(ME, &format!("/board?product=OPEN&{filter}")).await;
            assert_eq!((&board[0]["count"], &board[0]["items"][0]["key"]), (&json!(1), &json!(ours)));
            for word in ["backlog", "board", "list"] {
                let (status, html) = world.page(ME, &format!("/p/OPEN/{word}?{filter}")).await;
                assert_eq!(status, 200);
                assert!(html.contains(&format!("/{ours}\"")) && !html.contains(&format!("/{theirs}\"")), "{word} {filter}");
            }
        }
        let none = world.get(ME, "/work-items?product=OPEN&part=Nowhere").await;
        assert_eq!(keys(&none), [""; 0]);
        world.post(ME, &format!("/work-items/{ours}/move"), json!({ "state": "In progress", "to": "top" })).await;
        let work = world.get(ME, &format!("/teams/{sales}/work")).await;
        assert_eq!(work[0]["key"], json!(ours));
        let (_, html) = world.page(ME, &format!("/teams/{sales}")).await;
        assert!(html.contains("Sales &amp; more") && html.contains(&ours));
    }

    async fn a_team_shows_nothing_of_products_that_one_does_not_see(app) {
        let world = World::new(app).await;
        let id = team(&world, "Sales").await;
        let secret = json!({ "name": "Secret part", "team": id });
        world.post(Persona::Owner, "/products/PRIV/parts", secret).await;
        let item = json!({ "product": "PRIV", "title": "Secret story", "team": id, "state": "In progress" });
        world.post(Persona::Owner, "/work-items", item).await;
        let page = world.page(ME, &format!("/teams/{id}")).await.1;
        assert!(!page.contains("Secret"), "nothing of PRIV");
        assert_eq!(world.get(ME, &format!("/teams/{id}/work")).await, json!([]));
        let page = world.page(Persona::Insider, &format!("/teams/{id}")).await.1;
        assert!(page.contains("Secret part") && page.contains("Secret story"));
    }
}
