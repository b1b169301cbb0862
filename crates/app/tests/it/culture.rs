//! Culture before titles: what a framework, an arrangement or titles are changed for is asked and kept,
//! a practice comes first where one wants, and each is looked back on. Nothing is ever blocked.

use serde_json::{Value, json};
use wherefore_app::jobs::Jobs;
use wherefore_app::jobs::reminders::write_reminders;
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const MIA: Persona = Persona::Member;
const INES: Persona = Persona::Insider;

fn text(made: &Value, field: &str) -> String {
    made[field].as_str().unwrap_or_else(|| panic!("no {field} in {made}")).to_owned()
}

/// A team of OPEN that works by Scrum.
async fn team(world: &World) -> String {
    let team = text(&world.post(BOSS, "/teams", json!({ "name": "Tickets" })).await, "id");
    world.post(BOSS, "/products/OPEN/parts", json!({ "name": "Fares", "team": team })).await;
    world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": "scrum" })).await;
    team
}

async fn steps(world: &World) -> Vec<Value> {
    world.get(MIA, "/culture/steps").await["items"].as_array().expect("a list").clone()
}

async fn decision(world: &World, step: &Value) -> Value {
    world.get(MIA, &format!("/decisions/{}", text(step, "decision"))).await
}

both_engines! {
    async fn a_framework_is_asked_for_its_problem_and_can_be_gone_back_from(app) {
        let world = World::new(app).await;
        let team = team(&world).await;
        assert!(steps(&world).await.is_empty(), "a first framework takes the place of none");
        let story = json!({ "product": "OPEN", "title": "Pay", "team": team, "state": "In progress" });
        let story = text(&world.post(MIA, "/work-items", story).await, "key");
        let switch = json!({
            "team": team, "preset": "kanban", "problem": "Work waits for sprints",
            "problem_signals": ["S13"], "look_back_on": "2026-03-30",
        });
        world.post(MIA, "/policies/adopt", switch).await;
        let all = steps(&world).await;
        let step = &all[0];
        assert_eq!((&step["kind"], &step["was"], &step["became"], &step["problem"]), (&json!("framework"), &json!("Scrum"), &json!("Kanban"), &json!("Work waits for sprints")));
        let kept = decision(&world, step).await;
        assert_eq!((&kept["state"], &kept["review_on"]), (&json!("accepted"), &json!("2026-03-30")));
        assert!(text(&kept, "context").contains("Work waits for sprints") && text(&kept, "context").contains("S13"), "{kept}");
        // On the day it is remembered to whoever decided it.
        world.noon("2026-03-30");
        let jobs = Jobs::new(world.app.db.clone(), world.clock.clone()).with(write_reminders());
        for ran in jobs.run_due().await {
            ran.result.expect("the reminders are written");
        }
        let told = world.get(MIA, "/notifications").await;
        assert!(told["items"].as_array().unwrap().iter().any(|n| n["kind"] == "review-due"), "{told}");
        assert_eq!(steps(&world).await[0]["due"], true);
        let (status, page) = world.page(MIA, &format!("/{}", text(step, "decision"))).await;
        assert!(status == 200 && page.contains("Signals before and after") && page.contains("Go back"), "{page}");
        let back = json!({ "outcome": "back", "note": "It waits all the same." });
        world.post(MIA, &format!("/culture/steps/{}/review", text(step, "id")), back).await;
        let item = world.get(MIA, &format!("/work-items/{story}")).await;
        assert_eq!(item["state"], "In progress", "items keep their place: {item}");
        let policies = world.get(MIA, &format!("/policies?team={team}")).await;
        let active: Vec<&Value> = policies.as_array().unwrap().iter().filter(|p| p["state"] == "active").collect();
        assert_eq!((active.len(), &active[0]["preset"]), (1, &json!("scrum")));
        assert_eq!(steps(&world).await.len(), 1, "going back asks for no further reason");
        assert_eq!(decision(&world, step).await["state"], "superseded");
        let told = world.get(MIA, "/notifications").await;
        assert!(!told["items"].as_array().unwrap().iter().any(|n| n["kind"] == "review-due" && n["read"] == false), "{told}");
        let again = world.api(MIA, "POST", &format!("/api/v1/culture/steps/{}/review", text(step, "id")), json!({ "outcome": "keep" })).await;
        assert_eq!(again.0, 409);
    }

    async fn no_reason_is_kept_as_such_and_blocks_nothing(app) {
        let world = World::new(app).await;
        let team = team(&world).await;
        let draft = world.post(MIA, "/policies", json!({ "team": team, "preset": "kanban" })).await;
        let (status, page) = world.page(MIA, &format!("/policies/{}/switch", text(&draft, "id"))).await;
        assert!(status == 200 && page.contains("Which problem shall another framework solve?") && page.contains("Often a practice does"), "{page}");
        let (status, _) = world.form(MIA, "/do/activate-policy", &[("policy", &text(&draft, "id")), ("problem", ""), ("look_back_on", "")]).await;
        assert_eq!(status, 303);
        let step = steps(&world).await[0].clone();
        assert_eq!((&step["problem"], &step["review_on"]), (&Value::Null, &json!("2026-05-31")));
        assert!(text(&decision(&world, &step).await, "context").contains("No reason was given"));
        // A later switch replaces what nobody looked back on.
        world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": "lightweight" })).await;
        let all = steps(&world).await;
        assert_eq!((all.len(), &all[1]["outcome"]), (2, &json!("replaced")));
        assert_eq!(decision(&world, &all[1]).await["state"], "superseded");
        // The same framework again is no step.
        world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": "lightweight" })).await;
        assert_eq!(steps(&world).await.len(), 2);
        let early = json!({ "team": team, "preset": "scrum", "look_back_on": "2026-03-01" });
        assert_eq!(world.api(MIA, "POST", "/api/v1/policies/adopt", early).await.0, 422);
        let unknown = json!({ "team": team, "preset": "scrum", "problem_signals": ["S99"] });
        assert_eq!(world.api(MIA, "POST", "/api/v1/policies/adopt", unknown).await.0, 422);
    }

    async fn a_title_is_marked_as_changing_no_right(app) {
        let world = World::new(app).await;
        let mia = world.person(MIA).to_string();
        let ines = world.person(INES).to_string();
        let path = format!("/api/v1/people/{mia}");
        let edit = async |input: Value| world.api(BOSS, "PATCH", &path, input).await;
        assert_eq!(edit(json!({ "title": "Product Owner" })).await.0, 200);
        assert!(steps(&world).await.is_empty(), "a first title changes nothing");
        assert_eq!(edit(json!({ "title": "Product Manager" })).await.0, 200);
        let step = steps(&world).await[0].clone();
        assert_eq!((&step["kind"], &step["changes_rights"], &step["problem"], &step["decision"]), (&json!("titles"), &json!(false), &Value::Null, &Value::Null));
        assert_eq!(edit(json!({ "title": "Product Owner", "problem": "Nobody knows whom to ask" })).await.0, 200);
        let step = steps(&world).await[0].clone();
        let kept = decision(&world, &step).await;
        assert!(text(&kept, "consequences").contains("changes no right"), "{kept}");
        let (_, page) = world.page(MIA, &format!("/culture/{}", text(&step, "id"))).await;
        assert!(page.contains("A title only.") && page.contains("Mia"), "{page}");
        // Several at once, and the way back for those that nobody changed since.
        let several = json!({ "titles": { mia.clone(): "Lead", ines.clone(): "Product Owner" }, "problem": "We grow" });
        let (status, said) = world.api(BOSS, "PATCH", "/api/v1/people/titles", several).await;
        assert_eq!(status, 200, "{said}");
        let step = steps(&world).await[0].clone();
        let whole = world.get(BOSS, &format!("/culture/steps/{}", text(&step, "id"))).await;
        assert_eq!(whole["titles"].as_array().map(Vec::len), Some(1), "Ines had none before: {whole}");
        let review = format!("/api/v1/culture/steps/{}/review", text(&step, "id"));
        let (status, said) = world.api(MIA, "POST", &review, json!({ "outcome": "back" })).await;
        assert_eq!(status, 403, "titles are an admin's: {said}");
        assert_eq!(world.api(BOSS, "POST", &review, json!({ "outcome": "back" })).await.0, 200);
        let people = world.get(BOSS, "/people").await;
        let title = people.as_array().unwrap().iter().find(|p| p["id"] == mia.as_str()).unwrap()["title"].clone();
        assert_eq!(title, "Product Owner");
    }

    async fn another_arrangement_is_asked_for_its_problem(app) {
        let world = World::new(app).await;
        let roles = json!({ world.person(MIA).to_string(): "product-manager" });
        let first = json!({ "product": "OPEN", "company": "startup", "framework": "kanban", "roles": roles });
        let charter = text(&world.post(MIA, "/charters", first.clone()).await, "id");
        world.post(MIA, &format!("/charters/{charter}/sign"), json!({})).await;
        assert!(steps(&world).await.is_empty(), "the first arrangement takes the place of none");
        let (_, page) = world.page(MIA, "/arrangement?product=OPEN").await;
        assert!(page.contains("Which problem shall another arrangement solve?"), "{page}");
        let mut other = first;
        other["arrangement"] = json!("both");
        other["because"] = json!("One hand.");
        other["problem"] = json!("Two people answer for one thing");
        let draft = text(&world.post(MIA, "/charters", other).await, "id");
        let step = steps(&world).await[0].clone();
        assert_eq!((&step["kind"], &step["changes_rights"]), (&json!("arrangement"), &json!(true)));
        world.post(MIA, &format!("/charters/{draft}/sign"), json!({})).await;
        let review = format!("/culture/steps/{}/review", text(&step, "id"));
        world.post(MIA, &review, json!({ "outcome": "back" })).await;
        let all = world.get(MIA, "/charters").await;
        let open = all.as_array().unwrap().iter().find(|c| c["state"] == "draft").cloned();
        let open = open.unwrap_or_else(|| panic!("a draft to sign: {all}"));
        assert_eq!(open["arrangement"], "manager-only", "the earlier one is drafted to be signed");
    }

    async fn a_practice_is_tried_first_and_the_signals_stand_side_by_side(app) {
        let world = World::new(app).await;
        let team = team(&world).await;
        // A team's signals rest on what its members do.
        for who in [BOSS, MIA, INES] {
            let member = json!({ "person": world.person(who).to_string() });
            world.post(BOSS, &format!("/teams/{team}/members"), member).await;
        }
        for n in 0..12 {
            let who = [BOSS, MIA, INES][n % 3];
            world.post(who, "/work-items", json!({ "product": "OPEN", "title": "Some story", "team": team, "state": "In progress" })).await;
        }
        world.post(MIA, "/signals/measure", json!({ "team": team })).await;
        let offered = world.get(MIA, &format!("/culture/practices?team={team}")).await;
        assert_eq!((&offered[0]["slug"], &offered[0]["raised"]), (&json!("why-first"), &json!(["S1"])), "{offered}");
        let trial = world.post(MIA, "/culture/practices", json!({ "practice": "why-first", "team": "Tickets" })).await;
        assert_eq!((&trial["kind"], &trial["review_on"]), (&json!("practice"), &json!("2026-04-01")), "{trial}");
        assert!(text(&trial, "does").contains("path to why"));
        // Their whys are found, and the next measurement says so.
        let need = text(&world.post(MIA, "/needs", json!({ "product": "OPEN", "title": "Faster" })).await, "key");
        let stories = world.get(MIA, "/work-items?product=OPEN").await;
        for item in stories["items"].as_array().unwrap() {
            world.post(MIA, "/links", json!({ "from": item["key"], "to": need })).await;
        }
        world.noon("2026-04-01");
        world.post(MIA, "/signals/measure", json!({ "team": team })).await;
        let step = world.get(MIA, &format!("/culture/steps/{}", text(&trial, "id"))).await;
        let s1 = &step["compared"][0];
        assert_eq!((&s1["signal"], &s1["before"], &s1["now"], &s1["moved"], &s1["meant"]), (&json!("S1"), &json!("100 %"), &json!("0 %"), &json!("better"), &json!(true)), "{step}");
        let review = format!("/culture/steps/{}/review", text(&trial, "id"));
        let (status, said) = world.api(MIA, "POST", &format!("/api/v1{review}"), json!({ "outcome": "adapt" })).await;
        assert_eq!(status, 422, "{said}");
        let adapted = world.post(MIA, &review, json!({ "outcome": "adapt", "note": "Only for stories" })).await;
        assert_eq!((&adapted["outcome"], &adapted["due"], &adapted["review_on"]), (&json!(""), &json!(false), &json!("2026-05-01")));
        let kept = world.post(MIA, &review, json!({ "outcome": "keep" })).await;
        assert_eq!(kept["outcome"], "keep");
        // What was seen when it was looked back on stays beside what stood before it.
        world.noon("2026-04-20");
        for _ in 0..6 {
            world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "No why", "team": team, "state": "In progress" })).await;
        }
        world.post(MIA, "/signals/measure", json!({ "team": team })).await;
        let later = world.get(MIA, &format!("/culture/steps/{}", text(&trial, "id"))).await;
        assert_eq!((&later["compared"][0]["now"], &later["reviewed_on"]), (&json!("0 %"), &json!("2026-04-01")), "{later}");
        assert_eq!(decision(&world, &kept).await["review_on"], Value::Null);
        let listed = steps(&world).await;
        assert_eq!((&listed[0]["id"], &listed[0]["outcome"]), (&trial["id"], &json!("keep")), "{listed:?}");
    }
}
