//! Attached files: what they are told to be, who gets them, and that nothing is lost or left behind.

mod attaching;
mod removal;
mod s3;
mod serving;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::files::{Files, Limits};
use wherefore_testkit::{Persona, World, fresh_sqlite};

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
