//! Pages and forms as a browser meets them.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use wherefore_testkit::{Persona, World, both_engines};

const SCRIPT: &str = "<script>alert(1)</script>";

both_engines! {
    async fn what_people_write_is_never_markup(app) {
        let world = World::new(app).await;
        let body = format!("{SCRIPT}\n\n<img src=x onerror=alert(1)> [x](javascript:alert(1))");
        let item = json!({ "product": "OPEN", "title": SCRIPT, "body": body });
        let key = world.post(Persona::Member, "/work-items", item).await["key"].clone();
        let key = key.as_str().expect("a key");
        for path in [format!("/{key}"), format!("/{key}/why"), "/p/OPEN/backlog".into(),
            "/p/OPEN/board".into(), "/p/OPEN/list".into(), "/search?q=alert".into()] {
            let (status, page) = world.page(Persona::Member, &path).await;
            assert_eq!(status, 200, "{path}");
            assert!(page.contains("&lt;script&gt;"), "{path} does not show the title");
            for bad in [SCRIPT, "onerror=alert(1)>", "href=\"javascript:"] {
                assert!(!page.contains(bad), "{path} has {bad}");
            }
        }
    }

    async fn what_lies_in_the_bin_still_has_its_page(app) {
        let world = World::new(app).await;
        for level in ["epic", "story", "task", "bug"] {
            let item = json!({ "product": "OPEN", "title": "Not wanted", "level": level });
            let key = world.post(Persona::Member, "/work-items", item).await["key"].clone();
            let key = key.as_str().expect("a key");
            let form = [("key", key), ("_back", "/p/OPEN/backlog")];
            assert_eq!(world.form(Persona::Member, "/do/bin-item", &form).await.0, 303);
            let (status, page) = world.page(Persona::Member, &format!("/{key}")).await;
            assert_eq!(status, 200, "{level}");
            assert!(page.contains("lies in the bin") && page.contains("/do/restore-item"), "{level}");
        }
    }

    async fn a_form_whose_answer_holds_a_secret_is_sent_by_the_browser_itself(app) {
        let world = World::new(app).await;
        let who = Persona::Owner;
        let source = json!({ "product": "OPEN", "name": "Payments", "host": "github" });
        world.post(who, "/git-sources", source).await;
        let team = world.post(who, "/teams", json!({ "name": "Fares" })).await;
        let team = team["id"].as_str().expect("an id");
        // A script that sends a form shows nothing of an answer that leads nowhere else.
        let (calendar, forms) = (format!("/teams/{team}/calendar"), |path: &str, of: &[&str]| {
            (path.to_owned(), of.iter().map(|name| format!("action=\"/do/{name}")).collect::<Vec<_>>())
        });
        for (path, actions) in [
            forms("/p/OPEN/git", &["connect-git", "renew-git-secret"]),
            forms("/account", &["create-token"]),
            forms("/p/OPEN/roadmap", &["share-roadmap"]),
            forms(&calendar, &["share-calendar"]),
        ] {
            let (_, page) = world.page(who, &path).await;
            for action in actions {
                let form = page.split("<form").find(|form| form.contains(&action));
                let form = form.unwrap_or_else(|| panic!("{path} has no {action}"));
                let opens = form.split('>').next().unwrap_or_default();
                assert!(opens.contains("data-turbo=\"false\""), "{path}: {opens}");
            }
        }
    }

    async fn a_conflict_asks_for_what_two_changed_and_takes_nothing_back_that_one_did(app) {
        let world = World::new(app).await;
        let who = Persona::Member;
        let item = json!({ "product": "OPEN", "title": "First", "points": 1, "priority": "low" });
        let key = world.post(who, "/work-items", item).await["key"].clone();
        let key = key.as_str().expect("a key");
        let theirs = json!({ "revision": 1, "title": "Theirs", "points": 8 });
        assert_eq!(world.api(Persona::Admin, "PATCH", &format!("/api/v1/work-items/{key}"), theirs).await.0, 200);
        // A form sends all of its fields: one that both changed, one that others did, one of its own.
        let form = [("key", key), ("revision", "1"), ("title", "Mine"), ("points", "1"), ("priority", "high")];
        let (status, page) = world.form(who, "/do/edit-work-item", &form).await;
        assert_eq!(status, 409);
        let input = |name: &str| page.split('<').find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap_or("");
        assert!(input("title").contains("type=\"text\"") && input("title").contains("Mine"), "{page}");
        assert!(input("priority").contains("type=\"hidden\"") && input("priority").contains("high"), "{page}");
        assert_eq!(input("points"), "", "what others wrote is not sent again as it was");
        for (label, text) in [("When you opened it", "First"), ("Ada’s now", "<del>Theirs</del>"), ("Yours", "<ins>Mine</ins>")] {
            assert!(page.contains(&format!("<dt>{label}</dt><dd>{text}</dd>")), "{label}: {page}");
        }
        assert!(page.contains(&format!("<h1>{key} Theirs: Ada changed the same</h1>")) && !page.contains("Somebody"), "{page}");
        let (_, told) = world.api(who, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "revision": 1, "title": "Mine" })).await;
        let field = &told["error"]["conflict"]["fields"][0];
        assert_eq!((&field["was"], &field["by"]), (&json!("First"), &json!("Ada")), "{told}");
        let theirs = json!({ "revision": 2, "body": "Their words" });
        assert_eq!(world.api(Persona::Admin, "PATCH", &format!("/api/v1/work-items/{key}"), theirs).await.0, 200);
        let form = [("key", key), ("revision", "2"), ("body", "My words")];
        let (_, page) = world.form(who, "/do/edit-work-item", &form).await;
        assert!(page.contains(">Text</h2>") && page.contains(">Text</label>") && !page.contains(">Body<"), "called as in the form: {page}");
    }

    async fn what_is_ticked_on_the_board_is_changed_from_a_bar(app) {
        let world = World::new(app).await;
        for title in ["First", "Second"] {
            world.post(Persona::Member, "/work-items", json!({ "product": "OPEN", "title": title })).await;
        }
        world.post(Persona::Member, "/work-items", json!({ "product": "OPEN", "title": "Wide", "level": "epic" })).await;
        let (_, page) = world.page(Persona::Member, "/p/OPEN/board?lanes=class").await;
        let bar = page.split("<form").find(|form| form.contains("/do/bulk-edit")).expect("a bar");
        assert!(bar.contains("id=\"bulk\"") && bar.contains("All 2 that match"), "epics are no cards: {bar}");
        assert!(bar.contains("/p/OPEN/board?lanes=class"), "it leads back to the lanes: {bar}");
        let (_, page) = world.page(Persona::Guest, "/p/OPEN/board").await;
        assert!(page.contains("First") && !page.contains("/do/bulk-edit"), "{page}");
    }

    async fn an_invitation_tells_where_it_leads_and_who_invites_while_it_holds(app) {
        let world = World::new(app).await;
        let (_, page) = world.form(Persona::Admin, "/people/invite", &[("role", "member")]).await;
        let link = page.split("/join/").nth(1).and_then(|rest| rest.split('<').next()).expect("a link");
        let path = format!("/join/{link}");
        let told = |page: &str| page.contains("Join Harbour") && page.contains("<b>Ada</b> invites you");
        let (status, page) = world.page(Persona::Nobody, &path).await;
        assert!(status == 200 && told(&page), "{page}");
        let mut me = [("name", "Newt"), ("email", "newt@example.org"), ("password", "short")];
        let (status, page) = world.form(Persona::Nobody, &path, &me).await;
        assert!(status == 422 && told(&page), "{page}");
        me[2].1 = "long enough for it";
        assert_eq!(world.form(Persona::Nobody, &path, &me).await.0, 303);
        for (status, page) in [world.page(Persona::Nobody, &path).await, world.form(Persona::Nobody, &path, &me).await] {
            assert!(status == 409 && !page.contains("Harbour") && !page.contains("Ada"), "{page}");
        }
    }

    async fn an_empty_backlog_offers_to_import_one_to_those_who_may(app) {
        let world = World::new(app).await;
        for (who, may) in [(Persona::Member, true), (Persona::Guest, false)] {
            let (status, page) = world.page(who, "/p/OPEN/backlog").await;
            assert!(status == 200 && page.contains("The backlog is empty"), "{page}");
            assert_eq!(page.contains("Import a backlog"), may, "{page}");
        }
    }

    async fn pages_carry_a_strict_policy(app) {
        let world = World::new(app).await;
        let request = Request::builder().uri("/login").body(Body::empty()).expect("valid");
        let answer = world.send(request).await;
        let policy = answer.headers()["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
    }

    async fn an_address_that_is_no_key_leads_nowhere_in_words(app) {
        let world = World::new(app).await;
        for odd in ["/p/%00", "/p/a%0d%0ab", "/p/%7f", "/p/%C3%A4", "/p/..%2F..", "/p/"] {
            let (status, _) = world.page(Persona::Member, odd).await;
            assert!(matches!(status, 303 | 404), "{odd}: {status}");
        }
    }

    async fn a_comment_has_an_end_and_a_page_of_long_ones_too(app) {
        let world = World::new(app).await;
        let story = world.post(Persona::Owner, "/work-items", json!({ "product": "OPEN", "title": "Talked about" })).await;
        let key = story["key"].as_str().expect("a key");
        let path = format!("/api/v1/items/{key}/comments");
        let (status, said) = world.api(Persona::Guest, "POST", &path, json!({ "body": "&".repeat(20_001) })).await;
        assert!(status == 422 && said.to_string().contains("20000 fit"), "{said}");
        for n in 0..15 {
            let body = format!("{n} {}", "word ".repeat(3_900));
            assert_eq!(world.api(Persona::Guest, "POST", &path, json!({ "body": body })).await.0, 200);
        }
        let (_, page) = world.page(Persona::Member, &format!("/{key}")).await;
        assert!(page.len() < 400_000 && page.contains("In short"), "{}", page.len());
    }

    async fn a_form_of_another_site_changes_nothing(app) {
        let world = World::new(app).await;
        let fields = [("product", "OPEN"), ("title", "From elsewhere")];
        let path = "/do/create-work-item";
        let (status, _) = world.form_from("cross-site", Persona::Member, path, &fields).await;
        assert_eq!(status, 403);
        let (status, to) = world.form(Persona::Member, path, &fields).await;
        assert_eq!((status, to.as_str()), (303, "/OPEN-1"));
    }

    async fn a_wrong_password_keeps_the_address_and_many_close_the_door(app) {
        let world = World::new(app).await;
        let fields = [("email", "olive@example.org"), ("password", "not this one")];
        for _ in 0..10 {
            let (status, page) = world.form(Persona::Nobody, "/login", &fields).await;
            assert_eq!(status, 401);
            assert!(page.contains("value=\"olive@example.org\"") && !page.contains("not this one"));
        }
        assert_eq!(world.form(Persona::Nobody, "/login", &fields).await.0, 429);
    }

    async fn a_new_password_ends_the_tokens_where_that_is_asked_for(app) {
        let world = World::new(app).await;
        let person = world.person(Persona::Member).to_string();
        for (end, status) in [("", 200), ("on", 401)] {
            let (_, page) =
                world.form(Persona::Admin, "/people/reset", &[("person", &person)]).await;
            let (_, link) = page.split_once("/reset/").expect("a link");
            let secret: String =
                link.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let fields = [("password", "long enough for it"), ("end_tokens", end)];
            let (set, _) = world.form(Persona::Nobody, &format!("/reset/{secret}"), &fields).await;
            assert_eq!(set, 303);
            let asked = world.api(Persona::Member, "GET", "/api/v1/products", json!(null)).await;
            assert_eq!(asked.0, status, "{end}");
        }
    }
}
