//! What an import leaves to others: their keys, who people are in their products, and who gets work.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use super::{ME, done};

/// Sees everything.
const BOSS: Persona = Persona::Owner;

async fn upload(world: &World, who: Persona, product: &str, text: &str, people: Value) -> Value {
    let choices = json!({ "people": people });
    let input = json!({ "product": product, "file": "a.csv", "text": text, "choices": choices });
    world.post(who, "/imports", input).await
}

/// Uploads, applies and waits; the report.
async fn bring(world: &World, who: Persona, product: &str, text: &str, people: Value) -> Value {
    let import = upload(world, who, product, text, people).await;
    let import = import["id"].as_str().expect("an id");
    world.post(who, &format!("/imports/{import}/apply"), json!({})).await;
    let done = done(world, who, import).await;
    assert_eq!(done["state"], "applied", "{done}");
    done["report"].clone()
}

async fn item(world: &World, key: &str) -> Value {
    world.get(BOSS, &format!("/work-items/{key}")).await
}

async fn new_item(world: &World, who: Persona, product: &str) -> String {
    let made = world.post(who, "/work-items", json!({ "product": product, "title": "Own" })).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn deactivate(world: &World, who: Persona) {
    let path = format!("/people/{}/deactivate", world.person(who));
    world.post(BOSS, &path, json!({ "keep_work": true })).await;
}

/// Who somebody of a file is, and how that was found.
fn is(report: &Value, name: &str) -> (Value, Value) {
    let all = report["people"].as_array().expect("people");
    let line = all.iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    (line["person"].clone(), line["how"].clone())
}

fn told(report: &Value, kind: &str, words: &str) -> bool {
    report[kind].as_array().expect("lines").iter().any(|l| l.as_str().unwrap().contains(words))
}

both_engines! {
    async fn a_key_that_is_anothers_is_told_and_confuses_no_bulk_edit(app) {
        let world = World::new(app).await;
        let theirs = new_item(&world, ME, "OPEN").await;
        let hidden = new_item(&world, Persona::Insider, "PRIV").await;
        let text = format!("Issue key,Summary\n{theirs},Came\n{hidden},Came too\nOLD-1,Free\n");
        let seen = upload(&world, ME, "OPEN", &text, json!({})).await["report"].clone();
        assert!(told(&seen, "warnings", &format!("{theirs} leads to something else here already")), "{seen}");
        assert!(!seen["warnings"].to_string().contains(&hidden), "what one may not see is not told: {seen}");
        bring(&world, ME, "OPEN", &text, json!({})).await;
        let all = world.get(ME, "/work-items?product=OPEN").await;
        let came = all["items"].as_array().unwrap().iter().find(|i| i["title"] == "Came").expect("it came").clone();
        let came = came["key"].as_str().unwrap();
        let both = json!({ "items": [came, theirs, came.to_lowercase()], "add_label": "both" });
        let changed = world.post(ME, "/work-items/bulk", both).await;
        assert_eq!(changed["changed"], 2);
        for key in [came, theirs.as_str()] {
            assert_eq!(item(&world, key).await["labels"], json!(["both"]), "{key}");
        }
        // Two keys of one item are one item, also where the first takes it away.
        let own = item(&world, "OLD-1").await["key"].clone();
        let gone = world.post(ME, "/work-items/bulk", json!({ "items": [own, "old-1", theirs], "bin": true })).await;
        assert_eq!(gone["changed"], 2);
        assert_eq!(world.api(ME, "GET", "/api/v1/work-items/OLD-1", Value::Null).await.0, 404);
        assert_eq!(item(&world, came).await["title"], "Came");
    }

    async fn what_was_chosen_for_somebody_holds_in_its_own_product(app) {
        let world = World::new(app).await;
        let text = "Issue key,Summary,Assignee\nOLD-1,One,Ada\nOLD-2,Two,ines@example.org\nOLD-3,Three,Tom\n";
        let mia = json!(world.person(ME));
        let wrong = json!({ "Ada": mia, "ines@example.org": mia, "Tom": mia });
        bring(&world, ME, "SHUT", text, wrong).await;
        let seen = upload(&world, ME, "OPEN", text, json!({})).await["report"].clone();
        assert_eq!(is(&seen, "Ada"), (json!(world.person(Persona::Admin)), json!("name")));
        assert_eq!(is(&seen, "ines@example.org"), (json!(world.person(Persona::Insider)), json!("email")));
        assert_eq!(is(&seen, "Tom"), (mia.clone(), json!("known")), "nobody else could be meant");
        // Where it was chosen it goes on, whatever other imports make of them.
        bring(&world, ME, "OPEN", text, json!({ "Tom": "placeholder" })).await;
        let again = upload(&world, ME, "SHUT", text, json!({})).await["report"].clone();
        for name in ["Ada", "ines@example.org", "Tom"] {
            assert_eq!(is(&again, name), (mia.clone(), json!("known")), "{name}");
        }
        assert_eq!(again["updated"], 0);
    }

    async fn open_work_comes_to_nobody_who_does_not_see_it(app) {
        let world = World::new(app).await;
        let who = Persona::Insider;
        let text = "Issue key,Summary,Status,Assignee,Reporter,Comment\n\
            OLD-1,One,To Do,Mia,Mia,01/Mar/26 9:00 AM;Mia;Soon\n\
            OLD-2,Two,Done,Mia,Mia,\n\
            OLD-3,Three,To Do,Zoe,Mia,\n\
            OLD-4,Four,To Do,Ines,Mia,\n";
        let report = bring(&world, who, "PRIV", text, json!({})).await;
        let words = "“Mia” does not see Private, so 1 open item of theirs comes without an assignee";
        assert!(told(&report, "left_out", words), "{report}");
        let one = item(&world, "OLD-1").await;
        assert_eq!((&one["assignee"], &one["reporter"]["name"]), (&Value::Null, &json!("Mia")), "{one}");
        assert_eq!(one["fields"]["Assignee, not imported"], "Mia");
        let said = world.get(BOSS, "/items/OLD-1/comments").await;
        assert_eq!(said[0]["author"], "Mia", "{said}");
        for (key, name) in [("OLD-2", "Mia"), ("OLD-3", "Zoe"), ("OLD-4", "Ines")] {
            assert_eq!(item(&world, key).await["assignee"]["name"], name, "{key}");
        }
        assert_eq!(bring(&world, who, "PRIV", text, json!({})).await["updated"], 0);
        // Once they see it, the same file brings it to them; and then it stays theirs.
        let mia = world.person(ME).to_string();
        world.post(BOSS, "/products/PRIV/members", json!({ "person": mia })).await;
        assert_eq!(bring(&world, who, "PRIV", text, json!({})).await["updated"], 1);
        let out = format!("/api/v1/products/PRIV/members/{mia}");
        assert_eq!(world.api(BOSS, "DELETE", &out, json!({})).await.0, 200);
        let report = bring(&world, who, "PRIV", text, json!({})).await;
        assert_eq!((&report["updated"], &report["left_out"]), (&json!(0), &json!([])), "{report}");
        let one = item(&world, "OLD-1").await;
        assert_eq!((&one["assignee"]["name"], &one["fields"]), (&json!("Mia"), &json!({})), "{one}");
    }

    async fn open_work_comes_to_nobody_who_was_deactivated(app) {
        let world = World::new(app).await;
        let text = "Issue key,Summary,Status,Assignee,Reporter\nOLD-1,One,To Do,Ada,Ada\nOLD-2,Two,Done,Ada,Ada\n";
        bring(&world, ME, "SHUT", text, json!({})).await;
        deactivate(&world, Persona::Admin).await;
        assert_eq!(bring(&world, ME, "SHUT", text, json!({})).await["updated"], 0);
        assert_eq!(item(&world, "OLD-1").await["assignee"]["name"], "Ada", "it was theirs before");
        let other = text.replace("OLD-", "NEW-");
        let report = bring(&world, ME, "OPEN", &other, json!({})).await;
        assert!(told(&report, "left_out", "“Ada” was deactivated, so 1 open item of theirs"), "{report}");
        let (one, two) = (item(&world, "NEW-1").await, item(&world, "NEW-2").await);
        assert_eq!((&one["assignee"], &one["reporter"]["name"]), (&Value::Null, &json!("Ada")));
        assert_eq!(two["assignee"]["name"], "Ada", "what is finished stays as it was");
        // The same item opened again in the file: nobody new has it.
        let opened = other.replace("Two,Done", "Two,To Do");
        bring(&world, ME, "OPEN", &opened, json!({})).await;
        assert_eq!(item(&world, "NEW-2").await["assignee"]["name"], "Ada", "and they had it before");
        let input = json!({ "product": "OPEN", "file": "a.csv", "text": other, "choices": { "people": { "Ada": world.person(Persona::Admin) } } });
        let (status, said) = world.api(ME, "POST", "/api/v1/imports", input).await;
        assert_eq!((status, &said["error"]["field"]), (422, &json!("people")), "{said}");
        assert!(said.to_string().contains("“Ada”, whom you chose for Ada, was deactivated"), "{said}");
    }

    async fn what_is_longer_than_forms_take_is_cut_and_kept_whole(app) {
        let world = World::new(app).await;
        let long = |word: &str| word.repeat(20_000);
        let labels: Vec<String> = (0..150).map(|n| format!("label{n}")).collect();
        let text = format!(
            "Issue key,Summary,Status,Priority,Labels,Assignee\nOLD-1,One,{},{},{},{}\nOLD-2,Two,To Do,High,{},Tom\n",
            long("s"), long("p"), long("l"), long("n"), labels.join(" "),
        );
        let report = bring(&world, ME, "OPEN", &text, json!({})).await;
        for words in ["Row 2: Status has 20000 characters, and 500 fit", "Row 2: Priority has", "Row 2: Labels has", "Row 2: Assignee has", "Row 3: 100 labels fit, and 50 more"] {
            assert!(told(&report, "warnings", words), "{words}: {:?}", report["warnings"]);
        }
        let one = item(&world, "OLD-1").await;
        for (field, held, most) in [
            ("Status", &one["state"], 500),
            ("Priority", &one["priority"], 100),
            ("Labels", &one["labels"][0], 100),
            ("Assignee", &one["assignee"]["name"], 10_000),
        ] {
            let held = held.as_str().expect("words");
            assert_eq!(held.chars().count(), most, "{field}");
            assert!(held.ends_with('…'), "{field}");
            assert_eq!(one["fields"][field].as_str().map(str::len), Some(20_000), "{field}");
        }
        let two = item(&world, "OLD-2").await;
        assert_eq!(two["labels"].as_array().map(Vec::len), Some(100));
        assert!(two["fields"]["Labels"].as_str().is_some_and(|t| t.ends_with("label149")), "{two}");
        assert_eq!(bring(&world, ME, "OPEN", &text, json!({})).await["updated"], 0);
    }
}
