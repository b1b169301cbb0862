//! What doing another's work asks for and leaves behind, on both engines.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

use crate::automations::look;
use crate::charters::{BOSS, INES, MIA, agreed, exercised, story, text};

both_engines! {
    async fn a_sprint_is_cancelled_by_whom_the_charter_names_and_others_accept_with_a_reason(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let sprint = json!({ "product": "OPEN", "name": "One", "goal": "Calm" });
        let sprint = world.post(INES, "/iterations", sprint).await;
        let path = format!("/api/v1/iterations/{}/cancel", text(&sprint, "id"));
        let why = json!({ "because": "The law changed" });
        let (status, refused) = world.api(MIA, "POST", &path, why.clone()).await;
        assert!(status == 403 && refused.to_string().contains("Ines"), "{refused}");
        assert_eq!(world.api(INES, "POST", &path, why).await.0, 200);
        let key = text(&story(&world, INES, json!({})).await, "key");
        let path = format!("/api/v1/stories/{key}/acceptance");
        let mut yes = json!({ "decision": "accepted", "serves": "yes" });
        let (status, refused) = world.api(MIA, "POST", &path, yes.clone()).await;
        assert_eq!((status, &refused["error"]["field"]), (422, &json!("because")));
        yes["because"] = json!("Ines is away");
        assert_eq!(world.api(MIA, "POST", &path, yes).await.0, 200);
        assert!(exercised(&world, MIA).await.contains(&(39, true, Some("Ines is away".into()))));
    }

    async fn a_reason_is_asked_once_a_day_for_person_responsibility_and_scope(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let made = story(&world, MIA, json!({})).await;
        let path = format!("/charters/overrides/{}", text(&made, "x-change"));
        let said = world.post(MIA, &path, json!({ "why": "Ines is ill." })).await;
        assert_eq!(said["responsibilities"]["35"], "Stories", "{said}");
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, Some("Ines is ill.".into()))]);
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, Some("Ines is ill.".into()))]);
        world.noon("2026-03-03");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, None)], "another day asks anew");
        story(&world, MIA, json!({ "reason": "Told in the call." })).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, Some("Told in the call.".into()))]);
        let listed = world.get(INES, &format!("/charters/{charter}/overrides")).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(3), "{listed}");
        // Another's change is not one's own to explain.
        let other = world.api(INES, "POST", &format!("/api/v1{path}"), json!({ "why": "I know." })).await;
        assert_eq!(other.0, 404, "{}", other.1);
    }

    async fn strict_asks_first_and_keeps_what_was_typed(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        world.post(BOSS, "/responsibilities/35/strict", json!({ "strict": true })).await;
        let (status, error) = world.api(MIA, "POST", "/api/v1/work-items", json!({ "product": "OPEN", "title": "Mine" })).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("reason")), "{error}");
        assert!(error.to_string().contains("Ines answers for"), "{error}");
        story(&world, INES, json!({})).await;
        let fields = [("product", "OPEN"), ("title", "Typed with care")];
        let (status, page) = world.form(MIA, "/do/create-work-item", &fields).await;
        assert_eq!(status, 422);
        assert!(page.contains("Typed with care") && page.contains("name=\"_reason\""), "{page}");
        // Several lines stay several lines.
        let lines = [("product", "OPEN"), ("title", "Typed"), ("description", "one\ntwo")];
        let page = world.form(MIA, "/do/create-work-item", &lines).await.1;
        assert!(page.contains("one\ntwo</textarea>"), "{page}");
        story(&world, MIA, json!({ "reason": "She asked me to." })).await;
        assert_eq!(world.form(MIA, "/do/create-work-item", &fields).await.0, 303, "said once for the day");
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, Some("She asked me to.".into()))]);
        world.noon("2026-03-04");
        assert_eq!(world.form(MIA, "/do/create-work-item", &fields).await.0, 422, "another day asks anew");
    }

    async fn the_last_step_is_acceptance_however_it_is_taken(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let key = text(&story(&world, INES, json!({})).await, "key");
        world.post(BOSS, "/responsibilities/39/strict", json!({ "strict": true })).await;
        let path = format!("/api/v1/work-items/{key}");
        for (method, path, body) in [
            ("PATCH", path.clone(), json!({ "state": "Done" })),
            ("POST", format!("{path}/move"), json!({ "to": "top", "state": "Done" })),
            ("POST", "/api/v1/work-items".to_owned(), json!({ "product": "OPEN", "title": "Done at once", "state": "Done" })),
        ] {
            let (status, error) = world.api(MIA, method, &path, body).await;
            assert_eq!((status, &error["error"]["field"]), (422, &json!("reason")), "{method} {path}: {error}");
        }
        let (status, moved) = world.api(INES, "POST", &format!("{path}/move"), json!({ "to": "top", "state": "Done" })).await;
        assert_eq!(status, 200, "{moved}");
    }

    async fn the_message_after_a_change_asks_why_and_one_answer_serves_the_day(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let send = async |title: &str| {
            let request = Request::builder()
                .method("POST")
                .uri("/do/create-work-item")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
            let body = Body::from(format!("product=OPEN&title={title}"));
            let answer = world.send(world.with_session(MIA, request).body(body).unwrap()).await;
            let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
            cookie.split(';').next().unwrap_or_default().to_owned()
        };
        let toast = send("One").await;
        assert!(toast.ends_with(".why"), "{toast}");
        let page = world.with_session(MIA, Request::builder().uri("/charters"));
        let answer = world.send(page.header("cookie", &toast).body(Body::empty()).unwrap()).await;
        let shown = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        assert!(shown.contains("Ines answers for") && shown.contains("Why you?"), "{shown}");
        let at = shown.find("/do/explain-override").expect("a form");
        let action = shown[at..].split('"').next().unwrap_or_default().to_owned();
        assert_eq!(world.form(MIA, &action, &[("why", "She is away")]).await.0, 303);
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, Some("She is away".into()))]);
        let again = send("Two").await;
        assert!(!again.ends_with(".why"), "one answer serves the day: {again}");
    }

    async fn moving_ones_work_on_is_free_and_accepting_it_is_not(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let made = story(&world, INES, json!({})).await;
        let path = format!("/api/v1/work-items/{}", text(&made, "key"));
        let moved = world.api(MIA, "PATCH", &path, json!({ "assignee": "me" })).await;
        assert_eq!(moved.0, 200, "{}", moved.1);
        assert_eq!(exercised(&world, MIA).await, vec![]);
        let done = world.api(MIA, "PATCH", &path, json!({ "state": "Done" })).await;
        assert_eq!(done.0, 200, "{}", done.1);
        assert_eq!(exercised(&world, MIA).await, vec![(39, true, None)]);
    }

    async fn what_is_taken_back_was_not_done(app) {
        let world = World::new(app).await;
        let made = story(&world, MIA, json!({})).await;
        world.post(MIA, "/undo", json!({ "change": made["x-change"] })).await;
        assert_eq!(exercised(&world, MIA).await, vec![]);
    }

    async fn what_others_accepted_is_not_brought_back_in_silence(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        world.post(BOSS, "/responsibilities/39/strict", json!({ "strict": true })).await;
        let key = text(&story(&world, INES, json!({})).await, "key");
        let path = format!("/api/v1/work-items/{key}");
        let state = async |who: Persona, state: &str| {
            let (status, told) = world.api(who, "PATCH", &path, json!({ "state": state })).await;
            assert_eq!(status, 200, "{told}");
            told["x-change"].clone()
        };
        let undo = async |who: Persona, change: &Value, more: Value| {
            let mut input = json!({ "change": change });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            world.api(who, "POST", "/api/v1/undo", input).await
        };
        state(INES, "Done").await;
        // What one did oneself is taken back freely, though that accepts it again.
        let back = state(MIA, "In progress").await;
        assert_eq!(undo(MIA, &back, json!({})).await.0, 200);
        let back = state(INES, "In progress").await;
        let (status, error) = undo(MIA, &back, json!({})).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("reason")), "{error}");
        assert!(error.to_string().contains("Ines answers for"), "{error}");
        assert_eq!(world.get(MIA, &format!("/work-items/{key}")).await["state"], "In progress");
        // The form asks for it, and takes it.
        let change = back.as_str().expect("an id");
        let (status, page) = world.form(MIA, "/do/undo", &[("change", change)]).await;
        assert!(status == 422 && page.contains("name=\"_reason\""), "{status} {page}");
        assert_eq!(undo(MIA, &back, json!({ "reason": "She asked me to." })).await.0, 200);
        assert_eq!(world.get(MIA, &format!("/work-items/{key}")).await["state"], "Done");
    }

    async fn a_rule_does_what_is_strict_only_for_whoever_may(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let ways =
            [(33, "top"), (35, "create task: Once more"), (39, "state Done"), (43, "block the printer")];
        // What stands above the others.
        story(&world, INES, json!({})).await;
        for (number, step) in ways {
            world.post(BOSS, &format!("/responsibilities/{number}/strict"), json!({ "strict": true })).await;
            for (who, may) in [(MIA, false), (INES, true)] {
                let rule = json!({
                    "product": "OPEN", "name": "At once", "when": "state-changed",
                    "args": { "to": "In review" }, "steps": ["label seen", step],
                });
                let rule = text(&world.post(who, "/automations", rule).await, "id");
                world.post(who, &format!("/automations/{rule}/set"), json!({ "on": true })).await;
                let key = text(&story(&world, INES, json!({})).await, "key");
                let path = format!("/api/v1/work-items/{key}");
                let moved = world.api(MIA, "PATCH", &path, json!({ "state": "In review" })).await;
                assert_eq!(moved.0, 200, "{}", moved.1);
                look(&world).await;
                let shown = world.get(who, &format!("/automations/{rule}")).await;
                let run = &shown["runs"][0];
                assert_eq!(run["outcome"], if may { "done" } else { "refused" }, "{number}: {shown}");
                assert_eq!(run["told"].to_string().contains("have Ines write this rule"), !may, "{shown}");
                // Whole or not at all.
                let left = world.get(MIA, &format!("/work-items/{key}")).await;
                assert_eq!(left["labels"], if may { json!(["seen"]) } else { json!([]) }, "{number}: {left}");
                // What it did is nobody's doing, and undone by others only with a reason.
                if may {
                    let undone = world.api(MIA, "POST", "/api/v1/undo", json!({ "change": run["change"] })).await;
                    assert_eq!((undone.0, &undone.1["error"]["field"]), (422, &json!("reason")), "{number}: {}", undone.1);
                }
                assert_eq!(world.api(who, "DELETE", &format!("/api/v1/automations/{rule}"), Value::Null).await.0, 200);
            }
        }
    }

    async fn a_rule_without_anything_strict_overrides_nobody(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        for number in [33, 35, 39, 43] {
            world.post(BOSS, &format!("/responsibilities/{number}/strict"), json!({ "strict": true })).await;
        }
        let rule = json!({
            "product": "OPEN", "name": "Told", "when": "state-changed", "args": { "to": "In review" },
            "steps": ["label seen", "assign Ines", "priority high", "comment Look", "notify Ines", "state Ready"],
        });
        let rule = text(&world.post(MIA, "/automations", rule).await, "id");
        world.post(MIA, &format!("/automations/{rule}/set"), json!({ "on": true })).await;
        let key = text(&story(&world, INES, json!({})).await, "key");
        let path = format!("/api/v1/work-items/{key}");
        assert_eq!(world.api(MIA, "PATCH", &path, json!({ "state": "In review" })).await.0, 200);
        look(&world).await;
        let shown = world.get(MIA, &format!("/automations/{rule}")).await;
        assert_eq!(shown["runs"][0]["outcome"], "done", "{shown}");
        let before = exercised(&world, MIA).await;
        assert!(before.iter().all(|(number, ..)| *number != 35), "a rule counts as nobody's doing: {before:?}");
    }
}
