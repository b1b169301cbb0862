//! Live updates as a browser hears them.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const SOON: Duration = Duration::from_secs(5);
const A_WHILE: Duration = Duration::from_millis(300);

async fn listen(world: &World, who: Persona, after: Option<&str>) -> BodyDataStream {
    let mut request = Request::builder().uri("/live");
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    let request = world.with_session(who, request).body(Body::empty()).expect("valid");
    world.send(request).await.into_body().into_data_stream()
}

/// The next event's number and data; nothing where none comes in time.
async fn next(stream: &mut BodyDataStream, patience: Duration) -> Option<(String, Value)> {
    let bytes = tokio::time::timeout(patience, stream.next()).await.ok()??.expect("no error");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let field = |name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim().to_owned())
    };
    let data = serde_json::from_str(&field("data:")?).expect("JSON");
    Some((field("id:").unwrap_or_default(), data))
}

async fn add(world: &World, product: &str) -> String {
    let item = json!({ "product": product, "title": "New" });
    let made = world.post(Persona::Owner, "/work-items", item).await;
    made["x-change"].as_str().expect("a change").to_owned()
}

both_engines! {
    async fn an_event_names_the_product_and_the_change(app) {
        let world = World::new(app).await;
        let mut stream = listen(&world, Persona::Member, None).await;
        let change = add(&world, "OPEN").await;
        let (_, data) = next(&mut stream, SOON).await.expect("an event");
        assert_eq!((&data["product"], &data["changes"]), (&json!("OPEN"), &json!([change])));
    }

    async fn nothing_is_told_of_products_that_one_may_not_see(app) {
        let world = World::new(app).await;
        let mut stream = listen(&world, Persona::Guest, None).await;
        add(&world, "PRIV").await;
        add(&world, "SHUT").await;
        assert_eq!(next(&mut stream, A_WHILE).await, None);
        add(&world, "OPEN").await;
        assert_eq!(next(&mut stream, SOON).await.expect("an event").1["product"], "OPEN");
    }

    async fn what_belongs_to_no_product_is_told_to_members_alone(app) {
        let world = World::new(app).await;
        let mut member = listen(&world, Persona::Member, None).await;
        let mut guest = listen(&world, Persona::Guest, None).await;
        let made = world.post(Persona::Owner, "/teams", json!({ "name": "Sales" })).await;
        let (_, data) = next(&mut member, SOON).await.expect("an event");
        assert_eq!((&data["product"], &data["changes"]), (&json!(""), &json!([made["x-change"]])));
        assert_eq!(next(&mut guest, A_WHILE).await, None);
    }

    async fn a_lost_connection_takes_up_where_it_ended(app) {
        let world = World::new(app).await;
        let mut stream = listen(&world, Persona::Member, None).await;
        add(&world, "OPEN").await;
        let (id, _) = next(&mut stream, SOON).await.expect("an event");
        drop(stream);
        let mut missed = Vec::new();
        // More than are read at once.
        for _ in 0..230 {
            missed.push(add(&world, "OPEN").await);
        }
        let mut stream = listen(&world, Persona::Member, Some(&id)).await;
        let mut told = Vec::new();
        while let Some((_, data)) = next(&mut stream, A_WHILE * 3).await {
            let changes = data["changes"].as_array().expect("a list");
            told.extend(changes.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        assert_eq!(told, missed);
    }

    async fn who_signed_out_hears_no_more(app) {
        let world = World::new(app).await;
        let mut stream = listen(&world, Persona::Member, None).await;
        assert_eq!(world.form(Persona::Member, "/logout", &[]).await.0, 303);
        add(&world, "OPEN").await;
        let end = tokio::time::timeout(SOON, stream.next()).await.expect("it ends");
        assert!(end.is_none(), "the stream went on");
    }

    async fn a_script_that_moves_learns_which_change_it_made(app) {
        let world = World::new(app).await;
        add(&world, "OPEN").await;
        let request = Request::builder().method("POST").uri("/move")
            .header("sec-fetch-site", "same-origin").header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        let request = world.with_session(Persona::Member, request).body(Body::from("item=OPEN-1"));
        let mut stream = listen(&world, Persona::Member, None).await;
        let answer = world.send(request.expect("valid")).await;
        assert_eq!(answer.status(), 204);
        let change = answer.headers()["x-change"].to_str().expect("text").to_owned();
        // An only item may already be where it is moved to; then nothing was changed or told.
        if !change.is_empty() {
            let (_, data) = next(&mut stream, SOON).await.expect("an event");
            assert_eq!(data["changes"], json!([change]));
        }
    }
}
