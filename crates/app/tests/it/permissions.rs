//! One table says what every role gets from every action, query, page and other address, as an exact
//! status. What is missing in the table fails here: the actions come from the registry, the addresses
//! from the router itself.

mod charters;
mod guide;
mod how;
mod odd;
mod people;
mod planning;
mod portal_table;
mod scene;
mod table;

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Request, header};
use guide::GUIDE;
use http_body_util::BodyExt;
use people::ABOUT_PEOPLE;
use portal_table::PORTAL;
use scene::Scene;
use serde_json::{Value, json};
use table::{ADDRESSES, Class, ELSEWHERE, entries};
use wherefore_app::store::Entry;
use wherefore_app::surfaces::registry::{ENTRIES, entry};
use wherefore_testkit::{Persona, World, both_engines};

const PRODUCTS: [&str; 2] = ["OPEN", "PRIV"];

/// The letters of a class in that product; none where it concerns no product and that is done.
fn letters(class: Class, product: &str) -> Vec<(Persona, char)> {
    let row = if product == "PRIV" { class.private } else { class.open };
    let letters: Vec<char> = row.chars().filter(|c| *c != ' ').collect();
    assert!(letters.is_empty() || letters.len() == Persona::ALL.len(), "{row} is no row");
    Persona::ALL.into_iter().zip(letters).collect()
}

/// What came back, as far as the table says it.
struct Got {
    status: u16,
    to: String,
    text: String,
}

async fn send(world: &World, request: Request<Body>) -> Got {
    let answer = world.send(request).await;
    let status = answer.status().as_u16();
    let header = |name| {
        let value = answer.headers().get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (to, kind) = (header(header::LOCATION), header(header::CONTENT_TYPE));
    // A stream of events never ends.
    let text = if kind == "text/event-stream" {
        String::new()
    } else {
        let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
        String::from_utf8_lossy(&bytes).chars().take(300).collect()
    };
    Got { status, to, text }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The pairs of a form; lists are repeated, entries of an object have its name before theirs.
fn pairs(input: &Value) -> Vec<(String, String)> {
    let fields = input.as_object().into_iter().flatten();
    fields
        .flat_map(|(name, value)| match value {
            Value::Array(list) => list.iter().map(|v| (name.clone(), text(v))).collect(),
            Value::Object(map) => {
                map.iter().map(|(k, v)| (format!("{name}.{k}"), text(v))).collect()
            }
            one => vec![(name.clone(), text(one))],
        })
        .collect()
}

/// Puts fields into a path's `{slots}` and gives those that are left.
fn fill(path: &str, input: &Value) -> (String, Value) {
    let (mut path, mut rest) = (path.to_owned(), input.clone());
    let fields = rest.as_object_mut().expect("an object");
    fields.retain(|name, value| {
        let slot = format!("{{{name}}}");
        let in_path = path.contains(&slot);
        path = path.replace(&slot, &text(value));
        !in_path
    });
    (path, rest)
}

fn query(input: &Value) -> String {
    let all: Vec<String> =
        pairs(input).iter().map(|(k, v)| format!("{k}={}", v.replace(' ', "+"))).collect();
    if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
}

async fn ask_api(world: &World, who: Persona, entry: &Entry, input: &Value) -> Got {
    let (path, rest) = fill(&format!("/api/v1{}", entry.meta.path), input);
    let (path, body) = if entry.changes {
        (path, Body::from(rest.to_string()))
    } else {
        (format!("{path}{}", query(&rest)), Body::empty())
    };
    let request = Request::builder().method(entry.meta.method).uri(path);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    send(world, world.with_token(who, request).body(body).expect("valid")).await
}

async fn ask_browser(world: &World, who: Persona, route: &str, input: &Value) -> Got {
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let (path, rest) = fill(path, input);
    let (path, body) = if method == "POST" {
        (path, Body::from(query(&rest).trim_start_matches('?').to_owned()))
    } else {
        (format!("{path}{}", query(&rest)), Body::empty())
    };
    let request =
        Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(world, world.with_session(who, request).body(body).expect("valid")).await
}

/// Whether a program got what the letter says.
fn api_fits(letter: char, done: u16, got: &Got) -> bool {
    let wanted = match letter {
        'P' => done,
        'F' => 403,
        'N' => 404,
        'U' => 401,
        other => panic!("{other} is no letter"),
    };
    got.status == wanted
}

/// Whether a browser did. A token is no session, so the reader is sent to sign in.
fn browser_fits(who: Persona, letter: char, done: u16, open: bool, got: &Got) -> bool {
    let letter = if who == Persona::Reader && !open { 'U' } else { letter };
    let signing_in = got.to.starts_with("/login");
    match letter {
        'U' => (got.status == 303 && signing_in) || (got.status == 401 && done == 200),
        'P' => got.status == done && !signing_in,
        _ => api_fits(letter, done, got),
    }
}

async fn through_the_api(world: &World, product: &'static str) -> Vec<String> {
    let scene = Scene::new(world, product);
    let mut wrong = Vec::new();
    for row in entries() {
        let entry = entry(row.name).unwrap_or_else(|| panic!("{} is in the table only", row.name));
        for (who, letter) in letters(row.class, product) {
            let input = scene.fill(&row.input, who).await;
            let got = ask_api(world, who, entry, &input).await;
            if !api_fits(letter, row.done, &got) {
                let (name, Got { status, text, .. }) = (row.name, got);
                wrong.push(format!("{name} in {product}, {who:?}: {status}, not {letter}: {text}"));
            }
        }
    }
    wrong
}

async fn through_forms(world: &World, product: &'static str) -> Vec<String> {
    let scene = Scene::new(world, product);
    let mut wrong = Vec::new();
    for row in entries().iter().filter(|r| entry(r.name).is_some_and(|e| e.changes)) {
        for (who, letter) in letters(row.class, product) {
            let input = scene.fill(&row.input, who).await;
            let got = ask_browser(world, who, &format!("POST /do/{}", row.name), &input).await;
            // A secret is shown at once, everything else leads to its page.
            let told = [
                "create-token",
                "share-roadmap",
                "share-calendar",
                "connect-git",
                "renew-git-secret",
            ]
            .contains(&row.name);
            // What is refused to everybody in the scene is so in words, too.
            let done = if told { 200 } else { 303.max(row.done) };
            if !browser_fits(who, letter, done, false, &got) {
                let (name, Got { status, text, to }) = (row.name, got);
                wrong.push(format!(
                    "the form {name} in {product}, {who:?}: {status} {to}, not {letter}: {text}"
                ));
            }
        }
    }
    wrong
}

async fn addresses(world: &World, product: &'static str) -> Vec<String> {
    let scene = Scene::new(world, product);
    let mut wrong = Vec::new();
    for address in ADDRESSES.iter().chain(PORTAL).chain(ABOUT_PEOPLE).chain(GUIDE) {
        let open = !address.class.open.contains('U');
        for (who, letter) in letters(address.class, product) {
            let with: serde_json::Map<String, Value> =
                address.with.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
            let input = scene.fill(&Value::Object(with), who).await;
            let got = ask_browser(world, who, address.route, &input).await;
            if !browser_fits(who, letter, address.done, open, &got) {
                let (route, Got { status, text, to }) = (address.route, got);
                wrong
                    .push(format!("{route} {input}, {who:?}: {status} {to}, not {letter}: {text}"));
            }
        }
    }
    wrong
}

both_engines! {
    async fn every_action_and_query_answers_every_role_as_the_table_says(app) {
        let world = World::new(app).await;
        let mut wrong = Vec::new();
        let listed: HashSet<&str> = entries().iter().map(|row| row.name).collect();
        let missing = ENTRIES.iter().filter(|e| !listed.contains(e.meta.name));
        wrong.extend(missing.map(|e| format!("{} is not in the table", e.meta.name)));
        for product in PRODUCTS {
            wrong.extend(through_the_api(&world, product).await);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn every_form_answers_every_role_as_the_table_says(app) {
        let world = World::new(app).await;
        let mut wrong = Vec::new();
        for product in PRODUCTS {
            wrong.extend(through_forms(&world, product).await);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn every_address_answers_every_role_as_the_table_says(app) {
        let world = World::new(app).await;
        let mut wrong = Vec::new();
        for product in PRODUCTS {
            wrong.extend(addresses(&world, product).await);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn every_address_of_the_router_is_in_the_table(app) {
        let world = World::new(app).await;
        let routes: HashSet<String> =
            world.routes().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
        let known = |e: &Entry| format!("{} /api/v1{}", e.meta.method, e.meta.path);
        let api: HashSet<String> = ENTRIES.iter().map(known).collect();
        let listed: HashSet<String> = ADDRESSES.iter().chain(PORTAL).chain(ABOUT_PEOPLE).chain(GUIDE).map(|a| a.route)
            .chain(ELSEWHERE.iter().map(|(route, _)| *route)).map(str::to_owned).collect();
        let mut wrong: Vec<String> = routes.iter().filter(|r| !api.contains(*r) && !listed.contains(*r))
            .map(|r| format!("{r} is not in the table")).collect();
        // Finding too little would make this test say yes to everything.
        wrong.extend(api.iter().chain(&listed).filter(|r| !routes.contains(*r))
            .map(|r| format!("{r} is in the table or the registry, but no route")));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn signing_in_is_for_those_who_are_not(app) {
        let world = World::new(app).await;
        for who in Persona::ALL {
            let none = json!({});
            let login = ask_browser(&world, who, "GET /login", &none).await;
            let out = matches!(who, Persona::Nobody | Persona::Reader | Persona::Expired);
            assert_eq!(login.status, if out { 200 } else { 303 }, "{who:?}");
        }
        let page = "GET /account";
        assert_eq!(ask_browser(&world, Persona::Member, page, &json!({})).await.status, 200);
        let left = ask_browser(&world, Persona::Member, "POST /logout", &json!({})).await;
        assert_eq!((left.status, left.to.as_str()), (303, "/login"));
        // The session ended on the server too, not only in the browser.
        assert_eq!(ask_browser(&world, Persona::Member, page, &json!({})).await.status, 303);
    }

    async fn files_are_imported_by_those_who_may_write(app) {
        let world = World::new(app).await;
        let csv = "Summary,Issue key,Issue Type,Status\nOne,A-1,Story,To Do\n";
        let form = format!("--cut\r\ncontent-disposition: form-data; name=\"do\"\r\n\r\npreview\r\n\
            --cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{csv}\r\n--cut--\r\n");
        let mut wrong = Vec::new();
        for product in PRODUCTS {
            for (who, letter) in letters(table::WRITES, product) {
                let upload = Request::builder().method("POST").uri(format!("/p/{product}/import"))
                    .header("sec-fetch-site", "same-origin")
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
                let upload = world.with_session(who, upload).body(Body::from(form.clone()));
                let got = send(&world, upload.expect("valid")).await;
                if !browser_fits(who, letter, 303, false, &got) {
                    wrong.push(format!("upload to {product}, {who:?}: {}, not {letter}: {}", got.status, got.text));
                }
                let uri = format!("/api/v1/imports?product={product}&file=a.csv&dry_run=true");
                let request = Request::builder().method("POST").uri(uri);
                let request = world.with_token(who, request).body(Body::from(csv));
                let got = send(&world, request.expect("valid")).await;
                if !api_fits(letter, 200, &got) {
                    wrong.push(format!("import to {product}, {who:?}: {}, not {letter}: {}", got.status, got.text));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn what_one_may_not_see_is_in_no_list_and_no_search(app) {
        let world = World::new(app).await;
        for (product, title) in [("SHUT", "Secret one"), ("PRIV", "Secret two")] {
            world.post(Persona::Owner, "/work-items", json!({ "product": product, "title": title })).await;
        }
        let seen = [(Persona::Owner, 2), (Persona::Insider, 2), (Persona::Member, 1),
            (Persona::Admin, 1), (Persona::Guest, 0), (Persona::Visitor, 0), (Persona::Stranger, 0)];
        for (who, count) in seen {
            let found = world.get(who, "/search?q=Secret").await;
            assert_eq!(found.as_array().map(Vec::len), Some(count), "{who:?} finds {found}");
            let products = world.get(who, "/products").await;
            let named = products.to_string().contains("\"PRIV\"");
            assert_eq!(named, matches!(who, Persona::Owner | Persona::Insider), "{who:?}");
            let (_, home) = world.page(who, "/").await;
            assert_eq!(home.contains("/p/PRIV/"), named, "{who:?}");
        }
    }
}
