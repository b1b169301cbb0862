//! Where imported items come from: the keys they had, and since when their past is known here.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use super::{ME, bring, item};

both_engines! {
    async fn an_old_key_leads_links_and_is_found(app) {
        let world = World::new(app).await;
        bring(&world, "OPEN", "Issue key,Summary,Description\nOLD-1,One,See OLD-2 first\nOLD-2,Two,\n").await;
        let (status, page) = world.page(ME, "/OLD-1").await;
        assert_eq!(status, 200);
        assert!(page.contains("href=\"/OLD-2\"") || page.contains("href=\"/OPEN-"), "the mention is a link");
        let key = item(&world, "OLD-1").await["key"].clone();
        assert_eq!(world.get(ME, "/search?q=OLD-1").await[0]["key"], key);
    }

    async fn an_old_key_gives_way_to_whatever_gets_it_here(app) {
        let world = World::new(app).await;
        let other = Persona::Insider;
        let first = world.post(other, "/work-items", json!({ "product": "PRIV", "title": "One" })).await;
        let number: i64 = first["key"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap();
        let next = format!("PRIV-{}", number + 1);
        bring(&world, "OPEN", &format!("Issue key,Summary\n{next},In wait\n")).await;
        let own = world.post(other, "/work-items", json!({ "product": "PRIV", "title": "Two" })).await;
        assert_eq!(own["key"], json!(next));
        assert_eq!(world.get(other, &format!("/work-items/{next}")).await["title"], "Two");
        assert_eq!(world.api(ME, "GET", &format!("/api/v1/work-items/{next}"), Value::Null).await.0, 404);
    }

    async fn the_past_of_what_was_imported_is_told_from_the_import_on(app) {
        let world = World::new(app).await;
        world.noon("2026-03-05");
        let text = "Issue key,Summary,Created,Comment\nOLD-1,Pay,10/Jan/26 9:00 AM,12/Jan/26 9:00 AM;Tom;Soon\n";
        bring(&world, "OPEN", text).await;
        bring(&world, "OPEN", &text.replace("Pay", "Pay by card")).await;
        let key = item(&world, "OLD-1").await["key"].as_str().unwrap().to_owned();
        let (_, activity) = world.page(ME, "/p/OPEN/activity").await;
        for verb in ["uploaded for an import", "began to import", "completed the import of"] {
            let words = format!("{verb} <span class=\"soft\">“a.csv”</span>");
            assert!(activity.contains(&words), "{words}: {activity}");
        }
        let link = format!("<a href=\"/{key}\">{key}</a>");
        for words in [
            format!("</b> imported {link}"),
            format!("</b> imported a comment on {link}"),
            format!("</b> imported changes of {link}"),
            "5 Mar 2026, 12:00</time>, of <time datetime=\"2026-01-10\">10 Jan 2026</time>".to_owned(),
        ] {
            assert!(activity.contains(&words), "{words}: {activity}");
        }
        let own = world.post(ME, "/work-items", json!({ "product": "OPEN", "title": "Own" })).await["key"].as_str().unwrap().to_owned();
        let look = async |path: String| {
            let (status, page) = world.page(ME, &path).await;
            assert_eq!(status, 200, "{path}: {page}");
            page
        };
        let known = format!("{key} is known here only since the import on 5 Mar 2026");
        for (path, words) in [
            (format!("/{key}?at=2026-03-01"), known.as_str()),
            (format!("/{key}/why?at=2026-03-01"), known.as_str()),
            (format!("/{key}?at=2026-01-01"), "was not there yet on 1 Jan 2026"),
            (format!("/{own}?at=2026-03-01"), "was not there yet on 1 Mar 2026"),
            (format!("/{own}?at=2026-04-01"), "1 Apr 2026 is still to come"),
            (format!("/{own}?at=soon"), "“soon” is no day"),
        ] {
            let page = look(path).await;
            assert!(page.contains(words), "{words}: {page}");
            assert!(page.contains("As it is now") && page.contains("Another day") && page.contains("/p/OPEN/backlog"), "{page}");
        }
        let (status, said) = world.api(ME, "GET", &format!("/api/v1/items/{key}/as-of/2026-03-01"), Value::Null).await;
        assert!(status == 409 && said.to_string().contains(&known), "{status} {said}");
        let since = "What was imported on 5 Mar 2026 is known here only since then";
        assert!(look("/p/OPEN/past?at=2026-03-01".into()).await.contains(since));
        assert!(!look("/p/OPEN/past?at=2026-03-05".into()).await.contains(since));
    }
}
