//! Work in the background: one node at a time, again after a failure, and the bin after 30 days.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use wherefore_app::jobs::{Job, Jobs, Ran};
use wherefore_app::kernel::{Clock, Error, Time};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const MINUTE: i64 = 60 * Time::SECOND;

fn names(ran: &[Ran]) -> Vec<&str> {
    ran.iter().map(|r| r.job).collect()
}

/// A job that counts its runs and fails as long as it is told to.
fn counting(count: &Arc<AtomicUsize>, fails: &Arc<AtomicUsize>) -> Job {
    let (count, fails) = (count.clone(), fails.clone());
    Job::on_one_node("count", 60 * MINUTE, move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        let failing = fails.load(Ordering::SeqCst) > 0;
        async move { if failing { Err(Error::refused("Not today.")) } else { Ok(()) } }
    })
}

fn later(clock: &Clock, microseconds: i64) {
    clock.set(Time(clock.now().0 + microseconds));
}

/// Tables and columns that hold content, and how often a word stands in them.
async fn occurrences(world: &World, word: &str) -> Vec<(&'static str, i64)> {
    const PLACES: [(&str, &str); 9] = [
        ("work_item", "title"),
        ("work_item_version", "title"),
        ("evidence", "title"),
        ("verbatim", "text"),
        ("comment", "body"),
        ("need", "title"),
        ("activity", "changes"),
        ("search_doc", "title"),
        ("search_doc", "body"),
    ];
    let like = format!("%{word}%");
    let read = world.app.db.read(move |conn| {
        let mut found = Vec::new();
        for (table, column) in PLACES {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE $1");
            let count: i64 = conn
                .query_text(&sql, &[like.clone().into()], |r| r.get::<i64>(0))?
                .into_iter()
                .sum();
            if count > 0 {
                found.push((table, count));
            }
        }
        Ok(found)
    });
    read.await.expect("the tables can be read")
}

both_engines! {
    async fn of_two_nodes_one_runs_a_job(app) {
        let clock = Clock::fixed(Time(1_000_000 * MINUTE));
        let (count, fails) = (Arc::default(), Arc::default());
        let node = || Jobs::new(app.db.clone(), clock.clone()).with(counting(&count, &fails));
        let (one, other) = (node(), node());
        assert_eq!(names(&one.run_due().await), ["count"]);
        assert!(other.run_due().await.is_empty());
        assert!(one.run_due().await.is_empty(), "it is not due yet");
        later(&clock, 61 * MINUTE);
        let both = tokio::join!(one.run_due(), other.run_due());
        assert_eq!(both.0.len() + both.1.len(), 1);
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    async fn a_failed_job_is_tried_again_soon(app) {
        let clock = Clock::fixed(Time(1_000_000 * MINUTE));
        let (count, fails): (Arc<AtomicUsize>, Arc<AtomicUsize>) = (Arc::default(), Arc::default());
        fails.store(1, Ordering::SeqCst);
        let jobs = Jobs::new(app.db.clone(), clock.clone())
            .with(Job::on_one_node("panics", 60 * MINUTE, |_, _| async { panic!("as planned") }))
            .with(counting(&count, &fails));
        let ran = jobs.run_due().await;
        assert_eq!(names(&ran), ["panics", "count"], "one job's panic is its own");
        assert!(ran.iter().all(|r| r.result.is_err()), "{ran:?}");
        fails.store(0, Ordering::SeqCst);
        assert!(jobs.run_due().await.is_empty());
        later(&clock, 6 * MINUTE);
        assert!(jobs.run_due().await.iter().any(|r| r.job == "count" && r.result.is_ok()));
        later(&clock, 6 * MINUTE);
        assert!(!names(&jobs.run_due().await).contains(&"count"), "it is back in its rhythm");
    }

    async fn a_lease_of_a_dead_node_runs_out_and_a_stopped_one_gives_it_back(app) {
        let clock = Clock::fixed(Time(1_000_000 * MINUTE));
        let hangs = || Job::on_one_node("hangs", 60 * MINUTE, |_, _| std::future::pending());
        let node = || Jobs::new(app.db.clone(), clock.clone()).with(hangs());
        let begins = |node: Jobs| async move {
            let run = std::time::Duration::from_millis(300);
            (tokio::time::timeout(run, node.run_due()).await.is_err(), node)
        };
        let (began, _dead) = begins(node()).await;
        assert!(began, "the first node holds the lease");
        assert!(!begins(node()).await.0, "the second does not get it");
        later(&clock, 16 * MINUTE);
        let (began, stopped) = begins(node()).await;
        assert!(began, "the lease has run out");
        stopped.wind_up().await;
        assert!(begins(node()).await.0, "it was given back at once");
    }

    async fn what_a_process_keeps_is_written_down_when_it_stops(app) {
        let count: Arc<AtomicUsize> = Arc::default();
        let counted = count.clone();
        let job = Job::on_each_node("flush", 1_000_000 * MINUTE, move |_, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        });
        let running = Jobs::new(app.db.clone(), Clock::system()).with(job).start();
        while count.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        running.stop().await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    async fn after_thirty_days_the_bin_holds_nothing_and_the_key_stays_taken(app) {
        let world = World::new(app).await;
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        let made = json!({ "product": "OPEN", "title": "Zebra crossing" });
        let item = world.post(ME, "/work-items", made).await["key"].as_str().expect("a key").to_owned();
        let title = json!({ "title": "Zebra crossing, wide" });
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{item}"), title).await;
        let words = json!({ "product": "OPEN", "verbatim": "The Zebra is not safe." });
        let words = world.post(ME, "/evidence", words).await["key"].as_str().expect("a key").to_owned();
        let need = json!({ "product": "OPEN", "title": "Cross the road" });
        let need = world.post(ME, "/needs", need).await["key"].as_str().expect("a key").to_owned();
        world.post(ME, "/links", json!({ "from": need, "to": words })).await;
        world.post(ME, "/links", json!({ "from": item, "to": need })).await;
        world.post(ME, &format!("/items/{item}/comments"), json!({ "body": "Which Zebra?" })).await;
        for key in [&item, &words] {
            let (status, _) = world.api(ME, "DELETE", &format!("/api/v1/items/{key}"), Value::Null).await;
            assert_eq!(status, 200);
        }
        let listed = world.get(ME, "/bin?product=OPEN").await;
        assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
        assert_eq!(listed[0]["until"], "2026-04-01");

        world.noon("2026-03-31");
        jobs.run_due().await;
        assert!(!occurrences(&world, "Zebra").await.is_empty(), "29 days are not 30");

        world.noon("2026-04-02");
        let ran = jobs.run_due().await;
        assert!(ran.iter().all(|r| r.result.is_ok()), "{ran:?}");
        assert_eq!(occurrences(&world, "Zebra").await, []);
        assert_eq!(world.get(ME, "/bin?product=OPEN").await, json!([]));
        let again = format!("/api/v1/items/{item}/restore");
        assert_eq!(world.api(ME, "POST", &again, json!({})).await.0, 404);
        assert_eq!(world.get(ME, &format!("/items/{need}/why")).await["down"], json!([]));
        let activity = world.get(ME, "/activity?product=OPEN").await;
        let newest = &activity["events"][0];
        assert_eq!((&newest["effect"], &newest["actor"]), (&json!("removed"), &json!("Wherefore")));
        let told = activity["events"].as_array().expect("events");
        assert!(told.iter().any(|e| e["verb"] == "bin-item" && e["actor"] == "Mia"), "who did it stays");
        let next = json!({ "product": "OPEN", "title": "Another" });
        assert_ne!(world.post(ME, "/work-items", next).await["key"], json!(item));
    }

    async fn a_removed_item_can_be_imported_again(app) {
        let world = World::new(app).await;
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        let export = "Issue key,Summary,Issue Type,Status\nOLD-1,Pay by card,Story,To Do\n";
        let import = || async {
            let input = json!({ "product": "OPEN", "file": "a.csv", "text": export, "apply": true });
            let mut sent = world.post(ME, "/imports", input).await;
            let path = format!("/imports/{}", sent["id"].as_str().expect("an id"));
            while sent["state"] == "running" || sent["progress"].is_object() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                sent = world.get(ME, &path).await;
            }
            sent["report"]["created"].clone()
        };
        assert_eq!(import().await, 1);
        assert_eq!(world.api(ME, "DELETE", "/api/v1/items/OLD-1", Value::Null).await.0, 200);
        world.noon("2026-05-02");
        jobs.run_due().await;
        assert_eq!(world.api(ME, "GET", "/api/v1/work-items/OLD-1", Value::Null).await.0, 404);
        assert_eq!(import().await, 1);
        assert_eq!(world.get(ME, "/work-items/OLD-1").await["title"], "Pay by card");
    }
}
