//! The portal from outside: what visitors can do, what nobody can reach, and attacks on it.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::kernel::{Actor, Error, Id, Role, Time, Via};
use wherefore_app::people::access::archive_workspace;
use wherefore_app::people::members::Person;
use wherefore_app::people::{accounts, contacts};
use wherefore_app::store::{Change, load};
use wherefore_app::thread::portal::site;
use wherefore_app::thread::portal::visitors::{self, VERBS, Visit};
use wherefore_testkit::{Persona, World, both_engines};

/// Opens a product's portal, letting everything in.
pub async fn open(world: &World, product: &str, slug: &str) {
    let set = json!({ "open": true, "moderated": false, "slug": slug });
    let path = format!("/api/v1/products/{product}/portal");
    let (status, said) = world.api(Persona::Owner, "PATCH", &path, set).await;
    assert_eq!(status, 200, "{said}");
}

/// Somebody who signed in.
pub async fn visit(world: &World, slug: &str, email: &str) -> Visit {
    let (asked, email, now) = (slug.to_owned(), email.to_owned(), world.clock.now());
    let contact = world.app.db.write(move |tx| {
        let site = site(tx, &asked)?;
        let actor = Actor::nobody(site.ws, "", Role::Guest, Via::Portal);
        Change::record(tx, actor, VERBS[0], now, |cx| {
            contacts::known(cx, site.product.id, &email, "Mo")
        })
    });
    let contact = contact.await.expect("a contact");
    Visit { slug: slug.to_owned(), contact: contact.id, host: "test".into() }
}

/// An idea of theirs.
pub async fn idea(world: &World, visit: &Visit, title: &str) -> Id {
    let (visit, title, now) = (visit.clone(), title.to_owned(), world.clock.now());
    let made = world.app.db.write(move |tx| {
        visitors::submit_idea(tx, &visit, (&title, "It would save me a call."), now)
    });
    made.await.expect("an idea").0
}

/// A remark of theirs.
pub async fn comment(world: &World, visit: &Visit, idea: Id, text: &str) {
    let (visit, text, now) = (visit.clone(), text.to_owned(), world.clock.now());
    let said = world.app.db.write(move |tx| visitors::comment(tx, &visit, idea, &text, now));
    said.await.expect("a remark");
}

async fn vote(world: &World, visit: &Visit, idea: Id) -> Result<(), Error> {
    let (visit, now) = (visit.clone(), world.clock.now());
    world.app.db.write(move |tx| visitors::vote(tx, &visit, idea, true, now)).await
}

struct Answer {
    status: u16,
    to: String,
    cookie: String,
    headers: axum::http::HeaderMap,
    text: String,
}

/// A request of a browser with these cookies.
async fn browse(world: &World, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
    browse_from(world, "same-origin", method, path, cookie, body).await
}

async fn browse_from(
    world: &World,
    from: &str,
    method: &str,
    path: &str,
    cookie: &str,
    body: &str,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "evil.example")
        .header("sec-fetch-site", from)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.send(request.body(Body::from(body.to_owned())).expect("valid")).await;
    let headers = answer.headers().clone();
    let get = |name| {
        headers
            .get(name)
            .and_then(|v: &header::HeaderValue| v.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let (status, to, cookie) =
        (answer.status().as_u16(), get(header::LOCATION), get(header::SET_COOKIE));
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status, to, cookie, headers, text }
}

/// When a form was opened that is sent now.
fn begun(world: &World) -> i64 {
    world.clock.now().0 - 10 * Time::SECOND
}

/// The path of the newest sign-in link in the outbox.
async fn link(world: &World) -> Option<String> {
    let sql =
        "SELECT body FROM outbox WHERE kind = 'sign-in' ORDER BY created_at DESC, id DESC LIMIT 1";
    let body = world
        .app
        .db
        .read(move |c| c.query_opt(sql, &[], |r| r.get::<String>(0)))
        .await
        .expect("read");
    let body = body?;
    assert!(body.contains("{base}/portal/") && !body.contains("evil"), "{body}");
    body.split("{base}").nth(1)?.split_whitespace().next().map(str::to_owned)
}

/// Signs in as a browser does and gives the cookie.
async fn sign_in(world: &World, slug: &str, email: &str) -> String {
    let form = format!("begun={}&email={email}&name=Mia&back=/portal/{slug}/new", begun(world));
    let asked = browse(world, "POST", &format!("/portal/{slug}/sign-in"), "", &form).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let path = link(world).await.expect("a link");
    let entered = browse(world, "POST", &path, "", "").await;
    assert_eq!(
        (entered.status, entered.to.as_str()),
        (303, &*format!("/portal/{slug}/new")),
        "{}",
        entered.text
    );
    entered.cookie.split(';').next().expect("a cookie").to_owned()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.app.db.read(move |c| c.query_one(sql, &[], |r| r.get(0))).await.expect("a count")
}

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

    async fn a_link_by_mail_signs_in_once_and_by_a_press_only(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let form = format!("begun={}&email=mia@visitors.example&back=//evil.example", begun(&world));
        browse(&world, "POST", "/portal/open/sign-in", "", &form).await;
        let path = link(&world).await.expect("a link");
        for _ in 0..3 {
            let looked = browse(&world, "GET", &path, "", "").await;
            assert_eq!((looked.status, looked.cookie.as_str()), (200, ""), "looking uses nothing up");
        }
        assert_eq!(browse_from(&world, "cross-site", "POST", &path, "", "").await.status, 403);
        let entered = browse(&world, "POST", &path, "", "").await;
        assert_eq!((entered.status, entered.to.as_str()), (303, "/portal/open"), "never to another site");
        assert!(entered.cookie.contains("HttpOnly") && entered.cookie.contains("Path=/portal;"), "{}", entered.cookie);
        assert_eq!(browse(&world, "POST", &path, "", "").await.status, 409, "once");
        assert_eq!(count(&world, "SELECT COUNT(*) FROM contact").await, 1);
        let stored = count(&world, "SELECT COUNT(*) FROM portal_link WHERE length(token_hash) = 64").await;
        assert_eq!(stored, 1);
        // Half an hour later a link is over.
        browse(&world, "POST", "/portal/open/sign-in", "", &form).await;
        let late = link(&world).await.expect("a link");
        world.clock.set(Time(world.clock.now().0 + 31 * 60 * Time::SECOND));
        assert_eq!(browse(&world, "POST", &late, "", "").await.status, 409);
    }

    async fn nobody_learns_who_is_known_and_nobody_is_flooded(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let banned = visit(&world, "open", "bad@visitors.example").await;
        visit(&world, "open", "mia@visitors.example").await;
        let path = format!("/contacts/{}/ban", banned.contact);
        world.post(Persona::Member, &path, json!({ "banned": true })).await;
        let ask = |email: &'static str| {
            let form = format!("begun={}&email={email}", begun(&world));
            let world = &world;
            async move { browse(world, "POST", "/portal/open/sign-in", "", &form).await }
        };
        let (known, new, bad) = (ask("mia@visitors.example").await, ask("xyz@visitors.example").await, ask("bad@visitors.example").await);
        for answer in [&new, &bad] {
            assert_eq!(answer.status, 200);
            let same = |a: &Answer| a.text.replace("mia@", "").replace("xyz@", "").replace("bad@", "");
            assert_eq!(same(answer), same(&known));
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox").await, 2, "none to the banned");
        ask("xyz@visitors.example").await;
        ask("xyz@visitors.example").await;
        assert_eq!(ask("xyz@visitors.example").await.status, 429, "three an hour to one address");
        assert_eq!(ask("not an address").await.status, 422);
    }

    async fn an_idea_is_evidence_whose_words_stand_in_the_one_erasable_place(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let form = format!("begun={}&title=Refund+me+in+one+tap&text=Calling+costs+me+an+hour.", begun(&world));
        let made = browse(&world, "POST", "/portal/open/new", &cookie, &form).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let page = browse(&world, "GET", &made.to, "", "").await;
        assert!(page.text.contains("Calling costs me an hour.") && page.text.contains("Mia"), "{}", page.text);
        assert!(!page.text.contains("visitors.example"), "no address in public");
        let inbox = world.get(Persona::Member, "/evidence?product=OPEN").await;
        let kept = &inbox["items"][0];
        assert_eq!((&kept["kind"], &kept["source"], &kept["state"]), (&json!("feedback"), &json!("Mia"), &json!("new")));
        let history = world.get(Persona::Member, "/activity?product=OPEN").await.to_string();
        for secret in ["Calling costs", "visitors.example"] {
            assert!(!history.contains(secret), "{secret} is in the activity: {history}");
        }
        assert!(history.contains("portal"), "through the portal");
        // Binned inside, it is gone outside.
        let key = kept["key"].as_str().expect("a key");
        world.api(Persona::Member, "DELETE", &format!("/api/v1/items/{key}"), Value::Null).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404);
        assert!(!browse(&world, "GET", "/portal/open", "", "").await.text.contains("one tap"));
    }

    async fn hostile_words_stay_words(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "<script>alert(1)</script><img src=x onerror=alert(2)>").await;
        comment(&world, &mia, made, "\"><svg onload=alert(3)> javascript:alert(4)").await;
        let notes = json!({ "product": "OPEN", "title": "<script>x</script>", "body": "<script>alert(5)</script> [a](javascript:alert(6)) OPEN-1 ![p](https://evil.example/p.png)" });
        world.post(Persona::Member, "/changelog", notes).await;
        for path in ["/portal/open".to_owned(), format!("/portal/open/ideas/{made}"), "/portal/open/embed".into(), "/portal/open/changelog".into(), "/portal/open/changelog.atom".into()] {
            let page = browse(&world, "GET", &path, "", "").await;
            assert_eq!(page.status, 200, "{path}");
            for bad in ["<script", "<img", "<svg", "href=\"javascript", "src=\"https://evil", "href=\"/OPEN-1"] {
                assert!(!page.text.contains(bad), "{bad} in {path}: {}", page.text);
            }
        }
        let feed = browse(&world, "GET", "/portal/open/changelog.atom", "", "").await;
        assert!(!feed.text.contains("evil.example/portal"), "the feed's addresses are the operator's");
        for (member, path) in [(Persona::Member, "/p/OPEN/portal/ideas"), (Persona::Member, "/p/OPEN/inbox")] {
            let inside = world.page(member, path).await.1;
            assert!(!inside.contains("<script>alert") && !inside.contains("<img src=x"), "{inside}");
        }
    }

    async fn one_mailbox_has_one_voice_and_votes_are_counted_once(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "One tap for refunds").await;
        for email in ["mia+2@visitors.example", "mia+3@visitors.example"] {
            let again = visit(&world, "open", email).await;
            vote(&world, &again, made).await.expect("taken");
        }
        vote(&world, &mia, made).await.expect("taken");
        let jo = visit(&world, "open", "jo@visitors.example").await;
        for _ in 0..5 {
            vote(&world, &jo, made).await.expect("taken");
        }
        let ideas = world.get(Persona::Member, "/products/OPEN/ideas").await;
        assert_eq!(ideas["items"][0]["people"], 2, "{ideas}");
        assert_eq!(count(&world, "SELECT SUM(votes) FROM idea_tally").await, 2);
        // A banned voice is taken back.
        world.post(Persona::Member, &format!("/contacts/{}/ban", jo.contact), json!({})).await;
        assert_eq!(count(&world, "SELECT SUM(votes) FROM idea_tally").await, 1);
        assert!(vote(&world, &jo, made).await.is_err(), "banned");
        for n in 0..60 {
            let tried = vote(&world, &mia, made).await;
            assert!(tried.is_ok() || n > 50, "{n}: {tried:?}");
        }
        assert!(matches!(vote(&world, &mia, made).await, Err(Error::TooMany(_))));
    }

    async fn moderation_lets_in_and_hides_and_machines_get_nowhere(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        world.api(Persona::Owner, "PATCH", "/api/v1/products/OPEN/portal", json!({ "moderated": true })).await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let send = |form: String| { let (world, cookie) = (&world, &cookie); async move { browse(world, "POST", "/portal/open/new", cookie, &form).await } };
        let text = "title=Buy+pills&text=cheap";
        send(format!("begun={}&website=x&{text}", begun(&world))).await;
        send(format!("begun={}&{text}", world.clock.now().0)).await;
        send(text.to_owned()).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM idea").await, 0, "machines are thanked and ignored");
        let made = send(format!("begun={}&title=Honest+wish&text=Please.", begun(&world))).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404, "it waits");
        assert_eq!(browse(&world, "GET", &made.to, &cookie, "").await.status, 200, "its author sees it");
        assert!(!browse(&world, "GET", "/portal/open", "", "").await.text.contains("Honest"));
        let queue = world.get(Persona::Member, "/products/OPEN/portal/queue").await;
        let id = queue["ideas"][0]["id"].as_str().expect("an id");
        let moderate = format!("/ideas/{id}/moderation");
        world.post(Persona::Member, &moderate, json!({ "how": "approve" })).await;
        assert!(browse(&world, "GET", "/portal/open", "", "").await.text.contains("Honest wish"));
        world.post(Persona::Member, &moderate, json!({ "how": "hide" })).await;
        assert_eq!(browse(&world, "GET", &made.to, "", "").await.status, 404);
        let many = format!("begun={}&title=Links&text={}", begun(&world), "http://a+".repeat(6));
        assert_eq!(send(many).await.status, 422);
        for n in 0..4 {
            send(format!("begun={}&title=Wish+{n}&text=Please.", begun(&world))).await;
        }
        let sixth = send(format!("begun={}&title=Wish+six&text=Please.", begun(&world))).await;
        assert_eq!(sixth.status, 429, "five a day");
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

    async fn whoever_is_forgotten_leaves_no_name_behind(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let cookie = sign_in(&world, "open", "mia@visitors.example").await;
        let form = format!("begun={}&title=Keep+my+wish&text=Please.", begun(&world));
        let made = browse(&world, "POST", "/portal/open/new", &cookie, &form).await.to;
        let gone = browse(&world, "POST", "/portal/open/forget-me", &cookie, "sure=on").await;
        assert_eq!(gone.status, 303);
        assert_eq!(browse(&world, "GET", "/portal/open/me", &cookie, "").await.to, "/portal/open/sign-in");
        let page = browse(&world, "GET", &made, "", "").await.text;
        assert!(page.contains("Keep my wish") && page.contains("Somebody") && !page.contains("Mia"), "{page}");
        for sql in [
            "SELECT COUNT(*) FROM contact WHERE email LIKE '%visitors%' OR name = 'Mia'",
            "SELECT COUNT(*) FROM verbatim WHERE source = 'Mia'",
            "SELECT COUNT(*) FROM outbox WHERE to_address LIKE '%visitors%'",
            "SELECT COUNT(*) FROM activity WHERE changes LIKE '%visitors%'",
        ] {
            assert_eq!(count(&world, sql).await, 0, "{sql}");
        }
    }

    async fn whoever_is_forgotten_with_their_words_leaves_none_behind(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        idea(&world, &mia, "Zuckerhut on the list").await;
        // What a member wrote down of the same person goes with it; another's does not.
        for (email, said) in [("mia@visitors.example", "Zuckerhut by phone"), ("jo@visitors.example", "Feldsalat")] {
            let words = json!({ "product": "OPEN", "title": said, "verbatim": said, "source": "On the phone", "email": email });
            world.post(Persona::Member, "/evidence", words).await;
        }
        let contacts = world.get(Persona::Owner, "/products/OPEN/contacts").await;
        let contact = contacts["items"][0]["id"].as_str().expect("an id").to_owned();
        world.post(Persona::Owner, &format!("/contacts/{contact}/forget"), json!({ "words": true })).await;
        for sql in [
            "SELECT COUNT(*) FROM evidence WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM evidence_version WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM verbatim WHERE text LIKE '%Zuckerhut%' OR email LIKE 'mia%'",
            "SELECT COUNT(*) FROM idea WHERE title LIKE '%Zuckerhut%'",
            "SELECT COUNT(*) FROM activity WHERE changes LIKE '%Zuckerhut%'",
        ] {
            assert_eq!(count(&world, sql).await, 0, "{sql}");
        }
        assert_eq!(count(&world, "SELECT COUNT(*) FROM verbatim WHERE text = 'Feldsalat' AND email <> ''").await, 1);
    }

    async fn everybody_who_asked_is_told_once(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "One tap for refunds").await;
        let jo = visit(&world, "open", "jo@visitors.example").await;
        vote(&world, &jo, made).await.expect("taken");
        let ideas = world.get(Persona::Member, "/products/OPEN/ideas").await;
        let evidence = ideas["items"][0]["evidence"].as_str().expect("a key").to_owned();
        let need = world.post(Persona::Member, "/needs", json!({ "product": "OPEN", "title": "Refund alone" })).await["key"].clone();
        world.post(Persona::Member, "/links", json!({ "from": need, "to": evidence })).await;
        let story = world.post(Persona::Member, "/work-items", json!({ "product": "OPEN", "title": "Refund button" })).await["key"].clone();
        world.post(Persona::Member, "/links", json!({ "from": story, "to": need })).await;
        let release = world.post(Persona::Member, "/releases", json!({ "product": "OPEN", "title": "March" })).await;
        let release = release["key"].as_str().expect("a key").to_owned();
        world.post(Persona::Member, &format!("/releases/{release}/items"), json!({ "items": [story] })).await;
        world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        assert_eq!(world.get(Persona::Member, "/replies?product=OPEN").await, json!([]), "not released yet");
        for decision in ["go", "done"] {
            let decide = json!({ "decision": decision, "because": "Ready." });
            world.post(Persona::Member, &format!("/releases/{release}/decision"), decide).await;
        }
        for _ in 0..2 {
            world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        }
        let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
        assert_eq!(drafts.as_array().map(Vec::len), Some(1), "{drafts}");
        assert_eq!((&drafts[0]["mails"], &drafts[0]["cause"]), (&json!(2), &json!("shipped")));
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox").await, 0, "a person sends it");
        let send = format!("/replies/{}/send", drafts[0]["id"].as_str().expect("an id"));
        world.post(Persona::Member, &send, json!({ "text": "It is here since March." })).await;
        let (again, _) = world.api(Persona::Member, "POST", &format!("/api/v1{send}"), json!({})).await;
        assert_eq!(again, 409, "nobody is told twice");
        world.post(Persona::Member, "/replies/draft", json!({ "product": "OPEN" })).await;
        world.post(Persona::Member, "/replies/send", json!({ "product": "OPEN" })).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox WHERE kind = 'reply'").await, 2);
        let page = browse(&world, "GET", &format!("/portal/open/ideas/{made}"), "", "").await.text;
        assert!(page.contains("It is here since March.") && page.contains("Here"), "{page}");
        let answered = world.get(Persona::Member, &format!("/evidence/{evidence}")).await;
        assert_eq!(answered["state"], "answered");
        let activity = world.get(Persona::Member, "/activity?product=OPEN").await.to_string();
        assert!(activity.contains("send-reply"), "{activity}");
    }

    async fn whoever_asked_for_what_was_declined_is_told_why(app) {
        let world = World::new(app).await;
        open(&world, "OPEN", "open").await;
        let mia = visit(&world, "open", "mia@visitors.example").await;
        let made = idea(&world, &mia, "A printed timetable").await;
        let path = format!("/ideas/{made}/status");
        let (status, _) = world.api(Persona::Member, "POST", &format!("/api/v1{path}"), json!({ "status": "declined" })).await;
        assert_eq!(status, 422, "a no needs its reason");
        world.post(Persona::Member, &path, json!({ "status": "declined", "because": "Nobody else asked in a year." })).await;
        let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
        let text = drafts[0]["text"].as_str().expect("a text");
        assert!(text.contains("A printed timetable") && text.contains("Nobody else asked"), "{text}");
        // Said wrongly, and said right before anybody was told: the draft follows, and is dropped and
        // drawn anew with it.
        for (status, because, state, words) in [
            ("shipped", "", "draft", "It is here now"),
            ("planned", "", "dropped", ""),
            ("declined", "Nobody asked twice.", "draft", "Nobody asked twice."),
        ] {
            world.post(Persona::Member, &path, json!({ "status": status, "because": because })).await;
            let drafts = world.get(Persona::Member, "/replies?product=OPEN").await;
            let waits = drafts.as_array().is_some_and(|all| !all.is_empty());
            assert_eq!(waits, state == "draft", "{status}: {drafts}");
            assert!(drafts[0]["text"].as_str().unwrap_or_default().contains(words), "{drafts}");
        }
        world.post(Persona::Member, "/replies/send", json!({ "product": "OPEN" })).await;
        assert_eq!(count(&world, "SELECT COUNT(*) FROM outbox WHERE kind = 'reply'").await, 1);
        // What was said for everybody is not overwritten by a letter to one.
        let page = browse(&world, "GET", &format!("/portal/open/ideas/{made}"), "", "").await.text;
        assert!(page.contains("Nobody asked twice.") && !page.contains("you told us"), "{page}");
        // Whoever was told is not told twice, however it stands later.
        world.post(Persona::Member, &path, json!({ "status": "shipped" })).await;
        assert_eq!(world.get(Persona::Member, "/replies?product=OPEN").await, json!([]));
    }
}
