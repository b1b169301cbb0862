//! The outbox: written with its cause, sent by a job, tried again, given up with a reason.

use std::sync::Arc;

use serde_json::{Value, json};
use wherefore_app::jobs::Jobs;
use wherefore_app::jobs::mail::{Post, Settings, send_mail};
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

/// Runs the sending job as often as it is due within `minutes`.
pub async fn send(world: &World, settings: &Settings, minutes: i64) {
    let post = Arc::new(Post::new(settings).expect("settings"));
    let jobs = Jobs::new(world.app.db.clone(), world.clock.clone()).with(send_mail(post));
    for _ in 0..=minutes {
        for ran in jobs.run_due().await {
            ran.result.expect("the job runs");
        }
        world.clock.set(Time(world.clock.now().0 + 60 * Time::SECOND));
    }
}

/// The files in a folder, with what they say.
pub fn letters(folder: &std::path::Path) -> Vec<String> {
    let Ok(all) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut all: Vec<_> = all.map(|e| e.expect("an entry").path()).collect();
    all.sort();
    // Lines that were broken for the way are whole again.
    all.iter()
        .map(|p| std::fs::read_to_string(p).expect("text").replace("=\r\n", "").replace("=3D", "="))
        .collect()
}

async fn outbox(world: &World) -> Value {
    world.get(Persona::Admin, "/mail").await
}

both_engines! {
    async fn without_a_server_letters_become_files_once(app) {
        let world = World::new(app).await;
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("mail");
        let settings = Settings { folder: Some(to.clone()), base: "https://w.example.org".into(), ..Settings::default() };
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        assert_eq!(outbox(&world).await["waiting"], 1);
        send(&world, &settings, 3).await;
        let files = letters(&to);
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].contains("To: Ada <ada@example.org>"), "{}", files[0]);
        assert!(files[0].contains("https://w.example.org/mail"), "{}", files[0]);
        let after = outbox(&world).await;
        assert_eq!((&after["waiting"], &after["sent"]), (&json!(0), &json!(1)));
        assert_eq!(after["letters"][0]["to"], "ada@example.org");
    }

    async fn a_server_that_is_away_is_tried_six_times_and_then_the_reason_stands_there(app) {
        let world = World::new(app).await;
        // Nothing listens on port 1.
        let away = Settings { smtp: Some("smtp://mia:s3cret@127.0.0.1:1".into()), ..Settings::default() };
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &away, 2).await;
        let waiting = outbox(&world).await["letters"][0].clone();
        assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("waiting"), &json!(2)));
        send(&world, &away, 1500).await;
        let gone = outbox(&world).await["letters"][0].clone();
        assert_eq!((&gone["state"], &gone["attempts"]), (&json!("given-up"), &json!(6)));
        let why = gone["problem"].as_str().expect("a reason");
        assert!(why.contains("cannot be reached") && !why.contains("s3cret"), "{why}");
        let page = world.page(Persona::Admin, "/mail").await.1;
        assert!(page.contains("cannot be reached") && page.contains("Try again"), "{page}");
        let again = format!("/mail/{}/retry", gone["id"].as_str().expect("an id"));
        world.post(Persona::Admin, &again, json!({})).await;
        assert_eq!(outbox(&world).await["letters"][0]["state"], "waiting");
    }

    async fn a_way_that_is_none_keeps_letters_waiting(app) {
        let world = World::new(app).await;
        world.post(Persona::Admin, "/mail/test", json!({})).await;
        send(&world, &Settings::default(), 5).await;
        let waiting = outbox(&world).await["letters"][0].clone();
        assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("waiting"), &json!(0)));
        assert!(world.page(Persona::Admin, "/mail").await.1.contains("Nothing can be sent"));
    }
}
