//! How: frameworks, stories, acceptance, ceremonies.

use serde_json::{Value, json};

use super::{BOSS, INES, MIA, key, link, list, text, tries};
use crate::claims;

claims! {
    "Pure Kanban, lightweight agile, some flavour of agile–waterfall hybrid, or Scrum" => switching_keeps_items_and_history(world) {
        let team = text(&world.post(BOSS, "/teams", json!({ "name": "Tickets" })).await, "id");
        world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": "scrum" })).await;
        let story = key(&world, "/work-items", json!({ "title": "Pay", "team": team, "state": "In progress" })).await;
        world.post(MIA, &format!("/items/{story}/comments"), json!({ "body": "Shown to Ana." })).await;
        let before = list(&world.get(MIA, &format!("/items/{story}/history")).await["events"]).len();
        let mut workflows: Vec<Value> = Vec::new();
        for preset in ["kanban", "lightweight", "hybrid", "scrum"] {
            let policy = world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": preset })).await;
            assert!(!workflows.contains(&policy["states"]), "{preset} is a workflow of its own");
            workflows.push(policy["states"].clone());
            let item = world.get(MIA, &format!("/work-items/{story}")).await;
            assert_eq!((&item["key"], &item["category"]), (&json!(story), &json!("started")), "{preset}");
        }
        let after = world.get(MIA, &format!("/items/{story}/history")).await;
        assert!(list(&after["events"]).len() >= before, "{after}");
        let (_, page) = world.page(MIA, &format!("/{story}")).await;
        assert!(page.contains("Shown to Ana."), "{page}");
    }

    "Writes and refines user stories, defines acceptance criteria" => what_cannot_be_tested_is_pointed_out(world) {
        let story = key(&world, "/work-items", json!({ "title": "As a rider, I want my money back, so that I can travel on" })).await;
        world.post(MIA, &format!("/stories/{story}/criteria"), json!({ "text": "The page is fast and user-friendly" })).await;
        let quality = world.get(MIA, "/quality?product=OPEN").await;
        let weak = list(&quality["items"]).iter().find(|i| i["key"] == story.as_str());
        let weak = weak.unwrap_or_else(|| panic!("it is pointed out: {quality}"));
        assert!(weak["findings"].to_string().contains("fast"), "{weak}");
        let (_, page) = world.page(MIA, &format!("/{story}")).await;
        assert!(page.contains("About the criteria"), "{page}");
    }

    "Participates in story acceptance to make sure they deliver business value" => acceptance_shows_the_why_first(world) {
        let need = key(&world, "/needs", json!({ "title": "Fewer calls", "kind": "business" })).await;
        let story = key(&world, "/work-items", json!({ "title": "Refund button", "state": "In progress" })).await;
        link(&world, &story, &need).await;
        let made = world.post(MIA, &format!("/stories/{story}/criteria"), json!({ "text": "The sum is shown" })).await;
        let criterion = text(&made[0], "id");
        let (status, page) = world.page(INES, &format!("/{story}/acceptance")).await;
        let (why, criteria) = (page.find("Fewer calls"), page.find("The sum is shown"));
        assert!(status == 200 && why.is_some() && why < criteria, "the why stands first: {page}");
        assert!(page.contains("Does it serve the need"), "{page}");
        let accept = json!({ "decision": "accepted", "serves": "yes", "verdicts": { criterion: "met" } });
        let (status, said) = tries(&world, INES, &format!("/stories/{story}/acceptance"), accept).await;
        assert_eq!(status, 200, "{said}");
        let kept = world.get(MIA, &format!("/stories/{story}/acceptance")).await.to_string();
        assert!(kept.contains("\"met\"") && kept.contains("\"yes\"") && kept.contains("Ines"), "{kept}");
    }

    "Participating in all Agile ceremonies" => attendance_is_told_to_that_person(world) {
        let team = text(&world.post(BOSS, "/teams", json!({ "name": "Tickets" })).await, "id");
        for who in ["Mia", "Ines"] {
            world.post(BOSS, &format!("/teams/{team}/members"), json!({ "person": who })).await;
        }
        for (day, kind, there) in [("2026-03-02", "daily", true), ("2026-02-27", "daily", true), ("2026-02-26", "retro", false)] {
            let made = world.post(MIA, "/ceremonies", json!({ "team": team, "kind": kind, "day": day })).await;
            let path = format!("/ceremonies/{}", text(&made, "id"));
            if there {
                world.post(MIA, &format!("{path}/attendance"), json!({})).await;
            }
            world.post(MIA, &format!("{path}/hold"), json!({ "notes": "Calm" })).await;
        }
        let own = async |who| world.get(who, "/ceremonies/attendance").await;
        let (mia, ines) = (own(MIA).await, own(INES).await);
        assert_eq!((&mia["attended"], &mia["held"]), (&json!(2), &json!(3)), "{mia}");
        assert_eq!((&ines["attended"], &ines["held"], &ines["rate"]), (&json!(0), &json!(3), &json!(0.0)));
        let (_, page) = world.page(MIA, "/mirror").await;
        assert!(page.contains("67 %") && page.contains("Only you see this"), "{page}");
    }
}
