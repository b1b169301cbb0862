//! What an import leaves to others: their keys, who people are in their products, and who gets work.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use crate::imports::done;

/// Sees everything.
const BOSS: Persona = Persona::Owner;
const ME: Persona = Persona::Member;

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
}
