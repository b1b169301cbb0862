//! The roadmap: what each audience sees, its past, what changed, what blocks what, links that share it,
//! and its files.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn problem(world: &World, title: &str) -> String {
    let made = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": title })).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn place(world: &World, item: &str, more: Value) -> (u16, Value) {
    let mut input = json!({ "item": item });
    for (name, value) in more.as_object().expect("fields") {
        input[name] = value.clone();
    }
    world.api(ME, "POST", "/api/v1/roadmap", input).await
}

async fn seen(world: &World, more: &str) -> Value {
    world.get(ME, &format!("/roadmap/view?product=OPEN{more}")).await
}

fn titles(view: &Value) -> Vec<&str> {
    let lines = view["lines"].as_array().expect("lines");
    lines.iter().filter_map(|line| line["title"].as_str()).collect()
}

async fn bytes(world: &World, path: &str) -> (u16, String, Vec<u8>) {
    let request = world.with_session(ME, Request::builder().uri(path)).body(Body::empty());
    let answer = world.send(request.expect("valid")).await;
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.expect("a body").to_bytes().to_vec();
    (status, kind, body)
}

both_engines! {
    async fn each_audience_sees_what_it_may(app) {
        let world = World::new(app).await;
        let (open, sold, inner) = (problem(&world, "Refunds take a call").await, problem(&world, "Fares").await, problem(&world, "Rewrite").await);
        let told = json!({ "horizon": "now", "reach": "customers", "outside": "Giving back a ticket", "starts": "2026-02-10", "ends": "2026-05-20", "because": "Calls", "effort": 8 });
        assert_eq!(place(&world, &open, told).await.0, 200);
        let promise = json!({ "horizon": "next", "reach": "sales", "ends": "2026-06-01", "hard": true });
        let (status, why) = place(&world, &sold, promise.clone()).await;
        assert_eq!((status, why["error"]["field"].as_str()), (422, Some("hard_reason")), "a promise says to whom");
        let mut promise = promise;
        promise["hard_reason"] = "Told the city council".into();
        assert_eq!(place(&world, &sold, promise).await.0, 200);
        assert_eq!(place(&world, &inner, json!({ "reach": "team" })).await.0, 200);
        assert_eq!(titles(&seen(&world, "").await), ["Refunds take a call", "Fares", "Rewrite"]);
        let board = seen(&world, "&audience=executives").await;
        assert_eq!(titles(&board), ["Refunds take a call", "Fares"]);
        assert_eq!((board["lines"][0]["starts"].as_str(), board["lines"][0]["ends"].as_str()), (Some("2026-01-01"), Some("2026-06-30")), "quarters");
        assert_eq!(board["lines"][1]["ends"], "2026-06-01", "a promise keeps its day");
        let sales = seen(&world, "&audience=sales").await;
        assert_eq!(titles(&sales), ["Giving back a ticket", "Fares"]);
        assert_eq!((&sales["lines"][0]["ends"], &sales["lines"][1]["ends"]), (&Value::Null, &json!("2026-06-01")));
        assert_eq!(sales["lines"][0]["because"], "");
        let customers = seen(&world, "&audience=customers").await;
        assert_eq!(titles(&customers), ["Giving back a ticket"]);
        assert!(!customers.to_string().contains("2026-05-20") && !customers.to_string().contains("Calls"), "{customers}");
        assert_eq!((board["by_need"][0]["name"].as_str(), board["by_need"][0]["planned"].as_f64()), (Some("no why"), Some(8.0)));
        let (status, _) = world.api(ME, "GET", "/api/v1/roadmap/view?product=OPEN&audience=nobody", Value::Null).await;
        assert_eq!(status, 422);
    }

    async fn the_past_and_what_changed_are_shown_to_each(app) {
        let world = World::new(app).await;
        let (one, two) = (problem(&world, "One").await, problem(&world, "Two").await);
        place(&world, &one, json!({ "horizon": "later", "reach": "customers" })).await;
        place(&world, &two, json!({ "horizon": "now" })).await;
        world.noon("2026-03-20");
        place(&world, &one, json!({ "horizon": "next", "starts": "2026-04-01", "ends": "2026-05-01", "because": "Asked for" })).await;
        world.api(ME, "DELETE", &format!("/api/v1/roadmap/{two}"), Value::Null).await;
        let then = seen(&world, "&at=2026-03-10").await;
        assert_eq!(titles(&then), ["Two", "One"]);
        let now = seen(&world, "&since=2026-03-10").await;
        let what: Vec<&str> = now["changes"].as_array().expect("a list").iter().filter_map(|c| c["what"].as_str()).collect();
        assert_eq!(what, ["from later to next", "taken off, was now"]);
        let customers = seen(&world, "&since=2026-03-10&audience=customers").await;
        assert_eq!(customers["changes"].as_array().map(Vec::len), Some(1), "what they never saw did not change: {customers}");
        world.noon("2026-03-22");
        place(&world, &one, json!({ "ends": "2026-06-01" })).await;
        let now = seen(&world, "&since=2026-03-20").await;
        assert_eq!(now["changes"][0]["kind"], "dates");
        let customers = seen(&world, "&since=2026-03-20&audience=customers").await;
        assert_eq!(customers["changes"], json!([]), "customers hear of no dates");
        let (status, gone) = place(&world, &one, json!({ "undated": true })).await;
        assert_eq!((status, &gone["ends"]), (200, &Value::Null));
    }

    async fn its_past_has_the_titles_of_then_and_the_items_history_tells_of_its_place(app) {
        let world = World::new(app).await;
        let one = problem(&world, "One").await;
        place(&world, &one, json!({ "horizon": "later", "because": "Nobody waits for it" })).await;
        world.noon("2026-03-20");
        world.api(ME, "PATCH", &format!("/api/v1/opportunities/{one}"), json!({ "title": "Renamed" })).await;
        place(&world, &one, json!({ "horizon": "now", "starts": "2026-04-01", "ends": "2026-05-01" })).await;
        let then = world.get(ME, "/roadmap?product=OPEN&at=2026-03-10").await;
        assert_eq!((&then[0]["item"], &then[0]["title"], &then[0]["horizon"]), (&json!(one), &json!("One"), &json!("later")));
        let now = world.get(ME, "/roadmap?product=OPEN").await;
        assert_eq!((&now[0]["title"], &now[0]["horizon"]), (&json!("Renamed"), &json!("now")));
        world.api(ME, "DELETE", &format!("/api/v1/roadmap/{one}"), Value::Null).await;
        let told = world.get(ME, &format!("/items/{one}/history")).await;
        let events = told["events"].as_array().expect("a list");
        let places: Vec<(&str, &str)> = events.iter().filter(|e| e["kind"] == "placement")
            .filter_map(|e| Some((e["effect"].as_str()?, e["key"].as_str()?))).collect();
        assert_eq!(places, [("binned", &*one), ("changed", &*one), ("added", &*one)], "{told}");
        let (_, page) = world.page(ME, &format!("/{one}")).await;
        for words in ["off the roadmap", "later → now", "<q>Nobody waits for it</q>"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let (_, page) = world.page(ME, "/p/OPEN/activity").await;
        assert!(page.contains(&format!("placed <a href=\"/{one}\">{one}</a> on the roadmap")), "{page}");
        // As on any past day, what came later is not told.
        let (_, page) = world.page(ME, &format!("/{one}?at=2026-03-10")).await;
        assert!(page.contains("on the roadmap") && !page.contains("off the roadmap"), "{page}");
    }

    async fn days_are_told_in_words_and_quarters_as_quarters(app) {
        let world = World::new(app).await;
        let one = problem(&world, "One").await;
        place(&world, &one, json!({ "horizon": "now", "reach": "customers", "starts": "2026-02-10", "ends": "2026-05-20" })).await;
        world.noon("2026-03-20");
        place(&world, &one, json!({ "ends": "2026-03-31" })).await;
        let board = seen(&world, "&since=2026-03-10&audience=executives").await;
        assert_eq!(board["changes"][0]["what"], "about Q1 2026, was about Q1 2026 to Q2 2026");
        let team = seen(&world, "&since=2026-03-10").await;
        assert_eq!(team["changes"][0]["what"], "about 10 Feb 2026 to 31 Mar 2026, was about 10 Feb 2026 to 20 May 2026");
        for (audience, told) in [("team", "as told to the team"), ("sales", "as told to sales and support"), ("customers", "as told to customers")] {
            let (_, page) = world.page(ME, &format!("/p/OPEN/roadmap?audience={audience}")).await;
            assert!(page.contains(&format!("<p class=\"on-paper\">{told}, 20 Mar 2026</p>")), "{page}");
            for view in ["board", "timeline"] {
                let (_, _, svg) = bytes(&world, &format!("/p/OPEN/roadmap/file/svg?view={view}&audience={audience}")).await;
                let svg = String::from_utf8(svg).expect("text");
                assert!(svg.contains(&format!(", {told}, 20 Mar 2026</text>")), "{view}: {svg}");
            }
        }
    }

    async fn work_blockers_and_objectives_come_from_the_thread(app) {
        let world = World::new(app).await;
        let (first, then) = (problem(&world, "First").await, problem(&world, "Then").await);
        let mut stories = Vec::new();
        for problem in [&first, &then] {
            let epic = json!({ "product": "OPEN", "title": "Epic", "level": "epic" });
            let epic = world.post(ME, "/work-items", epic).await["key"].as_str().expect("a key").to_owned();
            world.post(ME, "/links", json!({ "from": epic, "to": problem })).await;
            for points in [3, 5] {
                let story = json!({ "product": "OPEN", "title": "Story", "parent": epic, "points": points });
                stories.push(world.post(ME, "/work-items", story).await["key"].as_str().expect("a key").to_owned());
            }
        }
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{}", stories[0]), json!({ "state": "Done" })).await;
        world.post(ME, "/links", json!({ "from": stories[1], "to": stories[2], "kind": "blocks" })).await;
        let goal = world.post(ME, "/objectives", json!({ "product": "OPEN", "title": "Fast", "period": "2026 H1" })).await;
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Be quick" })).await;
        for (from, to) in [(&first, &need["key"]), (&need["key"].as_str().unwrap_or_default().to_owned(), &goal["key"])] {
            world.post(ME, "/links", json!({ "from": from, "to": to })).await;
        }
        place(&world, &first, json!({ "horizon": "now" })).await;
        place(&world, &then, json!({ "horizon": "next" })).await;
        let view = seen(&world, "").await;
        let (a, b) = (&view["lines"][0], &view["lines"][1]);
        assert_eq!((a["stories"].as_i64(), a["stories_done"].as_i64()), (Some(2), Some(1)));
        assert_eq!((a["points"].as_f64(), a["points_done"].as_f64()), (Some(8.0), Some(3.0)));
        assert_eq!((&a["after"], &b["after"]), (&json!([]), &json!([first])), "the blocked story's problem waits");
        assert_eq!(a["objective"], json!([goal["key"], "Fast"]));
        assert_eq!((a["standing"].as_str(), b["standing"].as_str()), (Some("unsupported"), Some("no-why")));
    }

    async fn a_link_shows_one_view_until_it_ends(app) {
        let world = World::new(app).await;
        let (open, inner) = (problem(&world, "Open one").await, problem(&world, "Inner one").await);
        place(&world, &open, json!({ "horizon": "now", "reach": "customers", "ends": "2026-05-05", "outside": "Told so" })).await;
        place(&world, &inner, json!({ "horizon": "now" })).await;
        let share = json!({ "product": "OPEN", "audience": "customers", "label": "All", "expires_on": "2026-03-10" });
        let made = world.post(ME, "/roadmap/shares", share.clone()).await;
        let path = made["secret"].as_str().expect("told once").to_owned();
        let (status, page) = world.page(Persona::Nobody, &path).await;
        assert_eq!(status, 200);
        assert!(page.contains("Told so") && !page.contains("Inner one") && !page.contains("2026-05-05"), "{page}");
        assert!(!page.contains(&open), "keys lead nowhere for strangers");
        let listed = world.get(ME, "/roadmap/shares?product=OPEN").await;
        assert!(listed[0]["open"] == true && !listed.to_string().contains(&path[16..]), "{listed}");
        let activity = world.get(ME, "/activity?product=OPEN").await.to_string();
        assert!(!activity.contains(&path["/shared/roadmap/".len()..]), "the link is in the history");
        world.noon("2026-03-11");
        assert_eq!(world.page(Persona::Nobody, &path).await.0, 404, "it has run out");
        let mut share = share;
        share["expires_on"] = "2026-04-01".into();
        let made = world.post(ME, "/roadmap/shares", share.clone()).await;
        let path = made["secret"].as_str().expect("told once").to_owned();
        assert_eq!(world.page(Persona::Nobody, &path).await.0, 200);
        let end = format!("/api/v1/roadmap/shares/{}", made["id"].as_str().expect("an id"));
        assert_eq!(world.api(ME, "DELETE", &end, Value::Null).await.0, 200);
        assert_eq!(world.page(Persona::Nobody, &path).await.0, 404, "it was ended");
        for (field, wrong) in [("audience", "team"), ("expires_on", "2028-01-01"), ("label", " ")] {
            let mut input = share.clone();
            input[field] = wrong.into();
            let (status, told) = world.api(ME, "POST", "/api/v1/roadmap/shares", input).await;
            assert_eq!((status, told["error"]["field"].as_str()), (422, Some(field)), "{told}");
        }
    }

    async fn pages_and_files_hold_the_same(app) {
        let world = World::new(app).await;
        let one = problem(&world, "=1+1, \"quoted\" <bold>").await;
        place(&world, &one, json!({ "horizon": "now", "starts": "2026-03-01", "ends": "2026-04-01" })).await;
        for query in ["", "?view=timeline", "?view=timeline&group=objective&since=2026-03-01", "?audience=customers", "?at=2026-03-02&group=team", "?audience=executives&view=timeline"] {
            let (status, page) = world.page(ME, &format!("/p/OPEN/roadmap{query}")).await;
            assert_eq!(status, 200, "{query}");
            assert!(!page.contains("<bold>"), "{query}");
        }
        assert_eq!(world.page(ME, "/p/OPEN/roadmap?since=yesterday").await.0, 422);
        let (_, page) = world.page(ME, "/p/OPEN/roadmap?view=timeline").await;
        assert!(page.contains("data-starts=\"2026-03-01\"") && page.contains("tabindex=\"0\""), "bars can be moved");
        for view in ["board", "timeline"] {
            let (status, kind, svg) = bytes(&world, &format!("/p/OPEN/roadmap/file/svg?view={view}")).await;
            let svg = String::from_utf8(svg).expect("text");
            assert_eq!((status, kind.as_str()), (200, "image/svg+xml"));
            assert!(svg.starts_with("<svg") && svg.contains(&one) && !svg.contains("<bold>"), "{svg}");
            let (status, kind, png) = bytes(&world, &format!("/p/OPEN/roadmap/file/png?view={view}")).await;
            assert_eq!((status, kind.as_str(), &png[..4]), (200, "image/png", b"\x89PNG".as_slice()));
            let (status, kind, pdf) = bytes(&world, &format!("/p/OPEN/roadmap/file/pdf?view={view}")).await;
            assert_eq!((status, kind.as_str(), &pdf[..5]), (200, "application/pdf", b"%PDF-".as_slice()));
        }
        let (_, _, csv) = bytes(&world, "/p/OPEN/roadmap/file/csv").await;
        let csv = String::from_utf8(csv).expect("text");
        assert!(csv.contains(&format!("{one},\"'=1+1, \"\"quoted\"\" <bold>\",now,2026-03-01,2026-04-01,")), "{csv}");
        assert_eq!(bytes(&world, "/p/OPEN/roadmap/file/exe").await.0, 404);
    }
}
