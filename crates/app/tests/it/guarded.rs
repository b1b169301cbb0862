//! What nobody may do in somebody else's name or with somebody else's rights, on both engines.

use serde_json::{Value, json};
use wherefore_app::kernel::Id;
use wherefore_app::kernel::{Role, Via};
use wherefore_app::people::access::{archive_workspace, reopen_workspace};
use wherefore_app::people::accounts;
use wherefore_app::people::members;
use wherefore_app::people::sign_in::join;
use wherefore_app::store::load;
use wherefore_testkit::{Persona, World, both_engines};

use crate::automations::look;

const MIA: Persona = Persona::Member;
const INES: Persona = Persona::Insider;
const ADA: Persona = Persona::Admin;
const OLIVE: Persona = Persona::Owner;

fn text(made: &Value, field: &str) -> String {
    made[field].as_str().unwrap_or_else(|| panic!("no {field} in {made}")).to_owned()
}

async fn undo(world: &World, who: Persona, change: &Value) -> (u16, Value) {
    world.api(who, "POST", "/api/v1/undo", json!({ "change": change })).await
}

/// An agent of somebody, held to these responsibilities: what it gets for a call.
async fn agent(world: &World, who: Persona, held: &[&str]) -> String {
    let input = json!({ "name": "agent", "responsibilities": held });
    text(&world.post(who, "/tokens", input).await, "secret")
}

async fn ask(world: &World, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer)];
    let path = format!("/api/v1{path}");
    world.api_text(Persona::Nobody, method, &path, &body.to_string(), &headers).await
}

/// A further admin: nobody's persona.
async fn another_admin(world: &World) -> Id {
    let (owner, now) = (world.person(OLIVE), world.clock.now());
    world
        .app
        .db
        .write(move |tx| {
            let workspace = accounts::first_workspace(tx)?.expect("one");
            load::<members::Person>(tx, workspace, owner)?.expect("the owner");
            let (actor, _) =
                join(tx, workspace, Role::Admin, "Abel", "abel@example.org", None, now)?;
            Ok(actor.person)
        })
        .await
        .expect("joined")
}

async fn archived(world: &World, closed: bool) {
    let (owner, now) = (world.person(OLIVE), world.clock.now());
    let done = world.app.db.write(move |tx| {
        let workspace = accounts::first_workspace(tx)?.expect("one");
        let person = load::<members::Person>(tx, workspace, owner)?.expect("the owner");
        let actor = accounts::actor(workspace, &person, false, Via::Web)?.expect("active");
        if closed {
            archive_workspace(tx, &actor, "Harbour", now)
        } else {
            reopen_workspace(tx, &actor)
        }
    });
    done.await.expect("done");
}

both_engines! {
    async fn a_token_that_names_no_bounds_for_an_agent_is_refused(app) {
        let world = World::new(app).await;
        for none in [json!([]), json!([""]), json!([" , "])] {
            let input = json!({ "name": "agent", "responsibilities": none });
            let (status, error) = world.api(MIA, "POST", "/api/v1/tokens", input).await;
            assert_eq!((status, &error["error"]["field"]), (422, &json!("responsibilities")), "{error}");
        }
        let (status, page) = world.form(MIA, "/do/create-token", &[("name", "agent"), ("responsibilities", "")]).await;
        assert!(status == 422 && page.contains("at least one"), "{status} {page}");
        assert_eq!(world.get(MIA, "/tokens").await.as_array().map(Vec::len), Some(1), "only the one that Mia has");
        let (status, _) = world.form(MIA, "/do/create-token", &[("name", "weekly report")]).await;
        assert_eq!(status, 200, "left out, it is a program of her own");
        let (_, page) = world.page(MIA, "/account").await;
        assert!(page.contains("A token for an agent"));
    }

    async fn the_secret_of_a_token_is_kept_nowhere(app) {
        let world = World::new(app).await;
        let fields = [("name", "weekly report"), ("_submission", "twice")];
        let (status, page) = world.form(MIA, "/do/create-token", &fields).await;
        assert_eq!(status, 200);
        let (_, rest) = page.split_once("wf_").expect("the secret");
        let secret: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect();
        let kept = world.app.db.read(|c| c.query_text("SELECT output FROM submission", &[], |r| r.get::<String>(0)));
        let kept = kept.await.expect("readable").join(" ");
        assert!(!kept.contains(&secret), "{kept}");
        let (status, page) = world.form(MIA, "/do/create-token", &fields).await;
        assert!(status == 409 && page.contains("done already"), "{status} {page}");
    }

    async fn a_rule_that_undo_changed_is_off_and_of_whoever_undid_it(app) {
        let world = World::new(app).await;
        let made = world.post(MIA, "/automations", json!({
            "product": "OPEN", "name": "A rule", "when": "created", "steps": ["label late"],
        })).await;
        let (id, path) = (text(&made, "id"), format!("/automations/{}", text(&made, "id")));
        let api = format!("/api/v1{path}");
        world.api(MIA, "PATCH", &api, json!({ "steps": ["create bug: Planted"] })).await;
        let (_, milder) = world.api(MIA, "PATCH", &api, json!({ "steps": ["label seen"] })).await;
        world.post(OLIVE, &format!("{path}/set"), json!({ "on": true })).await;
        // Mia brings her older steps back under what Olive switched on.
        let (status, told) = undo(&world, MIA, &milder["x-change"]).await;
        assert_eq!(status, 200, "{told}");
        let rule = world.get(OLIVE, &path).await;
        assert_eq!((&rule["state"], &rule["author"]), (&json!("off"), &json!("Mia")), "{rule}");
        let item = world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await;
        look(&world).await;
        assert_eq!(world.get(MIA, &format!("/work-items/{}", text(&item, "key"))).await["labels"], json!([]));
        assert_eq!(world.get(MIA, &path).await["runs"].as_array().map(Vec::len), Some(0), "{id}");
        // Taking back that somebody removed it switches nothing on either.
        world.post(OLIVE, &format!("{path}/set"), json!({ "on": true })).await;
        let (_, gone) = world.api(OLIVE, "DELETE", &api, json!({})).await;
        assert_eq!(undo(&world, MIA, &gone["x-change"]).await.0, 200);
        assert_eq!(world.get(MIA, &path).await["state"], "off");
    }

    async fn a_link_to_a_new_password_is_for_whoever_may_do_less_and_they_are_told(app) {
        let world = World::new(app).await;
        let abel = another_admin(&world).await.to_string();
        for (who, person, wanted) in [
            (ADA, world.person(OLIVE).to_string(), 403),
            (ADA, abel.clone(), 403),
            (MIA, world.person(INES).to_string(), 403),
            (ADA, world.person(ADA).to_string(), 200),
            (OLIVE, abel.clone(), 200),
            (ADA, world.person(MIA).to_string(), 200),
        ] {
            let (status, page) = world.form(who, "/people/reset", &[("person", &person)]).await;
            assert_eq!(status, wanted, "{who:?} for {person}: {page}");
        }
        // Nor by making an admin a member first.
        let lower = format!("/api/v1/people/{abel}");
        assert_eq!(world.api(ADA, "PATCH", &lower, json!({ "role": "member" })).await.0, 403);
        let (_, page) = world.page(MIA, "/notifications").await;
        assert!(page.contains("made a link with which a new password can be chosen") && page.contains("Ada"), "{page}");
        assert_eq!(world.get(MIA, "/notifications").await["items"][0]["kind"], "reset-link");
        let (_, page) = world.page(MIA, "/account").await;
        assert!(page.contains("Links to your account") && page.contains("Ada"), "{page}");
        let sql = "SELECT COUNT(*) FROM activity WHERE verb = 'make-reset-link'";
        let kept = world.app.db.read(move |c| c.query_text(sql, &[], |r| r.get::<i64>(0))).await;
        assert_eq!(kept.expect("readable"), vec![3]);
        let (_, page) = world.page(ADA, "/people").await;
        assert_eq!(page.matches("Reset link").count(), 5, "for herself, two members and two guests");
    }

    async fn an_owner_is_renamed_and_retitled_by_owners_only(app) {
        let world = World::new(app).await;
        let olive = world.person(OLIVE).to_string();
        let one = format!("/api/v1/people/{olive}");
        for change in [json!({ "name": "Oliver" }), json!({ "title": "Intern" }), json!({ "seniority": "junior" })] {
            assert_eq!(world.api(ADA, "PATCH", &one, change.clone()).await.0, 403, "{change}");
        }
        let titles = json!({ "titles": { (olive.clone()): "Intern" } });
        assert_eq!(world.api(ADA, "PATCH", "/api/v1/people/titles", titles.clone()).await.0, 403);
        let setup = json!({
            "company": "startup", "framework": "kanban", "product_name": "Open", "product_key": "OPEN",
            "people": [{ "name": "Ada" }, { "name": "Olive", "title": "Intern", "seniority": "junior" }],
        });
        let (status, told) = world.api(ADA, "POST", "/api/v1/onboarding", setup).await;
        assert_eq!(status, 403, "{told}");
        assert_eq!(world.api(OLIVE, "PATCH", "/api/v1/people/titles", titles).await.0, 200);
        let same = json!({ "titles": { (olive.clone()): "Intern" } });
        assert_eq!(world.api(ADA, "PATCH", "/api/v1/people/titles", same).await.0, 200, "nothing changes");
    }

    async fn an_agent_starts_no_work_that_it_was_not_granted(app) {
        let world = World::new(app).await;
        let token = agent(&world, INES, &["35"]).await;
        let table = json!({ "product": "OPEN", "text": "words\nToo slow\n" });
        for (path, body) in [("/signals/measure", json!({ "product": "OPEN" })), ("/evidence/import", table)] {
            let (status, error) = ask(&world, &token, "POST", path, body).await;
            assert!(status == 403 && error.to_string().contains("not granted"), "{path}: {status} {error}");
        }
        assert_eq!(ask(&world, &token, "GET", "/signals?product=OPEN", Value::Null).await.0, 200);
    }

    async fn what_is_a_persons_own_word_is_said_by_no_agent(app) {
        let world = World::new(app).await;
        let vision = json!({ "product": "OPEN", "body": "Calm.", "because": "So." });
        world.post(MIA, "/vision", vision).await;
        let item = text(&world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await, "key");
        let comment = world.post(INES, &format!("/items/{item}/comments"), json!({ "body": "Mine." })).await;
        let question = world.post(MIA, &format!("/items/{item}/questions"), json!({ "body": "" })).await;
        let roles = json!({ world.person(MIA).to_string(): "product-manager", world.person(INES).to_string(): "product-owner" });
        let charter = json!({ "product": "OPEN", "stage": "growth", "company": "large", "teams": 8, "framework": "scrum", "roles": roles });
        let charter = text(&world.post(MIA, "/charters", charter).await, "id");
        let all: Vec<String> = (1..=45).map(|n| n.to_string()).collect();
        let token = agent(&world, INES, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let comment = text(&comment, "id");
        for (method, path, body) in [
            ("POST", "/acknowledgements".to_owned(), json!({ "product": "OPEN", "kind": "vision", "number": 1 })),
            ("POST", format!("/charters/{charter}/sign"), json!({})),
            ("POST", format!("/questions/{}/answer", text(&question, "id")), json!({ "answer": "Because." })),
            ("POST", "/mirror/33/keep".to_owned(), json!({})),
            ("POST", "/mirror/33/adopt".to_owned(), json!({ "charter": charter })),
            ("POST", "/mirror/share".to_owned(), json!({ "audience": "team" })),
            ("PATCH", "/digest".to_owned(), json!({ "frequency": "off" })),
            ("PATCH", "/notifications/muted".to_owned(), json!({ "muted": ["mention"] })),
            ("POST", "/notifications/read".to_owned(), json!({})),
            ("PATCH", format!("/comments/{comment}"), json!({ "body": "Theirs." })),
            ("DELETE", format!("/comments/{comment}"), json!({})),
            ("POST", "/sessions/end-others".to_owned(), json!({})),
        ] {
            let (status, error) = ask(&world, &token, method, &path, body.clone()).await;
            assert_eq!(status, 403, "{path}: {error}");
            assert!(error.to_string().contains("own word"), "{path}: {error}");
            let (status, told) = world.api(INES, method, &format!("/api/v1{path}"), body).await;
            assert!(status != 403 && status != 404, "{path} by herself: {status} {told}");
        }
        // Beside that it goes on proposing.
        let (status, told) = ask(&world, &token, "POST", "/opportunities", json!({ "product": "OPEN", "title": "Waiting" })).await;
        assert_eq!(status, 201, "{told}");
    }

    async fn a_comment_is_reworded_by_its_author_only(app) {
        let world = World::new(app).await;
        let item = text(&world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await, "key");
        let said = world.post(MIA, &format!("/items/{item}/comments"), json!({ "body": "I doubt it." })).await;
        let path = format!("/api/v1/comments/{}", text(&said, "id"));
        for who in [ADA, OLIVE, INES] {
            let (status, error) = world.api(who, "PATCH", &path, json!({ "body": "I agree." })).await;
            assert_eq!(status, 403, "{who:?}: {error}");
        }
        assert_eq!(world.api(MIA, "PATCH", &path, json!({ "body": "I doubt it much." })).await.0, 200);
        assert_eq!(world.api(INES, "DELETE", &path, json!({})).await.0, 403);
        assert_eq!(world.api(ADA, "DELETE", &path, json!({})).await.0, 200, "an admin removes it");
    }

    async fn in_an_archived_workspace_nothing_runs_and_nothing_is_written(app) {
        let world = World::new(app).await;
        let rule = json!({ "product": "OPEN", "name": "A rule", "when": "created", "steps": ["label late"] });
        let id = text(&world.post(MIA, "/automations", rule).await, "id");
        world.post(MIA, &format!("/automations/{id}/set"), json!({ "on": true })).await;
        let daily = json!({ "product": "OPEN", "name": "Daily", "when": "schedule",
            "args": { "every": "day", "from": "2026-03-01" }, "steps": ["create task: Again"] });
        let daily = text(&world.post(MIA, "/automations", daily).await, "id");
        world.post(MIA, &format!("/automations/{daily}/set"), json!({ "on": true })).await;
        world.post(MIA, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await;
        let source = world.post(ADA, "/git-sources", json!({ "product": "OPEN", "host": "gitlab", "name": "Code" })).await;
        let hook = format!("/hooks/git/{}", text(&source, "id"));
        let secret = text(&source, "secret");
        let before = world.get(MIA, "/activity?product=OPEN").await;
        archived(&world, true).await;
        world.noon("2026-03-04");
        look(&world).await;
        let push = json!({ "object_kind": "push", "ref": "refs/heads/OPEN-1-pay", "commits": [] }).to_string();
        let headers = [("x-gitlab-event", "Push Hook"), ("x-gitlab-token", secret.as_str())];
        let (status, told) = world.api_text(Persona::Nobody, "POST", &hook, &push, &headers).await;
        assert!(status == 403 && told.to_string().contains("archived"), "{status} {told}");
        assert_eq!(world.get(MIA, "/activity?product=OPEN").await, before);
        archived(&world, false).await;
        look(&world).await;
        assert_ne!(world.get(MIA, "/activity?product=OPEN").await, before, "opened again, it goes on");
    }

    async fn what_was_signed_stays_as_it_was_signed(app) {
        let world = World::new(app).await;
        let roles = json!({ world.person(MIA).to_string(): "product-manager", world.person(INES).to_string(): "product-owner" });
        let charter = json!({ "product": "OPEN", "stage": "growth", "company": "large", "teams": 8, "framework": "scrum", "roles": roles });
        let charter = text(&world.post(MIA, "/charters", charter).await, "id");
        let letter = format!("/charters/{charter}/responsibilities/35");
        let set = world.post(MIA, &letter, json!({ "person": "Mia", "letter": "R" })).await;
        let sign = format!("/charters/{charter}/sign");
        world.post(INES, &sign, json!({})).await;
        // Of a draft, undo takes back what was signed with it.
        let (status, told) = undo(&world, MIA, &set["x-change"]).await;
        assert_eq!(status, 200, "{told}");
        let now = world.get(MIA, &format!("/charters/{charter}")).await;
        assert_eq!(now["waiting"], json!(["Ines", "Mia"]), "{now}");
        let again = world.post(MIA, &letter, json!({ "person": "Mia", "letter": "R" })).await;
        let early = world.post(INES, &sign, json!({})).await;
        let last = world.post(MIA, &sign, json!({})).await;
        assert_eq!(last["state"], "agreed", "{last}");
        for (who, change) in [(MIA, &again), (INES, &early), (ADA, &again)] {
            let (status, told) = undo(&world, who, &change["x-change"]).await;
            assert_eq!(status, 409, "{told}");
        }
        let matrix = |c: &Value| c["rows"].clone();
        let held = world.get(MIA, &format!("/charters/{charter}")).await;
        assert_eq!(matrix(&held), matrix(&last));
        // A hand-over that has held is ended and not unsaid.
        let handed = world.post(INES, "/handovers", json!({ "product": "OPEN", "responsibility": 35, "to": "Mia" })).await;
        world.noon("2026-03-20");
        assert_eq!(undo(&world, INES, &handed["x-change"]).await.0, 409);
        assert_eq!(undo(&world, MIA, &last["x-change"]).await.0, 409, "it was in force");
    }

    async fn undo_changes_nothing_that_is_frozen(app) {
        let world = World::new(app).await;
        let about = text(&world.post(MIA, "/opportunities", json!({ "product": "OPEN", "title": "Waiting" })).await, "key");
        let planned = world.post(MIA, "/experiments", json!({ "product": "OPEN", "about": about, "title": "Try", "belief": "b", "risk": "value", "method": "m", "metric": "x", "threshold": "80 %" })).await;
        let key = text(&planned, "key");
        let (_, lower) = world.api(MIA, "PATCH", &format!("/api/v1/experiments/{key}"), json!({ "threshold": "90 %" })).await;
        world.post(MIA, &format!("/experiments/{key}/start"), json!({})).await;
        let (status, told) = undo(&world, MIA, &lower["x-change"]).await;
        assert!(status == 409 && told.to_string().contains("frozen"), "{told}");
        assert_eq!(world.get(MIA, &format!("/experiments/{key}")).await["threshold"], "90 %");
        let proposed = world.post(MIA, "/decisions", json!({ "product": "OPEN", "title": "Buy", "choice": "Make" })).await;
        let key = text(&proposed, "key");
        let (_, edit) = world.api(MIA, "PATCH", &format!("/api/v1/decisions/{key}"), json!({ "choice": "Buy" })).await;
        world.post(OLIVE, &format!("/decisions/{key}/settle"), json!({ "state": "accepted" })).await;
        let (status, told) = undo(&world, MIA, &edit["x-change"]).await;
        assert!(status == 409 && told.to_string().contains("never changes"), "{told}");
        let draft = text(&world.post(OLIVE, "/policies", json!({ "product": "OPEN", "preset": "kanban" })).await, "id");
        let (_, edit) = world.api(MIA, "PATCH", &format!("/api/v1/policies/{draft}"), json!({ "wip_total": 7 })).await;
        world.post(OLIVE, &format!("/policies/{draft}/activate"), json!({})).await;
        let (status, told) = undo(&world, MIA, &edit["x-change"]).await;
        assert!(status == 409 && told.to_string().contains("in force") || told.to_string().contains("into force"), "{status} {told}");
    }
}
