//! Work as a tree, over time and in a calendar; what is new and waits; one's own; what is muted.

use serde_json::{Value, json};
use wherefore_testkit::{Persona, World, both_engines};

const BOSS: Persona = Persona::Admin;
const ME: Persona = Persona::Member;
const GUEST: Persona = Persona::Guest;

async fn item(world: &World, more: Value) -> String {
    let mut input = json!({ "product": "OPEN", "title": "Some story" });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
    let made = world.post(ME, "/work-items", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

/// The lines of a tree: how deep, and the key; with a star where it only stands above what matches.
async fn tree(world: &World, query: &str) -> Vec<String> {
    let page = world.get(ME, &format!("/work-tree?product=OPEN{query}")).await;
    let lines = page["lines"].as_array().expect("lines").iter();
    lines
        .map(|l| {
            let star = if l["matches"] == json!(true) { "" } else { "*" };
            format!("{} {}{star}", l["depth"], l["item"]["key"].as_str().expect("a key"))
        })
        .collect()
}

async fn waiting(world: &World) -> Vec<String> {
    let page = world.get(ME, "/work-triage?product=OPEN").await;
    let items = page["items"].as_array().expect("items").iter();
    items.map(|i| i["key"].as_str().expect("a key").to_owned()).collect()
}

async fn propose(world: &World, title: &str) -> String {
    let input = json!({ "product": "OPEN", "title": title });
    let made = world.post(GUEST, "/work-items/proposals", input).await;
    made["key"].as_str().expect("a key").to_owned()
}

async fn triage(world: &World, key: &str, how: Value) -> (u16, Value) {
    world.api(ME, "POST", &format!("/api/v1/work-items/{key}/triage"), how).await
}

fn part<'v>(work: &'v Value, kind: &str) -> Option<&'v Value> {
    work["waiting"].as_array().expect("parts").iter().find(|p| p["kind"] == json!(kind))
}

both_engines! {
    async fn a_tree_unfolds_rolls_up_and_keeps_what_stands_above_a_match(app) {
        let world = World::new(app).await;
        let epic = item(&world, json!({ "level": "epic", "title": "Refunds" })).await;
        let story = item(&world, json!({ "parent": epic })).await;
        let bug = item(&world, json!({ "level": "bug", "parent": story, "labels": ["money"] })).await;
        let lone = item(&world, json!({ "title": "Alone" })).await;
        assert_eq!(tree(&world, "").await, [format!("0 {epic}"), format!("1 {story}")]);
        assert_eq!(tree(&world, "&open=-").await, [format!("0 {epic}")]);
        let all = [format!("0 {epic}"), format!("1 {story}"), format!("2 {bug}")];
        assert_eq!(tree(&world, &format!("&open={epic}.{story}")).await, all);
        assert_eq!(tree(&world, "&under=none").await, [format!("0 {lone}")]);
        assert_eq!(tree(&world, &format!("&under={story}")).await, [format!("0 {bug}")]);
        let kept = [format!("0 {epic}*"), format!("1 {story}*"), format!("2 {bug}")];
        assert_eq!(tree(&world, "&filter=label%3Dmoney").await, kept, "ancestors stay in sight");
        assert_eq!(tree(&world, "&filter=label%3Dnothing").await, Vec::<String>::new());
        let path = format!("/api/v1/work-items/{bug}");
        world.api(ME, "PATCH", &path, json!({ "state": "Done" })).await;
        let page = world.get(ME, "/work-tree?product=OPEN").await;
        let figures = |n: usize| (page["lines"][n]["stories"].clone(), page["lines"][n]["stories_done"].clone());
        assert_eq!(figures(0), (json!(2), json!(1)));
        let wrong = world.api(ME, "GET", "/api/v1/work-tree?product=OPEN&filter=colour%3Dred", Value::Null).await;
        assert_eq!((wrong.0, &wrong.1["error"]["field"]), (422, &json!("filter")));
    }

    async fn a_row_moves_under_another_and_never_under_itself(app) {
        let world = World::new(app).await;
        let first = item(&world, json!({ "level": "epic" })).await;
        let second = item(&world, json!({ "level": "epic" })).await;
        let story = item(&world, json!({ "parent": first })).await;
        let moved = world.form(ME, "/move?work-tree", &[("item", &story), ("column", &second)]).await;
        assert_eq!(moved.0, 303, "{}", moved.1);
        assert_eq!(tree(&world, "").await, [format!("0 {first}"), format!("0 {second}"), format!("1 {story}")]);
        let beside = [("item", story.as_str()), ("column", "none"), ("before", &first)];
        assert_eq!(world.form(ME, "/move?work-tree", &beside).await.0, 303);
        assert_eq!(tree(&world, "").await, [format!("0 {first}"), format!("0 {second}")]);
        assert_eq!(tree(&world, "&under=none").await, [format!("0 {story}")]);
        world.post(ME, &format!("/work-items/{second}/move"), json!({ "under": first })).await;
        let round = json!({ "under": second });
        let (status, body) = world.api(ME, "POST", &format!("/api/v1/work-items/{first}/move"), round).await;
        assert_eq!((status, &body["error"]["field"]), (422, &json!("parent")));
        let page = world.page(ME, "/p/OPEN/work-tree").await;
        assert!(page.0 == 200 && page.1.contains("data-controller=\"branches\""));
    }

    async fn a_branch_is_bounded(app) {
        let world = World::new(app).await;
        let epic = item(&world, json!({ "level": "epic" })).await;
        for n in 0..23 {
            item(&world, json!({ "parent": epic, "title": format!("Part {n}") })).await;
        }
        let page = world.get(ME, "/work-tree?product=OPEN").await;
        assert_eq!(page["lines"].as_array().expect("lines").len(), 21);
        assert_eq!((&page["lines"][0]["more"], &page["lines"][0]["children"]), (&json!(true), &json!(23)));
        assert_eq!(tree(&world, &format!("&under={epic}")).await.len(), 23);
    }

    async fn a_timeline_runs_from_start_to_due_and_tells_what_comes_before(app) {
        let world = World::new(app).await;
        world.noon("2026-03-10");
        let begun = item(&world, json!({ "state": "In progress", "due": "2026-03-20" })).await;
        let late = item(&world, json!({ "due": "2026-03-05" })).await;
        let bare = item(&world, json!({ "title": "No day" })).await;
        world.post(ME, "/links", json!({ "from": late, "to": begun, "kind": "blocks" })).await;
        let told = world.get(ME, "/timeline?product=OPEN").await;
        let of = |key: &str| {
            let all = told["pieces"].as_array().expect("pieces");
            all.iter().find(|p| p["item"]["key"] == json!(key)).expect("a piece").clone()
        };
        let piece = of(&begun);
        assert_eq!((&piece["starts"], &piece["ends"]), (&json!("2026-03-10"), &json!("2026-03-20")));
        assert_eq!((&piece["starts_by"], &piece["ends_by"], &piece["late"]), (&json!("started"), &json!("due"), &json!(false)));
        assert_eq!(piece["after"], json!([late]));
        let piece = of(&late);
        assert_eq!((&piece["starts_by"], &piece["late"]), (&json!("guess"), &json!(true)));
        assert_eq!(told["undated"][0]["key"], json!(bare));
        let only = world.get(ME, "/timeline?product=OPEN&filter=state%3DIn%20progress").await;
        assert_eq!(only["pieces"].as_array().expect("pieces").len(), 1);
        let (status, page) = world.page(ME, "/p/OPEN/timeline?zoom=week&group=assignee").await;
        assert!(status == 200 && page.contains("data-names=\"key due\"") && page.contains("Nobody"), "{page}");
        let seen = world.page(GUEST, "/p/OPEN/timeline").await;
        assert!(seen.0 == 200 && !seen.1.contains("data-undated"), "guests only look");
    }

    async fn the_ends_of_a_timeline_are_forecast_from_what_was_finished(app) {
        let mut world = World::new(app).await;
        let day = |n: i64| "2026-03-02".parse::<wherefore_app::kernel::Day>().expect("a day").plus_days(n);
        let early = item(&world, json!({ "state": "In progress" })).await;
        let none = world.get(ME, "/timeline?product=OPEN").await;
        assert_eq!(none["pieces"][0]["forecast"], Value::Null, "nothing was finished yet");
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{early}"), json!({ "state": "Done" })).await;
        // Three a week for twelve weeks, each in progress for three days.
        for week in 0..12 {
            for n in 0..3 {
                world.noon(&day(week * 7 + n).to_string());
                let key = item(&world, json!({ "state": "In progress" })).await;
                world.noon(&day(week * 7 + n + 2).to_string());
                world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), json!({ "state": "Done" })).await;
            }
        }
        world.noon(&day(85).to_string());
        let begun = item(&world, json!({ "state": "In progress" })).await;
        let soon = item(&world, json!({ "due": day(500).to_string() })).await;
        for _ in 0..30 {
            item(&world, json!({})).await;
        }
        let tight = item(&world, json!({ "due": day(86).to_string() })).await;
        let told = world.get(ME, "/timeline?product=OPEN").await;
        let of = |key: &str| {
            let all = told["pieces"].as_array().expect("pieces");
            all.iter().find(|p| p["item"]["key"] == json!(key)).expect("a piece").clone()
        };
        let piece = of(&begun);
        let forecast = &piece["forecast"];
        assert_eq!((&forecast["by"], &piece["ends_by"], &piece["ends"]), (&json!("age"), &json!("forecast"), &forecast["sure"]));
        assert_eq!(forecast["sure"], json!(day(87).to_string()), "all took three days, and today is the first");
        let (near, far) = (of(&soon), of(&tight));
        assert_eq!((&near["forecast"]["by"], &near["ends_by"], &near["at_risk"]), (&json!("order"), &json!("due"), &json!(false)));
        assert_eq!((&far["at_risk"], &far["late"]), (&json!(true), &json!(false)), "{far}");
        let day_of = |piece: &Value, which: &str| piece["forecast"][which].as_str().expect("a day").to_owned();
        assert!(day_of(&near, "likely") < day_of(&far, "likely") && day_of(&far, "likely") < day_of(&far, "last"), "{far}");
        let asked = world.get(ME, "/forecast?product=OPEN&items=33").await;
        let weeks = asked["done_by"][2]["day"].as_str().expect("a day").to_owned();
        let week = |text: &str| text.parse::<wherefore_app::kernel::Day>().expect("a day");
        assert!(week(&day_of(&far, "sure")).days_until(week(&weeks)).abs() <= 7, "as the page of forecasts tells it: {weeks}, {far}");
        world.enter(ME).await;
        let (_, page) = world.page(ME, "/p/OPEN/timeline").await;
        assert!(page.contains("class=\"expected\"") && page.contains("with 85 %, at risk"), "{page}");
    }

    async fn a_calendar_holds_what_is_due_ships_and_runs_across(app) {
        let world = World::new(app).await;
        world.noon("2026-03-10");
        let due = item(&world, json!({ "due": "2026-03-05" })).await;
        item(&world, json!({ "due": "2026-05-05" })).await;
        world.post(ME, "/releases", json!({ "product": "OPEN", "title": "Spring", "planned_on": "2026-03-31" })).await;
        let sprint = json!({ "product": "OPEN", "name": "One", "starts": "2026-02-20", "ends": "2026-03-06" });
        world.post(ME, "/iterations", sprint).await;
        let told = world.get(ME, "/calendar?product=OPEN").await;
        let entries: Vec<(&str, &str, bool)> = told["entries"].as_array().expect("entries").iter().map(|e| {
            (e["kind"].as_str().unwrap(), e["day"].as_str().unwrap(), e["late"].as_bool().unwrap())
        }).collect();
        assert_eq!(entries, [("due", "2026-03-05", true), ("release", "2026-03-31", false)]);
        assert_eq!(told["entries"][0]["key"], json!(due));
        assert_eq!((&told["from"], &told["to"]), (&json!("2026-02-23"), &json!("2026-04-05")));
        assert_eq!(told["spans"][0]["title"], json!("One"));
        let none = world.get(ME, "/calendar?product=OPEN&filter=assignee%3Dme").await;
        assert_eq!(none["entries"].as_array().expect("entries").len(), 1, "the release is everybody's");
        let wide = world.api(ME, "GET", "/api/v1/calendar?product=OPEN&from=2026-01-01&to=2027-01-01", Value::Null).await;
        assert_eq!((wide.0, &wide.1["error"]["field"]), (422, &json!("to")));
        for view in ["month", "week"] {
            let (status, page) = world.page(ME, &format!("/p/OPEN/calendar?view={view}&day=2026-03-05")).await;
            assert!(status == 200 && page.contains(&format!("data-item=\"{due}\"")), "{page}");
        }
        assert_eq!(world.page(ME, "/p/OPEN/calendar?day=nonsense").await.0, 400);
    }

    async fn what_is_proposed_waits_until_somebody_looks(app) {
        let world = World::new(app).await;
        world.noon("2026-03-02");
        let own = item(&world, json!({ "title": "Written by whoever orders" })).await;
        let [a, b, c, d] = [
            propose(&world, "Pay by invoice").await,
            propose(&world, "Pay by invoice, please").await,
            propose(&world, "A pony").await,
            propose(&world, "In summer").await,
        ];
        assert_eq!(waiting(&world).await, [a.clone(), b.clone(), c.clone(), d.clone()], "not {own}");
        assert_eq!(triage(&world, &a, json!({ "how": "accept", "to": "top" })).await.0, 200);
        assert_eq!(triage(&world, &a, json!({ "how": "accept" })).await.0, 409, "once");
        let order = world.get(ME, "/work-items?product=OPEN&category=open").await;
        assert_eq!(order["items"][0]["key"], json!(a));
        assert_eq!(triage(&world, &b, json!({ "how": "duplicate" })).await.0, 422);
        let (status, after) = triage(&world, &b, json!({ "how": "duplicate", "of": a })).await;
        assert_eq!((status, &after["category"], &after["triage_on"]), (200, &json!("dropped"), &Value::Null));
        let (status, wrong) = triage(&world, &c, json!({ "how": "decline" })).await;
        assert_eq!((status, &wrong["error"]["field"]), (422, &json!("because")));
        assert_eq!(triage(&world, &c, json!({ "how": "decline", "because": "No stable." })).await.0, 200);
        let told = world.get(GUEST, "/notifications").await;
        assert_eq!((&told["items"][0]["kind"], &told["items"][0]["excerpt"]), (&json!("reply"), &json!("No stable.")));
        assert_eq!(triage(&world, &d, json!({ "how": "snooze", "until": "2026-03-02" })).await.0, 422);
        assert_eq!(triage(&world, &d, json!({ "how": "snooze", "until": "2026-06-01" })).await.0, 200);
        assert!(waiting(&world).await.is_empty());
        world.noon("2026-06-01");
        assert_eq!(waiting(&world).await, [d.as_str()], "it comes back on its day");
        world.api(ME, "PATCH", &format!("/api/v1/work-items/{d}"), json!({ "state": "In progress" })).await;
        assert!(waiting(&world).await.is_empty(), "whoever begins it has looked at it");
    }

    async fn triage_can_be_undone_and_many_are_taken_at_once(app) {
        let world = World::new(app).await;
        let keys = [propose(&world, "One").await, propose(&world, "Two").await, propose(&world, "Three").await];
        let declined = triage(&world, &keys[0], json!({ "how": "decline", "because": "Not now." })).await.1;
        let change = declined["x-change"].as_str().expect("a change").to_owned();
        assert_eq!(waiting(&world).await.len(), 2);
        world.post(ME, "/undo", json!({ "change": change })).await;
        assert_eq!(waiting(&world).await.len(), 3);
        let many = json!({ "items": keys });
        assert_eq!(world.post(ME, "/work-items/accept", many).await["changed"], json!(3));
        assert!(waiting(&world).await.is_empty());
        let (status, page) = world.page(GUEST, "/p/OPEN/triage").await;
        assert!(status == 200 && page.contains("propose-work-item") && !page.contains("triage-work-item"));
    }

    async fn what_another_team_asks_for_waits_and_what_ones_own_writes_does_not(app) {
        let world = World::new(app).await;
        let team = world.post(BOSS, "/teams", json!({ "name": "Fares" })).await;
        let id = team["id"].as_str().expect("an id").to_owned();
        let asked = item(&world, json!({ "team": id })).await;
        assert_eq!(waiting(&world).await, [asked]);
        world.post(BOSS, &format!("/teams/{id}/members"), json!({ "person": "Mia" })).await;
        let own = item(&world, json!({ "team": id })).await;
        assert!(!waiting(&world).await.contains(&own));
    }

    async fn ones_own_work_is_told_over_all_products(app) {
        let world = World::new(app).await;
        world.noon("2026-03-02");
        let mine = item(&world, json!({ "assignee": "me", "state": "In progress", "due": "2026-03-01" })).await;
        let asked = item(&world, json!({ "title": "Asked for by me", "assignee": "Ada" })).await;
        world.api(BOSS, "PATCH", &format!("/api/v1/work-items/{asked}"), json!({ "state": "In review" })).await;
        world.post(ME, &format!("/work-items/{mine}/block"), json!({ "because": "No key" })).await;
        world.post(BOSS, &format!("/items/{mine}/questions"), json!({ "body": "Why?" })).await;
        world.post(BOSS, &format!("/items/{mine}/comments"), json!({ "body": "@Mia, look" })).await;
        world.noon("2026-03-04");
        let work = world.get(ME, "/my-work").await;
        let hand = &work["in_hand"][0];
        assert_eq!((&hand["item"]["key"], &hand["age"], &hand["late"]), (&json!(mine), &json!(3), &json!(true)));
        assert_eq!((&hand["blocked"], &work["in_hand"][1]), (&json!("No key"), &Value::Null));
        assert_eq!(part(&work, "acceptance").expect("to accept")["lines"][0]["key"], json!(asked));
        let questions = part(&work, "Questions that wait for you").expect("questions");
        assert_eq!(questions["lines"][0]["key"], json!(mine));
        assert_eq!(work["mentioned"][0]["key"], json!(mine));
        let recent = work["recent"].as_array().expect("a list");
        assert!(recent.iter().any(|one| one["key"] == json!(mine)), "{work}");
        let started = world.post(BOSS, "/refinements", json!({ "product": "OPEN" })).await;
        let session = started["id"].as_str().expect("an id");
        world.post(BOSS, &format!("/refinements/{session}/item"), json!({ "key": asked })).await;
        let work = world.get(ME, "/my-work").await;
        assert_eq!(part(&work, "vote").expect("a vote")["lines"][0]["key"], json!(asked));
        world.post(ME, &format!("/refinements/{session}/vote"), json!({ "value": "3" })).await;
        assert!(part(&world.get(ME, "/my-work").await, "vote").is_none());
        let (status, page) = world.page(ME, "/my-work").await;
        assert!(status == 200 && page.contains("Due soon") && page.contains("No key"), "{page}");
        let other = world.get(Persona::Insider, "/my-work").await;
        assert_eq!(other["in_hand"], json!([]));
    }

    async fn a_clock_runs_and_a_class_of_service_has_room_for_so_many(app) {
        let world = World::new(app).await;
        let team = world.post(BOSS, "/teams", json!({ "name": "Quays" })).await;
        let team = team["id"].as_str().expect("an id");
        let retro = world.post(ME, "/ceremonies", json!({ "team": team, "kind": "retro", "day": "2026-03-02" })).await;
        let path = format!("/ceremonies/{}/begin", retro["id"].as_str().expect("an id"));
        assert_eq!(world.post(ME, &path, json!({})).await["begun_at"], json!("2026-03-02T12:00:00Z"));
        let (status, page) = world.page(ME, &path.replace("/begin", "")).await;
        assert!(status == 200 && page.contains("data-controller=\"timebox\""), "{page}");
        let policy = world.post(ME, "/policies", json!({ "team": team, "preset": "kanban" })).await;
        let path = format!("/policies/{}", policy["id"].as_str().expect("an id"));
        let wrong = json!({ "wip_classes": { "huge": "1" } });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1{path}"), wrong).await.0, 422);
        let one = json!({ "wip_rule": "block", "wip_classes": { "expedite": "1" } });
        assert_eq!(world.api(ME, "PATCH", &format!("/api/v1{path}"), one).await.0, 200);
        world.post(ME, &format!("{path}/activate"), json!({})).await;
        let begin = json!({ "state": "In progress" });
        let urgent = json!({ "team": team, "service": "expedite" });
        let first = item(&world, urgent.clone()).await;
        let path = format!("/api/v1/work-items/{first}");
        assert_eq!(world.api(ME, "PATCH", &path, begin.clone()).await.0, 200);
        let second = item(&world, urgent).await;
        let path = format!("/api/v1/work-items/{second}");
        let (status, refused) = world.api(ME, "PATCH", &path, begin).await;
        assert!(status == 409 && refused.to_string().contains("1 of 1 of the class expedite"), "{refused}");
    }

    async fn a_kind_of_notification_is_muted_and_heard_again(app) {
        let world = World::new(app).await;
        let key = item(&world, json!({})).await;
        let comments = format!("/items/{key}/comments");
        let say = |body: &'static str| world.post(BOSS, &comments, json!({ "body": body }));
        let path = "/api/v1/notifications/muted";
        assert_eq!(world.api(ME, "PATCH", path, json!({ "muted": ["noise"] })).await.0, 422);
        let (status, kept) = world.api(ME, "PATCH", path, json!({ "muted": ["mention"] })).await;
        assert_eq!((status, &kept["muted"]), (200, &json!(["mention"])));
        say("@Mia, look").await;
        assert_eq!(world.get(ME, "/notifications").await["items"], json!([]));
        let form = [("muted", ""), ("_back", "/notifications")];
        assert_eq!(world.form(ME, "/do/set-muted", &form).await.0, 303);
        say("@Mia, look again").await;
        assert_eq!(world.get(ME, "/notifications").await["items"].as_array().expect("items").len(), 1);
        assert_eq!(world.get(BOSS, "/notifications/muted").await["muted"], json!([]));
    }
}
