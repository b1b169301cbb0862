//! How files are given out: as what they are told to be, harmless, and to those who may see them.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use wherefore_app::files::Limits;
use wherefore_app::jobs::Jobs;
use wherefore_testkit::{Persona, World, both_engines};

use super::{ME, PNG, attached, lying, open, send, story, text, with_folder};

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
}

/// A picture on a story of a private product, by its address.
async fn attached_by_owner(world: &World, bytes: &[u8]) -> String {
    let key = story(world, "PRIV").await;
    let (status, made) = send(world, Persona::Insider, &key, "map.png", bytes).await;
    assert_eq!(status, 201, "{made}");
    made["url"].as_str().expect("an address").to_owned()
}
