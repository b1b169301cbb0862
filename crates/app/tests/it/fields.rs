//! Custom fields: defined, filled in, found, renamed, retired, and taken over from what an import brought.

use serde_json::{Value, json};
use wherefore_app::how::fields;
use wherefore_testkit::{Persona, World, both_engines};

const ME: Persona = Persona::Member;
const ADMIN: Persona = Persona::Admin;

async fn field(world: &World, more: Value) -> Value {
    let mut input = json!({ "product": "OPEN" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(ADMIN, "/fields", input).await
}

async fn item(world: &World, title: &str, fields: Value) -> String {
    let input = json!({ "product": "OPEN", "title": title, "fields": fields });
    world.post(ME, "/work-items", input).await["key"].as_str().unwrap().to_owned()
}

async fn edit(world: &World, key: &str, fields: Value) -> (u16, Value) {
    world.api(ME, "PATCH", &format!("/api/v1/work-items/{key}"), fields).await
}

async fn shown(world: &World, key: &str) -> Value {
    world.get(ME, &format!("/work-items/{key}")).await["fields"].clone()
}

async fn set(world: &World, path: &str, input: Value) -> Value {
    let (status, answer) = world.api(ADMIN, "PATCH", &format!("/api/v1{path}"), input).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn id(field: &Value) -> &str {
    field["id"].as_str().unwrap()
}

both_engines! {
    async fn each_kind_takes_what_it_is_for_and_refuses_the_rest(app) {
        let world = World::new(app).await;
        let other = item(&world, "Other", json!({})).await;
        for kind in ["text", "long-text", "number", "date", "yes-no", "person", "link", "item"] {
            field(&world, json!({ "name": kind, "kind": kind })).await;
        }
        for kind in ["choice", "choices"] {
            field(&world, json!({ "name": kind, "kind": kind, "options": ["High", "Low\nNone, at all"] })).await;
        }
        let key = item(&world, "Pay", json!({})).await;
        for (name, given, kept) in [
            ("text", " two\nlines ", "two lines"),
            ("long-text", "two\nlines", "two\nlines"),
            ("number", "3,5", "3.5"),
            ("date", "2026-04-01", "2026-04-01"),
            ("yes-no", "TRUE", "yes"),
            ("choice", "low is not it", ""),
            ("choice", "high", "High"),
            ("choices", "High\nNone, at all", "High, None, at all"),
            ("choices", "high; High", "High"),
            ("person", "me", "Member"),
            ("person", "Nobody Such", ""),
            ("link", "https://example.org/a", "https://example.org/a"),
            ("link", "javascript:alert(1)", ""),
            ("item", &other.to_lowercase(), &other),
            ("item", "OPEN-9999", ""),
            ("number", "many", ""),
            ("date", "soon", ""),
            ("yes-no", "perhaps", ""),
        ] {
            let (status, answer) = edit(&world, &key, json!({ "set_fields": { name: given } })).await;
            if kept.is_empty() {
                assert_eq!(status, 422, "{name} {given}: {answer}");
                assert!(answer["error"]["message"].as_str().unwrap().starts_with(name), "{answer}");
            } else {
                assert_eq!(status, 200, "{name} {given}: {answer}");
                let read = &answer["fields"][name];
                assert!(name == "person" || read == kept, "{name} {given}: {answer}");
                assert!(read.as_str().unwrap().len() > 1, "{answer}");
            }
        }
        // A person is kept by who they are and read by their name.
        let person = shown(&world, &key).await["person"].as_str().unwrap().to_owned();
        assert!(!person.contains('-') || person.contains(' '), "{person} reads as a name");
        // What an answer shows can be sent back as it is.
        let all = shown(&world, &key).await;
        let (status, answer) = edit(&world, &key, json!({ "fields": all })).await;
        assert_eq!((status, &answer["fields"]), (200, &all));
        let (status, answer) = edit(&world, &key, json!({ "set_fields": { "Impactt": "1" } })).await;
        assert_eq!(status, 422);
        assert!(answer["error"]["message"].as_str().unwrap().contains("There are: text"), "{answer}");
    }

    async fn renaming_and_retiring_lose_nothing(app) {
        let world = World::new(app).await;
        let impact = field(&world, json!({ "name": "Impact", "kind": "choice", "options": ["High", "Low"] })).await;
        let path = format!("/fields/{}", id(&impact));
        let key = item(&world, "Pay", json!({ "Impact": "High" })).await;
        set(&world, &path, json!({ "name": "Effect", "options": ["High -> Very high", "Middle"] })).await;
        assert_eq!(shown(&world, &key).await, json!({ "Effect": "Very high" }));
        // Another one may take the old name, and is another one.
        field(&world, json!({ "name": "Impact", "kind": "number" })).await;
        assert_eq!(shown(&world, &key).await, json!({ "Effect": "Very high" }));
        let (_, answer) = edit(&world, &key, json!({ "set_fields": { "Impact": "7" } })).await;
        assert_eq!(answer["fields"], json!({ "Effect": "Very high", "Impact": "7" }));
        // What is not offered any more stays where it was chosen.
        let low = item(&world, "Low", json!({ "Effect": "Middle" })).await;
        set(&world, &path, json!({ "options": ["Very high"] })).await;
        assert_eq!(shown(&world, &low).await["Effect"], "Middle");
        world.post(ADMIN, &format!("{path}/retire"), json!({})).await;
        let gone = world.get(ME, &format!("/work-items/{key}")).await;
        assert_eq!((&gone["fields"], &gone["retired_fields"]), (&json!({ "Impact": "7" }), &json!({ "Effect": "Very high" })));
        // Writing all that is shown leaves what is retired alone.
        edit(&world, &key, json!({ "fields": { "Impact": "8" } })).await;
        world.post(ADMIN, &format!("{path}/restore"), json!({})).await;
        assert_eq!(shown(&world, &key).await, json!({ "Effect": "Very high", "Impact": "8" }));
        let history = world.get(ME, &format!("/items/{key}/history")).await;
        assert_eq!(history["events"][0]["changes"]["fields"], json!({ "Impact": ["7", "8"] }));
        let (_, page) = world.page(ME, &format!("/{key}")).await;
        assert!(page.contains("Impact (7 → 8)"), "the activity reads well");
    }

    async fn two_people_fill_in_two_fields_at_once_and_undo_takes_back_one(app) {
        let world = World::new(app).await;
        field(&world, json!({ "name": "A" })).await;
        field(&world, json!({ "name": "B" })).await;
        let key = item(&world, "Pay", json!({})).await;
        let seen = world.get(ME, &format!("/work-items/{key}")).await["revision"].clone();
        let path = format!("/api/v1/work-items/{key}");
        world.api(ADMIN, "PATCH", &path, json!({ "revision": seen, "set_fields": { "A": "1" } })).await;
        let (status, both) = edit(&world, &key, json!({ "revision": seen, "set_fields": { "B": "2" } })).await;
        assert_eq!((status, &both["fields"]), (200, &json!({ "A": "1", "B": "2" })));
        let (status, clash) = edit(&world, &key, json!({ "revision": seen, "set_fields": { "A": "3" } })).await;
        assert_eq!(status, 409, "{clash}");
        // Undoing the first leaves the second.
        let history = world.get(ME, &format!("/items/{key}/history")).await;
        let first = &history["events"][1]["change"];
        world.post(ADMIN, "/undo", json!({ "change": first })).await;
        assert_eq!(shown(&world, &key).await, json!({ "B": "2" }));
        let earlier = json!({ "set_fields": { "B": "" } });
        assert_eq!(edit(&world, &key, earlier).await.1["fields"], json!({}));
    }

    async fn a_column_of_an_import_becomes_a_field_with_all_its_values(app) {
        let world = World::new(app).await;
        for (n, value) in ["3", "4,5", "many", "8"].iter().enumerate() {
            let zone = ["A", "B", "A, B", "A"][n];
            item(&world, &format!("Item {n}"), json!({ "Customers": value, "Zone": zone })).await;
        }
        let columns = world.get(ME, "/fields/columns?product=OPEN").await;
        assert_eq!(columns[0]["name"], "Customers");
        let preview = world.get(ME, "/fields/preview?product=OPEN&column=Customers&kind=number").await;
        assert_eq!((&preview["items"], &preview["fitting"], &preview["unfit"][0]["value"]), (&json!(4), &json!(3), &json!("many")));
        field(&world, json!({ "name": "Customers touched", "kind": "number", "adopts": "Customers" })).await;
        field(&world, json!({ "name": "Zone", "kind": "choices", "adopts": "Zone", "options": ["A", "B"] })).await;
        let all = world.get(ME, "/work-items?product=OPEN").await;
        let read = |n: usize| all["items"][n]["fields"].clone();
        assert_eq!(read(1), json!({ "Customers touched": "4.5", "Zone": "B" }));
        assert_eq!((&read(2)["Customers touched"], &all["items"][2]["unfit_fields"]), (&json!("many"), &json!(["Customers touched"])));
        let (_, page) = world.page(ME, &format!("/{}", all["items"][2]["key"].as_str().unwrap())).await;
        assert!(page.contains("does not fit"), "the page says so");
        // Editing another field leaves it as it is.
        let key = all["items"][2]["key"].as_str().unwrap().to_owned();
        let (status, answer) = edit(&world, &key, json!({ "set_fields": { "Zone": "A" } })).await;
        assert_eq!((status, &answer["fields"]["Customers touched"]), (200, &json!("many")));
        assert_eq!(world.get(ME, "/fields/columns?product=OPEN").await, json!([]));
        let (status, twice) = world.api(ADMIN, "POST", "/api/v1/fields", json!({ "product": "OPEN", "name": "Again", "adopts": "Zone" })).await;
        assert_eq!(status, 422, "{twice}");
    }

    async fn an_import_says_which_field_its_columns_go_into_and_what_does_not_fit(app) {
        let world = World::new(app).await;
        let impact = field(&world, json!({ "name": "Impact", "kind": "choice", "options": ["High", "Low"] })).await;
        set(&world, &format!("/fields/{}", id(&impact)), json!({ "name": "Effect" })).await;
        let text = "Issue key,Summary,Status,Effect,Impact\nA-1,One,To Do,High,\nA-2,Two,To Do,Huge,\n";
        let input = json!({ "product": "OPEN", "file": "a.csv", "text": text });
        let made = world.post(ME, "/imports", input).await;
        let columns = made["report"]["columns"].to_string();
        assert!(columns.contains("the field “Effect”, one of a list"), "{columns}");
        let warned = made["report"]["warnings"].to_string();
        assert!(warned.contains("Effect: 1 of 2 values do not fit, as of A-2"), "{warned}");
        let import = made["id"].as_str().unwrap();
        world.post(ME, &format!("/imports/{import}/apply"), json!({})).await;
        for _ in 0..600 {
            if world.get(ME, &format!("/imports/{import}")).await["state"] == "applied" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let first = world.get(ME, "/work-items/A-1").await;
        let second = world.get(ME, "/work-items/A-2").await;
        assert_eq!((&first["fields"]["Effect"], &second["fields"]["Effect"]), (&json!("High"), &json!("Huge")));
        assert_eq!(second["unfit_fields"], json!(["Effect"]));
    }

    async fn many_are_filled_in_at_once_and_forms_send_several_choices(app) {
        let world = World::new(app).await;
        field(&world, json!({ "name": "Zones", "kind": "choices", "options": ["A", "B", "C"] })).await;
        field(&world, json!({ "name": "Note", "levels": ["bug"] })).await;
        let (one, two) = (item(&world, "One", json!({ "Note": "kept" })).await, item(&world, "Two", json!({})).await);
        let form = [("items", one.as_str()), ("items", &two), ("set_fields.Zones", ""), ("set_fields.Zones", "A"),
            ("set_fields.Zones", "C"), ("set_fields.Note", ""), ("_back", "/p/OPEN/list")];
        assert_eq!(world.form(ME, "/do/bulk-edit", &form).await.0, 303);
        assert_eq!(shown(&world, &one).await, json!({ "Note": "kept", "Zones": "A, C" }));
        assert_eq!(shown(&world, &two).await, json!({ "Zones": "A, C" }));
        world.post(ME, "/work-items/bulk", json!({ "items": [one, two], "clear_fields": ["Zones"] })).await;
        assert_eq!(shown(&world, &one).await, json!({ "Note": "kept" }));
        let form = [("key", one.as_str()), ("set_fields.Note", ""), ("_back", "/")];
        assert_eq!(world.form(ME, "/do/edit-work-item", &form).await.0, 303);
        assert_eq!(shown(&world, &one).await, json!({}));
    }

    async fn rows_are_written_for_fields_that_are_defined_later(app) {
        let world = World::new(app).await;
        for n in 0..3 {
            item(&world, "Item", json!({ "Size": n.to_string() })).await;
        }
        let size = field(&world, json!({ "name": "Size", "kind": "number", "adopts": "Size" })).await;
        assert_eq!(size["indexing"], false, "a small product is gone through at once");
        let count = world.app.db.read(|conn| {
            conn.query_text("SELECT COUNT(*) FROM field_value WHERE number >= 1.0", &[], |r| r.get::<i64>(0))
        });
        assert_eq!(count.await.unwrap(), [2]);
        // Of another kind they are written anew.
        set(&world, &format!("/fields/{}", id(&size)), json!({ "kind": "text" })).await;
        fields::catch_up(&world.app.db).await.unwrap();
        let rows = world.app.db.read(|conn| {
            conn.query_text("SELECT text FROM field_value WHERE number IS NULL ORDER BY text", &[], |r| r.get::<String>(0))
        });
        assert_eq!(rows.await.unwrap(), ["0", "1", "2"]);
    }

    async fn fields_are_shaped_by_those_who_may(app) {
        let world = World::new(app).await;
        let input = json!({ "product": "OPEN", "name": "Mine" });
        let (status, refused) = world.api(ME, "POST", "/api/v1/fields", input.clone()).await;
        assert_eq!(status, 403, "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains("charter"), "{refused}");
        for (input, words) in [
            (json!({ "name": "" }), "name"),
            (json!({ "name": "List", "kind": "choice" }), "can be chosen"),
            (json!({ "name": "List", "kind": "colour" }), "is no kind"),
            (json!({ "name": "List", "kind": "choice", "options": ["A", "a"] }), "twice"),
            (json!({ "name": "Odd", "levels": ["saga"] }), "not a level"),
        ] {
            let mut all = json!({ "product": "OPEN" });
            all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
            let (status, refused) = world.api(ADMIN, "POST", "/api/v1/fields", all).await;
            assert_eq!(status, 422, "{refused}");
            assert!(refused.to_string().contains(words), "{refused}");
        }
        field(&world, json!({ "name": "Mine" })).await;
        let (status, _) = world.api(ADMIN, "POST", "/api/v1/fields", json!({ "product": "OPEN", "name": "MINE" })).await;
        assert_eq!(status, 422, "a name stands for one field");
    }
}

/// Titles of a list that is filtered or sorted.
async fn titles(world: &World, query: &str) -> Vec<String> {
    let page = world.get(ME, &format!("/work-items?product=OPEN&{query}")).await;
    let items = page["items"].as_array().unwrap().iter();
    items.map(|i| i["title"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn lists_are_filtered_and_sorted_by_fields_page_by_page(app) {
        let world = World::new(app).await;
        field(&world, json!({ "name": "Impact", "kind": "choice", "options": ["Low", "High"] })).await;
        field(&world, json!({ "name": "Size", "kind": "number" })).await;
        field(&world, json!({ "name": "On", "kind": "date" })).await;
        field(&world, json!({ "name": "Zones", "kind": "choices", "options": ["A", "B"] })).await;
        field(&world, json!({ "name": "Who", "kind": "person" })).await;
        field(&world, json!({ "name": "Note" })).await;
        for (title, fields) in [
            ("one", json!({ "Impact": "High", "Size": "3", "On": "2026-04-01", "Zones": "A", "Who": "me" })),
            ("two", json!({ "Impact": "Low", "Size": "10", "On": "2026-03-01", "Zones": "A\nB", "Note": "Acme pays" })),
            ("three", json!({ "Impact": "High", "Size": "2.5" })),
            ("four", json!({})),
        ] {
            item(&world, title, fields).await;
        }
        for (query, found) in [
            ("field=Impact%3Dhigh", &["one", "three"][..]),
            ("field=Impact%3Dnone", &["four"]),
            ("field=impact%3Dany", &["one", "two", "three"]),
            ("field=Size%3E%3D3", &["one", "two"]),
            ("field=Size%3E3", &["two"]),
            ("field=Size%3C3", &["three"]),
            ("field=Size%3D2..3", &["one", "three"]),
            ("field=Size%3D10", &["two"]),
            ("field=On%3C2026-04-01", &["two"]),
            ("field=On%3E%3D2026-04-01", &["one"]),
            ("field=Zones%3Db", &["two"]),
            ("field=Who%3Dme", &["one"]),
            ("field=Note%3Dacme", &["two"]),
            ("field=Impact%3DHigh%3B+Size%3C3", &["three"]),
            ("by_field=Size", &["three", "one", "two", "four"]),
            ("by_field=-Size", &["two", "one", "three", "four"]),
            ("by_field=On", &["two", "one", "three", "four"]),
            ("q=sort:-field.size", &["two", "one", "three", "four"]),
            ("q=sort:field.Impact+-text:four", &["two", "one", "three"]),
            ("q=sort:field.Note+field:Impact%3Dany", &["two", "one", "three"]),
            ("by_field=Impact&field=Size%3E%3D3", &["two", "one"]),
        ] {
            assert_eq!(titles(&world, query).await, found, "{query}");
        }
        let mut after = String::new();
        let mut seen = Vec::new();
        for _ in 0..4 {
            let page = world.get(ME, &format!("/work-items?product=OPEN&by_field=-Size&limit=1&after={after}")).await;
            seen.push(page["items"][0]["title"].as_str().unwrap().to_owned());
            after = page["next"].as_str().unwrap_or_default().replace('|', "%7C");
        }
        assert_eq!((seen, after), (["two", "one", "three", "four"].map(str::to_owned).to_vec(), String::new()));
        for (query, words) in [("field=Nothing%3D1", "There is no field"), ("field=Size%3Dmany", "not a number"), ("by_field=Zones", "no order"),
            ("q=sort:field.Zones", "no order"), ("q=group:field.Nothing", "There are: Impact")] {
            let path = format!("/api/v1/work-items?product=OPEN&{query}");
            let (status, refused) = world.api(ME, "GET", &path, Value::Null).await;
            assert!(status == 422 && refused.to_string().contains(words), "{refused}");
        }
        let (status, page) = world.page(ME, "/p/OPEN/list?q=field%3AImpact%3DHigh+field%3A%22Size%3C3%22").await;
        assert!(status == 200 && page.contains("three") && !page.contains(">one<"), "{page}");
    }
}

both_engines! {
    async fn a_list_in_the_order_of_a_field_goes_on_page_by_page(app) {
        let world = World::new(app).await;
        field(&world, json!({ "name": "Size", "kind": "number" })).await;
        field(&world, json!({ "name": "Note" })).await;
        for (n, size) in ["3", "", "10", "many", "", "3"].iter().enumerate() {
            item(&world, &format!("Item {n}"), json!({ "Size": if *size == "many" { "" } else { *size }, "Note": size })).await;
        }
        for by in ["field.Size", "-field.Size", "field.Note", "-field.Note"] {
            let whole = titles(&world, &format!("q=sort:{by}")).await;
            assert_eq!(whole.len(), 6, "{by}: {whole:?}");
            for limit in 1..4 {
                let (mut after, mut walked) = (String::new(), Vec::new());
                loop {
                    let more = serde_urlencoded::to_string([("after", &after)]).unwrap();
                    let page = world.get(ME, &format!("/work-items?product=OPEN&limit={limit}&q=sort:{by}&{more}")).await;
                    walked.extend(page["items"].as_array().unwrap().iter().map(|i| i["title"].as_str().unwrap().to_owned()));
                    match page["next"].as_str() {
                        Some(next) => next.clone_into(&mut after),
                        None => break,
                    }
                }
                assert_eq!(walked, whole, "{by} by {limit}");
            }
        }
        assert_eq!(titles(&world, "q=sort:field.Size").await, ["Item 0", "Item 5", "Item 2", "Item 1", "Item 3", "Item 4"]);
    }

    async fn lists_tables_boards_and_downloads_know_the_fields_of_a_product(app) {
        let world = World::new(app).await;
        let options = json!(["Low", "High"]);
        let impact = field(&world, json!({ "name": "Impact", "kind": "choice", "options": options, "on_card": true })).await;
        field(&world, json!({ "name": "Size, in m²", "kind": "number" })).await;
        field(&world, json!({ "name": "Zones", "kind": "choices", "options": ["A", "B"] })).await;
        field(&world, json!({ "name": "State", "kind": "text" })).await;
        field(&world, json!({ "name": "Story", "kind": "long-text" })).await;
        item(&world, "one", json!({ "Impact": "High", "Size, in m²": "-3", "Zones": "A\nB", "State": "=1+1" })).await;
        item(&world, "two", json!({ "Impact": "Low", "Size, in m²": "20", "Zones": "B" })).await;
        item(&world, "three", json!({})).await;
        let (size, zones) = ("field.Size, in m²", "field.Zones");
        // A kept view names fields by what never changes.
        let view = json!({ "product": "OPEN", "name": "Wide", "kind": "table", "columns": ["key", "field.impact", zones] });
        let view = world.post(ME, "/views", view).await;
        assert_eq!(view["columns"][1], format!("field.{}", id(&impact)), "{view}");
        set(&world, &format!("/fields/{}", id(&impact)), json!({ "name": "Effect" })).await;
        let (status, page) = world.page(ME, view["href"].as_str().unwrap()).await;
        assert!(status == 200 && page.contains(">Effect<") && page.contains(&format!("edit?field={}", id(&impact))), "{page}");
        assert!(page.contains("href=\"/p/OPEN/table?q=sort%3Afield.Effect"), "sorted by its heading: {page}");
        // Ticked boxes choose them too.
        let ticked = format!("/p/OPEN/table?show-title=on&show-field.{}=on", id(&impact));
        let (_, page) = world.page(ME, &ticked).await;
        assert!(page.contains(">Effect<") && !page.contains(">Zones</a>"), "{page}");
        // CSV and JSON, all columns and chosen ones.
        let (_, csv) = world.page(ME, "/p/OPEN/items.csv?q=sort%3Arank").await;
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].ends_with("done,Effect,\"Size, in m²\",Zones,field.State,Story"), "{csv}");
        assert!(lines[1].ends_with(",High,-3,\"A, B\",'=1+1,"), "{csv}");
        let chosen = format!("/p/OPEN/items.csv?q=sort%3Arank&columns=title,field.{}", id(&impact));
        assert_eq!(world.page(ME, &chosen).await.1, "title,Effect\none,High\ntwo,Low\nthree,\n");
        let (_, all) = world.page(ME, "/p/OPEN/items.json?q=text%3Atwo").await;
        let all: Value = serde_json::from_str(&all).unwrap();
        assert_eq!(all["items"][0]["fields"], json!({ "Effect": "Low", "Size, in m²": "20", "Zones": "B" }));
        // Groups in the order of the choices and of the numbers; several choices stand in each.
        let grouped = |by: &str| format!("/work-items/groups?product=OPEN&{}", serde_urlencoded::to_string([("q", format!("group:\"{by}\""))]).unwrap());
        for (by, names) in [
            ("field.effect", json!(["Low", "High", null])),
            (size, json!(["-3", "20", null])),
            (zones, json!(["A", "B", null])),
        ] {
            let told = world.get(ME, &grouped(by)).await;
            let groups = told["groups"].as_array().unwrap();
            assert_eq!(Value::from_iter(groups.iter().map(|g| g["name"].clone())), names, "{by}");
            for group in groups {
                // The term of a group finds what stands in it.
                let term = serde_urlencoded::to_string([("q", group["term"].as_str().unwrap())]).unwrap();
                assert_eq!(titles(&world, &term).await.len() as u64, group["count"].as_u64().unwrap(), "{group}");
            }
        }
        let (status, refused) = world.api(ME, "GET", &format!("/api/v1{}", grouped("field.Story")), Value::Null).await;
        assert!(status == 422 && refused.to_string().contains("makes no groups"), "{refused}");
        let (_, page) = world.page(ME, "/p/OPEN/list?q=group%3Afield.Effect%2Cfield.Zones").await;
        assert!(page.contains("Without Effect") && page.contains("Without Zones"), "{page}");
        // A board in lanes of a field, whose cards show it, as lines of a list do.
        let (_, page) = world.page(ME, "/p/OPEN/board?lanes=field.Effect").await;
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
        assert!(at("<h2>Low") < at("<h2>High") && at("<h2>High") < at("<h2>Without Effect"), "lanes in order");
        assert!(page.contains("Effect: High"), "{page}");
        let (_, page) = world.page(ME, "/p/OPEN/list").await;
        assert!(page.contains("Effect: High"), "{page}");
        // Completion and the built form.
        let words = |field: &str, begins: &str| format!("/filter-words?product=OPEN&{}", serde_urlencoded::to_string([("field", field), ("begins", begins)]).unwrap());
        for (named, begins, first) in [("field", "eff", "Effect="), ("field", "effect=h", "Effect=High"), ("field", "Size", "Size, in m²>="),
            ("sort", "field.s", "field.Size, in m²"), ("sort", "-field.e", "-field.Effect"), ("group", "field.z", zones)] {
            let told = world.get(ME, &words(named, begins)).await;
            assert_eq!(told[0]["word"], first, "{told}");
        }
        let sent = serde_urlencoded::to_string([("q", ""), ("field.Effect", "High"), ("sort", size), ("group-by", size), ("then-by", zones)]).unwrap();
        let (status, page) = world.page(ME, &format!("/p/OPEN/list?{sent}")).await;
        assert_eq!(status, 303, "{page}");
        let q = "field:Effect=High sort:\"field.Size, in m²\" group:\"field.Size, in m²\",field.Zones";
        let (_, page) = world.page(ME, &format!("/p/OPEN/list?{}", serde_urlencoded::to_string([("q", q)]).unwrap())).await;
        assert!(page.contains("one") && page.contains("value=\"field.Size, in m²\" selected"), "{page}");
    }
}
