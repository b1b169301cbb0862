//! Imports from the upload to the report, and what they must never do, on both engines.

mod applying;
mod others;
mod past;
mod preview;

use std::time::Duration;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World};

const ME: Persona = Persona::Member;

async fn upload(world: &World, product: &str, text: &str) -> Value {
    let input = json!({ "product": product, "file": "a.csv", "text": text });
    world.post(ME, "/imports", input).await
}

fn id(import: &Value) -> String {
    import["id"].as_str().expect("an id").to_owned()
}

/// Waits until it is done, one way or the other.
async fn done(world: &World, who: Persona, import: &str) -> Value {
    for _ in 0..600 {
        let now = world.get(who, &format!("/imports/{import}")).await;
        if now["state"] != "running" && now["progress"].is_null() {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the import does not end");
}

/// Uploads, applies and waits.
pub async fn bring(world: &World, product: &str, text: &str) -> Value {
    let import = id(&upload(world, product, text).await);
    world.post(ME, &format!("/imports/{import}/apply"), json!({})).await;
    let done = done(world, ME, &import).await;
    assert_eq!(done["state"], "applied", "{done}");
    assert_eq!(done["has_file"], false, "the file goes when it is done");
    done
}

async fn item(world: &World, key: &str) -> Value {
    world.get(ME, &format!("/work-items/{key}")).await
}

const FIRST: &str = "Issue key,Issue id,Issue Type,Summary,Status,Sprint,Parent,Assignee,Reporter,Comment\n\
    OLD-1,11,Epic,Pay,In Progress,,,Tom,Ann,\n\
    OLD-2,12,Story,Pay by card,To Do,Sprint 1,11,Tom,Ann,01/Mar/26 9:00 AM;Tom;Soon\n\
    OLD-3,13,Epic,Refund,To Do,,,,Ann,\n";
