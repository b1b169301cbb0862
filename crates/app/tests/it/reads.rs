//! Reads of evidence: once per person, item and day, and nobody's business but the reader's.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use wherefore_app::jobs::{self, Jobs};
use wherefore_testkit::{Persona, World, both_engines};

const MARKS: &str = "SELECT COUNT(*) FROM read_mark";

/// How many reads are written, after the job has had its turn.
async fn marks(world: &World) -> i64 {
    let jobs = Jobs::new(world.app.db.clone(), world.clock.clone());
    let ran = jobs.with(jobs::write_reads(world.reads.clone())).run_due().await;
    assert!(ran.iter().all(|r| r.result.is_ok()), "{ran:?}");
    let read = world.app.db.read(|conn| conn.query_text(MARKS, &[], |r| r.get::<i64>(0)));
    read.await.expect("the marks can be counted").into_iter().sum()
}

async fn evidence(world: &World, product: &str) -> String {
    let words = json!({ "product": product, "verbatim": "It is slow." });
    let made = world.post(Persona::Owner, "/evidence", words).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn opened(world: &World, who: Persona) -> Vec<String> {
    let listed = world.get(who, "/own-reads").await;
    let all = listed.as_array().expect("a list");
    all.iter()
        .map(|r| format!("{} {}", r["key"].as_str().unwrap(), r["day"].as_str().unwrap()))
        .collect()
}

both_engines! {
    async fn opening_evidence_counts_once_a_day_for_each_reader(app) {
        let world = World::new(app).await;
        let key = evidence(&world, "OPEN").await;
        let page = format!("/{key}");
        let item = json!({ "product": "OPEN", "title": "Faster" });
        let item = world.post(Persona::Owner, "/work-items", item).await;
        world.page(Persona::Member, &format!("/{}", item["key"].as_str().unwrap())).await;
        assert_eq!(marks(&world).await, 0, "only evidence counts");

        for path in [&page, &page, &format!("{page}/why")] {
            assert_eq!(world.page(Persona::Member, path).await.0, 200);
        }
        assert_eq!(marks(&world).await, 1);
        world.page(Persona::Guest, &page).await;
        assert_eq!(marks(&world).await, 2);
        world.noon("2026-03-03");
        world.page(Persona::Member, &page).await;
        world.get(Persona::Member, &format!("/evidence/{key}")).await;
        assert_eq!(marks(&world).await, 3);
        let own = [format!("{key} 2026-03-03"), format!("{key} 2026-03-02")];
        assert_eq!(opened(&world, Persona::Member).await, own);
        assert_eq!(opened(&world, Persona::Owner).await, [""; 0]);
        let shown = world.page(Persona::Member, "/account").await.1;
        assert!(shown.contains(&key), "readers see their own");
        let history = world.get(Persona::Owner, &format!("/items/{key}/history")).await;
        assert_eq!(history["events"].as_array().map(Vec::len), Some(1), "{history}");
    }

    async fn what_is_not_looked_at_does_not_count(app) {
        let world = World::new(app).await;
        let (open, private) = (evidence(&world, "OPEN").await, evidence(&world, "PRIV").await);
        assert_eq!(world.page(Persona::Member, &format!("/{private}")).await.0, 404);
        assert_eq!(world.page(Persona::Nobody, &format!("/{open}")).await.0, 303);
        let ahead = Request::builder().uri(format!("/{open}")).header("x-sec-purpose", "prefetch");
        let ahead = world.with_session(Persona::Member, ahead).body(Body::empty()).expect("valid");
        assert_eq!(world.send(ahead).await.status(), 200);
        assert_eq!(marks(&world).await, 0);
        let peek = Request::builder().uri(format!("/{open}")).header("turbo-frame", "peek");
        let peek = world.with_session(Persona::Member, peek).body(Body::empty()).expect("valid");
        assert_eq!(world.send(peek).await.status(), 200);
        assert_eq!(marks(&world).await, 1, "the peek shows the words as well");
        let path = format!("/api/v1/items/{open}");
        assert_eq!(world.api(Persona::Owner, "DELETE", &path, Value::Null).await.0, 200);
        assert_eq!(opened(&world, Persona::Member).await, [""; 0]);
    }
}
