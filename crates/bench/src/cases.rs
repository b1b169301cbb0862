//! What is measured: each case a few requests of one kind.

use serde_json::json;

use crate::http::{get, request};

/// The product that holds most of a big world.
pub const PRODUCT: &str = "OPS";

/// One kind of request.
pub struct Case {
    /// Short, and part of an address.
    pub name: &'static str,
    pub title: &'static str,
    /// Whether it changes something.
    pub writes: bool,
    pub requests: Vec<Asked>,
}

/// One request, before it has become bytes.
pub struct Asked {
    pub method: &'static str,
    pub path: String,
    pub body: String,
}

/// Who asks, as both surfaces know them.
pub struct Secrets {
    pub session: String,
    pub token: String,
}

impl Asked {
    fn page(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: String::new() }
    }

    fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self { method: "POST", path: path.into(), body: body.to_string() }
    }

    /// The headers it needs: a browser's or a program's.
    pub fn headers(&self, secrets: &Secrets) -> Vec<(&'static str, String)> {
        let mut headers = if self.path.starts_with("/api/") {
            vec![("authorization", format!("Bearer {}", secrets.token))]
        } else {
            vec![("cookie", format!("wherefore_session={}", secrets.session))]
        };
        if !self.body.is_empty() {
            headers.push(("content-type", "application/json".into()));
        }
        headers
    }

    pub fn bytes(&self, secrets: &Secrets) -> Vec<u8> {
        let headers = self.headers(secrets);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if self.method == "GET" {
            get(&self.path, &headers)
        } else {
            request(self.method, &self.path, &headers, &self.body)
        }
    }
}

/// The address of the board, whose six columns hold two hundred cards.
pub fn board() -> String {
    format!("/p/{PRODUCT}/board?cards=33")
}

/// All cases: `stories` are looked at, `open` items are moved.
pub fn all(stories: &[String], open: &[String]) -> Vec<Case> {
    let searches = ["platform alterations", "bank holiday", "headcounts twice", "staff radio"];
    let read = |name, title, requests| Case { name, title, writes: false, requests };
    let items = stories.iter().map(|key| Asked::page(format!("/{key}"))).collect();
    let whys = stories.iter().map(|key| Asked::page(format!("/api/v1/items/{key}/why"))).collect();
    let search = |q: &str| Asked::page(format!("/api/v1/search?q={}", q.replace(' ', "+")));
    let list = format!("/api/v1/work-items?product={PRODUCT}&limit=50");
    let create = json!({
        "product": PRODUCT,
        "title": "As a planner, I want to see the daily timetable in one place, so that I can answer the first time",
        "body": "Start with the western lines, where it happens most often.",
        "labels": ["data"],
    });
    let moves = open.iter().enumerate().map(|(n, key)| {
        let after = &open[(n * 37 + 11) % open.len()];
        let after = if after == key { &open[(n + 1) % open.len()] } else { after };
        Asked::post(format!("/api/v1/work-items/{key}/move"), &json!({ "after": after }))
    });
    vec![
        read("item", "Item page", items),
        read("backlog", "Backlog, page of 50", vec![Asked::page(format!("/p/{PRODUCT}/backlog"))]),
        read("board", "Board of 200 cards", vec![Asked::page(board())]),
        read("list", "JSON list of 50", vec![Asked::page(list)]),
        read("why", "Path to why (JSON)", whys),
        read("search", "Search (JSON)", searches.iter().map(|q| search(q)).collect()),
        Case {
            name: "create",
            title: "Create (durable)",
            writes: true,
            requests: vec![Asked::post("/api/v1/work-items", &create)],
        },
        Case { name: "move", title: "Move", writes: true, requests: moves.collect() },
    ]
}
