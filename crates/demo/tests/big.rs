//! The big world, small: what is asked for is there, the same each time, with whys that hold.

use wherefore_app::how::work_items::{Board, ListWorkItems};
use wherefore_app::kernel::{Actor, Result, Time, Via};
use wherefore_app::people::{accounts, members};
use wherefore_app::store::{Query, Reader};
use wherefore_app::thread::path::{GetPath, Standing};
use wherefore_testkit::{TestApp, both_engines};

const END: Time = Time(1_767_268_800_000_000);
const ITEMS: usize = 500;

async fn owner(app: &TestApp) -> Actor {
    let found = app.db.read(|conn| {
        let people = members::all(conn, 1)?;
        let owner = people.into_iter().find(|p| p.role == "owner").unwrap();
        accounts::actor(1, &owner, false, Via::Web)
    });
    found.await.unwrap().unwrap()
}

async fn ask<Q: Query>(app: &TestApp, query: Q) -> Result<Q::Output> {
    let actor = owner(app).await;
    app.db.read(move |conn| query.run(&mut Reader { conn, actor: &actor, now: END })).await
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.db.read(move |conn| conn.query_one(sql, &[], |r| r.get(0))).await.unwrap()
}

both_engines! {
    async fn a_big_world_holds_what_was_asked_for(app) {
        wherefore_demo::build_big(&app.db, END, ITEMS).await.unwrap();
        let big = "SELECT COUNT(*) FROM work_item_now WHERE staged_by IS NOT NULL";
        assert_eq!(count(&app, big).await, 500);
        let recorded = "SELECT COUNT(*) FROM activity JOIN work_item ON work_item.id = object_id \
                        WHERE effect = 'added' AND work_item.staged_by IS NOT NULL";
        assert_eq!(count(&app, recorded).await, 500);

        let board = ask(&app, Board { product: "OPS".into(), limit: Some(34), ..Board::default() }).await.unwrap();
        assert!(board.iter().all(|column| column.items.len() > 5), "a state has no cards");

        let page = ListWorkItems { product: "OPS".into(), ..ListWorkItems::default() };
        let page = ask(&app, page).await.unwrap();
        let titles: Vec<&str> = page.items[..3].iter().map(|i| i.title.as_str()).collect();
        assert_eq!(titles, [
            "The disruption board without a mouse",
            "As a planner, I want to search level crossing alarms for the whole week, so that it works where there is no signal",
            "As a dispatcher, I want to compare speed restrictions on the phone, so that I can answer the first time somebody asks",
        ]);

        let mut whole = 0;
        for item in &page.items[..20] {
            let path = ask(&app, GetPath { key: item.key.clone(), at: None }).await.unwrap();
            whole += usize::from(path.standing == Standing::Whole);
        }
        assert!(whole >= 19, "{whole} of 20 stories reach their why");
    }
}
