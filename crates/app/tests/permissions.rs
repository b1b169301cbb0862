//! One table says what every role gets from every action and query. An entry missing here fails.

use std::collections::HashSet;

use serde_json::{Value, json};
use wherefore_app::surfaces::registry::ENTRIES;
use wherefore_testkit::{Persona, World, both_engines};

/// What owner, admin, member, guest, stranger and nobody get. An input that nothing is found for, or
/// that is refused as input, is past the check of the role: `P` takes 2xx, 404, 409 and 422.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("list-products", "PPPPPU"), ("create-product", "PPFFPU"), ("edit-product", "PPFFNU"),
    ("add-product-member", "PPFFNU"), ("remove-product-member", "PPFFNU"),
    ("list-people", "PPPFPU"), ("edit-person", "PPFFNU"),
    ("list-tokens", "PPPPPU"), ("create-token", "PPPPPU"), ("end-token", "PPPPNU"),
    ("list-evidence", "PPPPNU"), ("get-evidence", "PPPPNU"), ("record-evidence", "PPPPNU"),
    ("edit-evidence", "PPPFNU"), ("list-needs", "PPPPNU"), ("get-need", "PPPPNU"),
    ("create-need", "PPPFNU"), ("edit-need", "PPPFNU"), ("list-objectives", "PPPPNU"),
    ("get-objective", "PPPPNU"), ("set-objective", "PPPFNU"), ("edit-objective", "PPPFNU"),
    ("add-key-result", "PPPFNU"), ("check-in", "PPPFNU"), ("list-check-ins", "PPPPNU"),
    ("list-opportunities", "PPPPNU"), ("get-opportunity", "PPPPNU"),
    ("frame-opportunity", "PPPPNU"), ("edit-opportunity", "PPPFNU"),
    ("decide-opportunity", "PPPFNU"), ("move-opportunity", "PPPFNU"),
    ("list-work-items", "PPPPNU"), ("get-work-item", "PPPPNU"), ("board", "PPPPNU"),
    ("create-work-item", "PPPFNU"), ("edit-work-item", "PPPFNU"), ("move-work-item", "PPPFNU"),
    ("bulk-edit", "PPPFNU"), ("add-link", "PPPFNU"), ("remove-link", "PPPFNU"),
    ("bulk-link", "PPPFNU"), ("path-to-why", "PPPPNU"), ("list-gaps", "PPPPNU"),
    ("list-comments", "PPPPNU"), ("add-comment", "PPPPNU"), ("edit-comment", "PPPPNU"),
    ("remove-comment", "PPPPNU"), ("item-history", "PPPPNU"), ("list-activity", "PPPPNU"),
    ("item-as-of", "PPPPNU"), ("order-as-of", "PPPPNU"), ("list-bin", "PPPPNU"),
    ("bin-item", "PPPFNU"), ("restore-item", "PPPFNU"), ("undo", "PPPFNU"),
    ("search", "PPPPPU"),
];

/// Something for every field that a path or an input needs.
fn input(name: &str, product: &str, item: &str, n: usize) -> Value {
    let id = "01890000-0000-7000-8000-000000000000";
    let key = match name {
        "bin-item" | "restore-item" => "OPEN-999",
        _ => item,
    };
    match name {
        "create-product" => {
            json!({ "key": format!("NEW{}", char::from(b'A' + n as u8)), "name": "New" })
        }
        "create-token" => json!({ "name": "script" }),
        "record-evidence" => json!({ "product": product, "verbatim": "It is slow." }),
        "create-need" | "frame-opportunity" | "create-work-item" => {
            json!({ "product": product, "title": "New" })
        }
        "set-objective" => json!({ "product": product, "title": "New", "period": "2026 H1" }),
        "bulk-edit" => json!({ "items": [item], "priority": "high" }),
        "bulk-link" => json!({ "items": [item], "to": item }),
        "add-link" => json!({ "from": item, "to": item }),
        "add-key-result" => {
            json!({ "objective": key, "title": "New", "unit": "%", "baseline": 1, "target": 2 })
        }
        "check-in" => json!({ "key": key, "value": 1 }),
        "move-work-item" => json!({ "key": key, "to": "top" }),
        "add-comment" => json!({ "key": key, "body": "Yes." }),
        "edit-comment" => json!({ "comment": id, "body": "Yes." }),
        "undo" => json!({ "change": id }),
        "decide-opportunity" => json!({ "key": key, "state": "assessing" }),
        _ => json!({ "product": product, "key": key, "person": id, "token": id, "comment": id,
            "from": item, "to": item, "at": "2026-03-02", "q": "slow" }),
    }
}

both_engines! {
    async fn every_entry_answers_every_role_as_the_table_says(app) {
        let world = World::new(app).await;
        let new = json!({ "product": "OPEN", "title": "Item" });
        let item = world.post(Persona::Owner, "/work-items", new).await;
        let item = item["key"].as_str().expect("a key").to_owned();
        let mut wrong = Vec::new();
        let listed: HashSet<&str> = TABLE.iter().map(|(name, _)| *name).collect();
        for entry in ENTRIES {
            let meta = entry.meta;
            if !listed.contains(meta.name) {
                wrong.push(format!("{} is not in the table", meta.name));
                continue;
            }
            let row = TABLE.iter().find(|(name, _)| *name == meta.name).expect("listed").1;
            for (n, (who, wanted)) in Persona::ALL.into_iter().zip(row.chars()).enumerate() {
                let mut all = input(meta.name, "OPEN", &item, n);
                let fields = all.as_object_mut().expect("an object");
                let mut path = format!("/api/v1{}", meta.path);
                for (field, value) in fields.clone() {
                    let slot = format!("{{{field}}}");
                    if path.contains(&slot) {
                        path = path.replace(&slot, value.as_str().expect("a text"));
                        fields.remove(&field);
                    }
                }
                let known = wherefore_app::surfaces::openapi_document();
                let operation = &known["paths"][format!("/api/v1{}", meta.path)][meta.method.to_lowercase()];
                let body = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                let taken = |f: &str| parameters.iter().any(|p| p["name"] == f && p["in"] == "query");
                let sent = if entry.changes {
                    fields.retain(|f, _| body.get(f).is_some());
                    all
                } else {
                    let query: Vec<String> = fields.iter().filter(|(f, _)| taken(f))
                        .map(|(f, v)| format!("{f}={}", v.as_str().unwrap_or_default())).collect();
                    path = format!("{path}?{}", query.join("&"));
                    Value::Null
                };
                let (status, answer) = world.api(who, meta.method, &path, sent).await;
                let fits = match wanted {
                    'P' => matches!(status, 200..300 | 404 | 409 | 422),
                    'F' => status == 403 || status == 404,
                    'N' => status == 404 || status == 422,
                    _ => status == 401,
                };
                if !fits {
                    wrong.push(format!("{} {who:?}: {status}, not {wanted}: {answer}", meta.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn pages_open_for_those_who_may_see_their_product(app) {
        let world = World::new(app).await;
        let mut wrong = Vec::new();
        let words = ["backlog", "epics", "list", "board", "activity", "past", "bin", "evidence",
            "needs", "objectives", "opportunities", "gaps"];
        for word in words {
            for product in ["OPEN", "SHUT"] {
                for who in Persona::ALL {
                    let wanted = match who {
                        Persona::Nobody => 303,
                        Persona::Stranger => 404,
                        Persona::Guest if product == "SHUT" => 404,
                        _ => 200,
                    };
                    let path = format!("/p/{product}/{word}");
                    let (status, _) = world.page(who, &path).await;
                    if status != wanted {
                        wrong.push(format!("{path} {who:?}: {status}, not {wanted}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn a_guest_reads_in_its_product_and_nowhere_else(app) {
        let world = World::new(app).await;
        let shut = json!({ "product": "SHUT", "title": "Secret" });
        let key = world.post(Persona::Owner, "/work-items", shut).await["key"].clone();
        let path = format!("/api/v1/work-items/{}", key.as_str().expect("a key"));
        for who in [Persona::Guest, Persona::Stranger] {
            assert_eq!(world.api(who, "GET", &path, Value::Null).await.0, 404);
            let edit = world.api(who, "PATCH", &path, json!({ "title": "Mine" })).await.0;
            assert!(matches!(edit, 403 | 404), "{edit}");
        }
        let found = world.get(Persona::Guest, "/search?q=Secret").await;
        assert_eq!(found, json!([]));
    }
}
