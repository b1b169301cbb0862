//! The portal from outside: what visitors can do, what nobody can reach, and attacks on it.

mod access;
mod entry;
mod erasure;
mod ideas;
mod replies;

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::json;
use wherefore_app::kernel::{Actor, Error, Id, Role, Time, Via};
use wherefore_app::people::contacts;
use wherefore_app::store::Change;
use wherefore_app::thread::portal::site;
use wherefore_app::thread::portal::visitors::{self, VERBS, Visit};
use wherefore_testkit::{Persona, World};

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
