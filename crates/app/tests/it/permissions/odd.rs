//! The table's inputs, each with one field made odd: whatever comes is done or refused in words, and
//! nothing is a fault of ours.

use super::*;

/// What a field may be that nobody thought of.
fn oddities() -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!(" \t\n"),
        json!("OPEN-999999999999999999999"),
        json!("01890000-0000-7000-8000-000000000000"),
        json!("'; DROP TABLE item_key; -- %00%ff ../.. \\ \"<b>"),
        json!("a\u{0}b"),
        json!("👩‍👩‍👧 שלום \u{202e}abc e\u{301}\u{feff}"),
        json!("x".repeat(12_000)),
        json!("2026-02-30"),
        json!(-1),
        json!(i64::MAX),
        json!(1e308),
        json!(true),
        json!([]),
        json!([["nested"], 1, null]),
        json!({ "a": { "b": [] } }),
    ]
}

fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let one = |b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(one).collect()
}

fn address(entry: &Entry, input: &mut Value) -> String {
    let mut path = format!("/api/v1{}", entry.meta.path);
    let fields = input.as_object_mut().expect("an object");
    fields.retain(|name, value| {
        let slot = format!("{{{name}}}");
        let in_path = path.contains(&slot);
        // An empty part of a path is another path.
        let part = Some(text(value)).filter(|t| !t.is_empty()).unwrap_or_else(|| "-".into());
        path = path.replace(&slot, &escaped(&part));
        !in_path
    });
    if !entry.changes {
        let pairs: Vec<String> =
            pairs(input).iter().map(|(k, v)| format!("{k}={}", escaped(v))).collect();
        path = format!("{path}?{}", pairs.join("&"));
    }
    path
}

async fn ask(world: &World, entry: &Entry, mut input: Value) -> (u16, Value) {
    let path = address(entry, &mut input);
    let body = if entry.changes { input } else { Value::Null };
    world.api(Persona::Owner, entry.meta.method, &path, body).await
}

/// Whether it was done, or refused in words that a person can use.
fn in_order(status: u16, answer: &Value) -> bool {
    let told = answer["error"]["message"].as_str().is_some_and(|m| m.chars().count() > 10);
    status < 300 || (matches!(status, 404 | 409 | 422) && told)
}

both_engines! {
    async fn an_odd_field_is_taken_or_refused_in_words(app) {
        let world = World::new(app).await;
        let scene = Scene::new(&world, "OPEN");
        let (mut wrong, mut refused) = (Vec::new(), 0);
        for row in entries() {
            let entry = entry(row.name).expect("the table names what is there");
            let schema = wherefore_app::surfaces::registry::schema(entry);
            let fields: Vec<String> =
                schema["properties"].as_object().into_iter().flatten().map(|(f, _)| f.clone()).collect();
            let mut base = scene.fill(&row.input, Persona::Owner).await;
            for field in &fields {
                for odd in oddities() {
                    let mut input = base.clone();
                    input[field.as_str()] = odd.clone();
                    let (status, answer) = ask(&world, entry, input).await;
                    if !in_order(status, &answer) {
                        let odd: String = odd.to_string().chars().take(60).collect();
                        wrong.push(format!("{} with {field} = {odd}: {status} {answer}", row.name));
                    }
                    refused += u32::from(status >= 400);
                    if status < 300 && entry.changes {
                        base = scene.fill(&row.input, Persona::Owner).await;
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
        assert!(refused > 1_000, "only {refused} were refused, so this tries too little");
    }

    async fn a_body_that_is_no_object_is_refused_in_words(app) {
        let world = World::new(app).await;
        let bodies = ["", "{", "[]", "null", "1", "\"x\"", "{\"a\":}", "{} {}", "\u{feff}{}",
            "{\"key\":\"\\ud800\"}", "{\"no such field\": 1}"];
        for entry in ENTRIES.iter().filter(|e| e.changes) {
            let mut input = json!({ "key": "OPEN-1", "product": "OPEN", "person": "x", "comment": "x",
                "token": "x", "item": "OPEN-1" });
            let path = address(entry, &mut input);
            for body in bodies {
                let (status, answer) =
                    world.api_text(Persona::Owner, entry.meta.method, &path, body, &[]).await;
                let taken = in_order(status, &answer) && (status >= 400 || body.is_empty());
                assert!(taken, "{} {path} {body}: {status} {answer}", entry.meta.name);
            }
        }
    }
}
