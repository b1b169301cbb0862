//! The article that the product implements, claim by claim: what a system must have to carry each, and
//! how one sees that it does. One row of the table is one test, through the real router, on both engines.

mod hows;
mod people;
mod whys;

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World};

pub const BOSS: Persona = Persona::Admin;
pub const MIA: Persona = Persona::Member;
pub const INES: Persona = Persona::Insider;

/// Each row: what the article says, the name of its test, and what is done in a world of its own.
#[macro_export]
macro_rules! claims {
    ($($says:literal => $name:ident($world:ident) $body:block)+) => {
        wherefore_testkit::both_engines! {$(
            #[doc = $says]
            async fn $name(app) {
                let $world = wherefore_testkit::World::new(app).await;
                $body
            }
        )+}
    };
}

pub fn id(world: &World, who: Persona) -> String {
    world.person(who).to_string()
}

pub fn text(made: &Value, field: &str) -> String {
    made[field].as_str().unwrap_or_else(|| panic!("no {field} in {made}")).to_owned()
}

pub fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

/// Makes something in OPEN as Mia and gives its key.
pub async fn key(world: &World, path: &str, input: Value) -> String {
    let mut all = json!({ "product": "OPEN" });
    all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    text(&world.post(MIA, path, all).await, "key")
}

/// What a request is answered that may be refused.
pub async fn tries(world: &World, who: Persona, path: &str, input: Value) -> (u16, Value) {
    world.api(who, "POST", &format!("/api/v1{path}"), input).await
}

pub async fn link(world: &World, from: &str, to: &str) {
    world.post(MIA, "/links", json!({ "from": from, "to": to })).await;
}

/// An agreed charter of OPEN: Mia manages, Ines owns, as a large company with eight teams has it.
pub async fn agreed(world: &World) -> String {
    let roles = json!({ id(world, MIA): "product-manager", id(world, INES): "product-owner" });
    let input = json!({
        "product": "OPEN", "stage": "growth", "company": "large", "teams": 8,
        "framework": "scrum", "roles": roles,
    });
    let charter = text(&world.post(MIA, "/charters", input).await, "id");
    for who in [MIA, INES] {
        world.post(who, &format!("/charters/{charter}/sign"), json!({})).await;
    }
    charter
}

/// The row of a responsibility in a charter.
pub fn row(charter: &Value, number: u64) -> &Value {
    let found = list(&charter["rows"]).iter().find(|r| r["number"] == number);
    found.unwrap_or_else(|| panic!("no {number} in {charter}"))
}

/// Who is what for a responsibility in OPEN, as a persona reads it.
pub async fn standing(world: &World, who: Persona, number: u64) -> Value {
    let all = world.get(who, "/charters/standing?product=OPEN").await;
    list(&all).iter().find(|r| r["number"] == number).expect("listed").clone()
}

/// A line of one's own mirror.
pub async fn mirrored(world: &World, who: Persona, number: u64) -> Value {
    let mirror = world.get(who, "/mirror").await;
    let found = list(&mirror["lines"]).iter().find(|l| l["responsibility"] == number);
    found.unwrap_or_else(|| panic!("no {number} in {mirror}")).clone()
}
