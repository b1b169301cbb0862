//! Charters: who answers for what, and what a hand-over moves, on both engines.

use serde_json::{Value, json};
use wherefore_app::kernel::Id;
use wherefore_testkit::{Persona, World, both_engines};

pub const BOSS: Persona = Persona::Admin;
pub const MIA: Persona = Persona::Member;
pub const INES: Persona = Persona::Insider;

pub fn id(world: &World, who: Persona) -> String {
    world.person(who).to_string()
}

pub fn text(made: &Value, field: &str) -> String {
    made[field].as_str().unwrap_or_else(|| panic!("no {field} in {made}")).to_owned()
}

/// The product's charter: Mia is its product manager, Ines its product owner; both have signed.
pub async fn agreed(world: &World) -> String {
    let roles = json!({ id(world, MIA): "product-manager", id(world, INES): "product-owner" });
    let input = json!({
        "product": "OPEN", "stage": "growth", "company": "large", "teams": 8,
        "framework": "scrum", "roles": roles,
    });
    let made = world.post(MIA, "/charters", input).await;
    assert_eq!(made["arrangement"], "coexist", "{made}");
    let charter = text(&made, "id");
    let path = format!("/charters/{charter}/sign");
    let half = world.post(MIA, &path, json!({})).await;
    assert_eq!((&half["state"], &half["waiting"]), (&json!("draft"), &json!(["Ines"])));
    let whole = world.post(INES, &path, json!({})).await;
    assert_eq!(whole["state"], "agreed", "{whole}");
    charter
}

/// What somebody exercised last: its number, whether outside, and the reason.
pub async fn exercised(world: &World, who: Persona) -> Vec<(i64, bool, Option<String>)> {
    let person: Id = world.person(who);
    let sql = "SELECT responsibility, outside, reason FROM exercised WHERE person_id = $1 AND seq = (SELECT MAX(seq) FROM exercised WHERE person_id = $1) ORDER BY responsibility";
    let read = world.app.db.read(move |conn| {
        conn.query_text(sql, &[person.into()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
    });
    read.await.expect("it can be read")
}

pub async fn story(world: &World, who: Persona, more: Value) -> Value {
    let mut input = json!({ "product": "OPEN", "title": "Some story" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(who, "/work-items", input).await
}

async fn standing(world: &World, who: Persona, number: i64) -> Value {
    let all = world.get(who, "/charters/standing?product=OPEN").await;
    let found = all.as_array().and_then(|a| a.iter().find(|r| r["number"] == number));
    found.cloned().unwrap_or_else(|| panic!("no {number} in {all}"))
}

both_engines! {
    async fn without_a_charter_everybody_is_free(app) {
        let world = World::new(app).await;
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None)]);
        assert_eq!(standing(&world, MIA, 35).await["yours"], "free");
    }

    async fn the_advice_names_what_changed_it(app) {
        let world = World::new(app).await;
        let of = async |teams: u32| world.get(MIA, &format!("/charters/advice?company=established&stage=growth&framework=kanban&teams={teams}")).await;
        let (one, eight) = (of(1).await, of(8).await);
        assert_eq!((&one["arrangement"], &eight["arrangement"]), (&json!("both"), &json!("coexist")));
        assert!(eight["reasons"].to_string().contains("8 teams"), "{eight}");
        assert!(one["turns"].as_array().is_some_and(|w| w.iter().any(|c| c["when"] == "3 teams")), "{one}");
    }

    async fn what_a_charter_gives_is_free_and_the_rest_is_outside(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        story(&world, INES, json!({})).await;
        assert_eq!(exercised(&world, INES).await, vec![(35, false, None)]);
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, None)], "told, not stopped");
        // The part of another product knows nothing of it.
        world.post(MIA, "/work-items", json!({ "product": "SHUT", "title": "There" })).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None)]);
        // A proposal is everybody's.
        let problem = json!({ "product": "OPEN", "title": "Waiting" });
        world.post(INES, "/opportunities", problem).await;
        assert_eq!(exercised(&world, INES).await, vec![(13, false, None)]);
    }

    async fn a_title_changes_no_right(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let before = world.get(MIA, "/charters/standing?product=OPEN").await;
        for title in ["Product Owner", "Chief of Everything", ""] {
            let path = format!("/api/v1/people/{}", id(&world, MIA));
            let changed = world.api(BOSS, "PATCH", &path, json!({ "title": title })).await;
            assert_eq!(changed.0, 200, "{}", changed.1);
            assert_eq!(world.get(MIA, "/charters/standing?product=OPEN").await, before, "{title}");
        }
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, None)]);
    }

    async fn a_second_accountable_is_refused(app) {
        let world = World::new(app).await;
        let roles = json!({ id(&world, MIA): "product-manager", id(&world, INES): "product-owner" });
        let draft = world.post(MIA, "/charters", json!({ "product": "OPEN", "roles": roles })).await;
        let path = format!("/api/v1/charters/{}/responsibilities/33", text(&draft, "id"));
        let give = json!({ "person": "Ines", "letter": "A" });
        let (status, error) = world.api(MIA, "POST", &path, give.clone()).await;
        assert_eq!(status, 422, "{error}");
        let said = text(&error["error"], "message");
        assert!(said.contains("Mia") && said.contains("Ines") && said.contains("Ordering"), "{said}");
        assert_eq!(world.api(MIA, "POST", &path, json!({ "person": "Mia", "letter": "R" })).await.0, 200);
        let (status, given) = world.api(MIA, "POST", &path, give).await;
        assert_eq!(status, 200, "{given}");
    }

    async fn a_hand_over_holds_at_the_next_click_and_history_keeps_who_did_what(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        story(&world, INES, json!({})).await;
        let input = json!({ "product": "OPEN", "responsibility": 35, "to": "Mia", "until_day": "2026-03-06", "why": "A week off." });
        let not_hers = world.api(MIA, "POST", "/api/v1/handovers", json!({ "product": "OPEN", "responsibility": 35, "from": "Ines", "to": "Mia" })).await;
        assert_eq!(not_hers.0, 403, "{}", not_hers.1);
        let made = world.post(INES, "/handovers", input).await;
        assert_eq!((&made["to_name"], &made["state"]), (&json!("Mia"), &json!("holds")));
        assert_eq!(standing(&world, MIA, 35).await["accountable_name"], "Mia");
        let told = world.get(MIA, "/notifications").await["items"][0].clone();
        assert_eq!((&told["kind"], &told["actor"], &told["excerpt"]), (&json!("handed-over"), &json!("Ines"), &json!("A week off.")));
        assert!(text(&told, "title").starts_with("“Stories” of "), "{told}");
        assert_eq!(world.page(MIA, &format!("/{}", text(&told, "key"))).await.0, 200, "{told}");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None)]);
        story(&world, INES, json!({})).await;
        assert_eq!(exercised(&world, INES).await, vec![(35, true, None)], "it is Mia's now");
        // The day after the last one it is back.
        world.noon("2026-03-07");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, None)]);
        let past = world.get(MIA, "/charters/standing?product=OPEN&day=2026-03-03").await;
        let then = past.as_array().unwrap().iter().find(|r| r["number"] == 35).unwrap();
        assert_eq!(then["accountable_name"], "Mia", "who answered on a past day stays known");
        let own = "SELECT COUNT(*) FROM exercised WHERE person_id = $1 AND responsibility = 35 AND outside = FALSE";
        let ines = world.person(INES);
        let kept = world.app.db.read(move |c| c.query_text(own, &[ines.into()], |r| r.get::<i64>(0)));
        assert_eq!(kept.await.unwrap(), vec![1], "what she did before stays hers");
    }

    async fn nothing_is_handed_to_whoever_could_not_do_it(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let guest = id(&world, Persona::Guest);
        let input = json!({ "product": "OPEN", "responsibility": 35, "to": guest });
        let (status, error) = world.api(INES, "POST", "/api/v1/handovers", input).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("to")), "{error}");
        for (field, who) in [("to", "Nobody Known"), ("from", "Nobody Known"), ("to", " ")] {
            let mut input = json!({ "product": "OPEN", "responsibility": 35, "to": "Mia" });
            input[field] = json!(who);
            let (status, error) = world.api(BOSS, "POST", "/api/v1/handovers", input).await;
            assert_eq!((status, &error["error"]["field"]), (422, &json!(field)), "{error}");
        }
        // An admin who names nobody hands over what somebody answers for; a member only their own.
        let input = json!({ "product": "OPEN", "responsibility": 35, "to": "Mia", "until_day": "2026-03-02" });
        let (status, error) = world.api(MIA, "POST", "/api/v1/handovers", json!({ "product": "OPEN", "responsibility": 35, "to": id(&world, BOSS) })).await;
        assert_eq!(status, 403, "{error}");
        let made = world.post(BOSS, "/handovers", input).await;
        assert_eq!((&made["from_name"], &made["to_name"]), (&json!("Ines"), &json!("Mia")), "{made}");
        let (status, error) = world.api(MIA, "POST", "/api/v1/handovers/xyz/end", json!({})).await;
        assert_eq!(status, 422);
        assert!(error.to_string().contains("handover: “xyz” is not an id, like 0199"), "{error}");
        let (status, error) = world.api(MIA, "PATCH", &format!("/api/v1/charters/{charter}"), json!({ "review_on": "2026-02-01" })).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("review_on")), "{error}");
        let decision = json!({ "product": "OPEN", "title": "To the card", "review_on": "2026-02-01" });
        let (status, error) = world.api(MIA, "POST", "/api/v1/decisions", decision).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("review_on")), "{error}");
        assert_eq!(world.api(MIA, "GET", "/api/v1/mirror/999/events", Value::Null).await.0, 404);
        assert_eq!(world.get(MIA, "/mirror/35/events").await, json!([]));
        // When a charter is looked at again is no part of what was signed: undo puts it back.
        let path = format!("/api/v1/charters/{charter}");
        let (_, later) = world.api(MIA, "PATCH", &path, json!({ "review_on": "2026-12-01" })).await;
        assert_eq!(later["review_on"], "2026-12-01", "{later}");
        let (status, told) = world.api(MIA, "POST", "/api/v1/undo", json!({ "change": later["x-change"] })).await;
        assert_eq!(status, 200, "{told}");
    }

    async fn an_agent_is_held_to_what_it_was_granted(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let input = json!({ "name": "agent", "responsibilities": ["35"] });
        let token = text(&world.post(INES, "/tokens", input).await, "secret");
        let bearer = format!("Bearer {token}");
        let ask = async |method: &str, path: &str, body: Value| {
            let headers = [("authorization", &*bearer)];
            world.api_text(Persona::Nobody, method, path, &body.to_string(), &headers).await
        };
        let story = json!({ "product": "OPEN", "title": "Written by a machine" });
        let (status, made) = ask("POST", "/api/v1/work-items", story.clone()).await;
        assert_eq!(status, 201, "{made}");
        let vision = json!({ "body": "Mine.", "because": "So.", "product": "OPEN" });
        let (status, error) = ask("POST", "/api/v1/vision", vision).await;
        assert_eq!(status, 403, "{error}");
        assert!(error.to_string().contains("Vision"), "{error}");
        let undo = ask("POST", "/api/v1/undo", json!({ "change": made["x-change"] })).await;
        assert_eq!(undo.0, 403, "{}", undo.1);
        assert_eq!(ask("POST", "/api/v1/tokens", json!({ "name": "more" })).await.0, 403);
        let proposal = json!({ "product": "OPEN", "title": "Waiting" });
        assert_eq!(ask("POST", "/api/v1/opportunities", proposal).await.0, 201, "it may propose");
        // Many at once are what each of them would be by itself.
        let put_off = json!({ "items": [made["key"]], "until": "2100-01-01" });
        let linker = json!({ "name": "linker", "responsibilities": ["9"] });
        let linker = format!("Bearer {}", text(&world.post(INES, "/tokens", linker).await, "secret"));
        let headers = [("authorization", &*linker)];
        let body = put_off.to_string();
        let asked = world.api_text(Persona::Nobody, "POST", "/api/v1/links/bulk", &body, &headers);
        assert_eq!(asked.await.0, 403, "it was granted links alone");
        assert_eq!(ask("POST", "/api/v1/links/bulk", put_off).await.0, 200);
        // What its person handed over, it does no more.
        world.post(INES, "/handovers", json!({ "product": "OPEN", "responsibility": 35, "to": "Mia" })).await;
        let (status, error) = ask("POST", "/api/v1/work-items", story).await;
        assert_eq!(status, 403, "{error}");
        assert!(error.to_string().contains("Mia answers for"), "{error}");
    }

    async fn a_new_charter_takes_the_place_of_the_one_before(app) {
        let world = World::new(app).await;
        let first = agreed(&world).await;
        let edit = format!("/api/v1/charters/{first}/responsibilities/35");
        assert_eq!(world.api(MIA, "POST", &edit, json!({ "person": "Mia", "letter": "R" })).await.0, 409);
        let draft = text(&world.post(MIA, &format!("/charters/{first}/revise"), json!({})).await, "id");
        let path = format!("/charters/{draft}/sign");
        world.post(INES, &path, json!({})).await;
        let change = json!({ "person": "Mia", "letter": "R" });
        let changed = world.post(MIA, &format!("/charters/{draft}/responsibilities/35"), change).await;
        assert_eq!(changed["waiting"], json!(["Ines", "Mia"]), "what was signed was another text");
        let differs = world.get(MIA, &format!("/charters/{draft}/changes")).await;
        assert_eq!(differs.as_array().map(Vec::len), Some(1), "{differs}");
        assert_eq!((&differs[0]["was"], &differs[0]["is"]), (&json!("I"), &json!("R")));
        world.post(INES, &path, json!({})).await;
        world.post(MIA, &path, json!({})).await;
        let old = world.get(MIA, &format!("/charters/{first}")).await;
        assert_eq!(old["state"], "superseded", "{old}");
        // All that held here can be opened, from any of them.
        let all = world.get(MIA, &format!("/charters/{first}/versions")).await;
        let told: Vec<(&Value, &Value)> = all.as_array().expect("a list").iter().map(|v| (&v["id"], &v["state"])).collect();
        assert_eq!(told, [(&json!(draft), &json!("agreed")), (&json!(first), &json!("superseded"))], "{all}");
        let (_, page) = world.page(MIA, &format!("/charters/{draft}")).await;
        assert!(page.contains(&format!("/charters/{first}")) && page.contains("Charter 1"), "{page}");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None)]);
    }

    async fn the_pages_show_who_answers(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let key = text(&story(&world, INES, json!({})).await, "key");
        for (path, words) in [
            ("/charters".to_owned(), "Open"),
            (format!("/charters/{charter}"), "Ordering the backlog"),
            ("/arrangement?product=OPEN&teams=8&beside=both".to_owned(), "Where they differ"),
            ("/arrangement?product=OPEN&teams=8&beside=coexist".to_owned(), "is what is advised"),
            ("/handovers?product=OPEN".to_owned(), "Hand it over"),
            (format!("/{key}"), "Who answers for this"),
        ] {
            let (status, page) = world.page(INES, &path).await;
            assert_eq!(status, 200, "{path}: {page}");
            assert!(page.contains(words), "{path} does not say {words}");
        }
    }

    async fn a_part_and_its_product_have_charters_of_their_own(app) {
        let world = World::new(app).await;
        agreed(&world).await;
        let part = world.post(BOSS, "/products/OPEN/parts", json!({ "name": "Fares" })).await;
        let input = json!({ "product": "OPEN", "part": "Fares", "roles": { id(&world, MIA): "product-owner" } });
        let charter = text(&world.post(MIA, "/charters", input).await, "id");
        world.post(MIA, &format!("/charters/{charter}/sign"), json!({})).await;
        story(&world, MIA, json!({ "part": text(&part, "id") })).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None)], "the narrower one decides");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, true, None)], "not accountable elsewhere");
    }

    async fn two_who_answer_for_the_same_are_one_role_with_two_names(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let draft = text(&world.post(MIA, &format!("/charters/{charter}/revise"), json!({})).await, "id");
        let mut cells = serde_json::Map::new();
        for n in 1..=45 {
            cells.insert(format!("{n}:{}", id(&world, MIA)), json!("A"));
            cells.insert(format!("{n}:{}", id(&world, INES)), json!("R"));
        }
        let both = world.post(MIA, &format!("/charters/{draft}/matrix"), json!({ "cells": cells })).await;
        assert_eq!(both["twins"].as_array().map(Vec::len), Some(1), "{}", both["twins"]);
        let beside = |charter: &str| format!("/charters/{charter}/people/compared?first=Mia&second={}", id(&world, INES));
        let same = world.get(MIA, &beside(&draft)).await;
        assert_eq!((&same["one_role"], &same["first_only"]), (&json!(true), &json!([])));
        assert_eq!(same["shared"].as_array().map(Vec::len), Some(45));
        let apart = world.get(MIA, &beside(&charter)).await;
        assert_eq!(apart["one_role"], false);
        let has = |side: &str, name: &str| apart[side].as_array().unwrap().iter().any(|r| r["name"] == name);
        assert!(has("first_only", "Vision") && has("second_only", "Ordering the backlog"), "{apart}");
        let page = world.page(MIA, &format!("/charters/{draft}?first={}&second={}", id(&world, MIA), id(&world, INES))).await;
        assert!(page.0 == 200 && page.1.contains("hold exactly the same"), "{}", page.1);
        let nobody = format!("/api/v1/charters/{draft}/people/compared?first=Mia&second=Nobody");
        assert_eq!(world.api(MIA, "GET", &nobody, Value::Null).await.0, 422);
    }

    async fn two_of_one_title_are_no_two_names(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let draft = text(&world.post(MIA, &format!("/charters/{charter}/revise"), json!({})).await, "id");
        let mut cells = serde_json::Map::new();
        for n in 1..=45 {
            cells.insert(format!("{n}:{}", id(&world, MIA)), json!("A"));
            cells.insert(format!("{n}:{}", id(&world, INES)), json!("R"));
        }
        world.post(MIA, &format!("/charters/{draft}/matrix"), json!({ "cells": cells })).await;
        for (other, pairs) in [("Product Owner", 1), ("product manager", 0)] {
            for (who, title) in [(MIA, "Product Manager"), (INES, other)] {
                let path = format!("/api/v1/people/{}", id(&world, who));
                assert_eq!(world.api(BOSS, "PATCH", &path, json!({ "title": title })).await.0, 200);
            }
            let shown = world.get(MIA, &format!("/charters/{draft}")).await;
            assert_eq!(shown["twins"].as_array().map(Vec::len), Some(pairs), "{other}: {}", shown["twins"]);
        }
    }

    async fn two_who_edit_a_matrix_at_once_lose_nothing(app) {
        let world = World::new(app).await;
        let charter = agreed(&world).await;
        let draft = world.post(MIA, &format!("/charters/{charter}/revise"), json!({})).await;
        let (path, seen) = (format!("/charters/{}/matrix", text(&draft, "id")), draft["revision"].clone());
        let cell = |n: u8, who: Persona| format!("{n}:{}", id(&world, who));
        let letter = |shown: &Value, n: u8, who: Persona| -> Value {
            let rows = shown["rows"].as_array().expect("rows");
            rows.iter().find(|r| r["number"] == n).expect("a row")["letters"][id(&world, who)].clone()
        };
        let was = (letter(&draft, 20, INES), letter(&draft, 35, MIA));
        let first = json!({ "revision": seen, "cells": { cell(35, MIA): "R" } });
        world.post(MIA, &path, first).await;
        // The page sends every cell as it was seen: what the other changed meanwhile stays.
        let mut cells = serde_json::Map::new();
        cells.insert(cell(35, MIA), was.1.clone());
        cells.insert(cell(20, INES), json!("R"));
        let both = world.post(INES, &path, json!({ "revision": seen, "cells": cells })).await;
        assert_eq!((letter(&both, 35, MIA), letter(&both, 20, INES)), (json!("R"), json!("R")));
        assert_ne!(was.0, json!("R"));
        // The same cell, changed otherwise by both, is refused by name.
        let clash = json!({ "revision": seen, "cells": { cell(35, MIA): "C" } });
        let (status, told) = world.api(INES, "POST", &format!("/api/v1{path}"), clash).await;
        assert!(status == 422 && told.to_string().contains("Mia") && told.to_string().contains("meanwhile"), "{status} {told}");
    }

    async fn a_responsibility_of_ones_own_enters_matrix_and_is_exercised(app) {
        let world = World::new(app).await;
        let input = json!({ "name": "Fraud watch", "facet": "how", "verbs": ["create-work-item"] });
        let own = world.post(BOSS, "/responsibilities", input).await;
        assert_eq!(own["number"], 100, "{own}");
        story(&world, MIA, json!({})).await;
        assert_eq!(exercised(&world, MIA).await, vec![(35, false, None), (100, false, None)]);
        let charter = agreed(&world).await;
        let shown = world.get(MIA, &format!("/charters/{charter}")).await;
        let row = shown["rows"].as_array().unwrap().iter().find(|r| r["number"] == 100).cloned();
        assert_eq!(row.expect("in the matrix")["unowned"], true);
    }

    async fn choosing_against_the_advice_takes_a_reason(app) {
        let world = World::new(app).await;
        let input = json!({ "product": "OPEN", "arrangement": "overlap", "teams": 1 });
        let (status, error) = world.api(MIA, "POST", "/api/v1/charters", input).await;
        assert_eq!((status, &error["error"]["field"]), (422, &json!("because")), "{error}");
        let input = json!({ "product": "OPEN", "arrangement": "overlap", "teams": 1, "because": "Two of us know it." });
        let made = world.post(MIA, "/charters", input).await;
        assert_eq!((&made["arrangement"], &made["because"]), (&json!("overlap"), &json!("Two of us know it.")));
    }
}
