//! People who leave, sessions that end, a workspace that is closed.

use serde_json::{Value, json};
use wherefore_app::kernel::{Role, Time};
use wherefore_app::people::access::{archive_workspace, reopen_workspace};
use wherefore_app::people::accounts;
use wherefore_app::people::sign_in::join;
use wherefore_app::people::tokens::{self, Reach};
use wherefore_app::thread::check::check;
use wherefore_testkit::{Persona, World, both_engines};

/// A member with a token who has an item to do.
async fn leaver(world: &World) -> (String, String, String) {
    let now = world.clock.now();
    let made = world.app.db.write(move |tx| {
        let workspace = accounts::first_workspace(tx)?.expect("a workspace");
        let (actor, _) =
            join(tx, workspace, Role::Member, "Lea Vale", "lea@here.example", None, now)?;
        let (_, token) =
            tokens::new(tx, workspace, actor.person, "script", &Reach::Full, now, None)?;
        Ok((actor.person, token.reveal().to_owned()))
    });
    let (person, token) = made.await.expect("she joins");
    let item = json!({ "product": "OPEN", "title": "Hers", "assignee": person });
    let item = world.post(Persona::Owner, "/work-items", item).await;
    (person.to_string(), token, item["key"].as_str().expect("a key").to_owned())
}

async fn with(world: &World, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    world.api_text(Persona::Nobody, "GET", "/api/v1/products", "", &headers).await.0
}

both_engines! {
    async fn open_work_of_somebody_who_leaves_goes_to_another(app) {
        let world = World::new(app).await;
        let (lea, token, key) = leaver(&world).await;
        assert_eq!(with(&world, &token).await, 200);
        let heir = world.person(Persona::Member).to_string();
        let path = format!("/people/{lea}/deactivate");
        let done = world.post(Persona::Admin, &path, json!({ "assign_to": heir })).await;
        assert_eq!(done["handed"], 1, "{done}");
        let item = world.get(Persona::Owner, &format!("/work-items/{key}")).await;
        assert!(item.to_string().contains(&heir), "{item}");
        assert_eq!(with(&world, &token).await, 401);
        let me = world.person(Persona::Admin).to_string();
        let own = world.api(Persona::Admin, "POST", &format!("/api/v1/people/{me}/deactivate"), json!({})).await;
        assert_eq!(own.0, 409, "{}", own.1);
        let back = json!({ "active": true });
        assert_eq!(world.api(Persona::Admin, "PATCH", &format!("/api/v1/people/{lea}"), back).await.0, 200);
        assert_eq!(with(&world, &token).await, 401, "whoever comes back makes new tokens");
    }

    async fn links_that_somebody_made_end_with_what_they_were(app) {
        let world = World::new(app).await;
        let open = async || {
            let sql = "SELECT COUNT(*) FROM one_time_link WHERE used_at IS NULL";
            world.app.db.read(move |c| c.query_one(sql, &[], |r| r.get::<i64>(0))).await.expect("a count")
        };
        let before = open().await;
        let (admin, member) = (world.person(Persona::Admin).to_string(), world.person(Persona::Member).to_string());
        let make = async || {
            world.form(Persona::Admin, "/people/reset", &[("person", &member)]).await;
            world.form(Persona::Admin, "/people/invite", &[("role", "guest"), ("email", "")]).await;
            assert_eq!(open().await, before + 2);
        };
        let path = format!("/api/v1/people/{admin}");
        make().await;
        assert_eq!(world.api(Persona::Owner, "PATCH", &path, json!({ "title": "Lead" })).await.0, 200);
        assert_eq!(open().await, before + 2, "a title opens and closes nothing");
        assert_eq!(world.api(Persona::Owner, "PATCH", &path, json!({ "role": "member" })).await.0, 200);
        assert_eq!(open().await, before);
        assert_eq!(world.api(Persona::Owner, "PATCH", &path, json!({ "role": "admin" })).await.0, 200);
        make().await;
        assert_eq!(world.api(Persona::Owner, "POST", &format!("{path}/deactivate"), json!({})).await.0, 200);
        assert_eq!(open().await, before);
    }

    async fn a_person_who_is_erased_leaves_an_identifier(app) {
        let world = World::new(app).await;
        let (lea, token, _) = leaver(&world).await;
        let erase = format!("/people/{lea}/anonymise");
        let early = world.api(Persona::Owner, "POST", &format!("/api/v1{erase}"), json!({})).await;
        assert_eq!(early.0, 409, "{}", early.1);
        world.post(Persona::Owner, &format!("/people/{lea}/deactivate"), json!({})).await;
        let done = world.post(Persona::Owner, &erase, json!({})).await;
        assert_eq!(done["name"], "Former member");
        assert_eq!(with(&world, &token).await, 401);
        let left = world.app.db.read(|conn| {
            let names = conn.query_text("SELECT name FROM person_version", &[], |r| r.get::<String>(0))?;
            let address = conn.query_text("SELECT email FROM account", &[], |r| r.get::<String>(0))?;
            let told = conn.query_text("SELECT changes FROM activity", &[], |r| r.get::<String>(0))?;
            Ok([names, address, told].concat().join("\n"))
        });
        let left = left.await.expect("readable");
        assert!(!left.contains("Lea") && !left.contains("lea@here"), "{left}");
    }

    async fn words_are_erased_where_that_is_asked_for(app) {
        let world = World::new(app).await;
        let said = json!({ "product": "OPEN", "title": "A zebra is lost", "verbatim": "my zebra is lost", "source": "Zoe" });
        let said = world.post(Persona::Member, "/evidence", said).await;
        let key = said["key"].as_str().expect("a key");
        let found = world.get(Persona::Owner, "/search?q=zebra").await;
        assert!(found.to_string().contains(key), "{found}");
        let again = json!({ "title": "Zebra, again", "segment": "Keepers" });
        let (status, _) = world.api(Persona::Member, "PATCH", &format!("/api/v1/evidence/{key}"), again).await;
        assert_eq!(status, 200);
        world.post(Persona::Admin, &format!("/evidence/{key}/erase"), json!({})).await;
        let shown = world.get(Persona::Owner, &format!("/evidence/{key}")).await.to_string();
        assert!(!shown.to_lowercase().contains("zebra") && !shown.contains("Zoe"), "{shown}");
        for word in ["zebra", "again"] {
            let found = world.get(Persona::Owner, &format!("/search?q={word}")).await;
            assert!(!found.to_string().contains(key), "{found}");
        }
        let left = world.app.db.read(|conn| {
            let titles = conn.query_text("SELECT title FROM evidence_version", &[], |r| r.get::<String>(0))?;
            let told = conn.query_text("SELECT changes FROM activity", &[], |r| r.get::<String>(0))?;
            Ok([titles, told].concat().join("\n"))
        });
        let left = left.await.expect("readable");
        assert!(!left.to_lowercase().contains("zebra") && left.contains("Keepers"), "{left}");
        // Neither the erasing nor what was edited before it can be taken back into words.
        let told = world.get(Persona::Owner, &format!("/items/{key}/history")).await;
        let changes: Vec<&str> = told["events"].as_array().expect("a list").iter().filter_map(|a| a["change"].as_str()).collect();
        assert_eq!(changes.len(), 3, "{told}");
        for change in &changes[..2] {
            let (status, said) = world.api(Persona::Owner, "POST", "/api/v1/undo", json!({ "change": change })).await;
            assert_eq!(status, 409, "{said}");
        }
    }

    async fn what_quotes_erased_words_or_leads_to_them_goes_too_and_the_company_where_it_is_a_person(app) {
        let world = World::new(app).await;
        let said = json!({ "product": "OPEN", "verbatim": "my zebra is lost", "source": "Zoe", "company": "Zoe Smith, sole trader", "url": "https://tickets.example/zoe" });
        let said = world.post(Persona::Member, "/evidence", said).await;
        let key = said["key"].as_str().expect("a key");
        let answer = json!({ "answer": "Dear Zoe, it is found.", "how": "on Zoe's phone" });
        world.post(Persona::Member, &format!("/evidence/{key}/answer"), answer).await;
        world.post(Persona::Admin, &format!("/evidence/{key}/erase"), json!({})).await;
        let shown = world.get(Persona::Owner, &format!("/evidence/{key}")).await;
        assert_eq!((&shown["answer"], &shown["answered_how"], &shown["url"]), (&json!("(erased)"), &json!("(erased)"), &json!("")));
        assert_eq!(shown["company"], "Zoe Smith, sole trader", "a company is no person, unless somebody says so");
        assert!(shown["answered_on"].is_string(), "that there was an answer stays: {shown}");
        world.post(Persona::Admin, &format!("/evidence/{key}/erase"), json!({ "company": true })).await;
        let left = world.app.db.read(|conn| {
            let rows = conn.query_text("SELECT company || url || answer || answered_how FROM evidence", &[], |r| r.get::<String>(0))?;
            let past = conn.query_text("SELECT company || url || answer || answered_how FROM evidence_version", &[], |r| r.get::<String>(0))?;
            let told = conn.query_text("SELECT changes FROM activity", &[], |r| r.get::<String>(0))?;
            Ok([rows, past, told].concat().join("\n"))
        });
        let left = left.await.expect("readable");
        assert!(!left.to_lowercase().contains("zoe"), "{left}");
    }

    async fn who_took_part_in_an_interview_is_erased_with_what_was_noted(app) {
        let world = World::new(app).await;
        let talk = json!({ "product": "OPEN", "title": "Zoe at the depot", "participants": ["Zoe Smith"], "notes": "Zoe: my zebra is lost." });
        let talk = world.post(Persona::Member, "/interviews", talk).await["key"].as_str().expect("a key").to_owned();
        let said = json!({ "verbatim": "My zebra is lost, says Zoe", "source": "Zoe Smith" });
        let said = world.post(Persona::Member, &format!("/interviews/{talk}/highlights"), said).await["key"].as_str().expect("a key").to_owned();
        let edited = json!({ "notes": "Zoe: my zebra is lost, and so am I.", "held_on": "2026-03-01" });
        assert_eq!(world.api(Persona::Member, "PATCH", &format!("/api/v1/interviews/{talk}"), edited).await.0, 200);
        let path = format!("/api/v1/interviews/{talk}/erase");
        assert_eq!(world.api(Persona::Member, "POST", &path, json!({})).await.0, 403);
        assert_eq!(world.api(Persona::Admin, "POST", &path, json!({})).await.0, 200);
        let shown = world.get(Persona::Owner, &format!("/interviews/{talk}")).await;
        assert_eq!((&shown["participants"], &shown["held_on"]), (&json!(["somebody"]), &json!("2026-03-01")));
        assert_eq!(shown["highlights"][0]["source"], "Zoe Smith", "evidence stays until that is asked for");
        assert_eq!(world.api(Persona::Admin, "POST", &path, json!({ "highlights": true })).await.0, 200);
        let found = world.get(Persona::Owner, "/search?q=zebra").await;
        assert!(!found.to_string().contains(&talk) && !found.to_string().contains(&said), "{found}");
        let left = world.app.db.read(|conn| {
            let mut all = Vec::new();
            for sql in ["SELECT title || participants || notes FROM interview", "SELECT title || participants || notes FROM interview_version", "SELECT text || source FROM verbatim", "SELECT changes FROM activity", "SELECT output FROM submission"] {
                all.extend(conn.query_text(sql, &[], |r| r.get::<String>(0))?);
            }
            Ok(all.join("\n"))
        });
        let left = left.await.expect("readable").to_lowercase();
        assert!(!left.contains("zoe") && !left.contains("zebra"), "{left}");
        // Neither the erasing nor what was edited before it can be taken back into words.
        let told = world.get(Persona::Owner, &format!("/items/{talk}/history")).await;
        for change in told["events"].as_array().expect("a list").iter().filter_map(|e| e["change"].as_str()) {
            world.api(Persona::Owner, "POST", "/api/v1/undo", json!({ "change": change })).await;
        }
        let shown = world.get(Persona::Owner, &format!("/interviews/{talk}")).await.to_string().to_lowercase();
        assert!(!shown.contains("zoe") && !shown.contains("zebra"), "{shown}");
        let (status, told) = world.api(Persona::Member, "POST", "/api/v1/interviews", json!({ "product": "OPEN", "title": "To come", "participants": ["Al"], "held_on": "2099-01-01" })).await;
        assert_eq!((status, told["error"]["field"].as_str()), (422, Some("held_on")), "an interview was held");
    }

    async fn other_browsers_are_signed_out(app) {
        let world = World::new(app).await;
        let (now, admin) = (world.clock.now(), world.person(Persona::Admin));
        let more = world.app.db.write(move |tx| {
            let workspace = accounts::first_workspace(tx)?.expect("a workspace");
            let person = wherefore_app::store::load::<wherefore_app::people::members::Person>(tx, workspace, admin)?;
            let account = person.and_then(|p| p.account_id).expect("an account");
            accounts::new_session(tx, account, workspace, now).map(|s| s.reveal().to_owned())
        });
        let more = more.await.expect("a session");
        let all = world.get(Persona::Admin, "/sessions").await;
        assert_eq!(all.as_array().map(Vec::len), Some(2), "{all}");
        let keep = wherefore_app::people::access::session_name(&more);
        world.post(Persona::Admin, "/sessions/end-others", json!({ "keep": keep })).await;
        let all = world.get(Persona::Admin, "/sessions").await;
        assert_eq!(all[0]["id"], keep.as_str(), "{all}");
        assert_eq!(all.as_array().map(Vec::len), Some(1));
        assert!(!all.to_string().contains(&more));
    }

    async fn a_closed_workspace_is_read_and_not_changed(app) {
        let world = World::new(app).await;
        let owner = world.app.db.read(|conn| {
            let workspace = accounts::first_workspace(conn)?.expect("a workspace");
            let all = wherefore_app::people::members::all(conn, workspace)?;
            let owner = all.iter().find(|p| p.role == "owner").expect("an owner");
            accounts::actor(workspace, owner, false, wherefore_app::kernel::Via::Web)
        });
        let owner = owner.await.expect("readable").expect("active");
        let (who, now) = (owner.clone(), world.clock.now());
        let wrong = world.app.db.write(move |tx| archive_workspace(tx, &who, "no", now)).await;
        assert!(wrong.is_err());
        let who = owner.clone();
        let name = world.app.db.read(move |conn| accounts::workspace_name(conn, who.workspace));
        let (name, who) = (name.await.expect("a name"), owner.clone());
        world.app.db.write(move |tx| archive_workspace(tx, &who, &name, Time(1))).await.expect("closed");
        let item = json!({ "product": "OPEN", "title": "Late" });
        let (status, said) = world.api(Persona::Owner, "POST", "/api/v1/work-items", item.clone()).await;
        assert_eq!(status, 403, "{said}");
        assert_eq!(world.api(Persona::Owner, "GET", "/api/v1/products", Value::Null).await.0, 200);
        let (status, page) = world.page(Persona::Owner, "/people").await;
        assert!(status == 200 && page.contains("Open it again"), "{status}");
        world.app.db.write(move |tx| reopen_workspace(tx, &owner)).await.expect("open");
        world.post(Persona::Owner, "/work-items", item).await;
    }

    async fn a_check_finds_what_is_harmed_and_search_is_mended(app) {
        let world = World::new(app).await;
        let item = json!({ "product": "OPEN", "title": "A walrus" });
        world.post(Persona::Owner, "/work-items", item).await;
        let found = world.app.db.read(check).await.expect("looked");
        assert!(found.is_empty(), "{found:?}");
        let harm = world.app.db.write(|tx| {
            tx.execute_text("DELETE FROM search_doc WHERE object_kind = 'work_item'", &[])
        });
        harm.await.expect("harmed");
        let found = world.app.db.read(check).await.expect("looked");
        assert_eq!(found.len(), 1, "{found:?}");
        let mended = world.app.db.write(|tx| {
            let workspace = accounts::first_workspace(tx)?.expect("a workspace");
            let nobody = wherefore_app::kernel::Actor::NOBODY;
            wherefore_app::store::reindex_some(tx, workspace, "work_item", nobody).map(|p| p.mended)
        });
        assert_eq!(mended.await.expect("mended"), 1);
        world.app.db.rebuild_search().await.expect("rebuilt");
        let again = world.get(Persona::Owner, "/search?q=walrus").await;
        assert!(again.to_string().contains("A walrus"), "{again}");
    }
}
