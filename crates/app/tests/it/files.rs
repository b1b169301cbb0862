//! Attached files: what they are told to be, who gets them, and that nothing is lost or left behind.

mod s3;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::files::{Files, Limits};
use wherefore_app::jobs::Jobs;
use wherefore_app::kernel::Id;
use wherefore_app::store::file_usage;
use wherefore_app::thread::attachments;
use wherefore_testkit::{Persona, World, both_engines, fresh_sqlite};

const ME: Persona = Persona::Member;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x06\0\0\0\0\0\0\0rest";

/// A form with fields and files.
fn multipart(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head =
            format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.as_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    body
}

async fn json_of(answer: Response<Body>) -> (u16, Value) {
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Attaches through the API, as a form with the file in it.
async fn send(world: &World, who: Persona, on: &str, name: &str, bytes: &[u8]) -> (u16, Value) {
    let request = Request::builder()
        .method("POST")
        .uri("/api/v1/attachments")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    let body = Body::from(multipart(&[("on", on)], &[(name, bytes)]));
    let request = world.with_token(who, request).body(body).expect("valid");
    json_of(world.send(request).await).await
}

async fn attached(world: &World, on: &str, name: &str, bytes: &[u8]) -> Value {
    let (status, made) = send(world, ME, on, name, bytes).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Opens a file in a browser.
async fn open(
    world: &World,
    who: Persona,
    url: &str,
    more: &[(&str, &str)],
) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().uri(url);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = world.with_session(who, request).body(Body::empty()).expect("valid");
    let answer = world.send(request).await;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, headers, bytes.to_vec())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

async fn story(world: &World, product: &str) -> String {
    let input = json!({ "product": product, "title": "Pay by card" });
    let made = world.post(Persona::Owner, "/work-items", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

/// Files that lie in the folder now, those on their way in included.
fn lying(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|e| if e.path().is_dir() { lying(&e.path()) } else { 1 }).sum()
}

/// A world whose files lie where the test can look.
async fn with_folder(
    app: wherefore_testkit::TestApp,
    limits: Limits,
) -> (World, tempfile::TempDir) {
    let folder = fresh_sqlite();
    app.db.keep_files_in(Files::in_folder(folder.path(), limits));
    (World::new(app).await, folder)
}

both_engines! {
    async fn a_file_comes_back_as_it_was_sent(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let made = attached(&world, &key, "../../etc/Plan ü.txt", b"line one\nline two\n").await;
        assert_eq!((&made["name"], &made["media"]), (&json!("Plan ü.txt"), &json!("text/plain")));
        assert_eq!((&made["size"], &made["by"], &made["on"]), (&json!(18), &json!("Mia"), &json!(key)));
        let url = made["url"].as_str().expect("an address");
        let (status, headers, bytes) = open(&world, ME, url, &[]).await;
        assert_eq!((status, &*bytes), (200, &b"line one\nline two\n"[..]));
        assert_eq!(text(&headers, "content-type"), "text/plain; charset=utf-8");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff");
        assert!(text(&headers, "content-security-policy").contains("sandbox"));
        assert!(text(&headers, "content-disposition").starts_with("inline; filename=\"Plan _.txt\""));
        assert_eq!(text(&headers, "content-length"), "18");
        let tag = text(&headers, "etag").to_owned();
        assert_eq!(open(&world, ME, url, &[("if-none-match", &tag)]).await.0, 304);
        let (status, headers, bytes) = open(&world, ME, url, &[("range", "bytes=5-7"), ("accept-encoding", "gzip")]).await;
        assert_eq!((status, &*bytes), (206, &b"one"[..]));
        assert_eq!(text(&headers, "content-range"), "bytes 5-7/18");
        assert_eq!(open(&world, ME, url, &[("range", "bytes=18-")]).await.0, 416);
        let (_, headers, _) = open(&world, ME, &format!("{url}?download=1"), &[]).await;
        assert!(text(&headers, "content-disposition").starts_with("attachment;"));
        // A program with its token gets the same.
        let request = world.with_token(ME, Request::builder().uri(url)).body(Body::empty());
        assert_eq!(world.send(request.expect("valid")).await.status().as_u16(), 200);
        let listed = world.get(ME, &format!("/attachments?on={key}")).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("Plan ü.txt") && page.contains("line two"), "{page}");
    }

    async fn what_a_browser_could_run_is_only_downloaded(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let hostile: [(&str, &[u8]); 4] = [
            ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
            ("a.html", b"<!doctype html><script>alert(1)</script>"),
            ("a.png", b"<html><script>alert(1)</script>"),
            ("a.txt", b"  <svg onload=alert(1)>"),
        ];
        for (name, bytes) in hostile {
            let made = attached(&world, &key, name, bytes).await;
            assert_eq!(made["shown"], false, "{made}");
            assert!(made["markdown"].as_str().is_some_and(|m| m.starts_with('[')), "{made}");
            let (status, headers, _) = open(&world, ME, made["url"].as_str().expect("url"), &[]).await;
            assert_eq!(status, 200);
            assert_eq!(text(&headers, "content-type"), "application/octet-stream", "{name}");
            assert!(text(&headers, "content-disposition").starts_with("attachment;"), "{name}");
            assert!(text(&headers, "content-security-policy").contains("sandbox"), "{name}");
        }
        let picture = attached(&world, &key, "plan.html", PNG).await;
        assert_eq!((&picture["media"], &picture["width"], &picture["shown"]), (&json!("image/png"), &json!(2), &json!(true)));
        assert_eq!(picture["markdown"], format!("![plan.html]({})", picture["url"].as_str().expect("url")));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(!page.contains("alert(1)"), "nothing of them is in the page");
    }

    async fn a_private_products_files_are_not_there_for_others(app) {
        let world = World::new(app).await;
        let key = story(&world, "PRIV").await;
        let (_, made) = send(&world, Persona::Insider, &key, "secret.txt", b"secret").await;
        let url = made["url"].as_str().expect("an address").to_owned();
        assert_eq!(open(&world, Persona::Insider, &url, &[]).await.0, 200);
        for who in [Persona::Admin, Persona::Member, Persona::Guest, Persona::Stranger] {
            let (status, _, bytes) = open(&world, who, &url, &[]).await;
            assert_eq!(status, 404, "{who:?}");
            assert!(!String::from_utf8_lossy(&bytes).contains("secret"), "{who:?}");
            assert_eq!(world.api(who, "GET", &format!("/api/v1/attachments?on={key}"), Value::Null).await.0, 404);
        }
        assert_eq!(open(&world, Persona::Nobody, &url, &[]).await.0, 303);
        assert_eq!(open(&world, ME, "/files/nonsense", &[]).await.0, 404);
        assert_eq!(open(&world, ME, "/files/..%2f..%2fwherefore.db", &[]).await.0, 404);
        // Who knows the words of a secret file cannot learn from its hash that it is here.
        let mine = story(&world, "OPEN").await;
        assert_eq!(send(&world, ME, &mine, "guess.txt", b"secret").await.0, 201);
        // A guest reads what hangs in their product, and attaches nothing.
        let made = attached(&world, &mine, "open.txt", b"open").await;
        assert_eq!(open(&world, Persona::Guest, made["url"].as_str().expect("url"), &[]).await.0, 200);
        assert_eq!(send(&world, Persona::Guest, &mine, "x.txt", b"x").await.0, 403);
    }

    async fn too_large_or_too_much_is_refused_and_leaves_nothing(app) {
        let limits = Limits { file: 1000, workspace: Some(1500) };
        let (world, folder) = with_folder(app, limits).await;
        let key = story(&world, "OPEN").await;
        let (status, refusal) = send(&world, ME, &key, "big.bin", &[7; 1001]).await;
        assert_eq!(status, 422);
        assert!(refusal["error"]["message"].as_str().is_some_and(|m| m.contains("larger than 1000 bytes")), "{refusal}");
        assert_eq!(send(&world, ME, &key, "empty.txt", b"").await.0, 422);
        assert_eq!(lying(folder.path()), 0, "nothing stays of what was refused");
        assert_eq!(send(&world, ME, &key, "one.bin", &[1; 1000]).await.0, 201);
        // The same content takes no further room.
        assert_eq!(send(&world, ME, &key, "again.bin", &[1; 1000]).await.0, 201);
        let (status, refusal) = send(&world, ME, &key, "two.bin", &[2; 600]).await;
        assert_eq!(status, 409, "{refusal}");
        assert_eq!(send(&world, ME, &key, "small.bin", &[3; 400]).await.0, 201);
        assert_eq!(lying(folder.path()), 2);
    }

    async fn the_usual_limit_is_25_megabytes(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let limit = 25 * 1024 * 1024;
        assert_eq!(send(&world, ME, &key, "fits.bin", &vec![1; limit]).await.0, 201);
        let (status, refusal) = send(&world, ME, &key, "big.bin", &vec![1; limit + 1]).await;
        assert_eq!(status, 422);
        assert!(refusal.to_string().contains("25 MB"), "{refusal}");
    }

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

    async fn files_hang_on_everything_that_has_a_page(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let comment = world.post(ME, &format!("/items/{key}/comments"), json!({ "body": "See" })).await;
        let gate = world.post(ME, "/gates", json!({ "product": "OPEN", "name": "Launch" })).await;
        let team = world.post(Persona::Owner, "/teams", json!({ "name": "Blue" })).await;
        let ceremony = json!({ "team": team["id"], "kind": "retro", "day": "2026-03-06" });
        let ceremony = world.post(ME, "/ceremonies", ceremony).await;
        let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
        let places = [
            format!("comment/{}", id(&comment)),
            format!("gate/{}", id(&gate)),
            format!("ceremony/{}", id(&ceremony)),
            "OPEN".to_owned(),
        ];
        for on in &places {
            let made = attached(&world, on, "a.txt", b"words").await;
            assert_eq!(made["on"], json!(on));
            assert_eq!(open(&world, ME, made["url"].as_str().expect("url"), &[]).await.0, 200, "{on}");
        }
        let unknown = Id::new();
        for on in ["", "OPEN-999", "NONE", "comment/x", &format!("gate/{unknown}"), &format!("person/{unknown}")] {
            let (status, _) = send(&world, ME, on, "a.txt", b"words").await;
            assert!(status == 404 || (on.is_empty() && status == 422), "{on}: {status}");
        }
        let opportunity = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": "O" })).await;
        let opportunity = opportunity["key"].as_str().expect("a key").to_owned();
        let kinds = [("/needs", json!({ "product": "OPEN", "title": "N" })), ("/decisions", json!({ "product": "OPEN", "title": "D" })),
            ("/releases", json!({ "product": "OPEN", "title": "R" })), ("/opportunities", json!({ "product": "OPEN", "title": "O" })),
            ("/options", json!({ "title": "S", "about": opportunity })), ("/evidence", json!({ "product": "OPEN", "verbatim": "Slow" })),
            ("/experiments", json!({ "product": "OPEN", "title": "E", "about": opportunity }))];
        for (path, input) in kinds {
            let (status, noun) = world.api(ME, "POST", &format!("/api/v1{path}"), input).await;
            assert!(status < 300, "{path}: {noun}");
            let key = noun["key"].as_str().expect("a key").to_owned();
            attached(&world, &key, "a.txt", b"words").await;
            let (_, page) = world.page(ME, &format!("/{key}")).await;
            assert!(page.contains("file-name"), "{path} shows its files");
        }
    }

    async fn a_form_attaches_for_those_who_may_write(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let allowed = [(Persona::Owner, 303), (Persona::Member, 303), (Persona::Guest, 403), (Persona::Visitor, 403),
            (Persona::Stranger, 404), (Persona::Nobody, 303)];
        for (who, wanted) in allowed {
            let request = Request::builder().method("POST").uri("/files").header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
            let body = multipart(&[("on", &key), ("_back", &format!("/{key}#files"))], &[("a.txt", b"one"), ("b.txt", b"two")]);
            let answer = world.send(world.with_session(who, request).body(Body::from(body)).expect("valid")).await;
            let to = text(answer.headers(), "location").to_owned();
            assert_eq!(answer.status().as_u16(), wanted, "{who:?}");
            if wanted == 303 {
                assert_eq!(to.starts_with("/login"), who == Persona::Nobody, "{who:?}: {to}");
            }
        }
        let listed = world.get(ME, &format!("/attachments?on={key}")).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(4));
        // From another site nothing is taken.
        let request = Request::builder().method("POST").uri("/files").header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        let body = Body::from(multipart(&[("on", &key)], &[("a.txt", b"one")]));
        let answer = world.send(world.with_session(ME, request).body(body).expect("valid")).await;
        assert_eq!(answer.status().as_u16(), 403);
        // A script hears what came of it.
        let request = Request::builder().method("POST").uri("/files").header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "application/json").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        let body = Body::from(multipart(&[("on", &key)], &[("shot.png", PNG)]));
        let answer = world.send(world.with_session(ME, request).body(body).expect("valid")).await;
        let (status, made) = json_of(answer).await;
        assert_eq!(status, 200);
        assert!(made[0]["markdown"].as_str().is_some_and(|m| m.starts_with("![shot.png](/files/")), "{made}");
    }

    async fn an_agent_attaches_by_words_or_base64(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let made = world.post(ME, "/attachments", json!({ "on": key, "name": "a.csv", "text": "a,b\n1,2\n" })).await;
        assert_eq!(made["media"], "text/csv");
        let made = world.post(ME, "/attachments", json!({ "on": key, "name": "b.txt", "content": "aGVs\nbG8=" })).await;
        assert_eq!(open(&world, ME, made["url"].as_str().expect("url"), &[]).await.2, b"hello");
        let (status, _) = world.api(ME, "POST", "/api/v1/attachments", json!({ "on": key, "name": "c", "content": "§" })).await;
        assert_eq!(status, 422);
        let (status, _) = world.api(ME, "POST", "/api/v1/attachments", json!({ "on": key })).await;
        assert_eq!(status, 422);
    }

    async fn a_small_copy_of_a_picture_is_made_once_and_goes_with_it(app) {
        let (world, folder) = with_folder(app, Limits::default()).await;
        let key = story(&world, "OPEN").await;
        let mut noise = image::RgbImage::new(1200, 900);
        for (x, y, dot) in noise.enumerate_pixels_mut() {
            *dot = image::Rgb([(x * 7 % 251) as u8, (y * 13 % 241) as u8, ((x ^ y) % 239) as u8]);
        }
        let mut whole = std::io::Cursor::new(Vec::new());
        noise.write_to(&mut whole, image::ImageFormat::Png).expect("a picture");
        let whole = whole.into_inner();
        let made = attached(&world, &key, "map.png", &whole).await;
        let (url, small) = (made["url"].as_str().expect("one"), made["small"].as_str().expect("one"));
        assert_eq!(lying(folder.path()), 1);
        let (status, headers, bytes) = open(&world, ME, small, &[]).await;
        assert_eq!((status, text(&headers, "content-type")), (200, "image/jpeg"));
        assert!(text(&headers, "content-security-policy").contains("sandbox"));
        let read = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((read.width(), read.height()), (480, 360));
        assert!(bytes.len() * 4 < whole.len(), "{} of {}", bytes.len(), whole.len());
        assert_eq!(lying(folder.path()), 2, "kept beside it");
        let again = open(&world, ME, small, &[("if-none-match", text(&headers, "etag"))]).await;
        assert_eq!((again.0, again.2.len()), (304, 0));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains(&format!("src=\"{small}\"")) && page.contains(&format!("href=\"{url}\"")), "{page}");
        // What cannot be unpacked is shown as it is, and what is no picture has no copy.
        let broken = attached(&world, &key, "broken.png", PNG).await;
        let (status, headers, _) = open(&world, ME, broken["small"].as_str().expect("one"), &[]).await;
        assert_eq!((status, text(&headers, "location")), (303, broken["url"].as_str().expect("one")));
        let words = attached(&world, &key, "words.txt", b"words").await;
        assert_eq!(words.get("small"), None);
        // Others see neither, and erasing takes both.
        let hidden = attached_by_owner(&world, b"secret").await;
        for url in [&hidden, &format!("{hidden}/small")] {
            assert_eq!(open(&world, Persona::Guest, url, &[]).await.0, 404, "{url}");
        }
        assert_eq!(open(&world, ME, "/files/nonsense/small", &[]).await.0, 404);
        let before = lying(folder.path());
        let erase = format!("/api/v1/attachments/{}/erase", made["id"].as_str().expect("an id"));
        assert_eq!(world.api(Persona::Owner, "POST", &erase, Value::Null).await.0, 200);
        let jobs = Jobs::standard(world.app.db.clone(), world.clock.clone());
        for ran in jobs.run_due().await { ran.result.expect(ran.job); }
        assert_eq!(lying(folder.path()), before - 2, "the picture and its small copy");
        assert_eq!(open(&world, ME, small, &[]).await.0, 404);
    }

    async fn files_are_attached_to_a_comment_and_shown_below_it(app) {
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let said = world.post(ME, &format!("/items/{key}/comments"), json!({ "body": "See the picture" })).await;
        let on = format!("comment/{}", said["id"].as_str().expect("an id"));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains(&format!("value=\"{on}\"")), "its author may attach: {page}");
        let made = attached(&world, &on, "map.png", PNG).await;
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        let shown = format!("img src=\"{}\" alt=\"map.png\"", made["small"].as_str().expect("one"));
        assert!(page.contains(&shown), "{page}");
        let (_, page) = world.page(Persona::Guest, &format!("/{key}")).await;
        assert!(page.contains(&shown) && !page.contains(&format!("value=\"{on}\"")), "guests only look: {page}");
    }
}

/// A picture on a story of a private product, by its address.
async fn attached_by_owner(world: &World, bytes: &[u8]) -> String {
    let key = story(world, "PRIV").await;
    let (status, made) = send(world, Persona::Insider, &key, "map.png", bytes).await;
    assert_eq!(status, 201, "{made}");
    made["url"].as_str().expect("an address").to_owned()
}
