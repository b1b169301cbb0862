//! The pages that explain terms: each is there, and every link on it leads somewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wherefore_app::reports::learn::LESSONS;
use wherefore_testkit::{Persona, TestApp, World, both_engines, run};

const ME: Persona = Persona::Member;

/// The addresses within the main part of a page.
fn links(page: &str) -> BTreeSet<String> {
    let main = page.split("<main").nth(1).and_then(|m| m.split("</main>").next());
    let main = main.expect("a page has a main part");
    main.split(" href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|href| href.replace("&amp;", "&"))
        .collect()
}

#[test]
fn every_page_is_there_and_every_link_on_it_leads_somewhere() {
    run(async {
        let world = World::new(TestApp::sqlite().await).await;
        let index = world.page(ME, "/learn").await.1;
        let listed = links(&index);
        let mut leads: BTreeSet<String> = BTreeSet::new();
        for lesson in LESSONS.iter() {
            let href = lesson.href();
            assert!(listed.contains(&href), "{href} is not in the index");
            let (status, page) = world.page(ME, &href).await;
            assert_eq!(status, 200, "{href}");
            let found = links(&page);
            // Each leads to the page of the product that it is about.
            assert!(
                found.iter().any(|l| l.starts_with('/') && !l.starts_with("/learn")),
                "{href}: {found:?}"
            );
            leads.extend(found);
        }
        for href in leads {
            if href.starts_with("https://") {
                continue;
            }
            let (status, _) = world.page(ME, &href).await;
            // A product's own address leads on to its backlog.
            assert!(status == 200 || status == 303, "{href} answers {status}");
        }
    });
}

both_engines! {
    async fn terms_are_found_over_the_api_and_in_the_palette(app) {
        let world = World::new(app).await;
        let all = world.get(ME, "/learn").await;
        assert_eq!(all.as_array().map(Vec::len), Some(LESSONS.len()));
        let found = world.get(ME, "/learn?q=little&kind=formula").await;
        assert_eq!(found[0]["href"], "/learn/formula/littles-law", "{found}");
        let one = world.get(ME, "/learn/responsibility/ordering-the-backlog").await;
        assert_eq!((&one["title"], &one["usually"][0]["number"]), (&json!("Ordering the backlog"), &json!(33)));
        assert!(one["sources"].to_string().contains("Scrum Guide, 2020"), "{one}");
        assert_eq!(world.api(ME, "GET", "/api/v1/learn?kind=tiger", Value::Null).await.0, 422);
        assert_eq!(world.api(ME, "GET", "/api/v1/learn/formula/tiger", Value::Null).await.0, 404);
        let palette = world.page(ME, "/search.json?q=sprint%20goal").await.1;
        assert!(palette.contains("/learn/artefact/sprint-goal"), "{palette}");
        let page = world.page(ME, "/learn?q=%3Cb%3E").await;
        assert!(page.0 == 200 && !page.1.contains("<b>\"") && page.1.contains("No page has these words"));
    }

    async fn quiet_marks_lead_there(app) {
        let world = World::new(app).await;
        let roles = json!({ world.person(ME).to_string(): "product-manager" });
        let made = world.post(ME, "/charters", json!({ "product": "OPEN", "roles": roles })).await;
        let charter = format!("/charters/{}", made["id"].as_str().expect("an id"));
        for (path, href) in [
            (charter.as_str(), "/learn/responsibility/ordering-the-backlog"),
            ("/responsibilities", "/learn/responsibility/vision"),
            ("/p/OPEN/backlog", "/learn/artefact/product-backlog"),
            ("/p/OPEN/policy", "/learn/framework/plain"),
        ] {
            let (status, page) = world.page(ME, path).await;
            assert!(status == 200 && page.contains(href), "{path} has no mark to {href}");
        }
    }

    async fn own_responsibilities_and_strictness_are_set_in_the_browser(app) {
        let world = World::new(app).await;
        let boss = Persona::Admin;
        let fields = [("name", "Fraud watch"), ("facet", "how"), ("definition", "Watch."), ("verbs", ""), ("verbs", "create-work-item"), ("_back", "/responsibilities")];
        assert_eq!(world.form(boss, "/do/add-responsibility", &fields).await.0, 303);
        let page = world.page(boss, "/responsibilities").await.1;
        assert!(page.contains("Fraud watch") && page.contains("create work item"), "{page}");
        assert_eq!(world.form(boss, "/do/set-strict?number=35&strict=true&_back=/responsibilities", &[]).await.0, 303);
        assert!(world.page(ME, "/responsibilities").await.1.contains("reason first"));
        assert!(!world.page(ME, "/responsibilities").await.1.contains("/do/set-strict"));
        let note = [("number", "100"), ("product", "OPEN"), ("note", "Looked")];
        assert_eq!(world.form(ME, "/do/note-exercise", &note).await.0, 303);
        assert_eq!(world.form(boss, "/do/edit-responsibility?number=100&active=false", &[]).await.0, 303);
        assert!(world.page(boss, "/responsibilities").await.1.contains("not used any more"));
    }
}
