//! Files in a bucket, against a small server that speaks S3 and reckons every signature by itself from
//! what arrived, as the published description says. That it reckons rightly is shown by the published
//! examples.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wherefore_app::db::Target;
use wherefore_app::db::copy::{Attached, back_up, restore};
use wherefore_app::files::{Files, Limits, S3, S3Settings};
use wherefore_app::jobs::Jobs;
use wherefore_app::kernel::Clock;
use wherefore_testkit::{Persona, World, both_engines, fresh_sqlite};

use super::{ME, attached, lying, open, send, story};

const ACCESS: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The signature that a request should carry: reckoned from the request as it arrived, in which the
/// header names what it covers.
fn expected(
    method: &str,
    path: &str,
    query: &str,
    headers: &BTreeMap<String, String>,
    secret: &str,
) -> Option<(String, String)> {
    let shown = headers.get("authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let parts: HashMap<&str, &str> =
        shown.split(',').filter_map(|p| p.trim().split_once('=')).collect();
    let scope = parts.get("Credential")?.split_once('/')?.1;
    let [day, region, service, end] = scope.split('/').collect::<Vec<_>>()[..] else { return None };
    let signed = *parts.get("SignedHeaders")?;
    let mut request = format!("{method}\n{path}\n{query}\n");
    for name in signed.split(';') {
        request.push_str(&format!("{name}:{}\n", headers.get(name)?.trim()));
    }
    request.push_str(&format!("\n{signed}\n{}", headers.get("x-amz-content-sha256")?));
    let moment = headers.get("x-amz-date")?;
    let digest = hex(&Sha256::digest(request.as_bytes()));
    let text = ["AWS4-HMAC-SHA256", moment, scope, &digest].join("\n");
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day, region, service, end] {
        key = keyed(&key, part);
    }
    Some((hex(&keyed(&key, &text)), (*parts.get("Signature")?).to_owned()))
}

#[derive(Clone, Default)]
struct Bucket {
    kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// Answers that fail before one succeeds.
    stumbles: Arc<Mutex<u32>>,
    seen: Arc<Mutex<Vec<String>>>,
}

async fn serve(
    State(bucket): State<Bucket>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let named: BTreeMap<String, String> = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
        })
        .collect();
    bucket.seen.lock().unwrap().push(format!("{method} {uri} {named:?}"));
    let refused = || {
        (StatusCode::FORBIDDEN, "<Error><Code>SignatureDoesNotMatch</Code></Error>").into_response()
    };
    let Some((wanted, shown)) =
        expected(method.as_str(), uri.path(), uri.query().unwrap_or_default(), &named, SECRET)
    else {
        return refused();
    };
    let hash = hex(&Sha256::digest(&body));
    if wanted != shown
        || named.get("x-amz-content-sha256") != Some(&hash)
        || !named["host"].starts_with("127.0.0.1:")
    {
        return refused();
    }
    {
        let mut left = bucket.stumbles.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            return (StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>")
                .into_response();
        }
    }
    let mut kept = bucket.kept.lock().unwrap();
    match method.as_str() {
        "PUT" => {
            kept.insert(uri.path().to_owned(), body.to_vec());
            StatusCode::OK.into_response()
        }
        "DELETE" => {
            kept.remove(uri.path());
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match kept.get(uri.path()) {
            None => {
                (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response()
            }
            Some(bytes) => {
                match named.get("range").and_then(|r| r.strip_prefix("bytes=")?.split_once('-')) {
                    Some((from, to)) => {
                        let (from, to): (usize, usize) =
                            (from.parse().unwrap(), to.parse().unwrap());
                        (StatusCode::PARTIAL_CONTENT, bytes[from..=to].to_vec()).into_response()
                    }
                    None => bytes.clone().into_response(),
                }
            }
        },
    }
}

async fn bucket() -> (Bucket, String) {
    let bucket = Bucket::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new()
        .fallback(serve)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(bucket.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (bucket, endpoint)
}

fn settings(endpoint: &str, secret: &str) -> S3Settings {
    S3Settings {
        endpoint: format!("{endpoint}/"),
        bucket: "team files".to_owned(),
        region: "eu-test-1".to_owned(),
        prefix: "/wherefore/".to_owned(),
        access_key: ACCESS.to_owned(),
        secret_key: secret.to_owned(),
    }
}

fn files(endpoint: &str, secret: &str, incoming: &std::path::Path) -> Files {
    let store = S3::new(settings(endpoint, secret), Clock::system()).expect("fine settings");
    Files::in_store(Arc::new(store), incoming.to_owned(), Limits::default())
}

#[test]
fn the_server_reckons_as_published() {
    let nothing = hex(&Sha256::digest(b""));
    let example = |path: &str, query: &str, more: &[(&str, &str)], payload: &str, method: &str| {
        let mut headers: BTreeMap<String, String> = [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", payload),
            ("x-amz-date", "20130524T000000Z"),
        ]
        .iter()
        .chain(more)
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
        let names: Vec<&str> = headers.keys().map(String::as_str).collect();
        let shown = format!(
            "AWS4-HMAC-SHA256 Credential={ACCESS}/20130524/us-east-1/s3/aws4_request,SignedHeaders={},Signature=x",
            names.join(";")
        );
        headers.insert("authorization".into(), shown);
        expected(method, path, query, &headers, SECRET).expect("reckoned").0
    };
    assert_eq!(
        example("/test.txt", "", &[("range", "bytes=0-9")], &nothing, "GET"),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    assert_eq!(
        example(
            "/test%24file.text",
            "",
            &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY")
            ],
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "PUT"
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
    assert_eq!(
        example("/", "lifecycle=", &[], &nothing, "GET"),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

both_engines! {
    async fn files_go_to_the_bucket_and_come_back(app) {
        let (bucket, endpoint) = bucket().await;
        let incoming = fresh_sqlite();
        app.db.keep_files_in(files(&endpoint, SECRET, incoming.path()));
        let world = World::new(app).await;
        world.app.db.files().expect("a place").check().await.expect("it can be reached");
        let key = story(&world, "OPEN").await;
        *bucket.stumbles.lock().unwrap() = 2;
        let made = attached(&world, &key, "plan.txt", b"kept far away").await;
        let names: Vec<String> = bucket.kept.lock().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 1);
        assert!(names[0].starts_with("/team%20files/wherefore/"), "{names:?}");
        // Whoever holds the file last removes it, which may be the database's thread after the answer.
        let until = Instant::now() + Duration::from_secs(5);
        while lying(incoming.path()) > 0 && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(lying(incoming.path()), 0, "nothing stays on this machine");
        let url = made["url"].as_str().expect("an address");
        assert_eq!(open(&world, ME, url, &[]).await.2, b"kept far away");
        let (status, _, bytes) = open(&world, ME, url, &[("range", "bytes=5-7")]).await;
        assert_eq!((status, &*bytes), (206, &b"far"[..]));
        let path = format!("/api/v1/attachments/{}/erase", made["id"].as_str().expect("an id"));
        world.api(Persona::Owner, "POST", &path, Value::Null).await;
        for ran in Jobs::standard(world.app.db.clone(), world.clock.clone()).run_due().await { ran.result.expect(ran.job); }
        assert!(bucket.kept.lock().unwrap().is_empty());
        let seen = bucket.seen.lock().unwrap().join("\n");
        assert!(!seen.contains(SECRET), "the secret never leaves");
    }

    async fn a_backup_has_the_files_of_a_bucket(app) {
        let (bucket, endpoint) = bucket().await;
        let incoming = fresh_sqlite();
        app.db.keep_files_in(files(&endpoint, SECRET, incoming.path()));
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        attached(&world, &key, "plan.txt", b"the plan").await;
        attached(&world, &key, "other.txt", b"another").await;
        let copied = |target: Target, endpoint: String| tokio::task::spawn_blocking(move || {
            let store = S3::new(settings(&endpoint, SECRET), Clock::system()).expect("fine settings");
            let mut out = Vec::new();
            back_up(&target, Attached::Store(&store), "now".into(), &mut out, &mut |_, _| ()).map(|made| (made, out))
        });
        let (made, archive) = copied(world.app.target(), endpoint.clone()).await.unwrap().expect("copied");
        assert_eq!((made.manifest.files.count, made.left_out.len()), (2, 0), "{:?}", made.left_out);
        // They come back as a folder of them, which a server reads.
        let there = fresh_sqlite();
        let (data, kept) = (there.path().join("data"), there.path().join("files"));
        let (target, place) = (Target::Sqlite(data), kept.clone());
        tokio::task::spawn_blocking(move || restore(&target, Some(&place), archive.as_slice(), &mut |_, _| ()))
            .await.unwrap().expect("restored");
        let name = bucket.kept.lock().unwrap().keys().next().expect("one").rsplit('/').next().unwrap().to_owned();
        let path = kept.join(&name[..2]).join(&name[2..4]).join(&name);
        assert!(std::fs::read(path).is_ok_and(|bytes| bytes == b"the plan" || bytes == b"another"), "{name}");
        // What is not there is named, and a bucket that has nothing is no backup.
        let first = bucket.kept.lock().unwrap().keys().next().cloned().unwrap();
        bucket.kept.lock().unwrap().remove(&first);
        let (made, _) = copied(world.app.target(), endpoint.clone()).await.unwrap().expect("copied");
        assert_eq!((made.manifest.files.count, made.left_out.len()), (1, 1), "{:?}", made.left_out);
        bucket.kept.lock().unwrap().clear();
        assert!(copied(world.app.target(), endpoint).await.unwrap().is_err());
    }

    async fn a_wrong_key_or_a_bucket_that_is_away_is_said_plainly(app) {
        let (bucket, endpoint) = bucket().await;
        let incoming = fresh_sqlite();
        app.db.keep_files_in(files(&endpoint, "another secret", incoming.path()));
        let world = World::new(app).await;
        let key = story(&world, "OPEN").await;
        let (status, refusal) = send(&world, ME, &key, "plan.txt", b"plan").await;
        assert_eq!(status, 503, "{refusal}");
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
        assert!(bucket.kept.lock().unwrap().is_empty());
        assert_eq!(world.get(ME, &format!("/attachments?on={key}")).await, json!([]), "no row without its file");
        world.app.db.keep_files_in(files("http://127.0.0.1:9", SECRET, incoming.path()));
        assert_eq!(send(&world, ME, &key, "plan.txt", b"plan").await.0, 503);
        assert!(S3::new(S3Settings { endpoint: "s3.example.org".into(), bucket: "b".into(), region: "r".into(), prefix: String::new(),
            access_key: String::new(), secret_key: String::new() }, Clock::system()).is_err());
    }
}
