//! Why and what: needs, choosing, direction, goals, feedback.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World};

use super::{INES, MIA, key, link, list, text, tries};
use crate::claims;

async fn judged(world: &World, problem: &str) {
    let verdict = json!({ "state": "worth-solving", "because": "Many calls." });
    world.post(MIA, &format!("/opportunities/{problem}/verdict"), verdict).await;
}

async fn problem(world: &World, title: &str) -> String {
    key(world, "/opportunities", json!({ "title": title })).await
}

claims! {
    "What, why and how: you can write the questions in plural form" => many_whys_and_many_hows(world) {
        let problem = problem(&world, "Refunds need a call").await;
        for (title, kind) in [("Money back without a call", "user"), ("Fewer calls", "business")] {
            let need = key(&world, "/needs", json!({ "title": title, "kind": kind })).await;
            link(&world, &problem, &need).await;
        }
        for title in ["A form", "A button", "A letter"] {
            world.post(MIA, "/options", json!({ "about": problem, "title": title })).await;
        }
        let path = world.get(MIA, &format!("/items/{problem}/why")).await.to_string();
        assert!(path.contains("Money back without a call") && path.contains("Fewer calls"), "{path}");
        assert_eq!(list(&world.get(MIA, &format!("/items/{problem}/options")).await).len(), 3);
    }

    "Choosing which problem is worth solving, deciding what needs to be solved first: two records" => verdict_and_rank(world) {
        let (first, second) = (problem(&world, "Refunds").await, problem(&world, "Seats").await);
        judged(&world, &second).await;
        let all = world.get(MIA, "/opportunities?product=OPEN").await;
        let order: Vec<(String, String)> = list(&all["items"]).iter().map(|o| (text(o, "key"), text(o, "state"))).collect();
        assert_eq!(order, [(first.clone(), "open".into()), (second.clone(), "worth-solving".into())], "worth solving may rank last");
        let moved = world.post(MIA, &format!("/opportunities/{first}/move"), json!({ "before": second })).await;
        assert!(moved["warning"].as_str().is_some_and(|w| w.contains("before it was judged")), "{moved}");
        let fine = world.post(MIA, &format!("/opportunities/{second}/move"), json!({ "before": first })).await;
        assert_eq!(fine["warning"], Value::Null);
        world.post(MIA, &format!("/opportunities/{first}/move"), json!({ "before": second })).await;
        let (_, page) = world.page(MIA, "/p/OPEN/opportunities").await;
        assert!(page.contains("Ranked before it was judged"), "{page}");
    }

    "Why: business needs and users’ needs" => a_missing_kind_is_shown(world) {
        let problem = problem(&world, "Refunds need a call").await;
        judged(&world, &problem).await;
        let need = key(&world, "/needs", json!({ "title": "Money back", "kind": "user" })).await;
        let said = key(&world, "/evidence", json!({ "verbatim": "I called three times." })).await;
        link(&world, &problem, &need).await;
        link(&world, &need, &said).await;
        let gaps = world.get(MIA, "/gaps?product=OPEN").await;
        let one = list(&gaps["one_sided"]).iter().find(|g| g["item"]["key"] == problem.as_str());
        assert!(one.is_some_and(|g| text(g, "gap").contains("business")), "{gaps}");
    }

    "How: finding a solution to the problem" => the_rejected_keep_their_reasons(world) {
        let problem = problem(&world, "Refunds need a call").await;
        let mut all = Vec::new();
        for title in ["A form", "A button"] {
            all.push(text(&world.post(MIA, "/options", json!({ "about": problem, "title": title })).await, "key"));
        }
        world.post(MIA, &format!("/options/{}/choose", all[1]), json!({ "because": "One tap is enough." })).await;
        let options = world.get(MIA, &format!("/items/{problem}/options")).await;
        let of = |key: &str| list(&options).iter().find(|o| o["key"] == key).unwrap().clone();
        assert_eq!((&of(&all[1])["state"], &of(&all[0])["state"]), (&json!("chosen"), &json!("rejected")));
        assert!(of(&all[0]).to_string().contains("One tap is enough."), "{options}");
    }

    "Leads the vision, strategy and roadmap of the product" => any_past_day_can_be_shown(world) {
        world.post(MIA, "/vision", json!({ "product": "OPEN", "body": "Nobody queues." })).await;
        world.post(MIA, "/strategy", json!({ "product": "OPEN", "body": "Commuters first." })).await;
        let refunds = problem(&world, "Refunds").await;
        world.post(MIA, "/roadmap", json!({ "item": refunds, "horizon": "later" })).await;
        world.noon("2026-03-10");
        for (path, body) in [("/vision", "Nobody waits."), ("/strategy", "Families first.")] {
            world.post(MIA, path, json!({ "product": "OPEN", "body": body, "because": "We learned." })).await;
        }
        world.post(MIA, "/roadmap", json!({ "item": refunds, "horizon": "now", "because": "It hurts." })).await;
        for (kind, then, now) in [("vision", "Nobody queues.", "Nobody waits."), ("strategy", "Commuters first.", "Families first.")] {
            let past = world.get(MIA, &format!("/vision?product=OPEN&kind={kind}&at=2026-03-05")).await.to_string();
            assert!(past.contains(then) && !past.contains(now), "{past}");
        }
        let horizon = async |query: &str| {
            let roadmap = world.get(MIA, &format!("/roadmap?product=OPEN{query}")).await;
            let found = roadmap.to_string();
            found.split(&refunds).next().map(|_| roadmap.clone()).unwrap()
        };
        assert_ne!(horizon("&at=2026-03-05").await, horizon("").await);
    }

    "Constantly engaging with end users and internal stakeholders to gather requirements" => a_requirement_names_its_source(world) {
        let input = json!({ "title": "A refund form", "source": "Grace, support", "conversation": "They call. We asked why. Nobody finds the page." });
        let wanted = key(&world, "/requirements", input).await;
        let shown = world.get(MIA, &format!("/requirements/{wanted}")).await;
        assert_eq!(shown["source"], "Grace, support");
        assert!(text(&shown, "conversation").contains("We asked why"), "{shown}");
    }

    "Define the epics and release strategy" => no_rollout_without_a_strategy(world) {
        let epic = key(&world, "/work-items", json!({ "title": "Refunds", "level": "epic" })).await;
        let release = key(&world, "/releases", json!({ "title": "March" })).await;
        world.post(MIA, &format!("/releases/{release}/items"), json!({ "items": [epic] })).await;
        let path = format!("/releases/{release}/decision");
        let (status, said) = tries(&world, MIA, &path, json!({ "decision": "go" })).await;
        assert!((400..500).contains(&status) && said.to_string().contains("No strategy is set"), "{said}");
        let (status, said) = tries(&world, MIA, &path, json!({ "decision": "go", "because": "One customer only." })).await;
        assert_eq!((status, &said["state"]), (200, &json!("rolling-out")), "overridden with a reason: {said}");
        let other = key(&world, "/releases", json!({ "title": "April", "strategy": "canary" })).await;
        assert_eq!(tries(&world, MIA, &format!("/releases/{other}/decision"), json!({ "decision": "go" })).await.0, 200);
    }

    "Provide direction to the product teams" => who_has_not_acknowledged_is_listed(world) {
        let goal = world.post(MIA, "/product-goal", json!({ "product": "OPEN", "body": "Refunds within a day." })).await;
        world.post(INES, "/acknowledgements", json!({ "product": "OPEN", "kind": "product-goal", "number": goal["number"] })).await;
        let all = world.get(MIA, "/vision?product=OPEN&kind=product-goal").await;
        let text = all.to_string();
        let current = list(all.get("items").unwrap_or(&all))[0].clone();
        assert_eq!(current["acknowledged"], json!(["Ines"]), "{text}");
        let awaited: Vec<&str> = list(&current["awaited"]).iter().filter_map(Value::as_str).collect();
        assert!(awaited.contains(&"Ada") && !awaited.contains(&"Ines") && !awaited.contains(&"Mia"), "{awaited:?}");
    }

    "Report on objectives and key results" => the_report_is_the_check_ins(world) {
        let goal = key(&world, "/objectives", json!({ "title": "Calm", "period": "2026 H1" })).await;
        let input = json!({ "objective": goal, "title": "Calls", "unit": "calls", "baseline": 400, "target": 200 });
        let result = text(&world.post(MIA, "/key-results", input).await, "key");
        for (value, confidence) in [(380, 60), (300, 70)] {
            world.post(MIA, &format!("/key-results/{result}/check-ins"), json!({ "value": value, "confidence": confidence })).await;
        }
        let report = world.get(MIA, "/reports/okr?product=OPEN").await;
        let line = &report["goals"][0]["lines"][0];
        let kept = world.get(MIA, &format!("/key-results/{result}/check-ins")).await;
        let newest = list(kept.get("items").unwrap_or(&kept))[0].clone();
        assert_eq!((&line["check_ins"][0]["value"], &line["check_ins"][0]["confidence"]), (&newest["value"], &newest["confidence"]));
        assert_eq!((line["current"].as_f64(), line["progress"].as_f64()), (Some(300.0), Some(0.5)), "{line}");
    }

    "Iterate upon feedback" => shipping_queues_one_reply_to_each_requester(world) {
        let need = key(&world, "/needs", json!({ "title": "Refund alone" })).await;
        let story = key(&world, "/work-items", json!({ "title": "Refund button" })).await;
        link(&world, &story, &need).await;
        for who in ["Ana", "Ben", "Cem"] {
            let said = key(&world, "/evidence", json!({ "verbatim": format!("{who} wants it"), "source": who })).await;
            link(&world, &need, &said).await;
        }
        let release = key(&world, "/releases", json!({ "title": "March", "strategy": "big-bang" })).await;
        world.post(MIA, &format!("/releases/{release}/items"), json!({ "items": [story] })).await;
        for decision in ["go", "done"] {
            world.post(MIA, &format!("/releases/{release}/decision"), json!({ "decision": decision })).await;
        }
        for _ in 0..2 {
            world.post(MIA, "/replies/draft", json!({ "product": "OPEN" })).await;
        }
        assert_eq!(list(&world.get(MIA, "/replies?product=OPEN").await).len(), 3, "each once");
    }

    "The business gains or retains competitive advantage" => the_market_and_measures_are_kept(world) {
        let them = world.post(MIA, "/market/competitors", json!({ "product": "OPEN", "name": "Rival" })).await;
        let path = format!("/market/competitors/{}/findings", text(&them, "id"));
        let finding = text(&world.post(MIA, &path, json!({ "finding": "Refunds within an hour" })).await, "key");
        assert_eq!(world.get(MIA, &format!("/evidence/{finding}")).await["kind"], "market");
        let need = key(&world, "/needs", json!({ "title": "Fewer calls", "kind": "business", "measure": "calls a week", "baseline": 400, "current": 310 })).await;
        let shown = world.get(MIA, &format!("/needs/{need}")).await;
        assert_eq!((shown["baseline"].as_f64(), shown["current"].as_f64()), (Some(400.0), Some(310.0)));
        let (_, page) = world.page(MIA, &format!("/{need}")).await;
        assert!(page.contains("400") && page.contains("310"), "{page}");
    }

    "A product owner relies on product managers to define the why" => a_why_is_asked_and_its_time_kept(world) {
        let story = text(&world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await, "key");
        let asked = text(&world.post(INES, &format!("/items/{story}/questions"), json!({})).await, "id");
        world.noon("2026-03-04");
        let answered = world.post(MIA, &format!("/questions/{asked}/answer"), json!({ "answer": "Half of all calls." })).await;
        assert_eq!((answered["hours"].as_f64(), &answered["answered_by"]), (Some(48.0), &json!("Mia")), "{answered}");
        let (_, page) = world.page(Persona::Member, "/p/OPEN/questions").await;
        assert!(page.contains("Half of all calls."), "{page}");
    }
}
