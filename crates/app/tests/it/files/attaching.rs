//! What files are attached to, by whom and how, and how much of them is taken.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use wherefore_app::files::Limits;
use wherefore_app::kernel::Id;
use wherefore_testkit::{Persona, World, both_engines};

use super::{ME, PNG, attached, json_of, lying, multipart, open, send, story, text, with_folder};

both_engines! {
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
