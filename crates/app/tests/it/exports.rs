//! Exports: everything that one may see, in formats that other programs take.

use std::collections::BTreeMap;
use std::io::Read;

use axum::body::Body;
use axum::http::Request;
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, TestApp, World, both_engines};

async fn fetch(world: &World, who: Persona, path: &str) -> (u16, Vec<u8>) {
    let request = world.with_token(who, Request::builder().uri(format!("/api/v1{path}")));
    let answer = world.send(request.body(Body::empty()).expect("valid")).await;
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.expect("whole").to_bytes().to_vec())
}

fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let all = tar.entries().expect("a tar").map(|entry| {
        let mut entry = entry.expect("an entry");
        let name = entry.path().expect("a path").display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        (name, text)
    });
    all.collect()
}

async fn filled(app: TestApp) -> (World, String) {
    let world = World::new(app).await;
    let said = json!({ "product": "OPEN", "title": "=They ask", "verbatim": "I could not, \"really\"\nnot", "source": "Ana" });
    world.post(Persona::Member, "/evidence", said).await;
    let mut last = String::new();
    for n in 0..310 {
        let item = json!({ "product": "OPEN", "title": format!("Item {n}"), "body": "One\n\ntwo" });
        let made = world.post(Persona::Member, "/work-items", item).await;
        last = made["key"].as_str().expect("a key").to_owned();
    }
    let secret = json!({ "product": "PRIV", "title": "Hidden" });
    let secret = world.post(Persona::Owner, "/work-items", secret).await;
    let link = json!({ "from": last, "to": secret["key"], "kind": "blocks" });
    world.post(Persona::Owner, "/links", link).await;
    world
        .post(Persona::Member, &format!("/items/{last}/comments"), json!({ "body": "Seen" }))
        .await;
    (world, last)
}

both_engines! {
    async fn an_export_holds_what_one_may_see(app) {
        let (world, last) = filled(app).await;
        let (status, archive) = fetch(&world, Persona::Member, "/products/OPEN/export").await;
        assert_eq!(status, 200);
        let all = files(&archive);
        let items: Vec<Value> = all["OPEN/work-items.jsonl"]
            .lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(items.len(), 310);
        let newest = items.iter().find(|i| i["key"] == last.as_str()).expect("the last");
        assert!(newest["reporter"].is_string() && newest["reporter_id"].is_string(), "{newest}");
        assert!(all["OPEN/evidence.jsonl"].contains("I could not, "));
        assert!(all["OPEN/comments.jsonl"].contains(&format!("\"object\":\"{last}\"")));
        assert!(all["OPEN/history.jsonl"].lines().count() > 310);
        // The other end of the link is in a product that a member does not see.
        let link = &all["OPEN/links.jsonl"];
        assert!(link.contains(&format!("\"from\":\"{last}\"")) && !link.contains("PRIV-1"), "{link}");
        let (_, mine) = fetch(&world, Persona::Owner, "/products/OPEN/export").await;
        assert!(files(&mine)["OPEN/links.jsonl"].contains("PRIV-1"));

        assert_eq!(fetch(&world, Persona::Member, "/products/PRIV/export").await.0, 404);
        assert_eq!(fetch(&world, Persona::Nobody, "/products/OPEN/export").await.0, 401);
        assert_eq!(fetch(&world, Persona::Member, "/products/OPEN/export?format=doc").await.0, 422);
        let (_, guest) = fetch(&world, Persona::Guest, "/export").await;
        let folders: Vec<_> = files(&guest).into_keys().filter(|n| n.contains('/')).collect();
        assert!(folders.iter().all(|name| name.starts_with("OPEN/")) && !folders.is_empty());
        assert_eq!(fetch(&world, Persona::Nobody, "/export").await.0, 401);
    }

    async fn tables_and_pages_read_well(app) {
        let (world, last) = filled(app).await;
        let (_, archive) = fetch(&world, Persona::Member, "/products/OPEN/export?format=csv").await;
        let all = files(&archive);
        let table = &all["OPEN/evidence.csv"];
        assert!(table.contains("'=They ask") && table.contains("\"I could not, \"\"really\"\"\nnot\""), "{table}");
        assert!(all["OPEN/work-items.csv"].starts_with("key,id,title,"));
        assert_eq!(all["OPEN/work-items.csv"].matches("\r\n").count(), 311);
        let (_, archive) = fetch(&world, Persona::Member, "/products/OPEN/export?format=markdown").await;
        let all = files(&archive);
        let page = &all[&format!("OPEN/work-items/{last}.md")];
        assert!(page.contains("# Item 309\n") && page.contains("One\n\ntwo"), "{page}");
    }
}
