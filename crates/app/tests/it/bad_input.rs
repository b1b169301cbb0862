//! What goes wrong in real use: files that nobody made on purpose, stale and repeated forms, things
//! of other workspaces, requests that are too large.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn item(world: &World, title: &str) -> String {
    let made = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": title })).await;
    made["key"].as_str().expect("a key").to_owned()
}

/// Uploads a file, has it imported and waits: the status and the report, or what was refused.
async fn import(world: &World, csv: String) -> (u16, Value) {
    let upload = Request::builder()
        .method("POST")
        .uri("/api/v1/imports?product=OPEN&file=backlog.csv&apply=true")
        .header(header::CONTENT_TYPE, "text/csv");
    let answer = world.send(world.with_token(ME, upload).body(Body::from(csv)).expect("valid"));
    let (status, sent) = read(answer.await).await;
    if status >= 300 {
        return (status, sent);
    }
    let path = format!("/imports/{}", sent["id"].as_str().expect("an id"));
    let started = Instant::now();
    loop {
        let now = world.get(ME, &path).await;
        if now["state"] != "running" && now["progress"].is_null() {
            assert_eq!(now["state"], "applied", "{now}");
            return (status, now["report"].clone());
        }
        assert!(started.elapsed() < Duration::from_secs(120), "the import does not end: {now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn read(answer: Response<Body>) -> (u16, Value) {
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

both_engines! {
    async fn a_cell_of_5_mb_is_imported_and_its_page_shows_it_once(app) {
        let world = World::new(app).await;
        let words: String = (0..715_000_i64).map(|n| format!("{:06} ", n * 7919 % 999_983)).collect();
        assert!(words.len() > 5_000_000);
        let csv = format!("Issue key,Summary,Description\nOLD-1,Huge,\"{words}\"\nOLD-2,Small,x\n");
        let (status, report) = import(&world, csv).await;
        assert_eq!((status, &report["created"]), (201, &json!(2)), "{report}");
        let whole = world.get(ME, "/work-items/OLD-1").await;
        assert_eq!(whole["body"].as_str().map(str::len), Some(words.trim_end().len()));
        let started = Instant::now();
        let (status, page) = world.page(ME, "/OLD-1").await;
        assert_eq!(status, 200);
        assert!(page.len() < 6_000_000, "{} bytes", page.len());
        assert!(started.elapsed() < Duration::from_secs(20));
        assert_eq!(world.page(ME, "/p/OPEN/list").await.0, 200);
        let found = world.get(ME, "/search?q=Huge").await;
        assert!(found.to_string().contains("Huge"), "{found}");
    }

    async fn circles_and_loose_ends_in_a_file_do_no_harm(app) {
        let world = World::new(app).await;
        let csv = "Issue key,Summary,Issue Type,Parent,Outward issue link (Blocks)\n\
            A-1,One,Story,A-2,A-2\nA-2,Two,Story,A-1,A-1\nA-3,Itself,Story,A-3,A-3\n\
            A-4,Loose,Story,GONE-1,GONE-2\nA-1,One again,Story,,\n\
            A-5,=HYPERLINK(\"http://evil\"),Story,,\n".to_owned();
        let (status, report) = import(&world, csv).await;
        assert_eq!((status, &report["created"]), (201, &json!(5)), "{report}");
        let told = report.to_string();
        for words in ["contain each other", "GONE-2", "comes again"] {
            assert!(told.contains(words), "{words} is not in {told}");
        }
        for key in ["A-1", "A-2", "A-3", "A-4", "A-5"] {
            let (status, page) = world.page(ME, &format!("/{key}/why")).await;
            assert_eq!(status, 200, "{key}: {page}");
            assert_eq!(world.page(ME, &format!("/{key}")).await.0, 200, "{key}");
        }
        let formula = world.get(ME, "/work-items/A-5").await;
        assert_eq!(formula["title"], "=HYPERLINK(\"http://evil\")");
    }

    async fn a_broken_file_leaves_nothing(app) {
        let world = World::new(app).await;
        let long = "x".repeat(11 * 1024 * 1024);
        for (csv, words) in [
            (String::new(), "empty"),
            ("Name,Age\nA,1\n".to_owned(), "does not look like a Jira export"),
            ("Issue key,Summary\nA-1,One\nA-2,\"Two\n".to_owned(), "never closed"),
            (format!("Issue key,Summary\nA-1,One\nA-2,{long}\n"), "larger than 10 MB"),
        ] {
            let (status, answer) = import(&world, csv).await;
            assert_eq!(status, 422, "{answer}");
            assert!(answer["error"]["message"].as_str().expect("words").contains(words), "{answer}");
        }
        let list = world.get(ME, "/work-items?product=OPEN").await;
        assert_eq!(list["items"], json!([]));
    }

    async fn long_titles_and_all_scripts_show_on_every_page(app) {
        let world = World::new(app).await;
        for title in ["é".repeat(10_000), "👩‍👩‍👧 שלום مرحبا \u{202e}abc".to_owned()] {
            let key = item(&world, &title).await;
            let shown: String = title.chars().take(40).collect();
            for path in [format!("/{key}"), format!("/{key}/why"), "/p/OPEN/backlog".into(),
                "/p/OPEN/board".into(), "/p/OPEN/list".into()] {
                let (status, page) = world.page(ME, &path).await;
                assert_eq!(status, 200, "{path}");
                assert!(page.contains(&shown), "{path} hides {shown}");
            }
        }
    }

    async fn a_stale_form_keeps_both_texts(app) {
        let world = World::new(app).await;
        let key = item(&world, "First").await;
        let edit = |title: &'static str| {
            let (world, key) = (&world, key.clone());
            async move {
                let fields = [("key", key.as_str()), ("revision", "1"), ("title", title)];
                world.form(ME, "/do/edit-work-item", &fields).await
            }
        };
        assert_eq!(edit("Theirs").await.0, 303);
        let (status, page) = edit("Mine, typed for an hour").await;
        assert_eq!(status, 409);
        assert!(page.contains("Theirs") && page.contains("Mine, typed for an hour"), "{page}");
        assert_eq!(world.get(ME, &format!("/work-items/{key}")).await["title"], "Theirs");
    }

    async fn a_form_sent_twice_counts_once(app) {
        let world = World::new(app).await;
        let fields = [("product", "OPEN"), ("title", "Once"), ("_submission", "s-1")];
        let (one, two) = tokio::join!(
            world.form(ME, "/do/create-work-item", &fields),
            world.form(ME, "/do/create-work-item", &fields)
        );
        let again = world.form(ME, "/do/create-work-item", &fields).await;
        assert_eq!([one.0, two.0, again.0], [303; 3]);
        assert_eq!((&one.1, &one.1), (&two.1, &again.1));
        let list = world.get(ME, "/work-items?product=OPEN").await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    }

    async fn what_is_of_another_workspace_cannot_be_named(app) {
        let world = World::new(app).await;
        let key = item(&world, "Ours").await;
        let theirs = json!({ "product": "OTHER", "title": "Theirs" });
        let theirs = world.post(Persona::Stranger, "/work-items", theirs).await["key"].clone();
        let stranger = world.person(Persona::Stranger).to_string();
        let path = format!("/api/v1/work-items/{key}");
        for (method, path, body) in [
            ("PATCH", path.clone(), json!({ "assignee": stranger })),
            ("PATCH", path.clone(), json!({ "parent": theirs })),
            ("PATCH", path, json!({ "broke": theirs })),
            ("POST", "/api/v1/links".into(), json!({ "from": key, "to": theirs })),
            ("POST", "/api/v1/links".into(), json!({ "from": theirs, "to": key })),
            ("POST", format!("/api/v1/work-items/{key}/move"), json!({ "before": theirs })),
            ("POST", "/api/v1/work-items/bulk".into(), json!({ "items": [key, theirs], "priority": "high" })),
            ("POST", "/api/v1/products/OPEN/members".into(), json!({ "person": stranger })),
        ] {
            let (status, answer) = world.api(Persona::Owner, method, &path, body.clone()).await;
            assert!(matches!(status, 404 | 422), "{method} {path} {body}: {status} {answer}");
        }
        let ours = world.get(ME, &format!("/work-items/{key}")).await;
        assert_eq!((&ours["assignee"], &ours["parent"]), (&Value::Null, &Value::Null), "{ours}");
    }

    async fn what_is_too_large_is_refused_in_words(app) {
        let world = World::new(app).await;
        let big = json!({ "product": "OPEN", "title": "x", "body": "x".repeat(9_000_000) }).to_string();
        let (status, answer) = world.api_text(ME, "POST", "/api/v1/work-items", &big, &[]).await;
        assert_eq!((status, &answer["error"]["code"]), (413, &json!("too-large")), "{answer}");
        let body = "x".repeat(9_000_000);
        let fields = [("product", "OPEN"), ("title", "x"), ("body", body.as_str())];
        let (status, page) = world.form(ME, "/do/create-work-item", &fields).await;
        assert_eq!(status, 413);
        assert!(page.contains("8 MB can be taken at once"), "{page}");
        let file = Request::builder().method("POST").uri("/api/v1/imports?product=OPEN");
        let file = file.header(header::CONTENT_TYPE, "text/csv");
        let file = world.with_token(ME, file).body(Body::from(vec![b'x'; 200 * 1024 * 1024]));
        let (status, answer) = read(world.send(file.expect("valid")).await).await;
        assert!(matches!(status, 413 | 422), "{status} {answer}");
        let said = answer["error"]["message"].as_str().expect("words");
        assert!(said.contains(" MB"), "{said}");
    }

    async fn the_wrong_method_and_type_are_refused_in_words(app) {
        let world = World::new(app).await;
        let (status, answer) = world.api(ME, "PUT", "/api/v1/work-items", Value::Null).await;
        assert_eq!((status, &answer["error"]["code"]), (405, &json!("method-not-allowed")));
        let (status, answer) = world.api(ME, "GET", "/api/v1/nowhere", Value::Null).await;
        assert_eq!(status, 404);
        assert!(answer["error"]["message"].is_string());
        let login = Request::builder().method("POST").uri("/login")
            .header("sec-fetch-site", "same-origin").body(Body::from("{}")).expect("valid");
        let answer = world.send(login).await;
        assert_eq!(answer.status(), 415);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    async fn guessing_links_and_tokens_is_slowed_down(app) {
        let world = World::new(app).await;
        let from = |host: &str| ConnectInfo(std::net::SocketAddr::from((host.parse::<std::net::IpAddr>().expect("an address"), 1)));
        let ask = async |host: &str, path: &str| {
            let mut request = Request::builder().uri(path).header(header::AUTHORIZATION, "Bearer wf_guess")
                .body(Body::empty()).expect("valid");
            request.extensions_mut().insert(from(host));
            world.send(request).await
        };
        let mut guesses = 0;
        let refused = loop {
            let answer = ask("192.0.2.1", "/join/wfi_guess").await;
            if answer.status() == 429 {
                break answer;
            }
            assert_eq!(answer.status(), 409);
            guesses += 1;
            assert!(guesses < 1_000, "one may guess for ever");
        };
        assert!(guesses >= 100, "only {guesses} were let in");
        assert!(refused.headers().contains_key(header::RETRY_AFTER));
        assert_eq!(ask("192.0.2.1", "/api/v1/products").await.status(), 429);
        assert_eq!(ask("192.0.2.2", "/join/wfi_guess").await.status(), 409);
        assert_eq!(ask("192.0.2.2", "/api/v1/products").await.status(), 401);
        // Whoever has a token is let in from there all the same.
        let known = world.with_token(ME, Request::builder().uri("/api/v1/products"));
        let mut known = known.body(Body::empty()).expect("valid");
        known.extensions_mut().insert(from("192.0.2.1"));
        assert_eq!(world.send(known).await.status(), 200);
    }
}
