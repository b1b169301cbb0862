//! People of every role before a real router: what a test of the product's surfaces needs.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use wherefore_app::db::Tx;
use wherefore_app::jobs::mail::{Post, Settings};
use wherefore_app::kernel::{Actor, Clock, Id, Result, Role, Time};
use wherefore_app::people::accounts;
use wherefore_app::people::sign_in::{SetUp, join, set_up};
use wherefore_app::people::tokens::{self, Reach};
use wherefore_app::surfaces::{App, router};
use wherefore_app::thread::reads::Reads;

use crate::TestApp;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    Owner,
    Admin,
    Member,
    /// A member who is named in the private product PRIV.
    Insider,
    /// A guest, named in the product OPEN and in no other.
    Guest,
    /// A guest, named in no product.
    Visitor,
    /// The owner of another workspace.
    Stranger,
    /// Not signed in, without a token.
    Nobody,
    /// The owner's token that may only read; no session.
    Reader,
    /// The owner, with a token and a session that ended long ago.
    Expired,
}

impl Persona {
    pub const ALL: [Self; 10] = [
        Self::Owner,
        Self::Admin,
        Self::Member,
        Self::Insider,
        Self::Guest,
        Self::Visitor,
        Self::Stranger,
        Self::Nobody,
        Self::Reader,
        Self::Expired,
    ];
}

#[derive(Default)]
struct Pass {
    token: Option<String>,
    session: Option<String>,
    person: Option<Id>,
    account: Option<Id>,
}

/// Two workspaces, one with the products OPEN, SHUT and the private PRIV, one with OTHER; people of
/// every role; a clock that stands still. Nobody has a password.
pub struct World {
    pub app: TestApp,
    pub clock: Clock,
    /// Reads of evidence that wait for their job.
    pub reads: Reads,
    router: Router,
    passes: Vec<Pass>,
}

impl World {
    /// Fills an empty app.
    pub async fn new(app: TestApp) -> Self {
        let now = noon("2026-03-02");
        let clock = Clock::fixed(now);
        let passes = app.db.write(move |tx| people(tx, now)).await.expect("people can be made");
        let db = app.db.clone();
        let reads = Reads::default();
        let shared = reads.clone();
        let router = router(App {
            db,
            clock: clock.clone(),
            public_url: None,
            reads: shared,
            api_rate: None,
            post: Arc::new(Post::new(&Settings::default()).expect("no settings")),
        });
        let world = Self { app, clock, reads, router, passes };
        world.post(Persona::Owner, "/products", json!({ "key": "SHUT", "name": "Shut" })).await;
        let guest = world.person(Persona::Guest).to_string();
        world.post(Persona::Owner, "/products/OPEN/members", json!({ "person": guest })).await;
        let private = json!({ "key": "PRIV", "name": "Private", "private": true });
        world.post(Persona::Owner, "/products", private).await;
        let insider = world.person(Persona::Insider).to_string();
        world.post(Persona::Owner, "/products/PRIV/members", json!({ "person": insider })).await;
        world
    }

    /// A persona's id.
    pub fn person(&self, who: Persona) -> Id {
        self.pass(who).person.expect("somebody")
    }

    fn pass(&self, who: Persona) -> &Pass {
        let at = Persona::ALL.iter().position(|p| *p == who).expect("listed");
        &self.passes[at]
    }

    /// Every method and path template that the router answers, as the router itself tells them.
    pub fn routes(&self) -> Vec<(String, String)> {
        routes_in(&format!("{:?}", self.router))
    }

    /// The header with which a persona's program shows its token.
    pub fn with_token(
        &self,
        who: Persona,
        request: axum::http::request::Builder,
    ) -> axum::http::request::Builder {
        match &self.pass(who).token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// The header with which a persona's browser shows its session; who has none shows its token.
    pub fn with_session(
        &self,
        who: Persona,
        request: axum::http::request::Builder,
    ) -> axum::http::request::Builder {
        match &self.pass(who).session {
            Some(session) => request.header(header::COOKIE, format!("wherefore_session={session}")),
            None => self.with_token(who, request),
        }
    }

    /// Sets the clock to noon of a day.
    pub fn noon(&self, day: &str) {
        self.clock.set(noon(day));
    }

    /// A persona signs in anew: a session ends after a month without a visit.
    pub async fn enter(&mut self, who: Persona) {
        let (account, now) = (self.pass(who).account.expect("an account"), self.clock.now());
        let entered = self.app.db.write(move |tx| {
            let workspace = accounts::workspace_of(tx, account)?.expect("a workspace");
            accounts::new_session(tx, account, workspace, now)
        });
        let session = entered.await.expect("a session").reveal().to_owned();
        let at = Persona::ALL.iter().position(|p| *p == who).expect("listed");
        self.passes[at].session = Some(session);
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.expect("the router answers")
    }

    /// Asks the API; the path is with `/api/v1`.
    pub async fn api(&self, who: Persona, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.api_text(who, method, path, &body, &[]).await
    }

    /// The same with the body as it is, and with headers.
    pub async fn api_text(
        &self,
        who: Persona,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json");
        request = self.with_token(who, request);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.send(request.body(Body::from(body.to_owned())).expect("valid")).await;
        let status = answer.status().as_u16();
        let change = answer.headers().get("x-change").cloned();
        let mut value = serde_json::from_str(&text(answer).await).unwrap_or(Value::Null);
        if let (Value::Object(map), Some(change)) = (&mut value, change) {
            map.insert("x-change".into(), change.to_str().expect("an id").into());
        }
        (status, value)
    }

    /// A POST that has to be done; the path is without `/api/v1`.
    pub async fn post(&self, who: Persona, path: &str, body: Value) -> Value {
        let (status, value) = self.api(who, "POST", &format!("/api/v1{path}"), body).await;
        assert!(status < 300, "POST {path}: {status} {value}");
        value
    }

    /// A GET that has to be answered; the path is without `/api/v1`.
    pub async fn get(&self, who: Persona, path: &str) -> Value {
        let (status, value) = self.api(who, "GET", &format!("/api/v1{path}"), Value::Null).await;
        assert_eq!(status, 200, "GET {path}: {value}");
        value
    }

    /// Opens a page.
    pub async fn page(&self, who: Persona, path: &str) -> (u16, String) {
        let request = self.with_session(who, Request::builder().uri(path)).body(Body::empty());
        let answer = self.send(request.expect("valid")).await;
        (answer.status().as_u16(), text(answer).await)
    }

    /// Sends a form from one of our own pages: its status, and where it leads or what it shows.
    pub async fn form(&self, who: Persona, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        self.form_from("same-origin", who, path, fields).await
    }

    /// Sends a form as a browser does from `site`.
    pub async fn form_from(
        &self,
        site: &str,
        who: Persona,
        path: &str,
        fields: &[(&str, &str)],
    ) -> (u16, String) {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        let body: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", escaped(v))).collect();
        let request = self.with_session(who, request).body(Body::from(body.join("&")));
        let answer = self.send(request.expect("valid")).await;
        let status = answer.status().as_u16();
        let to = answer.headers().get(header::LOCATION).cloned();
        match to {
            Some(to) => (status, to.to_str().expect("an address").to_owned()),
            None => (status, text(answer).await),
        }
    }
}

/// Reads the routes out of a router's debug text: axum has no other way to list them. The test that
/// uses it also makes sure that it finds what is known to be there.
fn routes_in(text: &str) -> Vec<(String, String)> {
    let own = text.split("fallback_router").next().unwrap_or_default();
    let (routes, paths) = own.split_once("node: Node").unwrap_or((own, ""));
    let path_of = |id: &str| {
        let named = paths.split_once(&format!("RouteId({id}): \"")).map(|(_, rest)| rest);
        named.and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let mut all = Vec::new();
    for part in routes.split("RouteId(").skip(1) {
        let Some(path) = part.split(')').next().and_then(path_of) else { continue };
        for method in ["get", "post", "patch", "put", "delete"] {
            let answered = part.split_once(&format!("{method}: ")).map(|(_, rest)| rest);
            if answered.is_some_and(|rest| !rest.starts_with("None")) {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    all.sort();
    all
}

fn noon(day: &str) -> Time {
    let day: wherefore_app::kernel::Day = day.parse().expect("a day");
    Time(day.start().0 + Time::DAY / 2)
}

async fn text(answer: Response<Body>) -> String {
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn people(tx: &mut Tx, now: Time) -> Result<Vec<Pass>> {
    let mut input = SetUp {
        workspace: "Harbour".into(),
        name: "Olive".into(),
        email: "olive@example.org".into(),
        password: None,
        product_key: "OPEN".into(),
        product_name: "Open".into(),
    };
    let owner = set_up(tx, &input, now)?;
    let workspace = owner.0.workspace;
    let mut all = vec![pass(tx, &owner, now)?];
    let joining = [
        (Role::Admin, "Ada"),
        (Role::Member, "Mia"),
        (Role::Member, "Ines"),
        (Role::Guest, "Gus"),
        (Role::Guest, "Vera"),
    ];
    for (role, name) in joining {
        let email = format!("{name}@example.org");
        let joined = join(tx, workspace, role, name, &email, None, now)?;
        all.push(pass(tx, &joined, now)?);
    }
    input.workspace = "Elsewhere".into();
    input.email = "stranger@example.org".into();
    input.product_key = "OTHER".into();
    let stranger = set_up(tx, &input, now)?;
    all.push(pass(tx, &stranger, now)?);
    all.push(Pass::default());
    let person = owner.0.person;
    let far = Some(now.plus_days(3650));
    let (_, token) = tokens::new(tx, workspace, person, "reader", &Reach::Read, now, far)?;
    all.push(Pass { token: Some(token.reveal().into()), person: Some(person), ..Pass::default() });
    let past = now.plus_days(-400);
    let ended = Some(now.plus_days(-1));
    let (_, token) = tokens::new(tx, workspace, person, "expired", &Reach::Full, past, ended)?;
    let session = accounts::new_session(tx, owner.1, workspace, past)?;
    all.push(Pass {
        token: Some(token.reveal().into()),
        session: Some(session.reveal().into()),
        person: Some(person),
        account: None,
    });
    Ok(all)
}

fn pass(tx: &mut Tx, (actor, account): &(Actor, Id), now: Time) -> Result<Pass> {
    let (workspace, person) = (actor.workspace, actor.person);
    let far = Some(now.plus_days(3650));
    let (_, token) = tokens::new(tx, workspace, person, "test", &Reach::Full, now, far)?;
    let session = accounts::new_session(tx, *account, workspace, now)?;
    Ok(Pass {
        token: Some(token.reveal().into()),
        session: Some(session.reveal().into()),
        person: Some(person),
        account: Some(*account),
    })
}
