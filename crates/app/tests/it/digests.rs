//! Digests: at the reader's own hour, of what they may see, nothing where there is nothing.

use serde_json::{Value, json};
use wherefore_app::jobs::Jobs;
use wherefore_app::jobs::digests::write_digests;
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

async fn look(world: &World, at: &str) -> Vec<(String, String)> {
    world.clock.set(at.parse::<Time>().expect("a time"));
    let jobs = Jobs::new(world.app.db.clone(), world.clock.clone()).with(write_digests());
    for ran in jobs.run_due().await {
        ran.result.expect("the job runs");
    }
    let sql = "SELECT to_address, body FROM outbox WHERE kind = 'digest' ORDER BY created_at, id";
    world
        .app
        .db
        .read(move |c| c.query(sql, &[], |r| Ok((r.get(0)?, r.get(1)?))))
        .await
        .expect("read")
}

both_engines! {
    async fn it_comes_when_wanted_and_only_with_something_to_tell(app) {
        let world = World::new(app).await;
        let set = json!({ "frequency": "daily", "hour": 8, "zone": "Europe/Berlin" });
        let path = "/api/v1/digest";
        assert_eq!(world.api(Persona::Member, "PATCH", path, set.clone()).await.0, 200);
        assert_eq!(look(&world, "2026-03-03T07:01:00Z").await.len(), 0, "nothing to tell");
        let item = world.post(Persona::Owner, "/work-items", json!({ "product": "OPEN", "title": "A story" })).await;
        let secret = world.post(Persona::Owner, "/work-items", json!({ "product": "PRIV", "title": "Secretplan" })).await;
        for key in [&item["key"], &secret["key"]] {
            let said = json!({ "body": "@Mia look" });
            world.post(Persona::Owner, &format!("/items/{}/comments", key.as_str().expect("a key")), said).await;
        }
        assert_eq!(look(&world, "2026-03-04T06:50:00Z").await.len(), 0, "not before eight in Berlin");
        let sent = look(&world, "2026-03-04T07:01:00Z").await;
        assert_eq!(sent.len(), 1);
        let (to, body) = &sent[0];
        assert_eq!(to, "mia@example.org");
        assert!(body.contains("A story") && body.contains("mentioned you") && !body.contains("Secretplan"), "{body}");
        assert_eq!(look(&world, "2026-03-04T07:31:00Z").await.len(), 1, "one mail, not one an event");
        assert_eq!(look(&world, "2026-03-05T07:01:00Z").await.len(), 1, "no news");
        // Its link turns it off, by a press or by a mail program.
        let token = body.split("/unsubscribe/").nth(1).expect("a link").trim().to_owned();
        let asked = world.page(Persona::Nobody, &format!("/unsubscribe/{token}")).await;
        assert_eq!(asked.0, 200);
        assert_eq!(world.get(Persona::Member, "/digest").await["frequency"], "daily", "looking ends nothing");
        let (status, _) = world.form_from("cross-site", Persona::Nobody, &format!("/unsubscribe/{token}"), &[]).await;
        assert_eq!(status, 200);
        assert_eq!(world.get(Persona::Member, "/digest").await["frequency"], "off");
        let wrong = json!({ "frequency": "daily", "zone": "Nowhere/Land" });
        assert_eq!(world.api(Persona::Member, "PATCH", path, wrong).await.0, 422);
    }

    async fn it_reminds_of_what_waits_for_its_reader(app) {
        let world = World::new(app).await;
        let objective = world.post(Persona::Member, "/objectives", json!({ "product": "OPEN", "title": "Fast", "period": "2026 H1" })).await;
        let objective = objective["key"].as_str().expect("a key").to_owned();
        let result = json!({ "objective": objective, "title": "Seconds to pay", "unit": "s", "baseline": 9, "target": 2 });
        let result = world.post(Persona::Member, "/key-results", result).await["key"].as_str().expect("a key").to_owned();
        let decided = json!({ "product": "OPEN", "title": "To the card", "review_on": "2026-03-10" });
        let decided = world.post(Persona::Member, "/decisions", decided).await["key"].as_str().expect("a key").to_owned();
        world.post(Persona::Member, &format!("/decisions/{decided}/settle"), json!({ "state": "accepted", "choice": "So." })).await;
        world.noon("2026-03-20");
        let page = world.get(Persona::Member, "/digest").await;
        let text = page["sections"].to_string();
        assert!(text.contains("To the card"), "{text}");
        let others = world.get(Persona::Admin, "/digest").await["sections"].to_string();
        assert!(!others.contains("To the card"), "{others}");
        let (status, shown) = world.page(Persona::Member, "/account/digest").await;
        assert!(status == 200 && shown.contains("To the card"));
        let kept: Value = world.get(Persona::Member, &format!("/key-results/{result}/check-ins")).await;
        assert!(kept.as_array().is_some_and(Vec::is_empty), "{kept}");
        // Owners of key results are told when ten days passed without a check-in.
        let active: i64 = world.app.db.read(|c| c.query_one("SELECT COUNT(*) FROM key_result WHERE owner_id IS NOT NULL AND state = 'active'", &[], |r| r.get(0))).await.expect("a count");
        assert_eq!(text.contains("Seconds to pay"), active == 1, "{text}");
    }
}
