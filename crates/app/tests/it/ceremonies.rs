//! Ceremonies: the cadence's days, agenda from the data, what came of them, and the feed.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn team(world: &World, preset: &str) -> String {
    let made = world.post(Persona::Admin, "/teams", json!({ "name": "Portal, South" })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    world.post(ME, "/policies/adopt", json!({ "team": id, "preset": preset })).await;
    id
}

async fn calendar(world: &World, path: &str) -> (u16, String) {
    let answer = world.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

both_engines! {
    async fn an_agenda_tells_nobody_of_products_that_they_do_not_see(app) {
        let world = World::new(app).await;
        let team = team(&world, "kanban").await;
        let secret = json!({ "product": "PRIV", "title": "Buy the rival", "team": team, "state": "In progress" });
        let key = world.post(Persona::Insider, "/work-items", secret).await["key"].as_str().unwrap().to_owned();
        world.post(Persona::Insider, &format!("/work-items/{key}/block"), json!({ "because": "No money" })).await;
        let open = json!({ "product": "OPEN", "title": "Pay", "team": team, "state": "In progress" });
        world.post(ME, "/work-items", open).await;
        let daily = json!({ "team": team, "kind": "daily", "day": "2026-03-02" });
        let id = world.post(ME, "/ceremonies", daily).await["id"].as_str().unwrap().to_owned();
        for (who, sees) in [(Persona::Insider, true), (ME, false)] {
            let api = world.get(who, &format!("/ceremonies/{id}")).await["agenda"].to_string();
            let page = world.page(who, &format!("/ceremonies/{id}")).await.1;
            for told in [api, page] {
                assert!(told.contains("Pay"), "{who:?}: {told}");
                assert_eq!((told.contains("Buy the rival"), told.contains("No money")), (sees, sees), "{who:?}: {told}");
            }
        }
        let held = json!({ "notes": "", "product": "PRIV", "actions": ["Ask for money"] });
        world.post(Persona::Insider, &format!("/ceremonies/{id}/hold"), held).await;
        let listed = format!("/ceremonies?team={team}&from=2026-03-02&to=2026-03-02");
        for (who, count) in [(Persona::Insider, 1), (ME, 0)] {
            let one = world.get(who, &format!("/ceremonies/{id}")).await["ceremony"]["actions"].clone();
            let all = world.get(who, &listed).await[0]["actions"].clone();
            for actions in [one, all] {
                assert_eq!(actions.as_array().map(Vec::len), Some(count), "{who:?}: {actions}");
            }
        }
    }

    async fn ceremonies_come_by_the_cadence_and_are_held_or_skipped(app) {
        let world = World::new(app).await;
        let team = team(&world, "kanban").await;
        let path = format!("/ceremonies?team={team}&from=2026-03-02&to=2026-03-15");
        let due = world.get(ME, &path).await;
        let of = |kind: &str| due.as_array().unwrap().iter().filter(|c| c["kind"] == kind).count();
        assert_eq!((of("daily"), of("replenishment"), of("service-review")), (10, 2, 1), "{due}");
        let story = json!({ "product": "OPEN", "title": "Pay", "team": team, "state": "In progress" });
        let key = world.post(ME, "/work-items", story).await["key"].as_str().unwrap().to_owned();
        world.post(ME, &format!("/work-items/{key}/block"), json!({ "because": "No access" })).await;
        let daily = json!({ "team": team, "kind": "daily", "day": "2026-03-02" });
        let made = world.post(ME, "/ceremonies", daily.clone()).await;
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(made["minutes"], 15);
        assert_eq!(world.post(ME, "/ceremonies", daily).await["id"], made["id"], "it is there once");
        let seen = world.get(ME, &format!("/ceremonies/{id}")).await;
        assert!(seen["agenda"].to_string().contains("No access"), "{seen}");
        world.post(ME, &format!("/ceremonies/{id}/attendance"), json!({})).await;
        let held = json!({ "notes": "Calm", "decisions": ["Ask the bank"], "actions": ["Get an account @Mia !high\nbug: Tell sales"] });
        let (status, refused) = world.api(ME, "POST", &format!("/api/v1/ceremonies/{id}/hold"), held.clone()).await;
        assert_eq!(status, 422, "{refused}");
        let mut held = held;
        held["product"] = json!("OPEN");
        let held = world.post(ME, &format!("/ceremonies/{id}/hold"), held).await;
        assert_eq!((&held["state"], &held["attendees"], held["actions"].as_array().map(Vec::len)), (&json!("held"), &json!(["Mia"]), Some(2)));
        // An action says of itself what a line of quick add would.
        let made = async |at: usize| {
            let key = held["actions"][at].as_str().unwrap();
            let item = world.get(ME, &format!("/work-items/{key}")).await;
            json!([item["title"], item["level"], item["assignee"]["name"], item["priority"]])
        };
        assert_eq!(made(0).await, json!(["Get an account", "task", "Mia", "high"]));
        assert_eq!(made(1).await, json!(["Tell sales", "bug", null, null]));
        assert_eq!(world.api(ME, "POST", &format!("/api/v1/ceremonies/{id}/skip"), json!({ "because": "No" })).await.0, 409);
        let other = world.post(ME, "/ceremonies", json!({ "team": team, "kind": "replenishment", "day": "2026-03-09" })).await;
        let other = other["id"].as_str().unwrap();
        let skip = format!("/api/v1/ceremonies/{other}/skip");
        assert_eq!(world.api(ME, "POST", &skip, json!({})).await.0, 422);
        assert_eq!(world.api(ME, "POST", &skip, json!({ "because": "Half of us are away" })).await.0, 200);
        let all = world.get(ME, &path).await;
        assert_eq!(all.as_array().map(Vec::len), due.as_array().map(Vec::len), "each once");
        for page in [format!("/teams/{team}/calendar"), format!("/ceremonies/{id}")] {
            let (status, page) = world.page(ME, &page).await;
            assert!(status == 200 && page.contains("daily"), "{page}");
        }
        let (_, page) = world.page(ME, &format!("/ceremonies/{id}")).await;
        assert!(page.contains("Get an account"), "what came of it is told by its title");
    }

    async fn a_feed_works_by_its_secret_alone_until_it_ends(app) {
        let world = World::new(app).await;
        let team = team(&world, "lightweight").await;
        let made = world.post(ME, "/ceremonies/feeds", json!({ "team": team })).await;
        let (address, feed) = (made["secret"].as_str().unwrap().to_owned(), made["feed"].clone());
        let (status, text) = calendar(&world, &address).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
        assert!(text.contains("SUMMARY:Planning\\, Portal\\, South\r\n") && text.contains("DTSTART;VALUE=DATE:20260302"), "{text}");
        assert!(text.lines().all(|l| l.trim_end().len() <= 75));
        let kept = "SELECT COUNT(*) FROM activity WHERE changes LIKE '%' || $1 || '%'";
        let secret = address.rsplit('/').next().unwrap().to_owned();
        let rows: Vec<i64> = world.app.db.read(move |conn| conn.query_text(kept, &[secret.clone().into()], |r| r.get(0))).await.unwrap();
        assert_eq!(rows[0], 0);
        let path = format!("/api/v1/ceremonies/feeds/{}", feed.as_str().unwrap());
        assert_eq!(world.api(Persona::Insider, "DELETE", &path, Value::Null).await.0, 403, "somebody else's");
        assert_eq!(world.api(ME, "DELETE", &path, Value::Null).await.0, 200);
        assert_eq!(calendar(&world, &address).await.0, 404);
        assert_eq!(calendar(&world, "/calendar/unknown").await.0, 404);
    }
}
