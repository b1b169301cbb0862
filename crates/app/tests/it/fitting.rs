//! What fits a capacity, Kano surveys, and the tree, through the API and the pages, on both engines.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

fn key(made: &Value) -> String {
    made["key"].as_str().expect("a key").to_owned()
}

async fn problem(world: &World, title: &str, value: f64, effort: f64) -> String {
    let made = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": title })).await;
    let key = key(&made);
    let inputs = json!({ "value": value, "effort": effort });
    let score = json!({ "method": "value-effort", "inputs": inputs });
    world.post(ME, &format!("/opportunities/{key}/scores"), score).await;
    key
}

async fn fits(world: &World, more: &str) -> (u16, Value) {
    let path = format!("/api/v1/opportunities/fits?product=OPEN&{more}");
    world.api(ME, "GET", &path, Value::Null).await
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["key"].as_str()).collect()
}

fn because<'v>(fits: &'v Value, key: &str) -> &'v str {
    let left = fits["left_out"].as_array().expect("a list");
    left.iter()
        .find(|one| one["key"] == key)
        .and_then(|one| one["because"].as_str())
        .unwrap_or_default()
}

both_engines! {
    async fn the_best_set_fits_with_all_it_needs(app) {
        let world = World::new(app).await;
        let first = problem(&world, "Groundwork", 1.0, 4.0).await;
        let dear = problem(&world, "On top of it", 20.0, 5.0).await;
        let good = problem(&world, "Good", 9.0, 5.0).await;
        let small = problem(&world, "Small", 2.0, 1.0).await;
        let (_, all) = fits(&world, "capacity=6").await;
        assert_eq!(keys(&all["chosen"]), [dear.as_str(), small.as_str()]);
        // An epic of the first blocks an epic of the second: the second needs the first.
        let mut epics = Vec::new();
        for problem in [&first, &dear] {
            let epic = json!({ "product": "OPEN", "title": "Some epic", "level": "epic" });
            let epic = key(&world.post(ME, "/work-items", epic).await);
            world.post(ME, "/links", json!({ "from": epic, "to": problem })).await;
            epics.push(epic);
        }
        let blocks = json!({ "from": epics[0], "to": epics[1], "kind": "blocks" });
        world.post(ME, "/links", blocks).await;
        let (_, all) = fits(&world, "capacity=6").await;
        assert_eq!((keys(&all["chosen"]), all["optimal"].as_bool()), (vec![good.as_str(), small.as_str()], Some(true)));
        assert!(because(&all, &dear).contains(&format!("With {first}, which it needs, it takes 9")), "{all}");
        let (_, all) = fits(&world, "capacity=9").await;
        assert_eq!(keys(&all["chosen"]), [first.as_str(), dear.as_str()]);
        assert_eq!(all["chosen"][1]["needs"], json!([first]));
        // What people decide themselves binds.
        let (_, all) = fits(&world, &format!("capacity=9&exclude={first}")).await;
        assert_eq!(keys(&all["chosen"]), [good.as_str(), small.as_str()]);
        assert!(because(&all, &dear).contains("which you left out"), "{all}");
        for (wrong, field) in [
            ("capacity=0".to_owned(), "capacity"),
            (format!("capacity=5&include={dear}"), "include"),
            ("capacity=5&include=OPEN-999".to_owned(), "include"),
            ("capacity=5&method=ice".to_owned(), "method"),
        ] {
            let (status, told) = fits(&world, &wrong).await;
            assert_eq!((status, told["error"]["field"].as_str()), (422, Some(field)), "{wrong}: {told}");
        }
        let chosen = [("items", first.as_str()), ("items", dear.as_str()), ("horizon", "now"), ("because", "It fits."), ("_back", "/p/OPEN/roadmap")];
        let (status, to) = world.form(ME, "/do/place-many", &chosen).await;
        assert_eq!((status, to.as_str()), (303, "/p/OPEN/roadmap"));
        let roadmap = world.get(ME, "/roadmap?product=OPEN").await;
        let placed: Vec<&str> = roadmap.as_array().expect("a list").iter().filter_map(|p| p["item"].as_str()).collect();
        assert_eq!(placed, [first.as_str(), dear.as_str()]);
        let (status, page) = world.page(ME, "/p/OPEN/fits?capacity=9").await;
        assert!(status == 200 && page.contains("proven best") && page.contains("Place on the roadmap"));
    }

    async fn what_nobody_estimated_holds_back_what_needs_it(app) {
        let world = World::new(app).await;
        let known = problem(&world, "Known", 5.0, 2.0).await;
        let made = world.post(ME, "/opportunities", json!({ "product": "OPEN", "title": "Unknown" })).await;
        let unknown = key(&made);
        world.post(ME, "/links", json!({ "from": unknown, "to": known, "kind": "blocks" })).await;
        let (_, all) = fits(&world, "capacity=9").await;
        assert_eq!((keys(&all["chosen"]).len(), keys(&all["unscored"])), (0, vec![unknown.as_str()]));
        assert!(because(&all, &known).contains("nobody has estimated"), "{all}");
    }

    async fn a_survey_is_answered_by_whoever_has_its_link(app) {
        let world = World::new(app).await;
        let asked = problem(&world, "Refunds", 5.0, 2.0).await;
        let start = json!({ "product": "OPEN", "title": "Expectations", "about": [asked] });
        let survey = world.post(ME, "/surveys", start).await;
        let (id, path) = (survey["id"].as_str().expect("an id"), survey["path"].as_str().expect("a path"));
        assert!(path.len() > 70, "the link cannot be guessed: {path}");
        let (status, page) = world.page(Persona::Nobody, path).await;
        assert!(status == 200 && page.contains("“Refunds”") && !page.contains("answers so far"));
        let (with, without) = (format!("with.{asked}"), format!("without.{asked}"));
        let form = [(with.as_str(), "like"), (without.as_str(), "dislike"), ("respondent", "Ana")];
        assert_eq!(world.form(Persona::Nobody, path, &form).await.0, 200);
        // Half an answer, and one that is none, are refused with all that was chosen.
        let (status, page) = world.form(Persona::Nobody, path, &form[..1]).await;
        assert!(status == 422 && page.contains("value=\"like\" checked"), "{status}");
        let wrong = [(with.as_str(), "love"), (without.as_str(), "dislike")];
        assert_eq!(world.form(Persona::Nobody, path, &wrong).await.0, 422);
        let entered = json!({ "with": { asked.as_str(): "neutral" }, "without": { asked.as_str(): "dislike" } });
        world.post(ME, &format!("/surveys/{id}/answers"), entered).await;
        let told = world.get(ME, &format!("/surveys/{id}")).await;
        let told = &told["questions"][0];
        assert_eq!((told["answers"].as_u64(), told["one_dimensional"].as_u64(), told["must_be"].as_u64()), (Some(2), Some(1), Some(1)));
        assert_eq!((told["better"].as_f64(), told["worse"].as_f64()), (Some(0.5), Some(-1.0)));
        // The guest sees what came of it, but gets no link to hand on; closed, nobody answers.
        let seen = world.get(Persona::Guest, &format!("/surveys/{id}")).await;
        assert!(seen["path"].is_null());
        let close = json!({ "state": "closed" });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1/surveys/{id}"), close).await.0, 200);
        assert_eq!(world.page(Persona::Nobody, path).await.0, 404);
        assert_eq!(world.form(Persona::Nobody, path, &form).await.0, 404);
        let activity = world.get(ME, "/activity?product=OPEN").await.to_string();
        assert!(!activity.contains("Ana") && !activity.contains(path.trim_start_matches("/survey/")));
    }

    async fn the_tree_is_drawn_and_problems_are_put_elsewhere(app) {
        let world = World::new(app).await;
        let goal = json!({ "product": "OPEN", "title": "Calm", "period": "2026 H1" });
        let goal = key(&world.post(ME, "/objectives", goal).await);
        let result = json!({ "objective": goal, "title": "Calls", "unit": "", "baseline": 9, "target": 2 });
        let result = key(&world.post(ME, "/key-results", result).await);
        let above = problem(&world, "Refunds <need> a call", 5.0, 2.0).await;
        let below = problem(&world, "Split tickets", 5.0, 2.0).await;
        let option = json!({ "about": below, "title": "A form" });
        let option = key(&world.post(ME, "/options", option).await);
        let tried = json!({ "product": "OPEN", "title": "Ask ten", "about": option });
        let tried = key(&world.post(ME, "/experiments", tried).await);
        for (what, under) in [(&above, &result), (&below, &above)] {
            world.post(ME, &format!("/opportunities/{what}/parent"), json!({ "under": under })).await;
        }
        let tree = world.get(ME, "/opportunities/tree?product=OPEN").await;
        let order = [&goal, &result, &above, &below, &option, &tried].map(String::as_str);
        assert_eq!(keys(&tree), order);
        // A circle is refused; putting it elsewhere takes it from where it was.
        let circle = format!("/api/v1/opportunities/{above}/parent");
        assert_eq!(world.api(ME, "POST", &circle, json!({ "under": below })).await.0, 422);
        world.post(ME, &format!("/opportunities/{below}/parent"), json!({ "under": result })).await;
        let tree = world.get(ME, "/opportunities/tree?product=OPEN").await;
        let node = tree.as_array().expect("a list").iter().find(|n| n["key"] == below).expect("it is there");
        assert_eq!((node["under"].as_str(), node["depth"].as_u64(), node["also"].as_array().map(Vec::len)), (Some(result.as_str()), Some(2), Some(0)));
        let (_, drawn) = world.page(ME, &format!("/p/OPEN/tree.svg?fold={below}")).await;
        assert!(drawn.starts_with("<svg") && drawn.contains("xmlns=\"http://www.w3.org/2000/svg\""));
        assert!(drawn.contains("&lt;need&gt;") && !drawn.contains("Ask ten") && drawn.contains("+2"));
        let (_, page) = world.page(ME, "/p/OPEN/tree").await;
        assert!(page.contains("Ask ten") && page.contains("/do/put-under"));
    }
}
