//! Objectives: their states, their alignment across products, and how they stood on a past day.

use serde_json::{Value, json};
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn set(world: &World, who: Persona, input: Value) -> (u16, Value) {
    world.api(who, "POST", "/api/v1/objectives", input).await
}

async fn keyed(world: &World, who: Persona, input: Value) -> String {
    let (status, made) = set(world, who, input).await;
    assert_eq!(status, 201, "{made}");
    made["key"].as_str().expect("a key").to_owned()
}

async fn result(world: &World, objective: &str) -> String {
    let input = json!({ "objective": objective, "title": "Calls", "baseline": 10, "target": 0 });
    let made = world.post(ME, "/key-results", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn tomorrow(world: &World) {
    world.clock.set(Time(world.clock.now().0 + Time::DAY));
}

both_engines! {
    async fn an_objective_is_a_draft_then_active_then_closed_and_scored(app) {
        let world = World::new(app).await;
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick", "state": "draft" })).await;
        let (path, kr) = (format!("/api/v1/objectives/{key}"), result(&world, &key).await);
        let check_in = format!("/api/v1/key-results/{kr}/check-ins");
        assert_eq!(world.api(ME, "POST", &check_in, json!({ "value": 5 })).await.0, 409, "a draft");
        assert_eq!(world.api(ME, "POST", &format!("{path}/close"), json!({})).await.0, 409);
        assert_eq!(world.api(ME, "PATCH", &path, json!({ "state": "active" })).await.0, 200);
        assert_eq!(world.api(ME, "POST", &check_in, json!({ "value": 5 })).await.0, 200);
        for state in ["draft", "closed"] {
            let (status, told) = world.api(ME, "PATCH", &path, json!({ "state": state })).await;
            assert!(status == 409 || status == 422, "{state}: {told}");
        }
        let (_, told) = world.api(ME, "POST", &format!("{path}/close"), json!({ "lesson": "Ask first." })).await;
        assert_eq!((&told["state"], &told["score"]), (&json!("closed"), &json!(0.5)), "{told}");
        assert_eq!(told["key_results"][0]["state"], "closed", "a key result stands where its objective stands");
        let (_, page) = world.page(ME, &format!("/{kr}")).await;
        assert!(page.contains(">closed<"), "and reads so: {page}");
        let did = world.get(ME, &format!("/items/{kr}/history")).await;
        let change = json!({ "change": did["events"][0]["change"] });
        assert_eq!(world.api(ME, "POST", "/api/v1/undo", change).await.0, 200);
        let told = world.get(ME, &format!("/objectives/{key}")).await;
        assert_eq!((&told["state"], &told["key_results"][0]["state"]), (&json!("active"), &json!("active")));
        let (status, _) = world.api(ME, "POST", &format!("{path}/close"), json!({ "lesson": "Ask first." })).await;
        assert_eq!(status, 200);
        for (method, path, input) in [
            ("PATCH", path.clone(), json!({ "title": "Quicker" })),
            ("PATCH", path.clone(), json!({ "state": "active" })),
            ("POST", check_in.clone(), json!({ "value": 0 })),
            ("POST", "/api/v1/key-results".into(), json!({ "objective": key, "title": "More" })),
        ] {
            let (status, told) = world.api(ME, method, &path, input).await;
            assert_eq!(status, 409, "{path}: {told}");
            assert!(told.to_string().contains("closed and scored"), "{told}");
        }
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(!page.contains("/do/edit-objective"), "nothing is offered that is refused");
    }

    async fn a_key_result_is_corrected_until_its_objective_closes(app) {
        let world = World::new(app).await;
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick" })).await;
        let kr = result(&world, &key).await;
        let path = format!("/api/v1/key-results/{kr}");
        let edit = async |input: Value| world.api(ME, "PATCH", &path, input).await;
        let (status, told) = edit(json!({ "revision": 1, "baseline": 12 })).await;
        assert_eq!((status, &told["current"], &told["title"]), (200, &json!(12.0), &json!("Calls")), "{told}");
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 6 })).await;
        let (status, told) = edit(json!({ "revision": 2, "title": "Calls a day", "unit": " calls ", "baseline": 10, "target": 2 })).await;
        assert_eq!(status, 200, "who checked in meanwhile changed nothing of the same: {told}");
        assert_eq!((&told["title"], &told["unit"], &told["current"], &told["progress"]), (&json!("Calls a day"), &json!("calls"), &json!(6.0), &json!(0.5)));
        let (status, told) = edit(json!({ "revision": 3, "target": 1 })).await;
        assert_eq!((status, told["error"]["conflict"]["fields"][0]["field"].as_str()), (409, Some("target")), "{told}");
        assert_eq!(edit(json!({ "title": " " })).await.0, 422);
        for (field, wrong) in [("revision", json!({ "revision": 0 })), ("revision", json!({ "revision": -5 })), ("revision", json!({ "revision": 999 })), ("unit", json!({ "unit": "u".repeat(61) }))] {
            let mut wrong = wrong;
            wrong["target"] = json!(7);
            let (status, told) = edit(wrong).await;
            assert_eq!((status, &told["error"]["field"]), (422, &json!(field)), "{told}");
        }
        let endless = format!("{path}?target=1e400");
        let (status, told) = world.api(ME, "PATCH", &endless, json!({ "title": "Endless" })).await;
        assert!(status == 422 && told.to_string().contains("“1e400” is not a number"), "{told}");
        let (_, page) = world.page(ME, &format!("/{kr}")).await;
        let form = page.split("<form").find(|form| form.contains("/do/edit-key-result")).expect("a form");
        assert!(form.contains("name=\"revision\" value=\"4\"") && form.contains("value=\"calls\""), "{form}");
        let change = world.get(ME, &format!("/items/{kr}/history")).await["events"][0]["change"].clone();
        assert_eq!(world.api(ME, "POST", "/api/v1/undo", json!({ "change": change })).await.0, 200);
        let told = world.get(ME, &format!("/objectives/{key}")).await["key_results"][0].clone();
        assert_eq!((&told["title"], &told["target"], &told["current"]), (&json!("Calls"), &json!(0.0), &json!(6.0)), "{told}");
        world.post(ME, &format!("/objectives/{key}/close"), json!({ "score": 0.5 })).await;
        let (status, told) = edit(json!({ "title": "Later" })).await;
        assert!(status == 409 && told.to_string().contains("closed and scored"), "{told}");
        let (_, page) = world.page(ME, &format!("/{kr}")).await;
        assert!(!page.contains("/do/edit-key-result"), "nothing is offered that is refused");
    }

    async fn an_objectives_page_lists_its_key_results_as_they_stood(app) {
        let world = World::new(app).await;
        let day = world.clock.now().day();
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick" })).await;
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(!page.contains("<dt>Period</dt>") && !page.contains("<h2>Key results</h2>"), "{page}");
        let kr = result(&world, &key).await;
        tomorrow(&world).await;
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 4 })).await;
        let later = result(&world, &key).await;
        let says = |page: &str, words: &[&str]| words.iter().all(|w| page.contains(w));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(says(&page, &["<h2>Key results</h2>", "<b>4</b>", "60 %", &later]), "{page}");
        let (_, page) = world.page(ME, &format!("/{key}?at={day}")).await;
        assert!(says(&page, &["<b>10</b>", "0 %", &format!("/{kr}?at={day}")]) && !page.contains(&later), "{page}");
        world.api(ME, "PATCH", &format!("/api/v1/objectives/{key}"), json!({ "period": "2026 Q4" })).await;
        assert!(world.page(ME, &format!("/{key}")).await.1.contains("<dt>Period</dt>"));
    }

    async fn a_binned_key_result_comes_back_as_its_objective_stands(app) {
        let world = World::new(app).await;
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick" })).await;
        let [restored, undone, kept] = [result(&world, &key).await, result(&world, &key).await, result(&world, &key).await];
        for kr in [&restored, &undone] {
            let (status, _) = world.api(ME, "DELETE", &format!("/api/v1/items/{kr}"), Value::Null).await;
            assert_eq!(status, 200);
        }
        let binned = world.get(ME, &format!("/items/{undone}/history")).await["events"][0]["change"].clone();
        let (status, told) = world.api(ME, "POST", &format!("/api/v1/objectives/{key}/close"), json!({ "score": 0.4 })).await;
        assert_eq!(status, 200, "{told}");
        world.post(ME, &format!("/items/{restored}/restore"), json!({})).await;
        assert_eq!(world.api(ME, "POST", "/api/v1/undo", json!({ "change": binned })).await.0, 200);
        let told = world.get(ME, &format!("/objectives/{key}")).await;
        for kr in [&restored, &undone, &kept] {
            let found = told["key_results"].as_array().and_then(|all| all.iter().find(|k| k["key"] == json!(kr)));
            assert_eq!(found.expect("there")["state"], "closed", "{kr}: {told}");
        }
        assert_eq!(told["score"], 0.4, "what was scored stays scored");
    }

    async fn the_report_of_a_past_day_tells_what_was_known_then(app) {
        let world = World::new(app).await;
        let day = world.clock.now().day();
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick" })).await;
        let kr = result(&world, &key).await;
        let gone = result(&world, &key).await;
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Be quick" })).await;
        world.post(ME, "/links", json!({ "from": need["key"], "to": kr })).await;
        let made = async |title: &str| {
            let made = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": title })).await;
            let story = made["key"].as_str().expect("a key").to_owned();
            world.post(ME, "/links", json!({ "from": story, "to": need["key"] })).await;
            story
        };
        let accept = async |story: &str| {
            let (status, told) = world.api(ME, "PATCH", &format!("/api/v1/work-items/{story}"), json!({ "state": "Done" })).await;
            assert_eq!(status, 200, "{told}");
        };
        let (first, second) = (made("First").await, made("Second").await);
        accept(&first).await;
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 8, "confidence": 70, "note": "Begun" })).await;
        let report = |at: String| format!("/reports/okr?product=OPEN{at}");
        let then = world.get(ME, &report(String::new())).await;
        tomorrow(&world).await;
        accept(&second).await;
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 2, "confidence": 90 })).await;
        // Entered late for that day: it was not known then.
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 7, "said_on": day.to_string() })).await;
        assert_eq!(world.api(ME, "DELETE", &format!("/api/v1/items/{gone}"), Value::Null).await.0, 200);
        assert_eq!(world.get(ME, &report(format!("&at={day}"))).await, then);
        let now = world.get(ME, &report(String::new())).await;
        assert_eq!((now["goals"][0]["lines"].as_array().map(Vec::len), now["goals"][0]["lines"][0]["check_ins"].as_array().map(Vec::len)), (Some(1), Some(3)), "{now}");
        let shipped = |report: &Value| -> Vec<String> {
            let all = report["goals"][0]["lines"][0]["shipped"].as_array().expect("a list");
            all.iter().filter_map(|n| n["key"].as_str().map(str::to_owned)).collect()
        };
        assert_eq!((shipped(&then), shipped(&now).len()), (vec![first], 2));
        let before = day.plus_days(-1);
        assert_eq!(world.get(ME, &report(format!("&at={before}"))).await["goals"], json!([]));
        let (status, page) = world.page(ME, &format!("/p/OPEN/okr-report?at={day}")).await;
        assert!(status == 200 && page.contains("as it stood on") && page.contains("Begun") && page.contains("First") && !page.contains("Second"), "{page}");
        assert_eq!(world.page(ME, "/p/OPEN/okr-report?at=soon").await.0, 422);
    }

    async fn objectives_of_several_products_align_and_hide_what_one_may_not_see(app) {
        let world = World::new(app).await;
        let company = keyed(&world, Persona::Insider, json!({ "product": "PRIV", "title": "Secret", "level": "company" })).await;
        let aligned = json!({ "product": "OPEN", "title": "Ours", "serves": company });
        let own = keyed(&world, Persona::Insider, aligned).await;
        let wide = json!({ "product": "OPEN", "title": "Wide", "level": "company", "serves": own });
        let (status, told) = set(&world, ME, wide).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("serves")), "{told}");
        let (status, _) = set(&world, ME, json!({ "product": "OPEN", "title": "Mine", "serves": company })).await;
        assert_eq!(status, 404, "it is not there for those who do not see it");
        let team = keyed(&world, ME, json!({ "product": "OPEN", "title": "Team", "level": "team", "serves": own })).await;
        let circle = json!({ "serves": team });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/objectives/{own}"), circle).await.0, 422);
        let seen = world.get(Persona::Insider, &format!("/objectives/{own}")).await;
        assert_eq!(seen["serves"], company);
        for path in [format!("/objectives/{own}"), "/objectives?product=OPEN".into(), "/objectives/alignment".into(), format!("/items/{own}/why")] {
            let seen = world.get(ME, &path).await.to_string();
            assert!(!seen.contains(&company) && !seen.contains("Secret") && seen.contains(&own), "{path}: {seen}");
        }
        for path in ["/objectives".to_owned(), "/p/OPEN/objectives".into(), format!("/{own}"), "/p/OPEN/tree".into()] {
            let (status, page) = world.page(ME, &path).await;
            assert!(status == 200 && !page.contains(&company) && !page.contains("Secret"), "{path}");
        }
        let all = world.get(Persona::Insider, "/objectives/alignment").await;
        let keys: Vec<&Value> = all["objectives"].as_array().expect("some").iter().map(|o| &o["serves"]).collect();
        assert!(keys.contains(&&json!(company)) && keys.contains(&&json!(own)), "{all}");
        // Leaving the field empty takes away only what one sees.
        world.api(ME, "PATCH", &format!("/api/v1/objectives/{own}"), json!({ "serves": "" })).await;
        assert_eq!(world.get(Persona::Insider, &format!("/objectives/{own}")).await["serves"], company);
    }

    async fn goals_needs_and_scores_are_shown_as_they_stood(app) {
        let world = World::new(app).await;
        let day = world.clock.now().day();
        let key = keyed(&world, ME, json!({ "product": "OPEN", "title": "Quick" })).await;
        let kr = result(&world, &key).await;
        let need = world.post(ME, "/needs", json!({ "product": "OPEN", "title": "Be quick", "baseline": 10, "current": 10 })).await;
        let need = need["key"].as_str().expect("a key").to_owned();
        let mut problems = Vec::new();
        for (title, value) in [("One", 8), ("Two", 2)] {
            let made = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": title })).await;
            let key = made["key"].as_str().expect("a key").to_owned();
            let inputs = json!({ "method": "value-effort", "inputs": { "value": value, "effort": 2 } });
            world.post(ME, &format!("/opportunities/{key}/scores"), inputs).await;
            problems.push(key);
        }
        tomorrow(&world).await;
        world.post(ME, &format!("/key-results/{kr}/check-ins"), json!({ "value": 5 })).await;
        world.api(ME, "PATCH", &format!("/api/v1/objectives/{key}"), json!({ "title": "Quicker" })).await;
        world.api(ME, "PATCH", &format!("/api/v1/needs/{need}"), json!({ "title": "Be quicker", "current": 4 })).await;
        let said = world.post(ME, "/evidence", json!({ "product": "OPEN", "verbatim": "Slow.", "source": "Mia" })).await;
        world.post(ME, "/links", json!({ "from": need, "to": said["key"] })).await;
        let inputs = json!({ "method": "value-effort", "inputs": { "value": 20 } });
        world.post(ME, &format!("/opportunities/{}/scores", problems[1]), inputs).await;
        world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": "Three" })).await;
        let at = |path: &str| format!("{path}?product=OPEN&at={day}");
        let then = world.get(ME, &at("/objectives")).await;
        assert_eq!((&then[0]["title"], &then[0]["key_results"][0]["current"]), (&json!("Quick"), &json!(10.0)), "{then}");
        assert_eq!(world.get(ME, "/objectives?product=OPEN").await[0]["title"], "Quicker");
        let then = world.get(ME, &at("/needs/support")).await;
        assert_eq!((&then["items"][0]["title"], &then["items"][0]["state"], &then["items"][0]["support"]["pieces"]), (&json!("Be quick"), &json!("draft"), &json!(0)), "{then}");
        let now = world.get(ME, "/needs/support?product=OPEN").await;
        assert_eq!((&now["items"][0]["state"], &now["items"][0]["support"]["pieces"]), (&json!("supported"), &json!(1)));
        let first = |ranking: &Value| ranking["items"][0]["key"].as_str().unwrap_or_default().to_owned();
        let then = world.get(ME, &format!("{}&method=value-effort", at("/opportunities/ranking"))).await;
        assert_eq!((first(&then), &then["unscored"]), (problems[0].clone(), &json!([])), "{then}");
        let now = world.get(ME, "/opportunities/ranking?product=OPEN&method=value-effort").await;
        assert_eq!(first(&now), problems[1]);
        for (path, was, is) in [("objectives", "Quick<", "Quicker<"), ("needs", "Be quick<", "Be quicker<")] {
            let (_, page) = world.page(ME, &format!("/p/OPEN/{path}?at={day}")).await;
            assert!(page.contains("as it stood on") && page.contains(was) && !page.contains(is), "{path}");
            assert!(!page.contains("/do/create-need") && !page.contains("/do/set-objective"), "the past is read only");
        }
        let (_, page) = world.page(ME, &format!("/p/OPEN/priorities?at={day}")).await;
        assert!(page.contains("as it stood on") && !page.contains("Three"), "and opens with the method that is used");
        let (status, _) = world.page(ME, "/p/OPEN/objectives?at=soon").await;
        assert_eq!(status, 422);
    }
}
