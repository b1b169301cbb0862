//! Search shows what one may see, however much else there is that matches.

use wherefore_app::db::{Engine, Tx};
use wherefore_app::how::work_items::CreateWorkItem;
use wherefore_app::kernel::{Actor, Id, Result, Role, Time};
use wherefore_app::people::products::{AddProductMember, CreateProduct};
use wherefore_app::people::sign_in::{SetUp, join, set_up};
use wherefore_app::store::{Action, Call, Query, Reader, perform};
use wherefore_app::thread::search::Search;
use wherefore_testkit::{TestApp, both_engines};

const NOON: Time = Time(1_767_268_800_000_000);

fn owner(tx: &mut Tx) -> Result<Actor> {
    let input = SetUp {
        workspace: "W".into(),
        name: "Ana".into(),
        email: format!("{}@example.org", Id::new()),
        password: None,
        product_key: "PAY".into(),
        product_name: "Pay".into(),
    };
    set_up(tx, &input, NOON).map(|(actor, _)| actor)
}

fn act<A: Action>(tx: &mut Tx, actor: &Actor, input: &A) -> Result<()> {
    perform(tx, actor, NOON, input, &Call::default()).map(drop)
}

fn items(tx: &mut Tx, actor: &Actor, product: &str, title: &str, count: usize) -> Result<()> {
    (0..count).try_for_each(|_| {
        let item = CreateWorkItem {
            product: product.into(),
            title: title.into(),
            ..CreateWorkItem::default()
        };
        act(tx, actor, &item)
    })
}

async fn titles(app: &TestApp, actor: &Actor, q: &str, product: Option<&str>) -> Vec<String> {
    let (actor, query) = (
        actor.clone(),
        Search { q: q.into(), product: product.map(Into::into), near: None, kinds: None },
    );
    let found = app.db.read(move |conn| query.run(&mut Reader { conn, actor: &actor, now: NOON }));
    found.await.unwrap().into_iter().map(|node| node.title).collect()
}

/// Numbers of documents go on after `doc`, as where a workspace has grown. SQLite finds by order and
/// takes no notice of gaps.
fn leap(tx: &mut Tx, doc: i64) -> Result<()> {
    let sql = "SELECT setval(pg_get_serial_sequence('search_doc', 'doc'), $1)";
    match tx.engine() {
        Engine::Postgres => tx.query_one(sql, &[doc.into()], |r| r.get::<i64>(0)).map(drop),
        Engine::Sqlite => Ok(()),
    }
}

both_engines! {
    async fn signs_between_words_are_blanks_on_either_engine(app) {
        let titles_of = [
            "iOS/Android parity", "Node.js upgrade", "Fix v2.3 crash", "Seen 2024-01-15 12:30",
            "http://example.com/path/page.html mail@host.org", "<b>bold</b> &amp; entity",
            "well-known and/or unknown", "it's snake_case #tag 4.5 -7",
        ];
        // Of letters that take much room, with as many different words as there can be.
        let long: String = (0..199_998_u32)
            .map(|n| char::from_u32(0x20000 + (n / 3 + n % 3 * 7_001) % 40_000).filter(|_| n % 8 != 3).unwrap_or('-'))
            .collect();
        let owner = app.db.write(move |tx| {
            let owner = owner(tx)?;
            for title in titles_of {
                items(tx, &owner, "PAY", title, 1)?;
            }
            let item = CreateWorkItem {
                product: "PAY".into(), title: "Long".into(), body: long.clone(), ..CreateWorkItem::default()
            };
            act(tx, &owner, &item)?;
            Ok(owner)
        }).await.unwrap();
        for title in titles_of {
            assert_eq!(titles(&app, &owner, title, None).await, [title]);
        }
        for (word, title) in [
            ("android", 0), ("js", 1), ("v2.3", 2), ("01", 3), ("30", 3), ("example", 4), ("html", 4),
            ("host.org", 4), ("bold", 5), ("amp", 5), ("known", 6), ("or", 6), ("snake", 7), ("tag", 7), ("7", 7),
        ] {
            let found = titles(&app, &owner, word, None).await;
            assert!(found.iter().any(|found| found == titles_of[title]), "{word}: {found:?}");
        }
        assert_eq!(titles(&app, &owner, "long", None).await, ["Long"]);
    }

    async fn the_newest_are_found_however_far_apart_they_are(app) {
        let owner = app.db.write(|tx| {
            let owner = owner(tx)?;
            items(tx, &owner, "PAY", "The oldest lantern by the old pier at night", 1)?;
            for (doc, title, count) in [
                (5_000, "A lantern and a rope", 1),
                (70_000, "One lantern of many", 130),
                (150_000, "A lantern on the quay", 1),
                (400_000, "A lantern on deck", 1),
                (1_300_000, "A lantern at sea", 1),
            ] {
                leap(tx, doc)?;
                items(tx, &owner, "PAY", title, count)?;
            }
            leap(tx, 1_340_000)?;
            items(tx, &owner, "PAY", "A rope at sea", 1)?;
            Ok(owner)
        }).await.unwrap();
        let found = titles(&app, &owner, "lantern", None).await;
        let newest = ["A lantern at sea", "A lantern on deck", "A lantern on the quay"];
        assert_eq!(found[..3], newest);
        assert!(found[3..].iter().all(|title| title == "One lantern of many"), "{found:?}");
        assert_eq!(found.len(), 30);
        for (words, one) in [
            ("lantern rope", "A lantern and a rope"),
            ("oldest lantern", "The oldest lantern by the old pier at night"),
            ("the oldest lantern by the old pier", "The oldest lantern by the old pier at night"),
            ("rope sea", "A rope at sea"),
            ("lant deck", "A lantern on deck"),
        ] {
            assert_eq!(titles(&app, &owner, words, None).await, [one], "{words}");
        }
        assert!(titles(&app, &owner, "lantern lighthouse", None).await.is_empty());
    }

    async fn none_is_left_out_from_one_part_of_the_index_to_the_next(app) {
        // Numbers of documents, oldest first, and how many are there that hold a common and a rare word.
        let placed = [(100, 20, 20), (20_000, 2, 10), (70_000, 3, 4), (78_000, 3, 0), (900_000, 5, 3), (910_000, 14, 5)];
        let owner = app.db.write(move |tx| {
            let owner = owner(tx)?;
            for (doc, common, rare) in placed {
                leap(tx, doc)?;
                items(tx, &owner, "PAY", &format!("Common at {doc}"), common)?;
                items(tx, &owner, "PAY", &format!("Rare at {doc}"), rare)?;
            }
            Ok(owner)
        }).await.unwrap();
        let newest = |word: &str, many: fn((i64, usize, usize)) -> usize| -> Vec<String> {
            let all = placed.into_iter().rev();
            let all = all.flat_map(|at| std::iter::repeat_n(format!("{word} at {}", at.0), many(at)));
            all.take(30).collect()
        };
        assert_eq!(titles(&app, &owner, "common", None).await, newest("Common", |at| at.1));
        assert_eq!(titles(&app, &owner, "rare at", None).await, newest("Rare", |at| at.2));
    }

    async fn others_matches_hide_none_of_mine(app) {
        let (owner, guest) = app.db.write(|tx| {
            let owner = owner(tx)?;
            let open = CreateProduct {
                key: "BIG".into(),
                name: "Big".into(),
                about: String::new(),
                private: false,
            };
            act(tx, &owner, &open)?;
            let email = format!("{}@example.org", Id::new());
            let guest = join(tx, owner.workspace, Role::Guest, "Gus", &email, None, NOON)?.0;
            act(tx, &owner, &AddProductMember { product: "PAY".into(), person: guest.person })?;
            items(tx, &owner, "PAY", "A lamp for the guest", 1)?;
            items(tx, &owner, "BIG", "A lamp for others", 250)?;
            Ok((owner, guest))
        }).await.unwrap();
        assert_eq!(titles(&app, &guest, "lamp", None).await, ["A lamp for the guest"]);
        assert_eq!(titles(&app, &owner, "lamp", Some("PAY")).await, ["A lamp for the guest"]);
        assert_eq!(titles(&app, &owner, "lamp", None).await.len(), 30);
    }

    async fn what_is_near_comes_first_of_what_fits_as_well(app) {
        let owner = app.db.write(|tx| {
            let owner = owner(tx)?;
            let open = CreateProduct {
                key: "BIG".into(),
                name: "Big".into(),
                about: String::new(),
                private: false,
            };
            act(tx, &owner, &open)?;
            items(tx, &owner, "PAY", "A lamp here", 1)?;
            let quiet = CreateWorkItem {
                product: "PAY".into(),
                title: "Elsewhere".into(),
                body: "A lamp, in the text alone.".into(),
                ..CreateWorkItem::default()
            };
            act(tx, &owner, &quiet)?;
            items(tx, &owner, "BIG", "A lamp for others", 250)?;
            Ok(owner)
        }).await.unwrap();
        let near = async |near: Option<&str>| {
            let (owner, near) = (owner.clone(), near.map(str::to_owned));
            let query = Search { q: "lamp".into(), product: None, near, kinds: None };
            let found =
                app.db.read(move |conn| query.run(&mut Reader { conn, actor: &owner, now: NOON }));
            found.await.unwrap().into_iter().map(|node| node.title).collect::<Vec<_>>()
        };
        let found = near(Some("pay")).await;
        assert_eq!((found[0].as_str(), found[1].as_str()), ("A lamp here", "A lamp for others"));
        assert!(!near(None).await.contains(&"A lamp here".to_owned()), "newer ones hide it");
        assert_eq!(near(Some("NONE")).await, near(None).await);
    }

    async fn whole_words_in_a_title_come_first(app) {
        let owner = app.db.write(|tx| {
            let owner = owner(tx)?;
            items(tx, &owner, "PAY", "Refund", 1)?;
            items(tx, &owner, "PAY", "Refunds for trains", 1)?;
            let quiet = CreateWorkItem {
                product: "PAY".into(),
                title: "Elsewhere".into(),
                body: "A refund, in the text alone.".into(),
                ..CreateWorkItem::default()
            };
            act(tx, &owner, &quiet)?;
            Ok(owner)
        }).await.unwrap();
        let wanted = ["Refund", "Refunds for trains", "Elsewhere"];
        assert_eq!(titles(&app, &owner, "refund", None).await, wanted);
        assert_eq!(titles(&app, &owner, "REFUND tra", None).await, ["Refunds for trains"]);
        assert_eq!(titles(&app, &owner, "\"; -- *", None).await, [""; 0]);
    }
}
