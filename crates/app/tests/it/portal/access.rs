//! What the portal shows to outsiders: nothing until it is opened, and nothing private ever.

use serde_json::json;
use wherefore_app::kernel::Via;
use wherefore_app::people::access::archive_workspace;
use wherefore_app::people::accounts;
use wherefore_app::people::members::Person;
use wherefore_app::store::load;
use wherefore_testkit::{Persona, World, both_engines};

use super::{Answer, begun, browse, link, open, sign_in};

both_engines! {
    async fn it_is_off_until_an_admin_opens_it(app) {
        let world = World::new(app).await;
        assert_eq!(browse(&world, "GET", "/portal/open", "", "").await.status, 404);
        let set = json!({ "slug": "open" });
        world.api(Persona::Owner, "PATCH", "/api/v1/products/OPEN/portal", set).await;
        assert_eq!(browse(&world, "GET", "/portal/open", "", "").await.status, 404, "set, not opened");
        open(&world, "OPEN", "open").await;
        let page = browse(&world, "GET", "/portal/open", "", "").await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script"), "it needs no script");
        let taken = json!({ "slug": "open" });
        let (status, _) = world.api(Persona::Owner, "PATCH", "/api/v1/products/SHUT/portal", taken).await;
        assert_eq!(status, 422, "an address is one portal's");
    }

    async fn a_workspace_that_is_closed_shows_no_portal_and_writes_to_nobody(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let now = world.clock.now();
        let owner = world.person(Persona::Owner);
        let closed = world.app.db.write(move |tx| {
            let workspace = accounts::first_workspace(tx)?.expect("a workspace");
            let person = load::<Person>(tx, workspace, owner)?.expect("the owner");
            let actor = accounts::actor(workspace, &person, false, Via::Web)?.expect("active");
            archive_workspace(tx, &actor, "Harbour", now)
        });
        closed.await.expect("archived");
        let form = format!("begun={}&email=mia@visitors.example&back=/", begun(&world));
        assert_eq!(browse(&world, "GET", "/portal/open", "", "").await.status, 404);
        assert_eq!(browse(&world, "POST", "/portal/open/sign-in", "", &form).await.status, 404);
        assert_eq!(link(&world).await, None);
    }

    async fn nothing_private_is_reached_from_it(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let secret = json!({ "product": "OPEN", "title": "Secretplan" });
        let problem = world.post(Persona::Owner, "/opportunities", secret.clone()).await;
        world.post(Persona::Owner, "/needs", secret.clone()).await;
        world.post(Persona::Owner, "/releases", secret).await;
        world.post(Persona::Owner, "/evidence", json!({ "product": "OPEN", "verbatim": "Secretplan words", "source": "Secretperson" })).await;
        let key = problem["key"].as_str().expect("a key");
        world.post(Persona::Owner, "/roadmap", json!({ "item": key, "horizon": "now" })).await;
        for path in ["", "/roadmap", "/changelog", "/changelog.atom", "/embed", "/new", "/me", "?by=asked&page=99999&status=x"] {
            let page = browse(&world, "GET", &format!("/portal/open{path}"), &cookie, "").await;
            assert!(page.status < 400, "{path}: {}", page.status);
            for private in ["Secretplan", "Secretperson", "Olive", "Harbour", "OPEN-", "/p/OPEN"] {
                assert!(!page.text.contains(private), "{private} in {path}: {}", page.text);
            }
        }
        let session = cookie.split_once('=').expect("a cookie").1;
        for path in ["/", "/p/OPEN/backlog", "/live", "/account"] {
            for cookie in [cookie.clone(), format!("wherefore_session={session}")] {
                let answer = browse(&world, "GET", path, &cookie, "").await;
                assert!(answer.to.starts_with("/login") || answer.status == 401, "{path}: {}", answer.status);
            }
        }
        let (status, _) = world.api_text(Persona::Nobody, "GET", "/api/v1/products", "", &[("authorization", &format!("Bearer {session}"))]).await;
        assert_eq!(status, 401);
        // A portal's session is that portal's alone.
        open(&world, "SHUT", "shut").await;
        assert_eq!(browse(&world, "GET", "/portal/shut/me", &cookie, "").await.to, "/portal/shut/sign-in");
        // What may be told to customers, and only that, is on the roadmap; without a date.
        world.post(Persona::Owner, "/roadmap", json!({ "item": key, "horizon": "now", "reach": "customers", "ends": "2031-05-06" })).await;
        let told = browse(&world, "GET", "/portal/open/roadmap", "", "").await.text;
        assert!(told.contains("Secretplan") && !told.contains("2031") && !told.contains("OPEN-"), "{told}");
    }

    async fn a_frame_is_for_the_sites_that_were_named(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let policy = |a: &Answer| a.headers.get("content-security-policy").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let closed = browse(&world, "GET", "/portal/open/embed", "", "").await;
        assert!(policy(&closed).contains("frame-ancestors 'none'"));
        let set = json!({ "embed_hosts": "https://www.example.org" });
        world.api(Persona::Owner, "PATCH", "/api/v1/products/OPEN/portal", set).await;
        let embed = browse(&world, "GET", "/portal/open/embed", "", "").await;
        assert!(policy(&embed).contains("frame-ancestors https://www.example.org"), "{}", policy(&embed));
        assert!(embed.headers.get("x-frame-options").is_none());
        let page = browse(&world, "GET", "/portal/open", "", "").await;
        assert!(policy(&page).contains("frame-ancestors 'none'") && page.headers.contains_key("x-frame-options"));
        assert!(page.headers.get("x-robots-tag").is_some_and(|v| v == "noindex, nofollow"));
        let (status, _) = world.api(Persona::Owner, "PATCH", "/api/v1/products/OPEN/portal", json!({ "embed_hosts": "x; script-src *" })).await;
        assert_eq!(status, 422);
    }
}
