//! Advice in the product: forecasts, suggested points, what is alike, story quality and themes.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;

async fn story(world: &World, more: Value) -> String {
    let mut input = json!({ "product": "OPEN", "title": "Some story" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(ME, "/work-items", input).await["key"].as_str().expect("a key").to_owned()
}

async fn done(world: &World, key: &str) {
    let path = format!("/api/v1/work-items/{key}");
    let (status, told) = world.api(ME, "PATCH", &path, json!({ "state": "Done" })).await;
    assert_eq!(status, 200, "{told}");
}

/// Days of one week after another, up to the fourteenth: the day on which the world begins.
fn week(number: i64) -> String {
    let first: wherefore_app::kernel::Day = "2025-11-24".parse().expect("a day");
    first.plus_days(number * 7).to_string()
}

both_engines! {
    async fn a_forecast_waits_for_eight_weeks_and_then_tells_how_it_held(app) {
        let world = World::new(app).await;
        let epic = story(&world, json!({ "level": "epic", "title": "Refunds" })).await;
        for number in 0..5 {
            world.noon(&week(number));
            for _ in 0..3 { let key = story(&world, json!({})).await; done(&world, &key).await; }
        }
        let early = world.get(ME, "/forecast?product=OPEN&items=9").await;
        assert!(early["refused"].as_str().is_some_and(|r| r.contains("8 complete weeks")), "{early}");
        assert_eq!(early["done_by"], json!([]));
        for number in 5..14 {
            world.noon(&week(number));
            for _ in 0..3 { let key = story(&world, json!({})).await; done(&world, &key).await; }
        }
        for _ in 0..6 { story(&world, json!({ "parent": epic })).await; }
        world.noon(&week(14));
        let told = world.get(ME, &format!("/forecast?product=OPEN&of={epic}&by=2026-06-30")).await;
        assert_eq!((told["left"].as_u64(), told["refused"].is_null()), (Some(6), true), "{told}");
        let weeks: Vec<u64> = told["done_by"].as_array().expect("a list").iter().filter_map(|d| d["weeks"].as_u64()).collect();
        assert!(weeks.len() == 4 && weeks.is_sorted() && (1..=6).contains(&weeks[1]), "{told}");
        assert!(told["checked"].as_u64() > Some(0) && told["held"].as_str().is_some_and(|h| h.contains("past forecasts")), "{told}");
        assert!(told["by"]["all"].as_f64() > Some(0.8), "{told}");
        let (status, page) = world.page(ME, &format!("/p/OPEN/forecast?of={epic}&by=2026-06-30")).await;
        assert!(status == 200 && page.contains("How past forecasts held") && page.contains("What it takes for granted"), "{page}");
        let (status, wrong) = world.api(ME, "GET", "/api/v1/forecast?product=OPEN&by=2020-01-01", Value::Null).await;
        assert_eq!((status, wrong["error"]["field"].as_str()), (422, Some("by")));
    }

    async fn points_are_offered_from_twenty_stories_on_and_never_filled(app) {
        let world = World::new(app).await;
        let kinds = [("Fix the typo on page", 1.0), ("Add a filter to list", 3.0), ("Migrate the database of", 8.0)];
        let new = story(&world, json!({ "title": "Fix the typo on the title page" })).await;
        let path = format!("/suggested-points?key={new}");
        for at in 0..24 {
            if at == 12 {
                let few = world.get(ME, &path).await;
                assert!(few["points"].is_null() && few["refused"].as_str().is_some_and(|r| r.contains("12 stories")), "{few}");
            }
            let (title, points) = kinds[at % 3];
            let key = story(&world, json!({ "title": format!("{title} {at}"), "points": points })).await;
            done(&world, &key).await;
        }
        let told = world.get(ME, &path).await;
        assert_eq!((told["points"].as_f64(), told["learned"].as_u64()), (Some(1.0), Some(24)), "{told}");
        assert_eq!(told["alike"].as_array().map(Vec::len), Some(5));
        assert!(told["low"].as_f64() <= Some(1.0) && told["high"].as_f64() >= Some(1.0));
        // A new story counts at once, and one that is estimated anew is learned anew.
        let key = story(&world, json!({ "title": "Fix the typo on the title page", "points": 2.0 })).await;
        done(&world, &key).await;
        let told = world.get(ME, &path).await;
        assert_eq!((told["alike"][0]["key"].as_str(), told["learned"].as_u64()), (Some(key.as_str()), Some(25)), "{told}");
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "points": 5.0 })).await;
        assert_eq!(world.get(ME, &path).await["alike"][0]["points"].as_f64(), Some(5.0));
        assert!(world.get(ME, &format!("/work-items/{new}")).await["points"].is_null());
        let (status, page) = world.page(ME, &format!("/{new}/points")).await;
        assert!(status == 200 && page.contains("likely between") && page.contains("Take "), "{page}");
        assert!(world.page(ME, &format!("/{new}")).await.1.contains("suggested-points"));
    }

    async fn what_is_alike_is_found_in_step_with_edits(app) {
        let world = World::new(app).await;
        let key = story(&world, json!({ "title": "Refund a cancelled train to the same card" })).await;
        for at in 0..30 { story(&world, json!({ "title": format!("Print the timetable of platform {at}") })).await; }
        let asked = "/similar?product=OPEN&kind=story&title=Refunds%20for%20cancelled%20trains&body=";
        let found = world.get(ME, asked).await;
        assert_eq!(found[0]["key"].as_str(), Some(key.as_str()), "{found}");
        assert_eq!(world.get(ME, &format!("{asked}&except={key}")).await, json!([]));
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "title": "Wash the windows" })).await;
        assert_eq!(world.get(ME, asked).await, json!([]));
        let words = world.get(ME, "/similar?product=OPEN&title=wash%20window&body=").await;
        assert_eq!(words[0]["key"].as_str(), Some(key.as_str()), "{words}");
        assert_eq!(world.get(ME, "/similar?product=OPEN&title=%22%27%20OR%20*%20(&body=").await, json!([]));
        let (status, hints) = world.page(ME, "/hints?product=OPEN&kind=story&title=washing%20windows").await;
        assert!(status == 200 && hints.contains("Much like it") && hints.contains(&key), "{hints}");
        let (status, hidden) = world.page(ME, "/hints?product=PRIV&kind=story&title=As%20a%20rider%2C%20I%20want%20to%20pay.").await;
        assert!(status == 200 && !hidden.contains("Much like it"), "{hidden}");
    }

    async fn the_report_counts_what_stories_lack_and_offers_the_split(app) {
        let world = World::new(app).await;
        let two = story(&world, json!({ "title": "As a rider, I want to see my tickets and cancel them, so that I plan my day." })).await;
        story(&world, json!({ "title": "As a rider, I want to see my tickets, so that I know when I travel." })).await;
        story(&world, json!({ "title": "No story" })).await;
        let told = world.get(ME, "/quality?product=OPEN").await;
        assert_eq!((told["checked"].as_u64(), told["told"].as_u64()), (Some(3), Some(2)), "{told}");
        let atomic = told["criteria"].as_array().expect("a list").iter().find(|c| c["criterion"] == "atomic");
        assert_eq!(atomic.expect("one")["stories"].as_u64(), Some(1));
        let only = world.get(ME, "/quality?product=OPEN&criterion=atomic").await;
        assert_eq!((only["items"][0]["key"].as_str(), only["items"].as_array().map(Vec::len)), (Some(two.as_str()), Some(1)));
        let (status, page) = world.page(ME, "/p/OPEN/quality").await;
        assert!(status == 200 && page.contains("Keep the first") && page.contains("Add the second"), "{page}");
    }

    async fn a_theme_of_feedback_becomes_a_need_at_once(app) {
        let world = World::new(app).await;
        let mut refunds = Vec::new();
        for words in ["My refund never reached my card", "Where is the refund on my card?", "The refund to the card took weeks", "I was charged twice, no refund on the card"] {
            let made = world.post(ME, "/evidence", json!({ "product": "OPEN", "verbatim": words, "source": "Mia" })).await;
            refunds.push(made["key"].as_str().expect("a key").to_owned());
        }
        for words in ["The app crashes on the map", "Map crashes when I zoom", "Zooming the map crashes the app"] {
            world.post(ME, "/evidence", json!({ "product": "OPEN", "verbatim": words, "source": "Jo" })).await;
        }
        let told = world.get(ME, "/inbox/themes?product=OPEN").await;
        let themes = told["themes"].as_array().expect("a list");
        assert!(themes.len() >= 2, "{told}");
        let label = themes[0]["label"].to_string().to_lowercase();
        assert!(label.contains("refund") || label.contains("card"), "{told}");
        let (status, page) = world.page(ME, "/p/OPEN/inbox/themes").await;
        assert!(status == 200 && page.contains("A new need from these"), "{page}");
        let linked = world.post(ME, "/inbox/themes", json!({ "product": "OPEN", "keys": refunds, "title": "Get money back without asking" })).await;
        assert_eq!(linked["linked"].as_u64(), Some(4), "{linked}");
        assert_eq!(world.get(ME, "/inbox/themes?product=OPEN").await["looked_at"].as_u64(), Some(3));
        let both = json!({ "product": "OPEN", "keys": refunds, "title": "A", "need": "B" });
        assert_eq!(world.api(ME, "POST", "/api/v1/inbox/themes", both).await.0, 422);
    }
}
