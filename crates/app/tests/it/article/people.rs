//! Roles, titles, charters, seniority, silos: what the article says of people.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World};

use super::{BOSS, INES, MIA, agreed, id, key, link, list, mirrored, row, standing, text, tries};
use crate::claims;

/// A drafted charter of a part of OPEN for Mia at a seniority, with Ines as head of product.
async fn drafted(world: &World, part: &str, seniority: &str) -> Value {
    world.post(BOSS, "/products/OPEN/parts", json!({ "name": part })).await;
    let roles = json!({ id(world, MIA): "product-manager", id(world, INES): "head" });
    let levels = json!({ id(world, MIA): seniority, id(world, INES): "head" });
    let input = json!({
        "product": "OPEN", "part": part, "stage": "growth", "company": "established", "teams": 1,
        "framework": "kanban", "roles": roles, "seniority": levels,
    });
    world.post(MIA, "/charters", input).await
}

/// Fills a product with what a siloed or a healthy team leaves behind.
async fn months(world: &World, product: &str, healthy: bool) {
    let make = async |path: &str, input: Value| {
        let mut all = json!({ "product": product });
        all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        text(&world.post(MIA, path, all).await, "key")
    };
    let need = make("/needs", json!({ "title": "Money back", "kind": "user" })).await;
    if healthy {
        for who in [MIA, INES] {
            let talk = json!({ "product": product, "title": "A talk", "participants": ["Ana"] });
            world.post(who, "/interviews", talk).await;
        }
    }
    for n in 0..6 {
        let story =
            make("/work-items", json!({ "title": format!("Story {n}"), "state": "In progress" }))
                .await;
        if healthy {
            link(world, &story, &need).await;
        }
        let said = make("/evidence", json!({ "verbatim": format!("I called {n} times") })).await;
        let asked =
            text(&world.post(INES, &format!("/items/{story}/questions"), json!({})).await, "id");
        let talk = if healthy {
            "Sales: We need a form.\nMia: What would you do with it?\nSales: See what is owed."
        } else {
            ""
        };
        let wanted = make(
            "/requirements",
            json!({ "title": format!("Form {n}"), "source": "Sales", "conversation": talk }),
        )
        .await;
        let became = json!({ "state": "taken-up", "became": story });
        world.post(MIA, &format!("/requirements/{wanted}/settle"), became).await;
        if healthy {
            world
                .post(
                    MIA,
                    &format!("/questions/{asked}/answer"),
                    json!({ "answer": "Because they wait." }),
                )
                .await;
            world
                .post(
                    MIA,
                    &format!("/evidence/{said}/answer"),
                    json!({ "answer": "It comes in May.", "how": "by phone" }),
                )
                .await;
        }
    }
}

async fn raised(world: &World, product: &str) -> Vec<String> {
    let health = world.post(MIA, "/signals/measure", json!({ "product": product })).await;
    list(&health["signals"])
        .iter()
        .filter(|s| s["raised"] == true)
        .map(|s| text(s, "signal"))
        .collect()
}

claims! {
    "“The same role with two names”: titles are labels, the charter is the role" => one_role_two_names(world) {
        agreed(&world).await;
        let before = world.get(MIA, "/charters/standing?product=OPEN").await;
        let path = format!("/api/v1/people/{}", id(&world, MIA));
        for title in ["Product Owner", "Chief Everything Officer", ""] {
            assert_eq!(world.api(BOSS, "PATCH", &path, json!({ "title": title })).await.0, 200);
            assert_eq!(world.get(MIA, "/charters/standing?product=OPEN").await, before, "{title}");
        }
        // Two who hold the same are told so, whatever they are called.
        let roles = json!({ id(&world, MIA): "product-manager", id(&world, INES): "product-owner" });
        let both = json!({ "product": "SHUT", "arrangement": "both", "because": "We try it.", "roles": roles });
        let mut charter = world.post(MIA, "/charters", both).await;
        // What falls to the product owner where there are no developers is Mia's to do as well.
        for number in [30, 31, 40, 43] {
            let path = format!("/charters/{}/responsibilities/{number}", text(&charter, "id"));
            charter = world.post(MIA, &path, json!({ "person": "Mia", "letter": "R" })).await;
        }
        assert_eq!(list(&charter["twins"]).len(), 1, "{}", charter["twins"]);
        let (_, page) = world.page(MIA, &format!("/charters/{}", text(&charter, "id"))).await;
        assert!(page.contains("One role, two names."), "{page}");
    }

    "In Scrum, product management does not fit within the team: the product owner is in it, a product manager optional and outside" => scrum_has_a_product_owner(world) {
        let team = text(&world.post(BOSS, "/teams", json!({ "name": "Tickets" })).await, "id");
        world.post(MIA, "/policies/adopt", json!({ "team": team, "preset": "scrum" })).await;
        let policy = world.get(MIA, &format!("/policies?team={team}")).await[0].clone();
        assert!(policy["artefacts"].to_string().contains("Product Goal"), "{policy}");
        let context = json!({ "product": "OPEN", "stage": "growth", "company": "established", "teams": 1,
            "framework": "scrum", "roles": { id(&world, INES): "product-owner" } });
        let charter = world.post(INES, "/charters", context).await;
        assert_eq!(charter["arrangement"], "owner-only");
        assert!(charter["advice"]["reasons"].to_string().contains("no product manager"), "{}", charter["advice"]);
        // Direction, where the Product Goal is published, is the product owner's.
        assert_eq!(row(&charter, 6)["letters"][id(&world, INES)], "AR");
    }

    "Functions and titles for their own sake; embrace the cultural change first" => culture_before_titles(world) {
        let path = format!("/api/v1/people/{}", id(&world, MIA));
        for title in ["Product Owner", "Product Manager"] {
            world.api(BOSS, "PATCH", &path, json!({ "title": title, "problem": "Nobody knows whom to ask", "look_back_on": "2026-03-20" })).await;
        }
        let steps = world.get(MIA, "/culture/steps").await;
        let step = &steps["items"][0];
        assert_eq!((&step["kind"], &step["changes_rights"]), (&json!("titles"), &json!(false)));
        let offered = world.get(MIA, "/culture/practices").await;
        assert!(list(&offered).len() >= 10, "a practice is offered first");
        world.noon("2026-03-21");
        let (_, page) = world.page(MIA, &format!("/culture/{}", text(step, "id"))).await;
        assert!(page.contains("Signals before and after") && page.contains("look back now"), "{page}");
    }

    "Is it possible to clearly define their respective responsibilities? Yes" => responsibilities_are_defined(world) {
        let all = world.get(MIA, "/responsibilities").await;
        assert_eq!(list(&all).len(), 45);
        assert!(list(&all).iter().all(|r| !text(r, "definition").is_empty()), "{all}");
        let charter = agreed(&world).await;
        let path = format!("/charters/{charter}/people/compared?first={}&second={}", id(&world, MIA), id(&world, INES));
        let two = world.get(MIA, &path).await;
        for field in ["shared", "first_only", "second_only"] {
            assert!(!list(&two[field]).is_empty(), "{field}: {two}");
        }
        assert!(two["unowned"].is_array() && two["one_role"] == false);
        let (_, page) = world.page(MIA, &path.replace("/people/compared", "")).await;
        assert!(page.contains("Mia alone") && page.contains("Nobody answers"), "{page}");
    }

    "Depending on size and maturity, framework and product, the two roles coexist, overlap, or are mutually exclusive" => the_advice_follows_the_context(world) {
        let of = async |teams: u32| world.get(MIA, &format!("/charters/advice?company=established&stage=growth&framework=kanban&teams={teams}")).await;
        let (one, eight) = (of(1).await, of(8).await);
        assert_ne!(one["arrangement"], eight["arrangement"]);
        assert!(eight["reasons"].to_string().contains("8 teams"), "{eight}");
        assert!(list(&one["turns"]).iter().any(|t| t["when"] == "3 teams" && t["then"] == "overlap"), "{one}");
        // Where the arrangement holds over any number of teams, the advice says why, and what changes.
        let grown = async |teams: u32| world.get(MIA, &format!("/charters/advice?company=scale-up&stage=growth&framework=kanban&teams={teams}")).await;
        let (one, eight) = (grown(1).await, grown(8).await);
        assert_eq!((&one["arrangement"], &eight["arrangement"]), (&json!("overlap"), &json!("overlap")));
        assert!(one["reasons"] != eight["reasons"] && text(&eight, "steady").contains("more product managers"), "{eight}");
        assert!(eight["offers"].to_string().contains("coexist") && one["offers"] == json!([]), "{eight}");
        let mut seen: Vec<Value> = Vec::new();
        for context in ["company=startup&teams=1&framework=scrum", "company=startup&teams=1&framework=kanban", "company=scale-up&teams=4&framework=kanban",
            "company=large&teams=9&framework=kanban", "company=established&teams=1&framework=scrum"] {
            let advice = world.get(MIA, &format!("/charters/advice?stage=growth&{context}")).await;
            if !seen.contains(&advice["arrangement"]) {
                seen.push(advice["arrangement"].clone());
            }
        }
        assert_eq!(seen.len(), 5, "each of the five is somebody's: {seen:?}");
    }

    "The entire lifecycle of the product; the product owner a specific part or stage" => a_part_is_no_other_part(world) {
        for part in ["Fares", "Refunds"] {
            world.post(BOSS, "/products/OPEN/parts", json!({ "name": part })).await;
        }
        let roles = json!({ id(&world, INES): "product-owner" });
        let charter = json!({ "product": "OPEN", "part": "Fares", "arrangement": "owner-only", "because": "Hers.", "roles": roles });
        let charter = text(&world.post(INES, "/charters", charter).await, "id");
        world.post(INES, &format!("/charters/{charter}/sign"), json!({})).await;
        let of = async |part: &str| {
            let all = world.get(INES, &format!("/charters/standing?product=OPEN&part={part}")).await;
            list(&all).iter().find(|r| r["number"] == 33).unwrap()["yours"].clone()
        };
        assert_eq!((of("Fares").await, of("Refunds").await), (json!("accountable"), json!("free")));
        world.post(MIA, "/lifecycle", json!({ "product": "OPEN", "stage": "growth", "because": "They come back." })).await;
        assert_eq!(world.get(MIA, "/lifecycle?product=OPEN").await["stage"], "growth");
    }

    "The product manager should rely on product teams to figure out how" => doing_anothers_work_is_seen_and_not_stopped(world) {
        agreed(&world).await;
        let story = text(&world.post(INES, "/work-items", json!({ "product": "OPEN", "title": "Pay" })).await, "key");
        for n in 0..10 {
            let add = json!({ "text": format!("Sum {n} is shown") });
            assert_eq!(tries(&world, MIA, &format!("/stories/{story}/criteria"), add).await.0, 200);
        }
        let line = mirrored(&world, MIA, 38).await;
        assert_eq!((&line["standing"], &line["outside"]), (&json!("outside"), &json!(10)), "{line}");
    }

    "The product owner owns the product backlog" => one_is_accountable(world) {
        let roles = json!({ id(&world, MIA): "product-manager", id(&world, INES): "product-owner" });
        let draft = world.post(MIA, "/charters", json!({ "product": "OPEN", "teams": 8, "company": "large", "roles": roles })).await;
        assert_eq!(row(&draft, 33)["letters"][id(&world, INES)], "AR");
        let path = format!("/charters/{}/responsibilities/33", text(&draft, "id"));
        let (status, said) = tries(&world, MIA, &path, json!({ "person": "Mia", "letter": "A" })).await;
        assert!(status == 422 && said.to_string().contains("one person answers"), "{said}");
    }

    "External and internal focus; wearers of multiple hats" => an_interview_moves_the_share(world) {
        for n in 0..12 {
            key(&world, "/work-items", json!({ "title": format!("Story {n}") })).await;
        }
        let before = world.get(MIA, "/mirror").await["balance"].clone();
        for n in 0..4 {
            let talk = key(&world, "/interviews", json!({ "title": format!("Talk {n}"), "participants": ["Ana"] })).await;
            assert!(talk.starts_with("OPEN-"));
        }
        let after = world.get(MIA, "/mirror").await["balance"].clone();
        let share = |b: &Value, of: &str| b[of].as_f64().unwrap();
        assert!(share(&after, "external") > share(&before, "external"), "{before} {after}");
        assert!(share(&after, "why") > share(&before, "why") && share(&after, "how") > 0.0, "many hats: {after}");
    }

    "Please don’t panic, you haven’t suddenly become something else" => the_mirror_is_kind(world) {
        agreed(&world).await;
        for n in 0..12 {
            key(&world, "/work-items", json!({ "title": format!("Story {n}") })).await;
        }
        let line = mirrored(&world, MIA, 35).await;
        assert!(text(&line, "words").starts_with("You also exercise"), "{line}");
        let (_, page) = world.page(MIA, "/mirror").await;
        for blame in ["wrong role", "violation", "not allowed"] {
            assert!(!page.to_lowercase().contains(blame), "{blame}");
        }
    }

    "The number of responsibilities also varies by seniority" => seniority_shifts_the_matrix(world) {
        let junior = drafted(&world, "Fares", "junior").await;
        let lead = drafted(&world, "Refunds", "lead").await;
        let mia = id(&world, MIA);
        for number in 33..=39 {
            let letter = &row(&junior, number)["letters"][&mia];
            assert!(["AR", "A", "R"].iter().any(|l| letter == l), "{number}: {letter}");
        }
        let letters = |charter: &Value| -> Vec<Value> {
            list(&charter["rows"]).iter().map(|r| r["letters"][&mia].clone()).collect()
        };
        assert_ne!(letters(&junior), letters(&lead));
        // Direction moves to the head above a junior, and stays with a lead.
        assert_ne!(row(&junior, 1)["letters"][&mia], row(&lead, 1)["letters"][&mia]);
    }

    "The responsibilities per role elicited above are not exhaustive" => an_own_one_enters_matrix_and_mirror(world) {
        let made = world.post(BOSS, "/responsibilities", json!({ "name": "Station tours", "facet": "why", "definition": "Walk with users.", "verbs": ["record-interview"] })).await;
        let number = made["number"].as_u64().unwrap_or_else(|| panic!("a number: {made}"));
        let charter = agreed(&world).await;
        let whole = world.get(MIA, &format!("/charters/{charter}")).await;
        assert_eq!(row(&whole, number)["name"], "Station tours");
        for n in 0..10 {
            key(&world, "/interviews", json!({ "title": format!("Tour {n}"), "participants": ["Ana"] })).await;
        }
        assert_eq!(mirrored(&world, MIA, number).await["times"], 10);
    }

    "You may end up with horrible silos" => silos_are_told_apart_from_health(world) {
        world.noon("2026-02-02");
        months(&world, "SHUT", false).await;
        months(&world, "OPEN", true).await;
        world.noon("2026-03-02");
        let siloed = raised(&world, "SHUT").await;
        for wanted in ["S1", "S7", "S9", "S13"] {
            assert!(siloed.contains(&wanted.to_owned()), "{wanted} in {siloed:?}");
        }
        assert_eq!(raised(&world, "OPEN").await, Vec::<String>::new());
    }

    "The importance for every product role of speaking with customers" => everybody_logs_conversations(world) {
        agreed(&world).await;
        for who in [MIA, INES, BOSS] {
            let talk = json!({ "product": "OPEN", "title": "A talk", "participants": ["Ana"] });
            let (status, said) = tries(&world, who, "/interviews", talk).await;
            assert_eq!(status, 201, "{who:?}: {said}");
        }
        let rows = world.get(INES, "/activity?product=OPEN").await;
        assert!(rows.to_string().matches("\"record-interview\"").count() >= 3, "{rows}");
    }

    "Requirements should not just be cascaded from top to bottom" => a_developers_problem_reaches_the_roadmap(world) {
        let path = format!("/api/v1/people/{}", id(&world, INES));
        world.api(BOSS, "PATCH", &path, json!({ "title": "Developer" })).await;
        let need = text(&world.post(INES, "/needs", json!({ "product": "OPEN", "title": "Refunds without a call" })).await, "key");
        let problem = text(&world.post(INES, "/opportunities", json!({ "product": "OPEN", "title": "Refunds need a call" })).await, "key");
        link(&world, &problem, &need).await;
        world.post(MIA, &format!("/opportunities/{problem}/verdict"), json!({ "state": "worth-solving", "because": "Half of all calls." })).await;
        world.post(MIA, "/roadmap", json!({ "item": problem, "horizon": "now", "because": "First." })).await;
        let roadmap = world.get(MIA, "/roadmap?product=OPEN").await;
        assert!(roadmap.to_string().contains(&problem), "{roadmap}");
        for key in [&problem, &need] {
            let history = world.get(MIA, &format!("/items/{key}/history")).await;
            let first = list(&history["events"]).last().cloned().unwrap_or_default();
            assert!(first.to_string().contains("Ines"), "its author is kept: {history}");
        }
    }

    "The key element really is flexibility: hand-over, scoped and dated" => a_hand_over_holds_at_the_next_click(world) {
        let charter = agreed(&world).await;
        let token = async |who: Persona| text(&world.post(who, "/tokens", json!({ "name": "agent", "responsibilities": ["35"] })).await, "secret");
        let (hers, mias) = (token(INES).await, token(MIA).await);
        let agent = async |secret: &str| {
            let bearer = format!("Bearer {secret}");
            let story = json!({ "product": "OPEN", "title": "By a machine" }).to_string();
            world.api_text(Persona::Nobody, "POST", "/api/v1/work-items", &story, &[("authorization", &bearer)]).await.0
        };
        assert_eq!((agent(&hers).await, agent(&mias).await), (201, 403));
        world.post(INES, "/work-items", json!({ "product": "OPEN", "title": "Hers" })).await;
        let over = json!({ "product": "OPEN", "responsibility": 35, "to": "Mia", "until_day": "2026-03-06", "why": "A week off." });
        world.post(INES, "/handovers", over).await;
        assert_eq!(standing(&world, MIA, 35).await["yours"], "accountable", "at the next click");
        assert_eq!((agent(&hers).await, agent(&mias).await), (403, 201), "and for agents");
        let (_, page) = world.page(MIA, &format!("/charters/{charter}")).await;
        assert!(page.contains("<del>"), "the charter shows what was signed and what holds: {page}");
        world.noon("2026-03-09");
        assert_eq!(standing(&world, INES, 35).await["yours"], "accountable", "it is back");
        let then = world.get(MIA, "/charters/standing?product=OPEN&day=2026-03-03").await;
        let then = list(&then).iter().find(|r| r["number"] == 35).unwrap().clone();
        assert_eq!(then["accountable_name"], "Mia", "and history knows whose it was");
        let told = world.get(INES, "/activity?product=OPEN").await.to_string();
        assert!(told.contains("hand-over") && told.contains("Ines"), "{told}");
    }

    "In startups, in scale-ups, in larger organisations" => three_presets_three_matrices(world) {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        for (part, company, teams, framework) in [("A", "startup", 1, "lightweight"), ("B", "scale-up", 3, "scrum"), ("C", "large", 6, "hybrid")] {
            world.post(BOSS, "/products/OPEN/parts", json!({ "name": part })).await;
            let roles = json!({ id(&world, MIA): "product-manager", id(&world, INES): "product-owner", id(&world, BOSS): "developer" });
            let draft = json!({ "product": "OPEN", "part": part, "company": company, "teams": teams, "framework": framework, "stage": "growth", "roles": roles });
            let charter = world.post(MIA, "/charters", draft).await;
            let letters: Vec<Value> = list(&charter["rows"]).iter().map(|r| r["letters"].clone()).collect();
            assert!(!seen.contains(&letters), "{company} is as another");
            seen.push(letters);
        }
    }

    "I haven’t touched a user story in ages" => what_rests_is_no_error(world) {
        agreed(&world).await;
        for n in 0..12 {
            world.post(INES, "/evidence", json!({ "product": "OPEN", "verbatim": format!("I called {n} times") })).await;
        }
        let line = mirrored(&world, INES, 35).await;
        assert_eq!((&line["standing"], &line["times"]), (&json!("dormant"), &json!(0)));
        let place = text(&line["places"][0], "page");
        assert!(place.starts_with("/handovers"), "an offer to hand it over: {line}");
        let (status, page) = world.page(INES, &place).await;
        assert!(status == 200 && page.contains("Hand one over"), "{page}");
    }
}
