//! Careers: ladders that shift with seniority, profiles of one's own, and growth that only its person
//! sees and takes along.

use serde_json::{Value, json};
use wherefore_app::kernel::Day;
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;

async fn stories(world: &World, who: Persona, count: usize) {
    for _ in 0..count {
        let input = json!({ "product": "OPEN", "title": "Some story" });
        world.post(who, "/work-items", input).await;
    }
}

fn profile<'a>(all: &'a Value, name: &str) -> &'a Value {
    let all = all.as_array().expect("profiles");
    all.iter().find(|p| p["profile"] == name).expect("that profile")
}

fn standing(growth: &Value, number: i64) -> &Value {
    let lines = growth["lines"].as_array().expect("lines");
    lines.iter().find(|l| l["responsibility"] == number).map_or(&Value::Null, |l| &l["standing"])
}

both_engines! {
    async fn a_junior_and_a_lead_hold_different_things(app) {
        let world = World::new(app).await;
        let all = world.get(ME, "/careers/profiles").await;
        let (junior, lead) = (profile(&all, "product-manager.junior"), profile(&all, "product-manager.lead"));
        assert_eq!((&junior["letters"]["33"], &junior["letters"]["14"]), (&json!("R"), &json!("R")));
        assert_eq!(lead["letters"]["14"], json!("AR"));
        assert_ne!(lead["letters"]["33"], json!("R"));
        let (code, page) = world.page(ME, "/careers").await;
        assert_eq!(code, 200);
        assert!(page.contains("Hands over"), "{page}");
        assert_eq!(world.page(ME, "/careers?role=product-owner").await.0, 200);
        assert_eq!(world.page(ME, "/careers?profile=product-owner.senior").await.0, 200);
        assert_eq!(world.page(ME, "/careers?profile=nothing").await.0, 404);
    }

    async fn a_workspace_writes_profiles_of_its_own(app) {
        let world = World::new(app).await;
        let input = json!({ "name": "Staff product manager", "from": "product-manager.lead", "letters": { "33": "R", "1": "-" } });
        assert_eq!(world.api(ME, "POST", "/api/v1/careers/profiles", input.clone()).await.0, 403);
        let made = world.post(BOSS, "/careers/profiles", input.clone()).await;
        assert_eq!((&made["own"], &made["letters"]["33"], &made["letters"]["14"]), (&json!(true), &json!("R"), &json!("AR")));
        assert!(made["letters"]["1"].is_null(), "{made}");
        assert_eq!(world.api(BOSS, "POST", "/api/v1/careers/profiles", input).await.0, 422);
        let id = made["profile"].as_str().expect("an id");
        let odd = json!({ "profile": id, "letters": { "77": "R" } });
        assert_eq!(world.api(BOSS, "POST", "/api/v1/careers/profiles", odd).await.0, 422);
        let input = json!({ "profile": id, "about": "Leads by example.", "letters": { "33": "-" } });
        let changed = world.post(BOSS, "/careers/profiles", input).await;
        assert_eq!((&changed["name"], &changed["about"]), (&json!("Staff product manager"), &json!("Leads by example.")));
        assert!(changed["letters"]["33"].is_null(), "{changed}");
        for who in [ME, BOSS] {
            assert_eq!(world.page(who, &format!("/careers?profile={id}")).await.0, 200);
        }
        let path = format!("/api/v1/careers/profiles/{id}");
        assert_eq!(world.api(BOSS, "DELETE", &path, Value::Null).await.0, 200);
        let all = world.get(ME, "/careers/profiles").await;
        assert!(all.as_array().unwrap().iter().all(|p| p["own"] == false), "{all}");
    }

    async fn growth_is_ones_own_and_stands_beside_a_profile(app) {
        let world = World::new(app).await;
        stories(&world, ME, 12).await;
        // The next month, while the session still holds.
        world.clock.set("2026-04-01".parse::<Day>().expect("a day").start());
        world.post(ME, "/interviews", json!({ "product": "OPEN", "title": "On the train", "participants": ["Mia"] })).await;
        let growth = world.get(ME, "/mirror/growth?profile=product-owner.mid").await;
        let months = growth["months"].as_array().unwrap();
        assert_eq!(months.len(), 2, "{growth}");
        assert_eq!((&months[0]["how"], &months[0]["new"]), (&json!(12), &json!([])));
        assert_eq!((&months[1]["external"], months[1]["new"].as_array().map(Vec::len)), (&json!(1), Some(1)));
        assert_eq!(standing(&growth, 35), &json!("exercised"));
        assert_eq!(standing(&growth, 33), &json!("ahead"));
        assert_eq!(standing(&growth, 14), &Value::Null, "what others answer for is no part of it");
        // Whoever asks is told about themselves: there is no way to ask for another.
        let other = world.get(BOSS, "/mirror/growth").await;
        assert_eq!((&other["months"], &other["profile"]), (&json!([]), &Value::Null));
        let someone = format!("/api/v1/mirror/growth?person={}", world.person(ME));
        assert_eq!(world.api(BOSS, "GET", &someone, Value::Null).await.0, 422);
        assert_eq!(world.api(ME, "GET", "/api/v1/mirror/growth?profile=nothing", Value::Null).await.0, 404);
        let (code, sheet) = world.page(ME, "/mirror/file/md?profile=product-owner.mid").await;
        assert_eq!(code, 200);
        assert!(sheet.contains("## Exercised") && sheet.contains("Beside the profile"), "{sheet}");
        let (code, table) = world.page(ME, "/mirror/file/csv").await;
        assert_eq!(code, 200);
        assert!(table.contains("2026-03,0,0,12,0,\"\""), "{table}");
        assert_eq!(world.page(ME, "/mirror/file/exe").await.0, 404);
        let (code, page) = world.page(ME, "/mirror/growth?profile=product-owner.mid").await;
        assert_eq!(code, 200);
        assert!(page.contains("Ahead"), "{page}");
    }
}
