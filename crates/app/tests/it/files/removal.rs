//! Files that are removed, erased or cut off by a crash: what comes back, and what goes for good.

use std::sync::Arc;

use serde_json::{Value, json};
use wherefore_app::files::Limits;
use wherefore_app::jobs::Jobs;
use wherefore_app::store::file_usage;
use wherefore_app::thread::attachments;
use wherefore_testkit::{Persona, both_engines};

use super::{ME, attached, lying, open, story, with_folder};

both_engines! {
    async fn a_removed_file_comes_back_and_goes_for_good_after_thirty_days(app) {
        let (world, folder) = with_folder(app, Limits::default()).await;
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        let key = story(&world, "OPEN").await;
        let made = attached(&world, &key, "plan.txt", b"plan").await;
        let path = format!("/api/v1/attachments/{}", made["id"].as_str().expect("an id"));
        let (status, _) = world.api(ME, "PATCH", &path, json!({ "name": "..\\Better.txt" })).await;
        assert_eq!(status, 200);
        let (_, removed) = world.api(ME, "DELETE", &path, Value::Null).await;
        assert_eq!(removed["name"], "Better.txt");
        assert_eq!(world.get(ME, &format!("/attachments?on={key}")).await, json!([]));
        let bin = world.get(ME, &format!("/attachments?on={key}&removed=true")).await;
        assert_eq!(bin[0]["name"], "Better.txt");
        assert_eq!(world.api(ME, "POST", &format!("{path}/restore"), Value::Null).await.0, 200);
        let (_, again) = world.api(ME, "DELETE", &path, Value::Null).await;
        let change = again["x-change"].as_str().expect("a change");
        world.post(ME, "/undo", json!({ "change": change })).await;
        assert_eq!(world.get(ME, &format!("/attachments?on={key}")).await[0]["name"], "Better.txt");
        world.api(ME, "DELETE", &path, Value::Null).await;
        assert_eq!(lying(folder.path()), 1);
        world.noon("2026-04-03");
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        world.noon("2026-04-05");
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        assert_eq!(world.api(ME, "GET", &path, Value::Null).await.0, 404);
        assert_eq!(lying(folder.path()), 0, "its bytes are gone too");
        let used = world.app.db.read(|conn| file_usage(conn, 1)).await.expect("usage");
        assert_eq!(used, 0);
    }

    async fn what_somebody_asks_to_be_erased_is_nowhere(app) {
        let (world, folder) = with_folder(app, Limits::default()).await;
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        let key = story(&world, "OPEN").await;
        let made = attached(&world, &key, "Zephyrine Quill.txt", b"Zephyrine said").await;
        let path = format!("/api/v1/attachments/{}", made["id"].as_str().expect("an id"));
        assert_eq!(world.api(ME, "POST", &format!("{path}/erase"), Value::Null).await.0, 403);
        let (status, _) = world.api(Persona::Owner, "POST", &format!("{path}/erase"), Value::Null).await;
        assert_eq!(status, 200);
        assert_eq!(world.api(ME, "GET", &path, Value::Null).await.0, 404);
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        assert_eq!(lying(folder.path()), 0);
        let left = world.app.db.read(|conn| {
            let sql = "SELECT COUNT(*) FROM activity WHERE changes LIKE '%Zephyrine%'";
            conn.query_text(sql, &[], |r| r.get::<i64>(0))
        }).await.expect("the activity");
        assert_eq!(left, [0]);
        let activity = world.get(ME, "/activity?product=OPEN").await;
        assert!(activity.to_string().contains("erase-attachment"), "that it was done stays known");
    }

    async fn a_crash_between_the_file_and_its_row_leaves_nothing_for_long(app) {
        let (world, folder) = with_folder(app, Limits::default()).await;
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        let key = story(&world, "OPEN").await;
        let db = &world.app.db;
        let actor = {
            let person = world.person(ME);
            db.read(move |conn| {
                let people = wherefore_app::people::members::all(conn, 1)?;
                let mia = people.into_iter().find(|p| p.id == person).expect("Mia");
                wherefore_app::people::accounts::actor(1, &mia, false, wherefore_app::kernel::Via::Api)
            }).await.expect("read").expect("an actor")
        };
        let files = db.files().expect("a place");
        // Kept, but the row never came.
        let staged = Arc::new(files.stage_bytes("lost.txt", b"lost").await.expect("staged"));
        attachments::prepare(db, &actor, Some(&key), &staged, world.clock.now()).await.expect("kept");
        drop(staged);
        assert_eq!(lying(folder.path()), 1);
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        assert_eq!(lying(folder.path()), 1, "an upload may be under way");
        // The same content comes again in time, and stays.
        let again = Arc::new(files.stage_bytes("kept.txt", b"kept").await.expect("staged"));
        attachments::prepare(db, &actor, Some(&key), &again, world.clock.now()).await.expect("kept");
        attached(&world, &key, "kept.txt", b"kept").await;
        world.noon("2026-03-05");
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        assert_eq!(lying(folder.path()), 1, "what nothing refers to is swept, the rest stays");
        let listed = world.get(ME, &format!("/attachments?on={key}")).await;
        assert_eq!(open(&world, ME, listed[0]["url"].as_str().expect("url"), &[]).await.2, b"kept");
    }
}
