//! Choosing which problem first, through the API and the pages, on both engines.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn problem(world: &World, title: &str) -> String {
    let made = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": title })).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn score(world: &World, key: &str, method: &str, inputs: Value) -> (u16, Value) {
    let path = format!("/api/v1/opportunities/{key}/scores");
    world.api(ME, "POST", &path, json!({ "method": method, "inputs": inputs })).await
}

async fn ranking(world: &World, method: &str) -> Value {
    world.get(ME, &format!("/opportunities/ranking?product=OPEN&method={method}")).await
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["key"].as_str()).collect()
}

both_engines! {
    async fn a_ranking_tells_how_sure_it_is_and_where_the_order_departs(app) {
        let world = World::new(app).await;
        let (low, high, wide) = (
            problem(&world, "Low").await,
            problem(&world, "High").await,
            problem(&world, "Wide").await,
        );
        let rice = |reach: &str| json!({ "reach": reach, "impact": 1, "confidence": "80 %", "effort": 2 });
        let (status, told) = score(&world, &low, "rice", rice("100")).await;
        assert_eq!((status, told["score"].as_f64()), (200, Some(40.0)), "{told}");
        assert_eq!(score(&world, &high, "rice", rice("1000")).await.0, 200);
        assert_eq!(ranking(&world, "rice").await["unscored"][0]["key"], wide);
        assert_eq!(score(&world, &wide, "rice", rice("500 900 1600")).await.0, 200);
        let all = ranking(&world, "rice").await;
        assert_eq!(keys(&all["items"])[2], low);
        let sure = all["items"][1]["beats_next"].as_f64().expect("a share");
        assert!(sure > 0.99, "both beat the low one: {all}");
        let unsure = all["items"][0]["beats_next"].as_f64().expect("a share");
        assert!((0.5..0.9).contains(&unsure), "the wide one makes it unsure: {all}");
        // The low one was framed first, so it stands first in the order, against its score.
        assert_eq!((all["items"][2]["departs"].as_bool(), all["items"][2]["stands"].as_u64()), (Some(true), Some(1)));
        let because = json!({ "because": "The law asks for it by May." });
        world.post(ME, &format!("/opportunities/{low}/order-reason"), because).await;
        let all = ranking(&world, "rice").await;
        assert_eq!(all["items"][2]["because"], "The law asks for it by May.");
        // A move without a reason leaves none behind, one with a reason keeps it.
        world.post(ME, &format!("/opportunities/{low}/move"), json!({})).await;
        let all = ranking(&world, "rice").await;
        assert_eq!(all["items"][2]["because"], "");
        assert_eq!(all["items"][2]["departs"], false);
    }

    async fn an_epic_keeps_why_it_stands_against_its_score(app) {
        let world = World::new(app).await;
        let mut epics = Vec::new();
        for (title, reach) in [("Most", 900), ("Much", 500), ("Some", 200), ("Few", 50)] {
            let made = json!({ "product": "OPEN", "title": title, "level": "epic" });
            let made = world.post(ME, "/work-items", made).await;
            let key = made["key"].as_str().expect("a key").to_owned();
            let inputs = json!({ "reach": reach, "impact": 1, "confidence": 100, "effort": 1 });
            assert_eq!(score(&world, &key, "rice", inputs).await.0, 200);
            epics.push(key);
        }
        let few = async || {
            let all = world.get(ME, "/opportunities/ranking?product=OPEN&method=rice&of=epics").await;
            let few = all["items"].as_array().and_then(|a| a.iter().find(|i| i["key"] == epics[3].as_str()).cloned());
            few.expect("it is ranked")
        };
        assert_eq!(few().await["departs"], false);
        // In the browser the message after the move asks.
        let place = [("key", epics[3].as_str()), ("before", &epics[0]), ("_back", "/p/OPEN/priorities")];
        let (status, said) = world.form(ME, "/do/move-work-item", &place).await;
        assert_eq!(status, 303, "{said}");
        assert_eq!((&few().await["departs"], &few().await["because"]), (&json!(true), &json!("")));
        let path = format!("/opportunities/{}/order-reason", epics[3]);
        let said = world.post(ME, &path, json!({ "because": "Promised to the city." })).await;
        assert_eq!(said["because"], "Promised to the city.");
        assert_eq!(few().await["because"], "Promised to the city.");
        let (_, page) = world.page(ME, &format!("/{}", epics[3])).await;
        assert!(page.contains("Promised to the city."), "the epic tells it");
        // It still departs to the same side, so the reason holds on; where it follows its score it is gone.
        let to = |body: Value| (format!("/work-items/{}/move", epics[3]), body);
        let (path, body) = to(json!({ "before": epics[1] }));
        world.post(ME, &path, body).await;
        assert_eq!(few().await["because"], "Promised to the city.");
        let (path, body) = to(json!({ "to": "bottom" }));
        world.post(ME, &path, body).await;
        assert_eq!((&few().await["departs"], &few().await["because"]), (&json!(false), &json!("")));
        let (path, body) = to(json!({ "before": epics[0], "because": "The law asks for it." }));
        world.post(ME, &path, body).await;
        assert_eq!(few().await["because"], "The law asks for it.");
        let story = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Small" })).await;
        let path = format!("/api/v1/opportunities/{}/order-reason", story["key"].as_str().expect("a key"));
        let (status, said) = world.api(ME, "POST", &path, json!({ "because": "x" })).await;
        assert_eq!((status, said["error"]["field"].as_str()), (422, Some("key")), "{said}");
    }

    async fn what_makes_no_sense_is_refused_and_inputs_keep_their_past(app) {
        let world = World::new(app).await;
        let one = problem(&world, "One").await;
        for (method, inputs) in [
            ("rice", json!({ "reach": "many" })),
            ("rice", json!({ "joy": 3 })),
            ("rice", json!({ "reach": 1, "impact": 1, "confidence": 50, "effort": 0 })),
            ("rice", json!({ "reach": "400 200 100" })),
            ("opportunity", json!({ "importance": 11, "satisfaction": 3 })),
            ("ice", json!({ "impact": 5, "confidence": 0, "ease": "3 4 5" })),
            ("guess", json!({})),
            ("own", json!({})),
        ] {
            let (status, told) = score(&world, &one, method, inputs).await;
            assert_eq!(status, 422, "{method}: {told}");
        }
        assert_eq!(score(&world, &one, "wsjf", json!({ "value": 8, "urgency": 5 })).await.0, 200);
        let (_, told) = score(&world, &one, "wsjf", json!({ "opening": 3, "size": "3 4 5", "value": "" })).await;
        assert_eq!((told["score"].as_f64(), told["inputs"]["size"].as_str()), (None, Some("3 4 5")));
        let (_, told) = score(&world, &one, "wsjf", json!({ "value": 8 })).await;
        assert_eq!(told["score"].as_f64(), Some(4.0));
        let listed = world.get(ME, &format!("/opportunities/{one}/scores")).await;
        assert_eq!(listed[0]["revision"].as_i64(), Some(3));
        let story = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "A story" })).await;
        let (status, _) = score(&world, story["key"].as_str().expect("a key"), "rice", json!({})).await;
        assert_eq!(status, 422);
    }

    async fn what_scores_the_same_departs_from_nothing(app) {
        let world = World::new(app).await;
        for title in ["One", "Two", "Three"] {
            let key = problem(&world, title).await;
            let inputs = json!({ "value": 5, "urgency": 3, "opening": 1, "size": "2 3 8" });
            assert_eq!(score(&world, &key, "wsjf", inputs).await.0, 200);
        }
        let all = ranking(&world, "wsjf").await;
        let items = all["items"].as_array().expect("a list");
        assert!(items.len() == 3 && items.iter().all(|item| item["departs"] == false), "{all}");
    }

    async fn an_own_formula_and_classes_rank_too(app) {
        let world = World::new(app).await;
        let (one, two) = (problem(&world, "One").await, problem(&world, "Two").await);
        let set = |formula: &str| json!({ "product": "OPEN", "formula": formula });
        let wrong = world.api(ME, "POST", "/api/v1/opportunities/scoring", set("joy ^ 2")).await;
        assert_eq!((wrong.0, wrong.1["error"]["field"].as_str()), (422, Some("formula")));
        world.post(ME, "/opportunities/scoring", set("(joy + trust) / effort")).await;
        score(&world, &one, "own", json!({ "joy": 2, "trust": 2, "effort": 2 })).await;
        score(&world, &two, "own", json!({ "joy": 6, "trust": 2, "effort": 2 })).await;
        assert_eq!(keys(&ranking(&world, "own").await["items"]), [two.as_str(), one.as_str()]);
        score(&world, &one, "moscow", json!({ "class": "Must", "effort": 7 })).await;
        score(&world, &two, "moscow", json!({ "class": "could", "effort": 3 })).await;
        let all = ranking(&world, "moscow").await;
        assert_eq!(keys(&all["items"]), [one.as_str(), two.as_str()]);
        assert!(all["warning"].as_str().is_some_and(|w| w.starts_with("70 %")), "{all}");
    }

    async fn inputs_are_written_on_the_page_without_scripts(app) {
        let world = World::new(app).await;
        let one = problem(&world, "One").await;
        let fields = [
            ("key", one.as_str()),
            ("method", "value-effort"),
            ("inputs.value", "20 40 80"),
            ("inputs.effort", "8"),
            ("_back", "/p/OPEN/priorities?method=value-effort"),
        ];
        let (status, to) = world.form(ME, "/do/score-opportunity", &fields).await;
        assert_eq!((status, to.as_str()), (303, "/p/OPEN/priorities?method=value-effort"));
        let (_, page) = world.page(ME, &to).await;
        assert!(page.contains("20 40 80"), "the range is shown as it was written");
        assert!(page.contains("<svg class=\"matrix\""), "value against effort is drawn");
    }

    async fn a_move_against_the_score_is_free_asked_about_and_its_reason_kept(app) {
        let world = World::new(app).await;
        let mut keys = Vec::new();
        for (title, value) in [("One", 9), ("Two", 6), ("Three", 3), ("Four", 1)] {
            let key = problem(&world, title).await;
            score(&world, &key, "value-effort", json!({ "value": value, "effort": 1 })).await;
            keys.push(key);
        }
        let put = async |key: &str, input: Value| world.post(ME, &format!("/opportunities/{key}/move"), input).await;
        let kept = async |key: &str| world.get(ME, &format!("/opportunities/{key}")).await["rank_reason"].clone();
        let four = keys[3].clone();
        let moved = put(&four, json!({ "before": keys[0] })).await;
        assert_eq!(moved["departs"], "By Value and effort it comes 4th of 4, and it stands 1st", "{moved}");
        // A form asks in the message that follows, and holds nothing up.
        let (status, to) = world.form(ME, "/do/move-opportunity", &[("key", &four), ("before", &keys[1]), ("_back", "/p/OPEN/opportunities")]).await;
        assert_eq!((status, to.as_str()), (303, "/p/OPEN/opportunities"));
        let moved = put(&four, json!({ "before": keys[0], "reason": "Promised to the city." })).await;
        assert_eq!((&moved["rank_reason"], &moved["departs"]), (&json!("Promised to the city."), &json!(null)));
        // Another move on the same side keeps what was said; one to where the score has it does not.
        put(&four, json!({ "before": keys[2] })).await;
        assert_eq!(kept(&four).await, "Promised to the city.");
        let all = ranking(&world, "value-effort").await;
        assert_eq!((&all["items"][3]["departs"], &all["items"][3]["because"]), (&json!(true), &json!("Promised to the city.")));
        put(&keys[1], json!({ "before": keys[0] })).await;
        assert_eq!(kept(&four).await, "Promised to the city.");
        put(&four, json!({})).await;
        assert_eq!(kept(&four).await, "");
        // Where nothing scores it, nobody can tell: what was said stays.
        let five = problem(&world, "Five").await;
        put(&five, json!({ "before": keys[0], "because": "It feels right." })).await;
        put(&five, json!({})).await;
        assert_eq!(kept(&five).await, "It feels right.");
    }

    async fn what_was_turned_down_is_opened_again_before_it_is_solved(app) {
        let world = World::new(app).await;
        let key = problem(&world, "One").await;
        let decide = async |state: &str, because: &str| {
            let input = json!({ "state": state, "because": because });
            world.api(ME, "POST", &format!("/api/v1/opportunities/{key}/verdict"), input).await
        };
        assert_eq!(decide("rejected", "Nobody asks.").await.0, 200);
        for state in ["solved", "abandoned"] {
            let (status, told) = decide(state, "Just so.").await;
            assert!(status == 409 && told.to_string().contains("Reopen it first"), "{told}");
        }
        assert_eq!(decide("assessing", "").await.0, 422);
        assert_eq!(decide("assessing", "Five asked.").await.0, 200);
        assert_eq!(decide("solved", "").await.0, 200);
        assert_eq!(decide("rejected", "After all.").await.0, 409);
    }

    async fn choosing_pages_open_with_the_method_that_is_used(app) {
        let world = World::new(app).await;
        let key = problem(&world, "One").await;
        score(&world, &key, "wsjf", json!({ "value": 8, "urgency": 5, "opening": 3, "size": 4 })).await;
        let (_, page) = world.page(ME, "/p/OPEN/fits?capacity=10").await;
        assert!(page.contains("<option value=\"wsjf\" selected"), "what fits asks by the method that knows most");
        let (_, page) = world.page(ME, "/p/OPEN/priorities").await;
        assert!(page.contains("WSJF = "), "and so does the ranking");
    }
}
