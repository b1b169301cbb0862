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
            ("by_field=Size", &["three", "one", "two"]),
            ("by_field=-Size", &["two", "one", "three"]),
            ("by_field=On", &["two", "one"]),
            ("by_field=Impact&field=Size%3E%3D3", &["two", "one"]),
        ] {
            assert_eq!(titles(&world, query).await, found, "{query}");
        }
        let mut after = String::new();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let page = world.get(ME, &format!("/work-items?product=OPEN&by_field=-Size&limit=1&after={after}")).await;
            seen.push(page["items"][0]["title"].as_str().unwrap().to_owned());
            after = page["next"].as_str().unwrap_or_default().replace('|', "%7C");
        }
        assert_eq!((seen, after), (["two", "one", "three"].map(str::to_owned).to_vec(), String::new()));
        for (query, words) in [("field=Nothing%3D1", "There is no field"), ("field=Size%3Dmany", "not a number"), ("by_field=Zones", "no order")] {
            let path = format!("/api/v1/work-items?product=OPEN&{query}");
            let (status, refused) = world.api(ME, "GET", &path, Value::Null).await;
            assert!(status == 422 && refused.to_string().contains(words), "{refused}");
        }
        let (status, page) = world.page(ME, "/p/OPEN/list?q=field%3AImpact%3DHigh+field%3A%22Size%3C3%22").await;
        assert!(status == 200 && page.contains("three") && !page.contains(">one<"), "{page}");
    }
}
