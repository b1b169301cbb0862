//! A product's pages: the tree, edits by two people at once, links both ways, and the past.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn page(world: &World, product: &str, title: &str, body: &str, parent: &str) -> String {
    let input = json!({ "product": product, "title": title, "body": body, "parent": parent });
    let made = world.post(Persona::Owner, "/pages", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

/// The tree as lines, two blanks for each step down.
async fn lines(world: &World) -> Vec<String> {
    let tree = world.get(ME, "/pages?product=OPEN").await;
    let line = |leaf: &Value| {
        let depth = usize::try_from(leaf["depth"].as_u64().expect("a depth")).expect("small");
        format!("{}{}", "  ".repeat(depth), leaf["title"].as_str().expect("a title"))
    };
    tree.as_array().expect("a list").iter().map(line).collect()
}

both_engines! {
    async fn pages_stand_in_a_tree_and_are_moved_in_it(app) {
        let world = World::new(app).await;
        let a = page(&world, "OPEN", "A", "", "").await;
        let b = page(&world, "OPEN", "B", "", "").await;
        let a1 = page(&world, "OPEN", "A1", "", &a).await;
        let a2 = page(&world, "OPEN", "A2", "", &a).await;
        assert_eq!(lines(&world).await, ["A", "  A1", "  A2", "B"]);
        let to = |key: &str| format!("/pages/{key}/move");
        world.post(ME, &to(&a2), json!({ "before": a1 })).await;
        assert_eq!(lines(&world).await, ["A", "  A2", "  A1", "B"]);
        let moved = world.post(ME, &to(&b), json!({ "parent": a2 })).await;
        assert_eq!(moved["parent"], json!(a2));
        assert_eq!(lines(&world).await, ["A", "  A2", "    B", "  A1"]);
        for (key, parent) in [(&a, &b), (&a, &a)] {
            let (status, refusal) = world.api(ME, "POST", &format!("/api/v1{}", to(key)), json!({ "parent": parent })).await;
            assert_eq!(status, 422, "{refusal}");
        }
        let (_, up) = world.api(ME, "POST", &format!("/api/v1{}", to(&b)), json!({ "parent": "" })).await;
        assert_eq!(lines(&world).await, ["A", "  A2", "  A1", "B"]);
        world.post(ME, "/undo", json!({ "change": up["x-change"] })).await;
        assert_eq!(lines(&world).await, ["A", "  A2", "    B", "  A1"]);
        // What stood below a page in the bin stays to be found.
        world.api(ME, "DELETE", &format!("/api/v1/items/{a}"), Value::Null).await;
        assert_eq!(lines(&world).await, ["A2", "  B", "A1"]);
        let bin = world.get(ME, "/bin?product=OPEN").await;
        assert_eq!(bin[0]["key"], json!(a));
        world.post(ME, &format!("/items/{a}/restore"), json!({})).await;
        assert_eq!(lines(&world).await, ["A", "  A2", "    B", "  A1"]);
        let mut deepest = a1;
        let mut refused = 0;
        for n in 0..10 {
            let input = json!({ "product": "OPEN", "title": format!("D{n}"), "parent": deepest });
            let (status, made) = world.api(ME, "POST", "/api/v1/pages", input).await;
            if status == 201 { deepest = made["key"].as_str().expect("a key").to_owned() } else { refused += 1 }
        }
        assert_eq!(refused, 4, "a tree is eight deep");
    }

    async fn two_people_edit_different_lines_of_one_page(app) {
        let world = World::new(app).await;
        let key = page(&world, "OPEN", "How we answer", "one\ntwo\nthree\nfour", "").await;
        let path = format!("/api/v1/pages/{key}");
        let (status, _) = world.api(ME, "PATCH", &path, json!({ "revision": 1, "body": "ONE\ntwo\nthree\nfour" })).await;
        assert_eq!(status, 200);
        let (status, merged) = world.api(Persona::Owner, "PATCH", &path, json!({ "revision": 1, "body": "one\ntwo\nthree\nFOUR" })).await;
        assert_eq!((status, &merged["body"]), (200, &json!("ONE\ntwo\nthree\nFOUR")));
        let (status, refusal) = world.api(ME, "PATCH", &path, json!({ "revision": 2, "body": "eins\ntwo\nthree\nfour" })).await;
        assert_eq!(status, 200, "another line than the last edit: {refusal}");
        let (status, refusal) = world.api(ME, "PATCH", &path, json!({ "revision": 1, "body": "uno\ntwo\nthree\nfour" })).await;
        assert_eq!(status, 409);
        assert_eq!(refusal["error"]["conflict"]["fields"][0]["field"], "body");
    }

    async fn links_lead_both_ways_within_what_one_sees(app) {
        let world = World::new(app).await;
        let item = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Refund by card" })).await;
        let item = item["key"].as_str().expect("a key");
        let doc = page(&world, "OPEN", "Refunds", &format!("See {item} and NOPE-7."), "").await;
        let secret = page(&world, "PRIV", "Secret", &format!("Also {item}"), "").await;
        let edit = json!({ "body": format!("As {doc} says") });
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{item}"), edit).await;
        let keys = |list: Value| -> Vec<String> {
            list.as_array().expect("a list").iter().map(|n| n["key"].as_str().expect("a key").to_owned()).collect()
        };
        assert_eq!(keys(world.get(ME, &format!("/items/{item}/named")).await), std::slice::from_ref(&doc));
        let owner = keys(world.get(Persona::Owner, &format!("/items/{item}/named")).await);
        assert_eq!(owner, [secret, doc.clone()]);
        assert_eq!(keys(world.get(ME, &format!("/items/{doc}/named")).await), [item.to_owned()]);
        let (_, shown) = world.page(ME, &format!("/{item}")).await;
        assert!(shown.contains("Linked from") && shown.contains("Refunds"));
        let (_, shown) = world.page(ME, &format!("/{doc}")).await;
        assert!(shown.contains(&format!("href=\"/{item}\"")) && shown.contains("Refund by card"));
        world.api(ME, "PATCH", &format!("/api/v1/pages/{doc}"), json!({ "body": "Nothing any more" })).await;
        assert_eq!(keys(world.get(ME, &format!("/items/{item}/named")).await), Vec::<String>::new());
    }

    async fn a_page_is_found_exported_and_seen_as_it_stood(app) {
        let world = World::new(app).await;
        let top = page(&world, "OPEN", "Handbook", "Welcome aboard", "").await;
        page(&world, "OPEN", "Support", "Answer within a *day*", &top).await;
        page(&world, "OPEN", "Other", "apart", "").await;
        let found = world.get(ME, "/search?q=aboard").await;
        assert_eq!(found[0]["key"], json!(top));
        let all = world.get(ME, &format!("/pages/export?product=OPEN&from={top}")).await;
        let text = all["markdown"].as_str().expect("a text");
        assert!(text.starts_with("# Handbook") && text.contains("## Support") && !text.contains("apart"), "{text}");
        let (status, file) = world.page(ME, "/p/OPEN/pages.md").await;
        assert!(status == 200 && file.contains("# Other"), "{file}");
        world.noon("2026-03-10");
        world.api(ME, "PATCH", &format!("/api/v1/pages/{top}"), json!({ "body": "Farewell" })).await;
        let (_, then) = world.page(ME, &format!("/{top}?at=2026-03-03")).await;
        assert!(then.contains("Welcome aboard") && !then.contains("Farewell"));
        let history = world.get(ME, &format!("/items/{top}/history")).await;
        assert_eq!(history["events"][0]["verb"], "edit-page");
        world.post(ME, &format!("/items/{top}/comments"), json!({ "body": "Good" })).await;
        // Who is named in a page hears of it, once.
        world.api(ME, "PATCH", &format!("/api/v1/pages/{top}"), json!({ "body": "Ask @Ada about it" })).await;
        world.api(ME, "PATCH", &format!("/api/v1/pages/{top}"), json!({ "body": "Do ask @Ada about it" })).await;
        let heard = world.get(Persona::Admin, "/notifications").await;
        let mentions = heard["items"].as_array().expect("a list").iter().filter(|n| n["kind"] == "mention").count();
        assert_eq!(mentions, 1, "{heard}");
    }
}
