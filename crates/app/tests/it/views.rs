//! The filter language over items, groups, saved views, the table, many at once and downloads.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

fn text(made: &Value, field: &str) -> String {
    made[field].as_str().expect("a text").to_owned()
}

/// A handful of items that differ, by their titles.
async fn furnish(world: &World) {
    world.post(BOSS, "/teams", json!({ "name": "Booking team" })).await;
    let part = json!({ "name": "Checkout", "team": "Booking team" });
    world.post(BOSS, "/products/OPEN/parts", part).await;
    let all = [
        json!({ "title": "Pay by card", "labels": ["checkout"], "points": 5.0, "assignee": "me", "due": "2026-03-01", "priority": "high", "part": "Checkout" }),
        json!({ "title": "Pay by bank", "labels": ["checkout", "spike"], "points": 2.0, "due": "2026-02-01" }),
        json!({ "title": "Sum is wrong", "level": "bug", "severity": "major", "priority": "Highest" }),
        json!({ "title": "Refunds", "level": "epic" }),
    ];
    for mut item in all {
        item["product"] = json!("OPEN");
        world.post(ME, "/work-items", item).await;
    }
}

fn encode(q: &str) -> String {
    serde_urlencoded::to_string([("q", q)]).expect("a query")
}

/// The titles that a filter finds, in their order.
async fn found(world: &World, q: &str) -> Vec<String> {
    let page = world.get(ME, &format!("/work-items?product=OPEN&{}", encode(q))).await;
    page["items"]
        .as_array()
        .unwrap_or_else(|| panic!("{q}: {page}"))
        .iter()
        .map(|i| text(i, "title"))
        .collect()
}

async fn refused(world: &World, q: &str) -> String {
    let path = format!("/api/v1/work-items?product=OPEN&{}", encode(q));
    let (status, answer) = world.api(ME, "GET", &path, Value::Null).await;
    assert_eq!(status, 422, "{q}: {answer}");
    text(&answer["error"], "message")
}

both_engines! {
    async fn each_term_finds_its_items(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let cases: [(&str, &[&str]); 34] = [
            ("label:checkout", &["Pay by card", "Pay by bank"]),
            ("label:checkout -label:spike", &["Pay by card"]),
            ("points>=3", &["Pay by card"]),
            ("points<3", &["Pay by bank"]),
            ("-points<3", &["Pay by card", "Sum is wrong", "Refunds"]),
            ("points:2,5", &["Pay by card", "Pay by bank"]),
            ("due<2026-03-01", &["Pay by bank"]),
            ("due:2026-03-01", &["Pay by card"]),
            ("due>=2026-02-01 due<=2026-02-28", &["Pay by bank"]),
            ("level:bug,epic", &["Sum is wrong", "Refunds"]),
            ("assignee:me", &["Pay by card"]),
            ("assignee:mia", &["Pay by card"]),
            ("-assignee:me", &["Pay by bank", "Sum is wrong", "Refunds"]),
            ("no:assignee is:open level:story", &["Pay by bank"]),
            ("has:due sort:due", &["Pay by bank", "Pay by card"]),
            ("has:due sort:-due", &["Pay by card", "Pay by bank"]),
            ("sort:priority", &["Sum is wrong", "Pay by card", "Pay by bank", "Refunds"]),
            ("sort:-points -no:points", &["Pay by card", "Pay by bank"]),
            ("sort:-created level:story", &["Pay by bank", "Pay by card"]),
            ("priority:highest", &["Sum is wrong"]),
            ("severity:major", &["Sum is wrong"]),
            ("service:standard level:bug", &["Sum is wrong"]),
            ("team:\"booking team\"", &["Pay by card"]),
            ("part:checkout", &["Pay by card"]),
            ("pay card", &["Pay by card"]),
            ("\"pay by\" -card", &["Pay by bank"]),
            ("is:closed", &[]),
            ("is:begun,blocked", &[]),
            ("created>=today", &["Pay by card", "Pay by bank", "Sum is wrong", "Refunds"]),
            ("-created>=today", &[]),
            ("done<tomorrow", &[]),
            ("sprint:current", &[]),
            ("no:sprint no:why no:label", &["Sum is wrong", "Refunds"]),
            ("label:nothing-bears-it", &[]),
        ];
        for (q, titles) in cases {
            assert_eq!(found(&world, q).await, *titles, "{q}");
        }
    }

    async fn pages_go_on_in_every_order(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        for by in ["rank", "due", "priority", "points", "created", "updated"] {
            for q in [format!("sort:{by}"), format!("sort:-{by}")] {
                let whole = found(&world, &q).await;
                let (mut after, mut walked) = (String::new(), Vec::new());
                loop {
                    let more = serde_urlencoded::to_string([("after", &after)]).unwrap();
                    let path = format!("/work-items?product=OPEN&limit=1&{}&{more}", encode(&q));
                    let page = world.get(ME, &path).await;
                    walked.extend(page["items"].as_array().unwrap().iter().map(|i| text(i, "title")));
                    match page["next"].as_str() {
                        Some(next) => next.clone_into(&mut after),
                        None => break,
                    }
                }
                assert_eq!(walked, whole, "{q}");
                assert_eq!(walked.len(), 4, "{q}");
            }
        }
        let path = "/api/v1/work-items?product=OPEN&q=sort:points&after=nonsense";
        assert_eq!(world.api(ME, "GET", path, Value::Null).await.0, 422);
    }

    async fn what_is_not_known_is_refused_with_the_nearest_word(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        for (q, words) in [
            ("staet:Done", "Did you mean “state”?"),
            ("team:Bookin", "There is no team “Bookin” here. Did you mean “Booking team”?"),
            ("part:chekout", "Did you mean “Checkout”?"),
            ("assignee:Mai", "Did you mean “Mia”?"),
            ("parent:OPEN-999", "There is no item “OPEN-999” here."),
            ("a state:nowhere", "At “state:nowhere”, character 3 of the filter"),
        ] {
            let said = refused(&world, q).await;
            assert!(said.contains(words), "{q}: {said}");
        }
        let (status, page) = world.page(ME, "/p/OPEN/list?q=part%3Achekout").await;
        assert_eq!(status, 200);
        assert!(page.contains("part:chekout") && page.contains("q=part%3ACheckout"), "{page}");
    }

    async fn parameters_by_themselves_are_part_of_the_same_filter(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let (_, page) = world.page(ME, "/p/OPEN/list?level=bug&category=open").await;
        assert!(page.contains("value=\"is:open level:bug\""), "{page}");
        assert!(page.contains("Sum is wrong") && !page.contains("Pay by bank"), "{page}");
        let (status, _) = world.page(ME, "/p/OPEN/list?q=level%3Abug&level=&state=").await;
        assert_eq!(status, 303, "a form that names fields beside q is led to q alone");
        for path in ["backlog", "board", "table", "list"] {
            let (status, page) = world.page(ME, &format!("/p/OPEN/{path}?q=label%3Aspike")).await;
            assert_eq!(status, 200);
            assert!(page.contains("Pay by bank") && !page.contains("Pay by card"), "{path}: {page}");
            let (status, page) = world.page(ME, &format!("/p/OPEN/{path}?q=levle%3Abug+%22open")).await;
            assert_eq!(status, 200, "{path}");
            assert!(page.contains("levle:bug &quot;open") && !page.contains("Pay by bank"), "{path}: {page}");
        }
        let board = world.get(ME, &format!("/board?product=OPEN&{}", encode("label:checkout points>2"))).await;
        let cards: Vec<&Value> = board.as_array().unwrap().iter().flat_map(|c| c["items"].as_array().unwrap()).collect();
        assert_eq!(cards.len(), 1, "{board}");
    }

    async fn groups_hold_groups(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let grouped = world.get(ME, &format!("/work-items/groups?product=OPEN&{}", encode("group:label,level"))).await;
        let shown: Vec<(String, u64, usize)> = grouped["groups"].as_array().unwrap().iter()
            .map(|g| (text(g, "term"), g["count"].as_u64().unwrap(), g["groups"].as_array().unwrap().len()))
            .collect();
        let expected = [("label:checkout", 2, 1), ("label:spike", 1, 1), ("no:label", 2, 2)];
        assert_eq!(shown, expected.map(|(t, c, g)| (t.to_owned(), c, g)));
        let (_, page) = world.page(ME, "/p/OPEN/list?q=group%3Aassignee%2Cstate").await;
        assert!(page.contains("Without assignee"), "{page}");
        let none = "/api/v1/work-items/groups?product=OPEN&q=";
        assert_eq!(world.api(ME, "GET", none, Value::Null).await.0, 422);
    }

    async fn views_are_kept_shared_pinned_and_undone(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let own = json!({ "product": "OPEN", "name": "Mine", "q": "assignee:me   sort:due", "pin": true });
        let own = world.post(ME, "/views", own).await;
        assert_eq!((&own["q"], &own["pinned"], &own["own"]), (&json!("assignee:me sort:due"), &json!(true), &json!(true)));
        let seen = |who| { let world = &world; async move { world.get(who, "/views?product=OPEN").await } };
        assert_eq!(seen(BOSS).await, json!([]), "what is shared with nobody is seen by nobody");
        let path = format!("/api/v1/views/{}", text(&own, "id"));
        assert_eq!(world.api(BOSS, "GET", &path, Value::Null).await.0, 404);
        let team = json!({ "shared": "team", "team": "Booking team" });
        assert_eq!(world.api(ME, "PATCH", &path, team).await.0, 200);
        assert_eq!(seen(BOSS).await, json!([]));
        let teams = world.get(BOSS, "/teams").await;
        let joined = format!("/teams/{}/members", text(&teams[0], "id"));
        world.post(BOSS, &joined, json!({ "person": world.person(BOSS).to_string() })).await;
        assert_eq!(seen(BOSS).await[0]["name"], "Mine");
        assert_eq!(seen(BOSS).await[0]["pinned"], false, "a pin is one's own");
        let wrong = json!({ "product": "OPEN", "name": "Broken", "q": "levle:bug" });
        assert_eq!(world.api(ME, "POST", "/api/v1/views", wrong).await.0, 422);
        let columns = json!({ "columns": ["key", "nothing"] });
        assert_eq!(world.api(ME, "PATCH", &path, columns).await.0, 422);
        let gone = world.api(ME, "DELETE", &path, Value::Null).await.1;
        assert_eq!(seen(ME).await, json!([]));
        world.post(ME, "/undo", json!({ "change": gone["x-change"] })).await;
        assert_eq!(seen(ME).await[0]["name"], "Mine");
        let (_, page) = world.page(ME, "/p/OPEN/list?q=assignee%3Ame+sort%3Adue").await;
        assert!(page.contains("★") && page.contains(">Mine"), "{page}");
        let (_, page) = world.page(ME, "/p/OPEN/views").await;
        assert!(page.contains("assignee:me sort:due"), "{page}");
    }

    async fn many_are_changed_at_once_and_taken_back_at_once(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let all = json!({ "matching": true, "product": "OPEN", "q": "label:checkout", "level": "task",
            "points": 8, "due": "2026-05-01", "add_label": "moved", "clear": ["priority", "part"], "service": "expedite" });
        let done = world.post(ME, "/work-items/bulk", all).await;
        assert_eq!(done["changed"], 2);
        assert_eq!(found(&world, "level:task points:8 due:2026-05-01 label:moved no:priority no:part service:expedite").await.len(), 2);
        world.post(ME, "/undo", json!({ "change": done["x-change"] })).await;
        assert_eq!(found(&world, "label:moved").await.len(), 0);
        assert_eq!(found(&world, "part:Checkout priority:high points:5").await, ["Pay by card"]);
        let binned = json!({ "matching": true, "product": "OPEN", "q": "pay", "bin": true });
        let done = world.post(ME, "/work-items/bulk", binned).await;
        assert_eq!(found(&world, "").await, ["Sum is wrong", "Refunds"]);
        world.post(ME, "/undo", json!({ "change": done["x-change"] })).await;
        assert_eq!(found(&world, "").await.len(), 4);
        for wrong in [
            json!({ "matching": true, "product": "OPEN", "q": "label:none" }),
            json!({ "matching": true, "product": "OPEN", "q": "levle:x" }),
            json!({ "items": ["OPEN-1"], "clear": ["title"] }),
            json!({ "matching": true, "product": "OPEN", "q": "", "parent": "OPEN-1" }),
        ] {
            let (status, answer) = world.api(ME, "POST", "/api/v1/work-items/bulk", wrong.clone()).await;
            assert_eq!(status, 422, "{wrong}: {answer}");
        }
        assert_eq!(found(&world, "has:parent").await.len(), 0, "all or none");
    }

    async fn lines_become_items_all_or_none(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let lines = "- [ ] Epic: Receipts #money\n    - [ ] Send it @mia !high =3\n        - [ ] Template\n- [x] Done long ago";
        let input = json!({ "product": "OPEN", "lines": lines });
        let shown = world.get(ME, &format!("/work-items/lines?product=OPEN&{}", serde_urlencoded::to_string([("lines", lines)]).unwrap())).await;
        assert_eq!((&shown[1]["assignee"], &shown[3]["left_out"]), (&json!("Mia"), &json!(true)), "{shown}");
        let made = world.post(ME, "/work-items/lines", input).await;
        assert_eq!(made["created"].as_array().map(Vec::len), Some(3), "{made}");
        let send = world.get(ME, &format!("/work-items/{}", made["created"][1].as_str().unwrap())).await;
        assert_eq!((&send["level"], &send["points"], &send["priority"]), (&json!("story"), &json!(3.0), &json!("high")));
        assert_eq!(send["parent"]["id"], made["created"][0]);
        world.post(ME, "/undo", json!({ "change": made["x-change"] })).await;
        assert_eq!(found(&world, "").await.len(), 4);
        let wrong = json!({ "product": "OPEN", "lines": "Good\nBad @nobody-here" });
        let (status, answer) = world.api(ME, "POST", "/api/v1/work-items/lines", wrong).await;
        assert_eq!(status, 422);
        assert!(text(&answer["error"], "message").starts_with("Line 2: Nobody here"), "{answer}");
        assert_eq!(found(&world, "").await.len(), 4, "all or none");
    }

    async fn what_stands_there_is_taken_away(app) {
        let world = World::new(app).await;
        furnish(&world).await;
        let evil = json!({ "product": "OPEN", "title": "=HYPERLINK(\"http://x\")", "labels": ["-sum"] });
        world.post(ME, "/work-items", evil).await;
        let (_, csv) = world.page(ME, "/p/OPEN/items.csv?q=sort%3Arank&columns=title,labels,points").await;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "title,labels,points");
        assert_eq!(lines[2], "Pay by bank,\"checkout, spike\",2");
        assert_eq!(lines[5], "\"'=HYPERLINK(\"\"http://x\"\")\",'-sum,");
        let (_, text) = world.page(ME, "/p/OPEN/items.json?q=level%3Abug").await;
        let all: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&all["items"][0]["title"], &all["more"]), (&json!("Sum is wrong"), &json!(false)));
        let (status, _) = world.page(ME, "/p/OPEN/items.csv?q=levle%3Ax").await;
        assert_eq!(status, 422);
    }
}
