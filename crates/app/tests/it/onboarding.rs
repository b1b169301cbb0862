//! Beginning a workspace by the conversation: what comes of it, that it can be left and taken up, and
//! that the three presets give three different systems.

use serde_json::{Value, json};
use wherefore_app::people::one_time;
use wherefore_testkit::{Persona, World, both_engines};

const OLIVE: Persona = Persona::Stranger;
const OWNER: Persona = Persona::Owner;

/// The owner of a workspace with one product, OTHER, begins.
async fn begin(world: &World, more: Value) -> Value {
    let mut input = json!({
        "product_name": "Ferries", "product_key": "FERRY",
        "item": "Tickets show the pier", "need": "Travellers find their boat in time",
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(OLIVE, "/onboarding", input).await
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    let all = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    all.iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// What a workspace looks like after it began as that company, as far as the presets decide it.
#[derive(Debug, PartialEq)]
struct System {
    arrangement: Value,
    matrix: Value,
    teams: Vec<String>,
    kinds: Vec<String>,
    workflow: Vec<String>,
    cadence: Value,
    agreements: Value,
    thresholds: Value,
    navigation: Vec<String>,
    review: Value,
}

/// The labels of the group that stands in front.
fn front(page: &str) -> Vec<String> {
    let group = page.split("data-group=\"front\"").nth(1).expect("a group in front");
    let group = group.split("</details>").next().unwrap_or_default();
    let links = group.split("href=\"/p/FERRY/").skip(1);
    links.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

async fn system(world: &World, company: &str) -> System {
    let people = json!([
        { "title": "Head of Product", "seniority": "head" },
        { "name": "Ana", "title": "Product Manager", "seniority": "senior" },
        { "name": "Ben", "title": "Product Owner" },
        { "name": "Cem", "title": "Developer" },
    ]);
    let made = begin(world, json!({ "company": company, "people": people })).await;
    assert_eq!(made["charter_state"], "draft", "several sign: {made}");
    let charter =
        world.get(OLIVE, &format!("/charters/{}", made["charter"].as_str().unwrap())).await;
    // Letters by title, since the people are others in each workspace.
    let titles: std::collections::BTreeMap<&str, &str> = charter["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p["title"].as_str().unwrap()))
        .collect();
    let matrix: Vec<Value> = charter["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let letters = row["letters"].as_object().unwrap().iter();
            let letters: std::collections::BTreeMap<&str, &Value> =
                letters.map(|(id, letter)| (titles[id.as_str()], letter)).collect();
            json!([row["number"], letters])
        })
        .collect();
    let teams = world.get(OLIVE, "/teams").await;
    let product = world.get(OLIVE, "/policies?product=FERRY").await;
    let policy =
        product.as_array().unwrap().iter().find(|p| p["state"] == "active").unwrap().clone();
    let (status, page) = world.page(OLIVE, "/p/FERRY/backlog").await;
    assert_eq!(status, 200);
    System {
        arrangement: made["arrangement"].clone(),
        matrix: json!(matrix),
        teams: texts(&teams, "name"),
        kinds: texts(&teams, "kind"),
        workflow: texts(&policy["states"], "name"),
        cadence: policy["cadence"].clone(),
        agreements: policy["notes"].clone(),
        thresholds: world.get(OLIVE, "/signals/thresholds").await,
        navigation: front(&page),
        review: charter["review_on"].clone(),
    }
}

async fn status(world: &World, path: &str, input: Value) -> (u16, Value) {
    world.api(OLIVE, "POST", &format!("/api/v1{path}"), input).await
}

both_engines! {
    async fn one_person_alone_has_all_of_it_in_one_call(app) {
        let world = World::new(app).await;
        let made = begin(&world, json!({ "company": "startup" })).await;
        assert_eq!((&made["state"], &made["product"], &made["charter_state"]), (&json!("done"), &json!("FERRY"), &json!("agreed")), "{made}");
        assert_eq!((&made["arrangement"], &made["invitations"]), (&json!("manager-only"), &json!([])));
        assert!(!made["advice"]["reasons"].as_array().unwrap().is_empty() && !made["because"].as_str().unwrap().is_empty());
        let key = made["item_key"].as_str().unwrap();
        let item = world.get(OLIVE, &format!("/work-items/{key}")).await;
        assert_eq!((&item["title"], &item["team"]["name"]), (&json!("Tickets show the pier"), &json!("Product team")), "{item}");
        let why = world.get(OLIVE, &format!("/items/{key}/why")).await;
        assert!(why.to_string().contains("Travellers find their boat"), "its why is begun: {why}");
        let team = world.get(OLIVE, "/teams").await[0]["id"].clone();
        let policies = world.get(OLIVE, &format!("/policies?team={}", team.as_str().unwrap())).await;
        assert_eq!((&policies[0]["state"], &policies[0]["preset"]), (&json!("active"), &json!("lightweight")), "{policies}");
        let next = texts(&made["next"], "title");
        assert!(next.iter().any(|t| t.contains("one user said")), "{next:?}");
        let (code, page) = world.page(OLIVE, "/begin").await;
        assert!(code == 200 && page.contains("What comes next") && page.contains(key), "{page}");
        let (_, home) = world.page(OLIVE, "/").await;
        assert!(home.contains("What comes next"), "{home}");
        // Doing one of them ticks it.
        world.post(OLIVE, "/evidence", json!({ "product": "FERRY", "verbatim": "I stood at the wrong pier." })).await;
        let after = world.get(OLIVE, "/onboarding/next").await;
        let said = after.as_array().unwrap().iter().find(|s| s["title"] == "Note what one user said").unwrap();
        assert_eq!(said["done"], true);
    }

    async fn it_is_left_and_taken_up_again_and_each_step_can_be_skipped(app) {
        let world = World::new(app).await;
        let form = async |fields: &[(&str, &str)]| world.form(OLIVE, "/do/keep-onboarding", fields).await;
        let (code, to) = form(&[("company", "scale-up"), ("stage", ""), ("step", "2"), ("_back", "/begin")]).await;
        assert_eq!((code, to.as_str()), (303, "/begin"));
        form(&[("product_name", "Ferries"), ("kinds", "none"), ("kinds", "consumer"), ("step", "3"), ("_back", "/begin")]).await;
        let (_, home) = world.page(OLIVE, "/").await;
        assert!(home.contains("left at step 3 of 5"), "{home}");
        let (_, page) = world.page(OLIVE, "/begin").await;
        assert!(page.contains("Step 3 of 5") && page.contains("Everyday use"), "{page}");
        // Teams are skipped; people come as the rows of a form.
        form(&[("step", "4"), ("_back", "/begin")]).await;
        form(&[("rows.0.title", "Head of Product"), ("rows.1.name", "Ana"), ("rows.1.title", "Product Manager"),
            ("rows.1.email", "ana@example.org"), ("rows.1.team", "Payment"), ("rows.2.name", ""), ("step", "5"), ("_back", "/begin")]).await;
        let kept = world.get(OLIVE, "/onboarding").await;
        assert_eq!((&kept["step"], &kept["state"], &kept["kinds"]), (&json!(5), &json!("open"), &json!(["consumer"])), "{kept}");
        assert_eq!(kept["people"].as_array().map(Vec::len), Some(2), "{kept}");
        let products = world.get(OLIVE, "/products").await;
        assert_eq!(products.as_array().map(Vec::len), Some(1), "nothing is made before the end");
        let (code, page) = world.form(OLIVE, "/begin", &[("item", "Show the pier"), ("need", "")]).await;
        assert!(code == 200 && page.contains("/join/") && page.contains("Ana"), "{page}");
        let again = world.get(OLIVE, "/onboarding").await;
        assert_eq!((&again["state"], &again["arrangement"]), (&json!("done"), &json!("overlap")));
        let item = world.get(OLIVE, &format!("/work-items/{}", again["item_key"].as_str().unwrap())).await;
        assert!(item["no_why_until"].is_string(), "a why is asked for: {item}");
        // Ana signs what she is given once she is here; until then the charter waits for her.
        let charter = world.get(OLIVE, &format!("/charters/{}", again["charter"].as_str().unwrap())).await;
        assert!(texts_of(&charter["waiting"]).contains(&"Ana".to_owned()), "{charter}");
        world.post(OLIVE, &format!("/charters/{}/sign", charter["id"].as_str().unwrap()), json!({})).await;
        let charter = world.get(OLIVE, &format!("/charters/{}", again["charter"].as_str().unwrap())).await;
        assert_eq!((&charter["state"], &charter["waiting"]), (&json!("draft"), &json!(["Ana"])));
    }

    async fn a_product_that_setting_up_named_is_there_at_the_second_step(app) {
        let world = World::new(app).await;
        let now = world.clock.now();
        let link = world.app.db.write(move |tx| one_time::new(tx, "setup", None, None, None, now)).await.unwrap();
        let fields = [("workspace", "Quay"), ("name", "Olga"), ("email", "olga@example.org"),
            ("password", "a long enough word"), ("product_name", "Night Ferries"), ("product_key", "")];
        let (code, to) = world.form(Persona::Nobody, &format!("/setup/{}", link.reveal()), &fields).await;
        assert_eq!((code, to.as_str()), (303, "/begin"));
        let named = "SELECT key FROM product WHERE name = 'Night Ferries'";
        let key: String = world.app.db.read(move |c| c.query_one(named, &[], |r| r.get(0))).await.unwrap();
        assert_eq!(key, "NF", "a name is enough");
        let (_, page) = world.page(OWNER, "/begin?step=2").await;
        assert!(page.contains("<b>Open</b> is here already") && page.contains("value=\"OPEN\""), "{page}");
    }

    async fn three_companies_begin_with_three_different_systems(app) {
        let mut all = Vec::new();
        for company in ["startup", "scale-up", "large"] {
            // Each in a world of its own, on the same engine.
            let fresh = app.fresh().await;
            let world = World::new(fresh).await;
            all.push(system(&world, company).await);
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let (a, b) = (&all[a], &all[b]);
            assert_ne!(a.arrangement, b.arrangement);
            assert_ne!(a.matrix, b.matrix);
            assert_ne!(a.teams, b.teams);
            assert_ne!(a.workflow, b.workflow);
            assert_ne!(a.cadence, b.cadence);
            assert_ne!(a.agreements, b.agreements);
            assert_ne!(a.thresholds, b.thresholds);
            assert_ne!(a.navigation, b.navigation);
        }
        assert_ne!(all[0].review, all[2].review, "a start-up looks again sooner");
        assert_eq!(all.iter().map(|s| s.teams.len()).collect::<Vec<_>>(), [1, 3, 6]);
        assert!(all[2].kinds.contains(&"platform".to_owned()), "{:?}", all[2].kinds);
        assert!(all[0].navigation.contains(&"interviews".to_owned()) && all[2].navigation.contains(&"phases".to_owned()));
    }

    async fn what_is_there_stays_and_bad_answers_are_refused_in_words(app) {
        let world = World::new(app).await;
        let none = status(&world, "/onboarding", json!({})).await;
        assert!(none.0 == 422 && none.1.to_string().contains("which company"), "{none:?}");
        for (input, says) in [
            (json!({ "company": "huge" }), "There are: startup"),
            (json!({ "company": "startup", "product_key": "7" }), "two to ten"),
            (json!({ "company": "startup", "people": [{}, { "email": "ana@example.org" }] }), "Give a name"),
            (json!({ "company": "startup", "people": [{}, { "name": "Ana", "email": "ana" }] }), "in full"),
            (json!({ "company": "startup", "people": [{}, { "name": "Ana", "role": "owner" }] }), "owner later"),
            (json!({ "company": "startup", "arrangement": "coexist" }), "The advice is"),
            (json!({ "company": "startup", "colour": "red" }), "colour"),
        ] {
            let (code, said) = status(&world, "/onboarding", input.clone()).await;
            assert!((400..500).contains(&code) && said.to_string().contains(says), "{input}: {code} {said}");
        }
        assert_eq!(world.get(OLIVE, "/products").await.as_array().map(Vec::len), Some(1), "nothing was made");
        let own = json!({ "company": "large", "arrangement": "both", "because": "We are two.", "teams": ["Boats", "Piers: platform"] });
        let made = begin(&world, own.clone()).await;
        assert_eq!(made["arrangement"], "both");
        let again = begin(&world, own).await;
        assert_eq!((&again["charter"], &again["item_key"], &again["product"]), (&made["charter"], &made["item_key"], &made["product"]));
        assert_eq!(texts(&world.get(OLIVE, "/teams").await, "name"), ["Boats", "Piers"]);
        // A workspace that has a product begins with that one.
        let made = world.post(OWNER, "/onboarding", json!({ "company": "startup" })).await;
        assert_eq!(made["product"], "OPEN", "{made}");
    }

    async fn all_of_it_is_taken_back_at_once_until_somebody_works_with_it(app) {
        let world = World::new(app).await;
        let people = json!([{ "title": "Founder" }, { "name": "Ana", "title": "Product Manager" }]);
        let asked = json!({ "company": "scale-up", "people": people });
        let made = begin(&world, asked.clone()).await;
        let undo = json!({ "change": made["x-change"] });
        let before: Vec<String> = texts(&world.get(OLIVE, "/people").await, "name");
        assert!(before.contains(&"Ana".to_owned()), "{before:?}");
        let (told, answer) = world.api(OLIVE, "POST", "/api/v1/undo", undo).await;
        assert_eq!(told, 200, "{answer}");
        assert_eq!(texts(&world.get(OLIVE, "/products").await, "key"), ["OTHER"]);
        for list in ["/teams", "/charters"] {
            assert_eq!(world.get(OLIVE, list).await, json!([]), "{list}");
        }
        assert!(!texts(&world.get(OLIVE, "/people").await, "name").contains(&"Ana".to_owned()));
        assert_eq!(world.get(OLIVE, "/onboarding").await["state"], "open");
        // What somebody has worked with since stays.
        let mut again = asked;
        again["product_key"] = json!("BOATS");
        again["product_name"] = json!("Boats");
        let made = begin(&world, again).await;
        let item = made["item_key"].as_str().expect("a first item").to_owned();
        let edit = json!({ "title": "Tickets show pier and time" });
        let (told, answer) = world.api(OLIVE, "PATCH", &format!("/api/v1/work-items/{item}"), edit).await;
        assert_eq!(told, 200, "{answer}");
        let undo = json!({ "change": made["x-change"] });
        let (told, answer) = world.api(OLIVE, "POST", "/api/v1/undo", undo).await;
        assert!(told == 409 && answer.to_string().contains("worked on it since"), "{answer}");
        // In the browser it is offered with the next page.
        let fields = [("company", "startup"), ("product_name", "Trams"), ("product_key", "TRAM")];
        let (told, to) = world.form(OLIVE, "/begin", &fields).await;
        assert_eq!((told, to.as_str()), (303, "/begin"));
    }
}

fn texts_of(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
}
